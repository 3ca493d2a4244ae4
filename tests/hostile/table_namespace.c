/* SPDX-License-Identifier: MIT */
/* Namespaces, mounts, devices, ids. */
#include "suite.h"

static const char no_namespace[] = "a new namespace is new attack surface";

static const struct attempt attempts[] = {
	{ "1a", "unshare: a user namespace", "attack_namespace",
	  "unshare_userns", "refused EPERM", no_namespace,
	  .places = EVERYWHERE },
	{ "1b", "unshare: every other kind", "attack_namespace",
	  "unshare_others", "refused EPERM", no_namespace,
	  .places = EVERYWHERE },
	{ "2", "clone with namespace flags", "attack_namespace", "clone_userns",
	  "refused EPERM", no_namespace, .places = EVERYWHERE },
	{ "4", "setns to the namespaces of init", "attack_namespace", "setns",
	  "refused EPERM", no_namespace, .places = EVERYWHERE },
	{ "5", "mount, umount2, pivot_root and the new calls",
	  "attack_namespace", "mount_family", "refused EPERM",
	  "the tree of mounts is ours", .places = EVERYWHERE },
	{ "6", "chroot", "attack_namespace", "chroot", "refused EPERM",
	  "the root is ours", .places = EVERYWHERE },
	{ "7", "device nodes; a FIFO is permitted", "attack_namespace", "mknod",
	  "refused EPERM", "the mounts are nodev besides",
	  .places = EVERYWHERE },
	{ "8", "set-user-ID and set-group-ID bits", "attack_namespace",
	  "setuid_bit", "refused EPERM ENOSYS", "the mounts are nosuid besides",
	  .places = EVERYWHERE },
	{ "9", "the system's set-user-ID programs, setuid, setgroups",
	  "attack_namespace", "system_setuid", "refused EPERM EINVAL",
	  "no_new_privs is set and the id stays", .places = EVERYWHERE },
	{ "10a", "file capabilities", "attack_namespace", "file_capability",
	  "refused EPERM EOPNOTSUPP", "no capability over the file system",
	  .places = EVERYWHERE },
	{ "10b", "capability sets, ambient ones, securebits",
	  "attack_namespace", "capabilities", "refused EPERM EINVAL",
	  "every set is empty, the bounding set too", .places = EVERYWHERE },
	{ "33", "kernel files: core_pattern, sysrq, /sys", "attack_namespace",
	  "kernel_files", "refused ENOENT EACCES EROFS EPERM",
	  "no /sys, and of /proc the processes alone, read-only",
	  .places = EVERYWHERE },
	{ "35", "devices of the host", "attack_namespace", "devices",
	  "refused ENOENT", "five harmless ones are there",
	  .places = EVERYWHERE },
	{ "40", "the launcher's file, init's root, /app, /", "attack_namespace",
	  "launcher", "refused EACCES ENOENT EROFS ETXTBSY EPERM",
	  "read-only, and init is not dumpable", .places = EVERYWHERE },
	{ "80", "control groups", "attack_namespace", "cgroup_write",
	  "refused ENOENT", "they are not there", .places = EVERYWHERE },
};

TABLE(table_namespace, "Namespaces, mounts, devices, ids");
