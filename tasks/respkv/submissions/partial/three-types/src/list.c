/* SPDX-License-Identifier: MIT */
#include "list.h"

#include <stdlib.h>

enum {
	FIRST_ROOM = 8
};

struct text **list_at(const struct list *list, size_t index)
{
	return &list->ring[(list->head + index) & (list->room - 1)];
}

static void widen(struct list *list)
{
	struct list wide = { .count = list->count };

	wide.room = list->room ? list->room * 2 : FIRST_ROOM;
	wide.ring = take(wide.room * sizeof(*wide.ring));
	for (size_t i = 0; i < list->count; i++)
		wide.ring[i] = *list_at(list, i);
	free(list->ring);
	*list = wide;
}

void list_push(struct list *list, bool left, struct text *text)
{
	if (list->count == list->room)
		widen(list);
	if (left)
		list->head = (list->head - 1) & (list->room - 1);
	list->count++;
	*list_at(list, left ? 0 : list->count - 1) = text;
}

void list_insert(struct list *list, size_t index, struct text *text)
{
	list_push(list, false, text);
	for (size_t i = list->count - 1; i > index; i--)
		*list_at(list, i) = *list_at(list, i - 1);
	*list_at(list, index) = text;
}

struct text *list_pop(struct list *list, bool left)
{
	struct text *text = *list_at(list, left ? 0 : list->count - 1);

	list->head += left;
	list->count--;
	return text;
}

struct text *list_take(struct list *list, size_t index)
{
	struct text *text = *list_at(list, index);

	for (size_t i = index; i + 1 < list->count; i++)
		*list_at(list, i) = *list_at(list, i + 1);
	list->count--;
	return text;
}

void list_done(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(*list_at(list, i));
	free(list->ring);
	*list = (struct list){ 0 };
}
