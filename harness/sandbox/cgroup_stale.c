/* SPDX-License-Identifier: MIT */
/*
 * Groups and the processes in them: whose a group is, and what is left of one
 * whose launcher was killed.
 *
 * A launcher holds a lock (flock(2)) on the directory of each of its groups.
 * The kernel drops the lock when the launcher dies, whatever it dies of, so a
 * group without one is stale: that holds where process ids would not do, when
 * they are used again, and between containers that share a tree of groups.
 * Only the owner can open the directory, so nobody else can hold the lock.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/fd.h"

#include "cgroup.h"
#include "kernel_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/stat.h>

static const char own_prefix[] = "pod-";
static const char shared_prefix[] = "fortnight-pod-";

enum {
	NAMES_MAX = 10000, /* tries to find a name that is free */
	ROUNDS_MAX = 500,  /* of 2 ms, to empty a group */
	MOVED_MAX = 256,   /* processes in a round */
};

/* What our groups' names begin with: in the top of a v1 hierarchy (it alone has a
 * release_agent, cgroups(7)) there are those of others. */
static const char *prefix_in(const char *base)
{
	auto_free char *path = NULL;

	if (asprintf(&path, "%s/release_agent", base) < 0)
		abort();
	return access(path, F_OK) == 0 ? shared_prefix : own_prefix;
}

static void pause_briefly(void)
{
	const struct timespec pause = { .tv_nsec = 2 * NS_PER_MS };

	(void)nanosleep(&pause, NULL);
}

/* A sweep may take the lock of a new directory before we do, and remove it:
 * then errno is EWOULDBLOCK or ENOENT, and another name is in order. */
static int claim(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error;

	if (fd < 0 ||
	    (flock(fd, LOCK_EX | LOCK_NB) == 0 && access(path, F_OK) == 0))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int unclaimed(const char *path, struct error *err)
{
	(void)error_set_errno(err, errno, "lock %s", path);
	(void)rmdir(path);
	return -1;
}

int group_make(const char *base, char **ret_path, int *ret_lock,
	       struct error *err)
{
	static atomic_uint serial;
	const char *prefix = prefix_in(base);

	for (int tries = 0; tries < NAMES_MAX; tries++) {
		auto_free char *path = NULL;
		int lock;

		if (asprintf(&path, "%s/%s%d-%u", base, prefix, (int)getpid(),
			     atomic_fetch_add(&serial, 1)) < 0)
			abort();
		if (mkdir(path, 0700) < 0) {
			if (errno ==
			    EEXIST) /* stale, or of another namespace */
				continue;
			return error_set_errno(err, errno, "create %s", path);
		}
		lock = claim(path);
		if (lock < 0 && errno != EWOULDBLOCK && errno != ENOENT)
			return unclaimed(path, err);
		if (lock < 0)
			continue;
		*ret_path = STEAL(path);
		*ret_lock = lock;
		return 0;
	}
	return error_set(err, ERROR_INFRA, "no name is free in %s", base);
}

/* ---- the sweep ------------------------------------------------------------------- */

static void kill_members(int group)
{
	auto_close int fd = openat(group, "cgroup.kill", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1", 1) < 0)
		group_kill(group, NULL, 0);
}

/* Members die soon after they were killed, not at once. */
static void remove_group(int base, const char *name, int group)
{
	for (int round = 0; round < ROUNDS_MAX; round++) {
		if (unlinkat(base, name, AT_REMOVEDIR) == 0 || errno != EBUSY)
			return;
		kill_members(group);
		pause_briefly();
	}
}

static void sweep_one(int base, const char *name)
{
	auto_close int group = openat(
		base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	/* Another sweep may have removed the group, and another launcher made one
	 * of the same name, after we opened it. */
	if (group >= 0 && flock(group, LOCK_EX | LOCK_NB) == 0 &&
	    fd_is_still(base, name, group))
		remove_group(base, name, group);
}

void groups_sweep(const char *base)
{
	const char *prefix = prefix_in(base);
	DIR *dir = opendir(base);
	const struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) // NOLINT(concurrency-mt-unsafe)
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
			sweep_one(dirfd(dir), entry->d_name);
	(void)closedir(dir);
}

/* ---- moving out ------------------------------------------------------------------ */

/* How many were moved. */
static int move_all(int group, const char *child)
{
	pid_t pids[MOVED_MAX];
	ssize_t count = group_list(group, pids, MOVED_MAX);
	int moved = 0;

	for (ssize_t i = 0; i < count; i++) {
		char text[16];

		(void)snprintf(text, sizeof(text), "%d", (int)pids[i]);
		/* 0 would be this process: it is somebody outside. */
		if (pids[i] > 0 &&
		    (write_in(child, "cgroup.procs", text) == 0 ||
		     errno == ESRCH))
			moved++;
	}
	return moved;
}

int group_evacuate(const char *dir, const char *child, struct error *err)
{
	auto_close int group = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (group < 0)
		return error_set_errno(err, errno, "open %s", dir);
	if (mkdir(child, 0755) < 0 && errno != EEXIST)
		return error_set_errno(err, errno, "create %s", child);
	/* A process may fork while the list is read. */
	for (int round = 0; round < ROUNDS_MAX; round++)
		if (move_all(group, child) == 0)
			break;
	return 0;
}
