/* SPDX-License-Identifier: MIT */
/*
 * Pod init: builds one side's root, then does what the launcher says, one run
 * at a time.  It waits for two things only, a command and the end of the run,
 * and leaves when the launcher's end of the socket closes.
 */
#include "fortnight/base.h"

#include "box.h"

#include <poll.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

struct side {
	int control, signals;
	const struct wire_pod *pod;
	uid_t uid;
	uint64_t data_bytes;

	pid_t run; /* the run's init; 0: none */
	bool fresh_work;
	int collect; /* memory file for /work, or -1 */
	uint64_t collect_bytes;
};

/* Too large for a stack; one side a process.  A run keeps its command in its own
 * buffer while the next ones arrive in the other. */
static struct wire_side side_config;
static struct wire_command commands[2], *command = &commands[0];

static void reply(const struct side *side, enum wire_reply_kind kind,
		  enum wire_step step, int error)
{
	const struct wire_reply message = { .kind = (uint8_t)kind,
					    .step = (uint8_t)step,
					    .error = error };

	(void)box_send(side->control, &message, sizeof(message));
}

static void reply_failed(const struct side *side)
{
	reply(side, WIRE_FAILED, box_failure.step, box_failure.error);
}

static void close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
}

/* ---- a run ------------------------------------------------------------------- */

static int prepare_work(struct side *side, int files)
{
	side->fresh_work = command->flags & WIRE_FRESH_WORK;
	if (!side->fresh_work)
		return 0;
	if (box_mount_tmpfs("/work", command->disk_bytes, side->uid,
			    STEP_WORK) < 0) {
		side->fresh_work = false;
		return -1;
	}
	return files < 0 ? 0 : box_tree_unpack(files, "/work", side->uid);
}

static void drop_work(struct side *side)
{
	if (side->fresh_work)
		(void)umount2("/work", MNT_DETACH);
	side->fresh_work = false;
}

/* fds: stdin, stdout, stderr, status, then what the flags announce. */
static int start_run(struct side *side, const int *fds, size_t count)
{
	size_t next = 4;
	int files = -1;
	struct box_run run = { .command = command,
			       .pod = side->pod,
			       .uid = side->uid,
			       .cover_data = side->data_bytes &&
					     !(command->flags & WIRE_DATA) };

	if (command->flags & WIRE_FILES)
		files = next < count ? fds[next] : -1;
	next += !!(command->flags & WIRE_FILES);
	side->collect = -1;
	side->collect_bytes = command->disk_bytes;
	if ((command->flags & WIRE_COLLECT_WORK) && next < count)
		side->collect = fds[next];
	if (count < 4 || side->run)
		return box_fail_with(STEP_RECEIVE, EPROTO);
	memcpy(run.stdio, fds, sizeof(run.stdio));
	run.status = fds[3];
	if (prepare_work(side, files) < 0)
		return -1;
	side->run = box_run_start(&run);
	if (side->run < 0) {
		side->run = 0;
		drop_work(side);
		return -1;
	}
	command = command == &commands[0] ? &commands[1] : &commands[0];
	return 0;
}

static void do_run(struct side *side, const int *fds, size_t count)
{
	int collect;

	if (start_run(side, fds, count) < 0) {
		reply_failed(side);
		side->collect = -1;
		close_all(fds, count);
		return;
	}
	collect = side->collect;
	for (size_t i = 0; i < count; i++)
		if (fds[i] != collect)
			close(fds[i]);
}

/* What a candidate may have left that cannot be packed: nothing where there
 * should be a directory, a FIFO, a sparse file of terabytes. */
static bool is_their_fault(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EFBIG ||
	       error == EINVAL || error == ELOOP;
}

/* The run's init is gone, and with it every process in its pid namespace
 * (pid_namespaces(7)): nothing can change any more.  A /work that cannot be
 * packed is an empty one: the files that were wanted are not there. */
static void finish_run(struct side *side)
{
	if (side->collect < 0)
		drop_work(side);
	side->run = 0;
	reply(side, WIRE_DONE, STEP_NONE, 0);
}

/* When the launcher has taken the run's counters and has made room: packing is
 * our work, not the candidate's. */
static void take_work(struct side *side)
{
	int rc = 0;

	if (side->collect >= 0) {
		rc = box_tree_pack("/work", side->collect_bytes, side->collect);
		if (rc < 0 && is_their_fault(box_failure.error))
			rc = ftruncate(side->collect, TREE_MAGIC_LEN);
		close(side->collect);
		side->collect = -1;
	}
	drop_work(side);
	reply(side, WIRE_DONE, rc < 0 ? STEP_PACK : STEP_NONE,
	      rc < 0 ? box_failure.error : 0);
}

/* ---- commands ------------------------------------------------------------------ */

static int data_reset(const struct side *side)
{
	if (umount2("/data", MNT_DETACH) < 0)
		return box_fail(STEP_DATA);
	return box_mount_tmpfs("/data", side->data_bytes, side->uid, STEP_DATA);
}

/* What a candidate's out/ may be guilty of is its own kind of answer. */
static void do_collect(const struct side *side, int fd)
{
	int error;

	command->strings[sizeof(command->strings) - 1] = '\0';
	if (box_tree_pack(command->strings, command->bytes, fd) == 0) {
		reply(side, WIRE_OK, STEP_NONE, 0);
		return;
	}
	error = box_failure.error;
	if (is_their_fault(error))
		reply(side, WIRE_REFUSED, STEP_PACK, error);
	else
		reply_failed(side);
}

static void answer(const struct side *side, int rc)
{
	if (rc < 0)
		reply_failed(side);
	else
		reply(side, WIRE_OK, STEP_NONE, 0);
}

static void do_command(struct side *side, const int *fds, size_t count)
{
	switch ((enum wire_verb)command->verb) {
	case WIRE_RUN:
		do_run(side, fds, count);
		return;
	case WIRE_KILL:
		if (side->run)
			(void)kill(side->run, SIGKILL);
		break;
	case WIRE_END:
		if (side->run)
			(void)kill(side->run, SIGUSR1);
		break;
	case WIRE_TERMINATE:
		if (side->run)
			(void)kill(side->run, SIGTERM);
		break;
	case WIRE_DATA_RESET:
		answer(side, data_reset(side));
		break;
	case WIRE_DATA_TEAR:
		answer(side, box_tear("/data", command->bytes));
		break;
	case WIRE_TAKE_WORK:
		take_work(side);
		break;
	case WIRE_COLLECT:
		if (count == 1)
			do_collect(side, fds[0]);
		break;
	}
	close_all(fds, count);
}

/* ---- the loop ------------------------------------------------------------------ */

static void reap(struct side *side)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	(void)!read(side->signals, &info, sizeof(info));
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == side->run)
			finish_run(side);
}

static int open_signals(struct side *side)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return box_fail(STEP_WAIT);
	side->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return side->signals < 0 ? box_fail(STEP_WAIT) : 0;
}

static int build_root(const struct side *side, int root_fd)
{
	int fds[WIRE_FDS_MAX];
	size_t count = 0;
	ssize_t len = box_receive(side->control, &side_config,
				  sizeof(side_config), fds, &count);
	struct box_side root = { .config = &side_config,
				 .root_fd = root_fd,
				 .app_fd = -1,
				 .work_fd = -1,
				 .uid = side->uid };

	if (len <= 0 ||
	    count != (size_t)side_config.has_app + (size_t)side_config.has_work)
		return box_fail_with(STEP_RECEIVE, EPROTO);
	if (side_config.has_app)
		root.app_fd = fds[0];
	if (side_config.has_work)
		root.work_fd = fds[count - 1];
	return box_root_build(&root);
}

static int serve(struct side *side)
{
	struct pollfd polled[] = { { .fd = side->control, .events = POLLIN },
				   { .fd = side->signals, .events = POLLIN } };
	int fds[WIRE_FDS_MAX];
	size_t count;

	for (;;) {
		if (poll(polled, ARRAY_LEN(polled), -1) < 0 && errno != EINTR)
			return box_fail(STEP_WAIT);
		if (polled[1].revents)
			reap(side);
		if (!polled[0].revents)
			continue;
		count = 0;
		if (box_receive(side->control, command, sizeof(*command), fds,
				&count) <= 0)
			return 0;
		do_command(side, fds, count);
	}
}

int box_pod_serve(int control, const struct wire_pod *pod, int root_fd,
		  bool author)
{
	struct side side = { .control = control, .pod = pod, .collect = -1 };

	side.uid = author ? WIRE_AUTHOR_UID : WIRE_CANDIDATE_UID;
	if (!pod->uid_base)
		side.uid = WIRE_CANDIDATE_UID; /* the only one that there is */
	if (box_run_prepare() < 0 || open_signals(&side) < 0 ||
	    build_root(&side, root_fd) < 0)
		return -1;
	side.data_bytes = side_config.data_bytes;
	if (root_fd >= 0)
		close(root_fd);
	reply(&side, WIRE_READY, STEP_NONE, 0);
	return serve(&side);
}
