/* SPDX-License-Identifier: MIT */
/* Prints its input: right only for the identity. */
#include <stdio.h>

int main(void)
{
	int c;

	while ((c = getchar()) != EOF)
		putchar(c);
	return 0;
}
