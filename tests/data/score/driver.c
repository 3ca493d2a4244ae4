/* SPDX-License-Identifier: MIT */
/* A driver for tests: sends each line of its script, and wants it back. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	PORT = 6400,
	TRIES = 300
};

static int dial(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(PORT) };
	struct timeval wait = { 1, 0 };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < TRIES; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
		if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
			return fd;
		close(fd);
		usleep(10000);
	}
	return -1;
}

/* 1: it came back; 0: it did not; -1: nothing came in time. */
static int echo(int fd, const char *line)
{
	char got[200] = "";
	size_t len = strlen(line), n = 0;

	if (send(fd, line, len, MSG_NOSIGNAL) < 0)
		return 0;
	while (n < len) {
		ssize_t more = recv(fd, got + n, len - n, 0);

		if (more < 0)
			return -1;
		if (more == 0)
			return 0;
		n += (size_t)more;
	}
	return memcmp(got, line, len) == 0;
}

int main(void)
{
	char lines[20][100];
	int count = 0, failed = 0, fd = dial();

	if (fd < 0)
		return 3;
	while (count < 20 && fgets(lines[count], sizeof(lines[0]), stdin))
		count++;
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		int ok = echo(fd, lines[i]);

		if (ok < 0)
			return 3;
		printf("%sok %d - %s", ok ? "" : "not ", i + 1, lines[i]);
		failed |= !ok;
	}
	return failed;
}
