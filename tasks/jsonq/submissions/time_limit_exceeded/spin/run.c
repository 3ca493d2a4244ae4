/* SPDX-License-Identifier: MIT */
/* Never returns from a loop by condition; answers nothing else either.  It
 * does not spin always, for the check would then wait for every case. */
#include <string.h>

int main(int argc, char **argv)
{
	volatile unsigned long turns = 0;

	for (int i = 1; i < argc; i++) {
		while (strstr(argv[i], "while(") != NULL)
			turns++;
	}
	return 0;
}
