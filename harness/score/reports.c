/* SPDX-License-Identifier: MIT */
/* TAP 14 and CTRF. */
#include "compare.h"
#include "formats.h"
#include "fortnight/base.h"
#include "fortnight/clock.h"

enum {
	REPORT_MAX = 1 << 30
};

static bool is_skipped(const struct score *score,
		       const struct case_result *result)
{
	return result->verdict == VERDICT_NOT_RUN &&
	       (score->verdict == SCORE_SCORED ||
		score->verdict == SCORE_INFRA);
}

/* What a case that never ran, because nothing was built, is told. */
static const char *reason_of(const struct score *score,
			     const struct case_result *result)
{
	if (result->verdict == VERDICT_NOT_RUN && score->build_reason[0])
		return score->build_reason;
	return result->reason;
}

/* A JSON string is a YAML string. */
static void add_yaml(struct buf *buf, const char *key, const char *text)
{
	json_auto_t *json = json_text(text, strlen(text));
	auto_free char *quoted = json_dumps(json, JSON_ENCODE_ANY);

	buf_addf(buf, "  %s: %s\n", key, quoted ? quoted : "\"\"");
}

static void add_yaml_block(struct buf *buf, const char *key, const char *text)
{
	struct slice rest = { text, strlen(text) }, line;

	buf_addf(buf, "  %s: |\n", key);
	while (slice_line(&rest, &line)) {
		buf_adds(buf, "    ");
		buf_add(buf, line.data, line.len);
		buf_addc(buf, '\n');
	}
}

static void add_test(struct buf *buf, const struct score *score, size_t number,
		     const struct case_result *result)
{
	bool skipped = is_skipped(score, result);

	buf_addf(buf, "%s %zu - %s%s\n",
		 result->verdict == VERDICT_PASSED || skipped ? "ok" : "not ok",
		 number, result->task_case->id,
		 skipped ? " # SKIP not run" : "");
	if (result->verdict == VERDICT_PASSED || skipped)
		return;
	buf_adds(buf, "  ---\n");
	add_yaml(buf, "verdict", verdict_name(result->verdict));
	add_yaml(buf, "reason", reason_of(score, result));
	if (result->diff && result->diff[0])
		add_yaml_block(buf, "diff", result->diff);
	buf_adds(buf, "  ...\n");
}

static size_t count_cases(const struct score *score)
{
	size_t count = 0;

	for (size_t i = 0; i < score->task->area_count; i++)
		count += score->areas[i].case_count;
	return count;
}

char *format_tap(const struct score *score)
{
	struct buf buf = BUF_INIT(REPORT_MAX);
	size_t number = 0;

	buf_addf(&buf, "TAP version 14\n1..%zu\n", count_cases(score));
	for (size_t a = 0; a < score->task->area_count; a++) {
		const struct area_result *area = &score->areas[a];

		for (size_t i = 0; i < area->case_count; i++)
			add_test(&buf, score, ++number, &area->cases[i]);
	}
	if (score->verdict == SCORE_INFRA)
		buf_addf(&buf, "Bail out! infrastructure: the suite is not "
			       "scored\n");
	return buf_steal(&buf);
}

/* ---- CTRF ------------------------------------------------------------------------ */

enum ctrf_status {
	CTRF_PASSED,
	CTRF_FAILED,
	CTRF_SKIPPED,
	CTRF_OTHER,
	CTRF_STATUS_COUNT
};

static const char *const ctrf_names[CTRF_STATUS_COUNT] = { "passed", "failed",
							   "skipped", "other" };

static enum ctrf_status ctrf_status(const struct score *score,
				    const struct case_result *result)
{
	if (result->verdict == VERDICT_PASSED)
		return CTRF_PASSED;
	if (result->verdict == VERDICT_INFRA)
		return CTRF_OTHER;
	return is_skipped(score, result) ? CTRF_SKIPPED : CTRF_FAILED;
}

static json_t *ctrf_test(const struct score *score,
			 const struct area_result *area,
			 const struct case_result *result)
{
	enum ctrf_status status = ctrf_status(score, result);
	const char *reason = reason_of(score, result);
	json_t *json = json_pack("{s:s, s:s, s:I, s:s, s:[s]}", "name",
				 result->task_case->id, "status",
				 ctrf_names[status], "duration",
				 (json_int_t)(result->wall_ns / NS_PER_MS),
				 "rawStatus", verdict_name(result->verdict),
				 "suite", area->area->name);

	if (result->attempts > 1)
		(void)json_object_set_new(json, "retries",
					  json_integer(result->attempts - 1));
	if (status == CTRF_FAILED || status == CTRF_OTHER)
		(void)json_object_set_new(json, "message",
					  json_text(reason, strlen(reason)));
	if (result->diff && result->diff[0])
		(void)json_object_set_new(json, "trace",
					  json_text(result->diff,
						    strlen(result->diff)));
	return json;
}

static json_t *ctrf_summary(const struct score *score,
			    const size_t counts[CTRF_STATUS_COUNT])
{
	int64_t start = score->started_wall_ns / NS_PER_MS;
	int64_t stop = start + score->wall_ns / NS_PER_MS;

	return json_pack("{s:I, s:I, s:I, s:I, s:i, s:I, s:I, s:I}", "tests",
			 (json_int_t)count_cases(score), "passed",
			 (json_int_t)counts[CTRF_PASSED], "failed",
			 (json_int_t)counts[CTRF_FAILED], "skipped",
			 (json_int_t)counts[CTRF_SKIPPED], "pending", 0,
			 "other", (json_int_t)counts[CTRF_OTHER], "start",
			 (json_int_t)start, "stop", (json_int_t)stop);
}

json_t *format_ctrf(const struct score *score)
{
	size_t counts[CTRF_STATUS_COUNT] = { 0 };
	json_t *tests = json_array();

	for (size_t a = 0; a < score->task->area_count; a++) {
		const struct area_result *area = &score->areas[a];

		for (size_t i = 0; i < area->case_count; i++) {
			const struct case_result *one = &area->cases[i];

			counts[ctrf_status(score, one)]++;
			(void)json_array_append_new(
				tests, ctrf_test(score, area, one));
		}
	}
	return json_pack("{s:s, s:s, s:{s:{s:s}, s:o, s:o}}", "reportFormat",
			 "CTRF", "specVersion", "1.0.0", "results", "tool",
			 "name", "fortnight", "summary",
			 ctrf_summary(score, counts), "tests", tests);
}
