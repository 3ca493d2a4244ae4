/* SPDX-License-Identifier: MIT */
/* cgroup.h - what the files that handle control groups share; private to them. */
#ifndef FORTNIGHT_SANDBOX_CGROUP_H
#define FORTNIGHT_SANDBOX_CGROUP_H

#include "fortnight/error.h"

#include <stddef.h>
#include <sys/types.h>

enum place {
	PLACE_MEMORY,
	PLACE_PIDS,
	PLACE_CPU,   /* cpuacct: what was used */
	PLACE_SHARE, /* cpu: whose turn it is; not required */
	PLACE_UNIFIED,
	PLACES
};

enum {
	CGROUP_PATH_MAX = 1024
};

/* Where this host has its control groups, and below which of them ours are
 * made.  On v2 hosts only PLACE_UNIFIED is set. */
struct layout {
	char mount[PLACES][256];	    /* "" when absent */
	char base[PLACES][CGROUP_PATH_MAX]; /* "" when absent, or not ours */
	bool v2;
};

/* ---- cgroup_layout.c ---------------------------------------------------------- */

/* Find the bases and make them ready: 0, or ERROR_HOST with cause and cure. */
int layout_ready(struct layout *layout, struct error *err) MUST_CHECK;
/* Whether user uid may divide v2 group dir, and nobody else manages it. */
bool group_is_delegated(const char *dir, unsigned uid);

/* ---- cgroup_stale.c ----------------------------------------------------------- */

/* Make a group below base that no sweep takes for a stale one while the
 * descriptor *ret_lock is open; *ret_path is the caller's to free. */
int group_make(const char *base, char **ret_path, int *ret_lock,
	       struct error *err) MUST_CHECK;
/* Kill what is in the groups below base whose launchers are dead, and remove
 * them. */
void groups_sweep(const char *base);
/* Move every process of group dir to its child, where those of an inner node
 * of a v2 tree must be (cgroups(7), "no internal processes"). */
int group_evacuate(const char *dir, const char *child,
		   struct error *err) MUST_CHECK;

/* ---- cgroup_kill.c ------------------------------------------------------------- */

/* The ids of the processes in a group (a descriptor of its directory), at most
 * max; 0 for one that this process's namespace does not have.  Returns how many,
 * -1 when the list cannot be read. */
ssize_t group_list(int group, pid_t *pids, size_t max);
/* SIGKILL to everything in the group but spare[]; what is forked meanwhile may
 * be missed. */
void group_kill(int group, const pid_t *spare, size_t spare_count);

/* ---- cgroup_parse.c ------------------------------------------------------------ */

/* Pure: text is len bytes, without a NUL.  0 and the value, or -1.
 *
 * A file that is one number and a newline. */
int cgroup_parse_number(const char *text, size_t len, uint64_t *ret) MUST_CHECK;
/* The number behind "key " in the first line that begins so, up to its newline. */
int cgroup_parse_field(const char *text, size_t len, const char *key,
		       uint64_t *ret) MUST_CHECK;

#endif
