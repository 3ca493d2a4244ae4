/* SPDX-License-Identifier: MIT */
/*
 * What a reply should be, as it is written behind `=>`.  README.md has the
 * notation; match.c compares.
 */
#include "driver.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static struct want *parse_one(struct cursor *cur);

static struct want *new_want(enum want_kind kind)
{
	struct want *want = arena_take(sizeof(*want));

	want->kind = kind;
	want->text.times = 1;
	return want;
}

/* The bare word at the cursor: up to a blank or a closing bracket. */
static struct text parse_bare_word(struct cursor *cur)
{
	struct text text = { .data = cur->at, .times = 1 };

	while (cur->at < cur->end && !strchr(" \t]}", *cur->at))
		cur->at++;
	text.len = (size_t)(cur->at - text.data);
	return text;
}

static struct want *parse_word(struct cursor *cur, enum want_kind kind)
{
	struct want *want = new_want(kind);

	want->text = parse_bare_word(cur);
	return want;
}

/* :{n+1}, an integer that is counted out */
static struct want *parse_counted(struct cursor *cur)
{
	struct want *want = new_want(WANT_INT);
	const char *close = memchr(cur->at, '}', (size_t)(cur->end - cur->at));

	if (!close) {
		cur->error = ":{ without }";
		return want;
	}
	want->text.data = cur->at;
	want->text.len = (size_t)(close + 1 - cur->at);
	want->text.live = true;
	cur->at = close + 1;
	return want;
}

static struct want *parse_integer(struct cursor *cur)
{
	struct want *want = new_want(WANT_RANGE);

	want->low = want->high = cursor_number(cur);
	if (cursor_word(cur, ".."))
		want->high = cursor_number(cur);
	return want;
}

static struct want *parse_float(struct cursor *cur)
{
	struct want *want = parse_word(cur, WANT_FLOAT);
	char digits[64] = "";
	char *end;

	if (want->text.len == 0 || want->text.len >= sizeof(digits)) {
		cur->error = "number expected behind ~";
		return want;
	}
	memcpy(digits, want->text.data, want->text.len);
	want->number = strtod(digits, &end);
	if (*end)
		cur->error = "number expected behind ~";
	return want;
}

static void parse_elements(struct cursor *cur, struct want *into,
			   const char *close)
{
	struct want **tail = &into->first;

	cursor_blank(cur);
	while (!cur->error && !cursor_word(cur, close)) {
		if (cur->at >= cur->end) {
			cur->error = "bracket not closed";
			return;
		}
		*tail = parse_one(cur);
		tail = &(*tail)->next;
		cursor_blank(cur);
	}
}

static struct want *parse_group(struct cursor *cur, enum want_kind kind,
				const char *close)
{
	struct want *want = new_want(kind);

	parse_elements(cur, want, close);
	return want;
}

static struct want *parse_sample(struct cursor *cur, enum want_kind kind)
{
	struct want *want = new_want(kind);

	want->low = cursor_number(cur);
	cursor_blank(cur);
	if (!cursor_word(cur, "{"))
		cur->error = "{ expected";
	else
		parse_elements(cur, want, "}");
	return want;
}

static struct want *parse_string(struct cursor *cur)
{
	struct want *want = new_want(WANT_BULK);

	if (cur->at >= cur->end || (*cur->at != '"' && *cur->at != '@'))
		cur->error =
			"a reply must be given in the notation of README.md";
	else
		want->text = text_parse(cur);
	return want;
}

static bool at_number(const struct cursor *cur)
{
	const char *c = cur->at;

	if (c < cur->end && *c == '-')
		c++;
	return c < cur->end && isdigit((unsigned char)*c);
}

static struct want *parse_kind(struct cursor *cur)
{
	if (cursor_word(cur, "any"))
		return new_want(WANT_ANY);
	if (cursor_word(cur, "nil*"))
		return new_want(WANT_NIL_ARRAY);
	if (cursor_word(cur, "nil"))
		return new_want(WANT_NIL);
	if (cursor_word(cur, "pick "))
		return parse_sample(cur, WANT_PICK);
	if (cursor_word(cur, "draw "))
		return parse_sample(cur, WANT_DRAW);
	if (cursor_word(cur, "["))
		return parse_group(cur, WANT_LIST, "]");
	if (cursor_word(cur, "%{"))
		return parse_group(cur, WANT_PAIRS, "}");
	if (cursor_word(cur, "{"))
		return parse_group(cur, WANT_SET, "}");
	if (at_number(cur))
		return parse_integer(cur);
	if (cursor_word(cur, "~"))
		return parse_float(cur);
	if (cursor_word(cur, "+"))
		return parse_word(cur, WANT_SIMPLE);
	if (cursor_word(cur, "-"))
		return parse_word(cur, WANT_ERROR);
	if (cursor_word(cur, ":"))
		return parse_counted(cur);
	return parse_string(cur);
}

static struct want *parse_one(struct cursor *cur)
{
	const char *from = cur->at;
	struct want *want = parse_kind(cur);

	want->source = from;
	want->source_len = (size_t)(cur->at - from);
	return want;
}

struct want *want_parse(struct cursor *cur)
{
	struct want *either = new_want(WANT_EITHER);
	struct want **tail = &either->first;

	cursor_blank(cur);
	either->source = cur->at;
	do {
		cursor_blank(cur);
		*tail = parse_one(cur);
		tail = &(*tail)->next;
		either->source_len = (size_t)(cur->at - either->source);
		cursor_blank(cur);
	} while (!cur->error && cursor_word(cur, "|"));
	if (!cur->error && cur->at < cur->end)
		cur->error = "text behind the expected reply";
	if (!either->first->next) {
		either->first->source = either->source;
		either->first->source_len = either->source_len;
		return either->first;
	}
	return either;
}
