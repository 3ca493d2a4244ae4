/* SPDX-License-Identifier: MIT */
/*
 * policy-compile - turn the policy table into filters, at build time.
 *
 *	policy-compile			the filters, as C
 *	policy-compile --markdown	the tables of docs/seccomp-policy.md
 */
#include "policy.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[POLICY_COUNT] = {
	[POLICY_GRADE] = "grade",
	[POLICY_SESSION] = "session",
	[POLICY_DEBUG] = "debug",
};

static const char *const parts[PART_COUNT] = {
	[PART_POD] = "pod",
	[PART_RUN] = "run",
};

static int print_filter(int policy, int part)
{
	struct sock_filter code[POLICY_INSTRUCTIONS_MAX];
	size_t len;

	if (policy_generate(&policy_table, 1U << policy, (enum policy_part)part,
			    code, &len) < 0) {
		fprintf(stderr,
			"policy-compile: the filter of %s has more than %d "
			"instructions; make the table shorter\n",
			names[policy], POLICY_INSTRUCTIONS_MAX);
		return -1;
	}
	printf("static const struct sock_filter %s_%s[%zu] = {\n",
	       names[policy], parts[part], len);
	for (size_t i = 0; i < len; i++)
		printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", code[i].code,
		       code[i].jt, code[i].jf, code[i].k);
	printf("};\n");
	return 0;
}

static int print_filters(void)
{
	printf("/* Made by policy-compile from harness/sandbox/policy.c. */\n"
	       "#include \"policy.h\"\n");
	for (int part = 0; part < PART_COUNT; part++) {
		for (int i = 0; i < POLICY_COUNT; i++)
			if (print_filter(i, part) < 0)
				return -1;
		printf("const struct policy_blob policy_%s_blobs[POLICY_COUNT]"
		       " = {\n",
		       parts[part]);
		for (int i = 0; i < POLICY_COUNT; i++)
			printf("\t{ %s_%s, sizeof(%s_%s) / "
			       "sizeof(struct sock_filter) },\n",
			       names[i], parts[part], names[i], parts[part]);
		printf("};\n");
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 1)
		return print_filters() < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	if (argc == 2 && strcmp(argv[1], "--markdown") == 0) {
		policy_page(&policy_table, stdout);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "usage: policy-compile [--markdown]\n");
	return EXIT_FAILURE;
}
