/* SPDX-License-Identifier: MIT */
/* Built-in functions on arrays, objects and anything. */
#include "machine.h"

#include <math.h>
#include <stdio.h>
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

FUNCTION(run_length)
{
	(void)arguments;
	switch (in->type) {
	case T_NULL:
		return value_number(0);
	case T_NUMBER:
		return value_number(fabs(in->number));
	case T_STRING:
		return value_number((double)string_length(in));
	case T_ARRAY:
	case T_OBJECT:
		return value_number((double)in->count);
	default:
		return type_error(m, in);
	}
}

FUNCTION(run_keys)
{
	struct list list = { 0 };

	(void)arguments;
	if (in->type != T_ARRAY && in->type != T_OBJECT)
		return type_error(m, in);
	for (size_t i = 0; i < in->count; i++)
		list_add(&list, in->type == T_OBJECT ? in->members[i].key :
						       value_number((double)i));
	return list_array(&list);
}

FUNCTION(run_type)
{
	(void)m;
	(void)arguments;
	return value_cstring(value_type_name(in));
}

FUNCTION(run_not)
{
	(void)m;
	(void)arguments;
	return value_bool(!value_truth(in));
}

static const struct value *member_values(const struct value *object)
{
	struct list list = { 0 };

	for (size_t i = 0; i < object->count; i++)
		list_add(&list, object->members[i].value);
	return list_array(&list);
}

/* The sum of all items; long arrays in one pass. */
FUNCTION(run_add)
{
	struct list list = { 0 };
	struct text text = { 0 };
	const struct value *sum = &value_null;
	size_t arrays = 0, strings = 0;

	(void)arguments;
	if (in->type == T_OBJECT)
		in = member_values(in);
	if (in->type != T_ARRAY)
		return type_error(m, in);
	for (size_t i = 0; i < in->count; i++) {
		arrays += in->items[i]->type == T_ARRAY;
		strings += in->items[i]->type == T_STRING;
	}
	if (arrays > 0 && arrays == in->count) {
		for (size_t i = 0; i < in->count; i++) {
			for (size_t j = 0; j < in->items[i]->count; j++)
				list_add(&list, in->items[i]->items[j]);
		}
		return list_array(&list);
	}
	if (strings > 0 && strings == in->count) {
		for (size_t i = 0; i < in->count; i++)
			text_add(&text, in->items[i]->text, in->items[i]->count);
		return text_string(&text);
	}
	for (size_t i = 0; i < in->count && sum != NULL; i++)
		sum = operate(m, "+", sum, in->items[i]);
	return sum;
}

/* Merge sort of items by keys, stable. */
static void sort_items(const struct value **items, const struct value **keys,
		       size_t count, const struct value **scratch)
{
	size_t half = count / 2, left = 0, right = half, to = 0;

	if (count < 2)
		return;
	sort_items(items, keys, half, scratch);
	sort_items(items + half, keys + half, count - half, scratch);
	while (to < count) {
		bool take_left =
			right == count ||
			(left < half && value_compare(keys[left], keys[right]) <= 0);
		size_t from = take_left ? left++ : right++;

		scratch[to] = items[from];
		scratch[count + to++] = keys[from];
	}
	memcpy(items, scratch, count * sizeof(*items));
	memcpy(keys, scratch + count, count * sizeof(*keys));
}

/* Sorts a copy; keys may be the array itself. */
static bool sorted(const struct value *in, const struct value *keys,
		   const struct value ***ret_items,
		   const struct value ***ret_keys)
{
	size_t bytes = in->count * sizeof(*in->items);

	if (in->type != T_ARRAY || keys->type != T_ARRAY ||
	    keys->count != in->count)
		return false;
	*ret_items = arena_alloc(bytes);
	*ret_keys = arena_alloc(bytes);
	if (bytes > 0) {
		memcpy(*ret_items, in->items, bytes);
		memcpy(*ret_keys, keys->items, bytes);
	}
	sort_items(*ret_items, *ret_keys, in->count, arena_alloc(2 * bytes));
	return true;
}

FUNCTION(run_sort)
{
	const struct value **items, **keys;

	(void)arguments;
	if (!sorted(in, in, &items, &keys))
		return type_error(m, in);
	return value_array(items, in->count);
}

FUNCTION(run_sort_by)
{
	const struct value **items, **keys;

	if (!sorted(in, arguments[0], &items, &keys))
		return type_error(m, in);
	return value_array(items, in->count);
}

FUNCTION(run_group_by)
{
	const struct value **items, **keys;
	struct list groups = { 0 };
	size_t start = 0;

	if (!sorted(in, arguments[0], &items, &keys))
		return type_error(m, in);
	for (size_t i = 1; i <= in->count; i++) {
		if (i < in->count && value_equal(keys[i - 1], keys[i]))
			continue;
		list_add(&groups, value_array(items + start, i - start));
		start = i;
	}
	return list_array(&groups);
}

static void flatten(struct list *list, const struct value *v, double depth)
{
	for (size_t i = 0; i < v->count; i++) {
		if (v->items[i]->type == T_ARRAY && depth > 0)
			flatten(list, v->items[i], depth - 1);
		else
			list_add(list, v->items[i]);
	}
}

FUNCTION(run_flatten)
{
	struct list list = { 0 };

	if (in->type != T_ARRAY || arguments[0]->type != T_NUMBER ||
	    arguments[0]->number < 0)
		return type_error(m, in);
	flatten(&list, in,
		arguments[0]->number > JSON_DEPTH_MAX ? JSON_DEPTH_MAX :
							arguments[0]->number);
	return list_array(&list);
}

FUNCTION(run_has)
{
	const struct value *key = arguments[0];

	if (in->type == T_OBJECT && key->type == T_STRING)
		return value_bool(object_get(in, key) != NULL);
	if (in->type == T_NULL)
		return &value_false;
	if (in->type == T_ARRAY && key->type == T_NUMBER)
		return value_bool(key->number >= 0 &&
				  key->number < (double)in->count);
	return type_error(m, in);
}

FUNCTION(run_input)
{
	const struct value *v = input_next(&m->input);

	(void)in;
	(void)arguments;
	if (v == NULL)
		(void)fail(m, "no more input");
	return v;
}

FUNCTION(run_input_filename)
{
	(void)in;
	(void)arguments;
	return m->input.name == NULL ? &value_null :
				       value_cstring(m->input.name);
}

FUNCTION(run_env)
{
	(void)in;
	(void)arguments;
	return m->environment;
}

FUNCTION(run_debug)
{
	(void)m;
	(void)arguments;
	return in;
}

FUNCTION(run_halt)
{
	(void)in;
	(void)arguments;
	m->exit_status = 0;
	return NULL;
}

FUNCTION(run_halt_error)
{
	const struct value *text = in->type == T_STRING ? in : json_string(in);

	if (arguments[0]->type != T_NUMBER)
		return type_error(m, arguments[0]);
	fwrite(text->text, 1, text->count, stderr);
	m->exit_status = (int)arguments[0]->number & 255;
	return NULL;
}

const struct builtin builtins_data[] = {
	{ "length", 0, run_length },
	{ "keys", 0, run_keys },
	{ "type", 0, run_type },
	{ "not", 0, run_not },
	{ "add", 0, run_add },
	{ "sort", 0, run_sort },
	{ "_sort_by", 1, run_sort_by },
	{ "_group_by", 1, run_group_by },
	{ "flatten", 1, run_flatten },
	{ "has", 1, run_has },
	{ "input", 0, run_input },
	{ "input_filename", 0, run_input_filename },
	{ "env", 0, run_env },
	{ "debug", 0, run_debug },
	{ "stderr", 0, run_debug },
	{ "halt", 0, run_halt },
	{ "halt_error", 1, run_halt_error },
	{ NULL, 0, NULL }
};

const struct builtin *builtin_find(const char *name, size_t arity)
{
	const struct builtin *tables[] = { builtins_text, builtins_data };

	for (size_t i = 0; i < 2; i++) {
		for (const struct builtin *b = tables[i]; b->name != NULL; b++) {
			if (b->arity == arity && strcmp(b->name, name) == 0)
				return b;
		}
	}
	return NULL;
}
