/* SPDX-License-Identifier: MIT */
/*
 * fuzz_case.c - one line of a suite.
 *
 * The first byte chooses the area.  What is accepted must be runnable as it
 * stands: whoever runs a case has no second look at it.
 */
#include "fuzz.h"

#include "fortnight/task.h"

#include <math.h>

static char name[] = "a";
static char driver[] = "resp";
static char checker[] = "judge";
static const struct task_area areas[] = {
	{ .name = name, .kind = AREA_IO, .compare = COMPARE_EXACT },
	{ .name = name, .kind = AREA_DRIVER, .driver = driver },
	{ .name = name, .kind = AREA_ROBUST, .compare = COMPARE_FLOAT },
	{ .name = name, .kind = AREA_ROBUST, .driver = driver },
	{ .name = name, .kind = AREA_SPEED, .compare = COMPARE_JSON },
	{ .name = name,
	  .kind = AREA_IO,
	  .compare = COMPARE_CHECKER,
	  .checker = checker },
};

static const struct tree_limits bounds = { .bytes_max = 16 << 20,
					   .entries_max = 100000 };

static bool is_hex(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static size_t list_len(char *const *list)
{
	size_t len = 0;

	REQUIRE(list, "a list that is not there");
	while (list[len])
		len++;
	return len;
}

/* The files of a case can be put into a sandbox: a tree holds them all. */
static void require_files(const struct case_file *files, size_t count)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(&bounds);
	auto_tree struct tree *tree = NULL;
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < count; i++)
		REQUIRE(tree_builder_add_file(builder, files[i].name, false,
					      files[i].data, files[i].len,
					      &err) == 0,
			"%s", err.text);
	REQUIRE(tree_builder_seal(builder, &tree, &err) == 0, "%s", err.text);
}

static void require_want(const struct task_case *c,
			 const struct task_area *area)
{
	const struct case_want *want = &c->want;
	bool hash = want->stdout_sha256[0];

	REQUIRE(want->has_stdout == (want->stdout_data || hash), "stdout");
	REQUIRE(!hash || is_hex(want->stdout_sha256), "%s",
		want->stdout_sha256);
	REQUIRE(!hash || (want->compare == COMPARE_EXACT && !want->stdout_data),
		"a digest compares with nothing else");
	REQUIRE(want->has_stdout || want->file_count ||
			area->kind == AREA_ROBUST,
		"nothing is wanted");
	REQUIRE(want->exit_status >= 0 && want->exit_status <= 255, "%d",
		want->exit_status);
	REQUIRE(want->exit_want == EXIT_IS || want->exit_status == 0, "exit");
	REQUIRE(want->compare <= COMPARE_CHECKER, "compare");
	REQUIRE(want->compare != COMPARE_CHECKER || area->checker,
		"a checker that the area does not have");
	REQUIRE(isfinite(want->tolerance) && want->tolerance >= 0, "%g",
		want->tolerance);
	require_files(want->files, want->file_count);
}

static void require_io(const struct task_case *c, const struct task_area *area)
{
	REQUIRE(!c->phases && !c->phase_count, "phases");
	(void)list_len(c->argv);
	for (char **env = c->env; env && *env; env++)
		REQUIRE(strchr(*env, '=') && (*env)[0] != '=', "%s", *env);
	REQUIRE(c->stdin_data || !c->stdin_len, "standard input");
	REQUIRE(c->stdin_len <= 64 << 20, "%zu bytes", c->stdin_len);
	require_files(c->files, c->file_count);
	require_want(c, area);
}

static void require_phases(const struct task_case *c)
{
	REQUIRE(c->phase_count >= 1 && c->phases, "no phase");
	for (size_t i = 0; i < c->phase_count; i++) {
		const struct case_phase *phase = &c->phases[i];

		REQUIRE(phase->script, "no script");
		REQUIRE(phase->plan >= 1 && phase->plan <= 100000, "plan %u",
			phase->plan);
		REQUIRE(phase->tear_bytes <= UINT64_C(1) << 40, "tear");
		(void)list_len(phase->args);
	}
}

static void require_case(const struct task_case *c,
			 const struct task_area *area)
{
	size_t prefix = strlen(area->name);

	REQUIRE(c->line == 7, "line %d", c->line);
	REQUIRE(strlen(c->id) <= TASK_ID_MAX, "%s", c->id);
	REQUIRE(strncmp(c->id, area->name, prefix) == 0 && c->id[prefix] == '-',
		"%s", c->id);
	REQUIRE(c->level >= 1 && c->level <= TASK_LEVELS, "%u", c->level);
	REQUIRE(list_len(c->spec) >= 1, "no statement");
	REQUIRE(c->is_driver == (area->driver != NULL), "driver");
	if (c->is_driver)
		require_phases(c);
	else
		require_io(c, area);
}

static bool text_holds_place(const char *text)
{
	static const char place[] = "hidden/a.jsonl:";

	return strncmp(text, place, sizeof(place) - 1) == 0 &&
	       strtol(text + sizeof(place) - 1, NULL, 10) >= 7;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned choice = fuzz_choice(&data, &size);
	const struct task_area *area = &areas[choice % ARRAY_LEN(areas)];
	const struct task_line line = { (const char *)data, size,
					"hidden/a.jsonl", 7 };
	struct task_case c, untouched;
	struct error err = ERROR_INIT;

	memset(&c, 0xa5, sizeof(c));
	memset(&untouched, 0xa5, sizeof(untouched));
	if (task_case_parse(&line, area, -1, &c, &err) < 0) {
		REQUIRE(memcmp(&c, &untouched, sizeof(c)) == 0,
			"a failing call filled its result");
		REQUIRE(err.kind == ERROR_INPUT, "%d", (int)err.kind);
		REQUIRE(text_holds_place(err.text), "%s", err.text);
		return 0;
	}
	require_case(&c, area);
	task_case_done(&c);
	return 0;
}
