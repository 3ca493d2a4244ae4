/* SPDX-License-Identifier: MIT */
/*
 * What must hold of an error and of a tree, however it came about.  The rules
 * are written down a second time here, from treestream.h, and do not call the
 * checks of harness/tree that they are to find wanting.
 */
#include "fortnight/fd.h"
#include "fortnight/text.h"
#include "fuzz.h"

#include <sys/stat.h>

int fuzz_file(const void *data, size_t size)
{
	struct error err = ERROR_INIT;
	int fd = -1;

	REQUIRE(fd_memory("fuzz", &fd, &err) == 0, "%s", err.text);
	REQUIRE(fd_write_all(fd, data, size, &err) == 0, "%s", err.text);
	REQUIRE(lseek(fd, 0, SEEK_SET) == 0, "seek");
	return fd;
}

void fuzz_require_error(const struct error *err)
{
	auto_buf struct buf safe = BUF_INIT(8 * sizeof(err->text));

	REQUIRE(err->kind == ERROR_INPUT || err->kind == ERROR_LIMIT,
		"kind %d: %s", (int)err->kind, err->text);
	REQUIRE(err->text[0], "a failure that says nothing");
	text_add_safe(&safe, err->text, strlen(err->text));
	REQUIRE(strcmp(buf_text(&safe), err->text) == 0,
		"a terminal would obey: %s", buf_text(&safe));
}

/* ---- paths ------------------------------------------------------------------ */

static void require_part(const char *path, const char *part, size_t len)
{
	REQUIRE(len > 0, "'%s' has an empty part", path);
	REQUIRE(!(len == 1 && part[0] == '.'), "'%s' has a dot", path);
	REQUIRE(!(len == 2 && part[0] == '.' && part[1] == '.'), "'%s' climbs",
		path);
}

static void require_path(const char *path)
{
	unsigned depth = 1;
	const char *part = path;

	REQUIRE(strlen(path) <= TREE_PATH_MAX, "%zu bytes", strlen(path));
	for (const char *at = path;; at++) {
		if (*at && *at != '/')
			continue;
		require_part(path, part, (size_t)(at - part));
		if (!*at)
			break;
		part = at + 1;
		depth++;
	}
	REQUIRE(depth <= TREE_DEPTH_MAX, "'%s' is %u deep", path, depth);
}

/* '/' before every other byte, and the end before it. */
static bool in_order(const char *a, const char *b)
{
	size_t i = 0;

	while (a[i] && a[i] == b[i])
		i++;
	if (!a[i] || !b[i])
		return !a[i] && b[i];
	if (a[i] == '/' || b[i] == '/')
		return a[i] == '/';
	return (unsigned char)a[i] < (unsigned char)b[i];
}

/* ---- trees ------------------------------------------------------------------ */

static void require_parent(const struct tree *tree, size_t i)
{
	const struct tree_entry *entry = tree_entry(tree, i);
	const char *slash = strrchr(entry->path, '/');
	size_t len = slash ? (size_t)(slash - entry->path) : 0;

	if (!slash)
		return;
	for (size_t j = i; j-- > 0;) {
		const struct tree_entry *parent = tree_entry(tree, j);

		if (strlen(parent->path) == len &&
		    memcmp(parent->path, entry->path, len) == 0) {
			REQUIRE(parent->type == TREE_DIR, "'%s'", entry->path);
			return;
		}
	}
	REQUIRE(false, "'%s' has no directory before it", entry->path);
}

static void require_content(const struct tree *tree,
			    const struct tree_entry *entry, uint64_t end)
{
	auto_buf struct buf content = BUF_INIT(64 << 20);
	struct error err = ERROR_INIT;

	REQUIRE(entry->type != TREE_DIR || entry->size == 0, "'%s'",
		entry->path);
	REQUIRE(entry->type == TREE_FILE || !entry->executable, "'%s'",
		entry->path);
	REQUIRE(entry->offset <= end && entry->size <= end - entry->offset,
		"'%s' lies behind the end", entry->path);
	REQUIRE(tree_read(tree, entry, &content, &err) == 0, "%s", err.text);
	REQUIRE(content.len == entry->size, "'%s'", entry->path);
	if (entry->type != TREE_LINK)
		return;
	REQUIRE(content.len > 0 && content.len <= TREE_TARGET_MAX, "'%s'",
		entry->path);
	REQUIRE(strlen(buf_text(&content)) == content.len, "'%s'", entry->path);
}

static void require_entries(const struct tree *tree,
			    const struct tree_limits *limits, uint64_t end)
{
	uint64_t bytes = 0;

	REQUIRE(tree_count(tree) <= limits->entries_max, "%zu entries",
		tree_count(tree));
	for (size_t i = 0; i < tree_count(tree); i++) {
		const struct tree_entry *entry = tree_entry(tree, i);

		require_path(entry->path);
		require_parent(tree, i);
		require_content(tree, entry, end);
		REQUIRE(i == 0 || in_order(tree_entry(tree, i - 1)->path,
					   entry->path),
			"'%s' is out of order", entry->path);
		REQUIRE(tree_find(tree, entry->path) == entry, "'%s'",
			entry->path);
		bytes += entry->size;
	}
	REQUIRE(bytes == tree_bytes(tree), "%ju bytes", (uintmax_t)bytes);
	REQUIRE(bytes <= limits->bytes_max, "%ju bytes", (uintmax_t)bytes);
}

/* What somebody else would read from the stream is the same tree. */
static void require_stream(const struct tree *tree,
			   const struct tree_limits *limits)
{
	auto_tree struct tree *again = NULL;
	struct error err = ERROR_INIT;
	char hex[DIGEST_HEX_SIZE];
	int fd = dup(tree_fd(tree));

	REQUIRE(fd >= 0, "dup");
	REQUIRE(digest_of_fd(fd, hex, &err) == 0, "%s", err.text);
	REQUIRE(strcmp(hex, tree_digest(tree)) == 0, "digest of the stream");
	REQUIRE(tree_from_stream(fd, limits, &again, &err) == 0, "%s",
		err.text);
	REQUIRE(strcmp(tree_digest(again), tree_digest(tree)) == 0,
		"digest after a way back");
}

static int add_entry(struct tree_builder *builder,
		     const struct tree_entry *entry, const struct buf *content,
		     struct error *err)
{
	if (entry->type == TREE_DIR)
		return tree_builder_add_dir(builder, entry->path, err);
	if (entry->type == TREE_LINK)
		return tree_builder_add_link(builder, entry->path,
					     buf_text(content), content->len,
					     err);
	return tree_builder_add_file(builder, entry->path, entry->executable,
				     buf_text(content), content->len, err);
}

/* The order in which entries are added does not matter. */
static void require_builder(const struct tree *tree,
			    const struct tree_limits *limits)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(limits);
	auto_tree struct tree *again = NULL;
	struct error err = ERROR_INIT;

	for (size_t i = tree_count(tree); i-- > 0;) {
		const struct tree_entry *entry = tree_entry(tree, i);
		auto_buf struct buf content = BUF_INIT(64 << 20);

		REQUIRE(tree_read(tree, entry, &content, &err) == 0, "%s",
			err.text);
		REQUIRE(add_entry(builder, entry, &content, &err) == 0, "%s",
			err.text);
	}
	REQUIRE(tree_builder_seal(builder, &again, &err) == 0, "%s", err.text);
	REQUIRE(strcmp(tree_digest(again), tree_digest(tree)) == 0,
		"digest of the same entries, backwards");
}

void fuzz_require_tree(const struct tree *tree,
		       const struct tree_limits *limits)
{
	struct stat st;

	REQUIRE(fstat(tree_fd(tree), &st) == 0, "stat");
	require_entries(tree, limits, (uint64_t)st.st_size);
	require_stream(tree, limits);
	require_builder(tree, limits);
}
