/* SPDX-License-Identifier: MIT */
/*
 * stream.c - a tree from a stream that somebody else wrote.
 *
 * It comes out of a sandbox, so every byte is somebody's choice, and whoever
 * wrote it may hold a descriptor still.  It is therefore read once, front to
 * back, and copied into a memory file of ours as it is checked: what was
 * checked is what is kept.
 */
#include "fortnight/base.h"
#include "internal.h"

#include <inttypes.h>
#include <sys/stat.h>

enum {
	COPY_CHUNK = 65536
};

struct reader {
	int fd;
	uint64_t at, end;
	struct tree_writer *writer;
	char path[TREE_PATH_MAX + 1];
};

static int broken(const struct reader *reader, const char *why,
		  struct error *err)
{
	return error_set(err, ERROR_INPUT, "tree stream, byte %" PRIu64 ": %s",
			 reader->at, why);
}

static int take(struct reader *reader, void *data, size_t len,
		struct error *err)
{
	char *to = data;

	if (len > reader->end - reader->at)
		return broken(reader, "cut short", err);
	while (len > 0) {
		ssize_t n = TEMP_FAILURE_RETRY(
			pread(reader->fd, to, len, (off_t)reader->at));

		if (n < 0)
			return error_set_errno(err, errno,
					       "read a tree stream");
		if (n == 0)
			return broken(reader, "cut short", err);
		to += n;
		len -= (size_t)n;
		reader->at += (uint64_t)n;
	}
	return 0;
}

static bool header_ok(const struct tree_header *header)
{
	bool file = header->type == TREE_FILE;

	if (header->type < TREE_DIR || header->type > TREE_LINK)
		return false;
	if (header->executable > (file ? 1 : 0) || header->reserved != 0)
		return false;
	if (header->type == TREE_DIR && header->data_len != 0)
		return false;
	return header->path_len >= 1 && header->path_len <= TREE_PATH_MAX;
}

/* Behind its predecessor, and in a directory that is there. */
static int check_place(const struct reader *reader, struct error *err)
{
	const struct tree *tree = tree_writer_tree(reader->writer);
	const char *slash = strrchr(reader->path, '/');
	const struct tree_entry *parent;
	char name[TREE_PATH_MAX + 1] = "";

	if (tree->count > 0 &&
	    tree_path_compare(tree->entries[tree->count - 1].path,
			      reader->path) >= 0)
		return broken(reader, "entries are out of order", err);
	if (!slash)
		return 0;
	memcpy(name, reader->path, (size_t)(slash - reader->path));
	parent = tree_find(tree, name);
	if (!parent || parent->type != TREE_DIR)
		return broken(reader, "an entry without its directory", err);
	return 0;
}

static int copy_data(struct reader *reader, const struct tree_entry *entry,
		     struct error *err)
{
	uint64_t left = entry->size;
	char chunk[COPY_CHUNK];

	if (entry->type == TREE_LINK && left > TREE_TARGET_MAX)
		return broken(reader, "a link's target is too long", err);
	while (left > 0 || entry->type == TREE_LINK) {
		size_t len = left < sizeof(chunk) ? left : sizeof(chunk);

		if (take(reader, chunk, len, err) < 0)
			return -1;
		if (entry->type == TREE_LINK &&
		    tree_target_check(entry->path, chunk, len, err) < 0)
			return -1;
		if (tree_writer_data(reader->writer, chunk, len, err) < 0)
			return -1;
		left -= len;
		if (left == 0)
			break;
	}
	return 0;
}

static int read_entry(struct reader *reader, struct error *err)
{
	struct tree_header header = { 0 };
	struct tree_entry entry;

	if (take(reader, &header, sizeof(header), err) < 0)
		return -1;
	if (!header_ok(&header))
		return broken(reader, "no such header", err);
	if (take(reader, reader->path, header.path_len, err) < 0)
		return -1;
	reader->path[header.path_len] = '\0';
	if (strlen(reader->path) != header.path_len)
		return broken(reader, "a NUL in a path", err);
	if (tree_path_check(reader->path, err) < 0 ||
	    check_place(reader, err) < 0)
		return -1;
	if (header.data_len > reader->end - reader->at)
		return broken(reader, "cut short", err);
	entry = (struct tree_entry){
		.path = reader->path,
		.type = (enum tree_type)header.type,
		.executable = header.executable,
		.size = header.data_len,
	};
	if (tree_writer_entry(reader->writer, &entry, err) < 0)
		return -1;
	return copy_data(reader, &entry, err);
}

static int read_stream(struct reader *reader, struct error *err)
{
	char magic[TREE_MAGIC_LEN];

	if (take(reader, magic, sizeof(magic), err) < 0)
		return -1;
	if (memcmp(magic, TREE_MAGIC, sizeof(magic)) != 0)
		return broken(reader, "no tree stream", err);
	while (reader->at < reader->end)
		if (read_entry(reader, err) < 0)
			return -1;
	return 0;
}

int tree_from_stream(int fd, const struct tree_limits *limits,
		     struct tree **ret_tree, struct error *err)
{
	auto_tree_writer struct tree_writer *writer = NULL;
	struct tree *tree = NULL;
	struct reader reader = { .fd = fd };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "stat a tree stream");
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_BUG,
				 "a tree stream is not in a file");
	if (tree_writer_new(limits, &writer, err) < 0)
		return -1;
	reader.end = (uint64_t)st.st_size;
	reader.writer = writer;
	if (read_stream(&reader, err) < 0 ||
	    tree_writer_finish(writer, &tree, err) < 0)
		return -1;
	writer = NULL;
	(void)close(fd);
	*ret_tree = tree;
	return 0;
}
