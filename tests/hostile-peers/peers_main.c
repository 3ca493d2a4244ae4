/* SPDX-License-Identifier: MIT */
/*
 * peers - make the attempts under one other sandbox, one line each.
 *
 *	peers --list		number, expectation, title of every attempt
 *	peers NAME [SKIP]	run all but the first SKIP
 *
 *	BEGIN <number>
 *	CELL <number> <word> <detail>		with tabs between
 *
 * An attempt that took the machine down has a BEGIN and no CELL, and whoever
 * started the machine knows.
 */
#include "peers.h"

#include <signal.h>

static const struct peer peers[] = {
	{ "plain", 0 },	     { "bwrap", 1 },	{ "bwrap-root", 1 },
	{ "crun", 10 },	     { "firejail", 2 }, { "firejail-strict", 30 },
	{ "nspawn", 10 },    { "runc", 20 },	{ "runsc", 60 },
	{ "fortnight", 30 },
};

/* Left out: what is about collecting files, /data, a second side and how a failure
 * to start is told, which others have not; and what takes a toolchain, which the
 * machine has not. */
static bool is_for_peers(const struct attempt *attempt)
{
	return strncmp(attempt->program, "attack_", 7) == 0 &&
	       !attempt->collect && !attempt->driver &&
	       attempt->places != PLACE_BUILD &&
	       !(attempt->limits && attempt->limits->data_mb);
}

static void make_cell(const struct lures *lures, const struct peer *peer,
		      const struct attempt *attempt, struct cell *cell)
{
	struct seen seen = { .begun = false };
	struct error err = ERROR_INIT;

	*cell = (struct cell){ .word = "did not run" };
	outcome_init(&seen.outcome);
	if (run_attempt(lures, peer, attempt, &seen, &err) < 0)
		(void)snprintf(cell->detail, sizeof(cell->detail),
			       "the runner: %.300s", err.text);
	else
		judge_cell(attempt, &seen, cell);
	outcome_done(&seen.outcome);
}

static void run_one(const struct lures *lures, const struct peer *peer,
		    const struct attempt *attempt)
{
	struct cell cell;

	printf("BEGIN %s\n", attempt->number);
	(void)fflush(stdout);
	make_cell(lures, peer, attempt, &cell);
	printf("CELL\t%s\t%s\t%s\n", attempt->number, cell.word, cell.detail);
	(void)fflush(stdout);
}

/* What a sandbox makes when it is started for the first time is its own and not
 * an attack's; and one that cannot start at all shows here. */
static void run_first(const struct lures *lures, const struct peer *peer)
{
	static const struct attempt harmless = { .number = "0",
						 .program = "attack_kernel",
						 .arg = "rdtsc",
						 .expect = "harmless" };
	struct cell cell;

	make_cell(lures, peer, &harmless, &cell);
	printf("# a harmless program: %s, %s\n", cell.word, cell.detail);
	(void)fflush(stdout);
}

static void each(void (*call)(const struct lures *lures,
			      const struct peer *peer,
			      const struct attempt *attempt),
		 const struct lures *lures, const struct peer *peer, long skip)
{
	for (size_t t = 0; t < table_count; t++)
		for (size_t i = 0; i < tables[t]->count; i++)
			if (is_for_peers(&tables[t]->attempts[i]) &&
			    skip-- <= 0)
				call(lures, peer, &tables[t]->attempts[i]);
}

static void list_one(const struct lures *lures, const struct peer *peer,
		     const struct attempt *attempt)
{
	(void)lures;
	(void)peer;
	printf("%s\t%s\t%s\n", attempt->number, attempt->title,
	       attempt->expect);
}

static int run(const char *name, long skip)
{
	struct error err = ERROR_INIT;
	struct lures lures;

	for (size_t i = 0; i < ARRAY_LEN(peers); i++) {
		if (strcmp(peers[i].name, name) != 0)
			continue;
		if (run_open(&lures, &err) < 0) {
			(void)fprintf(stderr, "peers: %s\n", err.text);
			return 1;
		}
		run_first(&lures, &peers[i]);
		each(run_one, &lures, &peers[i], skip);
		lures_clear(&lures);
		return 0;
	}
	(void)fprintf(stderr, "peers: there is no '%s'\n", name);
	return 2;
}

int main(int argc, char **argv)
{
	(void)signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		each(list_one, NULL, NULL, 0);
		return 0;
	}
	if (argc < 2) {
		(void)fprintf(stderr, "usage: peers --list | NAME [SKIP]\n");
		return 2;
	}
	return run(argv[1], argc > 2 ? strtol(argv[2], NULL, 10) : 0);
}
