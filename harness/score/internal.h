/* SPDX-License-Identifier: MIT */
/* internal.h - what the files of the scorer share; engine.c explains the whole. */
#ifndef SCORE_INTERNAL_H
#define SCORE_INTERNAL_H

#include "fortnight/sandbox.h"
#include "fortnight/score.h"

#include <pthread.h>

enum {
	ATTEMPTS_MAX = 3,	  /* of anything that failed by our fault */
	BUILD_LOG_MAX = 64 << 10, /* kept of a build's output */
	DIFF_MAX = 4096,	  /* bytes of a case's diff */
	PATH_ROOM = 1100,	  /* "/app/" and a path of a tree */
	ORPHAN_MS = 2000	  /* what a driver gets after the server died */
};

/* ---- builds (build.c, marker.c, tools.c) ------------------------------------ */

struct build {
	enum build_status status;
	char reason[200];
	char *log;	  /* the last of what it printed, safe to show */
	struct tree *out; /* NULL unless status is BUILD_OK */
	int64_t wall_ns, cpu_ns;
};

void build_done(struct build *build);

/* What a pack allows, in the sandbox's words. */
void run_limits_of(const struct task_limits *limits, struct run_limits *ret);

/* Whether this host has what the pack's limits promise; ERROR_HOST. */
int limits_check(const struct task *task, struct error *err) MUST_CHECK;

/* Build source in the build box and collect out/.  -1 is our failure. */
int build_run(const struct task *task, const struct tree *source,
	      const char *entry, int cancel_fd, struct build *ret_build,
	      struct error *err) MUST_CHECK;

/* Look for each marker in every file of a tree.  *ret_marker is borrowed from
 * markers (NULL: none was found), *ret_path from the tree. */
int marker_find(const struct tree *tree, char *const *markers,
		const char **ret_marker, const char **ret_path,
		struct error *err) MUST_CHECK;

struct tool {
	const char *folder; /* "drivers" or "checkers" */
	const char *name;   /* borrowed from the pack */
	struct tree *out;
};

struct score_tools {
	struct tool *list;
	size_t count;
};

/* The program that a case needs beside the candidate's; NULL: none. */
const struct tool *tool_of(const struct score_tools *tools,
			   const struct task_area *area,
			   const struct task_case *task_case);

/* Room in a tmpfs for a tree, its pages and its directories. */
uint64_t tree_room(const struct tree *tree);

/* Whether trying again may help. */
bool error_is_passing(const struct error *err);

/* ---- verdicts (decide.c) ------------------------------------------------------ */

/* Of an io case; work is what it left (NULL unless files are wanted).  With
 * COMPARE_CHECKER the standard output is not looked at. */
void decide_io(const struct task_case *task_case, const struct outcome *outcome,
	       const struct tree *work, struct case_result *result);

/* Of one phase of a driver case; VERDICT_PASSED lets the case go on.  -1 is a
 * fault of the pack's driver (ERROR_INFRA). */
int decide_phase(const struct task_case *task_case, size_t phase,
		 const struct outcome *server, const struct outcome *driver,
		 struct case_result *result, struct error *err) MUST_CHECK;

/* Of a checker; -1 is its own fault (ERROR_INFRA). */
int decide_checker(const struct outcome *checker, const char *feedback,
		   struct case_result *result, struct error *err) MUST_CHECK;

/* ---- running (lane.c, engine.c, speed.c) ---------------------------------------- */

struct job {
	uint32_t area, index;
};

/* What the scorer knows of an area beyond its results. */
struct area_state {
	bool suspect;	 /* CUT_AFTER timeouts in a row, not yet confirmed */
	bool cut;	 /* confirmed: the rest does not run */
	bool *confirmed; /* per case: its timeout was seen again, alone */
};

struct engine {
	const struct task *task;	     /* borrowed */
	const struct score_options *options; /* borrowed */
	const struct score_tools *tools;     /* borrowed */
	const struct tree *app;		     /* borrowed: what runs */
	struct score *score;		     /* borrowed: filled */
	const char **entry;		     /* argv that begins every run */
	size_t entry_count;
	struct area_state *areas;

	pthread_mutex_t mutex; /* guards all below, score and areas */
	const struct job *jobs;
	size_t job_count, next;
	size_t done, total;   /* for the progress line */
	bool stop;	      /* nothing more is handed out */
	struct error failure; /* of the whole; ERROR_NONE */
	char refused[64];     /* the program cannot be started at all: why */
};

/* A thread's pod. */
struct lane {
	struct engine *engine;
	struct pod *pod;
	const struct tool *tool; /* what is on the author's side of it */
};

/* Run one case, as often as our own failures make it necessary.  0 and a
 * verdict, VERDICT_INFRA among them; -1 when nothing more can be done. */
int lane_case(struct lane *lane, const struct task_area *area,
	      const struct task_case *task_case, struct case_result *result,
	      struct error *err) MUST_CHECK;
void lane_close(struct lane *lane);

/* Run every case of the io, driver and robust areas, or of one speed area. */
int engine_run_areas(struct engine *engine, struct error *err) MUST_CHECK;
int engine_run_speed(struct engine *engine, struct error *err) MUST_CHECK;
void engine_note_infra(struct engine *engine, const struct case_result *result,
		       const char *reason);
/* False, with *err, when the user asked to stop. */
bool engine_may_go_on(const struct engine *engine, struct error *err);
void engine_progress(struct engine *engine, const char *what);
unsigned engine_lanes(const struct score_options *options);

/* ---- references (calibrate.c) ----------------------------------------------------- */

/* Fill speed_ref_ns of the speed cases from the pack's calibration.json, not
 * yet scaled; *ret_loop_ns is the loop's time when they were taken. */
int references_load(const struct task *task, struct score *score,
		    int64_t *ret_loop_ns, struct error *err) MUST_CHECK;

/* Every case of a set, not run. */
void area_result_init(struct area_result *result, const struct task_area *area,
		      enum case_set set);

/* What this host can enforce: probed once. */
const struct sandbox_host *score_host(void);

#endif
