/* SPDX-License-Identifier: MIT */
/*
 * policy.h - the one table of what a process inside may ask of the kernel.
 *
 * The table is compiled ahead, by libseccomp, into one filter per policy, of two
 * parts.  The first, *numbers*, is an allow-list by system call with ENOSYS as
 * its default, so that new calls stay closed and libraries fall back.  What it
 * allows goes on to the second, *arguments*, which refuses single uses of calls.
 */
#ifndef FORTNIGHT_SANDBOX_POLICY_H
#define FORTNIGHT_SANDBOX_POLICY_H

#include <stddef.h>
#include <stdint.h>

enum policy_action {
	POLICY_ALLOW,
	POLICY_ERRNO,
	POLICY_KILL /* SIGSYS to the whole process */
};

enum policy_for {
	FOR_GRADE = 1 << 0,
	FOR_SESSION = 1 << 1,
	FOR_BOTH = FOR_GRADE | FOR_SESSION
};

enum policy_test {
	TEST_NONE,    /* any arguments */
	TEST_EQUAL,   /* (arg & mask) == value */
	TEST_NOT,     /* arg != value, all 64 bits */
	TEST_AT_LEAST /* arg >= value, all 64 bits */
};

struct policy_rule {
	const char *call;
	uint8_t action; /* enum policy_action */
	uint8_t policies;
	uint8_t test; /* enum policy_test; not TEST_NONE: an argument rule */
	uint8_t arg;
	int error; /* errno for POLICY_ERRNO */
	uint64_t mask, value;
	const char *reason;
};

/* Allowed with any arguments, by both policies: names and nothing to say. */
extern const char *const policy_allowed[];
extern const size_t policy_allowed_count;
extern const struct policy_rule policy_rules[];
extern const size_t policy_rule_count;

/* What policy_compile.c makes of the table: struct sock_filter[] as bytes. */
struct policy_blob {
	const void *filter;
	size_t len; /* instructions */
};

extern const struct policy_blob policy_blobs[2]; /* by enum sandbox_policy */

#endif
