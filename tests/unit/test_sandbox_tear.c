/* SPDX-License-Identifier: MIT */
/* A torn tail is cut off the file that was written last, whatever it says. */
#include "pods.h"

static void run_script(struct pod *pod, const char *script, const char *out)
{
	const char *const argv[] = { "/usr/bin/sh", "-c", script, NULL };
	struct run_config config = small_run(argv);
	auto_outcome struct outcome outcome;

	config.data = true;
	run_all(pod, &config, 1, &outcome);
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
	struct pod_config config = toolchain_config(64 << 20, 32);
	struct error err = ERROR_INIT;
	struct pod *pod;

	config.data_bytes = 1 << 20;
	pod = pod_of(&config);
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
