/* SPDX-License-Identifier: MIT */
/* text.h - numbers from text, near misses, text that is safe to show. */
#ifndef FORTNIGHT_TEXT_H
#define FORTNIGHT_TEXT_H

#include "fortnight/buf.h"

/* The whole of text as a decimal integer in [min, max]; false otherwise. */
bool parse_int(const char *text, int64_t min, int64_t max,
	       int64_t *ret_value) MUST_CHECK;
/* The same for seconds with up to nine decimals, "1.5", in nanoseconds. */
bool parse_seconds(const char *text, int64_t min_ns, int64_t max_ns,
		   int64_t *ret_ns) MUST_CHECK;
/* The same for bytes: "64M"; K, M, G, T, in either case, are powers of 1024. */
bool parse_size(const char *text, int64_t min, int64_t max,
		int64_t *ret_bytes) MUST_CHECK;

/* The word of the NULL-terminated list nearest to word by edit distance
 * (insert, delete, replace, swap of neighbours); NULL when none is near. */
const char *text_nearest(const char *word, const char *const *list);

/* Add len bytes of anything to buf so that a terminal shows it and obeys none
 * of it: control bytes and invalid UTF-8 as \xNN, except \n and \t. */
void text_add_safe(struct buf *buf, const char *data, size_t len);

/* Whether data is well-formed UTF-8 (RFC 3629) without NUL. */
bool text_is_utf8(const char *data, size_t len);

#endif
