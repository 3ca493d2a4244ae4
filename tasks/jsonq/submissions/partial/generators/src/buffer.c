/* SPDX-License-Identifier: MIT */
/* Growing lists and texts, and the code points of strings. */
#include "value.h"

#include <string.h>

void list_add(struct list *list, const struct value *v)
{
	if (list->count == list->room) {
		size_t room = list->room == 0 ? 4 : list->room * 2;
		const struct value **items = arena_alloc(room * sizeof(*items));

		if (list->count > 0)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
		list->room = room;
	}
	list->items[list->count++] = v;
}

const struct value *list_array(const struct list *list)
{
	return value_array(list->items, list->count);
}

void text_add(struct text *text, const char *bytes, size_t count)
{
	if (count > text->room - text->count) {
		size_t room = (text->count + count) * 2 + 32;
		char *grown = arena_alloc(room);

		if (text->count > 0)
			memcpy(grown, text->bytes, text->count);
		text->bytes = grown;
		text->room = room;
	}
	if (count > 0)
		memcpy(text->bytes + text->count, bytes, count);
	text->count += count;
}

void text_adds(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void text_code_point(struct text *text, unsigned code)
{
	char out[4];
	size_t count;

	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		code = 0xfffd;
	if (code < 0x80) {
		out[0] = (char)code;
		count = 1;
	} else if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 63));
		count = 2;
	} else if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 63));
		out[2] = (char)(0x80 | (code & 63));
		count = 3;
	} else {
		out[0] = (char)(0xf0 | code >> 18);
		out[1] = (char)(0x80 | (code >> 12 & 63));
		out[2] = (char)(0x80 | (code >> 6 & 63));
		out[3] = (char)(0x80 | (code & 63));
		count = 4;
	}
	text_add(text, out, count);
}

const struct value *text_string(const struct text *text)
{
	struct value *v = arena_alloc(sizeof(*v));

	v->type = T_STRING;
	v->count = text->count;
	v->text = text->count > 0 ? text->bytes : "";
	return v;
}

static bool is_continuation(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

size_t string_length(const struct value *string)
{
	size_t length = 0;

	for (size_t i = 0; i < string->count; i++)
		length += !is_continuation(string->text[i]);
	return length;
}

size_t string_offset(const struct value *string, size_t index)
{
	size_t i = 0;

	for (; i < string->count; i++) {
		if (is_continuation(string->text[i]))
			continue;
		if (index-- == 0)
			break;
	}
	return i;
}

unsigned string_next(const struct value *string, size_t *cursor)
{
	unsigned char first = (unsigned char)string->text[(*cursor)++];
	unsigned code = first;

	if (first >= 0xf0)
		code = first & 7;
	else if (first >= 0xe0)
		code = first & 15;
	else if (first >= 0xc0)
		code = first & 31;
	while (*cursor < string->count && is_continuation(string->text[*cursor]))
		code = code << 6 | ((unsigned char)string->text[(*cursor)++] & 63);
	return code;
}
