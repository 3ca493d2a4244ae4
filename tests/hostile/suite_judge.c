/* SPDX-License-Identifier: MIT */
/*
 * The language of the tables' "expect", and its judge.
 *
 *	refused EPERM ENOENT	its last line is DENIED, with no other error
 *	refused SIGSYS		likewise, by the filter's kill of a child
 *	harmless		its last line is INERT
 *	bounded			its last line is BOUNDED
 *	SIGSEGV			it died of that signal
 *	exit 255		it ended so, whatever it printed
 *	not started ENOEXEC	execve failed so
 *	memory limit, ...	as outcome_kind_name() says
 *	A or B			one of them
 *
 * A line that begins with ALLOWED is an escape, whatever else is expected.
 */
#include "suite.h"

#include <signal.h>

void found(struct finding *finding, const char *fmt, ...)
{
	va_list ap;

	if (finding->why[0])
		return;
	va_start(ap, fmt);
	(void)vsnprintf(finding->why, sizeof(finding->why), fmt, ap);
	va_end(ap);
}

/* The last line that has something in it, without its end. */
static void last_line(const struct buf *out, char *line, size_t size)
{
	size_t end = out->len, begin;

	while (end > 0 && out->data[end - 1] == '\n')
		end--;
	begin = end;
	while (begin > 0 && out->data[begin - 1] != '\n')
		begin--;
	(void)snprintf(line, size, "%.*s", (int)(end - begin),
		       out->len ? out->data + begin : "");
}

static const char *escape(const struct buf *out)
{
	const char *at = buf_text(out);

	if (strncmp(at, "ALLOWED ", 8) == 0)
		return at;
	at = strstr(at, "\nALLOWED ");
	return at ? at + 1 : NULL;
}

static bool has_word(const char *list, const char *word, size_t len)
{
	for (const char *at = list; (at = strstr(at, word)); at++)
		if (strncmp(at, word, len) == 0 &&
		    (at == list || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

/* DENIED errno=EPERM,ENOENT: each of them is among the expected ones. */
static bool is_refused(const char *expected, const char *line)
{
	char word[32];

	if (strncmp(line, "DENIED ", 7) != 0)
		return false;
	line += 7;
	if (strncmp(line, "errno=", 6) == 0)
		line += 6;
	while (*line) {
		size_t len = strcspn(line, ",");

		if (len == 0 || len >= sizeof(word))
			return false;
		(void)snprintf(word, sizeof(word), "%.*s", (int)len, line);
		if (!has_word(expected, word, len))
			return false;
		line += len + (line[len] == ',');
	}
	return true;
}

static bool ends_as(const char *name, const struct outcome *outcome)
{
	const char *abbreviation = sigabbrev_np(outcome->status);
	const char *error = strerrorname_np(outcome->status);

	if (outcome->kind == OUTCOME_SIGNALLED)
		return strncmp(name, "SIG", 3) == 0 && abbreviation &&
		       strcmp(name + 3, abbreviation) == 0;
	if (outcome->kind == OUTCOME_NOT_STARTED)
		return strncmp(name, "not started ", 12) == 0 && error &&
		       strcmp(name + 12, error) == 0;
	if (outcome->kind == OUTCOME_EXITED)
		return strncmp(name, "exit ", 5) == 0 &&
		       strtol(name + 5, NULL, 10) == outcome->status;
	return strcmp(name, outcome_kind_name(outcome->kind)) == 0;
}

static bool agrees(const char *alternative, const struct outcome *outcome,
		   const char *line)
{
	bool spoke = outcome->kind == OUTCOME_EXITED && outcome->status == 0;

	if (strncmp(alternative, "refused ", 8) == 0)
		return spoke && is_refused(alternative + 8, line);
	if (strcmp(alternative, "harmless") == 0)
		return spoke && strncmp(line, "INERT ", 6) == 0;
	if (strcmp(alternative, "bounded") == 0)
		return spoke && strncmp(line, "BOUNDED ", 8) == 0;
	return ends_as(alternative, outcome);
}

void judge(const char *expect, const struct outcome *outcome,
	   struct finding *finding)
{
	const char *allowed = escape(&outcome->out);
	char alternative[128], line[256];

	last_line(&outcome->out, line, sizeof(line));
	if (allowed) {
		found(finding, "an escape: %.*s", (int)strcspn(allowed, "\n"),
		      allowed);
		return;
	}
	for (const char *at = expect; *at;) {
		const char *end = strstr(at, " or ");
		size_t len = end ? (size_t)(end - at) : strlen(at);

		(void)snprintf(alternative, sizeof(alternative), "%.*s",
			       (int)len, at);
		if (agrees(alternative, outcome, line))
			return;
		at += len + (end ? 4 : 0);
	}
	found(finding, "%s (%d), and its last line is \"%s\"; expected: %s",
	      outcome_kind_name(outcome->kind), outcome->status, line, expect);
}

void judge_evidence(const struct attempt *attempt,
		    const struct outcome *outcome, struct finding *finding)
{
	int64_t cpu_ms = outcome->cpu_ns / 1000000;

	if ((attempt->evidence & SEEN_OOM_KILL) && !outcome->oom_kills)
		found(finding, "the control group saw no OOM kill");
	if ((attempt->evidence & SEEN_FORK_REFUSED) && !outcome->forks_refused)
		found(finding, "the control group refused no fork");
	if (attempt->cpu_min_ms && cpu_ms < attempt->cpu_min_ms)
		found(finding, "%lld ms of CPU time were counted, expected %d",
		      (long long)cpu_ms, attempt->cpu_min_ms);
	if (attempt->cpu_max_ms && cpu_ms > attempt->cpu_max_ms)
		found(finding, "%lld ms of CPU time were counted, at most %d",
		      (long long)cpu_ms, attempt->cpu_max_ms);
}
