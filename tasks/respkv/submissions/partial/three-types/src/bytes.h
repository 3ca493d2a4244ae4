/* SPDX-License-Identifier: MIT */
/* Byte strings: borrowed, growing and stored ones; numbers in them. */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes. */
struct slice {
	const char *data;
	size_t len;
};

/* Growing bytes; memory that runs out ends the program. */
struct buf {
	char *data;
	size_t len;
	size_t room;
};

/* Stored bytes that never change. */
struct text {
	size_t len;
	char data[];
};

enum {
	FLOAT_TEXT = 5000 /* the longest long double without an exponent */
};

void *take(size_t size); /* zeroed */
void *grow(void *old, size_t size);

void buf_reserve(struct buf *buf, size_t more);
void buf_add(struct buf *buf, const void *data, size_t len);
/* Removes bytes at the front. */
void buf_drop(struct buf *buf, size_t len);
void buf_done(struct buf *buf);

struct text *text_new(struct slice bytes);
struct slice text_slice(const struct text *text);

struct slice slice_of(const char *text);
bool slice_same(struct slice a, struct slice b);
/* Whether it is this word in any mixture of cases. */
bool slice_is(struct slice slice, const char *word);
/* A decimal number of 64 bits and nothing else (contract 3.3). */
bool slice_int(struct slice slice, int64_t *ret_value);
/* A finite decimal number and nothing else (contract 3.5). */
bool slice_float(struct slice slice, long double *ret_value);
/* The shortest notation without an exponent; returns its length. */
size_t float_format(long double value, char text[FLOAT_TEXT]);
/* Patterns of contract 9.6. */
bool glob_match(struct slice pattern, struct slice text);

#endif
