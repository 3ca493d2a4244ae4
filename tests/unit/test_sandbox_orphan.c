/* SPDX-License-Identifier: MIT */
/* A lead run whose server has ended: told at once, ended after its time. */
#include "pods.h"

/* The server ends when it has heard of the lead. */
#define SERVER                                                     \
	"perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new("  \
	"LocalAddr => q(127.0.0.1:7000), Listen => 1) or die $@; " \
	"$s->accept'"
#define HERE                                         \
	"perl -MIO::Socket::INET -e 'sleep 1 until " \
	"IO::Socket::INET->new(q(127.0.0.1:7000))'; "

static const struct {
	const char *label, *server, *lead;
	enum outcome_kind kind; /* of the lead */
	int status;
	const char *out;
} rows[] = {
	{ "a lead that does not listen", SERVER,
	  "echo a; " HERE "exec sleep 60", OUTCOME_LIMIT_WALL, 0, "a\n" },
	{ "a lead that ignores it", SERVER,
	  "trap '' TERM; echo a; " HERE "sleep 60", OUTCOME_LIMIT_WALL, 0,
	  "a\n" },
	{ "a lead that makes something of it", SERVER,
	  "trap 'echo gone; exit 4' TERM; " HERE "while :; do sleep 0.01; done",
	  OUTCOME_EXITED, 4, "gone\n" },
	{ "a lead whose server lives", "exec sleep 60",
	  "trap 'echo gone' TERM; sleep 0.5; echo end", OUTCOME_EXITED, 0,
	  "end\n" },
};

static struct run_config run_of(int which, const char *const *argv)
{
	struct run_config config = small_run(argv);

	config.side = which;
	config.orphan_ns = which == SIDE_AUTHOR ? NS_PER_SEC / 2 : 0;
	config.limits.cpu_ns = 20 * NS_PER_SEC;
	config.limits.wall_ns = 50 * NS_PER_SEC;
	return config;
}

static void check_row(struct pod *pod, size_t row)
{
	const char *server[] = { "/usr/bin/sh", "-c", rows[row].server, NULL };
	const char *lead[] = { "/usr/bin/sh", "-c", rows[row].lead, NULL };
	struct run_config configs[] = { run_of(SIDE_CANDIDATE, server),
					run_of(SIDE_AUTHOR, lead) };
	struct outcome outcomes[2];

	run_all(pod, configs, 2, outcomes);
	CHECK_INT(outcomes[1].kind, ==, rows[row].kind);
	CHECK_INT(outcomes[1].status, ==, rows[row].status);
	CHECK_STR(buf_text(&outcomes[1].out), rows[row].out);
	outcome_done(&outcomes[0]);
	outcome_done(&outcomes[1]);
}

TEST(a_lead_is_told_when_its_server_has_ended)
{
	struct pod_config config = toolchain_config(64 << 20, 16);
	struct pod *pod;

	config.side[SIDE_AUTHOR].used = true;
	pod = pod_of(&config);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW("%s", rows[i].label);
		check_row(pod, i);
	}
	pod_free(pod);
}

TAP_MAIN()
