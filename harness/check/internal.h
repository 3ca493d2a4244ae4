/* SPDX-License-Identifier: MIT */
/* internal.h - what the files of the check share; check.c explains the whole. */
#ifndef CHECK_INTERNAL_H
#define CHECK_INTERNAL_H

#include "fortnight/check.h"
#include "fortnight/json.h"

enum {
	BREACHES_MAX = 64 << 10, /* bytes of all complaints */
	REPEATS_MAX = 100
};

/* ---- what a pack is by itself (suite.c, answers.c) --------------------------- */

struct suite_facts {
	size_t cases, visible;
	size_t level[TASK_LEVELS];
	double heaviest;   /* points of one case */
	size_t duplicates; /* hidden cases with the input of another */
	size_t shared;	   /* visible cases with a hidden one's input */
	size_t statements, uncovered;  /* of fewer than two cases */
	size_t least;		       /* cases of the least covered one */
	size_t without;		       /* cases that name no statement */
	int64_t empty, echo, constant; /* points of such programs */
	char constant_text[40];	       /* the best of them, safe to show */
};

/* Read the facts, and add a line to breaches for each that is out of bounds. */
void suite_measure(const struct task *task, struct suite_facts *ret_facts,
		   struct buf *breaches);

/* The best that a program can get by always giving one answer. */
int64_t best_constant(const struct task *task, char text[40]);

/* ---- submissions (assemble.c, trial.c) ------------------------------------------ */

/* The tree of a known submission, with what it adds from the oracle and the
 * pack.  On success *ret_tree is the caller's. */
int assemble(const struct task *task, const struct task_submission *submission,
	     const char *oracle_root, struct tree **ret_tree,
	     struct error *err) MUST_CHECK;

/* What came of scoring one submission, some number of times. */
struct trial {
	const struct task_submission *submission; /* borrowed */
	unsigned repeats, loaded;
	int64_t total; /* points, of the best repeat: see note_score() */
	int64_t functional, functional_max;
	int64_t wall_ns, cpu_ns; /* medians */
	bool flaky;		 /* score.json was not the same every time */
	bool infra;
	char infra_reason[200];
	double gap; /* points of 100 between the visible and the hidden cases */
};

struct checker {
	const struct task *task;	     /* borrowed */
	const struct check_options *options; /* borrowed */
	const struct score_tools *tools;     /* borrowed */
	struct buf breaches, notes;
	const char *label; /* for the progress line */
};

/* Score it `repeats` times, the last `loaded` of them beside busy loops. */
int trial_run(struct checker *checker, const struct task_submission *submission,
	      unsigned repeats, unsigned loaded, struct trial *ret_trial,
	      struct error *err) MUST_CHECK;

/* One scoring of a submission, for whoever wants the score itself. */
int score_submission(struct checker *checker,
		     const struct task_submission *submission, bool visible,
		     bool no_reference, struct score **ret_score,
		     struct error *err) MUST_CHECK;

/* Threads that do nothing but turn, until they are stopped. */
struct load;
struct load *load_start(unsigned threads);
void load_stop(struct load *load);

int64_t median(int64_t *values, size_t count);

/* ---- gates on trials (gates.c) ----------------------------------------------------- */

void judge_trials(struct checker *checker, const struct suite_facts *facts,
		  const struct trial *trials, size_t count);

/* ---- calibration.json (seal.c) ----------------------------------------------------- */

/* Whether every speed case has a reference. */
bool seal_is_whole(const struct task *task);
/* Time the reference, and write the references into calibration.json. */
int seal_speed(struct checker *checker, const struct task_submission *reference,
	       unsigned repeats, struct error *err) MUST_CHECK;
/* Write what was measured of suite and submissions beside the references. */
int seal_results(const struct task *task, const struct trial *trials,
		 size_t count, struct error *err) MUST_CHECK;

/* ---- the screen (screen.c) ---------------------------------------------------------- */

void screen_print(const struct checker *checker,
		  const struct suite_facts *facts, const struct trial *trials,
		  size_t count);

/* A line of complaint: "G8 ...". */
void breach(struct buf *breaches, const char *fmt, ...) PRINTF_LIKE(2, 3);

bool has_class(const struct task_submission *submission, const char *name);
bool has_role(const struct task_submission *submission, const char *name);

#endif
