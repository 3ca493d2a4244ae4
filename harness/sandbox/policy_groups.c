/* SPDX-License-Identifier: MIT */
/*
 * The calls that are allowed with any arguments: what reaches only a process's own
 * memory, its own descriptors, and files, processes and sockets that the
 * namespaces around it show.
 */
#include "policy.h"

#include <sys/syscall.h>

#define CALL(name)                \
	{                         \
#name, SYS_##name \
	}
#define GROUP(text, list)                                 \
	{                                                 \
		.title = (text), .calls = (list),         \
		.count = sizeof(list) / sizeof((list)[0]) \
	}

static const struct policy_call files[] = { CALL(access),
					    CALL(chdir),
					    CALL(chmod),
					    CALL(chown),
					    CALL(close),
					    CALL(close_range),
					    CALL(copy_file_range),
					    CALL(creat),
					    CALL(dup),
					    CALL(dup2),
					    CALL(dup3),
					    CALL(faccessat),
					    CALL(faccessat2),
					    CALL(fadvise64),
					    CALL(fallocate),
					    CALL(fchdir),
					    CALL(fchmod),
					    CALL(fchmodat),
					    CALL(fchown),
					    CALL(fchownat),
					    CALL(fcntl),
					    CALL(fdatasync),
					    CALL(flock),
					    CALL(fstat),
					    CALL(fstatfs),
					    CALL(fsync),
					    CALL(ftruncate),
					    CALL(futimesat),
					    CALL(getcwd),
					    CALL(getdents),
					    CALL(getdents64),
					    CALL(lchown),
					    CALL(link),
					    CALL(linkat),
					    CALL(lseek),
					    CALL(lstat),
					    CALL(mkdir),
					    CALL(mkdirat),
					    CALL(mknod),
					    CALL(mknodat),
					    CALL(newfstatat),
					    CALL(open),
					    CALL(openat),
					    CALL(openat2),
					    CALL(pread64),
					    CALL(preadv),
					    CALL(preadv2),
					    CALL(pwrite64),
					    CALL(pwritev),
					    CALL(pwritev2),
					    CALL(read),
					    CALL(readahead),
					    CALL(readlink),
					    CALL(readlinkat),
					    CALL(readv),
					    CALL(rename),
					    CALL(renameat),
					    CALL(renameat2),
					    CALL(rmdir),
					    CALL(sendfile),
					    CALL(splice),
					    CALL(stat),
					    CALL(statfs),
					    CALL(statx),
					    CALL(symlink),
					    CALL(symlinkat),
					    CALL(sync_file_range),
					    CALL(truncate),
					    CALL(umask),
					    CALL(unlink),
					    CALL(unlinkat),
					    CALL(utime),
					    CALL(utimensat),
					    CALL(utimes),
					    CALL(write),
					    CALL(writev) };

static const struct policy_call attributes[] = {
	CALL(fgetxattr),	 CALL(flistxattr),   CALL(fremovexattr),
	CALL(fsetxattr),	 CALL(getxattr),     CALL(lgetxattr),
	CALL(listxattr),	 CALL(llistxattr),   CALL(lremovexattr),
	CALL(lsetxattr),	 CALL(removexattr),  CALL(setxattr),
	CALL(inotify_add_watch), CALL(inotify_init), CALL(inotify_init1),
	CALL(inotify_rm_watch)
};

static const struct policy_call memory[] = {
	CALL(brk),     CALL(madvise),	 CALL(membarrier), CALL(memfd_create),
	CALL(mincore), CALL(mlock),	 CALL(mmap),	   CALL(mprotect),
	CALL(mremap),  CALL(msync),	 CALL(munlock),	   CALL(munlockall),
	CALL(munmap),  CALL(pkey_alloc), CALL(pkey_free),  CALL(pkey_mprotect)
};

static const struct policy_call processes[] = { CALL(arch_prctl),
						CALL(capget),
						CALL(capset),
						CALL(clone),
						CALL(execve),
						CALL(execveat),
						CALL(exit),
						CALL(exit_group),
						CALL(fork),
						CALL(futex),
						CALL(getcpu),
						CALL(getegid),
						CALL(geteuid),
						CALL(getgid),
						CALL(getgroups),
						CALL(getitimer),
						CALL(getpgid),
						CALL(getpgrp),
						CALL(getpid),
						CALL(getppid),
						CALL(getpriority),
						CALL(getresgid),
						CALL(getresuid),
						CALL(getrlimit),
						CALL(getrusage),
						CALL(getsid),
						CALL(gettid),
						CALL(getuid),
						CALL(ioprio_get),
						CALL(ioprio_set),
						CALL(kill),
						CALL(landlock_add_rule),
						CALL(landlock_create_ruleset),
						CALL(landlock_restrict_self),
						CALL(pidfd_open),
						CALL(pidfd_send_signal),
						CALL(prlimit64),
						CALL(restart_syscall),
						CALL(rseq),
						CALL(sched_get_priority_max),
						CALL(sched_get_priority_min),
						CALL(sched_getaffinity),
						CALL(sched_getattr),
						CALL(sched_getparam),
						CALL(sched_getscheduler),
						CALL(sched_rr_get_interval),
						CALL(sched_setaffinity),
						CALL(sched_setattr),
						CALL(sched_setparam),
						CALL(sched_setscheduler),
						CALL(sched_yield),
						CALL(seccomp),
						CALL(set_robust_list),
						CALL(set_tid_address),
						CALL(setfsgid),
						CALL(setfsuid),
						CALL(setgid),
						CALL(setgroups),
						CALL(setitimer),
						CALL(setpgid),
						CALL(setpriority),
						CALL(setregid),
						CALL(setresgid),
						CALL(setresuid),
						CALL(setreuid),
						CALL(setrlimit),
						CALL(setsid),
						CALL(setuid),
						CALL(tgkill),
						CALL(time),
						CALL(times),
						CALL(tkill),
						CALL(vfork),
						CALL(wait4),
						CALL(waitid) };

static const struct policy_call signals[] = {
	CALL(alarm),	       CALL(pause),
	CALL(rt_sigaction),    CALL(rt_sigpending),
	CALL(rt_sigprocmask),  CALL(rt_sigqueueinfo),
	CALL(rt_sigreturn),    CALL(rt_sigsuspend),
	CALL(rt_sigtimedwait), CALL(rt_tgsigqueueinfo),
	CALL(sigaltstack),     CALL(signalfd),
	CALL(signalfd4)
};

static const struct policy_call events[] = {
	CALL(clock_getres),    CALL(clock_gettime),
	CALL(clock_nanosleep), CALL(epoll_create),
	CALL(epoll_create1),   CALL(epoll_ctl),
	CALL(epoll_pwait),     CALL(epoll_pwait2),
	CALL(epoll_wait),      CALL(eventfd),
	CALL(eventfd2),	       CALL(gettimeofday),
	CALL(nanosleep),       CALL(pipe),
	CALL(pipe2),	       CALL(poll),
	CALL(ppoll),	       CALL(pselect6),
	CALL(select),	       CALL(timer_create),
	CALL(timer_delete),    CALL(timer_getoverrun),
	CALL(timer_gettime),   CALL(timer_settime),
	CALL(timerfd_create),  CALL(timerfd_gettime),
	CALL(timerfd_settime)
};

static const struct policy_call queues[] = {
	CALL(msgctl), CALL(msgget), CALL(msgrcv), CALL(msgsnd),
	CALL(semctl), CALL(semget), CALL(semop),  CALL(semtimedop),
	CALL(shmat),  CALL(shmctl), CALL(shmdt),  CALL(shmget)
};

static const struct policy_call sockets[] = {
	CALL(accept),	   CALL(accept4),     CALL(bind),	CALL(connect),
	CALL(getpeername), CALL(getsockname), CALL(getsockopt), CALL(listen),
	CALL(recvfrom),	   CALL(recvmmsg),    CALL(recvmsg),	CALL(sendmmsg),
	CALL(sendmsg),	   CALL(sendto),      CALL(setsockopt), CALL(shutdown)
};

static const struct policy_call host[] = { CALL(getrandom), CALL(sysinfo),
					   CALL(uname) };

const struct policy_group policy_groups[] = {
	GROUP("files", files),
	GROUP("attributes of files, and watching them", attributes),
	GROUP("memory", memory),
	GROUP("processes, threads, identity", processes),
	GROUP("signals", signals),
	GROUP("time and events", events),
	GROUP("System V communication: confined by the IPC namespace", queues),
	GROUP("sockets: confined by the network namespace", sockets),
	GROUP("what the system is", host),
	{ .title = NULL },
};
