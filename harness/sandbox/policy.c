/* SPDX-License-Identifier: MIT */
/*
 * The policy.  A call that is in neither table fails with ENOSYS: that is the
 * answer of a kernel which does not have it, and libraries know what to do.
 *
 * EPERM where programs expect a refusal; ENOSYS where they fall back (clone3:
 * glibc retries clone only after ENOSYS); death where nobody but an attacker
 * would call.
 */
#include "policy.h"

#include <errno.h>
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

const char *const policy_allowed[] = {
	/* files */
	"access",
	"chdir",
	"chmod",
	"chown",
	"close",
	"close_range",
	"copy_file_range",
	"creat",
	"dup",
	"dup2",
	"dup3",
	"faccessat",
	"faccessat2",
	"fadvise64",
	"fallocate",
	"fchdir",
	"fchmod",
	"fchmodat",
	"fchown",
	"fchownat",
	"fcntl",
	"fdatasync",
	"fgetxattr",
	"flistxattr",
	"flock",
	"fremovexattr",
	"fsetxattr",
	"fstat",
	"fstatfs",
	"fsync",
	"ftruncate",
	"futimesat",
	"getcwd",
	"getdents",
	"getdents64",
	"getxattr",
	"inotify_add_watch",
	"inotify_init",
	"inotify_init1",
	"inotify_rm_watch",
	"ioctl",
	"lchown",
	"lgetxattr",
	"link",
	"linkat",
	"listxattr",
	"llistxattr",
	"lremovexattr",
	"lseek",
	"lsetxattr",
	"lstat",
	"mkdir",
	"mkdirat",
	"mknod",
	"mknodat",
	"newfstatat",
	"open",
	"openat",
	"openat2",
	"pread64",
	"preadv",
	"preadv2",
	"pwrite64",
	"pwritev",
	"pwritev2",
	"read",
	"readahead",
	"readlink",
	"readlinkat",
	"readv",
	"removexattr",
	"rename",
	"renameat",
	"renameat2",
	"rmdir",
	"sendfile",
	"setxattr",
	"splice",
	"stat",
	"statfs",
	"statx",
	"symlink",
	"symlinkat",
	"sync",
	"sync_file_range",
	"syncfs",
	"tee",
	"truncate",
	"umask",
	"unlink",
	"unlinkat",
	"ustat",
	"utime",
	"utimensat",
	"utimes",
	"write",
	"writev",
	/* memory */
	"brk",
	"madvise",
	"membarrier",
	"memfd_create",
	"mincore",
	"mlock",
	"mmap",
	"mprotect",
	"mremap",
	"msync",
	"munlock",
	"munlockall",
	"munmap",
	"pkey_alloc",
	"pkey_free",
	"pkey_mprotect",
	"remap_file_pages",
	/* processes, threads, identity */
	"arch_prctl",
	"capget",
	"capset",
	"clone",
	"execve",
	"execveat",
	"exit",
	"exit_group",
	"fork",
	"futex",
	"futex_waitv",
	"get_robust_list",
	"get_thread_area",
	"getcpu",
	"getegid",
	"geteuid",
	"getgid",
	"getgroups",
	"getitimer",
	"getpgid",
	"getpgrp",
	"getpid",
	"getppid",
	"getpriority",
	"getresgid",
	"getresuid",
	"getrlimit",
	"getrusage",
	"getsid",
	"gettid",
	"getuid",
	"kill",
	"landlock_add_rule",
	"landlock_create_ruleset",
	"landlock_restrict_self",
	"pidfd_open",
	"pidfd_send_signal",
	"prctl",
	"prlimit64",
	"restart_syscall",
	"rseq",
	"sched_get_priority_max",
	"sched_get_priority_min",
	"sched_getaffinity",
	"sched_getattr",
	"sched_getparam",
	"sched_getscheduler",
	"sched_rr_get_interval",
	"sched_setaffinity",
	"sched_setattr",
	"sched_setparam",
	"sched_setscheduler",
	"sched_yield",
	"seccomp",
	"set_robust_list",
	"set_thread_area",
	"set_tid_address",
	"setfsgid",
	"setfsuid",
	"setgid",
	"setgroups",
	"setitimer",
	"setpgid",
	"setpriority",
	"setregid",
	"setresgid",
	"setresuid",
	"setreuid",
	"setrlimit",
	"setsid",
	"setuid",
	"tgkill",
	"time",
	"times",
	"tkill",
	"vfork",
	"wait4",
	"waitid",
	"ioprio_get",
	"ioprio_set",
	/* signals */
	"alarm",
	"pause",
	"rt_sigaction",
	"rt_sigpending",
	"rt_sigprocmask",
	"rt_sigqueueinfo",
	"rt_sigreturn",
	"rt_sigsuspend",
	"rt_sigtimedwait",
	"rt_tgsigqueueinfo",
	"sigaltstack",
	"signalfd",
	"signalfd4",
	/* time, events */
	"clock_getres",
	"clock_gettime",
	"clock_nanosleep",
	"epoll_create",
	"epoll_create1",
	"epoll_ctl",
	"epoll_pwait",
	"epoll_pwait2",
	"epoll_wait",
	"eventfd",
	"eventfd2",
	"gettimeofday",
	"nanosleep",
	"pipe",
	"pipe2",
	"poll",
	"ppoll",
	"pselect6",
	"select",
	"timer_create",
	"timer_delete",
	"timer_getoverrun",
	"timer_gettime",
	"timer_settime",
	"timerfd_create",
	"timerfd_gettime",
	"timerfd_settime",
	/* System V and POSIX communication: confined by the IPC namespace */
	"mq_getsetattr",
	"mq_notify",
	"mq_open",
	"mq_timedreceive",
	"mq_timedsend",
	"mq_unlink",
	"msgctl",
	"msgget",
	"msgrcv",
	"msgsnd",
	"semctl",
	"semget",
	"semop",
	"semtimedop",
	"shmat",
	"shmctl",
	"shmdt",
	"shmget",
	/* sockets: families by argument, reach by the network namespace */
	"accept",
	"accept4",
	"bind",
	"connect",
	"getpeername",
	"getsockname",
	"getsockopt",
	"listen",
	"recvfrom",
	"recvmmsg",
	"recvmsg",
	"sendmmsg",
	"sendmsg",
	"sendto",
	"setsockopt",
	"shutdown",
	"socket",
	"socketpair",
	/* asynchronous I/O of the old kind: checked like read and write */
	"io_cancel",
	"io_destroy",
	"io_getevents",
	"io_pgetevents",
	"io_setup",
	"io_submit",
	/* what the system is */
	"getrandom",
	"sysinfo",
	"uname",
};

const size_t policy_allowed_count =
	sizeof(policy_allowed) / sizeof(policy_allowed[0]);

/* NOLINTBEGIN(bugprone-macro-parentheses) */
#define REFUSE(name, why)                                             \
	{                                                             \
		.call = name, .action = POLICY_ERRNO, .error = EPERM, \
		.policies = FOR_BOTH, .reason = why                   \
	}
#define ABSENT(name, why)                                              \
	{                                                              \
		.call = name, .action = POLICY_ERRNO, .error = ENOSYS, \
		.policies = FOR_BOTH, .reason = why                    \
	}
#define DEADLY(name, why)                                                  \
	{                                                                  \
		.call = name, .action = POLICY_KILL, .policies = FOR_BOTH, \
		.reason = why                                              \
	}
#define REFUSE_BITS(name, n, bits, why)                               \
	{                                                             \
		.call = name, .action = POLICY_ERRNO, .error = EPERM, \
		.policies = FOR_BOTH, .test = TEST_EQUAL, .arg = n,   \
		.mask = bits, .value = bits, .reason = why            \
	}
#define REFUSE_VALUE(name, n, m, v, why)                                       \
	{                                                                      \
		.call = name, .action = POLICY_ERRNO, .error = EPERM,          \
		.policies = FOR_BOTH, .test = TEST_EQUAL, .arg = n, .mask = m, \
		.value = v, .reason = why                                      \
	}
#define FAMILY(call_name, how, v)                                          \
	{                                                                  \
		.call = call_name, .action = POLICY_ERRNO,                 \
		.error = EAFNOSUPPORT, .policies = FOR_BOTH, .test = how,  \
		.arg = 0, .mask = 0xffffffff, .value = v,                  \
		.reason = "only AF_UNIX, AF_INET and AF_INET6 sockets: "   \
			  "AF_VSOCK and others escape a network namespace" \
	}
#define PERSONALITY(v, who)                                    \
	{                                                      \
		.call = "personality", .action = POLICY_ALLOW, \
		.policies = who, .test = TEST_EQUAL, .arg = 0, \
		.mask = 0xffffffff, .value = v,                \
		.reason = "asking, and the ordinary ones"      \
	}
/* NOLINTEND(bugprone-macro-parentheses) */

#define LOW32 0xffffffff

enum {
	CLONE_NEWTIME_BIT = 0x80,
	SOCKET_RAW = 3,
	SOCKET_TYPE_MASK = 0xf,
	RUN_INIT = 1, /* pid 1 of what a candidate sees */
	SET_MM = 35,
	SET_SYSCALL_USER_DISPATCH = 59
};

static const char mounts[] = "the tree of mounts is ours";
static const char spying[] = "other processes are not to be read";
static const char no_namespace[] = "a new namespace is new attack surface";
static const char no_module[] = "code for the kernel";
static const char no_clock[] = "the clock is the host's";
static const char no_ring[] = "io_uring goes round every rule about calls";
static const char no_keys[] = "keyrings outlive a run";
static const char no_setid[] = "no set-user-ID or set-group-ID files";
static const char no_device[] = "no device nodes";
static const char no_typing[] =
	"no input for somebody else's terminal; 32 bits "
	"as the kernel reads them (CVE-2019-10063)";
static const char no_numa[] = "memory placement is the host's";

const struct policy_rule policy_rules[] = {
	DEADLY("kexec_load", no_module),
	DEADLY("kexec_file_load", no_module),
	DEADLY("init_module", no_module),
	DEADLY("finit_module", no_module),
	DEADLY("delete_module", no_module),
	DEADLY("create_module", no_module),
	DEADLY("reboot", "the machine is not theirs"),
	DEADLY("swapon", "the machine is not theirs"),
	DEADLY("swapoff", "the machine is not theirs"),
	DEADLY("iopl", "input and output ports"),
	DEADLY("ioperm", "input and output ports"),
	DEADLY("acct", "writes a file of the host's"),
	DEADLY("uselib", "obsolete"),
	DEADLY("_sysctl", "obsolete"),
	DEADLY("nfsservctl", "obsolete"),

	REFUSE("mount", mounts),
	REFUSE("umount2", mounts),
	REFUSE("pivot_root", mounts),
	REFUSE("chroot", mounts),
	REFUSE("open_tree", mounts),
	REFUSE("move_mount", mounts),
	REFUSE("fsopen", mounts),
	REFUSE("fsconfig", mounts),
	REFUSE("fsmount", mounts),
	REFUSE("fspick", mounts),
	REFUSE("mount_setattr", mounts),
	REFUSE("setns", no_namespace),
	REFUSE("unshare", no_namespace),
	REFUSE("open_by_handle_at", "opens files outside the root"),
	REFUSE("name_to_handle_at", "opens files outside the root"),
	REFUSE("bpf", "code for the kernel"),
	REFUSE("perf_event_open", spying),
	REFUSE("ptrace", spying),
	REFUSE("process_vm_readv", spying),
	REFUSE("process_vm_writev", spying),
	REFUSE("process_madvise", spying),
	REFUSE("pidfd_getfd", spying),
	REFUSE("kcmp", spying),
	REFUSE("quotactl", "the host's disks"),
	REFUSE("quotactl_fd", "the host's disks"),
	REFUSE("syslog", "the kernel's log tells addresses"),
	REFUSE("adjtimex", no_clock),
	REFUSE("clock_adjtime", no_clock),
	REFUSE("clock_settime", no_clock),
	REFUSE("settimeofday", no_clock),
	REFUSE("sethostname", "the name is the pod's"),
	REFUSE("setdomainname", "the name is the pod's"),
	REFUSE("vhangup", "terminals are the host's"),
	REFUSE("fanotify_init", "watches a whole file system"),
	REFUSE("fanotify_mark", "watches a whole file system"),
	REFUSE("move_pages", no_numa),
	REFUSE("migrate_pages", no_numa),
	REFUSE("mbind", no_numa),
	REFUSE("set_mempolicy", no_numa),
	REFUSE("get_mempolicy", no_numa),
	REFUSE("modify_ldt", "a history of kernel faults"),
	REFUSE("userfaultfd", "stops the kernel in mid-copy"),
	REFUSE("memfd_secret", "memory that nobody can account"),
	REFUSE("mlockall", "memory that cannot be reclaimed"),
	REFUSE("mlock2", "memory that cannot be reclaimed"),
	REFUSE("vmsplice", "page-cache tricks (CVE-2022-0847's kind)"),

	ABSENT("clone3",
	       "flags behind a pointer; libraries fall back to clone"),
	ABSENT("io_uring_setup", no_ring),
	ABSENT("io_uring_enter", no_ring),
	ABSENT("io_uring_register", no_ring),
	ABSENT("add_key", no_keys),
	ABSENT("request_key", no_keys),
	ABSENT("keyctl", no_keys),

	PERSONALITY(0, FOR_BOTH),
	PERSONALITY(8, FOR_BOTH), /* PER_LINUX32: what uname says */
	PERSONALITY(LOW32, FOR_BOTH),
	PERSONALITY(0x40000,
		    FOR_SESSION), /* ADDR_NO_RANDOMIZE, for debuggers */

	REFUSE_BITS("clone", 0, CLONE_NEWNS, no_namespace),
	REFUSE_BITS("clone", 0, CLONE_NEWCGROUP, no_namespace),
	REFUSE_BITS("clone", 0, CLONE_NEWUTS, no_namespace),
	REFUSE_BITS("clone", 0, CLONE_NEWIPC, no_namespace),
	REFUSE_BITS("clone", 0, CLONE_NEWUSER, no_namespace),
	REFUSE_BITS("clone", 0, CLONE_NEWPID, no_namespace),
	REFUSE_BITS("clone", 0, CLONE_NEWNET, no_namespace),
	REFUSE_BITS("clone", 0, CLONE_NEWTIME_BIT, no_namespace),

	FAMILY("socket", TEST_EQUAL, 0),
	FAMILY("socket", TEST_EQUAL, 3),
	FAMILY("socket", TEST_EQUAL, 4),
	FAMILY("socket", TEST_EQUAL, 5),
	FAMILY("socket", TEST_EQUAL, 6),
	FAMILY("socket", TEST_EQUAL, 7),
	FAMILY("socket", TEST_EQUAL, 8),
	FAMILY("socket", TEST_EQUAL, 9),
	FAMILY("socket", TEST_AT_LEAST, 11),
	FAMILY("socketpair", TEST_NOT, 1),
	REFUSE_VALUE("socket", 1, SOCKET_TYPE_MASK, SOCKET_RAW,
		     "no packets of one's own making"),

	REFUSE_VALUE("ioctl", 1, LOW32, TIOCSTI, no_typing),
	REFUSE_VALUE("ioctl", 1, LOW32, TIOCLINUX, no_typing),
	REFUSE_VALUE("ioctl", 1, LOW32, TIOCSETD, no_typing),
	REFUSE_VALUE("ioctl", 1, LOW32, TIOCCONS, no_typing),

	REFUSE_BITS("chmod", 1, S_ISUID, no_setid),
	REFUSE_BITS("chmod", 1, S_ISGID, no_setid),
	REFUSE_BITS("fchmod", 1, S_ISUID, no_setid),
	REFUSE_BITS("fchmod", 1, S_ISGID, no_setid),
	REFUSE_BITS("fchmodat", 2, S_ISUID, no_setid),
	REFUSE_BITS("fchmodat", 2, S_ISGID, no_setid),
	REFUSE_BITS("creat", 1, S_ISUID, no_setid),
	REFUSE_BITS("creat", 1, S_ISGID, no_setid),

	REFUSE_VALUE("mknod", 1, S_IFMT, S_IFCHR, no_device),
	REFUSE_VALUE("mknod", 1, S_IFMT, S_IFBLK, no_device),
	REFUSE_VALUE("mknodat", 2, S_IFMT, S_IFCHR, no_device),
	REFUSE_VALUE("mknodat", 2, S_IFMT, S_IFBLK, no_device),

	REFUSE_VALUE("prlimit64", 0, LOW32, RUN_INIT,
		     "a run's init without CPU time is a failure of ours"),

	REFUSE_VALUE("prctl", 0, LOW32, SET_MM, spying),
	REFUSE_VALUE("prctl", 0, LOW32, SET_SYSCALL_USER_DISPATCH,
		     "a second way to make calls"),
};

const size_t policy_rule_count = sizeof(policy_rules) / sizeof(policy_rules[0]);
