/* SPDX-License-Identifier: MIT */
/* Score a known submission, more than once, and see whether anything moves. */
#include "fortnight/base.h"
#include "internal.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum {
	LOAD_PER_CORE = 2,
	LOAD_MAX = 16
};

/* ---- load ------------------------------------------------------------------------- */

struct load {
	pthread_t threads[LOAD_MAX];
	unsigned count;
	atomic_bool stop;
};

static void *turn(void *context)
{
	struct load *load = context;

	while (!atomic_load_explicit(&load->stop, memory_order_relaxed))
		;
	return NULL;
}

struct load *load_start(unsigned threads)
{
	struct load *load = xcalloc(1, sizeof(*load));

	while (load->count < threads && load->count < LOAD_MAX &&
	       pthread_create(&load->threads[load->count], NULL, turn, load) ==
		       0)
		load->count++;
	return load;
}

void load_stop(struct load *load)
{
	if (!load)
		return;
	atomic_store(&load->stop, true);
	for (unsigned i = 0; i < load->count; i++)
		(void)pthread_join(load->threads[i], NULL);
	free(load);
}

static unsigned load_threads(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return LOAD_PER_CORE;
	return (unsigned)CPU_COUNT(&set) * LOAD_PER_CORE;
}

/* ---- one scoring -------------------------------------------------------------------- */

static void tell(void *context, size_t done, size_t total, const char *what)
{
	const struct checker *checker = context;
	auto_free char *text = NULL;

	if (asprintf(&text, "%s, %s", checker->label, what) < 0)
		abort();
	checker->options->progress(checker->options->context, done, total,
				   text);
}

int score_submission(struct checker *checker,
		     const struct task_submission *submission, bool visible,
		     bool no_reference, struct score **ret_score,
		     struct error *err)
{
	const struct check_options *options = checker->options;
	struct score_options how = {
		.cancel_fd = options->cancel_fd,
		.progress = options->progress ? tell : NULL,
		.context = checker,
		.visible = visible,
		.no_reference = no_reference,
		.tools = checker->tools,
		.ignore_markers = submission->role && submission->role[0],
	};
	auto_tree struct tree *tree = NULL;

	if (assemble(checker->task, submission, options->oracle_root, &tree,
		     err) < 0)
		return -1;
	if (submission->oracle_root) {
		if (!options->oracle_root) {
			(void)error_set(err, ERROR_INPUT,
					"no oracle of pack %s; run `make "
					"oracles`",
					checker->task->name);
			return -1;
		}
		how.oracle_root = options->oracle_root;
		how.oracle_entry = (const char *const *)submission->entry;
	}
	if (score_run(checker->task, tree, &how, ret_score, err) < 0)
		return error_prefix(err, "submission %s", submission->path);
	return 0;
}

/* ---- many of them ------------------------------------------------------------------- */

static int by_value(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

int64_t median(int64_t *values, size_t count)
{
	if (count == 0)
		return 0;
	qsort(values, count, sizeof(*values), by_value);
	return values[count / 2];
}

static double share(int64_t points, int64_t max)
{
	return max > 0 ? 100.0 * (double)points / (double)max : 0;
}

/* How far the samples mislead: their share against the hidden suite's. */
static int measure_gap(struct checker *checker, const struct score *hidden,
		       struct trial *trial, struct error *err)
{
	auto_score struct score *visible = NULL;
	double gap;

	if (score_submission(checker, trial->submission, true, false, &visible,
			     err) < 0)
		return -1;
	gap = share(visible->points_decided, visible->points_decided_max) -
	      share(hidden->points_decided, hidden->points_decided_max);
	trial->gap = gap < 0 ? -gap : gap;
	return 0;
}

/* What is decided is the same every time, or the trial is flaky.  What is
 * measured is not: of the speed points the best repeat counts, since what
 * disturbs a measurement only ever adds to it. */
static void note_score(struct trial *trial, const struct score *score,
		       char **first)
{
	int64_t total = score_total(score);
	auto_free char *text = score_json(score);

	if (!*first) {
		*first = xstrdup(text);
		score_functional(score, &trial->functional,
				 &trial->functional_max);
	}
	if (strcmp(*first, text) != 0)
		trial->flaky = true;
	if (total > trial->total)
		trial->total = total;
	if (score->verdict == SCORE_INFRA) {
		trial->infra = true;
		(void)snprintf(trial->infra_reason, sizeof(trial->infra_reason),
			       "%.199s", score->infra_reason);
	}
}

static int run_loaded(struct checker *checker, const struct trial *trial,
		      bool loaded, struct score **ret_score, struct error *err)
{
	struct load *load = loaded ? load_start(load_threads()) : NULL;
	int rc = score_submission(checker, trial->submission, false, false,
				  ret_score, err);

	load_stop(load);
	return rc;
}

int trial_run(struct checker *checker, const struct task_submission *submission,
	      unsigned repeats, unsigned loaded, struct trial *ret_trial,
	      struct error *err)
{
	int64_t wall[REPEATS_MAX] = { 0 }, cpu[REPEATS_MAX] = { 0 };
	struct trial trial = { .submission = submission, .loaded = loaded };
	auto_free char *first = NULL;

	checker->label = submission->path;
	for (unsigned i = 0; i < repeats && i < REPEATS_MAX; i++) {
		auto_score struct score *score = NULL;

		if (run_loaded(checker, &trial, i + loaded >= repeats, &score,
			       err) < 0)
			return -1;
		note_score(&trial, score, &first);
		wall[i] = score->wall_ns;
		cpu[i] = score->cpu_ns;
		trial.repeats++;
		if (i == 0 && has_class(submission, "partial") &&
		    score->verdict == SCORE_SCORED &&
		    measure_gap(checker, score, &trial, err) < 0)
			return -1;
	}
	/* The first runs had no load beside them. */
	trial.wall_ns = median(wall, trial.repeats - loaded);
	trial.cpu_ns = median(cpu, trial.repeats - loaded);
	*ret_trial = trial;
	return 0;
}
