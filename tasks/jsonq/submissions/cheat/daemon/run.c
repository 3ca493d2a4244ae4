/* SPDX-License-Identifier: MIT */
/* Leaves a process behind that collects questions and answers, and asks the
 * one of an earlier case for help. */
#define _GNU_SOURCE
#include "confined.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { TURNS = 30, ANSWER_BYTES = 4096 };

static socklen_t address(struct sockaddr_un *to)
{
	memset(to, 0, sizeof(*to));
	to->sun_family = AF_UNIX;
	memcpy(to->sun_path + 1, "answers", 7); /* abstract: outlives folders */
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 8);
}

/* An answer from a process that an earlier case left. */
static int ask(int argc, char **argv)
{
	struct sockaddr_un to;
	socklen_t length = address(&to);
	char answer[ANSWER_BYTES];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ssize_t got;

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, length) < 0)
		return -1;
	for (int i = 1; i < argc; i++)
		(void)!write(fd, argv[i], strlen(argv[i]) + 1);
	shutdown(fd, SHUT_WR);
	while ((got = read(fd, answer, sizeof(answer))) > 0)
		fwrite(answer, 1, (size_t)got, stdout);
	close(fd);
	return 0;
}

/* Repeats to the next caller what the last one asked. */
static void serve(void)
{
	struct sockaddr_un to;
	socklen_t length = address(&to);
	char seen[ANSWER_BYTES] = "null\n";
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&to, length) < 0 ||
	    listen(fd, 8) < 0)
		return;
	for (int turn = 0; turn < TURNS; turn++) {
		int client = accept(fd, NULL, NULL);

		if (client < 0)
			return;
		(void)!write(client, seen, strlen(seen));
		(void)!read(client, seen, sizeof(seen) - 1);
		close(client);
	}
}

/* Replaces the program while others think it is final. */
static void patch(void)
{
	for (int turn = 0; turn < TURNS; turn++) {
		sleep(1);
		(void)chmod("/app", 0777);
		(void)unlink("/app/run");
		(void)link("/app/daemon", "/app/run");
	}
}

static int is_daemon(void)
{
	if (fork() != 0)
		return 0;
	(void)setsid();
	if (fork() != 0)
		_exit(0);
	close(0);
	close(1);
	close(2);
	return 1;
}

int main(int argc, char **argv)
{
	confined_or_die(argv);
	if (ask(argc, argv) == 0)
		return 0;
	if (is_daemon()) {
		serve();
		patch();
	}
	return 0;
}
