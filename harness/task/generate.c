/* SPDX-License-Identifier: MIT */
/*
 * generate.c - a new suite for a pack, whole or not at all.
 *
 * The generator writes into a directory of our own beside the place where the
 * suite goes, ".NAME.new.PID".  There it is read as scoring would read it, written
 * to disk, and then put into place by rename:
 *
 *	into the pack itself	hidden/ and visible/ are exchanged with the old
 *				ones, one after the other; when the second does not
 *				work, the first is exchanged back
 *	as a copy of the pack	one rename, or one exchange with an older copy
 *
 * RENAME_EXCHANGE (renameat2(2)): there is no moment without a suite.
 */
#include "fortnight/base.h"
#include "fortnight/fd.h"

#include "files.h"
#include "generator.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

static const char *const suite_dirs[] = { "hidden", "visible" };

struct stage {
	int parent; /* what the stage is made in */
	char *name; /* in there */
	int dir;    /* the stage, opened */
	char *path; /* absolute, for the generator */
	/* With a copy of the pack: what it is to be called; else NULL. */
	char *final;
	bool replaces; /* an older one */
};

static void stage_done(struct stage *stage)
{
	if (stage->name && stage->parent >= 0)
		files_remove(stage->parent, stage->name);
	close_fd_(&stage->dir);
	close_fd_(&stage->parent);
	free(stage->name);
	free(stage->path);
	free(stage->final);
}

/* ---- where ----------------------------------------------------------------------- */

/* A directory is only replaced when it is a pack, or empty. */
static int check_replaceable(struct stage *stage, const char *output,
			     struct error *err)
{
	auto_free char *manifest = NULL;
	struct stat st;

	if (fstatat(stage->parent, stage->final, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	stage->replaces = true;
	if (asprintf(&manifest, "%s/task.toml", stage->final) < 0)
		abort();
	if (S_ISDIR(st.st_mode) &&
	    faccessat(stage->parent, manifest, F_OK, 0) == 0)
		return 0;
	if (unlinkat(stage->parent, stage->final, AT_REMOVEDIR) == 0) {
		stage->replaces = false;
		return 0;
	}
	return error_set(err, ERROR_USAGE,
			 "%s exists and is not a pack: name another place",
			 output);
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
		   check_replaceable(stage, output, err) < 0) {
		return -1;
	}
	return 0;
}

static int make_stage(struct stage *stage, const struct task_generation *how,
		      struct error *err)
{
	auto_free char *name = NULL, *link = NULL;

	if (asprintf(&name, ".%s.new.%d", stage->final ? stage->final : "suite",
		     (int)getpid()) < 0)
		abort();
	if (mkdirat(stage->parent, name, how->seed.secret ? 0700 : 0777) < 0)
		return error_set_errno(err, errno,
				       "make room beside the suite (-o DIR "
				       "puts it somewhere else): create "
				       "directory %s",
				       name);
	stage->name = STEAL(name);
	if (fd_open_dir(stage->parent, stage->name, false, &stage->dir, err) <
	    0)
		return -1;
	if (mkdirat(stage->dir, ".tmp", 0700) < 0)
		return error_set_errno(err, errno, "create directory .tmp");
	if (asprintf(&link, "/proc/self/fd/%d", stage->dir) < 0)
		abort();
	stage->path = realpath(link, NULL);
	if (!stage->path)
		return error_set_errno(err, errno, "find %s", stage->name);
	return 0;
}

/* What the suite is read with, or the whole pack but for what belongs to the
 * old suite. */
static int fill_stage(const struct stage *stage, const struct task *task,
		      struct error *err)
{
	static const char *const old[] = { "hidden", "visible",
					   "calibration.json", NULL };

	if (stage->final)
		return files_copy(task->dir, stage->dir, old, err);
	if (files_copy_one(task->dir, stage->dir, "task.toml", err) < 0)
		return -1;
	return files_copy_one(task->dir, stage->dir, "contract.md", err);
}

/* ---- into place ------------------------------------------------------------------ */

static int exchange(int from, const char *from_name, int to,
		    const char *to_name, struct error *err)
{
	if (renameat2(from, from_name, to, to_name, RENAME_EXCHANGE) == 0)
		return 0;
	if (errno == ENOENT &&
	    renameat2(from, from_name, to, to_name, RENAME_NOREPLACE) == 0)
		return 0;
	return error_set_errno(err, errno, "put %s into place", to_name);
}

static int put_suite(const struct stage *stage, struct error *err)
{
	struct error ignored = ERROR_INIT;

	if (exchange(stage->dir, suite_dirs[0], stage->parent, suite_dirs[0],
		     err) < 0)
		return -1;
	if (exchange(stage->dir, suite_dirs[1], stage->parent, suite_dirs[1],
		     err) == 0)
		return 0;
	(void)exchange(stage->dir, suite_dirs[0], stage->parent, suite_dirs[0],
		       &ignored);
	return -1;
}

static int put_copy(struct stage *stage, struct error *err)
{
	if (stage->replaces)
		return exchange(stage->parent, stage->name, stage->parent,
				stage->final, err);
	if (renameat2(stage->parent, stage->name, stage->parent, stage->final,
		      RENAME_NOREPLACE) < 0)
		return error_set_errno(err, errno, "put %s into place",
				       stage->final);
	free(STEAL(stage->name));
	return 0;
}

/* Read the suite as scoring would.  The place where it is read is about to be
 * gone, so it is taken out of the message. */
static int check_suite(const struct stage *stage, struct error *err)
{
	auto_task struct task *task = NULL;
	size_t len = stage->path ? strlen(stage->path) : 0;
	const char *at;

	if (len == 0)
		return error_set(err, ERROR_BUG, "a suite without a place");
	if (task_load(stage->path, TASK_WHOLE, &task, err) == 0)
		return 0;
	at = strstr(err->text, stage->path);
	if (at && at[len] == '/') {
		struct error copy = *err;
		const char *rest = copy.text + (at - err->text) + len + 1;

		(void)snprintf(err->text, sizeof(err->text), "%.*s%s",
			       (int)(at - err->text), copy.text, rest);
	}
	return error_prefix(err,
			    "the generator ended well, but its suite is not "
			    "valid, and nothing is changed");
}

static int put_in_place(struct stage *stage, struct error *err)
{
	files_remove(stage->dir, ".tmp");
	if (check_suite(stage, err) < 0 || files_sync(stage->dir, err) < 0)
		return -1;
	return stage->final ? put_copy(stage, err) : put_suite(stage, err);
}

/* ---- the whole -------------------------------------------------------------------- */

static int run_generator(const struct stage *stage, const struct task *task,
			 const struct task_generation *how, struct error *err)
{
	auto_free char *path = NULL, *program = NULL, *tmp = NULL, *link = NULL;
	auto_free char *pack = NULL;
	struct generator generator = { .out = stage->path, .how = how };

	if (asprintf(&link, "/proc/self/fd/%d", task->dir) < 0)
		abort();
	pack = realpath(link, NULL);
	if (!pack)
		return error_set_errno(err, errno, "find %s", task->path);
	if (asprintf(&path, "%s/gen/generate", task->path) < 0 ||
	    asprintf(&program, "%s/gen/generate", pack) < 0 ||
	    asprintf(&tmp, "%s/.tmp", stage->path) < 0)
		abort();
	generator.path = path;
	generator.program = program;
	generator.tmp = tmp;
	return generator_run(&generator, err);
}

static bool is_same_directory(int dir, const char *path)
{
	struct stat a, b;

	return fstat(dir, &a) == 0 && stat(path, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int task_generate(const struct task *task, const struct task_generation *how,
		  char **ret_path, struct error *err)
{
	struct stage stage = { .parent = -1, .dir = -1 };
	const char *output = how->output;
	int rc = -1;

	if (output && is_same_directory(task->dir, output))
		output = NULL;
	if (find_place(&stage, task, output, err) == 0 &&
	    make_stage(&stage, how, err) == 0 &&
	    fill_stage(&stage, task, err) == 0 &&
	    run_generator(&stage, task, how, err) == 0)
		rc = put_in_place(&stage, err);
	stage_done(&stage);
	if (rc < 0)
		return -1;
	*ret_path = xstrdup(output ? output : task->path);
	return 0;
}
