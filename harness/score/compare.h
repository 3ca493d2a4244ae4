/* SPDX-License-Identifier: MIT */
/* compare.h - whether an answer is the wanted one. */
#ifndef SCORE_COMPARE_H
#define SCORE_COMPARE_H

#include "fortnight/buf.h"
#include "fortnight/task.h"

/* A piece of somebody's text; owns nothing. */
struct slice {
	const char *data;
	size_t len;
};

/* The next line of *text without its LF, and *text moved on; false at the end. */
bool slice_line(struct slice *text, struct slice *ret_line);

/* Whether out is the standard output that want asks for.  COMPARE_CHECKER is
 * not decided here: a program of the author's does it. */
bool compare_stdout(const struct case_want *want, const char *out, size_t len);

/* Whether an exit status is the wanted one. */
bool compare_exit(const struct case_want *want, int status);

/* For people: where two texts part, as a line diff of at most a dozen lines of
 * a hundred columns, safe to show on a terminal. */
void diff_add(struct buf *buf, struct slice want, struct slice got);
/* One line of it, cut to a hundred columns. */
void diff_add_line(struct buf *buf, const char *mark, struct slice line);
/* The beginning of a text, safe to show: at most `lines` lines. */
void diff_add_head(struct buf *buf, const char *title, struct slice text,
		   unsigned lines);

#endif
