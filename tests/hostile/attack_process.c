/* SPDX-License-Identifier: MIT */
/* Attempts with many processes, and with time: bombs, zombies, hangs, CPU. */
#include "attack.h"

#include <pthread.h>
#include <sys/resource.h>

/* Each child goes on forking: the classic. */
static void fork_bomb(void)
{
	for (;;)
		fork();
}

static void vfork_bomb(void)
{
	for (;;) {
		pid_t pid = vfork();

		if (pid == 0)
			execl("/app/attack_process", "/app/attack_process",
			      "vfork_bomb", attack_token, NULL);
		if (pid == 0)
			_exit(0);
	}
}

static void *thread_forever(void *arg)
{
	pause();
	return arg;
}

static void thread_bomb(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	for (;;)
		(void)pthread_create(&thread, &attr, thread_forever, NULL);
}

/* Every child leaves its session and ignores what it can ignore. */
static void setsid_bomb(void)
{
	for (;;) {
		pid_t pid = fork();

		if (pid != 0)
			continue;
		setsid();
		signal(SIGCHLD, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		signal(SIGINT, SIG_IGN);
	}
}

static void *burn_forever(void *arg)
{
	for (;;)
		burn_ms(1000);
	return arg;
}

/* On all cores: the sum counts, so the limit comes sooner by the clock. */
static void burn_all_cores(void)
{
	pthread_t thread;

	for (int i = 0; i < 3; i++)
		(void)pthread_create(&thread, NULL, burn_forever, NULL);
	burn_forever(NULL);
}

/* CPU time of grandchildren that nobody waits for is in no rusage. */
static void burn_hidden(void)
{
	int p[2];
	char byte;

	if (pipe(p) < 0)
		say("ALLOWED nothing: no pipe");
	signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < 3; i++) {
		if (fork() != 0)
			continue;
		if (fork() != 0)
			_exit(0);
		close(p[0]);
		burn_ms(200);
		_exit(0);
	}
	close(p[1]);
	(void)!read(p[0], &byte, 1);
	say("INERT 600 ms were burnt by grandchildren");
}

static void sleep_forever(void)
{
	for (;;)
		pause();
}

static void blocked_read(void)
{
	char byte;
	int p[2];

	if (pipe(p) < 0)
		say("ALLOWED nothing: no pipe");
	(void)!read(p[0], &byte, 1);
	say("ALLOWED the read came back");
}

/* Stopped, not dead: whoever waits with WUNTRACED, or without, must not hang. */
static void stop_self(void)
{
	raise(SIGSTOP);
	say("ALLOWED it was continued");
}

static void stop_group(void)
{
	for (int i = 0; i < 4; i++)
		if (fork() == 0)
			sleep_forever();
	kill(0, SIGSTOP);
	say("ALLOWED it was continued");
}

static void raise_limits(void)
{
	static const struct {
		int resource;
		const char *name;
	} list[] = {
		{ RLIMIT_NOFILE, "NOFILE" },
		{ RLIMIT_FSIZE, "FSIZE" },
		{ RLIMIT_MEMLOCK, "MEMLOCK" },
		{ RLIMIT_NICE, "NICE" },
		{ RLIMIT_RTPRIO, "RTPRIO" },
		{ RLIMIT_MSGQUEUE, "MSGQUEUE" },
		{ RLIMIT_SIGPENDING, "SIGPENDING" },
	};
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	const struct rlimit second = { 1, 1 };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct rlimit now;

		getrlimit(list[i].resource, &now);
		if (now.rlim_max == RLIM_INFINITY)
			say("ALLOWED RLIMIT_%s is unlimited", list[i].name);
		tried(list[i].name, setrlimit(list[i].resource, &all));
	}
	tried("prlimit(1)", prlimit(1, RLIMIT_NOFILE, &all, NULL));
	tried("prlimit(1), less", prlimit(1, RLIMIT_CPU, &second, NULL));
	verdict();
}

/* The child borrows the parent's memory and never lets go (vfork(2)). */
static void vfork_hang(void)
{
	if (vfork() == 0)
		for (;;)
			pause();
	say("ALLOWED the parent went on");
}

static void main_thread_leaves(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, thread_forever, NULL) != 0)
		say("ALLOWED nothing: no thread");
	pthread_exit(NULL);
}

/* Dead and not waited for: each still holds a place. */
static void zombie_farm(void)
{
	long made = 0;

	for (; made < 100000; made++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		if (pid < 0)
			break;
	}
	if (made == 100000)
		say("ALLOWED 100000 zombies");
	say("BOUNDED zombies: %s after %ld", strerror(errno), made);
}

/* Queued signals and timers are bounded by RLIMIT_SIGPENDING. */
static void timer_storm(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGRTMIN };
	union sigval value = { .sival_int = 1 };
	long timers = 0, queued = 0;
	sigset_t set;
	timer_t timer;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	while (queued < 1000000 && sigqueue(getpid(), SIGRTMIN + 1, value) == 0)
		queued++;
	while (timers < 1000000 &&
	       timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
		timers++;
	if (timers == 1000000 || queued == 1000000)
		say("ALLOWED %ld timers and %ld signals", timers, queued);
	say("BOUNDED %ld timers and %ld signals", timers, queued);
}

static const struct attempt attempts[] = {
	{ "fork_bomb", fork_bomb },
	{ "vfork_bomb", vfork_bomb },
	{ "thread_bomb", thread_bomb },
	{ "setsid_bomb", setsid_bomb },
	{ "burn_all_cores", burn_all_cores },
	{ "burn_hidden", burn_hidden },
	{ "sleep_forever", sleep_forever },
	{ "blocked_read", blocked_read },
	{ "stop_self", stop_self },
	{ "stop_group", stop_group },
	{ "raise_limits", raise_limits },
	{ "vfork_hang", vfork_hang },
	{ "main_thread_leaves", main_thread_leaves },
	{ "zombie_farm", zombie_farm },
	{ "timer_storm", timer_storm },
};

ATTACK_MAIN(attempts)
