/* SPDX-License-Identifier: MIT */
/* Where `make oracles` leaves a pack's oracle. */
#include "fortnight/base.h"
#include "fortnight/task.h"

#include "cli.h"

#include <limits.h>

/* What the operator named must be there, needed or not. */
static int named(const char *path, char **ret_path, struct error *err)
{
	char *real = realpath(path, NULL);

	if (!real)
		return error_set(err, ERROR_INPUT,
				 "there is no oracle's directory %s", path);
	*ret_path = real;
	return 0;
}

static int missing(const struct task *task, const char *path, struct error *err)
{
	char packages[200] = "";
	size_t used = 0;

	for (char **p = task->oracle_packages; *p && used < sizeof(packages);
	     p++)
		used += (size_t)snprintf(packages + used,
					 sizeof(packages) - used, " %s", *p);
	return error_set(
		err, ERROR_INPUT,
		"pack %s needs its oracle (Debian packages%s), and %s "
		"is not there: run 'make oracles' in the source tree, or "
		"name its directory with --oracle or FORTNIGHT_ORACLES",
		task->name, packages, path);
}

int cli_oracle(const char *option, const struct task *task, bool needed,
	       char **ret_path, struct error *err)
{
	/* Nothing here sets the environment. */
	const char *all = getenv("FORTNIGHT_ORACLES"); // NOLINT(concurrency-*)
	auto_free char *path = NULL;

	if (option)
		return named(option, ret_path, err);
	if (asprintf(&path, "%s/%s", all ? all : "build/oracles", task->name) <
	    0)
		abort();
	if (access(path, F_OK) == 0)
		return named(path, ret_path, err);
	if (needed && *task->oracle_packages)
		return missing(task, path, err);
	*ret_path = NULL;
	return 0;
}
