/* SPDX-License-Identifier: MIT */
/* Operators, indexing and slices on single values. */
#include "machine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct value *bad_operands(struct machine *m, const char *operator,
					const struct value *a,
					const struct value *b)
{
	(void)fail(m, "%s %s %s is not possible", value_type_name(a), operator,
		   value_type_name(b));
	return NULL;
}

static const struct value *join_arrays(const struct value *a,
				       const struct value *b)
{
	size_t count = a->count + b->count;
	const struct value **items = arena_alloc(count * sizeof(*items));

	if (a->count > 0)
		memcpy(items, a->items, a->count * sizeof(*items));
	if (b->count > 0)
		memcpy(items + a->count, b->items, b->count * sizeof(*items));
	return value_array(items, count);
}

static const struct value *join_strings(const struct value *a,
					const struct value *b)
{
	struct text text = { 0 };

	text_add(&text, a->text, a->count);
	text_add(&text, b->text, b->count);
	return text_string(&text);
}

/* Members of both; b wins, or is merged where both are objects. */
static const struct value *merge_objects(const struct value *a,
					 const struct value *b, bool deep)
{
	size_t count = a->count + b->count;
	struct member *members = arena_alloc(count * sizeof(*members));

	if (a->count > 0)
		memcpy(members, a->members, a->count * sizeof(*members));
	for (size_t i = 0; i < b->count; i++) {
		const struct value *value = b->members[i].value;
		const struct value *old = object_get(a, b->members[i].key);

		if (deep && old != NULL && old->type == T_OBJECT &&
		    value->type == T_OBJECT)
			value = merge_objects(old, value, true);
		members[a->count + i] =
			(struct member){ b->members[i].key, value };
	}
	return object_make(members, count);
}

static const struct value *add(struct machine *m, const struct value *a,
			       const struct value *b)
{
	if (a->type == T_NULL)
		return b;
	if (b->type == T_NULL)
		return a;
	if (a->type != b->type)
		return bad_operands(m, "+", a, b);
	switch (a->type) {
	case T_NUMBER:
		return value_number(a->number + b->number);
	case T_STRING:
		return join_strings(a, b);
	case T_ARRAY:
		return join_arrays(a, b);
	case T_OBJECT:
		return merge_objects(a, b, false);
	default:
		return bad_operands(m, "+", a, b);
	}
}

static const struct value *subtract(struct machine *m, const struct value *a,
				    const struct value *b)
{
	struct list list = { 0 };

	if (a->type == T_NUMBER && b->type == T_NUMBER)
		return value_number(a->number - b->number);
	if (a->type != T_ARRAY || b->type != T_ARRAY)
		return bad_operands(m, "-", a, b);
	for (size_t i = 0; i < a->count; i++) {
		size_t j = 0;

		while (j < b->count && !value_equal(a->items[i], b->items[j]))
			j++;
		if (j == b->count)
			list_add(&list, a->items[i]);
	}
	return list_array(&list);
}

static const struct value *multiply(struct machine *m, const struct value *a,
				    const struct value *b)
{
	struct text text = { 0 };

	if (a->type == T_NUMBER && b->type == T_NUMBER)
		return value_number(a->number * b->number);
	if (a->type == T_OBJECT && b->type == T_OBJECT)
		return merge_objects(a, b, true);
	if (a->type != T_STRING || b->type != T_NUMBER)
		return bad_operands(m, "*", a, b);
	if (!(b->number > 0))
		return &value_null;
	for (double n = 0; n < b->number; n++)
		text_add(&text, a->text, a->count);
	return text_string(&text);
}

/* Splits by a separator; by the empty one into code points. */
static const struct value *split(const struct value *a, const struct value *b)
{
	struct list list = { 0 };
	size_t start = 0, at = 0;

	if (b->count == 0) {
		for (; at < a->count; start = at) {
			(void)string_next(a, &at);
			list_add(&list, value_string(a->text + start, at - start));
		}
		return list_array(&list);
	}
	while (a->count > 0 && at + b->count <= a->count) {
		if (memcmp(a->text + at, b->text, b->count) != 0) {
			at++;
			continue;
		}
		list_add(&list, value_string(a->text + start, at - start));
		start = at += b->count;
	}
	if (a->count > 0)
		list_add(&list, value_string(a->text + start, a->count - start));
	return list_array(&list);
}

static const struct value *divide(struct machine *m, const struct value *a,
				  const struct value *b)
{
	if (a->type == T_STRING && b->type == T_STRING)
		return split(a, b);
	if (a->type != T_NUMBER || b->type != T_NUMBER || b->number == 0)
		return bad_operands(m, "/", a, b);
	return value_number(a->number / b->number);
}

static const struct value *modulo(struct machine *m, const struct value *a,
				  const struct value *b)
{
	if (a->type != T_NUMBER || b->type != T_NUMBER ||
	    !(fabs(b->number) >= 1) || isnan(a->number))
		return bad_operands(m, "%", a, b);
	return value_number(fmod(trunc(a->number), trunc(b->number)) + 0.0);
}

const struct value *operate(struct machine *m, const char *operator,
			    const struct value *a, const struct value *b)
{
	static const struct {
		const char *operator;
		const struct value *(*run)(struct machine *m,
					   const struct value *a,
					   const struct value *b);
	} table[] = { { "+", add },	 { "-", subtract }, { "*", multiply },
		      { "/", divide }, { "%", modulo } };
	int order;

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		if (strcmp(table[i].operator, operator) == 0)
			return table[i].run(m, a, b);
	}
	order = value_compare(a, b);
	if (strcmp(operator, "==") == 0)
		return value_bool(order == 0);
	if (strcmp(operator, "!=") == 0)
		return value_bool(order != 0);
	if (strcmp(operator, "<") == 0)
		return value_bool(order < 0);
	if (strcmp(operator, "<=") == 0)
		return value_bool(order <= 0);
	if (strcmp(operator, ">") == 0)
		return value_bool(order > 0);
	if (strcmp(operator, ">=") == 0)
		return value_bool(order >= 0);
	return bad_operands(m, operator, a, b); /* updates are not done */
}

static const struct value *index_array(const struct value *v, double at)
{
	if (at < 0)
		at += (double)v->count;
	if (!(at >= 0) || at >= (double)v->count)
		return &value_null;
	return v->items[(size_t)at];
}

/* Where a sequence occurs in an array. */
static const struct value *index_sequence(const struct value *v,
					  const struct value *part)
{
	struct list list = { 0 };

	for (size_t i = 0; part->count > 0 && i + part->count <= v->count; i++) {
		size_t j = 0;

		while (j < part->count && value_equal(v->items[i + j], part->items[j]))
			j++;
		if (j == part->count)
			list_add(&list, value_number((double)i));
	}
	return list_array(&list);
}

const struct value *index_value(struct machine *m, const struct value *v,
				const struct value *key)
{
	const struct value *found;

	if (v->type == T_OBJECT && key->type == T_STRING) {
		found = object_get(v, key);
		return found == NULL ? &value_null : found;
	}
	if (v->type == T_ARRAY && key->type == T_NUMBER)
		return index_array(v, key->number);
	if (v->type == T_ARRAY && key->type == T_ARRAY)
		return index_sequence(v, key);
	if (v->type == T_NULL && (key->type == T_STRING || key->type == T_NUMBER ||
				  key->type == T_NULL))
		return &value_null;
	(void)fail(m, "cannot index %s with %s", value_type_name(v),
		   value_type_name(key));
	return NULL;
}

/* A bound of a slice, cut to 0..length. */
static size_t bound(const struct value *v, size_t length, size_t missing)
{
	double at;

	if (v->type != T_NUMBER)
		return missing;
	at = v->number < 0 ? v->number + (double)length : v->number;
	if (!(at > 0))
		return 0;
	return at > (double)length ? length : (size_t)at;
}

const struct value *slice_value(struct machine *m, const struct value *v,
				const struct value *from,
				const struct value *to)
{
	size_t length, start, end;

	if (v->type == T_NULL)
		return &value_null;
	if (v->type != T_ARRAY && v->type != T_STRING) {
		(void)fail(m, "cannot slice %s", value_type_name(v));
		return NULL;
	}
	length = v->type == T_ARRAY ? v->count : string_length(v);
	start = bound(from, length, 0);
	end = bound(to, length, length);
	if (end < start)
		end = start;
	if (v->type == T_ARRAY)
		return value_array(v->items + start, end - start);
	start = string_offset(v, start);
	end = string_offset(v, end);
	return value_string(v->text + start, end - start);
}
