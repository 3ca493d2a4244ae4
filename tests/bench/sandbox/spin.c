/* SPDX-License-Identifier: MIT */
/* Two processes that do nothing but use CPU time, until somebody ends them.  By
 * themselves they would stop after some ten seconds. */
#include <stdint.h>
#include <unistd.h>

enum {
	TURNS = 1 << 24 /* of 256 steps each */
};

int main(void)
{
	volatile uint64_t at = 0;

	if (fork() < 0)
		return 1;
	for (int turn = 0; turn < TURNS; turn++)
		for (int step = 0; step < 256; step++)
			at = at + 1;
	return 0;
}
