/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"

static void *or_die(void *memory)
{
	static const char text[] = "fortnight: out of memory\n";

	if (memory)
		return memory;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	abort();
}

void *xcalloc(size_t count, size_t size)
{
	return or_die(calloc(count, size));
}

char *xstrdup(const char *text)
{
	return or_die(strdup(text));
}
