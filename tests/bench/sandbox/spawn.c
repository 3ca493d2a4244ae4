/* SPDX-License-Identifier: MIT */
/*
 * spawn - start one program many times, in one way, and say what each time cost.
 *
 *	spawn plain     [OPTION...] PROGRAM [ARG...]	by posix_spawn(3)
 *	spawn pod       [OPTION...] PROGRAM [ARG...]	each in a run of one pod
 *	spawn overshoot [OPTION...] PROGRAM [ARG...]	until its CPU limit ends it
 *	spawn filter	write our seccomp filter, for who can load one
 *
 *	-n RUNS		how often
 *	-w WORKERS	as many threads share the runs, each with a pod of its own
 *	-c FILE		cpuacct.usage or cpu.stat of the group that this program is in
 *	-a DIRECTORY	what is in the pod's /app
 *	-t		the pod has the host's /usr
 *	-f FILE		plain: PROGRAM finds FILE open as descriptor 9
 *	-l MS		overshoot: the CPU limit
 *
 * Every way is a mode of this one program, so that the parent costs the same in
 * all of them: a peer's command line is a PROGRAM of "plain".  CPU time is that of
 * the whole group, and of everything below it: the parent's share, what a sandbox
 * leaves to be done after it has answered, and processes nobody waited for.
 *
 * Prints, in nanoseconds: "pod WALL CPU" (made, and freed), "run WALL CPU" for each
 * run, "all WALL CPU" for all of them together, "over CPU WAKEUPS" for
 * each run that was ended at its limit.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/sandbox.h"
#include "fortnight/tree.h"

#include "../../../harness/sandbox/policy.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum {
	FILTER_FD = 9,
	WORKERS_MAX = 64
};

static const uint64_t mib = 1 << 20;

struct job;

struct worker {
	const struct job *job;
	pthread_t thread;
	struct pod *pod;
	posix_spawn_file_actions_t actions;
	long runs;
	struct error err;
	bool failed;
};

struct mode {
	const char *name;
	int (*open)(struct worker *worker, struct error *err);
	int (*once)(struct worker *worker, struct error *err);
	void (*close)(struct worker *worker);
};

struct job {
	const struct mode *mode;
	long runs, workers;
	int counter; /* -1: CPU time is not asked for */
	const char *app, *filter;
	bool toolchain;
	int64_t cpu_limit_ns;
	char **argv;
	struct tree *tree;
	pthread_barrier_t ready, done;
};

static char *const environment[] = { (char[]){ "PATH=/usr/bin:/bin" },
				     (char[]){ "HOME=/tmp" }, NULL };

/* ---- what it cost --------------------------------------------------------------- */

static int64_t cpu_ns(const struct job *job)
{
	static const char key[] = "usage_usec ";
	char text[256];
	ssize_t n = -1;

	if (job->counter >= 0)
		n = pread(job->counter, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	if (strncmp(text, key, strlen(key)) == 0)
		return strtoll(text + strlen(key), NULL, 10) * 1000;
	return strtoll(text, NULL, 10);
}

/* Until what a sandbox left to be done is done. */
static void settle(void)
{
	const struct timespec pause = { .tv_nsec = 20 * NS_PER_MS };

	(void)nanosleep(&pause, NULL);
}

/* ---- plain ----------------------------------------------------------------------- */

static int plain_open(struct worker *worker, struct error *err)
{
	int rc = posix_spawn_file_actions_init(&worker->actions);

	if (rc == 0 && worker->job->filter)
		rc = posix_spawn_file_actions_addopen(&worker->actions,
						      FILTER_FD,
						      worker->job->filter,
						      O_RDONLY, 0);
	return rc ? error_set_errno(err, rc, "prepare") : 0;
}

static int plain_once(struct worker *worker, struct error *err)
{
	char **argv = worker->job->argv;
	int status = 0, rc;
	pid_t pid;

	rc = posix_spawn(&pid, argv[0], &worker->actions, NULL, argv,
			 environment);
	if (rc != 0)
		return error_set_errno(err, rc, "start %s", argv[0]);
	if (waitpid(pid, &status, 0) != pid)
		return error_set_errno(err, errno, "wait for %s", argv[0]);
	if (status != 0)
		return error_set(err, ERROR_INPUT, "%s ended with status %#x",
				 argv[0], (unsigned)status);
	return 0;
}

static void plain_close(struct worker *worker)
{
	(void)posix_spawn_file_actions_destroy(&worker->actions);
}

/* ---- in a pod -------------------------------------------------------------------- */

static int pod_open(struct worker *worker, struct error *err)
{
	const struct job *job = worker->job;
	struct pod_config config = {
		.policy = POLICY_GRADE,
		.side[SIDE_CANDIDATE] = {
			.used = true,
			.root = job->toolchain ? ROOT_TOOLCHAIN : ROOT_BARE,
			.app_fd = job->tree ? tree_fd(job->tree) : -1,
			.work_fd = -1,
			.app_bytes = job->tree
				? tree_bytes(job->tree) + 2 * mib : 0,
			.memory_bytes = 256 * mib,
			.processes = 32,
		},
		.side[SIDE_AUTHOR] = { .app_fd = -1, .work_fd = -1 },
		.cancel_fd = -1,
	};

	return pod_new(&config, &worker->pod, err);
}

static void pod_close(struct worker *worker)
{
	pod_free(worker->pod);
	worker->pod = NULL;
}

/* As a case of a scoring runs: an empty /work, standard output and error
 * captured, every limit set. */
static int pod_start(struct worker *worker, struct outcome *outcome,
		     struct error *err)
{
	const struct job *job = worker->job;
	const struct run_config config = {
		.side = SIDE_CANDIDATE,
		.argv = (const char *const *)job->argv,
		.env = (const char *const *)environment,
		.files_fd = -1,
		.limits = {
			.cpu_ns = job->cpu_limit_ns,
			.wall_ns = 30 * NS_PER_SEC,
			.memory_bytes = 256 * mib,
			.processes = 32,
			.output_bytes = 64 << 10,
			.file_bytes = 8 * mib,
			.disk_bytes = 16 * mib,
			.open_files = 256,
		},
	};

	return pod_run(worker->pod, &config, 1, outcome, err);
}

static int pod_once(struct worker *worker, struct error *err)
{
	auto_outcome struct outcome outcome;

	outcome_init(&outcome);
	if (pod_start(worker, &outcome, err) < 0)
		return -1;
	if (outcome.kind != OUTCOME_EXITED || outcome.status != 0)
		return error_set(err, ERROR_INPUT, "%s: %s %d %s",
				 worker->job->argv[0],
				 outcome_kind_name(outcome.kind),
				 outcome.status, buf_text(&outcome.err));
	return 0;
}

static int overshoot_once(struct worker *worker, struct error *err)
{
	auto_outcome struct outcome outcome;
	struct rusage before = { 0 }, after = { 0 };

	outcome_init(&outcome);
	(void)getrusage(RUSAGE_SELF, &before);
	if (pod_start(worker, &outcome, err) < 0)
		return -1;
	(void)getrusage(RUSAGE_SELF, &after);
	if (outcome.kind != OUTCOME_LIMIT_CPU)
		return error_set(err, ERROR_INPUT, "%s was not ended: %s %d",
				 worker->job->argv[0],
				 outcome_kind_name(outcome.kind),
				 outcome.status);
	printf("over %lld %ld\n",
	       (long long)(outcome.cpu_ns - worker->job->cpu_limit_ns),
	       after.ru_nvcsw - before.ru_nvcsw);
	return 0;
}

/* ---- one after another, and at once ------------------------------------------------ */

static int one_by_one(struct worker *worker, struct error *err)
{
	const struct job *job = worker->job;
	int64_t wall, cpu, wall_after, cpu_after, begin;

	settle();
	begin = cpu = cpu_ns(job);
	for (long i = 0; i < worker->runs; i++) {
		wall = clock_mono_ns();
		if (job->mode->once(worker, err) < 0)
			return -1;
		wall_after = clock_mono_ns();
		cpu_after = cpu_ns(job);
		printf("run %lld %lld\n", (long long)(wall_after - wall),
		       (long long)(cpu_after - cpu));
		/* The next begins here: what this one left is its own. */
		cpu = cpu_after;
	}
	settle();
	printf("all 0 %lld\n", (long long)(cpu_ns(job) - begin));
	return 0;
}

static int alone(struct job *job, struct error *err)
{
	struct worker worker = { .job = job, .runs = job->runs };
	int64_t wall = clock_mono_ns(), cpu = cpu_ns(job), made_wall, made_cpu;
	int rc;

	if (job->mode->open(&worker, err) < 0)
		return -1;
	made_wall = clock_mono_ns() - wall;
	settle();
	made_cpu = cpu_ns(job) - cpu;
	/* The first run finds cold caches, here and there. */
	rc = job->mode->once(&worker, err);
	if (rc == 0)
		rc = one_by_one(&worker, err);
	wall = clock_mono_ns();
	cpu = cpu_ns(job);
	job->mode->close(&worker);
	made_wall += clock_mono_ns() - wall;
	settle();
	printf("pod %lld %lld\n", (long long)made_wall,
	       (long long)(made_cpu + cpu_ns(job) - cpu));
	return rc;
}

static void *work(void *context)
{
	struct worker *worker = context;
	struct job *job = unconst(worker->job);
	int rc = job->mode->open(worker, &worker->err);
	bool opened = rc == 0;

	if (rc == 0)
		rc = job->mode->once(worker, &worker->err);
	(void)pthread_barrier_wait(&job->ready);
	for (long i = 0; rc == 0 && i < worker->runs; i++)
		rc = job->mode->once(worker, &worker->err);
	(void)pthread_barrier_wait(&job->done);
	if (opened)
		job->mode->close(worker);
	worker->failed = rc < 0;
	return NULL;
}

static int at_once(struct job *job, struct error *err)
{
	static struct worker workers[WORKERS_MAX];
	unsigned parties = (unsigned)job->workers + 1;
	int64_t wall, cpu;
	int rc = 0;

	(void)pthread_barrier_init(&job->ready, NULL, parties);
	(void)pthread_barrier_init(&job->done, NULL, parties);
	for (long i = 0; i < job->workers; i++) {
		workers[i].job = job;
		workers[i].runs = (job->runs + i) / job->workers;
		rc = pthread_create(&workers[i].thread, NULL, work,
				    &workers[i]);
		if (rc != 0)
			return error_set_errno(err, rc, "start a thread");
	}
	(void)pthread_barrier_wait(&job->ready);
	wall = clock_mono_ns();
	cpu = cpu_ns(job);
	(void)pthread_barrier_wait(&job->done);
	wall = clock_mono_ns() - wall;
	cpu = cpu_ns(job) - cpu;
	for (long i = 0; i < job->workers; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		if (workers[i].failed) {
			*err = workers[i].err;
			rc = -1;
		}
	}
	printf("all %lld %lld\n", (long long)wall, (long long)cpu);
	return rc;
}

/* ---- the command line ---------------------------------------------------------------- */

static const struct mode modes[] = {
	{ "plain", plain_open, plain_once, plain_close },
	{ "pod", pod_open, pod_once, pod_close },
	{ "overshoot", pod_open, overshoot_once, pod_close },
};

static int number(const char *text, long max, long *ret_value,
		  struct error *err)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end || value < 1 || value > max)
		return error_set(err, ERROR_USAGE,
				 "%s is not a number from 1 to %ld", text, max);
	*ret_value = value;
	return 0;
}

static int take_option(struct job *job, int option, struct error *err)
{
	long ms = 0;

	switch (option) {
	case 'n':
		return number(optarg, 1000000, &job->runs, err);
	case 'w':
		return number(optarg, WORKERS_MAX, &job->workers, err);
	case 'l':
		if (number(optarg, 100000, &ms, err) < 0)
			return -1;
		job->cpu_limit_ns = ms * NS_PER_MS;
		return 0;
	case 'c':
		job->counter = open(optarg, O_RDONLY | O_CLOEXEC);
		return job->counter < 0
			       ? error_set_errno(err, errno, "open %s", optarg)
			       : 0;
	case 'a':
		job->app = optarg;
		return 0;
	case 'f':
		job->filter = optarg;
		return 0;
	case 't':
		job->toolchain = true;
		return 0;
	default:
		return error_set(err, ERROR_USAGE, "see the top of spawn.c");
	}
}

static int parse(struct job *job, int argc, char **argv, struct error *err)
{
	bool known = false;
	int option;

	for (size_t i = 0; argc > 1 && i < ARRAY_LEN(modes); i++)
		if (strcmp(argv[1], modes[i].name) == 0) {
			job->mode = &modes[i];
			known = true;
		}
	if (!known)
		return error_set(err, ERROR_USAGE,
				 "the first word is one of plain, pod, "
				 "overshoot, filter");
	optind = 2;
	/* There is one thread so far. */
	while ((option = getopt(argc, argv, // NOLINT(concurrency-mt-unsafe)
				"+n:w:c:a:f:tl:")) != -1)
		if (take_option(job, option, err) < 0)
			return -1;
	if (optind == argc)
		return error_set(err, ERROR_USAGE, "which program?");
	job->argv = argv + optind;
	return 0;
}

static int measure(struct job *job, struct error *err)
{
	int rc;

	if (job->app &&
	    tree_from_path(job->app, &tree_limits_default, &job->tree, err) < 0)
		return -1;
	rc = job->workers ? at_once(job, err) : alone(job, err);
	tree_free(job->tree);
	return rc;
}

static int write_filter(void)
{
	const struct policy_blob *blob = &policy_pod_blobs[POLICY_GRADE];
	size_t size = blob->len * sizeof(struct sock_filter);

	return fwrite(blob->filter, 1, size, stdout) == size ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct job job = { .mode = &modes[0],
			   .runs = 1,
			   .counter = -1,
			   .cpu_limit_ns = 10 * NS_PER_SEC };
	struct error err = ERROR_INIT;

	if (argc == 2 && strcmp(argv[1], "filter") == 0)
		return write_filter();
	(void)signal(SIGPIPE, SIG_IGN);
	if (sandbox_raise_limits(&err) < 0 ||
	    parse(&job, argc, argv, &err) < 0 || measure(&job, &err) < 0) {
		fprintf(stderr, "spawn: %s\n", err.text);
		return 1;
	}
	return 0;
}
