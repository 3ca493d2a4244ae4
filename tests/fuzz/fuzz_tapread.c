/* SPDX-License-Identifier: MIT */
/*
 * fuzz_tapread.c - what a driver printed.
 *
 * The first byte is the plan of the case.  A report that is valid is rebuilt here
 * line by line, by another way than tapread.c reads it: what it counts must be
 * what stands there.
 */
#include "fuzz.h"

#include "../../harness/score/tapread.h"
#include "fortnight/text.h"

enum {
	SHOWN_LINES = 3
};

/* The line that must follow: "ok N" or "not ok N", and then a blank or LF. */
static const char *expect_line(const char *at, unsigned number, bool *ret_ok)
{
	char want[32];

	*ret_ok = strncmp(at, "not ", 4) != 0;
	(void)snprintf(want, sizeof(want), "%sok %u", *ret_ok ? "" : "not ",
		       number);
	REQUIRE(strncmp(at, want, strlen(want)) == 0, "%s is not there", want);
	at += strlen(want);
	REQUIRE(*at == ' ' || *at == '\n', "%s and more", want);
	at = strchr(at, '\n');
	REQUIRE(at, "%s is cut off", want);
	return at + 1;
}

static void require_valid(const char *text, size_t size, unsigned plan,
			  const struct tap_report *report)
{
	unsigned ok = 0, first_bad = 0;
	const char *at = text;
	char want[32];

	REQUIRE(strlen(text) == size, "a NUL");
	(void)snprintf(want, sizeof(want), "1..%u\n", plan);
	REQUIRE(strncmp(at, want, strlen(want)) == 0, "no plan");
	at += strlen(want);
	for (unsigned i = 1; i <= plan; i++) {
		bool good;

		at = expect_line(at, i, &good);
		ok += good;
		if (!good && !first_bad)
			first_bad = i;
	}
	REQUIRE(!*at, "lines after the plan");
	REQUIRE(report->ok == ok, "%u, not %u", report->ok, ok);
	REQUIRE(report->first_bad == first_bad, "%u, not %u", report->first_bad,
		first_bad);
	REQUIRE(!report->why[0], "%s", report->why);
}

/* A driver's words are shown to people, at most so many lines of them. */
static void require_shown(struct slice text)
{
	auto_buf struct buf shown = BUF_INIT(1 << 20), safe = BUF_INIT(8 << 20);
	unsigned lines = 0;

	tap_add_failures(&shown, text, SHOWN_LINES);
	text_add_safe(&safe, buf_text(&shown), shown.len);
	REQUIRE(safe.len == shown.len, "a terminal would obey");
	for (size_t i = 0; i < shown.len; i++)
		lines += shown.data[i] == '\n';
	REQUIRE(lines <= SHOWN_LINES + 2, "%u lines", lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned plan = fuzz_choice(&data, &size) % 8 + 1;
	struct slice text = { (const char *)data, size };
	auto_free char *copy = xcalloc(size + 1, 1);
	struct tap_report report;

	memcpy(copy, data, size);
	tap_read(text, plan, &report);
	REQUIRE(report.plan == plan, "%u", report.plan);
	REQUIRE(report.ok <= plan && report.first_bad <= plan, "counts");
	if (report.valid)
		require_valid(copy, size, plan, &report);
	else
		REQUIRE(report.why[0], "a fault that says nothing");
	require_shown(text);
	return 0;
}
