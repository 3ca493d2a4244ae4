/* SPDX-License-Identifier: MIT */
/* fortnight task check PACK: prove a pack. */
#include "fortnight/base.h"
#include "fortnight/check.h"
#include "fortnight/sandbox.h"

#include "cli.h"

enum {
	REPEATS_DEFAULT = 10,
	LOADED_DEFAULT = 2,
	REPEATS_MAX = 100
};

struct request {
	const char *oracle;
	int64_t repeats, loaded;
	bool quick, seal;
};

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

static int check(const struct request *request, const char *pack,
		 struct error *err)
{
	auto_task struct task *task = NULL;
	auto_free char *oracle = NULL;
	bool terminal = isatty(STDERR_FILENO), passed = false;
	struct check_options options = {
		.repeats = (unsigned)request->repeats,
		.loaded = (unsigned)request->loaded,
		.quick = request->quick,
		.seal = request->seal,
		.cancel_fd = cli_cancel_fd(),
		.progress = terminal ? show_progress : NULL,
		.out = stdout,
	};
	int rc;

	/* Whichever gate needs the oracle says so. */
	if (sandbox_raise_limits(err) < 0 ||
	    task_load(pack, TASK_WHOLE, &task, err) < 0 ||
	    cli_oracle(request->oracle, task, false, &oracle, err) < 0)
		return -1;
	options.oracle_root = oracle;
	rc = check_pack(task, &options, &passed, err);
	if (terminal)
		fprintf(stderr, "\r\033[K");
	if (rc < 0)
		return -1;
	if (fflush(stdout) != 0)
		return error_set_errno(err, errno, "write to standard output");
	return passed ? STATUS_OK : STATUS_NOT_PASSED;
}

int cmd_task_check(int argc, char **argv, struct error *err)
{
	struct request request = { .repeats = REPEATS_DEFAULT,
				   .loaded = LOADED_DEFAULT };
	const struct cli_option options[] = {
		{ "oracle", 0, CLI_TEXT, &request.oracle, 0, 0 },
		{ "repeats", 0, CLI_NUMBER, &request.repeats, 1, REPEATS_MAX },
		{ "loaded", 0, CLI_NUMBER, &request.loaded, 0, REPEATS_MAX },
		{ "quick", 0, CLI_FLAG, &request.quick, 0, 0 },
		{ "seal", 0, CLI_FLAG, &request.seal, 0, 0 },
		{ NULL, 0, CLI_FLAG, NULL, 0, 0 }
	};
	int count;

	if (cli_options(argc, argv, options, &count, err) < 0 ||
	    cli_arguments(count, 1, 1, "PACK", err) < 0)
		return -1;
	return check(&request, argv[1], err);
}
