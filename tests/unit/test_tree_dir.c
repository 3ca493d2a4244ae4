/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/tree.h"
#include "scratch.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

static const struct tree_limits small = { .bytes_max = 1000,
					  .entries_max = 10 };

static struct tree *read_tree(const char *name)
{
	struct error err = ERROR_INIT;
	struct tree *tree = NULL;

	if (tree_from_path(scratch_path(name), &tree_limits_default, &tree,
			   &err) < 0)
		FAIL("%s", err.text);
	return tree;
}

static void check_refused(const char *name, const struct tree_limits *limits,
			  enum error_kind kind, const char *text)
{
	struct error err = ERROR_INIT;
	struct tree *tree = NULL;

	CHECK_INT(tree_from_path(scratch_path(name), limits, &tree, &err), ==,
		  -1);
	CHECK(!tree);
	if (!strstr(err.text, text))
		FAIL("got: %s", err.text);
	CHECK_INT(err.kind, ==, kind);
}

TEST(entries_are_sorted_with_a_slash_before_every_other_byte)
{
	static const struct {
		const char *path;
		enum tree_type type;
		bool executable;
		const char *content;
	} want[] = {
		{ "a", TREE_DIR, false, "" },
		{ "a/b.c", TREE_FILE, false, "int x;\n" },
		{ "a-b", TREE_FILE, false, "" },
		{ "empty", TREE_DIR, false, "" },
		{ "l", TREE_LINK, false, "a/b.c" },
		{ "run", TREE_FILE, true, "#!/bin/sh\n" },
	};
	auto_tree struct tree *tree = NULL;
	struct error err = ERROR_INIT;

	scratch_put("t/run", 0755, "#!/bin/sh\n");
	scratch_put("t/a/b.c", 0644, "int x;\n");
	scratch_put("t/a-b", 0600, "");
	scratch_link("t/l", "a/b.c");
	CHECK_INT(mkdir(scratch_path("t/empty"), 0700), ==, 0);
	tree = read_tree("t");
	CHECK_INT(tree_count(tree), ==, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const struct tree_entry *entry = tree_entry(tree, i);
		auto_buf struct buf content = BUF_INIT(100);

		ROW("%s", want[i].path);
		CHECK_STR(entry->path, want[i].path);
		CHECK_INT(entry->type, ==, want[i].type);
		CHECK_INT(entry->executable, ==, want[i].executable);
		CHECK_INT(tree_read(tree, entry, &content, &err), ==, 0);
		CHECK_STR(buf_text(&content), want[i].content);
		CHECK(tree_find(tree, want[i].path) == entry);
	}
	CHECK(!tree_find(tree, "b.c"));
	CHECK_INT(tree_bytes(tree), ==, 7 + 5 + 10);
}

TEST(times_and_order_and_modes_do_not_count_but_the_executable_bit_does)
{
	auto_tree struct tree *one = NULL, *two = NULL, *other = NULL;

	scratch_put("one/a", 0644, "x");
	scratch_put("one/b", 0755, "y");
	scratch_put("two/b", 0711, "y");
	scratch_put("two/a", 0600, "x");
	scratch_put("other/a", 0755, "x");
	scratch_put("other/b", 0755, "y");
	one = read_tree("one");
	two = read_tree("two");
	other = read_tree("other");
	CHECK_STR(tree_digest(one), tree_digest(two));
	CHECK(strcmp(tree_digest(one), tree_digest(other)) != 0);
}

TEST(a_hard_link_is_a_second_file_and_counts_twice)
{
	auto_tree struct tree *tree = NULL;
	char text[601];

	memset(text, 'x', sizeof(text));
	text[600] = '\0';
	scratch_put("t/a", 0644, text);
	CHECK_INT(link(scratch_path("t/a"), scratch_path("t/b")), ==, 0);
	tree = read_tree("t");
	CHECK_INT(tree_count(tree), ==, 2);
	CHECK_INT(tree_bytes(tree), ==, 1200);
	check_refused("t", &small, ERROR_LIMIT,
		      "has 600 bytes; all files together may have 1000");
}

TEST(what_is_no_file_directory_or_link_is_named)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	scratch_parents("fifo/d/x");
	CHECK_INT(mkfifo(scratch_path("fifo/d/p"), 0600), ==, 0);
	check_refused("fifo", &small, ERROR_INPUT,
		      "'d/p' is a FIFO; only files, directories and links can "
		      "be submitted");
	scratch_parents("socket/x");
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s",
		       scratch_path("socket/s"));
	CHECK_INT(bind(fd, (struct sockaddr *)&address, sizeof(address)), ==,
		  0);
	check_refused("socket", &small, ERROR_INPUT, "'s' is a socket");
	(void)close(fd);
}

/* Only root may make one, and not in every container. */
TEST(a_device_is_named_and_not_opened)
{
	scratch_parents("t/x");
	if (mknod(scratch_path("t/null"), S_IFCHR | 0600, makedev(1, 3)) < 0)
		SKIP("this user cannot make a device");
	check_refused("t", &small, ERROR_INPUT, "'null' is a device");
}

static const struct {
	const char *label;
	const char *links[3][2];
	const char *text; /* NULL: it is no circle */
} circles[] = {
	{ "itself", { { "a", "a" } }, "'a' is a link that leads in a circle" },
	{ "two", { { "a", "b" }, { "b", "a" } }, "leads in a circle" },
	{ "by a directory", { { "d/x", "../d/x/y" } }, "leads in a circle" },
	{ "with dots",
	  { { "a", "./d/../b" }, { "b", "././a" }, { "d/x", "y" } },
	  "leads in a circle" },
	{ "up", { { "d/up", ".." } }, NULL },
	{ "up and in again", { { "d/up", "../d" } }, NULL },
	{ "to nothing", { { "a", "b" }, { "b", "c" } }, NULL },
	{ "out", { { "a", "/etc/passwd" }, { "b", "../../x" } }, NULL },
};

TEST(links_in_a_circle_are_refused_and_others_kept_as_they_are)
{
	for (size_t i = 0; i < ARRAY_LEN(circles); i++) {
		char dir[16], name[64];

		ROW("%s", circles[i].label);
		(void)snprintf(dir, sizeof(dir), "c%zu", i);
		for (size_t j = 0; j < 3 && circles[i].links[j][0]; j++) {
			(void)snprintf(name, sizeof(name), "%s/%s", dir,
				       circles[i].links[j][0]);
			scratch_link(name, circles[i].links[j][1]);
		}
		if (circles[i].text)
			check_refused(dir, &small, ERROR_INPUT,
				      circles[i].text);
		else
			tree_free(read_tree(dir));
	}
}

TEST(a_link_out_of_the_tree_is_not_followed)
{
	auto_tree struct tree *tree = NULL;
	auto_buf struct buf target = BUF_INIT(100);
	struct error err = ERROR_INIT;

	scratch_put("secret/key", 0600, "secret");
	scratch_link("t/l", "../secret");
	tree = read_tree("t");
	CHECK_INT(tree_count(tree), ==, 1);
	CHECK_INT(tree_entry(tree, 0)->type, ==, TREE_LINK);
	CHECK_INT(tree_read(tree, tree_entry(tree, 0), &target, &err), ==, 0);
	CHECK_STR(buf_text(&target), "../secret");
}

TEST(a_sparse_file_of_terabytes_is_refused_before_it_is_read)
{
	scratch_put("t/big", 0644, "");
	if (truncate(scratch_path("t/big"), (off_t)4 << 40) < 0)
		CHECK_INT(truncate(scratch_path("t/big"), (off_t)1 << 40), ==,
			  0);
	check_refused("t", &tree_limits_default, ERROR_LIMIT, "'big' has ");
	check_refused("t", &tree_limits_default, ERROR_LIMIT,
		      "all files together may have 268435456");
}

TEST(the_eleventh_entry_is_one_too_many)
{
	char name[16];

	for (int i = 0; i < 10; i++) {
		(void)snprintf(name, sizeof(name), "t/%d", i);
		scratch_put(name, 0644, "");
		tree_free(read_tree("t"));
	}
	scratch_put("t/d/x", 0644, "");
	check_refused("t", &small, ERROR_LIMIT,
		      "more than 10 files, links and directories");
}

static void make_deep(const char *name, const char *part, int times)
{
	auto_buf struct buf path = BUF_INIT(4096);

	buf_addf(&path, "%s/", name);
	for (int i = 0; i < times; i++)
		buf_adds(&path, part);
	scratch_parents(buf_text(&path));
}

TEST(a_path_has_a_bound_on_its_folders_and_its_bytes)
{
	char part[] = "NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN"
		      "NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN"
		      "NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN/";

	make_deep("deep", "d/", 64);
	tree_free(read_tree("deep"));
	make_deep("deep", "d/", 65);
	check_refused("deep", &tree_limits_default, ERROR_LIMIT,
		      "more than 64 folders deep");
	make_deep("long", part, 6);
	tree_free(read_tree("long"));
	make_deep("long", part, 7);
	check_refused("long", &tree_limits_default, ERROR_LIMIT,
		      "a path may have 1024 bytes");
}

TEST(a_name_is_shown_and_not_obeyed)
{
	scratch_parents("t/x");
	CHECK_INT(mkfifo(scratch_path("t/\033[2J\n"), 0600), ==, 0);
	check_refused("t", &small, ERROR_INPUT, "'\\x1b[2J\\n' is a FIFO");
}

TEST(a_file_that_cannot_be_read_is_named)
{
	scratch_put("t/secret", 0000, "x");
	CHECK_INT(chmod(scratch(), 0755), ==, 0);
	if (geteuid() == 0)
		CHECK_INT(seteuid(65534), ==, 0);
	check_refused("t", &small, ERROR_SYSTEM,
		      "open 'secret': Permission denied");
	CHECK_INT(seteuid(getuid()), ==, 0);
}

TEST(what_is_not_there_and_what_is_no_tree_is_said)
{
	check_refused("nowhere", &small, ERROR_INPUT,
		      "nowhere: no such directory or archive");
	scratch_parents("x");
	CHECK_INT(mkfifo(scratch_path("pipe"), 0600), ==, 0);
	check_refused("pipe", &small, ERROR_INPUT,
		      "pipe: neither a directory nor an archive file");
}

TEST(the_operators_own_link_to_a_tree_is_followed)
{
	auto_tree struct tree *tree = NULL;

	scratch_put("t/a", 0644, "x");
	scratch_link("latest", "t");
	tree = read_tree("latest");
	CHECK_INT(tree_count(tree), ==, 1);
}

/* ---- while somebody writes there ---------------------------------------------- */

enum {
	BIG = 32 << 20,
	ROUNDS = 200
};

/* A child that does one thing over and over, until it is killed. */
static pid_t start(void (*meddle)(unsigned))
{
	pid_t pid = fork();

	for (unsigned i = 0; pid == 0; i++)
		meddle(i);
	CHECK(pid > 0);
	return pid;
}

static void stop(pid_t pid)
{
	int status = 0;

	CHECK_INT(kill(pid, SIGKILL), ==, 0);
	CHECK_INT(waitpid(pid, &status, 0), ==, pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void touch_file(unsigned i)
{
	static int fd = -1;

	if (fd < 0)
		fd = open(scratch_path("t/big"), O_WRONLY | O_CLOEXEC);
	if (pwrite(fd, &i, 1, 0) != 1)
		_exit(1);
}

TEST(a_file_that_changes_while_it_is_read_is_refused)
{
	struct error err = ERROR_INIT;
	struct tree *tree = NULL;
	pid_t pid;
	int rc = 0;

	scratch_put("t/big", 0644, "");
	CHECK_INT(truncate(scratch_path("t/big"), BIG), ==, 0);
	pid = start(touch_file);
	for (int i = 0; i < ROUNDS && rc == 0; i++) {
		rc = tree_from_path(scratch_path("t"), &tree_limits_default,
				    &tree, &err);
		if (rc == 0)
			tree_free(STEAL(tree));
	}
	stop(pid);
	CHECK_INT(rc, ==, -1);
	CHECK(strstr(err.text, "'big' changed while it was read; stop whatever "
			       "writes there and try again"));
}

/* "f" is there and gone, and for a moment a link to the secret. */
static void swap(unsigned i)
{
	(void)rename(scratch_path(i % 2 ? "link" : "t/f"),
		     scratch_path(i % 2 ? "t/f" : "file"));
	(void)rename(scratch_path(i % 2 ? "t/f" : "file"),
		     scratch_path(i % 2 ? "link" : "t/f"));
}

TEST(a_file_swapped_for_a_link_is_never_read_through)
{
	pid_t pid;

	scratch_put("secret", 0644, "secret");
	scratch_put("t/f", 0644, "public");
	scratch_link("link", "../secret");
	pid = start(swap);
	for (int i = 0; i < ROUNDS; i++) {
		auto_tree struct tree *tree = NULL;
		auto_buf struct buf content = BUF_INIT(100);
		struct error err = ERROR_INIT;
		const struct tree_entry *entry;

		if (tree_from_path(scratch_path("t"), &small, &tree, &err) <
		    0) {
			CHECK(strstr(err.text, "changed while it was read"));
			continue;
		}
		entry = tree_find(tree, "f");
		if (!entry || entry->type != TREE_FILE)
			continue;
		CHECK_INT(tree_read(tree, entry, &content, &err), ==, 0);
		CHECK_STR(buf_text(&content), "public");
	}
	stop(pid);
}

TAP_MAIN()
