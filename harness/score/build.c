/* SPDX-License-Identifier: MIT */
/*
 * The build box: a pod with the host's toolchain, the tree in /work, no network
 * and nothing of the pack's.  Whatever goes wrong in it is the tree's own
 * doing and becomes a build_status, except a failure of the sandbox itself,
 * which is tried again.
 */
#include "fortnight/base.h"
#include "fortnight/text.h"
#include "internal.h"

#include <signal.h>

enum {
	PAGE = 4096
};

static const char *const build_env[] = { "PATH=/usr/bin:/bin", "HOME=/tmp",
					 "LANG=C.UTF-8", "TMPDIR=/tmp", NULL };

static const char build_script[] =
	"exec 2>&1; [ -f build.sh ] && [ -x build.sh ] && exec ./build.sh; "
	"exec make";

void build_done(struct build *build)
{
	free(build->log);
	tree_free(build->out);
	*build = (struct build){ 0 };
}

bool error_is_passing(const struct error *err)
{
	return err->kind == ERROR_INFRA || err->kind == ERROR_SYSTEM;
}

uint64_t tree_room(const struct tree *tree)
{
	uint64_t room = 1 << 20;

	for (size_t i = 0; i < tree_count(tree); i++) {
		uint64_t size = tree_entry(tree, i)->size;

		room += (size + PAGE - 1) / PAGE * PAGE + PAGE;
	}
	return room;
}

static int verdict(struct build *build, enum build_status status,
		   const char *fmt, ...) PRINTF_LIKE(3, 4);
static int verdict(struct build *build, enum build_status status,
		   const char *fmt, ...)
{
	va_list ap;

	build->status = status;
	va_start(ap, fmt);
	(void)vsnprintf(build->reason, sizeof(build->reason), fmt, ap);
	va_end(ap);
	return 0;
}

static void keep_log(struct build *build, const struct buf *out)
{
	size_t keep = out->len < BUILD_LOG_MAX ? out->len : BUILD_LOG_MAX;
	struct buf safe = BUF_INIT(4 * BUILD_LOG_MAX + 1);

	text_add_safe(&safe, buf_text(out) + out->len - keep, keep);
	free(build->log);
	build->log = buf_steal(&safe);
}

static int judge_outcome(const struct outcome *outcome, struct build *build)
{
	switch (outcome->kind) {
	case OUTCOME_EXITED:
		if (outcome->status == 0)
			return verdict(build, BUILD_OK, "%s", "");
		return verdict(build, BUILD_FAILED,
			       "the build ended with status %d",
			       outcome->status);
	case OUTCOME_SIGNALLED:
		return verdict(build, BUILD_FAILED,
			       "the build was ended by signal %d (%s)",
			       outcome->status,
			       sigabbrev_np(outcome->status)
				       ? sigabbrev_np(outcome->status)
				       : "?");
	case OUTCOME_LIMIT_CPU:
	case OUTCOME_LIMIT_WALL:
		return verdict(build, BUILD_TIMEOUT,
			       "the build took longer than its time limit");
	case OUTCOME_LIMIT_MEMORY:
		return verdict(build, BUILD_FAILED,
			       "the build ran into its memory limit");
	case OUTCOME_LIMIT_OUTPUT:
		return verdict(build, BUILD_FAILED,
			       "the build printed more than its output limit");
	case OUTCOME_NOT_STARTED:
	case OUTCOME_ENDED:
		break;
	}
	return verdict(build, BUILD_FAILED, "the build could not be started");
}

/* A candidate's fault becomes a status; what is ours stays an error. */
static int judge_output_error(struct build *build, const struct error *err)
{
	if (err->kind != ERROR_INPUT && err->kind != ERROR_LIMIT)
		return -1;
	return verdict(build, BUILD_NO_OUTPUT, "out/: %.180s", err->text);
}

static int collect(const struct task *task, struct pod *pod, const char *entry,
		   struct build *build, struct error *err)
{
	uint64_t bytes = task->build.output_tree_bytes;
	struct tree_limits limits = tree_limits_default;
	const struct tree_entry *program;
	auto_tree struct tree *out = NULL;
	auto_close int fd = -1;

	limits.bytes_max = bytes;
	if (pod_collect(pod, "out", bytes, &fd, err) < 0)
		return judge_output_error(build, err);
	if (tree_from_stream(fd, &limits, &out, err) < 0)
		return judge_output_error(build, err);
	fd = -1;
	program = tree_find(out, entry);
	if (!program)
		return verdict(build, BUILD_NO_OUTPUT,
			       "the build left no out/%.150s", entry);
	if (program->type == TREE_DIR ||
	    (program->type == TREE_FILE && !program->executable))
		return verdict(build, BUILD_NO_OUTPUT,
			       "out/%.150s is not an executable file", entry);
	build->out = STEAL(out);
	return 0;
}

static void make_config(const struct task *task, const struct tree *source,
			int cancel_fd, struct pod_config *config)
{
	*config = (struct pod_config){
		.policy = POLICY_GRADE,
		.side[SIDE_CANDIDATE] = {
			.used = true,
			.root = ROOT_TOOLCHAIN,
			.hide = (const char *const *)task->build.hide,
			.app_fd = -1,
			.work_fd = tree_fd(source),
			.work_bytes = task->build.limits.disk_bytes,
			.memory_bytes = task->build.limits.memory_bytes,
			.processes = task->build.limits.processes,
		},
		.side[SIDE_AUTHOR] = { .app_fd = -1, .work_fd = -1 },
		.cancel_fd = cancel_fd,
	};
}

void run_limits_of(const struct task_limits *limits, struct run_limits *ret)
{
	*ret = (struct run_limits){
		.cpu_ns = limits->cpu_ns,
		.wall_ns = limits->wall_ns,
		.memory_bytes = limits->memory_bytes,
		.processes = limits->processes,
		.output_bytes = limits->output_bytes,
		.file_bytes = limits->disk_bytes,
		.disk_bytes = limits->disk_bytes,
		.open_files = limits->open_files,
	};
}

static int build_once(const struct task *task, const struct tree *source,
		      const char *entry, int cancel_fd, struct build *build,
		      struct error *err)
{
	static const char *const argv[] = { "/bin/sh", "-c", build_script,
					    NULL };
	struct run_config run = { .side = SIDE_CANDIDATE,
				  .argv = argv,
				  .env = build_env,
				  .files_fd = -1,
				  .lasting_work = true };
	auto_outcome struct outcome outcome;
	auto_pod struct pod *pod = NULL;
	struct pod_config config;

	outcome_init(&outcome);
	make_config(task, source, cancel_fd, &config);
	run_limits_of(&task->build.limits, &run.limits);
	if (pod_new(&config, &pod, err) < 0)
		return -1;
	if (pod_run(pod, &run, 1, &outcome, err) < 0)
		return -1;
	build->wall_ns = outcome.wall_ns;
	build->cpu_ns = outcome.cpu_ns;
	keep_log(build, &outcome.out);
	(void)judge_outcome(&outcome, build);
	if (build->status != BUILD_OK)
		return 0;
	return collect(task, pod, entry, build, err);
}

/* A timeout is seen twice before it counts. */
int build_run(const struct task *task, const struct tree *source,
	      const char *entry, int cancel_fd, struct build *ret_build,
	      struct error *err)
{
	unsigned failures = 0, timeouts = 0;
	struct build build = { 0 };

	if (tree_room(source) > task->build.limits.disk_bytes) {
		*ret_build = build;
		return verdict(ret_build, BUILD_FAILED,
			       "the tree is larger than the build's disk");
	}
	while (failures < ATTEMPTS_MAX) {
		int rc =
			build_once(task, source, entry, cancel_fd, &build, err);

		if (rc == 0 && build.status == BUILD_TIMEOUT && timeouts++ == 0)
			continue;
		if (rc == 0) {
			*ret_build = build;
			return 0;
		}
		build_done(&build);
		if (!error_is_passing(err))
			return -1;
		failures++;
	}
	return error_prefix(err, "the build, tried %u times", failures);
}
