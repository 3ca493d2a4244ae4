/* SPDX-License-Identifier: MIT */
#include "../../harness/score/formats.h"
#include "fortnight/base.h"
#include "tap.h"

#include <libxml/parser.h>

static char area_name[] = "paths", speed_name[] = "speed", pack_name[] = "demo";
static char ids[6][16] = { "paths-1", "paths-2", "paths-3",
			   "paths-4", "speed-1", "speed-2" };
static char nasty[] = "- a\n+ ]]>&<\"'\001\033[31m\xff\xef\xbf\xbf\n";

static struct task_case task_cases[6];
static struct case_result cases[4], speed_cases[2];
static struct task_area areas[2];
static struct area_result results[2];
static struct task task;
static struct score score;

static void set_up(void)
{
	for (size_t i = 0; i < 6; i++)
		task_cases[i] = (struct task_case){ .id = ids[i] };
	for (size_t i = 0; i < 4; i++)
		cases[i] = (struct case_result){ .task_case = &task_cases[i],
						 .wall_ns = 2500000,
						 .attempts = 1 };
	for (size_t i = 0; i < 2; i++)
		speed_cases[i] =
			(struct case_result){ .task_case = &task_cases[4 + i] };
	cases[0].verdict = VERDICT_PASSED;
	cases[1].verdict = VERDICT_FAILED;
	cases[1].diff = nasty;
	memcpy(cases[1].reason, "file \xff]]>", 9);
	cases[2].verdict = VERDICT_CRASHED;
	memcpy(cases[2].reason, "signal 11 (SEGV)", 17);
	cases[3].verdict = VERDICT_TIMEOUT;
	cases[3].attempts = 2;
	memcpy(cases[3].reason, "time limit", 11);
	areas[0] = (struct task_area){ .name = area_name, .weight = 90 };
	areas[1] = (struct task_area){ .name = speed_name,
				       .kind = AREA_SPEED,
				       .weight = 10 };
	results[0] = (struct area_result){ .area = &areas[0],
					   .cases = cases,
					   .case_count = 4,
					   .passed = 1,
					   .failed = 3,
					   .points = 22500000 };
	results[1] = (struct area_result){ .area = &areas[1],
					   .cases = speed_cases,
					   .case_count = 2 };
	task = (struct task){ .name = pack_name,
			      .areas = areas,
			      .area_count = 2,
			      .digest = "00ff" };
	score = (struct score){ .task = &task,
				.areas = results,
				.points_decided = 22500000,
				.points_decided_max = 90 * POINT,
				.standard_error = 19.485,
				.tree_digest = "abcd" };
}

static const char decided[] = "{\n"
			      "  \"areas\": [\n"
			      "    {\n"
			      "      \"cases\": 4,\n"
			      "      \"kind\": \"io\",\n"
			      "      \"name\": \"paths\",\n"
			      "      \"passed\": 1,\n"
			      "      \"points\": \"22.500000\",\n"
			      "      \"weight\": 90\n"
			      "    },\n"
			      "    {\n"
			      "      \"cases\": 2,\n"
			      "      \"kind\": \"speed\",\n"
			      "      \"name\": \"speed\",\n"
			      "      \"passed\": 0,\n"
			      "      \"points\": null,\n"
			      "      \"weight\": 10\n"
			      "    }\n"
			      "  ],\n"
			      "  \"build\": {\n"
			      "    \"reason\": \"\",\n"
			      "    \"status\": \"ok\"\n"
			      "  },\n"
			      "  \"cases\": [\n"
			      "    {\n"
			      "      \"id\": \"paths-1\",\n"
			      "      \"verdict\": \"passed\"\n"
			      "    },\n"
			      "    {\n"
			      "      \"id\": \"paths-2\",\n"
			      "      \"reason\": \"file \xef\xbf\xbd]]>\",\n"
			      "      \"verdict\": \"failed\"\n"
			      "    },\n"
			      "    {\n"
			      "      \"id\": \"paths-3\",\n"
			      "      \"reason\": \"signal 11 (SEGV)\",\n"
			      "      \"verdict\": \"crashed\"\n"
			      "    },\n"
			      "    {\n"
			      "      \"id\": \"paths-4\",\n"
			      "      \"reason\": \"time limit\",\n"
			      "      \"verdict\": \"timeout\"\n"
			      "    },\n"
			      "    {\n"
			      "      \"id\": \"speed-1\",\n"
			      "      \"verdict\": \"not_run\"\n"
			      "    },\n"
			      "    {\n"
			      "      \"id\": \"speed-2\",\n"
			      "      \"verdict\": \"not_run\"\n"
			      "    }\n"
			      "  ],\n"
			      "  \"format\": 1,\n"
			      "  \"pack\": {\n"
			      "    \"digest\": \"00ff\",\n"
			      "    \"name\": \"demo\"\n"
			      "  },\n"
			      "  \"points\": \"22.500000\",\n"
			      "  \"points_max\": \"90.000000\",\n"
			      "  \"standard_error\": \"19.48\",\n"
			      "  \"suite\": \"hidden\",\n"
			      "  \"tree\": {\n"
			      "    \"digest\": \"abcd\"\n"
			      "  },\n"
			      "  \"verdict\": \"scored\"\n"
			      "}\n";

TEST(score_json_is_canonical_and_holds_what_is_decided_alone)
{
	char *text;

	set_up();
	text = score_json(&score);
	CHECK_STR(text, decided);
	free(text);
}

TEST(score_json_does_not_change_with_what_was_measured)
{
	char *text;

	set_up();
	for (size_t i = 0; i < 4; i++)
		cases[i].cpu_ns = cases[i].wall_ns = (int64_t)i * 123456789;
	score.points_measured = 5 * POINT;
	score.wall_ns = 77;
	score.reruns = 4;
	cases[1].diff = NULL;
	text = score_json(&score);
	CHECK_STR(text, decided);
	free(text);
}

static xmlDocPtr parse_xml(const char *text)
{
	return xmlReadMemory(text, (int)strlen(text), "junit.xml", NULL,
			     XML_PARSE_NONET);
}

TEST(junit_of_nasty_text_is_well_formed)
{
	char *text;
	xmlDocPtr doc;

	set_up();
	text = format_junit(&score);
	doc = parse_xml(text);
	CHECK(doc != NULL);
	xmlFreeDoc(doc);
	CHECK(strstr(text, "<testsuite name=\"paths\" tests=\"4\" "
			   "failures=\"1\" errors=\"2\" skipped=\"0\" "
			   "time=\"0.010\">"));
	CHECK(strstr(text, "<failure type=\"failed\" message=\"file \\xff"));
	CHECK(strstr(text, "<error type=\"crashed\" "
			   "message=\"signal 11 (SEGV)\">"));
	CHECK(strstr(text, "\\x01\\x1b[31m\\xff"));
	CHECK(strstr(text, "<skipped/>"));
	free(text);
}

TEST(junit_of_a_tree_that_was_not_built_has_no_skipped_case)
{
	char *text;

	set_up();
	score.verdict = SCORE_NOT_BUILT;
	memcpy(score.build_reason, "no out/run", 11);
	for (size_t i = 0; i < 4; i++)
		cases[i] = (struct case_result){ .task_case = &task_cases[i] };
	text = format_junit(&score);
	CHECK(strstr(text, "skipped=\"0\""));
	CHECK(!strstr(text, "<skipped"));
	CHECK(strstr(text, "type=\"not_run\" message=\"no out/run\""));
	free(text);
}

TEST(tap_has_a_plan_and_a_diagnostic_for_each_failure)
{
	char *text;

	set_up();
	text = format_tap(&score);
	CHECK(strncmp(text,
		      "TAP version 14\n1..6\nok 1 - paths-1\n"
		      "not ok 2 - paths-2\n  ---\n"
		      "  verdict: \"failed\"\n",
		      80) == 0);
	CHECK(strstr(text, "ok 5 - speed-1 # SKIP not run\n"));
	CHECK(!strstr(text, "Bail out!"));
	free(text);
	score.verdict = SCORE_INFRA;
	text = format_tap(&score);
	CHECK(strstr(text, "\nBail out! infrastructure"));
	free(text);
}

TEST(ctrf_counts_every_case_once)
{
	json_t *json, *summary;

	set_up();
	json = format_ctrf(&score);
	summary = json_object_get(json_object_get(json, "results"), "summary");
	CHECK_INT(json_integer_value(json_object_get(summary, "tests")), ==, 6);
	CHECK_INT(json_integer_value(json_object_get(summary, "passed")), ==,
		  1);
	CHECK_INT(json_integer_value(json_object_get(summary, "failed")), ==,
		  3);
	CHECK_INT(json_integer_value(json_object_get(summary, "skipped")), ==,
		  2);
	json_decref(json);
}

static char *printed(unsigned failures, bool colour)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	score_print(&score, failures, colour, out);
	fclose(out);
	return text;
}

TEST(the_table_is_plain_text_without_trailing_blanks)
{
	char *text;

	set_up();
	text = printed(2, false);
	CHECK(strchr(text, '\033') == NULL);
	CHECK(strstr(text, " \n") == NULL);
	CHECK(strstr(text, "AREA"));
	CHECK(strstr(text, "1 failed, 1 crashed, 1 timeout\n"));
	CHECK(strstr(text, "total 22.50 of 100"));
	CHECK(strstr(text, "paths-2  failed: file \\xff]]>\n    - a\n"));
	CHECK(strstr(text, "... and 1 more that did not pass\n"));
	free(text);
}

TEST(colour_is_an_option)
{
	char *text;

	set_up();
	cases[1].diff = NULL;
	text = printed(5, true);
	CHECK(strstr(text, "\033[31mpaths-2\033[0m"));
	free(text);
}

TEST(a_long_line_of_the_build_is_cut_between_characters)
{
	auto_buf struct buf log = BUF_INIT(1 << 20);
	char *text, *end;

	set_up();
	buf_adds(&log, "short\n");
	for (int i = 0; i < 239; i++)
		buf_adds(&log, "x");
	for (int i = 0; i < 100000; i++)
		buf_adds(&log, "\xc3\xa9");
	score.verdict = SCORE_NOT_BUILT;
	score.build_log = log.data;
	text = printed(0, false);
	CHECK(strstr(text, "    short\n    xxx"));
	CHECK((end = strstr(text, "x...\n")) != NULL);
	CHECK(strlen(text) < 1000);
	CHECK(!strstr(text, "\\x"));
	free(text);
}

TEST(an_unscored_suite_shows_no_points)
{
	char *text;

	set_up();
	score.verdict = SCORE_INFRA;
	memcpy(score.infra_reason, "no pod", 7);
	text = printed(0, false);
	CHECK(strstr(text, "not scored: no pod\n"));
	CHECK(!strstr(text, "total"));
	free(text);
}

TAP_MAIN()
