/* SPDX-License-Identifier: MIT */
/* clock.h - time, in nanoseconds; each function names its clock. */
#ifndef FORTNIGHT_CLOCK_H
#define FORTNIGHT_CLOCK_H

#include "fortnight/base.h"

#define NS_PER_SEC INT64_C(1000000000)
#define NS_PER_MS  INT64_C(1000000)
#define NS_PER_US  INT64_C(1000)

/* CLOCK_MONOTONIC: for waits and durations within one boot. */
int64_t clock_mono_ns(void);
/* CLOCK_THREAD_CPUTIME_ID: what this thread used. */
int64_t clock_thread_cpu_ns(void);
/* CLOCK_REALTIME, for display and time stamps in results only. */
int64_t clock_wall_ns(void);
/* "2026-01-31T09:30:00Z" into text[21]. */
void clock_format(int64_t wall_ns, char text[21]);

#endif
