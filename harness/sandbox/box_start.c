/* SPDX-License-Identifier: MIT */
/*
 * The delicate part: a run, from the first process of its namespaces to the
 * execve(2) of the program, and back to its wait status.
 *
 * Copying an address space is the dearest part of starting a process that is
 * there for a few milliseconds.  So the run's init, until it is gone, and the
 * candidate's process, until its execve(2), use pod init's memory (CLONE_VM).
 * Everything else is their own: stacks, descriptors, credentials, signal
 * handlers, limits, filters, namespaces (clone(2)).  The rules are these.
 *
 *  1. What can be made ready before the clone is, by box_run.c, in struct
 *     box_plan.  What is left are system calls with what the plan holds: nothing
 *     here allocates, formats, locks or calls a function of another file.
 *  2. The plan, and what it points to, stay as they are until pod init has
 *     waited for the run's init.  (box_pod.c receives into another buffer.)
 *  3. Nobody here writes to memory but to its own stack, with two exceptions:
 *     the variable candidate, which is its init's alone, and errno.
 *  4. errno is one for all three.  It is read right after a call that failed, and
 *     nobody else's call can fail in between: the init waits for its vfork
 *     child, and pod init, while there is a run, only polls, receives, sends, and
 *     signals a child that it has not waited for.  If one of those fails
 *     it leaves, and the run dies with it.
 *  5. "dumpable" belongs to the memory.  Who touches it sets it back; a
 *     process may be killed before it does, so each clone is preceded by that.
 *  6. The init's one signal handler never runs on another's stack: its signals
 *     are blocked while it makes the candidate's process, and that one is sent
 *     none before its execve(2), which ends handlers.
 *  7. A stack ends where nobody may write.  Frames here are small, but a signal's
 *     may take 12 KiB.
 *
 * Without CLONE_VM in the plan the memory is copied, as by fork(2), and the rules hold
 * by themselves; nothing else differs (docs/decisions/0006).
 */
#include "fortnight/base.h"

#include "box.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* As much as the largest page that a kernel has. */
enum {
	STACK_BYTES = 64 << 10
};

struct stack {
	char guard[STACK_BYTES], bytes[STACK_BYTES];
} __attribute__((aligned(STACK_BYTES)));

static struct stack init_stack, candidate_stack;
static pid_t candidate;

static void say(const struct box_plan *plan, enum wire_status_kind kind,
		enum wire_step step, int value)
{
	const struct wire_status status = { .kind = (uint8_t)kind,
					    .step = (uint8_t)step,
					    .value = value };

	(void)!send(plan->status, &status, sizeof(status), MSG_NOSIGNAL);
}

/* ---- the candidate, up to exec ---------------------------------------------- */

/* If memory runs out, the kernel shall take the candidate's processes.  The
 * file is this process's own only while its memory is dumpable (proc(5)). */
static enum wire_step offer_to_oom(const struct box_plan *plan)
{
	int fd;

	(void)prctl(PR_SET_DUMPABLE, 1);
	fd = openat(plan->proc, "self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (fd >= 0) {
		(void)!write(fd, "1000", 4);
		close(fd);
	}
	return STEP_NONE;
}

/* The init's handlers end with execve(2); its mask would not. */
static enum wire_step enter(const struct box_plan *plan)
{
	(void)pthread_sigmask(SIG_SETMASK, &plan->no_signals, NULL);
	return setsid() < 0 || chdir("/work") < 0 ? STEP_STDIO : STEP_NONE;
}

static enum wire_step set_stdio(const struct box_plan *plan)
{
	for (int i = 0; i < 3; i++)
		if (dup2(plan->stdio[i], i) < 0)
			return STEP_STDIO;
	return syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) < 0
		       ? STEP_STDIO
		       : STEP_NONE;
}

/* Lowering one's priority is always permitted. */
static enum wire_step set_limits(const struct box_plan *plan)
{
	return setpriority(PRIO_PROCESS, 0, plan->priority) < 0 ||
			       setrlimit(RLIMIT_FSIZE, &plan->file_bytes) < 0 ||
			       setrlimit(RLIMIT_NOFILE, &plan->open_files) < 0
		       ? STEP_RLIMITS
		       : STEP_NONE;
}

/* By system call: libc's functions tell every thread of the process, and may take a lock
 * for it (nptl(7)). */
static enum wire_step drop_ids(const struct box_plan *plan)
{
	uid_t id = plan->uid;

	if (!plan->change_ids)
		return STEP_NONE;
	return syscall(SYS_setresgid, id, id, id) < 0 ||
			       syscall(SYS_setresuid, id, id, id) < 0
		       ? STEP_DROP_IDS
		       : STEP_NONE;
}

/* They go with the ids, and once more by name for a rootless pod, whose id does
 * not change.  The rest has gone before (box_run_prepare()). */
static enum wire_step drop_capabilities(const struct box_plan *plan)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct none[2] = { { 0 }, { 0 } };

	(void)plan;
	return syscall(SYS_capset, &header, none) < 0 ? STEP_DROP_CAPABILITIES
						      : STEP_NONE;
}

/* SECCOMP_FILTER_FLAG_SPEC_ALLOW would make this cheaper on kernels before 5.16,
 * by leaving out what keeps a program from steering the branch predictions of others. */
static enum wire_step close_kernel(const struct box_plan *plan)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return STEP_NO_NEW_PRIVS;
	if (plan->rules >= 0 && syscall(SYS_landlock_restrict_self, plan->rules,
					plan->rules_flags) < 0)
		return STEP_LANDLOCK;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &plan->filter) <
			       0
		       ? STEP_SECCOMP
		       : STEP_NONE;
}

static int run_candidate(void *context)
{
	static enum wire_step (*const steps[])(const struct box_plan *) = {
		offer_to_oom,	   enter,	set_stdio, set_limits, drop_ids,
		drop_capabilities, close_kernel
	};
	const struct box_plan *plan = context;

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		enum wire_step failed = steps[i](plan);

		if (failed) {
			say(plan, STATUS_FAILED, failed, errno);
			_exit(1);
		}
	}
	execve(plan->argv[0], plan->argv, plan->env);
	say(plan, STATUS_NOT_STARTED, STEP_NONE, errno);
	_exit(1);
}

/* Returns when the candidate's process has execve'd or is gone (CLONE_VFORK). */
static pid_t start_candidate(const struct box_plan *plan)
{
	pid_t pid = clone(run_candidate,
			  candidate_stack.bytes + sizeof(candidate_stack.bytes),
			  plan->vm_flag | CLONE_VFORK | SIGCHLD, unconst(plan));

	/* A change of ids sets it to fs.suid_dumpable (PR_SET_DUMPABLE(2)). */
	(void)prctl(PR_SET_DUMPABLE, 0);
	return pid;
}

/* ---- the run's init ------------------------------------------------------------ */

static void pass_on(int sig)
{
	if (candidate > 0)
		(void)kill(candidate, sig == SIGUSR1 ? SIGKILL : sig);
}

/* Until there is somebody to pass them on to, they wait. */
static void hold_signals(const struct box_plan *plan)
{
	const struct sigaction action = { .sa_handler = pass_on };

	(void)pthread_sigmask(SIG_SETMASK, &plan->ending, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGUSR1, &action, NULL);
}

static enum wire_step mount_private(const struct box_plan *plan)
{
	if (plan->work >= 0 && move_mount(plan->work, "", AT_FDCWD, "/work",
					  MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return STEP_WORK;
	if (move_mount(plan->tmp, "", AT_FDCWD, "/tmp",
		       MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return STEP_RUN_MOUNTS;
	if (plan->cover_data &&
	    mount("tmpfs", "/data", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV,
		  "size=4096") < 0)
		return STEP_DATA;
	if (mount("proc", "/proc", "proc",
		  MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY,
		  "subset=pid,hidepid=invisible") < 0)
		return STEP_PROC;
	return STEP_NONE;
}

static enum wire_step wait_for_candidate(const struct box_plan *plan)
{
	struct wire_status status = { .kind = STATUS_ENDED };
	struct rusage usage;
	pid_t pid;

	do {
		pid = wait4(-1, &status.value, 0, &usage);
		if (pid < 0 && errno != EINTR)
			return STEP_WAIT;
	} while (pid != candidate);
	status.max_rss_bytes = (uint64_t)usage.ru_maxrss * 1024;
	(void)!send(plan->status, &status, sizeof(status), MSG_NOSIGNAL);
	return STEP_NONE;
}

static enum wire_step init_main(const struct box_plan *plan)
{
	enum wire_step failed;
	char go;

	candidate = 0;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	hold_signals(plan);
	failed = mount_private(plan);
	if (failed)
		return failed;
	say(plan, STATUS_READY, STEP_NONE, 0);
	if (TEMP_FAILURE_RETRY(recv(plan->status, &go, 1, 0)) != 1)
		return STEP_WAIT;
	candidate = start_candidate(plan);
	if (candidate < 0)
		return STEP_FORK_CANDIDATE;
	(void)pthread_sigmask(SIG_SETMASK, &plan->no_signals, NULL);
	return wait_for_candidate(plan);
}

static int run_init(void *context)
{
	const struct box_plan *plan = context;
	enum wire_step failed = init_main(plan);

	if (failed)
		say(plan, STATUS_FAILED, failed, errno);
	_exit(0);
}

pid_t box_start(const struct box_plan *plan)
{
	(void)prctl(PR_SET_DUMPABLE, 0);
	return clone(run_init, init_stack.bytes + sizeof(init_stack.bytes),
		     CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | plan->vm_flag |
			     SIGCHLD,
		     unconst(plan));
}

int box_start_prepare(void)
{
	if (mprotect(init_stack.guard, STACK_BYTES, PROT_NONE) < 0 ||
	    mprotect(candidate_stack.guard, STACK_BYTES, PROT_NONE) < 0)
		return box_fail(STEP_CLONE_RUN);
	return 0;
}
