/* SPDX-License-Identifier: MIT */
/*
 * One thread, one epoll.  A connection is read when there is something, its
 * whole requests are executed, and their replies are written as far as the
 * other side takes them.  While many bytes of replies wait, a connection is
 * not read: a client that doesn't listen holds up itself alone.
 */
#include "call.h"
#include "request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	EVENTS_MAX = 64,
	READ_MIN = 64 << 10,
	READ_MAX = 1 << 20,
	WAITING_MAX = 1 << 20, /* replies; above this nothing is read */
	SWEEP_MS = 1000
};

struct client {
	int fd;
	struct session session;
	struct parser parser;
	struct buf out;
	bool ended; /* it sends no more */
	uint32_t events;
};

static struct {
	int epoll, listener;
	bool deaf; /* too many connections: nobody is accepted */
	struct db dbs[DB_COUNT];
} server;

static int watch(int operation, int fd, uint32_t events, void *what)
{
	struct epoll_event event = { .events = events, .data.ptr = what };

	return epoll_ctl(server.epoll, operation, fd, &event);
}

/* ---- clients ---- */

static void client_free(struct client *client)
{
	close(client->fd);
	parser_done(&client->parser);
	buf_done(&client->out);
	free(client);
	if (server.deaf &&
	    watch(EPOLL_CTL_MOD, server.listener, EPOLLIN, NULL) == 0)
		server.deaf = false;
}

/* 0, or -1 if the connection is broken. */
static int client_write(struct client *client)
{
	size_t done = 0;

	while (done < client->out.len) {
		ssize_t sent = send(client->fd, client->out.data + done,
				    client->out.len - done, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno != EAGAIN)
			return -1;
		if (sent < 0)
			break;
		done += (size_t)sent;
	}
	buf_drop(&client->out, done);
	if (client->out.len == 0 && client->out.room > WAITING_MAX)
		buf_done(&client->out);
	return 0;
}

static void client_execute(struct client *client)
{
	struct call call = { .dbs = server.dbs,
			     .session = &client->session,
			     .out = &client->out };
	enum parsed parsed = PARSED_REQUEST;

	while (!client->session.closing && client->out.len < WAITING_MAX) {
		parsed = parser_next(&client->parser);
		if (parsed != PARSED_REQUEST)
			break;
		call.argv = client->parser.argv;
		call.argc = client->parser.count;
		call_run(&call);
	}
	if (parsed == PARSED_BAD) {
		reply_error(&call, "ERR Protocol error");
		client->session.closing = true;
	}
	parser_compact(&client->parser);
}

/* Executes and writes in turn until requests or the other side run out. */
static int client_serve(struct client *client)
{
	bool full;

	do {
		client_execute(client);
		full = client->out.len >= WAITING_MAX;
		if (client_write(client) < 0)
			return -1;
	} while (full && client->out.len < WAITING_MAX);
	return 0;
}

static void client_read(struct client *client)
{
	struct buf *in = &client->parser.in;
	size_t size = parser_missing(&client->parser);
	ssize_t got;

	size = size < READ_MIN ? READ_MIN : size > READ_MAX ? READ_MAX : size;
	buf_reserve(in, size);
	got = recv(client->fd, in->data + in->len, size, 0);
	if (got > 0)
		in->len += (size_t)got;
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		client->ended = true;
}

/* 0, or -1 if nothing more is to be done for it. */
static int client_rearm(struct client *client)
{
	bool closing = client->ended || client->session.closing;
	uint32_t events = 0;

	if (closing && client->out.len == 0)
		return -1;
	if (!closing && client->out.len < WAITING_MAX)
		events |= EPOLLIN;
	if (client->out.len > 0)
		events |= EPOLLOUT;
	if (events == client->events)
		return 0;
	client->events = events;
	return watch(EPOLL_CTL_MOD, client->fd, events, client);
}

static void client_event(struct client *client, uint32_t events)
{
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		client_read(client);
	if (client_serve(client) < 0 || client_rearm(client) < 0)
		client_free(client);
}

static void client_accept(void)
{
	int on = 1;
	int fd = accept4(server.listener, NULL, NULL,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct client *client;

	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		server.deaf = watch(EPOLL_CTL_MOD, server.listener, 0, NULL) ==
			      0;
	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	client = take(sizeof(*client));
	client->fd = fd;
	client->events = EPOLLIN;
	parser_init(&client->parser);
	if (watch(EPOLL_CTL_ADD, fd, EPOLLIN, client) < 0)
		client_free(client);
}

/* ---- the server ---- */

static int listen_on(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)port) };
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, SOMAXCONN) < 0)
		return -1;
	return fd;
}

static void sweep(int64_t *last_ms)
{
	int64_t now_ms = clock_ms();

	if (now_ms - *last_ms < SWEEP_MS)
		return;
	*last_ms = now_ms;
	for (size_t i = 0; i < DB_COUNT; i++)
		db_sweep(&server.dbs[i]);
}

static int serve(void)
{
	struct epoll_event events[EVENTS_MAX];
	int64_t swept_ms = clock_ms();

	for (;;) {
		int count =
			epoll_wait(server.epoll, events, EVENTS_MAX, SWEEP_MS);

		if (count < 0 && errno != EINTR)
			return 1;
		for (int i = 0; i < count; i++) {
			struct client *client = events[i].data.ptr;

			if (client)
				client_event(client, events[i].events);
			else
				client_accept();
		}
		sweep(&swept_ms);
	}
}

int main(int argc, char **argv)
{
	int port = argc > 2 && strcmp(argv[1], "--port") == 0 ? atoi(argv[2])
							      : 0;

	if (port < 1 || port > 65535) {
		fprintf(stderr, "usage: run --port N --dir D\n");
		return 2;
	}
	server.epoll = epoll_create1(EPOLL_CLOEXEC);
	server.listener = listen_on(port);
	if (server.epoll < 0 || server.listener < 0 ||
	    watch(EPOLL_CTL_ADD, server.listener, EPOLLIN, NULL) < 0) {
		perror("run");
		return 1;
	}
	return serve();
}
