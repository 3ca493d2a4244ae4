/* SPDX-License-Identifier: MIT */
/* Attempts on the kernel's own surface: system calls that no task needs. */
#include "attack.h"

#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/timex.h>
#include <sys/uio.h>

static void ptrace_any(void)
{
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	tried("ptrace(ATTACH)", ptrace(PTRACE_ATTACH, child, NULL, NULL));
	tried("ptrace(SEIZE)", ptrace(PTRACE_SEIZE, child, NULL, NULL));
	tried("ptrace(SEIZE 1)", ptrace(PTRACE_SEIZE, 1, NULL, NULL));
	tried("ptrace(TRACEME)", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	kill(child, SIGKILL);
	verdict();
}

static void process_vm(void)
{
	char bytes[16] = "";
	struct iovec local = { bytes, sizeof(bytes) };
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	tried("process_vm_readv",
	      process_vm_readv(child, &local, 1, &local, 1, 0));
	tried("process_vm_writev",
	      process_vm_writev(child, &local, 1, &local, 1, 0));
	tried("process_vm_readv(1)",
	      process_vm_readv(1, &local, 1, &local, 1, 0));
	kill(child, SIGKILL);
	verdict();
}

/* A child that waits, by pidfd: a valid one, so that only policy can refuse. */
static void pidfd_getfd_any(void)
{
	pid_t child = fork();
	int fd;

	if (child == 0) {
		pause();
		_exit(0);
	}
	fd = (int)syscall(SYS_pidfd_open, child, 0);
	tried("pidfd_getfd(child)", syscall(SYS_pidfd_getfd, fd, 1, 0));
	fd = (int)syscall(SYS_pidfd_open, 1, 0);
	tried("pidfd_getfd(1)", syscall(SYS_pidfd_getfd, fd, 0, 0));
	kill(child, SIGKILL);
	verdict();
}

static void kcmp_any(void)
{
	tried("kcmp", syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0));
	verdict();
}

static void bpf_any(void)
{
	union bpf_attr map = { .map_type = BPF_MAP_TYPE_ARRAY,
			       .key_size = 4,
			       .value_size = 4,
			       .max_entries = 1 };

	tried("bpf(MAP_CREATE)",
	      syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map)));
	tried("bpf(PROG_LOAD)", syscall(SYS_bpf, BPF_PROG_LOAD, &map, 0));
	verdict();
}

static void perf_event(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_SW_TASK_CLOCK,
					.exclude_kernel = 1 };

	tried("perf_event_open",
	      syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
	verdict();
}

static void userfaultfd_any(void)
{
	tried("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC));
	tried("userfaultfd(USER_MODE_ONLY)",
	      syscall(SYS_userfaultfd, O_CLOEXEC | 1));
	verdict();
}

static void io_uring_any(void)
{
	struct io_uring_params params = { .flags = 0 };

	tried("io_uring_setup", syscall(SYS_io_uring_setup, 4, &params));
	tried("io_uring_enter", syscall(SYS_io_uring_enter, 0, 0, 0, 0, 0, 0));
	tried("io_uring_register", syscall(SYS_io_uring_register, 0, 0, 0, 0));
	verdict();
}

/* Whatever is open besides 0, 1 and 2 was leaked by the launcher. */
static void inherited_fds(void)
{
	for (int fd = 3; fd < 4096; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			say("ALLOWED descriptor %d is open", fd);
	tried("write(3)", write(3, "forged\n", 7));
	tried("write(1023)", write(1023, "forged\n", 7));
	verdict();
}

static void keyrings(void)
{
	tried("add_key", syscall(SYS_add_key, "user", "hostile", "x", 1, -4));
	tried("request_key",
	      syscall(SYS_request_key, "user", "hostile", NULL, -4));
	tried("keyctl(GET_KEYRING_ID)", syscall(SYS_keyctl, 0, -4, 1));
	verdict();
}

static void fatal_calls(void)
{
	tried_fatal("kexec_load", SYS_kexec_load);
	tried_fatal("kexec_file_load", SYS_kexec_file_load);
	tried_fatal("init_module", SYS_init_module);
	tried_fatal("finit_module", SYS_finit_module);
	tried_fatal("delete_module", SYS_delete_module);
	tried_fatal("reboot", SYS_reboot);
	tried_fatal("swapon", SYS_swapon);
	tried_fatal("swapoff", SYS_swapoff);
	tried_fatal("acct", SYS_acct);
#ifdef SYS_iopl
	tried_fatal("iopl", SYS_iopl);
	tried_fatal("ioperm", SYS_ioperm);
#endif
	verdict();
}

/* By the leading process itself: the outcome is the signal. */
static void fatal_reboot(void)
{
	syscall(SYS_reboot, 0, 0, 0, NULL);
	say("ALLOWED reboot came back");
}

static void by_handle(void)
{
	struct file_handle *handle = calloc(1, sizeof(*handle) + 128);
	int mount_id;

	handle->handle_bytes = 128;
	tried("name_to_handle_at",
	      name_to_handle_at(AT_FDCWD, "/", handle, &mount_id, 0));
	handle->handle_bytes = 8;
	handle->handle_type = 1;
	tried("open_by_handle_at",
	      open_by_handle_at(AT_FDCWD, handle, O_RDONLY));
	verdict();
}

static void administration(void)
{
	tried("quotactl", syscall(SYS_quotactl, 0x80000100, 0, 0, 0));
	tried("syslog(READ_ALL)", syscall(SYS_syslog, 3, NULL, 0));
	tried("syslog(SIZE)", syscall(SYS_syslog, 10, NULL, 0));
	tried("sethostname", sethostname("hostile", 7));
	tried("setdomainname", setdomainname("hostile", 7));
	tried("vhangup", vhangup());
	tried("lookup_dcookie", syscall(212, 0, NULL, 0));
	verdict();
}

static void modify_ldt_any(void)
{
#ifdef SYS_modify_ldt
	char ldt[16];

	tried("modify_ldt", syscall(SYS_modify_ldt, 0, ldt, sizeof(ldt)));
#endif
	tried("process_madvise", syscall(SYS_process_madvise, -1, 0, 0, 0, 0));
	tried("move_pages", syscall(SYS_move_pages, 0, 0, 0, 0, 0, 0));
	tried("migrate_pages", syscall(SYS_migrate_pages, 0, 1, 0, 0));
	verdict();
}

static void personality_any(void)
{
	int old = personality(0xffffffff);

	if (old > 0)
		say("ALLOWED it was started with personality %#x", old);
	tried("personality(READ_IMPLIES_EXEC)",
	      personality(READ_IMPLIES_EXEC | ADDR_COMPAT_LAYOUT));
	tried("personality(MMAP_PAGE_ZERO)", personality(MMAP_PAGE_ZERO));
	verdict();
}

/* The i386 entry: number 20 is getpid there, harmless and always permitted. */
static void int80(void)
{
#ifdef __x86_64__
	long rc;

	__asm__ volatile("int $0x80" : "=a"(rc) : "a"(20) : "memory");
	say("ALLOWED int 0x80 returned %ld", rc);
#else
	raise(SIGSYS);
#endif
}

static void x32(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		long rc = syscall(0x40000000 | SYS_getpid);

		_exit(rc < 0 && errno == ENOSYS ? 1 : 0);
	}
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		say("DENIED SIGSYS");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
		say("DENIED errno=ENOSYS");
	say("ALLOWED an x32 call worked");
}

/* A filter of one's own can only add to what is refused (seccomp(2)). */
static void own_filter(void)
{
	struct sock_filter allow[] = { BPF_STMT(BPF_RET | BPF_K,
						SECCOMP_RET_ALLOW) };
	struct sock_fprog program = { 1, allow };
	long rc = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);

	printf("seccomp(own filter): %s\n", rc < 0 ? strerror(errno) : "ok");
	if (syscall(SYS_keyctl, 0, -4, 1) >= 0)
		say("ALLOWED the filter was loosened");
	if (socket(AF_NETLINK, SOCK_RAW, 0) >= 0)
		say("ALLOWED the filter was loosened");
	say("INERT a filter of its own loosens nothing");
}

static void user_dispatch(void)
{
	static char selector;

	tried("PR_SET_SYSCALL_USER_DISPATCH",
	      prctl(59, 1, 0, 0, (unsigned long)&selector));
	tried("PR_SET_MM", prctl(PR_SET_MM, PR_SET_MM_BRK, 0, 0, 0));
	verdict();
}

static void landlock(void)
{
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE
	};
	long fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (fd >= 0 && syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		say("INERT landlock_restrict_self: %s", strerror(errno));
	say("INERT a ruleset of its own: %s", fd < 0 ? "refused" : "tightened");
}

/* A crash: no core file, wherever the host's core_pattern points. */
static void core_file(void)
{
	struct rlimit core = { 0, 0 };

	getrlimit(RLIMIT_CORE, &core);
	if (core.rlim_max > 1)
		say("ALLOWED RLIMIT_CORE is %lu", (unsigned long)core.rlim_max);
	abort();
}

static void memory_locks(void)
{
	struct rlimit lock = { 0, 0 };
	long fd = syscall(SYS_memfd_secret, 0);

	tried("memfd_secret", fd);
	tried("mlockall", mlockall(MCL_CURRENT | MCL_FUTURE));
	getrlimit(RLIMIT_MEMLOCK, &lock);
	if (lock.rlim_max > (8 << 20))
		say("ALLOWED RLIMIT_MEMLOCK is %lu",
		    (unsigned long)lock.rlim_max);
	verdict();
}

static void priorities(void)
{
	struct sched_param param = { .sched_priority = 1 };

	tried("sched_setscheduler(FIFO)",
	      sched_setscheduler(0, SCHED_FIFO, &param));
	tried("sched_setscheduler(RR)",
	      sched_setscheduler(0, SCHED_RR, &param));
	errno = 0;
	tried("nice(-20)", setpriority(PRIO_PROCESS, 0, -20));
	tried("ioprio_set(RT)", syscall(SYS_ioprio_set, 1, 0, 1 << 13));
	tried("setrlimit(RTPRIO)",
	      setrlimit(RLIMIT_RTPRIO, &(struct rlimit){ 10, 10 }));
	verdict();
}

static void notify(void)
{
	int fd = -1, instances = 0;

	tried("fanotify_init", fanotify_init(FAN_CLASS_NOTIF, O_RDONLY));
	while (instances < 4096 && (fd = inotify_init1(IN_CLOEXEC)) >= 0)
		instances++;
	printf("inotify: %d instances, then %s\n", instances, strerror(errno));
	if (fd >= 0)
		say("ALLOWED 4096 inotify instances");
	verdict();
}

/* Page-cache tricks on a file that is read-only here (CVE-2022-0847): splice
 * one byte of it into a pipe, write on, and see whether the file changed. */
static void splice_overwrite(void)
{
	char before = 0, after = 0, fill[4096] = "";
	int file = open("/app/attack_kernel", O_RDONLY | O_CLOEXEC), p[2];
	off64_t offset = 0;
	int size;

	if (file < 0 || pipe2(p, O_CLOEXEC | O_NONBLOCK) < 0)
		say("ALLOWED nothing: no file or no pipe");
	size = fcntl(p[1], F_GETPIPE_SZ);
	for (int left = size; left > 0; left -= (int)sizeof(fill))
		if (write(p[1], fill, sizeof(fill)) < 0)
			break;
	for (int left = size; left > 0; left -= (int)sizeof(fill))
		if (read(p[0], fill, sizeof(fill)) < 0)
			break;
	if (pread(file, &before, 1, 1) != 1)
		say("ALLOWED nothing: cannot read");
	printf("splice: %zd\n", splice(file, &offset, p[1], NULL, 1, 0));
	printf("write: %zd\n", write(p[1], "hostile", 7));
	if (pread(file, &after, 1, 1) != 1 || before != after)
		say("ALLOWED a read-only file changed");
	tried("vmsplice", vmsplice(p[1], &(struct iovec){ fill, 1 }, 1, 0));
	verdict();
}

static void set_clocks(void)
{
	struct timespec ts;
	struct timex tx = { .modes = ADJ_OFFSET_SINGLESHOT };
	struct timeval tv;

	clock_gettime(CLOCK_REALTIME, &ts);
	tv = (struct timeval){ ts.tv_sec, ts.tv_nsec / 1000 };
	tried("clock_settime", clock_settime(CLOCK_REALTIME, &ts));
	tried("settimeofday", syscall(SYS_settimeofday, &tv, NULL));
	tried("adjtimex", adjtimex(&tx));
	tried("clock_adjtime", clock_adjtime(CLOCK_REALTIME, &tx));
	verdict();
}

static void rdtsc(void)
{
#ifdef __x86_64__
	unsigned lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	say("INERT rdtsc can be read, as on any machine (%u)", (lo ^ hi) & 1);
#else
	say("INERT no rdtsc on this machine");
#endif
}

static const struct attempt attempts[] = {
	{ "ptrace", ptrace_any },
	{ "process_vm", process_vm },
	{ "pidfd_getfd", pidfd_getfd_any },
	{ "kcmp", kcmp_any },
	{ "bpf", bpf_any },
	{ "perf_event_open", perf_event },
	{ "userfaultfd", userfaultfd_any },
	{ "io_uring", io_uring_any },
	{ "inherited_fds", inherited_fds },
	{ "keyrings", keyrings },
	{ "fatal_calls", fatal_calls },
	{ "fatal_reboot", fatal_reboot },
	{ "by_handle", by_handle },
	{ "administration", administration },
	{ "modify_ldt", modify_ldt_any },
	{ "personality", personality_any },
	{ "int80", int80 },
	{ "x32", x32 },
	{ "own_filter", own_filter },
	{ "user_dispatch", user_dispatch },
	{ "landlock", landlock },
	{ "core_file", core_file },
	{ "memory_locks", memory_locks },
	{ "priorities", priorities },
	{ "notify", notify },
	{ "splice_overwrite", splice_overwrite },
	{ "set_clocks", set_clocks },
	{ "rdtsc", rdtsc },
};

ATTACK_MAIN(attempts)
