/* SPDX-License-Identifier: MIT */
/*
 * fd.h - file descriptors: whole reads and writes, files by directory.
 *
 * Everything here opens with O_CLOEXEC, retries EINTR, and never follows a
 * symbolic link in the last component.
 */
#ifndef FORTNIGHT_FD_H
#define FORTNIGHT_FD_H

#include "fortnight/buf.h"
#include "fortnight/error.h"

/* Read fd to its end into buf; more than buf->max is ERROR_LIMIT. */
int fd_read_all(int fd, struct buf *buf, struct error *err) MUST_CHECK;
int fd_write_all(int fd, const void *data, size_t len,
		 struct error *err) MUST_CHECK;

/* Open name in dir for reading; refuses what is not a regular file without
 * waiting (a FIFO would block an open).  On success *ret_fd is the caller's. */
int fd_open_regular(int dir, const char *name, int *ret_fd,
		    struct error *err) MUST_CHECK;

/* The same, whole into buf. */
int fd_read_file(int dir, const char *name, struct buf *buf,
		 struct error *err) MUST_CHECK;

/* Write name in dir so that a reader sees the old file or the whole new one,
 * also after a crash: a temporary file, fsync(2), rename(2). */
int fd_write_file(int dir, const char *name, const void *data, size_t len,
		  struct error *err) MUST_CHECK;

/* Open a directory; with create, make it (0777 less umask) if it is missing. */
int fd_open_dir(int dir, const char *path, bool create, int *ret_fd,
		struct error *err) MUST_CHECK;

/* Whether name in dir, no link followed, still names the very file that fd has
 * open: another may have been made in its place. */
bool fd_is_still(int dir, const char *name, int fd);

/* An unnamed file in memory (memfd_create(2)), for `what` in messages. */
int fd_memory(const char *what, int *ret_fd, struct error *err) MUST_CHECK;

#endif
