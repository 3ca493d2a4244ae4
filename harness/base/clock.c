/* SPDX-License-Identifier: MIT */
#include "fortnight/clock.h"
#include "fortnight/base.h"

static int64_t read_clock(clockid_t id)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(id, &ts);
	return ts.tv_sec * NS_PER_SEC + ts.tv_nsec;
}

int64_t clock_mono_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_thread_cpu_ns(void)
{
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

int64_t clock_wall_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

void clock_format(int64_t wall_ns, char text[21])
{
	time_t seconds = wall_ns / NS_PER_SEC;
	struct tm tm = { 0 };

	(void)gmtime_r(&seconds, &tm);
	if (strftime(text, 21, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		text[0] = '\0';
}
