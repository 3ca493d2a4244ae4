/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "fortnight/tree.h"
#include "tap.h"

#include <fcntl.h>
#include <sys/mman.h>

static const struct tree_limits small = { .bytes_max = 2000, .entries_max = 3 };

struct part {
	uint8_t type, executable;
	const char *path;
	size_t path_len;
	const char *data;
	uint64_t data_len;
	uint32_t reserved;
};

#define DIRECTORY(p)                                    \
	{                                               \
		TREE_DIR, 0, p, sizeof(p) - 1, "", 0, 0 \
	}
#define REGULAR(p, d)                                               \
	{                                                           \
		TREE_FILE, 0, p, sizeof(p) - 1, d, sizeof(d) - 1, 0 \
	}
#define SYMLINK(p, d)                                               \
	{                                                           \
		TREE_LINK, 0, p, sizeof(p) - 1, d, sizeof(d) - 1, 0 \
	}

static void add_part(struct buf *stream, const struct part *part)
{
	struct tree_header header = { .type = part->type,
				      .executable = part->executable,
				      .path_len = (uint16_t)part->path_len,
				      .reserved = part->reserved,
				      .data_len = part->data_len };

	buf_add(stream, &header, sizeof(header));
	buf_add(stream, part->path, part->path_len);
	buf_add(stream, part->data, strlen(part->data));
}

static int file_of(const void *data, size_t len)
{
	struct error err = ERROR_INIT;
	int fd = -1;

	CHECK_INT(fd_memory("stream", &fd, &err), ==, 0);
	CHECK_INT(fd_write_all(fd, data, len, &err), ==, 0);
	return fd;
}

static void check_refused(int fd, enum error_kind kind, const char *text)
{
	struct error err = ERROR_INIT;
	struct tree *tree = NULL;

	CHECK_INT(tree_from_stream(fd, &small, &tree, &err), ==, -1);
	CHECK(!tree);
	if (!strstr(err.text, text))
		FAIL("got: %s", err.text);
	CHECK_INT(err.kind, ==, kind);
	CHECK_INT(fcntl(fd, F_GETFD), >=, 0);
	(void)close(fd);
}

static char long_path[1026], long_target[1026];

static const struct {
	const char *label;
	struct part parts[4];
	enum error_kind kind;
	const char *text;
} bad[] = {
	{ "type 0",
	  { { 0, 0, "a", 1, "", 0, 0 } },
	  ERROR_INPUT,
	  "tree stream, byte 24: no such header" },
	{ "type 4",
	  { { 4, 0, "a", 1, "", 0, 0 } },
	  ERROR_INPUT,
	  "no such header" },
	{ "executable twice",
	  { { TREE_FILE, 2, "a", 1, "", 0, 0 } },
	  ERROR_INPUT,
	  "no such header" },
	{ "executable directory",
	  { { TREE_DIR, 1, "a", 1, "", 0, 0 } },
	  ERROR_INPUT,
	  "no such header" },
	{ "executable link",
	  { { TREE_LINK, 1, "a", 1, "b", 1, 0 } },
	  ERROR_INPUT,
	  "no such header" },
	{ "directory with data",
	  { { TREE_DIR, 0, "a", 1, "x", 1, 0 } },
	  ERROR_INPUT,
	  "no such header" },
	{ "reserved",
	  { { TREE_FILE, 0, "a", 1, "", 0, 1 } },
	  ERROR_INPUT,
	  "no such header" },
	{ "no path",
	  { { TREE_FILE, 0, "", 0, "", 0, 0 } },
	  ERROR_INPUT,
	  "no such header" },
	{ "path of 1025",
	  { { TREE_FILE, 0, long_path, 1025, "", 0, 0 } },
	  ERROR_INPUT,
	  "no such header" },
	{ "NUL in a path",
	  { REGULAR("a\0b", "") },
	  ERROR_INPUT,
	  "a NUL in a path" },
	{ "climbing",
	  { REGULAR("../a", "") },
	  ERROR_INPUT,
	  "'../a': a path is relative" },
	{ "absolute",
	  { REGULAR("/a", "") },
	  ERROR_INPUT,
	  "'/a': a path is relative" },
	{ "trailing slash",
	  { REGULAR("a/", "") },
	  ERROR_INPUT,
	  "'a/': a path is relative" },
	{ "dot", { REGULAR("./a", "") }, ERROR_INPUT, "a path is relative" },
	{ "out of order",
	  { REGULAR("b", ""), REGULAR("a", "") },
	  ERROR_INPUT,
	  "entries are out of order" },
	{ "slash after minus",
	  { DIRECTORY("a"), REGULAR("a-b", ""), REGULAR("a/b", "") },
	  ERROR_INPUT,
	  "entries are out of order" },
	{ "twice",
	  { REGULAR("a", ""), REGULAR("a", "") },
	  ERROR_INPUT,
	  "entries are out of order" },
	{ "no directory",
	  { REGULAR("a/b", "") },
	  ERROR_INPUT,
	  "an entry without its directory" },
	{ "below a file",
	  { REGULAR("a", ""), REGULAR("a/b", "") },
	  ERROR_INPUT,
	  "an entry without its directory" },
	{ "below a link",
	  { SYMLINK("a", "/tmp"), REGULAR("a/b", "") },
	  ERROR_INPUT,
	  "an entry without its directory" },
	{ "empty target",
	  { SYMLINK("a", "") },
	  ERROR_INPUT,
	  "'a': a link that points to nothing" },
	{ "NUL in a target",
	  { { TREE_LINK, 0, "a", 1, "b", 2, 0 } },
	  ERROR_INPUT,
	  "cut short" },
	{ "target of 1025",
	  { { TREE_LINK, 0, "a", 1, long_target, 1025, 0 } },
	  ERROR_INPUT,
	  "a link's target is too long" },
	{ "circle",
	  { SYMLINK("a", "b"), SYMLINK("b", "a") },
	  ERROR_INPUT,
	  "'a' is a link that leads in a circle" },
	{ "length to the end of time",
	  { { TREE_FILE, 0, "a", 1, "x", UINT64_MAX, 0 } },
	  ERROR_INPUT,
	  "cut short" },
	{ "one byte less",
	  { { TREE_FILE, 0, "a", 1, "x", 2, 0 } },
	  ERROR_INPUT,
	  "cut short" },
	{ "four entries",
	  { DIRECTORY("a"), DIRECTORY("b"), DIRECTORY("c"), DIRECTORY("d") },
	  ERROR_LIMIT,
	  "more than 3 files, links and directories" },
};

TEST(a_stream_is_checked_in_full)
{
	memset(long_path, 'p', 1025);
	memset(long_target, 't', 1025);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		auto_buf struct buf stream = BUF_INIT(1 << 16);

		ROW("%s", bad[i].label);
		buf_add(&stream, TREE_MAGIC, TREE_MAGIC_LEN);
		for (size_t j = 0; j < 4 && bad[i].parts[j].path; j++)
			add_part(&stream, &bad[i].parts[j]);
		check_refused(file_of(stream.data, stream.len), bad[i].kind,
			      bad[i].text);
	}
}

TEST(bytes_are_bounded_by_what_was_kept_already)
{
	static const struct part first = REGULAR("a", "0123456789");
	auto_buf struct buf stream = BUF_INIT(1 << 16);
	static char text[1992];
	struct part second = { TREE_FILE, 0, "b", 1, text, 1991, 0 };

	memset(text, 'x', 1991);
	buf_add(&stream, TREE_MAGIC, TREE_MAGIC_LEN);
	add_part(&stream, &first);
	add_part(&stream, &second);
	check_refused(file_of(stream.data, stream.len), ERROR_LIMIT,
		      "'b' makes the files larger than 2000 bytes together");
}

TEST(every_cut_of_a_stream_is_noticed)
{
	static const struct part parts[] = { DIRECTORY("a"),
					     REGULAR("a/b", "text"),
					     SYMLINK("l", "a/b") };
	auto_buf struct buf stream = BUF_INIT(1 << 16);
	struct error err = ERROR_INIT;
	size_t whole[4], next = 0;

	buf_add(&stream, TREE_MAGIC, TREE_MAGIC_LEN);
	for (size_t i = 0; i < 3; i++) {
		whole[i] = stream.len;
		add_part(&stream, &parts[i]);
	}
	whole[3] = stream.len;
	for (size_t len = 0; len <= stream.len; len++) {
		auto_tree struct tree *tree = NULL;

		ROW("%zu bytes", len);
		if (len != whole[next]) {
			check_refused(file_of(stream.data, len), ERROR_INPUT,
				      "cut short");
			continue;
		}
		CHECK_INT(tree_from_stream(file_of(stream.data, len), &small,
					   &tree, &err),
			  ==, 0);
		CHECK_INT(tree_count(tree), ==, next);
		next++;
	}
}

TEST(a_stream_has_the_digest_of_its_bytes_and_is_taken_over)
{
	static const struct part parts[] = { REGULAR("a", "x") };
	auto_buf struct buf stream = BUF_INIT(1 << 16);
	auto_tree struct tree *tree = NULL;
	struct error err = ERROR_INIT;
	char hex[DIGEST_HEX_SIZE];
	int fd;

	buf_add(&stream, TREE_MAGIC, TREE_MAGIC_LEN);
	add_part(&stream, &parts[0]);
	fd = file_of(stream.data, stream.len);
	CHECK_INT(tree_from_stream(fd, &small, &tree, &err), ==, 0);
	digest_of(stream.data, stream.len, hex);
	CHECK_STR(tree_digest(tree), hex);
	CHECK_INT(fcntl(fd, F_GETFD), ==, -1);
}

/* Whoever wrote it may still hold it: what was checked is a copy. */
TEST(a_later_write_by_somebody_else_changes_nothing)
{
	static const struct part parts[] = { REGULAR("a", "good") };
	auto_buf struct buf stream = BUF_INIT(1 << 16), content = BUF_INIT(10);
	auto_tree struct tree *tree = NULL;
	struct error err = ERROR_INIT;
	int fd, other;

	buf_add(&stream, TREE_MAGIC, TREE_MAGIC_LEN);
	add_part(&stream, &parts[0]);
	fd = file_of(stream.data, stream.len);
	other = dup(fd);
	CHECK_INT(tree_from_stream(fd, &small, &tree, &err), ==, 0);
	CHECK_INT(pwrite(other, "evil", 4, (off_t)stream.len - 4), ==, 4);
	CHECK_INT(tree_read(tree, tree_entry(tree, 0), &content, &err), ==, 0);
	CHECK_STR(buf_text(&content), "good");
	(void)close(other);
}

TEST(what_is_no_stream_or_no_file_is_said)
{
	int pair[2];

	check_refused(file_of("", 0), ERROR_INPUT,
		      "tree stream, byte 0: cut short");
	check_refused(file_of("fntree2\nxxxxxx", 14), ERROR_INPUT,
		      "tree stream, byte 8: no tree stream");
	CHECK_INT(pipe(pair), ==, 0);
	check_refused(pair[0], ERROR_BUG, "a tree stream is not in a file");
	(void)close(pair[1]);
}

TAP_MAIN()
