/* SPDX-License-Identifier: MIT */
/*
 * tree.h - a candidate's files, taken once, and from then on constant.
 *
 * A tree is read from a directory or an archive without ever following a
 * symbolic link, bounded in bytes, entries and depth, and kept as a canonical
 * stream (treestream.h) in a memory file.  Its digest is the SHA-256 of that
 * stream: the same files give the same digest, however they arrived.
 *
 * Refused, with the path named (ERROR_INPUT): FIFOs, sockets, devices; names
 * that climb out ("..", absolute); links that lead in a circle; hard links in
 * an archive to what is not in it; the same path twice in an archive is the
 * last one.  Past a bound: ERROR_LIMIT, and the bound is named.
 */
#ifndef FORTNIGHT_TREE_H
#define FORTNIGHT_TREE_H

#include "fortnight/buf.h"
#include "fortnight/digest.h"
#include "fortnight/error.h"
#include "fortnight/treestream.h"

struct tree;

struct tree_limits {
	uint64_t bytes_max;   /* of all contents together */
	uint32_t entries_max; /* files, links and directories */
};

/* What a submission may hold: 256 MiB, 50 000 entries. */
extern const struct tree_limits tree_limits_default;

/* Each: on success *ret_tree is the caller's to tree_free(). */
int tree_from_dir(int dir, const struct tree_limits *limits,
		  struct tree **ret_tree, struct error *err) MUST_CHECK;
/* tar (ustar, pax, GNU), plain or in one of gzip, bzip2, xz, zstd; or zip. */
int tree_from_archive(int fd, const struct tree_limits *limits,
		      struct tree **ret_tree, struct error *err) MUST_CHECK;
/* A directory, or an archive, by what is there. */
int tree_from_path(const char *path, const struct tree_limits *limits,
		   struct tree **ret_tree, struct error *err) MUST_CHECK;
/* A stream that somebody else wrote: checked in full, then adopted.  Takes
 * over fd when it succeeds. */
int tree_from_stream(int fd, const struct tree_limits *limits,
		     struct tree **ret_tree, struct error *err) MUST_CHECK;
void tree_free(struct tree *tree);

const char *tree_digest(const struct tree *tree); /* 64 hexadecimal digits */
uint64_t tree_bytes(const struct tree *tree);	  /* of all contents */
int tree_fd(const struct tree *tree); /* the stream; borrowed, use pread(2) */

struct tree_entry {
	const char *path;
	enum tree_type type;
	bool executable;
	uint64_t size;	 /* of the content or the target */
	uint64_t offset; /* of the content in the stream */
};

size_t tree_count(const struct tree *tree);
const struct tree_entry *tree_entry(const struct tree *tree, size_t i);
/* NULL when path is not in the tree. */
const struct tree_entry *tree_find(const struct tree *tree, const char *path);
/* The content of a file, or the target of a link, appended to buf. */
int tree_read(const struct tree *tree, const struct tree_entry *entry,
	      struct buf *buf, struct error *err) MUST_CHECK;

/* Build a tree in memory: add in any order, then seal.  Parent directories
 * appear by themselves; the last entry of a path counts. */
struct tree_builder;

struct tree_builder *tree_builder_new(const struct tree_limits *limits);
void tree_builder_free(struct tree_builder *builder);
int tree_builder_add_dir(struct tree_builder *builder, const char *path,
			 struct error *err) MUST_CHECK;
int tree_builder_add_file(struct tree_builder *builder, const char *path,
			  bool executable, const void *data, size_t len,
			  struct error *err) MUST_CHECK;
/* target need not end in a NUL. */
int tree_builder_add_link(struct tree_builder *builder, const char *path,
			  const char *target, size_t len,
			  struct error *err) MUST_CHECK;
/* All entries of a tree, under prefix ("" for none). */
int tree_builder_add_tree(struct tree_builder *builder, const char *prefix,
			  const struct tree *tree,
			  struct error *err) MUST_CHECK;
int tree_builder_seal(struct tree_builder *builder, struct tree **ret_tree,
		      struct error *err) MUST_CHECK;

static inline void tree_free_(struct tree **tree)
{
	tree_free(*tree);
}
static inline void tree_builder_free_(struct tree_builder **builder)
{
	tree_builder_free(*builder);
}
#define auto_tree	  __attribute__((cleanup(tree_free_)))
#define auto_tree_builder __attribute__((cleanup(tree_builder_free_)))

#endif
