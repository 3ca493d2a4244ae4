/* SPDX-License-Identifier: MIT */
/*
 * base.h - what every file in the tree may rely on.
 *
 * Include it first.  It brings the libc headers used everywhere, and banned.h,
 * which turns a call to a function we agreed never to use into a compile
 * error that names the one to use.
 */
#ifndef FORTNIGHT_BASE_H
#define FORTNIGHT_BASE_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define MUST_CHECK	       __attribute__((warn_unused_result))
#define UNUSED		       __attribute__((unused))
#define ARRAY_LEN(a)	       (sizeof(a) / sizeof((a)[0]))

/* Hand a pointer on and forget it, so that an auto_ variable does not free it. */
#define STEAL(p)                             \
	__extension__({                      \
		__typeof__(p) stolen_ = (p); \
		(p) = NULL;                  \
		stolen_;                     \
	})

/* These end the process when memory runs out; the journal is on disk.  Sizes
 * that a candidate controls are bounded before they get here. */
void *xcalloc(size_t count, size_t size)
	__attribute__((returns_nonnull, malloc, warn_unused_result));
char *xstrdup(const char *text)
	__attribute__((returns_nonnull, malloc, warn_unused_result));

/* For interfaces that are older than const, and do not write. */
static inline void *unconst(const void *data)
{
	union {
		const void *in;
		void *out;
	} pointer = { .in = data };

	return pointer.out;
}

static inline void free_ptr_(void *pp)
{
	free(*(void **)pp);
}

static inline void close_fd_(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	errno = saved;
}

/* The same for an auto_close variable. */
static inline int steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

#define auto_free  __attribute__((cleanup(free_ptr_)))
#define auto_close __attribute__((cleanup(close_fd_)))

#include "fortnight/banned.h"

#endif
