/* SPDX-License-Identifier: MIT */
/* Sorted lines, and the difference between two sets of them. */
#include "suite.h"

void lines_add(struct lines *lines, const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	if (lines->count == lines->capacity) {
		lines->capacity = lines->capacity ? 2 * lines->capacity : 64;
		lines->line =
			realloc(lines->line, lines->capacity * sizeof(char *));
		if (!lines->line)
			abort();
	}
	lines->line[lines->count++] = text;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void lines_sort(struct lines *lines)
{
	if (lines->count)
		qsort(lines->line, lines->count, sizeof(char *), by_text);
}

void lines_done(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->line[i]);
	free(lines->line);
	*lines = (struct lines){ 0 };
}

void lines_compare(const struct lines *before, const struct lines *after,
		   struct finding *finding)
{
	size_t b = 0, a = 0, len = 0;

	while (b < before->count || a < after->count) {
		int order = b == before->count ? 1
			    : a == after->count
				    ? -1
				    : strcmp(before->line[b], after->line[a]);
		int n = 0;

		if (order < 0)
			n = snprintf(finding->why + len,
				     sizeof(finding->why) - len, "%sgone: %s",
				     len ? "; " : "", before->line[b]);
		if (order > 0)
			n = snprintf(finding->why + len,
				     sizeof(finding->why) - len, "%snew: %s",
				     len ? "; " : "", after->line[a]);
		len += (size_t)n;
		if (len >= sizeof(finding->why))
			return;
		b += order <= 0;
		a += order >= 0;
	}
}
