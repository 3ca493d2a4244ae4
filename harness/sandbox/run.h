/* SPDX-License-Identifier: MIT */
/* run.h - a run that is being watched; between run.c and run_start.c. */
#ifndef FORTNIGHT_SANDBOX_RUN_H
#define FORTNIGHT_SANDBOX_RUN_H

#include "launch.h"

enum {
	FD_IN,
	FD_OUT,
	FD_ERR,
	FD_STATUS,
	FD_CONTROL,
	FDS
};

enum stage {
	STAGE_SETTING_UP,
	STAGE_RUNNING,
	STAGE_ENDED,
	STAGE_COLLECTING, /* dead, and what it left is being packed */
	STAGE_DEAD
};

struct run {
	struct pod *pod;
	const struct run_config *config;
	struct outcome *outcome;
	struct cgroup *cgroup;
	int fds[FDS]; /* ours; the control socket is borrowed from pod */
	enum stage stage;
	bool decided; /* outcome.kind is final */
	bool told_to_end;
	size_t fed;
	uint64_t base[COUNTER_COUNT];
	int64_t started_ns, cpu_check_ns;
	int64_t end_by_ns;  /* told to end: its own time to do so */
	int64_t kill_by_ns; /* killed: when we give up on it; 0: not yet */
};

/* Ask pod init for the run.  What was opened is the caller's to run_shut(). */
int run_start(struct run *run, struct error *err) MUST_CHECK;
/* Close one of ours, once. */
void run_shut(struct run *run, int which);

#endif
