/* SPDX-License-Identifier: MIT */
/*
 * gauges.h - what could leak, as numbers.
 *
 * Numbers of this process, of a pod that lives all the while, and of the host
 * as far as they are ours.  They are read now and then, always between two
 * runs; what grows from the middle third of the readings to the last one, by
 * more than its noise, leaks.
 */
#ifndef SOAK_GAUGES_H
#define SOAK_GAUGES_H

#include "pods.h"

enum {
	READINGS_MAX = 120
};

struct gauge {
	const char *name, *unit;
	long (*read)(const struct pod *pod);
	long noise; /* between two medians; why is beside it in gauges.c */
	bool of_pod;
	bool for_root; /* an ordinary user cannot read it */
};

struct series {
	long value[READINGS_MAX];
	size_t count;
};

extern const struct gauge gauges[];
extern const size_t gauge_count;

void series_add(struct series *series, long value);
/* The middle value of third 0, 1 or 2; and of them all with -1. */
long series_median(const struct series *series, int third);
/* Say in finding when it grew by more than noise. */
void series_judge(const struct series *series, long noise,
		  struct finding *finding);

/* Memory groups that the kernel has, everybody's: also removed ones, which it keeps
 * until nothing that was charged to them is left, as cached pages of files. */
long kernel_groups(void);

/* Directories of control groups that launcher pid has made. */
void groups_of(pid_t pid, struct lines *lines);

#endif
