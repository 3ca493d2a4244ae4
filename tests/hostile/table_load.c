/* SPDX-License-Identifier: MIT */
/* Load, and clocks. */
#include "suite.h"

static const char bounded_cost[] =
	"a neighbour's work costs at most three times its CPU time";

static const struct limits_row loading = {
	.cpu_ms = 1500,
	.wall_ms = 60000,
	.memory_mb = 96,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 16,
	.open_files = 64,
};

static const struct limits_row clocked = {
	.cpu_ms = 1500,
	.wall_ms = 60000,
	.memory_mb = 192,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 16,
	.disk_mb = 48,
	.open_files = 64,
};

/* It thought that 300 s passed, and slept or worked for 0.3 s. */
static void is_real_time(const struct outcome *outcome, const struct tree *tree,
			 struct finding *finding)
{
	int64_t wall_ms = outcome->wall_ns / 1000000;

	(void)tree;
	if (wall_ms < 250 || outcome->cpu_ns / 1000000 < 100)
		found(finding, "%lld ms of time and %lld ms of CPU time",
		      (long long)wall_ms,
		      (long long)(outcome->cpu_ns / 1000000));
}

static const struct attempt attempts[] = {
	{ "81a", "caches and the way to memory, worn by four processes",
	  "attack_load", "caches", "CPU time limit or wall time limit",
	  bounded_cost, .limits = &loading },
	{ "81b", "interrupts for other processors", "attack_load", "interrupts",
	  "CPU time limit or wall time limit", bounded_cost,
	  .limits = &loading },
	{ "81c", "the kernel's locks", "attack_load", "locks",
	  "CPU time limit or wall time limit", bounded_cost,
	  .limits = &loading },
	{ "97a", "LD_PRELOAD: a clock that stands still", "attack_load",
	  "clock_stands", "CPU time limit",
	  "time is taken outside, from the control group",
	  .places = PLACE_BUILD, .limits = &clocked, .cpu_min_ms = 1500 },
	{ "97b", "LD_PRELOAD: a clock that runs a thousand times as fast",
	  "attack_load", "clock_runs", "harmless", "the same",
	  .places = PLACE_BUILD, .limits = &clocked, .check = is_real_time },
};

TABLE(table_load, "Load and clocks");
