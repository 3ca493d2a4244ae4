/* SPDX-License-Identifier: MIT */
/* Many commands in one step: .pipe blocks and .scan loops. */
#include "driver.h"

#include <stdio.h>
#include <string.h>

static void add_head(struct buf *out, char mark, size_t number)
{
	char head[32];

	snprintf(head, sizeof(head), "%c%zu\r\n", mark, number);
	(void)buf_puts(out, head);
}

static void add_bulk(struct buf *out, const char *data, size_t len)
{
	add_head(out, '$', len);
	(void)buf_add(out, data, len);
	(void)buf_puts(out, "\r\n");
}

static void add_word(struct buf *out, const struct text *word, struct vars vars)
{
	static struct buf one = { .max = OUTPUT_MAX };
	size_t many = word->many ? word->many : 1;

	for (size_t i = 0; i < many; i++) {
		vars.i = (long long)i;
		one.len = 0;
		(void)text_expand(word, vars, &one);
		add_bulk(out, one.data ? one.data : "", one.len);
	}
}

void command_add(const struct step *step, struct vars vars, struct buf *out)
{
	size_t count = 0;

	for (size_t i = 0; i < step->word_count; i++)
		count += step->words[i].many ? step->words[i].many : 1;
	add_head(out, '*', count);
	for (size_t i = 0; i < step->word_count; i++)
		add_word(out, &step->words[i], vars);
}

/* The steps from .pipe to behind .end. */
size_t pipe_length(const struct step *step)
{
	size_t length = 1;

	while (step[length].kind != STEP_END)
		length++;
	return length + 1;
}

static void say_which(const struct conn *conn, const struct step *command,
		      size_t number, struct buf *got)
{
	char text[64];
	size_t at = 0;

	snprintf(text, sizeof(text), "in reply %zu (want ", number + 1);
	(void)buf_puts(got, text);
	(void)buf_add(got, command->want->source,
		      command->want->source_len < 80 ? command->want->source_len
						     : 80);
	(void)buf_puts(got, ") ");
	reply_show(&conn->replies, conn_input(conn), &at, got);
}

/* Sends until the window is full, then matches what has come. */
enum wait_state run_pipe(struct conn *conn, const struct step *step,
			 struct buf *got)
{
	size_t body = pipe_length(step) - 2;
	size_t total = (size_t)step->number * body;
	size_t sent = 0, done = 0;
	long long stop = now_ms() + PIPE_MS;

	while (done < total) {
		enum wait_state state = WAIT_OK;
		long long step_stop = now_ms() + STEP_MS;

		if (sent - done <= PIPE_WINDOW / 2 && sent < total) {
			for (; sent < total && sent - done < PIPE_WINDOW &&
			       conn->out.len < (1 << 20);
			     sent++)
				command_add(
					&step[1 + sent % body],
					(struct vars){
						.n = (long long)(sent / body) },
					&conn->out);
			state = conn_flush(conn);
		}
		if (state == WAIT_OK)
			state = conn_reply(conn,
					   step_stop < stop ? step_stop : stop);
		if (state != WAIT_OK)
			return state;
		if (!want_match(
			    step[1 + done % body].want, &conn->replies,
			    conn_input(conn),
			    (struct vars){ .n = (long long)(done / body) })) {
			say_which(conn, &step[1 + done % body], done, got);
			/* The rest of the replies is for nobody. */
			conn_close(conn);
			return WAIT_OK;
		}
		conn_next(conn);
		done++;
	}
	return WAIT_OK;
}

/* ---- .scan ---- */

/* The command with its % replaced by the cursor. */
static void add_scan(const struct step *step, const char *cursor,
		     struct buf *out)
{
	add_head(out, '*', step->word_count);
	for (size_t i = 0; i < step->word_count; i++) {
		const struct text *word = &step->words[i];

		if (word->len == 1 && word->data[0] == '%')
			add_bulk(out, cursor, strlen(cursor));
		else
			add_word(out, word, (struct vars){ 0 });
	}
}

/* [cursor [elements]]: false when the reply is nothing of the kind. */
static bool scan_page(const struct conn *conn, bool pairs, char *cursor,
		      size_t cursor_size, struct pool *pool)
{
	const struct reply *node = conn->replies.node;

	if (node[0].kind != REPLY_ARRAY || node[0].len != 2 ||
	    node[1].kind != REPLY_BULK || node[1].len == 0 ||
	    node[1].len >= cursor_size || node[2].kind != REPLY_ARRAY)
		return false;
	memcpy(cursor, conn_input(conn) + node[1].offset, node[1].len);
	cursor[node[1].len] = '\0';
	pool_reply(pool, &conn->replies, conn_input(conn), 2, pairs);
	return pool->count < REPLY_NODES_MAX;
}

static enum wait_state scan_all(struct conn *conn, const struct step *step,
				struct pool *pool, struct buf *got)
{
	bool pairs = step->want->kind == WANT_PAIRS;
	char cursor[32] = "0";
	long long stop = now_ms() + PIPE_MS;

	for (size_t round = 0; round < SCAN_ROUNDS_MAX; round++) {
		long long step_stop = now_ms() + STEP_MS;
		enum wait_state state;
		size_t at = 0;

		add_scan(step, cursor, &conn->out);
		state = conn_flush(conn);
		if (state == WAIT_OK)
			state = conn_reply(conn,
					   step_stop < stop ? step_stop : stop);
		if (state != WAIT_OK)
			return state;
		if (!scan_page(conn, pairs, cursor, sizeof(cursor), pool)) {
			reply_show(&conn->replies, conn_input(conn), &at, got);
			conn_next(conn);
			return WAIT_OK;
		}
		conn_next(conn);
		if (strcmp(cursor, "0") == 0)
			return WAIT_OK;
	}
	(void)buf_puts(got, "a cursor that never ends");
	return WAIT_OK;
}

enum wait_state run_scan(struct conn *conn, const struct step *step,
			 struct buf *got, bool *ret_same)
{
	struct pool seen, wanted;
	enum wait_state state;

	pool_open(&seen);
	pool_open(&wanted);
	state = scan_all(conn, step, &seen, got);
	pool_want(&wanted, step->want, (struct vars){ 0 });
	pool_sort(&seen, true);
	pool_sort(&wanted, true);
	*ret_same = got->len == 0 && pool_same(&seen, &wanted);
	for (size_t i = 0; got->len < SHOW_MAX && i < seen.count; i++) {
		(void)buf_puts(got, i ? " " : "{");
		(void)buf_puts(got, seen.bytes.data + seen.start[i]);
	}
	pool_close(&seen);
	pool_close(&wanted);
	return state;
}
