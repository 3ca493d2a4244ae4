/* SPDX-License-Identifier: MIT */
/* Attempts on what the host has one of, for all pods together: its counts, its
 * disks, its huge pages, the modules of its kernel. */
#include "attack.h"

#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/random.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/xattr.h>

enum {
	HOLDERS = 24,
	HOLD_MS = 600, /* the neighbour's job is a fraction of that */
	SENDS_MAX = 4000,
	FDS_AT_ONCE = 250
};

#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif
#ifndef PR_SET_IO_FLUSHER
#define PR_SET_IO_FLUSHER 57
#endif
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#endif

enum {
	SET_MEMORY_MERGE = 67 /* PR_SET_MEMORY_MERGE, Linux 6.4 */
};

/* In many processes at once, each as much as it can get, for a moment. */
static void in_holders(long (*hold)(void), const char *what)
{
	long sum = 0, one;
	int p[2];

	if (pipe(p) < 0)
		say("ALLOWED nothing: no pipe");
	for (int i = 0; i < HOLDERS; i++) {
		if (fork() != 0)
			continue;
		one = hold();
		(void)!write(p[1], &one, sizeof(one));
		nap_ms(HOLD_MS);
		_exit(0);
	}
	close(p[1]);
	while (read(p[0], &one, sizeof(one)) == (ssize_t)sizeof(one))
		sum += one;
	if (sum == 0)
		say("ALLOWED nothing: no %s could be had", what);
	say("BOUNDED %ld %s at a time", sum, what);
}

/* ---- counts ------------------------------------------------------------------------ */

/* fs.aio-max-nr is one number for the whole host. */
static void aio(void)
{
	aio_context_t context = 0;

	tried("io_setup(1)", syscall(SYS_io_setup, 1, &context));
	context = 0;
	tried("io_setup(30000)", syscall(SYS_io_setup, 30000, &context));
	tried("io_submit", syscall(SYS_io_submit, context, 0, NULL));
	verdict();
}

static long hold_watchers(void)
{
	long made = 0;

	while (inotify_init1(IN_CLOEXEC) >= 0)
		made++;
	return made;
}

/* fs.inotify.max_user_instances counts for who owns the pod, too. */
static void inotify_holders(void)
{
	in_holders(hold_watchers, "inotify instances");
}

/* Each message holds descriptors that no process has any more; the sockets
 * that hold the messages are in flight themselves, in a circle. */
static long hold_flights(void)
{
	static int fds[FDS_AT_ONCE];
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(fds))];
	} control;
	char byte = 'x';
	struct iovec iov = { &byte, 1 };
	long sent = 0;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair) < 0)
		return 0;
	for (int i = 0; i < FDS_AT_ONCE; i++)
		fds[i] = pair[i & 1];
	for (; sent < SENDS_MAX; sent++) {
		struct msghdr msg = { .msg_iov = &iov,
				      .msg_iovlen = 1,
				      .msg_control = control.bytes,
				      .msg_controllen = sizeof(control) };
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(fds));
		memcpy(CMSG_DATA(c), fds, sizeof(fds));
		if (sendmsg(pair[0], &msg, 0) < 0)
			break;
	}
	return sent * FDS_AT_ONCE;
}

static void flights(void)
{
	in_holders(hold_flights, "descriptors in flight");
}

/* Sockets that are held by nothing but messages in each other: garbage, which
 * the kernel collects for everybody at once. */
static void garbage(void)
{
	long made = 0;

	for (; made < 3000; made++) {
		union {
			struct cmsghdr align;
			char bytes[CMSG_SPACE(2 * sizeof(int))];
		} control = { .bytes = "" };
		char byte = 'x';
		struct iovec iov = { &byte, 1 };
		struct msghdr msg = { .msg_iov = &iov,
				      .msg_iovlen = 1,
				      .msg_control = control.bytes,
				      .msg_controllen = sizeof(control) };
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		int pair[2], rc;

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
			break;
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(pair));
		memcpy(CMSG_DATA(c), pair, sizeof(pair));
		rc = (int)sendmsg(pair[0], &msg, 0);
		close(pair[0]);
		close(pair[1]);
		if (rc < 0)
			break;
	}
	if (made == 0)
		say("ALLOWED nothing: no message was sent");
	say("BOUNDED %ld pairs of sockets in each other", made);
}

static long hold_pipes(void)
{
	long pages = 0;
	int p[2];

	while (pipe(p) == 0) {
		int size = fcntl(p[1], F_SETPIPE_SZ, 1 << 20);

		pages += (size > 0 ? size : 1 << 16) / 4096;
	}
	return pages;
}

/* fs.pipe-user-pages-soft counts capacity, full or not. */
static void pipes(void)
{
	in_holders(hold_pipes, "pages of pipes");
}

/* ---- disks and memory --------------------------------------------------------------- */

static int64_t thousand_calls(long one, long two, int fd)
{
	int64_t begun = now_ms(CLOCK_THREAD_CPUTIME_ID);

	for (int i = 0; i < 1000; i++) {
		syscall(one);
		syscall(two, fd);
	}
	return now_ms(CLOCK_THREAD_CPUTIME_ID) - begun;
}

/* Everything inside is in memory.  Calls that did write back the host's disks
 * would take more time than calls that do nothing. */
static void sync_disks(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int64_t idle = thousand_calls(SYS_getppid, SYS_getpgid, 0);
	int64_t took = thousand_calls(SYS_sync, SYS_syncfs, fd);

	if (took > 5 + 3 * idle)
		say("ALLOWED 2000 calls took %lld ms of CPU time, and others "
		    "%lld",
		    (long long)took, (long long)idle);
	say("INERT sync and syncfs do nothing");
}

/* Huge pages belong to a pool of the host's that the memory limit does not
 * count. */
static void huge_pages(void)
{
	const size_t size = 2 << 20;
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	tried("mmap(MAP_HUGETLB)", p == MAP_FAILED ? -1 : 0);
	p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE, -1,
		 0);
	tried("mmap(MAP_HUGETLB, NORESERVE)", p == MAP_FAILED ? -1 : 0);
	tried("memfd_create(MFD_HUGETLB)",
	      memfd_create("hostile", MFD_HUGETLB | MFD_CLOEXEC));
	tried("shmget(SHM_HUGETLB)",
	      shmget(IPC_PRIVATE, size, IPC_CREAT | SHM_HUGETLB | 0600));
	verdict();
}

static void poison_pages(void)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	tried("madvise(MADV_HWPOISON)", madvise(page, 4096, MADV_HWPOISON));
	tried("madvise(MADV_SOFT_OFFLINE)",
	      madvise(page, 4096, MADV_SOFT_OFFLINE));
	/* Merged with equal pages of anybody's: a write tells by its time. */
	tried("madvise(MADV_MERGEABLE)", madvise(page, 4096, MADV_MERGEABLE));
	verdict();
}

/* A value of 64 KiB under each of many names: memory that no size of a file
 * system counts. */
static void attribute_bomb(void)
{
	static char value[65536];
	char name[64], path[64];
	long kept = 0;

	for (long file = 0; file < 64; file++) {
		snprintf(path, sizeof(path), "/tmp/hostile-%ld", file);
		close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		for (long i = 0; i < 64; i++, kept++) {
			snprintf(name, sizeof(name), "user.hostile-%ld", i);
			if (setxattr(path, name, value, sizeof(value), 0) < 0)
				say("BOUNDED attributes: %s after %ld",
				    strerrorname_np(errno), kept);
		}
	}
	say("ALLOWED 256 MiB in attributes");
}

/* ---- modules, sockets, devices --------------------------------------------------------- */

/* inet_create() asks for the module of a protocol on anybody's behalf. */
static void protocols(void)
{
	static const struct {
		const char *name;
		int type, protocol;
	} list[] = {
		{ "SCTP", SOCK_SEQPACKET, 132 },
		{ "SCTP, stream", SOCK_STREAM, 132 },
		{ "DCCP", SOCK_DCCP, 33 },
		{ "DCCP, protocol 0", SOCK_DCCP, 0 },
		{ "MPTCP", SOCK_STREAM, 262 },
		{ "UDP-Lite", SOCK_DGRAM, 136 },
		{ "L2TP", SOCK_DGRAM, 115 },
		{ "SMC", SOCK_STREAM, 256 },
		{ "ICMP", SOCK_DGRAM, IPPROTO_ICMP },
		{ "ICMPv6", SOCK_DGRAM, IPPROTO_ICMPV6 },
		{ "RDM", SOCK_RDM, 0 },
		{ "SEQPACKET", SOCK_SEQPACKET, 0 },
		{ "SOCK_PACKET", SOCK_PACKET, 0 },
		{ "unknown", SOCK_STREAM, 255 },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		tried(list[i].name,
		      socket(AF_INET, list[i].type, list[i].protocol));
		tried(list[i].name,
		      socket(AF_INET6, list[i].type, list[i].protocol));
	}
	verdict();
}

static void tried_option(int sock, const char *name, int level, int option,
			 const void *value, socklen_t size)
{
	tried(name, setsockopt(sock, level, option, value, size));
}

static void socket_options(void)
{
	static char blob[512];
	struct sock_filter accept_all = BPF_STMT(BPF_RET | BPF_K, 0xffff);
	const struct sock_fprog filter = { 1, &accept_all };
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	int pair[2] = { -1, -1 };

#define ONE &one, sizeof(one)
	tried_option(tcp, "SO_RCVBUFFORCE", SOL_SOCKET, SO_RCVBUFFORCE, ONE);
	tried_option(tcp, "SO_SNDBUFFORCE", SOL_SOCKET, SO_SNDBUFFORCE, ONE);
	tried_option(tcp, "SO_DEBUG", SOL_SOCKET, SO_DEBUG, ONE);
	tried_option(tcp, "SO_MARK", SOL_SOCKET, SO_MARK, ONE);
	one = 7;
	tried_option(tcp, "SO_PRIORITY 7", SOL_SOCKET, SO_PRIORITY, ONE);
	one = 1;
	tried_option(tcp, "SO_ATTACH_BPF", SOL_SOCKET, SO_ATTACH_BPF, ONE);
	tried_option(tcp, "SO_ATTACH_FILTER", SOL_SOCKET, SO_ATTACH_FILTER,
		     &filter, sizeof(filter));
	tried_option(tcp, "SO_ATTACH_REUSEPORT_CBPF", SOL_SOCKET,
		     SO_ATTACH_REUSEPORT_CBPF, &filter, sizeof(filter));
	tried_option(tcp, "IP_TRANSPARENT", SOL_IP, IP_TRANSPARENT, ONE);
	tried_option(tcp, "TCP_REPAIR", SOL_TCP, TCP_REPAIR, ONE);
	tried_option(tcp, "TCP_ULP", SOL_TCP, TCP_ULP, "tls", 3);
	tried_option(tcp, "TCP_CONGESTION", SOL_TCP, TCP_CONGESTION, "hostile",
		     7);
	/* IPT_SO_SET_REPLACE, IP6T_SO_SET_REPLACE: netfilter's tables. */
	tried_option(tcp, "IPT_SO_SET_REPLACE", SOL_IP, 64, blob, sizeof(blob));
	tried_option(tcp, "ARPT_SO_SET_REPLACE", SOL_IP, 96, blob,
		     sizeof(blob));
#undef ONE
	(void)socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	tried("send(MSG_OOB)", send(pair[0], "x", 1, MSG_OOB));
	verdict();
}

/* The file systems are ours and in memory: a call that got through would stop
 * or trim nothing else. */
static void ioctls(void)
{
	int random = open("/dev/random", O_RDWR | O_CLOEXEC);
	int file =
		open("/work/hostile-file", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	struct fstrim_range range = { .len = 4096 };
	int flags = FS_IMMUTABLE_FL, count = 0;
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char pool[64] = "", key[256] = "";

	if (random < 0 || file < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	tried("RNDADDTOENTCNT", ioctl(random, RNDADDTOENTCNT, &count));
	tried("RNDADDENTROPY", ioctl(random, RNDADDENTROPY, pool));
	tried("RNDZAPENTCNT", ioctl(random, RNDZAPENTCNT));
	tried("RNDCLEARPOOL", ioctl(random, RNDCLEARPOOL));
	tried("RNDGETPOOL", ioctl(random, RNDGETPOOL, pool));
	tried("FS_IOC_SETFLAGS, immutable",
	      ioctl(file, FS_IOC_SETFLAGS, &flags));
	tried("FIFREEZE", ioctl(file, FIFREEZE, 0));
	tried("FITRIM", ioctl(file, FITRIM, &range));
	tried("FIBMAP", ioctl(file, FIBMAP, &count));
	tried("FS_IOC_ADD_ENCRYPTION_KEY",
	      ioctl(file, FS_IOC_ADD_ENCRYPTION_KEY, key));
	/* Two of these load a module for whoever asks. */
	tried("SIOCBRADDBR", ioctl(sock, SIOCBRADDBR, "hostile"));
	tried("SIOCGIFVLAN", ioctl(sock, SIOCGIFVLAN, key));
	tried("SIOCGSKNS", ioctl(sock, SIOCGSKNS));
	verdict();
}

/* ---- time of processors ------------------------------------------------------------------ */

struct scheduling {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

static void scheduling(void)
{
	struct scheduling a = { .size = sizeof(a),
				.policy = SCHED_DEADLINE,
				.runtime = 9000000,
				.deadline = 10000000,
				.period = 10000000 };

	tried("SCHED_DEADLINE", syscall(SYS_sched_setattr, 0, &a, 0));
	a = (struct scheduling){ .size = sizeof(a), .nice = -20 };
	tried("sched_setattr(nice -20)", syscall(SYS_sched_setattr, 0, &a, 0));
	tried("setpriority(group, -5)", setpriority(PRIO_PGRP, 0, -5));
	tried("ioprio_set(user, RT)", syscall(SYS_ioprio_set, 3, 0, 1 << 13));
	verdict();
}

static void process_controls(void)
{
	tried("PR_SET_IO_FLUSHER", prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0));
	tried("PR_SET_MEMORY_MERGE", prctl(SET_MEMORY_MERGE, 1, 0, 0, 0));
	/* Another's core, by init's cookie: SHARE_FROM 1. */
	tried("PR_SCHED_CORE", prctl(PR_SCHED_CORE, 3, 1, 0, 0));
	tried("PR_SET_SECUREBITS", prctl(PR_SET_SECUREBITS, 0x2f, 0, 0, 0));
	tried("PR_CAPBSET_DROP", prctl(PR_CAPBSET_DROP, 0, 0, 0, 0));
	tried("PR_SET_NO_NEW_PRIVS(0)", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	verdict();
}

static const struct attempt attempts[] = {
	{ "aio", aio },
	{ "inotify_holders", inotify_holders },
	{ "flights", flights },
	{ "garbage", garbage },
	{ "pipes", pipes },
	{ "sync_disks", sync_disks },
	{ "huge_pages", huge_pages },
	{ "poison_pages", poison_pages },
	{ "attribute_bomb", attribute_bomb },
	{ "protocols", protocols },
	{ "socket_options", socket_options },
	{ "ioctls", ioctls },
	{ "scheduling", scheduling },
	{ "process_controls", process_controls },
};

ATTACK_MAIN(attempts)
