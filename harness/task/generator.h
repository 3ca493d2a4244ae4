/* SPDX-License-Identifier: MIT */
/* generator.h - run a pack's gen/generate. */
#ifndef FORTNIGHT_TASK_GENERATOR_H
#define FORTNIGHT_TASK_GENERATOR_H

#include "fortnight/task.h"

struct generator {
	const char *path;    /* as it is called in messages */
	const char *program; /* the same, absolute */
	const char *out;     /* absolute: where hidden/ and visible/ belong */
	const char *tmp;     /* absolute: its working directory and TMPDIR */
	const struct task_generation *how;
};

/* Run it and wait.  Not with status 0: ERROR_INPUT, with the status and the
 * last lines that it printed.  No process that it started is left behind, also
 * when this one is killed. */
int generator_run(const struct generator *generator,
		  struct error *err) MUST_CHECK;

#endif
