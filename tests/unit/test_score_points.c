/* SPDX-License-Identifier: MIT */
#include "../../harness/score/points.h"
#include "fortnight/base.h"
#include "tap.h"

enum {
	AREAS = 4,
	CASES = 7
};

static struct task_area areas[AREAS];
static struct case_result cases[AREAS][CASES];
static struct area_result results[AREAS];
static struct task task;
static struct score score;

static void suite(const enum area_kind kinds[AREAS],
		  const unsigned weights[AREAS])
{
	task = (struct task){ .areas = areas, .area_count = AREAS };
	score = (struct score){ .task = &task, .areas = results };
	memset(cases, 0, sizeof(cases));
	for (size_t a = 0; a < AREAS; a++) {
		areas[a] = (struct task_area){ .kind = kinds[a],
					       .weight = weights[a] };
		results[a] = (struct area_result){ .area = &areas[a],
						   .cases = cases[a],
						   .case_count = CASES };
	}
}

static void pass(size_t area, size_t count)
{
	for (size_t i = 0; i < CASES; i++)
		cases[area][i].verdict = i < count ? VERDICT_PASSED
						   : VERDICT_FAILED;
}

static void time_all(size_t area, int64_t cpu_ns, int64_t ref_ns)
{
	for (size_t i = 0; i < CASES; i++) {
		cases[area][i].speed_cpu_ns[0] = cpu_ns + 5;
		cases[area][i].speed_cpu_ns[1] = cpu_ns;
		cases[area][i].speed_ref_ns = ref_ns;
	}
}

static const enum area_kind kinds[AREAS] = { AREA_IO, AREA_DRIVER, AREA_ROBUST,
					     AREA_SPEED };
static const unsigned weights[AREAS] = { 47, 33, 13, 7 };

TEST(everything_right_is_a_hundred_points_to_the_last_digit)
{
	suite(kinds, weights);
	for (size_t a = 0; a < AREAS; a++)
		pass(a, CASES);
	time_all(3, 100, 100);
	points_sum(&score);
	CHECK_INT(score.points_decided + score.points_measured, ==,
		  100 * POINT);
	CHECK_INT(score.points_decided_max, ==, 93 * POINT);
	CHECK(score.standard_error < 1e-9);
}

TEST(robust_points_count_by_the_functional_share)
{
	suite(kinds, weights);
	pass(2, CASES);
	points_sum(&score);
	CHECK_INT(score.points_decided, ==, 0);

	pass(0, CASES);
	points_sum(&score);
	/* 13 x 47 / 80 */
	CHECK_INT(results[2].points, ==, 7637500);
	CHECK_INT(results[0].points, ==, 47 * POINT);
}

TEST(points_are_rounded_down)
{
	CHECK_INT(points_share(10, 1, 3), ==, 3333333);
	CHECK_INT(points_share(10, 2, 3), ==, 6666666);
	CHECK_INT(points_share(100, 20000, 20000), ==, 100 * POINT);
	CHECK_INT(points_share(1, 0, 0), ==, 0);
}

TEST(a_wrong_answer_has_no_speed)
{
	suite(kinds, weights);
	time_all(3, 1, 1000);
	for (size_t i = 0; i < CASES; i++)
		cases[3][i].verdict = VERDICT_FAILED;
	points_sum(&score);
	CHECK_INT(score.points_measured, ==, 0);
}

TEST(speed_credit_is_log_linear_between_two_and_twelve)
{
	static const struct {
		int64_t cpu, ref, credit;
	} rows[] = {
		{ 1, 100, CREDIT_FULL }, { 200, 100, CREDIT_FULL },
		{ 1200, 100, 0 },	 { 5000, 100, 0 },
		{ 4899, 1000, 500020 },	 { 300, 100, 773705 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW("%zu", i);
		CHECK_INT(llabs(speed_credit(rows[i].cpu, rows[i].ref) -
				rows[i].credit),
			  <, 60);
	}
}

TEST(the_least_time_counts)
{
	struct case_result one = { .speed_cpu_ns = { 30, 10, 0 } };

	CHECK_INT(speed_best_ns(&one), ==, 10);
	CHECK_INT(speed_best_ns(&(struct case_result){ 0 }), ==, 0);
}

TEST(the_standard_error_is_that_of_a_share)
{
	unsigned one_area[AREAS] = { 100, 0, 0, 0 };

	suite(kinds, one_area);
	pass(0, 3);
	points_sum(&score);
	/* 100 x sqrt(3/7 x 4/7 / 7) */
	CHECK(score.standard_error > 18.70 && score.standard_error < 18.71);
}

TEST(an_area_without_cases_is_worth_nothing)
{
	suite(kinds, weights);
	results[0].case_count = 0;
	pass(1, CASES);
	points_sum(&score);
	CHECK_INT(score.points_decided, ==, 33 * POINT);
	CHECK_INT(score.points_decided_max, ==, 46 * POINT);
}

/* T timeout, P passed, F failed, . not run */
static const struct {
	const char *verdicts;
	size_t cut;
} cuts[] = {
	{ "", 0 },
	{ "TTTTTTTTT", 9 },
	{ "TTTTTTTTTT", 10 },
	{ "TTTTTTTTTTP", 10 },
	{ "TTTTTPTTTTTTTTTTPP", 16 },
	{ "TTTTTTTTTPTTTTTTTTT", 19 },
	{ "TTTTTTTTT.TTTTTTTTTT", 20 },
	{ "PTTTTTTTTTTFTTTTTTTTTTT", 11 },
	{ "TTTTTTTTTTTTTTTTTTTTTTTTT", 10 },
};

TEST(ten_timeouts_in_a_row_cut_an_area)
{
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		struct case_result list[32] = { 0 };
		size_t n = strlen(cuts[i].verdicts);

		for (size_t k = 0; k < n; k++) {
			char c = cuts[i].verdicts[k];

			list[k].verdict = c == 'T'   ? VERDICT_TIMEOUT
					  : c == 'P' ? VERDICT_PASSED
					  : c == 'F' ? VERDICT_FAILED
						     : VERDICT_NOT_RUN;
		}
		ROW("%s", cuts[i].verdicts);
		CHECK_INT(cut_point(list, n), ==, cuts[i].cut);
	}
}

TEST(points_are_shown_without_rounding_up)
{
	char text[POINTS_TEXT];

	points_text(99999999, text);
	CHECK_STR(text, "99.999999");
	points_short(99999999, text);
	CHECK_STR(text, "99.99");
	points_short(100 * POINT, text);
	CHECK_STR(text, "100.00");
	points_text(5, text);
	CHECK_STR(text, "0.000005");
}

TAP_MAIN()
