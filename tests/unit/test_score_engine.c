/* SPDX-License-Identifier: MIT */
/*
 * The engine over a sandbox that only pretends: a case's standard input says
 * what its program does.  "pass", "fail", "crash", "hang" (on a CPU), "sleep" (for ever);
 * "busy" hangs only when another run is in flight; "infraN" fails N times by
 * our fault, then passes; "bomb" prints too much and takes its pod with it.
 */
#include "fortnight/base.h"
#include "fortnight/sandbox.h"
#include "fortnight/score.h"
#include "tap.h"

#include <pthread.h>

enum {
	CASES = 60
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned pods, in_flight, runs, crowded_hangs;
static unsigned infra_seen[CASES * 3];
static bool build_fails, marked;

struct pod {
	bool spent;
};

/* ---- the pretended sandbox ---------------------------------------------------- */

void sandbox_probe(struct sandbox_host *ret_host)
{
	ret_host->count = 0;
}

int sandbox_check(const struct sandbox_host *host, struct error *err)
{
	(void)host;
	(void)err;
	return 0;
}

int pod_new(const struct pod_config *config, struct pod **ret_pod,
	    struct error *err)
{
	(void)config;
	(void)err;
	*ret_pod = xcalloc(1, sizeof(**ret_pod));
	(void)pthread_mutex_lock(&mutex);
	pods++;
	(void)pthread_mutex_unlock(&mutex);
	return 0;
}

void pod_free(struct pod *pod)
{
	if (!pod)
		return;
	(void)pthread_mutex_lock(&mutex);
	pods--;
	(void)pthread_mutex_unlock(&mutex);
	free(pod);
}

bool pod_is_spent(const struct pod *pod)
{
	return pod->spent;
}

int pod_data_reset(struct pod *pod, struct error *err)
{
	(void)pod;
	(void)err;
	return 0;
}

int pod_data_tear(struct pod *pod, uint64_t bytes, struct error *err)
{
	(void)pod;
	(void)bytes;
	(void)err;
	return 0;
}

int pod_collect(struct pod *pod, const char *name, uint64_t bytes_max,
		int *ret_fd, struct error *err)
{
	const char *text = marked ? "x itchyny/gojq y" : "honest";
	struct tree_builder *builder = tree_builder_new(&tree_limits_default);
	struct tree *tree;

	(void)pod;
	(void)name;
	(void)bytes_max;
	CHECK_INT(tree_builder_add_file(builder, "run", true, text,
					strlen(text), err),
		  ==, 0);
	CHECK_INT(tree_builder_seal(builder, &tree, err), ==, 0);
	*ret_fd = dup(tree_fd(tree));
	tree_free(tree);
	tree_builder_free(builder);
	return 0;
}

void outcome_init(struct outcome *outcome)
{
	*outcome = (struct outcome){ .work_fd = -1 };
	buf_init(&outcome->out, 4096);
	buf_init(&outcome->err, 4096);
}

void outcome_done(struct outcome *outcome)
{
	buf_done(&outcome->out);
	buf_done(&outcome->err);
}

const char *outcome_kind_name(enum outcome_kind kind)
{
	(void)kind;
	return "kind";
}

static void timed_out(struct outcome *outcome, enum outcome_kind kind)
{
	outcome->kind = kind;
	outcome->wall_ns = 1000;
	outcome->cpu_ns = kind == OUTCOME_LIMIT_CPU ? 900 : 1;
}

/* "infraN-ID" */
static int pretend_infra(const char *text, struct error *err)
{
	unsigned times = (unsigned)(text[5] - '0'), id;
	unsigned seen;

	id = (unsigned)strtoul(text + 7, NULL, 10);
	(void)pthread_mutex_lock(&mutex);
	seen = infra_seen[id]++;
	(void)pthread_mutex_unlock(&mutex);
	if (seen >= times)
		return 0;
	return error_set(err, ERROR_INFRA, "pretended");
}

static void pretend(const char *text, unsigned beside, struct outcome *outcome)
{
	outcome->kind = OUTCOME_EXITED;
	outcome->cpu_ns = 10;
	outcome->wall_ns = 20;
	buf_adds(&outcome->out, strncmp(text, "fail", 4) == 0 ? "no" : "yes");
	if (strncmp(text, "crash", 5) == 0) {
		outcome->kind = OUTCOME_SIGNALLED;
		outcome->status = SIGSEGV;
	}
	if (strncmp(text, "hang", 4) == 0 ||
	    (strncmp(text, "busy", 4) == 0 && beside > 0))
		timed_out(outcome, OUTCOME_LIMIT_CPU);
	if (strncmp(text, "sleep", 5) == 0)
		timed_out(outcome, OUTCOME_LIMIT_WALL);
	if (strncmp(text, "bomb", 4) == 0)
		outcome->kind = OUTCOME_LIMIT_OUTPUT;
	if (strncmp(text, "refuse", 6) == 0) {
		outcome->kind = OUTCOME_NOT_STARTED;
		outcome->status = ENOENT;
	}
}

int pod_run(struct pod *pod, const struct run_config *configs, size_t count,
	    struct outcome *outcomes, struct error *err)
{
	const char *text = configs[0].stdin_data;
	unsigned beside;

	CHECK_INT(count, ==, 1);
	if (pod->spent)
		return error_set(err, ERROR_INFRA, "a spent pod");
	if (configs[0].lasting_work) {
		outcomes[0].kind = OUTCOME_EXITED;
		outcomes[0].status = build_fails ? 2 : 0;
		buf_adds(&outcomes[0].out, "cc run.c\n");
		return 0;
	}
	(void)pthread_mutex_lock(&mutex);
	beside = in_flight++;
	runs++;
	(void)pthread_mutex_unlock(&mutex);
	(void)usleep(500 + (useconds_t)(strlen(text) * 37 % 11) * 100);
	(void)pthread_mutex_lock(&mutex);
	beside = beside > in_flight - 1 ? beside : in_flight - 1;
	in_flight--;
	crowded_hangs += strncmp(text, "hang", 4) == 0 && beside > 0;
	(void)pthread_mutex_unlock(&mutex);
	if (strncmp(text, "infra", 5) == 0 && pretend_infra(text, err) < 0)
		return -1;
	pretend(text, beside, &outcomes[0]);
	pod->spent = strncmp(text, "bomb", 4) == 0;
	return 0;
}

/* ---- a pack -------------------------------------------------------------------- */

static struct task_area areas[3];
static struct task_case cases[3][CASES];
static char scripts[3][CASES][24], ids[3][CASES][16];
static char names[3][8] = { "alpha", "beta", "gamma" };
static char entry[] = "run", yes[] = "yes", marker[] = "itchyny/gojq";
static char *markers[] = { marker, NULL };
static char *nothing[] = { NULL };
static struct task task;

static void add_case(size_t area, size_t i, const char *script)
{
	(void)snprintf(scripts[area][i], sizeof(scripts[area][i]), "%s",
		       script);
	(void)snprintf(ids[area][i], sizeof(ids[area][i]), "%s-%zu",
		       names[area], i);
	cases[area][i] = (struct task_case){ .id = ids[area][i],
					     .argv = nothing,
					     .env = nothing,
					     .stdin_data = scripts[area][i],
					     .stdin_len = strlen(script) + 1,
					     .want = { .has_stdout = true,
						       .stdout_data = yes,
						       .stdout_len = 3 } };
}

static void pack(size_t area_count)
{
	task = (struct task){ .name = names[0],
			      .path = names[0],
			      .dir = -1,
			      .run_entry = entry,
			      .markers = markers,
			      .areas = areas,
			      .area_count = area_count };
	task.build.limits.disk_bytes = 64 << 20;
	task.build.output_tree_bytes = 64 << 20;
	task.build.hide = nothing;
	for (size_t a = 0; a < area_count; a++) {
		areas[a] = (struct task_area){ .name = names[a],
					       .weight = 30,
					       .cases = cases[a],
					       .case_count = CASES };
		for (size_t i = 0; i < CASES; i++)
			add_case(a, i, "pass");
	}
}

static int try_score(unsigned lanes, struct score **ret_score,
		     struct error *err)
{
	struct score_options options = { .lanes = lanes, .cancel_fd = -1 };
	struct tree_builder *builder = tree_builder_new(&tree_limits_default);
	struct tree *tree;
	int rc;

	runs = crowded_hangs = 0;
	memset(infra_seen, 0, sizeof(infra_seen));
	CHECK_INT(tree_builder_add_file(builder, "a", false, "x", 1, err), ==,
		  0);
	CHECK_INT(tree_builder_seal(builder, &tree, err), ==, 0);
	rc = score_run(&task, tree, &options, ret_score, err);
	tree_free(tree);
	tree_builder_free(builder);
	CHECK_INT(pods, ==, 0);
	return rc;
}

static struct score *scored(unsigned lanes)
{
	struct error err = ERROR_INIT;
	struct score *score;

	if (try_score(lanes, &score, &err) < 0)
		FAIL("%s", err.text);
	return score;
}

/* The same bytes, however many lanes there are. */
static struct score *scored_anyhow(void)
{
	struct score *score = scored(1);
	char *first = score_json(score);

	for (unsigned lanes = 2; lanes <= 8; lanes += 3) {
		struct score *again = scored(lanes);
		char *text = score_json(again);

		CHECK_STR(text, first);
		free(text);
		score_free(again);
	}
	free(first);
	return score;
}

static enum verdict verdict_at(const struct score *score, size_t area, size_t i)
{
	return score->areas[area].cases[i].verdict;
}

/* ---- tests ----------------------------------------------------------------------- */

TEST(all_pass)
{
	struct score *score;

	pack(3);
	score = scored_anyhow();
	CHECK_INT(score->points_decided, ==, 90 * POINT);
	CHECK_INT(score->runs, ==, 3 * CASES);
	score_free(score);
}

TEST(a_timeout_counts_only_when_it_is_seen_again_alone)
{
	struct score *score;

	pack(2);
	for (size_t i = 0; i < CASES; i += 3)
		add_case(0, i, "busy");
	add_case(1, 7, "hang");
	score = scored_anyhow();
	CHECK_INT(score->areas[0].passed, ==, CASES);
	CHECK_INT(verdict_at(score, 1, 7), ==, VERDICT_TIMEOUT);
	CHECK_INT(score->areas[1].passed, ==, CASES - 1);
	score_free(score);
}

TEST(ten_false_timeouts_in_a_row_cut_nothing)
{
	struct score *score;

	pack(1);
	for (size_t i = 0; i < CASES; i++)
		add_case(0, i, "busy");
	score = scored_anyhow();
	CHECK_INT(score->areas[0].passed, ==, CASES);
	score_free(score);
}

TEST(ten_true_timeouts_in_a_row_cut_the_rest)
{
	struct score *score;

	pack(3);
	for (size_t i = 5; i < CASES; i++)
		add_case(1, i, i < 15 || i % 2 ? "hang" : "pass");
	score = scored_anyhow();
	CHECK_INT(score->areas[0].passed, ==, CASES);
	CHECK_INT(score->areas[1].passed, ==, 5);
	CHECK_INT(verdict_at(score, 1, 14), ==, VERDICT_TIMEOUT);
	for (size_t i = 15; i < CASES; i++)
		CHECK_INT(verdict_at(score, 1, i), ==, VERDICT_CUT);
	CHECK_INT(score->areas[2].passed, ==, CASES);
	score_free(score);
}

TEST(a_program_that_hangs_everywhere_burns_little_time)
{
	struct score *score;

	pack(3);
	for (size_t a = 0; a < 3; a++)
		for (size_t i = 0; i < CASES; i++)
			add_case(a, i, "hang");
	/* With more lanes, how far the others get beside a slow one is chance. */
	score = scored(1);
	CHECK_INT(score->areas[2].failed, ==, CASES);
	/* ten, and the ten again alone, three times */
	CHECK_INT(runs, ==, 3 * (10 + 10));
	score_free(score);
}

TEST(programs_that_sleep_are_confirmed_together)
{
	struct score *score;

	pack(1);
	for (size_t i = 0; i < CASES; i++)
		add_case(0, i, "sleep");
	score = scored_anyhow();
	CHECK_INT(verdict_at(score, 0, 9), ==, VERDICT_TIMEOUT);
	CHECK_INT(verdict_at(score, 0, 10), ==, VERDICT_CUT);
	score_free(score);
}

TEST(hangs_are_confirmed_with_nothing_beside_them)
{
	struct score *score;

	pack(1);
	add_case(0, 3, "hang");
	add_case(0, 4, "sleep");
	add_case(0, 5, "hang");
	score = scored(1);
	CHECK_INT(crowded_hangs, ==, 0);
	CHECK_INT(score->reruns, >=, 3);
	CHECK_INT(score->areas[0].failed, ==, 3);
	score_free(score);
}

TEST(our_failure_is_tried_again)
{
	struct score *score;

	pack(2);
	add_case(0, 3, "infra2-3");
	add_case(1, 9, "infra1-9");
	score = scored_anyhow();
	CHECK_INT(score->verdict, ==, SCORE_SCORED);
	CHECK_INT(score->points_decided, ==, 60 * POINT);
	CHECK_INT(score->infra_retries, ==, 3);
	CHECK_INT(score->areas[0].cases[3].attempts, ==, 3);
	score_free(score);
}

TEST(a_spent_pod_is_renewed_and_no_failure_of_ours)
{
	struct score *score;

	pack(2);
	add_case(0, 3, "bomb");
	add_case(0, 4, "bomb");
	add_case(1, CASES - 1, "bomb");
	score = scored_anyhow();
	CHECK_INT(score->verdict, ==, SCORE_SCORED);
	CHECK_INT(score->infra_retries, ==, 0);
	CHECK_INT(score->areas[0].failed, ==, 2);
	CHECK_INT(verdict_at(score, 0, 4), ==, VERDICT_OUTPUT);
	CHECK_INT(verdict_at(score, 0, 5), ==, VERDICT_PASSED);
	CHECK_INT(score->areas[0].cases[5].attempts, ==, 1);
	score_free(score);
}

TEST(our_failure_three_times_is_no_zero)
{
	struct score *score;

	pack(2);
	add_case(0, 3, "infra3-3");
	score = scored(4);
	CHECK_INT(score->verdict, ==, SCORE_INFRA);
	CHECK_INT(verdict_at(score, 0, 3), ==, VERDICT_INFRA);
	CHECK_STR(score->infra_reason,
		  "case alpha-3, tried 3 times: pretended");
	score_free(score);
}

TEST(a_program_that_cannot_start_is_tried_once)
{
	struct score *score;

	pack(2);
	for (size_t a = 0; a < 2; a++)
		for (size_t i = 0; i < CASES; i++)
			add_case(a, i, "refuse");
	score = scored_anyhow();
	CHECK_INT(score->areas[1].failed, ==, CASES);
	CHECK_INT(verdict_at(score, 1, CASES - 1), ==, VERDICT_REFUSED);
	CHECK_INT(runs, <=, 8);
	score_free(score);
}

TEST(a_build_that_fails_is_a_verdict)
{
	struct score *score;

	pack(1);
	build_fails = true;
	score = scored(2);
	CHECK_INT(score->verdict, ==, SCORE_NOT_BUILT);
	CHECK_INT(score->build, ==, BUILD_FAILED);
	CHECK_STR(score->build_reason, "the build ended with status 2");
	CHECK_STR(score->build_log, "cc run.c\n");
	CHECK_INT(score->points_decided, ==, 0);
	score_free(score);
}

TEST(a_known_program_is_refused)
{
	struct score *score;

	pack(1);
	marked = true;
	score = scored(2);
	CHECK_INT(score->verdict, ==, SCORE_REFUSED);
	CHECK_STR(score->build_reason, "out/run holds 'itchyny/gojq'");
	CHECK_INT(runs, ==, 0);
	score_free(score);
}

TEST(speed_without_references_names_the_cure)
{
	struct error err = ERROR_INIT;
	struct score *score = NULL;

	pack(2);
	areas[1].kind = AREA_SPEED;
	CHECK_INT(try_score(1, &score, &err), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_INPUT);
	CHECK(strstr(err.text, "run `fortnight task check alpha`"));
}

TEST(a_stop_leaves_no_pod)
{
	struct score_options options = { .lanes = 4 };
	struct error err = ERROR_INIT;
	struct tree_builder *builder = tree_builder_new(&tree_limits_default);
	struct score *score = NULL;
	struct tree *tree;
	int ends[2];

	pack(3);
	CHECK_INT(pipe(ends), ==, 0);
	CHECK_INT(write(ends[1], "x", 1), ==, 1);
	options.cancel_fd = ends[0];
	CHECK_INT(tree_builder_seal(builder, &tree, &err), ==, 0);
	CHECK_INT(score_run(&task, tree, &options, &score, &err), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_CANCELLED);
	CHECK_INT(pods, ==, 0);
	tree_free(tree);
	tree_builder_free(builder);
}

TAP_MAIN()
