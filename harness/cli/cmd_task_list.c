/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/task.h"

#include "cli.h"

int cmd_task_list(int argc, char **argv, struct error *err)
{
	const struct cli_option options[] = { { NULL, 0, CLI_FLAG, NULL, 0,
						0 } };
	char **names;
	int count = 0;

	if (cli_options(argc, argv, options, &count, err) < 0 ||
	    cli_arguments(count, 0, 0, "", err) < 0)
		return -1;
	names = task_list();
	for (char **name = names; *name; name++) {
		auto_task struct task *task = NULL;
		struct error why = ERROR_INIT;

		if (task_load(*name, TASK_MANIFEST, &task, &why) < 0)
			printf("%-16s %s\n", *name, why.text);
		else
			printf("%-16s %s (%zu areas, %.0f minutes)\n", *name,
			       task->title, task->area_count, task->minutes);
	}
	task_list_free(names);
	return STATUS_OK;
}
