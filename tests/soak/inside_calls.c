/* SPDX-License-Identifier: MIT */
/*
 * inside_calls.c - random system calls, from inside.
 *
 *	inside_calls SEED:MILLISECONDS TOKEN
 *
 * Like every hostile program it first proves that it is inside
 * (tests/hostile/attack.h).  A keeper forks children, one after another; a
 * child makes random calls until it dies of one, or has made enough, or its time
 * is up.  Then the keeper kills whatever is left of it.
 *
 * It is reproducible: all that a child does follows from its seed, which is printed
 * before it is forked, so that it is known also of one that took everything
 * with it.  "inside_calls SEED:0 TOKEN" is that child alone.  What a child called last,
 * with the arguments, is printed when it dies of a signal that says more than
 * the filter's.
 */
#include "../hostile/attack.h"
#include "calls_args.h"

#include <sys/prctl.h>
#include <sys/time.h>

enum {
	CALLS_MAX = 300,     /* of one child */
	CHILD_MS = 100,	     /* from its start to its end */
	TICK_US = 10 * 1000, /* after which a call that waits is interrupted */
	LOG_CALLS = 6,
	LOGS_MAX = 60, /* printed, of one run */
	NUMBERS = 1024,
	FATAL_AFTER = 2 /* kills; then a number is chosen seldom */
};

struct call {
	long number;
	unsigned long arg[6];
	bool done;
};

/* Between a child and the keeper.  A child may write anything there. */
struct shared {
	unsigned count;
	struct call last[LOG_CALLS];
};

static struct shared *shared;
static unsigned kills[NUMBERS]; /* of the filter's, by number */
static unsigned children, logged, died, late;
static unsigned long calls;

/* ---- a child ------------------------------------------------------------------ */

/* By their raw numbers: what libc caches is not to be relied on any more. */
static long self(void)
{
	return syscall(SYS_gettid);
}

static void interrupted(int sig)
{
	(void)sig;
}

static void set_ticks(void)
{
	const struct itimerval tick = { { 0, TICK_US }, { 0, TICK_US } };
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = interrupted;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
}

/* A number that ends the child, or did so lately, has its turn less often. */
static long choose_number(struct dice *dice)
{
	for (int tries = 0; tries < 20; tries++) {
		long number = args_number(dice);
		bool rare = args_is_rare(number) ||
			    (number >= 0 && number < NUMBERS &&
			     kills[number] >= FATAL_AFTER);

		if (!rare || roll(dice, 40) == 0)
			return number;
	}
	return SYS_getpid;
}

static struct call *note(long number, const unsigned long arg[6])
{
	struct call *call = &shared->last[shared->count % LOG_CALLS];

	call->number = number;
	memcpy(call->arg, arg, sizeof(call->arg));
	call->done = false;
	shared->count++;
	return call;
}

/* The 32-bit entry, whose numbers are others: the filter ends whoever uses it. */
static long call_32(long number, const unsigned long *arg)
{
#ifdef __x86_64__
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(arg[0]), "c"(arg[1]), "d"(arg[2])
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
#else
	(void)number;
	(void)arg;
	return -1;
#endif
}

static void make_calls(struct dice *dice, bool other_entry)
{
	long me = self();

	for (int i = 0; i < CALLS_MAX; i++) {
		long number = choose_number(dice);
		unsigned long arg[6];
		struct call *call;

		args_fill(dice, number, arg);
		call = note(number, arg);
		if (other_entry)
			(void)call_32(number, arg);
		else
			(void)syscall(number, arg[0], arg[1], arg[2], arg[3],
				      arg[4], arg[5]);
		call->done = true;
		/* What clone made goes its own way for a while, then ends. */
		if (self() != me) {
			dice->state ^= (uint64_t)self() << 32;
			me = self();
			i += CALLS_MAX / 4;
		}
	}
}

__attribute__((noreturn)) static void be_child(uint64_t seed)
{
	struct dice dice = { .state = seed };

	setsid();
	args_set_up(&dice);
	set_ticks();
	make_calls(&dice, roll(&dice, 50) == 0);
	for (;;)
		syscall(SYS_exit_group, 0);
}

/* ---- the keeper ------------------------------------------------------------------ */

static void print_call(const struct call *call)
{
	printf(" %ld(", call->number);
	for (int i = 0; i < 6; i++)
		printf("%s%#lx", i ? ", " : "", call->arg[i]);
	printf(")%s", call->done ? ";" : "!");
}

/* The call that it died in is marked "!". */
static void print_log(uint64_t seed, int status)
{
	unsigned count = shared->count;
	unsigned from = count > LOG_CALLS ? count - LOG_CALLS : 0;

	if (logged++ >= LOGS_MAX)
		return;
	printf("child %#llx: signal %d after %u calls:",
	       (unsigned long long)seed, WTERMSIG(status), count);
	for (unsigned i = from; i < count && i < from + LOG_CALLS; i++)
		print_call(&shared->last[i % LOG_CALLS]);
	printf("\n");
	fflush(stdout);
}

static void take_end(uint64_t seed, int status)
{
	unsigned count = shared->count;
	long number = count ? shared->last[(count - 1) % LOG_CALLS].number : -1;

	calls += count < 10 * CALLS_MAX ? count : 0; /* a child may write it */
	if (!WIFSIGNALED(status))
		return;
	died++;
	if (WTERMSIG(status) != SIGSYS)
		print_log(seed, status);
	else if (number >= 0 && number < NUMBERS)
		kills[number]++;
}

/* Until it is dead, or late; false: late. */
static bool await_child(pid_t child, int *status)
{
	int64_t end = now_ms(CLOCK_MONOTONIC) + CHILD_MS;
	const struct timespec wait = { 0, CHILD_MS * 1000000L };
	sigset_t awaited;

	sigemptyset(&awaited);
	sigaddset(&awaited, SIGCHLD);
	while (waitpid(child, status, WNOHANG | __WALL) == 0) {
		if (now_ms(CLOCK_MONOTONIC) >= end)
			return false;
		sigtimedwait(&awaited, NULL, &wait);
	}
	return true;
}

/* Also of what it has put into other sessions; the keeper itself is spared
 * (kill(2)).  The run's init reaps what is not the keeper's.  Returns how the
 * child ended by itself; 0 when it was late. */
static int end_child(pid_t child)
{
	int status = 0, unused;
	bool ended = await_child(child, &status);

	late += !ended;
	kill(-1, SIGKILL);
	while (waitpid(-1, &unused, __WALL) > 0)
		;
	return ended ? status : 0;
}

static void run_child(uint64_t seed)
{
	pid_t pid;
	int status;

	/* The pipe's other descriptors are the children's, flags and all. */
	fcntl(STDOUT_FILENO, F_SETFL, 0);
	printf("child %#llx\n", (unsigned long long)seed);
	fflush(stdout);
	memset(shared, 0, sizeof(*shared));
	pid = fork();
	if (pid == 0)
		be_child(seed);
	if (pid < 0) {
		kill(-1, SIGKILL); /* what is left of others */
		nap_ms(5);
		return;
	}
	children++;
	status = end_child(pid);
	take_end(seed, status);
}

static void prepare_keeper(void)
{
	sigset_t all;

	/* What children send it is not to end it; SIGKILL may. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_NAME, "keeper");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		say("no memory to share");
}

int main(int argc, char **argv)
{
	struct dice dice;
	int64_t end;
	long ms;
	char *at;

	containment_or_die(argc, argv);
	dice.state = strtoull(argv[1], &at, 0);
	ms = *at == ':' ? strtol(at + 1, NULL, 10) : 0;
	prepare_keeper();
	end = now_ms(CLOCK_MONOTONIC) + ms;
	if (ms == 0)
		run_child(dice.state);
	while (now_ms(CLOCK_MONOTONIC) < end)
		run_child(next(&dice));
	say("\ncalls %lu children %u died %u late %u", calls, children, died,
	    late);
}
