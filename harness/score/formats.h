/* SPDX-License-Identifier: MIT */
/* formats.h - a score in the formats of others; see docs on results. */
#ifndef SCORE_FORMATS_H
#define SCORE_FORMATS_H

#include "fortnight/json.h"
#include "fortnight/score.h"

/* Each makes the whole document; the caller owns what is returned. */
json_t *format_decided(const struct score *score);
json_t *format_measured(const struct score *score);
json_t *format_reward(const struct score *score);
json_t *format_ctrf(const struct score *score);
char *format_tap(const struct score *score)
	__attribute__((returns_nonnull, warn_unused_result));
char *format_junit(const struct score *score)
	__attribute__((returns_nonnull, warn_unused_result));

const char *build_status_name(enum build_status status);
const char *score_verdict_name(enum score_verdict verdict);

/* "3.14" of a value that is not negative. */
json_t *json_fixed(double value);

#endif
