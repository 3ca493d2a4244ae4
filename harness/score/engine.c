/* SPDX-License-Identifier: MIT */
/*
 * How a tree is scored.
 *
 * The tree is built in a pod of its own.  Then lanes, each a thread with a pod,
 * take cases from one queue in file order, area by area.  A pod belongs to one
 * lane; a case is one run in it (two with a driver), on a clean copy of the
 * build, and its verdict is decided here when everything in it is dead.
 *
 * The queue is walked in rounds.  In the first half of a round the lanes run in
 * parallel.  In the second half, everything that timed out is run once more
 * alone, in file order, and only that verdict counts.  An area whose cases
 * time out ten times in a row is held back in the first half, so that no time
 * is burnt on it; when the ten are confirmed alone, the rest of the area is cut,
 * otherwise it goes on in the next round.  A verdict follows from the
 * case's own behaviour, never from which lane was first: the cut is made after
 * the first ten in file order, and what ran behind it is forgotten.
 *
 * Ten programs that sleep disturb nobody.  Timeouts that used next to no CPU
 * time are therefore confirmed together; if any of them then does use it,
 * those that still time out are run alone.
 *
 * Speed areas come last, one case at a time with nothing beside it.
 *
 * A failure of ours is tried again in a new pod, three times in all, and then
 * ends the scoring: the suite is not scored, and no case counts as lost.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "internal.h"
#include "points.h"

#include <poll.h>
#include <sched.h>

enum {
	LANES_PER_CORE = 2,
	LANES_MAX = 256,
	IDLE_SHARE = 20 /* less than 1/20 of its wall time on a CPU: asleep */
};

/* The alone pass notes here what it knows of one area. */
struct confirmation {
	struct engine *engine;
	uint32_t area;
};

unsigned engine_lanes(const struct score_options *options)
{
	cpu_set_t set;
	unsigned cores = 1;

	if (options->lanes > 0)
		return options->lanes < LANES_MAX ? options->lanes : LANES_MAX;
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		cores = (unsigned)CPU_COUNT(&set);
	cores *= LANES_PER_CORE;
	return cores < LANES_MAX ? cores : LANES_MAX;
}

bool engine_may_go_on(const struct engine *engine, struct error *err)
{
	struct pollfd poll_fd = { .fd = engine->options->cancel_fd,
				  .events = POLLIN };

	if (poll_fd.fd >= 0 && poll(&poll_fd, 1, 0) > 0) {
		(void)error_set(err, ERROR_CANCELLED, "stopped");
		return false;
	}
	return true;
}

void engine_progress(struct engine *engine, const char *what)
{
	if (engine->options->progress)
		engine->options->progress(engine->options->context,
					  engine->done, engine->total, what);
}

void engine_note_infra(struct engine *engine, const struct case_result *result,
		       const char *reason)
{
	if (result->verdict != VERDICT_INFRA)
		return;
	engine->stop = true;
	if (engine->score->infra_reason[0] == '\0')
		(void)snprintf(engine->score->infra_reason,
			       sizeof(engine->score->infra_reason), "%s",
			       reason);
}

static struct case_result *result_of(const struct engine *engine,
				     const struct job *job)
{
	return &engine->score->areas[job->area].cases[job->index];
}

/* ---- one batch of jobs, in parallel ------------------------------------------- */

/* A program that execve(2) refuses is refused in every case. */
static void note_refused(struct engine *engine,
			 const struct case_result *result)
{
	static const char *const lasting[] = { "cannot be started: ENOENT",
					       "cannot be started: ENOEXEC",
					       "cannot be started: EACCES",
					       "cannot be started: ELIBBAD" };

	if (result->verdict != VERDICT_REFUSED)
		return;
	for (size_t i = 0; i < ARRAY_LEN(lasting); i++)
		if (strcmp(result->reason, lasting[i]) == 0)
			memcpy(engine->refused, result->reason,
			       sizeof(engine->refused));
}

/* Under the mutex: keep what came of a job, in place of what was there. */
static void record(struct engine *engine, const struct job *job,
		   struct case_result *result, const struct error *err)
{
	struct area_state *state = &engine->areas[job->area];
	struct area_result *area = &engine->score->areas[job->area];
	struct case_result *slot = result_of(engine, job);
	struct score *score = engine->score;

	engine->done += slot->verdict == VERDICT_NOT_RUN;
	score->reruns += slot->verdict != VERDICT_NOT_RUN;
	score->runs += result->attempts;
	score->infra_retries += result->attempts ? result->attempts - 1 : 0;
	score->cpu_ns += result->cpu_ns;
	result->attempts += slot->attempts;
	free(slot->diff);
	*slot = *result;
	note_refused(engine, slot);
	engine_note_infra(engine, slot, err->text);
	if (slot->verdict == VERDICT_TIMEOUT &&
	    cut_point(area->cases, area->case_count) < area->case_count)
		state->suspect = true;
	engine_progress(engine, area->area->name);
}

/* Under the mutex: the next job that is to run; NULL when there is none. */
static const struct job *take_job(struct engine *engine)
{
	while (!engine->stop && engine->next < engine->job_count) {
		const struct job *job = &engine->jobs[engine->next++];
		bool first = result_of(engine, job)->verdict == VERDICT_NOT_RUN;

		if (!(first && engine->areas[job->area].suspect))
			return job;
	}
	return NULL;
}

static int run_job(struct lane *lane, const struct job *job,
		   struct case_result *result, struct error *err)
{
	struct engine *engine = lane->engine;
	const struct task_area *area = &engine->task->areas[job->area];
	const struct task_case *task_case = result_of(engine, job)->task_case;

	if (!engine_may_go_on(engine, err))
		return -1;
	if (engine->refused[0] == '\0')
		return lane_case(lane, area, task_case, result, err);
	*result = (struct case_result){ .task_case = task_case,
					.verdict = VERDICT_REFUSED };
	memcpy(result->reason, engine->refused, sizeof(result->reason));
	return 0;
}

static void *lane_main(void *context)
{
	struct lane lane = { .engine = context };
	struct engine *engine = lane.engine;
	const struct job *job;

	(void)pthread_mutex_lock(&engine->mutex);
	while ((job = take_job(engine))) {
		struct case_result result = { 0 };
		struct error err = ERROR_INIT;
		int rc;

		(void)pthread_mutex_unlock(&engine->mutex);
		rc = run_job(&lane, job, &result, &err);
		(void)pthread_mutex_lock(&engine->mutex);
		if (rc == 0) {
			record(engine, job, &result, &err);
			continue;
		}
		engine->stop = true;
		if (engine->failure.kind == ERROR_NONE)
			engine->failure = err;
	}
	(void)pthread_mutex_unlock(&engine->mutex);
	lane_close(&lane);
	return NULL;
}

static int run_jobs(struct engine *engine, const struct job *jobs, size_t count,
		    size_t lanes, struct error *err)
{
	pthread_t threads[LANES_MAX];
	size_t started = 0;

	engine->jobs = jobs;
	engine->job_count = count;
	engine->next = 0;
	lanes = lanes < count ? lanes : count;
	while (started + 1 < lanes &&
	       pthread_create(&threads[started], NULL, lane_main, engine) == 0)
		started++;
	(void)lane_main(engine); /* this thread is a lane too */
	for (size_t i = 0; i < started; i++)
		(void)pthread_join(threads[i], NULL);
	if (engine->failure.kind == ERROR_NONE)
		return 0;
	*err = engine->failure;
	return -1;
}

/* ---- timeouts, alone ------------------------------------------------------------- */

static bool is_open(const struct confirmation *at, size_t i)
{
	const struct area_result *area = &at->engine->score->areas[at->area];

	return area->cases[i].verdict == VERDICT_TIMEOUT &&
	       !at->engine->areas[at->area].confirmed[i];
}

static bool is_idle(const struct confirmation *at, size_t i)
{
	const struct case_result *result =
		&at->engine->score->areas[at->area].cases[i];

	return result->cpu_ns < result->wall_ns / IDLE_SHARE;
}

/* The open timeouts from case `first` on that slept, as jobs. */
static size_t gather_idle(const struct confirmation *at, size_t first,
			  struct job jobs[CUT_AFTER])
{
	size_t end = at->engine->score->areas[at->area].case_count, n = 0;

	for (size_t i = first; i < end && n < CUT_AFTER; i++) {
		if (!is_open(at, i))
			continue;
		if (!is_idle(at, i))
			break;
		jobs[n++] = (struct job){ at->area, (uint32_t)i };
	}
	return n;
}

/* See the head of this file; leaves unconfirmed what must still run alone. */
static int confirm_idle(const struct confirmation *at, size_t first,
			struct error *err)
{
	bool *confirmed = at->engine->areas[at->area].confirmed;
	struct job jobs[CUT_AFTER];
	size_t count = gather_idle(at, first, jobs);
	bool quiet = true;

	if (count < 2)
		return 0;
	if (run_jobs(at->engine, jobs, count, count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		quiet = quiet && is_idle(at, jobs[i].index);
	for (size_t i = 0; i < count; i++)
		confirmed[jobs[i].index] = quiet;
	return 0;
}

static int confirm_one(const struct confirmation *at, size_t i,
		       struct error *err)
{
	struct job job = { at->area, (uint32_t)i };

	if (is_idle(at, i) && confirm_idle(at, i, err) < 0)
		return -1;
	if (!is_open(at, i))
		return 0;
	if (run_jobs(at->engine, &job, 1, 1, err) < 0)
		return -1;
	at->engine->areas[at->area].confirmed[i] = true;
	return 0;
}

/* Everything behind the cut: as if it had never run. */
static void cut_area(struct engine *engine, uint32_t number, size_t from)
{
	struct area_result *area = &engine->score->areas[number];

	for (size_t i = from; i < area->case_count; i++) {
		struct case_result *result = &area->cases[i];

		engine->done += result->verdict == VERDICT_NOT_RUN;
		free(result->diff);
		*result = (struct case_result){
			.task_case = result->task_case,
			.verdict = VERDICT_CUT,
			.reason = "ten timeouts in a row before it"
		};
	}
	engine->areas[number].cut = true;
}

static int confirm_area(struct engine *engine, uint32_t number,
			struct error *err)
{
	struct area_result *area = &engine->score->areas[number];
	struct confirmation at = { engine, number };
	size_t streak = 0;

	engine->areas[number].suspect = false;
	for (size_t i = 0; i < area->case_count && !engine->stop; i++) {
		if (area->cases[i].verdict == VERDICT_NOT_RUN)
			break;
		if (is_open(&at, i) && confirm_one(&at, i, err) < 0)
			return -1;
		streak = area->cases[i].verdict == VERDICT_TIMEOUT ? streak + 1
								   : 0;
		if (streak == CUT_AFTER && i + 1 < area->case_count) {
			cut_area(engine, number, i + 1);
			break;
		}
	}
	return 0;
}

/* ---- rounds --------------------------------------------------------------------------- */

static size_t gather_new(const struct engine *engine, struct job *jobs)
{
	size_t n = 0;

	for (uint32_t a = 0; a < engine->task->area_count; a++) {
		const struct area_result *area = &engine->score->areas[a];

		if (area->area->kind == AREA_SPEED)
			continue;
		for (uint32_t i = 0; i < area->case_count; i++)
			if (area->cases[i].verdict == VERDICT_NOT_RUN)
				jobs[n++] = (struct job){ a, i };
	}
	return n;
}

static int confirm_all(struct engine *engine, struct error *err)
{
	for (uint32_t a = 0; a < engine->task->area_count; a++)
		if (engine->task->areas[a].kind != AREA_SPEED &&
		    confirm_area(engine, a, err) < 0)
			return -1;
	return 0;
}

int engine_run_areas(struct engine *engine, struct error *err)
{
	auto_free struct job *jobs = xcalloc(engine->total + 1, sizeof(*jobs));
	unsigned lanes = engine->score->lanes;
	size_t count;

	while (!engine->stop && (count = gather_new(engine, jobs)) > 0) {
		if (run_jobs(engine, jobs, count, lanes, err) < 0)
			return -1;
		if (confirm_all(engine, err) < 0)
			return -1;
	}
	return 0;
}
