/* SPDX-License-Identifier: MIT */
/*
 * sandbox_run.h - between the files of `fortnight sandbox run`.
 *
 *	cmd_sandbox_run.c  the options, and the order of things
 *	sandbox_job.c      from options to a pod and a run
 *	sandbox_report.c   from an outcome to texts and an exit status
 *	sandbox_place.c    where results go
 */
#ifndef FORTNIGHT_CLI_SANDBOX_RUN_H
#define FORTNIGHT_CLI_SANDBOX_RUN_H

#include "cli.h"
#include "fortnight/sandbox.h"
#include "fortnight/tree.h"

/* As the command line has it; all texts are borrowed from there. */
struct sandbox_request {
	int64_t cpu_ns, wall_ns;
	int64_t memory_bytes, output_bytes, file_bytes, disk_bytes;
	int64_t processes, open_files;
	const char *policy, *root;
	const char *app, *work; /* a directory, an archive, or NULL */
	const char *collect;	/* a directory to be made, or NULL */
	struct cli_list hide, env;
	const char *in, *out, *err; /* files, or NULL */
	const char *meta, *json;    /* files, "-", or NULL */
	bool safe, quiet;
	char *const *command;
	size_t command_count; /* one at least */
};

/* ---- sandbox_job.c ------------------------------------------------------------ */

/* What a request comes to: all that pod_new() and pod_run() take. */
struct sandbox_job {
	struct pod_config pod;
	struct run_config run;
	const char *policy_name, *root_name; /* borrowed */
	char *root_path;
	struct tree *app, *work; /* or NULL */
	const char **env;	 /* texts borrowed, some from made */
	char **made;
	size_t env_count, made_count;
	const char **argv; /* texts borrowed, the first maybe from program */
	char *program;
	struct buf in;
};

/* *job wants sandbox_job_done() in any case. */
int sandbox_job_make(const struct sandbox_request *request,
		     struct sandbox_job *job, struct error *err) MUST_CHECK;
void sandbox_job_done(struct sandbox_job *job);

/* ---- sandbox_report.c --------------------------------------------------------- */

/* The exit status that stands for an outcome. */
int sandbox_status(const struct outcome *outcome);
/* JSON, in canonical form; the caller frees it. */
char *sandbox_json(const struct sandbox_job *job, const struct pod *pod,
		   const struct outcome *outcome)
	__attribute__((returns_nonnull, warn_unused_result));
/* The same for a failure of ours. */
char *sandbox_json_failure(const struct error *failure)
	__attribute__((returns_nonnull, warn_unused_result));
/* One line for people about a program that did not end by itself; "" else. */
void sandbox_notice(const struct sandbox_job *job,
		    const struct outcome *outcome, struct buf *out);

/* ---- sandbox_place.c ---------------------------------------------------------- */

/* Whether path ("-": standard output) can be written, found out beforehand. */
int place_check(const char *path, struct error *err) MUST_CHECK;
/* A file appears whole or not at all; what is no regular file is written to. */
int place_write(const char *path, const void *data, size_t len,
		struct error *err) MUST_CHECK;
/* The same for a directory, which must not be there yet. */
int place_check_new(const char *path, struct error *err) MUST_CHECK;
int place_write_tree(const char *path, const struct tree *tree,
		     struct error *err) MUST_CHECK;

#endif
