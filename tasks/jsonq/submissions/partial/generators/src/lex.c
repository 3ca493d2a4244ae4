/* SPDX-License-Identifier: MIT */
#include "syntax.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 60 };

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void skip_blank(struct lexer *lexer)
{
	for (;;) {
		while (isspace((unsigned char)*lexer->at))
			lexer->at++;
		if (*lexer->at != '#')
			return;
		while (*lexer->at != '\0' && *lexer->at != '\n')
			lexer->at++;
	}
}

/* Copies a name that begins at `from`. */
static void take_name(struct lexer *lexer, enum token_kind kind,
		      const char *from)
{
	size_t length = 0;

	while (is_name(from[length]) ||
	       (from[length] == ':' && from[length + 1] == ':'))
		length += from[length] == ':' ? 2 : 1;
	lexer->at = from + length;
	lexer->token.kind = kind;
	if (length == 0 || length > NAME_MAX_BYTES ||
	    isdigit((unsigned char)*from)) {
		lexer->token.kind = TOKEN_BAD;
		return;
	}
	memcpy(lexer->token.text, from, length);
	lexer->token.text[length] = '\0';
}

static void take_number(struct lexer *lexer)
{
	char copy[64];
	size_t length = 0;
	const char *from = lexer->at;

	while (isdigit((unsigned char)from[length]))
		length++;
	if (from[length] == '.')
		length++;
	while (isdigit((unsigned char)from[length]))
		length++;
	if (from[length] == 'e' || from[length] == 'E') {
		length++;
		if (from[length] == '+' || from[length] == '-')
			length++;
		while (isdigit((unsigned char)from[length]))
			length++;
	}
	lexer->token.kind = TOKEN_BAD;
	if (length >= sizeof(copy))
		return;
	memcpy(copy, from, length);
	copy[length] = '\0';
	lexer->token.kind = TOKEN_NUMBER;
	lexer->token.number = strtod(copy, NULL);
	lexer->at += length;
}

static void take_operator(struct lexer *lexer)
{
	static const char *const operators[] = {
		"?//=", "?//", "//=", "|=", "+=", "-=", "*=", "/=", "%=", "==",
		"!=",	"<=",  ">=",  "//", "..", "=",	"<",  ">",  "+",  "-",
		"*",	"/",   "%",   "|",  ",",  ".",	"[",  "]",  "{",  "}",
		"(",	")",   ":",   ";",  "?"
	};

	lexer->token.kind = TOKEN_BAD;
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
		size_t length = strlen(operators[i]);

		if (strncmp(lexer->at, operators[i], length) != 0)
			continue;
		strcpy(lexer->token.text, operators[i]);
		lexer->token.kind = TOKEN_OP;
		lexer->at += length;
		return;
	}
}

void lexer_next(struct lexer *lexer)
{
	const char *at;

	skip_blank(lexer);
	at = lexer->at;
	lexer->token.text[0] = '\0';
	if (*at == '\0')
		lexer->token.kind = TOKEN_END;
	else if (*at == '"') {
		lexer->token.kind = TOKEN_QUOTE;
		lexer->at++;
	} else if (isdigit((unsigned char)*at) ||
		   (*at == '.' && isdigit((unsigned char)at[1])))
		take_number(lexer);
	else if (*at == '.' && (isalpha((unsigned char)at[1]) || at[1] == '_'))
		take_name(lexer, TOKEN_FIELD, at + 1);
	else if (*at == '$')
		take_name(lexer, TOKEN_VARIABLE, at + 1);
	else if (*at == '@')
		take_name(lexer, TOKEN_FORMAT, at + 1);
	else if (is_name(*at))
		take_name(lexer, TOKEN_NAME, at);
	else
		take_operator(lexer);
}

void lexer_start(struct lexer *lexer, const char *source)
{
	lexer->source = lexer->at = source;
	lexer_next(lexer);
}

static bool take_hex(struct lexer *lexer, unsigned *ret)
{
	char digits[5] = "", *end;

	for (int i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)lexer->at[i]))
			return false;
		digits[i] = lexer->at[i];
	}
	lexer->at += 4;
	*ret = (unsigned)strtoul(digits, &end, 16);
	return true;
}

static bool take_escape(struct lexer *lexer, struct text *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = *lexer->at++;
	const char *found;
	unsigned code, low;

	if (c == 'u') {
		if (!take_hex(lexer, &code))
			return false;
		if (code >= 0xd800 && code < 0xdc00 && lexer->at[0] == '\\' &&
		    lexer->at[1] == 'u') {
			lexer->at += 2;
			if (!take_hex(lexer, &low))
				return false;
			code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
		}
		text_code_point(out, code);
		return true;
	}
	found = c == '\0' ? NULL : strchr(from, c);
	if (found == NULL)
		return false;
	text_add(out, &to[found - from], 1);
	return true;
}

int lexer_string(struct lexer *lexer, const struct value **ret)
{
	struct text out = { 0 };

	for (;;) {
		char c = *lexer->at;

		if (c == '\0')
			return -1;
		lexer->at++;
		if (c == '"' || (c == '\\' && *lexer->at == '(')) {
			lexer->at += c == '\\';
			*ret = text_string(&out);
			return c == '\\';
		}
		if (c != '\\')
			text_add(&out, &c, 1);
		else if (!take_escape(lexer, &out))
			return -1;
	}
}
