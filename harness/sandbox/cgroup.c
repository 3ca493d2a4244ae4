/* SPDX-License-Identifier: MIT */
/*
 * Control groups, whichever kind the host has.
 *
 * A side gets one directory per hierarchy below a base: /fortnight as root,
 * /fortnight-UID (made by `fortnight doctor --delegate UID`) otherwise.  On v1 and hybrid
 * hosts memory, pids and cpuacct are hierarchies of their own and the unified
 * one, when it is there, lends cgroup.kill; on v2 all are one.  Each directory
 * is used for one pod and removed: a group that was killed by cgroup.kill is
 * never joined again, since some kernels kill whatever enters it.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/fd.h"

#include "launch.h"

#include <fcntl.h>
#include <mntent.h>
#include <stdatomic.h>
#include <sys/stat.h>

enum place {
	PLACE_MEMORY,
	PLACE_PIDS,
	PLACE_CPU,
	PLACE_UNIFIED,
	PLACES
};

static const char *const controller[] = { "memory", "pids", "cpuacct" };

struct layout {
	char mount[PLACES][256]; /* "" when absent */
	bool v2;
};

struct counter_file {
	enum place place;
	const char *v1, *v2;
	const char *key_v1, *key_v2; /* a line's first word; NULL: a number */
	uint64_t scale_v2;
};

static const struct counter_file files[COUNTER_COUNT] = {
	[COUNTER_MEMORY] = { PLACE_MEMORY, "memory.usage_in_bytes",
			     "memory.current", NULL, NULL, 1 },
	[COUNTER_MEMORY_PEAK] = { PLACE_MEMORY, "memory.max_usage_in_bytes",
				  "memory.peak", NULL, NULL, 1 },
	[COUNTER_OOM_KILLS] = { PLACE_MEMORY, "memory.oom_control",
				"memory.events", "oom_kill", "oom_kill", 1 },
	[COUNTER_FORKS_REFUSED] = { PLACE_PIDS, "pids.events", "pids.events",
				    "max", "max", 1 },
	[COUNTER_CPU] = { PLACE_CPU, "cpuacct.usage", "cpu.stat", NULL,
			  "usage_usec", 1000 },
};

static bool has_option(const struct mntent *entry, const char *name)
{
	return hasmntopt(entry, name) != NULL;
}

static void take_mount(struct layout *layout, const struct mntent *entry)
{
	for (size_t i = 0; i < ARRAY_LEN(controller); i++)
		if (strcmp(entry->mnt_type, "cgroup") == 0 &&
		    has_option(entry, controller[i]))
			(void)snprintf(layout->mount[i],
				       sizeof(layout->mount[i]), "%s",
				       entry->mnt_dir);
	if (strcmp(entry->mnt_type, "cgroup2") == 0)
		(void)snprintf(layout->mount[PLACE_UNIFIED],
			       sizeof(layout->mount[0]), "%s", entry->mnt_dir);
}

static int find_layout(struct layout *layout, struct error *err)
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
		memcpy(layout->mount[i], layout->mount[PLACE_UNIFIED],
		       sizeof(layout->mount[0]));
	return 0;
}

static char *base_dir(const struct layout *layout, enum place place)
{
	char *path = NULL;
	int rc = geteuid() == 0
			 ? asprintf(&path, "%s/fortnight", layout->mount[place])
			 : asprintf(&path, "%s/fortnight-%u",
				    layout->mount[place], (unsigned)geteuid());

	if (rc < 0)
		abort();
	return path;
}

static int write_in(const char *dir, const char *name, const char *text)
{
	auto_free char *path = NULL;
	auto_close int fd = -1;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	return write(fd, text, strlen(text)) < 0 ? -1 : 0;
}

static int ready_base(const struct layout *layout, enum place place,
		      struct error *err)
{
	auto_free char *base = base_dir(layout, place);

	if (mkdir(base, 0755) < 0 && errno != EEXIST) {
		(void)error_set_errno(err, errno, "create %s", base);
		(void)error_prefix(
			err,
			"cannot limit %s (as root, run: fortnight doctor "
			"--delegate %u)",
			place < PLACE_UNIFIED ? controller[place] : "processes",
			(unsigned)geteuid());
		err->kind = ERROR_HOST;
		return -1;
	}
	if (layout->v2 &&
	    (write_in(layout->mount[place], "cgroup.subtree_control",
		      "+memory +pids +cpu") < 0 ||
	     write_in(base, "cgroup.subtree_control", "+memory +pids +cpu") <
		     0) &&
	    geteuid() == 0)
		return error_set(
			err, ERROR_HOST,
			"cannot delegate memory, pids and cpu to %s: %s", base,
			strerrordesc_np(errno));
	if (access(base, W_OK) < 0)
		return error_set(err, ERROR_HOST,
				 "%s belongs to somebody else: as root, run: "
				 "fortnight doctor --delegate %u",
				 base, (unsigned)geteuid());
	return 0;
}

static int ready_layout(struct layout *layout, struct error *err)
{
	if (find_layout(layout, err) < 0)
		return -1;
	for (enum place p = 0; p < PLACE_UNIFIED; p++)
		if (ready_base(layout, p, err) < 0)
			return -1;
	return 0;
}

int cgroup_available(struct error *err)
{
	struct layout layout;

	return ready_layout(&layout, err);
}

static int open_in(const char *dir, const char *name, int flags)
{
	auto_free char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	return open(path, flags | O_CLOEXEC);
}

static int make_dir(struct cgroup *cgroup, const struct layout *layout,
		    enum place place, const char *name, struct error *err)
{
	auto_free char *base = base_dir(layout, place);

	if (asprintf(&cgroup->dirs[place], "%s/%s", base, name) < 0)
		abort();
	if (mkdir(cgroup->dirs[place], 0755) < 0)
		return error_set_errno(err, errno, "create %s",
				       cgroup->dirs[place]);
	cgroup->procs[place] =
		open_in(cgroup->dirs[place], "cgroup.procs", O_WRONLY);
	if (cgroup->procs[place] < 0)
		return error_set_errno(err, errno, "open %s/cgroup.procs",
				       cgroup->dirs[place]);
	return 0;
}

/* v1 controllers mounted together, like cpu,cpuacct, share one directory; v2
 * has one for all. */
static int make_dirs(struct cgroup *cgroup, const struct layout *layout,
		     struct error *err)
{
	static atomic_uint serial;
	char name[64];

	(void)snprintf(name, sizeof(name), "%d-%u", (int)getpid(),
		       atomic_fetch_add(&serial, 1));
	if (layout->v2)
		return make_dir(cgroup, layout, PLACE_UNIFIED, name, err);
	for (enum place p = 0; p < PLACE_UNIFIED; p++)
		if (make_dir(cgroup, layout, p, name, err) < 0)
			return -1;
	if (geteuid() == 0 && layout->mount[PLACE_UNIFIED][0] &&
	    ready_base(layout, PLACE_UNIFIED, err) == 0)
		return make_dir(cgroup, layout, PLACE_UNIFIED, name, err);
	return 0;
}

static const char *dir_of(const struct cgroup *cgroup, enum place place)
{
	return cgroup->dirs[cgroup->v2 ? PLACE_UNIFIED : place];
}

static int open_files(struct cgroup *cgroup, struct error *err)
{
	bool v2 = cgroup->v2;

	for (int i = 0; i < COUNTER_COUNT; i++) {
		const char *name = v2 ? files[i].v2 : files[i].v1;
		int flags = i == COUNTER_MEMORY_PEAK && !v2 ? O_RDWR : O_RDONLY;

		cgroup->counters[i] =
			open_in(dir_of(cgroup, files[i].place), name, flags);
		if (cgroup->counters[i] < 0)
			return error_set_errno(err, errno, "open %s", name);
	}
	cgroup->memory_limit =
		open_in(dir_of(cgroup, PLACE_MEMORY),
			v2 ? "memory.max" : "memory.limit_in_bytes", O_WRONLY);
	cgroup->pids_limit =
		open_in(dir_of(cgroup, PLACE_PIDS), "pids.max", O_WRONLY);
	if (cgroup->memory_limit < 0 || cgroup->pids_limit < 0)
		return error_set_errno(err, errno, "open a limit's file");
	if (v2)
		(void)write_in(dir_of(cgroup, PLACE_MEMORY), "memory.swap.max",
			       "0");
	if (cgroup->dirs[PLACE_UNIFIED])
		cgroup->kill = open_in(cgroup->dirs[PLACE_UNIFIED],
				       "cgroup.kill", O_WRONLY);
	return 0;
}

void cgroup_init(struct cgroup *cgroup)
{
	*cgroup = (struct cgroup){
		.procs = { -1, -1, -1, -1 },
		.counters = { -1, -1, -1, -1, -1 },
		.memory_limit = -1,
		.pids_limit = -1,
		.kill = -1,
	};
}

int cgroup_open(struct cgroup *cgroup, struct error *err)
{
	struct layout layout;

	cgroup_init(cgroup);
	if (ready_layout(&layout, err) < 0)
		return -1;
	cgroup->v2 = layout.v2;
	if (make_dirs(cgroup, &layout, err) == 0 &&
	    open_files(cgroup, err) == 0)
		return 0;
	err->kind = ERROR_HOST;
	cgroup_close(cgroup);
	return -1;
}

static void remove_dir(char *dir)
{
	const struct timespec pause = { .tv_nsec = 2 * NS_PER_MS };

	/* Empty soon after the last process was reaped (cgroups(7)). */
	for (int tries = 0; dir && tries < 500; tries++) {
		if (rmdir(dir) == 0 || errno != EBUSY)
			break;
		(void)nanosleep(&pause, NULL);
	}
	free(dir);
}

static void shut(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

void cgroup_close(struct cgroup *cgroup)
{
	if (cgroup->kill >= 0)
		(void)!write(cgroup->kill, "1", 1);
	for (int i = 0; i < COUNTER_COUNT; i++)
		shut(cgroup->counters[i]);
	shut(cgroup->memory_limit);
	shut(cgroup->pids_limit);
	shut(cgroup->kill);
	for (int i = 0; i < PLACES; i++) {
		shut(cgroup->procs[i]);
		remove_dir(cgroup->dirs[i]);
	}
	cgroup_init(cgroup);
}

int cgroup_read(const struct cgroup *cgroup, enum counter which,
		uint64_t *ret_value, struct error *err)
{
	const struct counter_file *file = &files[which];
	const char *key = cgroup->v2 ? file->key_v2 : file->key_v1;
	char text[4096], *at = text, *save = NULL;
	ssize_t n = pread(cgroup->counters[which], text, sizeof(text) - 1, 0);

	if (n < 0)
		return error_set_errno(err, errno, "read %s",
				       cgroup->v2 ? file->v2 : file->v1);
	text[n] = '\0';
	for (at = strtok_r(text, "\n", &save); key && at;
	     at = strtok_r(NULL, "\n", &save)) {
		size_t len = strlen(key);

		if (strncmp(at, key, len) == 0 && at[len] == ' ') {
			at += len + 1;
			break;
		}
	}
	if (!at)
		return error_set(err, ERROR_HOST, "%s has no line %s",
				 cgroup->v2 ? file->v2 : file->v1, key);
	*ret_value = strtoull(at, NULL, 10) * (cgroup->v2 ? file->scale_v2 : 1);
	return 0;
}

int cgroup_limit(const struct cgroup *cgroup, uint64_t memory_bytes,
		 uint32_t processes, struct error *err)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%llu",
			 (unsigned long long)memory_bytes);

	if (pwrite(cgroup->memory_limit, text, (size_t)n, 0) < 0)
		return error_set_errno(err, errno, "limit memory to %s bytes",
				       text);
	if (!cgroup->v2)
		(void)!pwrite(cgroup->counters[COUNTER_MEMORY_PEAK], "0", 1, 0);
	n = snprintf(text, sizeof(text), "%u", processes);
	if (pwrite(cgroup->pids_limit, text, (size_t)n, 0) < 0)
		return error_set_errno(err, errno, "limit processes to %s",
				       text);
	return 0;
}

/* ---- delegation --------------------------------------------------------------- */

static int delegate_place(const struct layout *layout, enum place place,
			  unsigned uid, bool remove, struct error *err)
{
	auto_free char *path = NULL, *procs = NULL;

	if (!layout->mount[place][0])
		return 0;
	if (asprintf(&path, "%s/fortnight-%u", layout->mount[place], uid) < 0 ||
	    asprintf(&procs, "%s/cgroup.procs", path) < 0)
		abort();
	if (remove) {
		if (rmdir(path) < 0 && errno != ENOENT)
			return error_set_errno(err, errno, "remove %s", path);
		return 0;
	}
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return error_set_errno(err, errno, "create %s", path);
	if (chown(path, uid, (gid_t)-1) < 0 || chown(procs, uid, (gid_t)-1) < 0)
		return error_set_errno(err, errno, "give %s to user %u", path,
				       uid);
	return 0;
}

int sandbox_delegate(unsigned uid, bool remove, struct error *err)
{
	struct layout layout;

	if (find_layout(&layout, err) < 0)
		return -1;
	for (enum place p = 0; p < PLACES; p++)
		if (delegate_place(&layout, p, uid, remove, err) < 0)
			return -1;
	return 0;
}
