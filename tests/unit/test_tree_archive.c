/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "fortnight/tree.h"
#include "scratch.h"

#include <archive.h>
#include <archive_entry.h>

enum {
	ARCHIVE_MAX = 1 << 20
};

struct item {
	const char *name;
	mode_t type; /* 0: a hard link to content */
	mode_t mode;
	const char *content; /* or a link's target */
};

static const struct item files[] = {
	{ "a", S_IFDIR, 0755, "" },
	{ "a/b.c", S_IFREG, 0644, "int x;\n" },
	{ "empty", S_IFDIR, 0755, "" },
	{ "l", S_IFLNK, 0777, "a/b.c" },
	{ "run", S_IFREG, 0755, "#!/bin/sh\n" },
};

static char bytes[ARCHIVE_MAX];

static void add_item(struct archive *archive, const struct item *item)
{
	struct archive_entry *entry = archive_entry_new();
	bool file = item->type == S_IFREG;

	archive_entry_set_pathname(entry, item->name);
	archive_entry_set_filetype(entry, item->type ? item->type : S_IFREG);
	archive_entry_set_perm(entry, item->mode);
	archive_entry_set_size(entry,
			       file ? (la_int64_t)strlen(item->content) : 0);
	if (item->type == S_IFLNK)
		archive_entry_set_symlink(entry, item->content);
	if (item->type == 0)
		archive_entry_set_hardlink(entry, item->content);
	CHECK_INT(archive_write_header(archive, entry), ==, ARCHIVE_OK);
	if (file)
		CHECK_INT(archive_write_data(archive, item->content,
					     strlen(item->content)),
			  ==, strlen(item->content));
	archive_entry_free(entry);
}

/* A memory file with an archive of items; the caller closes it. */
static int make(int format, int filter, const struct item *items, size_t count)
{
	struct archive *archive = archive_write_new();
	struct error err = ERROR_INIT;
	size_t used = 0;
	int fd = -1;

	CHECK_INT(archive_write_set_format(archive, format), ==, ARCHIVE_OK);
	CHECK_INT(archive_write_add_filter(archive, filter), ==, ARCHIVE_OK);
	CHECK_INT(archive_write_open_memory(archive, bytes, sizeof(bytes),
					    &used),
		  ==, ARCHIVE_OK);
	for (size_t i = 0; i < count; i++)
		add_item(archive, &items[i]);
	CHECK_INT(archive_write_close(archive), ==, ARCHIVE_OK);
	CHECK_INT(archive_write_free(archive), ==, ARCHIVE_OK);
	CHECK_INT(fd_memory("archive", &fd, &err), ==, 0);
	CHECK_INT(fd_write_all(fd, bytes, used, &err), ==, 0);
	CHECK_INT(lseek(fd, 0, SEEK_SET), ==, 0);
	return fd;
}

static int make_tar(const struct item *items, size_t count)
{
	return make(ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_NONE,
		    items, count);
}

static void check_refused(int fd, const struct tree_limits *limits,
			  enum error_kind kind, const char *text)
{
	struct error err = ERROR_INIT;
	struct tree *tree = NULL;

	CHECK_INT(tree_from_archive(fd, limits, &tree, &err), ==, -1);
	CHECK(!tree);
	if (!strstr(err.text, text))
		FAIL("got: %s", err.text);
	CHECK_INT(err.kind, ==, kind);
	(void)close(fd);
}

static struct tree *read_tree(int fd)
{
	struct error err = ERROR_INIT;
	struct tree *tree = NULL;

	if (tree_from_archive(fd, &tree_limits_default, &tree, &err) < 0)
		FAIL("%s", err.text);
	(void)close(fd);
	return tree;
}

TEST(one_tree_has_one_digest_by_directory_and_by_every_archive)
{
	static const struct {
		const char *label;
		int format, filter;
	} kinds[] = {
		{ "ustar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE },
		{ "pax", ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE,
		  ARCHIVE_FILTER_NONE },
		{ "GNU", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_NONE },
		{ "zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE },
		{ "gzip", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP },
		{ "bzip2", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2 },
		{ "xz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ },
		{ "zstd", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD },
	};
	auto_tree struct tree *dir = NULL;
	struct error err = ERROR_INIT;

	scratch_put("t/a/b.c", 0600, "int x;\n");
	scratch_put("t/run", 0700, "#!/bin/sh\n");
	scratch_link("t/l", "a/b.c");
	scratch_parents("t/empty/x");
	CHECK_INT(tree_from_path(scratch_path("t"), &tree_limits_default, &dir,
				 &err),
		  ==, 0);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		auto_tree struct tree *tree = NULL;

		ROW("%s", kinds[i].label);
		tree = read_tree(make(kinds[i].format, kinds[i].filter, files,
				      ARRAY_LEN(files)));
		CHECK_INT(tree_count(tree), ==, ARRAY_LEN(files));
		CHECK_STR(tree_digest(tree), tree_digest(dir));
	}
}

static const struct {
	const char *name, *clean, *text;
} names[] = {
	{ "./a", "a", NULL },
	{ "a//b", "a/b", NULL },
	{ "./a/./b", "a/b", NULL },
	{ "a..b", "a..b", NULL },
	{ "a/...", "a/...", NULL },
	{ "\xc3\xa9", "\xc3\xa9", NULL },
	{ "../x", NULL, "'../x': a path is relative, without empty, '.' or" },
	{ "a/../x", NULL, "'a/../x': a path is relative" },
	{ "..", NULL, "'..': a path is relative" },
	{ "/etc/x", NULL, "'/etc/x': an absolute name in an archive" },
	{ "//x", NULL, "'//x': an absolute name in an archive" },
	{ "\033[2J/..", NULL, "'\\x1b[2J/..': a path is relative" },
};

TEST(a_name_is_cleaned_or_refused_and_never_climbs)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct item item = { names[i].name, S_IFREG, 0644, "x" };
		auto_tree struct tree *tree = NULL;
		int fd = make(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE,
			      &item, 1);

		ROW("%zu", i);
		if (names[i].text) {
			check_refused(fd, &tree_limits_default, ERROR_INPUT,
				      names[i].text);
			continue;
		}
		tree = read_tree(fd);
		CHECK(tree_find(tree, names[i].clean) != NULL);
	}
}

static const struct {
	const char *label;
	struct item items[3];
	size_t count;
	const char *text;
} bad[] = {
	{ "FIFO",
	  { { "p", S_IFIFO, 0644, "" } },
	  1,
	  "'p' is a device, FIFO or socket; only files, directories and links "
	  "can be submitted" },
	{ "device", { { "d", S_IFCHR, 0644, "" } }, 1, "'d' is a device" },
	{ "circle",
	  { { "a", S_IFLNK, 0777, "b" }, { "b", S_IFLNK, 0777, "a" } },
	  2,
	  "'a' is a link that leads in a circle" },
	{ "below a link",
	  { { "a", S_IFLNK, 0777, "/tmp" }, { "a/x", S_IFREG, 0644, "x" } },
	  2,
	  "'a/x' lies below 'a', which is not a directory" },
	{ "hard link to nothing",
	  { { "h", 0, 0644, "etc/passwd" } },
	  1,
	  "'h': a hard link to 'etc/passwd', which is no earlier file" },
	{ "hard link out",
	  { { "h", 0, 0644, "../../etc/passwd" } },
	  1,
	  "'../../etc/passwd': a path is relative" },
	{ "hard link to a link",
	  { { "l", S_IFLNK, 0777, "/etc" }, { "h", 0, 0644, "l" } },
	  2,
	  "'h': a hard link to 'l', which is no earlier file" },
};

TEST(what_cannot_be_submitted_is_named)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		ROW("%s", bad[i].label);
		check_refused(make_tar(bad[i].items, bad[i].count),
			      &tree_limits_default, ERROR_INPUT, bad[i].text);
	}
}

TEST(a_hard_link_is_a_second_file_with_the_first_ones_content)
{
	static const struct item items[] = {
		{ "a", S_IFREG, 0755, "text" },
		{ "h", 0, 0644, "a" },
		{ "i", 0, 0644, "h" },
	};
	auto_tree struct tree *tree = read_tree(make_tar(items, 3));
	auto_buf struct buf content = BUF_INIT(100);
	struct error err = ERROR_INIT;

	CHECK_INT(tree_count(tree), ==, 3);
	CHECK_INT(tree_bytes(tree), ==, 12);
	CHECK_INT(tree_entry(tree, 2)->executable, ==, 1);
	CHECK_INT(tree_read(tree, tree_entry(tree, 2), &content, &err), ==, 0);
	CHECK_STR(buf_text(&content), "text");
}

TEST(the_last_entry_of_a_path_counts)
{
	static const struct item items[] = {
		{ "a", S_IFREG, 0755, "old" },
		{ "./a", S_IFREG, 0644, "new" },
	};
	auto_tree struct tree *tree = read_tree(make_tar(items, 2));
	auto_buf struct buf content = BUF_INIT(100);
	struct error err = ERROR_INIT;

	CHECK_INT(tree_count(tree), ==, 1);
	CHECK_INT(tree_entry(tree, 0)->executable, ==, 0);
	CHECK_INT(tree_read(tree, tree_entry(tree, 0), &content, &err), ==, 0);
	CHECK_STR(buf_text(&content), "new");
}

TEST(bounds_hold_for_what_is_unpacked)
{
	static const struct tree_limits small = { .bytes_max = 1000,
						  .entries_max = 3 };
	static char text[1001];
	const struct item one[] = { { "a", S_IFREG, 0644, text } };
	const struct item linked[] = { { "a", S_IFREG, 0644, text + 400 },
				       { "b", 0, 0644, "a" } };
	static const struct item many[] = { { "a/b/c/d", S_IFREG, 0644, "" } };

	memset(text, 'x', 1000);
	tree_free(read_tree(make_tar(one, 1)));
	text[1000] = '\0';
	check_refused(make(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ, linked,
			   2),
		      &small, ERROR_LIMIT,
		      "'b' makes the files larger than 1000 bytes together");
	check_refused(make_tar(many, 1), &small, ERROR_LIMIT,
		      "more than 3 files, links and directories");
}

/* A megabyte of zeros is a kilobyte of gzip. */
TEST(a_bomb_is_refused_by_its_first_byte_too_many)
{
	static const struct tree_limits limits = { .bytes_max = 100000,
						   .entries_max = 10 };
	static char zeros[1 << 20];
	struct item bomb = { "a", S_IFREG, 0644, zeros };

	memset(zeros, '0', sizeof(zeros) - 1);
	check_refused(make(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, &bomb,
			   1),
		      &limits, ERROR_LIMIT,
		      "'a' makes the files larger than 100000 bytes together");
	check_refused(make(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, &bomb, 1),
		      &limits, ERROR_LIMIT, "larger than 100000 bytes");
}

static int file_of(const char *data, size_t len)
{
	struct error err = ERROR_INIT;
	int fd = -1;

	CHECK_INT(fd_memory("archive", &fd, &err), ==, 0);
	CHECK_INT(fd_write_all(fd, data, len, &err), ==, 0);
	CHECK_INT(lseek(fd, 0, SEEK_SET), ==, 0);
	return fd;
}

enum {
	BLOCK = 512,
	SIZE_AT = 124,
	SUM_AT = 148,
	TYPE_AT = 156,
	LINK_AT = 157
};

/* The checksum of a header of ustar, after a change. */
static void sign(char block[BLOCK])
{
	unsigned sum = 0;

	memset(block + SUM_AT, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)block[i];
	(void)snprintf(block + SUM_AT, 7, "%06o", sum);
}

/* A compressed file: first, then block so many times, and the end of a tar. */
static int squeeze(int filter, const char *first, size_t first_len,
		   const char *block, size_t block_len, int times)
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	static const char zeros[2 * BLOCK];
	size_t used = 0;

	CHECK_INT(archive_write_set_format_raw(archive), ==, ARCHIVE_OK);
	CHECK_INT(archive_write_add_filter(archive, filter), ==, ARCHIVE_OK);
	CHECK_INT(archive_write_open_memory(archive, bytes, sizeof(bytes),
					    &used),
		  ==, ARCHIVE_OK);
	archive_entry_set_filetype(entry, S_IFREG);
	CHECK_INT(archive_write_header(archive, entry), ==, ARCHIVE_OK);
	CHECK_INT(archive_write_data(archive, first, first_len), ==, first_len);
	for (int i = 0; i < times; i++)
		CHECK_INT(archive_write_data(archive, block, block_len), ==,
			  block_len);
	CHECK_INT(archive_write_data(archive, zeros, sizeof(zeros)), ==,
		  sizeof(zeros));
	archive_entry_free(entry);
	CHECK_INT(archive_write_close(archive), ==, ARCHIVE_OK);
	CHECK_INT(archive_write_free(archive), ==, ARCHIVE_OK);
	return file_of(bytes, used);
}

static void ustar(char block[BLOCK], char type, unsigned size)
{
	memset(block, 0, BLOCK);
	block[0] = 'a';
	memcpy(block + 100, "0000644", 7);
	(void)snprintf(block + SIZE_AT, 12, "%011o", size);
	block[TYPE_AT] = type;
	memcpy(block + 257, "ustar  ", 7);
	sign(block);
}

/* GNU tar's old form: the map is a chain of blocks that say "and one more".
 * libarchive keeps all of it before it gives us the entry. */
TEST(the_map_of_a_sparse_file_has_a_bound)
{
	/* The two that are quick to write; the bound is behind all of them. */
	static const int filters[] = { ARCHIVE_FILTER_GZIP,
				       ARCHIVE_FILTER_ZSTD };
	static char map[1 << 20];
	char first[BLOCK];

	ustar(first, 'S', 0);
	memset(first + 386, '0', 24); /* one piece, of nothing */
	first[482] = 1;
	sign(first);
	memset(map, '0', sizeof(map));
	for (size_t i = 0; i < sizeof(map); i += BLOCK)
		memset(map + i + 504, 1, 1);
	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		ROW("%d", filters[i]);
		check_refused(squeeze(filters[i], first, BLOCK, map,
				      sizeof(map), 33),
			      &tree_limits_default, ERROR_LIMIT,
			      "archive: needs more than 33554432 bytes to "
			      "describe one entry; pack plain files, without "
			      "--sparse");
	}
}

/* Entries that hold nothing, each behind a megabyte of pax header. */
TEST(headers_have_a_bound_together)
{
	static const struct tree_limits limits = { .bytes_max = 1000,
						   .entries_max = 200 };
	enum {
		BODY = 1954 * BLOCK
	};
	static char block[BODY + 2 * BLOCK];

	ustar(block, 'x', 1000000);
	memcpy(block + BLOCK, "1000000 comment=", 16);
	memset(block + BLOCK + 16, 'c', 1000000 - 17);
	block[BLOCK + 1000000 - 1] = '\n';
	ustar(block + BLOCK + BODY, '0', 0);
	tree_free(read_tree(squeeze(ARCHIVE_FILTER_GZIP, block, sizeof(block),
				    block, sizeof(block), 60)));
	check_refused(squeeze(ARCHIVE_FILTER_GZIP, block, sizeof(block), block,
			      sizeof(block), 70),
		      &limits, ERROR_LIMIT,
		      "archive: unpacks to more than 67110864 bytes");
}

TEST(one_filter_is_taken_off_and_no_more)
{
	auto_tree struct tree *tree = NULL;
	static char once[ARCHIVE_MAX];
	int fd = make(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, files,
		      ARRAY_LEN(files));
	ssize_t len = pread(fd, once, sizeof(once), 0);

	tree = read_tree(fd);
	CHECK_INT(tree_count(tree), ==, ARRAY_LEN(files));
	CHECK_INT(len, >, 20);
	check_refused(squeeze(ARCHIVE_FILTER_XZ, once, (size_t)len, "", 0, 0),
		      &tree_limits_default, ERROR_INPUT,
		      "archive: Unrecognized archive format");
}

TEST(compressed_data_that_ends_too_early_is_said)
{
	static const char empty[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0"
				    "\0\0\0\0\0\0\0\0";
	static char noise[200000];
	const struct item big[] = { { "a", S_IFREG, 0644, noise } };
	unsigned state = 1;
	int fd;

	fd = make(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, files,
		  ARRAY_LEN(files));
	CHECK_INT(ftruncate(fd, 60), ==, 0);
	check_refused(fd, &tree_limits_default, ERROR_INPUT,
		      "archive: truncated gzip input");
	check_refused(file_of("BZhello", 7), &tree_limits_default, ERROR_INPUT,
		      "archive: holds nothing");
	check_refused(file_of(empty, 20), &tree_limits_default, ERROR_INPUT,
		      "archive: holds nothing");
	for (size_t i = 0; i + 1 < sizeof(noise); i++) {
		state = state * 1103515245 + 12345;
		noise[i] = (char)('a' + (state >> 16) % 26);
	}
	fd = make(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, big, 1);
	CHECK_INT(ftruncate(fd, 100000), ==, 0);
	check_refused(fd, &tree_limits_default, ERROR_INPUT,
		      "'a': archive: truncated gzip input");
}

/* Half an upload, where it happens to stop between two entries. */
TEST(a_tar_without_its_end_is_cut_short)
{
	static const char text[] = "archive: cut short: a tar ends with two "
				   "blocks of zeros; pack or send it again";
	int fd = make_tar(files, 2);
	char half[3 * BLOCK];

	CHECK_INT(pread(fd, half, sizeof(half), 0), ==, sizeof(half));
	tree_free(read_tree(fd));
	check_refused(file_of(half, sizeof(half)), &tree_limits_default,
		      ERROR_INPUT, text);
	check_refused(file_of(half, BLOCK), &tree_limits_default, ERROR_INPUT,
		      text);
}

/* Without its directory, nobody knows its links and what can be executed. */
TEST(a_zip_is_read_by_its_directory)
{
	static const struct item link = { "l", S_IFLNK, 0777, "run" };
	static char once[ARCHIVE_MAX];
	struct item items[] = { { "run", S_IFREG, 0755, "x" }, link };
	int fd = make(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, items, 2);
	ssize_t len = pread(fd, once, sizeof(once), 0);
	auto_tree struct tree *tree = read_tree(fd);

	CHECK_INT(tree_entry(tree, 0)->type, ==, TREE_LINK);
	CHECK_INT(tree_entry(tree, 1)->executable, ==, 1);
	CHECK_INT(len, >, 100);
	check_refused(file_of(once, (size_t)len - 30), &tree_limits_default,
		      ERROR_INPUT, "archive: Unrecognized archive format");
	check_refused(squeeze(ARCHIVE_FILTER_GZIP, once, (size_t)len, "", 0, 0),
		      &tree_limits_default, ERROR_INPUT,
		      "archive: Unrecognized archive format");
}

TEST(a_directory_that_claims_gigabytes_is_a_directory)
{
	static const struct item dir = { "d", S_IFDIR, 0755, "" };
	auto_tree struct tree *tree = NULL;
	char block[BLOCK];
	int fd = make(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, &dir, 1);

	CHECK_INT(pread(fd, block, BLOCK, 0), ==, BLOCK);
	memcpy(block + SIZE_AT, "40000000000", 12);
	sign(block);
	CHECK_INT(pwrite(fd, block, BLOCK, 0), ==, BLOCK);
	tree = read_tree(fd);
	CHECK_INT(tree_count(tree), ==, 1);
	CHECK_INT(tree_bytes(tree), ==, 0);
}

/* What pax allows: the second name brings the content. */
TEST(a_hard_link_with_data_gives_it_to_both_names)
{
	/* Too long for ustar: so there is a pax header. */
	static char name[121];
	static const struct item items[] = {
		{ "a", S_IFREG, 0644, "" },
		{ name, S_IFREG, 0644, "text" },
	};
	auto_tree struct tree *tree = NULL;
	auto_buf struct buf content = BUF_INIT(100);
	struct error err = ERROR_INIT;
	char *data, *block;
	int fd;

	memset(name, 'h', 120);
	fd = make(ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FILTER_NONE,
		  items, 2);
	data = memmem(bytes, sizeof(bytes), "text", 4);
	CHECK(data != NULL);
	block = data - BLOCK;
	CHECK_INT(block[TYPE_AT], ==, '0');
	block[TYPE_AT] = '1';
	block[LINK_AT] = 'a';
	sign(block);
	CHECK_INT(pwrite(fd, block, BLOCK, block - bytes), ==, BLOCK);
	tree = read_tree(fd);
	CHECK_INT(tree_count(tree), ==, 2);
	CHECK_INT(tree_bytes(tree), ==, 8);
	for (size_t i = 0; i < 2; i++)
		CHECK_INT(tree_read(tree, tree_entry(tree, i), &content, &err),
			  ==, 0);
	CHECK_STR(buf_text(&content), "texttext");
}

TEST(what_is_no_archive_or_half_of_one_is_said)
{
	int fd = make_tar(files, ARRAY_LEN(files));

	CHECK_INT(ftruncate(fd, 1600), ==, 0);
	check_refused(fd, &tree_limits_default, ERROR_INPUT, "archive: ");
	check_refused(file_of("hello, world\n", 13), &tree_limits_default,
		      ERROR_INPUT, "archive: Unrecognized archive format");
	check_refused(file_of("", 0), &tree_limits_default, ERROR_INPUT,
		      "archive: Unrecognized archive format");
	fd = make(ARCHIVE_FORMAT_CPIO_POSIX, ARCHIVE_FILTER_NONE, files,
		  ARRAY_LEN(files));
	check_refused(fd, &tree_limits_default, ERROR_INPUT,
		      "archive: Unrecognized archive format");
}

TEST(a_damaged_member_is_named)
{
	int fd = make(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, files,
		      ARRAY_LEN(files));
	char *at = memmem(bytes, sizeof(bytes), "a/b.c", 5);

	CHECK(at != NULL);
	at += 5 + 24; /* its extra field, and into what is deflated */
	CHECK_INT(pwrite(fd, "\xff\xff\xff\xff", 4, at - bytes), ==, 4);
	check_refused(fd, &tree_limits_default, ERROR_INPUT,
		      "'a/b.c': archive: ");
}

TEST(an_archive_by_its_path_is_read_like_a_directory)
{
	auto_tree struct tree *tree = NULL;
	struct error err = ERROR_INIT;
	int fd = make_tar(files, ARRAY_LEN(files));
	ssize_t len = pread(fd, bytes, sizeof(bytes), 0);

	CHECK_INT(len, >, 0);
	scratch_write("t.tar", 0644, bytes, (size_t)len);
	CHECK_INT(tree_from_path(scratch_path("t.tar"), &tree_limits_default,
				 &tree, &err),
		  ==, 0);
	CHECK_INT(tree_count(tree), ==, ARRAY_LEN(files));
	scratch_put("bad.tar", 0644, "no");
	CHECK_INT(tree_from_path(scratch_path("bad.tar"), &tree_limits_default,
				 &tree, &err),
		  ==, -1);
	CHECK(strstr(err.text, "/bad.tar: archive: Unrecognized"));
	(void)close(fd);
}

TAP_MAIN()
