/* SPDX-License-Identifier: MIT */
/* internal.h - what the files of this folder share. */
#ifndef FORTNIGHT_TREE_INTERNAL_H
#define FORTNIGHT_TREE_INTERNAL_H

#include "fortnight/tree.h"

struct tree {
	int fd;
	struct tree_entry *entries; /* sorted; their paths are owned */
	size_t count, capacity;
	uint64_t bytes;
	char digest[DIGEST_HEX_SIZE];
};

/* ---- tree.c ----------------------------------------------------------------- */

typedef int tree_sink(void *to, const void *data, size_t len,
		      struct error *err);

/* Hand len bytes of a memory file, from offset on, to sink in pieces. */
int tree_pump(int fd, uint64_t offset, uint64_t len, tree_sink *sink, void *to,
	      struct error *err) MUST_CHECK;

/* ---- path.c ----------------------------------------------------------------- */

/* A path as a message shows it: escaped and cut. */
struct shown {
	char text[256];
};
struct shown tree_show(const char *path);

/* The order of a stream: '/' before every other byte. */
int tree_path_compare(const char *a, const char *b);

/* Whether path may stand in a tree; the message names it. */
int tree_path_check(const char *path, struct error *err) MUST_CHECK;
/* The same for what a link points to. */
int tree_target_check(const char *path, const char *target, size_t len,
		      struct error *err) MUST_CHECK;

/* The errors of limits, alike wherever a tree comes from. */
int tree_too_many(const struct tree_limits *limits, struct error *err);
int tree_too_large(const char *path, const struct tree_limits *limits,
		   struct error *err);

/* ---- links.c ---------------------------------------------------------------- */

/* Refuse links that lead in a circle. */
int tree_check_links(const struct tree *tree, struct error *err) MUST_CHECK;

/* ---- source.c: an archive's bytes, decompressed and bounded ------------------- */

struct archive;
struct source;

/* fd is borrowed, at its start.  max bytes come out of it, and then an error. */
struct source *source_new(int fd, uint64_t max);
void source_free(struct source *source);
/* Let archive read from source, which must outlive it.  source_check() or
 * archive has the error. */
int source_open(struct source *source, struct archive *archive) MUST_CHECK;
/* Whether what is read next is a header, which has a bound of its own. */
void source_header(struct source *source, bool in_header);
/* Whether more was asked for, since then, than there is. */
bool source_ended(const struct source *source);
/* -1 and why, when a bound was met or a byte could not be had. */
int source_check(const struct source *source, struct error *err) MUST_CHECK;

static inline void source_free_(struct source **source)
{
	source_free(*source);
}
#define auto_source __attribute__((cleanup(source_free_)))

/* ---- writer.c: a stream, entry by entry -------------------------------------- */

struct tree_writer;

int tree_writer_new(const struct tree_limits *limits,
		    struct tree_writer **ret_writer,
		    struct error *err) MUST_CHECK;
void tree_writer_free(struct tree_writer *writer);
/* Entries in order; then exactly entry->size bytes of data.  The entry's
 * offset is set here. */
int tree_writer_entry(struct tree_writer *writer,
		      const struct tree_entry *entry,
		      struct error *err) MUST_CHECK;
int tree_writer_data(struct tree_writer *writer, const void *data, size_t len,
		     struct error *err) MUST_CHECK;
/* The tree as written so far; NULL never. */
const struct tree *tree_writer_tree(const struct tree_writer *writer);
/* Seal, digest, check links.  The writer is used up when this succeeds. */
int tree_writer_finish(struct tree_writer *writer, struct tree **ret_tree,
		       struct error *err) MUST_CHECK;

static inline void tree_writer_free_(struct tree_writer **writer)
{
	tree_writer_free(*writer);
}
#define auto_tree_writer __attribute__((cleanup(tree_writer_free_)))

/* ---- builder.c: the steps below tree_builder_add_*() -------------------------- */

struct node;

/* One entry at a time: begin, any number of data, end. */
int builder_begin(struct tree_builder *builder, const char *path,
		  enum tree_type type, bool executable,
		  struct error *err) MUST_CHECK;
int builder_data(struct tree_builder *builder, const void *data, size_t len,
		 struct error *err) MUST_CHECK;
void builder_end(struct tree_builder *builder);

bool builder_is_empty(const struct tree_builder *builder);
/* Bytes that may still be added. */
uint64_t builder_room(const struct tree_builder *builder);
const struct tree_limits *builder_limits(const struct tree_builder *builder);

/* A second name for the file at target, which must be there. */
int builder_hardlink(struct tree_builder *builder, const char *path,
		     const char *target, struct error *err) MUST_CHECK;
/* The entry that is open is the content of the file at target, too. */
int builder_end_shared(struct tree_builder *builder, const char *target,
		       struct error *err) MUST_CHECK;

#endif
