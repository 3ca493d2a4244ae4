/* SPDX-License-Identifier: MIT */
#include "call.h"

#include <stdio.h>
#include <string.h>

enum {
	STRING_MAX = 512 << 20
};

static struct slice whole(const struct buf *string)
{
	return (struct slice){ string->data, string->len };
}

static void reply_string(struct call *call, const struct buf *string)
{
	if (string)
		reply_bulk(call, whole(string));
	else
		reply_nil(call);
}

static struct entry *store(struct call *call, size_t key, struct slice bytes)
{
	struct value *value = value_new(TYPE_STRING);

	buf_add(&value->string, bytes.data, bytes.len);
	return db_store(call_db(call), call->argv[key], value);
}

/* ---- SET and its short forms ---- */

struct set_options {
	bool nx, xx, get, keep_ttl;
	struct slice unit; /* of the time to live */
	int64_t moment_ms; /* 0: none */
};

static bool set_moment(struct call *call, size_t at,
		       struct set_options *options)
{
	if (options->unit.len > 0 || options->keep_ttl)
		return syntax_error(call);
	options->unit = call->argv[at];
	return true;
}

static bool set_option(struct call *call, size_t *at,
		       struct set_options *options)
{
	struct slice word = call->argv[*at];

	if (slice_is(word, "NX") && !options->xx)
		options->nx = true;
	else if (slice_is(word, "XX") && !options->nx)
		options->xx = true;
	else if (slice_is(word, "GET"))
		options->get = true;
	else if (slice_is(word, "KEEPTTL") && options->unit.len == 0)
		options->keep_ttl = true;
	else if (is_moment_option(word) && *at + 1 < call->argc)
		return set_moment(call, (*at)++, options);
	else
		return syntax_error(call);
	return true;
}

/* A time to live of zero or less is refused, a moment in the past is not. */
static bool check_moment(struct call *call, struct slice unit, size_t number,
			 int64_t *ret_ms)
{
	int64_t value;

	if (!arg_int(call, number, &value))
		return false;
	if (value <= 0) {
		reply_error(call, "ERR invalid expire time");
		return false;
	}
	return arg_moment(call, unit, number, ret_ms);
}

static bool read_set(struct call *call, struct set_options *options)
{
	size_t number = 0;

	for (size_t at = 3; at < call->argc; at++) {
		if (is_moment_option(call->argv[at]))
			number = at + 1;
		if (!set_option(call, &at, options))
			return false;
	}
	return number == 0 ||
	       check_moment(call, options->unit, number, &options->moment_ms);
}

static void run_set(struct call *call)
{
	struct set_options options = { 0 };
	struct entry *entry = db_find(call_db(call), call->argv[1]);
	struct buf *old = NULL;
	int64_t kept_ms = entry ? entry->expires_ms : 0;

	if (!read_set(call, &options) ||
	    (options.get && !arg_string(call, 1, &old)))
		return;
	if (options.get)
		reply_string(call, old);
	if ((options.nx && entry) || (options.xx && !entry)) {
		if (!options.get)
			reply_nil(call);
		return;
	}
	entry = store(call, 1, call->argv[2]);
	if (options.keep_ttl || options.moment_ms != 0)
		db_expire(call_db(call), entry,
			  options.keep_ttl ? kept_ms : options.moment_ms);
	if (!options.get)
		reply_simple(call, "OK");
}

static void set_for(struct call *call, const char *unit)
{
	int64_t moment_ms;

	if (!check_moment(call, slice_of(unit), 2, &moment_ms))
		return;
	db_expire(call_db(call), store(call, 1, call->argv[3]), moment_ms);
	reply_simple(call, "OK");
}

static void run_setex(struct call *call)
{
	set_for(call, "EX");
}

static void run_psetex(struct call *call)
{
	set_for(call, "PX");
}

static void run_setnx(struct call *call)
{
	bool missing = !db_find(call_db(call), call->argv[1]);

	if (missing)
		store(call, 1, call->argv[2]);
	reply_int(call, missing);
}

/* ---- reading ---- */

static void run_get(struct call *call)
{
	struct buf *string;

	if (arg_string(call, 1, &string))
		reply_string(call, string);
}

static void run_getset(struct call *call)
{
	struct buf *old;

	if (!arg_string(call, 1, &old))
		return;
	reply_string(call, old);
	store(call, 1, call->argv[2]);
}

static void run_getdel(struct call *call)
{
	struct buf *old;

	if (!arg_string(call, 1, &old))
		return;
	reply_string(call, old);
	db_delete(call_db(call), call->argv[1]);
}

static void run_getex(struct call *call)
{
	bool persist = call->argc == 3 && slice_is(call->argv[2], "PERSIST");
	struct entry *entry;
	int64_t moment_ms = 0;

	if (call->argc == 4 && is_moment_option(call->argv[2])) {
		if (!check_moment(call, call->argv[2], 3, &moment_ms))
			return;
	} else if (call->argc > 2 && !persist) {
		(void)syntax_error(call);
		return;
	}
	if (!arg_entry(call, 1, TYPE_STRING, &entry))
		return;
	reply_string(call,
		     entry ? &((struct value *)entry->value)->string : NULL);
	if (entry && (persist || moment_ms != 0))
		db_expire(call_db(call), entry, moment_ms);
}

static void run_strlen(struct call *call)
{
	struct buf *string;

	if (arg_string(call, 1, &string))
		reply_int(call, string ? (int64_t)string->len : 0);
}

static void run_getrange(struct call *call)
{
	int64_t start, end;
	size_t first, count;
	struct buf *string;

	if (!arg_int(call, 2, &start) || !arg_int(call, 3, &end) ||
	    !arg_string(call, 1, &string))
		return;
	/* An end before the first byte means the first byte. */
	if (string && end < -(int64_t)string->len &&
	    (start >= 0 || start <= end))
		end = -(int64_t)string->len;
	if (string && range_clip(start, end, string->len, &first, &count))
		reply_bulk(call, (struct slice){ string->data + first, count });
	else
		reply_bulk(call, slice_of(""));
}

/* ---- several keys ---- */

static void run_mget(struct call *call)
{
	reply_array(call, call->argc - 1);
	for (size_t i = 1; i < call->argc; i++) {
		struct entry *entry = db_find(call_db(call), call->argv[i]);
		struct value *value = entry ? entry->value : NULL;

		reply_string(call, value && value->type == TYPE_STRING
					   ? &value->string
					   : NULL);
	}
}

static bool is_paired(struct call *call)
{
	if (call->argc % 2 == 1)
		return true;
	reply_error(call, "ERR wrong number of arguments");
	return false;
}

static void store_pairs(struct call *call)
{
	for (size_t i = 1; i < call->argc; i += 2)
		store(call, i, call->argv[i + 1]);
}

static void run_mset(struct call *call)
{
	if (!is_paired(call))
		return;
	store_pairs(call);
	reply_simple(call, "OK");
}

static void run_msetnx(struct call *call)
{
	bool missing = true;

	if (!is_paired(call))
		return;
	for (size_t i = 1; i < call->argc; i += 2)
		missing = missing && !db_find(call_db(call), call->argv[i]);
	if (missing)
		store_pairs(call);
	reply_int(call, missing);
}

/* ---- changing in place ---- */

static void run_append(struct call *call)
{
	struct value *value;

	if (!arg_new(call, 1, TYPE_STRING, &value))
		return;
	buf_add(&value->string, call->argv[2].data, call->argv[2].len);
	reply_int(call, (int64_t)value->string.len);
}

static void run_setrange(struct call *call)
{
	struct slice bytes = call->argv[3];
	struct buf *string;
	struct value *value;
	int64_t offset;
	size_t end;

	if (!arg_int(call, 2, &offset) || !arg_string(call, 1, &string))
		return;
	if (offset < 0 || offset > STRING_MAX - (int64_t)bytes.len) {
		reply_error(call, "ERR offset out of range");
		return;
	}
	if (bytes.len == 0) {
		reply_int(call, string ? (int64_t)string->len : 0);
		return;
	}
	if (!arg_new(call, 1, TYPE_STRING, &value))
		return;
	string = &value->string;
	end = (size_t)offset + bytes.len;
	if (end > string->len) {
		buf_reserve(string, end - string->len);
		memset(string->data + string->len, 0, end - string->len);
		string->len = end;
	}
	memcpy(string->data + offset, bytes.data, bytes.len);
	reply_int(call, (int64_t)string->len);
}

static void replace(struct call *call, const char *data, size_t len)
{
	struct value *value;

	if (!arg_new(call, 1, TYPE_STRING, &value))
		return;
	value->string.len = 0;
	buf_add(&value->string, data, len);
}

static void count_by(struct call *call, int64_t by)
{
	struct slice old;
	struct buf *string;
	char text[32];
	int64_t value;

	if (!arg_string(call, 1, &string))
		return;
	old = string ? whole(string) : slice_of("0");
	if (!count_up(call, &old, by, &value))
		return;
	replace(call, text,
		(size_t)snprintf(text, sizeof(text), "%lld", (long long)value));
	reply_int(call, value);
}

static void run_incr(struct call *call)
{
	count_by(call, 1);
}

static void run_decr(struct call *call)
{
	count_by(call, -1);
}

static void run_incrby(struct call *call)
{
	int64_t by;

	if (arg_int(call, 2, &by))
		count_by(call, by);
}

static void run_decrby(struct call *call)
{
	int64_t by;

	if (!arg_int(call, 2, &by))
		return;
	if (by == INT64_MIN)
		reply_error(call, "ERR the result is out of range");
	else
		count_by(call, -by);
}

static void run_incrbyfloat(struct call *call)
{
	char text[FLOAT_TEXT];
	struct slice old;
	struct buf *string;
	size_t len;

	if (!arg_string(call, 1, &string))
		return;
	old = string ? whole(string) : slice_of("0");
	if (!count_up_float(call, &old, call->argv[2], text, &len))
		return;
	replace(call, text, len);
	reply_bulk(call, (struct slice){ text, len });
}

const struct command string_commands[] = {
	{ "SET", 3, 0, run_set },
	{ "SETEX", 4, 4, run_setex },
	{ "PSETEX", 4, 4, run_psetex },
	{ "SETNX", 3, 3, run_setnx },
	{ "GET", 2, 2, run_get },
	{ "GETSET", 3, 3, run_getset },
	{ "GETDEL", 2, 2, run_getdel },
	{ "GETEX", 2, 0, run_getex },
	{ "STRLEN", 2, 2, run_strlen },
	{ "GETRANGE", 4, 4, run_getrange },
	{ "MGET", 2, 0, run_mget },
	{ "MSET", 3, 0, run_mset },
	{ "MSETNX", 3, 0, run_msetnx },
	{ "APPEND", 3, 3, run_append },
	{ "SETRANGE", 4, 4, run_setrange },
	{ "INCR", 2, 2, run_incr },
	{ "DECR", 2, 2, run_decr },
	{ "INCRBY", 3, 3, run_incrby },
	{ "DECRBY", 3, 3, run_decrby },
	{ "INCRBYFLOAT", 3, 3, run_incrbyfloat },
	{ NULL, 0, 0, NULL },
};
