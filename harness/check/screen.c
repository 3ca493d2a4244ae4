/* SPDX-License-Identifier: MIT */
/* One screen: what the pack is, what its submissions scored, what is wrong. */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "internal.h"

enum {
	LINE_WIDTH = 100
};

static double points(int64_t value)
{
	return (double)value / (double)POINT;
}

/* "accepted/reference" is "reference" on the screen. */
static const char *short_name(const struct trial *trial)
{
	const char *slash = strchr(trial->submission->path, '/');

	return slash ? slash + 1 : trial->submission->path;
}

static void print_suite(const struct task *task,
			const struct suite_facts *facts, FILE *out)
{
	double cases = facts->cases ? (double)facts->cases : 1;

	fprintf(out,
		"pack %s  class %s  digest %.12s  contract %zu statements\n",
		task->name, task->class, task->digest, facts->statements);
	fprintf(out,
		"cases %zu in %zu areas, levels %.0f/%.0f/%.0f %%, heaviest "
		"case %.2f points\n",
		facts->cases, task->area_count,
		100 * (double)facts->level[0] / cases,
		100 * (double)facts->level[1] / cases,
		100 * (double)facts->level[2] / cases, facts->heaviest);
}

static void print_reference(const struct trial *trial, FILE *out)
{
	fprintf(out,
		"reference %-10s %.2f x%u (%u loaded)  flaky %d  suite %.1f s "
		"wall / %.1f s CPU\n",
		short_name(trial), points(trial->total), trial->repeats,
		trial->loaded, trial->flaky,
		(double)trial->wall_ns / (double)NS_PER_SEC,
		(double)trial->cpu_ns / (double)NS_PER_SEC);
}

static void print_second(const struct trial *trial, FILE *out)
{
	double share = trial->functional_max
			       ? 100 * (double)trial->functional /
					 (double)trial->functional_max
			       : 0;

	fprintf(out, "second    %-10s %.2f, %.2f %% of the functional points\n",
		short_name(trial), points(trial->total), share);
}

/* The roles that have a line of their own. */
static size_t print_role(const struct trial *trials, size_t count,
			 const char *role,
			 void (*print)(const struct trial *, FILE *), FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (!has_role(trials[i].submission, role))
			continue;
		print(&trials[i], out);
		n++;
	}
	return n;
}

/* Every other submission of a class, several on a line. */
static void print_class(const struct trial *trials, size_t count,
			const char *class, FILE *out)
{
	int column = 0;

	for (size_t i = 0; i < count; i++) {
		const struct trial *trial = &trials[i];
		char text[160];
		int len;

		if (!has_class(trial->submission, class) ||
		    trial->submission->role[0])
			continue;
		len = snprintf(text, sizeof(text), "  %s %.2f%s",
			       short_name(trial), points(trial->total),
			       trial->flaky ? " FLAKY" : "");
		if (column == 0)
			column = fprintf(out, "%-8s", class);
		else if (column + len > LINE_WIDTH)
			column = fprintf(out, "\n%-8s", "") - 1;
		column += len;
		(void)fputs(text, out);
	}
	if (column > 0)
		(void)fputc('\n', out);
}

static double most_gap(const struct trial *trials, size_t count)
{
	double gap = 0;

	for (size_t i = 0; i < count; i++)
		if (trials[i].gap > gap)
			gap = trials[i].gap;
	return gap;
}

static void print_cover(const struct suite_facts *facts, double gap, FILE *out)
{
	double cases = facts->cases ? (double)facts->cases : 1;

	fprintf(out,
		"spec      %zu/%zu statements covered (least %zu), %zu cases "
		"without a statement\n",
		facts->statements - facts->uncovered, facts->statements,
		facts->least, facts->without);
	fprintf(out,
		"visible   %zu cases (%.1f %%), %zu shared with the hidden; "
		"gap max %.1f\n",
		facts->visible, 100 * (double)facts->visible / cases,
		facts->shared, gap);
}

static void print_lines(const char *title, const struct buf *lines, FILE *out)
{
	if (lines->len > 0)
		fprintf(out, "%s\n%s", title, buf_text(lines));
}

void screen_print(const struct checker *checker,
		  const struct suite_facts *facts, const struct trial *trials,
		  size_t count)
{
	static const char *const classes[] = { "accepted",
					       "partial",
					       "noop",
					       "wrong_answer",
					       "time_limit_exceeded",
					       "cheat" };
	FILE *out = checker->options->out;

	print_suite(checker->task, facts, out);
	(void)print_role(trials, count, "reference", print_reference, out);
	if (print_role(trials, count, "second", print_second, out) == 0)
		fprintf(out, "second    n/a\n");
	fprintf(out, "answers   empty %.2f  constant %.2f '%s'  echo %.2f\n",
		points(facts->empty), points(facts->constant),
		facts->constant_text, points(facts->echo));
	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		print_class(trials, count, classes[i], out);
	print_cover(facts, most_gap(trials, count), out);
	print_lines("notes", &checker->notes, out);
	print_lines("breaches", &checker->breaches, out);
	fprintf(out, "RESULT %s%s\n", checker->breaches.len ? "fail" : "pass",
		checker->options->quick ? " (quick: not a proof)" : "");
}
