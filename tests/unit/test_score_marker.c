/* SPDX-License-Identifier: MIT */
#include "../../harness/score/internal.h"
#include "fortnight/base.h"
#include "tap.h"

enum {
	BIG = 3 << 20,
	WINDOW = 1 << 20
};

static char first[] = "itchyny/gojq", second[] = "SQLite format 3";
static char *markers[] = { first, second, NULL };
static char *none[] = { NULL };

/* A tree whose one large file holds text at an offset. */
static struct tree *tree_with(size_t offset, const char *text)
{
	struct tree_builder *builder = tree_builder_new(&tree_limits_default);
	struct error err = ERROR_INIT;
	char *data = xcalloc(1, BIG);
	struct tree *tree;

	memset(data, 'i', BIG);
	memcpy(data + offset, text, strlen(text));
	CHECK_INT(tree_builder_add_file(builder, "lib/a", false, "x", 1, &err),
		  ==, 0);
	CHECK_INT(tree_builder_add_file(builder, "run", true, data, BIG, &err),
		  ==, 0);
	CHECK_INT(tree_builder_add_link(builder, "zz", "itchyny/gojq", 12,
					&err),
		  ==, 0);
	CHECK_INT(tree_builder_seal(builder, &tree, &err), ==, 0);
	tree_builder_free(builder);
	free(data);
	return tree;
}

static const struct {
	size_t offset;
	const char *text, *found;
} rows[] = {
	{ 0, "itchyny/gojq", "itchyny/gojq" },
	{ WINDOW - 1, "itchyny/gojq", "itchyny/gojq" },
	{ WINDOW - 11, "itchyny/gojq", "itchyny/gojq" },
	{ WINDOW - 12, "itchyny/gojq", "itchyny/gojq" },
	{ 2 * WINDOW - 7, "SQLite format 3", "SQLite format 3" },
	{ BIG - 15, "SQLite format 3", "SQLite format 3" },
	{ BIG - 14, "SQLite format ", NULL },
	{ WINDOW, "itchyny_gojq", NULL },
};

TEST(a_marker_is_found_wherever_it_lies)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tree *tree = tree_with(rows[i].offset, rows[i].text);
		const char *marker = "x", *path = NULL;
		struct error err = ERROR_INIT;

		ROW("%zu", rows[i].offset);
		CHECK_INT(marker_find(tree, markers, &marker, &path, &err), ==,
			  0);
		CHECK((marker != NULL) == (rows[i].found != NULL));
		if (marker) {
			CHECK_STR(marker, rows[i].found);
			CHECK_STR(path, "run");
		}
		tree_free(tree);
	}
}

TEST(no_markers_find_nothing)
{
	struct tree *tree = tree_with(0, "itchyny/gojq");
	const char *marker = "x", *path = NULL;
	struct error err = ERROR_INIT;

	CHECK_INT(marker_find(tree, none, &marker, &path, &err), ==, 0);
	CHECK(marker == NULL);
	CHECK_INT(marker_find(tree, NULL, &marker, &path, &err), ==, 0);
	CHECK(marker == NULL);
	tree_free(tree);
}

TAP_MAIN()
