/* SPDX-License-Identifier: MIT */
#include "fortnight/proc.h"
#include "fortnight/base.h"

#include <spawn.h>
#include <sys/wait.h>

int proc_run(const char *const *argv, struct error *err)
{
	char *const *args;
	int status = 0, rc;
	pid_t pid;

	/* posix_spawn(3) takes char *const[] for historic reasons only. */
	memcpy(&args, &argv, sizeof(args));
	rc = posix_spawn(&pid, argv[0], NULL, NULL, args, environ);
	if (rc != 0)
		return error_set_errno(err, rc, "run %s", argv[0]);
	if (TEMP_FAILURE_RETRY(waitpid(pid, &status, 0)) < 0)
		return error_set_errno(err, errno, "wait for %s", argv[0]);
	if (WIFSIGNALED(status))
		return error_set(err, ERROR_INPUT, "%s was killed by signal %d",
				 argv[0], WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return error_set(err, ERROR_INPUT, "%s ended with status %d",
				 argv[0], WEXITSTATUS(status));
	return 0;
}
