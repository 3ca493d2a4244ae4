/* SPDX-License-Identifier: MIT */
/* launch.h - the launcher's side of a pod; private to this folder. */
#ifndef FORTNIGHT_SANDBOX_LAUNCH_H
#define FORTNIGHT_SANDBOX_LAUNCH_H

#include "fortnight/sandbox.h"
#include "wire.h"

#include <sys/types.h>

/* ---- cgroup*.c: one control group per side ----------------------------------- */

enum counter {
	COUNTER_MEMORY,	     /* bytes now */
	COUNTER_MEMORY_PEAK, /* bytes at most since the last reset */
	COUNTER_OOM_KILLS,
	COUNTER_FORKS_REFUSED,
	COUNTER_CPU, /* nanoseconds of everything that ever was in it */
	COUNTER_COUNT
};

enum {
	CGROUP_DIRS = 5,
	CGROUP_SPARED_MAX = 4
};

struct cgroup {
	/* By enum place; NULL when absent.  v1 controllers that are mounted together
	 * have one directory. */
	char *dirs[CGROUP_DIRS];
	int locks[CGROUP_DIRS]; /* the directory, open: this launcher lives */
	int procs[CGROUP_DIRS]; /* its cgroup.procs; -1 when absent */
	int counters[COUNTER_COUNT];
	int memory_limit, pids_limit, kill;
	int socket_limit; /* v1: socket buffers are apart from memory */
	int share;	  /* the cpu controller's weight of it, or -1 */
	bool v2, hurried;
	uint64_t memory_max, socket_max;   /* as they were last set; 0: never */
	int64_t pids_max;		   /* likewise; -1: never */
	uint64_t oom_kills, forks_refused; /* when the last run was dead */
	pid_t spared
		[CGROUP_SPARED_MAX]; /* the box's own, see cgroup_settle() */
	size_t spared_count;
};

/* Whether memory, processes and CPU time can be limited here: 0, or
 * ERROR_HOST with the cause and the cure. */
int cgroup_available(struct error *err) MUST_CHECK;
/* Nothing is open: what cgroup_close() may be called on. */
void cgroup_init(struct cgroup *cgroup);
int cgroup_open(struct cgroup *cgroup, struct error *err) MUST_CHECK;
/* Kill what is left in it, wait until it is empty, remove it.  False when that could
 * not be: then it is left for a later launcher's sweep (cgroup_stale.c), and a
 * process in it may live. */
bool cgroup_close(struct cgroup *cgroup);
int cgroup_read(const struct cgroup *cgroup, enum counter which,
		uint64_t *ret_value, struct error *err) MUST_CHECK;
/* At most bytes more than the held_bytes that are there already. */
int cgroup_limit_memory(struct cgroup *cgroup, uint64_t held_bytes,
			uint64_t bytes, struct error *err) MUST_CHECK;
int cgroup_limit_processes(struct cgroup *cgroup, uint32_t processes,
			   struct error *err) MUST_CHECK;
/* COUNTER_MEMORY_PEAK counts from now on; false where that cannot be. */
bool cgroup_forget_peak(const struct cgroup *cgroup);
/* See to it that the memory limit lets pod init use bytes more than are used now:
 * it must not be killed for what a candidate filled. */
int cgroup_make_room(struct cgroup *cgroup, uint64_t bytes,
		     struct error *err) MUST_CHECK;

/* The pod is made: what is in it now are the box's own processes, and what was
 * counted up to now is theirs. */
int cgroup_settle(struct cgroup *cgroup, struct error *err) MUST_CHECK;
/* SIGKILL to all others: what a run left.  The process limit should be 0, or a
 * bomb forks on. */
void cgroup_kill_runs(const struct cgroup *cgroup);
/* Everything in it is to die: that shall not wait for its turn among all that wants
 * a processor.  And back, before the next run. */
void cgroup_hurry(struct cgroup *cgroup, bool hurry);
/* SIGKILL to everything, by cgroup.kill where there is one.  Nothing may join the
 * group afterwards. */
void cgroup_kill_all(const struct cgroup *cgroup);
/* No process is in it.  When that cannot be found out, there may be one. */
bool cgroup_is_empty(const struct cgroup *cgroup);

/* ---- what this host's kernel is like, for host_quirks.c ------------------------- */

struct cgroup_quirks {
	bool v2, share, kill, forgets_peak, swap;
	bool killed_kills; /* a group that was killed kills what is cloned into it */
};

/* Whether there is swap at all. */
bool cgroup_host_swaps(void);
/* Find out the rest, in a group of its own. */
int cgroup_look(struct cgroup_quirks *ret, struct error *err) MUST_CHECK;

/* ---- host.c, host_quirks.c ------------------------------------------------------ */

/* The new fact is the last of host's. */
struct sandbox_fact *host_add(struct sandbox_host *host, const char *name,
			      bool works, bool required);
/* Add what scoring does not depend on, but is good to know. */
void host_add_quirks(struct sandbox_host *host);
/* The fact's cure: which switch below proc_sys ("/proc/sys") keeps an ordinary
 * user, or root, from user namespaces, and how to turn it.  False: none does. */
bool host_userns_switch(const char *proc_sys, bool root,
			struct sandbox_fact *fact);

/* ---- pod.c -------------------------------------------------------------------- */

struct pod {
	pid_t box;
	int slot;	   /* holds the id range; -1 when rootless */
	uint32_t uid_base; /* its first, or 0 */
	int control[SIDE_COUNT];
	struct cgroup cgroup[SIDE_COUNT];
	bool used[SIDE_COUNT];
	int cancel_fd;
	int cores;  /* that its processes may run on */
	bool spent; /* its control groups were killed as a whole */
	bool forks; /* FORTNIGHT_START=fork */
	unsigned landlock_abi;
	struct wire_command *command; /* room for a message: it is large */
};

/* Where fortnight-box is: FORTNIGHT_BOX, beside this program, installed. */
int box_find(char path[WIRE_PATH_MAX], struct error *err) MUST_CHECK;
int box_error(struct error *err, unsigned step, int sys_errno);
int wire_send(int socket, const void *message, size_t size, const int *fds,
	      size_t fd_count, struct error *err) MUST_CHECK;
/* Room for a command to the pod, its head cleared; borrowed until the next one. */
struct wire_command *wire_begin(const struct pod *pod, enum wire_verb verb);
/* A command that is a verb and a number. */
int wire_verb(const struct pod *pod, int socket, enum wire_verb verb,
	      uint64_t bytes, struct error *err) MUST_CHECK;
/* ERROR_INFRA for a spent one. */
int pod_check(const struct pod *pod, struct error *err) MUST_CHECK;
/* Wait for a reply; WIRE_FAILED and silence are errors. */
int wire_wait_reply(const struct pod *pod, int socket, int64_t wait_ns,
		    struct wire_reply *ret_reply, struct error *err) MUST_CHECK;

#endif
