/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "tap.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

/* A new empty directory, open; its path is in `here`. */
static char here[64];
static int temporary(void)
{
	int dir;

	(void)snprintf(here, sizeof(here), "/tmp/fd.XXXXXX");
	if (!mkdtemp(here))
		FAIL("mkdtemp");
	dir = open(here, O_DIRECTORY | O_CLOEXEC);
	CHECK_INT(dir, >=, 0);
	return dir;
}

static size_t entries(int dir)
{
	DIR *list = fdopendir(openat(dir, ".", O_DIRECTORY | O_CLOEXEC));
	size_t n = 0;

	while (readdir(list))
		n++;
	closedir(list);
	return n - 2;
}

static void remove_tree(int dir, const char *const *names)
{
	for (; *names; names++)
		CHECK_INT(unlinkat(dir, *names, 0), ==, 0);
	close(dir);
	CHECK_INT(rmdir(here), ==, 0);
}

TEST(a_written_file_reads_back)
{
	auto_buf struct buf buf = BUF_INIT(100);
	struct error err = ERROR_INIT;
	int dir = temporary();
	struct stat st;

	umask(022);
	CHECK_INT(fd_write_file(dir, "f", "a\0b", 3, &err), ==, 0);
	CHECK_INT(fd_read_file(dir, "f", &buf, &err), ==, 0);
	CHECK_INT(buf.len, ==, 3);
	CHECK(memcmp(buf.data, "a\0b", 3) == 0);
	CHECK_INT(fstatat(dir, "f", &st, 0), ==, 0);
	CHECK_INT(st.st_mode & 07777, ==, 0644);
	CHECK_INT(entries(dir), ==, 1);
	remove_tree(dir, (const char *[]){ "f", NULL });
}

TEST(writing_again_replaces_the_file_and_not_its_content)
{
	auto_buf struct buf buf = BUF_INIT(100);
	struct error err = ERROR_INIT;
	int dir = temporary(), old;

	CHECK_INT(fd_write_file(dir, "f", "old", 3, &err), ==, 0);
	CHECK_INT(fd_open_regular(dir, "f", &old, &err), ==, 0);
	CHECK_INT(fd_write_file(dir, "f", "new", 3, &err), ==, 0);
	CHECK_INT(fd_read_all(old, &buf, &err), ==, 0);
	CHECK_STR(buf_text(&buf), "old");
	buf_clear(&buf);
	CHECK_INT(fd_read_file(dir, "f", &buf, &err), ==, 0);
	CHECK_STR(buf_text(&buf), "new");
	close(old);
	remove_tree(dir, (const char *[]){ "f", NULL });
}

TEST(a_failed_write_leaves_nothing_behind)
{
	struct error err = ERROR_INIT;
	int dir = temporary();

	CHECK_INT(mkdirat(dir, "f", 0755), ==, 0);
	CHECK_INT(fd_write_file(dir, "f", "x", 1, &err), ==, -1);
	CHECK(strstr(err.text, "rename f.new."));
	CHECK(strstr(err.text, "Is a directory"));
	CHECK_INT(entries(dir), ==, 1);
	CHECK_INT(unlinkat(dir, "f", AT_REMOVEDIR), ==, 0);
	remove_tree(dir, (const char *[]){ NULL });
}

/* What somebody may have put where a file should be. */
TEST(only_a_regular_file_is_opened)
{
	static const struct {
		const char *name;
		const char *complaint;
	} rows[] = {
		{ "fifo", "fifo is not a regular file" },
		{ "dir", "dir is not a regular file" },
		{ "link", "open link: Too many levels of symbolic links" },
		{ "none", "open none: No such file or directory" },
	};
	int dir = temporary(), fd = 99;

	CHECK_INT(mkfifoat(dir, "fifo", 0600), ==, 0);
	CHECK_INT(mkdirat(dir, "dir", 0700), ==, 0);
	CHECK_INT(symlinkat("/etc/passwd", dir, "link"), ==, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct error err = ERROR_INIT;

		ROW("%s", rows[i].name);
		CHECK_INT(fd_open_regular(dir, rows[i].name, &fd, &err), ==,
			  -1);
		CHECK_STR(err.text, rows[i].complaint);
		CHECK_INT(fd, ==, 99);
	}
	CHECK_INT(unlinkat(dir, "dir", AT_REMOVEDIR), ==, 0);
	remove_tree(dir, (const char *[]){ "fifo", "link", NULL });
}

TEST(what_is_opened_is_closed_on_exec)
{
	struct error err = ERROR_INIT;
	int dir = temporary(), fds[3];

	CHECK_INT(fd_write_file(dir, "f", "", 0, &err), ==, 0);
	CHECK_INT(fd_open_regular(dir, "f", &fds[0], &err), ==, 0);
	CHECK_INT(fd_open_dir(AT_FDCWD, here, false, &fds[1], &err), ==, 0);
	CHECK_INT(fd_memory("m", &fds[2], &err), ==, 0);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		ROW("number %zu", i);
		CHECK_INT(fcntl(fds[i], F_GETFD), ==, FD_CLOEXEC);
		close(fds[i]);
	}
	remove_tree(dir, (const char *[]){ "f", NULL });
}

TEST(more_than_the_maximum_is_an_error_that_names_file_and_bound)
{
	auto_buf struct buf buf = BUF_INIT(4);
	struct error err = ERROR_INIT;
	int dir = temporary();

	CHECK_INT(fd_write_file(dir, "four", "1234", 4, &err), ==, 0);
	CHECK_INT(fd_read_file(dir, "four", &buf, &err), ==, 0);
	buf_clear(&buf);
	CHECK_INT(fd_write_file(dir, "five", "12345", 5, &err), ==, 0);
	CHECK_INT(fd_read_file(dir, "five", &buf, &err), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_LIMIT);
	CHECK_STR(err.text, "five: larger than 4 bytes");
	remove_tree(dir, (const char *[]){ "four", "five", NULL });
}

TEST(a_pipe_is_read_to_its_end_in_whatever_pieces_it_comes)
{
	auto_buf struct buf buf = BUF_INIT(1 << 20);
	struct error err = ERROR_INIT;
	int ends[2];

	CHECK_INT(pipe(ends), ==, 0);
	if (fork() == 0) {
		char piece[1000] = "";

		for (int i = 0; i < 300; i++)
			if (fd_write_all(ends[1], piece, sizeof(piece), &err))
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	CHECK_INT(fd_read_all(ends[0], &buf, &err), ==, 0);
	CHECK_INT(buf.len, ==, 300000);
}

TEST(writing_to_nobody_is_an_error)
{
	struct error err = ERROR_INIT;
	int ends[2];

	(void)signal(SIGPIPE, SIG_IGN);
	CHECK_INT(pipe(ends), ==, 0);
	close(ends[0]);
	CHECK_INT(fd_write_all(ends[1], "x", 1, &err), ==, -1);
	CHECK_STR(err.text, "write: Broken pipe");
	CHECK_INT(fd_write_all(ends[1], "", 0, &err), ==, 0);
}

TEST(a_directory_is_made_only_when_asked)
{
	struct error err = ERROR_INIT;
	int dir = temporary(), sub = -1;

	CHECK_INT(fd_open_dir(dir, "sub", false, &sub, &err), ==, -1);
	CHECK_STR(err.text, "open directory 'sub': No such file or directory");
	CHECK_INT(fd_open_dir(dir, "sub", true, &sub, &err), ==, 0);
	close(sub);
	CHECK_INT(fd_open_dir(dir, "sub", true, &sub, &err), ==, 0);
	close(sub);
	CHECK_INT(fd_open_dir(dir, "no/sub", true, &sub, &err), ==, -1);
	CHECK_STR(err.text,
		  "create directory 'no/sub': No such file or directory");
	CHECK_INT(unlinkat(dir, "sub", AT_REMOVEDIR), ==, 0);
	remove_tree(dir, (const char *[]){ NULL });
}

TEST(a_name_that_has_been_taken_over_is_not_the_same_file)
{
	auto_close int dir = temporary();
	auto_close int first = -1, link = -1;

	CHECK_INT(mkdirat(dir, "it", 0700), ==, 0);
	first = openat(dir, "it", O_DIRECTORY | O_CLOEXEC);
	CHECK(fd_is_still(dir, "it", first));
	CHECK_INT(renameat(dir, "it", dir, "moved"), ==, 0);
	CHECK(!fd_is_still(dir, "it", first));
	CHECK_INT(symlinkat("moved", dir, "it"), ==, 0);
	link = openat(dir, "it", O_DIRECTORY | O_CLOEXEC);
	CHECK(!fd_is_still(dir, "it", link));
	CHECK_INT(unlinkat(dir, "it", 0), ==, 0);
	CHECK_INT(mkdirat(dir, "it", 0700), ==, 0);
	CHECK(!fd_is_still(dir, "it", first));
	CHECK(fd_is_still(dir, "moved", first));
	CHECK_INT(unlinkat(dir, "it", AT_REMOVEDIR), ==, 0);
	CHECK_INT(unlinkat(dir, "moved", AT_REMOVEDIR), ==, 0);
	CHECK_INT(rmdir(here), ==, 0);
}

TEST(an_auto_close_variable_closes_unless_it_was_stolen)
{
	int kept, gone;

	{
		auto_close int stolen = open("/dev/null", O_RDONLY | O_CLOEXEC);
		auto_close int closed = open("/dev/null", O_RDONLY | O_CLOEXEC);

		gone = closed;
		kept = steal_fd(&stolen);
		CHECK_INT(stolen, ==, -1);
	}
	CHECK_INT(fcntl(kept, F_GETFD), ==, FD_CLOEXEC);
	errno = 0;
	CHECK_INT(fcntl(gone, F_GETFD), ==, -1);
	CHECK_INT(errno, ==, EBADF);
	close(kept);
}

TAP_MAIN()
