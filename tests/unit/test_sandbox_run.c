/* SPDX-License-Identifier: MIT */
#include "pods.h"

static const struct {
	const char *label, *script;
	enum outcome_kind kind;
	int status;
	const char *out; /* NULL: any */
} rows[] = {
	{ "says hello", "echo hello", OUTCOME_EXITED, 0, "hello\n" },
	{ "its own status", "exit 3", OUTCOME_EXITED, 3, "" },
	{ "reads what it is fed", "cat", OUTCOME_EXITED, 0, "fed" },
	{ "dies of a signal", "kill -SEGV $$", OUTCOME_SIGNALLED, SIGSEGV, "" },
	{ "is nobody", "id -u", OUTCOME_EXITED, 0, "1000\n" },
	{ "sees no host files", "ls /root /home", OUTCOME_EXITED, 2, "" },
	{ "burns CPU", "while :; do :; done", OUTCOME_LIMIT_CPU, 0, "" },
	{ "sleeps", "sleep 60", OUTCOME_LIMIT_WALL, 0, "" },
	{ "floods", "yes", OUTCOME_LIMIT_OUTPUT, 0, NULL },
	{ "eats memory", "exec tail -n 1 /dev/zero", OUTCOME_LIMIT_MEMORY, 0,
	  "" },
	{ "leaves a daemon", "sleep 60 & echo left", OUTCOME_EXITED, 0,
	  "left\n" },
};

/* Short only where it is what ends the run. */
static int64_t wall_ns(size_t row)
{
	int64_t seconds = rows[row].kind == OUTCOME_LIMIT_WALL ? 1 : 30;

	return seconds * 1000000000 * slow();
}

static int64_t cpu_ns(size_t row)
{
	int64_t ms = rows[row].kind == OUTCOME_LIMIT_CPU ? 300 : 5000;

	return ms * 1000000 * slow();
}

TEST(each_run_has_one_outcome)
{
	struct pod *pod = toolchain_pod(256 << 20, 32);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *argv[] = { "/usr/bin/sh", "-c", rows[i].script,
				       NULL };
		const char *env[] = { "PATH=/usr/bin", NULL };
		auto_outcome struct outcome outcome;
		struct run_config config = { .argv = argv,
					     .env = env,
					     .stdin_data = "fed",
					     .stdin_len = 3,
					     .files_fd = -1,
					     .limits = { .cpu_ns = cpu_ns(i),
							 .wall_ns = wall_ns(i),
							 .memory_bytes = 32
									 << 20,
							 .processes = 16,
							 .output_bytes = 65536,
							 .file_bytes = 1 << 20,
							 .disk_bytes = 1 << 20,
							 .open_files = 64 } };

		ROW("%s", rows[i].label);
		run_all(pod, &config, 1, &outcome);
		check_kind(&outcome, rows[i].kind);
		if (rows[i].kind == OUTCOME_EXITED ||
		    rows[i].kind == OUTCOME_SIGNALLED)
			CHECK_INT(outcome.status, ==, rows[i].status);
		if (rows[i].out)
			CHECK_STR(buf_text(&outcome.out), rows[i].out);
	}
	pod_free(pod);
}

TAP_MAIN()
