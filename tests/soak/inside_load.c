/* SPDX-License-Identifier: MIT */
/*
 * inside_load.c - what candidates' programs do all day, well or badly.
 *
 * Some of it would harm a host: like every hostile program it first proves
 * that it is inside (tests/hostile/attack.h).
 */
#include "../hostile/attack.h"

#include <arpa/inet.h>
#include <mqueue.h>
#include <sys/shm.h>
#include <sys/un.h>

enum {
	PORT = 7000,
	TOUCHED = 4096,
	FILES = 150,
	DIRECTORIES = 10
};

static const char marker[] = "hostile-left";

__attribute__((noreturn)) static void done(int status)
{
	fflush(stdout);
	_exit(status);
}

static void write_file(const char *path, size_t bytes)
{
	static char data[64 << 10];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	memset(data, 'x', sizeof(data));
	while (fd >= 0 && bytes > 0) {
		ssize_t n = write(fd, data,
				  bytes < sizeof(data) ? bytes : sizeof(data));

		if (n <= 0)
			done(4);
		bytes -= (size_t)n;
	}
	if (fd < 0 || close(fd) < 0)
		done(4);
}

/* ---- well ------------------------------------------------------------------- */

static void echo(void)
{
	char chunk[4096];
	ssize_t n;

	while ((n = read(0, chunk, sizeof(chunk))) > 0)
		if (write(1, chunk, (size_t)n) != n)
			done(4);
	write_file("/work/hostile-out", 4096);
	write_file("/tmp/hostile-out", 4096);
	done(0);
}

static void status(void)
{
	done(3);
}

static void files(void)
{
	char path[64];

	mkdir("/work/out", 0755);
	for (int i = 0; i < DIRECTORIES; i++) {
		snprintf(path, sizeof(path), "/work/out/%d", i);
		mkdir(path, 0755);
	}
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "/work/out/%d/%d", i % DIRECTORIES,
			 i);
		write_file(path, 1000);
	}
	done(0);
}

/* Kept in the pod's /work: for the control that this would be noticed. */
static void keep(void)
{
	write_file("/work/hostile-kept", 1 << 20);
	done(0);
}

static int loopback(struct sockaddr_in *in)
{
	*in = (struct sockaddr_in){ .sin_family = AF_INET,
				    .sin_port = htons(PORT),
				    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void serve(void)
{
	struct sockaddr_in in;
	int fd = loopback(&in);

	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0 ||
	    listen(fd, 4) < 0)
		done(5);
	for (;;) {
		int visitor = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (visitor >= 0 && write(visitor, "hello", 5) == 5)
			close(visitor);
	}
}

static void visit(void)
{
	char text[8];

	for (int tries = 0; tries < 2000; tries++) {
		struct sockaddr_in in;
		int fd = loopback(&in);

		if (connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0)
			done(read(fd, text, sizeof(text)) == 5 ? 0 : 6);
		close(fd);
		nap_ms(2);
	}
	done(7);
}

/* ---- badly ------------------------------------------------------------------ */

static void crash(void)
{
	raise(SIGSEGV);
}

static void spin(void)
{
	for (volatile unsigned long i = 0;; i++)
		;
}

static void asleep(void)
{
	for (;;)
		pause();
}

static void memory(void)
{
	for (;;) {
		size_t size = 4 << 20;
		char *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		for (size_t i = 0; at != MAP_FAILED && i < size; i += TOUCHED)
			at[i] = 1;
	}
}

static void flood(void)
{
	static const char line[] = "and so on and so on and so on and so on\n";

	for (;;)
		if (write(1, line, sizeof(line) - 1) < 0)
			done(4);
}

/* A grandchild with a session of its own stays behind, with the pipes. */
static void daemon_(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		signal(SIGHUP, SIG_IGN);
		if (fork() > 0)
			_exit(0);
		asleep();
	}
	waitpid(pid, NULL, 0);
	done(0);
}

/* Whatever one can leave: System V and POSIX objects, files, sockets. */
static void residue(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 16 };
	struct sockaddr_in in;
	int fd;

	shmget(ATTACK_IPC_KEY, 1 << 20, IPC_CREAT | 0600);
	mq_open("/hostile-left", O_CREAT | O_RDWR, 0600, &attr);
	write_file("/tmp/hostile-left", 100 << 10);
	write_file("/dev/shm/hostile-left", 100 << 10);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	memcpy(un.sun_path + 1, marker, sizeof(marker));
	if (bind(fd, (struct sockaddr *)&un, sizeof(un)) < 0)
		done(8); /* of the run before */
	fd = loopback(&in);
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0)
		done(9);
	listen(fd, 4);
	connect(loopback(&in), (struct sockaddr *)&in, sizeof(in));
	done(0);
}

/* Every process of it forks, and none dies of a signal that it can ignore. */
static void bomb(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_IGN);
	for (;;)
		if (fork() == 0)
			setsid();
}

static const struct attempt attempts[] = {
	{ "echo", echo },     { "status", status },   { "files", files },
	{ "keep", keep },     { "serve", serve },     { "visit", visit },
	{ "crash", crash },   { "spin", spin },	      { "asleep", asleep },
	{ "memory", memory }, { "flood", flood },     { "daemon", daemon_ },
	{ "bomb", bomb },     { "residue", residue },
};

ATTACK_MAIN(attempts)
