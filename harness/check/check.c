/* SPDX-License-Identifier: MIT */
/*
 * A pack is proved by scoring what is known about it.
 *
 * First what can be read off the pack: balance, coverage, cheap answers.  Then
 * the speed references, when there are none: the reference is timed, the
 * result goes into calibration.json, and the pack is loaded again, because
 * its digest covers them.  Then every known submission is scored: the reference
 * many times and partly under load, the others twice.  Each must come out the same
 * every time, and where its author says that it does.
 */
#include "fortnight/check.h"
#include "fortnight/base.h"
#include "internal.h"

enum {
	OTHER_REPEATS = 2,
	SEAL_REPEATS = 3
};

void breach(struct buf *breaches, const char *fmt, ...)
{
	auto_free char *text = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		abort();
	buf_addf(breaches, "  %s\n", text);
}

bool has_class(const struct task_submission *submission, const char *name)
{
	return strcmp(submission->class, name) == 0;
}

bool has_role(const struct task_submission *submission, const char *name)
{
	return strcmp(submission->role, name) == 0;
}

struct known {
	struct task_submission *list;
	size_t count;
};

static void known_done(struct known *known)
{
	task_submissions_free(known->list, known->count);
}

static const struct task_submission *find_reference(const struct known *known)
{
	for (size_t i = 0; i < known->count; i++)
		if (has_role(&known->list[i], "reference"))
			return &known->list[i];
	return NULL;
}

static bool wants_seal(const struct task *task,
		       const struct check_options *options)
{
	bool speed = false;

	for (size_t i = 0; i < task->area_count; i++)
		speed = speed || (task->areas[i].kind == AREA_SPEED &&
				  task->areas[i].case_count > 0);
	return speed && (options->seal || !seal_is_whole(task));
}

static int run_trials(struct checker *checker, const struct known *known,
		      struct trial *trials, struct error *err)
{
	const struct check_options *options = checker->options;

	for (size_t i = 0; i < known->count; i++) {
		bool reference = has_role(&known->list[i], "reference");
		unsigned repeats = reference ? options->repeats : OTHER_REPEATS;
		unsigned loaded = reference ? options->loaded : 0;

		if (options->quick) {
			repeats = 1;
			loaded = 0;
		}
		if (trial_run(checker, &known->list[i], repeats,
			      loaded < repeats ? loaded : repeats - 1,
			      &trials[i], err) < 0)
			return -1;
	}
	return 0;
}

/* Everything that runs, on a pack whose references are in place. */
static int prove(struct checker *checker, const struct known *known,
		 bool *ret_passed, struct error *err)
{
	auto_free struct trial *trials =
		xcalloc(known->count + 1, sizeof(*trials));
	struct suite_facts facts;

	suite_measure(checker->task, &facts, &checker->breaches);
	if (run_trials(checker, known, trials, err) < 0)
		return -1;
	judge_trials(checker, &facts, trials, known->count);
	screen_print(checker, &facts, trials, known->count);
	*ret_passed = checker->breaches.len == 0;
	if (checker->options->quick)
		return 0;
	return seal_results(checker->task, trials, known->count, err);
}

static int prove_sealed(struct checker *checker, const struct known *known,
			bool *ret_passed, struct error *err)
{
	const struct task_submission *reference = find_reference(known);
	auto_task struct task *fresh = NULL;

	if (!reference)
		return error_set(err, ERROR_INPUT,
				 "%s/submissions/submissions.toml: no "
				 "submission has the role \"reference\"",
				 checker->task->path);
	if (wants_seal(checker->task, checker->options)) {
		if (seal_speed(checker, reference,
			       checker->options->quick ? 1 : SEAL_REPEATS,
			       err) < 0)
			return -1;
		if (task_load(checker->task->path, TASK_WHOLE, &fresh, err) < 0)
			return -1;
		checker->task = fresh;
	}
	return prove(checker, known, ret_passed, err);
}

int check_pack(const struct task *task, const struct check_options *options,
	       bool *ret_passed, struct error *err)
{
	auto_score_tools struct score_tools *tools = NULL;
	__attribute__((cleanup(known_done))) struct known known = { 0 };
	struct checker checker = { .task = task, .options = options };
	int rc;

	if (task_submissions_load(task, &known.list, &known.count, err) < 0)
		return -1;
	if (score_tools_new(task, options->cancel_fd, &tools, err) < 0)
		return -1;
	checker.tools = tools;
	buf_init(&checker.breaches, BREACHES_MAX);
	buf_init(&checker.notes, BREACHES_MAX);
	rc = prove_sealed(&checker, &known, ret_passed, err);
	buf_done(&checker.breaches);
	buf_done(&checker.notes);
	return rc;
}
