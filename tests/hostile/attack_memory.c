/* SPDX-License-Identifier: MIT */
/* Attempts to use more memory than the limit, in every place that holds some. */
#include "attack.h"

#include <arpa/inet.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/timerfd.h>

#define MIB (1024L * 1024)

enum {
	FDS_MAX = 65536,
	SOCKETS_MIB_MAX = 96, /* three times the limit of the row */
	BACKLOG = 128
};

static void anonymous(void)
{
	for (long used = 0; used < 4096; used++) {
		char *p = mmap(NULL, MIB, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			say("BOUNDED mmap: %s after %ld MiB", strerror(errno),
			    used);
		memset(p, 1, MIB);
	}
	say("ALLOWED 4 GiB of memory");
}

static void memory_file(void)
{
	static char block[MIB];
	int fd = memfd_create("hostile", MFD_CLOEXEC);

	memset(block, 1, sizeof(block));
	for (long used = 0; used < 4096; used++)
		if (write(fd, block, sizeof(block)) < 0)
			say("BOUNDED memfd: %s after %ld MiB", strerror(errno),
			    used);
	say("ALLOWED 4 GiB in a memory file");
}

/* Many memory files, each below the limit of file sizes. */
static void memory_files(void)
{
	static char block[MIB];

	memset(block, 1, sizeof(block));
	for (long used = 0; used < 4096; used++) {
		int fd = memfd_create("hostile", 0);

		if (fd < 0)
			say("BOUNDED memfd: %s after %ld MiB", strerror(errno),
			    used);
		if (write(fd, block, sizeof(block)) < 0)
			say("BOUNDED memfd: %s after %ld MiB", strerror(errno),
			    used);
	}
	say("ALLOWED 4 GiB in memory files");
}

/* System V segments outlive their process, but not the run's namespace. */
static void sysv_shm(void)
{
	for (long used = 0; used < 1024; used++) {
		int id = shmget(used ? IPC_PRIVATE : ATTACK_IPC_KEY, 4 * MIB,
				IPC_CREAT | 0600);
		void *p = id < 0 ? (void *)-1 : shmat(id, NULL, 0);

		if (p == (void *)-1)
			say("BOUNDED shm: %s after %ld x 4 MiB",
			    strerror(errno), used);
		memset(p, 1, 4 * MIB);
		shmdt(p);
	}
	say("ALLOWED 4 GiB in System V segments");
}

static void sysv_others(void)
{
	static struct {
		long type;
		char text[8000];
	} message = { 1, "hostile" };
	long sets = 0, sent = 0;
	int queue = msgget(ATTACK_IPC_KEY, IPC_CREAT | 0600);

	while (sets < 100000 && semget(sets ? IPC_PRIVATE : ATTACK_IPC_KEY,
				       1000, IPC_CREAT | 0600) >= 0)
		sets++;
	printf("sem: %ld sets, then %s\n", sets, strerror(errno));
	while (sent < 100000 &&
	       msgsnd(queue, &message, sizeof(message.text), IPC_NOWAIT) == 0)
		sent++;
	say("BOUNDED msg: %ld messages, sem: %ld sets", sent, sets);
}

static void posix_mq(void)
{
	struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = 8192 };
	char name[32];
	long made = 0;

	for (; made < 100000; made++) {
		snprintf(name, sizeof(name), "/hostile-%ld", made);
		if (mq_open(name, O_CREAT | O_RDWR, 0600, &attr) < 0)
			break;
	}
	if (made == 0) {
		tried("mq_open", -1);
		verdict();
	}
	say("BOUNDED mq: %ld queues, then %s", made, strerror(errno));
}

static void pipe_buffers(void)
{
	static char block[65536];
	long made = 0;
	int p[2];

	for (; made < 10000 && pipe2(p, O_NONBLOCK) == 0; made++) {
		(void)fcntl(p[1], F_SETPIPE_SZ, 1 << 20);
		while (write(p[1], block, sizeof(block)) > 0)
			;
	}
	if (made == 10000)
		say("ALLOWED 10000 full pipes");
	say("BOUNDED pipes: %s after %ld", strerror(errno), made);
}

/* Across processes: descriptors are limited in each, memory in all together. */
static void pipe_buffers_shared(void)
{
	for (int i = 0; i < 24; i++) {
		static char block[65536];
		pid_t pid = fork();
		int p[2];

		if (pid != 0)
			continue;
		while (pipe2(p, O_NONBLOCK) == 0) {
			(void)fcntl(p[1], F_SETPIPE_SZ, 1 << 20);
			while (write(p[1], block, sizeof(block)) > 0)
				;
		}
		pause();
	}
	nap_ms(1000);
	say("BOUNDED pipes of 24 processes");
}

static void kernel_objects(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	long made = 0;

	for (; made < FDS_MAX; made++) {
		int pair[2], timer, poll;

		if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair) <
		    0)
			break;
		while (send(pair[0], &event, sizeof(event), 0) > 0)
			;
		timer = timerfd_create(CLOCK_MONOTONIC, 0);
		poll = epoll_create1(0);
		if (timer < 0 || poll < 0)
			break;
		epoll_ctl(poll, EPOLL_CTL_ADD, timer, &event);
	}
	if (made == FDS_MAX)
		say("ALLOWED %ld rounds of kernel objects", made);
	say("BOUNDED objects: %s after %ld rounds", strerror(errno), made);
}

/* One byte in each 2 MiB: 4 KiB of page table for each 4 KiB of memory. */
/* Bytes that a connection to ourselves holds and nobody reads; -1: no other. */
static long fill_connection(const struct sockaddr_in *to, int listener)
{
	static const char chunk[1 << 16];
	int big = 1 << 30, out = socket(AF_INET, SOCK_STREAM, 0), in;
	long held = 0;
	ssize_t n;

	if (out < 0 ||
	    connect(out, (const struct sockaddr *)to, sizeof(*to)) < 0)
		return -1;
	in = accept(listener, NULL, NULL);
	setsockopt(out, SOL_SOCKET, SO_SNDBUF, &big, sizeof(big));
	setsockopt(in, SOL_SOCKET, SO_RCVBUF, &big, sizeof(big));
	while ((n = send(out, chunk, sizeof(chunk), MSG_DONTWAIT)) > 0)
		held += n;
	return in < 0 ? -1 : held;
}

static void socket_buffers(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	long held = 0, more;

	if (bind(listener, (struct sockaddr *)&at, len) < 0 ||
	    listen(listener, BACKLOG) < 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	while ((more = fill_connection(&at, listener)) >= 0) {
		held += more;
		if (held > SOCKETS_MIB_MAX * MIB)
			say("ALLOWED %ld MiB in sockets", held / MIB);
	}
	say("BOUNDED sockets: %s with %ld MiB", strerror(errno), held / MIB);
}

static void page_tables(void)
{
	const long span = 64L << 30, step = 2 * MIB;

	for (int round = 0; round < 64; round++) {
		char *p = mmap(NULL, (size_t)span, PROT_READ,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
			       0);

		if (p == MAP_FAILED)
			say("BOUNDED mmap: %s", strerror(errno));
		for (long at = 0; at < span; at += step)
			(void)*(volatile char *)(p + at);
	}
	say("ALLOWED page tables for 4 TiB");
}

__attribute__((noinline)) static int recurse(volatile char *above)
{
	volatile char frame[4096];

	frame[0] = above ? above[0] : 1;
	return recurse(frame) + frame[0];
}

static void stack(void)
{
	say("ALLOWED %d levels", recurse(NULL));
}

/* A helper is killed for memory, and the main program says that all is well. */
static void helper_oom(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		anonymous();
	waitpid(pid, &status, 0);
	say("INERT the helper ended with %#x and main goes on", status);
}

/* Files without a name: only descriptors hold them. */
static void deleted_files(void)
{
	static char block[MIB];

	memset(block, 1, sizeof(block));
	for (long used = 0; used < 4096; used++) {
		int fd = open("/tmp/hostile-gone", O_CREAT | O_RDWR, 0600);

		if (fd < 0 || write(fd, block, sizeof(block)) < MIB)
			say("BOUNDED deleted files: %s after %ld MiB",
			    strerror(errno), used);
		unlink("/tmp/hostile-gone");
	}
	say("ALLOWED 4 GiB in deleted files");
}

/* Each failed look-up leaves a negative entry in the kernel's name cache. */
static void negative_names(void)
{
	char name[64];
	int fd;

	for (long i = 0;; i++) {
		snprintf(name, sizeof(name), "/tmp/hostile-no-such-%ld", i);
		fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
	}
}

static const struct attempt attempts[] = {
	{ "anonymous", anonymous },
	{ "memory_file", memory_file },
	{ "memory_files", memory_files },
	{ "sysv_shm", sysv_shm },
	{ "sysv_others", sysv_others },
	{ "posix_mq", posix_mq },
	{ "pipe_buffers", pipe_buffers },
	{ "pipe_buffers_shared", pipe_buffers_shared },
	{ "kernel_objects", kernel_objects },
	{ "socket_buffers", socket_buffers },
	{ "page_tables", page_tables },
	{ "stack", stack },
	{ "helper_oom", helper_oom },
	{ "deleted_files", deleted_files },
	{ "negative_names", negative_names },
};

ATTACK_MAIN(attempts)
