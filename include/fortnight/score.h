/* SPDX-License-Identifier: MIT */
/*
 * score.h - from a pack and a tree to a verdict.
 *
 * Build the tree in a pod without network, run every case in a fresh run on a
 * clean copy of the build, compare outside when everything inside is dead.
 *
 * Two things are kept apart.  What is *decided* depends on the pack and the
 * tree alone: verdict and reason of each case, points of io, driver and robust
 * areas, whether a speed answer was right.  What is *measured* depends on the
 * machine: times, memory, speed points.
 */
#ifndef FORTNIGHT_SCORE_H
#define FORTNIGHT_SCORE_H

#include "fortnight/buf.h"
#include "fortnight/error.h"
#include "fortnight/task.h"
#include "fortnight/tree.h"

/* One point of 100. */
#define POINT INT64_C(1000000)

enum verdict {
	VERDICT_NOT_RUN,
	VERDICT_PASSED,
	VERDICT_FAILED,	 /* a wrong answer; reason says which part */
	VERDICT_CRASHED, /* a signal of its own, or a server that went away */
	VERDICT_TIMEOUT,
	VERDICT_MEMORY,
	VERDICT_OUTPUT,
	VERDICT_REFUSED, /* the program could not be started in the run box */
	VERDICT_CUT,	 /* the area was cut short after too many timeouts */
	VERDICT_INFRA,	 /* ours; never counts against the candidate */
	VERDICT_COUNT
};

struct case_result {
	const struct task_case *task_case; /* borrowed from the pack */
	enum verdict verdict;
	char reason[64]; /* decided: "stdout", "exit 3, want 0", "TAP 4 of 9" */
	char *diff;	 /* for people; NULL when passed */
	int64_t cpu_ns, wall_ns;
	uint64_t memory_peak_bytes;
	uint32_t oom_kills, forks_refused;
	unsigned attempts;
	int64_t speed_ref_ns;  /* speed areas: scaled reference; 0: none */
	int64_t speed_loop_ns; /* the calibration loop beside it */
	int64_t speed_cpu_ns[3];
	int64_t speed_points; /* of this case, measured, in POINT */
};

struct area_result {
	const struct task_area *area; /* borrowed from the pack */
	struct case_result *cases;
	size_t case_count; /* of the set that was scored */
	size_t passed, failed, infra;
	int64_t points;	      /* decided; 0 for a speed area */
	int64_t speed_points; /* measured; 0 for other areas */
};

enum build_status {
	BUILD_OK,
	BUILD_FAILED,	 /* status says how */
	BUILD_NO_OUTPUT, /* no out/ENTRY, or it is too large */
	BUILD_TIMEOUT,
	BUILD_REFUSED /* the output holds a marker of an existing program */
};

enum score_verdict {
	SCORE_SCORED,
	SCORE_NOT_BUILT, /* decided: 0 points */
	SCORE_REFUSED,	 /* decided: 0 points */
	SCORE_INFRA	 /* not scored */
};

struct score {
	const struct task *task; /* borrowed */
	enum case_set set; /* hidden, or with options.visible the samples */
	unsigned lanes;
	char tree_digest[DIGEST_HEX_SIZE];
	enum score_verdict verdict;
	enum build_status build;
	char build_reason[200];
	char *build_log; /* its last 64 KiB */
	char build_digest[DIGEST_HEX_SIZE];
	int64_t build_wall_ns, build_cpu_ns;
	struct area_result *areas; /* task->area_count */
	int64_t points_decided;	   /* sum over areas */
	int64_t points_measured;
	int64_t points_decided_max; /* without the speed areas */
	double standard_error;	    /* of the decided points, in points */
	int64_t wall_ns, cpu_ns;
	int64_t loop_sealed_ns; /* of the references; 0: none were used */
	char infra_reason[600];
	unsigned runs, reruns, infra_retries;
	int64_t started_wall_ns;
};

/* Called from one thread at a time. */
typedef void score_progress_fn(void *context, size_t done, size_t total,
			       const char *what);

/* A pack's drivers and checkers, built: once for many scorings. */
struct score_tools;

struct score_options {
	unsigned
		lanes; /* runs in flight; 0: two for each core that we may use */
	int cancel_fd;		     /* readable: stop; -1 */
	score_progress_fn *progress; /* NULL: none */
	void *context;
	bool skip_speed;   /* leave speed areas out (measured as not run) */
	bool no_reference; /* speed cases: answers and times only, no points */
	bool visible;	   /* the sample cases; without speed points */
	const struct score_tools
		*tools; /* borrowed; NULL: built for this run */
	/* Only for `task check`: run the oracle in the pack's place. */
	const char *oracle_root;	 /* NULL: the run box is bare */
	const char *const *oracle_entry; /* argv before the case's arguments */
	bool ignore_markers;
};

/* Build what the pack's areas need (nothing, for many packs).  A build that
 * fails is a broken pack (ERROR_INPUT).  On success *ret_tools is the caller's
 * to score_tools_free(), and may serve many threads. */
int score_tools_new(const struct task *task, int cancel_fd,
		    struct score_tools **ret_tools,
		    struct error *err) MUST_CHECK;
void score_tools_free(struct score_tools *tools);

/* 0 also when the candidate gets nothing: the verdict says so.  -1 is a host
 * that cannot enforce (ERROR_HOST), a pack that is broken (ERROR_INPUT), a
 * cancellation, or an infrastructure failure before any verdict.  On success
 * *ret_score is the caller's to score_free(). */
int score_run(const struct task *task, const struct tree *tree,
	      const struct score_options *options, struct score **ret_score,
	      struct error *err) MUST_CHECK;
void score_free(struct score *score);

/* score.json, measured.json, junit.xml, results.tap, ctrf.json, reward.json
 * into dir.  With SCORE_INFRA no score.json and no reward.json is written, and old
 * ones are removed: an unscored suite must not look like a zero. */
int score_write(const struct score *score, int dir,
		struct error *err) MUST_CHECK;

/* The canonical bytes of score.json; the caller frees them. */
char *score_json(const struct score *score)
	__attribute__((returns_nonnull, warn_unused_result));

/* The table and the first failures, as text. */
void score_print(const struct score *score, unsigned failures_max, bool colour,
		 FILE *out);

const char *verdict_name(enum verdict verdict);

/* What a program always answers: one text and one status, or (echo) its own
 * standard input. */
struct score_answer {
	const char *out;
	size_t len;
	int status;
	bool echo;
};

/* The points of such a program, computed from the hidden suite with the
 * scorer's own comparison.  What only a driver or a checker can judge counts
 * as lost, a right speed answer in full. */
int64_t score_of_answer(const struct task *task,
			const struct score_answer *answer);

/* Points of the functional areas alone (io and driver), and their maximum. */
void score_functional(const struct score *score, int64_t *ret_points,
		      int64_t *ret_max);

/* Decided and measured together. */
int64_t score_total(const struct score *score);

/* CPU time of a fixed piece of work on this machine, now (best of three). */
int64_t score_calibration_loop_ns(void);

static inline void score_free_(struct score **score)
{
	score_free(*score);
}
static inline void score_tools_free_(struct score_tools **tools)
{
	score_tools_free(*tools);
}
#define auto_score	 __attribute__((cleanup(score_free_)))
#define auto_score_tools __attribute__((cleanup(score_tools_free_)))

#endif
