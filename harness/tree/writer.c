/* SPDX-License-Identifier: MIT */
/*
 * writer.c - the canonical stream, written entry by entry into a memory file.
 *
 * Whatever a tree is made from ends here: the bytes are hashed as they are
 * written, and the memory file is sealed (memfd_create(2), F_ADD_SEALS) before
 * anybody else sees it.  So the digest is that of what is later unpacked,
 * even if a descriptor of it reached a sandbox.
 */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "internal.h"

#include <fcntl.h>
#include <sys/mman.h>

enum {
	BUFFER_MAX = 1 << 20,
	BUFFER_FLUSH = 1 << 16,
	ENTRIES_FIRST = 64
};

struct tree_writer {
	struct tree_limits limits;
	struct tree *tree;
	struct digest *digest;
	struct buf pending; /* hashed and not yet written */
	uint64_t offset;    /* of the next byte */
};

static int flush(struct tree_writer *writer, struct error *err)
{
	if (fd_write_all(writer->tree->fd, writer->pending.data,
			 writer->pending.len, err) < 0)
		return error_prefix(err, "memory file of a tree");
	buf_clear(&writer->pending);
	return 0;
}

static int put(struct tree_writer *writer, const void *data, size_t len,
	       struct error *err)
{
	if (len == 0)
		return 0;
	digest_add(writer->digest, data, len);
	writer->offset += len;
	if (len > BUFFER_FLUSH) {
		if (flush(writer, err) < 0)
			return -1;
		return fd_write_all(writer->tree->fd, data, len, err);
	}
	buf_add(&writer->pending, data, len);
	return writer->pending.len > BUFFER_FLUSH ? flush(writer, err) : 0;
}

int tree_writer_new(const struct tree_limits *limits,
		    struct tree_writer **ret_writer, struct error *err)
{
	auto_tree_writer struct tree_writer *writer =
		xcalloc(1, sizeof(*writer));

	writer->limits = *limits;
	writer->digest = digest_new();
	writer->tree = xcalloc(1, sizeof(*writer->tree));
	buf_init(&writer->pending, BUFFER_MAX);
	writer->tree->fd =
		memfd_create("tree", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (writer->tree->fd < 0)
		return error_set_errno(err, errno, "memory file for a tree");
	if (put(writer, TREE_MAGIC, TREE_MAGIC_LEN, err) < 0)
		return -1;
	*ret_writer = STEAL(writer);
	return 0;
}

void tree_writer_free(struct tree_writer *writer)
{
	char hex[DIGEST_HEX_SIZE];

	if (!writer)
		return;
	if (writer->digest)
		digest_finish(writer->digest, hex);
	tree_free(writer->tree);
	buf_done(&writer->pending);
	free(writer);
}

const struct tree *tree_writer_tree(const struct tree_writer *writer)
{
	return writer->tree;
}

static void keep(struct tree *tree, const struct tree_entry *entry,
		 uint64_t offset)
{
	if (tree->count == tree->capacity) {
		size_t capacity = tree->capacity ? tree->capacity * 2
						 : ENTRIES_FIRST;
		struct tree_entry *grown =
			reallocarray(tree->entries, capacity, sizeof(*grown));

		if (!grown)
			abort();
		tree->entries = grown;
		tree->capacity = capacity;
	}
	tree->entries[tree->count] = *entry;
	tree->entries[tree->count].path = xstrdup(entry->path);
	tree->entries[tree->count].offset = offset;
	tree->count++;
	tree->bytes += entry->size;
}

int tree_writer_entry(struct tree_writer *writer,
		      const struct tree_entry *entry, struct error *err)
{
	struct tree *tree = writer->tree;
	size_t path_len = strlen(entry->path);
	struct tree_header header = {
		.type = (uint8_t)entry->type,
		.executable = entry->executable,
		.path_len = (uint16_t)path_len,
		.data_len = entry->size,
	};

	if (tree->count >= writer->limits.entries_max)
		return tree_too_many(&writer->limits, err);
	if (entry->size > writer->limits.bytes_max - tree->bytes)
		return tree_too_large(entry->path, &writer->limits, err);
	if (put(writer, &header, sizeof(header), err) < 0 ||
	    put(writer, entry->path, path_len, err) < 0)
		return -1;
	keep(tree, entry, writer->offset);
	return 0;
}

int tree_writer_data(struct tree_writer *writer, const void *data, size_t len,
		     struct error *err)
{
	return put(writer, data, len, err);
}

int tree_writer_finish(struct tree_writer *writer, struct tree **ret_tree,
		       struct error *err)
{
	int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	struct tree *tree = writer->tree;

	if (flush(writer, err) < 0)
		return -1;
	if (fcntl(tree->fd, F_ADD_SEALS, seals) < 0 ||
	    lseek(tree->fd, 0, SEEK_SET) < 0)
		return error_set_errno(err, errno, "seal a tree");
	if (tree_check_links(tree, err) < 0)
		return -1;
	digest_finish(STEAL(writer->digest), tree->digest);
	*ret_tree = STEAL(writer->tree);
	tree_writer_free(writer);
	return 0;
}
