/* SPDX-License-Identifier: MIT */
#include "call.h"

#include <stdlib.h>

/* The key's list may be empty now. */
static void prune(struct call *call, size_t key)
{
	struct entry *entry = db_find(call_db(call), call->argv[key]);

	if (entry)
		db_prune(call_db(call), entry);
}

/* ---- both ends ---- */

static void push(struct call *call, bool left, bool existing_only)
{
	struct value *value;
	struct list *list;

	if (!arg_list(call, 1, &list))
		return;
	if (!list && existing_only) {
		reply_int(call, 0);
		return;
	}
	if (!arg_new(call, 1, TYPE_LIST, &value))
		return;
	for (size_t i = 2; i < call->argc; i++)
		list_push(&value->list, left, text_new(call->argv[i]));
	reply_int(call, (int64_t)value->list.count);
}

static void run_lpush(struct call *call)
{
	push(call, true, false);
}

static void run_rpush(struct call *call)
{
	push(call, false, false);
}

static void run_lpushx(struct call *call)
{
	push(call, true, true);
}

static void run_rpushx(struct call *call)
{
	push(call, false, true);
}

static void reply_pop(struct call *call, struct list *list, bool left)
{
	struct text *text = list_pop(list, left);

	reply_text(call, text);
	free(text);
}

static void pop_many(struct call *call, struct list *list, bool left)
{
	int64_t count;

	if (!arg_int(call, 2, &count))
		return;
	if (count < 0) {
		reply_error(call, "ERR the count is negative");
		return;
	}
	if (!list) {
		reply_nil_array(call);
		return;
	}
	if ((uint64_t)count > list->count)
		count = (int64_t)list->count;
	reply_array(call, (size_t)count);
	while (count-- > 0)
		reply_pop(call, list, left);
}

static void pop(struct call *call, bool left)
{
	struct list *list;

	if (!arg_list(call, 1, &list))
		return;
	if (call->argc == 3)
		pop_many(call, list, left);
	else if (list)
		reply_pop(call, list, left);
	else
		reply_nil(call);
	if (list)
		prune(call, 1);
}

static void run_lpop(struct call *call)
{
	pop(call, true);
}

static void run_rpop(struct call *call)
{
	pop(call, false);
}

/* ---- from list to list ---- */

static void move(struct call *call, bool from_left, bool to_left)
{
	struct list *source, *dest;
	struct value *value;
	struct text *text;

	if (!arg_list(call, 1, &source))
		return;
	if (!source) {
		reply_nil(call);
		return;
	}
	if (!arg_list(call, 2, &dest))
		return;
	text = list_pop(source, from_left);
	/* The lists may be one: it exists until the element is back in it. */
	if (!arg_new(call, 2, TYPE_LIST, &value))
		return;
	list_push(&value->list, to_left, text);
	reply_text(call, text);
	prune(call, 1);
}

static bool arg_end(struct call *call, size_t index, bool *ret_left)
{
	*ret_left = slice_is(call->argv[index], "LEFT");
	return *ret_left || slice_is(call->argv[index], "RIGHT") ||
	       syntax_error(call);
}

static void run_lmove(struct call *call)
{
	bool from_left, to_left;

	if (arg_end(call, 3, &from_left) && arg_end(call, 4, &to_left))
		move(call, from_left, to_left);
}

static void run_rpoplpush(struct call *call)
{
	move(call, false, true);
}

/* ---- reading ---- */

static void run_llen(struct call *call)
{
	struct list *list;

	if (arg_list(call, 1, &list))
		reply_int(call, list ? (int64_t)list->count : 0);
}

static void run_lrange(struct call *call)
{
	int64_t start, stop;
	size_t first = 0, count = 0;
	struct list *list;

	if (!arg_int(call, 2, &start) || !arg_int(call, 3, &stop) ||
	    !arg_list(call, 1, &list))
		return;
	if (!list || !range_clip(start, stop, list->count, &first, &count))
		count = 0;
	reply_array(call, count);
	for (size_t i = 0; i < count; i++)
		reply_text(call, *list_at(list, first + i));
}

/* The place of an index that counts from either end. */
static bool find_index(const struct list *list, int64_t index, size_t *ret_at)
{
	if (!list)
		return false;
	index += index < 0 ? (int64_t)list->count : 0;
	*ret_at = (size_t)index;
	return index >= 0 && (uint64_t)index < list->count;
}

static void run_lindex(struct call *call)
{
	struct list *list;
	int64_t index;
	size_t at;

	if (!arg_int(call, 2, &index) || !arg_list(call, 1, &list))
		return;
	reply_text(call,
		   find_index(list, index, &at) ? *list_at(list, at) : NULL);
}

static bool is_at(const struct list *list, size_t at, struct slice bytes)
{
	return slice_same(text_slice(*list_at(list, at)), bytes);
}

/* ---- LPOS ---- */

struct search {
	int64_t rank, count, most; /* count -1: not asked for */
};

static bool read_search(struct call *call, struct search *search)
{
	*search = (struct search){ .rank = 1, .count = -1 };
	for (size_t i = 3; i < call->argc; i += 2) {
		struct slice word = call->argv[i];
		int64_t value;

		if (i + 1 == call->argc)
			return syntax_error(call);
		if (!arg_int(call, i + 1, &value))
			return false;
		if (slice_is(word, "RANK") && value != 0 && value != INT64_MIN)
			search->rank = value;
		else if (slice_is(word, "COUNT") && value >= 0)
			search->count = value;
		else if (slice_is(word, "MAXLEN") && value >= 0)
			search->most = value;
		else
			return syntax_error(call);
	}
	return true;
}

/* Up to `room` indexes; returns how many. */
static size_t find_all(const struct list *list, const struct search *search,
		       struct slice bytes, size_t *found, size_t room)
{
	bool back = search->rank < 0;
	int64_t skip = back ? -search->rank : search->rank;
	size_t looks = list->count, count = 0;

	if (search->most > 0 && (uint64_t)search->most < looks)
		looks = (size_t)search->most;
	for (size_t i = 0; i < looks && count < room; i++) {
		size_t at = back ? list->count - 1 - i : i;

		if (is_at(list, at, bytes) && --skip <= 0)
			found[count++] = at;
	}
	return count;
}

static void run_lpos(struct call *call)
{
	struct search search;
	struct list *list;
	size_t *found, room, count;

	if (!read_search(call, &search) || !arg_list(call, 1, &list))
		return;
	room = list ? list->count : 0;
	if (search.count != 0 && (uint64_t)llabs(search.count) < room)
		room = (size_t)llabs(search.count);
	found = take(room * sizeof(*found));
	count = list ? find_all(list, &search, call->argv[2], found, room) : 0;
	if (search.count >= 0)
		reply_array(call, count);
	else if (count == 0)
		reply_nil(call);
	for (size_t i = 0; i < count; i++)
		reply_int(call, (int64_t)found[i]);
	free(found);
}

/* ---- changing ---- */

static void run_lset(struct call *call)
{
	struct list *list;
	int64_t index;
	size_t at;

	if (!arg_int(call, 2, &index) || !arg_list(call, 1, &list))
		return;
	if (!find_index(list, index, &at)) {
		reply_error(call, "ERR no such element");
		return;
	}
	free(*list_at(list, at));
	*list_at(list, at) = text_new(call->argv[3]);
	reply_simple(call, "OK");
}

static void run_linsert(struct call *call)
{
	bool before = slice_is(call->argv[2], "BEFORE");
	struct list *list;
	size_t at = 0;

	if (!before && !slice_is(call->argv[2], "AFTER")) {
		(void)syntax_error(call);
		return;
	}
	if (!arg_list(call, 1, &list))
		return;
	while (list && at < list->count && !is_at(list, at, call->argv[3]))
		at++;
	if (!list || at == list->count) {
		reply_int(call, list ? -1 : 0);
		return;
	}
	list_insert(list, before ? at : at + 1, text_new(call->argv[4]));
	reply_int(call, (int64_t)list->count);
}

/* One pass; what stays moves up, so that many removals cost no more. */
static int64_t remove_some(struct list *list, struct slice bytes, uint64_t most,
			   bool back)
{
	size_t kept = 0, count = list->count;
	uint64_t removed = 0;

	for (size_t i = 0; i < count; i++) {
		size_t from = back ? count - 1 - i : i;
		struct text *text = *list_at(list, from);

		if (removed < most && slice_same(text_slice(text), bytes)) {
			free(text);
			removed++;
			continue;
		}
		*list_at(list, back ? count - 1 - kept : kept) = text;
		kept++;
	}
	list->head += back ? count - kept : 0;
	list->count = kept;
	return (int64_t)removed;
}

static void run_lrem(struct call *call)
{
	struct list *list;
	int64_t count;
	uint64_t most;

	if (!arg_int(call, 2, &count) || !arg_list(call, 1, &list))
		return;
	most = count == 0  ? UINT64_MAX
	       : count < 0 ? -(uint64_t)count
			   : (uint64_t)count;
	reply_int(call,
		  list ? remove_some(list, call->argv[3], most, count < 0) : 0);
	prune(call, 1);
}

static void run_ltrim(struct call *call)
{
	int64_t start, stop;
	size_t first = 0, count = 0;
	struct list *list;

	if (!arg_int(call, 2, &start) || !arg_int(call, 3, &stop) ||
	    !arg_list(call, 1, &list))
		return;
	if (list && !range_clip(start, stop, list->count, &first, &count))
		count = 0;
	while (list && list->count > first + count)
		free(list_pop(list, false));
	while (list && list->count > count)
		free(list_pop(list, true));
	prune(call, 1);
	reply_simple(call, "OK");
}

const struct command list_commands[] = {
	{ "LPUSH", 3, 0, run_lpush },	{ "RPUSH", 3, 0, run_rpush },
	{ "LPUSHX", 3, 0, run_lpushx }, { "RPUSHX", 3, 0, run_rpushx },
	{ "LPOP", 2, 3, run_lpop },	{ "RPOP", 2, 3, run_rpop },
	{ "LMOVE", 5, 5, run_lmove },	{ "RPOPLPUSH", 3, 3, run_rpoplpush },
	{ "LLEN", 2, 2, run_llen },	{ "LRANGE", 4, 4, run_lrange },
	{ "LINDEX", 3, 3, run_lindex }, { "LPOS", 3, 0, run_lpos },
	{ "LSET", 4, 4, run_lset },	{ "LINSERT", 5, 5, run_linsert },
	{ "LREM", 4, 4, run_lrem },	{ "LTRIM", 4, 4, run_ltrim },
	{ NULL, 0, 0, NULL },
};
