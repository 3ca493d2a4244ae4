/* SPDX-License-Identifier: MIT */
/* Load that a neighbour shall not pay for, and clocks that lie to their own
 * process alone. */
#include "attack_rights.h"

#include <linux/membarrier.h>
#include <pthread.h>

#define MIB (1024L * 1024)

enum {
	LOADERS = 4,
	CACHE_MIB = 12, /* of each */
	LINE = 64
};

/* ---- 81: until the CPU time limit ------------------------------------------------ */

__attribute__((noreturn)) static void in_processes(void (*load)(void))
{
	for (int i = 1; i < LOADERS; i++)
		if (fork() == 0)
			load();
	load();
	say("ALLOWED the load came to an end");
}

/* Every line of more memory than a cache holds, read and written. */
static void sweep_memory(void)
{
	const long size = CACHE_MIB * MIB;
	char *all = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (all == MAP_FAILED)
		say("ALLOWED nothing: %s", strerror(errno));
	for (;;)
		for (long at = 0; at < size; at += LINE)
			++*(volatile char *)(all + at);
}

static void caches(void)
{
	in_processes(sweep_memory);
}

static void *barriers(void *arg)
{
	for (;;)
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0);
	return arg;
}

/* Each unmapping, with threads on other processors, interrupts those. */
static void *unmappings(void *arg)
{
	for (;;) {
		char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			continue;
		*(volatile char *)p = 1;
		munmap(p, 4096);
	}
	return arg;
}

static void interrupts(void)
{
	pthread_t thread;

	syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0);
	if (pthread_create(&thread, NULL, barriers, NULL) != 0 ||
	    pthread_create(&thread, NULL, unmappings, NULL) != 0)
		say("ALLOWED nothing: no threads");
	unmappings(NULL);
}

/* What the kernel has one lock for, or did once: names, processes, sockets in
 * flight, pipes. */
static void use_locks(void)
{
	char one[64], two[64];
	int pair[2], p[2];

	snprintf(one, sizeof(one), "/tmp/hostile-%d-one", getpid());
	snprintf(two, sizeof(two), "/tmp/hostile-%d-two", getpid());
	for (;;) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		close(open(one, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		rename(one, two);
		unlink(two);
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0) {
			close(pair[0]);
			close(pair[1]);
		}
		if (pipe(p) == 0) {
			close(p[0]);
			close(p[1]);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

static void locks(void)
{
	in_processes(use_locks);
}

/* ---- 97: LD_PRELOAD --------------------------------------------------------------- */

static const char preload_source[] =
	"#define _GNU_SOURCE\n"
	"#include <sys/syscall.h>\n"
	"#include <sys/time.h>\n"
	"#include <time.h>\n"
	"#include <unistd.h>\n"
	"int clock_gettime(clockid_t clock, struct timespec *ts)\n"
	"{\n"
	"	static struct timespec first;\n"
	"	long ns, rc = syscall(SYS_clock_gettime, clock, ts);\n"
	"	if (!first.tv_sec)\n"
	"		first = *ts;\n"
	"	ns = (ts->tv_sec - first.tv_sec) * 1000000000 +\n"
	"		ts->tv_nsec - first.tv_nsec;\n"
	"	ts->tv_sec = first.tv_sec + ns / 1000000 * FACTOR;\n"
	"	ts->tv_nsec = 0;\n"
	"	return rc;\n"
	"}\n"
	"clock_t clock(void) { return 0; }\n"
	"time_t time(time_t *t) { return t ? *t = 1 : 1; }\n";

static const char main_source[] =
	"#include <stdio.h>\n"
	"#include <time.h>\n"
	"static long now(void)\n"
	"{\n"
	"	struct timespec ts;\n"
	"	clock_gettime(CLOCK_MONOTONIC, &ts);\n"
	"	return ts.tv_sec;\n"
	"}\n"
	"int main(void)\n"
	"{\n"
	"	long begun = now();\n"
	"	while (now() - begun < 300)\n"
	"		for (volatile int i = 0; i < 100000; i++)\n"
	"			;\n"
	"	return 0;\n"
	"}\n";

/* A clock that runs factor seconds in a millisecond; 0: it stands still. */
static int run_with_clock(int factor)
{
	char define[32];
	char *env[] = { (char *)"PATH=/usr/bin:/bin", NULL };
	char *faked[] = { (char *)"LD_PRELOAD=/work/hostile-clock.so", NULL };
	char *library[] = { (char *)"/usr/bin/cc",
			    define,
			    (char *)"-shared",
			    (char *)"-fPIC",
			    (char *)"-o",
			    (char *)"/work/hostile-clock.so",
			    (char *)"/work/hostile-clock.c",
			    NULL };
	char *program[] = { (char *)"/usr/bin/cc", (char *)"-o",
			    (char *)"/work/hostile-main",
			    (char *)"/work/hostile-main.c", NULL };
	char *argv[] = { (char *)"/work/hostile-main", NULL };

	snprintf(define, sizeof(define), "-DFACTOR=%d", factor);
	put_file("/work/hostile-clock.c", preload_source, 0644);
	put_file("/work/hostile-main.c", main_source, 0644);
	if (run_program(library, env) != 0 || run_program(program, env) != 0)
		say("ALLOWED nothing: no preload could be built");
	return run_program(argv, faked);
}

static void clock_stands(void)
{
	say("ALLOWED it ended with %d", run_with_clock(0));
}

/* It believes that 300 seconds passed. */
static void clock_runs(void)
{
	int64_t begun = now_ms(CLOCK_MONOTONIC);
	int status = run_with_clock(1);

	if (status != 0)
		say("ALLOWED nothing: it ended with %d", status);
	say("INERT its clock ran 300 s in %lld ms",
	    (long long)(now_ms(CLOCK_MONOTONIC) - begun));
}

static const struct attempt attempts[] = {
	{ "caches", caches },	      { "interrupts", interrupts },
	{ "locks", locks },	      { "clock_stands", clock_stands },
	{ "clock_runs", clock_runs },
};

ATTACK_MAIN(attempts)
