/* SPDX-License-Identifier: MIT */
/*
 * pods.h - what the programs of this folder share: one static program in /app
 * of a pod, and runs of it.  They reuse the hostile suite's look at the host.
 */
#ifndef SOAK_PODS_H
#define SOAK_PODS_H

#include "../hostile/suite.h"

struct soak {
	struct lures lures; /* the token, and what the host is compared by */
	struct tree *app;
	char program[64]; /* "/app/NAME" */
};

/* Read DIRECTORY/name; what was made is the caller's to soak_close(), also
 * after a failure. */
int soak_open(struct soak *soak, const char *directory, const char *name,
	      struct error *err) MUST_CHECK;
void soak_close(struct soak *soak);

/* A control: that DIRECTORY/name does nothing here, outside.  It is given nothing
 * to do either. */
void soak_refuses_outside(const char *directory, const char *name);

struct soak_pod {
	enum sandbox_policy policy;
	enum sandbox_root root;
	bool author;
	uint64_t memory_bytes;
	uint32_t processes;
};

int soak_pod_new(const struct soak *soak, const struct soak_pod *what,
		 struct pod **ret_pod, struct error *err) MUST_CHECK;

/* A run of the program with one argument; limits that are 0 get usual ones. */
struct soak_run {
	enum pod_side side;
	const char *path; /* NULL: the program */
	const char *arg;
	const char *input; /* NULL: none */
	bool lasting_work, collect_work, terminate;
	struct run_limits limits;
};

/* runs[count - 1] is the lead; outcomes[] were initialised by the caller. */
int soak_run(const struct soak *soak, struct pod *pod,
	     const struct soak_run *runs, size_t count,
	     struct outcome *outcomes, struct error *err) MUST_CHECK;

/* Compare the host with what it was; found is what lasts, not what another test
 * did meanwhile and has undone. */
void soak_look(const struct soak *soak, const struct lines *before,
	       struct finding *finding);

/* A point of TAP, with why as a comment when it is not empty. */
void soak_point(const struct finding *finding, const char *fmt, ...)
	PRINTF_LIKE(2, 3);
/* The plan; the exit status of the program. */
int soak_done(void);

/* Fill finding, up to its size. */
void soak_found(struct finding *finding, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

#endif
