/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <stdlib.h>
#include <string.h>

static bool read_value(struct reader *r, const struct value **ret);

static int peek(const struct reader *r)
{
	return r->at < r->count ? (unsigned char)r->text[r->at] : -1;
}

static void skip_space(struct reader *r)
{
	while (r->at < r->count && strchr(" \t\r\n", r->text[r->at]) != NULL &&
	       r->text[r->at] != '\0')
		r->at++;
}

static bool accept(struct reader *r, char c)
{
	skip_space(r);
	if (peek(r) != c)
		return false;
	r->at++;
	return true;
}

static bool read_hex(struct reader *r, unsigned *ret)
{
	unsigned code = 0;

	for (int i = 0; i < 4; i++) {
		int c = peek(r);
		const char *digits = "0123456789abcdef", *found;

		if (c >= 'A' && c <= 'F')
			c += 'a' - 'A';
		found = c > 0 ? strchr(digits, c) : NULL;
		if (found == NULL)
			return false;
		code = code * 16 + (unsigned)(found - digits);
		r->at++;
	}
	*ret = code;
	return true;
}

static bool read_unicode(struct reader *r, struct text *out)
{
	unsigned code, low;

	if (!read_hex(r, &code))
		return false;
	if (code >= 0xd800 && code < 0xdc00 && r->count - r->at >= 2 &&
	    r->text[r->at] == '\\' && r->text[r->at + 1] == 'u') {
		r->at += 2;
		if (!read_hex(r, &low))
			return false;
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	text_code_point(out, code);
	return true;
}

static bool read_escape(struct reader *r, struct text *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(r);
	const char *found;

	r->at++;
	if (c == 'u')
		return read_unicode(r, out);
	found = c > 0 ? strchr(from, c) : NULL;
	if (found == NULL)
		return false;
	text_add(out, &to[found - from], 1);
	return true;
}

static bool read_string(struct reader *r, const struct value **ret)
{
	struct text out = { 0 };

	for (;;) {
		size_t start = r->at;

		while (r->at < r->count && r->text[r->at] != '"' &&
		       r->text[r->at] != '\\')
			r->at++;
		text_add(&out, r->text + start, r->at - start);
		if (r->at == r->count)
			return false;
		if (r->text[r->at++] == '"')
			break;
		if (!read_escape(r, &out))
			return false;
	}
	*ret = text_string(&out);
	return true;
}

static size_t skip_digits(const char *text, size_t count, size_t at)
{
	while (at < count && text[at] >= '0' && text[at] <= '9')
		at++;
	return at;
}

/* Where a JSON number ends that starts at `at`; `at` itself if there is none. */
static size_t number_end(const char *text, size_t count, size_t at)
{
	size_t start = at, digits;

	if (at < count && text[at] == '-')
		at++;
	digits = at;
	at = skip_digits(text, count, at);
	if (at < count && text[at] == '.') {
		at = skip_digits(text, count, at + 1);
		digits++;
	}
	if (at <= digits)
		return start;
	if (at < count && (text[at] == 'e' || text[at] == 'E')) {
		size_t exponent = at + 1;

		if (exponent < count && strchr("+-", text[exponent]) != NULL)
			exponent++;
		at = skip_digits(text, count, exponent);
		if (at == exponent)
			return start;
	}
	return at;
}

static bool read_number(struct reader *r, const struct value **ret)
{
	char small[64], *copy = small;
	size_t end = number_end(r->text, r->count, r->at), length = end - r->at;

	if (length == 0)
		return false;
	if (length >= sizeof(small))
		copy = arena_alloc(length + 1);
	memcpy(copy, r->text + r->at, length);
	copy[length] = '\0';
	r->at = end;
	*ret = value_number(strtod(copy, NULL));
	return true;
}

static bool read_array(struct reader *r, const struct value **ret)
{
	struct list list = { 0 };
	const struct value *item;

	if (!accept(r, ']')) {
		do {
			if (!read_value(r, &item))
				return false;
			list_add(&list, item);
		} while (accept(r, ','));
		if (!accept(r, ']'))
			return false;
	}
	*ret = list_array(&list);
	return true;
}

static bool read_object(struct reader *r, const struct value **ret)
{
	struct list keys = { 0 }, values = { 0 };
	struct member *members;
	const struct value *key, *value;

	if (!accept(r, '}')) {
		do {
			if (!accept(r, '"') || !read_string(r, &key) ||
			    !accept(r, ':') || !read_value(r, &value))
				return false;
			list_add(&keys, key);
			list_add(&values, value);
		} while (accept(r, ','));
		if (!accept(r, '}'))
			return false;
	}
	members = arena_alloc(keys.count * sizeof(*members));
	for (size_t i = 0; i < keys.count; i++)
		members[i] = (struct member){ keys.items[i], values.items[i] };
	*ret = object_make(members, keys.count);
	return true;
}

static bool read_word(struct reader *r, const struct value **ret)
{
	static const struct {
		const char *word;
		const struct value *value;
	} words[] = { { "null", &value_null },
		      { "true", &value_true },
		      { "false", &value_false } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t length = strlen(words[i].word);

		if (r->count - r->at < length ||
		    memcmp(r->text + r->at, words[i].word, length) != 0)
			continue;
		r->at += length;
		*ret = words[i].value;
		return true;
	}
	return false;
}

static bool read_value(struct reader *r, const struct value **ret)
{
	bool ok;
	int c;

	skip_space(r);
	c = peek(r);
	if (r->depth++ > JSON_DEPTH_MAX)
		return false;
	switch (c) {
	case '[':
		r->at++;
		ok = read_array(r, ret);
		break;
	case '{':
		r->at++;
		ok = read_object(r, ret);
		break;
	case '"':
		r->at++;
		ok = read_string(r, ret);
		break;
	default:
		ok = c == '-' || (c >= '0' && c <= '9') ? read_number(r, ret) :
							  read_word(r, ret);
	}
	r->depth--;
	return ok;
}

enum read reader_next(struct reader *r, const struct value **ret)
{
	skip_space(r);
	if (r->at == r->count)
		return READ_END;
	return read_value(r, ret) ? READ_VALUE : READ_BAD;
}

bool json_number(const struct value *string, double *ret)
{
	struct reader r = { .text = string->text, .count = string->count };
	const struct value *v;

	if (!read_number(&r, &v) || r.at != r.count)
		return false;
	*ret = v->number;
	return true;
}
