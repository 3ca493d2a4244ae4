/* SPDX-License-Identifier: MIT */
/*
 * The filters against the table that they were made of, by an interpreter; and what
 * makes filters against tables that nobody wrote.
 */
#include "test_sandbox_policy.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/resource.h>

/* ---- an interpreter --------------------------------------------------------------- */

static uint32_t load(const struct seccomp_data *data, uint32_t offset)
{
	uint32_t word;

	if (offset > sizeof(*data) - sizeof(word) || offset % sizeof(word))
		FAIL("a load from %u", offset);
	memcpy(&word, (const char *)data + offset, sizeof(word));
	return word;
}

static bool jumps(const struct sock_filter *code, uint32_t word)
{
	switch (BPF_OP(code->code)) {
	case BPF_JEQ:
		return word == code->k;
	case BPF_JGE:
		return word >= code->k;
	case BPF_JSET:
		return (word & code->k) != 0;
	default:
		FAIL("a jump of kind %#x", code->code);
	}
}

static uint32_t interpret(const struct policy_blob *blob,
			  const struct seccomp_data *data)
{
	uint32_t word = 0;

	for (size_t at = 0; at < blob->len; at++) {
		const struct sock_filter *code = &blob->filter[at];

		if (code->code == (BPF_RET | BPF_K))
			return code->k;
		if (code->code == (BPF_LD | BPF_W | BPF_ABS))
			word = load(data, code->k);
		else if (code->code == (BPF_ALU | BPF_AND | BPF_K))
			word &= code->k;
		else if (code->code == (BPF_JMP | BPF_JA))
			at += code->k;
		else
			at += jumps(code, word) ? code->jt : code->jf;
	}
	FAIL("the filter has no end");
}

static int answer_of(uint32_t action)
{
	if (action == SECCOMP_RET_ALLOW)
		return ALLOWED;
	if (action == SECCOMP_RET_KILL_PROCESS)
		return KILLED;
	CHECK_INT(action & SECCOMP_RET_ACTION_FULL, ==, SECCOMP_RET_ERRNO);
	return (int)(action & SECCOMP_RET_DATA);
}

static int ask(const struct policy_blob *blob, const struct probe *probe)
{
	struct seccomp_data data = { .nr = probe->nr,
				     .arch = AUDIT_ARCH_X86_64 };

	memcpy(data.args, probe->args, sizeof(probe->args));
	return answer_of(interpret(blob, &data));
}

/* The answer of the stricter of the two, as seccomp(2) has it. */
static int ask_both(const struct policy_blob *pod,
		    const struct policy_blob *run, const struct probe *probe)
{
	int first = ask(pod, probe), second = ask(run, probe);

	if (first == KILLED || second == KILLED)
		return KILLED;
	return second == ALLOWED ? first : second;
}

TEST(each_filter_answers_what_the_table_says)
{
	make_probes(&policy_table);
	CHECK_INT(probe_count, >, 3000);
	for (int p = 0; p < POLICY_COUNT; p++) {
		ROW("policy %d", p);
		for (size_t i = 0; i < probe_count; i++)
			same(ask_both(&policy_pod_blobs[p],
				      &policy_run_blobs[p], &probes[i]),
			     wanted(&policy_table, 1U << p, &probes[i]),
			     &probes[i]);
	}
}

TEST(the_box_can_make_its_calls_and_a_program_cannot)
{
	static const struct probe calls[] = {
		{ SYS_mount, { 0 } },
		{ SYS_umount2, { 0 } },
		{ SYS_fsopen, { 0 } },
		{ SYS_fsconfig, { 0 } },
		{ SYS_fsmount, { 0 } },
		{ SYS_move_mount, { 0 } },
		{ SYS_clone, { 0x20000000 /* CLONE_NEWPID */ } },
		{ SYS_clone, { 0x08000000 /* CLONE_NEWIPC */ } },
		{ SYS_clone, { 0x00020000 /* CLONE_NEWNS */ } },
		{ SYS_prlimit64, { 0, RLIMIT_CORE, 1, 1 } },
	};

	for (int p = 0; p < POLICY_COUNT; p++)
		for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
			same(ask(&policy_pod_blobs[p], &calls[i]), ALLOWED,
			     &calls[i]);
			same(ask(&policy_run_blobs[p], &calls[i]), EPERM,
			     &calls[i]);
		}
}

TEST(debug_allows_what_session_does_and_session_what_grade_does)
{
	size_t more[POLICY_COUNT] = { 0 };

	make_probes(&policy_table);
	for (int p = POLICY_GRADE; p + 1 < POLICY_COUNT; p++)
		for (size_t i = 0; i < probe_count; i++) {
			bool here = ask_both(&policy_pod_blobs[p],
					     &policy_run_blobs[p],
					     &probes[i]) == ALLOWED;
			bool next = ask_both(&policy_pod_blobs[p + 1],
					     &policy_run_blobs[p + 1],
					     &probes[i]) == ALLOWED;

			if (here && !next)
				same(ALLOWED, ENOSYS, &probes[i]);
			more[p] += next && !here;
		}
	CHECK_INT(more[POLICY_GRADE], >, 10);
	CHECK_INT(more[POLICY_SESSION], >, 3);
}

/* None of these is in the table: what it does not know is absent.  Beyond the last,
 * no kernel has a call yet. */
TEST(calls_that_are_newer_than_the_table_are_absent)
{
	static const struct {
		int nr;
		const char *name;
	} calls[] = {
		{ 335, "uretprobe" },
		{ 336, "uprobe" },
		{ 450, "set_mempolicy_home_node" },
		{ 448, "process_mrelease" },
		{ 451, "cachestat" },
		{ 452, "fchmodat2" },
		{ 453, "map_shadow_stack" },
		{ 454, "futex_wake" },
		{ 455, "futex_wait" },
		{ 456, "futex_requeue" },
		{ 457, "statmount" },
		{ 458, "listmount" },
		{ 459, "lsm_get_self_attr" },
		{ 460, "lsm_set_self_attr" },
		{ 461, "lsm_list_modules" },
		{ 462, "mseal" },
		{ 463, "setxattrat" },
		{ 464, "getxattrat" },
		{ 465, "listxattrat" },
		{ 466, "removexattrat" },
		{ 467, "open_tree_attr" },
		{ 468, "file_getattr" },
		{ 469, "file_setattr" },
	};

	for (int p = 0; p < POLICY_COUNT; p++) {
		for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
			ROW("%s, policy %d", calls[i].name, p);
			CHECK_INT(ask(&policy_pod_blobs[p],
				      &(struct probe){ .nr = calls[i].nr }),
				  ==, ENOSYS);
		}
		for (int nr = 470; nr < 2000; nr++)
			CHECK_INT(ask(&policy_pod_blobs[p],
				      &(struct probe){ .nr = nr }),
				  ==, ENOSYS);
	}
}

TEST(every_other_architecture_is_killed)
{
	static const uint32_t others[] = { AUDIT_ARCH_I386,
					   AUDIT_ARCH_ARM,
					   AUDIT_ARCH_AARCH64,
					   AUDIT_ARCH_RISCV64,
					   0,
					   UINT32_MAX };

	for (int p = 0; p < POLICY_COUNT; p++)
		for (size_t i = 0; i < ARRAY_LEN(others); i++)
			for (int nr = 0; nr < POLICY_NUMBERS_MAX; nr++) {
				struct seccomp_data data = {
					.nr = nr, .arch = others[i]
				};

				CHECK_INT(interpret(&policy_pod_blobs[p],
						    &data),
					  ==, SECCOMP_RET_KILL_PROCESS);
			}
}

/* ---- tables that nobody wrote ----------------------------------------------------- */

enum {
	RANDOM_NUMBERS = 500,
	RANDOM_RULES = 100,
	RANDOM_TABLES = 40
};

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t bound)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % bound;
}

static struct policy_test random_test(void)
{
	static const uint32_t masks[] = { UINT32_MAX, UINT32_MAX, 0xf, 0x1000,
					  0xff00 };
	struct policy_test test = {
		.kind = (uint8_t)(TEST_IS + random_below(3)),
		.arg = (uint8_t)(1 + random_below(ARGS - 2)),
		.mask = masks[random_below(ARRAY_LEN(masks))],
	};

	test.value = random_below(3) ? random_below(UINT32_MAX) & test.mask : 0;
	return test;
}

/* A call of which the box makes some uses has one error, as policy.h wants. */
static struct policy_rule random_rule(void)
{
	struct policy_rule rule = {
		.call = { "random", (int)random_below(RANDOM_NUMBERS) },
		.policies = (uint8_t)(1 + random_below(FOR_ALL)),
		.action = (uint8_t)random_below(POLICY_KILL + 1),
		.error = (int)random_below(4),
	};
	bool of_box = rule.call.nr % 7 == 0;

	for (uint32_t i = random_below(POLICY_TESTS_MAX + 1); i > 0; i--)
		rule.test[i - 1] = random_test();
	if (of_box) {
		rule.action = POLICY_ERRNO;
		rule.error = EPERM;
		rule.in_run = random_below(2);
	}
	return rule;
}

static void check_table(const struct policy_table *table, unsigned policy)
{
	struct sock_filter code[PART_COUNT][POLICY_INSTRUCTIONS_MAX];
	struct policy_blob blobs[PART_COUNT];

	for (int part = 0; part < PART_COUNT; part++) {
		blobs[part].filter = code[part];
		CHECK_INT(policy_generate(table, policy, (enum policy_part)part,
					  code[part], &blobs[part].len),
			  ==, 0);
	}
	make_probes(table);
	for (size_t i = 0; i < probe_count; i++)
		same(ask_both(&blobs[PART_POD], &blobs[PART_RUN], &probes[i]),
		     wanted(table, policy, &probes[i]), &probes[i]);
}

TEST(filters_of_random_tables_answer_what_these_say)
{
	for (int t = 0; t < RANDOM_TABLES; t++) {
		struct policy_rule rules[RANDOM_RULES + 1] = { 0 };
		struct policy_call calls[RANDOM_NUMBERS];
		struct policy_group groups[2] = { { .title = "some",
						    .calls = calls } };
		const struct policy_table table = { groups, rules };

		ROW("table %d", t);
		for (int i = 0; i < RANDOM_RULES; i++)
			rules[i] = random_rule();
		while (groups[0].count < 150)
			calls[groups[0].count++].nr =
				(int)random_below(RANDOM_NUMBERS);
		check_table(&table, 1U << (t % POLICY_COUNT));
	}
}

TEST(a_table_that_is_too_long_is_refused)
{
	struct sock_filter code[POLICY_INSTRUCTIONS_MAX];
	const struct policy_group none = { .title = NULL };
	struct policy_rule rules[1001] = { 0 };
	const struct policy_table table = { &none, rules };
	size_t len = 0;

	for (int i = 0; i < 1000; i++)
		rules[i] = (struct policy_rule){
			.call = { "long", i % 500 },
			.policies = FOR_ALL,
			.action = POLICY_ALLOW,
			.test = { { TEST_IS, 0, UINT32_MAX, (uint32_t)i, "" } },
		};
	CHECK_INT(policy_generate(&table, FOR_GRADE, PART_POD, code, &len), ==,
		  -1);
	CHECK_INT(len, ==, 0);
}

TAP_MAIN()
