/* SPDX-License-Identifier: MIT */
/*
 * stage.c - where a suite is made, and how it gets to its place from there.
 *
 * Whoever works in a stage has a lock (flock(2)) on it, which the kernel drops
 * when that process dies, whatever it dies of.  A stage without one is stale:
 * the next run removes it.  One with it is another run at the same place, and
 * they would mix hidden/ of one and visible/ of the other: the second is refused.
 *
 * A suite goes into its place by rename:
 *
 *	into the pack itself	hidden/ and visible/ are exchanged with the old
 *				ones, one after the other; when the second does not
 *				work, the first is exchanged back
 *	as a copy of the pack	one rename, or one exchange with an older copy
 *
 * RENAME_EXCHANGE (renameat2(2)): there is no moment without a suite.
 *
 * Before hidden/ and visible/ are exchanged, the stage says which they are, in a
 * link ".putting" to "HIDDEN VISIBLE", the numbers of their inodes; so that, after a
 * crash between the two, the next run can first exchange the one back.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/fd.h"

#include "files.h"
#include "stage.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/file.h>
#include <sys/stat.h>

enum {
	RECORD_MAX = 64,
	ROUNDS_MAX = 100, /* of 20 ms, until a killed run is at its end */
};

static const struct timespec round_pause = { .tv_nsec = 20 * NS_PER_MS };
static const char hidden[] = "hidden", visible[] = "visible";
static const char record[] = ".putting";

/* ---- hidden/ and visible/ -------------------------------------------------------- */

/* When there is none in `to`, it is moved. */
static int exchange(int from, int to, const char *name, struct error *err)
{
	if (renameat2(from, name, to, name, RENAME_EXCHANGE) == 0)
		return 0;
	if (errno == ENOENT &&
	    renameat2(from, name, to, name, RENAME_NOREPLACE) == 0)
		return 0;
	return error_set_errno(err, errno,
			       "put %s/ into place (-o DIR makes a copy of the "
			       "pack instead)",
			       name);
}

/* Its inode; 0: there is none. */
static uintmax_t number_of(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_ino
								 : 0;
}

static void say_which(int at_hidden, int at_visible, char text[RECORD_MAX])
{
	(void)snprintf(text, RECORD_MAX, "%ju %ju",
		       number_of(at_hidden, hidden),
		       number_of(at_visible, visible));
}

static int write_record(int stage, struct error *err)
{
	char text[RECORD_MAX];

	say_which(stage, stage, text);
	if (symlinkat(text, stage, record) < 0)
		return error_set_errno(err, errno, "create %s", record);
	return 0;
}

/* When of the new suite only hidden/ is in place, exchange it back. */
static int restore(int parent, int stage, struct error *err)
{
	char between[RECORD_MAX], text[RECORD_MAX] = "";

	say_which(parent, stage, between);
	if (readlinkat(stage, record, text, RECORD_MAX - 1) < 0 ||
	    strcmp(text, between) != 0)
		return 0;
	return exchange(parent, stage, hidden, err);
}

/* ---- stages ---------------------------------------------------------------------- */

/* In a directory for all, somebody else's is not ours to remove. */
static bool is_ours(int dir)
{
	struct stat st;

	return fstat(dir, &st) == 0 && st.st_uid == geteuid();
}

/* -1 with errno: EWOULDBLOCK when somebody else has the lock. */
static int open_locked(int parent, const char *name)
{
	auto_close int dir = openat(
		parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0 || flock(dir, LOCK_EX | LOCK_NB) < 0)
		return -1;
	return steal_fd(&dir);
}

/* What a run that was killed left behind. */
static void sweep(int parent, const char *name)
{
	struct error ignored = ERROR_INIT;
	auto_close int dir = open_locked(parent, name);

	if (dir >= 0 && is_ours(dir) && fd_is_still(parent, name, dir) &&
	    restore(parent, dir, &ignored) == 0)
		files_remove(parent, name);
}

/* Make a directory and lock it; with *ret_dir still -1, there is one. */
static int make_locked(int parent, const char *name, mode_t mode, int *ret_dir,
		       struct error *err)
{
	auto_close int dir = -1;

	if (mkdirat(parent, name, mode) < 0)
		return errno == EEXIST
			       ? 0
			       : error_set_errno(
					 err, errno,
					 "make room beside the suite (-o DIR "
					 "puts it somewhere else): create "
					 "directory %s",
					 name);
	dir = open_locked(parent, name);
	/* Another run may take it for stale before it is locked. */
	if (dir >= 0) {
		if (fd_is_still(parent, name, dir))
			*ret_dir = steal_fd(&dir);
		return 0;
	}
	if (errno == ENOENT || errno == EWOULDBLOCK)
		return 0;
	(void)error_set_errno(err, errno, "lock %s", name);
	(void)unlinkat(parent, name, AT_REMOVEDIR);
	return -1;
}

/* ---- where ----------------------------------------------------------------------- */

/* A directory is only replaced when it is a pack, or empty. */
static int check_replaceable(struct stage *stage, const char *output,
			     struct error *err)
{
	auto_free char *manifest = NULL;
	struct stat st;

	stage->how = RENAME_NOREPLACE;
	if (fstatat(stage->parent, stage->final, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (asprintf(&manifest, "%s/task.toml", stage->final) < 0)
		abort();
	if (S_ISDIR(st.st_mode) &&
	    faccessat(stage->parent, manifest, F_OK, 0) == 0) {
		stage->how = RENAME_EXCHANGE;
		return 0;
	}
	if (files_is_empty(stage->parent, stage->final)) {
		stage->how = 0; /* it takes the place of an empty one */
		return 0;
	}
	return error_set(err, ERROR_USAGE,
			 "%s exists and is not a pack: name another place",
			 output);
}

/* Whether directory dir is `above` or, however deep, in it. */
static bool is_within(int dir, const struct stat *above)
{
	auto_close int at = fcntl(dir, F_DUPFD_CLOEXEC, 0);
	struct stat st, last = { 0 };

	while (at >= 0 && fstat(at, &st) == 0) {
		int up;

		if (st.st_dev == above->st_dev && st.st_ino == above->st_ino)
			return true;
		if (st.st_dev == last.st_dev && st.st_ino == last.st_ino)
			return false; /* the root is its own parent */
		last = st;
		up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close_fd_(&at);
		at = up;
	}
	return false;
}

/* Neither a pack that has itself as a part, nor one that is replaced with the
 * one that it is made of. */
static int check_apart(const struct stage *stage, const struct task *task,
		       const char *output, struct error *err)
{
	struct stat pack, place;

	if (fstat(task->dir, &pack) < 0)
		return error_set_errno(err, errno, "stat %s", task->path);
	if (is_within(stage->parent, &pack))
		return error_set(err, ERROR_USAGE,
				 "%s is in the pack %s, of which it would be a "
				 "copy: name a place outside the pack",
				 output, task->path);
	if (fstatat(stage->parent, stage->final, &place, AT_SYMLINK_NOFOLLOW) ==
		    0 &&
	    is_within(task->dir, &place))
		return error_set(err, ERROR_USAGE,
				 "the pack %s is in %s, which would be "
				 "replaced: name a place outside it",
				 task->path, output);
	return 0;
}

static int find_place(struct stage *stage, const struct task *task,
		      const char *output, struct error *err)
{
	if (!output) {
		stage->parent = fcntl(task->dir, F_DUPFD_CLOEXEC, 0);
		if (stage->parent < 0)
			return error_set_errno(err, errno, "dup");
	} else if (files_parent(output, &stage->parent, &stage->final, err) <
			   0 ||
		   check_apart(stage, task, output, err) < 0 ||
		   check_replaceable(stage, output, err) < 0) {
		return -1;
	}
	return 0;
}

static int take_stage(struct stage *stage, mode_t mode, struct error *err)
{
	auto_free char *name = NULL;

	if (asprintf(&name, ".%s.stage",
		     stage->final ? stage->final : "suite") < 0)
		abort();
	for (int round = 0; stage->dir < 0; round++) {
		if (round == ROUNDS_MAX)
			return error_set(
				err, ERROR_USAGE,
				"%s is there, beside the place of the suite, "
				"and in use: wait for the other run that makes "
				"this suite, name another place with -o DIR, "
				"or remove it if there is no such run",
				name);
		if (round > 0)
			sweep(stage->parent, name);
		if (round > 1)
			(void)nanosleep(&round_pause, NULL);
		if (make_locked(stage->parent, name, mode, &stage->dir, err) <
		    0)
			return -1;
	}
	stage->name = STEAL(name);
	return 0;
}

int stage_make(const struct task *task, const char *output, mode_t mode,
	       struct stage *stage, struct error *err)
{
	auto_free char *link = NULL;

	*stage = (struct stage){ .parent = -1, .dir = -1, .old = -1 };
	if (find_place(stage, task, output, err) < 0 ||
	    take_stage(stage, mode, err) < 0)
		return -1;
	if (asprintf(&link, "/proc/self/fd/%d", stage->dir) < 0)
		abort();
	stage->path = realpath(link, NULL);
	if (!stage->path)
		return error_set_errno(err, errno, "find %s", stage->name);
	return 0;
}

/* ---- into place ------------------------------------------------------------------ */

static int put_suite(struct stage *stage, struct error *err)
{
	struct error ignored = ERROR_INIT;
	int rc = exchange(stage->dir, stage->parent, hidden, err);

	if (rc == 0)
		rc = exchange(stage->dir, stage->parent, visible, err);
	if (rc < 0 && restore(stage->parent, stage->dir, &ignored) < 0) {
		/* Not to be removed with the old hidden/ in it. */
		(void)error_prefix(err, "the old hidden/ is in %s/",
				   stage->name);
		free(STEAL(stage->name));
	}
	return rc;
}

static int put_copy(struct stage *stage, struct error *err)
{
	/* The old copy is about to have the stage's name, and to be removed. */
	if (stage->how == RENAME_EXCHANGE)
		stage->old = open_locked(stage->parent, stage->final);
	if (renameat2(stage->parent, stage->name, stage->parent, stage->final,
		      stage->how) < 0)
		return error_set_errno(err, errno, "put %s into place",
				       stage->final);
	if (stage->how != RENAME_EXCHANGE)
		free(STEAL(stage->name));
	return 0;
}

int stage_put(struct stage *stage, struct error *err)
{
	if ((!stage->final && write_record(stage->dir, err) < 0) ||
	    files_sync(stage->dir, err) < 0)
		return -1;
	return stage->final ? put_copy(stage, err) : put_suite(stage, err);
}

void stage_done(struct stage *stage)
{
	if (stage->name && stage->parent >= 0)
		files_remove(stage->parent, stage->name);
	close_fd_(&stage->dir);
	close_fd_(&stage->old);
	close_fd_(&stage->parent);
	free(stage->name);
	free(stage->path);
	free(stage->final);
}
