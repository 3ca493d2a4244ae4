/* SPDX-License-Identifier: MIT */
/* A key that has expired is removed by whoever meets it; what nobody meets is
 * swept out once a second and before keys are counted or listed. */
#include "db.h"

#include <stdlib.h>
#include <time.h>

int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- values ---- */

struct value *value_new(enum type type)
{
	struct value *value = take(sizeof(*value));

	value->type = type;
	return value;
}

struct value *value_copy(const struct value *value)
{
	struct value *copy = value_new(value->type);
	const struct entry *entry = NULL;

	switch (value->type) {
	case TYPE_STRING:
		buf_add(&copy->string, value->string.data, value->string.len);
		break;
	case TYPE_LIST:
		for (size_t i = 0; i < value->list.count; i++)
			list_push(&copy->list, false,
				  text_new(text_slice(
					  *list_at(&value->list, i))));
		break;
	case TYPE_HASH:
		while ((entry = table_next(&value->hash, entry)))
			table_put(&copy->hash, text_slice(entry->key))->value =
				text_new(text_slice(entry->value));
		break;
	}
	return copy;
}

void value_free(void *pointer)
{
	struct value *value = pointer;

	if (!value)
		return;
	switch (value->type) {
	case TYPE_STRING:
		buf_done(&value->string);
		break;
	case TYPE_LIST:
		list_done(&value->list);
		break;
	case TYPE_HASH:
		table_clear(&value->hash, free);
		break;
	}
	free(value);
}

/* ---- keys ---- */

static bool is_over(const struct entry *entry, int64_t now_ms)
{
	return entry->expires_ms != 0 && entry->expires_ms <= now_ms;
}

static void set_moment(struct db *db, struct entry *entry, int64_t moment_ms)
{
	db->mortal_count -= entry->expires_ms != 0;
	db->mortal_count += moment_ms != 0;
	entry->expires_ms = moment_ms;
}

struct value *db_take(struct db *db, struct entry *entry)
{
	struct value *value = entry->value;

	set_moment(db, entry, 0);
	table_remove(&db->keys, entry);
	return value;
}

struct entry *db_find(struct db *db, struct slice key)
{
	struct entry *entry = table_find(&db->keys, key);

	if (!entry || !is_over(entry, clock_ms()))
		return entry;
	value_free(db_take(db, entry));
	return NULL;
}

struct entry *db_put(struct db *db, struct slice key)
{
	struct entry *entry = db_find(db, key);

	return entry ? entry : table_put(&db->keys, key);
}

bool db_delete(struct db *db, struct slice key)
{
	struct entry *entry = db_find(db, key);

	if (entry)
		value_free(db_take(db, entry));
	return entry != NULL;
}

struct entry *db_store(struct db *db, struct slice key, struct value *value)
{
	struct entry *entry = table_put(&db->keys, key);

	value_free(entry->value);
	entry->value = value;
	set_moment(db, entry, 0);
	return entry;
}

void db_expire(struct db *db, struct entry *entry, int64_t moment_ms)
{
	set_moment(db, entry, moment_ms);
	if (is_over(entry, clock_ms()))
		value_free(db_take(db, entry));
}

void db_prune(struct db *db, struct entry *entry)
{
	const struct value *value = entry->value;

	if ((value->type == TYPE_LIST && value->list.count == 0) ||
	    (value->type == TYPE_HASH && value->hash.count == 0))
		value_free(db_take(db, entry));
}

void db_sweep(struct db *db)
{
	struct entry *entry, *next;
	int64_t now_ms = clock_ms();

	if (db->mortal_count == 0)
		return;
	for (entry = table_next(&db->keys, NULL); entry; entry = next) {
		next = table_next(&db->keys, entry);
		if (is_over(entry, now_ms))
			value_free(db_take(db, entry));
	}
}

void db_clear(struct db *db)
{
	table_clear(&db->keys, value_free);
	db->mortal_count = 0;
}
