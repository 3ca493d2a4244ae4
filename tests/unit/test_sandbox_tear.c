/* SPDX-License-Identifier: MIT */
/* A torn tail is cut off the file that was written last, whatever it says. */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/sandbox.h"
#include "tap.h"

#include <signal.h>

static void run_script(struct pod *pod, const char *script, const char *out)
{
	const char *const argv[] = { "/usr/bin/sh", "-c", script, NULL };
	static const char *const env[] = { "PATH=/usr/bin", NULL };
	auto_outcome struct outcome outcome;
	struct error err = ERROR_INIT;
	struct run_config config = { .argv = argv,
				     .env = env,
				     .files_fd = -1,
				     .data = true,
				     .limits = { .cpu_ns = 5 * NS_PER_SEC,
						 .wall_ns = 15 * NS_PER_SEC,
						 .memory_bytes = 32 << 20,
						 .processes = 8,
						 .output_bytes = 4096,
						 .file_bytes = 1 << 20,
						 .disk_bytes = 1 << 20,
						 .open_files = 64 } };

	outcome_init(&outcome);
	if (pod_run(pod, &config, 1, &outcome, &err) < 0)
		FAIL("pod_run: %s", err.text);
	CHECK_STR(buf_text(&outcome.err), "");
	CHECK_STR(buf_text(&outcome.out), out);
}

static const struct {
	const char *label, *script, *left;
} rows[] = {
	{ "one file", "printf abcdef >/data/log", "log abc\n" },
	{ "the later of two",
	  "printf abcdef >/data/a; sleep 0.05; printf abcdef >/data/b",
	  "a abcdef\nb abc\n" },
	{ "a folder's",
	  "printf abcdef >/data/a; sleep 0.05; mkdir /data/d; "
	  "printf abcdef >/data/d/b",
	  "a abcdef\nd/b abc\n" },
	{ "one that says it is old",
	  "printf abcdef >/data/a; sleep 0.05; printf abcdef >/data/b; "
	  "touch -d 2001-01-01 /data/b",
	  "a abcdef\nb abc\n" },
	{ "not one that says it is young",
	  "printf abcdef >/data/a; touch -d 2100-01-01 /data/a; sleep 0.05; "
	  "printf abcdef >/data/b",
	  "a abcdef\nb abc\n" },
	{ "shorter than what is cut", "printf ab >/data/log", "log \n" },
};

TEST(the_file_written_last_loses_its_tail)
{
	struct pod_config config = { .cancel_fd = -1, .data_bytes = 1 << 20 };
	struct error err = ERROR_INIT;
	struct pod *pod = NULL;

	(void)signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < SIDE_COUNT; i++)
		config.side[i] =
			(struct pod_side_config){ .used = i == SIDE_CANDIDATE,
						  .root = ROOT_TOOLCHAIN,
						  .app_fd = -1,
						  .work_fd = -1,
						  .memory_bytes = 64 << 20,
						  .processes = 32 };
	if (pod_new(&config, &pod, &err) < 0)
		FAIL("pod_new: %s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW("%s", rows[i].label);
		run_script(pod, rows[i].script, "");
		if (pod_data_tear(pod, 3, &err) < 0)
			FAIL("pod_data_tear: %s", err.text);
		run_script(pod,
			   "cd /data; find . -type f | sort | while read -r f; "
			   "do echo \"${f#./} $(cat \"$f\")\"; done",
			   rows[i].left);
		if (pod_data_reset(pod, &err) < 0)
			FAIL("pod_data_reset: %s", err.text);
	}
	pod_free(pod);
}

TAP_MAIN()
