/* SPDX-License-Identifier: MIT */
/* What the kernel keeps: mounts, names, settings, IPC objects, keys, and how
 * many descriptors this process has. */
#include "suite.h"

#include "attack_ipc.h"

#include <dirent.h>
#include <fcntl.h>
#include <mqueue.h>
#include <sys/utsname.h>
#include <unistd.h>

static const unsigned long pod_ids_first = 0x40000000;

static void look_at_mounts(struct lines *lines)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[8192];

	while (mounts && fgets(line, sizeof(line), mounts))
		lines_add(lines, "mount %.*s", (int)strcspn(line, "\n"), line);
	if (mounts)
		(void)fclose(mounts);
}

static void look_at_names(struct lines *lines)
{
	struct utsname name;

	if (uname(&name) == 0)
		lines_add(lines, "host name %s, domain %s", name.nodename,
			  name.domainname);
}

static void look_at_settings(struct lines *lines)
{
	static const char *const paths[] = {
		"/proc/sys/kernel/core_pattern",
		"/proc/sys/kernel/modprobe",
		"/proc/sys/kernel/randomize_va_space",
		"/proc/sys/net/ipv4/ip_forward",
		"/proc/sys/user/max_user_namespaces",
		"/proc/sys/vm/overcommit_memory",
	};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		FILE *file = fopen(paths[i], "re");
		char line[256] = "";

		if (file && fgets(line, sizeof(line), file))
			lines_add(lines, "setting %s %.*s", paths[i],
				  (int)strcspn(line, "\n"), line);
		if (file)
			(void)fclose(file);
	}
}

/* sysvipc(5)'s tables begin with the key; what an attack makes has a known one,
 * or belongs to an id that only pods have. */
static void look_at_sysv(struct lines *lines)
{
	static const struct {
		const char *path;
		int uid_column;
	} tables_[] = { { "/proc/sysvipc/shm", 7 },
			{ "/proc/sysvipc/sem", 4 },
			{ "/proc/sysvipc/msg", 7 } };

	for (size_t i = 0; i < ARRAY_LEN(tables_); i++) {
		FILE *file = fopen(tables_[i].path, "re");
		char line[512];

		while (file && fgets(line, sizeof(line), file)) {
			char *at = line, *save = NULL, *word;
			long key = strtol(line, NULL, 10);
			unsigned long uid = 0;

			for (int c = 0; (word = strtok_r(at, " \n", &save));
			     c++, at = NULL)
				if (c == tables_[i].uid_column)
					uid = strtoul(word, NULL, 10);
			if (key == ATTACK_IPC_KEY ||
			    key == CONTROL_IPC_KEY + getpid() ||
			    uid >= pod_ids_first)
				lines_add(lines, "IPC %s key %ld of %lu",
					  tables_[i].path, key, uid);
		}
		if (file)
			(void)fclose(file);
	}
}

static void look_at_queues(struct lines *lines)
{
	char control[64];
	const char *const names[] = { "/hostile-0", "/hostile-left", control };

	(void)snprintf(control, sizeof(control), "/" CONTROL_NAME "%d",
		       (int)getpid());
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		mqd_t queue = mq_open(names[i], O_RDONLY);

		if (queue == (mqd_t)-1)
			continue;
		lines_add(lines, "message queue %s", names[i]);
		(void)mq_close(queue);
	}
}

/* A pod's ids never have keys; and no key is called hostile. */
static void look_at_keys(struct lines *lines)
{
	FILE *users = fopen("/proc/key-users", "re");
	FILE *keys = fopen("/proc/keys", "re");
	char line[512];

	while (users && fgets(line, sizeof(line), users))
		if (strtoul(line, NULL, 10) >= pod_ids_first)
			lines_add(lines, "keys of %lu",
				  strtoul(line, NULL, 10));
	while (keys && fgets(line, sizeof(line), keys))
		if (strstr(line, "hostile") && !is_another_suites(line))
			lines_add(lines, "key %.*s", (int)strcspn(line, "\n"),
				  line);
	if (users)
		(void)fclose(users);
	if (keys)
		(void)fclose(keys);
}

static void look_at_descriptors(struct lines *lines)
{
	DIR *fds = opendir("/proc/self/fd");
	unsigned count = 0;

	while (fds && readdir(fds))
		count++;
	if (fds)
		closedir(fds);
	lines_add(lines, "descriptors of the launcher: %u", count);
}

void host_look_kernel(const struct lures *lures, struct lines *lines)
{
	(void)lures;
	look_at_mounts(lines);
	look_at_names(lines);
	look_at_settings(lines);
	look_at_sysv(lines);
	look_at_queues(lines);
	look_at_keys(lines);
	look_at_descriptors(lines);
}
