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

struct cgroup {
	char *dirs[4]; /* memory, pids, cpu, unified; NULL when absent */
	int locks[4];  /* say that this launcher lives, or -1 */
	int procs[4];  /* their cgroup.procs, or -1 */
	int counters[COUNTER_COUNT];
	int memory_limit, pids_limit, kill;
	int socket_limit; /* v1: socket buffers are apart from memory */
	bool v2;
};

/* Whether memory, processes and CPU time can be limited here: 0, or
 * ERROR_HOST with the cause and the cure. */
int cgroup_available(struct error *err) MUST_CHECK;
/* Nothing is open: what cgroup_close() may be called on. */
void cgroup_init(struct cgroup *cgroup);
int cgroup_open(struct cgroup *cgroup, struct error *err) MUST_CHECK;
/* Kill what is left in it, wait until it is empty, remove it. */
void cgroup_close(struct cgroup *cgroup);
int cgroup_read(const struct cgroup *cgroup, enum counter which,
		uint64_t *ret_value, struct error *err) MUST_CHECK;
int cgroup_limit(const struct cgroup *cgroup, uint64_t memory_bytes,
		 uint32_t processes, struct error *err) MUST_CHECK;
/* Set the memory limit so that pod init can use bytes more than are used now:
 * it must not be killed for what a candidate filled. */
int cgroup_make_room(const struct cgroup *cgroup, uint64_t bytes,
		     struct error *err) MUST_CHECK;

/* ---- pod.c -------------------------------------------------------------------- */

struct pod {
	pid_t box;
	int slot; /* holds the id range; -1 when rootless */
	int control[SIDE_COUNT];
	struct cgroup cgroup[SIDE_COUNT];
	bool used[SIDE_COUNT];
	int cancel_fd;
};

/* Where fortnight-box is: FORTNIGHT_BOX, beside this program, installed. */
int box_find(char path[WIRE_PATH_MAX], struct error *err) MUST_CHECK;
int box_error(struct error *err, unsigned step, int sys_errno);
int wire_send(int socket, const void *message, size_t size, const int *fds,
	      size_t fd_count, struct error *err) MUST_CHECK;
/* A command that is a verb and a number. */
int wire_verb(int socket, enum wire_verb verb, uint64_t bytes,
	      struct error *err) MUST_CHECK;
/* Wait for a reply; WIRE_FAILED and silence are errors. */
int wire_wait_reply(const struct pod *pod, int socket, int64_t wait_ns,
		    struct wire_reply *ret_reply, struct error *err) MUST_CHECK;

#endif
