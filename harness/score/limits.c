/* SPDX-License-Identifier: MIT */
/*
 * What a pack promises its candidates, this host must have: a limit that is
 * larger than the machine would never be reached, and something else would
 * give way in its place.  Found out before anything is built.
 */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "fortnight/text.h"
#include "internal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/resource.h>

enum {
	NUMBER_FILE_MAX = 64,
	MEGA = 1 << 20
};

struct host {
	uint64_t memory_mb, processes, open_files;
};

/* The number in a file of /proc; `otherwise` when it cannot be read. */
static uint64_t kernel_number(const char *path, uint64_t otherwise)
{
	auto_buf struct buf text = BUF_INIT(NUMBER_FILE_MAX);
	struct error ignored = ERROR_INIT;
	int64_t value;

	if (fd_read_file(AT_FDCWD, path, &text, &ignored) < 0 || !text.len)
		return otherwise;
	text.data[text.len - 1] = '\0';
	return parse_int(text.data, 1, INT64_MAX, &value) ? (uint64_t)value
							  : otherwise;
}

static void look_at_host(struct host *host)
{
	uint64_t threads =
		kernel_number("/proc/sys/kernel/threads-max", UINT64_MAX);
	struct rlimit files;

	host->memory_mb = (uint64_t)sysconf(_SC_PHYS_PAGES) *
			  (uint64_t)sysconf(_SC_PAGESIZE) / MEGA;
	host->processes = kernel_number("/proc/sys/kernel/pid_max", UINT64_MAX);
	if (threads < host->processes)
		host->processes = threads;
	host->open_files = getrlimit(RLIMIT_NOFILE, &files) == 0
				   ? files.rlim_max
				   : UINT64_MAX;
}

static int check(const struct task *task, const char *where,
		 const struct task_limits *limits, const struct host *host,
		 struct error *err)
{
	const struct {
		const char *key;
		uint64_t want, have;
		const char *cure;
	} checks[] = {
		{ "memory_mb", limits->memory_bytes / MEGA, host->memory_mb,
		  "or score where there is more memory" },
		{ "processes", limits->processes, host->processes,
		  "or raise kernel.pid_max and kernel.threads-max (sysctl)" },
		{ "open_files", limits->open_files, host->open_files,
		  "or raise the hard limit that fortnight is started with "
		  "(ulimit -Hn)" },
	};

	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		if (checks[i].want > checks[i].have)
			return error_set(err, ERROR_HOST,
					 "pack %s: %s of %s is %" PRIu64
					 ", and this host has %" PRIu64
					 ": lower it in task.toml, %s",
					 task->path, checks[i].key, where,
					 checks[i].want, checks[i].have,
					 checks[i].cure);
	return 0;
}

int limits_check(const struct task *task, struct error *err)
{
	struct host host;

	look_at_host(&host);
	if (check(task, "[interview.build]", &task->build.limits, &host, err) <
		    0 ||
	    check(task, "[interview.run]", &task->run, &host, err) < 0)
		return -1;
	for (size_t i = 0; i < task->area_count; i++)
		if (check(task, task->areas[i].name, &task->areas[i].limits,
			  &host, err) < 0)
			return -1;
	return 0;
}
