/* SPDX-License-Identifier: MIT */
/* A torn tail: cut the end off the file that was written last. */
#include "fortnight/base.h"

#include "box.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

static struct {
	char path[TREE_PATH_MAX + 64];
	struct stat st;
	bool found;
} latest;

/* A level for every other byte of a path: with fewer, nftw() would keep the names
 * of the folders it had to close, as many as a candidate made. */
enum {
	OPEN_DIRS = sizeof(latest.path) / 2
};

/* By the time that the kernel keeps: a program can set the other (utimensat(2)). */
static bool is_later(const struct stat *a, const struct stat *b)
{
	if (a->st_ctim.tv_sec != b->st_ctim.tv_sec)
		return a->st_ctim.tv_sec > b->st_ctim.tv_sec;
	if (a->st_ctim.tv_nsec != b->st_ctim.tv_nsec)
		return a->st_ctim.tv_nsec > b->st_ctim.tv_nsec;
	return a->st_size > b->st_size;
}

static int look(const char *path, const struct stat *st, int type,
		struct FTW *where)
{
	(void)where;
	/* nftw() recurses: without a bound, folders in folders would use up the
	 * stack of pod init. */
	if (strlen(path) >= sizeof(latest.path))
		return type == FTW_D ? FTW_SKIP_SUBTREE : FTW_CONTINUE;
	if (type != FTW_F || !S_ISREG(st->st_mode) ||
	    (latest.found && !is_later(st, &latest.st)))
		return FTW_CONTINUE;
	latest.found = true;
	latest.st = *st;
	memcpy(latest.path, path, strlen(path) + 1);
	return FTW_CONTINUE;
}

/* Every process of the run is dead, so nothing changes under this walk. */
int box_tear(const char *path, uint64_t bytes)
{
	uint64_t size;

	latest.found = false;
	/* The box has one thread. */
	if (nftw(path, look, OPEN_DIRS, // NOLINT(concurrency-mt-unsafe)
		 FTW_PHYS | FTW_MOUNT | FTW_ACTIONRETVAL) < 0)
		return box_fail(STEP_TEAR);
	if (!latest.found)
		return 0;
	size = (uint64_t)latest.st.st_size;
	size = bytes < size ? size - bytes : 0;
	return truncate(latest.path, (off_t)size) < 0 ? box_fail(STEP_TEAR) : 0;
}
