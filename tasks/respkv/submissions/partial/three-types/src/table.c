/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <stdlib.h>

enum {
	FIRST_BUCKETS = 8
};

/* FNV-1a with its high bits stirred in, since buckets use the low ones. */
static uint64_t hash_of(struct slice key)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < key.len; i++) {
		hash ^= (unsigned char)key.data[i];
		hash *= UINT64_C(1099511628211);
	}
	return hash ^ hash >> 32;
}

static struct entry **bucket_of(const struct table *table, uint64_t hash)
{
	return &table->bucket[hash & (table->buckets - 1)];
}

static struct entry *find(const struct table *table, struct slice key,
			  uint64_t hash)
{
	struct entry *entry = table->buckets ? *bucket_of(table, hash) : NULL;

	while (entry && (entry->hash != hash ||
			 !slice_same(text_slice(entry->key), key)))
		entry = entry->next;
	return entry;
}

static void widen(struct table *table)
{
	struct table wide = *table;

	wide.buckets = table->buckets ? table->buckets * 2 : FIRST_BUCKETS;
	wide.bucket = take(wide.buckets * sizeof(*wide.bucket));
	for (size_t i = 0; i < table->buckets; i++) {
		struct entry *entry, *next;

		for (entry = table->bucket[i]; entry; entry = next) {
			struct entry **to = bucket_of(&wide, entry->hash);

			next = entry->next;
			entry->next = *to;
			*to = entry;
		}
	}
	free(table->bucket);
	*table = wide;
}

struct entry *table_find(const struct table *table, struct slice key)
{
	return find(table, key, hash_of(key));
}

struct entry *table_put(struct table *table, struct slice key)
{
	uint64_t hash = hash_of(key);
	struct entry *entry = find(table, key, hash), **to;

	if (entry)
		return entry;
	if (table->count >= table->buckets)
		widen(table);
	to = bucket_of(table, hash);
	entry = take(sizeof(*entry));
	*entry = (struct entry){ .next = *to,
				 .hash = hash,
				 .key = text_new(key) };
	*to = entry;
	table->count++;
	return entry;
}

static void free_entry(struct entry *entry)
{
	free(entry->key);
	free(entry);
}

void table_remove(struct table *table, struct entry *entry)
{
	struct entry **at = bucket_of(table, entry->hash);

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	free_entry(entry);
	table->count--;
}

struct entry *table_next(const struct table *table, const struct entry *entry)
{
	size_t i = 0;

	if (entry && entry->next)
		return entry->next;
	if (entry)
		i = (entry->hash & (table->buckets - 1)) + 1;
	while (i < table->buckets && !table->bucket[i])
		i++;
	return i < table->buckets ? table->bucket[i] : NULL;
}

void table_clear(struct table *table, void (*free_value)(void *value))
{
	struct entry *entry = table_next(table, NULL), *next;

	for (; entry; entry = next) {
		next = table_next(table, entry);
		free_value(entry->value);
		free_entry(entry);
	}
	free(table->bucket);
	*table = (struct table){ 0 };
}
