/* SPDX-License-Identifier: MIT */
/* fortnight score PACK TREE|ARCHIVE: the whole suite, one tree. */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "fortnight/sandbox.h"
#include "fortnight/score.h"

#include "cli.h"

#include <fcntl.h>

enum {
	STATUS_INFRA = 75, /* EX_TEMPFAIL of sysexits.h: try again */
	FAILURES_DEFAULT = 5,
	FAILURES_MAX = 100000,
	LANES_MAX = 256
};

struct request {
	const char *output;
	int64_t lanes, failures;
	bool visible, json, quiet;
};

/* One line on a terminal, rewritten in place; silence anywhere else. */
static void show_progress(void *context, size_t done, size_t total,
			  const char *what)
{
	(void)context;
	if (total == 0)
		fprintf(stderr, "\r\033[K%s", what);
	else
		fprintf(stderr, "\r\033[K%zu/%zu %s", done, total, what);
	(void)fflush(stderr);
}

static void erase_progress(bool shown)
{
	if (!shown)
		return;
	fprintf(stderr, "\r\033[K");
	(void)fflush(stderr);
}

static int run_score(const struct request *request, const struct task *task,
		     const struct tree *tree, struct score **ret_score,
		     struct error *err)
{
	bool terminal = !request->quiet && isatty(STDERR_FILENO);
	struct score_options options = {
		.lanes = (unsigned)request->lanes,
		.cancel_fd = cli_cancel_fd(),
		.progress = terminal ? show_progress : NULL,
		.visible = request->visible,
	};
	int rc = score_run(task, tree, &options, ret_score, err);

	erase_progress(terminal);
	return rc;
}

/* Before the work, so that a place that cannot be written is no surprise after
 * it.  *ret_made: it was not there, and goes again when there are no results. */
static int open_results(const struct request *request, int *ret_dir,
			bool *ret_made, struct error *err)
{
	*ret_made = access(request->output, F_OK) < 0;
	if (fd_open_dir(AT_FDCWD, request->output, true, ret_dir, err) < 0)
		return -1;
	if (faccessat(*ret_dir, ".", W_OK | X_OK, AT_EACCESS) < 0)
		return error_set_errno(err, errno, "write results in %s",
				       request->output);
	return 0;
}

static int write_results(const struct request *request,
			 const struct score *score, int dir, struct error *err)
{
	if (score_write(score, dir, err) < 0)
		return error_prefix(err, "%s", request->output);
	return 0;
}

static void print_results(const struct request *request,
			  const struct score *score)
{
	auto_free char *text = NULL;

	if (request->json && score->verdict != SCORE_INFRA) {
		text = score_json(score);
		(void)fputs(text, stdout);
	} else if (!request->quiet && !request->json) {
		score_print(score, (unsigned)request->failures, cli_colour(),
			    stdout);
		printf("results in %s\n", request->output);
	}
	if (score->verdict == SCORE_INFRA)
		fprintf(stderr,
			"fortnight: not scored, our failure and not the "
			"candidate's: %s\n",
			score->infra_reason);
}

static int score_path(const struct request *request, const char *pack,
		      const char *path, struct error *err)
{
	auto_task struct task *task = NULL;
	auto_tree struct tree *tree = NULL;
	auto_score struct score *score = NULL;
	auto_close int dir = -1;
	bool made = false;
	enum task_parts parts = request->visible ? TASK_MANIFEST : TASK_WHOLE;

	if (sandbox_raise_limits(err) < 0 ||
	    task_load(pack, parts, &task, err) < 0 ||
	    tree_from_path(path, &tree_limits_default, &tree, err) < 0 ||
	    open_results(request, &dir, &made, err) < 0)
		return -1;
	if (run_score(request, task, tree, &score, err) < 0 ||
	    write_results(request, score, dir, err) < 0) {
		if (made)
			(void)rmdir(request->output);
		return -1;
	}
	print_results(request, score);
	if (fflush(stdout) != 0)
		return error_set_errno(err, errno, "write to standard output");
	return score->verdict == SCORE_INFRA ? STATUS_INFRA : STATUS_OK;
}

int cmd_score(int argc, char **argv, struct error *err)
{
	struct request request = { .output = "fortnight-score",
				   .failures = FAILURES_DEFAULT };
	const struct cli_option options[] = {
		{ "output", 'o', CLI_TEXT, &request.output, 0, 0 },
		{ "lanes", 0, CLI_NUMBER, &request.lanes, 1, LANES_MAX },
		{ "failures", 0, CLI_NUMBER, &request.failures, 0,
		  FAILURES_MAX },
		{ "visible", 0, CLI_FLAG, &request.visible, 0, 0 },
		{ "json", 0, CLI_FLAG, &request.json, 0, 0 },
		{ "quiet", 'q', CLI_FLAG, &request.quiet, 0, 0 },
		{ NULL, 0, CLI_FLAG, NULL, 0, 0 }
	};
	int count;

	if (cli_options(argc, argv, options, &count, err) < 0 ||
	    cli_arguments(count, 2, 2, "PACK TREE|ARCHIVE", err) < 0)
		return -1;
	return score_path(&request, argv[1], argv[2], err);
}
