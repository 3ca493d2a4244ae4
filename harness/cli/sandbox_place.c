/* SPDX-License-Identifier: MIT */
/*
 * Where the results of `fortnight sandbox run` go.  Everything is written beside
 * its place first and then moved there.
 */
#include "fortnight/base.h"
#include "fortnight/fd.h"

#include "sandbox_run.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* ---- a file ------------------------------------------------------------------- */

static bool is_stdout(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* The directory that path is, or is to be, in: *ret_dir is the caller's, and
 * *ret_name points into path. */
static int open_parent(const char *path, int *ret_dir, const char **ret_name,
		       struct error *err)
{
	const char *slash = strrchr(path, '/');
	auto_free char *parent = NULL;

	*ret_name = slash ? slash + 1 : path;
	if (slash == path)
		parent = xstrdup("/");
	else
		parent = slash ? strndup(path, (size_t)(slash - path))
			       : xstrdup(".");
	if (!parent)
		abort();
	if (!**ret_name)
		return error_set(err, ERROR_INPUT,
				 "'%s' names nothing: leave the slash at its "
				 "end out",
				 path);
	if (fd_open_dir(AT_FDCWD, parent, false, ret_dir, err) < 0)
		return error_prefix(err, "write '%s'", path);
	return 0;
}

static int check_parent(const char *path, struct error *err)
{
	auto_close int dir = -1;
	const char *name;

	if (open_parent(path, &dir, &name, err) < 0)
		return -1;
	if (faccessat(dir, ".", W_OK | X_OK, AT_EACCESS) < 0)
		return error_set_errno(err, errno, "write '%s'", path);
	return 0;
}

int place_check(const char *path, struct error *err)
{
	struct stat st;

	if (is_stdout(path))
		return 0;
	if (stat(path, &st) < 0)
		return errno == ENOENT ? check_parent(path, err)
				       : error_set_errno(err, errno,
							 "write '%s'", path);
	if (S_ISDIR(st.st_mode))
		return error_set_errno(err, EISDIR, "write '%s'", path);
	if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0)
		return error_set_errno(err, errno, "write '%s'", path);
	return S_ISREG(st.st_mode) ? check_parent(path, err) : 0;
}

/* A device, a FIFO: nothing to put in its place. */
static int write_through(const char *path, const void *data, size_t len,
			 struct error *err)
{
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return error_set_errno(err, errno, "open '%s'", path);
	if (fd_write_all(fd, data, len, err) < 0)
		return error_prefix(err, "'%s'", path);
	return 0;
}

int place_write(const char *path, const void *data, size_t len,
		struct error *err)
{
	auto_free char *real = NULL;
	auto_close int dir = -1;
	const char *name;
	struct stat st;

	if (is_stdout(path))
		return fd_write_all(STDOUT_FILENO, data, len, err);
	if (stat(path, &st) == 0) {
		if (!S_ISREG(st.st_mode))
			return write_through(path, data, len, err);
		real = realpath(path,
				NULL); /* the file, and not a link to it */
	}
	if (open_parent(real ? real : path, &dir, &name, err) < 0)
		return -1;
	if (fd_write_file(dir, name, data, len, err) < 0)
		return error_prefix(err, "write '%s'", path);
	return 0;
}

/* ---- a directory -------------------------------------------------------------- */

int place_check_new(const char *path, struct error *err)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return error_set(err, ERROR_INPUT,
				 "%s is there already: --collect wants a "
				 "directory that it can make",
				 path);
	return check_parent(path, err);
}

/* A descriptor of the directory that an entry is in.  It was made here, and no
 * link is followed on the way all the same. */
static int open_above(int root, const char *path, const char **ret_name)
{
	struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
				.resolve = RESOLVE_BENEATH |
					   RESOLVE_NO_SYMLINKS };
	const char *slash = strrchr(path, '/');
	char parent[TREE_PATH_MAX + 1] = ".";

	*ret_name = slash ? slash + 1 : path;
	if (slash) {
		memcpy(parent, path, (size_t)(slash - path));
		parent[slash - path] = '\0';
	}
	return (int)syscall(SYS_openat2, root, parent, &how, sizeof(how));
}

static int write_file(int above, const char *name, const struct tree *tree,
		      const struct tree_entry *entry)
{
	auto_close int fd =
		openat(above, name,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		       entry->executable ? 0777 : 0666);
	off_t at = (off_t)entry->offset;
	uint64_t left = entry->size;

	if (fd < 0)
		return -1;
	while (left > 0) {
		ssize_t n = TEMP_FAILURE_RETRY(
			sendfile(fd, tree_fd(tree), &at, left));

		if (n <= 0)
			return -1;
		left -= (uint64_t)n;
	}
	return 0;
}

static int write_link(int above, const char *name, const struct tree *tree,
		      const struct tree_entry *entry)
{
	auto_buf struct buf target = BUF_INIT(TREE_TARGET_MAX);
	struct error ignored = ERROR_INIT;

	if (tree_read(tree, entry, &target, &ignored) < 0)
		return -1;
	return symlinkat(buf_text(&target), above, name);
}

static int write_entry(int root, const struct tree *tree,
		       const struct tree_entry *entry)
{
	const char *name;
	auto_close int above = open_above(root, entry->path, &name);

	if (above < 0)
		return -1;
	if (entry->type == TREE_DIR)
		return mkdirat(above, name, 0777);
	if (entry->type == TREE_LINK)
		return write_link(above, name, tree, entry);
	return write_file(above, name, tree, entry);
}

/* The first count entries go, last first; what is not there does no harm. */
static void remove_entries(int root, const struct tree *tree, size_t count)
{
	while (count-- > 0) {
		const struct tree_entry *entry = tree_entry(tree, count);
		const char *name;
		auto_close int above = open_above(root, entry->path, &name);

		if (above >= 0)
			(void)unlinkat(above, name,
				       entry->type == TREE_DIR ? AT_REMOVEDIR
							       : 0);
	}
}

static int write_entries(int root, const struct tree *tree, struct error *err)
{
	for (size_t i = 0; i < tree_count(tree); i++) {
		int error;

		if (write_entry(root, tree, tree_entry(tree, i)) == 0)
			continue;
		error = errno ? errno : EIO;
		remove_entries(root, tree, i + 1);
		return error_set_errno(err, error, "'%s'",
				       tree_entry(tree, i)->path);
	}
	return 0;
}

static int write_beside(const char *temporary, const char *path,
			const struct tree *tree, struct error *err)
{
	auto_close int root = -1;

	if (fd_open_dir(AT_FDCWD, temporary, false, &root, err) < 0 ||
	    write_entries(root, tree, err) < 0)
		return -1;
	if (syncfs(root) < 0)
		return error_set_errno(err, errno, "sync");
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) ==
	    0)
		return 0;
	(void)error_set_errno(err, errno, "rename %s", temporary);
	remove_entries(root, tree, tree_count(tree));
	return -1;
}

int place_write_tree(const char *path, const struct tree *tree,
		     struct error *err)
{
	auto_free char *temporary = NULL;

	if (asprintf(&temporary, "%s.new.%d", path, (int)getpid()) < 0)
		abort();
	if (mkdir(temporary, 0777) < 0)
		return error_set_errno(err, errno, "make directory %s",
				       temporary);
	if (write_beside(temporary, path, tree, err) == 0)
		return 0;
	(void)rmdir(temporary);
	return error_prefix(err, "write '%s'", path);
}
