/* SPDX-License-Identifier: MIT */
/* Attempts on the run's init by roundabout ways, on what it reports, and on the
 * standard pipes. */
#include "attack_rights.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/un.h>

enum {
	INIT = 1,
	SPINNERS = 40
};

#define HIGH_BITS 0x100000000UL

/* ---- 131: a core file's handler ----------------------------------------------------- */

static void core_must_be(pid_t pid, const struct rlimit *before)
{
	struct rlimit now = { 0, 0 };

	if (syscall(SYS_prlimit64, pid, RLIMIT_CORE, NULL, &now) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	if (now.rlim_cur != before->rlim_cur ||
	    now.rlim_max != before->rlim_max)
		say("ALLOWED RLIMIT_CORE is %lu, %lu now",
		    (unsigned long)now.rlim_cur, (unsigned long)now.rlim_max);
}

/* Where core_pattern is a pipe the host starts a program, as root, for each crash,
 * unless the limit is exactly 1 (fs/coredump.c).  The calls may succeed, since
 * some run-time libraries insist, but must change nothing. */
static void core_limit(void)
{
	const struct rlimit none = { 0, 0 },
			    all = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit before = { 0, 0 }, old;
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	(void)syscall(SYS_prlimit64, 0, RLIMIT_CORE, NULL, &before);
	(void)syscall(SYS_setrlimit, RLIMIT_CORE, &none);
	core_must_be(0, &before);
	(void)syscall(SYS_setrlimit, HIGH_BITS | RLIMIT_CORE, &none);
	(void)syscall(SYS_setrlimit, RLIMIT_CORE, &all);
	core_must_be(0, &before);
	(void)syscall(SYS_prlimit64, 0, RLIMIT_CORE, &none, NULL);
	(void)syscall(SYS_prlimit64, 0, RLIMIT_CORE, &none, &old);
	(void)syscall(SYS_prlimit64, getpid(), HIGH_BITS | RLIMIT_CORE, &none,
		      NULL);
	core_must_be(0, &before);
	(void)syscall(SYS_prlimit64, child, RLIMIT_CORE, &none, NULL);
	core_must_be(child, &before);
	say("INERT the limit of core files stays %lu",
	    (unsigned long)before.rlim_max);
}

/* ---- 132: signals by roundabout ways ------------------------------------------------- */

/* The two that init handles end a server, and are tried in 87b and 87c. */
static void signal_init(void)
{
	int fd = (int)syscall(SYS_pidfd_open, INIT, 0);
	int proc = open("/proc/1", O_RDONLY | O_DIRECTORY | O_CLOEXEC), p[2];
	struct f_owner_ex owner = { F_OWNER_TID, INIT };
	siginfo_t info = { .si_code = SI_QUEUE, .si_signo = SIGKILL };

	if (fd >= 0 && syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) < 0)
		tried("pidfd_send_signal", -1);
	if (proc >= 0 &&
	    syscall(SYS_pidfd_send_signal, proc, SIGKILL, NULL, 0) < 0)
		tried("pidfd_send_signal(/proc/1)", -1);
	if (syscall(SYS_tgkill, INIT, INIT, SIGKILL) < 0)
		tried("tgkill", -1);
	if (syscall(SYS_rt_sigqueueinfo, INIT, SIGKILL, &info) < 0)
		tried("rt_sigqueueinfo", -1);
	if (pipe(p) == 0) {
		(void)fcntl(p[0], F_SETOWN_EX, &owner);
		(void)fcntl(p[0], F_SETSIG, SIGSTOP);
		(void)fcntl(p[0], F_SETFL, O_ASYNC);
		(void)!write(p[1], "x", 1);
		(void)fcntl(p[0], F_SETOWN, INIT);
		(void)!write(p[1], "x", 1);
	}
	nap_ms(200);
	if (getppid() != INIT)
		say("ALLOWED the parent is %d now", getppid());
	if (!attack_tally.denied)
		say("INERT init took no notice");
	verdict();
}

static void reach_init(void)
{
	const struct rlimit second = { 1, 1 };
	int fd = (int)syscall(SYS_pidfd_open, INIT, 0);

	tried("prlimit64(1 with high bits)",
	      syscall(SYS_prlimit64, HIGH_BITS | INIT, RLIMIT_CPU, &second,
		      NULL));
	tried("process_mrelease", syscall(SYS_process_mrelease, fd, 0));
	tried("pidfd_getfd", syscall(SYS_pidfd_getfd, fd, 0, 0));
	tried("setns(pidfd)", syscall(SYS_setns, fd, 0x20000));
	tried("setpgid(1)", setpgid(INIT, getpid()));
	tried("get_robust_list(1)", syscall(SYS_get_robust_list, INIT,
					    &(void *){ NULL }, &(size_t){ 0 }));
	tried_open("/proc/1/task/1/mem", O_RDWR);
	tried_open("/proc/1/comm", O_WRONLY);
	verdict();
}

/* ---- 160: with a debugger's rights --------------------------------------------------- */

/* ptrace is permitted here, on one's own: not on init, which is the sandbox's. */
static void debug_init(void)
{
	char bytes[16] = "";
	struct iovec iov = { bytes, sizeof(bytes) };
	pid_t child = fork();

	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(child, NULL, WUNTRACED) != child ||
	    ptrace(PTRACE_CONT, child, NULL, NULL) < 0)
		say("ALLOWED nothing: its own child: %s", strerror(errno));
	waitpid(child, NULL, 0);
	tried("ptrace(ATTACH 1)", ptrace(PTRACE_ATTACH, INIT, NULL, NULL));
	tried("ptrace(SEIZE 1)", ptrace(PTRACE_SEIZE, INIT, NULL, NULL));
	tried("process_vm_readv(1)",
	      process_vm_readv(INIT, &iov, 1, &iov, 1, 0));
	tried_open("/proc/1/mem", O_RDWR);
	tried_open("/proc/1/maps", O_RDONLY);
	tried("pidfd_getfd(1)",
	      syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, INIT, 0), 0, 0));
	tried("kcmp(1)", syscall(SYS_kcmp, getpid(), INIT, 0, 0, 0));
	verdict();
}

/* ---- 133: slowing init down ------------------------------------------------------------ */

static const struct sched_param no_priority = { 0 };

/* An init that hardly gets a processor cannot die, nor kill, in time. */
static void slow_init(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	tried("SCHED_IDLE for init",
	      sched_setscheduler(INIT, SCHED_IDLE, &no_priority));
	tried("SCHED_BATCH for init",
	      sched_setscheduler(INIT, SCHED_BATCH, &no_priority));
	tried("sched_setparam(init)", sched_setparam(INIT, &no_priority));
	tried("one processor for init",
	      sched_setaffinity(INIT, sizeof(one), &one));
	tried("nice 19 for init", setpriority(PRIO_PROCESS, INIT, 19));
	tried("ioprio idle for init",
	      syscall(SYS_ioprio_set, 1, INIT, 3 << 13));
	verdict();
}

/* And then it matters: processes that spin while init has to end them all. */
static void slow_init_and_spin(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	(void)sched_setscheduler(INIT, SCHED_IDLE, &no_priority);
	(void)setpriority(PRIO_PROCESS, INIT, 19);
	(void)setpriority(PRIO_USER, 0, 19);
	(void)sched_setaffinity(INIT, sizeof(one), &one);
	for (int i = 0; i < SPINNERS; i++) {
		if (fork() != 0)
			continue;
		setsid();
		for (;;)
			burn_ms(1000);
	}
	for (;;)
		burn_ms(1000);
}

/* ---- 146: what /proc offers a process of itself ------------------------------------------- */

static void proc_self(void)
{
	static const char *const names[] = {
		"oom_score_adj", "oom_adj",	   "coredump_filter",
		"timerslack_ns", "setgroups",	   "uid_map",
		"gid_map",	 "projid_map",	   "attr/current",
		"attr/exec",	 "clear_refs",	   "loginuid",
		"sched",	 "autogroup",	   "comm",
		"make-it-fail",	 "timens_offsets", "mem",
	};
	char path[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "/proc/self/%s", names[i]);
		tried_open(path, O_WRONLY);
		snprintf(path, sizeof(path), "/proc/thread-self/%s", names[i]);
		tried_open(path, O_WRONLY);
	}
	verdict();
}

/* ---- 150, 151: the standard pipes ----------------------------------------------------------- */

/* A page for each byte (pipe(7), O_DIRECT), and a pipe of one page. */
static void packets(void)
{
	int flags = fcntl(1, F_GETFL);

	(void)fcntl(1, F_SETPIPE_SZ, 4096);
	(void)fcntl(1, F_SETOWN, INIT);
	(void)fcntl(1, F_SETSIG, SIGKILL);
	if (fcntl(1, F_SETFL, flags | O_DIRECT | O_ASYNC) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	for (int i = 0; i < 5000; i++)
		if (write(1, i % 100 == 99 ? "\n" : "x", 1) != 1)
			_exit(1);
	_exit(0);
}

/* Who reads its own output, or fills its own input, deceives itself alone:
 * nothing here ends the launcher's waiting, or begins it. */
static void reopen(void)
{
	static const char *const paths[] = { "/proc/self/fd/1", "/dev/stdout",
					     "/proc/self/fd/2" };
	char bytes[64];
	int opened = 0, fd;

	printf("what is printed\n");
	fflush(stdout);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		fd = open(paths[i], O_RDONLY | O_NONBLOCK);
		if (fd < 0 && errno != EACCES)
			tried(paths[i], fd);
		if (fd < 0)
			continue;
		opened++;
		(void)!read(fd, bytes, sizeof(bytes));
	}
	fd = open("/dev/stdin", O_WRONLY | O_NONBLOCK);
	opened += fd >= 0;
	while (fd >= 0 && write(fd, bytes, sizeof(bytes)) > 0)
		;
	say("INERT %d of its own pipes were opened again", opened);
}

/* ---- 152 to 155: what init is told ------------------------------------------------------------ */

/* Children whose parent is init itself (clone(2), CLONE_PARENT): none of them
 * is the main process, however it ends. */
static void siblings(void)
{
	for (int i = 0; i < 20; i++) {
		long pid =
			syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

		if (pid == 0 && i % 2)
			raise(SIGKILL);
		if (pid == 0)
			_exit(0);
		if (pid < 0)
			say("ALLOWED nothing: %s", strerror(errno));
	}
	nap_ms(100);
	if (syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0) == 0)
		for (;;)
			pause();
	_exit(7);
}

static void exit_with_eight(void)
{
	_exit(8);
}

static void *execute(void *arg)
{
	execl("/app/attack_init", "/app/attack_init", "exit_with_eight",
	      attack_token, NULL);
	_exit(1);
	return arg;
}

/* The thread takes over the process, its id and its end (execve(2)). */
static void thread_executes(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, execute, NULL) != 0)
		say("ALLOWED nothing: no thread");
	for (;;)
		pause();
}

/* The same when the first thread has left. */
static void orphan_executes(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, execute, NULL) != 0)
		say("ALLOWED nothing: no thread");
	syscall(SYS_exit, 3);
}

/* A list that leads back to itself, for the kernel to walk when the process
 * dies (get_robust_list(2)), and more of the same in threads. */
static void *leave_robust_list(void *arg)
{
	static struct robust_list_head head;
	static struct robust_list one, two;

	head.list.next = &one;
	one.next = &two;
	two.next = &one;
	head.futex_offset = 8;
	head.list_op_pending = &two;
	if (syscall(SYS_set_robust_list, &head, sizeof(head)) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	if (arg)
		for (;;)
			pause();
	return NULL;
}

static void robust_list(void)
{
	static bool stays = true;
	pthread_t thread;

	for (int i = 0; i < 8; i++)
		if (pthread_create(&thread, NULL, leave_robust_list, &stays) !=
		    0)
			say("ALLOWED nothing: no thread");
	nap_ms(50);
	leave_robust_list(NULL);
	say("INERT the lists lead back to themselves");
}

/* ---- programs that no tree has ------------------------------------------------------------------- */

static void copy_self(int to)
{
	static char bytes[65536];
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	while (from >= 0 && (n = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, (size_t)n) != n)
			n = -1;
	if (to < 0 || n != 0)
		say("ALLOWED nothing: no copy: %s", strerror(errno));
	close(from);
}

static void execute_descriptor(int fd, const char *what)
{
	char *argv[] = { (char *)"/app/attack_init", (char *)"rights",
			 (char *)(uintptr_t)attack_token, NULL };
	pid_t pid = fork();

	if (pid == 0) {
		syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
		_exit(255);
	}
	waitpid(pid, NULL, 0);
	rights_must_be_reported(what);
}

/* From memory, from a file without a name, from one that was removed: the same
 * filter, the same rights. */
static void unnamed_programs(void)
{
	int memory = memfd_create("hostile", MFD_CLOEXEC), fd;

	copy_self(memory);
	execute_descriptor(memory, "a program in memory");
	fd = open("/tmp/hostile-program", O_CREAT | O_RDWR, 0755);
	copy_self(fd);
	close(fd);
	fd = open("/tmp/hostile-program", O_RDONLY | O_CLOEXEC);
	unlink("/tmp/hostile-program");
	execute_descriptor(fd, "a removed program");
	verdict();
}

/* By name, arguments and parent they look like the launcher's own. */
static void imitate_box(void)
{
	for (int i = 0; i < 4; i++) {
		if (fork() != 0)
			continue;
		prctl(PR_SET_NAME, "fortnight-box", 0, 0, 0);
		setsid();
		if (fork() != 0)
			_exit(0);
		for (;;)
			pause();
	}
	say("INERT four processes are called fortnight-box");
}

static const struct attempt attempts[] = {
	{ "core_limit", core_limit },
	{ "signal_init", signal_init },
	{ "reach_init", reach_init },
	{ "debug_init", debug_init },
	{ "slow_init", slow_init },
	{ "slow_init_and_spin", slow_init_and_spin },
	{ "proc_self", proc_self },
	{ "packets", packets },
	{ "reopen", reopen },
	{ "siblings", siblings },
	{ "exit_with_eight", exit_with_eight },
	{ "thread_executes", thread_executes },
	{ "orphan_executes", orphan_executes },
	{ "robust_list", robust_list },
	{ "unnamed_programs", unnamed_programs },
	{ "rights", rights },
	{ "imitate_box", imitate_box },
};

ATTACK_MAIN(attempts)
