/* SPDX-License-Identifier: MIT */
/* internal.h - between the files of task/. */
#ifndef FORTNIGHT_TASK_INTERNAL_H
#define FORTNIGHT_TASK_INTERNAL_H

#include "fortnight/json.h"
#include "fortnight/task.h"

enum {
	MANIFEST_MAX = 256 << 10,
	AREA_FILE_MAX = 64 << 20,
	CASE_LINE_MAX = 1 << 20,
	INPUT_MAX = 64 << 20,

	/* What a sandbox takes: of words for execve(2), some less than the
	 * sandbox's own bounds, as there are more than the case's; of files,
	 * a tmpfs counts pages and inodes. */
	WORDS_BYTES_MAX = 112 << 10,
	WORDS_MAX = 1900,
	PAGE_BYTES = 4096,
	INODES_MIN = 1024,
	FILES_MAX = 50000
};

/* One known key: its name, its type, whether it must be there. */
enum value_type {
	VALUE_TEXT,
	VALUE_NUMBER,
	VALUE_COUNT, /* a whole number from 1 to 100 000 000 */
	VALUE_LIST,
	VALUE_TABLE,
	VALUE_ANY
};

struct key {
	const char *name;
	enum value_type type;
	bool required;
};

/* Where a value stands, for messages: "task.toml:12". */
typedef int line_of_fn(const void *context, const char *path);

struct where {
	const char *file;
	const void *context; /* a struct toml, or NULL */
	int line;	     /* without a context */
};

int where_error(const struct where *where, const char *path, struct error *err,
		const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Read a file of the pack; one that is not there is ERROR_INPUT. */
int part_read(const struct task *task, const char *name, struct buf *buf,
	      struct error *err) MUST_CHECK;
/* Every key of table is known and of its type, and the required are there. */
int keys_check(json_t *table, const char *path, const struct key *keys,
	       const struct where *where, struct error *err) MUST_CHECK;

/* Whether text is a name: [a-z][a-z0-9-]*. */
bool is_name(const char *text);
/* How long the word at text is that may be half of Harbor's ORG/NAME:
 * [a-zA-Z0-9][a-zA-Z0-9._-]*; 0: there is none. */
size_t harbor_word(const char *text);
/* Whether path is one below a directory: relative, without empty, "." or ".."
 * parts, no longer than a tree's may be. */
bool is_inner_path(const char *path);
/* The place of word in list, or -1. */
int index_of(const char *word, const char *const *list, size_t count);
/* The enum compare that word names, or -1. */
int compare_of(const char *word);

const char *get_text(json_t *table, const char *name, const char *otherwise);
double get_number(json_t *table, const char *name, double otherwise);
/* A NULL-terminated copy of a list of strings, which may hold no NUL; empty
 * when it is missing. */
int get_list(json_t *table, const char *name, const char *path,
	     const struct where *where, char ***ret_list,
	     struct error *err) MUST_CHECK;
void list_free(char **list);

int manifest_load(struct task *task, struct error *err) MUST_CHECK;
int cases_load(struct task *task, struct task_area *area, enum case_set set,
	       struct error *err) MUST_CHECK;
int statements_load(struct task *task, struct error *err) MUST_CHECK;

#endif
