/* SPDX-License-Identifier: MIT */
/* A hash table from byte strings to values: databases, and hashes in them. */
#ifndef TABLE_H
#define TABLE_H

#include "bytes.h"

struct entry {
	struct entry *next;
	uint64_t hash;
	void *value;	    /* the table's user knows what it is, and owns it */
	int64_t expires_ms; /* 0: never; for databases only */
	struct text *key;
};

struct table {
	struct entry **bucket;
	size_t buckets; /* a power of two, or 0 */
	size_t count;
};

struct entry *table_find(const struct table *table, struct slice key);
/* Finds or adds; a new entry has no value yet. */
struct entry *table_put(struct table *table, struct slice key);
/* Removes an entry; the caller has taken or freed its value. */
void table_remove(struct table *table, struct entry *entry);
/* Removes all of them. */
void table_clear(struct table *table, void (*free_value)(void *value));
/* The entry behind `entry`, the first one behind NULL.  The entry may be
 * removed after the next one was asked for. */
struct entry *table_next(const struct table *table, const struct entry *entry);

#endif
