/* SPDX-License-Identifier: MIT */
/* Built-in functions on strings, and formats. */
#include "machine.h"

#include <string.h>

#define FUNCTION(name)                                                  \
	static const struct value *name(struct machine *m,              \
					const struct value *in,         \
					const struct value **arguments)

static const struct value *type_error(struct machine *m, const struct value *v)
{
	(void)fail(m, "%s is not of the right type", value_type_name(v));
	return NULL;
}

static const struct value *to_string(const struct value *v)
{
	return v->type == T_STRING ? v : json_string(v);
}

FUNCTION(run_tostring)
{
	(void)m;
	(void)arguments;
	return to_string(in);
}

FUNCTION(run_tojson)
{
	(void)m;
	(void)arguments;
	return json_string(in);
}

FUNCTION(run_tonumber)
{
	double number;

	(void)arguments;
	if (in->type == T_NUMBER)
		return in;
	if (in->type != T_STRING || !json_number(in, &number))
		return type_error(m, in);
	return value_number(number);
}

FUNCTION(run_fromjson)
{
	struct reader reader = { .text = in->text, .count = in->count };
	const struct value *v, *more;

	(void)arguments;
	if (in->type != T_STRING || reader_next(&reader, &v) != READ_VALUE ||
	    reader_next(&reader, &more) != READ_END)
		return type_error(m, in);
	return v;
}

static const struct value *map_ascii(struct machine *m, const struct value *in,
				     char first, int shift)
{
	struct text text = { 0 };

	if (in->type != T_STRING)
		return type_error(m, in);
	for (size_t i = 0; i < in->count; i++) {
		char c = in->text[i];

		if (c >= first && c < first + 26)
			c = (char)(c + shift);
		text_add(&text, &c, 1);
	}
	return text_string(&text);
}

FUNCTION(run_downcase)
{
	(void)arguments;
	return map_ascii(m, in, 'A', 'a' - 'A');
}

FUNCTION(run_upcase)
{
	(void)arguments;
	return map_ascii(m, in, 'a', 'A' - 'a');
}

FUNCTION(run_explode)
{
	struct list list = { 0 };

	(void)arguments;
	if (in->type != T_STRING)
		return type_error(m, in);
	for (size_t at = 0; at < in->count;)
		list_add(&list, value_number(string_next(in, &at)));
	return list_array(&list);
}

FUNCTION(run_implode)
{
	struct text text = { 0 };

	(void)arguments;
	if (in->type != T_ARRAY)
		return type_error(m, in);
	for (size_t i = 0; i < in->count; i++) {
		const struct value *v = in->items[i];

		if (v->type != T_NUMBER || !(v->number >= 0 && v->number < 0x110000))
			return type_error(m, v);
		text_code_point(&text, (unsigned)v->number);
	}
	return text_string(&text);
}

static bool starts(const struct value *s, const struct value *part)
{
	return s->count >= part->count &&
	       memcmp(s->text, part->text, part->count) == 0;
}

static bool ends(const struct value *s, const struct value *part)
{
	return s->count >= part->count &&
	       memcmp(s->text + s->count - part->count, part->text,
		      part->count) == 0;
}

static bool both_strings(const struct value *a, const struct value *b)
{
	return a->type == T_STRING && b->type == T_STRING;
}

FUNCTION(run_startswith)
{
	if (!both_strings(in, arguments[0]))
		return type_error(m, in);
	return value_bool(starts(in, arguments[0]));
}

FUNCTION(run_endswith)
{
	if (!both_strings(in, arguments[0]))
		return type_error(m, in);
	return value_bool(ends(in, arguments[0]));
}

FUNCTION(run_ltrimstr)
{
	const struct value *part = arguments[0];

	(void)m;
	if (!both_strings(in, part) || !starts(in, part))
		return in;
	return value_string(in->text + part->count, in->count - part->count);
}

FUNCTION(run_rtrimstr)
{
	const struct value *part = arguments[0];

	(void)m;
	if (!both_strings(in, part) || !ends(in, part))
		return in;
	return value_string(in->text, in->count - part->count);
}

FUNCTION(run_split)
{
	if (!both_strings(in, arguments[0]))
		return type_error(m, in);
	return operate(m, "/", in, arguments[0]);
}

FUNCTION(run_join)
{
	struct text text = { 0 };

	if (in->type != T_ARRAY || arguments[0]->type != T_STRING)
		return type_error(m, in);
	for (size_t i = 0; i < in->count; i++) {
		const struct value *v = in->items[i];

		if (v->type == T_ARRAY || v->type == T_OBJECT)
			return type_error(m, v);
		if (i > 0)
			text_add(&text, arguments[0]->text, arguments[0]->count);
		if (v->type != T_NULL)
			text_add(&text, to_string(v)->text, to_string(v)->count);
	}
	return text_string(&text);
}

FUNCTION(run_utf8bytelength)
{
	(void)arguments;
	if (in->type != T_STRING)
		return type_error(m, in);
	return value_number((double)in->count);
}

const struct builtin builtins_text[] = {
	{ "tostring", 0, run_tostring },
	{ "tojson", 0, run_tojson },
	{ "tonumber", 0, run_tonumber },
	{ "fromjson", 0, run_fromjson },
	{ "ascii_downcase", 0, run_downcase },
	{ "ascii_upcase", 0, run_upcase },
	{ "explode", 0, run_explode },
	{ "implode", 0, run_implode },
	{ "startswith", 1, run_startswith },
	{ "endswith", 1, run_endswith },
	{ "ltrimstr", 1, run_ltrimstr },
	{ "rtrimstr", 1, run_rtrimstr },
	{ "split", 1, run_split },
	{ "join", 1, run_join },
	{ "utf8bytelength", 0, run_utf8bytelength },
	{ NULL, 0, NULL }
};

static const struct value *base64(const struct value *s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct text out = { 0 };

	for (size_t i = 0; i < s->count; i += 3) {
		size_t have = s->count - i < 3 ? s->count - i : 3;
		unsigned bits = 0;

		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 |
			       (j < have ? (unsigned char)s->text[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			text_add(&out,
				 j <= have ? &digits[bits >> (18 - 6 * j) & 63] :
					     "=",
				 1);
	}
	return text_string(&out);
}

const struct value *apply_format(struct machine *m, const char *name,
				 const struct value *v)
{
	if (strcmp(name, "text") == 0)
		return to_string(v);
	if (strcmp(name, "json") == 0)
		return json_string(v);
	if (strcmp(name, "base64") == 0)
		return base64(to_string(v));
	(void)fail(m, "@%s is not done", name);
	return NULL;
}
