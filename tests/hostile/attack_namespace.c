/* SPDX-License-Identifier: MIT */
/* Attempts on namespaces, mounts, devices, set-user-id files and /proc. */
#include "attack.h"

#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

/* A child that a clone let through must not go on as a second attacker. */
static void tried_clone(const char *what, unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	tried(what, pid);
}

static void unshare_userns(void)
{
	tried("unshare(NEWUSER)", unshare(CLONE_NEWUSER));
	verdict();
}

static void unshare_others(void)
{
	tried("unshare(NEWNS)", unshare(CLONE_NEWNS));
	tried("unshare(NEWNET)", unshare(CLONE_NEWNET));
	tried("unshare(NEWPID)", unshare(CLONE_NEWPID));
	tried("unshare(NEWIPC)", unshare(CLONE_NEWIPC));
	tried("unshare(NEWUTS)", unshare(CLONE_NEWUTS));
	tried("unshare(NEWCGROUP)", unshare(CLONE_NEWCGROUP));
	tried("unshare(NEWTIME)", unshare(CLONE_NEWTIME));
	verdict();
}

static void clone_userns(void)
{
	tried_clone("clone(NEWUSER)", CLONE_NEWUSER);
	tried_clone("clone(NEWUSER|NEWNS)", CLONE_NEWUSER | CLONE_NEWNS);
	tried_clone("clone(NEWNET)", CLONE_NEWNET);
	tried_clone("clone(NEWPID)", CLONE_NEWPID);
	verdict();
}

static void *thread_body(void *arg)
{
	*(int *)arg = 1;
	return NULL;
}

static void clone3_any(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pthread_t thread;
	int ran = 0;
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(0);
	tried("clone3()", pid);
	args.flags = CLONE_NEWUSER;
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		_exit(0);
	tried("clone3(NEWUSER)", pid);
	if (pthread_create(&thread, NULL, thread_body, &ran) != 0)
		say("ALLOWED nothing: threads are broken");
	pthread_join(thread, NULL);
	if (!ran)
		say("ALLOWED nothing: the thread did not run");
	verdict();
}

static void setns_pid1(void)
{
	static const char *const names[] = { "user", "mnt", "net",   "pid",
					     "ipc",  "uts", "cgroup" };
	char path[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/1/ns/%s", names[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			snprintf(path, sizeof(path), "/proc/self/ns/%s",
				 names[i]);
		if (fd < 0)
			fd = open(path, O_RDONLY | O_CLOEXEC);
		tried(path, setns(fd, 0));
	}
	verdict();
}

static void mount_family(void)
{
	tried("mount(tmpfs)", mount("none", "/tmp", "tmpfs", 0, NULL));
	tried("mount(bind)", mount("/app", "/tmp", NULL, MS_BIND, NULL));
	tried("mount(remount)",
	      mount(NULL, "/app", NULL, MS_REMOUNT | MS_BIND, NULL));
	tried("mount(proc)", mount("proc", "/tmp", "proc", 0, NULL));
	tried("mount(cgroup2)", mount("none", "/tmp", "cgroup2", 0, NULL));
	tried("umount2", umount2("/tmp", MNT_DETACH));
	tried("umount2(/proc)", umount2("/proc", MNT_DETACH));
	tried("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
	tried("open_tree", syscall(SYS_open_tree, AT_FDCWD, "/", 1));
	tried("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
	tried("fspick", syscall(SYS_fspick, AT_FDCWD, "/tmp", 0));
	tried("fsconfig", syscall(SYS_fsconfig, -1, 0, NULL, NULL, 0));
	tried("fsmount", syscall(SYS_fsmount, -1, 0, 0));
	tried("move_mount",
	      syscall(SYS_move_mount, AT_FDCWD, "/app", AT_FDCWD, "/tmp", 0));
	tried("mount_setattr",
	      syscall(SYS_mount_setattr, AT_FDCWD, "/app", 0, NULL, 0));
	verdict();
}

static void chroot_out(void)
{
	mkdir("/tmp/hostile-root", 0700);
	tried("chroot", chroot("/tmp/hostile-root"));
	tried("chroot(/)", chroot("/"));
	verdict();
}

static void mknod_device(void)
{
	if (mkfifo("/tmp/hostile-fifo", 0600) < 0)
		say("ALLOWED nothing: mkfifo is refused, %s", strerror(errno));
	tried("mknod(c 1 1)",
	      mknod("/tmp/hostile-mem", S_IFCHR | 0600, makedev(1, 1)));
	tried("mknod(b 254 0)",
	      mknod("/tmp/hostile-vda", S_IFBLK | 0600, makedev(254, 0)));
	tried("mknodat(c 5 1)", mknodat(AT_FDCWD, "/work/hostile-console",
					S_IFCHR | 0600, makedev(5, 1)));
	verdict();
}

static void setuid_bit(void)
{
	int fd = open("/work/hostile-suid", O_CREAT | O_RDWR | O_CLOEXEC, 0755);

	tried("chmod(u+s)", chmod("/work/hostile-suid", 04755));
	tried("fchmod(u+s)", fchmod(fd, 04755));
	tried("fchmodat(g+s)",
	      fchmodat(AT_FDCWD, "/work/hostile-suid", 02755, 0));
	tried("fchmodat2(u+s)",
	      syscall(452, AT_FDCWD, "/work/hostile-suid", 04755, 0));
	verdict();
}

/* Every set-user-id program of the toolchain root: it must run as ourselves. */
static void system_setuid(void)
{
	static const char *const programs[] = { "/usr/bin/su",
						"/usr/bin/passwd",
						"/usr/bin/mount",
						"/usr/bin/newgrp" };
	uid_t uid = getuid();

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		say("ALLOWED no_new_privs is not set");
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			execl(programs[i], programs[i], "--version", NULL);
			_exit(127);
		}
		waitpid(pid, &status, 0);
	}
	tried("setuid(0)", uid == 0 ? -1 : setuid(0));
	tried("setresuid(0)", uid == 0 ? -1 : setresuid(0, 0, 0));
	tried("setgid(0)", getgid() == 0 ? -1 : setgid(0));
	tried("setgroups", syscall(SYS_setgroups, 1, (gid_t[]){ 0 }));
	if (getuid() != uid || geteuid() != uid)
		say("ALLOWED the user id changed");
	verdict();
}

static void file_capability(void)
{
	/* struct vfs_cap_data, revision 2, with every capability. */
	static const unsigned int caps[5] = { 0x02000001, 0xffffffff,
					      0xffffffff, 0xffffffff,
					      0xffffffff };
	int fd = open("/work/hostile-caps", O_CREAT | O_RDWR | O_CLOEXEC, 0755);

	tried("setxattr(security.capability)",
	      setxattr("/work/hostile-caps", "security.capability", caps,
		       sizeof(caps), 0));
	tried("fsetxattr(security.capability)",
	      fsetxattr(fd, "security.capability", caps, sizeof(caps), 0));
	tried("setxattr(trusted.x)",
	      setxattr("/work/hostile-caps", "trusted.x", "1", 1, 0));
	verdict();
}

static bool has_capabilities(void)
{
	char line[128];
	bool any = false;
	FILE *status = fopen("/proc/self/status", "re");

	while (status && fgets(line, sizeof(line), status))
		if (strncmp(line, "Cap", 3) == 0 &&
		    strtoull(strchr(line, ':') + 1, NULL, 16) != 0)
			any = true;
	if (status)
		fclose(status);
	return any || !status;
}

static void capabilities(void)
{
	if (has_capabilities())
		say("ALLOWED a capability set is not empty");
	tried("PR_CAP_AMBIENT", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
				      21 /* CAP_SYS_ADMIN */, 0, 0));
	tried("PR_SET_SECUREBITS", prctl(PR_SET_SECUREBITS, 1, 0, 0, 0));
	verdict();
}

static void kernel_files(void)
{
	static const char *const paths[] = {
		"/proc/sys/kernel/core_pattern",
		"/proc/sys/kernel/modprobe",
		"/proc/sys/kernel/hostname",
		"/proc/sys/user/max_user_namespaces",
		"/proc/sys/net/ipv4/ip_forward",
		"/proc/sys/vm/overcommit_memory",
		"/proc/sysrq-trigger",
		"/proc/kcore",
		"/proc/kmsg",
		"/proc/timer_list",
		"/proc/self/uid_map",
		"/proc/self/setgroups",
		"/proc/self/oom_score_adj",
		"/proc/self/coredump_filter",
		"/proc/self/timerslack_ns",
		"/proc/1/oom_score_adj",
		"/proc/1/mem",
		"/sys/kernel/uevent_helper",
		"/sys/power/state",
		"/sys/fs/cgroup/cgroup.procs",
		"/sys/kernel/debug/x",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		tried_open(paths[i], O_WRONLY);
	verdict();
}

static void devices(void)
{
	static const char *const paths[] = {
		"/dev/kvm",	    "/dev/mem",		 "/dev/kmem",
		"/dev/port",	    "/dev/vda",		 "/dev/sda",
		"/dev/loop0",	    "/dev/loop-control", "/dev/fuse",
		"/dev/net/tun",	    "/dev/vhost-net",	 "/dev/vsock",
		"/dev/kmsg",	    "/dev/rtc0",	 "/dev/console",
		"/dev/tty0",	    "/dev/ttyS0",	 "/dev/mapper/control",
		"/dev/userfaultfd",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		tried_open(paths[i], O_RDWR);
	verdict();
}

/* Write to the launcher's file and to whatever else can be run as ours. */
static void launcher(void)
{
	tried_open("/proc/self/exe", O_WRONLY);
	tried_open("/proc/1/exe", O_WRONLY);
	tried_open("/proc/1/root/etc/shadow", O_RDONLY);
	tried_open("/proc/1/cwd/..", O_RDONLY);
	tried_open("/app/attack_namespace", O_WRONLY);
	tried("create in /app",
	      open("/app/hostile-new", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	tried("unlink in /app", unlink("/app/attack_namespace"));
	tried("create in /", open("/hostile-new", O_CREAT | O_WRONLY, 0600));
	tried("chmod(/app)", chmod("/app/attack_namespace", 0777));
	verdict();
}

/* Another process' secrets: the first process of this namespace is ours. */
static void other_process(void)
{
	tried_open("/proc/1/mem", O_RDONLY);
	tried_open("/proc/1/environ", O_RDONLY);
	tried_open("/proc/1/maps", O_RDONLY);
	tried_open("/proc/1/fd/0", O_RDONLY);
	tried_open("/proc/1/fd/3", O_RDONLY);
	tried_open("/proc/2000000/mem", O_RDONLY);
	verdict();
}

static void cgroup_write(void)
{
	tried_open("/sys/fs/cgroup", O_RDONLY);
	tried_open("/sys/fs/cgroup/memory/cgroup.procs", O_WRONLY);
	tried_open("/sys/fs/cgroup/unified/cgroup.procs", O_WRONLY);
	tried("mkdir", mkdir("/sys/fs/cgroup/hostile-new", 0700));
	verdict();
}

static const struct attempt attempts[] = {
	{ "unshare_userns", unshare_userns },
	{ "unshare_others", unshare_others },
	{ "clone_userns", clone_userns },
	{ "clone3", clone3_any },
	{ "setns", setns_pid1 },
	{ "mount_family", mount_family },
	{ "chroot", chroot_out },
	{ "mknod", mknod_device },
	{ "setuid_bit", setuid_bit },
	{ "system_setuid", system_setuid },
	{ "file_capability", file_capability },
	{ "capabilities", capabilities },
	{ "kernel_files", kernel_files },
	{ "devices", devices },
	{ "launcher", launcher },
	{ "other_process", other_process },
	{ "cgroup_write", cgroup_write },
};

ATTACK_MAIN(attempts)
