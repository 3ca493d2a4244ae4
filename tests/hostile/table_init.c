/* SPDX-License-Identifier: MIT */
/* The run's own init, the standard pipes, and who is beside the run. */
#include "suite.h"

static const struct limits_row spinning = {
	.cpu_ms = 600,
	.wall_ms = 15000,
	.memory_mb = 64,
	.processes = 48,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 8,
	.open_files = 64,
};

static const struct limits_row connecting = {
	.cpu_ms = 10000,
	.wall_ms = 60000,
	.memory_mb = 64,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 8,
	.open_files = 64,
};

static void is_whole(const struct outcome *outcome, const struct tree *tree,
		     struct finding *finding)
{
	(void)tree;
	if (outcome->out.len != 5000)
		found(finding, "%zu bytes came, not 5000", outcome->out.len);
}

static const struct attempt attempts[] = {
	{ "131", "the limit of core files set to 0", "attack_init",
	  "core_limit", "harmless",
	  "it stays: at 0 a crash starts the host's handler, as root; at 1 nothing",
	  .places = EVERYWHERE },
	{ "132a", "signals to init by pidfd, thread, queue and pipe",
	  "attack_init", "signal_init", "refused EPERM EACCES or harmless",
	  "init has another id, or it is an init and takes no notice",
	  .places = EVERYWHERE },
	{ "132b", "limits, groups, memory of init by roundabout ways",
	  "attack_init", "reach_init",
	  "refused EPERM EACCES ENOSYS EBADF ESRCH EROFS ENOENT",
	  "init is not theirs, whatever its id", .places = EVERYWHERE },
	{ "133a", "another scheduler, nice 19, one processor for init",
	  "attack_init", "slow_init", "refused EPERM",
	  "an init that gets no time cannot end the run",
	  .places = EVERYWHERE },
	{ "133b", "the same, and 40 processes that spin", "attack_init",
	  "slow_init_and_spin", "CPU time limit or wall time limit",
	  "gone at once", .places = EVERYWHERE, .limits = &spinning },
	{ "146", "what /proc offers a process of itself", "attack_init",
	  "proc_self", "refused EROFS EACCES ENOENT EPERM",
	  "/proc is read-only: no score, no map, no slack",
	  .places = EVERYWHERE },
	{ "150", "output in packets of a byte, by a pipe of a page",
	  "attack_init", "packets", "exit 0", "it comes whole",
	  .check = is_whole },
	{ "151", "the standard pipes opened again, the other way",
	  "attack_init", "reopen", "harmless or refused EACCES",
	  "nobody's waiting depends on their ends", .places = EVERYWHERE },
	{ "152", "children whose parent is init (CLONE_PARENT)", "attack_init",
	  "siblings", "exit 7", "none of them is the main process",
	  .places = PLACE_CASE },
	{ "153a", "a thread that becomes another program", "attack_init",
	  "thread_executes", "exit 8", "the process is the same",
	  .places = PLACE_CASE },
	{ "153b", "the same when the first thread has left", "attack_init",
	  "orphan_executes", "exit 8", "the process is the same",
	  .places = PLACE_CASE },
	{ "154", "lists of locks without an end, at death", "attack_init",
	  "robust_list", "harmless", "the kernel stops walking them",
	  .places = PLACE_CASE },
	{ "155", "programs in memory, and removed ones", "attack_init",
	  "unnamed_programs",
	  "refused EPERM ENOSYS EAFNOSUPPORT EROFS ENOENT EACCES EINVAL",
	  "the same filter and no more rights", .places = EVERYWHERE },
	{ "156", "ports used up for the next run", "attack_residue",
	  "connect_again", "harmless",
	  "a port of a connection that ended is used again on the loopback",
	  .before = "use_up_ports", .limits = &connecting },
	{ "158", "processes that are called fortnight-box", "attack_init",
	  "imitate_box", "harmless", "nothing of ours goes by names",
	  .places = EVERYWHERE },
	{ "159", "a driver's abstract socket, its process, its signals",
	  "attack_beside", "visit_driver", "refused EPERM or harmless",
	  "Landlock keeps abstract names apart, where the kernel has scopes",
	  .places = PLACE_BESIDE, .driver = "wait_for_nobody" },
	{ "160", "ptrace of init, by who may use a debugger", "attack_init",
	  "debug_init", "refused EPERM EACCES ESRCH ENOENT",
	  "init is not dumpable, and has more capabilities",
	  .places = PLACE_DEBUG },
};

TABLE(table_init, "The run's init, its pipes, its driver");
