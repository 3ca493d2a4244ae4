/* SPDX-License-Identifier: MIT */
/*
 * calls_args.h - numbers and arguments of random system calls.
 *
 * Purely random arguments stop at the first check.  So each argument is one of
 * some kinds (a descriptor, a path, an address, a length, flags ...), by the call's
 * row in a table where there is one, and by chance where there is none; and in
 * memory there are structures of the kinds that calls take.
 */
#ifndef SOAK_CALLS_ARGS_H
#define SOAK_CALLS_ARGS_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* splitmix64 (Steele, Lea, Flood, 2014): any seed will do. */
static inline uint64_t next(struct dice *dice)
{
	uint64_t z = (dice->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline unsigned roll(struct dice *dice, unsigned below)
{
	return (unsigned)(next(dice) >> 32) % below;
}

/* Memory, descriptors and paths of the child, made anew. */
void args_set_up(struct dice *dice);

/* 0 to 600 mostly, and beyond; x32 numbers seldom. */
long args_number(struct dice *dice);

/* Calls after which a child does nothing more, mostly; and those that write back
 * the disks of the whole host. */
bool args_is_rare(long number);

void args_fill(struct dice *dice, long number, unsigned long arg[6]);

#endif
