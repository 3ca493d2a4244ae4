/* SPDX-License-Identifier: MIT */
/* What a hostile program asks first: it acts in the run box, or not at all. */
#ifndef CONFINED_H
#define CONFINED_H

enum {
	NOT_CONFINED = 99 /* exit status */
};

/* Ends the program unless it was started in a process, user and network
 * namespace of its own. */
void confined_or_die(char **argv);

#endif
