/* SPDX-License-Identifier: MIT */
#include "../../harness/score/internal.h"
#include "fortnight/base.h"
#include "tap.h"

static char want_text[] = "yes\n", case_id[] = "a-1";

static struct outcome ended(enum outcome_kind kind, int status, const char *out)
{
	struct outcome outcome = { .kind = kind,
				   .status = status,
				   .work_fd = -1 };

	buf_init(&outcome.out, 4096);
	buf_init(&outcome.err, 4096);
	buf_adds(&outcome.out, out);
	return outcome;
}

static void release(struct outcome *outcome)
{
	buf_done(&outcome->out);
	buf_done(&outcome->err);
}

static const struct {
	enum outcome_kind kind;
	int status;
	const char *out;
	enum verdict verdict;
	const char *reason;
} io_rows[] = {
	{ OUTCOME_EXITED, 0, "yes\n", VERDICT_PASSED, "" },
	{ OUTCOME_EXITED, 0, "no\n", VERDICT_FAILED, "stdout" },
	{ OUTCOME_EXITED, 3, "yes\n", VERDICT_FAILED, "exit 3, want 0" },
	{ OUTCOME_EXITED, 3, "no\n", VERDICT_FAILED, "exit 3, want 0" },
	{ OUTCOME_SIGNALLED, 11, "yes\n", VERDICT_CRASHED, "signal 11 (SEGV)" },
	{ OUTCOME_LIMIT_CPU, 0, "yes\n", VERDICT_TIMEOUT, "time limit" },
	{ OUTCOME_LIMIT_WALL, 0, "yes\n", VERDICT_TIMEOUT, "time limit" },
	{ OUTCOME_LIMIT_MEMORY, 0, "yes\n", VERDICT_MEMORY, "memory limit" },
	{ OUTCOME_LIMIT_OUTPUT, 0, "yes\n", VERDICT_OUTPUT, "output limit" },
	{ OUTCOME_NOT_STARTED, ENOENT, "", VERDICT_REFUSED,
	  "cannot be started: ENOENT" },
};

TEST(an_io_outcome_has_one_verdict)
{
	struct task_case task_case = { .id = case_id,
				       .want = { .has_stdout = true,
						 .stdout_data = want_text,
						 .stdout_len = 4 } };

	for (size_t i = 0; i < ARRAY_LEN(io_rows); i++) {
		struct outcome outcome = ended(
			io_rows[i].kind, io_rows[i].status, io_rows[i].out);
		struct case_result result = { 0 };

		ROW("%zu", i);
		decide_io(&task_case, &outcome, NULL, &result);
		CHECK_INT(result.verdict, ==, io_rows[i].verdict);
		CHECK_STR(result.reason, io_rows[i].reason);
		CHECK((result.diff == NULL) ==
		      (result.verdict == VERDICT_PASSED));
		free(result.diff);
		release(&outcome);
	}
}

TEST(a_robust_case_passes_by_ending_by_itself)
{
	struct task_case task_case = { .want = { .exit_want = EXIT_ANY } };
	struct outcome exited = ended(OUTCOME_EXITED, 77, "rubbish");
	struct outcome killed = ended(OUTCOME_SIGNALLED, 6, "");
	struct case_result result = { 0 };

	decide_io(&task_case, &exited, NULL, &result);
	CHECK_INT(result.verdict, ==, VERDICT_PASSED);
	decide_io(&task_case, &killed, NULL, &result);
	CHECK_INT(result.verdict, ==, VERDICT_CRASHED);
	free(result.diff);
	release(&exited);
	release(&killed);
}

TEST(a_wanted_file_that_is_missing_fails)
{
	static char name[] = "out.txt", data[] = "x";
	struct case_file file = { name, data, 1 };
	struct task_case task_case = { .want = { .files = &file,
						 .file_count = 1 } };
	struct outcome outcome = ended(OUTCOME_EXITED, 0, "");
	struct case_result result = { 0 };

	decide_io(&task_case, &outcome, NULL, &result);
	CHECK_INT(result.verdict, ==, VERDICT_FAILED);
	CHECK_STR(result.reason, "file out.txt");
	free(result.diff);
	release(&outcome);
}

static const char all_ok[] = "1..2\nok 1\nok 2\n";
static const char one_bad[] = "1..2\nok 1\nnot ok 2 - x\n";

static const struct {
	const char *label;
	enum outcome_kind server;
	int server_status;
	enum outcome_kind driver;
	int driver_status;
	const char *tap;
	enum verdict verdict; /* VERDICT_INFRA: a fault of the pack */
	const char *reason;
} driver_rows[] = {
	{ "all ok", OUTCOME_ENDED, 0, OUTCOME_EXITED, 0, all_ok, VERDICT_PASSED,
	  "" },
	{ "all ok, the server died after", OUTCOME_SIGNALLED, 11,
	  OUTCOME_EXITED, 0, all_ok, VERDICT_PASSED, "" },
	{ "one bad", OUTCOME_ENDED, 0, OUTCOME_EXITED, 1, one_bad,
	  VERDICT_FAILED, "not ok 2 of 2" },
	{ "one bad, exit 0", OUTCOME_ENDED, 0, OUTCOME_EXITED, 0, one_bad,
	  VERDICT_FAILED, "not ok 2 of 2" },
	{ "one bad, server crashed", OUTCOME_SIGNALLED, 11, OUTCOME_EXITED, 1,
	  one_bad, VERDICT_CRASHED, "server: signal 11 (SEGV)" },
	{ "one bad, server left", OUTCOME_EXITED, 0, OUTCOME_EXITED, 1, one_bad,
	  VERDICT_FAILED, "not ok 2 of 2" },
	{ "no answer of one that left", OUTCOME_EXITED, 4, OUTCOME_EXITED, 3,
	  "", VERDICT_FAILED, "not ok 1 of 2" },
	{ "one bad, server over memory", OUTCOME_LIMIT_MEMORY, 0,
	  OUTCOME_EXITED, 1, one_bad, VERDICT_MEMORY, "memory limit" },
	{ "one bad, server over CPU", OUTCOME_LIMIT_CPU, 0, OUTCOME_EXITED, 1,
	  one_bad, VERDICT_TIMEOUT, "time limit" },
	{ "server not started", OUTCOME_NOT_STARTED, ENOEXEC, OUTCOME_EXITED, 1,
	  one_bad, VERDICT_REFUSED, "cannot be started: ENOEXEC" },
	{ "no answer", OUTCOME_ENDED, 0, OUTCOME_EXITED, 3, "1..2\nok 1\n",
	  VERDICT_TIMEOUT, "time limit" },
	{ "no answer of the dead", OUTCOME_SIGNALLED, 6, OUTCOME_EXITED, 3, "",
	  VERDICT_CRASHED, "server: signal 6 (ABRT)" },
	{ "driver over its wall time", OUTCOME_ENDED, 0, OUTCOME_LIMIT_WALL, 0,
	  "", VERDICT_TIMEOUT, "time limit" },
	{ "orphaned driver", OUTCOME_EXITED, 1, OUTCOME_LIMIT_WALL, 0, "",
	  VERDICT_FAILED, "not ok 1 of 2" },
	{ "orphaned after one line", OUTCOME_EXITED, 1, OUTCOME_LIMIT_WALL, 0,
	  "1..2\nok 1\n", VERDICT_FAILED, "not ok 2 of 2" },
	{ "orphaned after a bad line", OUTCOME_EXITED, 1, OUTCOME_LIMIT_WALL, 0,
	  "1..2\nnot ok 1\n", VERDICT_FAILED, "not ok 1 of 2" },
	{ "orphaned after all", OUTCOME_EXITED, 1, OUTCOME_LIMIT_WALL, 0,
	  all_ok, VERDICT_PASSED, "" },
	{ "orphaned amid nonsense", OUTCOME_EXITED, 1, OUTCOME_LIMIT_WALL, 0,
	  "1..7\nok 1\nok 2\n", VERDICT_FAILED, "not ok 1 of 2" },
	{ "nothing printed", OUTCOME_ENDED, 0, OUTCOME_EXITED, 0, "",
	  VERDICT_INFRA, "it printed nothing" },
	{ "another plan", OUTCOME_ENDED, 0, OUTCOME_EXITED, 0, "1..1\nok 1\n",
	  VERDICT_INFRA, "a plan of 1, the case says 2" },
	{ "all ok, exit 1", OUTCOME_ENDED, 0, OUTCOME_EXITED, 1, all_ok,
	  VERDICT_INFRA, "2 of 2 ok, but status 1" },
	{ "one bad, exit 2", OUTCOME_ENDED, 0, OUTCOME_EXITED, 2, one_bad,
	  VERDICT_INFRA, "1 of 2 ok, but status 2" },
	{ "driver crashed", OUTCOME_ENDED, 0, OUTCOME_SIGNALLED, 11, all_ok,
	  VERDICT_INFRA, "case a-1" },
	{ "driver not started", OUTCOME_ENDED, 0, OUTCOME_NOT_STARTED, ENOENT,
	  "", VERDICT_INFRA, "case a-1" },
};

TEST(a_driver_decides_by_the_table_of_the_format)
{
	struct case_phase phase = { .plan = 2 };
	struct task_case task_case = { .id = case_id,
				       .is_driver = true,
				       .phases = &phase,
				       .phase_count = 1 };

	for (size_t i = 0; i < ARRAY_LEN(driver_rows); i++) {
		struct outcome server = ended(driver_rows[i].server,
					      driver_rows[i].server_status, "");
		struct outcome driver = ended(driver_rows[i].driver,
					      driver_rows[i].driver_status,
					      driver_rows[i].tap);
		struct case_result result = { 0 };
		struct error err = ERROR_INIT;
		int rc = decide_phase(&task_case, 0, &server, &driver, &result,
				      &err);

		ROW("%s", driver_rows[i].label);
		CHECK_INT(rc, ==,
			  driver_rows[i].verdict == VERDICT_INFRA ? -1 : 0);
		if (rc == 0)
			CHECK_INT(result.verdict, ==, driver_rows[i].verdict);
		CHECK(strstr(rc == 0 ? result.reason : err.text,
			     driver_rows[i].reason));
		free(result.diff);
		release(&server);
		release(&driver);
	}
}

TEST(a_later_phase_is_named)
{
	struct case_phase phases[2] = { { .plan = 2 }, { .plan = 2 } };
	struct task_case task_case = { .id = case_id,
				       .phases = phases,
				       .phase_count = 2 };
	struct outcome server = ended(OUTCOME_ENDED, 0, "");
	struct outcome driver = ended(OUTCOME_EXITED, 1, one_bad);
	struct case_result result = { 0 };
	struct error err = ERROR_INIT;

	CHECK_INT(decide_phase(&task_case, 1, &server, &driver, &result, &err),
		  ==, 0);
	CHECK_STR(result.reason, "phase 2: not ok 2 of 2");
	CHECK(strstr(result.diff, "not ok 2 - x"));
	free(result.diff);
	release(&server);
	release(&driver);
}

TEST(a_checker_accepts_with_42_and_rejects_with_43)
{
	static const struct {
		int status, rc;
		enum verdict verdict;
	} rows[] = { { 42, 0, VERDICT_PASSED },
		     { 43, 0, VERDICT_FAILED },
		     { 0, -1, VERDICT_NOT_RUN },
		     { 1, -1, VERDICT_NOT_RUN } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct outcome checker =
			ended(OUTCOME_EXITED, rows[i].status, "");
		struct case_result result = { 0 };
		struct error err = ERROR_INIT;

		ROW("%d", rows[i].status);
		CHECK_INT(decide_checker(&checker, "why", &result, &err), ==,
			  rows[i].rc);
		CHECK_INT(result.verdict, ==, rows[i].verdict);
		free(result.diff);
		release(&checker);
	}
}

static const struct {
	enum outcome_kind kind;
	int status, rc;
	enum verdict verdict;
	const char *reason;
} checker_rows[] = {
	{ OUTCOME_LIMIT_CPU, 0, 0, VERDICT_TIMEOUT, "checker: time limit" },
	{ OUTCOME_LIMIT_WALL, 0, 0, VERDICT_TIMEOUT, "checker: time limit" },
	{ OUTCOME_LIMIT_MEMORY, 0, 0, VERDICT_FAILED, "checker: memory limit" },
	{ OUTCOME_LIMIT_OUTPUT, 0, 0, VERDICT_FAILED, "checker: output limit" },
	{ OUTCOME_SIGNALLED, 11, -1, VERDICT_NOT_RUN, "" },
	{ OUTCOME_NOT_STARTED, ENOEXEC, -1, VERDICT_NOT_RUN, "" },
};

TEST(a_checker_over_a_limit_loses_the_case_and_one_that_breaks_is_a_fault)
{
	for (size_t i = 0; i < ARRAY_LEN(checker_rows); i++) {
		struct outcome checker =
			ended(checker_rows[i].kind, checker_rows[i].status, "");
		struct case_result result = { 0 };
		struct error err = ERROR_INIT;

		ROW("%zu", i);
		CHECK_INT(decide_checker(&checker, "why", &result, &err), ==,
			  checker_rows[i].rc);
		CHECK_INT(result.verdict, ==, checker_rows[i].verdict);
		CHECK_STR(result.reason, checker_rows[i].reason);
		if (checker_rows[i].rc < 0)
			CHECK_INT(err.kind, ==, ERROR_INFRA);
		free(result.diff);
		release(&checker);
	}
}

TAP_MAIN()
