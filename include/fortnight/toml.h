/* SPDX-License-Identifier: MIT */
/*
 * toml.h - TOML 1.0 through toml++, behind a C interface of one function.
 *
 * The document becomes a jansson tree, so that one kind of tree is walked in
 * the project; beside it stands where each key was, for messages.
 */
#ifndef FORTNIGHT_TOML_H
#define FORTNIGHT_TOML_H

#include "fortnight/json.h"

struct toml;

/* Parse text; `where` begins every message, "where:line: ".  Dates and times
 * become strings, non-finite numbers are refused.  On success *ret_toml is the
 * caller's to toml_free(). */
int toml_read(const char *text, size_t len, const char *where,
	      struct toml **ret_toml, struct error *err) MUST_CHECK;
void toml_free(struct toml *toml);

/* The root table; borrowed from toml. */
json_t *toml_root(const struct toml *toml);

/* The line of the value at path ("interview.area[2].name"), or of its nearest
 * parent that is in the document; at least 1. */
int toml_line(const struct toml *toml, const char *path);

static inline void toml_free_(struct toml **toml)
{
	toml_free(*toml);
}
#define auto_toml __attribute__((cleanup(toml_free_)))

#endif
