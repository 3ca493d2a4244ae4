/* SPDX-License-Identifier: MIT */
#include "bytes.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_ROOM = 64,
	DIGITS_MAX = 256 /* of a number that somebody sends */
};

void *grow(void *old, size_t size)
{
	void *new = realloc(old, size ? size : 1);

	if (!new)
		abort();
	return new;
}

void *take(size_t size)
{
	return memset(grow(NULL, size), 0, size);
}

/* ---- growing ---- */

void buf_reserve(struct buf *buf, size_t more)
{
	size_t room = buf->room ? buf->room : FIRST_ROOM;

	if (buf->len + more <= buf->room)
		return;
	while (room < buf->len + more)
		room *= 2;
	buf->data = grow(buf->data, room);
	buf->room = room;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	buf_reserve(buf, len);
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
}

void buf_drop(struct buf *buf, size_t len)
{
	buf->len -= len;
	if (buf->len > 0 && len > 0)
		memmove(buf->data, buf->data + len, buf->len);
}

void buf_done(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){ 0 };
}

/* ---- stored and borrowed ---- */

struct text *text_new(struct slice bytes)
{
	struct text *text = grow(NULL, sizeof(*text) + bytes.len);

	text->len = bytes.len;
	if (bytes.len > 0)
		memcpy(text->data, bytes.data, bytes.len);
	return text;
}

struct slice text_slice(const struct text *text)
{
	return (struct slice){ text->data, text->len };
}

struct slice slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

bool slice_same(struct slice a, struct slice b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool slice_is(struct slice slice, const char *word)
{
	for (size_t i = 0; i < slice.len; i++)
		if (!word[i] ||
		    toupper((unsigned char)slice.data[i]) != word[i])
			return false;
	return word[slice.len] == '\0';
}

/* ---- numbers ---- */

bool slice_int(struct slice slice, int64_t *ret_value)
{
	bool minus = slice.len > 0 && slice.data[0] == '-';
	size_t at = minus;
	int64_t value = 0;

	/* No empty number, no leading zero but zero itself, no minus zero. */
	if (at == slice.len ||
	    (slice.data[at] == '0' && (minus || slice.len > 1)))
		return false;
	for (; at < slice.len; at++) {
		int digit = slice.data[at] - '0';

		if (digit < 0 || digit > 9 ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, digit, &value))
			return false;
	}
	/* It was counted downwards: the least number has no opposite. */
	if (!minus && value == INT64_MIN)
		return false;
	*ret_value = minus ? value : -value;
	return true;
}

bool slice_float(struct slice slice, long double *ret_value)
{
	char digits[DIGITS_MAX + 1], *end;
	long double value;

	if (slice.len == 0 || slice.len > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < slice.len; i++)
		if (!slice.data[i] || !strchr("0123456789+-.eE", slice.data[i]))
			return false;
	memcpy(digits, slice.data, slice.len);
	digits[slice.len] = '\0';
	value = strtold(digits, &end);
	if (*end || !isfinite(value))
		return false;
	*ret_value = value;
	return true;
}

size_t float_format(long double value, char text[FLOAT_TEXT])
{
	size_t len = (size_t)snprintf(text, FLOAT_TEXT, "%.17Lf", value);

	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	text[len] = '\0';
	return strcmp(text, "-0") == 0 ? (size_t)snprintf(text, 2, "0") : len;
}

/* ---- patterns ---- */

static unsigned char byte_at(struct slice slice, size_t at)
{
	return (unsigned char)slice.data[at];
}

/* The class that begins at `at`, behind its bracket; moves `at` behind it. */
static bool class_match(struct slice pattern, size_t *at, unsigned char c)
{
	bool inverted = *at < pattern.len && pattern.data[*at] == '^';
	bool found = false;

	*at += inverted;
	while (*at < pattern.len && pattern.data[*at] != ']') {
		unsigned char low = byte_at(pattern, *at), high = low;

		if (low == '\\' && *at + 1 < pattern.len) {
			low = high = byte_at(pattern, ++*at);
		} else if (*at + 2 < pattern.len &&
			   pattern.data[*at + 1] == '-') {
			high = byte_at(pattern, *at + 2);
			*at += 2;
		}
		found = found || (low <= high ? c >= low && c <= high
					      : c >= high && c <= low);
		++*at;
	}
	*at += *at < pattern.len;
	return found != inverted;
}

/* One element of the pattern that is no star against one byte. */
static bool one_match(struct slice pattern, size_t *at, unsigned char c)
{
	switch (pattern.data[*at]) {
	case '?':
		++*at;
		return true;
	case '[':
		++*at;
		return class_match(pattern, at, c);
	case '\\':
		*at += *at + 1 < pattern.len;
		break;
	default:
		break;
	}
	return byte_at(pattern, (*at)++) == c;
}

/* Goes back to the last star only: enough, and never exponential. */
bool glob_match(struct slice pattern, struct slice text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, resume = 0;

	while (t < text.len) {
		size_t next = p;

		if (p < pattern.len && pattern.data[p] == '*') {
			star = ++p;
			resume = t;
		} else if (p < pattern.len &&
			   one_match(pattern, &next, byte_at(text, t))) {
			p = next;
			t++;
		} else if (star != SIZE_MAX) {
			p = star;
			t = ++resume;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.data[p] == '*')
		p++;
	return p == pattern.len;
}
