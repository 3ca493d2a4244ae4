/* SPDX-License-Identifier: MIT */
/* run.h - a run that is being watched; between run.c, run_start.c and run_kill.c. */
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
	int fds[FDS];	/* ours; the control socket is borrowed from pod */
	int writers[2]; /* of stdout and stderr, so that nobody wakes us up just
			 * to say that nothing more comes */
	enum stage stage;
	bool decided; /* outcome.kind is final */
	bool told_to_end;
	bool started; /* started_ns and base[] are its own */
	bool closed;  /* it can fork no more: by us, so forks_refused is kept */
	bool lost;    /* its pod was killed as a whole, and its /work with it */
	size_t fed;
	uint64_t base[COUNTER_COUNT], forks_refused;
	int64_t started_ns, cpu_check_ns;
	int64_t end_by_ns; /* told to end: its own time to do so */
	int64_t dying_ns;  /* since when it has to be dead; 0: it need not */
	int64_t press_ns;  /* when more is done about that */
	int64_t collect_by_ns;
};

/* Ask pod init for the run.  What was opened is the caller's to run_shut(). */
int run_start(struct run *run, struct error *err) MUST_CHECK;
/* Nothing is open. */
void run_forget_fds(struct run *run);
/* Close one of ours, once. */
void run_shut(struct run *run, int which);
/* Close all that is open. */
void run_shut_all(struct run *run);

/* ---- run_kill.c ------------------------------------------------------------------ */

/* It has to die: begin. */
int run_kill(struct run *run, struct error *err) MUST_CHECK;
/* Its init leaves by itself: there is nothing to kill, unless that takes long. */
void run_leaves(struct run *run);
/* Go on, if it is time.  pod->spent is set when all of the pod had to be killed. */
int run_press(struct run *run, int64_t now, struct error *err) MUST_CHECK;
/* ERROR_INFRA when it has been dying for too long. */
int run_lose_hope(const struct run *run, int64_t now,
		  struct error *err) MUST_CHECK;

#endif
