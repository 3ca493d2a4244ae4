/* SPDX-License-Identifier: MIT */
/* What this kernel's control groups can do, and what they do wrong, by trying. */
#include "fortnight/base.h"

#include "cgroup.h"
#include "launch.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Returns in a child that was born in the group, as fork(2) does. */
static pid_t fork_into(int group)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)group };

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/* The wait status of a child in the group that leaves at once, or, with the
 * descriptor of a cgroup.kill, stays until that is written to; -1: none of both. */
static int child_in(int group, int kill_file)
{
	pid_t pid = fork_into(group);
	int status = -1;

	if (pid == 0) {
		if (kill_file >= 0)
			(void)pause(); /* no handler: what ends it kills it */
		_exit(0);
	}
	if (pid < 0)
		return -1;
	if (kill_file >= 0 && write(kill_file, "1", 1) != 1) {
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, &status, 0);
		return -1;
	}
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static bool is_killed(int status)
{
	return status != -1 && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGKILL;
}

/* On some kernels (6.18) a group that was killed once goes on killing what is cloned
 * into it, and a program that did nothing wrong dies of SIGKILL. */
static void look_at_kill(const struct cgroup *cgroup, struct cgroup_quirks *ret)
{
	int group = cgroup->locks[PLACE_UNIFIED];

	if (cgroup->kill < 0)
		return;
	ret->kill = is_killed(child_in(group, cgroup->kill));
	ret->killed_kills = ret->kill && is_killed(child_in(group, -1));
}

int cgroup_look(struct cgroup_quirks *ret, struct error *err)
{
	struct cgroup cgroup;

	if (cgroup_open(&cgroup, err) < 0)
		return -1;
	*ret = (struct cgroup_quirks){ .v2 = cgroup.v2,
				       .share = cgroup.share >= 0 };
	ret->forgets_peak = cgroup_forget_peak(&cgroup);
	ret->swap = cgroup_host_swaps();
	look_at_kill(&cgroup, ret);
	if (!cgroup_close(&cgroup))
		return error_set(err, ERROR_HOST,
				 "a control group of a test's own cannot be "
				 "removed");
	return 0;
}
