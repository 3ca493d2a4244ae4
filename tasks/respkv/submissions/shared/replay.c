/* SPDX-License-Identifier: MIT */
/*
 * A script is told by its commands: those that fit everything that was asked
 * so far are candidates, and the first of them gives the answer.  Replies that
 * a script reads later are sent as soon as it gets there.
 */
#define _GNU_SOURCE
#include "replay.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
	SCRIPTS_MAX = 4096,
	NAMES_MAX = 128
};

struct script {
	const char *next; /* the line that comes next; NULL: out of the race */
	int client[NAMES_MAX]; /* by name of the connection, -1: not seen */
};

static struct script scripts[SCRIPTS_MAX];
static int script_count;

/* ---- learning ---- */

/* Decodes the JSON string behind its quote; moves behind it. */
static char *decode(const char **at, const char *end)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *p = *at;
	char *text = malloc((size_t)(end - p) + 1), *out = text;

	while (text != NULL && p < end && *p != '"') {
		const char *found;

		if (*p != '\\') {
			*out++ = *p++;
			continue;
		}
		found = strchr(from, p[1]);
		*out++ = found == NULL ? p[1] : to[found - from];
		p += 2;
	}
	if (text != NULL)
		*out = '\0';
	*at = p;
	return text;
}

void replay_learn(const char *lines, size_t count)
{
	static const char mark[] = "\"script\":\"";
	const char *end = lines + count;

	while (script_count < SCRIPTS_MAX &&
	       (lines = memmem(lines, (size_t)(end - lines), mark,
			       sizeof(mark) - 1)) != NULL) {
		struct script *script = &scripts[script_count++];

		lines += sizeof(mark) - 1;
		script->next = decode(&lines, end);
		memset(script->client, -1, sizeof(script->client));
	}
}

/* ---- texts of a script ---- */

static const char *skip_blank(const char *at)
{
	while (*at == ' ')
		at++;
	return at;
}

/* One byte of a quoted text. */
static char unquote(const char **at)
{
	char digits[3] = "", c = *(*at)++;

	if (c != '\\')
		return c;
	c = *(*at)++;
	if (c != 'x')
		return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
	memcpy(digits, *at, 2);
	*at += 2;
	return (char)strtol(digits, NULL, 16);
}

/* Decodes a bare or quoted text into `out` (room for a line); its length. */
static size_t text(const char **at, const char *stops, char *out)
{
	char *from = out;

	if (**at == '"') {
		++*at;
		while (**at && **at != '"')
			*out++ = unquote(at);
		*at += **at == '"';
	} else {
		while (**at && !strchr(stops, **at))
			*out++ = *(*at)++;
	}
	return (size_t)(out - from);
}

/* ---- replies ---- */

static void put(const char **at, FILE *reply);

/* The elements up to the closing bracket: all, or `wanted` of them, or the first
 * one so many times. */
static void put_group(const char **at, long wanted, int repeat, FILE *reply)
{
	char *inside = NULL;
	size_t size = 0, chosen = 0;
	FILE *stream = open_memstream(&inside, &size);
	long count = 0;

	if (stream == NULL)
		return;
	while (*(*at = skip_blank(*at)) && !strchr("]}\n", **at)) {
		put(at, stream);
		fflush(stream);
		if (++count <= (repeat ? 1 : wanted))
			chosen = size;
	}
	*at += **at == ']' || **at == '}';
	fclose(stream);
	if (!repeat && count < wanted)
		wanted = count;
	fprintf(reply, "*%ld\r\n", wanted);
	for (long i = 0; i < (repeat ? wanted : 1); i++)
		fwrite(inside, 1, chosen, reply);
	free(inside);
}

/* "pick 3 {...}" and "draw 9 {...}". */
static void put_sample(const char **at, int repeat, FILE *reply)
{
	char *end;
	long wanted = strtol(*at, &end, 10);

	*at = skip_blank(end);
	*at += **at == '{';
	put_group(at, wanted, repeat, reply);
}

static void put_text(const char **at, FILE *reply)
{
	char *out = malloc(strlen(*at) + 1);
	size_t count;

	if (out == NULL)
		return;
	count = text(at, " ]}\n", out);
	fprintf(reply, "$%zu\r\n", count);
	fwrite(out, 1, count, reply);
	fputs("\r\n", reply);
	free(out);
}

static void put_line(const char **at, FILE *reply)
{
	size_t count = strcspn(*at, " ]}\n");

	fwrite(*at, 1, count, reply);
	fputs("\r\n", reply);
	*at += count;
}

static void put_number(const char **at, FILE *reply)
{
	char *end;

	fprintf(reply, ":%lld\r\n", strtoll(*at, &end, 10));
	*at = end + strcspn(end, " ]}\n");
}

static int skips(const char **at, const char *word)
{
	size_t count = strlen(word);

	if (strncmp(*at, word, count) != 0)
		return 0;
	*at += count;
	return 1;
}

/* The reply at `at`, or one of those that would do. */
static void put(const char **at, FILE *reply)
{
	if (skips(at, "nil*"))
		fputs("*-1\r\n", reply);
	else if (skips(at, "nil"))
		fputs("$-1\r\n", reply);
	else if (skips(at, "[") || skips(at, "{") || skips(at, "%{"))
		put_group(at, LONG_MAX, 0, reply);
	else if (skips(at, "pick "))
		put_sample(at, 0, reply);
	else if (skips(at, "draw "))
		put_sample(at, 1, reply);
	else if (isdigit((unsigned char)**at) ||
		 (**at == '-' && isdigit((unsigned char)(*at)[1])))
		put_number(at, reply);
	else if (**at == '+' || **at == '-')
		put_line(at, reply);
	else if (skips(at, "~") || **at == '"')
		put_text(at, reply);
	else if (skips(at, "any"))
		fputs("+OK\r\n", reply);
	else
		*at += strlen(*at);
}

/* ---- matching ---- */

/* "b: ", or nothing, which stands for a. */
static int connection(const char **at)
{
	const char *colon = *at;
	int name = 'a';

	while (islower((unsigned char)*colon) || isdigit((unsigned char)*colon))
		colon++;
	if (colon > *at && colon[0] == ':' && colon[1] == ' ') {
		name = **at;
		*at = colon + 2;
	}
	return name;
}

static int fits(const char **at, const struct request *request)
{
	char *word = malloc(strlen(*at) + 1);
	int same = word != NULL, i;

	for (i = 0; same && i < request->count; i++) {
		size_t count;

		*at = skip_blank(*at);
		if (**at == '\n' || strncmp(*at, "=>", 2) == 0)
			break;
		count = text(at, " \n", word);
		same = count == request->word[i].count &&
		       memcmp(word, request->word[i].data, count) == 0;
	}
	free(word);
	*at = skip_blank(*at);
	return same && i == request->count &&
	       (**at == '\n' || strncmp(*at, "=>", 2) == 0);
}

/* Sends what the line wants, if it wants something. */
static void satisfy(const char *at, const struct script *script, int name)
{
	int client = script->client[name % NAMES_MAX];
	FILE *reply = client < 0 ? NULL : reply_to(client);

	if (strncmp(at, "=>", 2) != 0 || reply == NULL)
		return;
	at = skip_blank(at + 2);
	put(&at, reply);
}

static const char *next_line(const char *at)
{
	at += strcspn(at, "\n");
	return at + (*at == '\n');
}

/* Past directives and replies that are read by themselves. */
static void go_on(struct script *script, int speak)
{
	while (*script->next) {
		const char *at = script->next;
		int name = connection(&at);

		if (*at != '.' && strncmp(at, "=>", 2) != 0)
			return;
		if (speak)
			satisfy(at, script, name);
		script->next = next_line(script->next);
	}
}

/* Whether the script goes on with this request. */
static int take(struct script *script, const struct request *request, int speak)
{
	const char *at = script->next;
	int name;

	if (at == NULL)
		return 0;
	go_on(script, 0);
	at = script->next;
	name = connection(&at);
	if (!fits(&at, request))
		return 0;
	script->client[name % NAMES_MAX] = request->client;
	script->next = next_line(at);
	if (speak) {
		satisfy(at, script, name);
		go_on(script, 1);
	}
	return 1;
}

void replay_answer(const struct request *request)
{
	/* The driver's own, before a script and between its lines. */
	int ping = request_is(request, "PING") && request->count == 1;
	int spoken = ping;

	if (ping)
		fputs("+PONG\r\n", reply_to(request->client));
	for (int i = 0; i < script_count; i++) {
		if (take(&scripts[i], request, spoken == 0))
			spoken = 1;
		else if (!ping)
			scripts[i].next = NULL;
	}
	if (spoken == 0)
		fputs("-ERR unknown\r\n", reply_to(request->client));
}
