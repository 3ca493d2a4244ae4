/* SPDX-License-Identifier: MIT */
/* Commands for the connection and for the server as a whole. */
#include "call.h"

static void run_ping(struct call *call)
{
	if (call->argc == 2)
		reply_bulk(call, call->argv[1]);
	else
		reply_simple(call, "PONG");
}

static void run_echo(struct call *call)
{
	reply_bulk(call, call->argv[1]);
}

static void run_select(struct call *call)
{
	if (arg_db(call, 1, &call->session->db))
		reply_simple(call, "OK");
}

static void run_dbsize(struct call *call)
{
	db_sweep(call_db(call));
	reply_int(call, (int64_t)call_db(call)->keys.count);
}

static void run_flushdb(struct call *call)
{
	db_clear(call_db(call));
	reply_simple(call, "OK");
}

static void run_flushall(struct call *call)
{
	for (size_t i = 0; i < DB_COUNT; i++)
		db_clear(&call->dbs[i]);
	reply_simple(call, "OK");
}

static void run_swapdb(struct call *call)
{
	struct db swap;
	size_t a, b;

	if (!arg_db(call, 1, &a) || !arg_db(call, 2, &b))
		return;
	swap = call->dbs[a];
	call->dbs[a] = call->dbs[b];
	call->dbs[b] = swap;
	reply_simple(call, "OK");
}

static void run_quit(struct call *call)
{
	reply_simple(call, "OK");
	call->session->closing = true;
}

static void run_reset(struct call *call)
{
	call->session->db = 0;
	reply_simple(call, "RESET");
}

const struct command server_commands[] = {
	{ "PING", 1, 2, run_ping },	  { "ECHO", 2, 2, run_echo },
	{ "SELECT", 2, 2, run_select },	  { "DBSIZE", 1, 1, run_dbsize },
	{ "FLUSHDB", 1, 1, run_flushdb }, { "FLUSHALL", 1, 1, run_flushall },
	{ "SWAPDB", 3, 3, run_swapdb },	  { "QUIT", 1, 0, run_quit },
	{ "RESET", 1, 1, run_reset },	  { NULL, 0, 0, NULL },
};
