/* SPDX-License-Identifier: MIT */
/* true(1), linked statically: the smallest program that somebody would write. */

int main(void)
{
	return 0;
}
