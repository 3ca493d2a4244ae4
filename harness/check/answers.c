/* SPDX-License-Identifier: MIT */
/*
 * The best constant answer.  Every (text, status) that a case wants is a
 * candidate; the most frequent ones, weighed by their cases' points, are tried
 * against the whole suite with the scorer's own comparison.
 */
#include "fortnight/base.h"
#include "fortnight/text.h"
#include "internal.h"

enum {
	TRIED_MAX = 64,
	SHOWN_MAX = 24
};

struct candidate {
	struct score_answer answer; /* borrows the pack's text */
	double weight;
};

static int by_answer(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	size_t len = a->answer.len < b->answer.len ? a->answer.len
						   : b->answer.len;
	int order = len ? memcmp(a->answer.out, b->answer.out, len) : 0;

	if (order)
		return order;
	if (a->answer.len != b->answer.len)
		return a->answer.len < b->answer.len ? -1 : 1;
	return (a->answer.status > b->answer.status) -
	       (a->answer.status < b->answer.status);
}

static int by_weight(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	return (a->weight < b->weight) - (a->weight > b->weight);
}

static bool wanted_answer(const struct task_case *one,
			  struct score_answer *ret_answer)
{
	const struct case_want *want = &one->want;

	if (one->is_driver || !want->has_stdout || !want->stdout_data)
		return false;
	*ret_answer = (struct score_answer){
		.out = want->stdout_data,
		.len = want->stdout_len,
		.status = want->exit_want == EXIT_IS	    ? want->exit_status
			  : want->exit_want == EXIT_NONZERO ? 1
							    : 0,
	};
	return true;
}

static size_t gather(const struct task *task, struct candidate *list)
{
	size_t n = 0;

	for (size_t a = 0; a < task->area_count; a++) {
		const struct task_area *area = &task->areas[a];

		for (size_t i = 0; i < area->case_count; i++) {
			if (!wanted_answer(&area->cases[i], &list[n].answer))
				continue;
			list[n++].weight =
				(double)area->weight / (double)area->case_count;
		}
	}
	return n;
}

/* Equal answers become one, with their weights added. */
static size_t merge(struct candidate *list, size_t count)
{
	size_t n = 0;

	qsort(list, count, sizeof(*list), by_answer);
	for (size_t i = 0; i < count; i++) {
		if (n > 0 && by_answer(&list[n - 1], &list[i]) == 0)
			list[n - 1].weight += list[i].weight;
		else
			list[n++] = list[i];
	}
	qsort(list, n, sizeof(*list), by_weight);
	return n;
}

static void show(const struct score_answer *answer, char text[40])
{
	size_t len = answer->len < SHOWN_MAX ? answer->len : SHOWN_MAX;
	struct buf safe = BUF_INIT(200);

	while (len > 0 && answer->out[len - 1] == '\n')
		len--;
	text_add_safe(&safe, answer->out, len);
	for (char *at = safe.data; at && *at; at++)
		if (*at == '\n' || *at == '\t')
			*at = ' ';
	(void)snprintf(text, 40, "%.39s", buf_text(&safe));
	buf_done(&safe);
}

int64_t best_constant(const struct task *task, char text[40])
{
	auto_free struct candidate *list =
		xcalloc(task->case_count + 1, sizeof(*list));
	size_t count = merge(list, gather(task, list));
	int64_t best = 0;

	text[0] = '\0';
	for (size_t i = 0; i < count && i < TRIED_MAX; i++) {
		int64_t points = score_of_answer(task, &list[i].answer);

		if (points <= best)
			continue;
		best = points;
		show(&list[i].answer, text);
	}
	return best;
}
