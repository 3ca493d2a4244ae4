/* SPDX-License-Identifier: MIT */
/*
 * dir.c - a tree from a directory that its owner may still be changing.
 *
 * Each name is opened relative to the descriptor of its directory with
 * O_NOFOLLOW, so that a directory or file swapped for a link in the middle of the walk
 * is an error (ELOOP, ENOTDIR), never a way out.  O_NONBLOCK: a file swapped for
 * a FIFO does not make us wait (open(2)).  What was opened is then looked at
 * again, by descriptor; and once more when it has been read, because a tree
 * that changed meanwhile is one that never existed.
 */
#include "fortnight/base.h"
#include "internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

enum {
	READ_CHUNK = 65536
};

struct walk {
	struct tree_builder *builder;
	struct buf path; /* of what is being looked at */
};

static inline void close_dir_(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}
#define auto_dir __attribute__((cleanup(close_dir_)))

static int walk_dir(struct walk *walk, int fd, struct error *err);

static struct shown shown(const struct walk *walk)
{
	return tree_show(buf_text(&walk->path));
}

static int changed(const struct walk *walk, struct error *err)
{
	return error_set(err, ERROR_INPUT,
			 "'%s' changed while it was read; stop whatever "
			 "writes there and try again",
			 walk->path.len ? shown(walk).text : ".");
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       (a->st_mode & S_IFMT) == (b->st_mode & S_IFMT);
}

/* Whether fd is as it was when it was opened. */
static int check_unchanged(const struct walk *walk, int fd,
			   const struct stat *before, struct error *err)
{
	struct stat now;

	if (fstat(fd, &now) < 0)
		return error_set_errno(err, errno, "stat '%s'",
				       shown(walk).text);
	if (now.st_size != before->st_size ||
	    !same_time(now.st_mtim, before->st_mtim) ||
	    !same_time(now.st_ctim, before->st_ctim))
		return changed(walk, err);
	return 0;
}

/* Open what name was a moment ago, and see that it still is. */
static int open_known(const struct walk *walk, int dir, const char *name,
		      const struct stat *known, int *ret_fd, struct error *err)
{
	auto_close int fd = openat(
		dir, name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
			(S_ISDIR(known->st_mode) ? O_DIRECTORY : 0));
	struct stat now;

	if (fd < 0 && (errno == ELOOP || errno == ENOTDIR || errno == ENOENT))
		return changed(walk, err);
	if (fd < 0)
		return error_set_errno(err, errno, "open '%s'",
				       shown(walk).text);
	if (fstat(fd, &now) < 0)
		return error_set_errno(err, errno, "stat '%s'",
				       shown(walk).text);
	if (!same_file(&now, known))
		return changed(walk, err);
	*ret_fd = steal_fd(&fd);
	return 0;
}

static int read_content(struct walk *walk, int fd, uint64_t size,
			struct error *err)
{
	char chunk[READ_CHUNK];
	uint64_t got = 0;
	ssize_t n;

	while ((n = TEMP_FAILURE_RETRY(read(fd, chunk, sizeof(chunk)))) > 0) {
		got += (uint64_t)n;
		if (got > size)
			return changed(walk, err);
		if (builder_data(walk->builder, chunk, (size_t)n, err) < 0)
			return -1;
	}
	if (n < 0)
		return error_set_errno(err, errno, "read '%s'",
				       shown(walk).text);
	return got == size ? 0 : changed(walk, err);
}

static int add_file(struct walk *walk, int dir, const char *name,
		    const struct stat *known, struct error *err)
{
	const struct tree_limits *limits = builder_limits(walk->builder);
	auto_close int fd = -1;
	struct stat st;

	if (open_known(walk, dir, name, known, &fd, err) < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "stat '%s'",
				       shown(walk).text);
	/* A sparse file claims terabytes and takes a day to read. */
	if ((uint64_t)st.st_size > builder_room(walk->builder))
		return error_set(err, ERROR_LIMIT,
				 "'%s' has %jd bytes; all files together may "
				 "have %" PRIu64,
				 shown(walk).text, (intmax_t)st.st_size,
				 limits->bytes_max);
	if (builder_begin(walk->builder, buf_text(&walk->path), TREE_FILE,
			  st.st_mode & S_IXUSR, err) < 0 ||
	    read_content(walk, fd, (uint64_t)st.st_size, err) < 0 ||
	    check_unchanged(walk, fd, &st, err) < 0)
		return -1;
	builder_end(walk->builder);
	return 0;
}

static int add_link(struct walk *walk, int dir, const char *name,
		    struct error *err)
{
	char target[TREE_TARGET_MAX + 1];
	ssize_t len = readlinkat(dir, name, target, sizeof(target));

	if (len < 0 && (errno == EINVAL || errno == ENOENT))
		return changed(walk, err);
	if (len < 0)
		return error_set_errno(err, errno, "read link '%s'",
				       shown(walk).text);
	return tree_builder_add_link(walk->builder, buf_text(&walk->path),
				     target, (size_t)len, err);
}

static int add_dir(struct walk *walk, int dir, const char *name,
		   const struct stat *known, struct error *err)
{
	auto_close int fd = -1;

	if (open_known(walk, dir, name, known, &fd, err) < 0 ||
	    tree_builder_add_dir(walk->builder, buf_text(&walk->path), err) < 0)
		return -1;
	return walk_dir(walk, fd, err);
}

static const char *kind_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	default:
		return "of an unknown kind";
	}
}

static int add_name(struct walk *walk, int dir, const char *name,
		    struct error *err)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT
			       ? changed(walk, err)
			       : error_set_errno(err, errno, "stat '%s'",
						 shown(walk).text);
	if (S_ISREG(st.st_mode))
		return add_file(walk, dir, name, &st, err);
	if (S_ISDIR(st.st_mode))
		return add_dir(walk, dir, name, &st, err);
	if (S_ISLNK(st.st_mode))
		return add_link(walk, dir, name, err);
	return error_set(err, ERROR_INPUT,
			 "'%s' is %s; only files, directories and links can be "
			 "submitted",
			 shown(walk).text, kind_name(st.st_mode));
}

/* The next name but "." and ".."; NULL at the end, with errno 0. */
static const char *next_name(DIR *dir)
{
	const struct dirent *entry;

	do {
		errno = 0;
		/* Nobody else has this stream. */
		entry = readdir(dir); // NOLINT(concurrency-mt-unsafe)
	} while (entry && (strcmp(entry->d_name, ".") == 0 ||
			   strcmp(entry->d_name, "..") == 0));
	return entry ? entry->d_name : NULL;
}

static int walk_names(struct walk *walk, DIR *dir, struct error *err)
{
	size_t len = walk->path.len;
	const char *name;

	while ((name = next_name(dir))) {
		buf_adds(&walk->path, len ? "/" : "");
		buf_adds(&walk->path, name);
		if (add_name(walk, dirfd(dir), name, err) < 0)
			return -1;
		walk->path.len = len;
		walk->path.data[len] = '\0';
	}
	return errno == 0 ? 0
			  : error_set_errno(err, errno, "list '%s'",
					    shown(walk).text);
}

/* The depth of this recursion is that of a path: builder_begin() refuses
 * TREE_DEPTH_MAX before the next level is entered. */
static int walk_dir(struct walk *walk, int fd, struct error *err)
{
	auto_dir DIR *dir = NULL;
	struct stat before;
	int own;

	/* A descriptor of its own: closedir(3) closes, and an offset in the
	 * caller's would be moved. */
	own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (own < 0)
		return error_set_errno(err, errno, "open '%s'",
				       shown(walk).text);
	dir = fdopendir(own);
	if (!dir) {
		(void)error_set_errno(err, errno, "list '%s'",
				      shown(walk).text);
		(void)close(own);
		return -1;
	}
	if (fstat(own, &before) < 0)
		return error_set_errno(err, errno, "stat '%s'",
				       shown(walk).text);
	if (walk_names(walk, dir, err) < 0)
		return -1;
	return check_unchanged(walk, own, &before, err);
}

int tree_from_dir(int dir, const struct tree_limits *limits,
		  struct tree **ret_tree, struct error *err)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(limits);
	struct walk walk = { .builder = builder,
			     .path = BUF_INIT((size_t)8 * TREE_PATH_MAX) };
	int rc = walk_dir(&walk, dir, err);

	buf_done(&walk.path);
	return rc < 0 ? -1 : tree_builder_seal(builder, ret_tree, err);
}
