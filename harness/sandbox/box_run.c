/* SPDX-License-Identifier: MIT */
/*
 * One run.  Its init is pid 1 of a fresh pid namespace, with a mount and an
 * IPC namespace of its own: it mounts what is private to the run, says "ready", waits
 * for "go" (the launcher reads the control group's counters in between, so
 * that set-up is not charged), forks the candidate, and reaps until the
 * candidate's main process ends.  It reports the wait status and exits, and
 * the kernel kills whatever else is in the namespace.
 *
 * Signals from inside do not reach an init that has no handler for them
 * (pid_namespaces(7)), so a candidate cannot stop or kill it.  Two have one, by
 * which pod init ends the candidate's main process: SIGTERM is passed on, SIGUSR1
 * becomes SIGKILL.  The wait status then tells whether the process had died by itself
 * before: a signal does not change the status of one that is already dying.
 *
 * Copying an address space is the dearest part of starting a process that is
 * there for a few milliseconds.  So the init, and the candidate's process until its
 * execve(2), use pod init's memory (clone(2), CLONE_VM), each on a stack of its own;
 * descriptors, credentials, signal handlers, limits and filters are never shared.
 * What this asks of the code: while a run is alive, pod init only waits, receives
 * (not into the run's command, see box_pod.c) and sends signals.  None of these fails
 * in a way that is looked at, so errno and box_failure, which are shared too, are the
 * run's.  Whoever touches "dumpable", which belongs to the memory, sets it back.
 */
#include "fortnight/base.h"

#include "box.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum {
	CAPABILITIES_MAX = 63,
	STRINGS_MAX = 4096,	      /* arguments and environment together */
	STACK_OF_RUN_BYTES = 64 << 10 /* a signal frame may take 12 KiB of it */
};

static pid_t candidate;

static void say(const struct box_run *run, enum wire_status_kind kind,
		enum wire_step step, int value)
{
	const struct wire_status status = { .kind = (uint8_t)kind,
					    .step = (uint8_t)step,
					    .value = value };

	(void)box_send(run->status, &status, sizeof(status));
}

/* ---- the candidate, up to exec ---------------------------------------------- */

static int set_stdio(const struct box_run *run)
{
	for (int i = 0; i < 3; i++)
		if (dup2(run->stdio[i], i) < 0)
			return box_fail(STEP_STDIO);
	if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return box_fail(STEP_STDIO);
	return 0;
}

/* No core file, and no handler either: where core_pattern is a pipe the kernel
 * starts the host's handler, as root, whatever the limit is, unless it is 1
 * (fs/coredump.c). */
static rlim_t core_limit(void)
{
	struct rlimit limit = { 0, 0 };

	(void)getrlimit(RLIMIT_CORE, &limit);
	return limit.rlim_max > 0 ? 1 : 0;
}

static int set_rlimits(const struct wire_command *command)
{
	const struct {
		int what;
		rlim_t value;
	} limits[] = {
		{ RLIMIT_FSIZE, command->file_bytes },
		{ RLIMIT_NOFILE, command->open_files },
		{ RLIMIT_STACK, WIRE_STACK_BYTES },
		{ RLIMIT_CORE, core_limit() },
		{ RLIMIT_MEMLOCK, WIRE_LOCKED_BYTES },
		{ RLIMIT_MSGQUEUE, WIRE_QUEUE_BYTES },
		{ RLIMIT_SIGPENDING, WIRE_SIGNALS_PENDING },
		{ RLIMIT_NICE, 0 },
		{ RLIMIT_RTPRIO, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct rlimit limit = { limits[i].value, limits[i].value };

		if (setrlimit((__rlimit_resource_t)limits[i].what, &limit) < 0)
			return box_fail(STEP_RLIMITS);
	}
	return 0;
}

/* Capabilities go with the ids, and once more by name for a rootless pod, whose
 * id does not change.  The bounding set has gone before (box_run_prepare()). */
static int drop_privileges(const struct box_run *run)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct none[2] = { { 0 }, { 0 } };

	if (run->pod->uid_base &&
	    (setgroups(0, NULL) < 0 ||
	     setresgid(run->uid, run->uid, run->uid) < 0 ||
	     setresuid(run->uid, run->uid, run->uid) < 0))
		return box_fail(STEP_DROP_IDS);
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
	    syscall(SYS_capset, &header, none) < 0)
		return box_fail(STEP_DROP_CAPABILITIES);
	return 0;
}

static int close_kernel(const struct wire_pod *pod)
{
	struct sock_fprog program = { .len = (unsigned short)pod->filter_len,
				      .filter = unconst(pod->filter) };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return box_fail(STEP_NO_NEW_PRIVS);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return box_fail(STEP_SECCOMP);
	return 0;
}

/* The init's handlers end with execve(2). */
static void unblock_signals(void)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)pthread_sigmask(SIG_SETMASK, &none, NULL);
}

static char **split(char **at, char **strings, unsigned count)
{
	char **first = at;

	for (unsigned i = 0; i < count; i++) {
		*at++ = *strings;
		*strings += strlen(*strings) + 1;
	}
	*at = NULL;
	return first;
}

/* If memory runs out, the kernel shall take the candidate's processes.  The
 * file is this process's own only while its memory is dumpable (proc(5)). */
static void offer_to_oom(int proc)
{
	int fd;

	(void)prctl(PR_SET_DUMPABLE, 1);
	fd = openat(proc, "self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (fd < 0)
		return;
	(void)!write(fd, "1000", 4);
	close(fd);
}

static int become_candidate(const struct box_run *run, int proc)
{
	offer_to_oom(proc);
	unblock_signals();
	(void)umask(022);
	if (setsid() < 0 || chdir("/work") < 0)
		return box_fail(STEP_STDIO);
	if (set_stdio(run) < 0 || set_rlimits(run->command) < 0 ||
	    drop_privileges(run) < 0)
		return -1;
	return close_kernel(run->pod);
}

struct candidate_start {
	const struct box_run *run;
	int proc;
};

static int run_candidate(void *context)
{
	static char *argv[STRINGS_MAX + 2];
	const struct candidate_start *start = context;
	const struct box_run *run = start->run;
	char *at = run->command->strings;
	char **env;

	(void)split(argv, &at, run->command->argc);
	env = split(argv + run->command->argc + 1, &at, run->command->envc);
	if (become_candidate(run, start->proc) < 0) {
		say(run, STATUS_FAILED, box_failure.step, box_failure.error);
		_exit(1);
	}
	execve(run->command->strings, argv, env); /* its first string */
	say(run, STATUS_NOT_STARTED, STEP_NONE, errno);
	_exit(1);
}

/* Returns when the candidate's process has execve'd or is gone (CLONE_VFORK). */
static pid_t start_candidate(const struct box_run *run, int proc)
{
	static char stack[STACK_OF_RUN_BYTES] __attribute__((aligned(16)));
	struct candidate_start start = { .run = run, .proc = proc };
	pid_t pid = clone(run_candidate, stack + sizeof(stack),
			  CLONE_VM | CLONE_VFORK | SIGCHLD, &start);

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

static int mount_private(const struct box_run *run)
{
	static const char options[] = "subset=pid,hidepid=invisible";

	if (box_mount_tmpfs("/tmp", run->command->disk_bytes, run->uid,
			    STEP_RUN_MOUNTS) < 0)
		return -1;
	if (run->cover_data &&
	    mount("tmpfs", "/data", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV,
		  "size=4096") < 0)
		return box_fail(STEP_RUN_MOUNTS);
	if (mount("proc", "/proc", "proc",
		  MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, options) < 0)
		return box_fail(STEP_PROC);
	return 0;
}

static int wait_for_candidate(void)
{
	int status;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, &status, 0);
		if (pid == candidate)
			return status;
		if (pid < 0 && errno != EINTR)
			return box_fail(STEP_WAIT);
	}
}

static int init_main(const struct box_run *run)
{
	const struct sigaction action = { .sa_handler = pass_on };
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	sigset_t none, ending;
	char go;

	candidate = 0;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)sigemptyset(&none);
	(void)sigemptyset(&ending);
	(void)sigaddset(&ending, SIGTERM);
	(void)sigaddset(&ending, SIGUSR1);
	/* Kept until there is somebody to pass them on to. */
	(void)pthread_sigmask(SIG_SETMASK, &ending, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGUSR1, &action, NULL);
	if (proc < 0)
		return box_fail(STEP_PROC);
	if (mount_private(run) < 0)
		return -1;
	say(run, STATUS_READY, STEP_NONE, 0);
	if (TEMP_FAILURE_RETRY(recv(run->status, &go, 1, 0)) != 1)
		return box_fail(STEP_WAIT);
	candidate = start_candidate(run, proc);
	if (candidate < 0)
		return box_fail(STEP_FORK_CANDIDATE);
	(void)pthread_sigmask(SIG_SETMASK, &none, NULL);
	for (int i = 0; i < 3; i++)
		close(run->stdio[i]);
	return wait_for_candidate();
}

static int run_init(void *context)
{
	const struct box_run *run = context;
	int status = init_main(run);

	if (status < 0)
		say(run, STATUS_FAILED, box_failure.step, box_failure.error);
	else
		say(run, STATUS_ENDED, STEP_NONE, status);
	_exit(0);
}

pid_t box_run_start(const struct box_run *run)
{
	static char stack[STACK_OF_RUN_BYTES] __attribute__((aligned(16)));
	static struct box_run current; /* outlives the caller's */
	pid_t pid;

	if (run->command->argc < 1 ||
	    run->command->argc + run->command->envc > STRINGS_MAX)
		return box_fail_with(STEP_RECEIVE, EPROTO);
	current = *run;
	/* A run that was killed in offer_to_oom() did not set it back. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	pid = clone(run_init, stack + sizeof(stack),
		    CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_VM |
			    SIGCHLD,
		    &current);
	return pid < 0 ? box_fail(STEP_CLONE_RUN) : pid;
}

/* ---- what is the same for every run -------------------------------------------- */

int box_run_prepare(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_DFL);
	/* EINVAL: this kernel's last capability is behind us. */
	for (int cap = 0; cap <= CAPABILITIES_MAX; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0) {
			if (errno == EINVAL && cap > CAP_SETPCAP)
				break;
			return box_fail(STEP_DROP_CAPABILITIES);
		}
	return 0;
}
