/* SPDX-License-Identifier: MIT */
/*
 * fuzz_compare.c - a candidate's answer against the wanted one.
 *
 * What is wanted and, after the first byte 0xfe, what came; every kind of
 * comparison is made of both.
 */
#include "fuzz.h"

#include "../../harness/score/compare.h"
#include "fortnight/text.h"

enum {
	SPLIT = 0xfe,
	SHOWN_LINES_MAX = 40
};

static bool same(enum compare compare, struct slice want, struct slice got)
{
	auto_free char *copy = xcalloc(want.len + 1, 1);
	const struct case_want asked = { .has_stdout = true,
					 .stdout_data = copy,
					 .stdout_len = want.len,
					 .compare = compare,
					 .tolerance = 1e-6 };

	memcpy(copy, want.data, want.len);
	return compare_stdout(&asked, got.data, got.len);
}

/* What is kinder accepts what is stricter. */
static void require_kinder(struct slice want, struct slice got)
{
	static const enum compare kinder[][2] = {
		{ COMPARE_EXACT, COMPARE_TRIM },
		{ COMPARE_EXACT, COMPARE_ROWS },
		{ COMPARE_EXACT, COMPARE_JSON },
		{ COMPARE_TRIM, COMPARE_TOKENS },
		{ COMPARE_TOKENS, COMPARE_FLOAT },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinder); i++)
		REQUIRE(!same(kinder[i][0], want, got) ||
				same(kinder[i][1], want, got),
			"pair %zu", i);
}

/* But for float, whose tolerance is of the wanted number. */
static void require_symmetry(struct slice want, struct slice got)
{
	for (int compare = COMPARE_EXACT; compare <= COMPARE_JSON; compare++)
		REQUIRE(same((enum compare)compare, want, got) ==
				same((enum compare)compare, got, want),
			"kind %d", compare);
}

static void require_diff(struct slice want, struct slice got)
{
	auto_buf struct buf diff = BUF_INIT(1 << 20), safe = BUF_INIT(8 << 20);
	unsigned lines = 0;

	diff_add(&diff, want, got);
	diff_add_head(&diff, "head", got, 3);
	text_add_safe(&safe, buf_text(&diff), diff.len);
	REQUIRE(safe.len == diff.len, "a terminal would obey: %s",
		buf_text(&safe));
	for (size_t i = 0; i < diff.len; i++)
		lines += diff.data[i] == '\n';
	REQUIRE(lines <= SHOWN_LINES_MAX, "%u lines", lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *split = size ? memchr(data, SPLIT, size) : NULL;
	size_t len = split ? (size_t)(split - data) : size;
	struct slice want = { (const char *)data, len };
	struct slice got = { split ? (const char *)split + 1 : "",
			     split ? size - len - 1 : 0 };

	for (int compare = COMPARE_EXACT; compare < COMPARE_CHECKER; compare++)
		REQUIRE(same((enum compare)compare, want, want), "kind %d",
			compare);
	require_kinder(want, got);
	require_symmetry(want, got);
	require_diff(want, got);
	return 0;
}
