/* SPDX-License-Identifier: MIT */
/*
 * test_sandbox_policy.h - what the policy table says, read in the plainest way, and
 * probes: calls that fit each rule, that just do not, and one of each number.
 */
#ifndef TEST_SANDBOX_POLICY_H
#define TEST_SANDBOX_POLICY_H

#include "../../harness/sandbox/policy.h"
#include "fortnight/base.h"
#include "tap.h"

#include <sys/syscall.h>

enum {
	/* answers besides an errno; 0: the call returned 0 */
	ALLOWED = -1,
	KILLED = -2,

	ARGS = 5,
	VALUES_MAX = 512,
	PROBES_MAX = 1 << 18
};

struct probe {
	int nr;
	uint64_t args[ARGS];
};

static struct probe probes[PROBES_MAX];
static size_t probe_count;

/* ---- what the table says ------------------------------------------------------ */

static inline bool test_holds(const struct policy_test *test,
			      const uint64_t *args)
{
	uint32_t low = (uint32_t)args[test->arg];

	if (test->kind == TEST_POINTER)
		return args[test->arg] != 0;
	return test->kind == TEST_END ||
	       ((low & test->mask) == test->value) == (test->kind == TEST_IS);
}

static inline bool rule_fits(const struct policy_rule *rule,
			     const struct probe *probe)
{
	if (rule->call.nr != probe->nr)
		return false;
	for (size_t i = 0; i < POLICY_TESTS_MAX; i++)
		if (!test_holds(&rule->test[i], probe->args))
			return false;
	return true;
}

static inline int wanted(const struct policy_table *table, unsigned policy,
			 const struct probe *probe)
{
	if ((uint32_t)probe->nr >= POLICY_X32_FIRST && probe->nr != -1)
		return KILLED;
	for (const struct policy_rule *r = table->rules; r->call.name; r++)
		if ((r->policies & policy) && rule_fits(r, probe))
			return r->action == POLICY_ALLOW  ? ALLOWED
			       : r->action == POLICY_KILL ? KILLED
							  : r->error;
	for (const struct policy_group *g = table->groups; g->title; g++)
		for (size_t i = 0; i < g->count; i++)
			if (g->calls[i].nr == probe->nr)
				return ALLOWED;
	return ENOSYS;
}

/* ---- probes --------------------------------------------------------------------- */

static inline size_t add_value(uint64_t *values, size_t n, uint64_t value)
{
	for (size_t i = 0; i < n; i++)
		if (values[i] == value)
			return n;
	if (n == VALUES_MAX)
		FAIL("more values than there is room for");
	values[n] = value;
	return n + 1;
}

/* What decides a test, what is next to it, and the same with high bits. */
static inline size_t add_values(uint64_t *values, size_t n,
				const struct policy_test *test)
{
	n = add_value(values, n, test->value);
	n = add_value(values, n, test->value ^ 1);
	n = add_value(values, n, test->value | (1ULL << 32));
	n = add_value(values, n, test->value | ~(uint64_t)test->mask);
	n = add_value(values, n, test->mask);
	for (int bit = 0; test->mask != UINT32_MAX && bit < 32; bit++)
		if (test->mask & (1U << bit))
			n = add_value(values, n, 1ULL << bit);
	return n;
}

static inline size_t values_of(const struct policy_table *table, int nr,
			       int arg, uint64_t *values)
{
	size_t n = 0;

	for (const struct policy_rule *r = table->rules; r->call.name; r++)
		for (size_t i = 0; i < POLICY_TESTS_MAX; i++)
			if (r->call.nr == nr && r->test[i].kind != TEST_END &&
			    r->test[i].arg == arg)
				n = add_values(values, n, &r->test[i]);
	n = add_value(values, n, 0);
	return add_value(values, n, UINT64_MAX);
}

static inline bool is_tested(const struct policy_table *table, int nr, int arg)
{
	for (const struct policy_rule *r = table->rules; r->call.name; r++)
		for (size_t i = 0; i < POLICY_TESTS_MAX; i++)
			if (r->call.nr == nr && r->test[i].kind != TEST_END &&
			    r->test[i].arg == arg)
				return true;
	return false;
}

/* Every combination of the values of the arguments from arg on. */
static inline void add_probes(const struct policy_table *table,
			      struct probe *probe, int arg)
{
	uint64_t values[VALUES_MAX];
	size_t n;

	if (arg == ARGS) {
		if (probe_count == PROBES_MAX)
			FAIL("more probes than there is room for");
		probes[probe_count++] = *probe;
		return;
	}
	if (!is_tested(table, probe->nr, arg)) {
		add_probes(table, probe, arg + 1);
		return;
	}
	n = values_of(table, probe->nr, arg, values);
	for (size_t i = 0; i < n; i++) {
		probe->args[arg] = values[i];
		add_probes(table, probe, arg + 1);
	}
	probe->args[arg] = 0;
}

static inline void make_probes(const struct policy_table *table)
{
	static const uint32_t edges[] = {
		POLICY_X32_FIRST - 1,
		POLICY_X32_FIRST,
		POLICY_X32_FIRST + SYS_getpid,
		POLICY_X32_FIRST + 520, /* x32's execve */
		INT32_MAX,
		(uint32_t)INT32_MIN,
		UINT32_MAX - 1,
		UINT32_MAX,
	};

	probe_count = 0;
	for (int nr = 0; nr < POLICY_NUMBERS_MAX + 2; nr++)
		add_probes(table, &(struct probe){ .nr = nr }, 0);
	for (size_t i = 0; i < ARRAY_LEN(edges); i++)
		add_probes(table, &(struct probe){ .nr = (int)edges[i] }, 0);
}

static inline void same(int got, int want, const struct probe *probe)
{
	if (got != want)
		FAIL("call %d (%#jx, %#jx, %#jx, %#jx, %#jx): %d, want %d",
		     probe->nr, (uintmax_t)probe->args[0],
		     (uintmax_t)probe->args[1], (uintmax_t)probe->args[2],
		     (uintmax_t)probe->args[3], (uintmax_t)probe->args[4], got,
		     want);
}

#endif
