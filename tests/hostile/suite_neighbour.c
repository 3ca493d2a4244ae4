/* SPDX-License-Identifier: MIT */
/*
 * The neighbour: a session's pod that lives all the while, and works.  While an attempt is
 * made a thread runs one small job after another in it; each has to come to its
 * end with the right result, and what it cost in CPU time is compared with what it
 * costs in calm.
 *
 * CPU time and not progress: how much a neighbour gets done in a second is
 * what the machine has left, and nobody promises a share of it (docs/decisions,
 * 3); a verdict, though, is made of CPU time, and must not depend on who works
 * next door.  The median of the jobs, since a single one meets whatever else
 * the machine does.  The bound: two processors that share a core halve each
 * other's speed, and a cache that is shared costs as much again; a calm machine
 * shows 1.0 to 1.3.
 */
#include "suite.h"

#include "fortnight/clock.h"

#include <unistd.h>

enum {
	CALM_JOBS = 9,
	COST_MAX = 3, /* times what it costs in calm */
	NAP_MS = 60,  /* between two jobs: load that nobody needs is none */
	NAPS = 3
};

static int by_cost(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t median_cost(struct neighbour *neighbour)
{
	qsort(neighbour->cost_ns, neighbour->jobs, sizeof(int64_t), by_cost);
	return neighbour->cost_ns[neighbour->jobs / 2];
}

/* One run in the neighbour's pod.  A pod in which anything of ours failed
 * gives way to a new one: the next attempt is judged by itself. */
static void do_job(struct suite *suite, const char *arg,
		   struct finding *finding)
{
	struct neighbour *neighbour = &suite->neighbour;
	struct run_request request = { .program = "attack_control",
				       .arg = arg,
				       .limits = &limits_usual,
				       .place = PLACE_SESSION,
				       .lasting = true };
	auto_outcome struct outcome outcome;
	struct error err = ERROR_INIT;

	outcome_init(&outcome);
	if (!neighbour->pod) {
		found(finding, "the neighbour has no pod");
		return;
	}
	if (suite_run_in(suite, neighbour->pod, &request, &outcome, &err) < 0) {
		found(finding, "the neighbour: %s", err.text);
		neighbour->broken = true;
		return;
	}
	judge("harmless", &outcome, finding);
	if (neighbour->jobs < NEIGHBOUR_JOBS_MAX)
		neighbour->cost_ns[neighbour->jobs++] = outcome.cpu_ns;
}

static void *work(void *arg)
{
	struct suite *suite = arg;
	struct neighbour *neighbour = &suite->neighbour;
	const struct timespec nap = { .tv_nsec = NAP_MS / NAPS * NS_PER_MS };

	do {
		do_job(suite, neighbour->job, &neighbour->finding);
		for (int i = 0; i < NAPS && !atomic_load(&neighbour->stop); i++)
			(void)nanosleep(&nap, NULL);
	} while (!atomic_load(&neighbour->stop) && !neighbour->finding.why[0]);
	return NULL;
}

void neighbour_begin(struct suite *suite)
{
	struct neighbour *neighbour = &suite->neighbour;

	neighbour->finding = (struct finding){ .why = "" };
	neighbour->jobs = 0;
	atomic_store(&neighbour->stop, false);
	neighbour->working =
		pthread_create(&neighbour->thread, NULL, work, suite) == 0;
}

static void judge_cost(struct neighbour *neighbour, struct finding *finding)
{
	int64_t cost;

	if (!neighbour->jobs) {
		found(finding, "the neighbour did no work");
		return;
	}
	cost = median_cost(neighbour);
	if ((double)cost > neighbour->worst * (double)neighbour->calm_ns)
		neighbour->worst = (double)cost / (double)neighbour->calm_ns;
	if (cost > COST_MAX * neighbour->calm_ns)
		found(finding,
		      "the neighbour's job cost %lld us of CPU time in the "
		      "median of %zu, and %lld in calm",
		      (long long)(cost / 1000), neighbour->jobs,
		      (long long)(neighbour->calm_ns / 1000));
}

static int make_pod(struct suite *suite, struct error *err)
{
	struct finding finding = { .why = "" };

	pod_free(suite->neighbour.pod);
	suite->neighbour.pod = NULL;
	suite->neighbour.broken = false;
	if (suite_pod(suite, "attack_control", &limits_usual, PLACE_SESSION,
		      &suite->neighbour.pod, err) < 0)
		return -1;
	do_job(suite, "neighbour_prepare", &finding);
	if (finding.why[0])
		return error_set(err, ERROR_INFRA, "%s", finding.why);
	return 0;
}

/* Its files are looked at when its work is done. */
void neighbour_end(struct suite *suite, struct finding *finding)
{
	struct neighbour *neighbour = &suite->neighbour;
	struct error err = ERROR_INIT;

	atomic_store(&neighbour->stop, true);
	if (neighbour->working)
		(void)pthread_join(neighbour->thread, NULL);
	neighbour->working = false;
	if (neighbour->finding.why[0])
		found(finding, "the neighbour: %s", neighbour->finding.why);
	judge_cost(neighbour, finding);
	if (!neighbour->broken)
		do_job(suite, "neighbour_check", finding);
	if (neighbour->broken && make_pod(suite, &err) < 0)
		found(finding, "a new neighbour: %s", err.text);
}

int neighbour_open(struct suite *suite, struct error *err)
{
	struct neighbour *neighbour = &suite->neighbour;
	struct finding finding = { .why = "" };

	neighbour->job = "neighbour_work";
	if (make_pod(suite, err) < 0)
		return -1;
	neighbour->jobs = 0;
	for (int i = 0; i < CALM_JOBS; i++)
		do_job(suite, neighbour->job, &finding);
	if (finding.why[0])
		return error_set(err, ERROR_INFRA, "the neighbour, in calm: %s",
				 finding.why);
	neighbour->calm_ns = median_cost(neighbour);
	return 0;
}

void neighbour_close(struct suite *suite)
{
	pod_free(suite->neighbour.pod);
	suite->neighbour.pod = NULL;
}
