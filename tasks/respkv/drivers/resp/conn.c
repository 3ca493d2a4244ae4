/* SPDX-License-Identifier: MIT */
/*
 * Connections to the server.  Every wait is a poll with a deadline, and every
 * write also reads what has come, so that neither side can block the other
 * for good.  SIGTERM tells that the server has ended: all waits end at once.
 */
#include "driver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t end_asked;

static void on_term(int sig)
{
	(void)sig;
	end_asked = 1;
}

bool asked_to_end(void)
{
	return end_asked != 0;
}

void watch_for_end(void)
{
	struct sigaction action = { .sa_handler = on_term };

	(void)sigaction(SIGTERM, &action, NULL);
}

long long now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void pause_ms(long long ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&time, NULL);
}

enum wait_state conn_open(struct conn *conn, int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)port) };
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return WAIT_CLOSED;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		(void)close(fd);
		return WAIT_CLOSED;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	conn->fd = fd;
	conn->used = true;
	conn->eof = false;
	conn->start = conn->in.len = conn->out.len = 0;
	replies_reset(&conn->replies);
	return WAIT_OK;
}

void conn_close(struct conn *conn)
{
	if (conn->fd >= 0)
		(void)close(conn->fd);
	conn->fd = -1;
	conn->start = conn->in.len = 0;
	replies_reset(&conn->replies);
}

/* Polls until something is ready; `ret_ready` holds the events.  What a server
 * sent before it ended is all there by then, and is read like any other: whether
 * the signal or the answer is seen first must not make a difference. */
static enum wait_state wait_for(struct conn *conn, short events,
				long long deadline_ms, short *ret_ready)
{
	struct pollfd pollfd = { .fd = conn->fd, .events = events };

	for (;;) {
		bool ending = asked_to_end();
		long long left = ending ? 0 : deadline_ms - now_ms();
		int rc = poll(&pollfd, 1, left > 0 ? (int)left : 0);

		if (rc > 0)
			break;
		if (rc == 0)
			return ending ? WAIT_GONE : WAIT_TIMEOUT;
		if (errno != EINTR)
			return WAIT_CLOSED;
	}
	*ret_ready = pollfd.revents;
	return WAIT_OK;
}

/* Takes over what the kernel holds.  Consumed bytes make room first. */
static enum wait_state take_input(struct conn *conn)
{
	static char chunk[256 << 10];
	ssize_t got;

	if (conn->start > 0) {
		memmove(conn->in.data, conn->in.data + conn->start,
			conn->in.len - conn->start);
		conn->in.len -= conn->start;
		conn->start = 0;
	}
	got = recv(conn->fd, chunk, sizeof(chunk), MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return WAIT_OK;
	if (got <= 0) {
		conn->eof = true;
		return WAIT_CLOSED;
	}
	return buf_add(&conn->in, chunk, (size_t)got) < 0 ? WAIT_BAD : WAIT_OK;
}

enum wait_state conn_fill(struct conn *conn, long long deadline_ms)
{
	short ready = 0;
	enum wait_state state;

	if (conn->fd < 0 || conn->eof)
		return WAIT_CLOSED;
	state = wait_for(conn, POLLIN, deadline_ms, &ready);
	return state == WAIT_OK ? take_input(conn) : state;
}

/* One write of at most `len` bytes; reads meanwhile. */
static enum wait_state send_some(struct conn *conn, const char *data,
				 size_t len, long long deadline_ms,
				 size_t *ret_sent)
{
	bool read_too = !conn->eof && conn->in.len < INPUT_MAX / 2;
	short ready = 0;
	enum wait_state state =
		wait_for(conn, (short)(POLLOUT | (read_too ? POLLIN : 0)),
			 deadline_ms, &ready);
	ssize_t sent;

	*ret_sent = 0;
	if (state != WAIT_OK)
		return state;
	if (ready & POLLIN)
		(void)take_input(conn);
	if (!(ready & (POLLOUT | POLLERR | POLLHUP)))
		return WAIT_OK;
	sent = send(conn->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent >= 0)
		*ret_sent = (size_t)sent;
	else if (errno != EAGAIN && errno != EINTR)
		return WAIT_CLOSED;
	return WAIT_OK;
}

enum wait_state conn_flush(struct conn *conn)
{
	long long deadline = now_ms() + STEP_MS;
	size_t done = 0;
	enum wait_state state = WAIT_OK;

	if (conn->fd < 0)
		return WAIT_CLOSED;
	conn->sent_ms = now_ms();
	while (done < conn->out.len && state == WAIT_OK) {
		size_t len = conn->out.len - done;
		size_t sent;

		if (conn->split > 0 && len > conn->split)
			len = conn->split;
		state = send_some(conn, conn->out.data + done, len, deadline,
				  &sent);
		done += sent;
		if (sent > 0)
			deadline = now_ms() + STEP_MS;
	}
	conn->out.len = 0;
	return state;
}

const char *conn_input(const struct conn *conn)
{
	return conn->in.data + conn->start;
}

enum wait_state conn_reply(struct conn *conn, long long deadline_ms)
{
	for (;;) {
		enum parse_state parsed =
			replies_parse(&conn->replies, conn_input(conn),
				      conn->in.len - conn->start);
		enum wait_state state;

		if (parsed == PARSE_DONE)
			return WAIT_OK;
		if (parsed == PARSE_BAD)
			return WAIT_BAD;
		state = conn_fill(conn, deadline_ms);
		if (state != WAIT_OK)
			return state;
		/* A reply that drips in must not outlast the deadline. */
		if (now_ms() > deadline_ms)
			return WAIT_TIMEOUT;
	}
}

void conn_next(struct conn *conn)
{
	conn->start += conn->replies.pos;
	if (conn->start == conn->in.len)
		conn->start = conn->in.len = 0;
	replies_reset(&conn->replies);
}

/* Sends a PING: WAIT_OK when it was answered by anything but LOADING, and
 * WAIT_BAD by something that is not RESP. */
static enum wait_state ask_once(struct conn *conn, long long deadline_ms)
{
	enum wait_state state;
	const struct reply *node;

	(void)buf_puts(&conn->out, "*1\r\n$4\r\nPING\r\n");
	state = conn_flush(conn);
	if (state == WAIT_OK)
		state = conn_reply(conn, deadline_ms);
	if (state != WAIT_OK)
		return state;
	node = &conn->replies.node[0];
	if (node->kind == REPLY_ERROR && node->len >= 7 &&
	    memcmp(conn_input(conn) + node->offset, "LOADING", 7) == 0)
		state = WAIT_TIMEOUT; /* later */
	conn_next(conn);
	return state;
}

enum wait_state conn_ready(struct conn *conn, int port)
{
	long long deadline = now_ms() + READY_MS;
	int closes = 0;

	while (now_ms() < deadline && closes < READY_CLOSES) {
		enum wait_state state = WAIT_OK;

		if (conn->fd < 0)
			state = conn_open(conn, port);
		if (state == WAIT_OK) {
			state = ask_once(conn, deadline);
			closes += state == WAIT_CLOSED;
		}
		if (state == WAIT_OK || state == WAIT_GONE || state == WAIT_BAD)
			return state;
		if (state == WAIT_CLOSED)
			conn_close(conn);
		if (asked_to_end())
			return WAIT_GONE;
		pause_ms(state == WAIT_CLOSED ? 5 : 20);
	}
	return closes >= READY_CLOSES ? WAIT_CLOSED : WAIT_TIMEOUT;
}
