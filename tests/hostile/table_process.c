/* SPDX-License-Identifier: MIT */
/* Processes and time. */
#include "suite.h"

static const struct limits_row bomb = {
	.cpu_ms = 500,
	.wall_ms = 2000,
	.memory_mb = 64,
	.processes = 48,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 8,
	.open_files = 64,
};

static const struct limits_row burning = {
	.cpu_ms = 500,
	.wall_ms = 30000,
	.memory_mb = 32,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 8,
	.open_files = 64,
};

static const struct limits_row still = {
	.cpu_ms = 1000,
	.wall_ms = 500,
	.memory_mb = 32,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 8,
	.open_files = 64,
};

static const struct attempt attempts[] = {
	{ "53a", "a fork bomb", "attack_process", "fork_bomb",
	  "CPU time limit or wall time limit",
	  "no more processes than its limit; gone at once", .limits = &bomb,
	  .evidence = SEEN_FORK_REFUSED, .places = EVERYWHERE },
	{ "53b", "a vfork bomb", "attack_process", "vfork_bomb",
	  "CPU time limit or wall time limit", "the same", .limits = &bomb,
	  .evidence = SEEN_FORK_REFUSED },
	{ "53c", "a thread bomb", "attack_process", "thread_bomb",
	  "CPU time limit or wall time limit", "threads count as processes",
	  .limits = &bomb, .evidence = SEEN_FORK_REFUSED },
	{ "54", "a fork bomb of sessions that ignore signals", "attack_process",
	  "setsid_bomb", "CPU time limit or wall time limit",
	  "the namespace's init is killed, and all with it", .limits = &bomb,
	  .evidence = SEEN_FORK_REFUSED },
	{ "73", "four threads that burn CPU time", "attack_process",
	  "burn_all_cores", "CPU time limit", "the sum counts",
	  .limits = &burning, .cpu_min_ms = 500 },
	{ "74", "CPU time of grandchildren nobody waits for", "attack_process",
	  "burn_hidden", "harmless",
	  "rusage says 0, the control group does not", .cpu_min_ms = 550 },
	{ "75a", "sleep for ever", "attack_process", "sleep_forever",
	  "wall time limit", "and hardly any CPU time", .limits = &still,
	  .cpu_max_ms = 200 },
	{ "75b", "a read that never ends", "attack_process", "blocked_read",
	  "wall time limit", "the same", .limits = &still, .cpu_max_ms = 200 },
	{ "76a", "stopping itself", "attack_process", "stop_self",
	  "wall time limit", "stopped is not ended", .limits = &still },
	{ "76b", "stopping its whole group", "attack_process", "stop_group",
	  "wall time limit", "stopped is not ended", .limits = &still },
	{ "77", "raising resource limits", "attack_process", "raise_limits",
	  "refused EPERM ESRCH", "hard limits, no capability",
	  .places = EVERYWHERE },
	{ "89", "a vfork child that never runs anything", "attack_process",
	  "vfork_hang", "wall time limit", "the parent waits for it",
	  .limits = &still },
	{ "90", "main leaves its thread, another goes on", "attack_process",
	  "main_thread_leaves", "wall time limit", "the process has not ended",
	  .limits = &still },
	{ "92", "children that are dead and not waited for", "attack_process",
	  "zombie_farm", "bounded", "they count as processes",
	  .evidence = SEEN_FORK_REFUSED },
	{ "93", "timers and queued signals", "attack_process", "timer_storm",
	  "bounded", "RLIMIT_SIGPENDING", .places = PLACE_CASE },

};

TABLE(table_process, "Processes and time");
