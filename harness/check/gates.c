/* SPDX-License-Identifier: MIT */
/* Gates G1, G2, G4, G6, G10 and the timed part of G11: on what was scored. */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "internal.h"

enum {
	PARTIAL_MIN = 5,
	PARTIAL_MAX = 60,
	SUITE_SECONDS_MAX = 120,
	GAP_NOTED = 5,
	GAP_MAX = 15
};

static const double SECOND_SHARE = 0.99, CHEAT_MAX = 1.0, NOOP_MAX = 0.5;
static const double VISIBLE_LOW = 5.0, VISIBLE_HIGH = 8.0;

static double points(int64_t value)
{
	return (double)value / (double)POINT;
}

/* Scores are compared as they are shown, with two decimals. */
static bool is_within(int64_t value, double min, double max)
{
	static const double slack = 0.005;

	return points(value) >= min - slack && points(value) <= max + slack;
}

static void judge_range(const struct trial *trial, struct buf *breaches)
{
	const struct task_submission *submission = trial->submission;

	if (is_within(trial->total, submission->score_min,
		      submission->score_max))
		return;
	breach(breaches, "%s %s scores %.2f, declared are %.2f to %.2f",
	       has_class(submission, "partial") ? "G4" : "G1", submission->path,
	       points(trial->total), submission->score_min,
	       submission->score_max);
}

static void judge_reference(const struct trial *trial, struct buf *breaches)
{
	if (trial->total < 100 * POINT)
		breach(breaches, "G1 the reference scores %.2f, not 100.00%s",
		       points(trial->total),
		       trial->functional == trial->functional_max
			       ? "; if it lacks speed, take the reference "
				 "times anew (--seal)"
			       : "");
	if (trial->wall_ns > SUITE_SECONDS_MAX * NS_PER_SEC)
		breach(breaches, "G11 the suite takes %.0f s, at most %d",
		       (double)trial->wall_ns / (double)NS_PER_SEC,
		       SUITE_SECONDS_MAX);
}

static void judge_second(const struct trial *trial, struct buf *breaches)
{
	double share = trial->functional_max
			       ? (double)trial->functional /
					 (double)trial->functional_max
			       : 0;

	if (share < SECOND_SHARE)
		breach(breaches,
		       "G2 %s agrees on %.2f %% of the functional points, at "
		       "least 99",
		       trial->submission->path, 100 * share);
}

static void judge_partial(const struct trial *trial, struct buf *breaches,
			  struct buf *notes)
{
	const struct task_submission *submission = trial->submission;

	if (submission->score_min < PARTIAL_MIN ||
	    submission->score_max > PARTIAL_MAX)
		breach(breaches,
		       "G4 %s declares %.1f to %.1f, want it within %d and %d",
		       submission->path, submission->score_min,
		       submission->score_max, PARTIAL_MIN, PARTIAL_MAX);
	if (trial->gap > GAP_MAX)
		breach(breaches,
		       "G11 %s: %.1f points between visible and hidden cases, "
		       "at most %d",
		       submission->path, trial->gap, GAP_MAX);
	else if (trial->gap > GAP_NOTED)
		breach(notes,
		       "%s: %.1f points between visible and hidden cases",
		       submission->path, trial->gap);
}

static void judge_ceiling(const struct trial *trial, const char *gate,
			  double max, struct buf *breaches)
{
	if (points(trial->total) > max)
		breach(breaches, "%s %s scores %.2f, at most %.2f", gate,
		       trial->submission->path, points(trial->total), max);
}

static void judge_trial(struct checker *checker, const struct trial *trial)
{
	const struct task_submission *submission = trial->submission;
	struct buf *breaches = &checker->breaches;

	if (trial->infra) {
		breach(breaches, "G6 %s is not scored: %s", submission->path,
		       trial->infra_reason);
		return;
	}
	if (trial->flaky)
		breach(breaches, "G6 %s: score.json differs between repeats",
		       submission->path);
	judge_range(trial, breaches);
	if (has_role(submission, "reference"))
		judge_reference(trial, breaches);
	if (has_role(submission, "second"))
		judge_second(trial, breaches);
	if (has_class(submission, "partial"))
		judge_partial(trial, breaches, &checker->notes);
	if (has_class(submission, "cheat"))
		judge_ceiling(trial, "G10", CHEAT_MAX, breaches);
	if (has_class(submission, "noop"))
		judge_ceiling(trial, "G3", NOOP_MAX, breaches);
}

static size_t count_class(const struct trial *trials, size_t count,
			  const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += has_class(trials[i].submission, name);
	return n;
}

void judge_trials(struct checker *checker, const struct suite_facts *facts,
		  const struct trial *trials, size_t count)
{
	double visible = facts->cases ? 100.0 * (double)facts->visible /
						(double)facts->cases
				      : 0;

	for (size_t i = 0; i < count; i++)
		judge_trial(checker, &trials[i]);
	if (count_class(trials, count, "partial") == 0)
		breach(&checker->breaches, "G4 no partial submission");
	if (count_class(trials, count, "cheat") == 0 &&
	    checker->task->oracle_packages && checker->task->oracle_packages[0])
		breach(&checker->breaches, "G10 no cheat submission");
	if (visible < VISIBLE_LOW || visible > VISIBLE_HIGH)
		breach(&checker->notes,
		       "visible cases are %.1f %% of the hidden ones, "
		       "better %.0f to %.0f",
		       visible, VISIBLE_LOW, VISIBLE_HIGH);
}
