/* SPDX-License-Identifier: MIT */
/* Attempts to fill what stores files: bytes, inodes, depth, descriptors. */
#include "attack.h"

#include <dirent.h>
#include <sys/resource.h>

#define MIB (1024L * 1024)

/* Files of 4 MiB, each below the limit of a file's size, until one fails. */
static void fill(const char *dir)
{
	static char block[MIB];
	char path[128];

	memset(block, 1, sizeof(block));
	for (long made = 0; made < 1024; made++) {
		int fd;

		snprintf(path, sizeof(path), "%s/hostile-%ld", dir, made / 4);
		fd = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC,
			  0600);
		if (fd < 0 || write(fd, block, sizeof(block)) < MIB)
			say("BOUNDED %s: %s after %ld MiB", dir,
			    strerrorname_np(fd < 0 ? errno : ENOSPC), made);
		close(fd);
	}
	say("ALLOWED 1 GiB in %s", dir);
}

static void fill_tmp(void)
{
	fill("/tmp");
}

static void fill_shm(void)
{
	fill("/dev/shm");
}

static void fill_work(void)
{
	fill("/work");
}

/* A directory that should not be writable at all. */
static void fill_elsewhere(void)
{
	static const char *const paths[] = {
		"/hostile-new",	     "/dev/hostile-new",  "/proc/hostile-new",
		"/app/hostile-new",  "/usr/hostile-new",  "/etc/hostile-new",
		"/var/hostile-new",  "/data/hostile-new", "/run/hostile-new",
		"/home/hostile-new",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		tried(paths[i], open(paths[i], O_CREAT | O_WRONLY, 0600));
	verdict();
}

static void inodes_in(const char *dir, long max)
{
	char path[128];
	long made = 0;

	for (; made < max; made++) {
		snprintf(path, sizeof(path), "%s/hostile-%ld", dir, made);
		if (mkdir(path, 0700) < 0)
			break;
	}
	if (made == max)
		say("ALLOWED %ld inodes in %s", made, dir);
	printf("%s: %s after %ld\n", dir, strerrorname_np(errno), made);
}

static void inodes(void)
{
	inodes_in("/tmp", 2000000);
	inodes_in("/dev/shm", 2000000);
	inodes_in("/work", 2000000);
	say("BOUNDED inodes");
}

/* As much as fits below out/: whoever copies it needs as much again. */
static void fill_out(void)
{
	static char block[MIB];
	char path[64];
	long made = 0;

	memset(block, 1, sizeof(block));
	if (mkdir("/work/out", 0755) < 0)
		say("ALLOWED nothing: no out/");
	for (; made < 1024; made++) {
		int fd;

		snprintf(path, sizeof(path), "/work/out/hostile-%ld", made);
		fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		if (fd < 0 || write(fd, block, sizeof(block)) < MIB)
			break;
		close(fd);
	}
	unlink(path);
	say("INERT %ld MiB in out/", made);
}

/* Ten thousand levels below out/: whoever walks it must not recurse. */
static void deep_directory(void)
{
	int level = 0;

	if (mkdir("/work/out", 0755) < 0 || chdir("/work/out") < 0)
		say("ALLOWED nothing: no out/");
	for (; level < 10000; level++)
		if (mkdir("d", 0755) < 0 || chdir("d") < 0)
			break;
	say("INERT %d levels of directories", level);
}

/* As many entries as there are inodes, in folders of a hundred, one in another as
 * far as a path of one call reaches, with names of length bytes. */
static void bomb_in(const char *dir, int length, long each)
{
	char name[256];
	long made = 0, levels = 0;

	if (chdir(dir) < 0)
		say("ALLOWED nothing: no %s", dir);
	for (int failed = 0; !failed && made < 2000000; levels++) {
		for (long i = 0; i < each && !failed; i++, made++) {
			snprintf(name, sizeof(name), "%0*ld", length, i);
			failed = mknod(name, S_IFREG | 0644, 0) < 0;
		}
		snprintf(name, sizeof(name), "d%0*ld", length - 1, levels);
		failed = failed || mkdir(name, 0755) < 0 || chdir(name) < 0;
	}
	if (made == 2000000)
		say("ALLOWED %ld files in %s", made, dir);
	say("INERT %ld files, %ld levels: %s", made, levels,
	    strerrorname_np(errno));
}

static void bomb_out(int length, long each)
{
	if (mkdir("/work/out", 0755) < 0)
		say("ALLOWED nothing: no out/");
	bomb_in("/work/out", length, each);
}

static void bomb_flat(void)
{
	bomb_out(255, 10000000);
}

static void bomb_short(void)
{
	bomb_out(8, 10000000);
}

static void bomb_deep(void)
{
	bomb_out(12, 1000);
}

/* Every level has files, so that whoever looks for the latest walks them all. */
static void data_deep(void)
{
	bomb_in("/data", 2, 1);
}

static void data_wide(void)
{
	bomb_in("/data", 200, 10000000);
}

/* Whoever walks it keeps many names in memory, and there is none left. */
static void data_full(void)
{
	static char block[4096];
	char name[256];
	int fd = open("/data/fill", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	memset(block, 1, sizeof(block));
	if (fd < 0 || chdir("/data") < 0)
		say("ALLOWED nothing: no /data");
	for (long i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "%0250ld", i);
		if (mknod(name, S_IFREG | 0644, 0) < 0)
			break;
	}
	for (int level = 0; level < 40; level++)
		if (mkdir("d", 0755) < 0 || chdir("d") < 0)
			break;
	for (long i = 0; i < 1L << 20; i++) {
		if (i % 1024 == 0) {
			close(fd);
			snprintf(name, sizeof(name), "/data/fill%ld", i);
			fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		}
		if (write(fd, block, sizeof(block)) < (long)sizeof(block))
			say("INERT %ld pages in /data", i);
	}
	say("ALLOWED 4 GiB in /data");
}

static void data_is_empty(void)
{
	DIR *dir = opendir("/data");
	long count = 0;

	if (!dir)
		say("ALLOWED nothing: no /data");
	while (readdir(dir))
		count++;
	if (count != 2)
		say("ALLOWED %ld names were left in /data", count - 2);
	say("INERT /data is empty");
}

/* Past RLIMIT_FSIZE: SIGXFSZ, or EFBIG where it is ignored (setrlimit(2)). */
static void huge_ignored(void)
{
	int fd = open("/work/hostile-huge", O_CREAT | O_RDWR | O_CLOEXEC, 0600);

	signal(SIGXFSZ, SIG_IGN);
	tried("ftruncate(4 TiB)", ftruncate(fd, 4L << 40));
	tried("fallocate(1 TiB)", fallocate(fd, 0, 0, 1L << 40));
	tried("posix_fallocate",
	      (errno = posix_fallocate(fd, 0, 1L << 40)) ? -1 : 0);
	tried("pwrite at 1 TiB", pwrite(fd, "x", 1, 1L << 40));
	verdict();
}

static void huge(void)
{
	int fd = open("/work/hostile-huge", O_CREAT | O_RDWR | O_CLOEXEC, 0600);

	tried("ftruncate(4 TiB)", ftruncate(fd, 4L << 40));
	verdict();
}

/* As large as a file may be, and all hole. */
static void sparse(void)
{
	struct rlimit size = { 0, 0 };
	int fd;

	mkdir("/work/out", 0755);
	getrlimit(RLIMIT_FSIZE, &size);
	for (int i = 0; i < 64; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/work/out/sparse-%d", i);
		fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
		if (fd < 0 || ftruncate(fd, (off_t)size.rlim_cur) < 0)
			say("ALLOWED nothing: %s", strerror(errno));
		close(fd);
	}
	say("INERT 64 holes of %lu bytes", (unsigned long)size.rlim_cur);
}

static void descriptors(void)
{
	long made = 0;

	while (made < 1000000 && open("/dev/null", O_RDONLY) >= 0)
		made++;
	if (made == 1000000)
		say("ALLOWED 1000000 descriptors");
	say("BOUNDED descriptors: %s after %ld", strerrorname_np(errno), made);
}

static const struct attempt attempts[] = {
	{ "fill_tmp", fill_tmp },
	{ "fill_shm", fill_shm },
	{ "fill_work", fill_work },
	{ "fill_elsewhere", fill_elsewhere },
	{ "inodes", inodes },
	{ "fill_out", fill_out },
	{ "deep_directory", deep_directory },
	{ "huge_ignored", huge_ignored },
	{ "huge", huge },
	{ "sparse", sparse },
	{ "descriptors", descriptors },
	{ "bomb_flat", bomb_flat },
	{ "bomb_short", bomb_short },
	{ "bomb_deep", bomb_deep },
	{ "data_deep", data_deep },
	{ "data_wide", data_wide },
	{ "data_full", data_full },
	{ "data_is_empty", data_is_empty },
};

ATTACK_MAIN(attempts)
