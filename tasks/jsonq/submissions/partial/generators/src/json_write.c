/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PLAIN_MAX_EXPONENT = 17, PLAIN_MIN_EXPONENT = -5 };

/* digits and exponent of d.ddd x 10^exponent, as short as reads back the same. */
static int shortest(double number, char digits[32])
{
	char form[40];
	int exponent;
	size_t count = 0;
	const char *e;

	for (int precision = 0; precision < 17; precision++) {
		snprintf(form, sizeof(form), "%.*e", precision, number);
		if (strtod(form, NULL) == number)
			break;
	}
	e = strchr(form, 'e');
	exponent = e == NULL ? 0 : atoi(e + 1);
	for (const char *p = form; p != e && *p != '\0'; p++) {
		if (*p != '.')
			digits[count++] = *p;
	}
	while (count > 1 && digits[count - 1] == '0')
		count--;
	digits[count] = '\0';
	return exponent;
}

static void write_plain(struct text *out, const char *digits, int exponent)
{
	int count = (int)strlen(digits);

	if (exponent < 0) {
		text_adds(out, "0.");
		for (int i = -1; i > exponent; i--)
			text_adds(out, "0");
		text_adds(out, digits);
		return;
	}
	for (int i = 0; i <= exponent; i++)
		text_add(out, i < count ? digits + i : "0", 1);
	if (count > exponent + 1) {
		text_adds(out, ".");
		text_adds(out, digits + exponent + 1);
	}
}

static void write_number(struct text *out, double number)
{
	char digits[32], tail[16];
	int exponent;

	if (isnan(number)) {
		text_adds(out, "null");
		return;
	}
	if (isinf(number))
		number = number > 0 ? DBL_MAX : -DBL_MAX;
	if (number < 0) {
		text_adds(out, "-");
		number = -number;
	}
	if (number == 0) {
		text_adds(out, "0");
		return;
	}
	exponent = shortest(number, digits);
	if (exponent >= PLAIN_MIN_EXPONENT && exponent < PLAIN_MAX_EXPONENT) {
		write_plain(out, digits, exponent);
		return;
	}
	text_add(out, digits, 1);
	if (digits[1] != '\0') {
		text_adds(out, ".");
		text_adds(out, digits + 1);
	}
	snprintf(tail, sizeof(tail), "e%+03d", exponent);
	text_adds(out, tail);
}

static void write_string(struct text *out, const struct value *string)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";

	text_adds(out, "\"");
	for (size_t i = 0; i < string->count; i++) {
		char c = string->text[i], escape[8];
		const char *found = c == '\0' ? NULL : strchr(from, c);

		if (found != NULL) {
			text_adds(out, "\\");
			text_add(out, &to[found - from], 1);
		} else if ((unsigned char)c < 32 || c == 127) {
			snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)c);
			text_adds(out, escape);
		} else {
			text_add(out, &c, 1);
		}
	}
	text_adds(out, "\"");
}

static void new_line(struct text *out, int indent, int level)
{
	if (indent < 0)
		return;
	text_adds(out, "\n");
	for (int i = 0; i < indent * level; i++)
		text_adds(out, " ");
}

static void write_value(struct text *out, const struct value *v, int indent,
			int level);

static void write_container(struct text *out, const struct value *v, int indent,
			    int level)
{
	bool object = v->type == T_OBJECT;

	text_adds(out, object ? "{" : "[");
	for (size_t i = 0; i < v->count; i++) {
		if (i > 0)
			text_adds(out, ",");
		new_line(out, indent, level + 1);
		if (object) {
			write_string(out, v->members[i].key);
			text_adds(out, indent < 0 ? ":" : ": ");
		}
		write_value(out, object ? v->members[i].value : v->items[i],
			    indent, level + 1);
	}
	if (v->count > 0)
		new_line(out, indent, level);
	text_adds(out, object ? "}" : "]");
}

static void write_value(struct text *out, const struct value *v, int indent,
			int level)
{
	switch (v->type) {
	case T_NUMBER:
		write_number(out, v->number);
		break;
	case T_STRING:
		write_string(out, v);
		break;
	case T_ARRAY:
	case T_OBJECT:
		if (level > JSON_DEPTH_MAX)
			text_adds(out, "null");
		else
			write_container(out, v, indent, level);
		break;
	default:
		text_adds(out, v->type == T_NULL ? "null" :
			       v->type == T_TRUE ? "true" :
						   "false");
	}
}

void json_write(struct text *out, const struct value *v, int indent)
{
	write_value(out, v, indent, 0);
}

const struct value *json_string(const struct value *v)
{
	struct text out = { 0 };

	json_write(&out, v, -1);
	return text_string(&out);
}
