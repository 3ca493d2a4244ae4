/* SPDX-License-Identifier: MIT */
#include "pods.h"

#include "fortnight/clock.h"
#include "fortnight/fd.h"

#include <fcntl.h>
#include <sys/wait.h>

enum {
	MIB = 1 << 20,
	PROGRAM_BYTES_MAX = 16 * MIB,
	ENV_SIZE = 128,
	LOOKS = 40,
	NOT_CONTAINED = 99
};

static const struct tree_limits app_limits = { .bytes_max = 32 * MIB,
					       .entries_max = 10 };
static size_t points, failed;

/* ---- the program ------------------------------------------------------------ */

int soak_open(struct soak *soak, const char *directory, const char *name,
	      struct error *err)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(&app_limits);
	auto_buf struct buf program = BUF_INIT(PROGRAM_BYTES_MAX);
	auto_close int dir = -1;

	*soak = (struct soak){ .app = NULL };
	(void)snprintf(soak->program, sizeof(soak->program), "/app/%s", name);
	if (lures_set(&soak->lures, err) < 0 ||
	    fd_open_dir(AT_FDCWD, directory, false, &dir, err) < 0 ||
	    fd_read_file(dir, name, &program, err) < 0 ||
	    tree_builder_add_file(builder, name, true, program.data,
				  program.len, err) < 0)
		return -1;
	return tree_builder_seal(builder, &soak->app, err);
}

void soak_refuses_outside(const char *directory, const char *name)
{
	struct finding finding = { .why = "" };
	char path[512], app[96];
	char *argv[] = { app, NULL }, *env[] = { NULL };
	int status = 0;
	pid_t pid;

	(void)snprintf(path, sizeof(path), "%.400s/%s", directory, name);
	(void)snprintf(app, sizeof(app), "/app/%.80s", name);
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)close(STDOUT_FILENO);
		(void)execve(path, argv, env);
		_exit(1);
	}
	(void)waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != NOT_CONTAINED)
		soak_found(&finding, "it ended with %#x", (unsigned)status);
	soak_point(&finding, "control: %s refuses to run outside", name);
}

void soak_close(struct soak *soak)
{
	lures_clear(&soak->lures);
	tree_free(soak->app);
}

/* ---- pods and runs ----------------------------------------------------------- */

int soak_pod_new(const struct soak *soak, const struct soak_pod *what,
		 struct pod **ret_pod, struct error *err)
{
	struct pod_config config = { .cancel_fd = -1,
				     .policy = what->policy,
				     .data_bytes = MIB };
	const struct pod_side_config side = {
		.used = true,
		.root = what->root,
		.app_fd = tree_fd(soak->app),
		.app_bytes = tree_bytes(soak->app) + 2 * MIB,
		.work_fd = -1,
		.work_bytes = 8 * MIB,
		.memory_bytes = what->memory_bytes,
		.processes = what->processes,
	};

	config.side[SIDE_CANDIDATE] = side;
	config.side[SIDE_AUTHOR] = side;
	config.side[SIDE_AUTHOR].used = what->author;
	return pod_new(&config, ret_pod, err);
}

static uint64_t usual(uint64_t value, uint64_t otherwise)
{
	return value ? value : otherwise;
}

static struct run_limits limits_of(const struct run_limits *limits)
{
	return (struct run_limits){
		.cpu_ns = limits->cpu_ns ? limits->cpu_ns : 10 * NS_PER_SEC,
		.wall_ns = limits->wall_ns ? limits->wall_ns : 30 * NS_PER_SEC,
		.memory_bytes = usual(limits->memory_bytes, 32 * MIB),
		.processes = (uint32_t)usual(limits->processes, 16),
		.output_bytes = usual(limits->output_bytes, 64 << 10),
		.file_bytes = usual(limits->file_bytes, 4 * MIB),
		.disk_bytes = usual(limits->disk_bytes, 4 * MIB),
		.open_files = (uint32_t)usual(limits->open_files, 64),
	};
}

int soak_run(const struct soak *soak, struct pod *pod,
	     const struct soak_run *runs, size_t count,
	     struct outcome *outcomes, struct error *err)
{
	char token[ENV_SIZE], mounts[ENV_SIZE];
	const char *env[] = { token, mounts, NULL };
	const char *argv[SIDE_COUNT][4];
	struct run_config configs[SIDE_COUNT];

	(void)snprintf(token, sizeof(token), "HS_TOKEN=%s", soak->lures.token);
	(void)snprintf(mounts, sizeof(mounts), "HS_HOST_MNT=%s",
		       soak->lures.host_mounts);
	for (size_t i = 0; i < count && i < SIDE_COUNT; i++) {
		const struct soak_run *run = &runs[i];

		argv[i][0] = run->path ? run->path : soak->program;
		argv[i][1] = run->arg;
		argv[i][2] = soak->lures.token;
		argv[i][3] = NULL;
		configs[i] = (struct run_config){
			.side = run->side,
			.argv = argv[i],
			.env = env,
			.stdin_data = run->input,
			.stdin_len = run->input ? strlen(run->input) : 0,
			.files_fd = -1,
			.lasting_work = run->lasting_work,
			.collect_work = run->collect_work,
			.terminate = run->terminate,
			.limits = limits_of(&run->limits),
		};
	}
	return pod_run(pod, configs, count, outcomes, err);
}

/* ---- the host ------------------------------------------------------------------- */

void soak_look(const struct soak *soak, const struct lines *before,
	       struct finding *finding)
{
	const struct timespec pause = { .tv_nsec = 50 * NS_PER_MS };

	for (int tries = 0; tries < LOOKS; tries++) {
		auto_lines struct lines now = { 0 };

		finding->why[0] = '\0';
		host_look(&soak->lures, &now);
		lines_compare(before, &now, finding);
		if (!finding->why[0])
			return;
		(void)nanosleep(&pause, NULL);
	}
}

/* ---- TAP ----------------------------------------------------------------------- */

void soak_found(struct finding *finding, const char *fmt, ...)
{
	size_t len = strlen(finding->why);
	va_list ap;

	if (len + 3 >= sizeof(finding->why))
		return;
	if (len) {
		memcpy(finding->why + len, "; ", 3);
		len += 2;
	}
	va_start(ap, fmt);
	(void)vsnprintf(finding->why + len, sizeof(finding->why) - len, fmt,
			ap);
	va_end(ap);
}

void soak_point(const struct finding *finding, const char *fmt, ...)
{
	va_list ap;

	points++;
	failed += finding->why[0] != '\0';
	va_start(ap, fmt);
	tap_line(points, finding, fmt, ap);
	va_end(ap);
}

int soak_done(void)
{
	printf("1..%zu\n", points);
	(void)fflush(stdout);
	return failed || points == 0;
}
