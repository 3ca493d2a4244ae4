/* SPDX-License-Identifier: MIT */
/* Whole directories of a pack's author; nothing of a candidate's comes here. */
#include "files.h"
#include "fortnight/base.h"
#include "fortnight/fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

enum {
	COPY_CHUNK = 65536,
	LINK_TARGET_MAX = 4096
};

static inline void close_dir_(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}
#define auto_dir __attribute__((cleanup(close_dir_)))

/* A stream of the names in dir; NULL with errno.  dir stays the caller's. */
static DIR *open_names(int dir)
{
	int own = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = own >= 0 ? fdopendir(own) : NULL;

	if (own >= 0 && !names)
		(void)close(own);
	return names;
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool is_skipped(const char *name, const char *const *skip)
{
	if (is_dots(name) || (skip && name[0] == '.'))
		return true;
	for (; skip && *skip; skip++)
		if (strcmp(name, *skip) == 0)
			return true;
	return false;
}

int files_copy_one(int from, int to, const char *name, struct error *err)
{
	auto_close int in = -1, out = -1;
	char chunk[COPY_CHUNK];
	struct stat st;
	ssize_t n;

	if (fd_open_regular(from, name, &in, err) < 0)
		return -1;
	if (fstat(in, &st) < 0)
		return error_set_errno(err, errno, "stat %s", name);
	out = openat(to, name,
		     O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		     st.st_mode & 0777);
	if (out < 0)
		return error_set_errno(err, errno, "create %s", name);
	while ((n = TEMP_FAILURE_RETRY(read(in, chunk, sizeof(chunk)))) > 0)
		if (fd_write_all(out, chunk, (size_t)n, err) < 0)
			return error_prefix(err, "%s", name);
	return n == 0 ? 0 : error_set_errno(err, errno, "read %s", name);
}

static int copy_link(int from, int to, const char *name, struct error *err)
{
	char target[LINK_TARGET_MAX + 1];
	ssize_t len = readlinkat(from, name, target, LINK_TARGET_MAX);

	if (len < 0)
		return error_set_errno(err, errno, "read link %s", name);
	target[len] = '\0';
	if (symlinkat(target, to, name) < 0)
		return error_set_errno(err, errno, "create %s", name);
	return 0;
}

static int copy_dir(int from, int to, const char *name, mode_t mode,
		    struct error *err)
{
	auto_close int in = -1, out = -1;

	if (mkdirat(to, name, (mode & 0777) | 0700) < 0)
		return error_set_errno(err, errno, "create directory %s", name);
	if (fd_open_dir(from, name, false, &in, err) < 0 ||
	    fd_open_dir(to, name, false, &out, err) < 0)
		return -1;
	if (files_copy(in, out, NULL, err) < 0)
		return error_prefix(err, "%s", name);
	return 0;
}

static int copy_name(int from, int to, const char *name, struct error *err)
{
	struct stat st;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(err, errno, "stat %s", name);
	if (S_ISDIR(st.st_mode))
		return copy_dir(from, to, name, st.st_mode, err);
	if (S_ISLNK(st.st_mode))
		return copy_link(from, to, name, err);
	return files_copy_one(from, to, name, err);
}

int files_copy(int from, int to, const char *const *skip, struct error *err)
{
	auto_dir DIR *names = open_names(from);
	const struct dirent *entry;

	if (!names)
		return error_set_errno(err, errno, "list directory");
	/* The stream is this call's own. */
	while ((entry = readdir(names))) // NOLINT(concurrency-mt-unsafe)
		if (!is_skipped(entry->d_name, skip) &&
		    copy_name(from, to, entry->d_name, err) < 0)
			return -1;
	return 0;
}

bool files_is_empty(int dir, const char *name)
{
	auto_close int own = openat(
		dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	auto_dir DIR *names = own >= 0 ? open_names(own) : NULL;
	const struct dirent *entry;

	/* The stream is this call's own. */
	while (names &&
	       (entry = readdir(names))) // NOLINT(concurrency-mt-unsafe)
		if (!is_dots(entry->d_name))
			return false;
	return names;
}

static void remove_children(int dir)
{
	auto_dir DIR *names = open_names(dir);
	const struct dirent *entry;

	/* The stream is this call's own. */
	while (names &&
	       (entry = readdir(names))) // NOLINT(concurrency-mt-unsafe)
		if (!is_dots(entry->d_name))
			files_remove(dir, entry->d_name);
}

void files_remove(int dir, const char *name)
{
	auto_close int own = -1;
	struct stat st;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return;
	/* Some are not even their owner's to empty. */
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode) && (st.st_mode & 0700) != 0700 &&
	    fchmodat(dir, name, 0700, 0) < 0)
		return;
	own = openat(dir, name,
		     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (own >= 0)
		remove_children(own);
	(void)unlinkat(dir, name, AT_REMOVEDIR);
}

int files_parent(const char *path, int *ret_dir, char **ret_name,
		 struct error *err)
{
	auto_free char *copy = xstrdup(path);
	size_t len = strlen(copy);
	const char *parent = ".", *name = copy;
	char *slash;

	while (len > 1 && copy[len - 1] == '/')
		copy[--len] = '\0';
	slash = strrchr(copy, '/');
	if (slash) {
		*slash = '\0';
		parent = slash == copy ? "/" : copy;
		name = slash + 1;
	}
	if (!*name || is_dots(name))
		return error_set(err, ERROR_USAGE,
				 "'%s' is no name for a directory to be made",
				 path);
	if (fd_open_dir(AT_FDCWD, parent, false, ret_dir, err) < 0)
		return -1;
	*ret_name = xstrdup(name);
	return 0;
}

int files_sync(int dir, struct error *err)
{
	if (syncfs(dir) < 0)
		return error_set_errno(err, errno, "write to disk");
	return 0;
}
