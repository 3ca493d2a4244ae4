/* SPDX-License-Identifier: MIT */
/*
 * The table as Markdown.  Rules that follow each other and differ in the call alone, or
 * of one call in the test alone, share a line.
 */
#include "policy.h"

#include <stdbool.h>
#include <string.h>

static bool same_test(const struct policy_test *a, const struct policy_test *b)
{
	return a->kind == b->kind && a->arg == b->arg && a->mask == b->mask &&
	       a->value == b->value;
}

static bool same_tests(const struct policy_rule *a, const struct policy_rule *b)
{
	for (size_t i = 0; i < POLICY_TESTS_MAX; i++)
		if (!same_test(&a->test[i], &b->test[i]))
			return false;
	return true;
}

/* Whether all rules from first to last fit on one line. */
static bool share_line(const struct policy_rule *first,
		       const struct policy_rule *last)
{
	bool calls = true, conditions = true;

	for (const struct policy_rule *r = first + 1; r <= last; r++) {
		if (r->policies != first->policies ||
		    r->action != first->action || r->error != first->error ||
		    strcmp(r->reason, first->reason) != 0)
			return false;
		calls = calls && same_tests(r, first);
		conditions = conditions && r->call.nr == first->call.nr;
	}
	return calls || conditions;
}

static void print_calls(const struct policy_rule *first,
			const struct policy_rule *end, FILE *out)
{
	fprintf(out, "| %s", first->call.name);
	for (const struct policy_rule *r = first + 1; r < end; r++)
		if (r->call.nr != first->call.nr)
			fprintf(out, ", %s", r->call.name);
	fprintf(out, " | ");
}

/* "|" would end the cell. */
static void print_text(const char *text, FILE *out)
{
	for (; *text; text++)
		fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
}

static void print_tests(const struct policy_rule *rule, FILE *out)
{
	if (rule->test[0].kind == TEST_END)
		fprintf(out, "any");
	for (size_t i = 0; i < POLICY_TESTS_MAX; i++) {
		if (rule->test[i].kind == TEST_END)
			break;
		fprintf(out, "%s`args[%u] ", i ? " and " : "",
			rule->test[i].arg);
		print_text(rule->test[i].text, out);
		fprintf(out, "`");
	}
}

static void print_conditions(const struct policy_rule *first,
			     const struct policy_rule *end, FILE *out)
{
	print_tests(first, out);
	for (const struct policy_rule *r = first + 1; r < end; r++) {
		if (r->call.nr != first->call.nr)
			break;
		fprintf(out, ", or ");
		print_tests(r, out);
	}
}

static void print_answers(const struct policy_rule *rule, FILE *out)
{
	for (int i = 0; i < POLICY_COUNT; i++) {
		if (!(rule->policies & (1U << i)))
			fprintf(out, " | ");
		else if (rule->action == POLICY_ALLOW)
			fprintf(out, " | allowed");
		else if (rule->action == POLICY_KILL)
			fprintf(out, " | SIGSYS");
		else if (rule->error)
			fprintf(out, " | %s", strerrorname_np(rule->error));
		else
			fprintf(out, " | returns 0");
	}
	fprintf(out, " | %s |\n", rule->reason);
}

void policy_page(const struct policy_table *table, FILE *out)
{
	const struct policy_rule *first = table->rules, *end;

	fprintf(out,
		"### Rules\n\n"
		"| calls | arguments | *grade* | *session* | *debug* | why |\n"
		"| --- | --- | --- | --- | --- | --- |\n");
	for (; first->call.name; first = end) {
		for (end = first + 1; end->call.name; end++)
			if (!share_line(first, end))
				break;
		print_calls(first, end, out);
		print_conditions(first, end, out);
		print_answers(first, out);
	}
	fprintf(out, "\n### Allowed where no rule says otherwise\n\n"
		     "| group | calls |\n| --- | --- |\n");
	for (const struct policy_group *g = table->groups; g->title; g++) {
		fprintf(out, "| %s | ", g->title);
		for (size_t i = 0; i < g->count; i++)
			fprintf(out, "%s%s", i ? ", " : "", g->calls[i].name);
		fprintf(out, " |\n");
	}
}
