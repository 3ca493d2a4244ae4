/* SPDX-License-Identifier: MIT */
/* stage.h - where a suite is made, beside the place where it goes. */
#ifndef FORTNIGHT_TASK_STAGE_H
#define FORTNIGHT_TASK_STAGE_H

#include "fortnight/task.h"

#include <sys/types.h>

struct stage {
	int parent; /* what the stage is made in */
	char *name; /* in there */
	int dir;    /* the stage, opened and locked */
	int old;    /* the same of what it was exchanged for */
	char *path; /* absolute, for the generator */
	/* With a copy of the pack: what it is to be called; else NULL. */
	char *final;
	unsigned how; /* it gets there: renameat2(2) */
};

/* Make ".suite.stage" in the pack, or with an output ".NAME.stage" beside that.
 * What a killed run has left there is removed; ERROR_USAGE when another run is
 * at work there, or the place is none for a pack.  *stage wants stage_done() in
 * any case. */
int stage_make(const struct task *task, const char *output, mode_t mode,
	       struct stage *stage, struct error *err) MUST_CHECK;

/* Write what is in the stage to disk and put it into place: all of it, or on an
 * error nothing. */
int stage_put(struct stage *stage, struct error *err) MUST_CHECK;

/* Remove the stage, if it is still there, and give up the lock. */
void stage_done(struct stage *stage);

#endif
