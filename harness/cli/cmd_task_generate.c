/* SPDX-License-Identifier: MIT */
/* fortnight task generate PACK: a suite from a seed. */
#include "fortnight/base.h"
#include "fortnight/task.h"
#include "fortnight/text.h"

#include "cli.h"

#include <inttypes.h>

/* The seed of the suites that the repository carries. */
static const int64_t public_seed = 1;

struct request {
	const char *oracle, *seed_file, *output;
	int64_t seed;
};

static void show_progress(int64_t seconds)
{
	fprintf(stderr, "\r\033[Kgenerating: %" PRId64 " s", seconds);
	(void)fflush(stderr);
}

static int take_seed(const struct request *request, struct task_seed *seed,
		     struct error *err)
{
	bool made = false;

	if (request->seed >= 0 && request->seed_file)
		return error_set(err, ERROR_USAGE,
				 "--seed and --seed-file exclude each other");
	if (request->seed_file) {
		if (task_seed_file(request->seed_file, seed, &made, err) < 0)
			return -1;
		if (made)
			printf("made a secret seed: %s; keep it, and nobody "
			       "else\n",
			       request->seed_file);
		return 0;
	}
	(void)snprintf(seed->digits, sizeof(seed->digits), "%" PRId64,
		       request->seed >= 0 ? request->seed : public_seed);
	return 0;
}

static int print_suite(const char *path, struct error *err)
{
	auto_task struct task *task = NULL;
	bool speed = false;

	if (task_load(path, TASK_WHOLE, &task, err) < 0)
		return -1;
	for (size_t i = 0; i < task->area_count; i++) {
		const struct task_area *area = &task->areas[i];

		printf("  %-16s %-7s %5zu hidden %5zu visible\n", area->name,
		       area_kind_name(area->kind), area->case_count,
		       area->visible_count);
		speed = speed || area->kind == AREA_SPEED;
	}
	printf("%s: %zu cases, sha256 %s\n", task->path, task->case_count,
	       task->digest);
	if (speed)
		printf("speed cases are measured against references: "
		       "fortnight task check --seal %s\n",
		       task->path);
	if (fflush(stdout) != 0)
		return error_set_errno(err, errno, "write to standard output");
	return STATUS_OK;
}

static int generate(const struct request *request, const char *pack,
		    struct error *err)
{
	auto_buf struct buf report = BUF_INIT(TASK_REPORT_MAX);
	auto_task struct task *task = NULL;
	auto_free char *oracle = NULL, *path = NULL;
	bool terminal = isatty(STDERR_FILENO);
	struct task_generation how = {
		.output = request->output,
		.cancel_fd = cli_cancel_fd(),
		.progress = terminal ? show_progress : NULL,
		.report = &report,
	};
	int rc;

	if (task_load(pack, TASK_HEAD, &task, err) < 0 ||
	    cli_oracle(request->oracle, task, true, &oracle, err) < 0 ||
	    take_seed(request, &how.seed, err) < 0)
		return -1;
	how.oracle = oracle;
	rc = task_generate(task, &how, &path, err);
	if (terminal)
		fprintf(stderr, "\r\033[K");
	if (rc < 0)
		return -1;
	(void)fputs(buf_text(&report), stderr);
	return print_suite(path, err);
}

int cmd_task_generate(int argc, char **argv, struct error *err)
{
	struct request request = { .seed = -1 };
	const struct cli_option options[] = {
		{ "seed", 0, CLI_NUMBER, &request.seed, 0, INT64_MAX },
		{ "seed-file", 0, CLI_TEXT, &request.seed_file, 0, 0 },
		{ "output", 'o', CLI_TEXT, &request.output, 0, 0 },
		{ "oracle", 0, CLI_TEXT, &request.oracle, 0, 0 },
		{ NULL, 0, CLI_FLAG, NULL, 0, 0 }
	};
	int count;

	if (cli_options(argc, argv, options, &count, err) < 0 ||
	    cli_arguments(count, 1, 1, "PACK", err) < 0)
		return -1;
	return generate(&request, argv[1], err);
}
