/* SPDX-License-Identifier: MIT */
/* A list: a ring of texts, so that both ends and any index cost the same. */
#ifndef LIST_H
#define LIST_H

#include "bytes.h"

struct list {
	struct text **ring;
	size_t room; /* a power of two, or 0 */
	size_t head;
	size_t count;
};

/* The place of an element that exists. */
struct text **list_at(const struct list *list, size_t index);
/* Both take over the text. */
void list_push(struct list *list, bool left, struct text *text);
void list_insert(struct list *list, size_t index, struct text *text);
/* The caller frees what comes out; the list isn't empty. */
struct text *list_pop(struct list *list, bool left);
struct text *list_take(struct list *list, size_t index);
void list_done(struct list *list);

#endif
