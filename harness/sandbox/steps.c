/* SPDX-License-Identifier: MIT */
/* What the box was doing, in words; and what to do about it. */
#include "fortnight/base.h"

#include "launch.h"

static const char *const words[STEP_COUNT] = {
	[STEP_NONE] = "nothing in particular",
	[STEP_RECEIVE] = "receiving a message",
	[STEP_JOIN_CGROUP] = "joining the pod's control groups",
	[STEP_CLONE_POD] = "creating the pod's namespaces",
	[STEP_MAP_IDS] = "mapping user and group ids",
	[STEP_SET_IDS] = "taking the pod's ids and name",
	[STEP_LOOPBACK] = "bringing the loopback up",
	[STEP_FORBID_NAMESPACES] = "forbidding further namespaces",
	[STEP_FORK_SIDE] = "forking the author's side",
	[STEP_UNSHARE] = "giving a side its own namespaces",
	[STEP_ROOT_PATH] = "opening the root directory",
	[STEP_PRIVATE_MOUNTS] = "making the mounts private",
	[STEP_ROOT_TMPFS] = "mounting the new root",
	[STEP_BIND] = "binding a host directory",
	[STEP_DEVICES] = "adding devices",
	[STEP_HIDE] = "hiding a path",
	[STEP_PROC] = "mounting /proc",
	[STEP_APP] = "making /app",
	[STEP_WORK] = "making /work",
	[STEP_DATA] = "making /data",
	[STEP_UNPACK] = "unpacking a tree",
	[STEP_PACK] = "packing a tree",
	[STEP_PIVOT] = "changing the root",
	[STEP_READ_ONLY] = "making the root read-only",
	[STEP_CLONE_RUN] = "creating a run's namespaces",
	[STEP_RUN_MOUNTS] = "mounting a run's private places",
	[STEP_FORK_CANDIDATE] = "forking the program",
	[STEP_STDIO] = "connecting standard input and output",
	[STEP_RLIMITS] = "setting resource limits",
	[STEP_DROP_IDS] = "dropping ids",
	[STEP_DROP_CAPABILITIES] = "dropping capabilities",
	[STEP_NO_NEW_PRIVS] = "setting no_new_privs",
	[STEP_LANDLOCK] = "setting Landlock's rules",
	[STEP_SECCOMP] = "loading the seccomp filter",
	[STEP_WAIT] = "waiting",
	[STEP_TEAR] = "cutting a file",
};

int box_error(struct error *err, unsigned step, int sys_errno)
{
	const char *what = step < STEP_COUNT ? words[step] : "an unknown step";

	(void)error_set_errno(err, sys_errno, "sandbox: %s", what);
	err->kind = ERROR_INFRA;
	return -1;
}
