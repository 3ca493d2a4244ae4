/* SPDX-License-Identifier: MIT */
/* A command on its way: arguments in, a reply out. */
#ifndef CALL_H
#define CALL_H

#include "db.h"

/* What a connection remembers from one command to the next. */
struct session {
	size_t db;
	bool closing; /* once all replies are sent */
};

struct call {
	struct db *dbs; /* all of them */
	struct session *session;
	const struct slice *argv;
	size_t argc;
	struct buf *out;
};

void call_run(struct call *call);
struct db *call_db(const struct call *call);

/* ---- replies ---- */

void reply_simple(struct call *call, const char *text);
void reply_error(struct call *call, const char *text);
void reply_int(struct call *call, int64_t value);
void reply_bulk(struct call *call, struct slice bytes);
void reply_text(struct call *call, const struct text *text); /* or nil */
void reply_nil(struct call *call);
void reply_nil_array(struct call *call);
void reply_array(struct call *call, size_t count);

/* ---- arguments; what returns false has replied an error ---- */

bool arg_int(struct call *call, size_t index, int64_t *ret_value);
bool arg_float(struct call *call, size_t index, long double *ret_value);
bool arg_db(struct call *call, size_t index, size_t *ret_db);
/* The moment meant by an option (EX, PX, EXAT, PXAT) and the number behind it. */
bool arg_moment(struct call *call, struct slice unit, size_t index,
		int64_t *ret_ms);
bool is_moment_option(struct slice option);
/* The key's entry, NULL if it is missing, if it is of this type. */
bool arg_entry(struct call *call, size_t index, enum type type,
	       struct entry **ret_entry);
bool arg_string(struct call *call, size_t index, struct buf **ret_string);
bool arg_list(struct call *call, size_t index, struct list **ret_list);
bool arg_hash(struct call *call, size_t index, struct table **ret_hash);
/* The value to be changed; an empty one is created. */
bool arg_new(struct call *call, size_t index, enum type type,
	     struct value **ret_value);
bool syntax_error(struct call *call);

/* The part of `count` elements between two indexes that count from either end;
 * false if there is none. */
bool range_clip(int64_t start, int64_t stop, size_t count, size_t *ret_first,
		size_t *ret_count);
/* Adds to a number in decimal notation (NULL: zero). */
bool count_up(struct call *call, const struct slice *old, int64_t by,
	      int64_t *ret_value);
bool count_up_float(struct call *call, const struct slice *old, struct slice by,
		    char text[FLOAT_TEXT], size_t *ret_len);

/* ---- commands, by file ---- */

struct command {
	const char *name;
	size_t least, most; /* arguments with the name; most 0: any number */
	void (*run)(struct call *call);
};

extern const struct command string_commands[], list_commands[], hash_commands[],
	key_commands[], server_commands[];

#endif
