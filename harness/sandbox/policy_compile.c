/* SPDX-License-Identifier: MIT */
/*
 * policy-compile - turn the policy table into filters, at build time.
 *
 * Building a filter with libseccomp costs as much as seventeen process starts;
 * loading one that is ready, half of one.  So this program writes them as C.
 */
#include "policy.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
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

/* One filter's instructions to code; how many. */
static size_t export(scmp_filter_ctx ctx, struct sock_filter *code)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t len;
	int rc;

	if (fd < 0)
		die("memfd_create", -errno);
	rc = seccomp_export_bpf(ctx, fd);
	if (rc < 0)
		die("seccomp_export_bpf", rc);
	len = pread(fd, code, FILTER_BYTES_MAX, 0);
	if (len <= 0 || len == FILTER_BYTES_MAX)
		die("read a filter", -EIO);
	close(fd);
	seccomp_release(ctx);
	return (size_t)len / sizeof(*code);
}

/* Loading a filter costs more than anything else in a run but execve(2), and it
 * costs by the program.  So the two are one: where the allow-list says "allow" it
 * goes on to the tests of arguments, behind it. */
static size_t join(unsigned policy, struct sock_filter *code)
{
	size_t n = export(build(1, policy), code);

	for (size_t i = 0; i < n; i++)
		if (code[i].code == (BPF_RET | BPF_K) &&
		    code[i].k == SECCOMP_RET_ALLOW)
			code[i] = (struct sock_filter)BPF_STMT(
				BPF_JMP | BPF_JA, (uint32_t)(n - i - 1));
	return n + export(build(0, policy), code + n);
}

static size_t print_filter(const char *name, unsigned policy)
{
	static struct sock_filter
		code[(size_t)2 * FILTER_BYTES_MAX / sizeof(struct sock_filter)];
	size_t len = join(policy, code);
	const unsigned char *bytes = (const unsigned char *)code;

	printf("static const unsigned char %s[] "
	       "__attribute__((aligned(8))) = {",
	       name);
	for (size_t i = 0; i < len * sizeof(*code); i++)
		printf("%s0x%02x,", i % BYTES_A_LINE ? " " : "\n\t", bytes[i]);
	printf("\n};\n");
	return len;
}

int main(void)
{
	size_t grade, session;

	printf("/* Made by policy-compile from harness/sandbox/policy.c. */\n"
	       "#include \"policy.h\"\n");
	grade = print_filter("grade", FOR_GRADE);
	session = print_filter("session", FOR_SESSION);
	printf("const struct policy_blob policy_blobs[2] = {\n"
	       "\t{ grade, %zu },\n\t{ session, %zu },\n};\n",
	       grade, session);
	return EXIT_SUCCESS;
}
