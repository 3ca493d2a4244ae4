/* SPDX-License-Identifier: MIT */
/*
 * From what came back to a verdict.  Everything inside is dead when these are
 * called; nothing here looks at a clock, so that a reason is the same on every
 * host and under every load.
 */
#include "compare.h"
#include "fortnight/base.h"
#include "internal.h"
#include "tapread.h"

#include <signal.h>

enum {
	STDERR_LINES = 3,
	TAP_LINES = 6
};

static void decide(struct case_result *result, enum verdict verdict,
		   const char *fmt, ...) PRINTF_LIKE(3, 4);
static void decide(struct case_result *result, enum verdict verdict,
		   const char *fmt, ...)
{
	va_list ap;

	result->verdict = verdict;
	va_start(ap, fmt);
	(void)vsnprintf(result->reason, sizeof(result->reason), fmt, ap);
	va_end(ap);
}

static struct slice slice_of(const struct buf *buf)
{
	return (struct slice){ buf_text(buf), buf->len };
}

static void keep_diff(struct case_result *result, struct buf *diff)
{
	free(result->diff);
	result->diff = buf_steal(diff);
}

/* An end that is not an exit status: the same words for a program, a server
 * and whoever else runs.  False when it was an exit. */
static bool decide_end(const struct outcome *outcome, const char *who,
		       struct case_result *result)
{
	const char *name;

	switch (outcome->kind) {
	case OUTCOME_SIGNALLED:
		name = sigabbrev_np(outcome->status);
		decide(result, VERDICT_CRASHED, "%ssignal %d (%s)", who,
		       outcome->status, name ? name : "?");
		return true;
	case OUTCOME_LIMIT_CPU:
	case OUTCOME_LIMIT_WALL:
		decide(result, VERDICT_TIMEOUT, "time limit");
		return true;
	case OUTCOME_LIMIT_MEMORY:
		decide(result, VERDICT_MEMORY, "memory limit");
		return true;
	case OUTCOME_LIMIT_OUTPUT:
		decide(result, VERDICT_OUTPUT, "output limit");
		return true;
	case OUTCOME_NOT_STARTED:
		name = strerrorname_np(outcome->status);
		decide(result, VERDICT_REFUSED, "cannot be started: %s",
		       name ? name : "?");
		return true;
	case OUTCOME_EXITED:
	case OUTCOME_ENDED:
		break;
	}
	return false;
}

static void add_refused_hint(struct buf *diff)
{
	buf_adds(diff, "the run box holds out/ and nothing else: the program "
		       "must be a static executable\n");
}

static void decide_exit(const struct case_want *want, int status,
			struct case_result *result)
{
	if (want->exit_want == EXIT_NONZERO)
		decide(result, VERDICT_FAILED, "exit 0, want another");
	else
		decide(result, VERDICT_FAILED, "exit %d, want %d", status,
		       want->exit_status);
}

static bool file_is(const struct tree *work, const struct case_file *want,
		    struct buf *got)
{
	const struct tree_entry *entry = work ? tree_find(work, want->name)
					      : NULL;
	struct error err = ERROR_INIT;

	if (!entry || entry->type != TREE_FILE ||
	    tree_read(work, entry, got, &err) < 0)
		return false;
	return got->len == want->len &&
	       (want->len == 0 ||
		memcmp(got->data, want->data, want->len) == 0);
}

static bool decide_files(const struct case_want *want, const struct tree *work,
			 struct buf *diff, struct case_result *result)
{
	for (size_t i = 0; i < want->file_count; i++) {
		const struct case_file *file = &want->files[i];
		auto_buf struct buf got = BUF_INIT(64 << 20);

		if (file_is(work, file, &got))
			continue;
		decide(result, VERDICT_FAILED, "file %s", file->name);
		diff_add(diff, (struct slice){ file->data, file->len },
			 slice_of(&got));
		return false;
	}
	return true;
}

static void add_stdout(const struct case_want *want,
		       const struct outcome *outcome, struct buf *diff)
{
	struct slice wanted = { want->stdout_data, want->stdout_len };

	if (want->stdout_data)
		diff_add(diff, wanted, slice_of(&outcome->out));
	else
		buf_addf(diff,
			 "want a text with SHA-256 %.16s..., got %zu "
			 "bytes\n",
			 want->stdout_sha256, outcome->out.len);
}

static void decide_answer(const struct case_want *want,
			  const struct outcome *outcome,
			  const struct tree *work, struct buf *diff,
			  struct case_result *result)
{
	bool same =
		want->compare == COMPARE_CHECKER ||
		compare_stdout(want, buf_text(&outcome->out), outcome->out.len);
	bool exit_same = compare_exit(want, outcome->status);

	if (!same) {
		decide(result, VERDICT_FAILED, "stdout");
		add_stdout(want, outcome, diff);
	}
	if (!exit_same)
		decide_exit(want, outcome->status, result);
	if (same && exit_same && decide_files(want, work, diff, result))
		decide(result, VERDICT_PASSED, "%s", "");
}

void decide_io(const struct task_case *task_case, const struct outcome *outcome,
	       const struct tree *work, struct case_result *result)
{
	struct buf diff = BUF_INIT(DIFF_MAX);

	if (!decide_end(outcome, "", result))
		decide_answer(&task_case->want, outcome, work, &diff, result);
	if (result->verdict == VERDICT_REFUSED)
		add_refused_hint(&diff);
	if (result->verdict != VERDICT_PASSED) {
		diff_add_head(&diff, "stderr", slice_of(&outcome->err),
			      STDERR_LINES);
		keep_diff(result, &diff);
	}
	buf_done(&diff);
}

/* ---- driver cases ------------------------------------------------------------- */

static const char server_name[] = "server: ";

static int fault(struct error *err, const struct task_case *task_case,
		 const char *why)
{
	return error_set(err, ERROR_INFRA, "the pack's driver, case %s: %s",
			 task_case->id, why);
}

/* A driver that ran into a limit of its own, or says that nobody answered. */
static bool driver_gave_up(const struct outcome *driver)
{
	return (driver->kind == OUTCOME_EXITED && driver->status == 3) ||
	       driver->kind == OUTCOME_LIMIT_CPU ||
	       driver->kind == OUTCOME_LIMIT_WALL ||
	       driver->kind == OUTCOME_LIMIT_MEMORY ||
	       driver->kind == OUTCOME_LIMIT_OUTPUT;
}

/* A driver that came to an end: what it may say with which status. */
static int decide_tap(const struct task_case *task_case,
		      const struct outcome *driver,
		      const struct tap_report *tap, const char *where,
		      struct case_result *result, struct error *err)
{
	char why[100];

	if (driver->kind != OUTCOME_EXITED)
		return fault(err, task_case, outcome_kind_name(driver->kind));
	if (!tap->valid)
		return fault(err, task_case, tap->why);
	if (tap->first_bad == 0 && driver->status == 0) {
		decide(result, VERDICT_PASSED, "%s", "");
		return 0;
	}
	if (tap->first_bad > 0 && driver->status <= 1) {
		decide(result, VERDICT_FAILED, "%snot ok %u of %u", where,
		       tap->first_bad, tap->plan);
		return 0;
	}
	(void)snprintf(why, sizeof(why), "%u of %u ok, but status %d", tap->ok,
		       tap->plan, driver->status);
	return fault(err, task_case, why);
}

/* The server left by itself, and the driver with it, before it had said all
 * (SIGTERM, perhaps before it could have handled that).  One that is quicker
 * calls the next line "not ok", and so do we: whether the driver or the end was
 * first must not make a difference. */
static void decide_cut_short(const struct tap_report *tap, const char *where,
			     struct case_result *result)
{
	unsigned bad = tap->first_bad ? tap->first_bad : tap->ok + 1;

	if (bad > tap->plan)
		decide(result, VERDICT_PASSED, "%s", "");
	else
		decide(result, VERDICT_FAILED, "%snot ok %u of %u", where, bad,
		       tap->plan);
}

static void keep_phase_diff(const struct outcome *server,
			    const struct outcome *driver,
			    struct case_result *result)
{
	struct buf diff = BUF_INIT(DIFF_MAX);

	if (result->verdict == VERDICT_REFUSED)
		add_refused_hint(&diff);
	if (server->kind == OUTCOME_EXITED)
		buf_addf(&diff, "the server ended by itself, with status %d\n",
			 server->status);
	tap_add_failures(&diff, slice_of(&driver->out), TAP_LINES);
	diff_add_head(&diff, "stderr", slice_of(&server->err), STDERR_LINES);
	keep_diff(result, &diff);
	buf_done(&diff);
}

int decide_phase(const struct task_case *task_case, size_t phase,
		 const struct outcome *server, const struct outcome *driver,
		 struct case_result *result, struct error *err)
{
	struct tap_report tap;
	char where[40] = "";

	if (task_case->phase_count > 1)
		(void)snprintf(where, sizeof(where), "phase %zu: ", phase + 1);
	tap_read(slice_of(&driver->out), task_case->phases[phase].plan, &tap);
	if (driver->kind == OUTCOME_EXITED && driver->status == 0 &&
	    tap.valid && tap.first_bad == 0) {
		decide(result, VERDICT_PASSED, "%s", "");
		return 0;
	}
	if (driver_gave_up(driver)) {
		if (server->kind == OUTCOME_EXITED)
			decide_cut_short(&tap, where, result);
		else if (!decide_end(server, server_name, result))
			decide(result, VERDICT_TIMEOUT, "time limit");
	} else if (decide_tap(task_case, driver, &tap, where, result, err) <
		   0) {
		return -1;
	} else {
		(void)decide_end(server, server_name, result);
	}
	if (result->verdict != VERDICT_PASSED)
		keep_phase_diff(server, driver, result);
	return 0;
}

/* ---- checkers ------------------------------------------------------------------- */

/* A limit that the checker ran into over this answer: the case is lost, or
 * whoever finds an answer that a checker cannot bear would not be scored. */
static bool decide_checker_limit(const struct outcome *checker,
				 struct case_result *result)
{
	switch (checker->kind) {
	case OUTCOME_LIMIT_CPU:
	case OUTCOME_LIMIT_WALL:
		decide(result, VERDICT_TIMEOUT, "checker: time limit");
		return true;
	case OUTCOME_LIMIT_MEMORY:
		decide(result, VERDICT_FAILED, "checker: memory limit");
		return true;
	case OUTCOME_LIMIT_OUTPUT:
		decide(result, VERDICT_FAILED, "checker: output limit");
		return true;
	case OUTCOME_EXITED:
	case OUTCOME_SIGNALLED:
	case OUTCOME_NOT_STARTED:
	case OUTCOME_ENDED:
		break;
	}
	return false;
}

int decide_checker(const struct outcome *checker, const char *feedback,
		   struct case_result *result, struct error *err)
{
	enum {
		ACCEPT = 42,
		REJECT = 43
	};
	struct slice words = { feedback, strlen(feedback) };
	struct buf diff = BUF_INIT(DIFF_MAX);

	if (decide_checker_limit(checker, result))
		return 0;
	if (checker->kind != OUTCOME_EXITED ||
	    (checker->status != ACCEPT && checker->status != REJECT))
		return error_set(err, ERROR_INFRA,
				 "the pack's checker: %s, status %d",
				 outcome_kind_name(checker->kind),
				 checker->status);
	if (checker->status == ACCEPT) {
		decide(result, VERDICT_PASSED, "%s", "");
		return 0;
	}
	decide(result, VERDICT_FAILED, "checker");
	diff_add_head(&diff, "the checker says", words, TAP_LINES);
	keep_diff(result, &diff);
	buf_done(&diff);
	return 0;
}
