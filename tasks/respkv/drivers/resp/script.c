/* SPDX-License-Identifier: MIT */
/* From the text of a script to its steps.  README.md has the notation. */
#include "driver.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum takes {
	TAKES_NOTHING,
	TAKES_NUMBER,
	TAKES_WORDS, /* and a reply that is wanted, perhaps */
};

static const struct directive {
	const char *name;
	enum step_kind kind;
	enum takes takes;
	bool counts; /* is an expectation even without => */
} directives[] = {
	{ ".raw", STEP_RAW, TAKES_WORDS, false },
	{ ".scan", STEP_SCAN, TAKES_WORDS, false },
	{ ".pipe", STEP_PIPE, TAKES_NUMBER, true },
	{ ".end", STEP_END, TAKES_NOTHING, false },
	{ ".none", STEP_NONE, TAKES_NUMBER, true },
	{ ".held", STEP_HELD, TAKES_NUMBER, true },
	{ ".closed", STEP_CLOSED, TAKES_NOTHING, true },
	{ ".close", STEP_CLOSE, TAKES_NOTHING, false },
	{ ".shut", STEP_SHUT, TAKES_NOTHING, false },
	{ ".sleep", STEP_SLEEP, TAKES_NUMBER, false },
	{ ".settle", STEP_SETTLE, TAKES_NOTHING, false },
	{ ".split", STEP_SPLIT, TAKES_NUMBER, false },
	{ ".cork", STEP_CORK, TAKES_NOTHING, false },
	{ ".flush", STEP_FLUSH, TAKES_NOTHING, false },
};

static size_t find_conn(struct script *script, const char *name, size_t len,
			struct cursor *cur)
{
	char key[NAME_MAX_BYTES] = "";

	if (len >= sizeof(key)) {
		cur->error = "connection's name too long";
		return 0;
	}
	memcpy(key, name, len);
	for (size_t i = 0; i < script->conns; i++)
		if (strcmp(script->names[i], key) == 0)
			return i;
	if (script->conns == CONNECTIONS_MAX) {
		cur->error = "too many connections";
		return 0;
	}
	memcpy(script->names[script->conns], key, sizeof(key));
	return script->conns++;
}

/* "b: GET k": the connection; without one it is a. */
static size_t parse_conn(struct script *script, struct cursor *cur)
{
	const char *end = cur->at;

	while (end < cur->end && islower((unsigned char)*end))
		end++;
	while (end < cur->end && isdigit((unsigned char)*end))
		end++;
	if (end + 1 < cur->end && end > cur->at && end[0] == ':' &&
	    end[1] == ' ') {
		size_t conn = find_conn(script, cur->at,
					(size_t)(end - cur->at), cur);

		cur->at = end + 2;
		return conn;
	}
	return find_conn(script, "a", 1, cur);
}

static void parse_words(struct step *step, struct cursor *cur)
{
	static struct text words[WORDS_MAX];
	size_t count = 0;

	cursor_blank(cur);
	while (cur->at < cur->end && !cur->error) {
		if (cursor_word(cur, "=>")) {
			step->want = want_parse(cur);
			break;
		}
		if (count == WORDS_MAX) {
			cur->error = "too many words";
			return;
		}
		words[count++] = text_parse(cur);
		cursor_blank(cur);
	}
	step->word_count = count;
	step->words = arena_take(count * sizeof(words[0]) + 1);
	memcpy(step->words, words, count * sizeof(words[0]));
}

static void parse_directive(struct script *script, struct step *step,
			    struct cursor *cur)
{
	const char *from = cur->at;
	size_t len;

	while (cur->at < cur->end && *cur->at != ' ')
		cur->at++;
	len = (size_t)(cur->at - from);
	for (size_t i = 0; i < sizeof(directives) / sizeof(*directives); i++) {
		const struct directive *d = &directives[i];

		if (strlen(d->name) != len || memcmp(d->name, from, len) != 0)
			continue;
		step->kind = d->kind;
		cursor_blank(cur);
		if (d->takes == TAKES_NUMBER)
			step->number = cursor_number(cur);
		else if (d->takes == TAKES_WORDS)
			parse_words(step, cur);
		if (!cur->error && d->takes != TAKES_WORDS &&
		    cur->at < cur->end)
			cur->error = "text behind the directive";
		script->plan += d->counts;
		return;
	}
	cur->error = "no such directive";
}

static void parse_step(struct script *script, struct step *step,
		       struct cursor *cur)
{
	step->conn = parse_conn(script, cur);
	step->source = cur->at;
	step->source_len = (size_t)(cur->end - cur->at);
	if (cur->at < cur->end && *cur->at == '.') {
		parse_directive(script, step, cur);
	} else {
		step->kind = STEP_COMMAND;
		parse_words(step, cur);
		if (step->word_count == 0)
			step->kind = STEP_EXPECT;
	}
	if (step->kind == STEP_SCAN && !step->want)
		cur->error = ".scan needs =>";
}

/* The lines between .pipe and .end belong to it: they are not counted. */
static const char *check_pipes(struct script *script)
{
	bool inside = false;

	for (size_t i = 0; i < script->count; i++) {
		const struct step *step = &script->step[i];

		if (step->kind == STEP_PIPE || step->kind == STEP_END) {
			if (inside == (step->kind == STEP_PIPE))
				return ".pipe and .end do not match";
			inside = !inside;
		} else if (inside &&
			   (step->kind != STEP_COMMAND || !step->want)) {
			return "only commands with => within .pipe";
		} else if (!inside && step->want) {
			script->plan++;
		}
	}
	return inside ? ".pipe without .end" : NULL;
}

int script_parse(struct script *script, const char *text, size_t len)
{
	const char *end = text + len;
	const char *problem;
	size_t lines = 1;

	for (const char *c = text; c < end; c++)
		lines += *c == '\n';
	script->step = arena_take(lines * sizeof(*script->step));
	for (size_t line = 1; text < end; line++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		struct cursor cur = { text, stop ? stop : end, NULL };

		text = cur.end + 1;
		cursor_blank(&cur);
		if (cur.at == cur.end || *cur.at == '#')
			continue;
		script->step[script->count].line = line;
		parse_step(script, &script->step[script->count++], &cur);
		if (cur.error) {
			fprintf(stderr, "script line %zu: %s\n", line,
				cur.error);
			return -1;
		}
	}
	problem = check_pipes(script);
	if (!problem && script->plan == 0)
		problem = "nothing is expected";
	if (problem)
		fprintf(stderr, "script: %s\n", problem);
	return problem ? -1 : 0;
}
