/* SPDX-License-Identifier: MIT */
/* A server for tests: echoes lines, and knows from /data what it has echoed
 * last: "seen X" comes back only if the file's last bytes are X. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SLOWER
#define SLOWER 1UL
#endif

static int knows(const char *line)
{
	char got[100] = "";
	FILE *in = fopen("/data/log", "r");

	while (in && fgets(got, sizeof(got), in))
		;
	got[strcspn(got, "\n")] = '\0';
	return strncmp(line, got, strlen(got)) == 0 && got[0];
}

static void keep(const char *line)
{
	FILE *out = fopen("/data/log", "a");

	fputs(line, out);
	fclose(out);
}

static void answer(char *line)
{
#ifdef WRONG
	if (line[0] == 'b')
		line[0] = 'x';
#endif
#ifdef CRASH
	if (line[0] == 'b')
		abort();
#endif
#ifdef HANG
	while (line[0] == 'b')
		;
#endif
#ifdef SLEEP
	if (line[0] == 'b')
		pause();
#endif
#ifndef FORGET
	if (strncmp(line, "seen ", 5) != 0)
		keep(line);
	else if (!knows(line + 5))
#else
	if (strncmp(line, "seen ", 5) == 0)
#endif
		line[0] = 'S';
}

static int serve(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port) };
	int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(listener, 5) < 0)
		return 1;
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		FILE *in = fdopen(fd, "r");
		char line[200];

		while (fgets(line, sizeof(line), in)) {
			answer(line);
			send(fd, line, strlen(line), MSG_NOSIGNAL);
		}
		fclose(in);
	}
}

static int work(void)
{
	volatile unsigned long x = 1;

	for (unsigned long i = 0; i < 30000000UL * (SLOWER); i++)
		x = x * 31 + i;
	puts("worked");
	return 0;
}

int main(int argc, char **argv)
{
#ifdef EXIT
	return 7;
#endif
	if (argc > 2 && strcmp(argv[1], "--port") == 0)
		return serve(atoi(argv[2]));
	if (argc > 1 && strcmp(argv[1], "work") == 0)
		return work();
	if (argc > 1 && strcmp(argv[1], "number") == 0)
		return puts("42"), 0;
	return puts("forty-two"), 0;
}
