/* SPDX-License-Identifier: MIT */
#include "fortnight/score.h"
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "internal.h"
#include "points.h"

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[VERDICT_COUNT] = {
		[VERDICT_NOT_RUN] = "not_run", [VERDICT_PASSED] = "passed",
		[VERDICT_FAILED] = "failed",   [VERDICT_CRASHED] = "crashed",
		[VERDICT_TIMEOUT] = "timeout", [VERDICT_MEMORY] = "memory",
		[VERDICT_OUTPUT] = "output",   [VERDICT_REFUSED] = "refused",
		[VERDICT_CUT] = "cut",	       [VERDICT_INFRA] = "infra",
	};

	return names[verdict];
}

void area_result_init(struct area_result *result, const struct task_area *area,
		      enum case_set set)
{
	const struct task_case *cases = set == CASES_VISIBLE ? area->visible
							     : area->cases;

	result->area = area;
	result->case_count = set == CASES_VISIBLE ? area->visible_count
						  : area->case_count;
	result->cases = xcalloc(result->case_count + 1, sizeof(*result->cases));
	for (size_t i = 0; i < result->case_count; i++)
		result->cases[i].task_case = &cases[i];
}

static struct score *score_new(const struct task *task, const struct tree *tree,
			       const struct score_options *options)
{
	struct score *score = xcalloc(1, sizeof(*score));

	score->task = task;
	score->set = options->visible ? CASES_VISIBLE : CASES_HIDDEN;
	score->lanes = engine_lanes(options);
	score->started_wall_ns = clock_wall_ns();
	memcpy(score->tree_digest, tree_digest(tree),
	       sizeof(score->tree_digest));
	score->areas = xcalloc(task->area_count + 1, sizeof(*score->areas));
	for (size_t i = 0; i < task->area_count; i++)
		area_result_init(&score->areas[i], &task->areas[i], score->set);
	return score;
}

void score_free(struct score *score)
{
	if (!score)
		return;
	for (size_t a = 0; score->areas && a < score->task->area_count; a++) {
		struct area_result *area = &score->areas[a];

		for (size_t i = 0; i < area->case_count; i++)
			free(area->cases[i].diff);
		free(area->cases);
	}
	free(score->areas);
	free(score->build_log);
	free(score);
}

static bool has_speed(const struct score *score)
{
	for (size_t i = 0; i < score->task->area_count; i++)
		if (score->areas[i].area->kind == AREA_SPEED &&
		    score->areas[i].case_count > 0)
			return true;
	return false;
}

/* A pack without references is refused before anything is built. */
static int prepare(const struct score_options *options, struct score *score,
		   struct error *err)
{
	if (sandbox_check(score_host(), err) < 0 ||
	    limits_check(score->task, err) < 0)
		return -1;
	if (options->skip_speed || options->no_reference || options->visible ||
	    !has_speed(score))
		return 0;
	return references_load(score->task, score, &score->loop_sealed_ns, err);
}

/* What may stand in a build's place: a known program, or an infringing one. */
static int look_for_markers(const struct score_options *options,
			    const struct tree *out, struct score *score,
			    struct error *err)
{
	const char *marker, *path;

	if (options->ignore_markers)
		return 0;
	if (marker_find(out, score->task->markers, &marker, &path, err) < 0)
		return -1;
	if (!marker)
		return 0;
	score->build = BUILD_REFUSED;
	score->verdict = SCORE_REFUSED;
	(void)snprintf(score->build_reason, sizeof(score->build_reason),
		       "out/%.120s holds '%.50s'", path, marker);
	return 0;
}

static int build_candidate(const struct tree *tree,
			   const struct score_options *options,
			   struct score *score, struct tree **ret_app,
			   struct error *err)
{
	struct build build = { 0 };

	if (options->progress)
		options->progress(options->context, 0, 0, "build");
	if (build_run(score->task, tree, score->task->run_entry,
		      options->cancel_fd, &build, err) < 0)
		return -1;
	score->build = build.status;
	score->build_wall_ns = build.wall_ns;
	score->build_cpu_ns = build.cpu_ns;
	score->build_log = STEAL(build.log);
	memcpy(score->build_reason, build.reason, sizeof(build.reason));
	if (build.status != BUILD_OK) {
		score->verdict = SCORE_NOT_BUILT;
		build_done(&build);
		return 0;
	}
	memcpy(score->build_digest, tree_digest(build.out),
	       sizeof(score->build_digest));
	*ret_app = STEAL(build.out);
	build_done(&build);
	return look_for_markers(options, *ret_app, score, err);
}

static size_t total_cases(const struct score *score,
			  const struct score_options *options)
{
	size_t total = 0;

	for (size_t i = 0; i < score->task->area_count; i++)
		if (!options->skip_speed ||
		    score->areas[i].area->kind != AREA_SPEED)
			total += score->areas[i].case_count;
	return total;
}

static const char **make_entry(const struct score *score,
			       const struct score_options *options, char *path,
			       size_t *ret_count)
{
	size_t count = 1;
	const char **entry;

	if (options->oracle_entry) {
		for (count = 0; options->oracle_entry[count];)
			count++;
		entry = xcalloc(count + 1, sizeof(*entry));
		memcpy(entry, options->oracle_entry, count * sizeof(*entry));
	} else {
		entry = xcalloc(count + 1, sizeof(*entry));
		(void)snprintf(path, PATH_ROOM, "/app/%s",
			       score->task->run_entry);
		entry[0] = path;
	}
	*ret_count = count;
	return entry;
}

static void free_states(struct engine *engine)
{
	for (size_t i = 0; i < engine->task->area_count; i++)
		free(engine->areas[i].confirmed);
	free(engine->areas);
}

static int run_suite(const struct score_options *options,
		     const struct score_tools *tools, const struct tree *app,
		     struct score *score, struct error *err)
{
	char path[PATH_ROOM];
	size_t entry_count;
	auto_free const char **entry =
		make_entry(score, options, path, &entry_count);
	struct engine engine = { .task = score->task,
				 .options = options,
				 .tools = tools,
				 .app = app,
				 .score = score,
				 .entry = entry,
				 .entry_count = entry_count,
				 .total = total_cases(score, options),
				 .mutex = PTHREAD_MUTEX_INITIALIZER };
	int rc;

	engine.areas =
		xcalloc(score->task->area_count + 1, sizeof(*engine.areas));
	for (size_t i = 0; i < score->task->area_count; i++)
		engine.areas[i].confirmed =
			xcalloc(score->areas[i].case_count + 1, sizeof(bool));
	rc = engine_run_areas(&engine, err);
	if (rc == 0 && !engine.stop)
		rc = engine_run_speed(&engine, err);
	if (rc == 0 && engine.stop)
		score->verdict = SCORE_INFRA;
	free_states(&engine);
	return rc;
}

/* The suite, with the drivers and checkers that it needs. */
static int run_with_tools(const struct score_options *options,
			  const struct tree *app, struct score *score,
			  struct error *err)
{
	auto_score_tools struct score_tools *own = NULL;

	if (!options->tools &&
	    score_tools_new(score->task, options->cancel_fd, &own, err) < 0)
		return -1;
	return run_suite(options, options->tools ? options->tools : own, app,
			 score, err);
}

int score_run(const struct task *task, const struct tree *tree,
	      const struct score_options *options, struct score **ret_score,
	      struct error *err)
{
	auto_score struct score *score = score_new(task, tree, options);
	auto_tree struct tree *built = NULL;
	int64_t start = clock_mono_ns();

	if (prepare(options, score, err) < 0)
		return -1;
	if (!options->oracle_root &&
	    build_candidate(tree, options, score, &built, err) < 0)
		return -1;
	if (score->verdict == SCORE_SCORED &&
	    run_with_tools(options, built ? built : tree, score, err) < 0)
		return -1;
	points_sum(score);
	score->wall_ns = clock_mono_ns() - start;
	*ret_score = STEAL(score);
	return 0;
}
