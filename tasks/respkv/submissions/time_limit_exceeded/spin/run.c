/* SPDX-License-Identifier: MIT */
/* Falls silent for ever: over ZINTERCARD it turns, over BZMPOP it waits.  It
 * agrees to the other commands that a case of these begins with, and hangs up
 * on the rest, for the check would wait for every case. */
#include "serve.h"

#include <unistd.h>

static void answer(const struct request *request)
{
	volatile unsigned long turns = 0;

	while (request_is(request, "ZINTERCARD"))
		turns++;
	while (request_is(request, "BZMPOP"))
		pause();
	if (request_is(request, "PING"))
		fputs("+PONG\r\n", reply_to(request->client));
	else if (request->count > 0 && (request->word[0].data[0] | 32) == 'z')
		fputs("+OK\r\n", reply_to(request->client));
	else
		hang_up(request->client);
}

int main(void)
{
	return serve(answer) < 0;
}
