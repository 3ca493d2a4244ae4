/* SPDX-License-Identifier: MIT */
/*
 * A request is parsed once, however it is cut: `at` says how far it got, and
 * the strings that are whole are remembered as places in the input.  Nothing
 * is reserved for what is only announced.
 */
#include "request.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_MAX_BYTES = 64 << 10,
	STRING_MAX = 512 << 20,
	KEEP_ROOM = 1 << 20 /* a larger buffer is given back when empty */
};

void parser_init(struct parser *parser)
{
	*parser = (struct parser){ .length = -1 };
}

void parser_done(struct parser *parser)
{
	buf_done(&parser->in);
	buf_done(&parser->inline_text);
	free(parser->span);
	free(parser->argv);
}

static void add_span(struct parser *parser, size_t at, size_t len)
{
	if (parser->count == parser->room) {
		parser->room = parser->room ? parser->room * 2 : 8;
		parser->span = grow(parser->span,
				    parser->room * sizeof(*parser->span));
	}
	parser->span[parser->count++] = (struct span){ at, len };
}

/* The strings as arguments, now that their bytes stay where they are. */
static void set_argv(struct parser *parser, const char *base)
{
	if (parser->argv_room < parser->room) {
		parser->argv_room = parser->room;
		parser->argv = grow(parser->argv,
				    parser->room * sizeof(*parser->argv));
	}
	for (size_t i = 0; i < parser->count; i++)
		parser->argv[i] = (struct slice){ base + parser->span[i].at,
						  parser->span[i].len };
}

/* A line without its end; moves behind it. */
static enum parsed next_line(struct parser *parser, struct slice *ret_line)
{
	const char *from = parser->in.data + parser->at;
	size_t rest = parser->in.len - parser->at;
	const char *end = rest > 0 ? memchr(from, '\n', rest) : NULL;
	size_t len = end ? (size_t)(end - from) : rest;

	if (len > LINE_MAX_BYTES)
		return PARSED_BAD;
	if (!end)
		return PARSED_NOTHING;
	parser->at += len + 1;
	len -= len > 0 && from[len - 1] == '\r';
	*ret_line = (struct slice){ from, len };
	return PARSED_REQUEST;
}

/* ---- arrays of bulk strings ---- */

static bool line_number(struct slice line, char mark, int64_t least,
			int64_t most, int64_t *ret_value)
{
	struct slice digits = { line.data + 1, line.len - 1 };

	return line.len > 0 && line.data[0] == mark &&
	       slice_int(digits, ret_value) && *ret_value >= least &&
	       *ret_value <= most;
}

static enum parsed parse_count(struct parser *parser)
{
	struct slice line;
	enum parsed parsed = next_line(parser, &line);

	if (parsed != PARSED_REQUEST)
		return parsed;
	if (!line_number(line, '*', INT64_MIN, INT_MAX, &parser->strings))
		return PARSED_BAD;
	return PARSED_REQUEST;
}

/* One string; PARSED_REQUEST when it is whole. */
static enum parsed parse_string(struct parser *parser)
{
	struct slice line;

	if (parser->length < 0) {
		enum parsed parsed = next_line(parser, &line);

		if (parsed != PARSED_REQUEST)
			return parsed;
		if (!line_number(line, '$', 0, STRING_MAX, &parser->length))
			return PARSED_BAD;
	}
	if (parser_missing(parser) > 0)
		return PARSED_NOTHING;
	add_span(parser, parser->at - parser->start, (size_t)parser->length);
	parser->at += (size_t)parser->length + 2;
	parser->length = -1;
	parser->strings--;
	return PARSED_REQUEST;
}

size_t parser_missing(const struct parser *parser)
{
	size_t have = parser->in.len - parser->at;
	size_t need = (size_t)parser->length + 2;

	return parser->length >= 0 && have < need ? need - have : 0;
}

static enum parsed parse_array(struct parser *parser)
{
	enum parsed parsed = PARSED_REQUEST;

	if (parser->strings == 0)
		parsed = parse_count(parser);
	while (parsed == PARSED_REQUEST && parser->strings > 0)
		parsed = parse_string(parser);
	if (parsed == PARSED_REQUEST) {
		parser->strings = 0; /* less than none counts as none */
		set_argv(parser, parser->in.data + parser->start);
	}
	return parsed;
}

/* ---- inline requests ---- */

/* The byte behind a backslash in double quotes; moves behind the escape. */
static char unescape(struct slice line, size_t *at)
{
	static const char from[] = "nrtba", to[] = "\n\r\t\b\a";
	char c = line.data[(*at)++];
	const char *found = strchr(from, c);
	char digits[3] = "";

	if (c == 'x' && *at + 1 < line.len &&
	    isxdigit((unsigned char)line.data[*at]) &&
	    isxdigit((unsigned char)line.data[*at + 1])) {
		memcpy(digits, line.data + *at, 2);
		*at += 2;
		return (char)strtol(digits, NULL, 16);
	}
	return c && found ? to[found - from] : c;
}

/* From behind the opening quote to behind the closing one, which must end the
 * word; false if it doesn't, or is missing. */
static bool quoted_word(struct slice line, size_t *at, char quote,
			struct buf *out)
{
	while (*at < line.len && line.data[*at] != quote) {
		char c = line.data[(*at)++];
		bool escape = c == '\\' && *at < line.len &&
			      (quote == '"' || line.data[*at] == '\'');

		if (escape && quote == '"')
			c = unescape(line, at);
		else if (escape)
			c = line.data[(*at)++];
		buf_add(out, &c, 1);
	}
	++*at;
	return *at <= line.len &&
	       (*at == line.len || isspace((unsigned char)line.data[*at]));
}

static bool inline_word(struct slice line, size_t *at, struct buf *out)
{
	while (*at < line.len && !isspace((unsigned char)line.data[*at])) {
		char c = line.data[(*at)++];

		if (c == '"' || c == '\'')
			return quoted_word(line, at, c, out);
		buf_add(out, &c, 1);
	}
	return true;
}

static enum parsed parse_inline(struct parser *parser)
{
	struct buf *out = &parser->inline_text;
	struct slice line;
	enum parsed parsed = next_line(parser, &line);
	size_t at = 0;

	if (parsed != PARSED_REQUEST)
		return parsed;
	out->len = 0;
	for (;;) {
		size_t from = out->len;

		while (at < line.len && isspace((unsigned char)line.data[at]))
			at++;
		if (at >= line.len)
			break;
		if (!inline_word(line, &at, out))
			return PARSED_BAD;
		add_span(parser, from, out->len - from);
	}
	set_argv(parser, out->data);
	return PARSED_REQUEST;
}

/* ---- requests ---- */

static enum parsed parse_one(struct parser *parser)
{
	if (parser->start == parser->in.len)
		return PARSED_NOTHING;
	return parser->in.data[parser->start] == '*' ? parse_array(parser)
						     : parse_inline(parser);
}

enum parsed parser_next(struct parser *parser)
{
	enum parsed parsed;

	do {
		if (parser->strings == 0) {
			parser->start = parser->at;
			parser->count = 0;
		}
		parsed = parse_one(parser);
	} while (parsed == PARSED_REQUEST && parser->count == 0);
	return parsed;
}

void parser_compact(struct parser *parser)
{
	/* Between requests all that was understood has been executed. */
	size_t done = parser->strings == 0 ? parser->at : parser->start;

	buf_drop(&parser->in, done);
	parser->at -= done;
	parser->start = 0;
	if (parser->in.len == 0 && parser->in.room > KEEP_ROOM)
		buf_done(&parser->in);
}
