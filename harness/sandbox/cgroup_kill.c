/* SPDX-License-Identifier: MIT */
/*
 * Killing what is in a group, process by process: where some are to live, and where
 * there is no cgroup.kill.
 *
 * The id of a process that has ended may be somebody else's the next moment, also
 * before the signal that was meant for it, and root's signals arrive.  So each
 * process is first held by a descriptor (pidfd_open(2)) and then looked for in the
 * list once more: an id that is still there was that process's all the while, or the
 * process has ended and the signal goes nowhere.
 */
#include "fortnight/base.h"

#include "cgroup.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/pidfd.h>

enum {
	LISTED_MAX = 8192, /* the next call sees the rest */
	HELD_MAX = 128	   /* descriptors at a time */
};

ssize_t group_list(int group, pid_t *pids, size_t max)
{
	int fd = openat(group, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	FILE *list = fd < 0 ? NULL : fdopen(fd, "re");
	char line[32];
	size_t count = 0;

	if (!list) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while (count < max && fgets(line, sizeof(line), list))
		pids[count++] = (pid_t)strtol(line, NULL, 10);
	if (ferror(list))
		count = 0;
	(void)fclose(list);
	return (ssize_t)count;
}

static bool is_among(pid_t pid, const pid_t *pids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

static int by_id(const void *a, const void *b)
{
	const pid_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* SIGKILL to what pids[] still are; again[] is room for the second look. */
static void kill_batch(int group, const pid_t *pids, size_t count, pid_t *again)
{
	int held[HELD_MAX];
	ssize_t listed;

	for (size_t i = 0; i < count; i++)
		held[i] = pidfd_open(pids[i], 0);
	listed = group_list(group, again, LISTED_MAX);
	if (listed > 0)
		qsort(again, (size_t)listed, sizeof(*again), by_id);
	for (size_t i = 0; i < count; i++) {
		if (held[i] < 0)
			continue;
		if (listed > 0 && bsearch(&pids[i], again, (size_t)listed,
					  sizeof(*again), by_id))
			(void)pidfd_send_signal(held[i], SIGKILL, NULL, 0);
		close(held[i]);
	}
}

void group_kill(int group, const pid_t *spare, size_t spare_count)
{
	auto_free pid_t *pids = xcalloc(LISTED_MAX, sizeof(*pids));
	auto_free pid_t *again = xcalloc(LISTED_MAX, sizeof(*again));
	ssize_t listed = group_list(group, pids, LISTED_MAX);
	size_t count = 0;

	for (ssize_t i = 0; i < listed; i++)
		if (pids[i] > 0 && !is_among(pids[i], spare, spare_count))
			pids[count++] = pids[i];
	for (size_t i = 0; i < count; i += HELD_MAX)
		kill_batch(group, pids + i,
			   count - i < HELD_MAX ? count - i : HELD_MAX, again);
}
