/* SPDX-License-Identifier: MIT */
/*
 * What differs between hosts that can all score: found out once, when the launcher
 * starts, so that what a kernel lacks or does wrong is known before it shows as a
 * strange verdict.  None of it is required.
 */
#include "fortnight/base.h"

#include "kernel_file.h"
#include "launch.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void say(char *text, size_t size, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
static void say(char *text, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, size, fmt, ap);
	va_end(ap);
}

#define DETAIL(fact, ...) \
	say((fact)->detail, sizeof((fact)->detail), __VA_ARGS__)
#define CURE(fact, ...) say((fact)->cure, sizeof((fact)->cure), __VA_ARGS__)

static bool first_line(const char *dir, const char *name, char *text,
		       size_t size)
{
	if (!read_in(dir, name, text, size))
		return false;
	text[strcspn(text, "\n")] = '\0';
	return true;
}

/* ---- control groups ------------------------------------------------------------- */

static void say_kill(struct sandbox_host *host,
		     const struct cgroup_quirks *quirks)
{
	struct sandbox_fact *fact =
		host_add(host, "cgroup.kill", quirks->kill, false);

	if (quirks->killed_kills)
		DETAIL(fact, "works; a group that was killed kills what is "
			     "cloned into it later, so none is used again");
	else if (quirks->kill)
		DETAIL(fact, "works; a group that was killed is not used "
			     "again");
	else
		DETAIL(fact, "not there: processes are killed one by one");
	if (!quirks->kill)
		CURE(fact, "Linux 5.14 or later with cgroup2 mounted, and root "
			   "where it has no controllers");
}

static void say_share(struct sandbox_host *host,
		      const struct cgroup_quirks *quirks)
{
	struct sandbox_fact *fact =
		host_add(host, "a share of the processors for each pod",
			 quirks->share, false);

	if (quirks->share) {
		DETAIL(fact, "the cpu controller");
		return;
	}
	DETAIL(fact, "no cpu controller for us: many processes in a pod can "
		     "delay others and their own end");
	CURE(fact, "%s",
	     quirks->v2 ? "enable cpu in cgroup.subtree_control of the groups "
			  "above"
			: "mount it (mount -t cgroup -o cpu cpu "
			  "/sys/fs/cgroup/cpu); as an ordinary user, let root "
			  "run: fortnight doctor --delegate UID");
}

static void look_at_groups(struct sandbox_host *host)
{
	struct cgroup_quirks quirks;
	struct error err = ERROR_INIT;
	struct sandbox_fact *fact;

	if (cgroup_look(&quirks, &err) < 0) {
		fact = host_add(host, "a look at control groups", false, false);
		DETAIL(fact, "%.190s", err.text);
		return;
	}
	say_kill(host, &quirks);
	say_share(host, &quirks);
	fact = host_add(host, "memory peak of each run", quirks.forgets_peak,
			false);
	DETAIL(fact, "%s",
	       quirks.forgets_peak
		       ? "counted anew for each"
		       : "may be that of an earlier run in the same pod");
	if (!quirks.forgets_peak)
		CURE(fact, "Linux 6.12 or later can forget a peak");
	fact = host_add(host, "no swap for pods", true, false);
	DETAIL(fact, "%s",
	       quirks.swap ? "the host swaps, pods do not"
			   : "the host has none");
}

/* ---- more layers ------------------------------------------------------------------ */

static void look_at_landlock(struct sandbox_host *host)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);
	int error = errno;
	struct sandbox_fact *fact = host_add(host, "Landlock", abi > 0, false);

	if (abi > 0) {
		DETAIL(fact, "ABI %ld", abi);
		return;
	}
	DETAIL(fact, "%s",
	       error == EOPNOTSUPP ? "switched off" : "not in this kernel");
	CURE(fact, "%s",
	     error == EOPNOTSUPP
		     ? "boot with landlock in the list of lsm=..."
		     : "Linux 5.13 or later with CONFIG_SECURITY_LANDLOCK");
}

/* In a child: nothing is mounted but in a mount namespace of its own. */
static int try_overlay(unsigned uid, unsigned gid)
{
	static const char options[] =
		"lowerdir=/tmp/l,upperdir=/tmp/u,workdir=/tmp/w";
	static const char *const dirs[] = { "/tmp/l", "/tmp/u", "/tmp/w",
					    "/tmp/m" };
	char map[32];

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return errno;
	(void)write_in("/proc/self", "setgroups", "deny");
	(void)snprintf(map, sizeof(map), "0 %u 1\n", uid);
	(void)write_in("/proc/self", "uid_map", map);
	(void)snprintf(map, sizeof(map), "0 %u 1\n", gid);
	(void)write_in("/proc/self", "gid_map", map);
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ||
	    mount("tmpfs", "/tmp", "tmpfs", 0, "size=1m") < 0)
		return errno;
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (mkdir(dirs[i], 0700) < 0)
			return errno;
	return mount("overlay", "/tmp/m", "overlay", 0, options) < 0 ? errno
								     : 0;
}

static void look_at_overlay(struct sandbox_host *host)
{
	unsigned uid = (unsigned)geteuid(), gid = (unsigned)getegid();
	struct sandbox_fact *fact;
	pid_t pid = fork();
	int status = 0, error;

	if (pid == 0)
		_exit(try_overlay(uid, gid));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		error = EAGAIN;
	else
		error = WEXITSTATUS(status);
	fact = host_add(host, "overlayfs in a user namespace", error == 0,
			false);
	DETAIL(fact, "%s", error == 0 ? "works" : strerrordesc_np(error));
	if (error)
		CURE(fact, "Linux 5.11 or later with the overlay module "
			   "loaded (modprobe overlay)");
}

/* ---- switches ---------------------------------------------------------------------- */

/* A program's own, for programs under a seccomp filter: whoever has one runs
 * slower, and the speed of a submission is another here than elsewhere. */
static void look_at_ssbd(struct sandbox_host *host)
{
	struct sandbox_fact *fact;
	char text[160];

	if (!first_line("/sys/devices/system/cpu/vulnerabilities",
			"spec_store_bypass", text, sizeof(text)))
		return;
	fact = host_add(host, "full speed under a seccomp filter",
			strstr(text, "seccomp") == NULL, false);
	DETAIL(fact, "spec_store_bypass: %s", text);
	if (!fact->works)
		CURE(fact, "boot with spec_store_bypass_disable=prctl, the "
			   "default from Linux 5.16 on");
}

/* RLIMIT_CORE 1 keeps the host's handler from being started (core(5)), and a run
 * gets that where the hard limit is not 0. */
static void look_at_cores(struct sandbox_host *host)
{
	struct rlimit limit = { 0, 0 };
	struct sandbox_fact *fact;
	char text[160];
	bool pipe;

	(void)getrlimit(RLIMIT_CORE, &limit);
	if (!first_line("/proc/sys/kernel", "core_pattern", text, sizeof(text)))
		return;
	pipe = text[0] == '|';
	fact = host_add(host, "a crash starts nothing of the host's",
			!pipe || limit.rlim_max > 0, false);
	DETAIL(fact, "%s",
	       !pipe		    ? "core_pattern is a file's name"
	       : limit.rlim_max > 0 ? "core_pattern is a pipe, and runs have "
				      "RLIMIT_CORE 1"
				    : "core_pattern is a pipe, and the hard "
				      "RLIMIT_CORE is 0, which starts it");
	if (!fact->works)
		CURE(fact, "start with a hard limit (ulimit -Hc, as root) of 1 "
			   "or more");
}

bool host_userns_switch(const char *proc_sys, bool root,
			struct sandbox_fact *fact)
{
	static const struct {
		const char *file;
		const char *says_no;
		bool root_too;
		const char *why, *cure;
	} switches[] = {
		{ "user/max_user_namespaces", "0", true,
		  "user.max_user_namespaces is 0",
		  "as root, run: sysctl user.max_user_namespaces=65536" },
		{ "kernel/unprivileged_userns_clone", "0", false,
		  "kernel.unprivileged_userns_clone is 0",
		  "as root, run: sysctl kernel.unprivileged_userns_clone=1" },
		{ "kernel/apparmor_restrict_unprivileged_userns", "1", false,
		  "AppArmor keeps user namespaces from programs without a "
		  "profile (kernel.apparmor_restrict_unprivileged_userns is 1)",
		  "as root, give fortnight-box a profile with \"userns,\" "
		  "(apparmor.d(5)), or run: sysctl "
		  "kernel.apparmor_restrict_unprivileged_userns=0" },
	};

	for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
		char text[32];

		if ((root && !switches[i].root_too) ||
		    !first_line(proc_sys, switches[i].file, text,
				sizeof(text)) ||
		    strcmp(text, switches[i].says_no) != 0)
			continue;
		CURE(fact, "%s: %s", switches[i].why, switches[i].cure);
		return true;
	}
	return false;
}

void host_add_quirks(struct sandbox_host *host)
{
	look_at_groups(host);
	look_at_landlock(host);
	look_at_overlay(host);
	look_at_ssbd(host);
	look_at_cores(host);
}
