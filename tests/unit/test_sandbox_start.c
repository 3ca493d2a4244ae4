/* SPDX-License-Identifier: MIT */
/* The two ways in which the processes of a run can start, by one switch. */
#include "pods.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static void run_program(struct pod *pod, const char *const *argv,
			struct outcome *outcome)
{
	struct run_config config = small_run(argv);

	run_all(pod, &config, 1, outcome);
}

TEST(the_switch_knows_two_words)
{
	struct pod_config config = toolchain_config(64 << 20, 32);
	struct error err = ERROR_INIT;
	struct pod *pod = NULL;

	CHECK_INT(setenv("FORTNIGHT_START", "vfork", 1), ==, 0);
	CHECK_INT(pod_new(&config, &pod, &err), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_INPUT);
	CHECK_STR(err.text,
		  "FORTNIGHT_START is \"vfork\": it may be \"shared\" "
		  "or \"fork\", or not be set");
}

/* ---- whose memory ------------------------------------------------------------------ */

static pid_t parent_of(pid_t pid)
{
	char path[64], text[512], *at;
	ssize_t n = -1;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	at = strrchr(text, ')'); /* a name may hold anything */
	return at ? (pid_t)strtol(at + 4, NULL, 10) : -1;
}

/* The one child of pid, waited for. */
static pid_t child_of(pid_t pid)
{
	const struct timespec pause = { .tv_nsec = NS_PER_MS };

	for (int tries = 0; tries < 5000; tries++) {
		char path[96], text[64] = "";
		int fd;

		(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
			       (int)pid, (int)pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		CHECK(fd >= 0);
		CHECK(read(fd, text, sizeof(text) - 1) >= 0);
		close(fd);
		if (text[0])
			return (pid_t)strtol(text, NULL, 10);
		(void)nanosleep(&pause, NULL);
	}
	FAIL("process %d has no child", (int)pid);
}

static void *run_sleep(void *pod)
{
	static const char *const argv[] = { "/usr/bin/sleep", "1", NULL };
	struct outcome outcome;

	run_program(pod, argv, &outcome);
	CHECK_INT(outcome.kind, ==, OUTCOME_EXITED);
	outcome_done(&outcome);
	return NULL;
}

/* 0 when pod init and the run's init have one memory. */
static void check_memory(const char *how, bool shared)
{
	struct pod *pod;
	pid_t pod_init, run_init;
	pthread_t thread;
	long other;

	CHECK_INT(setenv("FORTNIGHT_START", how, 1), ==, 0);
	pod = toolchain_pod(64 << 20, 32);
	pod_init = child_of(child_of(getpid()));
	CHECK_INT(pthread_create(&thread, NULL, run_sleep, pod), ==, 0);
	run_init = child_of(pod_init);
	CHECK_INT(parent_of(child_of(run_init)), ==, run_init);
	other = syscall(SYS_kcmp, pod_init, run_init, KCMP_VM, 0, 0);
	if (other < 0)
		FAIL("kcmp: errno %d", errno);
	CHECK_INT(other == 0, ==, shared);
	CHECK_INT(pthread_join(thread, NULL), ==, 0);
	pod_free(pod);
}

TEST(a_run_starts_in_shared_memory_or_by_fork)
{
	if (geteuid() != 0)
		SKIP("only root may compare other processes");
	check_memory("shared", true);
	check_memory("fork", false);
}

/* ---- the same by both ---------------------------------------------------------------- */

static const char *const ways[] = { "shared", "fork" };

TEST(a_program_that_is_not_there_says_so)
{
	static const struct {
		const char *path;
		int error;
	} rows[] = { { "/nope", ENOENT },
		     { "/usr", EACCES },
		     { "/etc/passwd", EACCES } };

	for (size_t way = 0; way < ARRAY_LEN(ways); way++) {
		struct pod *pod;

		CHECK_INT(setenv("FORTNIGHT_START", ways[way], 1), ==, 0);
		pod = toolchain_pod(64 << 20, 32);
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			const char *const argv[] = { rows[i].path, NULL };
			auto_outcome struct outcome outcome;

			ROW("%s %s", ways[way], rows[i].path);
			run_program(pod, argv, &outcome);
			CHECK_INT(outcome.kind, ==, OUTCOME_NOT_STARTED);
			CHECK_INT(outcome.status, ==, rows[i].error);
		}
		pod_free(pod);
	}
}

/* Masks, handlers, directory, terminal, descriptors, limits: nothing of the box's. */
static const char state[] =
	"cat /proc/self/status | while read -r name value; do case $name in "
	"SigBlk:|SigIgn:|SigCgt:|Cap*:|NoNewPrivs:|Seccomp:) "
	"echo $name$value; esac; done; pwd; umask; echo /proc/self/fd/*; "
	"cat /proc/$$/oom_score_adj; read -r stat </proc/$$/stat; "
	"set -- ${stat##*)}; echo ${17}";

static const char wanted[] = "SigBlk:0000000000000000\n"
			     "SigIgn:0000000000000000\n"
			     "SigCgt:0000000000000000\n"
			     "CapInh:0000000000000000\n"
			     "CapPrm:0000000000000000\n"
			     "CapEff:0000000000000000\n"
			     "CapBnd:0000000000000000\n"
			     "CapAmb:0000000000000000\n"
			     "NoNewPrivs:1\n"
			     "Seccomp:2\n"
			     "/work\n0022\n"
			     "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 "
			     "/proc/self/fd/3\n"
			     "1000\n";

TEST(a_program_starts_with_nothing_of_the_boxs)
{
	char want[sizeof(wanted) + 16];

	/* Its priority is that of the launcher. */
	(void)snprintf(want, sizeof(want), "%s%d\n", wanted,
		       getpriority(PRIO_PROCESS, 0));
	for (size_t way = 0; way < ARRAY_LEN(ways); way++) {
		const char *const argv[] = { "/usr/bin/sh", "-c", state, NULL };
		auto_outcome struct outcome outcome;
		struct pod *pod;

		ROW("%s", ways[way]);
		CHECK_INT(setenv("FORTNIGHT_START", ways[way], 1), ==, 0);
		pod = toolchain_pod(64 << 20, 32);
		run_program(pod, argv, &outcome);
		CHECK_STR(buf_text(&outcome.out), want);
		pod_free(pod);
	}
}

TAP_MAIN()
