/* SPDX-License-Identifier: MIT */
/* A small server: splits what clients send into requests, sends what the
 * caller answers. */
#ifndef SERVE_H
#define SERVE_H

#include <stddef.h>
#include <stdio.h>

enum {
	SERVE_PORT = 6400,
	WORDS_MAX = 4096,
	CLIENTS_MAX = 64
};

struct word {
	const char *data;
	size_t count;
};

struct request {
	int client; /* 0 to CLIENTS_MAX - 1 */
	int count;  /* of words; 0 for bytes that are no request */
	struct word word[WORDS_MAX + 1]; /* what is too much goes last */
};

/* Whether the first word is this one, in any mixture of cases. */
int request_is(const struct request *request, const char *name);
/* Writes into the reply of a client; NULL if it is gone. */
FILE *reply_to(int client);
/* Closes a client when its reply is sent. */
void hang_up(int client);

/* Listens and never returns, unless it cannot: then -1. */
int serve(void (*answer)(const struct request *request));

#endif
