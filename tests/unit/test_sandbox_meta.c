/* SPDX-License-Identifier: MIT */
#include "../../harness/sandbox/meta.h"
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "tap.h"

#include <signal.h>

static const struct run_limits limits = { .memory_bytes = 64 << 20,
					  .output_bytes = 1 << 20 };

static const struct {
	const char *label;
	struct outcome outcome;
	const char *text;
} rows[] = {
	{ "exited well",
	  { .kind = OUTCOME_EXITED,
	    .cpu_ns = 1234567890,
	    .wall_ns = 2 * NS_PER_SEC,
	    .memory_peak_bytes = 3 << 20,
	    .max_rss_bytes = 2 << 20 },
	  "time:1.234\ntime-wall:2.000\nmax-rss:2048\ncg-mem:3072\n"
	  "exitcode:0\n" },
	{ "exited with a status",
	  { .kind = OUTCOME_EXITED, .status = 3 },
	  "time:0.000\ntime-wall:0.000\ncg-mem:0\nexitcode:3\n"
	  "status:RE\nmessage:Exited with error status 3\n" },
	{ "died of a signal",
	  { .kind = OUTCOME_SIGNALLED, .status = SIGSEGV },
	  "time:0.000\ntime-wall:0.000\ncg-mem:0\nexitsig:11\n"
	  "status:SG\nmessage:Caught fatal signal 11\n" },
	{ "CPU time",
	  { .kind = OUTCOME_LIMIT_CPU, .cpu_ns = 1001 * NS_PER_MS },
	  "time:1.001\ntime-wall:0.000\ncg-mem:0\nkilled:1\n"
	  "status:TO\nmessage:Time limit exceeded\n" },
	{ "wall time",
	  { .kind = OUTCOME_LIMIT_WALL, .wall_ns = 90 * NS_PER_MS },
	  "time:0.000\ntime-wall:0.090\ncg-mem:0\nkilled:1\n"
	  "status:TO\nmessage:Time limit exceeded (wall clock)\n" },
	{ "memory",
	  { .kind = OUTCOME_LIMIT_MEMORY,
	    .status = 9,
	    .memory_peak_bytes = 64 << 20,
	    .oom_kills = 2 },
	  "time:0.000\ntime-wall:0.000\ncg-mem:65536\ncg-oom-killed:1\n"
	  "killed:1\nstatus:SG\n"
	  "message:Memory limit exceeded (65536 KiB)\n" },
	{ "output",
	  { .kind = OUTCOME_LIMIT_OUTPUT },
	  "time:0.000\ntime-wall:0.000\ncg-mem:0\nkilled:1\nstatus:SG\n"
	  "message:Output limit exceeded (1024 KiB)\n" },
	{ "not started",
	  { .kind = OUTCOME_NOT_STARTED, .status = ENOENT },
	  "time:0.000\ntime-wall:0.000\ncg-mem:0\nstatus:RE\n"
	  "message:Not started: No such file or directory\n" },
	{ "not started, for no reason that is known",
	  { .kind = OUTCOME_NOT_STARTED, .status = 100000 },
	  "time:0.000\ntime-wall:0.000\ncg-mem:0\nstatus:RE\n"
	  "message:Not started: unknown error\n" },
	{ "a server, ended by us",
	  { .kind = OUTCOME_ENDED },
	  "time:0.000\ntime-wall:0.000\ncg-mem:0\nkilled:1\n" },
};

TEST(each_outcome_has_its_lines)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf text = BUF_INIT(META_BYTES_MAX);

		ROW("%s", rows[i].label);
		meta_write(&rows[i].outcome, &limits, &text);
		CHECK_STR(buf_text(&text), rows[i].text);
	}
}

/* What an outcome is, without the evidence that a meta file has no word for. */
static enum meta_status status_of(const struct outcome *outcome)
{
	switch (outcome->kind) {
	case OUTCOME_EXITED:
		return outcome->status ? META_RE : META_FINE;
	case OUTCOME_NOT_STARTED:
		return META_RE;
	case OUTCOME_SIGNALLED:
	case OUTCOME_LIMIT_MEMORY:
	case OUTCOME_LIMIT_OUTPUT:
		return META_SG;
	case OUTCOME_LIMIT_CPU:
	case OUTCOME_LIMIT_WALL:
		return META_TO;
	case OUTCOME_ENDED:
		break;
	}
	return META_FINE;
}

TEST(what_is_written_reads_back)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct outcome *was = &rows[i].outcome;
		bool exited = was->kind == OUTCOME_EXITED;
		bool signalled = was->kind == OUTCOME_SIGNALLED;
		auto_buf struct buf text = BUF_INIT(META_BYTES_MAX);
		struct error err = ERROR_INIT;
		struct meta meta;

		ROW("%s", rows[i].label);
		meta_write(was, &limits, &text);
		if (meta_read(text.data, text.len, &meta, &err) < 0)
			FAIL("%s", err.text);
		CHECK_INT(meta.time_ns, ==,
			  was->cpu_ns / NS_PER_MS * NS_PER_MS);
		CHECK_INT(meta.wall_ns, ==,
			  was->wall_ns / NS_PER_MS * NS_PER_MS);
		CHECK_INT(meta.mem_kib, ==,
			  (int64_t)(was->memory_peak_bytes / 1024));
		CHECK_INT(meta.status, ==, status_of(was));
		CHECK_INT(meta.exitcode, ==, exited ? was->status : -1);
		CHECK_INT(meta.exitsig, ==, signalled ? was->status : -1);
		CHECK_INT(meta.cg_oom_killed, ==, was->oom_kills > 0);
		CHECK_INT(meta.killed, ==,
			  !exited && !signalled &&
				  was->kind != OUTCOME_NOT_STARTED);
		CHECK_INT(meta.message[0] != '\0', ==,
			  meta.status != META_FINE);
		CHECK_INT(meta.max_rss_kib, ==,
			  was->max_rss_bytes
				  ? (int64_t)(was->max_rss_bytes / 1024)
				  : -1);
	}
}

TEST(a_message_stays_on_its_line)
{
	static const struct {
		const char *text, *want;
	} messages[] = {
		{ "plain", "status:XX\nmessage:plain\n" },
		{ "", "status:XX\nmessage:\n" },
		{ "a\nexitcode:0\n",
		  "status:XX\nmessage:a\\x0aexitcode:0\\x0a\n" },
		{ "\n\n", "status:XX\nmessage:\\x0a\\x0a\n" },
		{ "a\rb\x1b[2J", "status:XX\nmessage:a\\x0db\\x1b[2J\n" },
		{ "\xff\xc2\x85", "status:XX\nmessage:\\xff\\xc2\\x85\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		auto_buf struct buf text = BUF_INIT(META_BYTES_MAX);
		struct error err = ERROR_INIT;
		struct meta meta;

		meta_write_failure(messages[i].text, &text);
		CHECK_STR(buf_text(&text), messages[i].want);
		if (meta_read(text.data, text.len, &meta, &err) < 0)
			FAIL("%s", err.text);
		CHECK_INT(meta.status, ==, META_XX);
		CHECK_INT(meta.exitcode, ==, -1);
	}
}

TEST(a_long_message_is_cut_and_reads_back)
{
	auto_buf struct buf text = BUF_INIT(META_BYTES_MAX);
	auto_buf struct buf long_one = BUF_INIT(META_BYTES_MAX);
	struct error err = ERROR_INIT;
	struct meta meta;

	for (int i = 0; i < 3 * META_MESSAGE_MAX; i++)
		buf_addc(&long_one, '\x01');
	meta_write_failure(buf_text(&long_one), &text);
	if (meta_read(text.data, text.len, &meta, &err) < 0)
		FAIL("%s", err.text);
	CHECK_INT(strlen(meta.message), >, META_MESSAGE_MAX / 2);
}

TEST(a_file_of_isolates_is_read)
{
	static const char text[] = "status:SG\nmessage:Caught fatal signal 9\n"
				   "killed:1\ntime:0.3\ntime-wall:12\n"
				   "max-rss:1234\ncsw-voluntary:7\n"
				   "csw-forced:2\ncg-mem:5678\n"
				   "cg-oom-killed:1\ncg-enabled:1\nexitsig:9\n";
	struct error err = ERROR_INIT;
	struct meta meta;

	if (meta_read(text, sizeof(text) - 1, &meta, &err) < 0)
		FAIL("%s", err.text);
	CHECK_INT(meta.status, ==, META_SG);
	CHECK_STR(meta.message, "Caught fatal signal 9");
	CHECK(meta.killed);
	CHECK(meta.cg_oom_killed);
	CHECK_INT(meta.time_ns, ==, 300 * NS_PER_MS);
	CHECK_INT(meta.wall_ns, ==, 12 * NS_PER_SEC);
	CHECK_INT(meta.max_rss_kib, ==, 1234);
	CHECK_INT(meta.mem_kib, ==, 5678);
	CHECK_INT(meta.exitsig, ==, 9);
	CHECK_INT(meta.exitcode, ==, -1);
}

TEST(nothing_is_an_empty_file)
{
	struct error err = ERROR_INIT;
	struct meta meta;

	CHECK_INT(meta_read("", 0, &meta, &err), ==, 0);
	CHECK_INT(meta.status, ==, META_FINE);
	CHECK_INT(meta.time_ns, ==, -1);
	CHECK_STR(meta.message, "");
}

TEST(a_malformed_file_is_refused_with_its_line)
{
	static const struct {
		const char *text, *want;
	} files[] = {
		{ "time", "line 1: cut short" },
		{ "exitcode:0\ntime:0.1", "line 2: cut short" },
		{ "exitcode:0\nstatus\n", "line 2: not a key, a colon" },
		{ "\n", "line 1: not a key, a colon" },
		{ ":1\n", "line 1: not a key, a colon" },
		{ "Time:1\n", "line 1: not a key, a colon" },
		{ "a-key-that-is-longer-than-any-there-is:1\n",
		  "line 1: not a key, a colon" },
		{ "time:1.0\nexitcode:0\ntime:2.0\n",
		  "line 3: 'time' comes twice" },
		{ "killed:1\nkilled:1\n", "line 2: 'killed' comes twice" },
		{ "message:a\nmessage:b\n", "line 2: 'message' comes twice" },
		{ "time:\n", "line 1: '' is no value of time" },
		{ "time:-1.0\n", "line 1: '-1.0' is no value of time" },
		{ "time:1.\n", "line 1: '1.' is no value of time" },
		{ "time:.5\n", "line 1: '.5' is no value of time" },
		{ "time:1.0x\n", "line 1: '1.0x' is no value of time" },
		{ "time:1e9\n", "line 1: '1e9' is no value of time" },
		{ "time:0.0000000001\n", "is no value of time" },
		{ "time:9223372037\n", "is no value of time" },
		{ "time-wall:1 \n", "is no value of time-wall" },
		{ "exitcode:-1\n", "is no value of exitcode" },
		{ "exitsig:SEGV\n", "is no value of exitsig" },
		{ "max-rss:99999999999999999999\n", "is no value of max-rss" },
		{ "cg-mem:0x10\n", "is no value of cg-mem" },
		{ "killed:0\n", "is no value of killed" },
		{ "cg-oom-killed:yes\n", "is no value of cg-oom-killed" },
		{ "status:OK\n", "is no value of status" },
		{ "status:T\n", "is no value of status" },
		{ "exitcode:\x1b[2J\n",
		  "line 1: '\\x1b[2J' is no value of exitcode" },
		{ "time:1\r\n", "line 1: '1\\x0d' is no value of time" },
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct error err = ERROR_INIT;
		struct meta meta = { .exitcode = 77 };

		ROW("%s", files[i].text);
		CHECK_INT(meta_read(files[i].text, strlen(files[i].text), &meta,
				    &err),
			  ==, -1);
		CHECK_INT(err.kind, ==, ERROR_INPUT);
		if (!strstr(err.text, files[i].want))
			FAIL("\"%s\", want \"%s\"", err.text, files[i].want);
		CHECK_INT(meta.exitcode, ==, 77);
	}
}

TEST(a_file_that_is_cut_anywhere_is_whole_lines_or_refused)
{
	auto_buf struct buf text = BUF_INIT(META_BYTES_MAX);

	meta_write(&rows[5].outcome, &limits, &text);
	for (size_t len = 0; len <= text.len; len++) {
		bool whole = len == 0 || text.data[len - 1] == '\n';
		struct error err = ERROR_INIT;
		struct meta meta;
		int rc = meta_read(text.data, len, &meta, &err);

		ROW("%zu bytes", len);
		CHECK_INT(rc, ==, whole ? 0 : -1);
	}
}

TEST(a_nul_and_a_file_without_end_are_refused)
{
	static char large[META_BYTES_MAX + 1];
	struct error err = ERROR_INIT;
	struct meta meta;

	CHECK_INT(meta_read("message:a\0b\n", 12, &meta, &err), ==, -1);
	memset(large, 'a', sizeof(large));
	CHECK_INT(meta_read(large, sizeof(large), &meta, &err), ==, -1);
	if (!strstr(err.text, "more than 65536 bytes"))
		FAIL("%s", err.text);
	memcpy(large, "message:", 8);
	large[META_BYTES_MAX - 1] = '\n';
	CHECK_INT(meta_read(large, META_BYTES_MAX, &meta, &err), ==, -1);
}

TAP_MAIN()
