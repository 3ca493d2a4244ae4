/* SPDX-License-Identifier: MIT */
/*
 * Control groups, whichever kind the host has.
 *
 * A side gets one directory per hierarchy below a base (cgroup_layout.c).  On v1 and hybrid
 * hosts memory, pids, cpuacct and cpu are hierarchies of their own and the unified
 * one, when it is there, lends cgroup.kill; on v2 all are one.  Each directory
 * is used for one pod and removed: a group that was killed by cgroup.kill is
 * never joined again, since some kernels kill whatever enters it.  What a
 * launcher that was killed left behind is removed by the next (cgroup_stale.c).
 *
 * The cpu controller limits nothing.  It makes the pod one party among those that
 * want a processor: without it each of 512 processes is one, five hundred to the
 * launcher's one, and it is half a second until the launcher gets to run and kill them.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/fd.h"

#include "cgroup.h"
#include "kernel_file.h"
#include "launch.h"

#include <fcntl.h>
#include <stdatomic.h>

enum {
	ROOM_FOR_POD = 16 << 20, /* tables, buffers, what the kernel adds */
	COUNTER_TEXT_MAX = 4096
};

_Static_assert((int)CGROUP_DIRS == (int)PLACES, "a directory for each place");

static const int64_t empty_patience_ns = NS_PER_SEC;

struct counter_file {
	enum place place;
	const char *v1, *v2;
	const char *key_v1, *key_v2; /* a line's first word; NULL: a number */
	uint64_t scale_v2;
};

static const struct counter_file files[COUNTER_COUNT] = {
	[COUNTER_MEMORY] = { PLACE_MEMORY, "memory.usage_in_bytes",
			     "memory.current", NULL, NULL, 1 },
	[COUNTER_MEMORY_PEAK] = { PLACE_MEMORY, "memory.max_usage_in_bytes",
				  "memory.peak", NULL, NULL, 1 },
	[COUNTER_OOM_KILLS] = { PLACE_MEMORY, "memory.oom_control",
				"memory.events", "oom_kill", "oom_kill", 1 },
	[COUNTER_FORKS_REFUSED] = { PLACE_PIDS, "pids.events", "pids.events",
				    "max", "max", 1 },
	[COUNTER_CPU] = { PLACE_CPU, "cpuacct.usage", "cpu.stat", NULL,
			  "usage_usec", 1000 },
};

static int make_dir(struct cgroup *cgroup, const struct layout *layout,
		    enum place place, struct error *err)
{
	/* v1 controllers may be mounted together: one directory for both. */
	for (enum place p = 0; p < place; p++)
		if (strcmp(layout->mount[p], layout->mount[place]) == 0) {
			cgroup->dirs[place] = xstrdup(cgroup->dirs[p]);
			return 0;
		}
	if (group_make(layout->base[place], &cgroup->dirs[place],
		       &cgroup->locks[place], err) < 0)
		return -1;
	cgroup->procs[place] =
		open_in(cgroup->dirs[place], "cgroup.procs", O_WRONLY);
	if (cgroup->procs[place] < 0)
		return error_set_errno(err, errno, "open %s/cgroup.procs",
				       cgroup->dirs[place]);
	return 0;
}

static int make_dirs(struct cgroup *cgroup, const struct layout *layout,
		     struct error *err)
{
	for (enum place p = 0; p < PLACES; p++)
		if (layout->base[p][0] && make_dir(cgroup, layout, p, err) < 0)
			return -1;
	return 0;
}

static const char *dir_of(const struct cgroup *cgroup, enum place place)
{
	return cgroup->dirs[cgroup->v2 ? PLACE_UNIFIED : place];
}

/* v1 and kernels from 6.12 on can forget the peak that was, for who opened
 * the file for writing; others refuse to open it so. */
static int open_counter(const struct cgroup *cgroup, enum counter which)
{
	const char *dir = dir_of(cgroup, files[which].place);
	const char *name = cgroup->v2 ? files[which].v2 : files[which].v1;
	int fd = which == COUNTER_MEMORY_PEAK ? open_in(dir, name, O_RDWR) : -1;

	return fd < 0 ? open_in(dir, name, O_RDONLY) : fd;
}

bool cgroup_host_swaps(void)
{
	FILE *file = fopen("/proc/swaps", "re");
	char line[512];
	int lines = 0;

	if (!file)
		return false; /* a kernel without */
	while (fgets(line, sizeof(line), file))
		lines++;
	(void)fclose(file);
	return lines > 1;
}

/* Memory that is swapped out is outside of either kind's memory limit. */
static int forbid_swap(const struct cgroup *cgroup, struct error *err)
{
	const char *dir = dir_of(cgroup, PLACE_MEMORY);
	const char *name = cgroup->v2 ? "memory.swap.max" : "memory.swappiness";

	if (write_in(dir, name, "0") == 0 || !cgroup_host_swaps())
		return 0;
	return error_set_errno(err, errno,
			       "keep a group from swapping by %s (boot with "
			       "swapaccount=1, or run swapoff -a)",
			       name);
}

static int open_limit(const struct cgroup *cgroup, enum place place,
		      const char *name, int *ret_fd, struct error *err)
{
	*ret_fd = open_in(dir_of(cgroup, place), name, O_WRONLY);
	return *ret_fd < 0 ? error_set_errno(err, errno, "open %s", name) : 0;
}

static int open_limits(struct cgroup *cgroup, struct error *err)
{
	if (open_limit(cgroup, PLACE_PIDS, "pids.max", &cgroup->pids_limit,
		       err) < 0)
		return -1;
	if (cgroup->v2)
		return open_limit(cgroup, PLACE_MEMORY, "memory.max",
				  &cgroup->memory_limit, err);
	if (open_limit(cgroup, PLACE_MEMORY, "memory.limit_in_bytes",
		       &cgroup->memory_limit, err) < 0)
		return -1;
	return open_limit(cgroup, PLACE_MEMORY,
			  "memory.kmem.tcp.limit_in_bytes",
			  &cgroup->socket_limit, err);
}

static int open_files(struct cgroup *cgroup, struct error *err)
{
	bool v2 = cgroup->v2;

	for (enum counter i = 0; i < COUNTER_COUNT; i++) {
		cgroup->counters[i] = open_counter(cgroup, i);
		if (cgroup->counters[i] < 0)
			return error_set_errno(
				err, errno, "open %s%s",
				v2 ? files[i].v2 : files[i].v1,
				v2 && i == COUNTER_MEMORY_PEAK
					? " (Linux 5.19 or later has it)"
					: "");
	}
	if (open_limits(cgroup, err) < 0)
		return -1;
	if (dir_of(cgroup, PLACE_SHARE))
		cgroup->share = open_in(dir_of(cgroup, PLACE_SHARE),
					v2 ? "cpu.weight" : "cpu.shares",
					O_WRONLY);
	if (cgroup->dirs[PLACE_UNIFIED])
		cgroup->kill = open_in(cgroup->dirs[PLACE_UNIFIED],
				       "cgroup.kill", O_WRONLY);
	return forbid_swap(cgroup, err);
}

void cgroup_init(struct cgroup *cgroup)
{
	*cgroup = (struct cgroup){
		.locks = { -1, -1, -1, -1, -1 },
		.procs = { -1, -1, -1, -1, -1 },
		.counters = { -1, -1, -1, -1, -1 },
		.memory_limit = -1,
		.pids_limit = -1,
		.kill = -1,
		.socket_limit = -1,
		.share = -1,
		.pids_max = -1,
	};
}

/* Once in a launcher's life is enough, and costs a look into each base. */
static void sweep_once(const struct layout *layout)
{
	static atomic_flag swept = ATOMIC_FLAG_INIT;

	if (atomic_flag_test_and_set(&swept))
		return;
	for (enum place p = 0; p < PLACES; p++)
		if (layout->base[p][0])
			groups_sweep(layout->base[p]);
}

int cgroup_open(struct cgroup *cgroup, struct error *err)
{
	struct layout layout;

	cgroup_init(cgroup);
	if (layout_ready(&layout, err) < 0)
		return -1;
	sweep_once(&layout);
	cgroup->v2 = layout.v2;
	if (make_dirs(cgroup, &layout, err) == 0 &&
	    open_files(cgroup, err) == 0)
		return 0;
	err->kind = ERROR_HOST;
	(void)cgroup_close(cgroup); /* nothing has joined it */
	return -1;
}

/* ---- the end ---------------------------------------------------------------------- */

/* The members are the same everywhere; on v1 a directory that two controllers share
 * is open once, by the first of them. */
static int members_of(const struct cgroup *cgroup)
{
	return cgroup->locks[cgroup->v2 ? PLACE_UNIFIED : PLACE_MEMORY];
}

int cgroup_settle(struct cgroup *cgroup, struct error *err)
{
	ssize_t count = group_list(members_of(cgroup), cgroup->spared,
				   CGROUP_SPARED_MAX);

	cgroup->spared_count = count > 0 ? (size_t)count : 0;
	if (cgroup_read(cgroup, COUNTER_OOM_KILLS, &cgroup->oom_kills, err) < 0)
		return -1;
	return cgroup_read(cgroup, COUNTER_FORKS_REFUSED,
			   &cgroup->forks_refused, err);
}

void cgroup_kill_runs(const struct cgroup *cgroup)
{
	group_kill(members_of(cgroup), cgroup->spared, cgroup->spared_count);
}

/* Sixteen times the usual weight: the launcher has to get its turn too. */
void cgroup_hurry(struct cgroup *cgroup, bool hurry)
{
	const char *more = cgroup->v2 ? "1600" : "16384";
	const char *usual = cgroup->v2 ? "100" : "1024";
	const char *weight = hurry ? more : usual;

	if (cgroup->share < 0 || cgroup->hurried == hurry)
		return;
	cgroup->hurried = hurry;
	(void)!pwrite(cgroup->share, weight, strlen(weight), 0);
}

void cgroup_kill_all(const struct cgroup *cgroup)
{
	if (cgroup->kill < 0 || write(cgroup->kill, "1", 1) < 0)
		group_kill(members_of(cgroup), NULL, 0);
}

bool cgroup_is_empty(const struct cgroup *cgroup)
{
	pid_t pid;

	return group_list(members_of(cgroup), &pid, 1) == 0;
}

/* A group with a process in it cannot be removed (cgroups(7)), so one that could be
 * had none.  It has none soon after the last one was reaped. */
static bool remove_dir(const struct cgroup *cgroup, enum place place,
		       int64_t deadline)
{
	const struct timespec pause = { .tv_nsec = 2 * NS_PER_MS };

	while (rmdir(cgroup->dirs[place]) < 0) {
		if (errno == ENOENT) /* mounted together, removed before */
			return true;
		if (errno != EBUSY || clock_mono_ns() > deadline)
			return false;
		cgroup_kill_all(cgroup);
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

static void shut(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

bool cgroup_close(struct cgroup *cgroup)
{
	int64_t deadline = clock_mono_ns() + empty_patience_ns;
	bool empty = true;

	for (int i = 0; i < PLACES; i++)
		if (cgroup->dirs[i] &&
		    !remove_dir(cgroup, (enum place)i, deadline))
			empty = false;
	for (int i = 0; i < COUNTER_COUNT; i++)
		shut(cgroup->counters[i]);
	shut(cgroup->memory_limit);
	shut(cgroup->pids_limit);
	shut(cgroup->socket_limit);
	shut(cgroup->share);
	shut(cgroup->kill);
	for (int i = 0; i < PLACES; i++) {
		shut(cgroup->procs[i]);
		shut(cgroup->locks[i]);
		free(cgroup->dirs[i]);
	}
	cgroup_init(cgroup);
	return empty;
}

/* ---- counters and limits ----------------------------------------------------------- */

int cgroup_read(const struct cgroup *cgroup, enum counter which,
		uint64_t *ret_value, struct error *err)
{
	const struct counter_file *file = &files[which];
	const char *key = cgroup->v2 ? file->key_v2 : file->key_v1;
	const char *name = cgroup->v2 ? file->v2 : file->v1;
	char text[COUNTER_TEXT_MAX];
	ssize_t n = pread(cgroup->counters[which], text, sizeof(text), 0);
	uint64_t value;
	int rc;

	if (n < 0)
		return error_set_errno(err, errno, "read %s", name);
	rc = key ? cgroup_parse_field(text, (size_t)n, key, &value)
		 : cgroup_parse_number(text, (size_t)n, &value);
	if (rc < 0)
		return error_set(err, ERROR_HOST, "%s has no number%s%s", name,
				 key ? " in a line " : "", key ? key : "");
	*ret_value = value * (cgroup->v2 ? file->scale_v2 : 1);
	return 0;
}

/* Writing what is there already would be a system call for nothing. */
static int limit_bytes(int file, uint64_t bytes, uint64_t *now,
		       struct error *err)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%llu", (unsigned long long)bytes);

	if (*now == bytes)
		return 0;
	if (pwrite(file, text, (size_t)n, 0) < 0)
		return error_set_errno(err, errno, "limit memory to %s bytes",
				       text);
	*now = bytes;
	return 0;
}

int cgroup_make_room(struct cgroup *cgroup, uint64_t bytes, struct error *err)
{
	uint64_t used = 0;

	if (cgroup_read(cgroup, COUNTER_MEMORY, &used, err) < 0)
		return -1;
	used += bytes + ROOM_FOR_POD;
	return cgroup->memory_max >= used
		       ? 0
		       : limit_bytes(cgroup->memory_limit, used,
				     &cgroup->memory_max, err);
}

int cgroup_limit_memory(struct cgroup *cgroup, uint64_t held_bytes,
			uint64_t bytes, struct error *err)
{
	if (cgroup->socket_limit >= 0 &&
	    limit_bytes(cgroup->socket_limit, bytes, &cgroup->socket_max, err) <
		    0)
		return -1;
	return limit_bytes(cgroup->memory_limit, held_bytes + bytes,
			   &cgroup->memory_max, err);
}

int cgroup_limit_processes(struct cgroup *cgroup, uint32_t processes,
			   struct error *err)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%u", processes);

	if (cgroup->pids_max == (int64_t)processes)
		return 0;
	if (pwrite(cgroup->pids_limit, text, (size_t)n, 0) < 0)
		return error_set_errno(err, errno, "limit processes to %s",
				       text);
	cgroup->pids_max = processes;
	return 0;
}

bool cgroup_forget_peak(const struct cgroup *cgroup)
{
	return pwrite(cgroup->counters[COUNTER_MEMORY_PEAK], "0", 1, 0) == 1;
}
