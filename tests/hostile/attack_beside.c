/* SPDX-License-Identifier: MIT */
/* A candidate beside a driver that is alive: the two share the pod's loopback,
 * and should share nothing else. */
#include "attack.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/un.h>

enum {
	PORT = 4243,
	LIVES_MS = 1200,
	LANDLOCK_SCOPES = 6 /* the ABI that has them, Linux 6.12 */
};

static const char name[] = "hostile-driver";

static socklen_t abstract_address(struct sockaddr_un *un)
{
	*un = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(un->sun_path + 1, name, sizeof(name) - 1);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			   sizeof(name));
}

static struct sockaddr_in loopback(void)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(PORT),
				     .sin_addr = { htonl(INADDR_LOOPBACK) } };
}

/* ---- the driver ------------------------------------------------------------------- */

static volatile sig_atomic_t signalled;

static void note(int sig)
{
	signalled = sig;
}

static void wait_for_nobody(void)
{
	struct sockaddr_in in = loopback();
	struct sockaddr_un un;
	socklen_t len = abstract_address(&un);
	int stream = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int port = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct pollfd polled = { .fd = stream, .events = POLLIN };
	int64_t end = now_ms(CLOCK_MONOTONIC) + LIVES_MS, left;

	for (int sig = 1; sig < SIGRTMAX; sig++)
		signal(sig, note);
	/* The port last: who can connect to it knows that the rest is there. */
	if (bind(stream, (struct sockaddr *)&un, len) < 0 ||
	    listen(stream, 4) < 0 ||
	    bind(port, (struct sockaddr *)&in, sizeof(in)) < 0 ||
	    listen(port, 4) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	while ((left = end - now_ms(CLOCK_MONOTONIC)) > 0)
		if (poll(&polled, 1, (int)left) > 0)
			say("ALLOWED a visitor on the driver's socket");
	if (signalled)
		say("ALLOWED the driver got signal %d", (int)signalled);
	say("INERT nobody came");
}

/* ---- the candidate ------------------------------------------------------------------ */

static void until_driver_listens(void)
{
	struct sockaddr_in in = loopback();
	int64_t end = now_ms(CLOCK_MONOTONIC) + 5 * LIVES_MS;

	while (now_ms(CLOCK_MONOTONIC) < end) {
		int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		int rc = connect(sock, (struct sockaddr *)&in, sizeof(in));

		close(sock);
		if (rc == 0)
			return;
		nap_ms(5);
	}
	say("ALLOWED nothing: the driver did not listen");
}

static void find_processes(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		long pid = strtol(entry->d_name, NULL, 10);

		if (pid > 0 && pid != getpid() && pid != getppid())
			say("ALLOWED process %ld is here", pid);
	}
	if (proc)
		closedir(proc);
}

/* An abstract name belongs to the network namespace, which both have; Landlock
 * keeps them apart where the kernel has scopes. */
static void visit_driver(void)
{
	struct sockaddr_un un;
	socklen_t len = abstract_address(&un);
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	until_driver_listens();
	find_processes();
	(void)kill(-1, SIGTERM);
	if (env_number("HS_LANDLOCK") < LANDLOCK_SCOPES)
		say("INERT this kernel cannot keep abstract sockets apart");
	tried("the driver's abstract socket",
	      connect(sock, (struct sockaddr *)&un, len));
	verdict();
}

static const struct attempt attempts[] = {
	{ "wait_for_nobody", wait_for_nobody },
	{ "visit_driver", visit_driver },
};

ATTACK_MAIN(attempts)
