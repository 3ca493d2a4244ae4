/* SPDX-License-Identifier: MIT */
#include "fortnight/fd.h"
#include "fortnight/base.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum {
	READ_CHUNK = 65536
};

int fd_read_all(int fd, struct buf *buf, struct error *err)
{
	char chunk[READ_CHUNK];
	ssize_t n;

	for (;;) {
		n = TEMP_FAILURE_RETRY(read(fd, chunk, sizeof(chunk)));
		if (n < 0)
			return error_set_errno(err, errno, "read");
		if (n == 0)
			return 0;
		buf_add(buf, chunk, (size_t)n);
		if (buf_overflowed(buf))
			return error_set(err, ERROR_LIMIT,
					 "larger than %zu bytes", buf->max);
	}
}

int fd_write_all(int fd, const void *data, size_t len, struct error *err)
{
	const char *at = data;
	ssize_t n;

	while (len > 0) {
		n = TEMP_FAILURE_RETRY(write(fd, at, len));
		if (n < 0)
			return error_set_errno(err, errno, "write");
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int fd_open_regular(int dir, const char *name, int *ret_fd, struct error *err)
{
	auto_close int fd = openat(
		dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return error_set_errno(err, errno, "open %s", name);
	if (fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "stat %s", name);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_INPUT, "%s is not a regular file",
				 name);
	*ret_fd = steal_fd(&fd);
	return 0;
}

int fd_read_file(int dir, const char *name, struct buf *buf, struct error *err)
{
	auto_close int fd = -1;

	if (fd_open_regular(dir, name, &fd, err) < 0)
		return -1;
	if (fd_read_all(fd, buf, err) < 0)
		return error_prefix(err, "%s", name);
	return 0;
}

static int write_and_sync(int fd, const void *data, size_t len,
			  struct error *err)
{
	if (fd_write_all(fd, data, len, err) < 0)
		return -1;
	if (fsync(fd) < 0)
		return error_set_errno(err, errno, "fsync");
	return 0;
}

int fd_write_file(int dir, const char *name, const void *data, size_t len,
		  struct error *err)
{
	auto_free char *temporary = NULL;
	auto_close int fd = -1;

	if (asprintf(&temporary, "%s.new.%d", name, (int)getpid()) < 0)
		abort();
	fd = openat(dir, temporary,
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		    0666);
	if (fd < 0)
		return error_set_errno(err, errno, "create %s", temporary);
	if (write_and_sync(fd, data, len, err) < 0) {
		(void)unlinkat(dir, temporary, 0);
		return error_prefix(err, "%s", name);
	}
	if (renameat(dir, temporary, dir, name) < 0) {
		(void)error_set_errno(err, errno, "rename %s to %s", temporary,
				      name);
		(void)unlinkat(dir, temporary, 0);
		return -1;
	}
	return 0;
}

int fd_open_dir(int dir, const char *path, bool create, int *ret_fd,
		struct error *err)
{
	int fd;

	if (create && mkdirat(dir, path, 0777) < 0 && errno != EEXIST)
		return error_set_errno(err, errno, "create directory '%s'",
				       path);
	fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(err, errno, "open directory '%s'", path);
	*ret_fd = fd;
	return 0;
}

bool fd_is_still(int dir, const char *name, int fd)
{
	struct stat now, opened;

	return fstatat(dir, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       fstat(fd, &opened) == 0 && now.st_ino == opened.st_ino &&
	       now.st_dev == opened.st_dev;
}

int fd_memory(const char *what, int *ret_fd, struct error *err)
{
	int fd = memfd_create(what, MFD_CLOEXEC);

	if (fd < 0)
		return error_set_errno(err, errno, "memory file for %s", what);
	*ret_fd = fd;
	return 0;
}
