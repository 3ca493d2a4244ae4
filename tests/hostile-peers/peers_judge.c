/* SPDX-License-Identifier: MIT */
/*
 * From what was seen to one word:
 *
 *	ALLOWED		the attack got what it was after, or changed the machine
 *	no limit	nothing but our own watch ended it
 *	bounded		a limit of the sandbox's, or of the kernel's, stopped it
 *	holds		refused, or without effect, or it ended as it has to
 *	did not run	it did not start, or could not be set up: nothing is known
 *	other		none of these, in detail
 *
 * Where the table of tests/hostile names an error, any refusal will do here.
 */
#include "peers.h"

#include <signal.h>

static void put(struct cell *cell, const char *word, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
static void put(struct cell *cell, const char *word, const char *fmt, ...)
{
	va_list ap;

	(void)snprintf(cell->word, sizeof(cell->word), "%s", word);
	va_start(ap, fmt);
	(void)vsnprintf(cell->detail, sizeof(cell->detail), fmt, ap);
	va_end(ap);
	for (char *at = cell->detail; *at; at++)
		if ((unsigned char)*at < ' ' || *at == '|' || *at == '\177')
			*at = ' ';
}

/* The rest of the first line that begins with a word, or NULL. */
static const char *line_of(const struct buf *out, const char *word)
{
	static char line[SUITE_WHY_SIZE];
	size_t len = strlen(word);
	const char *at = buf_text(out);

	while (at && strncmp(at, word, len) != 0) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	if (!at)
		return NULL;
	at += len;
	(void)snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
	return line;
}

/* The last line that has something in it. */
static const char *end_of(const struct buf *buf)
{
	static char line[160];
	const char *text = buf_text(buf), *begin;
	size_t len = buf->len;

	while (len > 0 && (unsigned char)text[len - 1] <= ' ')
		len--;
	begin = text + len;
	while (begin > text && begin[-1] != '\n')
		begin--;
	(void)snprintf(line, sizeof(line), "%.*s", (int)(text + len - begin),
		       begin);
	return line;
}

static bool expects_limit(const struct attempt *attempt)
{
	return strstr(attempt->expect, "limit") ||
	       strstr(attempt->expect, "bounded");
}

/* What did not happen because it was never tried. */
static bool did_not_run(const struct seen *seen, struct cell *cell)
{
	const struct outcome *outcome = &seen->outcome;
	const char *line = line_of(&outcome->out, "not contained: ");

	if (line) {
		put(cell, "did not run", "the attack refused: no proof of %s",
		    line);
		return true;
	}
	if (!seen->begun) {
		put(cell, "did not run", "%s %d: %s%s%s",
		    outcome_kind_name(outcome->kind), outcome->status,
		    end_of(&outcome->err), seen->stopped[0] ? "; " : "",
		    seen->stopped);
		return true;
	}
	line = line_of(&outcome->out, "ALLOWED nothing:");
	if (line)
		put(cell, "did not run", "it could not be set up:%s", line);
	return line != NULL;
}

/* Files are made by many attempts, in /tmp too; where that is the machine's own
 * is said, and is no escape of this attempt. */
static bool is_more_than_files(const char *changed)
{
	static const char file[] = "new: file ";

	for (const char *at = changed; *at;) {
		size_t len = strnlen(at, sizeof(file) - 1); /* it may be cut */

		if (strncmp(at, file, len) != 0)
			return true;
		at += strcspn(at, ";");
		at += strspn(at, "; ");
	}
	return false;
}

static bool is_allowed(const struct attempt *attempt, const struct seen *seen,
		       struct cell *cell)
{
	const char *line = line_of(&seen->outcome.out, "ALLOWED ");

	if (line && expects_limit(attempt))
		put(cell, "no limit", "%s", line);
	else if (line)
		put(cell, "ALLOWED", "%s", line);
	else if (is_more_than_files(seen->changed.why))
		put(cell, "ALLOWED", "the machine changed: %s",
		    seen->changed.why);
	else if (seen->left)
		put(cell, "ALLOWED", "%ld processes outlive it", seen->left);
	else
		return false;
	return true;
}

static bool is_without_limit(const struct attempt *attempt,
			     const struct seen *seen, struct cell *cell)
{
	if (seen->stopped[0])
		put(cell, expects_limit(attempt) ? "no limit" : "other", "%s",
		    seen->stopped);
	else if (seen->oom_kill)
		put(cell, "no limit",
		    "the machine was out of memory and killed %ld",
		    seen->oom_kill);
	else
		return false;
	return true;
}

/* Ended by whoever runs it, or by the kernel on its behalf, with no last word. */
static void ended(const struct attempt *attempt, const struct seen *seen,
		  struct cell *cell)
{
	const struct outcome *outcome = &seen->outcome;
	struct finding finding = { .why = "" };

	judge(attempt->expect, outcome, &finding);
	if (!finding.why[0])
		put(cell, expects_limit(attempt) ? "bounded" : "holds", "%s %d",
		    outcome_kind_name(outcome->kind), outcome->status);
	else if (expects_limit(attempt))
		put(cell, "bounded", "it was ended: %s %d",
		    outcome_kind_name(outcome->kind), outcome->status);
	else
		put(cell, "other", "%s %d, not %s: %s",
		    outcome_kind_name(outcome->kind), outcome->status,
		    attempt->expect, end_of(&outcome->err));
}

void judge_cell(const struct attempt *attempt, const struct seen *seen,
		struct cell *cell)
{
	const char *line;

	if (did_not_run(seen, cell) || is_allowed(attempt, seen, cell) ||
	    is_without_limit(attempt, seen, cell))
		return;
	line = line_of(&seen->outcome.out, "DENIED ");
	if (line) {
		put(cell, "holds", "%s", line);
		return;
	}
	line = line_of(&seen->outcome.out, "BOUNDED ");
	if (line) {
		put(cell, "bounded", "%s", line);
		return;
	}
	line = line_of(&seen->outcome.out, "INERT ");
	if (line && seen->outcome.kind == OUTCOME_EXITED)
		put(cell,
		    strstr(attempt->expect, "harmless") ? "holds" : "no limit",
		    "%s", line);
	else
		ended(attempt, seen, cell);
}
