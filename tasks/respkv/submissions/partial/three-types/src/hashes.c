/* SPDX-License-Identifier: MIT */
#include "call.h"

#include <stdio.h>
#include <stdlib.h>

static struct text *field_of(const struct table *hash, struct slice field)
{
	struct entry *entry = hash ? table_find(hash, field) : NULL;

	return entry ? entry->value : NULL;
}

/* Returns whether the field is new. */
static bool put(struct table *hash, struct slice field, struct slice bytes)
{
	struct entry *entry = table_put(hash, field);
	bool is_new = !entry->value;

	free(entry->value);
	entry->value = text_new(bytes);
	return is_new;
}

/* ---- writing ---- */

static bool set_fields(struct call *call, int64_t *ret_added)
{
	struct value *value;
	int64_t added = 0;

	if (call->argc % 2 == 1) {
		reply_error(call, "ERR wrong number of arguments");
		return false;
	}
	if (!arg_new(call, 1, TYPE_HASH, &value))
		return false;
	for (size_t i = 2; i < call->argc; i += 2)
		added += put(&value->hash, call->argv[i], call->argv[i + 1]);
	*ret_added = added;
	return true;
}

static void run_hset(struct call *call)
{
	int64_t added;

	if (set_fields(call, &added))
		reply_int(call, added);
}

static void run_hmset(struct call *call)
{
	int64_t added;

	if (set_fields(call, &added))
		reply_simple(call, "OK");
}

static void run_hsetnx(struct call *call)
{
	struct table *hash;
	int64_t added;

	if (!arg_hash(call, 1, &hash))
		return;
	if (field_of(hash, call->argv[2]))
		reply_int(call, 0);
	else if (set_fields(call, &added))
		reply_int(call, added);
}

static void run_hdel(struct call *call)
{
	struct entry *key, *entry;
	struct table *hash;
	int64_t removed = 0;

	if (!arg_entry(call, 1, TYPE_HASH, &key))
		return;
	hash = key ? &((struct value *)key->value)->hash : NULL;
	for (size_t i = 2; i < call->argc && hash; i++) {
		entry = table_find(hash, call->argv[i]);
		if (!entry)
			continue;
		free(entry->value);
		table_remove(hash, entry);
		removed++;
	}
	if (key)
		db_prune(call_db(call), key);
	reply_int(call, removed);
}

/* Stores the new number; `old` is missing in a new field. */
static void store_number(struct call *call, const char *text, size_t len)
{
	struct value *value;

	if (arg_new(call, 1, TYPE_HASH, &value))
		put(&value->hash, call->argv[2], (struct slice){ text, len });
}

static void run_hincrby(struct call *call)
{
	struct text *field;
	struct table *hash;
	struct slice old;
	int64_t by, value;
	char text[32];

	if (!arg_int(call, 3, &by) || !arg_hash(call, 1, &hash))
		return;
	field = field_of(hash, call->argv[2]);
	old = field ? text_slice(field) : slice_of("0");
	if (!count_up(call, &old, by, &value))
		return;
	store_number(call, text,
		     (size_t)snprintf(text, sizeof(text), "%lld",
				      (long long)value));
	reply_int(call, value);
}

static void run_hincrbyfloat(struct call *call)
{
	char text[FLOAT_TEXT];
	struct text *field;
	struct table *hash;
	struct slice old;
	size_t len;

	if (!arg_hash(call, 1, &hash))
		return;
	field = field_of(hash, call->argv[2]);
	old = field ? text_slice(field) : slice_of("0");
	if (!count_up_float(call, &old, call->argv[3], text, &len))
		return;
	store_number(call, text, len);
	reply_bulk(call, (struct slice){ text, len });
}

/* ---- reading ---- */

static void run_hget(struct call *call)
{
	struct table *hash;

	if (arg_hash(call, 1, &hash))
		reply_text(call, field_of(hash, call->argv[2]));
}

static void run_hmget(struct call *call)
{
	struct table *hash;

	if (!arg_hash(call, 1, &hash))
		return;
	reply_array(call, call->argc - 2);
	for (size_t i = 2; i < call->argc; i++)
		reply_text(call, field_of(hash, call->argv[i]));
}

static void reply_entry(struct call *call, const struct entry *entry,
			bool fields, bool values)
{
	if (fields)
		reply_text(call, entry->key);
	if (values)
		reply_text(call, entry->value);
}

static void reply_all(struct call *call, bool fields, bool values)
{
	const struct entry *entry = NULL;
	struct table *hash;

	if (!arg_hash(call, 1, &hash))
		return;
	reply_array(call, hash ? hash->count * ((size_t)fields + values) : 0);
	while (hash && (entry = table_next(hash, entry)))
		reply_entry(call, entry, fields, values);
}

static void run_hgetall(struct call *call)
{
	reply_all(call, true, true);
}

static void run_hkeys(struct call *call)
{
	reply_all(call, true, false);
}

static void run_hvals(struct call *call)
{
	reply_all(call, false, true);
}

static void run_hlen(struct call *call)
{
	struct table *hash;

	if (arg_hash(call, 1, &hash))
		reply_int(call, hash ? (int64_t)hash->count : 0);
}

static void run_hexists(struct call *call)
{
	struct table *hash;

	if (arg_hash(call, 1, &hash))
		reply_int(call, field_of(hash, call->argv[2]) != NULL);
}

static void run_hstrlen(struct call *call)
{
	struct table *hash;
	struct text *field;

	if (!arg_hash(call, 1, &hash))
		return;
	field = field_of(hash, call->argv[2]);
	reply_int(call, field ? (int64_t)field->len : 0);
}

const struct command hash_commands[] = {
	{ "HSET", 4, 0, run_hset },
	{ "HMSET", 4, 0, run_hmset },
	{ "HSETNX", 4, 4, run_hsetnx },
	{ "HDEL", 3, 0, run_hdel },
	{ "HINCRBY", 4, 4, run_hincrby },
	{ "HINCRBYFLOAT", 4, 4, run_hincrbyfloat },
	{ "HGET", 3, 3, run_hget },
	{ "HMGET", 3, 0, run_hmget },
	{ "HGETALL", 2, 2, run_hgetall },
	{ "HKEYS", 2, 2, run_hkeys },
	{ "HVALS", 2, 2, run_hvals },
	{ "HLEN", 2, 2, run_hlen },
	{ "HEXISTS", 3, 3, run_hexists },
	{ "HSTRLEN", 3, 3, run_hstrlen },
	{ NULL, 0, 0, NULL },
};
