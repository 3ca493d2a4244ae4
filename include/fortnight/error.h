/* SPDX-License-Identifier: MIT */
/*
 * error.h - how a function says that it failed, and why.
 *
 * A function that can fail returns int: 0 when it worked, -1 when it did not.
 * It takes a struct error as its last argument and fills it exactly when it
 * returns -1.  Results leave through ret_ arguments, which a failing call
 * does not touch.
 *
 * A struct error lives on the caller's stack and owns nothing: there is no
 * release call to forget, and reporting a failure cannot itself fail.
 */
#ifndef FORTNIGHT_ERROR_H
#define FORTNIGHT_ERROR_H

#include "fortnight/base.h"

enum error_kind {
	ERROR_NONE,
	ERROR_USAGE,	 /* the caller asked for something malformed */
	ERROR_INPUT,	 /* a pack, a tree or an archive is malformed */
	ERROR_LIMIT,	 /* it is larger than a bound of ours */
	ERROR_SYSTEM,	 /* the kernel refused; sys_errno says how */
	ERROR_HOST,	 /* this host cannot enforce what is needed */
	ERROR_INFRA,	 /* our own machinery failed; trying again may help */
	ERROR_CANCELLED, /* the user asked to stop */
	ERROR_BUG,	 /* ours to fix */
	ERROR_KIND_COUNT
};

struct error {
	enum error_kind kind;
	int sys_errno;
	char text[600];
};

#define ERROR_INIT                 \
	{                          \
		.kind = ERROR_NONE \
	}

/* Fill err and return -1, so that a failing path is one return statement. */
int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* The same for a failed system call; keeps errno and appends its text. */
int error_set_errno(struct error *err, int sys_errno, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* Say what was being attempted: "load task 'x': open task.json: ...". */
int error_prefix(struct error *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
