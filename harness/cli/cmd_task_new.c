/* SPDX-License-Identifier: MIT */
/* fortnight task new NAME: a small pack to start from. */
#include "fortnight/base.h"
#include "fortnight/task.h"

#include "cli.h"

int cmd_task_new(int argc, char **argv, struct error *err)
{
	const char *dir = ".";
	const struct cli_option options[] = {
		{ "directory", 'd', CLI_TEXT, &dir, 0, 0 },
		{ NULL, 0, CLI_FLAG, NULL, 0, 0 }
	};
	auto_free char *path = NULL;
	int count;

	if (cli_options(argc, argv, options, &count, err) < 0 ||
	    cli_arguments(count, 1, 1, "NAME", err) < 0 ||
	    task_new(dir, argv[1], err) < 0)
		return -1;
	if (strcmp(dir, ".") == 0)
		path = xstrdup(argv[1]);
	else if (asprintf(&path, "%s/%s", dir, argv[1]) < 0)
		abort();
	printf("%s is a whole pack; its task.toml says what to do next.\n"
	       "  fortnight task show %s\n"
	       "  fortnight score %s %s/submissions/accepted/reference\n",
	       path, path, path, path);
	return STATUS_OK;
}
