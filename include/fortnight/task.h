/* SPDX-License-Identifier: MIT */
/*
 * task.h - a task pack: the manifest, its suite, its known submissions.
 *
 * A pack is read once, checked in full, and constant from then on: whoever
 * holds a struct task may read every field and write none.  docs/task-format.md
 * is the format; every error of a pack begins with "file:line: ".
 */
#ifndef FORTNIGHT_TASK_H
#define FORTNIGHT_TASK_H

#include "fortnight/buf.h"
#include "fortnight/digest.h"
#include "fortnight/error.h"

enum {
	TASK_AREAS_MAX = 40,
	TASK_CASES_MAX = 20000,
	TASK_LEVELS = 3,
	TASK_ID_MAX = 80
};

enum area_kind {
	AREA_IO,
	AREA_DRIVER,
	AREA_ROBUST,
	AREA_SPEED
};

enum compare {
	COMPARE_EXACT,
	COMPARE_TRIM,
	COMPARE_TOKENS,
	COMPARE_ROWS,
	COMPARE_JSON,
	COMPARE_FLOAT,
	COMPARE_CHECKER
};

enum exit_want {
	EXIT_IS,
	EXIT_NONZERO,
	EXIT_ANY
};

enum case_set {
	CASES_HIDDEN,
	CASES_VISIBLE
};

/* What a program may use; 0 is never "no limit". */
struct task_limits {
	int64_t cpu_ns;
	int64_t wall_ns;
	uint64_t memory_bytes;
	uint32_t processes;
	uint64_t output_bytes; /* stdout and stderr, each */
	uint64_t disk_bytes;
	uint32_t open_files;
};

struct case_file {
	char *name; /* one path component, or several with '/' */
	char *data;
	size_t len;
};

struct case_want {
	bool has_stdout;
	char *stdout_data; /* NULL with stdout_sha256 */
	size_t stdout_len;
	char stdout_sha256[DIGEST_HEX_SIZE]; /* "" unless given */
	enum exit_want exit_want;
	int exit_status; /* for EXIT_IS */
	enum compare compare;
	double tolerance;
	struct case_file *files;
	size_t file_count;
};

struct case_phase {
	char *script;
	size_t script_len;
	unsigned plan;
	char **args;	/* NULL-terminated */
	bool terminate; /* "end": "term" */
	uint64_t tear_bytes;
};

struct task_case {
	char *id;
	unsigned level; /* 1 to TASK_LEVELS */
	char **spec;	/* NULL-terminated */
	int line;	/* in the area's file */
	bool is_driver; /* phases instead of argv, stdin, want */

	char **argv; /* NULL-terminated, without the program */
	char **env;  /* "NAME=value", NULL-terminated */
	char *stdin_data;
	size_t stdin_len;
	struct case_file *files;
	size_t file_count;
	struct case_want want;

	struct case_phase *phases;
	size_t phase_count;
};

struct task_area {
	char *name, *title;
	enum area_kind kind;
	unsigned weight;
	char *driver;  /* NULL: io */
	char *checker; /* NULL unless compare is COMPARE_CHECKER */
	enum compare compare;
	struct task_limits limits; /* the pack's, with the area's own on top */
	struct task_case *cases;   /* hidden, in file order */
	size_t case_count;
	struct task_case *visible;
	size_t visible_count;
};

struct task_build {
	struct task_limits limits; /* cpu_ns follows from the wall time */
	uint64_t output_tree_bytes;
	char **hide; /* globs, NULL-terminated */
};

struct submission_add {
	bool from_oracle; /* else from the pack */
	char *from, *to;
};

struct task_submission {
	char *path;  /* below submissions/ */
	char *class; /* its first part */
	char *role;  /* "reference", "second" or "" */
	double score_min, score_max;
	bool oracle_root;
	char **entry; /* NULL-terminated; NULL: the pack's */
	struct submission_add *adds;
	size_t add_count;
	int line;
};

struct task {
	char *name; /* the directory's, = NAME of task.name */
	char *title;
	char *class;
	char *path; /* as given, for messages */
	int dir;    /* open directory of the pack */
	double minutes;
	char digest[DIGEST_HEX_SIZE]; /* of everything that decides a verdict */

	struct task_build build;
	char *run_entry; /* relative to out/ */
	struct task_limits run;
	char **serve_args; /* NULL-terminated; empty without [interview.serve] */
	char **markers;
	char **oracle_packages;

	struct task_area *areas;
	size_t area_count;
	size_t case_count;

	char **statements; /* ids of contract.md in order, NULL-terminated */
	size_t statement_count;
};

/* What is read: a candidate-side view needs no suite. */
enum task_parts {
	TASK_HEAD,     /* task.toml and contract.md */
	TASK_MANIFEST, /* and the visible cases */
	TASK_WHOLE     /* and the hidden suite */
};

/* Load and check the pack at path; when there is no such directory, path is
 * a pack's name in ./tasks or the installed ones.  On success *ret_task is the
 * caller's to task_free().  The digest covers task.toml, contract.md, hidden/,
 * drivers/ and checkers/: all that a decision is made from.  Reference times are
 * not in it: they only scale what is measured. */
int task_load(const char *path, enum task_parts parts, struct task **ret_task,
	      struct error *err) MUST_CHECK;
void task_free(struct task *task);

/* submissions/submissions.toml; free with task_submissions_free(). */
int task_submissions_load(const struct task *task,
			  struct task_submission **ret_list, size_t *ret_count,
			  struct error *err) MUST_CHECK;
void task_submissions_free(struct task_submission *list, size_t count);

/* A line of a file of cases; file and number begin messages about it. */
struct task_line {
	const char *text;
	size_t len;
	const char *file;
	int number;
};

/* Parse one case (also the fuzz target's way in).  area gives kind and
 * defaults; blobs are read from blob_dir (-1: there are none).  *ret_case is
 * filled on success, to be released with task_case_done(). */
int task_case_parse(const struct task_line *line, const struct task_area *area,
		    int blob_dir, struct task_case *ret_case,
		    struct error *err) MUST_CHECK;
void task_case_done(struct task_case *c);

/* ---- suites and packs that are made ------------------------------------------ */

enum {
	TASK_SEED_DIGITS_MAX = 39, /* 128 bits */
	TASK_SEED_DIGITS_MIN = 20, /* of a secret: see task_seed_file() */
	TASK_REPORT_MAX = 32768
};

struct task_seed {
	char digits[TASK_SEED_DIGITS_MAX + 1];
	bool secret; /* never among arguments, and what is made is private */
};

/* The secret seed in a file that only its owner may read; when there is no
 * such file, it is made, with 128 random bits, and *ret_made says so.  The visible cases
 * come from the seed too, and whoever has those can try small seeds one by one: one
 * that is short is refused. */
int task_seed_file(const char *path, struct task_seed *ret_seed, bool *ret_made,
		   struct error *err) MUST_CHECK;

struct task_generation {
	struct task_seed seed;
	const char *oracle; /* the oracle's root directory; NULL: none */
	const char *output; /* where a copy of the pack with the new suite goes;
			     * NULL: the suite of the pack itself is replaced */
	int cancel_fd;	    /* readable: stop, ERROR_CANCELLED */
	void (*progress)(int64_t seconds); /* about once a second; or NULL */
	struct buf *report; /* the end of what the generator printed is added */
};

/* Run gen/generate of the pack, and put the suite in its place when it is
 * there in full and every case of it can be read; until then what was there stays, and
 * on failure nothing is left.  On success *ret_path, the pack that has the new
 * suite, is the caller's to free. */
int task_generate(const struct task *task, const struct task_generation *how,
		  char **ret_path, struct error *err) MUST_CHECK;

/* Make the directory dir/name: a small pack, whole and valid, to start from.  A
 * name that Harbor would not take is ERROR_USAGE, as is one that exists. */
int task_new(const char *dir, const char *name, struct error *err) MUST_CHECK;

/* Where packs are looked up: the names of all in ./tasks and installed.
 * A NULL-terminated list; free with task_list_free(). */
char **task_list(void);
void task_list_free(char **list);

const char *area_kind_name(enum area_kind kind);

static inline void task_free_(struct task **task)
{
	task_free(*task);
}
#define auto_task __attribute__((cleanup(task_free_)))

#endif
