/* SPDX-License-Identifier: MIT */
/*
 * resp - talk to a RESP server as a script says, and print TAP.
 *
 *	run [PORT] <script
 *
 * The script is read whole and parsed before the first connection: a mistake
 * in it is the pack's own (exit 2).  Each line is a command with the reply that
 * is expected, or a directive:
 *
 *	SET k "a b" => +OK
 *	b: BLPOP q 2		(on connection b; the reply is read later)
 *	.settle			(the server has seen it)
 *	RPUSH q "x" => 1
 *	b: => ["q" "x"]
 *
 * README.md has the whole notation.  The plan comes first, as the number of
 * expectations is known; then one line for each of them, whatever happens: if
 * the server cannot be reached any more, the rest is `not ok`.
 *
 * Exit status: 0 all ok; 1 something was not; 2 the script or the call is
 * wrong; 3 the server did not answer in time, and nothing was wrong before.  SIGTERM means that the server
 * is known to have ended: the rest is `not ok` at once.
 */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int read_script(struct buf *script)
{
	static char chunk[64 << 10];
	ssize_t got;

	while ((got = read(STDIN_FILENO, chunk, sizeof(chunk))) > 0)
		if (buf_add(script, chunk, (size_t)got) < 0)
			return -1;
	return got < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	static struct buf text = { .max = SCRIPT_MAX };
	static struct script script;
	static struct conn conns[CONNECTIONS_MAX + 1];
	struct run run = { .script = &script,
			   .conns = conns,
			   .port = argc > 1 ? atoi(argv[1]) : PORT_DEFAULT };
	int status;

	if (run.port < 1 || run.port > 65535) {
		fprintf(stderr, "usage: run [PORT] <script\n");
		return 2;
	}
	if (read_script(&text) < 0) {
		fprintf(stderr, "script: cannot be read, or is too long\n");
		return 2;
	}
	if (script_parse(&script, text.data, text.len) < 0)
		return 2;
	for (size_t i = 0; i <= script.conns; i++) {
		conns[i].fd = -1;
		conns[i].in.max = INPUT_MAX;
		conns[i].out.max = OUTPUT_MAX;
	}
	watch_for_end();
	tap_plan(script.plan);
	status = run_script(&run);
	return fflush(stdout) == 0 ? status : 2;
}
