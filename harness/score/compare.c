/* SPDX-License-Identifier: MIT */
/*
 * How an answer is compared, one function for each kind; see "want" in
 * docs/task-format.md.  All of them read the whole answer and neither change
 * it nor guess: what a kind does not name as free must agree byte for byte.
 */
#include "compare.h"
#include "fortnight/base.h"
#include "fortnight/json.h"

#include <math.h>

enum {
	NUMBER_MAX = 400 /* bytes of a token that may be a number */
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool slice_line(struct slice *text, struct slice *ret_line)
{
	const char *lf;
	size_t len;

	if (text->len == 0)
		return false;
	lf = memchr(text->data, '\n', text->len);
	len = lf ? (size_t)(lf - text->data) : text->len;
	*ret_line = (struct slice){ text->data, len };
	text->data += len + (lf != NULL);
	text->len -= len + (lf != NULL);
	return true;
}

static struct slice trim_end(struct slice line)
{
	while (line.len > 0 && is_space(line.data[line.len - 1]))
		line.len--;
	return line;
}

static bool equal_trim(struct slice want, struct slice got)
{
	want = trim_end(want);
	got = trim_end(got);
	for (;;) {
		struct slice a, b;
		bool more = slice_line(&want, &a);

		if (more != slice_line(&got, &b))
			return false;
		if (!more)
			return true;
		if (!slice_equal(trim_end(a), trim_end(b)))
			return false;
	}
}

static bool next_token(struct slice *text, struct slice *ret_token)
{
	size_t len = 0;

	while (text->len > 0 && is_space(text->data[0])) {
		text->data++;
		text->len--;
	}
	while (len < text->len && !is_space(text->data[len]))
		len++;
	*ret_token = (struct slice){ text->data, len };
	text->data += len;
	text->len -= len;
	return len > 0;
}

/* A decimal number and nothing else; no "inf", "nan" or "0x1p3". */
static bool parse_number(struct slice token, double *ret_value)
{
	char text[NUMBER_MAX + 1], *end;

	if (token.len > NUMBER_MAX)
		return false;
	memcpy(text, token.data, token.len);
	text[token.len] = '\0';
	if (strspn(text, "0123456789+-.eE") != token.len)
		return false;
	*ret_value = strtod(text, &end);
	return end != text && *end == '\0' && isfinite(*ret_value);
}

static bool equal_number(struct slice want, struct slice got, double tolerance)
{
	double a, b;

	if (slice_equal(want, got))
		return true;
	if (!parse_number(want, &a) || !parse_number(got, &b))
		return false;
	return fabs(a - b) <= tolerance || fabs(a - b) <= tolerance * fabs(a);
}

/* A tolerance below zero asks for equal bytes. */
static bool equal_tokens(struct slice want, struct slice got, double tolerance)
{
	for (;;) {
		struct slice a, b;
		bool more = next_token(&want, &a);

		if (more != next_token(&got, &b))
			return false;
		if (!more)
			return true;
		if (tolerance < 0 ? !slice_equal(a, b)
				  : !equal_number(a, b, tolerance))
			return false;
	}
}

static int by_bytes(const void *left, const void *right)
{
	const struct slice *a = left, *b = right;
	size_t len = a->len < b->len ? a->len : b->len;
	int order = len ? memcmp(a->data, b->data, len) : 0;

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static struct slice *sorted_lines(struct slice text, size_t *ret_count)
{
	struct slice rest = text, line, *lines;
	size_t count = 0;

	while (slice_line(&rest, &line))
		count++;
	lines = xcalloc(count + 1, sizeof(*lines));
	for (size_t i = 0; i < count; i++)
		(void)slice_line(&text, &lines[i]);
	qsort(lines, count, sizeof(*lines), by_bytes);
	*ret_count = count;
	return lines;
}

static bool equal_rows(struct slice want, struct slice got)
{
	size_t want_count, got_count;
	auto_free struct slice *a = sorted_lines(want, &want_count);
	auto_free struct slice *b = sorted_lines(got, &got_count);

	if (want_count != got_count)
		return false;
	for (size_t i = 0; i < want_count; i++)
		if (!slice_equal(a[i], b[i]))
			return false;
	return true;
}

static bool is_json_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Every value of a sequence in one array; NULL when the text is no such
 * sequence.  The caller owns the reference. */
static json_t *json_sequence(struct slice text, size_t flags)
{
	json_t *list = json_array();
	size_t at = 0;

	for (;;) {
		json_error_t why;
		json_t *value;

		while (at < text.len && is_json_space(text.data[at]))
			at++;
		if (at == text.len)
			return list;
		value = json_loadb(text.data + at, text.len - at,
				   flags | JSON_DISABLE_EOF_CHECK |
					   JSON_DECODE_ANY | JSON_ALLOW_NUL |
					   JSON_REJECT_DUPLICATES,
				   &why);
		if (!value) {
			json_decref(list);
			return NULL;
		}
		(void)json_array_append_new(list, value);
		at += (size_t)why.position;
	}
}

static bool json_same(json_t *a, json_t *b);

static bool json_same_object(json_t *a, json_t *b)
{
	const char *key;
	json_t *value;

	if (json_object_size(a) != json_object_size(b))
		return false;
	json_object_foreach(a, key, value)
		if (!json_same(value, json_object_get(b, key)))
			return false;
	return true;
}

static bool json_same_array(json_t *a, json_t *b)
{
	if (json_array_size(a) != json_array_size(b))
		return false;
	for (size_t i = 0; i < json_array_size(a); i++)
		if (!json_same(json_array_get(a, i), json_array_get(b, i)))
			return false;
	return true;
}

static bool json_same_number(json_t *a, json_t *b)
{
	double x = json_number_value(a), y = json_number_value(b);

	if (json_is_integer(a) && json_is_integer(b))
		return json_integer_value(a) == json_integer_value(b);
	return !(x < y) && !(x > y);
}

/* Like json_equal(), but 1 and 1.0 are one value. */
static bool json_same(json_t *a, json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return json_same_number(a, b);
	if (json_is_object(a) && json_is_object(b))
		return json_same_object(a, b);
	if (json_is_array(a) && json_is_array(b))
		return json_same_array(a, b);
	return b && json_equal(a, b);
}

/* Integers beyond 64 bits do not parse as integers: then both sides are read
 * once more with every number as a double. */
static bool equal_json(struct slice want, struct slice got)
{
	static const size_t flags[] = { 0, JSON_DECODE_INT_AS_REAL };

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		json_t *a = json_sequence(want, flags[i]);
		json_t *b = json_sequence(got, flags[i]);
		bool both = a && b;
		bool same = both && json_same_array(a, b);

		json_decref(a);
		json_decref(b);
		if (both)
			return same;
	}
	return slice_equal(want, got);
}

static bool equal_sha256(const char *want, struct slice got)
{
	char hex[DIGEST_HEX_SIZE];

	digest_of(got.data, got.len, hex);
	return strcmp(want, hex) == 0;
}

bool compare_stdout(const struct case_want *want, const char *out, size_t len)
{
	struct slice a = { want->stdout_data ? want->stdout_data : "",
			   want->stdout_data ? want->stdout_len : 0 };
	struct slice b = { out ? out : "", out ? len : 0 };

	if (!want->has_stdout)
		return true;
	if (!want->stdout_data && want->stdout_sha256[0])
		return equal_sha256(want->stdout_sha256, b);
	switch (want->compare) {
	case COMPARE_EXACT:
		return slice_equal(a, b);
	case COMPARE_TRIM:
		return equal_trim(a, b);
	case COMPARE_TOKENS:
		return equal_tokens(a, b, -1);
	case COMPARE_ROWS:
		return equal_rows(a, b);
	case COMPARE_JSON:
		return equal_json(a, b);
	case COMPARE_FLOAT:
		return equal_tokens(a, b, want->tolerance);
	case COMPARE_CHECKER:
		break;
	}
	return false;
}

bool compare_exit(const struct case_want *want, int status)
{
	switch (want->exit_want) {
	case EXIT_IS:
		return status == want->exit_status;
	case EXIT_NONZERO:
		return status != 0;
	case EXIT_ANY:
		break;
	}
	return true;
}
