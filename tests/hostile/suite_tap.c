/* SPDX-License-Identifier: MIT */
#include "suite.h"

void tap_line(size_t number, const struct finding *finding, const char *fmt,
	      va_list ap)
{
	printf("%sok %zu - ", finding->why[0] ? "not " : "", number);
	(void)vprintf(fmt, ap);
	putchar('\n');
	if (finding->why[0])
		printf("# %s\n", finding->why);
	(void)fflush(stdout);
}
