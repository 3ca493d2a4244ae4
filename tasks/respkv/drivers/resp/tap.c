/* SPDX-License-Identifier: MIT */
/*
 * TAP.  Nothing of the server's may pass for TAP: what it said is escaped, and
 * '#', which would start a directive, too.
 */
#include "driver.h"

#include <stdio.h>
#include <string.h>

void tap_plan(size_t plan)
{
	printf("1..%zu\n", plan);
}

static void put_safe(const char *text, size_t len, size_t max)
{
	size_t shown = len < max ? len : max;

	for (size_t i = 0; i < shown; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 32 && c < 127 && c != '#')
			putchar(c);
		else
			printf("\\x%02x", c);
	}
	if (shown < len)
		fputs("...", stdout);
}

static const char *wanted_of(const struct step *step)
{
	switch (step->kind) {
	case STEP_PIPE:
		return "every reply as given";
	case STEP_NONE:
	case STEP_HELD:
		return "nothing";
	case STEP_CLOSED:
		return "the connection closed";
	default:
		return "";
	}
}

void tap_line(size_t number, const struct step *step, const char *got,
	      size_t got_len, bool ok)
{
	const char *note = step->source;
	size_t note_len = step->source_len;
	const char *arrow = step->want ? memmem(note, note_len, "=>", 2) : NULL;

	if (arrow && arrow > note)
		note_len = (size_t)(arrow - note) - 1;
	printf("%sok %zu - ", ok ? "" : "not ", number);
	put_safe(note, note_len, NOTE_MAX);
	if (!ok) {
		fputs(": want ", stdout);
		if (step->want)
			put_safe(step->want->source, step->want->source_len,
				 SHOW_MAX);
		else
			fputs(wanted_of(step), stdout);
		fputs(", got ", stdout);
		put_safe(got, got_len, SHOW_MAX);
	}
	putchar('\n');
}
