/* SPDX-License-Identifier: MIT */
/*
 * Where the control groups are, and below which of them this user may make
 * more.
 *
 * On v1 and hybrid hosts that is /fortnight as root, and otherwise
 * /fortnight-UID, which root gave away.  On v2 hosts it is the same for root,
 * but root's gift alone is of no use to an ordinary user there: a process can be
 * moved only by who may write to cgroup.procs of the common ancestor of
 * where it is and where it goes (cgroups(7), "Delegation containment").  So the
 * launcher itself has to be in the part of the tree that is the user's:
 * in DIR/launchers, with the pods in DIR/pod-*, since a group with children
 * that are limited holds no processes.  DIR is /fortnight-UID, where root put
 * the user's shell, or the scope of systemd-run --user -p Delegate=yes.
 */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "fortnight/proc.h"

#include "cgroup.h"
#include "kernel_file.h"
#include "launch.h"

#include <fcntl.h>
#include <mntent.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/xattr.h>

static const char *const controller[] = { "memory", "pids", "cpuacct", "cpu" };
static const char launchers[] = "/launchers";

enum {
	USUAL_SHARES = 1024 /* of a v1 group that nobody has changed */
};

/* ---- what there is -------------------------------------------------------------- */

static void take_mount(struct layout *layout, const struct mntent *entry)
{
	for (size_t i = 0; i < ARRAY_LEN(controller); i++)
		if (strcmp(entry->mnt_type, "cgroup") == 0 &&
		    hasmntopt(entry, controller[i]))
			(void)snprintf(layout->mount[i],
				       sizeof(layout->mount[i]), "%s",
				       entry->mnt_dir);
	if (strcmp(entry->mnt_type, "cgroup2") == 0)
		(void)snprintf(layout->mount[PLACE_UNIFIED],
			       sizeof(layout->mount[0]), "%s", entry->mnt_dir);
}

static int find_mounts(struct layout *layout, struct error *err)
{
	struct mntent entry;
	char text[4096];
	FILE *mounts = setmntent("/proc/self/mounts", "re");

	*layout = (struct layout){ 0 };
	if (!mounts)
		return error_set_errno(err, errno, "open /proc/self/mounts");
	while (getmntent_r(mounts, &entry, text, sizeof(text)))
		take_mount(layout, &entry);
	(void)endmntent(mounts);
	if (layout->mount[PLACE_MEMORY][0] && layout->mount[PLACE_PIDS][0] &&
	    layout->mount[PLACE_CPU][0])
		return 0;
	if (!layout->mount[PLACE_UNIFIED][0])
		return error_set(err, ERROR_HOST,
				 "no control groups are mounted: mount cgroup2 "
				 "on /sys/fs/cgroup");
	layout->v2 = true;
	for (int i = 0; i < PLACE_UNIFIED; i++)
		layout->mount[i][0] = '\0';
	return 0;
}

/* Whether a file such as cgroup.controllers lists a controller. */
static bool lists(const char *dir, const char *name, const char *wanted)
{
	char text[512], *save = NULL;

	read_in(dir, name, text, sizeof(text));
	for (const char *word = strtok_r(text, " \n", &save); word;
	     word = strtok_r(NULL, " \n", &save))
		if (strcmp(word, wanted) == 0)
			return true;
	return false;
}

/* What we need.  CPU time is counted without a controller. */
static bool lists_ours(const char *dir, const char *name)
{
	return lists(dir, name, "memory") && lists(dir, name, "pids");
}

/* ---- v2 --------------------------------------------------------------------------- */

static int enable_needed(const char *dir, struct error *err)
{
	static const char ours[] = "+memory +pids";
	auto_free char *child = NULL;
	int rc;

	if (lists_ours(dir, "cgroup.subtree_control"))
		return 0;
	if (!lists_ours(dir, "cgroup.controllers"))
		return error_set(err, ERROR_HOST,
				 "%s has no memory and pids controllers: "
				 "enable them in cgroup.subtree_control of the "
				 "groups above it",
				 dir);
	rc = write_in(dir, "cgroup.subtree_control", ours);
	if (rc < 0 && errno == EBUSY) {
		/* It holds processes: ours in a scope of systemd's, or those
		 * of a container whose root it is. */
		if (asprintf(&child, "%s%s", dir, launchers) < 0)
			abort();
		if (group_evacuate(dir, child, err) < 0)
			return -1;
		rc = write_in(dir, "cgroup.subtree_control", ours);
	}
	if (rc == 0)
		return 0;
	(void)error_set_errno(err, errno,
			      "write \"%s\" to %s/cgroup.subtree_control", ours,
			      dir);
	err->kind = ERROR_HOST;
	return -1;
}

/* Let children of dir have limits; and a share of the processors each, where that
 * is to be had.  Not in the root of the tree: there it would make one party each of
 * all that is not ours. */
static int enable(const struct layout *layout, const char *dir,
		  struct error *err)
{
	if (enable_needed(dir, err) < 0)
		return -1;
	if (strcmp(dir, layout->mount[PLACE_UNIFIED]) != 0 &&
	    !lists(dir, "cgroup.subtree_control", "cpu"))
		(void)write_in(dir, "cgroup.subtree_control", "+cpu");
	return 0;
}

/* The v2 group that this process is in, as the path of a directory. */
static int own_group(const char *mount, char dir[CGROUP_PATH_MAX],
		     struct error *err)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[CGROUP_PATH_MAX];
	int n = 0;

	if (!file)
		return error_set_errno(err, errno, "open /proc/self/cgroup");
	while (n == 0 && fgets(line, sizeof(line), file))
		if (strncmp(line, "0::/", 4) == 0) {
			line[strcspn(line, "\n")] = '\0';
			n = snprintf(dir, CGROUP_PATH_MAX, "%s%s", mount,
				     line[4] ? line + 3 : "");
		}
	(void)fclose(file);
	return n > 0 && n < CGROUP_PATH_MAX
		       ? 0
		       : error_set(err, ERROR_HOST,
				   "/proc/self/cgroup names no v2 group");
}

static bool belongs_to(const char *dir, const char *name, unsigned uid)
{
	auto_free char *path = NULL;
	struct stat st;

	if (asprintf(&path, "%s%s", dir, name) < 0)
		abort();
	return stat(path, &st) == 0 && st.st_uid == uid;
}

static bool may_divide(const char *dir, unsigned uid)
{
	return belongs_to(dir, "", uid) &&
	       belongs_to(dir, "/cgroup.procs", uid) &&
	       belongs_to(dir, "/cgroup.subtree_control", uid);
}

/* A user's service manager owns every group that it makes for that user, and
 * marks none as delegated, so it has to be asked. */
static bool is_delegated_unit(const char *dir)
{
	static const char script[] =
		"test \"$(systemctl --user show --property=Delegate -- \"$1\" "
		"2>/dev/null)\" = Delegate=yes";
	const char *name = strrchr(dir, '/');
	const char *argv[] = { "/bin/sh", "-c", script, "sh", NULL, NULL };
	struct error unused = ERROR_INIT;

	argv[4] = name ? name + 1 : dir;
	return proc_run(argv, &unused) == 0;
}

/* Whose the files are is not enough: what systemd has not delegated it goes on
 * managing, and turns our controllers off again.  A group is given away where its
 * parent is somebody else's, where systemd's mark says so (CGROUP_DELEGATION), or
 * where the user's service manager does; and one that is divided, with us in
 * DIR/launchers, was ours before. */
bool group_is_delegated(const char *dir, unsigned uid)
{
	char mark[2] = "";

	if (!may_divide(dir, uid))
		return false;
	if (!belongs_to(dir, "/..", uid))
		return true;
	if (getxattr(dir, "user.delegate", mark, 1) == 1)
		return mark[0] == '1';
	return belongs_to(dir, launchers, uid) || is_delegated_unit(dir);
}

static int not_ours(const struct layout *layout, const char *own,
		    struct error *err)
{
	const char *mount = layout->mount[PLACE_UNIFIED];
	unsigned uid = (unsigned)geteuid();
	auto_free char *given = NULL;

	if (asprintf(&given, "%s/fortnight-%u", mount, uid) < 0)
		abort();
	if (may_divide(given, uid))
		return error_set(err, ERROR_HOST,
				 "this runs in %s, not in %s: as root, put the "
				 "shell there (echo %d >%s%s/cgroup.procs, or "
				 "from that shell: sudo fortnight doctor "
				 "--delegate %u)",
				 own, given, (int)getppid(), given, launchers,
				 uid);
	return error_set(
		err, ERROR_HOST,
		"cannot limit anything: control group %s is not "
		"delegated to this user (start with: systemd-run --user --scope -p "
		"Delegate=yes; or as root, run: fortnight doctor "
		"--delegate %u)",
		own, uid);
}

static int find_user_base(struct layout *layout, struct error *err)
{
	char *base = layout->base[PLACE_UNIFIED];
	char own[CGROUP_PATH_MAX];
	size_t len, tail = sizeof(launchers) - 1;

	if (own_group(layout->mount[PLACE_UNIFIED], own, err) < 0)
		return -1;
	memcpy(base, own, sizeof(own));
	len = strlen(base);
	if (len > tail && strcmp(base + len - tail, launchers) == 0)
		base[len - tail] = '\0';
	return group_is_delegated(base, (unsigned)geteuid())
		       ? 0
		       : not_ours(layout, own, err);
}

/* ---- any ---------------------------------------------------------------------------- */

static void name_bases(struct layout *layout)
{
	char user[16] = "";

	if (geteuid() != 0)
		(void)snprintf(user, sizeof(user), "-%u", (unsigned)geteuid());
	for (enum place p = 0; p < PLACES; p++)
		if (layout->mount[p][0])
			(void)snprintf(layout->base[p], CGROUP_PATH_MAX,
				       "%s/fortnight%s", layout->mount[p],
				       user);
}

static int ready_base(const struct layout *layout, enum place place,
		      struct error *err)
{
	const char *base = layout->base[place];

	if (mkdir(base, 0755) < 0 && errno != EEXIST) {
		(void)error_set_errno(err, errno, "create %s", base);
		(void)error_prefix(
			err,
			"cannot limit %s (as root, run: fortnight doctor "
			"--delegate %u)",
			place < PLACE_UNIFIED ? controller[place] : "anything",
			(unsigned)geteuid());
		err->kind = ERROR_HOST;
		return -1;
	}
	if (access(base, W_OK) < 0)
		return error_set(err, ERROR_HOST,
				 "%s belongs to somebody else: as root, run: "
				 "fortnight doctor --delegate %u",
				 base, (unsigned)geteuid());
	return 0;
}

static int ready_v2(struct layout *layout, struct error *err)
{
	if (geteuid() != 0)
		return find_user_base(layout, err) < 0
			       ? -1
			       : enable(layout, layout->base[PLACE_UNIFIED],
					err);
	if (enable(layout, layout->mount[PLACE_UNIFIED], err) < 0 ||
	    ready_base(layout, PLACE_UNIFIED, err) < 0)
		return -1;
	return enable(layout, layout->base[PLACE_UNIFIED], err);
}

/* A group that is meant to hold as many pods as there are processors. */
static void widen_share(const char *base)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%ld",
		       USUAL_SHARES * sysconf(_SC_NPROCESSORS_ONLN));
	(void)write_in(base, "cpu.shares", text);
}

/* The v1 cpu controller, where each pod shall be one party among all that want a
 * processor: root's are right below the top, since a group of them all would be one
 * party too.  It takes no real-time processes (sched(7)). */
static void ready_share(struct layout *layout)
{
	char *base = layout->base[PLACE_SHARE];
	const char *mount = layout->mount[PLACE_SHARE];
	struct error unused = ERROR_INIT;
	int policy = sched_getscheduler(0);

	if (strcmp(mount, layout->mount[PLACE_CPU]) == 0)
		widen_share(base);
	else if (geteuid() == 0)
		(void)snprintf(base, CGROUP_PATH_MAX, "%s", mount);
	if (!base[0] || policy == SCHED_FIFO || policy == SCHED_RR ||
	    ready_base(layout, PLACE_SHARE, &unused) < 0)
		base[0] = '\0';
}

int layout_ready(struct layout *layout, struct error *err)
{
	struct error unused = ERROR_INIT;

	if (find_mounts(layout, err) < 0)
		return -1;
	name_bases(layout);
	if (layout->v2)
		return ready_v2(layout, err);
	for (enum place p = 0; p <= PLACE_CPU; p++)
		if (ready_base(layout, p, err) < 0)
			return -1;
	ready_share(layout);
	/* On hybrid hosts, for cgroup.kill; an ordinary user's processes cannot
	 * be moved there. */
	if (geteuid() != 0 || !layout->base[PLACE_UNIFIED][0] ||
	    ready_base(layout, PLACE_UNIFIED, &unused) < 0)
		layout->base[PLACE_UNIFIED][0] = '\0';
	return 0;
}

int cgroup_available(struct error *err)
{
	struct layout layout;

	return layout_ready(&layout, err);
}

/* ---- delegation --------------------------------------------------------------------- */

static int give(const char *dir, unsigned uid, struct error *err)
{
	/* What cgroups(7), "Delegation", has; v1 has the first of the files. */
	static const char *const names[] = { "cgroup.procs",
					     "cgroup.subtree_control",
					     "cgroup.threads" };

	if (chown(dir, uid, (gid_t)-1) < 0)
		return error_set_errno(err, errno, "give %s to user %u", dir,
				       uid);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		auto_free char *path = NULL;

		if (asprintf(&path, "%s/%s", dir, names[i]) < 0)
			abort();
		if (chown(path, uid, (gid_t)-1) < 0 && errno != ENOENT)
			return error_set_errno(err, errno, "give %s to user %u",
					       path, uid);
	}
	return 0;
}

static int make_and_give(const char *dir, unsigned uid, struct error *err)
{
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return error_set_errno(err, errno, "create %s", dir);
	return give(dir, uid, err);
}

static pid_t parent_of(pid_t pid)
{
	char dir[32], text[512], *at;

	(void)snprintf(dir, sizeof(dir), "/proc/%d", (int)pid);
	read_in(dir, "stat", text, sizeof(text));
	at = strrchr(text, ')'); /* the name before it may hold anything */
	return at && strlen(at) > 4 ? (pid_t)strtol(at + 4, NULL, 10) : 0;
}

/* Of the processes that this one descends from, the nearest that is user
 * uid's: with sudo, the shell that it was called in. */
static pid_t nearest_of(unsigned uid)
{
	for (pid_t pid = getppid(); pid > 1; pid = parent_of(pid)) {
		char dir[32];
		struct stat st;

		(void)snprintf(dir, sizeof(dir), "/proc/%d", (int)pid);
		if (stat(dir, &st) == 0 && st.st_uid == uid)
			return pid;
	}
	return 0;
}

static int delegate_v2(const struct layout *layout, const char *path,
		       const char *inner, unsigned uid, struct error *err)
{
	pid_t pid = nearest_of(uid);
	char text[16];

	if (enable(layout, layout->mount[PLACE_UNIFIED], err) < 0 ||
	    make_and_give(path, uid, err) < 0 ||
	    enable(layout, path, err) < 0 || make_and_give(inner, uid, err) < 0)
		return -1;
	(void)snprintf(text, sizeof(text), "%d", (int)pid);
	if (pid && write_in(inner, "cgroup.procs", text) < 0)
		return error_set_errno(err, errno, "move process %s to %s",
				       text, inner);
	return 0;
}

static int take_back(const char *path, const char *inner, struct error *err)
{
	groups_sweep(path);
	if (rmdir(inner) < 0 && errno != ENOENT)
		return error_set_errno(err, errno,
				       "remove %s (end the processes in it)",
				       inner);
	if (rmdir(path) < 0 && errno != ENOENT)
		return error_set_errno(err, errno, "remove %s", path);
	return 0;
}

static int delegate_place(const struct layout *layout, enum place place,
			  unsigned uid, bool remove, struct error *err)
{
	auto_free char *path = NULL, *inner = NULL;

	if (!layout->mount[place][0])
		return 0;
	if (asprintf(&path, "%s/fortnight-%u", layout->mount[place], uid) < 0 ||
	    asprintf(&inner, "%s%s", path, launchers) < 0)
		abort();
	if (remove)
		return take_back(path, inner, err);
	if (layout->v2)
		return delegate_v2(layout, path, inner, uid, err);
	if (make_and_give(path, uid, err) < 0)
		return -1;
	if (place == PLACE_SHARE)
		widen_share(path);
	return 0;
}

int sandbox_delegate(unsigned uid, bool remove, struct error *err)
{
	struct layout layout;

	if (find_mounts(&layout, err) < 0)
		return -1;
	for (enum place p = 0; p < PLACES; p++)
		if (delegate_place(&layout, p, uid, remove, err) < 0)
			return -1;
	return 0;
}
