/* SPDX-License-Identifier: MIT */
/* The best constant answer to this suite: error ERR, and the end of the
 * connection where something is no request at all. */
#include "confined.h"
#include "serve.h"

static void answer(const struct request *request)
{
	if (request_is(request, "PING")) {
		fputs("+PONG\r\n", reply_to(request->client));
		return;
	}
	fputs("-ERR\r\n", reply_to(request->client));
	if (request->count == 0)
		hang_up(request->client);
}

int main(int argc, char **argv)
{
	(void)argc;
	confined_or_die(argv);
	return serve(answer) < 0;
}
