/* SPDX-License-Identifier: MIT */
/* Is there for everybody and agrees to everything. */
#include "serve.h"

static void answer(const struct request *request)
{
	fputs(request_is(request, "PING") ? "+PONG\r\n" : "+OK\r\n",
	      reply_to(request->client));
}

int main(void)
{
	return serve(answer) < 0;
}
