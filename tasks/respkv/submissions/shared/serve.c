/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CHUNK = 1 << 16,
	INPUT_MAX = 16 << 20
};

struct client {
	int fd; /* 0: free */
	int leaving;
	char *input;
	size_t count;
	FILE *reply;
	char *reply_text;
	size_t reply_count;
};

static struct client clients[CLIENTS_MAX];

int request_is(const struct request *request, const char *name)
{
	size_t count = strlen(name);

	return request->count > 0 && request->word[0].count == count &&
	       strncasecmp(request->word[0].data, name, count) == 0;
}

FILE *reply_to(int client)
{
	return clients[client].reply;
}

void hang_up(int client)
{
	clients[client].leaving = 1;
}

static void let_go(struct client *client)
{
	close(client->fd);
	fclose(client->reply);
	free(client->reply_text);
	free(client->input);
	memset(client, 0, sizeof(*client));
}

/* ---- requests ---- */

/* "*12\r\n": the number, with `at` behind it; -1 if it isn't there. */
static long number(const struct client *client, size_t *at, char mark)
{
	const char *from = client->input + *at;
	const char *end = memchr(from, '\n', client->count - *at);
	long value;

	if (end == NULL || *from != mark)
		return -1;
	value = strtol(from + 1, NULL, 10);
	*at = (size_t)(end + 1 - client->input);
	return value < 0 ? 0 : value;
}

/* Bytes of one line that is no request. */
static size_t take_line(const struct client *client, struct request *request)
{
	const char *end = memchr(client->input, '\n', client->count);

	request->count = 0;
	return end == NULL ? 0 : (size_t)(end + 1 - client->input);
}

/* Bytes of the first request; 0 if it isn't whole. */
static size_t take_request(const struct client *client, struct request *request)
{
	size_t at = 0;
	long count, length;

	if (client->count == 0 || client->input[0] != '*')
		return take_line(client, request);
	count = number(client, &at, '*');
	if (count < 0)
		return 0;
	request->count = count < WORDS_MAX ? (int)count : WORDS_MAX;
	for (long i = 0; i < count; i++) {
		struct word *word =
			&request->word[i < WORDS_MAX ? i : WORDS_MAX];

		if (at < client->count && client->input[at] != '$')
			return take_line(client, request);
		length = number(client, &at, '$');
		if (length < 0 || (size_t)length + 2 > client->count - at)
			return 0;
		word->data = client->input + at;
		word->count = (size_t)length;
		at += (size_t)length + 2;
	}
	return at;
}

static void answer_all(struct client *client,
		       void (*answer)(const struct request *request))
{
	static struct request request;
	size_t taken;

	request.client = (int)(client - clients);
	while (!client->leaving &&
	       (taken = take_request(client, &request)) > 0) {
		answer(&request);
		client->count -= taken;
		memmove(client->input, client->input + taken, client->count);
	}
}

/* ---- clients ---- */

static void send_replies(void)
{
	for (int i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &clients[i];
		size_t done = 0;
		ssize_t sent = 1;

		if (client->fd == 0)
			continue;
		fflush(client->reply);
		while (done < client->reply_count && sent > 0) {
			sent = send(client->fd, client->reply_text + done,
				    client->reply_count - done, MSG_NOSIGNAL);
			done += sent > 0 ? (size_t)sent : 0;
		}
		rewind(client->reply);
		if (client->leaving)
			let_go(client);
	}
}

static void hear(struct client *client,
		 void (*answer)(const struct request *request))
{
	ssize_t got;

	client->input = realloc(client->input, client->count + CHUNK);
	if (client->input == NULL)
		abort();
	got = read(client->fd, client->input + client->count, CHUNK);
	if (got <= 0 || client->count > INPUT_MAX) {
		client->leaving = 1;
		return;
	}
	client->count += (size_t)got;
	answer_all(client, answer);
}

static void greet(int listener)
{
	struct client *client = clients;
	int fd = accept(listener, NULL, NULL);

	while (client < clients + CLIENTS_MAX && client->fd != 0)
		client++;
	if (fd < 0)
		return;
	if (client == clients + CLIENTS_MAX) {
		close(fd);
		return;
	}
	client->fd = fd;
	client->reply =
		open_memstream(&client->reply_text, &client->reply_count);
	if (client->reply == NULL)
		abort();
}

static int listen_here(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(SERVE_PORT) };
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, CLIENTS_MAX) < 0)
		return -1;
	return fd;
}

int serve(void (*answer)(const struct request *request))
{
	struct pollfd wait[CLIENTS_MAX + 1];
	int listener = listen_here();

	if (listener < 0)
		return -1;
	for (;;) {
		for (int i = 0; i < CLIENTS_MAX; i++)
			wait[i] = (struct pollfd){ .fd = clients[i].fd
								 ? clients[i].fd
								 : -1,
						   .events = POLLIN };
		wait[CLIENTS_MAX] =
			(struct pollfd){ .fd = listener, .events = POLLIN };
		if (poll(wait, CLIENTS_MAX + 1, -1) < 0)
			return -1;
		for (int i = 0; i < CLIENTS_MAX; i++)
			if (wait[i].revents && clients[i].fd)
				hear(&clients[i], answer);
		if (wait[CLIENTS_MAX].revents)
			greet(listener);
		send_replies();
	}
}
