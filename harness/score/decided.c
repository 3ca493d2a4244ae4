/* SPDX-License-Identifier: MIT */
/*
 * score.json: what is decided, and nothing that a clock or a load could
 * change.  Points and errors are text, so that no reader's floating point
 * makes a second form of them.
 */
#include "formats.h"
#include "fortnight/base.h"
#include "points.h"

const char *build_status_name(enum build_status status)
{
	static const char *const names[] = { [BUILD_OK] = "ok",
					     [BUILD_FAILED] = "failed",
					     [BUILD_NO_OUTPUT] = "no_output",
					     [BUILD_TIMEOUT] = "timeout",
					     [BUILD_REFUSED] = "refused" };

	return names[status];
}

const char *score_verdict_name(enum score_verdict verdict)
{
	static const char *const names[] = { [SCORE_SCORED] = "scored",
					     [SCORE_NOT_BUILT] = "not_built",
					     [SCORE_REFUSED] = "refused",
					     [SCORE_INFRA] = "infra" };

	return names[verdict];
}

json_t *json_fixed(double value)
{
	return json_sprintf("%.2f", value);
}

static json_t *json_points(int64_t points)
{
	char text[POINTS_TEXT];

	points_text(points, text);
	return json_string(text);
}

static json_t *area_json(const struct area_result *area)
{
	return json_pack(
		"{s:s, s:s, s:i, s:I, s:I, s:o}", "name", area->area->name,
		"kind", area_kind_name(area->area->kind), "weight",
		(int)area->area->weight, "cases", (json_int_t)area->case_count,
		"passed", (json_int_t)area->passed, "points",
		area->area->kind == AREA_SPEED ? json_null()
					       : json_points(area->points));
}

static json_t *case_json(const struct case_result *result)
{
	json_t *json = json_pack("{s:s, s:s}", "id", result->task_case->id,
				 "verdict", verdict_name(result->verdict));

	if (result->reason[0])
		(void)json_object_set_new(json, "reason",
					  json_text(result->reason,
						    strlen(result->reason)));
	return json;
}

static void add_areas(const struct score *score, json_t *areas, json_t *cases)
{
	for (size_t a = 0; a < score->task->area_count; a++) {
		const struct area_result *area = &score->areas[a];

		(void)json_array_append_new(areas, area_json(area));
		for (size_t i = 0; i < area->case_count; i++)
			(void)json_array_append_new(cases,
						    case_json(&area->cases[i]));
	}
}

json_t *format_decided(const struct score *score)
{
	json_t *areas = json_array(), *cases = json_array();
	const char *reason = score->build_reason;

	add_areas(score, areas, cases);
	return json_pack(
		"{s:i, s:{s:s, s:s}, s:{s:s}, s:s, s:s, s:{s:s, s:o}, s:o, s:o, "
		"s:o, s:o, s:o}",
		"format", 1, "pack", "name", score->task->name, "digest",
		score->task->digest, "tree", "digest", score->tree_digest,
		"suite", score->set == CASES_VISIBLE ? "visible" : "hidden",
		"verdict", score_verdict_name(score->verdict), "build",
		"status", build_status_name(score->build), "reason",
		json_text(reason, strlen(reason)), "points",
		json_points(score->points_decided), "points_max",
		json_points(score->points_decided_max), "standard_error",
		json_fixed(score->standard_error), "areas", areas, "cases",
		cases);
}

char *score_json(const struct score *score)
{
	json_auto_t *json = format_decided(score);

	return json_canonical(json);
}
