/* SPDX-License-Identifier: MIT */
/* The steps of a script, one after another, each with its line of TAP. */
#include "driver.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static void report(struct run *run, const struct step *step, const char *got,
		   size_t got_len, bool ok)
{
	run->failed += !ok;
	tap_line(++run->reported, step, got, got_len, ok);
}

static const char *state_text(enum wait_state state)
{
	switch (state) {
	case WAIT_CLOSED:
		return "no connection";
	case WAIT_TIMEOUT:
		return "no reply in time";
	case WAIT_BAD:
		return "bytes that are no reply, or far too many";
	default:
		return "no server";
	}
}

/* A case is lost with its first step, so nobody waits long for the others. */
static long long step_deadline(const struct run *run)
{
	return now_ms() + (run->failed > 0 ? LOST_MS : STEP_MS);
}

/* A timeout ends the script: one is enough, and each costs seconds.  Behind a
 * wrong reply it is a consequence, and the case has failed without it. */
static void note_state(struct run *run, enum wait_state state)
{
	if (state == WAIT_TIMEOUT)
		run->timed_out = run->failed == 0;
	if (state == WAIT_TIMEOUT || state == WAIT_GONE)
		run->gone = true;
}

static void report_state(struct run *run, const struct step *step,
			 enum wait_state state)
{
	const char *text = state_text(state);

	note_state(run, state);
	report(run, step, text, strlen(text), false);
}

static void check_reply(struct run *run, struct conn *conn,
			const struct step *step)
{
	enum wait_state state = conn_reply(conn, step_deadline(run));
	struct buf got = { .max = REPLY_LINE_MAX };
	size_t at = 0;
	bool ok;

	if (state != WAIT_OK) {
		report_state(run, step, state);
		return;
	}
	ok = want_match(step->want, &conn->replies, conn_input(conn),
			(struct vars){ 0 });
	if (!ok)
		reply_show(&conn->replies, conn_input(conn), &at, &got);
	report(run, step, got.data, got.len, ok);
	buf_done(&got);
	conn_next(conn);
}

static void do_send(struct run *run, struct conn *conn, const struct step *step)
{
	enum wait_state state = WAIT_OK;

	if (step->kind == STEP_COMMAND)
		command_add(step, (struct vars){ 0 }, &conn->out);
	for (size_t i = 0; step->kind == STEP_RAW && i < step->word_count; i++)
		(void)text_expand(&step->words[i], (struct vars){ 0 },
				  &conn->out);
	if (!conn->corked)
		state = conn_flush(conn);
	if (state == WAIT_TIMEOUT || state == WAIT_GONE)
		note_state(run, state);
	if (!step->want)
		return;
	/* What was written may be lost and a reply be there all the same. */
	if (run->gone)
		report_state(run, step, state);
	else
		check_reply(run, conn, step);
}

static void do_many(struct run *run, struct conn *conn, const struct step *step)
{
	struct buf got = { .max = REPLY_LINE_MAX };
	bool same = true;
	enum wait_state state;

	if (step->kind == STEP_PIPE) {
		state = run_pipe(conn, step, &got);
		same = got.len == 0;
	} else {
		state = run_scan(conn, step, &got, &same);
	}
	if (state != WAIT_OK)
		report_state(run, step, state);
	else
		report(run, step, got.data, got.len, same);
	buf_done(&got);
}

/* .none: nothing for so long.  .held: nothing that soon after the last write;
 * if that time is over before we look, there is nothing to say. */
static void do_quiet(struct run *run, struct conn *conn,
		     const struct step *step)
{
	bool held = step->kind == STEP_HELD;
	long long stop = (held ? conn->sent_ms : now_ms()) + step->number;
	enum wait_state state = WAIT_TIMEOUT;
	bool quiet;

	if (held && now_ms() >= stop) {
		report(run, step, "", 0, true);
		return;
	}
	if (conn->in.len == conn->start)
		state = conn_fill(conn, stop);
	quiet = conn->in.len == conn->start || (held && now_ms() >= stop);
	if (!quiet)
		report(run, step, conn_input(conn), conn->in.len - conn->start,
		       false);
	else if (state == WAIT_CLOSED || state == WAIT_GONE)
		report_state(run, step, state);
	else
		report(run, step, "", 0, true);
}

static void do_closed(struct run *run, struct conn *conn,
		      const struct step *step)
{
	enum wait_state state = WAIT_OK;

	if (conn->in.len == conn->start)
		state = conn_fill(conn, step_deadline(run));
	if (conn->in.len > conn->start)
		report(run, step, conn_input(conn), conn->in.len - conn->start,
		       false);
	else if (state == WAIT_CLOSED && conn->used)
		report(run, step, "", 0, true);
	else
		report_state(run, step, state);
}

/* The server has seen all that was sent before this. */
static void do_settle(struct run *run)
{
	struct conn *ping = &run->conns[run->script->conns];
	enum wait_state state = WAIT_OK;

	if (ping->fd < 0)
		state = conn_open(ping, run->port);
	for (int i = 0; i < 2 && state == WAIT_OK; i++) {
		(void)buf_puts(&ping->out, "*1\r\n$4\r\nPING\r\n");
		state = conn_flush(ping);
		if (state == WAIT_OK)
			state = conn_reply(ping, step_deadline(run));
		if (state == WAIT_OK)
			conn_next(ping);
	}
	note_state(run, state);
	pause_ms(SETTLE_MS);
}

static void do_step(struct run *run, struct conn *conn, const struct step *step)
{
	switch (step->kind) {
	case STEP_COMMAND:
	case STEP_RAW:
		do_send(run, conn, step);
		break;
	case STEP_EXPECT:
		check_reply(run, conn, step);
		break;
	case STEP_SCAN:
	case STEP_PIPE:
		do_many(run, conn, step);
		break;
	case STEP_NONE:
	case STEP_HELD:
		do_quiet(run, conn, step);
		break;
	case STEP_CLOSED:
		do_closed(run, conn, step);
		break;
	case STEP_CLOSE:
		conn_close(conn);
		conn->used = false;
		break;
	case STEP_SHUT:
		(void)shutdown(conn->fd, SHUT_WR);
		break;
	case STEP_SPLIT:
		conn->split = (size_t)step->number;
		break;
	case STEP_CORK:
		conn->corked = true;
		break;
	case STEP_FLUSH:
		conn->corked = false;
		note_state(run, conn_flush(conn));
		break;
	default:
		break;
	}
}

static bool is_expectation(const struct step *step)
{
	return step->want || step->kind == STEP_PIPE ||
	       step->kind == STEP_NONE || step->kind == STEP_HELD ||
	       step->kind == STEP_CLOSED;
}

static void take_step(struct run *run, const struct step *step)
{
	struct conn *conn = &run->conns[step->conn];

	if (run->gone) {
		if (is_expectation(step))
			report(run, step, "nothing, not tried", 18, false);
		return;
	}
	if (step->kind == STEP_SLEEP) {
		pause_ms(asked_to_end() ? 0 : step->number);
	} else if (step->kind == STEP_SETTLE) {
		do_settle(run);
	} else {
		if (!conn->used && step->kind != STEP_CLOSE)
			(void)conn_open(conn, run->port);
		do_step(run, conn, step);
	}
}

int run_script(struct run *run)
{
	const struct script *script = run->script;
	struct conn *ping = &run->conns[script->conns];
	enum wait_state state = conn_ready(ping, run->port);

	/* A server for one client at a time shall not fail for this. */
	conn_close(ping);
	if (state == WAIT_CLOSED || state == WAIT_GONE || state == WAIT_TIMEOUT)
		run->gone = true;
	run->timed_out = state == WAIT_TIMEOUT;
	for (size_t i = 0; i < script->count; i++) {
		take_step(run, &script->step[i]);
		if (script->step[i].kind == STEP_PIPE)
			i += pipe_length(&script->step[i]) - 1;
	}
	if (run->failed == 0)
		return 0;
	return run->timed_out ? 3 : 1;
}
