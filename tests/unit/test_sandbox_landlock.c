/* SPDX-License-Identifier: MIT */
/* What only Landlock refuses, and what it must not. */
#include "pods.h"

#include <linux/landlock.h>
#include <sys/syscall.h>

static const char *const env[] = { "PATH=/usr/bin", "HOME=/work", NULL };

/* What the kernel has; the sandbox uses it from 2 on. */
static long kernel_abi(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
		       LANDLOCK_CREATE_RULESET_VERSION);
}

static struct pod *new_pod(void)
{
	struct pod_config config = toolchain_config(256 << 20, 32);

	config.data_bytes = 1 << 20;
	config.side[SIDE_AUTHOR].used = true;
	for (int i = 0; i < SIDE_COUNT; i++)
		config.side[i].work_bytes = 8 << 20;
	return pod_of(&config);
}

static struct run_config run_of(int side, const char *const *argv)
{
	return (struct run_config){ .side = side,
				    .argv = argv,
				    .env = env,
				    .files_fd = -1,
				    .data = side == SIDE_CANDIDATE,
				    .limits = { .cpu_ns = 30 * NS_PER_SEC,
						.wall_ns = 60 * NS_PER_SEC,
						.memory_bytes = 128 << 20,
						.processes = 16,
						.output_bytes = 4096,
						.file_bytes = 8 << 20,
						.disk_bytes = 8 << 20,
						.open_files = 64 } };
}

/* ---- what it refuses ------------------------------------------------------------------ */

/* Prints the errno of the first try that finds the other end. */
#define CONNECT(name)                                               \
	"socket($s, 1, 1, 0) or die; for (1 .. 1000) { "            \
	"$e = connect($s, pack('S a*', 1, \"\\0" name               \
	"\")) ? 0 : $!+0; last if $e != 111; select undef, undef, " \
	"undef, 0.01 } print $e;"
#define LISTEN(name)                                                 \
	"socket($l, 1, 1, 0) && bind($l, pack('S a*', 1, \"\\0" name \
	"\")) && listen($l, 1) or die $!;"

static const struct {
	const char *label, *script;
	long abi; /* from which on it is refused */
	int error;
} rows[] = {
	{ "the other side's abstract socket", CONNECT("author"), 6, EPERM },
	{ "its own abstract socket", LISTEN("own") CONNECT("own"), 99, 0 },
};

/* The author's side listens for as long as the candidate's side tries. */
TEST(landlock_refuses_what_nothing_else_does)
{
	static const char listen[] = LISTEN("author") "sleep 60";
	struct pod *pod = new_pod();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *server[] = { "/usr/bin/perl", "-e", listen, NULL };
		const char *client[] = { "/usr/bin/perl", "-e", rows[i].script,
					 NULL };
		struct run_config configs[] = { run_of(SIDE_AUTHOR, server),
						run_of(SIDE_CANDIDATE,
						       client) };
		struct outcome outcomes[2];
		char want[16];

		ROW("%s", rows[i].label);
		run_all(pod, configs, 2, outcomes);
		(void)snprintf(want, sizeof(want), "%d",
			       kernel_abi() >= rows[i].abi ? rows[i].error : 0);
		CHECK_STR(buf_text(&outcomes[1].err), "");
		CHECK_STR(buf_text(&outcomes[1].out), want);
		outcome_done(&outcomes[0]);
		outcome_done(&outcomes[1]);
	}
	pod_free(pod);
}

/* As root the ids differ already. */
TEST(a_runs_init_is_not_to_be_signalled)
{
	const char *argv[] = { "/usr/bin/perl", "-e",
			       "print kill(0, 1) ? 0 : $!+0", NULL };
	struct run_config config = run_of(SIDE_CANDIDATE, argv);
	auto_outcome struct outcome outcome;
	struct pod *pod = new_pod();

	run_all(pod, &config, 1, &outcome);
	CHECK_STR(buf_text(&outcome.out),
		  geteuid() == 0 || kernel_abi() >= 6 ? "1" : "0");
	pod_free(pod);
}

/* ---- what it must not ------------------------------------------------------------------ */

#define UNIX_PATH "q(/tmp/s)"

static const struct {
	const char *label, *script;
} work[] = {
	{ "rename and link across folders",
	  "mkdir a b && echo x >a/f && mv a/f b/g && ln b/g a/h && "
	  "mv b a/b && cat a/h a/b/g >/dev/null && rm -r a" },
	{ "move between file systems",
	  "echo x >f && mv f /tmp/f && mv /tmp/f /data/f && rm /data/f" },
	{ "exchange two names",
	  "echo x >x && echo y >y && perl -e '($a, $b) = (q(x), q(y)); "
	  "exit syscall(316, -100, $a, -100, $b, 2)' && read -r v <x && "
	  "[ $v = y ]" },
	{ "truncate",
	  "echo abcdef >f && truncate -s 3 f && : >f && [ ! -s f ]" },
	{ "FIFO", "mkfifo p && (echo x >p &) && read -r v <p && [ $v = x ]" },
	{ "link", "ln -s f l && echo x >f && read -r v <l && rm l f" },
	{ "socket",
	  "perl -MSocket -e 'socket($s, AF_UNIX, SOCK_STREAM, 0) && bind($s, "
	  "pack_sockaddr_un(" UNIX_PATH ")) && listen($s, 1) && socket($c, "
	  "AF_UNIX, SOCK_STREAM, 0) && connect($c, "
	  "pack_sockaddr_un(" UNIX_PATH ")) or die $!'" },
	{ "devices", "echo x >/dev/null && echo x >/dev/full 2>/dev/null; "
		     "head -c 8 /dev/urandom >/dev/zero" },
	{ "deleted file by descriptor",
	  "exec 7<>/tmp/gone && rm /tmp/gone && echo x >/proc/self/fd/7" },
	{ "shared memory", "echo x >/dev/shm/m && rm /dev/shm/m" },
	{ "script of its own",
	  "printf '#!/bin/sh\\nexit 0\\n' >s && chmod +x s && ./s" },
	{ "signal to a child", "sleep 9 & kill -TERM $!" },
	{ "compiler",
	  "! command -v gcc >/dev/null || { "
	  "echo 'int main(void){return 0;}' >m.c && gcc -o m m.c && ./m; }" },
};

static void work_in(struct pod *pod, size_t row, bool lasting)
{
	const char *argv[] = { "/usr/bin/sh", "-c", work[row].script, NULL };
	struct run_config config = run_of(SIDE_CANDIDATE, argv);
	auto_outcome struct outcome outcome;

	ROW("%s in %s /work", work[row].label,
	    lasting ? "a lasting" : "an own");
	config.lasting_work = lasting;
	run_all(pod, &config, 1, &outcome);
	CHECK_STR(buf_text(&outcome.err), "");
	CHECK_INT(outcome.kind, ==, OUTCOME_EXITED);
	CHECK_INT(outcome.status, ==, 0);
}

static void work_everywhere(bool lasting)
{
	struct pod *pod = new_pod();

	for (size_t i = 0; i < ARRAY_LEN(work); i++)
		work_in(pod, i, lasting);
	pod_free(pod);
}

TEST(landlock_is_not_in_the_way_of_work)
{
	work_everywhere(false);
}

TEST(landlock_is_not_in_the_way_of_a_lasting_work)
{
	work_everywhere(true);
}

TAP_MAIN()
