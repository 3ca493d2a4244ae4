/* SPDX-License-Identifier: MIT */
/* Databases: keys, values of three types, and moments of expiry. */
#ifndef DB_H
#define DB_H

#include "list.h"
#include "table.h"

enum {
	DB_COUNT = 16
};

enum type {
	TYPE_STRING,
	TYPE_LIST,
	TYPE_HASH
};

struct value {
	enum type type;
	union {
		struct buf string;
		struct list list;
		struct table hash; /* of struct text */
	};
};

struct db {
	struct table keys;   /* of struct value */
	size_t mortal_count; /* keys that will expire, or have */
};

int64_t clock_ms(void); /* since 1970 */

struct value *value_new(enum type type);
struct value *value_copy(const struct value *value);
void value_free(void *value);

/* The key's entry, unless it is missing or has expired by now. */
struct entry *db_find(struct db *db, struct slice key);
/* Finds or adds; what is added has no value yet. */
struct entry *db_put(struct db *db, struct slice key);
bool db_delete(struct db *db, struct slice key);
/* Puts a value in place of whatever was there, without a time to live. */
struct entry *db_store(struct db *db, struct slice key, struct value *value);
/* 0: never.  A moment that is over removes the key. */
void db_expire(struct db *db, struct entry *entry, int64_t moment_ms);
/* Takes the value out and removes the key. */
struct value *db_take(struct db *db, struct entry *entry);
/* A list or a hash that is empty ceases to exist. */
void db_prune(struct db *db, struct entry *entry);
/* Removes all keys that have expired. */
void db_sweep(struct db *db);
void db_clear(struct db *db);

#endif
