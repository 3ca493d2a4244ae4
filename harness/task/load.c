/* SPDX-License-Identifier: MIT */
/*
 * A pack, whole: find its directory, read the manifest, the contract's
 * statements and the cases, and take the digest of what decides a score.
 */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "fortnight/text.h"

#include "internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

#ifndef FORTNIGHT_DATADIR
#define FORTNIGHT_DATADIR "/usr/local/share/fortnight"
#endif

static const char *const roots[] = { "tasks", FORTNIGHT_DATADIR "/tasks" };

int part_read(const struct task *task, const char *name, struct buf *buf,
	      struct error *err)
{
	if (fd_read_file(task->dir, name, buf, err) == 0)
		return 0;
	if (err->sys_errno == ENOENT || err->sys_errno == ENOTDIR)
		return error_set(err, ERROR_INPUT,
				 "%s/%s is not there; a pack has one "
				 "(docs/task-format.md)",
				 task->path, name);
	if (err->sys_errno == ELOOP)
		return error_set(err, ERROR_INPUT,
				 "%s/%s is a link; a pack's files are files",
				 task->path, name);
	return error_prefix(err, "pack %s", task->path);
}

/* ---- statements: "- **3.2** text" ---------------------------------------------- */

int statements_load(struct task *task, struct error *err)
{
	auto_buf struct buf text = BUF_INIT(AREA_FILE_MAX);
	char *line, *save = NULL, *end;

	if (part_read(task, "contract.md", &text, err) < 0)
		return -1;
	task->statements = xcalloc(text.len / 8 + 2, sizeof(char *));
	if (!text.len)
		return 0;
	for (line = strtok_r(text.data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "- **", 4) != 0 ||
		    !(end = strstr(line + 4, "**")))
			continue;
		*end = '\0';
		if (line[4] &&
		    strspn(line + 4, "0123456789.") == strlen(line + 4))
			task->statements[task->statement_count++] =
				xstrdup(line + 4);
	}
	return 0;
}

static bool is_statement(const struct task *task, const char *id)
{
	for (size_t i = 0; i < task->statement_count; i++)
		if (strcmp(task->statements[i], id) == 0)
			return true;
	return false;
}

/* ---- cases ------------------------------------------------------------------------ */

static int check_spec(const struct task *task, const struct task_case *c,
		      const char *file, struct error *err)
{
	for (char **id = c->spec; *id; id++)
		if (!is_statement(task, *id))
			return error_set(err, ERROR_INPUT,
					 "%s:%d: contract.md has no statement "
					 "%s",
					 file, c->line, *id);
	return 0;
}

/* ---- what a run of the case can hold ------------------------------------------------ */

struct words {
	size_t count, bytes;
};

static void add_words(struct words *words, char *const *list)
{
	for (; list && *list; list++) {
		words->count++;
		words->bytes += strlen(*list) + 1;
	}
}

static int check_words(const struct words *words, const struct task_case *c,
		       const char *file, struct error *err)
{
	if (words->bytes <= WORDS_BYTES_MAX && words->count <= WORDS_MAX)
		return 0;
	return error_set(err, ERROR_INPUT,
			 "%s:%d: arguments and environment are %zu strings of "
			 "%zu bytes in all, and a program can be given %d of "
			 "%d: put it into stdin or files",
			 file, c->line, words->count, words->bytes, WORDS_MAX,
			 WORDS_BYTES_MAX);
}

static int check_arguments(const struct task *task, const struct task_case *c,
			   const char *file, struct error *err)
{
	struct words words = { 0 };

	add_words(&words, c->argv);
	add_words(&words, c->env);
	if (check_words(&words, c, file, err) < 0)
		return -1;
	for (size_t i = 0; i < c->phase_count; i++) {
		words = (struct words){ 0 };
		add_words(&words, task->serve_args);
		add_words(&words, c->phases[i].args);
		if (check_words(&words, c, file, err) < 0)
			return -1;
	}
	return 0;
}

/* The directories that a file's name asks for, each once. */
static void add_directories(json_t *directories, const char *name)
{
	for (const char *slash = strchr(name, '/'); slash;
	     slash = strchr(slash + 1, '/'))
		if (json_object_setn_new_nocheck(directories, name,
						 (size_t)(slash - name),
						 json_true()) < 0)
			abort();
}

static int check_files(const struct task_area *area, const struct task_case *c,
		       const char *file, struct error *err)
{
	uint64_t disk = area->limits.disk_bytes, bytes = 0;
	uint64_t inodes = disk / PAGE_BYTES, count = 1 + c->file_count;
	json_t *directories = json_object();

	for (size_t i = 0; i < c->file_count; i++) {
		uint64_t pages =
			(c->files[i].len + PAGE_BYTES - 1) / PAGE_BYTES;

		bytes += pages * PAGE_BYTES;
		add_directories(directories, c->files[i].name);
	}
	count += json_object_size(directories);
	json_decref(directories);
	if (inodes < INODES_MIN)
		inodes = INODES_MIN;
	if (inodes > FILES_MAX)
		inodes = FILES_MAX;
	if (c->file_count == 0 || (bytes <= disk && count <= inodes))
		return 0;
	return error_set(err, ERROR_INPUT,
			 "%s:%d: files take %" PRIu64 " bytes in %" PRIu64
			 " files and directories, and the working directory "
			 "holds %" PRIu64 " in %" PRIu64
			 ": raise disk_mb in task.toml or make them fewer",
			 file, c->line, bytes, count, disk, inodes);
}

struct case_list {
	struct task_case *cases;
	size_t count, room;
};

static struct task_case *next_case(struct case_list *list)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 64;
		list->cases = reallocarray(list->cases, list->room,
					   sizeof(*list->cases));
		if (!list->cases)
			abort();
	}
	return &list->cases[list->count];
}

static int check_case(const struct task *task, const struct task_area *area,
		      const struct task_case *c, const char *file,
		      struct error *err)
{
	if (check_spec(task, c, file, err) < 0 ||
	    check_arguments(task, c, file, err) < 0)
		return -1;
	return check_files(area, c, file, err);
}

static int read_cases(struct task *task, const struct task_area *area,
		      struct buf *text, const char *file,
		      struct case_list *list, struct error *err)
{
	auto_close int blobs = openat(task->dir, "hidden/blob",
				      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *at = buf_text(text), *end = at + text->len;

	for (int number = 1; at < end; number++) {
		const char *eol = memchr(at, '\n', (size_t)(end - at));
		size_t len = eol ? (size_t)(eol - at) : (size_t)(end - at);
		const struct task_line line = {
			.text = at, .len = len, .file = file, .number = number
		};

		if (len > CASE_LINE_MAX || list->count == TASK_CASES_MAX)
			return error_set(err, ERROR_LIMIT,
					 "%s:%d: a line of more than %d bytes, "
					 "or more than %d cases",
					 file, number, CASE_LINE_MAX,
					 TASK_CASES_MAX);
		if (task_case_parse(&line, area, blobs, next_case(list), err) <
		    0)
			return -1;
		list->count++;
		if (check_case(task, area, &list->cases[list->count - 1], file,
			       err) < 0)
			return -1;
		at += len + 1;
	}
	return 0;
}

int cases_load(struct task *task, struct task_area *area, enum case_set set,
	       struct error *err)
{
	auto_buf struct buf text = BUF_INIT(AREA_FILE_MAX);
	auto_free char *name = NULL, *file = NULL;
	struct case_list list = { 0 };
	int rc;

	if (asprintf(&name, "%s/%s.jsonl",
		     set == CASES_HIDDEN ? "hidden" : "visible",
		     area->name) < 0 ||
	    asprintf(&file, "%s/%s", task->path, name) < 0)
		abort();
	if (part_read(task, name, &text, err) < 0)
		return error_prefix(err, "area %s", area->name);
	rc = read_cases(task, area, &text, file, &list, err);
	if (set == CASES_HIDDEN) {
		area->cases = list.cases;
		area->case_count = list.count;
	} else {
		area->visible = list.cases;
		area->visible_count = list.count;
	}
	if (rc == 0 && set == CASES_HIDDEN && !list.count)
		rc = error_set(err, ERROR_INPUT, "%s:1: no cases", file);
	return rc;
}

struct named {
	const struct task_area *area;
	const struct task_case *c;
};

/* By id, and then as they stand in the pack. */
static int by_id(const void *a, const void *b)
{
	const struct named *left = a, *right = b;
	int order = strcmp(left->c->id, right->c->id);

	return order ? order : (left->c > right->c) - (left->c < right->c);
}

static int check_ids(const struct task *task, struct error *err)
{
	auto_free struct named *named =
		xcalloc(task->case_count + 1, sizeof(*named));
	size_t n = 0;

	for (size_t i = 0; i < task->area_count; i++)
		for (size_t j = 0; j < task->areas[i].case_count; j++)
			named[n++] = (struct named){ &task->areas[i],
						     &task->areas[i].cases[j] };
	qsort(named, n, sizeof(*named), by_id);
	for (size_t i = 1; i < n; i++)
		if (strcmp(named[i - 1].c->id, named[i].c->id) == 0)
			return error_set(err, ERROR_INPUT,
					 "%s/hidden/%s.jsonl:%d: line %d of "
					 "%s.jsonl has the id '%s' already",
					 task->path, named[i].area->name,
					 named[i].c->line, named[i - 1].c->line,
					 named[i - 1].area->name,
					 named[i].c->id);
	return 0;
}

/* ---- the digest --------------------------------------------------------------------- */

static int digest_file(struct task *task, struct digest *digest,
		       const char *name, struct error *err)
{
	auto_buf struct buf text = BUF_INIT(AREA_FILE_MAX);

	if (fd_read_file(task->dir, name, &text, err) < 0)
		return -1;
	digest_add(digest, name, strlen(name) + 1);
	digest_add(digest, &text.len, sizeof(text.len));
	digest_add(digest, buf_text(&text), text.len);
	return 0;
}

static int digest_dir(struct task *task, struct digest *digest,
		      const char *name, struct error *err)
{
	auto_free char *path = NULL;
	struct dirent **list = NULL;
	int count, rc = 0;

	if (asprintf(&path, "/proc/self/fd/%d/%s", task->dir, name) < 0)
		abort();
	count = scandir(path, &list, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		auto_free char *child = NULL;
		struct stat st;

		if (asprintf(&child, "%s/%s", name, list[i]->d_name) < 0)
			abort();
		if (rc == 0 && list[i]->d_name[0] != '.' &&
		    strcmp(list[i]->d_name, "out") != 0 &&
		    fstatat(task->dir, child, &st, AT_SYMLINK_NOFOLLOW) == 0)
			rc = S_ISDIR(st.st_mode)
				     ? digest_dir(task, digest, child, err)
				     : digest_file(task, digest, child, err);
		free(list[i]);
	}
	free(list);
	return rc;
}

static int take_digest(struct task *task, struct error *err)
{
	static const char *const dirs[] = { "hidden", "drivers", "checkers" };
	struct digest *digest = digest_new();
	int rc = digest_file(task, digest, "task.toml", err);

	if (rc == 0)
		rc = digest_file(task, digest, "contract.md", err);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(dirs); i++)
		rc = digest_dir(task, digest, dirs[i], err);
	digest_finish(digest, task->digest);
	return rc;
}

/* ---- the whole ---------------------------------------------------------------------- */

static int open_pack(struct task *task, const char *path, struct error *err)
{
	auto_free char *found = xstrdup(path);
	struct stat st;

	for (size_t i = 0;
	     stat(found, &st) < 0 && i < ARRAY_LEN(roots) && !strchr(path, '/');
	     i++) {
		free(found);
		if (asprintf(&found, "%s/%s", roots[i], path) < 0)
			abort();
	}
	task->dir = open(found, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (task->dir < 0)
		return error_set(err, ERROR_INPUT,
				 "there is no pack '%s', as a directory or in "
				 "tasks/: see fortnight task list",
				 path);
	task->path = STEAL(found);
	while (strlen(task->path) > 1 &&
	       task->path[strlen(task->path) - 1] == '/')
		task->path[strlen(task->path) - 1] = '\0';
	return 0;
}

static int load_suite(struct task *task, struct error *err)
{
	for (size_t i = 0; i < task->area_count; i++) {
		if (cases_load(task, &task->areas[i], CASES_HIDDEN, err) < 0)
			return -1;
		task->case_count += task->areas[i].case_count;
	}
	if (check_ids(task, err) < 0)
		return -1;
	return take_digest(task, err);
}

int task_load(const char *path, enum task_parts parts, struct task **ret_task,
	      struct error *err)
{
	auto_task struct task *task = xcalloc(1, sizeof(*task));
	auto_free char *real = NULL;

	task->dir = -1;
	if (open_pack(task, path, err) < 0)
		return -1;
	real = realpath(task->path, NULL);
	task->name = xstrdup(real ? strrchr(real, '/') + 1 : task->path);
	if (manifest_load(task, err) < 0 || statements_load(task, err) < 0)
		return -1;
	for (size_t i = 0; parts != TASK_HEAD && i < task->area_count; i++)
		if (cases_load(task, &task->areas[i], CASES_VISIBLE, err) < 0)
			return -1;
	if (parts == TASK_WHOLE && load_suite(task, err) < 0)
		return -1;
	*ret_task = STEAL(task);
	return 0;
}

static void free_cases(struct task_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		task_case_done(&cases[i]);
	free(cases);
}

void task_free(struct task *task)
{
	if (!task)
		return;
	for (size_t i = 0; i < task->area_count; i++) {
		struct task_area *area = &task->areas[i];

		free(area->name);
		free(area->title);
		free(area->driver);
		free(area->checker);
		free_cases(area->cases, area->case_count);
		free_cases(area->visible, area->visible_count);
	}
	free(task->areas);
	list_free(task->build.hide);
	list_free(task->serve_args);
	list_free(task->markers);
	list_free(task->oracle_packages);
	list_free(task->statements);
	free(task->run_entry);
	free(task->name);
	free(task->title);
	free(task->class);
	free(task->path);
	if (task->dir >= 0)
		close(task->dir);
	free(task);
}

char **task_list(void)
{
	char **names = xcalloc(1, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		struct dirent **list = NULL;
		int count = scandir(roots[i], &list, NULL, alphasort);

		for (int j = 0; j < count; j++) {
			auto_free char *file = NULL;

			if (asprintf(&file, "%s/%s/task.toml", roots[i],
				     list[j]->d_name) < 0)
				abort();
			names = reallocarray(names, n + 2, sizeof(*names));
			if (!names)
				abort();
			if (list[j]->d_name[0] != '.' &&
			    access(file, R_OK) == 0)
				names[n++] = xstrdup(list[j]->d_name);
			names[n] = NULL;
			free(list[j]);
		}
		free(list);
	}
	return names;
}

void task_list_free(char **list)
{
	list_free(list);
}
