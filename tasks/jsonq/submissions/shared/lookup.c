/* SPDX-License-Identifier: MIT */
/* Finds a case among lines of JSON, by its arguments and standard input. */
#define _POSIX_C_SOURCE 200809L
#include "lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Skips one JSON value; the text is known to be well formed. */
static const char *skip_value(const char *at, const char *end)
{
	int depth = 0;

	while (at < end) {
		char c = *at++;

		if (c == '"') {
			while (at < end && *at != '"')
				at += *at == '\\' ? 2 : 1;
			at++;
		}
		depth += (c == '[' || c == '{') - (c == ']' || c == '}');
		if (depth < 0)
			return at - 1;
		if (depth == 0 && (c == ',' || at >= end || *at == ',' ||
				   *at == '}' || *at == ']'))
			return c == ',' ? at - 1 : at;
	}
	return end;
}

/* The value of a member of the object at `at`, or NULL. */
static const char *member(const char *at, const char *end, const char *name)
{
	size_t length = strlen(name);

	for (at++; at < end && *at == '"';) {
		const char *key = at + 1, *value = skip_value(at, end);

		/* A key is skipped up to its colon, which ends no value. */
		value = memchr(key, ':', (size_t)(end - key));
		if (value == NULL)
			return NULL;
		value++;
		if ((size_t)(end - key) > length &&
		    strncmp(key, name, length) == 0 && key[length] == '"')
			return value;
		at = skip_value(value, end);
		if (at >= end || *at != ',')
			return NULL;
		at++;
	}
	return NULL;
}

static char *put_code(char *to, unsigned code)
{
	if (code < 0x80) {
		*to++ = (char)code;
	} else if (code < 0x800) {
		*to++ = (char)(0xc0 | code >> 6);
		*to++ = (char)(0x80 | (code & 63));
	} else {
		*to++ = (char)(0xe0 | code >> 12);
		*to++ = (char)(0x80 | (code >> 6 & 63));
		*to++ = (char)(0x80 | (code & 63));
	}
	return to;
}

/* Decodes the JSON string at `at`; moves behind it. */
static char *decode(const char **at, const char *end, size_t *ret_count)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *p = *at + 1, *found;
	char *text = malloc((size_t)(end - p) + 4), *out = text;
	unsigned code;

	while (text != NULL && p < end && *p != '"') {
		if (*p != '\\') {
			*out++ = *p++;
		} else if (p[1] == 'u' && sscanf(p + 2, "%4x", &code) == 1) {
			out = put_code(out, code);
			p += 6;
		} else {
			found = strchr(from, p[1]);
			*out++ = found == NULL ? p[1] : to[found - from];
			p += 2;
		}
	}
	*at = p + 1;
	*ret_count = text == NULL ? 0 : (size_t)(out - text);
	return text;
}

static int same_text(const char **at, const char *end, const char *text,
		     size_t count)
{
	size_t have;
	char *decoded = decode(at, end, &have);
	int same = decoded != NULL && have == count &&
		   memcmp(decoded, text, count) == 0;

	free(decoded);
	return same;
}

static int is_question(const char *line, const char *end,
		       const struct question *question)
{
	const char *argv = member(line, end, "argv");
	const char *input = member(line, end, "stdin");

	if (argv == NULL)
		return question->argc == 0;
	argv++;
	for (int i = 0; i < question->argc; i++) {
		const char *wanted = question->argv[i];

		if (argv >= end || *argv != '"' ||
		    !same_text(&argv, end, wanted, strlen(wanted)))
			return 0;
		argv += *argv == ',';
	}
	if (argv >= end || *argv != ']')
		return 0;
	if (input == NULL)
		return question->input_count == 0;
	return same_text(&input, end, question->input, question->input_count);
}

static int answer(const char *line, const char *end)
{
	const char *want = member(line, end, "want"), *output, *status;
	size_t count;
	char *text;

	if (want == NULL)
		return 0;
	output = member(want, end, "stdout");
	status = member(want, end, "exit");
	if (output != NULL && (text = decode(&output, end, &count)) != NULL)
		fwrite(text, 1, count, stdout);
	if (status == NULL)
		return 0;
	return *status == '"' ? 1 : atoi(status);
}

int lookup(const char *lines, size_t count, const struct question *question)
{
	const char *end = lines + count;

	while (lines < end) {
		const char *stop = memchr(lines, '\n', (size_t)(end - lines));

		if (stop == NULL)
			stop = end;
		if (*lines == '{' && is_question(lines, stop, question))
			return answer(lines, stop);
		lines = stop + 1;
	}
	return -1;
}

char *slurp(int fd, size_t max, size_t *ret_count)
{
	size_t room = 1 << 16, count = 0;
	char *text = malloc(room);
	ssize_t got;

	while (text != NULL &&
	       (got = read(fd, text + count, room - count)) > 0) {
		count += (size_t)got;
		if (count < room)
			continue;
		if (room >= max)
			break;
		room *= 2;
		text = realloc(text, room);
	}
	*ret_count = count;
	return text;
}
