/* SPDX-License-Identifier: MIT */
/*
 * How fast this machine is, in the terms of the pack.
 *
 * calibration.json holds the reference's CPU time of each speed case and the
 * time that a fixed loop took beside it.  The loop is timed again beside each
 * run here, so that a reference taken on one machine serves on another, and a
 * machine that is throttled or shared slows both alike.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/fd.h"
#include "fortnight/json.h"
#include "internal.h"

enum {
	LOOP_STEPS = 6000000,
	LOOP_WORDS =
		1 << 14, /* 128 KiB: past the first cache, within the second */
	LOOP_RUNS = 3,
	CALIBRATION_MAX = 16 << 20
};

static struct sandbox_host host;

static void probe_once(void)
{
	sandbox_probe(&host);
}

const struct sandbox_host *score_host(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, probe_once);
	return &host;
}

/* Dependent multiplications and scattered loads and stores: neither can be
 * left out by a compiler, nor sped up by a wider vector unit. */
static uint64_t loop_once(uint64_t *words)
{
	uint64_t x = 88172645463325252ULL;

	for (unsigned i = 0; i < LOOP_STEPS; i++) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		words[(x >> 40) & (LOOP_WORDS - 1)] ^= x;
		x ^= words[(x >> 20) & (LOOP_WORDS - 1)];
	}
	return x;
}

int64_t score_calibration_loop_ns(void)
{
	auto_free uint64_t *words = xcalloc(LOOP_WORDS, sizeof(*words));
	volatile uint64_t sink = 0;
	int64_t best = INT64_MAX;

	for (unsigned i = 0; i < LOOP_RUNS; i++) {
		int64_t start = clock_thread_cpu_ns(), ns;

		sink = sink ^ loop_once(words);
		ns = clock_thread_cpu_ns() - start;
		best = ns < best ? ns : best;
	}
	return best > 0 ? best : 1;
}

static int stale(const struct task *task, const char *what, struct error *err)
{
	return error_set(err, ERROR_INPUT,
			 "%s/calibration.json: %s; run `fortnight task check "
			 "%s`",
			 task->path, what, task->path);
}

static int take_reference(const struct task *task, const json_t *cases,
			  struct case_result *result, struct error *err)
{
	const char *id = result->task_case->id;
	json_int_t ns = json_integer_value(json_object_get(cases, id));
	char what[160];

	if (ns <= 0) {
		(void)snprintf(what, sizeof(what), "no reference time for %s",
			       id);
		return stale(task, what, err);
	}
	result->speed_ref_ns = ns;
	return 0;
}

static int take_references(const struct task *task, const json_t *speed,
			   struct score *score, struct error *err)
{
	const json_t *cases = json_object_get(speed, "cases");

	for (size_t a = 0; a < task->area_count; a++) {
		struct area_result *area = &score->areas[a];

		if (area->area->kind != AREA_SPEED)
			continue;
		for (size_t i = 0; i < area->case_count; i++)
			if (take_reference(task, cases, &area->cases[i], err) <
			    0)
				return -1;
	}
	return 0;
}

int references_load(const struct task *task, struct score *score,
		    int64_t *ret_loop_ns, struct error *err)
{
	auto_buf struct buf text = BUF_INIT(CALIBRATION_MAX);
	json_auto_t *root = NULL;
	const json_t *speed;
	json_int_t loop;

	if (fd_read_file(task->dir, "calibration.json", &text, err) < 0)
		return stale(task, "there is none", err);
	if (json_read(buf_text(&text), text.len, "calibration.json", 1, &root,
		      err) < 0)
		return error_prefix(err, "%s", task->path);
	speed = json_object_get(root, "speed");
	loop = json_integer_value(json_object_get(speed, "loop_ns"));
	if (loop <= 0)
		return stale(task, "no speed references", err);
	if (take_references(task, speed, score, err) < 0)
		return -1;
	*ret_loop_ns = loop;
	return 0;
}
