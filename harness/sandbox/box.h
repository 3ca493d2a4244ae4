/* SPDX-License-Identifier: MIT */
/*
 * box.h - inside fortnight-box.
 *
 * Every function here runs between clone and exec or as an init process: no
 * stdio, no abort (an init that aborts spins for ever, since the kernel ignores
 * its SIGABRT), and no malloc but what qsort(3) and nftw(3) do themselves when
 * no run is alive.  A failure is {step, errno}, kept in
 * box_failure and sent to the launcher; -1 travels up.
 */
#ifndef FORTNIGHT_SANDBOX_BOX_H
#define FORTNIGHT_SANDBOX_BOX_H

#include "fortnight/sandbox.h"
#include "fortnight/treestream.h"
#include "wire.h"

#include <sys/types.h>

struct box_failure {
	enum wire_step step;
	int error;
};
extern struct box_failure box_failure;

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
int box_mount_tmpfs(const char *path, uint64_t bytes, uid_t owner,
		    enum wire_step step);

/* box_tree.c: between a directory and a tree stream. */
int box_tree_unpack(int stream, const char *into, uid_t owner);
/* At most bytes_max of content; ENOENT, EFBIG, EINVAL (a special file). */
int box_tree_pack(const char *from, uint64_t bytes_max, int stream);
/* Cut bytes off the file below path that was written last. */
int box_tear(const char *path, uint64_t bytes);

/* box_pod.c: serve one side's commands until its socket closes. */
int box_pod_serve(int control, const struct wire_pod *pod, int root_fd,
		  bool author);

/* box_run.c: the life of one run.  Returns the pid of its init, which uses this
 * process's memory and *command until it is gone. */
struct box_run {
	struct wire_command *command;
	const struct wire_pod *pod;
	int stdio[3];
	int status; /* socket */
	uid_t uid;
	bool cover_data; /* there is a /data, and it is not for this run */
};
pid_t box_run_start(const struct box_run *run);
/* Once, before the first run: what runs inherit from pod init.  The bounding set
 * is no loss to pod init, which never calls execve(2). */
int box_run_prepare(void);

/* box_probe.c: what a program finds inside, one "name value" a line. */
int box_probe_main(void);

#endif
