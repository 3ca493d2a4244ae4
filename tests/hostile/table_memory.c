/* SPDX-License-Identifier: MIT */
/* Memory, wherever the kernel keeps it. */
#include "suite.h"

static const struct limits_row memory = {
	.cpu_ms = 3000,
	.wall_ms = 15000,
	.memory_mb = 32,
	.processes = 32,
	.output_kb = 64,
	.file_mb = 64,
	.disk_mb = 16,
	.open_files = 256,
};

/* Room for the stack's own limit of 64 MiB. */
static const struct limits_row deep = {
	.cpu_ms = 3000,
	.wall_ms = 15000,
	.memory_mb = 128,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 8,
	.open_files = 64,
};

static const struct limits_row brief = {
	.cpu_ms = 400,
	.wall_ms = 10000,
	.memory_mb = 32,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 16,
	.open_files = 64,
};

static const struct attempt attempts[] = {
	{ "55", "anonymous memory", "attack_memory", "anonymous",
	  "memory limit", "counted by the control group", .limits = &memory,
	  .evidence = SEEN_OOM_KILL, .places = EVERYWHERE },
	{ "56a", "one memory file", "attack_memory", "memory_file",
	  "memory limit", "counted like other memory", .limits = &memory,
	  .evidence = SEEN_OOM_KILL },
	{ "56b", "many memory files", "attack_memory", "memory_files",
	  "memory limit", "counted like other memory", .limits = &memory,
	  .evidence = SEEN_OOM_KILL },
	{ "59a", "System V segments", "attack_memory", "sysv_shm",
	  "memory limit", "counted, and freed with the run", .limits = &memory,
	  .evidence = SEEN_OOM_KILL },
	{ "59b", "System V semaphores and messages", "attack_memory",
	  "sysv_others", "bounded or memory limit",
	  "bounded by the kernel, and freed with the run", .limits = &memory },
	{ "59c", "POSIX message queues", "attack_memory", "posix_mq",
	  "refused ENOSYS", "no queues, since they belong to no place",
	  .limits = &memory },
	{ "60a", "full pipes in one process", "attack_memory", "pipe_buffers",
	  "bounded or memory limit", "descriptors and memory are limited",
	  .limits = &memory },
	{ "60b", "full pipes in 24 processes", "attack_memory",
	  "pipe_buffers_shared", "bounded or memory limit",
	  "memory counts for all together", .limits = &memory },
	{ "61a", "sockets, timers, epoll sets", "attack_memory",
	  "kernel_objects", "bounded or memory limit",
	  "descriptors and memory are limited", .limits = &memory },
	{ "61b", "full connections", "attack_memory", "socket_buffers",
	  "bounded or memory limit", "counted, on v1 hosts apart",
	  .limits = &memory },
	{ "62", "page tables", "attack_memory", "page_tables", "memory limit",
	  "counted like other memory", .limits = &memory,
	  .evidence = SEEN_OOM_KILL },
	{ "63", "recursion without end", "attack_memory", "stack", "SIGSEGV",
	  "RLIMIT_STACK", .limits = &deep },
	{ "78", "a helper is killed for memory, main exits with 0",
	  "attack_memory", "helper_oom", "memory limit",
	  "the control group saw it", .limits = &memory,
	  .evidence = SEEN_OOM_KILL },
	{ "79", "files that are deleted and held open", "attack_memory",
	  "deleted_files", "bounded or memory limit",
	  "they count until they are closed", .limits = &memory },
	{ "82", "names that are not there, without end", "attack_memory",
	  "negative_names", "CPU time limit or memory limit",
	  "the kernel's name cache is counted", .limits = &brief },
};

TABLE(table_memory, "Memory");
