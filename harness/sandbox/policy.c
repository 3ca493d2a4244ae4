/* SPDX-License-Identifier: MIT */
/*
 * The rules.  EPERM where programs expect a refusal; the error of a kernel that
 * was built without it where they fall back (clone3: glibc tries clone only
 * after ENOSYS); death where nobody but an attacker would call.
 *
 * What the policies differ in stands in the second column: *grade* is what a
 * build and a test need, *session* what somebody's workshop needs besides, and
 * *debug* adds what a debugger does to the processes of its own run.
 */
#include "policy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* NOLINTBEGIN(bugprone-macro-parentheses) */
#define RULE(name, who, what, why, ...)                               \
	{                                                             \
		.call = { #name, SYS_##name }, .policies = who, what, \
		.reason = why, .test = {                              \
			__VA_ARGS__                                   \
		}                                                     \
	}
#define ALLOWED		     .action = POLICY_ALLOW
#define FAILS(error_)	     .action = POLICY_ERRNO, .error = error_
#define FAILS_IN_RUN(error_) FAILS(error_), .in_run = true
#define PRETENDED	     .action = POLICY_ERRNO, .error = 0
#define PRETENDED_IN_RUN     PRETENDED, .in_run = true
#define KILLS		     .action = POLICY_KILL

#define TEST(kind_, n, m, v, words)                                           \
	{                                                                     \
		.kind = kind_, .arg = n, .mask = m, .value = v, .text = words \
	}
#define IS(n, v)	     TEST(TEST_IS, n, 0xffffffff, v, "is " #v)
#define IS_NOT(n, v)	     TEST(TEST_NOT, n, 0xffffffff, v, "is not " #v)
#define PART_IS(n, m, v)     TEST(TEST_IS, n, m, v, "& " #m " is " #v)
#define PART_IS_NOT(n, m, v) TEST(TEST_NOT, n, m, v, "& " #m " is not " #v)
#define HAS(n, bits)	     TEST(TEST_NOT, n, bits, 0, "has " #bits)
#define IS_GIVEN(n)	     TEST(TEST_POINTER, n, 0, 0, "is not NULL")
/* NOLINTEND(bugprone-macro-parentheses) */

/* With every policy: refused; as if the kernel had none; deadly. */
#define REFUSE(name, why) RULE(name, FOR_ALL, FAILS(EPERM), why)
#define REFUSE_IF(name, why, ...) \
	RULE(name, FOR_ALL, FAILS(EPERM), why, __VA_ARGS__)
#define REFUSE_IN_RUN(name, why, ...) \
	RULE(name, FOR_ALL, FAILS_IN_RUN(EPERM), why, __VA_ARGS__)
#define ABSENT(name, why) RULE(name, FOR_ALL, FAILS(ENOSYS), why)
#define DEADLY(name, why) RULE(name, FOR_ALL, KILLS, why)
/* With the policy under which a score is made, but not in a session. */
#define GRADE(name, error_, why) RULE(name, FOR_GRADE, FAILS(error_), why)

/* The text is made here: passed on, an option would be a number already. */
/* NOLINTBEGIN(bugprone-macro-parentheses) */
#define PRCTL(option)                              \
	RULE(prctl, FOR_ALL, ALLOWED, own_process, \
	     TEST(TEST_IS, 0, 0xffffffff, option, "is " #option))
#define IOCTL(request)                             \
	RULE(ioctl, FOR_ALL, ALLOWED, plain_ioctl, \
	     TEST(TEST_IS, 1, 0xffffffff, request, "is " #request))
#define SOCKET_OPTION(layer, option, why)                       \
	RULE(setsockopt, FOR_ALL, FAILS(ENOPROTOOPT), why,      \
	     TEST(TEST_IS, 1, 0xffffffff, layer, "is " #layer), \
	     TEST(TEST_IS, 2, 0xffffffff, option, "is " #option))
/* NOLINTEND(bugprone-macro-parentheses) */

enum { /* not in Debian 12's headers, or in one that does not go with others */
	RUN_INIT = 1, /* what a process inside sees */
	PR_SYSCALL_USER_DISPATCH = 59,
	PR_AUXV = 0x41555856,
	SOCK_TYPE_BITS = 0xf /* without SOCK_CLOEXEC and SOCK_NONBLOCK */
};

static const char mounts[] = "the tree of mounts is ours";
static const char spying[] = "other processes are not to be read";
static const char debugger[] =
	"a debugger steers and reads the processes of its own run";
static const char no_namespace[] = "a new namespace is new attack surface";
static const char handles[] = "opens files outside the root";
static const char no_module[] = "code for the kernel";
static const char machine[] = "the machine is not theirs";
static const char ports[] = "input and output ports";
static const char obsolete[] = "obsolete";
static const char disks[] = "the host's disks";
static const char no_clock[] = "the clock is the host's";
static const char name_is_ours[] = "the name is the pod's";
static const char watcher[] = "watches a whole file system";
static const char no_ring[] = "io_uring goes round every rule about calls";
static const char no_keys[] = "keyrings outlive a run";
static const char old_aio[] =
	"events are counted for the whole host (fs.aio-max-nr): one program could "
	"use up everybody's";
static const char no_mqueue[] =
	"a file system of the kernel's own, which no mount and no rule of Landlock "
	"confines";
static const char no_setid[] =
	"no set-user-ID or set-group-ID files; they would be without effect";
static const char no_device[] = "no device nodes";
static const char no_typing[] = "no input for somebody else's terminal";
static const char plain_ioctl[] =
	"terminals, descriptors, sockets, copies of files; a file system's own "
	"requests reach the host's (fscrypt keys outlive a run), those of "
	"bridges and VLANs load modules";
static const char no_numa[] = "memory placement is the host's";
static const char locked[] = "memory that cannot be reclaimed";
static const char flush[] =
	"it waits for every disk of the host, and a pod has none: what it can "
	"write is in memory";
static const char huge_pages[] =
	"the host's pool of huge pages is outside of the memory limit";
static const char own_process[] = "of the caller's own process";
static const char families[] =
	"AF_VSOCK and others are not confined by a network namespace";
static const char transports[] =
	"TCP and UDP; asking for another transport loads its module";
static const char jit[] =
	"filters are compiled to memory that the whole host shares "
	"(net.core.bpf_jit_limit) and no control group counts";
static const char layers[] = "kTLS, ESP: a history of kernel faults";
static const char urgent[] = "urgent data: a history of kernel faults "
			     "(CVE-2025-38236)";
static const char core_limit[] =
	"at 1 the kernel starts no core handler; at 0 it does, as root; who sets it "
	"to 0 (AddressSanitizer, or it gives up) wants no core file, and gets none";
static const char attributes[] =
	"a tree keeps no attributes: what set them would lose them";
static const char watches[] =
	"instances and watches are counted for each user of the host, not for "
	"each pod";
static const char priorities[] = "what is measured runs as it is";

static const struct policy_rule rules[] = {
	DEADLY(kexec_load, no_module),
	DEADLY(kexec_file_load, no_module),
	DEADLY(init_module, no_module),
	DEADLY(finit_module, no_module),
	DEADLY(delete_module, no_module),
	DEADLY(create_module, no_module),
	DEADLY(reboot, machine),
	DEADLY(swapon, machine),
	DEADLY(swapoff, machine),
	DEADLY(iopl, ports),
	DEADLY(ioperm, ports),
	DEADLY(acct, "writes a file of the host's"),
	DEADLY(uselib, obsolete),
	DEADLY(_sysctl, obsolete),
	DEADLY(nfsservctl, obsolete),

	REFUSE_IN_RUN(mount, mounts),
	REFUSE_IN_RUN(umount2, mounts),
	REFUSE(pivot_root, mounts),
	REFUSE(chroot, mounts),
	REFUSE(open_tree, mounts),
	REFUSE_IN_RUN(move_mount, mounts),
	REFUSE_IN_RUN(fsopen, mounts),
	REFUSE_IN_RUN(fsconfig, mounts),
	REFUSE_IN_RUN(fsmount, mounts),
	REFUSE(fspick, mounts),
	REFUSE(mount_setattr, mounts),
	REFUSE(setns, no_namespace),
	REFUSE(unshare, no_namespace),
	REFUSE_IF(clone, no_namespace,
		  HAS(0, CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWUTS |
				 CLONE_NEWCGROUP | CLONE_NEWTIME)),
	REFUSE_IN_RUN(clone, no_namespace,
		      HAS(0, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC)),
	REFUSE(open_by_handle_at, handles),
	REFUSE(name_to_handle_at, handles),
	REFUSE(bpf, no_module),

	RULE(ptrace, FOR_DEBUG, ALLOWED, debugger),
	RULE(process_vm_readv, FOR_DEBUG, ALLOWED, debugger),
	RULE(process_vm_writev, FOR_DEBUG, ALLOWED, debugger),
	REFUSE(ptrace, spying),
	REFUSE(process_vm_readv, spying),
	REFUSE(process_vm_writev, spying),
	REFUSE(process_madvise, spying),
	REFUSE(pidfd_getfd, spying),
	REFUSE(kcmp, spying),
	REFUSE(perf_event_open, spying),

	REFUSE(quotactl, disks),
	REFUSE(quotactl_fd, disks),
	REFUSE(syslog, "the kernel's log tells addresses"),
	REFUSE(adjtimex, no_clock),
	REFUSE(clock_adjtime, no_clock),
	REFUSE(clock_settime, no_clock),
	REFUSE(settimeofday, no_clock),
	REFUSE(sethostname, name_is_ours),
	REFUSE(setdomainname, name_is_ours),
	REFUSE(vhangup, "terminals are the host's"),
	REFUSE(fanotify_init, watcher),
	REFUSE(fanotify_mark, watcher),
	REFUSE(move_pages, no_numa),
	REFUSE(migrate_pages, no_numa),
	REFUSE(mbind, no_numa),
	REFUSE(set_mempolicy, no_numa),
	REFUSE(get_mempolicy, no_numa),
	REFUSE(modify_ldt, "a history of kernel faults"),
	REFUSE(userfaultfd, "stops the kernel in mid-copy"),
	REFUSE(memfd_secret, "memory that nobody can look into"),
	REFUSE(mlockall, locked),
	REFUSE(mlock2, locked),
	REFUSE(vmsplice, "page-cache tricks (CVE-2022-0847's kind)"),

	ABSENT(clone3, "flags behind a pointer; libraries fall back to clone"),
	ABSENT(io_uring_setup, no_ring),
	ABSENT(io_uring_enter, no_ring),
	ABSENT(io_uring_register, no_ring),
	ABSENT(add_key, no_keys),
	ABSENT(request_key, no_keys),
	ABSENT(keyctl, no_keys),
	ABSENT(io_setup, old_aio),
	ABSENT(io_submit, old_aio),
	ABSENT(io_getevents, old_aio),
	ABSENT(io_pgetevents, old_aio),
	ABSENT(io_cancel, old_aio),
	ABSENT(io_destroy, old_aio),
	ABSENT(mq_open, no_mqueue),
	ABSENT(mq_unlink, no_mqueue),
	ABSENT(mq_timedsend, no_mqueue),
	ABSENT(mq_timedreceive, no_mqueue),
	ABSENT(mq_notify, no_mqueue),
	ABSENT(mq_getsetattr, no_mqueue),
	ABSENT(ustat,
	       "tells the free space of any disk of the host, by number"),
	ABSENT(remap_file_pages, obsolete),

	RULE(sync, FOR_ALL, PRETENDED, flush),
	RULE(syncfs, FOR_ALL, PRETENDED, flush),
	RULE(fadvise64, FOR_ALL, PRETENDED,
	     "advice, and this one makes the host's files slow for everybody",
	     IS(3, POSIX_FADV_DONTNEED)),
	RULE(madvise, FOR_ALL, FAILS(EINVAL),
	     "pages merged with others' (KSM) tell what these hold",
	     IS(2, MADV_MERGEABLE)),
	RULE(mmap, FOR_ALL, FAILS(ENOMEM), huge_pages, HAS(3, MAP_HUGETLB)),
	RULE(memfd_create, FOR_ALL, FAILS(ENOMEM), huge_pages,
	     HAS(1, MFD_HUGETLB)),
	RULE(shmget, FOR_ALL, FAILS(ENOMEM), huge_pages, HAS(2, SHM_HUGETLB)),

	RULE(pipe2, FOR_ALL, FAILS(ENOPKG),
	     "watch queues (O_NOTIFICATION_PIPE): a history of kernel faults "
	     "(CVE-2022-0995)",
	     HAS(1, O_EXCL)),

	RULE(personality, FOR_ALL, ALLOWED, "asking", IS(0, 0xffffffff)),
	RULE(personality, FOR_ALL, ALLOWED, "the ordinary ones",
	     IS(0, PER_LINUX)),
	RULE(personality, FOR_ALL, ALLOWED, "the ordinary ones",
	     IS(0, PER_LINUX32)),
	RULE(personality, FOR_DEBUG, ALLOWED, "the same addresses each time",
	     IS(0, ADDR_NO_RANDOMIZE)),

	RULE(socket, FOR_ALL, ALLOWED, "confined by the network namespace",
	     IS(0, AF_UNIX)),
	RULE(socket, FOR_ALL, FAILS(EAFNOSUPPORT), families, IS_NOT(0, AF_INET),
	     IS_NOT(0, AF_INET6)),
	REFUSE_IF(socket, "no packets of one's own making",
		  PART_IS_NOT(1, SOCK_TYPE_BITS, SOCK_STREAM),
		  PART_IS_NOT(1, SOCK_TYPE_BITS, SOCK_DGRAM)),
	RULE(socket, FOR_ALL, ALLOWED, transports, IS(2, 0)),
	RULE(socket, FOR_ALL, ALLOWED, transports, IS(2, IPPROTO_TCP)),
	RULE(socket, FOR_ALL, ALLOWED, transports, IS(2, IPPROTO_UDP)),
	RULE(socket, FOR_ALL, FAILS(EPROTONOSUPPORT), transports),
	RULE(socketpair, FOR_ALL, ALLOWED, "confined by the network namespace",
	     IS(0, AF_UNIX)),
	RULE(socketpair, FOR_ALL, FAILS(EAFNOSUPPORT), families),
	SOCKET_OPTION(SOL_SOCKET, SO_ATTACH_FILTER, jit),
	SOCKET_OPTION(SOL_SOCKET, SO_ATTACH_BPF, jit),
	SOCKET_OPTION(SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, jit),
	SOCKET_OPTION(SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, jit),
	SOCKET_OPTION(IPPROTO_TCP, TCP_ULP, layers),
	SOCKET_OPTION(IPPROTO_UDP, UDP_ENCAP, layers),
	RULE(sendto, FOR_ALL, FAILS(EOPNOTSUPP), urgent, HAS(3, MSG_OOB)),
	RULE(sendmsg, FOR_ALL, FAILS(EOPNOTSUPP), urgent, HAS(2, MSG_OOB)),
	RULE(sendmmsg, FOR_ALL, FAILS(EOPNOTSUPP), urgent, HAS(3, MSG_OOB)),

	REFUSE_IF(ioctl, no_typing, IS(1, TIOCSTI)),
	REFUSE_IF(ioctl, no_typing, IS(1, TIOCLINUX)),
	REFUSE_IF(ioctl, no_typing, IS(1, TIOCSETD)),
	REFUSE_IF(ioctl, no_typing, IS(1, TIOCCONS)),
	RULE(ioctl, FOR_ALL, ALLOWED, plain_ioctl,
	     PART_IS(1, 0xff00, 'T' << 8)),
	RULE(ioctl, FOR_ALL, ALLOWED, plain_ioctl,
	     PART_IS(1, 0xffffffc0, 0x8900)),
	IOCTL(FICLONE),
	IOCTL(FICLONERANGE),
	IOCTL(FS_IOC_GETFLAGS),
	IOCTL(FS_IOC_FIEMAP),
	RULE(ioctl, FOR_ALL, FAILS(ENOTTY), plain_ioctl),

	REFUSE_IF(chmod, no_setid, HAS(1, S_ISUID | S_ISGID)),
	REFUSE_IF(fchmod, no_setid, HAS(1, S_ISUID | S_ISGID)),
	REFUSE_IF(creat, no_setid, HAS(1, S_ISUID | S_ISGID)),
	REFUSE_IF(fchmodat, no_setid, HAS(2, S_ISUID | S_ISGID)),
	REFUSE_IF(mknod, no_device, PART_IS(1, S_IFMT, S_IFCHR)),
	REFUSE_IF(mknod, no_device, PART_IS(1, S_IFMT, S_IFBLK)),
	REFUSE_IF(mknodat, no_device, PART_IS(2, S_IFMT, S_IFCHR)),
	REFUSE_IF(mknodat, no_device, PART_IS(2, S_IFMT, S_IFBLK)),

	REFUSE_IN_RUN(prlimit64,
		      "a run's init without CPU time is a failure of ours; as "
		      "an ordinary user it has the program's id",
		      IS(0, RUN_INIT)),
	REFUSE_IN_RUN(prlimit64, core_limit, IS(1, RLIMIT_CORE), IS_GIVEN(2),
		      IS_GIVEN(3)),
	RULE(prlimit64, FOR_ALL, PRETENDED_IN_RUN, core_limit,
	     IS(1, RLIMIT_CORE), IS_GIVEN(2)),
	RULE(setrlimit, FOR_ALL, PRETENDED_IN_RUN, core_limit,
	     IS(0, RLIMIT_CORE)),

	PRCTL(PR_SET_NAME),
	PRCTL(PR_GET_NAME),
	PRCTL(PR_SET_PDEATHSIG),
	PRCTL(PR_GET_PDEATHSIG),
	PRCTL(PR_SET_DUMPABLE),
	PRCTL(PR_GET_DUMPABLE),
	PRCTL(PR_SET_KEEPCAPS),
	PRCTL(PR_GET_KEEPCAPS),
	PRCTL(PR_GET_SECCOMP),
	PRCTL(PR_CAPBSET_READ),
	PRCTL(PR_CAPBSET_DROP),
	PRCTL(PR_CAP_AMBIENT),
	PRCTL(PR_GET_SECUREBITS),
	PRCTL(PR_SET_TIMERSLACK),
	PRCTL(PR_GET_TIMERSLACK),
	PRCTL(PR_SET_CHILD_SUBREAPER),
	PRCTL(PR_GET_CHILD_SUBREAPER),
	PRCTL(PR_SET_NO_NEW_PRIVS),
	PRCTL(PR_GET_NO_NEW_PRIVS),
	PRCTL(PR_SET_THP_DISABLE),
	PRCTL(PR_GET_THP_DISABLE),
	PRCTL(PR_GET_SPECULATION_CTRL),
	PRCTL(PR_SET_VMA),
	PRCTL(PR_AUXV),
	RULE(prctl, FOR_WORK, ALLOWED, "programs that confine themselves",
	     IS(0, PR_SET_SECCOMP)),
	RULE(prctl, FOR_DEBUG, ALLOWED, debugger, IS(0, PR_SET_PTRACER)),
	REFUSE_IF(prctl, spying, IS(0, PR_SET_MM)),
	REFUSE_IF(prctl, "a second way to make calls",
		  IS(0, PR_SYSCALL_USER_DISPATCH)),
	RULE(prctl, FOR_ALL, FAILS(EINVAL),
	     "the rest, old and new: core scheduling slows neighbours"),

	RULE(seccomp, FOR_GRADE, FAILS_IN_RUN(ENOSYS), jit),
	GRADE(inotify_init, ENOSYS, watches),
	GRADE(inotify_init1, ENOSYS, watches),
	GRADE(inotify_add_watch, ENOSYS, watches),
	GRADE(inotify_rm_watch, ENOSYS, watches),
	GRADE(setxattr, EOPNOTSUPP, attributes),
	GRADE(lsetxattr, EOPNOTSUPP, attributes),
	GRADE(fsetxattr, EOPNOTSUPP, attributes),
	GRADE(removexattr, EOPNOTSUPP, attributes),
	GRADE(lremovexattr, EOPNOTSUPP, attributes),
	GRADE(fremovexattr, EOPNOTSUPP, attributes),
	RULE(setpriority, FOR_GRADE, FAILS_IN_RUN(EPERM), priorities),
	GRADE(ioprio_set, EPERM, priorities),
	GRADE(sched_setscheduler, EPERM, priorities),
	GRADE(sched_setparam, EPERM, priorities),
	GRADE(sched_setattr, EPERM, priorities),

	{ .call = { NULL, 0 } },
};

const struct policy_table policy_table = { policy_groups, rules };
