/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/tree.h"
#include "tap.h"

static const struct tree_limits small = { .bytes_max = 100, .entries_max = 5 };

/* "path", "path/" for a directory, "path>target" for a link, "path=text". */
static int add(struct tree_builder *builder, const char *item,
	       struct error *err)
{
	size_t len = strcspn(item, ">=");
	auto_free char *path = strndup(item, len);

	CHECK(path != NULL);
	if (item[len] == '>')
		return tree_builder_add_link(builder, path, item + len + 1,
					     strlen(item + len + 1), err);
	if (item[len] == '=')
		return tree_builder_add_file(builder, path, false,
					     item + len + 1,
					     strlen(item + len + 1), err);
	if (len > 0 && path[len - 1] == '/') {
		path[len - 1] = '\0';
		return tree_builder_add_dir(builder, path, err);
	}
	return tree_builder_add_file(builder, path, false, "", 0, err);
}

static int build(const struct tree_limits *limits, const char *const *items,
		 struct tree **ret_tree, struct error *err)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(limits);

	for (; *items; items++)
		if (add(builder, *items, err) < 0)
			return -1;
	return tree_builder_seal(builder, ret_tree, err);
}

static const struct {
	const char *items[8];
	const char *paths; /* joined; or the complaint */
	enum error_kind kind;
} rows[] = {
	{ { NULL }, "", ERROR_NONE },
	{ { "b", "a" }, "a b", ERROR_NONE },
	{ { "a/b/c" }, "a a/b a/b/c", ERROR_NONE },
	{ { "a-b", "a/b",
	    "a"
	    "/" },
	  "a a/b a-b",
	  ERROR_NONE },
	{ { "a=1", "a=2" }, "a", ERROR_NONE },
	{ { "a", "a/", "a/b" }, "a a/b", ERROR_NONE },
	{ { "a>b", "a=file" }, "a", ERROR_NONE },
	{ { "a", "a/b" },
	  "'a/b' lies below 'a', which is not a directory",
	  ERROR_INPUT },
	{ { "a/b", "a>/tmp" },
	  "'a/b' lies below 'a', which is not a directory",
	  ERROR_INPUT },
	{ { "a/../b" },
	  "'a/../b': a path is relative, without empty, '.' or "
	  "'..' parts",
	  ERROR_INPUT },
	{ { "." }, "'.': a path is relative", ERROR_INPUT },
	{ { "" }, "'': a path is relative", ERROR_INPUT },
	{ { "/a" }, "'/a': a path is relative", ERROR_INPUT },
	{ { "a//b" }, "'a//b': a path is relative", ERROR_INPUT },
	{ { "a>" }, "'a': a link that points to nothing", ERROR_INPUT },
	{ { "a>a" },
	  "'a' is a link that leads in a circle, or through more "
	  "than 40 links",
	  ERROR_INPUT },
	{ { "1", "2", "3", "4", "5", "6" },
	  "more than 5 files, links and directories",
	  ERROR_LIMIT },
	{ { "a/b/c/d/e/f" },
	  "more than 5 files, links and directories",
	  ERROR_LIMIT },
};

TEST(a_builder_sorts_completes_and_refuses)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf paths = BUF_INIT(1000);
		auto_tree struct tree *tree = NULL;
		struct error err = ERROR_INIT;
		int rc = build(&small, rows[i].items, &tree, &err);

		ROW("%zu: %s", i, rows[i].paths);
		CHECK_INT(err.kind, ==, rows[i].kind);
		CHECK_INT(rc, ==, rows[i].kind ? -1 : 0);
		CHECK((tree != NULL) == (rc == 0));
		for (size_t j = 0; tree && j < tree_count(tree); j++)
			buf_addf(&paths, "%s%s", j ? " " : "",
				 tree_entry(tree, j)->path);
		if (tree)
			CHECK_STR(buf_text(&paths), rows[i].paths);
		else if (!strstr(err.text, rows[i].paths))
			FAIL("got: %s", err.text);
	}
}

TEST(bytes_count_also_when_a_later_entry_replaces_them)
{
	static char sixty[] =
		"a=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxxxxxxxxx";
	const char *const once[] = { sixty, NULL };
	const char *const twice[] = { sixty, sixty, NULL };
	auto_tree struct tree *tree = NULL;
	struct error err = ERROR_INIT;

	CHECK_INT(build(&small, once, &tree, &err), ==, 0);
	CHECK_INT(tree_bytes(tree), ==, 60);
	tree_free(STEAL(tree));
	CHECK_INT(build(&small, twice, &tree, &err), ==, -1);
	CHECK_STR(err.text,
		  "'a' makes the files larger than 100 bytes together");
}

TEST(the_empty_tree_is_a_magic_word_and_has_a_digest)
{
	static const char *const none[] = { NULL };
	auto_tree struct tree *tree = NULL;
	struct error err = ERROR_INIT;
	char hex[DIGEST_HEX_SIZE];

	CHECK_INT(build(&small, none, &tree, &err), ==, 0);
	CHECK_INT(tree_count(tree), ==, 0);
	CHECK(!tree_find(tree, "a"));
	digest_of(TREE_MAGIC, TREE_MAGIC_LEN, hex);
	CHECK_STR(tree_digest(tree), hex);
}

TEST(order_does_not_count_and_everything_else_does)
{
	static const char *const lists[][5] = {
		{ "a=1", "b=2", "c>a", "d/" }, { "d/", "c>a", "b=2", "a=1" },
		{ "a=1", "b=2", "c>a" },       { "a=2", "b=1", "c>a", "d/" },
		{ "a=1", "b=2", "c>b", "d/" }, { "a=1", "b=2", "c=a", "d/" },
		{ "a=1", "b=2", "c>a", "d" },  { "a=1b", "c>a", "d/" },
	};
	char digests[ARRAY_LEN(lists)][DIGEST_HEX_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		auto_tree struct tree *tree = NULL;
		struct error err = ERROR_INIT;

		CHECK_INT(build(&small, lists[i], &tree, &err), ==, 0);
		memcpy(digests[i], tree_digest(tree), DIGEST_HEX_SIZE);
	}
	CHECK_STR(digests[0], digests[1]);
	for (size_t i = 1; i < ARRAY_LEN(lists); i++)
		for (size_t j = i + 1; j < ARRAY_LEN(lists); j++) {
			ROW("%zu and %zu", i, j);
			CHECK(strcmp(digests[i], digests[j]) != 0);
		}
}

TEST(a_tree_can_be_put_below_a_prefix)
{
	static const char *const inner[] = { "a/b=text", "l>a", NULL };
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(&tree_limits_default);
	auto_tree struct tree *from = NULL, *tree = NULL;
	auto_buf struct buf content = BUF_INIT(100);
	struct error err = ERROR_INIT;

	CHECK_INT(build(&small, inner, &from, &err), ==, 0);
	CHECK_INT(tree_builder_add_tree(builder, "x/y", from, &err), ==, 0);
	CHECK_INT(tree_builder_seal(builder, &tree, &err), ==, 0);
	CHECK_INT(tree_count(tree), ==, 5);
	CHECK(tree_find(tree, "x/y/a/b") != NULL);
	CHECK_INT(tree_read(tree, tree_find(tree, "x/y/a/b"), &content, &err),
		  ==, 0);
	CHECK_STR(buf_text(&content), "text");
}

TEST(reading_more_than_the_buffer_holds_is_refused_and_adds_nothing)
{
	static const char *const items[] = { "a=12345", NULL };
	auto_tree struct tree *tree = NULL;
	auto_buf struct buf content = BUF_INIT(4);
	struct error err = ERROR_INIT;

	CHECK_INT(build(&small, items, &tree, &err), ==, 0);
	CHECK_INT(tree_read(tree, tree_entry(tree, 0), &content, &err), ==, -1);
	CHECK_STR(err.text, "'a' has more than 4 bytes");
	CHECK_INT(content.len, ==, 0);
}

TEST(a_sealed_tree_cannot_be_written)
{
	static const char *const items[] = { "a=12345", NULL };
	auto_tree struct tree *tree = NULL;
	struct error err = ERROR_INIT;

	CHECK_INT(build(&small, items, &tree, &err), ==, 0);
	CHECK_INT(pwrite(tree_fd(tree), "x", 1, 0), ==, -1);
	CHECK_INT(errno, ==, EPERM);
	CHECK_INT(ftruncate(tree_fd(tree), 0), ==, -1);
}

static int chain(unsigned links, struct tree **ret_tree, struct error *err)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(&tree_limits_default);

	for (unsigned i = 0; i < links; i++) {
		char item[32];

		(void)snprintf(item, sizeof(item), "l%u>l%u", i, i + 1);
		CHECK_INT(add(builder, item, err), ==, 0);
	}
	return tree_builder_seal(builder, ret_tree, err);
}

TEST(forty_links_in_a_row_are_followed_as_the_kernel_does)
{
	auto_tree struct tree *tree = NULL;
	struct error err = ERROR_INIT;

	CHECK_INT(chain(40, &tree, &err), ==, 0);
	tree_free(STEAL(tree));
	CHECK_INT(chain(41, &tree, &err), ==, -1);
	CHECK(strstr(err.text, "'l0' is a link that leads in a circle, or "
			       "through more than 40 links"));
}

/* Each is harmless; all together are made to keep us busy. */
TEST(the_steps_of_all_links_together_are_bounded)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(&tree_limits_default);
	auto_tree struct tree *tree = NULL;
	struct error err = ERROR_INIT;
	char target[1001];

	for (size_t i = 0; i < 1000; i += 2)
		memcpy(target + i, "./", 2);
	for (unsigned i = 0; i < 3000; i++) {
		char path[16];

		(void)snprintf(path, sizeof(path), "l%u", i);
		CHECK_INT(tree_builder_add_link(builder, path, target, 1000,
						&err),
			  ==, 0);
	}
	CHECK_INT(tree_builder_seal(builder, &tree, &err), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_LIMIT);
	CHECK_STR(err.text, "links that take more than 1000000 steps to "
			    "follow");
}

TEST(a_long_name_is_shown_cut_between_two_characters)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(&tree_limits_default);
	struct error err = ERROR_INIT;

	for (size_t shift = 0; shift < 4; shift++) {
		auto_buf struct buf path = BUF_INIT(1000),
				    want = BUF_INIT(1000);

		ROW("%zu", shift);
		for (size_t i = 0; i < shift; i++)
			buf_addc(&path, 'x');
		for (int i = 0; i < 60; i++)
			buf_adds(&path, "\xf0\x9f\x98\x80");
		buf_adds(&path, "/..");
		CHECK_INT(tree_builder_add_dir(builder, buf_text(&path), &err),
			  ==, -1);
		buf_addc(&want, '\'');
		buf_add(&want, path.data,
			shift + (200 - shift) / 4 * (size_t)4);
		buf_adds(&want, "...': a path");
		if (strncmp(err.text, buf_text(&want), want.len) != 0)
			FAIL("got: %s", err.text);
	}
}

TAP_MAIN()
