/* SPDX-License-Identifier: MIT */
#include "call.h"

/* ---- whether they exist ---- */

static void run_del(struct call *call)
{
	int64_t count = 0;

	for (size_t i = 1; i < call->argc; i++)
		count += db_delete(call_db(call), call->argv[i]);
	reply_int(call, count);
}

static void run_exists(struct call *call)
{
	int64_t count = 0;

	for (size_t i = 1; i < call->argc; i++)
		count += db_find(call_db(call), call->argv[i]) != NULL;
	reply_int(call, count);
}

static void run_type(struct call *call)
{
	static const char *const names[] = { "string", "list", "hash" };
	struct entry *entry = db_find(call_db(call), call->argv[1]);
	const struct value *value = entry ? entry->value : NULL;

	reply_simple(call, value ? names[value->type] : "none");
}

/* ---- moving ---- */

static void rename_to(struct call *call, struct entry *entry)
{
	int64_t moment_ms = entry->expires_ms;
	struct value *value = db_take(call_db(call), entry);

	entry = db_store(call_db(call), call->argv[2], value);
	db_expire(call_db(call), entry, moment_ms);
}

static void rename_key(struct call *call, bool nx)
{
	struct entry *entry = db_find(call_db(call), call->argv[1]);

	if (!entry) {
		reply_error(call, "ERR no such key");
		return;
	}
	if (nx && db_find(call_db(call), call->argv[2])) {
		reply_int(call, 0);
		return;
	}
	rename_to(call, entry);
	if (nx)
		reply_int(call, 1);
	else
		reply_simple(call, "OK");
}

static void run_rename(struct call *call)
{
	rename_key(call, false);
}

static void run_renamenx(struct call *call)
{
	rename_key(call, true);
}

static bool read_copy(struct call *call, size_t *db, bool *replace)
{
	for (size_t i = 3; i < call->argc; i++) {
		if (slice_is(call->argv[i], "REPLACE")) {
			*replace = true;
			continue;
		}
		if (!slice_is(call->argv[i], "DB") || ++i == call->argc)
			return syntax_error(call);
		if (!arg_db(call, i, db))
			return false;
	}
	if (*db != call->session->db ||
	    !slice_same(call->argv[1], call->argv[2]))
		return true;
	reply_error(call, "ERR source and destination are the same");
	return false;
}

static void run_copy(struct call *call)
{
	size_t to = call->session->db;
	bool replace = false;
	struct entry *entry, *copy;

	if (!read_copy(call, &to, &replace))
		return;
	entry = db_find(call_db(call), call->argv[1]);
	if (!entry || (!replace && db_find(&call->dbs[to], call->argv[2]))) {
		reply_int(call, 0);
		return;
	}
	copy = db_store(&call->dbs[to], call->argv[2],
			value_copy(entry->value));
	db_expire(&call->dbs[to], copy, entry->expires_ms);
	reply_int(call, 1);
}

static void run_move(struct call *call)
{
	struct entry *entry, *moved;
	int64_t moment_ms;
	size_t to;

	if (!arg_db(call, 2, &to))
		return;
	if (to == call->session->db) {
		reply_error(call, "ERR that is the same database");
		return;
	}
	entry = db_find(call_db(call), call->argv[1]);
	if (!entry || db_find(&call->dbs[to], call->argv[1])) {
		reply_int(call, 0);
		return;
	}
	moment_ms = entry->expires_ms;
	moved = db_store(&call->dbs[to], call->argv[1],
			 db_take(call_db(call), entry));
	db_expire(&call->dbs[to], moved, moment_ms);
	reply_int(call, 1);
}

/* ---- listing ---- */

static void run_keys(struct call *call)
{
	struct table *keys = &call_db(call)->keys;
	struct entry *entry = NULL;
	size_t count = 0;

	db_sweep(call_db(call));
	while ((entry = table_next(keys, entry)))
		count += glob_match(call->argv[1], text_slice(entry->key));
	reply_array(call, count);
	while ((entry = table_next(keys, entry)))
		if (glob_match(call->argv[1], text_slice(entry->key)))
			reply_text(call, entry->key);
}

static void run_randomkey(struct call *call)
{
	const struct entry *entry;

	db_sweep(call_db(call));
	entry = table_next(&call_db(call)->keys, NULL);
	reply_text(call, entry ? entry->key : NULL);
}

/* ---- times to live ---- */

enum {
	IF_NX = 1,
	IF_XX = 2,
	IF_GT = 4,
	IF_LT = 8
};

static bool read_conditions(struct call *call, unsigned *ret_if)
{
	static const char *const names[] = { "NX", "XX", "GT", "LT" };
	unsigned found = 0;

	for (size_t i = 3; i < call->argc; i++) {
		unsigned bit = 0;

		while (bit < 4 && !slice_is(call->argv[i], names[bit]))
			bit++;
		if (bit == 4)
			return syntax_error(call);
		found |= 1U << bit;
	}
	if (((found & IF_NX) && found != IF_NX) ||
	    ((found & IF_GT) && (found & IF_LT)))
		return syntax_error(call);
	*ret_if = found;
	return true;
}

static bool is_allowed(unsigned when, int64_t old_ms, int64_t new_ms)
{
	if ((when & IF_NX) && old_ms != 0)
		return false;
	if ((when & IF_XX) && old_ms == 0)
		return false;
	if ((when & IF_GT) && (old_ms == 0 || new_ms <= old_ms))
		return false;
	return !(when & IF_LT) || old_ms == 0 || new_ms < old_ms;
}

static void expire(struct call *call, const char *unit)
{
	struct entry *entry;
	int64_t moment_ms;
	unsigned when;

	if (!read_conditions(call, &when) ||
	    !arg_moment(call, slice_of(unit), 2, &moment_ms))
		return;
	/* Zero stands for never; any other moment in the past will do. */
	moment_ms = moment_ms == 0 ? -1 : moment_ms;
	entry = db_find(call_db(call), call->argv[1]);
	if (!entry || !is_allowed(when, entry->expires_ms, moment_ms)) {
		reply_int(call, 0);
		return;
	}
	db_expire(call_db(call), entry, moment_ms);
	reply_int(call, 1);
}

static void run_expire(struct call *call)
{
	expire(call, "EX");
}

static void run_pexpire(struct call *call)
{
	expire(call, "PX");
}

static void run_expireat(struct call *call)
{
	expire(call, "EXAT");
}

static void run_pexpireat(struct call *call)
{
	expire(call, "PXAT");
}

static void reply_moment(struct call *call, bool from_now, int64_t unit_ms)
{
	const struct entry *entry = db_find(call_db(call), call->argv[1]);
	int64_t left_ms;

	if (!entry || entry->expires_ms == 0) {
		reply_int(call, entry ? -1 : -2);
		return;
	}
	left_ms = entry->expires_ms - (from_now ? clock_ms() : 0);
	if (left_ms < 0)
		left_ms = 0;
	reply_int(call, left_ms / unit_ms + (left_ms % unit_ms >= 500));
}

static void run_ttl(struct call *call)
{
	reply_moment(call, true, 1000);
}

static void run_pttl(struct call *call)
{
	reply_moment(call, true, 1);
}

static void run_expiretime(struct call *call)
{
	reply_moment(call, false, 1000);
}

static void run_pexpiretime(struct call *call)
{
	reply_moment(call, false, 1);
}

static void run_persist(struct call *call)
{
	struct entry *entry = db_find(call_db(call), call->argv[1]);
	bool mortal = entry && entry->expires_ms != 0;

	if (mortal)
		db_expire(call_db(call), entry, 0);
	reply_int(call, mortal);
}

const struct command key_commands[] = {
	{ "DEL", 2, 0, run_del },
	{ "UNLINK", 2, 0, run_del },
	{ "EXISTS", 2, 0, run_exists },
	{ "TOUCH", 2, 0, run_exists },
	{ "TYPE", 2, 2, run_type },
	{ "RENAME", 3, 3, run_rename },
	{ "RENAMENX", 3, 3, run_renamenx },
	{ "COPY", 3, 0, run_copy },
	{ "MOVE", 3, 3, run_move },
	{ "KEYS", 2, 2, run_keys },
	{ "RANDOMKEY", 1, 1, run_randomkey },
	{ "EXPIRE", 3, 0, run_expire },
	{ "PEXPIRE", 3, 0, run_pexpire },
	{ "EXPIREAT", 3, 0, run_expireat },
	{ "PEXPIREAT", 3, 0, run_pexpireat },
	{ "TTL", 2, 2, run_ttl },
	{ "PTTL", 2, 2, run_pttl },
	{ "EXPIRETIME", 2, 2, run_expiretime },
	{ "PEXPIRETIME", 2, 2, run_pexpiretime },
	{ "PERSIST", 2, 2, run_persist },
	{ NULL, 0, 0, NULL },
};
