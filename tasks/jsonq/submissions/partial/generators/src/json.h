/* SPDX-License-Identifier: MIT */
#ifndef JSON_H
#define JSON_H

#include "value.h"

#include <stdio.h>

enum { JSON_DEPTH_MAX = 10000 };

/* Reads a sequence of values from a text in memory. */
struct reader {
	const char *text;
	size_t count, at;
	int depth;
};

enum read { READ_VALUE, READ_END, READ_BAD };

enum read reader_next(struct reader *reader, const struct value **ret);

/* Appends the value as JSON; indent < 0 is compact. */
void json_write(struct text *out, const struct value *v, int indent);
/* The value as compact JSON. */
const struct value *json_string(const struct value *v);
/* A whole text as one number; false if it is not one. */
bool json_number(const struct value *string, double *ret);

#endif
