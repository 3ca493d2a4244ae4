/* SPDX-License-Identifier: MIT */
#include "gauges.h"

#include "../../harness/sandbox/launch.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

/* ---- numbers out of /proc ------------------------------------------------------ */

/* The number after a line's first word; -1 when there is no such line. */
static long field_of(const char *path, const char *key)
{
	FILE *file = fopen(path, "re");
	size_t len = strlen(key);
	char line[512];
	long value = -1;

	while (file && value < 0 && fgets(line, sizeof(line), file))
		if (strncmp(line, key, len) == 0)
			value = strtol(line + len, NULL, 10);
	if (file)
		(void)fclose(file);
	return value;
}

static long lines_of(const char *path)
{
	FILE *file = fopen(path, "re");
	long count = 0;
	int c;

	if (!file)
		return -1;
	while ((c = getc(file)) != EOF)
		count += c == '\n';
	(void)fclose(file);
	return count;
}

static long entries_of(const char *path)
{
	DIR *dir = opendir(path);
	long count = -2; /* "." and ".." */

	if (!dir)
		return -1;
	while (readdir(dir))
		count++;
	(void)closedir(dir);
	return count;
}

/* The first child, or 0: the outer box's is pod init. */
static pid_t child_of(pid_t pid)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
		       (int)pid, (int)pid);
	pid = (pid_t)field_of(path, "");
	return pid > 0 ? pid : 0;
}

static long of_process(pid_t pid, const char *name,
		       long (*read)(const char *path))
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return read(path);
}

static long anonymous_kb(const char *path)
{
	return field_of(path, "RssAnon:");
}

/* ---- of this process ------------------------------------------------------------- */

static long own_memory(const struct pod *pod)
{
	(void)pod;
	return anonymous_kb("/proc/self/status");
}

static long own_descriptors(const struct pod *pod)
{
	(void)pod;
	return entries_of("/proc/self/fd");
}

static long own_mappings(const struct pod *pod)
{
	(void)pod;
	return lines_of("/proc/self/maps");
}

static long own_children(const struct pod *pod)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *task;
	long count = 0;

	(void)pod;
	while (tasks && (task = readdir(tasks))) {
		char path[320], list[4096];
		FILE *file;

		(void)snprintf(path, sizeof(path),
			       "/proc/self/task/%s/children", task->d_name);
		file = fopen(path, "re");
		while (file && fscanf(file, "%20s", list) == 1)
			count++;
		if (file)
			(void)fclose(file);
	}
	if (tasks)
		(void)closedir(tasks);
	return count;
}

/* ---- of the host ------------------------------------------------------------------- */

static long host_mounts(const struct pod *pod)
{
	(void)pod;
	return lines_of("/proc/self/mountinfo");
}

long kernel_groups(void)
{
	FILE *file = fopen("/proc/cgroups", "re");
	char line[256];
	long count = -1;

	while (file && fgets(line, sizeof(line), file))
		(void)sscanf(line, "memory %*d %ld", &count);
	if (file)
		(void)fclose(file);
	return count;
}

struct group_search {
	struct lines *lines;
	char ours[32];
};

static void groups_named(const char *base, const char *name,
			 struct lines *lines)
{
	DIR *dir = opendir(base);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strncmp(entry->d_name, name, strlen(name)) == 0)
			lines_add(lines, "%s/%s", base, entry->d_name);
	if (dir)
		(void)closedir(dir);
}

/* Root's groups of the v1 cpu controller are not in /fortnight, but beside it,
 * with its name before theirs. */
static void groups_in(const char *base, void *arg)
{
	const struct group_search *search = arg;
	const char *slash = strrchr(base, '/');
	char above[512], name[64];

	groups_named(base, search->ours, search->lines);
	if (!slash || strcmp(slash, "/fortnight") != 0)
		return;
	(void)snprintf(above, sizeof(above), "%.*s", (int)(slash - base), base);
	(void)snprintf(name, sizeof(name), "fortnight-%s", search->ours);
	groups_named(above, name, search->lines);
}

void groups_of(pid_t pid, struct lines *lines)
{
	struct group_search search = { .lines = lines };

	(void)snprintf(search.ours, sizeof(search.ours), "pod-%d-", (int)pid);
	host_group_bases(groups_in, &search);
	lines_sort(lines);
}

static long host_groups(const struct pod *pod)
{
	auto_lines struct lines lines = { 0 };

	(void)pod;
	groups_of(getpid(), &lines);
	return (long)lines.count;
}

static bool is_own_socket(const char *inode)
{
	DIR *fds = opendir("/proc/self/fd");
	struct dirent *entry;
	char want[64], target[64];
	bool found = false;

	(void)snprintf(want, sizeof(want), "socket:[%s]", inode);
	while (fds && !found && (entry = readdir(fds))) {
		ssize_t n = readlinkat(dirfd(fds), entry->d_name, target,
				       sizeof(target) - 1);

		target[n > 0 ? n : 0] = '\0';
		found = strcmp(target, want) == 0;
	}
	if (fds)
		(void)closedir(fds);
	return found;
}

/* Id ranges are held by the names of abstract sockets (harness/sandbox/pod.c);
 * the last two columns of /proc/net/unix are inode and name. */
static long host_slots(const struct pod *pod)
{
	FILE *file = fopen("/proc/net/unix", "re");
	char line[512], inode[32];
	long count = 0;

	(void)pod;
	while (file && fgets(line, sizeof(line), file))
		if (strstr(line, " @fortnight-slot-") &&
		    sscanf(line, "%*s %*s %*s %*s %*s %*s %31s", inode) == 1 &&
		    is_own_socket(inode))
			count++;
	if (file)
		(void)fclose(file);
	return count;
}

/* ---- of the pod that lasts ------------------------------------------------------------ */

static long init_memory(const struct pod *pod)
{
	return of_process(child_of(pod->box), "status", anonymous_kb);
}

static long init_descriptors(const struct pod *pod)
{
	return of_process(child_of(pod->box), "fd", entries_of);
}

static long init_mounts(const struct pod *pod)
{
	return of_process(child_of(pod->box), "mountinfo", lines_of);
}

static long pod_processes(const struct pod *pod)
{
	const struct cgroup *cgroup = &pod->cgroup[SIDE_CANDIDATE];
	const char *dir = NULL;
	char path[1100];

	for (size_t i = 0; i < ARRAY_LEN(cgroup->dirs); i++)
		dir = cgroup->dirs[i] ? cgroup->dirs[i] : dir;
	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	return lines_of(path);
}

static long pod_memory(const struct pod *pod)
{
	struct error err = ERROR_INIT;
	uint64_t bytes = 0;

	if (cgroup_read(&pod->cgroup[SIDE_CANDIDATE], COUNTER_MEMORY, &bytes,
			&err) < 0)
		return -1;
	return (long)(bytes >> 10);
}

/* Where there is a noise: malloc(3) returns memory to the system in pieces of
 * 128 KiB (M_TRIM_THRESHOLD); the kernel charges a group for 64 pages in
 * advance on each processor (MEMCG_CHARGE_BATCH, linux/memcontrol.h), and what it
 * frees after a grace period is still counted. */
#ifdef __SANITIZE_ADDRESS__ /* which keeps what is freed; and finds leaks itself */
enum {
	OWN_NOISE = 64 << 10,
	MAPPINGS_NOISE = 64
};
#else
enum {
	OWN_NOISE = 128,
	MAPPINGS_NOISE = 1
};
#endif

const struct gauge gauges[] = {
	{ "memory of the launcher", "KiB", own_memory, OWN_NOISE, false,
	  false },
	{ "descriptors of the launcher", "", own_descriptors, 0, false, false },
	{ "mappings of the launcher", "", own_mappings, MAPPINGS_NOISE, false,
	  false },
	{ "children of the launcher", "", own_children, 0, false, false },
	{ "mounts of the host", "", host_mounts, 0, false, false },
	{ "control groups of ours", "", host_groups, 0, false, false },
	{ "id ranges of ours", "", host_slots, 0, false, false },
	{ "memory of pod init", "KiB", init_memory, 32, true, false },
	{ "descriptors of pod init", "", init_descriptors, 0, true, true },
	{ "mounts in the pod", "", init_mounts, 0, true, false },
	{ "processes in the pod", "", pod_processes, 0, true, false },
	{ "memory of the pod, the kernel's too", "KiB", pod_memory, 512, true,
	  false },
};
const size_t gauge_count = ARRAY_LEN(gauges);

/* ---- series ---------------------------------------------------------------------------- */

void series_add(struct series *series, long value)
{
	if (series->count < READINGS_MAX)
		series->value[series->count++] = value;
}

static int by_value(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

long series_median(const struct series *series, int third)
{
	size_t from = third < 0 ? 0 : series->count * (size_t)third / 3;
	size_t to = third < 0 ? series->count
			      : series->count * ((size_t)third + 1) / 3;
	long sorted[READINGS_MAX];

	if (to <= from)
		return -1;
	memcpy(sorted, series->value + from, (to - from) * sizeof(long));
	qsort(sorted, to - from, sizeof(long), by_value);
	return sorted[(to - from) / 2];
}

void series_judge(const struct series *series, long noise,
		  struct finding *finding)
{
	long middle = series_median(series, 1), last = series_median(series, 2);

	for (size_t i = 0; i < series->count; i++)
		if (series->value[i] < 0) {
			soak_found(finding, "it could not be read");
			return;
		}
	if (series->count < 6)
		soak_found(finding, "%zu readings are too few", series->count);
	else if (last > middle + noise)
		soak_found(finding,
			   "it grew from %ld to %ld, from the middle third of "
			   "the runs to the last one",
			   middle, last);
}
