/* SPDX-License-Identifier: MIT */
#include "points.h"
#include "fortnight/base.h"

#include <inttypes.h>
#include <math.h>

static const double SPEED_FULL = 2.0, SPEED_NONE = 12.0;

int64_t points_share(unsigned weight, uint64_t part, uint64_t whole)
{
	unsigned __int128 product = (unsigned __int128)weight * POINT * part;

	return whole ? (int64_t)(product / whole) : 0;
}

/* The same, times won / max. */
static int64_t points_gated(unsigned weight, uint64_t part, uint64_t whole,
			    int64_t won, int64_t max)
{
	unsigned __int128 product = (unsigned __int128)weight * POINT * part;

	if (max == 0)
		return points_share(weight, part, whole);
	product *= (uint64_t)won;
	return whole ? (int64_t)(product /
				 ((unsigned __int128)whole * (uint64_t)max))
		     : 0;
}

int64_t speed_credit(int64_t cpu_ns, int64_t ref_ns)
{
	double ratio = (double)cpu_ns / (double)ref_ns;

	if (ratio <= SPEED_FULL)
		return CREDIT_FULL;
	if (ratio >= SPEED_NONE)
		return 0;
	return (int64_t)(CREDIT_FULL *
			 (1 - log(ratio / SPEED_FULL) /
				      log(SPEED_NONE / SPEED_FULL)));
}

int64_t speed_best_ns(const struct case_result *result)
{
	int64_t best = 0;

	for (size_t i = 0; i < ARRAY_LEN(result->speed_cpu_ns); i++) {
		int64_t ns = result->speed_cpu_ns[i];

		if (ns > 0 && (best == 0 || ns < best))
			best = ns;
	}
	return best;
}

size_t cut_point(const struct case_result *cases, size_t count)
{
	size_t streak = 0;

	for (size_t i = 0; i < count; i++) {
		if (cases[i].verdict == VERDICT_NOT_RUN)
			break;
		streak = cases[i].verdict == VERDICT_TIMEOUT ? streak + 1 : 0;
		if (streak == CUT_AFTER)
			return i + 1;
	}
	return count;
}

static void count_verdicts(struct area_result *area)
{
	area->passed = area->failed = area->infra = 0;
	for (size_t i = 0; i < area->case_count; i++) {
		enum verdict verdict = area->cases[i].verdict;

		area->passed += verdict == VERDICT_PASSED;
		area->infra += verdict == VERDICT_INFRA;
		area->failed += verdict != VERDICT_PASSED &&
				verdict != VERDICT_INFRA &&
				verdict != VERDICT_NOT_RUN;
	}
}

/* Credits are summed before they are rounded, so that full credit
 * everywhere is the whole weight. */
static void sum_speed(struct area_result *area)
{
	uint64_t whole = (uint64_t)area->case_count * CREDIT_FULL, sum = 0;

	for (size_t i = 0; i < area->case_count; i++) {
		struct case_result *one = &area->cases[i];
		int64_t best = speed_best_ns(one), credit = 0;

		if (one->verdict == VERDICT_PASSED && one->speed_ref_ns > 0 &&
		    best > 0)
			credit = speed_credit(best, one->speed_ref_ns);
		one->speed_points = points_share(area->area->weight,
						 (uint64_t)credit, whole);
		sum += (uint64_t)credit;
	}
	area->speed_points = points_share(area->area->weight, sum, whole);
}

void score_functional(const struct score *score, int64_t *ret_points,
		      int64_t *ret_max)
{
	int64_t won = 0, max = 0;

	for (size_t i = 0; i < score->task->area_count; i++) {
		const struct area_result *area = &score->areas[i];
		enum area_kind kind = area->area->kind;

		if ((kind != AREA_IO && kind != AREA_DRIVER) ||
		    area->case_count == 0)
			continue;
		won += points_share(area->area->weight, area->passed,
				    area->case_count);
		max += area->area->weight * POINT;
	}
	*ret_points = won;
	*ret_max = max;
}

/* Of weight x p, when p was seen in n cases. */
static double variance(const struct area_result *area)
{
	double n = (double)area->case_count, p = (double)area->passed / n;

	return area->area->weight * (double)area->area->weight * p * (1 - p) /
	       n;
}

void points_sum(struct score *score)
{
	int64_t won, max;
	double sum = 0;

	for (size_t i = 0; i < score->task->area_count; i++)
		count_verdicts(&score->areas[i]);
	score_functional(score, &won, &max);
	score->points_decided = score->points_measured = 0;
	score->points_decided_max = 0;
	for (size_t i = 0; i < score->task->area_count; i++) {
		struct area_result *area = &score->areas[i];
		unsigned weight = area->area->weight;
		bool robust = area->area->kind == AREA_ROBUST;

		area->points = area->speed_points = 0;
		if (area->case_count == 0)
			continue;
		if (area->area->kind == AREA_SPEED) {
			sum_speed(area);
			score->points_measured += area->speed_points;
			continue;
		}
		area->points = points_gated(weight, area->passed,
					    area->case_count, robust ? won : 0,
					    robust ? max : 0);
		score->points_decided += area->points;
		score->points_decided_max += weight * POINT;
		sum += variance(area);
	}
	score->standard_error = sqrt(sum);
}

int64_t score_total(const struct score *score)
{
	return score->points_decided + score->points_measured;
}

void points_text(int64_t points, char text[POINTS_TEXT])
{
	(void)snprintf(text, POINTS_TEXT, "%" PRId64 ".%06" PRId64,
		       points / POINT, points % POINT);
}

void points_short(int64_t points, char text[POINTS_TEXT])
{
	(void)snprintf(text, POINTS_TEXT, "%" PRId64 ".%02" PRId64,
		       points / POINT, points % POINT / (POINT / 100));
}
