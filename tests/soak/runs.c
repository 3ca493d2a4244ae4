/* SPDX-License-Identifier: MIT */
/*
 * runs - many runs in a row, and whether anything is left of them.
 *
 *	runs DIRECTORY COUNT	DIRECTORY holds inside_load
 *
 * One pod lasts from the first run to the last, another is made anew now and
 * then; runs of every kind, good and bad, go to both.  Every outcome is
 * checked, and the gauges (gauges.c) are read between runs.
 */
#include "gauges.h"

#include "fortnight/clock.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum {
	MIB = 1 << 20,
	RENEW_AFTER = 40,   /* runs of the pod that does not last */
	READINGS = 90,	    /* in all */
	TO_RENEWED = 4,	    /* every fourth run goes there */
	PAIR_AFTER = 10,    /* of those, every tenth is a pair */
	CONTROL_BYTES = MIB /* what a control leaks */
};

struct kind {
	const char *arg;
	enum outcome_kind want;
	int status;
	int weight; /* of this many out of all weights */
	int64_t cpu_ms, wall_ms;
	bool renewed_only; /* the pod may have to be given up after it */
	bool collect, missing;
	const char *input;
};

static const struct kind kinds[] = {
	{ .arg = "echo", .weight = 40, .input = "hello\n" },
	{ .arg = "echo", .weight = 10, .input = "hello\n", .collect = true },
	{ .arg = "status", .status = 3, .weight = 10 },
	{ .arg = "crash",
	  .want = OUTCOME_SIGNALLED,
	  .status = SIGSEGV,
	  .weight = 8 },
	{ .arg = "residue", .weight = 8 },
	{ .arg = "daemon", .weight = 6 },
	{ .arg = "files", .weight = 4, .collect = true },
	{ .arg = "nothing",
	  .want = OUTCOME_NOT_STARTED,
	  .status = ENOENT,
	  .weight = 4,
	  .missing = true },
	{ .arg = "flood", .want = OUTCOME_LIMIT_OUTPUT, .weight = 3 },
	{ .arg = "spin", .want = OUTCOME_LIMIT_CPU, .weight = 3, .cpu_ms = 15 },
	{ .arg = "asleep",
	  .want = OUTCOME_LIMIT_WALL,
	  .weight = 2,
	  .wall_ms = 20 },
	{ .arg = "memory", .want = OUTCOME_LIMIT_MEMORY, .weight = 2 },
	{ .arg = "bomb",
	  .want = OUTCOME_LIMIT_CPU,
	  .weight = 2,
	  .cpu_ms = 30,
	  .renewed_only = true },
};

struct runs {
	struct soak soak;
	struct pod *lasting, *renewed;
	unsigned in_renewed, renewals, lasting_renewals, pairs, dice;
	unsigned done[ARRAY_LEN(kinds)];
	struct series *series; /* of each gauge */
	struct finding wrong;  /* outcomes */
};

static const struct soak_pod lasting_pod = { .policy = POLICY_GRADE,
					     .root = ROOT_BARE,
					     .memory_bytes = 64 * MIB,
					     .processes = 32 };
static const struct soak_pod renewed_pod = { .policy = POLICY_SESSION,
					     .root = ROOT_TOOLCHAIN,
					     .author = true,
					     .memory_bytes = 64 * MIB,
					     .processes = 64 };

/* ---- a run ------------------------------------------------------------------------ */

/* The same order each time: a linear congruential generator (Knuth, MMIX). */
static unsigned roll(struct runs *runs, unsigned below)
{
	runs->dice = runs->dice * 1664525U + 1013904223U;
	return (runs->dice >> 8) % below;
}

static const struct kind *choose(struct runs *runs, bool renewed)
{
	int all = 0, at;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		all += kinds[i].weight;
	for (;;) {
		size_t i = 0;

		at = (int)roll(runs, (unsigned)all);
		while (at >= kinds[i].weight)
			at -= kinds[i++].weight;
		if (renewed || !kinds[i].renewed_only)
			return &kinds[i];
	}
}

/* Of what a limit ended the status says nothing. */
static bool has_status(enum outcome_kind kind)
{
	return kind == OUTCOME_EXITED || kind == OUTCOME_SIGNALLED ||
	       kind == OUTCOME_NOT_STARTED;
}

static void check_outcome(struct runs *runs, const char *arg,
			  const struct outcome *outcome, enum outcome_kind want,
			  int status)
{
	if (outcome->kind == want &&
	    (!has_status(want) || outcome->status == status))
		return;
	soak_found(&runs->wrong, "%s: %s %d", arg,
		   outcome_kind_name(outcome->kind), outcome->status);
}

static int run_kind(struct runs *runs, struct pod *pod, const struct kind *kind,
		    struct error *err)
{
	const struct soak_run run = {
		.path = kind->missing ? "/app/nothing" : NULL,
		.arg = kind->arg,
		.input = kind->input,
		.collect_work = kind->collect,
		.limits = { .cpu_ns = kind->cpu_ms * NS_PER_MS,
			    .wall_ns = kind->wall_ms * NS_PER_MS },
	};
	auto_outcome struct outcome outcome;

	outcome_init(&outcome);
	if (soak_run(&runs->soak, pod, &run, 1, &outcome, err) < 0)
		return error_prefix(err, "%s", kind->arg);
	runs->done[kind - kinds]++;
	check_outcome(runs, kind->arg, &outcome, kind->want, kind->status);
	if (kind->input && (outcome.out.len != strlen(kind->input)))
		soak_found(&runs->wrong, "%s printed %zu bytes", kind->arg,
			   outcome.out.len);
	return 0;
}

/* A server and its visitor, on the two sides. */
static int run_pair(struct runs *runs, struct pod *pod, struct error *err)
{
	const struct soak_run pair[] = {
		{ .side = SIDE_CANDIDATE, .arg = "serve", .terminate = true },
		{ .side = SIDE_AUTHOR, .arg = "visit" },
	};
	struct outcome outcomes[2];
	int rc;

	outcome_init(&outcomes[0]);
	outcome_init(&outcomes[1]);
	rc = soak_run(&runs->soak, pod, pair, 2, outcomes, err);
	if (rc == 0) {
		check_outcome(runs, "serve", &outcomes[0], OUTCOME_ENDED, 0);
		check_outcome(runs, "visit", &outcomes[1], OUTCOME_EXITED, 0);
	}
	outcome_done(&outcomes[0]);
	outcome_done(&outcomes[1]);
	runs->pairs++;
	return rc;
}

/* ---- pods -------------------------------------------------------------------------- */

static int renew(struct runs *runs, struct error *err)
{
	if (runs->renewed && runs->in_renewed < RENEW_AFTER &&
	    !pod_is_spent(runs->renewed))
		return 0;
	pod_free(STEAL(runs->renewed));
	runs->in_renewed = 0;
	runs->renewals++;
	return soak_pod_new(&runs->soak, &renewed_pod, &runs->renewed, err);
}

/* One that had to be given up: its gauges begin anew. */
static int keep_lasting(struct runs *runs, struct error *err)
{
	if (runs->lasting && !pod_is_spent(runs->lasting))
		return 0;
	pod_free(STEAL(runs->lasting));
	runs->lasting_renewals++;
	for (size_t i = 0; i < gauge_count; i++)
		if (gauges[i].of_pod)
			runs->series[i].count = 0;
	return soak_pod_new(&runs->soak, &lasting_pod, &runs->lasting, err);
}

static int run_one(struct runs *runs, unsigned number, struct error *err)
{
	if (renew(runs, err) < 0 || keep_lasting(runs, err) < 0)
		return -1;
	if (number % TO_RENEWED != 0)
		return run_kind(runs, runs->lasting, choose(runs, false), err);
	if (++runs->in_renewed % PAIR_AFTER == 0)
		return run_pair(runs, runs->renewed, err);
	return run_kind(runs, runs->renewed, choose(runs, true), err);
}

/* Each kind once in each pod, uncounted: what is allocated for the first of a kind
 * and kept is no leak. */
static int warm_up(struct runs *runs, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (renew(runs, err) < 0 || keep_lasting(runs, err) < 0 ||
		    run_kind(runs, runs->renewed, &kinds[i], err) < 0)
			return -1;
		if (!kinds[i].renewed_only &&
		    run_kind(runs, runs->lasting, &kinds[i], err) < 0)
			return -1;
	}
	runs->in_renewed = RENEW_AFTER;
	if (renew(runs, err) < 0 || run_pair(runs, runs->renewed, err) < 0)
		return -1;
	memset(runs->done, 0, sizeof(runs->done));
	runs->pairs = 0;
	return 0;
}

static void read_gauges(struct runs *runs)
{
	for (size_t i = 0; i < gauge_count; i++)
		series_add(&runs->series[i], gauges[i].read(runs->lasting));
}

static int run_all(struct runs *runs, unsigned count, struct error *err)
{
	unsigned every = count > READINGS ? count / READINGS : 1;

	if (warm_up(runs, err) < 0)
		return -1;
	for (unsigned i = 0; i < count; i++) {
		if (run_one(runs, i, err) < 0)
			return error_prefix(err, "run %u of %u", i, count);
		if (i % every == every - 1)
			read_gauges(runs);
	}
	return 0;
}

/* ---- controls: each kind of leak is seen ----------------------------------------------- */

static void control_judge(void)
{
	struct series growing = { .count = 0 }, steady = { .count = 0 };
	struct finding grew = { .why = "" }, stayed = { .why = "" };
	struct finding finding = { .why = "" };

	for (int i = 0; i < READINGS; i++) {
		series_add(&growing, 100 + i / 10);
		series_add(&steady, i < READINGS / 3 ? 50 + i : 100 - i % 2);
	}
	series_judge(&growing, 1, &grew);
	series_judge(&steady, 1, &stayed);
	if (!strstr(grew.why, "it grew from 104 to 107") || stayed.why[0])
		soak_found(&finding, "\"%s\", \"%s\"", grew.why, stayed.why);
	soak_point(&finding, "control: what grows is found, by its thirds");
}

static long by_name(const char *name, const struct pod *pod)
{
	for (size_t i = 0; i < gauge_count; i++)
		if (strcmp(gauges[i].name, name) == 0)
			return gauges[i].read(pod);
	return -1;
}

static void control_gauge(struct runs *runs, const char *name, long before,
			  long least)
{
	struct finding finding = { .why = "" };
	long after = by_name(name, runs->lasting);

	if (after < before + least)
		soak_found(&finding, "from %ld to %ld, not by %ld", before,
			   after, least);
	soak_point(&finding, "control: more %s would be noticed", name);
}

static void control_own(struct runs *runs)
{
	static const char fds[] = "descriptors of the launcher";
	static const char children[] = "children of the launcher";
	static const char memory[] = "memory of the launcher";
	const struct pod *pod = runs->lasting;
	long had_fds = by_name(fds, pod), had_memory = by_name(memory, pod);
	long had_children = by_name(children, pod);
	int fd = dup(STDOUT_FILENO);
	char *block = mmap(NULL, CONTROL_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			(void)pause();
	if (block != MAP_FAILED)
		memset(block, 1, CONTROL_BYTES);
	control_gauge(runs, fds, had_fds, 1);
	control_gauge(runs, children, had_children, 1);
	control_gauge(runs, memory, had_memory, CONTROL_BYTES >> 10);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	(void)munmap(block, CONTROL_BYTES);
	(void)close(fd);
}

/* A second pod of ours holds a group and an id range; a file in the pod's
 * /work is in its memory. */
static int control_pods(struct runs *runs, struct error *err)
{
	static const char memory[] = "memory of the pod, the kernel's too";
	static const char groups[] = "control groups of ours";
	static const char slots[] = "id ranges of ours";
	const struct soak_run keep = { .arg = "keep", .lasting_work = true };
	long had_memory = by_name(memory, runs->lasting);
	long had_groups = by_name(groups, runs->lasting);
	long had_slots = by_name(slots, runs->lasting);
	auto_pod struct pod *other = NULL;
	auto_outcome struct outcome outcome;

	outcome_init(&outcome);
	if (soak_pod_new(&runs->soak, &lasting_pod, &other, err) < 0 ||
	    soak_run(&runs->soak, runs->lasting, &keep, 1, &outcome, err) < 0)
		return -1;
	control_gauge(runs, memory, had_memory, CONTROL_BYTES >> 11);
	control_gauge(runs, groups, had_groups, 1);
	if (geteuid() == 0)
		control_gauge(runs, slots, had_slots, 1);
	return 0;
}

/* ---- the report -------------------------------------------------------------------------- */

static void report_gauges(const struct runs *runs)
{
	for (size_t i = 0; i < gauge_count; i++) {
		const struct series *s = &runs->series[i];
		struct finding finding = { .why = "" };

		if (gauges[i].for_root && geteuid() != 0)
			continue;
		/* Of a pod that had to be given up late there is little to say. */
		if (!gauges[i].of_pod || s->count >= READINGS / 3 ||
		    runs->lasting_renewals <= 1)
			series_judge(s, gauges[i].noise, &finding);
		soak_point(&finding, "%s: no growth", gauges[i].name);
		printf("# first %ld, middle third %ld, last third %ld, last "
		       "%ld %s\n",
		       s->count ? s->value[0] : -1, series_median(s, 1),
		       series_median(s, 2),
		       s->count ? s->value[s->count - 1] : -1, gauges[i].unit);
	}
}

static void report_runs(const struct runs *runs, unsigned count, int64_t ns)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		printf("# %u of %s: %s\n", runs->done[i], kinds[i].arg,
		       outcome_kind_name(kinds[i].want));
	printf("# %u of serve and visit\n", runs->pairs);
	printf("# %u runs in %lld ms; %u pods besides the one that lasts, which "
	       "was given up %u times\n",
	       count, (long long)(ns / NS_PER_MS), runs->renewals,
	       runs->lasting_renewals - 1);
	soak_point(&runs->wrong, "every run of %u ended as it has to", count);
}

static int soak_all(struct runs *runs, unsigned count, struct error *err)
{
	auto_lines struct lines before = { 0 };
	struct finding finding = { .why = "" };
	long groups = kernel_groups();
	int64_t begun_ns;
	int rc;

	host_look(&runs->soak.lures, &before);
	begun_ns = clock_mono_ns();
	rc = run_all(runs, count, err);
	if (rc == 0) {
		report_runs(runs, count, clock_mono_ns() - begun_ns);
		report_gauges(runs);
		control_judge();
		control_own(runs);
		rc = control_pods(runs, err);
	}
	pod_free(STEAL(runs->lasting));
	pod_free(STEAL(runs->renewed));
	soak_look(&runs->soak, &before, &finding);
	soak_point(&finding, "the host is as it was");
	printf("# memory groups in the kernel, everybody's and removed ones: %ld "
	       "before, %ld after\n",
	       groups, kernel_groups());
	return rc;
}

int main(int argc, char **argv)
{
	unsigned count = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	struct runs runs = { .dice = 1 };
	struct error err = ERROR_INIT;
	int rc;

	if (count == 0) {
		(void)fprintf(stderr, "usage: runs DIRECTORY COUNT\n");
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	runs.series = xcalloc(gauge_count, sizeof(*runs.series));
	soak_refuses_outside(argv[1], "inside_load");
	rc = soak_open(&runs.soak, argv[1], "inside_load", &err);
	if (rc == 0)
		rc = soak_all(&runs, count, &err);
	soak_close(&runs.soak);
	free(runs.series);
	if (rc < 0) {
		printf("Bail out! %s\n", err.text);
		return 1;
	}
	return soak_done();
}
