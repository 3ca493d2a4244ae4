/* SPDX-License-Identifier: MIT */
/*
 * Pod init: builds one side's root, then does what the launcher says, one run
 * at a time.  It waits for two things only, a command and the end of the run,
 * and leaves when the launcher's end of the socket closes.
 */
#include "fortnight/base.h"

#include "box.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

struct side {
	int control, signals;
	const struct wire_pod *pod;
	uid_t uid;
	uint64_t data_bytes;

	pid_t run;   /* the run's init; 0: none */
	int work;    /* root of the run's own /work, or -1 */
	int lasting; /* of the pod's */
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

static void drop_work(struct side *side)
{
	if (side->work >= 0)
		close(side->work);
	side->work = -1;
}

static int prepare_work(struct side *side, int files)
{
	drop_work(side); /* of a run that nobody collected from */
	if (!(command->flags & WIRE_FRESH_WORK))
		return 0;
	side->work = box_tmpfs(command->disk_bytes, side->uid);
	if (side->work < 0)
		return box_fail(STEP_WORK);
	return files < 0 ? 0 : box_tree_unpack(files, side->work, side->uid);
}

/* fds: stdin, stdout, stderr, status, then what the flags announce. */
static int start_run(struct side *side, const int *fds)
{
	bool has_data = command->flags & WIRE_DATA;
	const int *more = fds + WIRE_RUN_FDS;
	int files = command->flags & WIRE_FILES ? *more++ : -1;
	struct box_run run = { .command = command,
			       .pod = side->pod,
			       .status = fds[3],
			       .uid = side->uid,
			       .data = side->data_bytes && has_data,
			       .cover_data = side->data_bytes && !has_data };

	side->collect = command->flags & WIRE_COLLECT_WORK ? *more : -1;
	side->collect_bytes = command->disk_bytes;
	memcpy(run.stdio, fds, sizeof(run.stdio));
	if (prepare_work(side, files) < 0)
		return -1;
	run.fresh_work = side->work >= 0;
	run.work = run.fresh_work ? side->work : side->lasting;
	side->run = box_run_start(&run);
	if (side->run < 0) {
		side->run = 0;
		return -1;
	}
	if (side->collect < 0)
		drop_work(side); /* it is the run's alone */
	command = command == &commands[0] ? &commands[1] : &commands[0];
	return 0;
}

static void do_run(struct side *side, const int *fds, size_t count)
{
	int collect;

	if (start_run(side, fds) < 0) {
		reply_failed(side);
		side->collect = -1;
		drop_work(side);
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
	side->run = 0;
	reply(side, WIRE_DONE, STEP_NONE, 0);
}

/* When the launcher has taken the run's counters and has made room: packing is
 * our work, not the candidate's. */
static void take_work(struct side *side)
{
	int rc = 0;

	if (side->collect >= 0) {
		rc = box_tree_pack(side->work, ".", side->collect_bytes,
				   side->collect);
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

	if (box_tree_pack(AT_FDCWD, command->strings, command->bytes, fd) ==
	    0) {
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

/* While there is a run, its processes use this one's memory (box_start.c): all that
 * it may be asked for is a signal. */
static bool is_timely(const struct side *side)
{
	switch ((enum wire_verb)command->verb) {
	case WIRE_KILL:
	case WIRE_END:
	case WIRE_TERMINATE:
		return true;
	case WIRE_RUN:
	case WIRE_DATA_RESET:
	case WIRE_DATA_TEAR:
	case WIRE_TAKE_WORK:
	case WIRE_COLLECT:
		break;
	}
	return !side->run;
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

	if (len < 0)
		return -1;
	if (!wire_side_ok(&side_config, (size_t)len, count))
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
	ssize_t len;

	for (;;) {
		if (poll(polled, ARRAY_LEN(polled), -1) < 0 && errno != EINTR)
			return box_fail(STEP_WAIT);
		if (polled[1].revents)
			reap(side);
		if (!polled[0].revents)
			continue;
		count = 0;
		len = box_receive(side->control, command, sizeof(*command), fds,
				  &count);
		if (len <= 0)
			return 0;
		if (wire_command_ok(command, (size_t)len, count) &&
		    is_timely(side)) {
			do_command(side, fds, count);
			continue;
		}
		reply(side, WIRE_FAILED, STEP_RECEIVE, EPROTO);
		close_all(fds, count);
	}
}

/* Inherited by every run, which adds a small one of its own: to load the whole for
 * each would be the dearest step of a run.  It lets through what is
 * called from here on; everything else is refused to the inits as well. */
static int load_filter(const struct wire_pod *pod)
{
	const struct sock_fprog program = {
		.len = (unsigned short)pod->filter_len,
		.filter = unconst(pod->filter)
	};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0
		       ? box_fail(STEP_SECCOMP)
		       : 0;
}

int box_pod_serve(int control, const struct wire_pod *pod, int root_fd,
		  bool author)
{
	struct side side = { .control = control,
			     .pod = pod,
			     .work = -1,
			     .lasting = -1,
			     .collect = -1 };

	side.uid = author ? WIRE_AUTHOR_UID : WIRE_CANDIDATE_UID;
	if (!pod->uid_base)
		side.uid = WIRE_CANDIDATE_UID; /* the only one that there is */
	if (box_run_prepare() < 0 || open_signals(&side) < 0 ||
	    build_root(&side, root_fd) < 0 || box_landlock_prepare() < 0)
		return -1;
	side.data_bytes = side_config.data_bytes;
	if (side_config.work_bytes) {
		side.lasting = open("/work", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (side.lasting < 0)
			return box_fail(STEP_WORK);
	}
	if (root_fd >= 0)
		close(root_fd);
	if (load_filter(pod) < 0)
		return -1;
	reply(&side, WIRE_READY, STEP_NONE, box_landlock_abi());
	return serve(&side);
}
