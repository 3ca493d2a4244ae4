/* SPDX-License-Identifier: MIT */
/* measured.json: what this machine did and how long it took. */
#include "formats.h"
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "internal.h"
#include "points.h"

#include <sched.h>
#include <sys/utsname.h>

static json_t *points_number(int64_t points)
{
	return json_real((double)points / (double)POINT);
}

static json_t *milliseconds(int64_t ns)
{
	int64_t us = ns / NS_PER_US;

	return json_real((double)us / 1000.0);
}

/* The times of a speed case that were taken, and how far they lie apart. */
static json_t *speed_json(const struct case_result *result)
{
	json_t *times = json_array();
	int64_t best = speed_best_ns(result), worst = best;

	for (size_t i = 0; i < ARRAY_LEN(result->speed_cpu_ns); i++) {
		int64_t ns = result->speed_cpu_ns[i];

		if (ns > 0)
			(void)json_array_append_new(times, milliseconds(ns));
		worst = ns > worst ? ns : worst;
	}
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o}", "cpu_ms", times, "best_ms",
		milliseconds(best), "spread",
		json_real(best > 0 ? (double)(worst - best) / (double)best
				   : 0.0),
		"reference_ms", milliseconds(result->speed_ref_ns), "loop_ms",
		milliseconds(result->speed_loop_ns), "points",
		points_number(result->speed_points));
}

static json_t *case_json(const struct area_result *area,
			 const struct case_result *result)
{
	json_t *json = json_pack("{s:s, s:o, s:o, s:I, s:i, s:i, s:i}", "id",
				 result->task_case->id, "cpu_ms",
				 milliseconds(result->cpu_ns), "wall_ms",
				 milliseconds(result->wall_ns), "memory_bytes",
				 (json_int_t)result->memory_peak_bytes,
				 "attempts", (int)result->attempts, "oom_kills",
				 (int)result->oom_kills, "forks_refused",
				 (int)result->forks_refused);

	if (area->area->kind == AREA_SPEED && result->verdict == VERDICT_PASSED)
		(void)json_object_set_new(json, "speed", speed_json(result));
	return json;
}

static json_t *area_json(const struct area_result *area)
{
	int64_t cpu = 0, wall = 0;
	uint64_t memory = 0;

	for (size_t i = 0; i < area->case_count; i++) {
		const struct case_result *one = &area->cases[i];

		cpu += one->cpu_ns;
		wall += one->wall_ns;
		if (one->memory_peak_bytes > memory)
			memory = one->memory_peak_bytes;
	}
	return json_pack("{s:s, s:o, s:o, s:I, s:o}", "name", area->area->name,
			 "cpu_ms", milliseconds(cpu), "wall_ms",
			 milliseconds(wall), "memory_bytes", (json_int_t)memory,
			 "points",
			 points_number(area->points + area->speed_points));
}

static json_t *facts_json(void)
{
	const struct sandbox_host *host = score_host();
	json_t *facts = json_object();

	for (size_t i = 0; i < host->count; i++) {
		const struct sandbox_fact *fact = &host->facts[i];

		(void)json_object_set_new(
			facts, fact->name,
			json_pack("{s:b, s:o}", "works", (int)fact->works,
				  "detail",
				  json_text(fact->detail,
					    strlen(fact->detail))));
	}
	return facts;
}

static json_t *environment_json(const struct score *score)
{
	struct utsname name;
	cpu_set_t set;
	int cores = 0;

	if (uname(&name) < 0)
		memset(&name, 0, sizeof(name));
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		cores = CPU_COUNT(&set);
	return json_pack("{s:s, s:s, s:i, s:i, s:o}", "kernel", name.release,
			 "machine", name.machine, "cores", cores, "lanes",
			 (int)score->lanes, "sandbox", facts_json());
}

static json_t *build_json(const struct score *score)
{
	const char *log = score->build_log ? score->build_log : "";

	return json_pack("{s:o, s:o, s:s, s:o}", "wall_ms",
			 milliseconds(score->build_wall_ns), "cpu_ms",
			 milliseconds(score->build_cpu_ns), "output_digest",
			 score->build_digest, "log",
			 json_text(log, strlen(log)));
}

static json_t *totals_json(const struct score *score)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:i, s:i, s:i, s:o}", "total",
			 points_number(score_total(score)), "speed",
			 points_number(score->points_measured), "wall_ms",
			 milliseconds(score->wall_ns), "cpu_ms",
			 milliseconds(score->cpu_ns), "runs", (int)score->runs,
			 "reruns", (int)score->reruns, "infra_retries",
			 (int)score->infra_retries, "infra_reason",
			 json_text(score->infra_reason,
				   strlen(score->infra_reason)));
}

json_t *format_measured(const struct score *score)
{
	json_t *json = totals_json(score);
	json_t *areas = json_array(), *cases = json_array();
	char started[21];

	for (size_t a = 0; a < score->task->area_count; a++) {
		const struct area_result *area = &score->areas[a];

		(void)json_array_append_new(areas, area_json(area));
		for (size_t i = 0; i < area->case_count; i++)
			(void)json_array_append_new(
				cases, case_json(area, &area->cases[i]));
	}
	clock_format(score->started_wall_ns, started);
	(void)json_object_set_new(json, "format", json_integer(1));
	(void)json_object_set_new(json, "started", json_string(started));
	(void)json_object_set_new(json, "build", build_json(score));
	(void)json_object_set_new(json, "environment", environment_json(score));
	(void)json_object_set_new(json, "loop_sealed_ms",
				  milliseconds(score->loop_sealed_ns));
	(void)json_object_set_new(json, "areas", areas);
	(void)json_object_set_new(json, "cases", cases);
	return json;
}

static double share(const struct area_result *area)
{
	double weight = (double)area->area->weight * (double)POINT;

	return weight > 0 ? (double)(area->points + area->speed_points) / weight
			  : 0;
}

/* Flat numbers between 0 and 1, as Harbor reads them. */
json_t *format_reward(const struct score *score)
{
	json_t *json = json_object();

	(void)json_object_set_new(json, "reward",
				  json_real((double)score_total(score) /
					    (100.0 * (double)POINT)));
	for (size_t i = 0; i < score->task->area_count; i++) {
		char key[120];

		(void)snprintf(key, sizeof(key), "area_%s",
			       score->areas[i].area->name);
		(void)json_object_set_new(json, key,
					  json_real(share(&score->areas[i])));
	}
	return json;
}
