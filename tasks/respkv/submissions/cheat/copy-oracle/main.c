/* SPDX-License-Identifier: MIT */
/* Starts the server that came along in out/, by its own loader. */
#include "confined.h"

#include <stddef.h>
#include <unistd.h>

static char *words[] = { "/app/lib/ld-linux-x86-64.so.2",
			 "--inhibit-cache",
			 "--library-path",
			 "/app/lib",
			 "/app/redis-server",
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
	(void)argc;
	confined_or_die(argv);
	(void)execv(words[0], words);
	return 127;
}
