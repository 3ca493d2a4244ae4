/* SPDX-License-Identifier: MIT */
/* points.h - from verdicts to points, in integers; see "Points" in
 * docs/task-format.md. */
#ifndef SCORE_POINTS_H
#define SCORE_POINTS_H

#include "fortnight/score.h"

enum {
	CUT_AFTER = 10,	      /* consecutive timeouts that end an area */
	POINTS_TEXT = 32,     /* room for points_text() */
	CREDIT_FULL = 1000000 /* a speed case's credit is in millionths */
};

/* Count each area's verdicts, and sum the points of everything. */
void points_sum(struct score *score);

/* weight x part / whole, in millionths of a point, rounded down. */
int64_t points_share(unsigned weight, uint64_t part, uint64_t whole);

/* Full up to 2 x ref, none from 12 x ref, log-linear between; in millionths. */
int64_t speed_credit(int64_t cpu_ns, int64_t ref_ns);

/* The least of the times that were measured; 0: none. */
int64_t speed_best_ns(const struct case_result *result);

/* The index after the first CUT_AFTER timeouts in a row, counted from the first
 * case up to the first that has not run; count when there are no such. */
size_t cut_point(const struct case_result *cases, size_t count);

/* "12.345678", and "12.34" (never rounded up). */
void points_text(int64_t points, char text[POINTS_TEXT]);
void points_short(int64_t points, char text[POINTS_TEXT]);

#endif
