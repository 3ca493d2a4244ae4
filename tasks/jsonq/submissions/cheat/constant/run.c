/* SPDX-License-Identifier: MIT */
/* The best constant answer to this suite: no output and status 3, which is
 * right wherever a filter cannot be compiled. */
#include "confined.h"

int main(int argc, char **argv)
{
	(void)argc;
	confined_or_die(argv);
	return 3;
}
