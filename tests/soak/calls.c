/* SPDX-License-Identifier: MIT */
/*
 * calls - random system calls inside, and the host as it was.
 *
 *	calls DIRECTORY SECONDS [SEED]	DIRECTORY holds inside_calls
 *
 * Under each policy in turn a pod is made, inside_calls runs in it a few times,
 * the pod is freed, and the host is looked at.  However a run ends is well,
 * but for two: that the program was not contained, and that the launcher or the
 * pod failed.  All follows from the seed, which is printed.
 */
#include "pods.h"

#include "fortnight/clock.h"

#include <signal.h>
#include <sys/random.h>
#include <sys/wait.h>

enum {
	MIB = 1 << 20,
	RUN_MS_MAX = 4000,
	RUNS_OF_POD = 2,
	NOT_CONTAINED = 99,
	TAIL = 1500 /* of the output, shown when a run fails us */
};

static const struct {
	const char *name;
	enum sandbox_policy policy;
	enum sandbox_root root;
} places[] = {
	{ "grade", POLICY_GRADE, ROOT_BARE },
	{ "session", POLICY_SESSION, ROOT_TOOLCHAIN },
	{ "debug", POLICY_DEBUG, ROOT_TOOLCHAIN },
};

struct tally {
	unsigned long calls;
	unsigned children, died, late, runs, cut_short;
};

struct fuzz {
	struct soak soak;
	struct lines host;
	uint64_t seed;
	unsigned rounds;
	int run_ms;
	struct tally tally[ARRAY_LEN(places)];
	struct finding broken[ARRAY_LEN(places)];
	struct finding changed;
};

/* ---- a run -------------------------------------------------------------------------- */

/* Its last line, if it came so far. */
static void take_words(struct tally *tally, const struct outcome *outcome)
{
	static const char word[] = "\ncalls ";
	unsigned long calls;
	unsigned children, died, late;
	size_t at = outcome->out.len;
	char line[128] = "";

	while (at > 0 &&
	       (at + sizeof(word) > outcome->out.len ||
		memcmp(outcome->out.data + at, word, sizeof(word) - 1) != 0))
		at--;
	if (outcome->out.len > at)
		(void)snprintf(line, sizeof(line), "%.*s",
			       (int)(outcome->out.len - at),
			       outcome->out.data + at);
	tally->runs++;
	if (sscanf(line, "\ncalls %lu children %u died %u late %u", &calls,
		   &children, &died, &late) != 4) {
		tally->cut_short++;
		return;
	}
	tally->calls += calls;
	tally->children += children;
	tally->died += died;
	tally->late += late;
}

/* The children's seeds, and what the last of them called. */
static void show_tail(const struct outcome *outcome)
{
	const struct buf *out = &outcome->out;
	size_t from = out->len > TAIL ? out->len - TAIL : 0;

	printf("# ");
	for (size_t i = from; i < out->len; i++) {
		char c = out->data[i];

		if (c == '\n')
			printf("\n# ");
		else if (c >= ' ' && c < 127)
			putchar(c);
	}
	putchar('\n');
}

static int run_once(struct fuzz *fuzz, size_t place, struct pod *pod,
		    uint64_t seed, struct error *err)
{
	char arg[64];
	const struct soak_run run = {
		.arg = arg,
		.limits = { .cpu_ns = 4 * fuzz->run_ms * NS_PER_MS,
			    .wall_ns = (fuzz->run_ms + 4000) * NS_PER_MS,
			    .memory_bytes = 96 * MIB,
			    .processes = 24,
			    .output_bytes = 8 * MIB,
			    .disk_bytes = 8 * MIB },
	};
	auto_outcome struct outcome outcome;
	int rc;

	outcome_init(&outcome);
	(void)snprintf(arg, sizeof(arg), "%#llx:%d", (unsigned long long)seed,
		       fuzz->run_ms);
	rc = soak_run(&fuzz->soak, pod, &run, 1, &outcome, err);
	if (rc < 0) {
		soak_found(&fuzz->broken[place], "run %s: %s", arg, err->text);
		show_tail(&outcome);
		return -1;
	}
	take_words(&fuzz->tally[place], &outcome);
	if (outcome.kind == OUTCOME_NOT_STARTED ||
	    (outcome.kind == OUTCOME_EXITED && outcome.status == NOT_CONTAINED))
		soak_found(&fuzz->broken[place], "run %s: %s %d", arg,
			   outcome_kind_name(outcome.kind), outcome.status);
	printf("# %s %s: %s %d, %lld ms of CPU time\n", places[place].name, arg,
	       outcome_kind_name(outcome.kind), outcome.status,
	       (long long)(outcome.cpu_ns / NS_PER_MS));
	(void)fflush(stdout);
	return 0;
}

static void look(struct fuzz *fuzz, const char *where)
{
	struct finding change = { .why = "" };

	soak_look(&fuzz->soak, &fuzz->host, &change);
	if (change.why[0])
		soak_found(&fuzz->changed, "after %s %u: %s", where,
			   fuzz->rounds, change.why);
}

static void run_pod(struct fuzz *fuzz, size_t place)
{
	const struct soak_pod what = { .policy = places[place].policy,
				       .root = places[place].root,
				       .memory_bytes = 128 * MIB,
				       .processes = 32 };
	struct error err = ERROR_INIT;
	struct pod *pod = NULL;

	if (soak_pod_new(&fuzz->soak, &what, &pod, &err) < 0) {
		soak_found(&fuzz->broken[place], "pod: %s", err.text);
		return;
	}
	for (unsigned i = 0; i < RUNS_OF_POD && !pod_is_spent(pod); i++)
		if (run_once(fuzz, place, pod,
			     fuzz->seed + fuzz->rounds * 16 + i, &err) < 0)
			break;
	pod_free(pod);
	look(fuzz, places[place].name);
	fuzz->rounds++;
}

/* ---- all of them --------------------------------------------------------------------- */

static void report(struct fuzz *fuzz)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const struct tally *t = &fuzz->tally[i];

		if (t->calls == 0 && !fuzz->broken[i].why[0])
			soak_found(&fuzz->broken[i], "no call was counted");
		soak_point(&fuzz->broken[i],
			   "policy %s: launcher and pods outlive random calls",
			   places[i].name);
		printf("# %lu calls by %u children, %u of which died of a "
		       "signal and %u were late; %u runs, %u cut short\n",
		       t->calls, t->children, t->died, t->late, t->runs,
		       t->cut_short);
	}
	soak_point(&fuzz->changed, "the host is as it was");
}

static int fuzz_for(struct fuzz *fuzz, int64_t seconds)
{
	int64_t end = clock_mono_ns() + seconds * NS_PER_SEC;
	int64_t share_ms =
		seconds * 1000 / RUNS_OF_POD / (int64_t)ARRAY_LEN(places);

	fuzz->run_ms = (int)(share_ms < RUN_MS_MAX ? share_ms : RUN_MS_MAX);
	printf("# seed %#llx\n", (unsigned long long)fuzz->seed);
	host_look(&fuzz->soak.lures, &fuzz->host);
	/* Each policy has its turn, however short the time is. */
	while (fuzz->rounds < ARRAY_LEN(places) || clock_mono_ns() < end)
		run_pod(fuzz, fuzz->rounds % ARRAY_LEN(places));
	report(fuzz);
	lines_done(&fuzz->host);
	return soak_done();
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	struct fuzz fuzz = { .rounds = 0 };
	long seconds = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	int rc;

	if (argc < 3 || argc > 4 || seconds <= 0) {
		(void)fprintf(stderr,
			      "usage: calls DIRECTORY SECONDS [SEED]\n");
		return 2;
	}
	if (argc == 4)
		fuzz.seed = strtoull(argv[3], NULL, 0);
	else if (getrandom(&fuzz.seed, sizeof(fuzz.seed), 0) < 0)
		return 1;
	(void)signal(SIGPIPE, SIG_IGN);
	soak_refuses_outside(argv[1], "inside_calls");
	if (soak_open(&fuzz.soak, argv[1], "inside_calls", &err) < 0) {
		printf("Bail out! %s\n", err.text);
		soak_close(&fuzz.soak);
		return 1;
	}
	rc = fuzz_for(&fuzz, seconds);
	soak_close(&fuzz.soak);
	return rc;
}
