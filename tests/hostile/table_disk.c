/* SPDX-License-Identifier: MIT */
/* What stores files. */
#include "suite.h"

static const struct limits_row disk = {
	.cpu_ms = 5000,
	.wall_ms = 15000,
	.memory_mb = 64,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 16,
	.open_files = 64,
};

/* With room for as many inodes as a large /data has. */
static const struct limits_row data = {
	.cpu_ms = 10000,
	.wall_ms = 30000,
	.memory_mb = 256,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 16,
	.open_files = 64,
	.data_mb = 256,
};

/* A /data of nearly all the memory. */
static const struct limits_row tight = {
	.cpu_ms = 5000,
	.wall_ms = 15000,
	.memory_mb = 32,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 16,
	.open_files = 64,
	.data_mb = 31,
};

static const struct attempt attempts[] = {
	{ "57", "filling /tmp", "attack_disk", "fill_tmp", "bounded",
	  "the size of the file system", .limits = &disk },
	{ "58", "filling /dev/shm", "attack_disk", "fill_shm", "bounded",
	  "it is /tmp: one size for both", .limits = &disk },
	{ "64", "inodes in /tmp, /dev/shm and /work", "attack_disk", "inodes",
	  "bounded", "their number is limited too", .limits = &disk },
	{ "66", "filling /work", "attack_disk", "fill_work", "bounded",
	  "the size of the file system", .limits = &disk },
	{ "66b", "writing anywhere else", "attack_disk", "fill_elsewhere",
	  "refused EROFS EACCES ENOENT EPERM",
	  "the rest is read-only or not there", .places = EVERYWHERE },
	{ "68a", "a file of 4 TiB", "attack_disk", "huge", "SIGXFSZ",
	  "RLIMIT_FSIZE", .places = PLACE_CASE },
	{ "68b", "the same, ignoring the signal", "attack_disk", "huge_ignored",
	  "refused EFBIG", "RLIMIT_FSIZE", .places = PLACE_CASE },
	{ "69", "descriptors without end", "attack_disk", "descriptors",
	  "bounded", "RLIMIT_NOFILE", .places = PLACE_CASE },
	{ "65b", "/data full of folders, one in another", "attack_disk",
	  "data_deep", "harmless or CPU time limit or wall time limit",
	  "a file there is cut, and all removed, without walking past a path's "
	  "length",
	  .limits = &data },
	{ "65c", "/data full of files with long names", "attack_disk",
	  "data_wide", "harmless", "a file there is cut, and all removed",
	  .limits = &data },
	{ "65d", "a full /data, as large as the memory", "attack_disk",
	  "data_full", "harmless or memory limit",
	  "whoever cuts a file there is not killed for memory",
	  .limits = &tight },
};

TABLE(table_disk, "Files and space");
