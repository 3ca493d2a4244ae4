/* SPDX-License-Identifier: MIT */
/*
 * peers.h - the attempts of tests/hostile under other sandboxes.
 *
 * peers_run.c makes one attempt under one sandbox and watches it from outside,
 * peers_judge.c says in a word how it ended, peers_main.c goes through the
 * tables.  The look at the host and the judge of the last line are those of
 * tests/hostile.
 *
 * It runs in the emulated machine alone: it is what keeps that machine alive.
 */
#ifndef HOSTILE_PEERS_H
#define HOSTILE_PEERS_H

#include "../hostile/suite.h"

/* How much of the machine an attempt may use, before it is ended from outside.
 * No sandbox has less by itself unless it was told so. */
enum {
	WATCH_SECONDS = 10,
	WATCH_PROCESSES = 300,
	WATCH_MEMORY_MIB = 200,
	WATCH_OUTPUT_MIB = 8,
	ATTEMPT_OUTPUT_MAX = 1 << 18, /* what is kept of it */
	STOPPED_SIZE = 80
};

/* The names of the command lines in tests/hostile-peers/peer. */
struct peer {
	const char *name;
	int seconds_more; /* how long it takes to start, at most */
};

/* What was seen of one attempt. */
struct seen {
	struct outcome outcome;
	bool begun;		    /* the attack proved its place, and began */
	char stopped[STOPPED_SIZE]; /* by us, and why; "": not */
	long left;     /* processes a second after the sandbox had ended */
	long oom_kill; /* processes that the whole machine was short for */
	struct finding changed; /* of the machine */
};

struct cell {
	char word[16]; /* holds, bounded, no limit, ALLOWED, did not run */
	char detail[SUITE_WHY_SIZE];
};

/* ---- peers_run.c -------------------------------------------------------------- */

int run_open(struct lures *lures, struct error *err) MUST_CHECK;
/* With attempt->before, that first.  seen->outcome is the caller's to free. */
int run_attempt(const struct lures *lures, const struct peer *peer,
		const struct attempt *attempt, struct seen *seen,
		struct error *err) MUST_CHECK;

/* ---- peers_tidy.c ------------------------------------------------------------- */

void tidy(void);
void remove_groups(const char *path);

/* ---- peers_judge.c ------------------------------------------------------------ */

void judge_cell(const struct attempt *attempt, const struct seen *seen,
		struct cell *cell);

#endif
