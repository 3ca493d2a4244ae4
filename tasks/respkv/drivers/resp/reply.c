/* SPDX-License-Identifier: MIT */
/*
 * Replies: parsed bit by bit, as the bytes come in, into a flat list in
 * preorder.  Whatever breaks the protocol or one of the bounds is PARSE_BAD,
 * and the connection is given up.
 */
#include "driver.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void replies_reset(struct replies *replies)
{
	replies->count = 0;
	replies->pos = 0;
	replies->depth = 0;
	replies->started = false;
}

static struct reply *add_node(struct replies *replies, enum reply_kind kind)
{
	struct reply *node;

	if (replies->count == replies->room) {
		replies->room = replies->room ? replies->room * 2 : 64;
		replies->node =
			realloc(replies->node, replies->room * sizeof(*node));
		if (!replies->node)
			abort();
	}
	node = &replies->node[replies->count++];
	*node = (struct reply){ .kind = kind };
	return node;
}

/* A decimal number that fills the line. */
static bool parse_number(const char *text, size_t len, long long *ret)
{
	char digits[24];
	char *end;

	if (len == 0 || len >= sizeof(digits) ||
	    !(isdigit((unsigned char)text[0]) || text[0] == '-'))
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	errno = 0;
	*ret = strtoll(digits, &end, 10);
	return errno == 0 && *end == '\0';
}

static enum parse_state parse_bulk(struct replies *replies, const char *input,
				   size_t len, size_t body, long long size)
{
	struct reply *node;

	if (size == -1) {
		add_node(replies, REPLY_NIL);
		replies->pos = body;
		return PARSE_DONE;
	}
	if (size < 0 || size > REPLY_BULK_MAX)
		return PARSE_BAD;
	if (len - body < (size_t)size + 2)
		return PARSE_MORE;
	if (memcmp(input + body + size, "\r\n", 2) != 0)
		return PARSE_BAD;
	node = add_node(replies, REPLY_BULK);
	node->offset = body;
	node->len = (size_t)size;
	replies->pos = body + (size_t)size + 2;
	return PARSE_DONE;
}

static enum parse_state parse_array(struct replies *replies, size_t body,
				    long long size)
{
	replies->pos = body;
	if (size == -1) {
		add_node(replies, REPLY_NIL_ARRAY);
		return PARSE_DONE;
	}
	if (size < 0 || size > REPLY_NODES_MAX ||
	    replies->depth >= REPLY_DEPTH_MAX)
		return PARSE_BAD;
	add_node(replies, REPLY_ARRAY)->len = (size_t)size;
	if (size > 0)
		replies->left[replies->depth++] = (size_t)size;
	return PARSE_DONE;
}

/* One value at replies->pos. */
static enum parse_state parse_value(struct replies *replies, const char *input,
				    size_t len)
{
	size_t at = replies->pos;
	const char *line = input + at + 1;
	const char *end;
	size_t line_len, body;
	long long number = 0;
	struct reply *node;

	if (at >= len)
		return PARSE_MORE;
	end = memchr(input + at, '\n', len - at);
	if (!end)
		return len - at > REPLY_LINE_MAX ? PARSE_BAD : PARSE_MORE;
	if (end - line < 1 || end[-1] != '\r')
		return PARSE_BAD;
	line_len = (size_t)(end - 1 - line);
	body = (size_t)(end + 1 - input);
	if (input[at] == '+' || input[at] == '-') {
		node = add_node(replies,
				input[at] == '+' ? REPLY_SIMPLE : REPLY_ERROR);
		node->offset = at + 1;
		node->len = line_len;
		replies->pos = body;
		return PARSE_DONE;
	}
	if (!parse_number(line, line_len, &number))
		return PARSE_BAD;
	if (input[at] == '$')
		return parse_bulk(replies, input, len, body, number);
	if (input[at] == '*')
		return parse_array(replies, body, number);
	if (input[at] != ':')
		return PARSE_BAD;
	add_node(replies, REPLY_INT)->number = number;
	replies->pos = body;
	return PARSE_DONE;
}

enum parse_state replies_parse(struct replies *replies, const char *input,
			       size_t len)
{
	while (!replies->started || replies->depth > 0) {
		size_t depth = replies->depth;
		enum parse_state state = parse_value(replies, input, len);

		if (state != PARSE_DONE)
			return state;
		if (replies->count > REPLY_NODES_MAX)
			return PARSE_BAD;
		if (depth > 0)
			replies->left[depth - 1]--;
		replies->started = true;
		while (replies->depth > 0 &&
		       replies->left[replies->depth - 1] == 0)
			replies->depth--;
	}
	return PARSE_DONE;
}

/* ---- the driver's notation ---- */

void show_string(const char *data, size_t len, struct buf *out)
{
	char hex[8];

	(void)buf_add(out, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c == '"' || c == '\\')
			(void)buf_add(out, "\\", 1);
		if (c >= 32 && c < 127 && c != '#') {
			(void)buf_add(out, &c, 1);
			continue;
		}
		snprintf(hex, sizeof(hex), "\\x%02x", c);
		(void)buf_puts(out, hex);
	}
	(void)buf_add(out, "\"", 1);
}

static void show_line(char mark, const char *data, size_t len, struct buf *out)
{
	(void)buf_add(out, &mark, 1);
	for (size_t i = 0; i < len; i++) {
		bool plain = data[i] >= ' ' && data[i] < 127 && data[i] != '#';

		(void)buf_add(out, plain ? &data[i] : "?", 1);
	}
}

void reply_show(const struct replies *replies, const char *input, size_t *at,
		struct buf *out)
{
	const struct reply *node = &replies->node[(*at)++];
	char digits[24];

	switch (node->kind) {
	case REPLY_SIMPLE:
		show_line('+', input + node->offset, node->len, out);
		break;
	case REPLY_ERROR:
		show_line('-', input + node->offset, node->len, out);
		break;
	case REPLY_INT:
		snprintf(digits, sizeof(digits), "%lld", node->number);
		(void)buf_puts(out, digits);
		break;
	case REPLY_BULK:
		show_string(input + node->offset, node->len, out);
		break;
	case REPLY_NIL:
		(void)buf_puts(out, "nil");
		break;
	case REPLY_NIL_ARRAY:
		(void)buf_puts(out, "nil*");
		break;
	case REPLY_ARRAY:
		(void)buf_puts(out, "[");
		for (size_t i = 0; i < node->len; i++) {
			(void)buf_puts(out, i ? " " : "");
			reply_show(replies, input, at, out);
		}
		(void)buf_puts(out, "]");
		break;
	}
}
