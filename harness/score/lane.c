/* SPDX-License-Identifier: MIT */
/*
 * A lane: one thread, one pod at a time, one case after another.  A pod in
 * which something of ours failed is thrown away, and the case is tried in a
 * new one.
 */
#include "compare.h"
#include "fortnight/base.h"
#include "internal.h"

enum {
	DRIVER_WALL_S = 60,
	DRIVER_CPU_S = 20,
	TOOL_MEMORY = 256 << 20,
	TOOL_PROCESSES = 16,
	TOOL_OUTPUT = 1 << 20,
	TOOL_DISK = 64 << 20,
	TOOL_FILES = 256,
	FEEDBACK_MAX = 64 << 10
};

static const char *const default_env[] = { "PATH=/usr/bin:/bin", "HOME=/tmp",
					   "LANG=C.UTF-8", "TMPDIR=/tmp",
					   NULL };

void lane_close(struct lane *lane)
{
	pod_free(lane->pod);
	lane->pod = NULL;
	lane->tool = NULL;
}

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* A pod serves every area, so its own limits are the largest of them. */
static void candidate_side(const struct engine *engine,
			   struct pod_config *config)
{
	struct pod_side_config *side = &config->side[SIDE_CANDIDATE];
	const struct task *task = engine->task;

	*side = (struct pod_side_config){
		.used = true,
		.root = engine->options->oracle_root ? ROOT_DIRECTORY
						     : ROOT_BARE,
		.root_path = engine->options->oracle_root,
		.app_fd = tree_fd(engine->app),
		.work_fd = -1,
		.app_bytes = tree_room(engine->app),
	};
	for (size_t i = 0; i < task->area_count; i++) {
		const struct task_limits *limits = &task->areas[i].limits;

		side->memory_bytes =
			most(side->memory_bytes, limits->memory_bytes);
		side->processes =
			(uint32_t)most(side->processes, limits->processes);
		if (task->areas[i].driver)
			config->data_bytes =
				most(config->data_bytes, limits->disk_bytes);
	}
}

static int lane_open(struct lane *lane, const struct tool *tool,
		     struct error *err)
{
	const struct engine *engine = lane->engine;
	struct pod_config config = {
		.policy = POLICY_GRADE,
		.side[SIDE_AUTHOR] = { .app_fd = -1, .work_fd = -1 },
		.cancel_fd = engine->options->cancel_fd,
	};

	/* A pod that was spent on one case is renewed for the next: that was the
	 * case's doing, and nothing of ours failed. */
	if (lane->pod && !pod_is_spent(lane->pod) &&
	    (!tool || tool == lane->tool))
		return 0;
	lane_close(lane);
	candidate_side(engine, &config);
	if (tool)
		config.side[SIDE_AUTHOR] = (struct pod_side_config){
			.used = true,
			.root = ROOT_BARE,
			.app_fd = tree_fd(tool->out),
			.work_fd = -1,
			.app_bytes = tree_room(tool->out),
			.memory_bytes = TOOL_MEMORY,
			.processes = TOOL_PROCESSES,
		};
	if (pod_new(&config, &lane->pod, err) < 0)
		return -1;
	lane->tool = tool;
	return 0;
}

static const struct run_limits tool_limits = {
	.cpu_ns = DRIVER_CPU_S * INT64_C(1000000000),
	.wall_ns = DRIVER_WALL_S * INT64_C(1000000000),
	.memory_bytes = TOOL_MEMORY,
	.processes = TOOL_PROCESSES,
	.output_bytes = TOOL_OUTPUT,
	.file_bytes = TOOL_DISK,
	.disk_bytes = TOOL_DISK,
	.open_files = TOOL_FILES,
};

static size_t count_of(char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static size_t add_words(const char **list, size_t n, char *const *words)
{
	for (; words && *words; words++)
		list[n++] = *words;
	return n;
}

/* The entry, then up to two lists of words; the caller frees the array, the
 * words are borrowed. */
static const char **make_argv(const struct engine *engine, char *const *first,
			      char *const *second)
{
	size_t n = engine->entry_count;
	const char **argv = xcalloc(n + count_of(first) + count_of(second) + 1,
				    sizeof(*argv));

	memcpy(argv, engine->entry, n * sizeof(*argv));
	n = add_words(argv, n, first);
	(void)add_words(argv, n, second);
	return argv;
}

static bool is_set(char *const *env, const char *assignment)
{
	size_t name = (size_t)(strchr(assignment, '=') - assignment) + 1;

	for (; env && *env; env++)
		if (strncmp(*env, assignment, name) == 0)
			return true;
	return false;
}

/* The case's own variables, and the defaults that it does not set. */
static const char **make_env(char *const *own)
{
	const char **env =
		xcalloc(count_of(own) + ARRAY_LEN(default_env), sizeof(*env));
	size_t n = add_words(env, 0, own);

	for (size_t i = 0; default_env[i]; i++)
		if (!is_set(own, default_env[i]))
			env[n++] = default_env[i];
	return env;
}

static void note_use(const struct outcome *outcome, struct case_result *result)
{
	result->cpu_ns += outcome->cpu_ns;
	result->wall_ns += outcome->wall_ns;
	if (outcome->memory_peak_bytes > result->memory_peak_bytes)
		result->memory_peak_bytes = outcome->memory_peak_bytes;
	result->oom_kills += outcome->oom_kills;
	result->forks_refused += outcome->forks_refused;
}

/* ---- io cases -------------------------------------------------------------------- */

static int files_tree(const struct case_file *files, size_t count,
		      struct tree **ret_tree, struct error *err)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(&tree_limits_default);

	for (size_t i = 0; i < count; i++)
		if (tree_builder_add_file(builder, files[i].name, false,
					  files[i].data, files[i].len, err) < 0)
			return -1;
	return tree_builder_seal(builder, ret_tree, err);
}

/* What the checker left in feedback/judgemessage.txt, or else printed. */
static char *feedback_of(struct outcome *checker)
{
	struct buf text = BUF_INIT(FEEDBACK_MAX);
	auto_tree struct tree *work = NULL;
	const struct tree_entry *entry = NULL;
	struct error err = ERROR_INIT;

	if (checker->work_fd >= 0 &&
	    tree_from_stream(checker->work_fd, &tree_limits_default, &work,
			     &err) == 0) {
		checker->work_fd = -1;
		entry = tree_find(work, "feedback/judgemessage.txt");
	}
	if (!entry || tree_read(work, entry, &text, &err) < 0)
		buf_add(&text, buf_text(&checker->out),
			checker->out.len < FEEDBACK_MAX ? checker->out.len
							: FEEDBACK_MAX);
	return buf_steal(&text);
}

static int checker_files(const struct task_case *task_case,
			 struct tree **ret_tree, struct error *err)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(&tree_limits_default);

	if (tree_builder_add_file(builder, "input", false,
				  task_case->stdin_data, task_case->stdin_len,
				  err) < 0 ||
	    tree_builder_add_file(builder, "answer", false,
				  task_case->want.stdout_data,
				  task_case->want.stdout_len, err) < 0 ||
	    tree_builder_add_dir(builder, "feedback", err) < 0)
		return -1;
	return tree_builder_seal(builder, ret_tree, err);
}

static int run_checker(struct lane *lane, const struct task_case *task_case,
		       const struct outcome *answer, struct case_result *result,
		       struct error *err)
{
	static const char *const argv[] = { "/app/run", "/work/input",
					    "/work/answer", "/work/feedback",
					    NULL };
	struct run_config run = { .side = SIDE_AUTHOR,
				  .argv = argv,
				  .env = default_env,
				  .stdin_data = buf_text(&answer->out),
				  .stdin_len = answer->out.len,
				  .collect_work = true,
				  .limits = tool_limits };
	auto_tree struct tree *files = NULL;
	auto_outcome struct outcome outcome;
	auto_free char *feedback = NULL;

	outcome_init(&outcome);
	if (lane_open(lane, lane->tool, err) < 0 ||
	    checker_files(task_case, &files, err) < 0)
		return -1;
	run.files_fd = tree_fd(files);
	run.limits.disk_bytes +=
		task_case->stdin_len + task_case->want.stdout_len;
	if (pod_run(lane->pod, &run, 1, &outcome, err) < 0)
		return -1;
	feedback = feedback_of(&outcome);
	if (decide_checker(&outcome, feedback, result, err) < 0)
		return -1;
	/* Whether it may be confirmed beside others depends on who was busy. */
	if (result->verdict == VERDICT_TIMEOUT)
		note_use(&outcome, result);
	return 0;
}

static int judge_io(struct lane *lane, const struct task_case *task_case,
		    struct outcome *outcome, struct case_result *result,
		    struct error *err)
{
	auto_tree struct tree *work = NULL;
	struct error why = ERROR_INIT;

	/* What does not come back as a tree is not what was wanted. */
	if (outcome->work_fd >= 0 &&
	    tree_from_stream(outcome->work_fd, &tree_limits_default, &work,
			     &why) == 0)
		outcome->work_fd = -1;
	decide_io(task_case, outcome, work, result);
	if (result->verdict == VERDICT_PASSED &&
	    task_case->want.compare == COMPARE_CHECKER)
		return run_checker(lane, task_case, outcome, result, err);
	return 0;
}

static int run_io(struct lane *lane, const struct task_area *area,
		  const struct task_case *task_case, struct case_result *result,
		  struct error *err)
{
	auto_free const char **argv =
		make_argv(lane->engine, task_case->argv, NULL);
	auto_free const char **env = make_env(task_case->env);
	struct run_config run = { .side = SIDE_CANDIDATE,
				  .argv = argv,
				  .env = env,
				  .stdin_data = task_case->stdin_data,
				  .stdin_len = task_case->stdin_len,
				  .files_fd = -1,
				  .collect_work = task_case->want.file_count >
						  0 };
	auto_tree struct tree *files = NULL;
	auto_outcome struct outcome outcome;

	outcome_init(&outcome);
	run_limits_of(&area->limits, &run.limits);
	if (task_case->file_count > 0) {
		if (files_tree(task_case->files, task_case->file_count, &files,
			       err) < 0)
			return -1;
		run.files_fd = tree_fd(files);
	}
	if (pod_run(lane->pod, &run, 1, &outcome, err) < 0)
		return -1;
	note_use(&outcome, result);
	return judge_io(lane, task_case, &outcome, result, err);
}

/* ---- driver cases ------------------------------------------------------------------ */

static int run_phase(struct lane *lane, const struct task_area *area,
		     const struct task_case *task_case, size_t phase,
		     struct case_result *result, struct error *err)
{
	static const char *const driver_argv[] = { "/app/run", NULL };
	const struct case_phase *step = &task_case->phases[phase];
	auto_free const char **argv = make_argv(
		lane->engine, lane->engine->task->serve_args, step->args);
	struct run_config runs[2] = {
		{ .side = SIDE_CANDIDATE,
		  .argv = argv,
		  .env = default_env,
		  .files_fd = -1,
		  .data = true,
		  .terminate = step->terminate },
		{ .side = SIDE_AUTHOR,
		  .argv = driver_argv,
		  .env = default_env,
		  .stdin_data = step->script,
		  .stdin_len = step->script_len,
		  .files_fd = -1,
		  .orphan_ns = ORPHAN_MS * INT64_C(1000000),
		  .limits = tool_limits },
	};
	struct outcome outcomes[2];
	int rc;

	outcome_init(&outcomes[0]);
	outcome_init(&outcomes[1]);
	run_limits_of(&area->limits, &runs[0].limits);
	rc = pod_run(lane->pod, runs, 2, outcomes, err);
	if (rc == 0) {
		note_use(&outcomes[0], result);
		rc = decide_phase(task_case, phase, &outcomes[0], &outcomes[1],
				  result, err);
	}
	outcome_done(&outcomes[0]);
	outcome_done(&outcomes[1]);
	return rc;
}

static int run_driver(struct lane *lane, const struct task_area *area,
		      const struct task_case *task_case,
		      struct case_result *result, struct error *err)
{
	if (pod_data_reset(lane->pod, err) < 0)
		return -1;
	for (size_t i = 0; i < task_case->phase_count; i++) {
		uint64_t tear = task_case->phases[i].tear_bytes;

		if (run_phase(lane, area, task_case, i, result, err) < 0)
			return -1;
		if (result->verdict != VERDICT_PASSED)
			break;
		if (tear > 0 && pod_data_tear(lane->pod, tear, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- any case -------------------------------------------------------------------------- */

static int run_once(struct lane *lane, const struct task_area *area,
		    const struct task_case *task_case,
		    struct case_result *result, struct error *err)
{
	const struct tool *tool = tool_of(lane->engine->tools, area, task_case);

	if (lane_open(lane, tool, err) < 0)
		return -1;
	if (task_case->is_driver)
		return run_driver(lane, area, task_case, result, err);
	return run_io(lane, area, task_case, result, err);
}

static void forget_attempt(struct case_result *result)
{
	free(result->diff);
	*result = (struct case_result){ .task_case = result->task_case,
					.attempts = result->attempts };
}

int lane_case(struct lane *lane, const struct task_area *area,
	      const struct task_case *task_case, struct case_result *result,
	      struct error *err)
{
	*result = (struct case_result){ .task_case = task_case };
	for (unsigned i = 0; i < ATTEMPTS_MAX; i++) {
		result->attempts++;
		if (run_once(lane, area, task_case, result, err) == 0)
			return 0;
		forget_attempt(result);
		lane_close(lane);
		if (err->kind == ERROR_CANCELLED)
			return -1;
		if (!error_is_passing(err))
			return error_prefix(err, "case %s", task_case->id);
	}
	result->verdict = VERDICT_INFRA;
	(void)snprintf(result->reason, sizeof(result->reason), "%s",
		       "infrastructure");
	(void)error_prefix(err, "case %s, tried %u times", task_case->id,
			   result->attempts);
	result->diff = xstrdup(err->text);
	return 0;
}
