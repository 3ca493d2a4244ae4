/* SPDX-License-Identifier: MIT */
/*
 * What control-group files say.  A counter that is misread is a wrong verdict, so
 * nothing is guessed: digits, all of them, up to the end of the line; a text that
 * was cut off in the middle of a number does not have one.
 */
#include "fortnight/base.h"

#include "cgroup.h"

/* The digits that text begins with, and a newline. */
static int take_number(const char *text, size_t len, size_t *ret_used,
		       uint64_t *ret)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < len && text[i] >= '0' && text[i] <= '9'; i++)
		if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
		    __builtin_add_overflow(value, (uint64_t)(text[i] - '0'),
					   &value))
			return -1;
	if (i == 0 || i == len || text[i] != '\n')
		return -1;
	*ret_used = i + 1;
	*ret = value;
	return 0;
}

int cgroup_parse_number(const char *text, size_t len, uint64_t *ret)
{
	uint64_t value;
	size_t used;

	if (take_number(text, len, &used, &value) < 0 || used != len)
		return -1;
	*ret = value;
	return 0;
}

int cgroup_parse_field(const char *text, size_t len, const char *key,
		       uint64_t *ret)
{
	size_t key_len = strlen(key), used;
	const char *end = text + len;

	while (text < end) {
		size_t left = (size_t)(end - text);
		const char *newline = memchr(text, '\n', left);

		if (left > key_len && memcmp(text, key, key_len) == 0 &&
		    text[key_len] == ' ')
			return take_number(text + key_len + 1,
					   left - key_len - 1, &used, ret);
		text = newline ? newline + 1 : end;
	}
	return -1;
}
