/* SPDX-License-Identifier: MIT */
/*
 * buf.h - bytes that grow, up to a maximum that the buffer is created with.
 *
 * A buffer that would pass its maximum is not grown: it is marked overflowed,
 * what it holds stays as it is, and every later addition is dropped.  Callers
 * that build from bounded parts need not ask; callers that read from outside
 * ask buf_overflowed() once, at the end.
 */
#ifndef FORTNIGHT_BUF_H
#define FORTNIGHT_BUF_H

#include "fortnight/base.h"

struct buf {
	char *data; /* NUL follows the last byte; "" while empty */
	size_t len;
	size_t capacity;
	size_t max;
	bool overflowed;
};

/* For a variable that is declared: struct buf b = BUF_INIT(JSON_BYTES_MAX); */
#define BUF_INIT(max_bytes)        \
	{                          \
		.max = (max_bytes) \
	}

void buf_init(struct buf *buf, size_t max);
void buf_done(struct buf *buf);
void buf_clear(struct buf *buf);
void buf_add(struct buf *buf, const void *data, size_t len);
void buf_adds(struct buf *buf, const char *text);
void buf_addc(struct buf *buf, char byte);
void buf_addf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The text so far, NUL-terminated; borrowed until the next call. */
const char *buf_text(const struct buf *buf);

/* Give the text away: the caller frees it, the buffer is empty again. */
char *buf_steal(struct buf *buf)
	__attribute__((returns_nonnull, warn_unused_result));

static inline bool buf_overflowed(const struct buf *buf)
{
	return buf->overflowed;
}

#define auto_buf __attribute__((cleanup(buf_done)))

#endif
