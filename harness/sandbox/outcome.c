/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/sandbox.h"

static const char *const names[] = {
	[OUTCOME_EXITED] = "exited",
	[OUTCOME_SIGNALLED] = "signalled",
	[OUTCOME_LIMIT_CPU] = "CPU time limit",
	[OUTCOME_LIMIT_WALL] = "wall time limit",
	[OUTCOME_LIMIT_MEMORY] = "memory limit",
	[OUTCOME_LIMIT_OUTPUT] = "output limit",
	[OUTCOME_NOT_STARTED] = "not started",
	[OUTCOME_ENDED] = "ended",
};

const char *outcome_kind_name(enum outcome_kind kind)
{
	return names[kind];
}

void outcome_init(struct outcome *outcome)
{
	*outcome = (struct outcome){ .work_fd = -1 };
}

void outcome_done(struct outcome *outcome)
{
	buf_done(&outcome->out);
	buf_done(&outcome->err);
	if (outcome->work_fd >= 0)
		close(outcome->work_fd);
	outcome->work_fd = -1;
}
