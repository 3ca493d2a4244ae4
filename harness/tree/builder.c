/* SPDX-License-Identifier: MIT */
/*
 * builder.c - entries in any order, and then a tree.
 *
 * Contents are spooled into a memory file as they come.  Each entry is a node;
 * a search tree of paths (tsearch(3): balanced, so that no choice of names makes it
 * slow) knows the last node of each path.  Sealing adds missing parents,
 * sorts the nodes that count, and copies their contents into the stream.
 *
 * A hard link of an archive is a node that shares the content of another.  The
 * content is counted, and written, once for each name.
 */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "internal.h"

#include <search.h>

enum {
	COPY_CHUNK = 1 << 16,
	PENDING_MAX = 1 << 20,
	NODES_FIRST = 64
};

struct node {
	enum tree_type type;
	bool executable;
	bool replaced;	       /* a later entry has this path */
	struct node *same_as;  /* borrowed: whose content it shares, or NULL */
	uint64_t offset, size; /* of the content in the spool */
	char path[];
};

struct tree_builder {
	struct tree_limits limits;
	struct node **nodes;
	size_t count, capacity;
	struct node *open; /* between begin and end; in nodes from begin on */
	void *by_path;	   /* tsearch(3) root of borrowed nodes */
	uint64_t bytes;	   /* of all contents, also of replaced entries */
	int spool;	   /* -1 until there is content to keep */
	struct buf pending;
	uint64_t spooled;
};

struct tree_builder *tree_builder_new(const struct tree_limits *limits)
{
	struct tree_builder *builder = xcalloc(1, sizeof(*builder));

	builder->limits = *limits;
	builder->spool = -1;
	buf_init(&builder->pending, PENDING_MAX);
	return builder;
}

static void keep_node(UNUSED void *node)
{
}

void tree_builder_free(struct tree_builder *builder)
{
	if (!builder)
		return;
	tdestroy(builder->by_path, keep_node);
	for (size_t i = 0; i < builder->count; i++)
		free(builder->nodes[i]);
	free(builder->nodes);
	if (builder->spool >= 0)
		(void)close(builder->spool);
	buf_done(&builder->pending);
	free(builder);
}

uint64_t builder_room(const struct tree_builder *builder)
{
	return builder->limits.bytes_max - builder->bytes;
}

bool builder_is_empty(const struct tree_builder *builder)
{
	return builder->count == 0;
}

const struct tree_limits *builder_limits(const struct tree_builder *builder)
{
	return &builder->limits;
}

/* ---- the spool -------------------------------------------------------------- */

static int flush(struct tree_builder *builder, struct error *err)
{
	if (builder->pending.len == 0)
		return 0;
	if (builder->spool < 0 &&
	    fd_memory("tree-spool", &builder->spool, err) < 0)
		return -1;
	if (fd_write_all(builder->spool, builder->pending.data,
			 builder->pending.len, err) < 0)
		return error_prefix(err, "memory file of a tree");
	buf_clear(&builder->pending);
	return 0;
}

int builder_data(struct tree_builder *builder, const void *data, size_t len,
		 struct error *err)
{
	const char *at = data;

	if (len > builder_room(builder))
		return tree_too_large(builder->open->path, &builder->limits,
				      err);
	builder->bytes += len;
	builder->spooled += len;
	builder->open->size += len;
	while (len > 0) {
		size_t part = len < COPY_CHUNK ? len : COPY_CHUNK;

		buf_add(&builder->pending, at, part);
		if (builder->pending.len > COPY_CHUNK &&
		    flush(builder, err) < 0)
			return -1;
		at += part;
		len -= part;
	}
	return 0;
}

/* ---- nodes ------------------------------------------------------------------ */

static int compare_nodes(const void *a, const void *b)
{
	const struct node *left = a, *right = b;

	return tree_path_compare(left->path, right->path);
}

static struct node *new_node(const char *path, enum tree_type type)
{
	size_t size = strlen(path) + 1;
	struct node *node = xcalloc(1, sizeof(*node) + size);

	node->type = type;
	memcpy(node->path, path, size);
	return node;
}

static void remember(struct tree_builder *builder, struct node *node)
{
	if (builder->count == builder->capacity) {
		size_t capacity = builder->capacity ? builder->capacity * 2
						    : NODES_FIRST;
		struct node **grown = reallocarray(builder->nodes, capacity,
						   sizeof(struct node *));

		if (!grown)
			abort();
		builder->nodes = grown;
		builder->capacity = capacity;
	}
	builder->nodes[builder->count++] = node;
}

/* From now on node is what its path means. */
static void publish(struct tree_builder *builder, struct node *node)
{
	struct node **slot = tsearch(node, &builder->by_path, compare_nodes);

	if (!slot)
		abort();
	if (*slot != node)
		(*slot)->replaced = true;
	*slot = node;
}

static struct node *lookup(const struct tree_builder *builder, const char *path)
{
	auto_free struct node *key = new_node(path, TREE_DIR);
	struct node **slot = tfind(key, &builder->by_path, compare_nodes);

	return slot ? *slot : NULL;
}

int builder_begin(struct tree_builder *builder, const char *path,
		  enum tree_type type, bool executable, struct error *err)
{
	if (tree_path_check(path, err) < 0)
		return -1;
	if (builder->count >= builder->limits.entries_max)
		return tree_too_many(&builder->limits, err);
	builder->open = new_node(path, type);
	builder->open->executable = executable && type == TREE_FILE;
	builder->open->offset = builder->spooled;
	remember(builder, builder->open);
	return 0;
}

void builder_end(struct tree_builder *builder)
{
	publish(builder, STEAL(builder->open));
}

/* The node whose content a hard link to target shares; NULL when there is none. */
static struct node *find_target(struct tree_builder *builder,
				const char *target, struct error *err)
{
	struct node *node = lookup(builder, target);

	if (!node || node->type != TREE_FILE) {
		(void)error_set(err, ERROR_INPUT,
				"'%s': a hard link to '%s', which is no "
				"earlier file",
				tree_show(builder->open->path).text,
				tree_show(target).text);
		return NULL;
	}
	return node->same_as ? node->same_as : node;
}

int builder_hardlink(struct tree_builder *builder, const char *path,
		     const char *target, struct error *err)
{
	struct node *node;

	if (builder_begin(builder, path, TREE_FILE, false, err) < 0)
		return -1;
	node = find_target(builder, target, err);
	if (!node)
		return -1;
	if (node->size > builder_room(builder))
		return tree_too_large(path, &builder->limits, err);
	builder->bytes += node->size;
	builder->open->same_as = node;
	builder->open->executable = node->executable;
	builder_end(builder);
	return 0;
}

/* An archive may send the content of several names with the last of them
 * (pax, "hard link with data"). */
int builder_end_shared(struct tree_builder *builder, const char *target,
		       struct error *err)
{
	struct node *node = find_target(builder, target, err);

	if (!node)
		return -1;
	node->offset = builder->open->offset;
	node->size = builder->open->size;
	builder->open->same_as = node;
	builder_end(builder);
	return 0;
}

int tree_builder_add_dir(struct tree_builder *builder, const char *path,
			 struct error *err)
{
	if (builder_begin(builder, path, TREE_DIR, false, err) < 0)
		return -1;
	builder_end(builder);
	return 0;
}

int tree_builder_add_file(struct tree_builder *builder, const char *path,
			  bool executable, const void *data, size_t len,
			  struct error *err)
{
	if (builder_begin(builder, path, TREE_FILE, executable, err) < 0 ||
	    builder_data(builder, data, len, err) < 0)
		return -1;
	builder_end(builder);
	return 0;
}

int tree_builder_add_link(struct tree_builder *builder, const char *path,
			  const char *target, size_t len, struct error *err)
{
	if (tree_target_check(path, target, len, err) < 0 ||
	    builder_begin(builder, path, TREE_LINK, false, err) < 0 ||
	    builder_data(builder, target, len, err) < 0)
		return -1;
	builder_end(builder);
	return 0;
}

static int into_builder(void *to, const void *data, size_t len,
			struct error *err)
{
	return builder_data(to, data, len, err);
}

static int add_entry(struct tree_builder *builder, const char *path,
		     const struct tree *tree, const struct tree_entry *entry,
		     struct error *err)
{
	if (builder_begin(builder, path, entry->type, entry->executable, err) <
		    0 ||
	    tree_pump(tree->fd, entry->offset, entry->size, into_builder,
		      builder, err) < 0)
		return -1;
	builder_end(builder);
	return 0;
}

int tree_builder_add_tree(struct tree_builder *builder, const char *prefix,
			  const struct tree *tree, struct error *err)
{
	for (size_t i = 0; i < tree->count; i++) {
		const struct tree_entry *entry = &tree->entries[i];
		auto_free char *path = NULL;

		if (asprintf(&path, "%s%s%s", prefix, prefix[0] ? "/" : "",
			     entry->path) < 0)
			abort();
		if (add_entry(builder, path, tree, entry, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- sealing ---------------------------------------------------------------- */

static int add_parents(struct tree_builder *builder, const char *path,
		       struct error *err)
{
	for (const char *slash = strchr(path, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		char parent[TREE_PATH_MAX + 1] = "";
		struct node *node;

		memcpy(parent, path, (size_t)(slash - path));
		node = lookup(builder, parent);
		if (node && node->type != TREE_DIR)
			return error_set(err, ERROR_INPUT,
					 "'%s' lies below '%s', which is not a "
					 "directory",
					 tree_show(path).text,
					 tree_show(parent).text);
		if (node)
			continue;
		if (tree_builder_add_dir(builder, parent, err) < 0)
			return -1;
	}
	return 0;
}

static int compare_slots(const void *a, const void *b)
{
	const struct node *const *left = a, *const *right = b;

	return compare_nodes(*left, *right);
}

static int into_writer(void *to, const void *data, size_t len,
		       struct error *err)
{
	return tree_writer_data(to, data, len, err);
}

static int write_nodes(const struct tree_builder *builder,
		       struct tree_writer *writer, struct error *err)
{
	for (size_t i = 0; i < builder->count; i++) {
		const struct node *node = builder->nodes[i];
		const struct node *content = node->same_as ? node->same_as
							   : node;
		struct tree_entry entry = {
			.path = node->path,
			.type = node->type,
			.executable = node->executable,
			.size = content->size,
		};

		if (node->replaced)
			continue;
		if (tree_writer_entry(writer, &entry, err) < 0 ||
		    tree_pump(builder->spool, content->offset, content->size,
			      into_writer, writer, err) < 0)
			return -1;
	}
	return 0;
}

int tree_builder_seal(struct tree_builder *builder, struct tree **ret_tree,
		      struct error *err)
{
	auto_tree_writer struct tree_writer *writer = NULL;
	size_t given = builder->count;
	struct tree *tree = NULL;

	for (size_t i = 0; i < given; i++)
		if (!builder->nodes[i]->replaced &&
		    add_parents(builder, builder->nodes[i]->path, err) < 0)
			return -1;
	if (builder->count > 1)
		qsort(builder->nodes, builder->count, sizeof(struct node *),
		      compare_slots);
	if (flush(builder, err) < 0 ||
	    tree_writer_new(&builder->limits, &writer, err) < 0 ||
	    write_nodes(builder, writer, err) < 0 ||
	    tree_writer_finish(writer, &tree, err) < 0)
		return -1;
	writer = NULL;
	*ret_tree = tree;
	return 0;
}
