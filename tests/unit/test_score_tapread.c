/* SPDX-License-Identifier: MIT */
#include "../../harness/score/tapread.h"
#include "fortnight/base.h"
#include "tap.h"

static const struct {
	const char *text;
	unsigned plan;
	bool valid;
	unsigned ok, first_bad;
	const char *why;
} rows[] = {
	{ "1..2\nok 1 - a\nok 2 - b\n", 2, true, 2, 0, "" },
	{ "1..2\nok 1\nnot ok 2 - b\n", 2, true, 1, 2, "" },
	{ "1..2\nnot ok 1\nnot ok 2 - b\n", 2, true, 0, 1, "" },
	{ "1..1\nok 1 - GET a#b # c\n", 1, true, 1, 0, "" },
	{ "", 1, false, 0, 0, "printed nothing" },
	{ "ok 1\n", 1, false, 0, 0, "not a plan" },
	{ "TAP version 14\n1..1\nok 1\n", 1, false, 0, 0, "not a plan" },
	{ "1..3\nok 1\n", 1, false, 0, 0, "plan of 3" },
	{ "1..2\nok 1\n", 2, false, 1, 0, "1 of 2 lines are missing" },
	{ "1..1\nok 1\nok 2\n", 1, false, 1, 0, "more lines" },
	{ "1..2\nok 2\nok 1\n", 2, false, 0, 0, "test 2 where test 1" },
	{ "1..2\nok 1\nok 1\n", 2, false, 1, 0, "test 1 where test 2" },
	{ "1..2\nok 1\nBail out! gone\n", 2, false, 1, 0, "not a test line" },
	{ "1..1\nok 1 - x # SKIP later\n", 1, false, 0, 0, "directive" },
	{ "1..1\nnot ok 1 - x #  todo\n", 1, false, 0, 0, "directive" },
	{ "1..1\n# note\nok 1\n", 1, false, 0, 0, "not a test line" },
	{ "1..1\nok 1 - cut of", 1, false, 0, 0, "cut off" },
	{ "1..1\nok 01 - x\n", 1, false, 0, 0, "not a test line" },
	{ "1..1\nok 1x\n", 1, false, 0, 0, "not a test line" },
	{ "1..1\nok\n", 1, false, 0, 0, "not a test line" },
	{ "1..1\nOK 1\n", 1, false, 0, 0, "not a test line" },
	{ "1..1\n ok 1\n", 1, false, 0, 0, "not a test line" },
	{ "1..1\n\nok 1\n", 1, false, 0, 0, "not a test line" },
	{ "1..1 # SKIP\nok 1\n", 1, false, 0, 0, "not a plan" },
	{ "1..99999999\nok 1\n", 1, false, 0, 0, "not a plan" },
};

TEST(a_driver_is_read_strictly)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct slice text = { rows[i].text, strlen(rows[i].text) };
		struct tap_report report;

		ROW("%zu: %s", i, rows[i].why);
		tap_read(text, rows[i].plan, &report);
		CHECK_INT(report.valid, ==, rows[i].valid);
		CHECK_INT(report.ok, ==, rows[i].ok);
		CHECK_INT(report.first_bad, ==, rows[i].first_bad);
		CHECK(strstr(report.why, rows[i].why) != NULL);
	}
}

TEST(a_nul_byte_in_a_line_is_a_fault)
{
	struct slice text = { "1..1\nok 1 - \0\n", 14 };
	struct tap_report report;

	tap_read(text, 1, &report);
	CHECK(!report.valid);
}

TEST(failures_are_shown_safely_and_not_all)
{
	struct slice text = { "1..4\nnot ok 1 - \033[2J\nok 2\nnot ok 3\n"
			      "not ok 4\n",
			      0 };
	struct buf buf = BUF_INIT(4096);

	text.len = strlen(text.data);
	tap_add_failures(&buf, text, 2);
	CHECK_STR(buf_text(&buf),
		  "the driver says:\n  not ok 1 - \\x1b[2J\n  not ok 3\n"
		  "  ... 1 more\n");
	buf_done(&buf);
}

TAP_MAIN()
