/* SPDX-License-Identifier: MIT */
/*
 * policy.h - the one table of what a process inside may ask of the kernel.
 *
 * For a call, the rules of a policy are tried in the table's order, and the first
 * that fits decides.  If none does, the call is allowed if a group lists it, and
 * otherwise fails with ENOSYS: so new calls stay closed, and libraries fall back.
 *
 * policy-compile turns the table into one filter per policy when the project is
 * built, and into the tables of docs/seccomp-policy.md.
 */
#ifndef FORTNIGHT_SANDBOX_POLICY_H
#define FORTNIGHT_SANDBOX_POLICY_H

#include "fortnight/sandbox.h"

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum policy_action {
	POLICY_ALLOW,
	POLICY_ERRNO, /* errno 0: it returns 0, and nothing has been done */
	POLICY_KILL   /* SIGSYS to the whole process */
};

enum policy_for {
	FOR_GRADE = 1 << POLICY_GRADE,
	FOR_SESSION = 1 << POLICY_SESSION,
	FOR_DEBUG = 1 << POLICY_DEBUG,
	FOR_WORK = FOR_SESSION | FOR_DEBUG,
	FOR_ALL = FOR_GRADE | FOR_WORK
};

/* Of an argument's low 32 bits, since the kernel reads an int: a filter that
 * compared all 64 could be passed with high bits set (CVE-2019-10063). */
enum policy_test_kind {
	TEST_END,
	TEST_IS,     /* (argument & mask) == value */
	TEST_NOT,    /* (argument & mask) != value */
	TEST_POINTER /* all 64 bits are not 0 */
};

struct policy_test {
	uint8_t kind;
	uint8_t arg;
	uint32_t mask, value;
	const char *text; /* as in the source */
};

struct policy_call {
	const char *name;
	int nr;
};

enum {
	POLICY_TESTS_MAX = 3,
	POLICY_NUMBERS_MAX = 1024,     /* above any call's number */
	POLICY_X32_FIRST = 0x40000000, /* __X32_SYSCALL_BIT */
	POLICY_INSTRUCTIONS_MAX = 1024
};

struct policy_rule {
	struct policy_call call; /* .name NULL: the end of the table */
	uint8_t policies;	 /* enum policy_for */
	uint8_t action;		 /* enum policy_action */
	bool in_run;		 /* the box itself makes this call */
	int error;		 /* errno of POLICY_ERRNO */
	const char *reason;
	struct policy_test test[POLICY_TESTS_MAX]; /* all have to hold */
};

/* Calls that every policy allows where no rule says otherwise. */
struct policy_group {
	const char *title; /* NULL: the end */
	const struct policy_call *calls;
	size_t count;
};

struct policy_table {
	const struct policy_group *groups;
	const struct policy_rule *rules;
};

extern const struct policy_group policy_groups[]; /* policy_groups.c */
extern const struct policy_table policy_table;	  /* policy.c */

/* Loading a filter is among the dearest steps of a run, and filters are inherited.
 * So the pod's first process loads nearly all of a policy, and each program inside
 * the few rules about calls that the box makes in between.  The strictest
 * answer counts (seccomp(2)). */
enum policy_part {
	PART_POD, /* all but the rules in_run */
	PART_RUN, /* the rules in_run, for a process that has the other part: of
		   * one call both give the same error */
	PART_COUNT
};

/* policy_code.c: the filter for one of enum policy_for.  0, or -1 if it would have
 * more instructions than POLICY_INSTRUCTIONS_MAX, which is the room in code. */
int policy_generate(const struct policy_table *table, unsigned policy,
		    enum policy_part part, struct sock_filter *code,
		    size_t *ret_len);

/* policy_page.c: the tables of docs/seccomp-policy.md. */
void policy_page(const struct policy_table *table, FILE *out);

/* What policy-compile made of the table. */
struct policy_blob {
	const struct sock_filter *filter;
	size_t len; /* instructions */
};

extern const struct policy_blob policy_pod_blobs[POLICY_COUNT];
extern const struct policy_blob policy_run_blobs[POLICY_COUNT];

#endif
