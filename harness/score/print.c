/* SPDX-License-Identifier: MIT */
/* The table and the first failures: what a person reads. */
#include "compare.h"
#include "formats.h"
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/text.h"
#include "points.h"

#include <libsmartcols/libsmartcols.h>

enum {
	CELL_MAX = 200,
	REASON_MAX = 1600,
	LOG_LINES = 12,
	LOG_COLUMNS = 240, /* bytes of a line that are shown */
	TEXT_MAX = 1 << 20
};

enum column {
	COLUMN_AREA,
	COLUMN_KIND,
	COLUMN_CASES,
	COLUMN_PASSED,
	COLUMN_POINTS,
	COLUMN_OF,
	COLUMN_NOTE
};

static const struct {
	const char *name;
	int flags;
} columns[] = {
	[COLUMN_AREA] = { "AREA", 0 },
	[COLUMN_KIND] = { "KIND", 0 },
	[COLUMN_CASES] = { "CASES", SCOLS_FL_RIGHT },
	[COLUMN_PASSED] = { "PASSED", SCOLS_FL_RIGHT },
	[COLUMN_POINTS] = { "POINTS", SCOLS_FL_RIGHT },
	[COLUMN_OF] = { "OF", SCOLS_FL_RIGHT },
	[COLUMN_NOTE] = { "NOT PASSED", 0 },
};

static const char *colour(bool wanted, const char *code)
{
	return wanted ? code : "";
}

static const char *const red = "\033[31m", *const green = "\033[32m",
			 *const bold = "\033[1m", *const plain = "\033[0m";

/* "3 failed, 1 timeout" */
static void add_note(struct buf *buf, const struct area_result *area)
{
	size_t counts[VERDICT_COUNT] = { 0 };

	for (size_t i = 0; i < area->case_count; i++)
		counts[area->cases[i].verdict]++;
	counts[VERDICT_PASSED] = 0;
	for (size_t v = 0; v < VERDICT_COUNT; v++)
		if (counts[v] > 0)
			buf_addf(buf, "%s%zu %s", buf->len ? ", " : "",
				 counts[v],
				 v == VERDICT_NOT_RUN
					 ? "not run"
					 : verdict_name((enum verdict)v));
}

static void cell(struct libscols_line *line, enum column column,
		 const char *text)
{
	if (scols_line_set_data(line, column, text) != 0)
		abort();
}

static void cell_count(struct libscols_line *line, enum column column,
		       size_t count)
{
	char text[CELL_MAX];

	(void)snprintf(text, sizeof(text), "%zu", count);
	cell(line, column, text);
}

static void add_row(struct libscols_table *table,
		    const struct area_result *area)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	auto_buf struct buf note = BUF_INIT(CELL_MAX);
	char points[POINTS_TEXT];

	if (!line)
		abort();
	points_short(area->points + area->speed_points, points);
	add_note(&note, area);
	cell(line, COLUMN_AREA, area->area->name);
	cell(line, COLUMN_KIND, area_kind_name(area->area->kind));
	cell_count(line, COLUMN_CASES, area->case_count);
	cell_count(line, COLUMN_PASSED, area->passed);
	cell(line, COLUMN_POINTS, points);
	cell_count(line, COLUMN_OF, area->area->weight);
	cell(line, COLUMN_NOTE, buf_text(&note));
}

/* Through a string, so that the library decides nothing by the stream. */
static void print_table(const struct score *score, FILE *out)
{
	struct libscols_table *table = scols_new_table();
	struct slice rest, line;
	char *text = NULL;

	if (!table)
		abort();
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		if (!scols_table_new_column(table, columns[i].name, 0,
					    columns[i].flags))
			abort();
	(void)scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	for (size_t i = 0; i < score->task->area_count; i++)
		add_row(table, &score->areas[i]);
	if (scols_print_table_to_string(table, &text) != 0)
		abort();
	rest = (struct slice){ text, strlen(text) };
	while (slice_line(&rest, &line)) {
		while (line.len > 0 && line.data[line.len - 1] == ' ')
			line.len--;
		fprintf(out, "%.*s\n", (int)line.len, line.data);
	}
	free(text);
	scols_unref_table(table);
}

/* How much of a line to show: at most max bytes, and no part of a character. */
static size_t shown_len(struct slice line, size_t max)
{
	if (line.len <= max)
		return line.len;
	for (size_t i = 0; i < 3 && ((unsigned char)line.data[max] >> 6) == 2;
	     i++)
		max--;
	return max;
}

static void print_indented(const char *text, size_t line_max, FILE *out)
{
	struct slice rest = { text, strlen(text) }, line;

	while (slice_line(&rest, &line)) {
		auto_buf struct buf safe = BUF_INIT(TEXT_MAX);
		size_t len = shown_len(line, line_max);

		text_add_safe(&safe, line.data, len);
		fprintf(out, "    %s%s\n", buf_text(&safe),
			len < line.len ? "..." : "");
	}
}

static void print_failure(const struct case_result *result, bool coloured,
			  FILE *out)
{
	auto_buf struct buf reason = BUF_INIT(REASON_MAX);

	text_add_safe(&reason, result->reason, strlen(result->reason));
	fprintf(out, "\n%s%s%s  %s: %s\n", colour(coloured, red),
		result->task_case->id, colour(coloured, plain),
		verdict_name(result->verdict), buf_text(&reason));
	if (result->diff)
		print_indented(result->diff, TEXT_MAX, out); /* cut */
}

static void print_failures(const struct score *score, unsigned failures_max,
			   bool coloured, FILE *out)
{
	size_t shown = 0, all = 0;

	for (size_t a = 0; a < score->task->area_count; a++) {
		const struct area_result *area = &score->areas[a];

		for (size_t i = 0; i < area->case_count; i++) {
			const struct case_result *one = &area->cases[i];

			if (one->verdict == VERDICT_PASSED ||
			    one->verdict == VERDICT_NOT_RUN)
				continue;
			all++;
			if (all > failures_max)
				continue;
			print_failure(one, coloured, out);
			shown++;
		}
	}
	if (failures_max > 0 && all > shown)
		fprintf(out, "\n... and %zu more that did not pass\n",
			all - shown);
}

/* The last lines of a log. */
static void print_log(const char *log, FILE *out)
{
	const char *from = log + strlen(log);

	for (unsigned lines = 0; from > log; from--)
		if (from[-1] == '\n' && ++lines > LOG_LINES)
			break;
	print_indented(from, LOG_COLUMNS, out);
}

static void print_not_built(const struct score *score, bool coloured, FILE *out)
{
	auto_buf struct buf reason = BUF_INIT(REASON_MAX);

	text_add_safe(&reason, score->build_reason,
		      strlen(score->build_reason));
	fprintf(out, "%s%s%s: %s\n", colour(coloured, red),
		score->verdict == SCORE_REFUSED ? "refused" : "not built",
		colour(coloured, plain), buf_text(&reason));
	if (score->build_log && score->build_log[0]) {
		fprintf(out, "  the end of the build's output:\n");
		print_log(score->build_log, out);
	}
}

static void print_total(const struct score *score, bool coloured, FILE *out)
{
	char total[POINTS_TEXT], decided[POINTS_TEXT], max[POINTS_TEXT];
	char speed[POINTS_TEXT];

	if (score->verdict == SCORE_INFRA) {
		fprintf(out, "%snot scored%s: %s\n", colour(coloured, red),
			colour(coloured, plain), score->infra_reason);
		return;
	}
	points_short(score_total(score), total);
	points_short(score->points_decided, decided);
	points_short(score->points_decided_max, max);
	points_short(score->points_measured, speed);
	fprintf(out,
		"%stotal %s%s of 100  (standard error %.2f; decided %s of %s, "
		"speed %s)\n",
		colour(coloured, score_total(score) > 0 ? green : bold), total,
		colour(coloured, plain), score->standard_error, decided, max,
		speed);
}

static void print_footer(const struct score *score, FILE *out)
{
	fprintf(out, "pack %s %.12s  tree %.12s%s  build %.1f s  all %.1f s\n",
		score->task->name, score->task->digest, score->tree_digest,
		score->set == CASES_VISIBLE ? "  visible cases" : "",
		(double)score->build_wall_ns / (double)NS_PER_SEC,
		(double)score->wall_ns / (double)NS_PER_SEC);
}

void score_print(const struct score *score, unsigned failures_max,
		 bool coloured, FILE *out)
{
	bool built = score->verdict == SCORE_SCORED ||
		     score->verdict == SCORE_INFRA;

	if (built)
		print_table(score, out);
	else
		print_not_built(score, coloured, out);
	print_total(score, coloured, out);
	print_footer(score, out);
	if (built)
		print_failures(score, failures_max, coloured, out);
}
