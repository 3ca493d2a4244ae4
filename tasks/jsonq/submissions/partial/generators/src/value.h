/* SPDX-License-Identifier: MIT */
/* JSON values: immutable, allocated in an arena that lives as long as the program. */
#ifndef VALUE_H
#define VALUE_H

#include <stdbool.h>
#include <stddef.h>

enum type { T_NULL, T_FALSE, T_TRUE, T_NUMBER, T_STRING, T_ARRAY, T_OBJECT };

struct member;

struct value {
	enum type type;
	size_t count; /* bytes of a string, items of an array, members of an object */
	union {
		double number;
		const char *text;
		const struct value **items;
		const struct member *members; /* sorted by key */
	};
};

struct member {
	const struct value *key;
	const struct value *value;
};

/* A growing list of values: arrays are built in one. */
struct list {
	const struct value **items;
	size_t count, room;
};

/* A growing text. */
struct text {
	char *bytes;
	size_t count, room;
};

enum { ARENA_MAX_BYTES = 200 << 20 };

/* Zeroed memory; ends the program with status 5 when the arena is full. */
void *arena_alloc(size_t bytes);

extern const struct value value_null, value_false, value_true;

const struct value *value_bool(bool truth);
const struct value *value_number(double number);
const struct value *value_string(const char *text, size_t bytes);
const struct value *value_cstring(const char *text);
const struct value *value_array(const struct value **items, size_t count);

bool value_truth(const struct value *v);
const char *value_type_name(const struct value *v);
int value_compare(const struct value *a, const struct value *b);
bool value_equal(const struct value *a, const struct value *b);

/* The member's value, or NULL. */
const struct value *object_get(const struct value *object,
			       const struct value *key);
/* A copy with one member set. */
const struct value *object_set(const struct value *object,
			       const struct value *key,
			       const struct value *value);
/* Makes an object of members in any order; of equal keys the last one counts. */
const struct value *object_make(struct member *members, size_t count);

void list_add(struct list *list, const struct value *v);
const struct value *list_array(const struct list *list);

void text_add(struct text *text, const char *bytes, size_t count);
void text_adds(struct text *text, const char *string);
void text_code_point(struct text *text, unsigned code);
/* Takes the text over: it must not be added to afterwards. */
const struct value *text_string(const struct text *text);

/* Code points of a string: their number, and the byte offset of one. */
size_t string_length(const struct value *string);
size_t string_offset(const struct value *string, size_t index);
/* Decodes one code point and moves the cursor. */
unsigned string_next(const struct value *string, size_t *cursor);

#endif
