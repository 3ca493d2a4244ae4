/* SPDX-License-Identifier: MIT */
/*
 * Runs that do not want to end, and what their end may cost.  Each bomb is this
 * program itself, inside (tests/lib/inside.h).
 */
#include "inside.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
	PROCESSES = 512,
	ID_FIRST = 0x40000000, /* as pod.c has them */
	IDS = 65536,
	OUTPUT_BYTES = 4096
};

/* ---- inside --------------------------------------------------------------------- */

static void deaf(void)
{
	static const int signals[] = { SIGCHLD, SIGTERM, SIGHUP,  SIGINT,
				       SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM };

	(void)setsid();
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		(void)signal(signals[i], SIG_IGN);
}

/* No more processes are to be had: print more than may be printed, which is the
 * verdict. */
static void full(void)
{
	static const char flood[2 * OUTPUT_BYTES];
	static bool said;

	if (!said)
		said = write(STDOUT_FILENO, flood, sizeof(flood)) > 0;
}

static void fork_bomb(void)
{
	for (;;)
		if (fork() < 0)
			full();
}

/* Each in a session of its own, where none hears a thing. */
static void deaf_bomb(void)
{
	deaf();
	for (;;) {
		pid_t pid = fork();

		if (pid == 0)
			deaf();
		if (pid < 0)
			full();
	}
}

static void vfork_bomb(void)
{
	deaf();
	for (;;) {
		pid_t pid = vfork(); // NOLINT: it is a bomb

		if (pid == 0)
			(void)execl("/app/test", "/app/test", "--inside",
				    "vfork bomb", NULL);
		if (pid == 0)
			_exit(0);
		if (pid < 0)
			full();
	}
}

static void spin(void)
{
	for (;;)
		;
}

static void rest(void)
{
	for (;;)
		(void)pause();
}

static const struct inside_part inside_parts[] = {
	{ "fork bomb", fork_bomb },
	{ "deaf bomb", deaf_bomb },
	{ "vfork bomb", vfork_bomb },
	{ "spin", spin },
	{ "rest", rest },
	{ NULL, NULL },
};

/* ---- outside -------------------------------------------------------------------- */

static struct pod *bomb_pod(int cancel_fd)
{
	struct pod_config config = toolchain_config(1 << 30, PROCESSES);

	config.cancel_fd = cancel_fd;
	return inside_pod(config);
}

static struct run_config run_of(const char *const *argv)
{
	struct run_config config = small_run(argv);

	config.limits.cpu_ns = 60 * NS_PER_SEC;
	config.limits.wall_ns = 15 * NS_PER_SEC * slow();
	config.limits.memory_bytes = 1 << 30;
	config.limits.processes = PROCESSES;
	config.limits.output_bytes = OUTPUT_BYTES;
	return config;
}

/* From the verdict, which is when there are as many as there may be, until all of
 * them are dead. */
static int64_t dying_ns(struct pod *pod, const char *part)
{
	const char *const argv[] = { "/app/test", "--inside", part, NULL };
	struct run_config config = run_of(argv);
	auto_outcome struct outcome outcome;

	run_all(pod, &config, 1, &outcome);
	check_kind(&outcome, OUTCOME_LIMIT_OUTPUT);
	CHECK_INT(outcome.forks_refused, >=, 1);
	CHECK_INT(outcome.dying_ns, >, 0);
	CHECK_INT(outcome.dying_ns, <, outcome.wall_ns);
	return outcome.dying_ns;
}

static void check_bomb(const char *part)
{
	struct pod *pod = bomb_pod(-1);
	int64_t took_ns = dying_ns(pod, part);

	if (getenv("DYING"))
		fprintf(stderr, "%s: dead after %lld us%s\n", part,
			(long long)(took_ns / NS_PER_US),
			pod_is_spent(pod) ? ", pod spent" : "");
	CHECK_INT(took_ns / NS_PER_MS, <, 1000 * slow());
	pod_free(pod);
}

TEST(a_fork_bomb_of_512_is_gone_within_a_second)
{
	check_bomb("fork bomb");
}

TEST(a_bomb_of_512_sessions_that_hear_nothing_is_gone_within_a_second)
{
	check_bomb("deaf bomb");
}

TEST(a_vfork_bomb_of_512_is_gone_within_a_second)
{
#ifdef __SANITIZE_ADDRESS__
	SKIP("to start 512 sanitized programs takes too long");
#endif
	check_bomb("vfork bomb");
}

/* What follows in the same pod is not charged for it, and can fork. */
TEST(after_a_bomb_a_pod_is_as_before)
{
	const char *const argv[] = { "/usr/bin/sh", "-c", "(echo fine) | cat",
				     NULL };
	struct run_config config = run_of(argv);
	auto_outcome struct outcome outcome;
	struct pod *pod = bomb_pod(-1);

	(void)dying_ns(pod, "deaf bomb");
	run_all(pod, &config, 1, &outcome);
	CHECK_INT(outcome.kind, ==, OUTCOME_EXITED);
	CHECK_STR(buf_text(&outcome.out), "fine\n");
	CHECK_INT(outcome.forks_refused, ==, 0);
	CHECK_INT(outcome.oom_kills, ==, 0);
	pod_free(pod);
}

/* ---- processes, from outside ------------------------------------------------------ */

/* A number behind name in /proc/PID/status; -1: there is none. */
static long status_of(pid_t pid, const char *name)
{
	char path[64], line[256];
	size_t len = strlen(name);
	long value = -1;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), file))
		if (strncmp(line, name, len) == 0)
			value = strtol(line + len, NULL, 10);
	(void)fclose(file);
	return value;
}

static pid_t child_of(pid_t parent)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;

	CHECK(proc != NULL);
	while (!found && (entry = readdir(proc)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && status_of(pid, "PPid:") == parent)
			found = pid;
	}
	closedir(proc);
	return found;
}

/* Outer box, pod init, the run's init, the program. */
static pid_t descendant(int generation)
{
	pid_t pid = getpid();

	while (pid > 0 && generation-- > 0)
		pid = child_of(pid);
	return pid;
}

static pid_t await_descendant(int generation)
{
	const struct timespec pause = { .tv_nsec = 5 * NS_PER_MS };
	pid_t pid = 0;

	for (int i = 0; pid == 0 && i < 1000; i++) {
		(void)nanosleep(&pause, NULL);
		pid = descendant(generation);
	}
	return pid;
}

/* ---- a pod that does not answer ---------------------------------------------------- */

static void *stop_pod_init(void *unused)
{
	if (await_descendant(4) > 0)
		(void)kill(descendant(2), SIGSTOP);
	return unused;
}

/* Pod init hangs, so nobody inside says that the run is dead. */
static void run_with_a_hung_init(struct pod *pod,
				 const struct run_config *config,
				 struct outcome *outcome)
{
	pthread_t thread;

	CHECK_INT(pthread_create(&thread, NULL, stop_pod_init, NULL), ==, 0);
	run_all(pod, config, 1, outcome);
	CHECK_INT(pthread_join(thread, NULL), ==, 0);
}

TEST(a_pod_that_hangs_is_spent_and_the_verdict_stands)
{
	const char *const argv[] = { "/app/test", "--inside", "spin", NULL };
	struct run_config config = run_of(argv);
	auto_outcome struct outcome outcome;
	struct error err = ERROR_INIT;
	struct pod *pod = bomb_pod(-1);
	char byte[16];

	config.limits.cpu_ns = 400 * NS_PER_MS * slow();
	config.collect_work = true;
	run_with_a_hung_init(pod, &config, &outcome);
	CHECK_INT(outcome.kind, ==, OUTCOME_LIMIT_CPU);
	CHECK_INT(outcome.cpu_ns, >=, config.limits.cpu_ns);
	CHECK_INT(outcome.cpu_ns, <, 2 * config.limits.cpu_ns);
	CHECK_INT(outcome.oom_kills, ==, 0);
	/* What it left counts as nothing. */
	CHECK_INT(pread(outcome.work_fd, byte, sizeof(byte), 0), ==,
		  TREE_MAGIC_LEN);
	CHECK(memcmp(byte, TREE_MAGIC, TREE_MAGIC_LEN) == 0);
	CHECK(pod_is_spent(pod));
	CHECK_INT(descendant(2), ==, 0);
	outcome_done(&outcome);
	outcome_init(&outcome);
	CHECK_INT(pod_run(pod, &config, 1, &outcome, &err), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_INFRA);
	CHECK_STR(err.text, "the pod was killed as a whole");
	CHECK_INT(pod_data_reset(pod, &err), ==, -1);
	pod_free(pod);
}

/* ---- ids that may be in use --------------------------------------------------------- */

static bool is_taken(long slot)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int n = snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1,
			 "fortnight-slot-%ld", slot);
	int rc = bind(fd, (const struct sockaddr *)&address,
		      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
				  (size_t)n));
	bool taken = rc < 0 && errno == EADDRINUSE;

	close(fd);
	return taken;
}

static long slot_of(pid_t pid)
{
	return (status_of(pid, "Uid:") - ID_FIRST) / IDS;
}

TEST(ids_are_free_again_when_a_pod_is_freed)
{
	struct pod *pod = bomb_pod(-1);
	long slot;

	if (geteuid() != 0)
		SKIP("only root's pods have ids of their own");
	slot = slot_of(descendant(2));
	CHECK_INT(slot, >=, 0);
	CHECK(is_taken(slot));
	pod_free(pod);
	CHECK(!is_taken(slot));
}

/* A frozen v1 group is a way to make processes that no signal ends. */
static const char freezer[] = "/sys/fs/cgroup/freezer/fortnight-test-freezer";

static void set(const char *name, const char *text)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", freezer, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	CHECK_INT(write(fd, text, strlen(text)), ==, (ssize_t)strlen(text));
	close(fd);
}

struct freezing {
	pid_t pid;
	int cancel[2];
};

static void *freeze_and_cancel(void *context)
{
	struct freezing *freezing = context;
	char text[16];

	freezing->pid = await_descendant(4);
	CHECK(freezing->pid > 0);
	(void)snprintf(text, sizeof(text), "%d", (int)freezing->pid);
	set("cgroup.procs", text);
	set("freezer.state", "FROZEN");
	CHECK_INT(write(freezing->cancel[1], "c", 1), ==, 1);
	return NULL;
}

static bool is_there(pid_t pid)
{
	return kill(pid, 0) == 0;
}

TEST(ids_of_a_process_that_will_not_die_are_retired)
{
	const char *const argv[] = { "/app/test", "--inside", "rest", NULL };
	struct run_config config = run_of(argv);
	auto_outcome struct outcome outcome;
	struct error err = ERROR_INIT;
	struct freezing freezing;
	pthread_t thread;
	struct pod *pod;
	long slot;

	if (geteuid() != 0 || access("/sys/fs/cgroup/freezer", W_OK) < 0)
		SKIP("no v1 freezer for this user");
	(void)mkdir(freezer, 0700);
	CHECK_INT(pipe(freezing.cancel), ==, 0);
	pod = bomb_pod(freezing.cancel[0]);
	slot = slot_of(descendant(2));
	outcome_init(&outcome);
	CHECK_INT(pthread_create(&thread, NULL, freeze_and_cancel, &freezing),
		  ==, 0);
	CHECK_INT(pod_run(pod, &config, 1, &outcome, &err), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_CANCELLED);
	CHECK_INT(pthread_join(thread, NULL), ==, 0);
	pod_free(pod);
	CHECK(is_there(freezing.pid));
	CHECK(is_taken(slot));
	set("freezer.state", "THAWED");
	for (int i = 0; i < 500 && is_there(freezing.pid); i++)
		(void)usleep(2000);
	CHECK(!is_there(freezing.pid));
	CHECK(is_taken(slot)); /* for as long as this process lives */
	(void)rmdir(freezer);
}

INSIDE_MAIN()
