/* SPDX-License-Identifier: MIT */
/*
 * tree.c - a tree as it is once made: a sealed memory file and its index.
 *
 *	dir.c      a directory  \
 *	archive.c  tar, zip ...  >- builder.c: spool and sort -> writer.c
 *	(callers)  parts        /
 *	stream.c   a stream that a sandbox wrote: checked -----> writer.c
 *
 * Everything that comes from a candidate goes through the checks of path.c,
 * whatever its way in, and links.c looks at the whole at the end.  Nothing is
 * ever unpacked here: content goes from a read-only descriptor or out of
 * libarchive into memory files, and only a box unpacks a stream, inside.
 */
#include "fortnight/base.h"
#include "internal.h"

#include <fcntl.h>
#include <sys/stat.h>

enum {
	READ_CHUNK = 65536
};

const struct tree_limits tree_limits_default = {
	.bytes_max = UINT64_C(256) << 20,
	.entries_max = 50000,
};

void tree_free(struct tree *tree)
{
	if (!tree)
		return;
	for (size_t i = 0; i < tree->count; i++)
		free(unconst(tree->entries[i].path));
	free(tree->entries);
	if (tree->fd >= 0)
		(void)close(tree->fd);
	free(tree);
}

const char *tree_digest(const struct tree *tree)
{
	return tree->digest;
}

uint64_t tree_bytes(const struct tree *tree)
{
	return tree->bytes;
}

int tree_fd(const struct tree *tree)
{
	return tree->fd;
}

size_t tree_count(const struct tree *tree)
{
	return tree->count;
}

const struct tree_entry *tree_entry(const struct tree *tree, size_t i)
{
	return &tree->entries[i];
}

static int compare_key(const void *key, const void *member)
{
	const struct tree_entry *entry = member;

	return tree_path_compare(key, entry->path);
}

const struct tree_entry *tree_find(const struct tree *tree, const char *path)
{
	if (tree->count == 0)
		return NULL;
	return bsearch(path, tree->entries, tree->count, sizeof(*tree->entries),
		       compare_key);
}

int tree_pump(int fd, uint64_t offset, uint64_t len, tree_sink *sink, void *to,
	      struct error *err)
{
	char chunk[READ_CHUNK];

	while (len > 0) {
		size_t want = len < sizeof(chunk) ? len : sizeof(chunk);
		ssize_t n = TEMP_FAILURE_RETRY(
			pread(fd, chunk, want, (off_t)offset));

		if (n <= 0)
			return error_set_errno(
				err, n < 0 ? errno : EIO,
				"read the memory file of a tree");
		if (sink(to, chunk, (size_t)n, err) < 0)
			return -1;
		offset += (uint64_t)n;
		len -= (uint64_t)n;
	}
	return 0;
}

static int into_buf(void *to, const void *data, size_t len,
		    UNUSED struct error *err)
{
	buf_add(to, data, len);
	return 0;
}

int tree_read(const struct tree *tree, const struct tree_entry *entry,
	      struct buf *buf, struct error *err)
{
	if (entry->size > buf->max - buf->len)
		return error_set(err, ERROR_LIMIT,
				 "'%s' has more than %zu bytes",
				 tree_show(entry->path).text, buf->max);
	return tree_pump(tree->fd, entry->offset, entry->size, into_buf, buf,
			 err);
}

/* What path is, decides; only here may the operator's own link be followed. */
static int from_fd(int fd, const struct tree_limits *limits,
		   struct tree **ret_tree, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "stat");
	if (S_ISDIR(st.st_mode))
		return tree_from_dir(fd, limits, ret_tree, err);
	if (S_ISREG(st.st_mode))
		return tree_from_archive(fd, limits, ret_tree, err);
	return error_set(err, ERROR_INPUT,
			 "neither a directory nor an archive file");
}

int tree_from_path(const char *path, const struct tree_limits *limits,
		   struct tree **ret_tree, struct error *err)
{
	auto_close int fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 && errno == ENOENT)
		return error_set(err, ERROR_INPUT,
				 "%s: no such directory or archive", path);
	if (fd < 0)
		return error_set_errno(err, errno, "open '%s'", path);
	if (from_fd(fd, limits, ret_tree, err) < 0)
		return error_prefix(err, "%s", path);
	return 0;
}
