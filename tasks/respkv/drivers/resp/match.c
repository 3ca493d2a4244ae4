/* SPDX-License-Identifier: MIT */
/* Whether a reply is what was wanted. */
#include "driver.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The reply under comparison; `at` is the value that comes next. */
struct match {
	const struct replies *replies;
	const char *input;
	size_t at;
	struct vars vars;
};

static bool match_one(struct match *m, const struct want *want);

static void skip_value(struct match *m)
{
	size_t todo = 1;

	while (todo > 0) {
		const struct reply *node = &m->replies->node[m->at++];

		todo--;
		if (node->kind == REPLY_ARRAY)
			todo += node->len;
	}
}

static bool same_text(const struct match *m, const struct reply *node,
		      const struct text *text)
{
	static struct buf want = { .max = OUTPUT_MAX };

	want.len = 0;
	if (text_expand(text, m->vars, &want) < 0 || want.len != node->len)
		return false;
	return node->len == 0 ||
	       memcmp(want.data, m->input + node->offset, node->len) == 0;
}

/* Only the first word of an error counts. */
static bool same_code(const struct match *m, const struct reply *node,
		      const struct text *code)
{
	const char *got = m->input + node->offset;

	return node->len >= code->len &&
	       memcmp(got, code->data, code->len) == 0 &&
	       (node->len == code->len || got[code->len] == ' ');
}

static bool same_number(const struct match *m, const struct reply *node,
			double want)
{
	char digits[512];
	char *end;
	double got;

	if (node->len == 0 || node->len >= sizeof(digits))
		return false;
	memcpy(digits, m->input + node->offset, node->len);
	digits[node->len] = '\0';
	got = strtod(digits, &end);
	if (end != digits + node->len || isnan(got))
		return false;
	if (isinf(want) || isinf(got))
		return isinf(want) && isinf(got) && (want > 0) == (got > 0);
	return fabs(got - want) <= 1e-9 * (fabs(want) > 1 ? fabs(want) : 1);
}

static bool same_integer(const struct match *m, const struct reply *node,
			 const struct want *want)
{
	static struct buf digits = { .max = 1024 };

	if (want->kind == WANT_RANGE)
		return node->number >= want->low && node->number <= want->high;
	digits.len = 0;
	return text_expand(&want->text, m->vars, &digits) == 0 &&
	       buf_add(&digits, "", 1) == 0 &&
	       strtoll(digits.data, NULL, 10) == node->number;
}

static bool match_list(struct match *m, const struct want *want)
{
	size_t count = m->replies->node[m->at++].len;
	struct vars outer = m->vars;

	for (const struct want *w = want->first; w; w = w->next) {
		size_t many = w->text.many ? w->text.many : 1;

		for (size_t i = 0; i < many; i++) {
			if (count-- == 0)
				return false;
			if (w->text.many)
				m->vars.i = (long long)i;
			if (!match_one(m, w))
				return false;
		}
		m->vars = outer;
	}
	return count == 0;
}

/* Every text of `few` is one of `many`; with `once`, none comes twice. */
static bool pool_within(struct pool *few, struct pool *many, bool once)
{
	size_t before = few->count;
	size_t j = 0;

	pool_sort(few, true);
	if (once && few->count != before)
		return false;
	pool_sort(many, true);
	for (size_t i = 0; i < few->count; i++) {
		const char *text = few->bytes.data + few->start[i];

		while (j < many->count &&
		       strcmp(many->bytes.data + many->start[j], text) < 0)
			j++;
		if (j == many->count ||
		    strcmp(many->bytes.data + many->start[j], text) != 0)
			return false;
	}
	return true;
}

static bool match_pool(struct match *m, const struct want *want)
{
	struct pool got, wanted;
	bool pairs = want->kind == WANT_PAIRS;
	bool same;

	pool_open(&got);
	pool_open(&wanted);
	pool_reply(&got, m->replies, m->input, m->at, pairs);
	pool_want(&wanted, want, m->vars);
	if (want->kind == WANT_PICK || want->kind == WANT_DRAW) {
		same = got.count == (size_t)want->low &&
		       pool_within(&got, &wanted, want->kind == WANT_PICK);
	} else {
		pool_sort(&got, false);
		pool_sort(&wanted, false);
		same = pool_same(&got, &wanted);
	}
	pool_close(&got);
	pool_close(&wanted);
	skip_value(m);
	return same;
}

static bool match_either(struct match *m, const struct want *want)
{
	struct match before = *m;

	for (const struct want *w = want->first; w; w = w->next) {
		*m = before;
		if (match_one(m, w))
			return true;
	}
	return false;
}

/* The kind of reply that each kind of want is about. */
static enum reply_kind kind_for(enum want_kind kind)
{
	static const enum reply_kind kinds[] = {
		[WANT_SIMPLE] = REPLY_SIMPLE,
		[WANT_ERROR] = REPLY_ERROR,
		[WANT_INT] = REPLY_INT,
		[WANT_RANGE] = REPLY_INT,
		[WANT_BULK] = REPLY_BULK,
		[WANT_FLOAT] = REPLY_BULK,
		[WANT_NIL] = REPLY_NIL,
		[WANT_NIL_ARRAY] = REPLY_NIL_ARRAY,
		[WANT_LIST] = REPLY_ARRAY,
		[WANT_SET] = REPLY_ARRAY,
		[WANT_PAIRS] = REPLY_ARRAY,
		[WANT_PICK] = REPLY_ARRAY,
		[WANT_DRAW] = REPLY_ARRAY,
	};

	return kinds[kind];
}

static bool match_scalar(const struct match *m, const struct reply *node,
			 const struct want *want)
{
	switch (want->kind) {
	case WANT_SIMPLE:
	case WANT_BULK:
		return same_text(m, node, &want->text);
	case WANT_ERROR:
		return same_code(m, node, &want->text);
	case WANT_INT:
	case WANT_RANGE:
		return same_integer(m, node, want);
	case WANT_FLOAT:
		return same_number(m, node, want->number);
	default:
		return true; /* the nils: their kind says it all */
	}
}

static bool match_one(struct match *m, const struct want *want)
{
	const struct reply *node = &m->replies->node[m->at];

	if (want->kind == WANT_EITHER)
		return match_either(m, want);
	if (want->kind == WANT_ANY) {
		skip_value(m);
		return true;
	}
	if (node->kind != kind_for(want->kind))
		return false;
	if (want->kind == WANT_LIST)
		return match_list(m, want);
	if (node->kind == REPLY_ARRAY)
		return match_pool(m, want);
	m->at++;
	return match_scalar(m, node, want);
}

bool want_match(const struct want *want, const struct replies *replies,
		const char *input, struct vars vars)
{
	struct match m = { replies, input, 0, vars };

	return match_one(&m, want);
}
