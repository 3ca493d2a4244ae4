/* SPDX-License-Identifier: MIT */
#include "call.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	COMMANDS_MAX = 256,
	NAME_ROOM = 24
};

struct db *call_db(const struct call *call)
{
	return &call->dbs[call->session->db];
}

/* ---- replies ---- */

static void reply_number(struct call *call, char mark, int64_t value)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%c%lld\r\n", mark,
			   (long long)value);

	buf_add(call->out, text, (size_t)len);
}

static void reply_line(struct call *call, const char *mark, const char *text)
{
	buf_add(call->out, mark, strlen(mark));
	buf_add(call->out, text, strlen(text));
	buf_add(call->out, "\r\n", 2);
}

void reply_simple(struct call *call, const char *text)
{
	reply_line(call, "+", text);
}

void reply_error(struct call *call, const char *text)
{
	reply_line(call, "-", text);
}

void reply_int(struct call *call, int64_t value)
{
	reply_number(call, ':', value);
}

void reply_bulk(struct call *call, struct slice bytes)
{
	reply_number(call, '$', (int64_t)bytes.len);
	buf_add(call->out, bytes.data, bytes.len);
	buf_add(call->out, "\r\n", 2);
}

void reply_text(struct call *call, const struct text *text)
{
	if (text)
		reply_bulk(call, text_slice(text));
	else
		reply_nil(call);
}

void reply_nil(struct call *call)
{
	reply_number(call, '$', -1);
}

void reply_nil_array(struct call *call)
{
	reply_number(call, '*', -1);
}

void reply_array(struct call *call, size_t count)
{
	reply_number(call, '*', (int64_t)count);
}

/* ---- arguments ---- */

bool syntax_error(struct call *call)
{
	reply_error(call, "ERR syntax error");
	return false;
}

bool arg_int(struct call *call, size_t index, int64_t *ret_value)
{
	if (slice_int(call->argv[index], ret_value))
		return true;
	reply_error(call, "ERR not an integer of 64 bits");
	return false;
}

bool arg_float(struct call *call, size_t index, long double *ret_value)
{
	if (slice_float(call->argv[index], ret_value))
		return true;
	reply_error(call, "ERR not a float");
	return false;
}

bool arg_db(struct call *call, size_t index, size_t *ret_db)
{
	int64_t value;

	if (!arg_int(call, index, &value))
		return false;
	if (value < 0 || value >= DB_COUNT) {
		reply_error(call, "ERR no such database");
		return false;
	}
	*ret_db = (size_t)value;
	return true;
}

bool is_moment_option(struct slice option)
{
	return slice_is(option, "EX") || slice_is(option, "PX") ||
	       slice_is(option, "EXAT") || slice_is(option, "PXAT");
}

bool arg_moment(struct call *call, struct slice unit, size_t index,
		int64_t *ret_ms)
{
	bool seconds = slice_is(unit, "EX") || slice_is(unit, "EXAT");
	bool from_now = slice_is(unit, "EX") || slice_is(unit, "PX");
	int64_t value;

	if (index >= call->argc)
		return syntax_error(call);
	if (!arg_int(call, index, &value))
		return false;
	if (__builtin_mul_overflow(value, seconds ? 1000 : 1, &value) ||
	    __builtin_add_overflow(value, from_now ? clock_ms() : 0, &value)) {
		reply_error(call, "ERR time out of range");
		return false;
	}
	*ret_ms = value;
	return true;
}

bool arg_entry(struct call *call, size_t index, enum type type,
	       struct entry **ret_entry)
{
	struct entry *entry = db_find(call_db(call), call->argv[index]);

	if (entry && ((struct value *)entry->value)->type != type) {
		reply_error(call, "WRONGTYPE the key holds another type");
		return false;
	}
	*ret_entry = entry;
	return true;
}

static bool arg_value(struct call *call, size_t index, enum type type,
		      struct value **ret_value)
{
	struct entry *entry;

	if (!arg_entry(call, index, type, &entry))
		return false;
	*ret_value = entry ? entry->value : NULL;
	return true;
}

bool arg_string(struct call *call, size_t index, struct buf **ret_string)
{
	struct value *value;

	if (!arg_value(call, index, TYPE_STRING, &value))
		return false;
	*ret_string = value ? &value->string : NULL;
	return true;
}

bool arg_list(struct call *call, size_t index, struct list **ret_list)
{
	struct value *value;

	if (!arg_value(call, index, TYPE_LIST, &value))
		return false;
	*ret_list = value ? &value->list : NULL;
	return true;
}

bool arg_hash(struct call *call, size_t index, struct table **ret_hash)
{
	struct value *value;

	if (!arg_value(call, index, TYPE_HASH, &value))
		return false;
	*ret_hash = value ? &value->hash : NULL;
	return true;
}

bool arg_new(struct call *call, size_t index, enum type type,
	     struct value **ret_value)
{
	if (!arg_value(call, index, type, ret_value))
		return false;
	if (!*ret_value) {
		*ret_value = value_new(type);
		db_store(call_db(call), call->argv[index], *ret_value);
	}
	return true;
}

/* ---- what commands of several types do ---- */

bool range_clip(int64_t start, int64_t stop, size_t count, size_t *ret_first,
		size_t *ret_count)
{
	int64_t end = (int64_t)count;

	start += start < 0 ? end : 0;
	stop += stop < 0 ? end : 0;
	start = start < 0 ? 0 : start;
	stop = stop >= end ? end - 1 : stop;
	if (start > stop)
		return false;
	*ret_first = (size_t)start;
	*ret_count = (size_t)(stop - start + 1);
	return true;
}

bool count_up(struct call *call, const struct slice *old, int64_t by,
	      int64_t *ret_value)
{
	int64_t value = 0;

	if (old && !slice_int(*old, &value)) {
		reply_error(call, "ERR the value is not an integer");
		return false;
	}
	if (__builtin_add_overflow(value, by, &value)) {
		reply_error(call, "ERR the result is out of range");
		return false;
	}
	*ret_value = value;
	return true;
}

bool count_up_float(struct call *call, const struct slice *old, struct slice by,
		    char text[FLOAT_TEXT], size_t *ret_len)
{
	long double value = 0, step;

	if (!slice_float(by, &step) || (old && !slice_float(*old, &value))) {
		reply_error(call, "ERR not a float");
		return false;
	}
	value += step;
	if (!isfinite(value)) {
		reply_error(call, "ERR the result is not finite");
		return false;
	}
	*ret_len = float_format(value, text);
	return true;
}

/* ---- dispatch ---- */

static const struct command *sorted[COMMANDS_MAX];
static size_t sorted_count;

static int by_name(const void *left, const void *right)
{
	const struct command *const *a = left, *const *b = right;

	return strcmp((*a)->name, (*b)->name);
}

static void sort_commands(void)
{
	static const struct command *const lists[] = {
		string_commands, list_commands, hash_commands, key_commands,
		server_commands
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		for (const struct command *c = lists[i]; c->name; c++)
			sorted[sorted_count++] = c;
	qsort(sorted, sorted_count, sizeof(*sorted), by_name);
}

static const struct command *find_command(struct slice name)
{
	char upper[NAME_ROOM] = "";
	const struct command wanted = { .name = upper };
	const struct command *key = &wanted, *const * found;

	if (sorted_count == 0)
		sort_commands();
	if (name.len >= sizeof(upper))
		return NULL;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.data[i];

		upper[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	found = bsearch(&key, sorted, sorted_count, sizeof(*sorted), by_name);
	return found ? *found : NULL;
}

void call_run(struct call *call)
{
	const struct command *command = find_command(call->argv[0]);

	if (!command)
		reply_error(call, "ERR unknown command");
	else if (call->argc < command->least ||
		 (command->most > 0 && call->argc > command->most))
		reply_error(call, "ERR wrong number of arguments");
	else
		command->run(call);
}
