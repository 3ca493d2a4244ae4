/* SPDX-License-Identifier: MIT */
/* Gates G3, G7, G8 and the still part of G11: read off the pack, nothing runs. */
#include "fortnight/base.h"
#include "internal.h"

enum {
	AREAS_MIN = 8,
	AREA_WEIGHT_MAX = 16,
	SHARE_SLACK = 10,
	COVER_MIN = 2,
	NAMES_SHOWN = 5
};

static const double CASE_POINTS_MAX = 1.2;
static const unsigned level_share[TASK_LEVELS] = { 40, 35, 25 };

/* ---- inputs ---------------------------------------------------------------------- */

static void add_bytes(struct digest *digest, const void *data, size_t len)
{
	uint64_t size = len;

	digest_add(digest, &size, sizeof(size));
	if (len > 0)
		digest_add(digest, data, len);
}

static void add_words(struct digest *digest, char *const *words)
{
	for (; words && *words; words++)
		add_bytes(digest, *words, strlen(*words));
	add_bytes(digest, NULL, 0);
}

/* Everything that a case puts into a program, and nothing that it wants. */
static void input_digest(const struct task_case *one, char hex[DIGEST_HEX_SIZE])
{
	struct digest *digest = digest_new();

	add_words(digest, one->argv);
	add_words(digest, one->env);
	add_bytes(digest, one->stdin_data, one->stdin_len);
	for (size_t i = 0; i < one->file_count; i++) {
		const struct case_file *file = &one->files[i];

		add_bytes(digest, file->name, strlen(file->name));
		add_bytes(digest, file->data, file->len);
	}
	for (size_t i = 0; i < one->phase_count; i++) {
		const struct case_phase *phase = &one->phases[i];

		add_bytes(digest, phase->script, phase->script_len);
		add_words(digest, phase->args);
		add_bytes(digest, &phase->tear_bytes,
			  sizeof(phase->tear_bytes));
	}
	digest_finish(digest, hex);
}

struct input {
	char hex[DIGEST_HEX_SIZE];
	bool visible;
};

static int by_hex(const void *left, const void *right)
{
	const struct input *a = left, *b = right;
	int order = strcmp(a->hex, b->hex);

	return order ? order : a->visible - b->visible;
}

static size_t gather(const struct task_case *cases, size_t count, bool visible,
		     struct input *inputs)
{
	for (size_t i = 0; i < count; i++) {
		inputs[i].visible = visible;
		input_digest(&cases[i], inputs[i].hex);
	}
	return count;
}

static void measure_inputs(const struct task *task, struct suite_facts *facts)
{
	auto_free struct input *inputs =
		xcalloc(facts->cases + facts->visible + 1, sizeof(*inputs));
	size_t n = 0;

	for (size_t a = 0; a < task->area_count; a++) {
		const struct task_area *area = &task->areas[a];

		n += gather(area->cases, area->case_count, false, inputs + n);
		n += gather(area->visible, area->visible_count, true,
			    inputs + n);
	}
	qsort(inputs, n, sizeof(*inputs), by_hex);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(inputs[i].hex, inputs[i - 1].hex) != 0)
			continue;
		facts->duplicates += !inputs[i].visible;
		facts->shared += inputs[i].visible && !inputs[i - 1].visible;
	}
}

/* ---- statements ------------------------------------------------------------------- */

static size_t find(char *const *list, const char *word)
{
	size_t i = 0;

	while (list[i] && strcmp(list[i], word) != 0)
		i++;
	return i;
}

static void count_area(const struct task *task, const struct task_area *area,
		       size_t *counts, struct suite_facts *facts)
{
	for (size_t i = 0; i < area->case_count; i++) {
		char *const *spec = area->cases[i].spec;

		facts->without += !spec || !spec[0];
		for (; spec && *spec; spec++)
			counts[find(task->statements, *spec)]++;
	}
}

static void measure_statements(const struct task *task,
			       struct suite_facts *facts, struct buf *breaches)
{
	auto_free size_t *counts =
		xcalloc(task->statement_count + 1, sizeof(*counts));
	size_t shown = 0;

	facts->statements = task->statement_count;
	facts->least = task->statement_count ? SIZE_MAX : 0;
	for (size_t a = 0; a < task->area_count; a++)
		count_area(task, &task->areas[a], counts, facts);
	for (size_t i = 0; i < task->statement_count; i++) {
		if (counts[i] < facts->least)
			facts->least = counts[i];
		if (counts[i] >= COVER_MIN)
			continue;
		facts->uncovered++;
		if (shown++ < NAMES_SHOWN)
			breach(breaches,
			       "G7 statement %s has %zu case%s, at least %d",
			       task->statements[i], counts[i],
			       counts[i] == 1 ? "" : "s", COVER_MIN);
	}
	if (shown > NAMES_SHOWN)
		breach(breaches, "G7 and %zu more statements",
		       shown - NAMES_SHOWN);
	if (facts->without > 0)
		breach(breaches, "G7 %zu cases name no statement",
		       facts->without);
}

/* ---- balance ------------------------------------------------------------------------- */

static void measure_balance(const struct task *task, struct suite_facts *facts)
{
	for (size_t a = 0; a < task->area_count; a++) {
		const struct task_area *area = &task->areas[a];
		double share = area->case_count
				       ? (double)area->weight /
						 (double)area->case_count
				       : 0;

		facts->cases += area->case_count;
		facts->visible += area->visible_count;
		if (share > facts->heaviest)
			facts->heaviest = share;
		for (size_t i = 0; i < area->case_count; i++)
			facts->level[area->cases[i].level - 1]++;
	}
}

static void judge_balance(const struct task *task,
			  const struct suite_facts *facts, struct buf *breaches)
{
	for (size_t a = 0; a < task->area_count; a++)
		if (task->areas[a].weight > AREA_WEIGHT_MAX)
			breach(breaches,
			       "G8 area %s weighs %u points, at most %d",
			       task->areas[a].name, task->areas[a].weight,
			       AREA_WEIGHT_MAX);
	if (task->area_count < AREAS_MIN)
		breach(breaches, "G8 %zu areas, at least %d", task->area_count,
		       AREAS_MIN);
	if (facts->heaviest > CASE_POINTS_MAX)
		breach(breaches, "G8 one case weighs %.2f points, at most %.2f",
		       facts->heaviest, CASE_POINTS_MAX);
	if (facts->duplicates > 0)
		breach(breaches, "G8 %zu cases have the input of another",
		       facts->duplicates);
	for (size_t i = 0; i < TASK_LEVELS && facts->cases; i++) {
		double share =
			100.0 * (double)facts->level[i] / (double)facts->cases;

		if (share < level_share[i] - (double)SHARE_SLACK ||
		    share > level_share[i] + (double)SHARE_SLACK)
			breach(breaches,
			       "G8 %.0f %% of the cases are of level %zu, "
			       "want %u within %d",
			       share, i + 1, level_share[i], SHARE_SLACK);
	}
}

static void judge_answers(const struct suite_facts *facts, struct buf *breaches)
{
	static const int64_t cheap = 2 * POINT, none = POINT / 2;

	if (facts->constant > cheap)
		breach(breaches,
		       "G3 always answering '%s' earns %.2f points, at most 2",
		       facts->constant_text,
		       (double)facts->constant / (double)POINT);
	if (facts->echo > cheap)
		breach(breaches,
		       "G3 echoing the input earns %.2f points, at most 2",
		       (double)facts->echo / (double)POINT);
	if (facts->empty > none)
		breach(breaches,
		       "G3 answering nothing earns %.2f points, at most 0.5",
		       (double)facts->empty / (double)POINT);
}

void suite_measure(const struct task *task, struct suite_facts *ret_facts,
		   struct buf *breaches)
{
	const struct score_answer empty = { .out = "" };
	const struct score_answer echo = { .echo = true };
	struct suite_facts facts = { 0 };

	measure_balance(task, &facts);
	measure_inputs(task, &facts);
	facts.empty = score_of_answer(task, &empty);
	facts.echo = score_of_answer(task, &echo);
	facts.constant = best_constant(task, facts.constant_text);
	judge_answers(&facts, breaches);
	measure_statements(task, &facts, breaches);
	judge_balance(task, &facts, breaches);
	if (facts.shared > 0)
		breach(breaches,
		       "G11 %zu visible cases have the input of a hidden one",
		       facts.shared);
	*ret_facts = facts;
}
