/* SPDX-License-Identifier: MIT */
/*
 * calibration.json.  Its table "speed" is part of the pack's digest and changes
 * only when the references are taken anew; the rest is a note of what the
 * last proof measured.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/fd.h"
#include "internal.h"

enum {
	CALIBRATION_MAX = 16 << 20,
	SEAL_REPEATS_MAX = 9,
	SPEED_CASES_MAX = TASK_CASES_MAX
};

static const char file_name[] = "calibration.json";

/* What is there, or an empty object; NULL with err when it is broken. */
static json_t *read_file(const struct task *task, struct error *err)
{
	auto_buf struct buf text = BUF_INIT(CALIBRATION_MAX);
	json_t *json = NULL;

	if (fd_read_file(task->dir, file_name, &text, err) < 0)
		return err->sys_errno == ENOENT ? json_object() : NULL;
	if (json_read(buf_text(&text), text.len, file_name, 1, &json, err) < 0)
		return NULL;
	if (!json_is_object(json)) {
		json_decref(json);
		(void)error_set(err, ERROR_INPUT, "%s is not an object",
				file_name);
		return NULL;
	}
	return json;
}

static bool has_references(const json_t *cases, const struct task_area *area)
{
	for (size_t i = 0; i < area->case_count; i++)
		if (json_integer_value(
			    json_object_get(cases, area->cases[i].id)) <= 0)
			return false;
	return true;
}

bool seal_is_whole(const struct task *task)
{
	struct error err = ERROR_INIT;
	json_auto_t *json = read_file(task, &err);
	const json_t *speed = json_object_get(json, "speed");
	bool loop = json_integer_value(json_object_get(speed, "loop_ns")) > 0;

	for (size_t a = 0; a < task->area_count; a++)
		if (task->areas[a].kind == AREA_SPEED &&
		    task->areas[a].case_count > 0 &&
		    !(loop && has_references(json_object_get(speed, "cases"),
					     &task->areas[a])))
			return false;
	return true;
}

/* ---- speed ---------------------------------------------------------------------- */

/* The times of every speed case in every repeat, and of the loop beside. */
struct times {
	int64_t cpu[SEAL_REPEATS_MAX], loop[SEAL_REPEATS_MAX];
};

static int64_t best_of(const struct case_result *result)
{
	int64_t best = result->speed_cpu_ns[0];

	for (size_t i = 1; i < ARRAY_LEN(result->speed_cpu_ns); i++)
		if (result->speed_cpu_ns[i] > 0 &&
		    result->speed_cpu_ns[i] < best)
			best = result->speed_cpu_ns[i];
	return best;
}

static int note_case(const struct case_result *result, unsigned repeat,
		     struct times *times, struct error *err)
{
	if (result->verdict != VERDICT_PASSED)
		return error_set(err, ERROR_INPUT,
				 "the reference cannot be timed: case %s is "
				 "%s (%s)",
				 result->task_case->id,
				 verdict_name(result->verdict), result->reason);
	times->cpu[repeat] = best_of(result);
	times->loop[repeat] = result->speed_loop_ns;
	return 0;
}

static int note_repeat(const struct score *score, unsigned repeat,
		       struct times *times, struct error *err)
{
	size_t n = 0;

	if (score->verdict != SCORE_SCORED)
		return error_set(err, ERROR_INPUT,
				 "the reference cannot be timed: %s",
				 score->verdict == SCORE_INFRA
					 ? score->infra_reason
					 : score->build_reason);
	for (size_t a = 0; a < score->task->area_count; a++) {
		const struct area_result *area = &score->areas[a];

		if (area->area->kind != AREA_SPEED)
			continue;
		for (size_t i = 0; i < area->case_count; i++)
			if (note_case(&area->cases[i], repeat, &times[n++],
				      err) < 0)
				return -1;
	}
	return 0;
}

/* Each case's median, in terms of one loop time for all. */
static json_t *speed_json(const struct task *task, struct times *times,
			  unsigned repeats)
{
	int64_t loop = median(times[0].loop, repeats);
	json_t *cases = json_object();
	size_t n = 0;

	for (size_t a = 0; a < task->area_count; a++) {
		const struct task_area *area = &task->areas[a];

		if (area->kind != AREA_SPEED)
			continue;
		for (size_t i = 0; i < area->case_count; i++, n++) {
			int64_t cpu = median(times[n].cpu, repeats);
			int64_t own = n ? median(times[n].loop, repeats) : loop;

			(void)json_object_set_new(
				cases, area->cases[i].id,
				json_integer((json_int_t)((double)cpu *
							  (double)loop /
							  (double)own)));
		}
	}
	return json_pack("{s:I, s:o}", "loop_ns", (json_int_t)loop, "cases",
			 cases);
}

int seal_speed(struct checker *checker, const struct task_submission *reference,
	       unsigned repeats, struct error *err)
{
	const struct task *task = checker->task;
	auto_free struct times *times =
		xcalloc(task->case_count + 1, sizeof(*times));
	json_auto_t *json = read_file(task, err);

	if (!json)
		return -1;
	repeats = repeats < SEAL_REPEATS_MAX ? repeats : SEAL_REPEATS_MAX;
	checker->label = "reference times";
	for (unsigned i = 0; i < repeats; i++) {
		auto_score struct score *score = NULL;

		if (score_submission(checker, reference, false, true, &score,
				     err) < 0 ||
		    note_repeat(score, i, times, err) < 0)
			return -1;
	}
	(void)json_object_set_new(json, "format", json_integer(1));
	(void)json_object_set_new(json, "speed",
				  speed_json(task, times, repeats));
	return json_write_file(task->dir, file_name, json, err);
}

/* ---- the rest --------------------------------------------------------------------- */

static json_t *trial_json(const struct trial *trial)
{
	return json_pack(
		"{s:s, s:o, s:o}", "path", trial->submission->path, "score",
		json_sprintf("%.2f", (double)trial->total / (double)POINT),
		"functional",
		json_sprintf("%.2f",
			     (double)trial->functional / (double)POINT));
}

static json_t *suite_json(const struct trial *reference)
{
	return json_pack("{s:o, s:o}", "wall_seconds",
			 json_sprintf("%.1f", (double)reference->wall_ns /
						      (double)NS_PER_SEC),
			 "cpu_seconds",
			 json_sprintf("%.1f", (double)reference->cpu_ns /
						      (double)NS_PER_SEC));
}

int seal_results(const struct task *task, const struct trial *trials,
		 size_t count, struct error *err)
{
	json_auto_t *json = read_file(task, err);
	json_t *list = json_array();

	if (!json) {
		json_decref(list);
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		if (has_role(trials[i].submission, "reference"))
			(void)json_object_set_new(json, "suite",
						  suite_json(&trials[i]));
		(void)json_array_append_new(list, trial_json(&trials[i]));
	}
	(void)json_object_set_new(json, "format", json_integer(1));
	(void)json_object_set_new(json, "pack", json_string(task->digest));
	(void)json_object_set_new(json, "submissions", list);
	return json_write_file(task->dir, file_name, json, err);
}
