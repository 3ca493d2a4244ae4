/* SPDX-License-Identifier: MIT */
/*
 * Texts of a script.
 *
 *	word		bare: up to the next blank
 *	"a b\x00\n"	quoted: \n \r \t \\ \" and \xHH
 *	"ab"*3		ababab
 *	@3"v{i}"	three texts: v0 v1 v2
 *
 * {…} is replaced when the text is used.  It starts with n or i and goes on
 * with operators + - * / % and operands n, i or a number, from left to right
 * without precedence: {n*7919%1000}.  Anything else in braces stays as it is.
 */
#include "driver.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void cursor_blank(struct cursor *cur)
{
	while (cur->at < cur->end && (*cur->at == ' ' || *cur->at == '\t'))
		cur->at++;
}

bool cursor_word(struct cursor *cur, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(cur->end - cur->at) < len ||
	    memcmp(cur->at, word, len) != 0)
		return false;
	cur->at += len;
	return true;
}

long long cursor_number(struct cursor *cur)
{
	long long value = 0;
	bool minus = cursor_word(cur, "-");
	const char *from = cur->at;

	while (cur->at < cur->end && isdigit((unsigned char)*cur->at)) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, *cur->at - '0', &value))
			cur->error = "number out of range";
		cur->at++;
	}
	if (cur->at == from)
		cur->error = "number expected";
	if (!minus && value == INT64_MIN) {
		cur->error = "number out of range";
		return 0;
	}
	return minus ? value : -value;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c ? strchr(digits, tolower((unsigned char)c))
			      : NULL;

	return found ? (int)(found - digits) : -1;
}

/* One escape, behind its backslash. */
static char parse_escape(struct cursor *cur)
{
	char c = cur->at < cur->end ? *cur->at++ : '\0';
	int high, low;

	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case '\\':
	case '"':
		return c;
	case 'x':
		if (cur->end - cur->at < 2)
			break;
		high = hex_digit(cur->at[0]);
		low = hex_digit(cur->at[1]);
		cur->at += 2;
		if (high >= 0 && low >= 0)
			return (char)(high * 16 + low);
		break;
	default:
		break;
	}
	cur->error = "unknown escape";
	return '\0';
}

static void parse_quoted(struct cursor *cur, struct text *text)
{
	const char *close = cur->at;
	char *out;

	while (close < cur->end && *close != '"')
		close += *close == '\\' ? 2 : 1;
	if (close >= cur->end) {
		cur->error = "quote not closed";
		return;
	}
	out = arena_take((size_t)(close - cur->at) + 1);
	text->data = out;
	while (cur->at < close && !cur->error)
		if (*cur->at == '\\') {
			cur->at++;
			out[text->len++] = parse_escape(cur);
		} else {
			out[text->len++] = *cur->at++;
		}
	cur->at = close + 1;
	if (cursor_word(cur, "*"))
		text->times = (size_t)cursor_number(cur);
}

static void parse_bare(struct cursor *cur, struct text *text)
{
	text->data = cur->at;
	while (cur->at < cur->end && *cur->at != ' ' && *cur->at != '\t')
		cur->at++;
	text->len = (size_t)(cur->at - text->data);
	if (text->len == 0)
		cur->error = "text expected";
}

struct text text_parse(struct cursor *cur)
{
	struct text text = { .data = "", .times = 1 };

	if (cursor_word(cur, "@")) {
		long long many = cursor_number(cur);

		if (many < 1 || many > REPLY_NODES_MAX)
			cur->error = "bad count behind @";
		else
			text.many = (size_t)many;
	}
	if (cursor_word(cur, "\""))
		parse_quoted(cur, &text);
	else
		parse_bare(cur, &text);
	if (text.times > OUTPUT_MAX)
		cur->error = "bad count behind *";
	text.live = memchr(text.data, '{', text.len) != NULL;
	return text;
}

/* ---- {…} ---- */

static bool parse_operand(struct cursor *cur, struct vars vars, long long *ret)
{
	if (cursor_word(cur, "n"))
		*ret = vars.n;
	else if (cursor_word(cur, "i"))
		*ret = vars.i;
	else if (cur->at < cur->end && isdigit((unsigned char)*cur->at))
		*ret = cursor_number(cur);
	else
		return false;
	return true;
}

static bool apply(char op, long long right, long long *value)
{
	switch (op) {
	case '+':
		return !__builtin_add_overflow(*value, right, value);
	case '-':
		return !__builtin_sub_overflow(*value, right, value);
	case '*':
		return !__builtin_mul_overflow(*value, right, value);
	case '/':
		*value = right > 0 ? *value / right : 0;
		return right > 0;
	case '%':
		*value = right > 0 ? *value % right : 0;
		return right > 0;
	default:
		return false;
	}
}

/* The value of the expression at the cursor; false if there is none. */
static bool parse_expression(struct cursor *cur, struct vars vars,
			     long long *ret)
{
	long long right;

	if (cur->at >= cur->end || (*cur->at != 'n' && *cur->at != 'i'))
		return false;
	(void)parse_operand(cur, vars, ret);
	while (cur->at < cur->end && *cur->at != '}') {
		char op = *cur->at++;

		if (!parse_operand(cur, vars, &right) || !apply(op, right, ret))
			return false;
	}
	return cursor_word(cur, "}") && !cur->error;
}

static int expand_once(const struct text *text, struct vars vars,
		       struct buf *out)
{
	struct cursor cur = { text->data, text->data + text->len, NULL };
	int rc = 0;

	while (cur.at < cur.end && rc == 0) {
		const char *brace =
			memchr(cur.at, '{', (size_t)(cur.end - cur.at));
		struct cursor inner = cur;
		long long value;
		char digits[24];

		if (!brace)
			return buf_add(out, cur.at, (size_t)(cur.end - cur.at));
		rc = buf_add(out, cur.at, (size_t)(brace - cur.at));
		inner.at = brace + 1;
		if (parse_expression(&inner, vars, &value)) {
			snprintf(digits, sizeof(digits), "%lld", value);
			rc |= buf_puts(out, digits);
			cur.at = inner.at;
		} else {
			rc |= buf_add(out, "{", 1);
			cur.at = brace + 1;
		}
	}
	return rc;
}

int text_expand(const struct text *text, struct vars vars, struct buf *out)
{
	int rc = 0;

	for (size_t t = 0; t < text->times && rc == 0; t++)
		rc = text->live ? expand_once(text, vars, out)
				: buf_add(out, text->data, text->len);
	return rc;
}
