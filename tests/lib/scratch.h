/* SPDX-License-Identifier: MIT */
/*
 * scratch.h - a directory of the test's own, gone when the test ends.
 *
 *	const char *dir = scratch();
 *	scratch_put("a/b", 0644, "text");
 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include "tap.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

static char scratch_dir[] = "/tmp/test.XXXXXX";
static pid_t scratch_owner;

static inline int scratch_remove_one_(const char *path, const struct stat *st,
				      int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	(void)remove(path);
	return 0;
}

static inline void scratch_remove_(void)
{
	if (getpid() == scratch_owner)
		(void)nftw(scratch_dir, scratch_remove_one_, 16,
			   FTW_DEPTH | FTW_PHYS);
}

/* The directory's path; made at the first call. */
static inline const char *scratch(void)
{
	if (scratch_owner)
		return scratch_dir;
	if (!mkdtemp(scratch_dir))
		abort();
	scratch_owner = getpid();
	(void)atexit(scratch_remove_);
	return scratch_dir;
}

/* "name" below it; good until the fourth call from here. */
static inline const char *scratch_path(const char *name)
{
	static char paths[4][4096];
	static unsigned next;
	char *path = paths[next++ % 4];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", scratch(), name);
	return path;
}

/* All directories above name. */
static inline void scratch_parents(const char *name)
{
	char path[4096];

	for (const char *slash = strchr(name, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		(void)snprintf(path, sizeof(path), "%s/%.*s", scratch(),
			       (int)(slash - name), name);
		(void)mkdir(path, 0755);
	}
}

static inline void scratch_write(const char *name, unsigned mode,
				 const void *data, size_t len)
{
	int fd;

	scratch_parents(name);
	fd = open(scratch_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		  0600);
	if (fd < 0 || write(fd, data, len) != (ssize_t)len ||
	    fchmod(fd, mode) < 0 || close(fd) < 0)
		FAIL("cannot write %s", name);
}

static inline void scratch_put(const char *name, unsigned mode,
			       const char *text)
{
	scratch_write(name, mode, text, strlen(text));
}

static inline void scratch_link(const char *name, const char *target)
{
	scratch_parents(name);
	if (symlink(target, scratch_path(name)) < 0)
		FAIL("cannot link %s", name);
}

#endif
