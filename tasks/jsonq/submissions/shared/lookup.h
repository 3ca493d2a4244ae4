/* SPDX-License-Identifier: MIT */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <stddef.h>

/* What the program was given. */
struct question {
	int argc;
	char **argv; /* without the program's name */
	const char *input;
	size_t input_count;
};

/* Looks through case lines; prints the answer and returns its exit status, or
 * returns -1 if no line asks this question. */
int lookup(const char *lines, size_t count, const struct question *question);

/* Reads all of a file or descriptor; NULL if it cannot be read. */
char *slurp(int fd, size_t max, size_t *ret_count);

#endif
