/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "tap.h"

TEST(the_monotonic_clock_never_goes_back)
{
	int64_t last = clock_mono_ns();

	for (int i = 0; i < 10000; i++) {
		int64_t now = clock_mono_ns();

		CHECK_INT(now, >=, last);
		last = now;
	}
}

TEST(a_sleeping_thread_uses_no_cpu_time)
{
	struct timespec pause = { .tv_nsec = 50 * NS_PER_MS };
	int64_t cpu = clock_thread_cpu_ns(), mono = clock_mono_ns();

	CHECK_INT(nanosleep(&pause, NULL), ==, 0);
	CHECK_INT(clock_mono_ns() - mono, >=, 50 * NS_PER_MS);
	CHECK_INT(clock_thread_cpu_ns() - cpu, <, 25 * NS_PER_MS);
}

TEST(a_busy_thread_uses_cpu_time)
{
	int64_t start = clock_thread_cpu_ns();

	while (clock_thread_cpu_ns() - start < 5 * NS_PER_MS)
		;
	CHECK_INT(clock_thread_cpu_ns() - start, >=, 5 * NS_PER_MS);
}

static const struct {
	int64_t seconds;
	const char *text;
} rows[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ 951782400, "2000-02-29T00:00:00Z" },
	{ 1769851800, "2026-01-31T09:30:00Z" },
	{ 4102444799, "2099-12-31T23:59:59Z" },
};

TEST(wall_time_is_written_in_utc)
{
	char text[21];

	CHECK_INT(setenv("TZ", "Asia/Tokyo", 1), ==, 0);
	tzset();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW("%s", rows[i].text);
		clock_format(rows[i].seconds * NS_PER_SEC, text);
		CHECK_STR(text, rows[i].text);
	}
}

TEST(a_fraction_of_a_second_is_cut_off)
{
	char text[21];

	clock_format(1769851800 * NS_PER_SEC + NS_PER_SEC - 1, text);
	CHECK_STR(text, "2026-01-31T09:30:00Z");
}

TEST(the_last_moment_that_can_be_told_still_fits)
{
	char text[21];

	clock_format(INT64_MAX, text);
	CHECK_STR(text, "2262-04-11T23:47:16Z");
}

TEST(the_wall_clock_is_after_this_file_was_written)
{
	CHECK_INT(clock_wall_ns() / NS_PER_SEC, >, 1767225600);
}

TAP_MAIN()
