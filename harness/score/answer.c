/* SPDX-License-Identifier: MIT */
/* What a program would get that gives every case the same answer. */
#include "compare.h"
#include "fortnight/base.h"
#include "internal.h"
#include "points.h"

static bool is_right(const struct task_case *task_case,
		     const struct score_answer *answer)
{
	const struct case_want *want = &task_case->want;
	const char *out = answer->echo ? task_case->stdin_data : answer->out;
	size_t len = answer->echo ? task_case->stdin_len : answer->len;

	return !task_case->is_driver && want->file_count == 0 &&
	       want->compare != COMPARE_CHECKER &&
	       compare_exit(want, answer->status) &&
	       compare_stdout(want, out ? out : "", len);
}

/* A right answer in no time: full credit. */
static void judge(struct case_result *result, const struct score_answer *answer)
{
	result->verdict = is_right(result->task_case, answer) ? VERDICT_PASSED
							      : VERDICT_FAILED;
	result->speed_cpu_ns[0] = result->speed_ref_ns = 1;
}

int64_t score_of_answer(const struct task *task,
			const struct score_answer *answer)
{
	auto_score struct score *score = xcalloc(1, sizeof(*score));

	score->task = task;
	score->areas = xcalloc(task->area_count + 1, sizeof(*score->areas));
	for (size_t a = 0; a < task->area_count; a++) {
		struct area_result *area = &score->areas[a];

		area_result_init(area, &task->areas[a], CASES_HIDDEN);
		for (size_t i = 0; i < area->case_count; i++)
			judge(&area->cases[i], answer);
	}
	points_sum(score);
	return score_total(score);
}
