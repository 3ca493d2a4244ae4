/* SPDX-License-Identifier: MIT */
/*
 * fortnight sandbox run: the sandbox as a tool of its own.
 *
 * One pod, one run in it, and when everything inside is dead: what it printed,
 * what it left in /work, and what became of it.  What can be wrong with the
 * request is found out before anything runs.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/fd.h"
#include "fortnight/text.h"

#include "sandbox_run.h"

enum {
	REPORT_BYTES_MAX = 64 << 10,
	PROCESSES_MAX = 32768, /* the least pid_max that a kernel has */
	OPEN_FILES_MIN = 4,
	DAYS_MAX = 7
};

static const int64_t second = NS_PER_SEC;
static const int64_t mega = INT64_C(1) << 20;
static const int64_t giga = INT64_C(1) << 30;
static const int64_t tera = INT64_C(1) << 40;

/* ---- before ------------------------------------------------------------------- */

static int check_places(const struct sandbox_request *request,
			struct error *err)
{
	const char *const files[] = { request->out, request->err, request->meta,
				      request->json };
	int on_stdout = 0;

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		if (files[i] && place_check(files[i], err) < 0)
			return -1;
		on_stdout += files[i] && strcmp(files[i], "-") == 0;
	}
	if (on_stdout > 1)
		return error_set(err, ERROR_USAGE,
				 "only one of --stdout, --stderr, --meta and "
				 "--json can be standard output (-)");
	return request->collect ? place_check_new(request->collect, err) : 0;
}

/* ---- after -------------------------------------------------------------------- */

/* A reader that has seen enough is no failure. */
static int pass_on(int fd, const void *data, size_t len, struct error *err)
{
	if (fd_write_all(fd, data, len, err) == 0 || err->sys_errno == EPIPE)
		return 0;
	return error_prefix(err, "standard %s",
			    fd == STDOUT_FILENO ? "output" : "error");
}

static int write_stream(const struct buf *buf, const char *path, int fd,
			bool safe, struct error *err)
{
	auto_buf struct buf shown = BUF_INIT(SIZE_MAX / 2);

	if (safe) {
		text_add_safe(&shown, buf_text(buf), buf->len);
		buf = &shown;
	}
	if (path)
		return place_write(path, buf_text(buf), buf->len, err);
	return fd < 0 ? 0 : pass_on(fd, buf_text(buf), buf->len, err);
}

/* A report on standard output has it for itself. */
static bool reports_on_stdout(const struct sandbox_request *request)
{
	return (request->meta && strcmp(request->meta, "-") == 0) ||
	       (request->json && strcmp(request->json, "-") == 0);
}

static int write_streams(const struct sandbox_request *request,
			 const struct outcome *outcome, struct error *err)
{
	int fd = reports_on_stdout(request) ? -1 : STDOUT_FILENO;

	if (write_stream(&outcome->out, request->out, fd, request->safe, err) <
	    0)
		return -1;
	return write_stream(&outcome->err, request->err, STDERR_FILENO,
			    request->safe, err);
}

static int write_report(const char *path, const char *text, struct error *err)
{
	return path ? place_write(path, text, strlen(text), err) : 0;
}

static int write_reports(const struct sandbox_request *request,
			 const struct sandbox_job *job, const struct pod *pod,
			 const struct outcome *outcome, struct error *err)
{
	auto_free char *json = sandbox_json(job, pod, outcome);
	auto_buf struct buf meta = BUF_INIT(REPORT_BYTES_MAX);

	meta_write(outcome, &job->run.limits, &meta);
	if (write_report(request->meta, buf_text(&meta), err) < 0)
		return -1;
	return write_report(request->json, json, err);
}

static void print_notice(const struct sandbox_request *request,
			 const struct sandbox_job *job,
			 const struct outcome *outcome)
{
	auto_buf struct buf notice = BUF_INIT(REPORT_BYTES_MAX);

	sandbox_notice(job, outcome, &notice);
	if (!request->quiet)
		(void)fputs(buf_text(&notice), stderr);
}

/* Whoever reads the reports shall not find those of an earlier run. */
static void report_failure(const struct sandbox_request *request,
			   const struct error *failure)
{
	auto_free char *json = sandbox_json_failure(failure);
	auto_buf struct buf meta = BUF_INIT(REPORT_BYTES_MAX);
	struct error ignored = ERROR_INIT;

	meta_write_failure(failure->text, &meta);
	(void)write_report(request->meta, buf_text(&meta), &ignored);
	(void)write_report(request->json, json, &ignored);
}

static int collect(const struct sandbox_request *request, struct pod *pod,
		   struct error *err)
{
	struct tree_limits limits = tree_limits_default;
	auto_tree struct tree *tree = NULL;
	auto_close int fd = -1;

	limits.bytes_max = (uint64_t)request->disk_bytes;
	if (pod_collect(pod, ".", limits.bytes_max, &fd, err) < 0 ||
	    tree_from_stream(fd, &limits, &tree, err) < 0)
		return error_prefix(err, "collect /work");
	fd = -1; /* the tree's */
	return place_write_tree(request->collect, tree, err);
}

/* What had to be killed together with its pod took /work with it. */
static void say_lost(const struct sandbox_request *request)
{
	if (!request->quiet)
		fprintf(stderr,
			"fortnight: /work is lost: to end the program, the "
			"pod was killed as a whole\n");
}

/* ---- the whole ---------------------------------------------------------------- */

/* An exit status, or -1; in any case nothing is left when the pod is freed. */
static int run(const struct sandbox_request *request,
	       const struct sandbox_job *job, struct error *err)
{
	auto_outcome struct outcome outcome;
	auto_pod struct pod *pod = NULL;

	outcome_init(&outcome);
	if (pod_new(&job->pod, &pod, err) < 0 ||
	    pod_run(pod, &job->run, 1, &outcome, err) < 0) {
		if (err->kind != ERROR_CANCELLED)
			report_failure(request, err);
		return -1;
	}
	/* The reports first: they do not depend on who reads the output. */
	if (write_reports(request, job, pod, &outcome, err) < 0 ||
	    write_streams(request, &outcome, err) < 0)
		return -1;
	print_notice(request, job, &outcome);
	if (request->collect && pod_is_spent(pod))
		say_lost(request);
	else if (request->collect && collect(request, pod, err) < 0)
		return -1;
	return sandbox_status(&outcome);
}

static int start(struct sandbox_request *request, struct error *err)
{
	struct sandbox_job job;
	int status = -1;

	if (request->file_bytes < 0)
		request->file_bytes = request->disk_bytes;
	if (sandbox_raise_limits(err) < 0 || check_places(request, err) < 0)
		return -1;
	if (sandbox_job_make(request, &job, err) == 0)
		status = run(request, &job, err);
	sandbox_job_done(&job);
	return status;
}

int cmd_sandbox_run(int argc, char **argv, struct error *err)
{
	struct sandbox_request r = {
		.cpu_ns = 10 * second,
		.wall_ns = 60 * second,
		.memory_bytes = 512 * mega,
		.output_bytes = 16 * mega,
		.file_bytes = -1,
		.disk_bytes = 256 * mega,
		.processes = 64,
		.open_files = 256,
		.policy = "grade",
		.root = "bare",
	};
	const int64_t ms = NS_PER_MS, week = DAYS_MAX * INT64_C(86400) * second;
	const struct cli_option options[] = {
		{ "cpu", 't', CLI_SECONDS, &r.cpu_ns, ms, week },
		{ "wall", 'w', CLI_SECONDS, &r.wall_ns, ms, week },
		{ "memory", 0, CLI_SIZE, &r.memory_bytes, mega, tera },
		{ "output", 0, CLI_SIZE, &r.output_bytes, 0, giga },
		{ "file-size", 0, CLI_SIZE, &r.file_bytes, 0, tera },
		{ "disk", 0, CLI_SIZE, &r.disk_bytes, 4096, tera },
		{ "processes", 0, CLI_NUMBER, &r.processes, 1, PROCESSES_MAX },
		{ "open-files", 0, CLI_NUMBER, &r.open_files, OPEN_FILES_MIN,
		  INT32_MAX },
		{ "policy", 0, CLI_TEXT, &r.policy, 0, 0 },
		{ "root", 0, CLI_TEXT, &r.root, 0, 0 },
		{ "app", 0, CLI_TEXT, &r.app, 0, 0 },
		{ "work", 0, CLI_TEXT, &r.work, 0, 0 },
		{ "collect", 0, CLI_TEXT, &r.collect, 0, 0 },
		{ "hide", 0, CLI_LIST, &r.hide, 0, 0 },
		{ "env", 'E', CLI_LIST, &r.env, 0, 0 },
		{ "stdin", 'i', CLI_TEXT, &r.in, 0, 0 },
		{ "stdout", 'o', CLI_TEXT, &r.out, 0, 0 },
		{ "stderr", 'r', CLI_TEXT, &r.err, 0, 0 },
		{ "meta", 'M', CLI_TEXT, &r.meta, 0, 0 },
		{ "json", 0, CLI_TEXT, &r.json, 0, 0 },
		{ "safe", 0, CLI_FLAG, &r.safe, 0, 0 },
		{ "quiet", 'q', CLI_FLAG, &r.quiet, 0, 0 },
		{ NULL, 0, CLI_FLAG, NULL, 0, 0 }
	};
	int count = 0, status = -1;

	if (cli_options_first(argc, argv, options, &count, err) == 0 &&
	    cli_arguments(count, 1, argc, "[--] PROGRAM [ARGUMENT...]", err) ==
		    0) {
		r.command = argv + 1;
		r.command_count = (size_t)count;
		status = start(&r, err);
	}
	free(r.hide.texts);
	free(r.env.texts);
	return status;
}
