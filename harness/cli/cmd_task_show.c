/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/task.h"
#include "fortnight/text.h"

#include "cli.h"

enum {
	SHOWN_MAX = 1 << 20
};

static void show_text(const char *what, const char *data, size_t len)
{
	auto_buf struct buf safe = BUF_INIT(SHOWN_MAX);

	text_add_safe(&safe, data, len);
	printf("%s: %s%s", what, buf_text(&safe),
	       safe.len && safe.data[safe.len - 1] == '\n' ? "" : "\n");
}

static void show_case(const struct task_case *c)
{
	printf("%s  level %u  spec", c->id, c->level);
	for (char **id = c->spec; *id; id++)
		printf(" %s", *id);
	putchar('\n');
	for (char **arg = c->argv; arg && *arg; arg++)
		show_text("argument", *arg, strlen(*arg));
	if (c->stdin_len)
		show_text("stdin", c->stdin_data, c->stdin_len);
	if (c->want.stdout_data)
		show_text("want", c->want.stdout_data, c->want.stdout_len);
	for (size_t i = 0; i < c->phase_count; i++)
		show_text("script", c->phases[i].script,
			  c->phases[i].script_len);
}

static void show_pack(const struct task *task)
{
	printf("%s: %s (class %s, %.0f minutes)\n%zu cases, %zu statements, "
	       "sha256 %s\n",
	       task->name, task->title, task->class, task->minutes,
	       task->case_count, task->statement_count, task->digest);
	for (size_t i = 0; i < task->area_count; i++)
		printf("  %-16s %-7s %3u points %5zu cases  %s\n",
		       task->areas[i].name, area_kind_name(task->areas[i].kind),
		       task->areas[i].weight, task->areas[i].case_count,
		       task->areas[i].title);
}

static int show_area(const struct task *task, const char *name, const char *id,
		     struct error *err)
{
	size_t shown = 0;

	for (size_t i = 0; i < task->area_count; i++) {
		const struct task_area *area = &task->areas[i];

		for (size_t j = 0; j < area->case_count; j++) {
			const struct task_case *c = &area->cases[j];

			if (strcmp(area->name, name) != 0 ||
			    (id && strcmp(c->id, id) != 0))
				continue;
			show_case(c);
			shown++;
		}
	}
	if (shown)
		return STATUS_OK;
	return error_set(err, ERROR_USAGE, "pack %s has no %s '%s'", task->name,
			 id ? "case" : "area", id ? id : name);
}

int cmd_task_show(int argc, char **argv, struct error *err)
{
	const struct cli_option options[] = { { NULL, 0, CLI_FLAG, NULL, 0,
						0 } };
	auto_task struct task *task = NULL;
	int count = 0;

	if (cli_options(argc, argv, options, &count, err) < 0 ||
	    cli_arguments(count, 1, 3, "PACK [AREA [CASE]]", err) < 0 ||
	    task_load(argv[1], TASK_WHOLE, &task, err) < 0)
		return -1;
	if (count > 1)
		return show_area(task, argv[2], count > 2 ? argv[3] : NULL,
				 err);
	show_pack(task);
	return STATUS_OK;
}
