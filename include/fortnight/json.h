/* SPDX-License-Identifier: MIT */
/* json.h - what we add to jansson: strict reading, one canonical form. */
#ifndef FORTNIGHT_JSON_H
#define FORTNIGHT_JSON_H

#include "fortnight/error.h"

#include <jansson.h>

/* Parse one JSON value.  Duplicate keys are refused (jansson.h,
 * JSON_REJECT_DUPLICATES).  Messages begin with "where:line: ".  Line numbers
 * count from first_line.  On success *ret_json is a new reference. */
int json_read(const char *text, size_t len, const char *where, int first_line,
	      json_t **ret_json, struct error *err) MUST_CHECK;

/* The canonical form: keys sorted by byte, two spaces a level, LF at the end,
 * non-ASCII text as itself.  Two equal values give equal bytes.  The caller
 * frees the text. */
char *json_canonical(const json_t *json)
	__attribute__((returns_nonnull, warn_unused_result));

/* The same, written as one file (see fd_write_file). */
int json_write_file(int dir, const char *name, const json_t *json,
		    struct error *err) MUST_CHECK;

/* A string for text of any bytes: what is not UTF-8 becomes U+FFFD. */
json_t *json_text(const char *text, size_t len);

#endif
