/* SPDX-License-Identifier: MIT */
/*
 * The root of one side: a small tmpfs with mount points, what of the host may
 * be seen (read-only, nosuid, nodev), and pivot_root(2) into it.  The host's
 * root is then detached: there is no path, and no descriptor, back.
 */
#include "fortnight/base.h"

#include "box.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static const char base[] = "/tmp"; /* a directory that every host has */

enum {
	ROOT_BYTES = 1 << 20,
	INODE_BYTES = 4096, /* one inode for each so many bytes of a tmpfs */
	INODES_MIN = 1024
};

/* In rootless pods id 0 is not mapped: everything belongs to the one id. */
static uid_t keeper_id(void)
{
	return geteuid();
}

/* Its size in bytes and inodes; 0 would be no limit at all (tmpfs(5)). */
int box_tmpfs(uint64_t bytes, uid_t owner)
{
	int context = fsopen("tmpfs", FSOPEN_CLOEXEC), rc = context, fd = -1;
	uint64_t inodes = bytes / INODE_BYTES;
	char size[24], files[24], id[16];
	const char *const options[][2] = { { "size", size },
					   { "nr_inodes", files },
					   { "mode", "0755" },
					   { "uid", id },
					   { "gid", id } };

	(void)snprintf(size, sizeof(size), "%llu",
		       (unsigned long long)(bytes ? bytes : 1));
	(void)snprintf(files, sizeof(files), "%llu",
		       (unsigned long long)(inodes < INODES_MIN ? INODES_MIN
								: inodes));
	(void)snprintf(id, sizeof(id), "%u", (unsigned)owner);
	for (size_t i = 0; rc >= 0 && i < ARRAY_LEN(options); i++)
		rc = fsconfig(context, FSCONFIG_SET_STRING, options[i][0],
			      options[i][1], 0);
	if (rc >= 0)
		rc = fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (rc >= 0)
		fd = fsmount(context, FSMOUNT_CLOEXEC,
			     MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	if (context >= 0)
		close(context);
	return fd;
}

/* The mount is attached to path; its descriptor is closed. */
static int attach(int mount_fd, const char *path, enum wire_step step)
{
	int rc = move_mount(mount_fd, "", AT_FDCWD, path,
			    MOVE_MOUNT_F_EMPTY_PATH);

	if (rc < 0)
		(void)box_fail(step);
	close(mount_fd);
	return rc;
}

int box_mount_tmpfs(const char *path, uint64_t bytes, uid_t owner,
		    enum wire_step step)
{
	int fd = box_tmpfs(bytes, owner);

	return fd < 0 ? box_fail(step) : attach(fd, path, step);
}

/* ---- binds from the host ---------------------------------------------------- */

struct bind {
	const char *name;    /* below / there, and below base here */
	unsigned char roots; /* bit for each enum sandbox_root */
	bool directory;
};

#define IN(root) (unsigned char)(1U << (root))

static const struct bind binds[] = {
	{ "usr", IN(ROOT_TOOLCHAIN) | IN(ROOT_DIRECTORY), true },
	{ "bin", IN(ROOT_TOOLCHAIN) | IN(ROOT_DIRECTORY), true },
	{ "sbin", IN(ROOT_TOOLCHAIN) | IN(ROOT_DIRECTORY), true },
	{ "lib", IN(ROOT_TOOLCHAIN) | IN(ROOT_DIRECTORY), true },
	{ "lib64", IN(ROOT_TOOLCHAIN) | IN(ROOT_DIRECTORY), true },
	{ "etc/alternatives", IN(ROOT_TOOLCHAIN), true },
	{ "etc/ld.so.cache", IN(ROOT_TOOLCHAIN), false },
	{ "etc/ld.so.conf", IN(ROOT_TOOLCHAIN), false },
	{ "etc/ld.so.conf.d", IN(ROOT_TOOLCHAIN), true },
};

static int set_read_only(const char *path)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY |
					       MOUNT_ATTR_NOSUID |
					       MOUNT_ATTR_NODEV };

	return (int)syscall(SYS_mount_setattr, AT_FDCWD, path, AT_RECURSIVE,
			    &attr, sizeof(attr));
}

static int make_place(const char *to, bool directory)
{
	int fd;

	if (directory)
		return mkdir(to, 0755) < 0 && errno != EEXIST ? -1 : 0;
	fd = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

/* A merged-usr host has /bin -> usr/bin: keep links as links. */
static int bind_one(const struct bind *bind, const char *from_root)
{
	char from[WIRE_PATH_MAX], to[WIRE_PATH_MAX], target[WIRE_PATH_MAX];
	struct stat st;
	ssize_t n;

	(void)snprintf(from, sizeof(from), "%s/%s", from_root, bind->name);
	(void)snprintf(to, sizeof(to), "%s/%s", base, bind->name);
	if (lstat(from, &st) < 0)
		return errno == ENOENT ? 0 : box_fail(STEP_BIND);
	if (S_ISLNK(st.st_mode)) {
		n = readlink(from, target, sizeof(target) - 1);
		if (n < 0)
			return box_fail(STEP_BIND);
		target[n] = '\0';
		return symlink(target, to) < 0 ? box_fail(STEP_BIND) : 0;
	}
	if (make_place(to, bind->directory) < 0 ||
	    mount(from, to, NULL, MS_BIND | MS_REC, NULL) < 0 ||
	    set_read_only(to) < 0)
		return box_fail(STEP_BIND);
	return 0;
}

/* Debian's Java reads /etc/java-VERSION before anything else. */
static int bind_java(void)
{
	DIR *etc = opendir("/etc");
	const struct dirent *entry;
	int rc = 0;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): the box has one thread */
	while (rc == 0 && etc && (entry = readdir(etc)) != NULL) {
		char name[NAME_MAX + sizeof("etc/")];
		const struct bind bind = { .name = name, .directory = true };

		if (strncmp(entry->d_name, "java-", 5) != 0)
			continue;
		(void)snprintf(name, sizeof(name), "etc/%s", entry->d_name);
		rc = bind_one(&bind, "");
	}
	if (etc)
		closedir(etc);
	return rc;
}

static int bind_all(const struct box_side *side)
{
	char from[64] = "";

	if (side->config->root == ROOT_DIRECTORY)
		(void)snprintf(from, sizeof(from), "/proc/self/fd/%d",
			       side->root_fd);
	for (size_t i = 0; i < ARRAY_LEN(binds); i++)
		if ((binds[i].roots & IN(side->config->root)) &&
		    bind_one(&binds[i], from) < 0)
			return -1;
	return side->config->root == ROOT_TOOLCHAIN ? bind_java() : 0;
}

/* ---- devices, /etc ----------------------------------------------------------- */

/* The device is the host's, and so are its times and mode: a read-only mount keeps
 * them, and does not keep anybody from writing to a device. */
static int add_device(const char *name)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY |
					       MOUNT_ATTR_NOSUID |
					       MOUNT_ATTR_NOEXEC };
	char from[64], to[64];

	(void)snprintf(from, sizeof(from), "/dev/%s", name);
	(void)snprintf(to, sizeof(to), "%s/dev/%s", base, name);
	if (make_place(to, false) < 0 ||
	    mount(from, to, NULL, MS_BIND, NULL) < 0 ||
	    syscall(SYS_mount_setattr, AT_FDCWD, to, 0, &attr, sizeof(attr)) <
		    0)
		return box_fail(STEP_DEVICES);
	return 0;
}

static int add_devices(void)
{
	static const char *const names[] = { "null", "zero", "full", "random",
					     "urandom" };
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/tmp/dev/fd" },
		{ "/proc/self/fd/0", "/tmp/dev/stdin" },
		{ "/proc/self/fd/1", "/tmp/dev/stdout" },
		{ "/proc/self/fd/2", "/tmp/dev/stderr" },
		{ "/tmp", "/tmp/dev/shm" }, /* one size for both */
	};

	if (mkdir("/tmp/dev", 0755) < 0)
		return box_fail(STEP_DEVICES);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (add_device(names[i]) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			return box_fail(STEP_DEVICES);
	return 0;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	int rc;

	if (fd < 0)
		return -1;
	rc = box_write_all(fd, text, strlen(text));
	close(fd);
	return rc;
}

/* Names for the two ids, so that tools which look themselves up do work. */
static int add_etc(void)
{
	static const char users[] = "root:x:0:0::/:/bin/false\n"
				    "candidate:x:1000:1000::/work:/bin/sh\n"
				    "author:x:1001:1001::/work:/bin/sh\n";
	static const char groups[] = "root:x:0:\ncandidate:x:1000:\n"
				     "author:x:1001:\n";

	if (write_text("/tmp/etc/passwd", users) < 0 ||
	    write_text("/tmp/etc/group", groups) < 0 ||
	    write_text("/tmp/etc/hosts", "127.0.0.1 localhost\n") < 0)
		return box_fail(STEP_ROOT_TMPFS);
	return 0;
}

/* ---- what a pack hides -------------------------------------------------------- */

static int hide_one(const char *path)
{
	char to[WIRE_PATH_MAX];
	struct stat st;

	if (snprintf(to, sizeof(to), "%s%s", base, path) >= (int)sizeof(to))
		return box_fail_with(STEP_HIDE, ENAMETOOLONG);
	if (stat(to, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode)) {
		if (mount("tmpfs", to, "tmpfs",
			  MS_NOSUID | MS_NODEV | MS_RDONLY,
			  "size=4096,mode=0755") < 0)
			return box_fail(STEP_HIDE);
		return 0;
	}
	if (mount("/tmp/.hidden", to, NULL, MS_BIND, NULL) < 0)
		return box_fail(STEP_HIDE);
	return set_read_only(to) < 0 ? box_fail(STEP_HIDE) : 0;
}

static int hide_all(const struct box_side *side)
{
	const char *path = side->config->strings;
	int fd = open("/tmp/.hidden", O_WRONLY | O_CREAT | O_CLOEXEC, 0);

	if (fd < 0)
		return box_fail(STEP_HIDE);
	close(fd);
	for (uint32_t i = 0; i < side->config->hide_count; i++) {
		if (hide_one(path) < 0)
			return -1;
		path += strlen(path) + 1;
	}
	return 0;
}

/* ---- the whole ---------------------------------------------------------------- */

static int make_skeleton(void)
{
	static const char *const dirs[] = { "/tmp/app",	 "/tmp/work",
					    "/tmp/tmp",	 "/tmp/proc",
					    "/tmp/data", "/tmp/etc" };

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return box_fail(STEP_PRIVATE_MOUNTS);
	if (box_mount_tmpfs(base, ROOT_BYTES, keeper_id(), STEP_ROOT_TMPFS) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (mkdir(dirs[i], 0755) < 0)
			return box_fail(STEP_ROOT_TMPFS);
	return 0;
}

static int pivot(void)
{
	if (chdir(base) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return box_fail(STEP_PIVOT);
	if (mount(NULL, "/", NULL,
		  MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV,
		  NULL) < 0)
		return box_fail(STEP_READ_ONLY);
	return 0;
}

/* A tmpfs filled from a stream; the stream is closed.  The inode tables are
 * bounded like the bytes. */
static int fill(const char *path, uint64_t bytes, int stream, uid_t owner,
		enum wire_step step)
{
	int fd = box_tmpfs(bytes, owner);

	if (fd < 0)
		return box_fail(step);
	if (stream >= 0) {
		if (box_tree_unpack(stream, fd, owner) < 0)
			return -1;
		close(stream);
	}
	return attach(fd, path, step);
}

static int add_private_places(const struct box_side *side)
{
	const struct wire_side *config = side->config;

	if (mount("proc", "/tmp/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  NULL) < 0)
		return box_fail(STEP_PROC);
	if (config->app_bytes &&
	    (fill("/tmp/app", config->app_bytes, side->app_fd, keeper_id(),
		  STEP_APP) < 0 ||
	     set_read_only("/tmp/app") < 0))
		return box_failure.error ? -1 : box_fail(STEP_APP);
	if (config->work_bytes && fill("/tmp/work", config->work_bytes,
				       side->work_fd, side->uid, STEP_WORK) < 0)
		return -1;
	if (config->data_bytes &&
	    fill("/tmp/data", config->data_bytes, -1, side->uid, STEP_DATA) < 0)
		return -1;
	return 0;
}

int box_root_build(const struct box_side *side)
{
	if (make_skeleton() < 0 || bind_all(side) < 0 || add_devices() < 0 ||
	    add_etc() < 0 || hide_all(side) < 0 || add_private_places(side) < 0)
		return -1;
	return pivot();
}
