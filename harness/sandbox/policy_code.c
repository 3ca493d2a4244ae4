/* SPDX-License-Identifier: MIT */
/*
 * From the table to a filter (classic BPF, seccomp(2)).
 *
 * Loading a filter costs more than anything else in a run but execve(2), and it
 * costs by the instruction: the kernel checks, translates and compiles each, and
 * runs the filter once for every call number to learn which are always allowed.
 * So: the numbers become ranges with the same answer, found by bisection, and
 * what is the same is there once.
 *
 * A conditional jump reaches 255 instructions ahead and none goes back.  So the
 * program is made from its end: what an instruction leads to is already there.
 * Nodes are numbered in the order in which they are made.
 */
#include "policy.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>

enum {
	NO_NODE = -1,
	NO_WORD = -1,
	REACH = 255 /* of a conditional jump */
};

struct node {
	struct sock_filter code;
	int yes, no; /* what was asked for; code may jump over a BPF_JA */
};

struct range {
	uint32_t first;
	int node;
};

struct program {
	const struct policy_table *table;
	unsigned policy;
	enum policy_part part;
	struct node nodes[POLICY_INSTRUCTIONS_MAX];
	int len;
	bool full;
	struct range ranges[POLICY_NUMBERS_MAX + 3];
	int range_count;
	int allow, absent, kill; /* what ends with these answers */
};

/* ---- instructions ----------------------------------------------------------- */

static int add(struct program *p, struct node node)
{
	if (p->len == POLICY_INSTRUCTIONS_MAX) {
		p->full = true;
		return p->len - 1;
	}
	p->nodes[p->len] = node;
	return p->len++;
}

/* How many instructions the next one would have to jump over. */
static int distance(const struct program *p, int node)
{
	return p->len - node - 1;
}

static int find(const struct program *p, uint16_t code, uint32_t k, int yes,
		int no)
{
	for (int i = 0; i < p->len; i++)
		if (p->nodes[i].code.code == code && p->nodes[i].code.k == k &&
		    p->nodes[i].yes == yes && p->nodes[i].no == no)
			return i;
	return NO_NODE;
}

static int jump(struct program *p, int node)
{
	struct sock_filter code =
		BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)distance(p, node));

	return add(p, (struct node){ code, NO_NODE, NO_NODE });
}

static int answer(struct program *p, uint32_t what)
{
	int same = find(p, BPF_RET | BPF_K, what, NO_NODE, NO_NODE);
	struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, what);

	if (same != NO_NODE)
		return same;
	return add(p, (struct node){ code, NO_NODE, NO_NODE });
}

/* An instruction that is followed by next. */
static int before(struct program *p, uint16_t what, uint32_t k, int next)
{
	int same = find(p, what, k, next, NO_NODE);
	struct sock_filter code = BPF_STMT(what, k);

	if (same != NO_NODE)
		return same;
	if (distance(p, next) > 0)
		(void)jump(p, next);
	return add(p, (struct node){ code, next, NO_NODE });
}

static int branch(struct program *p, uint16_t test, uint32_t k, int yes, int no)
{
	uint16_t what = BPF_JMP | test | BPF_K;
	int same = yes == no ? yes : find(p, what, k, yes, no);
	int near_no, near_yes;
	struct sock_filter code;

	if (same != NO_NODE)
		return same;
	near_no = distance(p, no) < REACH ? no : jump(p, no);
	near_yes = distance(p, yes) <= REACH ? yes : jump(p, yes);
	code = (struct sock_filter)BPF_JUMP(what, k,
					    (uint8_t)distance(p, near_yes),
					    (uint8_t)distance(p, near_no));
	return add(p, (struct node){ code, yes, no });
}

/* ---- rules ---------------------------------------------------------------------- */

/* What is decided when none of a call's rules from rule on fits. */
struct rest {
	const struct policy_rule *rule;
	int nr, none; /* the node of "no rule fits" */
};

static int rules(struct program *p, struct rest rest, int loaded);

static uint32_t load_low(const struct policy_test *test)
{
	return (uint32_t)offsetof(struct seccomp_data, args[test->arg]);
}

/* Whether the test leaves the word in the accumulator as it is. */
static bool keeps_word(const struct policy_test *test)
{
	return test->mask == UINT32_MAX || test->value == 0 ||
	       (test->value == test->mask &&
		(test->mask & (test->mask - 1)) == 0);
}

static int compare(struct program *p, const struct policy_test *test, int yes,
		   int no)
{
	if (test->kind == TEST_NOT) {
		int other = yes;

		yes = no;
		no = other;
	}
	if (test->mask == UINT32_MAX)
		return branch(p, BPF_JEQ, test->value, yes, no);
	if (test->value == 0)
		return branch(p, BPF_JSET, test->mask, no, yes);
	if (keeps_word(test))
		return branch(p, BPF_JSET, test->mask, yes, no);
	return before(p, BPF_ALU | BPF_AND | BPF_K, test->mask,
		      branch(p, BPF_JEQ, test->value, yes, no));
}

static int is_given(struct program *p, const struct policy_test *test, int yes,
		    int no)
{
	uint32_t low = load_low(test), high = low + sizeof(uint32_t);
	int node = before(p, BPF_LD | BPF_W | BPF_ABS, high,
			  branch(p, BPF_JEQ, 0, no, yes));

	return before(p, BPF_LD | BPF_W | BPF_ABS, low,
		      branch(p, BPF_JEQ, 0, node, yes));
}

/* What the other part refuses without a test, this one has to let pass. */
static int decide(struct program *p, const struct policy_rule *rule)
{
	if (rule->action == POLICY_ALLOW ||
	    (rule->in_run && p->part == PART_POD))
		return p->allow;
	if (rule->action == POLICY_KILL)
		return p->kill;
	return answer(p, SECCOMP_RET_ERRNO | (uint32_t)rule->error);
}

/* Test number n of the rule and those after it.  loaded is the argument whose low
 * word the accumulator holds. */
static int tests(struct program *p, struct rest rest, size_t n, int loaded)
{
	const struct policy_rule *rule = rest.rule;
	const struct policy_test *test = &rule->test[n];
	struct rest next = { rule + 1, rest.nr, rest.none };
	int after, yes, no;

	if (n == POLICY_TESTS_MAX || test->kind == TEST_END)
		return decide(p, rule);
	after = test->kind != TEST_POINTER && keeps_word(test) ? test->arg
							       : NO_WORD;
	no = rules(p, next, after);
	yes = tests(p, rest, n + 1, after);
	if (test->kind == TEST_POINTER)
		return is_given(p, test, yes, no);
	no = compare(p, test, yes, no);
	return loaded == test->arg ? no
				   : before(p, BPF_LD | BPF_W | BPF_ABS,
					    load_low(test), no);
}

static bool is_for(const struct program *p, const struct policy_rule *rule)
{
	if (!(rule->policies & p->policy))
		return false;
	if (p->part == PART_RUN)
		return rule->in_run;
	return !rule->in_run || rule->test[0].kind == TEST_END;
}

static int rules(struct program *p, struct rest rest, int loaded)
{
	while (rest.rule->call.name &&
	       (rest.rule->call.nr != rest.nr || !is_for(p, rest.rule)))
		rest.rule++;
	return rest.rule->call.name ? tests(p, rest, 0, loaded) : rest.none;
}

/* ---- numbers -------------------------------------------------------------------- */

static bool is_listed(const struct policy_table *table, int nr)
{
	for (const struct policy_group *g = table->groups; g->title; g++)
		for (size_t i = 0; i < g->count; i++)
			if (g->calls[i].nr == nr)
				return true;
	return false;
}

static void add_range(struct program *p, uint32_t first, int node)
{
	if (p->range_count && p->ranges[p->range_count - 1].node == node)
		return;
	p->ranges[p->range_count++] = (struct range){ first, node };
}

static void add_ranges(struct program *p)
{
	for (int nr = 0; nr < POLICY_NUMBERS_MAX; nr++) {
		int none = is_listed(p->table, nr) ? p->allow : p->absent;
		struct rest rest = { p->table->rules, nr, none };

		add_range(p, (uint32_t)nr, rules(p, rest, NO_WORD));
	}
	add_range(p, POLICY_NUMBERS_MAX, p->absent);
	if (p->part == PART_RUN)
		return;
	add_range(p, POLICY_X32_FIRST, p->kill);
	/* -1 is what a tracer sets to skip a call, and what programs try. */
	add_range(p, UINT32_MAX, p->absent);
}

/* Most calls with rules of their own stand alone between others that are allowed.
 * Such a one costs one comparison for itself in place of two of the bisection. */
static void fold_ranges(struct program *p)
{
	struct range *r = p->ranges;
	int out = 0, around = NO_NODE;

	for (int i = 0; i < p->range_count; i++) {
		if (i + 1 < p->range_count && r[i + 1].node == around &&
		    r[i + 1].first == r[i].first + 1) {
			r[out - 1].node = branch(p, BPF_JEQ, r[i].first,
						 r[i].node, r[out - 1].node);
			i++;
			continue;
		}
		around = r[i].node;
		r[out++] = r[i];
	}
	p->range_count = out;
}

/* The accumulator holds the number. */
static int bisect(struct program *p, int low, int high)
{
	int middle = low + (high - low + 1) / 2, above;

	if (low == high)
		return p->ranges[low].node;
	above = bisect(p, middle, high);
	return branch(p, BPF_JGE, p->ranges[middle].first, above,
		      bisect(p, low, middle - 1));
}

/* The part of a run is on top of one that has looked at the architecture. */
static void begin(struct program *p)
{
	const uint16_t load = BPF_LD | BPF_W | BPF_ABS;
	int start = bisect(p, 0, p->range_count - 1);

	start = before(p, load, offsetof(struct seccomp_data, nr), start);
	if (p->part == PART_RUN)
		return;
	start = branch(p, BPF_JEQ, AUDIT_ARCH_X86_64, start, p->kill);
	(void)before(p, load, offsetof(struct seccomp_data, arch), start);
}

int policy_generate(const struct policy_table *table, unsigned policy,
		    enum policy_part part, struct sock_filter *code,
		    size_t *ret_len)
{
	struct program p = { .table = table, .policy = policy, .part = part };

	p.allow = answer(&p, SECCOMP_RET_ALLOW);
	p.kill = answer(&p, SECCOMP_RET_KILL_PROCESS);
	p.absent = part == PART_RUN ? p.allow
				    : answer(&p, SECCOMP_RET_ERRNO | ENOSYS);
	add_ranges(&p);
	fold_ranges(&p);
	begin(&p);
	if (p.full)
		return -1;
	for (int i = 0; i < p.len; i++)
		code[i] = p.nodes[p.len - 1 - i].code;
	*ret_len = (size_t)p.len;
	return 0;
}
