/* SPDX-License-Identifier: MIT */
/*
 * suite.h - the hostile suite: attempts as data, and what runs them.
 *
 * An attempt is one row of a table (table_*.c): a program of this folder and
 * its argument, where it runs, and how it has to end.  suite_run.c runs it in a
 * pod of its own, suite_judge.c compares the end with the row, and after each
 * attempt suite_host.c looks whether the host is as it was.
 */
#ifndef HOSTILE_SUITE_H
#define HOSTILE_SUITE_H

#include "fortnight/base.h"
#include "fortnight/sandbox.h"
#include "fortnight/tree.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
	SUITE_WHY_SIZE = 400,
	SUITE_TOKEN_SIZE = 64
};

/* ---- the table --------------------------------------------------------------- */

/* Where an attempt is made: in each of these, one after another. */
enum place {
	PLACE_CASE = 1 << 0,	/* as a case runs: an empty root */
	PLACE_BUILD = 1 << 1,	/* as a build runs: the toolchain's root */
	PLACE_SESSION = 1 << 2, /* as a candidate works: that policy */
	PLACE_DRIVER = 1 << 3,	/* on the author's side */
	PLACE_BESIDE = 1 << 4,	/* as a case, while a driver is alive */
	PLACE_DEBUG = 1 << 5, /* as a session, with the policy for debuggers */
	PLACES = 6,
	EVERYWHERE = PLACE_CASE | PLACE_BUILD | PLACE_SESSION | PLACE_DRIVER
};

/* What the control group must have seen besides. */
enum evidence {
	SEEN_OOM_KILL = 1 << 0,
	SEEN_FORK_REFUSED = 1 << 1
};

struct limits_row {
	int cpu_ms, wall_ms, memory_mb, processes, output_kb, file_mb, disk_mb,
		open_files;
	int data_mb; /* of /data; 0: 1 MiB, and the run does not see it */
};

extern const struct limits_row limits_usual;

struct finding {
	char why[SUITE_WHY_SIZE]; /* "": as it has to be */
};

/* A check of what was left in /work/out, or of what was printed. */
typedef void check_fn(const struct outcome *outcome, const struct tree *tree,
		      struct finding *finding);

struct attempt {
	const char *number; /* "53a": of the list in docs/hostile.md */
	const char *title;
	const char *program; /* "attack_life"; or a file of no attack */
	const char *arg;
	const char *expect; /* the language of suite_judge.c */
	const char *because;
	unsigned places;		 /* 0: PLACE_CASE */
	const struct limits_row *limits; /* NULL: limits_usual */
	const char *before; /* an earlier run in the same pod, its argument */
	const char *driver; /* PLACE_BESIDE: its program's argument */
	bool own_ids; /* holds where pods have host ids of their own: by root */
	unsigned evidence;
	int cpu_min_ms, cpu_max_ms; /* 0: any */
	const char *collect; /* what packing /work/out gives: "a tree" or words
			      * of the refusal; NULL: nothing is collected */
	check_fn *check;     /* of the outcome and the tree; NULL: none */
};

struct table {
	const char *title;
	const struct attempt *attempts;
	size_t count;
};

#define TABLE(name, words)                                \
	const struct table name = { .title = (words),     \
				    .attempts = attempts, \
				    .count = ARRAY_LEN(attempts) }

extern const struct table table_kernel, table_namespace, table_network,
	table_memory, table_process, table_disk, table_life, table_files,
	table_compile, table_load, table_shared, table_init;
/* suite_tables.c */
extern const struct table *const tables[];
extern const size_t table_count;

/* ---- suite_judge.c ------------------------------------------------------------ */

/* Compare how a run ended, and what it said last, with a row's expect; why is
 * left empty when they agree. */
void judge(const char *expect, const struct outcome *outcome,
	   struct finding *finding);
void judge_evidence(const struct attempt *attempt,
		    const struct outcome *outcome, struct finding *finding);
void found(struct finding *finding, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* ---- suite_host.c --------------------------------------------------------------- */

/* Lines of text that say what the host is like, sorted. */
struct lines {
	char **line;
	size_t count, capacity;
};

void lines_add(struct lines *lines, const char *fmt, ...) PRINTF_LIKE(2, 3);
void lines_sort(struct lines *lines);
void lines_done(struct lines *lines);
/* What is in one and not in the other, in words; "" when they are the same. */
void lines_compare(const struct lines *before, const struct lines *after,
		   struct finding *finding);
#define auto_lines __attribute__((cleanup(lines_done)))

/* What attacks are told about, and must not reach. */
struct lures {
	char token[SUITE_TOKEN_SIZE];
	char directory[128]; /* ours; holds a file and a socket */
	char host_mounts[64];
	char abstract[64];
	int directory_fd;
	int tcp, udp, local, unnamed; /* listening */
	unsigned tcp_port, udp_port;
};

int lures_set(struct lures *lures, struct error *err) MUST_CHECK;
void lures_clear(struct lures *lures);

void host_look(const struct lures *lures, struct lines *lines);
/* suite_kernel.c: the part of it that the kernel keeps. */
void host_look_kernel(const struct lures *lures, struct lines *lines);
bool is_another_suites(const char *text);
/* The directories below which this process' control groups are made. */
void host_group_bases(void (*each)(const char *base, void *arg), void *arg);

/* ---- suite_run.c ---------------------------------------------------------------- */

enum {
	NEIGHBOUR_JOBS_MAX = 1024
};

/* A pod that lives and works all the while; suite_neighbour.c. */
struct neighbour {
	struct pod *pod;
	const char *job; /* the argument of its program */
	pthread_t thread;
	bool working, broken;
	atomic_bool stop;
	int64_t calm_ns; /* what a job costs when no attempt is made */
	int64_t cost_ns[NEIGHBOUR_JOBS_MAX];
	size_t jobs;
	double worst; /* cost of any attempt, as a multiple of calm_ns */
	struct finding finding;
};

struct suite {
	const char *attacks; /* the folder of the programs */
	struct lures lures;
	struct neighbour neighbour;
	struct lines host; /* as it was after the last attempt */
	size_t points, failed;
};

struct run_request {
	const char *program, *arg;
	const struct limits_row *limits;
	enum place place;
	const char *driver; /* the argument of who is beside it; NULL: nobody */
	bool lasting;	    /* in the pod's /work, not in one of its own */
	bool collect;	    /* its own /work is collected */
};

int suite_open(struct suite *suite, const char *attacks,
	       struct error *err) MUST_CHECK;
void suite_close(struct suite *suite);
void suite_attempt(struct suite *suite, const struct attempt *attempt);
/* Run once and judge, with no word printed. */
int suite_try(struct suite *suite, const struct attempt *attempt,
	      enum place place, struct finding *finding,
	      struct error *err) MUST_CHECK;
/* A pod for a program of the folder, and one run in it. */
int suite_pod(const struct suite *suite, const char *program,
	      const struct limits_row *limits, enum place place,
	      struct pod **ret_pod, struct error *err) MUST_CHECK;
int suite_run_in(const struct suite *suite, struct pod *pod,
		 const struct run_request *request, struct outcome *outcome,
		 struct error *err) MUST_CHECK;

/* ---- suite_neighbour.c ------------------------------------------------------------ */

int neighbour_open(struct suite *suite, struct error *err) MUST_CHECK;
void neighbour_close(struct suite *suite);
/* It works from here on ... */
void neighbour_begin(struct suite *suite);
/* ... to here; a finding says how it was disturbed. */
void neighbour_end(struct suite *suite, struct finding *finding);

/* ---- suite_tap.c ----------------------------------------------------------------- */

/* One line of TAP, and why as a comment when it is not empty. */
void tap_line(size_t number, const struct finding *finding, const char *fmt,
	      va_list ap);

/* ---- suite_main.c ---------------------------------------------------------------- */

/* The suite's next line. */
void tap_point(struct suite *suite, const struct finding *finding,
	       const char *fmt, ...) PRINTF_LIKE(3, 4);

/* ---- suite_control.c -------------------------------------------------------------- */

/* That the judge, the look at the host and the look at the neighbour can fail;
 * that no attack runs outside. */
void controls_run(struct suite *suite);

#endif
