/* SPDX-License-Identifier: MIT */
/*
 * generate.c - a new suite for a pack, whole or not at all.
 *
 * The generator writes into a directory of our own beside the place where the
 * suite goes (stage.c).  There it is read as scoring would read it, before it
 * is put into place.
 */
#include "fortnight/base.h"
#include "fortnight/fd.h"

#include "files.h"
#include "generator.h"
#include "stage.h"

#include <fts.h>
#include <limits.h>
#include <sys/stat.h>

static const char tmp_name[] = ".tmp";

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

/* ---- what was made --------------------------------------------------------------- */

static const char not_taken[] =
	"the generator ended well, but its suite is not valid, and nothing is "
	"changed";

/* Scoring does not read all that is in there; copies of it are made. */
static int check_files(const struct stage *stage, const char *name,
		       struct error *err)
{
	auto_free char *top = NULL;
	char *paths[] = { NULL, NULL };
	const FTSENT *entry;
	FTS *walk;
	int rc = 0;

	if (asprintf(&top, "%s/%s", stage->path, name) < 0)
		abort();
	paths[0] = top;
	walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!walk)
		return error_set_errno(err, errno, "read %s/", name);
	while (rc == 0 && (entry = fts_read(walk)))
		if (entry->fts_info != FTS_D && entry->fts_info != FTS_DP &&
		    entry->fts_info != FTS_F)
			rc = error_set(
				err, ERROR_INPUT,
				"%s: %s is no file that can be read, and "
				"no directory: a suite has nothing else",
				not_taken,
				entry->fts_path + strlen(stage->path) + 1);
	(void)fts_close(walk);
	return rc;
}

/* The place where the suite was read is about to be gone: take it out of the
 * message. */
static void forget_place(const char *path, struct error *err)
{
	struct error copy = *err;
	const char *at = strstr(copy.text, path), *rest;
	static const char pack[] = "pack ";
	size_t before, extra = sizeof(pack) - 1;

	if (!at)
		return;
	before = (size_t)(at - copy.text);
	rest = at + strlen(path);
	if (before >= extra && memcmp(at - extra, pack, extra) == 0 &&
	    strncmp(rest, ": ", 2) == 0) {
		before -= extra;
		rest += 2;
	} else if (*rest == '/') {
		rest++;
	} else {
		return;
	}
	(void)snprintf(err->text, sizeof(err->text), "%.*s%s", (int)before,
		       copy.text, rest);
}

/* Read the suite as scoring would. */
static int check_suite(const struct stage *stage, struct error *err)
{
	auto_task struct task *task = NULL;

	if (!stage->path)
		return error_set(err, ERROR_BUG, "a suite without a place");
	if (task_load(stage->path, TASK_WHOLE, &task, err) < 0) {
		forget_place(stage->path, err);
		return error_prefix(err, "%s", not_taken);
	}
	if (check_files(stage, "hidden", err) < 0)
		return -1;
	return check_files(stage, "visible", err);
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
	    asprintf(&tmp, "%s/%s", stage->path, tmp_name) < 0)
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

static int make_suite(const struct stage *stage, const struct task *task,
		      const struct task_generation *how, struct error *err)
{
	if (fill_stage(stage, task, err) < 0)
		return -1;
	if (mkdirat(stage->dir, tmp_name, 0700) < 0)
		return error_set_errno(err, errno, "create directory %s",
				       tmp_name);
	if (run_generator(stage, task, how, err) < 0)
		return -1;
	files_remove(stage->dir, tmp_name);
	return check_suite(stage, err);
}

int task_generate(const struct task *task, const struct task_generation *how,
		  char **ret_path, struct error *err)
{
	struct stage stage;
	const char *output = how->output;
	int rc = -1;

	if (output && is_same_directory(task->dir, output))
		output = NULL;
	if (stage_make(task, output, how->seed.secret ? 0700 : 0777, &stage,
		       err) == 0 &&
	    make_suite(&stage, task, how, err) == 0)
		rc = stage_put(&stage, err);
	stage_done(&stage);
	if (rc < 0)
		return -1;
	*ret_path = xstrdup(output ? output : task->path);
	return 0;
}
