/* SPDX-License-Identifier: MIT */
/*
 * Speed areas: one case at a time, nothing beside it, after everything else.
 *
 * The first run decides whether the answer is right; a timeout is seen twice
 * before it counts.  A right answer is timed again, three times at most, and the
 * least CPU time is taken: what disturbs a measurement only ever adds to it.
 */
#include "fortnight/base.h"
#include "internal.h"
#include "points.h"

static int64_t scaled(int64_t ref_ns, int64_t loop_now, int64_t loop_sealed)
{
	return (int64_t)((double)ref_ns * (double)loop_now /
			 (double)loop_sealed);
}

static void keep_least(int64_t *least, int64_t value)
{
	if (*least == 0 || value < *least)
		*least = value;
}

/* Whether timing it again could still change what it is worth. */
static bool is_settled(const struct engine *engine,
		       const struct case_result *result, int64_t ref_ns)
{
	if (engine->options->visible)
		return true;
	if (engine->options->no_reference)
		return false;
	return speed_credit(speed_best_ns(result), ref_ns) == CREDIT_FULL;
}

/* In a new pod: the old one's loopback has counted what went over it, and a repeat
 * that knows of the last is no repeat. */
static int case_again(struct lane *lane, const struct task_area *area,
		      const struct task_case *task_case,
		      struct case_result *result, struct error *err)
{
	lane_close(lane);
	return lane_case(lane, area, task_case, result, err);
}

static int decide_speed(struct lane *lane, const struct task_area *area,
			struct case_result *result, struct error *err)
{
	const struct task_case *task_case = result->task_case;
	unsigned attempts;

	if (lane_case(lane, area, task_case, result, err) < 0)
		return -1;
	if (result->verdict != VERDICT_TIMEOUT)
		return 0;
	lane->engine->score->reruns++;
	attempts = result->attempts;
	free(result->diff);
	if (case_again(lane, area, task_case, result, err) < 0)
		return -1;
	result->attempts += attempts;
	return 0;
}

/* More times for an answer that is right. */
static int time_again(struct lane *lane, const struct task_area *area,
		      struct case_result *result, int64_t loop_sealed,
		      struct error *err)
{
	int64_t loop_now = score_calibration_loop_ns();
	int64_t ref = result->speed_ref_ns;

	result->speed_cpu_ns[0] = result->cpu_ns;
	for (unsigned i = 1; i < ARRAY_LEN(result->speed_cpu_ns); i++) {
		struct case_result again = { 0 };
		int rc;

		if (is_settled(lane->engine, result,
			       scaled(ref, loop_now, loop_sealed)))
			break;
		rc = case_again(lane, area, result->task_case, &again, err);
		if (rc == 0 && again.verdict == VERDICT_PASSED)
			result->speed_cpu_ns[i] = again.cpu_ns;
		result->attempts += again.attempts;
		free(again.diff);
		if (rc < 0)
			return -1;
		keep_least(&loop_now, score_calibration_loop_ns());
	}
	result->speed_loop_ns = loop_now;
	result->speed_ref_ns = scaled(ref, loop_now, loop_sealed);
	return 0;
}

static int run_case(struct lane *lane, const struct task_area *area,
		    struct case_result *slot, int64_t loop_sealed,
		    struct error *err)
{
	struct case_result result = { .task_case = slot->task_case };
	struct score *score = lane->engine->score;
	struct error why = ERROR_INIT;
	int64_t ref = slot->speed_ref_ns;

	if (!engine_may_go_on(lane->engine, err))
		return -1;
	if (decide_speed(lane, area, &result, &why) < 0) {
		*err = why;
		return -1;
	}
	result.speed_ref_ns = ref;
	free(slot->diff);
	*slot = result;
	engine_note_infra(lane->engine, slot, why.text);
	if (slot->verdict == VERDICT_PASSED &&
	    time_again(lane, area, slot, loop_sealed, err) < 0)
		return -1;
	score->runs += slot->attempts;
	score->cpu_ns += slot->cpu_ns;
	lane->engine->done++;
	engine_progress(lane->engine, area->name);
	return 0;
}

/* Every timeout here is confirmed, so the cut needs no second look. */
static int run_area(struct lane *lane, struct area_result *area,
		    int64_t loop_sealed, struct error *err)
{
	for (size_t i = 0; i < area->case_count && !lane->engine->stop; i++) {
		struct case_result *slot = &area->cases[i];

		if (cut_point(area->cases, area->case_count) <= i) {
			slot->verdict = VERDICT_CUT;
			(void)snprintf(slot->reason, sizeof(slot->reason),
				       "ten timeouts in a row before it");
			lane->engine->done++;
			continue;
		}
		if (run_case(lane, area->area, slot, loop_sealed, err) < 0)
			return -1;
	}
	return 0;
}

int engine_run_speed(struct engine *engine, struct error *err)
{
	bool measured = !engine->options->no_reference &&
			!engine->options->visible;
	struct lane lane = { .engine = engine };
	int64_t loop_sealed = 1;
	int rc = 0;

	if (engine->options->skip_speed)
		return 0;
	if (measured)
		loop_sealed = engine->score->loop_sealed_ns;
	for (size_t a = 0; a < engine->task->area_count && rc == 0; a++)
		if (engine->task->areas[a].kind == AREA_SPEED)
			rc = run_area(&lane, &engine->score->areas[a],
				      loop_sealed, err);
	lane_close(&lane);
	return rc;
}
