/* SPDX-License-Identifier: MIT */
/*
 * Limits and what is left behind, with the evidence that the kernel gives: the
 * same on control groups v1 and v2 (tests/vm).
 */
#include "pods.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

static const int64_t mib = 1 << 20;

static void run_script(struct pod *pod, const char *script,
		       struct outcome *outcome)
{
	const char *argv[] = { "/usr/bin/sh", "-c", script, NULL };
	const char *env[] = { "PATH=/usr/bin", NULL };
	struct run_config config = { .argv = argv,
				     .env = env,
				     .files_fd = -1,
				     .limits = {
					     .cpu_ns = 400 * NS_PER_MS * slow(),
					     .wall_ns = 4 * NS_PER_SEC * slow(),
					     .memory_bytes = 32 << 20,
					     .processes = 8,
					     .output_bytes = 65536,
					     .file_bytes = 64 << 20,
					     .disk_bytes = 256 << 20,
					     .open_files = 64 } };

	run_all(pod, &config, 1, outcome);
}

/* A line without an end, kept whole. */
static const char eats[] = "exec tail -n 1 /dev/zero";

TEST(memory_is_limited_with_evidence)
{
	auto_outcome struct outcome outcome;
	struct pod *pod = toolchain_pod(256 * mib, 64);

	run_script(pod, eats, &outcome);
	check_kind(&outcome, OUTCOME_LIMIT_MEMORY);
	CHECK_INT(outcome.oom_kills, >=, 1);
	CHECK_INT((int64_t)outcome.memory_peak_bytes, >=, 16 * mib);
	CHECK_INT((int64_t)outcome.memory_peak_bytes, <=, 33 * mib);
	pod_free(pod);
}

TEST(a_helper_that_was_killed_for_memory_counts)
{
	auto_outcome struct outcome outcome;
	struct pod *pod = toolchain_pod(256 * mib, 64);

	run_script(pod, "tail -n 1 /dev/zero; exit 0", &outcome);
	check_kind(&outcome, OUTCOME_LIMIT_MEMORY);
	CHECK_INT(outcome.oom_kills, >=, 1);
	pod_free(pod);
}

TEST(files_in_memory_are_memory)
{
	auto_outcome struct outcome outcome;
	struct pod *pod = toolchain_pod(256 * mib, 64);

	run_script(pod, "head -c 60000000 /dev/zero >/tmp/file", &outcome);
	check_kind(&outcome, OUTCOME_LIMIT_MEMORY);
	pod_free(pod);
}

TEST(processes_are_limited_with_evidence)
{
	auto_outcome struct outcome outcome;
	struct pod *pod = toolchain_pod(256 * mib, 64);

	run_script(pod,
		   "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 9 & done",
		   &outcome);
	check_kind(&outcome, OUTCOME_EXITED);
	CHECK_INT(outcome.status, !=, 0);
	CHECK_INT(outcome.forks_refused, >=, 1);
	CHECK_INT(outcome.oom_kills, ==, 0);
	pod_free(pod);
}

TEST(cpu_time_of_nobodys_child_is_counted)
{
	auto_outcome struct outcome outcome;
	struct pod *pod = toolchain_pod(256 * mib, 64);

	run_script(pod, "(setsid sh -c 'while :; do :; done' &) ; sleep 99",
		   &outcome);
	check_kind(&outcome, OUTCOME_LIMIT_CPU);
	CHECK_INT(outcome.cpu_ns, >=, 400 * NS_PER_MS * slow());
	CHECK_INT(outcome.cpu_ns, <, 4 * NS_PER_SEC * slow());
	pod_free(pod);
}

/* Counters of a group live as long as the pod. */
TEST(one_run_is_not_charged_for_another)
{
	auto_outcome struct outcome first, second;
	struct pod *pod = toolchain_pod(256 * mib, 64);

	run_script(pod, eats, &first);
	check_kind(&first, OUTCOME_LIMIT_MEMORY);
	outcome_done(&first);
	run_script(pod, "for i in 1 2 3 4 5 6 7 8 9; do sleep 9 & done",
		   &first);
	CHECK_INT(first.forks_refused, >=, 1);
	outcome_done(&first);
	run_script(pod, "while :; do :; done", &first);
	check_kind(&first, OUTCOME_LIMIT_CPU);
	run_script(pod, "exit 3", &second);
	check_kind(&second, OUTCOME_EXITED);
	CHECK_INT(second.status, ==, 3);
	CHECK_INT(second.oom_kills, ==, 0);
	CHECK_INT(second.forks_refused, ==, 0);
	CHECK_INT(second.cpu_ns, <, first.cpu_ns);
	CHECK_INT(second.cpu_ns, >, 0);
	pod_free(pod);
}

/* Whether a process of this host has word among its arguments. */
static bool is_running(const char *word)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	bool found = false;

	CHECK(proc != NULL);
	while (!found && (entry = readdir(proc)) != NULL) {
		char path[300], text[1024];
		ssize_t n = 0;
		int fd;

		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%s/cmdline",
			       entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			n = read(fd, text, sizeof(text));
			close(fd);
		}
		found = n > 0 && memmem(text, (size_t)n, word, strlen(word));
	}
	closedir(proc);
	return found;
}

static const struct {
	const char *label, *script;
	enum outcome_kind kind;
} leavers[] = {
	{ "in the background", "sleep %s & exit 0", OUTCOME_EXITED },
	{ "in its own session", "setsid sleep %s & sleep 0.2", OUTCOME_EXITED },
	{ "nobody's child, deaf", "(trap '' TERM HUP INT; setsid sleep %s &)",
	  OUTCOME_EXITED },
	{ "stopped", "sleep %s & kill -STOP $!", OUTCOME_EXITED },
	{ "killed at a limit", "sleep %s & while :; do :; done",
	  OUTCOME_LIMIT_CPU },
};

TEST(nothing_outlives_its_run)
{
	struct pod *pod = toolchain_pod(256 * mib, 64);
	char word[32], script[200];

	(void)snprintf(word, sizeof(word), "77%d.5", (int)getpid());
	CHECK(is_running("test_sandbox_limits")); /* it can see */
	for (size_t i = 0; i < ARRAY_LEN(leavers); i++) {
		auto_outcome struct outcome outcome;
		const char *at = strstr(leavers[i].script, "%s");

		ROW("%s", leavers[i].label);
		(void)snprintf(script, sizeof(script), "%.*s%s%s",
			       (int)(at - leavers[i].script), leavers[i].script,
			       word, at + 2);
		run_script(pod, script, &outcome);
		check_kind(&outcome, leavers[i].kind);
		CHECK(!is_running(word));
	}
	pod_free(pod);
}

/* 1 keeps a core_pattern that is a pipe from being served too. */
TEST(a_crash_starts_no_core_handler_of_the_hosts)
{
	struct pod *pod = toolchain_pod(256 * mib, 64);
	auto_outcome struct outcome outcome;
	struct rlimit limit = { 0, 0 };

	CHECK_INT(getrlimit(RLIMIT_CORE, &limit), ==, 0);
	outcome_init(&outcome);
	run_script(pod,
		   "while read -r a b c d soft hard e; do "
		   "[ \"$b\" = core ] && echo $soft $hard; done "
		   "</proc/self/limits",
		   &outcome);
	CHECK_STR(buf_text(&outcome.out),
		  limit.rlim_max > 0 ? "1 1\n" : "0 0\n");
	pod_free(pod);
}

TAP_MAIN()
