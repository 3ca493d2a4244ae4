/* SPDX-License-Identifier: MIT */
#include "../../harness/score/compare.h"
#include "fortnight/base.h"
#include "tap.h"

static const struct {
	enum compare compare;
	const char *want, *got;
	bool same;
} rows[] = {
	{ COMPARE_EXACT, "a\n", "a\n", true },
	{ COMPARE_EXACT, "a\n", "a", false },
	{ COMPARE_EXACT, "", "", true },
	{ COMPARE_TRIM, "a\nb\n", "a  \nb\t\r\n\n\n", true },
	{ COMPARE_TRIM, "a\nb", "a\nb\n", true },
	{ COMPARE_TRIM, "a\nb\n", " a\nb\n", false },
	{ COMPARE_TRIM, "a\n\nb\n", "a\nb\n", false },
	{ COMPARE_TRIM, "", "\n \n", true },
	{ COMPARE_TRIM, "a", "", false },
	{ COMPARE_TOKENS, "a b\nc", "  a\tb  c\n", true },
	{ COMPARE_TOKENS, "a b", "ab", false },
	{ COMPARE_TOKENS, "a b", "a b c", false },
	{ COMPARE_ROWS, "b\na\nb\n", "a\nb\nb\n", true },
	{ COMPARE_ROWS, "b\na\n", "a\nb", true },
	{ COMPARE_ROWS, "b\na\nb\n", "a\na\nb\n", false },
	{ COMPARE_ROWS, "a\n", "a\n\n", false },
	{ COMPARE_JSON, "{\"a\":1,\"b\":[2]}", "{ \"b\":[2.0], \"a\":1 }",
	  true },
	{ COMPARE_JSON, "1 2\n3", "1\n2\n3\n", true },
	{ COMPARE_JSON, "1 2 3", "1 2", false },
	{ COMPARE_JSON, "[1,2]", "[2,1]", false },
	{ COMPARE_JSON, "\"\xc3\xa9\"\n\"x\"", "\"\\u00e9\" \"x\"", true },
	{ COMPARE_JSON, "12345678901234567890", "12345678901234567890", true },
	{ COMPARE_JSON, "12345678901234567890", "1", false },
	{ COMPARE_JSON, "9007199254740993", "9007199254740992", false },
	{ COMPARE_JSON, "{\"a\":1}", "{\"a\":1,\"a\":1}", false },
	{ COMPARE_JSON, "{\"a\":null}", "{\"b\":null}", false },
	{ COMPARE_JSON, "null", "false", false },
	{ COMPARE_JSON, "[]", "[", false },
	{ COMPARE_JSON, "1", "", false },
	{ COMPARE_JSON, "true\"a\"[1]2", "true \"a\" [1] 2", true },
	{ COMPARE_FLOAT, "1.0 x", "1.0000001 x", true },
	{ COMPARE_FLOAT, "1000000", "1000000.5", true },
	{ COMPARE_FLOAT, "1.0", "1.1", false },
	{ COMPARE_FLOAT, "1.0", "nan", false },
	{ COMPARE_FLOAT, "nan", "nan", true },
	{ COMPARE_FLOAT, "16", "0x10", false },
	{ COMPARE_FLOAT, "1 2", "1", false },
	{ COMPARE_FLOAT, "a", "b", false },
	{ COMPARE_CHECKER, "a", "a", false },
};

TEST(each_kind_of_comparison_frees_what_it_says)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *want = xstrdup(rows[i].want);
		struct case_want w = { .has_stdout = true,
				       .stdout_data = want,
				       .stdout_len = strlen(want),
				       .compare = rows[i].compare,
				       .tolerance = 1e-6 };

		ROW("%zu: '%s' and '%s'", i, rows[i].want, rows[i].got);
		CHECK_INT(compare_stdout(&w, rows[i].got, strlen(rows[i].got)),
			  ==, rows[i].same);
		free(want);
	}
}

TEST(a_digest_stands_for_the_whole_answer)
{
	struct case_want w = { .has_stdout = true };

	digest_of("hello\n", 6, w.stdout_sha256);
	CHECK(compare_stdout(&w, "hello\n", 6));
	CHECK(!compare_stdout(&w, "hello", 5));
	CHECK(!compare_stdout(&w, NULL, 0));
}

TEST(a_nul_byte_is_a_byte_like_any_other)
{
	char want[] = "a\0b";
	struct case_want w = { .has_stdout = true,
			       .stdout_data = want,
			       .stdout_len = 3 };

	CHECK(compare_stdout(&w, "a\0b", 3));
	CHECK(!compare_stdout(&w, "a\0c", 3));
	CHECK(!compare_stdout(&w, "a", 1));
}

TEST(exit_statuses_are_wanted_in_three_ways)
{
	struct case_want is = { .exit_want = EXIT_IS, .exit_status = 3 };
	struct case_want nonzero = { .exit_want = EXIT_NONZERO };
	struct case_want any = { .exit_want = EXIT_ANY };

	CHECK(compare_exit(&is, 3) && !compare_exit(&is, 0));
	CHECK(compare_exit(&nonzero, 1) && !compare_exit(&nonzero, 0));
	CHECK(compare_exit(&any, 0) && compare_exit(&any, 255));
}

static char *diff_of(const char *want, const char *got)
{
	struct buf buf = BUF_INIT(4096);

	diff_add(&buf, (struct slice){ want, strlen(want) },
		 (struct slice){ got, strlen(got) });
	return buf_steal(&buf);
}

static const struct {
	const char *want, *got, *text;
} diffs[] = {
	{ "a\nb\nc\n", "a\nX\nc\n",
	  "from line 2 (- expected, + got):\n  a\n- b\n- c\n+ X\n+ c\n" },
	{ "a\n", "",
	  "from line 1 (- expected, + got):\n- a\n+ (nothing more)\n" },
	{ "a\n", "a",
	  "from line 1 (- expected, + got):\n- a\n+ a\n"
	  "+ (no newline at the end)\n" },
	{ "a\nb\n", "a\n",
	  "from line 2 (- expected, + got):\n  a\n- b\n+ (nothing more)\n" },
	{ "x\n", "\033[31m\xff\n",
	  "from line 1 (- expected, + got):\n- x\n+ \\x1b[31m\\xff\n" },
	{ "1\n2\n3\n4\n5\n6\n7\n", "0\n",
	  "from line 1 (- expected, + got):\n- 1\n- 2\n- 3\n- 4\n- 5\n"
	  "- ... 2 more lines\n+ 0\n" },
};

TEST(a_diff_begins_where_the_texts_part)
{
	for (size_t i = 0; i < ARRAY_LEN(diffs); i++) {
		char *text = diff_of(diffs[i].want, diffs[i].got);

		ROW("%zu", i);
		CHECK_STR(text, diffs[i].text);
		free(text);
	}
}

TEST(a_diff_of_long_lines_shows_where_they_differ)
{
	char want[1001], got[1001], *text;

	memset(want, 'a', 1000);
	memset(got, 'a', 1000);
	want[1000] = got[1000] = '\0';
	got[700] = 'X';
	text = diff_of(want, got);
	CHECK(strchr(text, 'X') != NULL);
	CHECK(strlen(text) < 300);
	free(text);
}

TEST(a_diff_of_anything_stays_small)
{
	char *want = xcalloc(1, 2000001), *text;

	for (size_t i = 0; i < 2000000; i++)
		want[i] = (char)(i % 251 + 1);
	text = diff_of(want, "\001\002\003\n");
	CHECK_INT(strlen(text), <, 4096);
	free(text);
	free(want);
}

TAP_MAIN()
