/* SPDX-License-Identifier: MIT */
#include "value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 1 << 20, ALIGNMENT = 16 };

const struct value value_null = { .type = T_NULL };
const struct value value_false = { .type = T_FALSE };
const struct value value_true = { .type = T_TRUE };

void *arena_alloc(size_t bytes)
{
	static char *chunk;
	static size_t left, total;
	void *result;

	bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (bytes > left) {
		size_t room = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;

		if (room > ARENA_MAX_BYTES - total ||
		    (chunk = calloc(1, room)) == NULL) {
			fputs("out of memory\n", stderr);
			fflush(stdout);
			exit(5);
		}
		total += room;
		left = room;
	}
	result = chunk;
	chunk += bytes;
	left -= bytes;
	return result;
}

const struct value *value_bool(bool truth)
{
	return truth ? &value_true : &value_false;
}

static struct value *value_new(enum type type, size_t count)
{
	struct value *v = arena_alloc(sizeof(*v));

	v->type = type;
	v->count = count;
	return v;
}

const struct value *value_number(double number)
{
	struct value *v = value_new(T_NUMBER, 0);

	v->number = number;
	return v;
}

const struct value *value_string(const char *text, size_t bytes)
{
	struct value *v = value_new(T_STRING, bytes);
	char *copy = arena_alloc(bytes + 1);

	memcpy(copy, text, bytes);
	v->text = copy;
	return v;
}

const struct value *value_cstring(const char *text)
{
	return value_string(text, strlen(text));
}

const struct value *value_array(const struct value **items, size_t count)
{
	struct value *v = value_new(T_ARRAY, count);

	v->items = items;
	return v;
}

bool value_truth(const struct value *v)
{
	return v->type != T_NULL && v->type != T_FALSE;
}

const char *value_type_name(const struct value *v)
{
	static const char *const names[] = { "null",   "boolean", "boolean", "number",
					     "string", "array",	  "object" };

	return names[v->type];
}

static int compare_strings(const struct value *a, const struct value *b)
{
	size_t shorter = a->count < b->count ? a->count : b->count;
	int order = shorter == 0 ? 0 : memcmp(a->text, b->text, shorter);

	return order != 0 ? order : (a->count > b->count) - (a->count < b->count);
}

static int compare_arrays(const struct value *a, const struct value *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		int order = value_compare(a->items[i], b->items[i]);

		if (order != 0)
			return order;
	}
	return (a->count > b->count) - (a->count < b->count);
}

/* First the lists of keys, then the values. */
static int compare_objects(const struct value *a, const struct value *b)
{
	size_t i;

	for (i = 0; i < a->count && i < b->count; i++) {
		int order =
			compare_strings(a->members[i].key, b->members[i].key);

		if (order != 0)
			return order;
	}
	if (a->count != b->count)
		return a->count > b->count ? 1 : -1;
	for (i = 0; i < a->count; i++) {
		int order =
			value_compare(a->members[i].value, b->members[i].value);

		if (order != 0)
			return order;
	}
	return 0;
}

static int compare_numbers(double a, double b)
{
	if (isnan(a))
		return -1; /* less than everything, itself included */
	if (isnan(b))
		return 1;
	return (a > b) - (a < b);
}

int value_compare(const struct value *a, const struct value *b)
{
	if (a->type != b->type)
		return a->type > b->type ? 1 : -1;
	switch (a->type) {
	case T_NUMBER:
		return compare_numbers(a->number, b->number);
	case T_STRING:
		return compare_strings(a, b);
	case T_ARRAY:
		return compare_arrays(a, b);
	case T_OBJECT:
		return compare_objects(a, b);
	default:
		return 0;
	}
}

bool value_equal(const struct value *a, const struct value *b)
{
	return value_compare(a, b) == 0;
}

/* Where the key is, or where it would have to be put. */
static size_t object_find(const struct value *object, const struct value *key,
			  bool *found)
{
	size_t low = 0, high = object->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_strings(object->members[middle].key, key);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*found = false;
	return low;
}

const struct value *object_get(const struct value *object,
			       const struct value *key)
{
	bool found;
	size_t at = object_find(object, key, &found);

	return found ? object->members[at].value : NULL;
}

const struct value *object_set(const struct value *object,
			       const struct value *key,
			       const struct value *value)
{
	bool found;
	size_t at = object_find(object, key, &found), count;
	struct value *copy;
	struct member *members;

	count = object->count + (found ? 0 : 1);
	members = arena_alloc(count * sizeof(*members));
	if (at > 0)
		memcpy(members, object->members, at * sizeof(*members));
	members[at] = (struct member){ key, value };
	if (count > at + 1)
		memcpy(members + at + 1, object->members + at + (found ? 1 : 0),
		       (count - at - 1) * sizeof(*members));
	copy = value_new(T_OBJECT, count);
	copy->members = members;
	return copy;
}

static void merge(struct member *to, const struct member *a, size_t a_count,
		  const struct member *b, size_t b_count)
{
	while (a_count > 0 && b_count > 0) {
		if (compare_strings(b->key, a->key) < 0) {
			*to++ = *b++;
			b_count--;
		} else {
			*to++ = *a++;
			a_count--;
		}
	}
	memcpy(to, a, a_count * sizeof(*to));
	memcpy(to + a_count, b, b_count * sizeof(*to));
}

/* Stable, so that of equal keys the last one stays last. */
static void sort_members(struct member *members, size_t count,
			 struct member *scratch)
{
	size_t half = count / 2;

	if (count < 2)
		return;
	sort_members(members, half, scratch);
	sort_members(members + half, count - half, scratch);
	if (compare_strings(members[half - 1].key, members[half].key) <= 0)
		return;
	memcpy(scratch, members, count * sizeof(*members));
	merge(members, scratch, half, scratch + half, count - half);
}

const struct value *object_make(struct member *members, size_t count)
{
	struct value *v = value_new(T_OBJECT, 0);
	size_t kept = 0;

	sort_members(members, count,
		     arena_alloc(count * sizeof(*members)));
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 &&
		    compare_strings(members[kept - 1].key, members[i].key) == 0)
			kept--;
		members[kept++] = members[i];
	}
	v->count = kept;
	v->members = members;
	return v;
}
