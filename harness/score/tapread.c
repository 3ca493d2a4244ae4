/* SPDX-License-Identifier: MIT */
#include "tapread.h"
#include "fortnight/base.h"

#include <strings.h>

static bool take_text(struct slice *text, const char *word)
{
	size_t len = strlen(word);

	if (text->len < len || memcmp(text->data, word, len) != 0)
		return false;
	text->data += len;
	text->len -= len;
	return true;
}

/* A decimal number without sign or leading zeros, up to a million. */
static bool take_number(struct slice *text, unsigned *ret_number)
{
	unsigned number = 0;
	size_t len = 0;

	while (len < text->len && len < 7 && text->data[len] >= '0' &&
	       text->data[len] <= '9')
		number = number * 10 + (unsigned)(text->data[len++] - '0');
	if (len == 0 || (text->data[0] == '0' && len > 1))
		return false;
	text->data += len;
	text->len -= len;
	*ret_number = number;
	return true;
}

/* " # SKIP" and " # TODO" would turn a failure into something else. */
static bool has_directive(struct slice rest)
{
	for (size_t i = 0; i + 1 < rest.len; i++) {
		size_t at = i + 2;

		if (rest.data[i] != ' ' || rest.data[i + 1] != '#')
			continue;
		while (at < rest.len && rest.data[at] == ' ')
			at++;
		if (rest.len - at >= 4 &&
		    (strncasecmp(rest.data + at, "skip", 4) == 0 ||
		     strncasecmp(rest.data + at, "todo", 4) == 0))
			return true;
	}
	return false;
}

static bool fault(struct tap_report *report, const char *fmt, ...)
	PRINTF_LIKE(2, 3);
static bool fault(struct tap_report *report, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(report->why, sizeof(report->why), fmt, ap);
	va_end(ap);
	return false;
}

static bool read_plan(struct slice line, unsigned plan,
		      struct tap_report *report)
{
	unsigned found;

	if (!take_text(&line, "1..") || !take_number(&line, &found) ||
	    line.len > 0)
		return fault(report, "the first line is not a plan");
	if (found != plan)
		return fault(report, "a plan of %u, the case says %u", found,
			     plan);
	return true;
}

static bool read_line(struct slice line, unsigned want,
		      struct tap_report *report)
{
	bool bad = take_text(&line, "not ");
	unsigned number;

	if (!take_text(&line, "ok ") || !take_number(&line, &number) ||
	    (line.len > 0 && line.data[0] != ' ') ||
	    memchr(line.data, '\0', line.len))
		return fault(report, "line %u is not a test line", want + 1);
	if (number != want)
		return fault(report, "test %u where test %u belongs", number,
			     want);
	if (has_directive(line))
		return fault(report, "test %u has a directive", number);
	if (!bad)
		report->ok++;
	else if (report->first_bad == 0)
		report->first_bad = number;
	return true;
}

static bool read_all(struct slice text, unsigned plan,
		     struct tap_report *report)
{
	struct slice line;
	unsigned count = 0;

	if (text.len == 0 || text.data[text.len - 1] != '\n')
		return fault(report, text.len == 0
					     ? "it printed nothing"
					     : "the last line is cut off");
	(void)slice_line(&text, &line);
	if (!read_plan(line, plan, report))
		return false;
	while (slice_line(&text, &line)) {
		if (count == plan)
			return fault(report, "more lines than the plan of %u",
				     plan);
		if (!read_line(line, ++count, report))
			return false;
	}
	if (count != plan)
		return fault(report, "%u of %u lines are missing", plan - count,
			     plan);
	return true;
}

void tap_read(struct slice text, unsigned plan, struct tap_report *ret_report)
{
	*ret_report = (struct tap_report){ .plan = plan };
	ret_report->valid = read_all(text, plan, ret_report);
}

void tap_add_failures(struct buf *buf, struct slice text, unsigned lines)
{
	struct slice line;
	unsigned found = 0;

	while (slice_line(&text, &line)) {
		struct slice rest = line;

		if (!take_text(&rest, "not ok "))
			continue;
		if (found++ == 0)
			buf_adds(buf, "the driver says:\n");
		if (found <= lines)
			diff_add_line(buf, "  ", line);
	}
	if (found > lines)
		buf_addf(buf, "  ... %u more\n", found - lines);
}
