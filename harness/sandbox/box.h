/* SPDX-License-Identifier: MIT */
/*
 * box.h - inside fortnight-box.
 *
 * Every function here runs between clone and exec or as an init process: no
 * stdio, no abort (an init that aborts spins for ever, since the kernel ignores
 * its SIGABRT), and no malloc but what qsort(3), nftw(3) and opendir(3) do
 * themselves when no run is alive.  A failure is {step, errno}, kept in
 * box_failure and sent to the launcher; -1 travels up.
 */
#ifndef FORTNIGHT_SANDBOX_BOX_H
#define FORTNIGHT_SANDBOX_BOX_H

#include "fortnight/sandbox.h"
#include "fortnight/treestream.h"
#include "wire.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

struct box_failure {
	enum wire_step step;
	int error;
};
extern struct box_failure box_failure;

/* box_main.c: the priority that the launcher has. */
extern int box_usual_priority;

/* Remember what failed; returns -1. */
int box_fail(enum wire_step step);
int box_fail_with(enum wire_step step, int error);

/* One message with its descriptors, all close-on-exec.  Returns its length, 0
 * at the end of the conversation, -1 on failure. */
ssize_t box_receive(int socket, void *message, size_t size, int *fds,
		    size_t *ret_fd_count);
int box_send(int socket, const void *message, size_t size);
int box_write_all(int fd, const void *data, size_t len);
int box_read_all(int fd, void *data, size_t len);

/* box_root.c: replace this mount namespace's root by the side's. */
struct box_side {
	const struct wire_side *config;
	int root_fd; /* O_PATH of ROOT_DIRECTORY's root, or -1 */
	int app_fd, work_fd;
	uid_t uid;
};
int box_root_build(const struct box_side *side);
/* A new file system in memory, mounted nowhere yet: a descriptor of its root, or -1
 * with errno. */
int box_tmpfs(uint64_t bytes, uid_t owner);
int box_mount_tmpfs(const char *path, uint64_t bytes, uid_t owner,
		    enum wire_step step);

/* box_tree.c: between a directory and a tree stream. */
int box_tree_unpack(int stream, int into, uid_t owner);
/* Directory name in at, with at most bytes_max of content; ENOENT, EFBIG, EINVAL (a
 * special file). */
int box_tree_pack(int at, const char *name, uint64_t bytes_max, int stream);
/* Cut bytes off the file below path that was written last. */
int box_tear(const char *path, uint64_t bytes);

/* box_pod.c: serve one side's commands until its socket closes. */
int box_pod_serve(int control, const struct wire_pod *pod, int root_fd,
		  bool author);

/* box_landlock.c: version of Landlock that is used here, 0: none. */
int box_landlock_abi(void);
/* Once, when the root is in place. */
int box_landlock_prepare(void);
/* A ruleset that lets a program change what is in these directories (-1: none); -1
 * where there is no Landlock. */
int box_landlock_rules(const int *writable, size_t count, int *ret_rules);
unsigned box_landlock_flags(void); /* for landlock_restrict_self(2) */

/* box_run.c: the life of one run.  Returns the pid of its init, which uses this
 * process's memory and *command until it is gone. */
struct box_run {
	struct wire_command *command;
	const struct wire_pod *pod;
	int stdio[3];
	int status;	 /* socket */
	int work;	 /* root of what is to be its /work */
	bool fresh_work; /* and is not mounted yet */
	uid_t uid;
	bool data;	 /* it has /data */
	bool cover_data; /* there is a /data, and it is not for this run */
};
pid_t box_run_start(const struct box_run *run);
/* Once, before the root is built: what runs inherit from pod init.  The bounding set
 * is no loss to pod init, which never calls execve(2). */
int box_run_prepare(void);

/* box_start.c: what its processes do, and all that they read. */
struct box_plan {
	int vm_flag; /* CLONE_VM, or 0: a copy of the memory */
	int status, stdio[3];
	int work, tmp; /* mounts of the run's own; work: -1, the pod's */
	int proc;      /* the pod's /proc */
	int rules;     /* Landlock's, or -1 */
	unsigned rules_flags;
	bool cover_data, change_ids;
	uid_t uid;
	int priority;
	struct rlimit file_bytes, open_files;
	struct sock_fprog filter;
	sigset_t no_signals, ending;
	char **argv, **env;
};
/* The pid of the run's init, or -1 with errno. */
pid_t box_start(const struct box_plan *plan);
int box_start_prepare(void);

/* box_probe.c: what a program finds inside, one "name value" a line. */
int box_probe_main(void);

#endif
