/* SPDX-License-Identifier: MIT */
/*
 * check.h - prove a pack: its suite, its oracle, its partial solutions and
 * its cheats, by gates that each pass or fail.
 */
#ifndef FORTNIGHT_CHECK_H
#define FORTNIGHT_CHECK_H

#include "fortnight/score.h"

struct check_options {
	const char *oracle_root; /* build/oracles/NAME; see `make oracles` */
	unsigned repeats;	 /* of the reference; 10 */
	unsigned loaded;	 /* of these, beside busy loops; 2 */
	bool quick;		 /* one repeat, no load: not a proof, says so */
	bool seal;		 /* take the speed references anew */
	int cancel_fd;
	score_progress_fn *progress;
	void *context;
	FILE *out; /* the one screen */
};

/* Prints the screen, writes calibration.json into the pack.  The speed
 * references in it, which are part of the pack's digest, are only taken when
 * there are none yet or options->seal asks for it.  Returns 0 and
 * *ret_passed false when a gate is not met. */
int check_pack(const struct task *task, const struct check_options *options,
	       bool *ret_passed, struct error *err) MUST_CHECK;

#endif
