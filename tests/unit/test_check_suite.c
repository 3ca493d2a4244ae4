/* SPDX-License-Identifier: MIT */
#include "../../harness/check/internal.h"
#include "fortnight/base.h"
#include "tap.h"

enum {
	AREAS = 8,
	CASES = 20
};

static struct task_area areas[AREAS];
static struct task_case cases[AREAS][CASES];
static char inputs[AREAS][CASES][16], wants[AREAS][CASES][16];
static char names[AREAS][8], statement[2][8] = { "1.1", "1.2" };
static char *statements[] = { statement[0], statement[1], NULL };
static char *both[] = { statement[0], statement[1], NULL };
static char *first_only[] = { statement[0], NULL };
static struct task task;

static unsigned level_of(size_t i)
{
	return i < 8 ? 1 : i < 15 ? 2 : 3;
}

static void set_input(struct task_case *one, char *text, const char *value)
{
	(void)snprintf(text, 16, "%s", value);
	one->stdin_data = text;
	one->stdin_len = strlen(text);
}

static void set_want(size_t a, size_t i, const char *value)
{
	struct case_want *want = &cases[a][i].want;

	(void)snprintf(wants[a][i], sizeof(wants[a][i]), "%s", value);
	*want = (struct case_want){ .has_stdout = true,
				    .stdout_data = wants[a][i],
				    .stdout_len = strlen(value) };
}

/* A pack without a fault: 8 areas of 20 cases, 100 points. */
static void sound_pack(void)
{
	task = (struct task){ .areas = areas,
			      .area_count = AREAS,
			      .case_count = (size_t)AREAS * CASES,
			      .statements = statements,
			      .statement_count = 2 };
	for (size_t a = 0; a < AREAS; a++) {
		(void)snprintf(names[a], sizeof(names[a]), "a%zu", a);
		areas[a] = (struct task_area){ .name = names[a],
					       .weight = a < 4 ? 13 : 12,
					       .cases = cases[a],
					       .case_count = CASES };
		for (size_t i = 0; i < CASES; i++) {
			char text[16];

			cases[a][i] = (struct task_case){ .level = level_of(i),
							  .spec = both };
			(void)snprintf(text, sizeof(text), "in %zu %zu", a, i);
			set_input(&cases[a][i], inputs[a][i], text);
			(void)snprintf(text, sizeof(text), "out %zu %zu", a, i);
			set_want(a, i, text);
		}
	}
}

static struct suite_facts facts;

static const char *breaches(void)
{
	static struct buf buf = BUF_INIT(65536);

	buf_clear(&buf);
	suite_measure(&task, &facts, &buf);
	return buf_text(&buf);
}

TEST(a_sound_pack_has_no_breach)
{
	sound_pack();
	CHECK_STR(breaches(), "");
	CHECK_INT(facts.cases, ==, AREAS * CASES);
	CHECK_INT(facts.level[0], ==, 64);
	CHECK_INT(facts.least, ==, 160);
	CHECK_INT(facts.duplicates, ==, 0);
	CHECK(facts.heaviest > 0.64 && facts.heaviest < 0.66);
}

TEST(a_frequent_answer_is_found_and_refused)
{
	sound_pack();
	for (size_t i = 0; i < 8; i++)
		set_want(0, i, "ERROR\n");
	CHECK_STR(breaches(), "  G3 always answering 'ERROR' earns 5.20 "
			      "points, at most 2\n");
}

TEST(answers_that_compare_equal_count_together)
{
	sound_pack();
	for (size_t i = 0; i < 8; i++) {
		set_want(0, i, i % 2 ? "1 " : "1");
		cases[0][i].want.compare = COMPARE_TRIM;
	}
	CHECK(strstr(breaches(), "earns 5.20 points"));
}

TEST(an_exit_status_is_part_of_the_answer)
{
	sound_pack();
	for (size_t i = 0; i < 4; i++) {
		set_want(0, i, "ERROR\n");
		cases[0][i].want.exit_status = (int)i % 2;
	}
	CHECK_STR(breaches(), "");
	CHECK_INT(facts.constant, ==, 13 * POINT * 2 / CASES);
}

TEST(an_echo_is_found)
{
	sound_pack();
	for (size_t i = 0; i < 4; i++)
		set_want(1, i, inputs[1][i]);
	CHECK_STR(breaches(),
		  "  G3 echoing the input earns 2.60 points, at most 2\n");
}

TEST(an_empty_answer_is_found)
{
	sound_pack();
	set_want(1, 0, "");
	CHECK_STR(breaches(),
		  "  G3 answering nothing earns 0.65 points, at most 0.5\n");
}

TEST(a_robust_area_earns_nothing_without_function)
{
	sound_pack();
	areas[7].kind = AREA_ROBUST;
	for (size_t i = 0; i < CASES; i++)
		cases[7][i].want = (struct case_want){ .exit_want = EXIT_ANY };
	CHECK_STR(breaches(), "");
	CHECK_INT(facts.empty, ==, 0);
}

TEST(a_statement_needs_two_cases)
{
	sound_pack();
	for (size_t a = 0; a < AREAS; a++)
		for (size_t i = 0; i < CASES; i++)
			cases[a][i].spec = a + i ? first_only : both;
	CHECK_STR(breaches(), "  G7 statement 1.2 has 1 case, at least 2\n");
	CHECK_INT(facts.uncovered, ==, 1);
}

TEST(balance_is_judged)
{
	sound_pack();
	areas[0].weight = 20;
	areas[1].weight = 6;
	CHECK_STR(breaches(), "  G8 area a0 weighs 20 points, at most 16\n");

	sound_pack();
	areas[0].case_count = 10;
	CHECK_STR(breaches(),
		  "  G8 one case weighs 1.30 points, at most 1.20\n");

	sound_pack();
	task.area_count = 7;
	CHECK_STR(breaches(), "  G8 7 areas, at least 8\n");

	sound_pack();
	for (size_t a = 0; a < AREAS; a++)
		for (size_t i = 0; i < CASES; i++)
			cases[a][i].level = 2;
	CHECK(strstr(breaches(), "G8 100 % of the cases are of level 2"));
}

TEST(the_same_input_twice_is_found)
{
	sound_pack();
	set_input(&cases[3][4], inputs[3][4], inputs[5][6]);
	CHECK_STR(breaches(), "  G8 1 cases have the input of another\n");
}

TEST(a_visible_case_is_not_a_hidden_one)
{
	static struct task_case visible[2];
	static char text[2][16];

	sound_pack();
	set_input(&visible[0], text[0], "in 2 3");
	set_input(&visible[1], text[1], "in 99 99");
	areas[2].visible = visible;
	areas[2].visible_count = 2;
	CHECK_STR(breaches(), "  G11 1 visible cases have the input of a "
			      "hidden one\n");
}

/* ---- gates on trials ---------------------------------------------------------- */

static char path[3][24] = { "accepted/reference", "partial/naive",
			    "cheat/exec" };
static char class[4][16] = { "accepted", "partial", "cheat", "noop" };
static char role[3][16] = { "reference", "second", "" };

static const struct {
	const char *label;
	size_t class, role;
	double total, min, max, functional, gap;
	bool flaky, infra;
	const char *complaint; /* NULL: none */
} rows[] = {
	{ "reference", 0, 0, 100, 100, 100, 95, 0, false, false, NULL },
	{ "weak reference", 0, 0, 99.98, 90, 100, 94, 0, false, false,
	  "G1 the reference scores 99.98, not 100.00\n" },
	{ "slow reference", 0, 0, 99.98, 90, 100, 95, 0, false, false,
	  "99.98, not 100.00; if it lacks speed, take the reference times" },
	{ "flaky", 0, 0, 100, 100, 100, 95, 0, true, false,
	  "score.json differs between repeats" },
	{ "infra", 0, 0, 0, 100, 100, 95, 0, false, true, "is not scored" },
	{ "second", 0, 1, 97, 90, 100, 94.5, 0, false, false, NULL },
	{ "weak second", 0, 1, 97, 90, 100, 90, 0, false, false,
	  "agrees on 94.74 % of the functional points" },
	{ "partial", 1, 2, 20, 10, 30, 20, 3, false, false, NULL },
	{ "partial outside", 1, 2, 31, 10, 30, 20, 3, false, false,
	  "G4 accepted/reference scores 31.00, declared are 10.00 to 30.00" },
	{ "wide partial", 1, 2, 20, 1, 30, 20, 3, false, false,
	  "declares 1.0 to 30.0, want it within 5 and 60" },
	{ "misleading samples", 1, 2, 20, 10, 30, 20, 16, false, false,
	  "16.0 points between visible and hidden" },
	{ "cheat", 2, 2, 0.9, 0, 1, 0, 0, false, false, NULL },
	{ "good cheat", 2, 2, 1.5, 0, 2, 0, 0, false, false,
	  "G10 accepted/reference scores 1.50, at most 1.00" },
	{ "noop", 3, 2, 0.6, 0, 1, 0, 0, false, false,
	  "G3 accepted/reference scores 0.60, at most 0.50" },
};

TEST(every_trial_is_judged_by_its_class_and_role)
{
	struct check_options options = { .quick = true };

	sound_pack();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct task_submission others[3] = {
			{ .path = path[0],
			  .class = class[rows[i].class],
			  .role = role[rows[i].role],
			  .score_min = rows[i].min,
			  .score_max = rows[i].max },
			{ .path = path[1],
			  .class = class[1],
			  .role = role[2],
			  .score_min = 10,
			  .score_max = 20 },
			{ .path = path[2],
			  .class = class[2],
			  .role = role[2],
			  .score_max = 1 },
		};
		struct trial trials[3] = {
			{ .submission = &others[0],
			  .total = (int64_t)(rows[i].total * (double)POINT),
			  .functional =
				  (int64_t)(rows[i].functional * (double)POINT),
			  .functional_max = 95 * POINT,
			  .gap = rows[i].gap,
			  .flaky = rows[i].flaky,
			  .infra = rows[i].infra },
			{ .submission = &others[1], .total = 15 * POINT },
			{ .submission = &others[2] },
		};
		struct checker checker = { .task = &task, .options = &options };

		ROW("%s", rows[i].label);
		buf_init(&checker.breaches, 4096);
		buf_init(&checker.notes, 4096);
		judge_trials(&checker, &facts, trials, 3);
		if (rows[i].complaint)
			CHECK(strstr(buf_text(&checker.breaches),
				     rows[i].complaint));
		else
			CHECK_STR(buf_text(&checker.breaches), "");
		buf_done(&checker.breaches);
		buf_done(&checker.notes);
	}
}

TEST(the_median_is_in_the_middle)
{
	int64_t values[] = { 9, 1, 5 };

	CHECK_INT(median(values, 3), ==, 5);
	CHECK_INT(median(values, 0), ==, 0);
}

TAP_MAIN()
