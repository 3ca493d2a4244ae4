/* SPDX-License-Identifier: MIT */
/*
 * The filters as the kernel runs them, each rule with what fits and what does not.
 * No call is done, see guard[].
 */
#include "test_sandbox_policy.h"

#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* A call whose last argument is this does nothing and fails with EHWPOISON, whatever
 * the filter above says: of two errors the newer filter's counts, and an
 * error is stricter than "allow".  So every call can be made, and none is done. */
#define COOKIE 0x5ca1ab1eU

static struct sock_filter guard[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		 offsetof(struct seccomp_data, args[5])),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, COOKIE, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EHWPOISON),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

/* What a child tells; it may be dead at any time. */
struct tale {
	size_t at;
	bool unguarded;
	int answers[PROBES_MAX];
};

static bool install(const struct policy_blob *blob)
{
	const struct sock_fprog program = {
		.len = (unsigned short)blob->len,
		.filter = unconst(blob->filter),
	};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program, 0, 0,
		       0) == 0;
}

/* No core handler of the host's for those that are killed. */
static bool prepare_child(void)
{
	const struct rlimit one = { 1, 1 };

	(void)setrlimit(RLIMIT_CORE, &one);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/* The last argument register must not hold the cookie any more. */
static _Noreturn void leave(void)
{
	for (;;)
		(void)syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
}

static _Noreturn void ask_kernel(int policy, struct tale *tale)
{
	const struct policy_blob below = { guard, ARRAY_LEN(guard) };

	tale->unguarded = true;
	if (!prepare_child() || !install(&below))
		leave();
	errno = 0;
	(void)syscall(SYS_getppid, 0, 0, 0, 0, 0, COOKIE);
	if (errno != EHWPOISON || !install(&policy_pod_blobs[policy]) ||
	    !install(&policy_run_blobs[policy]))
		leave();
	tale->unguarded = false;
	for (; tale->at < probe_count; tale->at++) {
		const struct probe *p = &probes[tale->at];
		long rc = syscall(p->nr, p->args[0], p->args[1], p->args[2],
				  p->args[3], p->args[4], COOKIE);

		tale->answers[tale->at] = rc == 0	       ? 0
					  : errno == EHWPOISON ? ALLOWED
							       : errno;
	}
	leave();
}

/* Newer kernels let the return from a probe that root has set (uretprobe, uprobe)
 * pass by every filter.  Outside of a probe the one is a SIGILL, the other ENXIO. */
static bool is_of_uprobes(size_t at)
{
	return probes[at].nr == 335 || probes[at].nr == 336;
}

/* One child after another: each goes on where the one before was killed. */
static void tell_all(int policy, struct tale *tale)
{
	tale->at = 0;
	while (tale->at < probe_count) {
		int status = 0;
		pid_t pid = fork();

		CHECK_INT(pid, >=, 0);
		if (pid == 0)
			ask_kernel(policy, tale);
		CHECK_INT(waitpid(pid, &status, 0), ==, pid);
		CHECK(!tale->unguarded);
		if (WIFSIGNALED(status) && is_of_uprobes(tale->at)) {
			CHECK_INT(WTERMSIG(status), ==, SIGILL);
			tale->answers[tale->at++] = ENXIO;
		} else if (WIFSIGNALED(status)) {
			CHECK_INT(WTERMSIG(status), ==, SIGSYS);
			tale->answers[tale->at++] = KILLED;
		}
	}
}

TEST(the_kernel_answers_what_the_table_says)
{
	struct tale *tale = mmap(NULL, sizeof(*tale), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(tale != MAP_FAILED);
	make_probes(&policy_table);
	for (int p = 0; p < POLICY_COUNT; p++) {
		ROW("policy %d", p);
		tell_all(p, tale);
		for (size_t i = 0; i < probe_count; i++)
			if (!is_of_uprobes(i) || tale->answers[i] != ENXIO)
				same(tale->answers[i],
				     wanted(&policy_table, 1U << p, &probes[i]),
				     &probes[i]);
	}
}

/* How a child ends that has the policy's filters and then does this. */
static int ends_as(int policy, void (*what)(void))
{
	int status = 0;
	pid_t pid = fork();

	CHECK_INT(pid, >=, 0);
	if (pid == 0) {
		(void)signal(SIGSEGV, SIG_DFL); /* AddressSanitizer's */
		if (!prepare_child() || !install(&policy_pod_blobs[policy]) ||
		    !install(&policy_run_blobs[policy]))
			_exit(100);
		what();
		_exit(101);
	}
	CHECK_INT(waitpid(pid, &status, 0), ==, pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* The 32-bit entry of x86; number 20 is getpid there. */
static void call_i386(void)
{
	long rc;

	__asm__ volatile("int $0x80" : "=a"(rc) : "a"(20) : "memory");
}

static void call_x32(void)
{
	(void)syscall(POLICY_X32_FIRST + SYS_getpid);
}

TEST(the_entries_for_32_bits_are_deadly)
{
	for (int p = 0; p < POLICY_COUNT; p++) {
		int i386 = ends_as(p, call_i386);

		/* SIGSEGV: a kernel without that entry. */
		CHECK(i386 == -SIGSYS || i386 == -SIGSEGV);
		CHECK_INT(ends_as(p, call_x32), ==, -SIGSYS);
	}
}

/* By libc, and for real: the core limit stays, though nobody is told, and others
 * can be lowered. */
static void change_limits(void)
{
	struct rlimit before = { 0, 0 }, after = { 0, 0 };
	const struct rlimit none = { 0, 0 }, low = { 16, 16 };

	if (getrlimit(RLIMIT_CORE, &before) < 0)
		_exit(1);
	if (setrlimit(RLIMIT_CORE, &none) < 0 ||
	    syscall(SYS_setrlimit, RLIMIT_CORE, &none) < 0 ||
	    prlimit(getpid(), RLIMIT_CORE, &none, NULL) < 0)
		_exit(2);
	if (prlimit(getpid(), RLIMIT_CORE, &none, &after) == 0 ||
	    errno != EPERM)
		_exit(3);
	if (getrlimit(RLIMIT_CORE, &after) < 0 ||
	    memcmp(&before, &after, sizeof(after)) != 0)
		_exit(4);
	if (setrlimit(RLIMIT_NOFILE, &low) < 0)
		_exit(5);
	_exit(0);
}

TEST(the_core_limit_can_be_read_and_stays)
{
	for (int p = 0; p < POLICY_COUNT; p++)
		CHECK_INT(ends_as(p, change_limits), ==, 0);
}

TAP_MAIN()
