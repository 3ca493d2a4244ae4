/* SPDX-License-Identifier: MIT */
/*
 * policy-compile - turn the policy table into filters, at build time.
 *
 * Building a filter with libseccomp costs as much as seventeen process starts;
 * loading one that is ready, half of one.  So this program writes them as C.
 */
#include "policy.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	INSTRUCTION_BYTES = 8, /* struct sock_filter */
	BYTES_A_LINE = 16,
	FILTER_BYTES_MAX = 65536
};

/* Only the build runs this, and with one thread. */
/* NOLINTBEGIN(concurrency-mt-unsafe) */
static void die(const char *what, int rc)
{
	fprintf(stderr, "policy-compile: %s: %s\n", what, strerror(-rc));
	exit(EXIT_FAILURE);
}
/* NOLINTEND(concurrency-mt-unsafe) */

static uint32_t action_of(const struct policy_rule *rule)
{
	switch (rule->action) {
	case POLICY_ALLOW:
		return SCMP_ACT_ALLOW;
	case POLICY_KILL:
		return SCMP_ACT_KILL_PROCESS;
	default:
		return SCMP_ACT_ERRNO((uint32_t)rule->error);
	}
}

static int add_tested(scmp_filter_ctx ctx, const struct policy_rule *rule,
		      int nr)
{
	struct scmp_arg_cmp test = { .arg = rule->arg };

	switch (rule->test) {
	case TEST_EQUAL:
		test.op = SCMP_CMP_MASKED_EQ;
		test.datum_a = rule->mask;
		test.datum_b = rule->value;
		break;
	case TEST_NOT:
		test.op = SCMP_CMP_NE;
		test.datum_a = rule->value;
		break;
	default:
		test.op = SCMP_CMP_GE;
		test.datum_a = rule->value;
		break;
	}
	return seccomp_rule_add_array(ctx, action_of(rule), nr, 1, &test);
}

/* Calls that this architecture does not have are no rule: they are ENOSYS. */
static void add_rule(scmp_filter_ctx ctx, const struct policy_rule *rule)
{
	int nr = seccomp_syscall_resolve_name(rule->call);
	int rc;

	if (nr == __NR_SCMP_ERROR)
		die(rule->call, -ENOSYS);
	if (nr < 0)
		return;
	rc = rule->test == TEST_NONE
		     ? seccomp_rule_add_array(ctx, action_of(rule), nr, 0, NULL)
		     : add_tested(ctx, rule, nr);
	if (rc < 0 && rc != -EACCES) /* -EACCES: the default action already */
		die(rule->call, rc);
}

/* An argument test that allows belongs to the allow-list, one that refuses to
 * the filter on top. */
static int is_numbers_rule(const struct policy_rule *rule)
{
	return rule->test == TEST_NONE || rule->action == POLICY_ALLOW;
}

static scmp_filter_ctx build(int numbers, unsigned policy)
{
	scmp_filter_ctx ctx =
		seccomp_init(numbers ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_ALLOW);

	if (!ctx)
		die("seccomp_init", -ENOMEM);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
			       SCMP_ACT_KILL_PROCESS);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (size_t i = 0; numbers && i < policy_allowed_count; i++) {
		const struct policy_rule allow = { .call = policy_allowed[i],
						   .action = POLICY_ALLOW };

		add_rule(ctx, &allow);
	}
	for (size_t i = 0; i < policy_rule_count; i++)
		if ((policy_rules[i].policies & policy) &&
		    is_numbers_rule(&policy_rules[i]) == numbers)
			add_rule(ctx, &policy_rules[i]);
	return ctx;
}

static size_t print_filter(const char *name, scmp_filter_ctx ctx)
{
	static unsigned char code[FILTER_BYTES_MAX];
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t len;
	int rc;

	if (fd < 0)
		die("memfd_create", -errno);
	rc = seccomp_export_bpf(ctx, fd);
	if (rc < 0)
		die("seccomp_export_bpf", rc);
	len = pread(fd, code, sizeof(code), 0);
	if (len <= 0 || len == FILTER_BYTES_MAX)
		die(name, -EIO);
	printf("static const unsigned char %s[] "
	       "__attribute__((aligned(8))) = {",
	       name);
	for (ssize_t i = 0; i < len; i++)
		printf("%s0x%02x,", i % BYTES_A_LINE ? " " : "\n\t", code[i]);
	printf("\n};\n");
	close(fd);
	seccomp_release(ctx);
	return (size_t)len / INSTRUCTION_BYTES;
}

int main(void)
{
	static const struct {
		const char *numbers, *arguments;
		unsigned policy;
	} rows[] = {
		{ "grade_numbers", "grade_arguments", FOR_GRADE },
		{ "session_numbers", "session_arguments", FOR_SESSION },
	};
	size_t len[2][2];

	printf("/* Made by policy-compile from harness/sandbox/policy.c. */\n"
	       "#include \"policy.h\"\n");
	for (size_t i = 0; i < 2; i++) {
		len[i][0] =
			print_filter(rows[i].numbers, build(1, rows[i].policy));
		len[i][1] = print_filter(rows[i].arguments,
					 build(0, rows[i].policy));
	}
	printf("const struct policy_blob policy_blobs[2] = {\n");
	for (size_t i = 0; i < 2; i++)
		printf("\t{ %s, %zu, %s, %zu },\n", rows[i].numbers, len[i][0],
		       rows[i].arguments, len[i][1]);
	printf("};\n");
	return EXIT_SUCCESS;
}
