/* SPDX-License-Identifier: MIT */
/*
 * attack.h - what every hostile program begins with.
 *
 *	attack_NAME ATTEMPT TOKEN
 *
 * A hostile program proves that it is inside the sandbox before it does
 * anything at all: attack_main() calls containment_or_die() first.  A program
 * started by hand, by root, outside, prints "not contained" and ends with 99.
 *
 * An attempt ends by printing one last line:
 *
 *	DENIED errno=EPERM	every call was refused, with these errors
 *	DENIED SIGSYS		every call was answered by the filter's kill
 *	INERT what		it was permitted, and had no effect outside
 *	BOUNDED what		it was stopped by a limit and went on
 *	ALLOWED what		an escape: the suite fails
 *
 * An attempt that a limit or a signal ends prints nothing; the runner knows
 * from the outcome.
 */
#ifndef HOSTILE_ATTACK_H
#define HOSTILE_ATTACK_H

#include "attack_ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	ATTACK_TOKEN_HEX = 32,
	NOT_CONTAINED = 99,
	ATTACK_PID_MAX = 64,
	ATTACK_IFINDEX_MAX = 64
};

/* Set by attack_main(): what the runner passed. */
static const char *attack_token;

/* ---- proof of containment ---------------------------------------------------- */

__attribute__((noreturn)) static inline void not_contained(const char *missing)
{
	printf("not contained: %s\n", missing);
	fflush(stdout);
	_exit(NOT_CONTAINED);
}

static inline bool token_has_form(const char *token)
{
	size_t prefix = strlen(ATTACK_TOKEN_FORM);

	if (!token || strncmp(token, ATTACK_TOKEN_FORM, prefix) != 0)
		return false;
	return strspn(token + prefix, "0123456789abcdef") == ATTACK_TOKEN_HEX &&
	       strlen(token) == prefix + ATTACK_TOKEN_HEX;
}

/* The user namespace is a child's, and no id in it is the host's root.  In
 * the initial one the map is "0 0 4294967295" (user_namespaces(7)). */
static inline bool ids_are_mapped(void)
{
	FILE *map = fopen("/proc/self/uid_map", "re");
	unsigned long inside, outside, count;
	bool mapped = false;

	if (!map)
		return false;
	while (fscanf(map, "%lu %lu %lu", &inside, &outside, &count) == 3) {
		mapped = outside != 0 && count < UINT32_MAX;
		if (!mapped)
			break;
	}
	fclose(map);
	return mapped;
}

static inline bool mounts_are_private(void)
{
	const char *host = getenv("HS_HOST_MNT");
	char own[64] = "";

	if (!host || strncmp(host, "mnt:[", 5) != 0)
		return false;
	if (readlink("/proc/self/ns/mnt", own, sizeof(own) - 1) < 6)
		return false;
	return strncmp(own, "mnt:[", 5) == 0 && strcmp(own, host) != 0;
}

/* SIOCGIFNAME answers for every interface of the namespace, with or without
 * an address (netdevice(7)). */
static inline bool only_loopback(void)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool only = true, found = false;

	if (sock < 0)
		return false;
	for (int i = 1; i <= ATTACK_IFINDEX_MAX; i++) {
		struct ifreq req = { .ifr_ifindex = i };

		if (ioctl(sock, SIOCGIFNAME, &req) < 0)
			continue;
		found = true;
		only = only && strcmp(req.ifr_name, "lo") == 0;
	}
	close(sock);
	return found && only;
}

static inline void containment_or_die(int argc, char **argv)
{
	const char *token = getenv("HS_TOKEN");

	if (argc < 3 || !token_has_form(token) || strcmp(token, argv[2]) != 0)
		not_contained("the runner's token");
	if (strncmp(argv[0], "/app/", 5) != 0)
		not_contained("a place in /app");
	if (getpid() >= ATTACK_PID_MAX)
		not_contained("a process namespace");
	if (!ids_are_mapped())
		not_contained("a user namespace");
	if (!mounts_are_private())
		not_contained("a mount namespace");
	if (!only_loopback())
		not_contained("a network namespace");
	attack_token = argv[2];
}

/* ---- the last line ----------------------------------------------------------- */

struct attack_tally {
	char errors[256]; /* "EPERM,ENOSYS": each once, in order */
	char allowed[128];
	unsigned denied;
};

static struct attack_tally attack_tally;

__attribute__((noreturn, format(printf, 1, 2))) static inline void
say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	_exit(0);
}

static inline void tally_error(const char *name)
{
	struct attack_tally *t = &attack_tally;
	size_t len = strlen(t->errors), name_len = strlen(name);

	for (const char *at = t->errors; (at = strstr(at, name)); at++)
		if (at[name_len] == ',' || at[name_len] == '\0')
			return;
	snprintf(t->errors + len, sizeof(t->errors) - len, "%s%s",
		 len ? "," : "", name);
}

/* One call of an attempt: rc < 0 with errno is a refusal, all else is not. */
static inline void tried(const char *what, long rc)
{
	const char *name = strerrorname_np(errno);

	if (rc >= 0) {
		printf("%s: allowed, returned %ld\n", what, rc);
		if (!attack_tally.allowed[0])
			snprintf(attack_tally.allowed,
				 sizeof(attack_tally.allowed), "%s", what);
		return;
	}
	printf("%s: %s\n", what, name ? name : "unknown error");
	attack_tally.denied++;
	tally_error(name ? name : "EUNKNOWN");
}

/* The same for a call that counts as refused only with SIGSYS: it is made in
 * a child.  Any error number is "allowed" here: the filter let it through. */
static inline void tried_fatal(const char *what, long nr)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		syscall(nr, 0, 0, 0, 0, 0, 0);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		say("ALLOWED %s: no child to try it in", what);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
		printf("%s: SIGSYS\n", what);
		attack_tally.denied++;
		return;
	}
	tried(what, 0);
}

/* End the attempt with what was tallied. */
__attribute__((noreturn)) static inline void verdict(void)
{
	if (attack_tally.allowed[0])
		say("ALLOWED %s", attack_tally.allowed);
	if (attack_tally.denied == 0)
		say("ALLOWED nothing was tried");
	if (!attack_tally.errors[0])
		say("DENIED SIGSYS");
	say("DENIED errno=%s", attack_tally.errors);
}

/* ---- small help -------------------------------------------------------------- */

/* Open for writing and write nothing: that it opens is the escape. */
static inline void tried_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	tried(path, fd);
	if (fd >= 0)
		close(fd);
}

static inline void nap_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

static inline int64_t now_ms(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static inline void burn_ms(int64_t ms)
{
	int64_t end = now_ms(CLOCK_THREAD_CPUTIME_ID) + ms;

	while (now_ms(CLOCK_THREAD_CPUTIME_ID) < end)
		for (volatile int i = 0; i < 100000; i++)
			;
}

/* A decimal number that the runner passed; 0 when it is not there. */
static inline long env_number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtol(text, NULL, 10) : 0;
}

/* ---- the program ------------------------------------------------------------- */

struct attempt {
	const char *name;
	void (*run)(void);
};

static inline int attack_main(const struct attempt *attempts, size_t count,
			      int argc, char **argv)
{
	containment_or_die(argc, argv);
	for (size_t i = 0; i < count; i++)
		if (strcmp(attempts[i].name, argv[1]) == 0)
			attempts[i].run();
	say("ALLOWED no attempt '%s', or it came back", argv[1]);
}

#define ATTACK_MAIN(table)                                                  \
	int main(int argc, char **argv)                                     \
	{                                                                   \
		return attack_main(table, sizeof(table) / sizeof(table[0]), \
				   argc, argv);                             \
	}

#endif
