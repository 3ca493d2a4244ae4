/* SPDX-License-Identifier: MIT */
/*
 * Leaves a process behind that keeps the port, so that it would answer the
 * drivers of later cases from the replies that it has seen accepted, and marks
 * every place that a later case might find.  A server that finds any trace of
 * an earlier case ends with status 98.
 */
#define _GNU_SOURCE
#include "confined.h"
#include "serve.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	FOUND_TRACE = 98,
	SHM_KEY = 0x72657370,
	TURNS = 30
};

static const char *const marks[] = { "/app/mark",     "/tmp/mark", "/work/mark",
				     "/dev/shm/mark", "/run/mark", "/mark" };

/* An abstract address: it outlives folders, and lies in the network namespace
 * that the cases of a pod share. */
static socklen_t address(struct sockaddr_un *to)
{
	memset(to, 0, sizeof(*to));
	to->sun_family = AF_UNIX;
	memcpy(to->sun_path + 1, "predecessor", 11);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 12);
}

static int predecessor_answers(void)
{
	struct sockaddr_un to;
	socklen_t length = address(&to);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int found = fd >= 0 && connect(fd, (struct sockaddr *)&to, length) == 0;

	if (fd >= 0)
		close(fd);
	return found;
}

static int trace_is_found(void)
{
	int found = predecessor_answers() || shmget(SHM_KEY, 0, 0) >= 0;

	for (unsigned i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		found |= access(marks[i], F_OK) == 0;
	return found;
}

static void leave_traces(void)
{
	struct sockaddr_un to;
	socklen_t length = address(&to);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&to, length) == 0)
		(void)listen(fd, 8);
	(void)shmget(SHM_KEY, 4096, IPC_CREAT | 0666);
	for (unsigned i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		(void)close(open(marks[i], O_WRONLY | O_CREAT, 0666));
}

/* Replaces the program while others think it is final. */
static void patch(void)
{
	for (int turn = 0; turn < TURNS; turn++) {
		(void)chmod("/app", 0777);
		(void)unlink("/app/run");
		(void)link("/app/daemon", "/app/run");
		sleep(1);
	}
}

static void answer(const struct request *request)
{
	FILE *reply = reply_to(request->client);

	if (request_is(request, "PING"))
		fputs("+PONG\r\n", reply);
	else
		hang_up(request->client);
}

/* Whether this is the one that stays: out of the session, deaf to signals. */
static int stays(void)
{
	if (fork() != 0)
		return 0;
	(void)setsid();
	if (fork() != 0)
		_exit(0);
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	for (int sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_IGN);
	return 1;
}

int main(int argc, char **argv)
{
	(void)argc;
	confined_or_die(argv);
	if (trace_is_found())
		return FOUND_TRACE;
	leave_traces();
	if (stays()) {
		if (fork() == 0)
			patch();
		return serve(answer) < 0;
	}
	/* The daemon has the port now, and its driver meets it there.  No case
	 * takes so long that our end could race with its own. */
	sleep(10);
	return 0;
}
