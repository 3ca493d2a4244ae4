/* SPDX-License-Identifier: MIT */
/*
 * fuzz_manifest.c - a pack, through the loader of packs.
 *
 * An input is task.toml.  Behind a line "%contract", "%cases" or "%submissions"
 * it goes on with contract.md, with the cases of the area "a" (hidden and
 * visible), or with submissions.toml; what is not given is a sound one.
 */
#include "fuzz.h"

#include "fortnight/fd.h"
#include "fortnight/task.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

enum {
	PART_MAX = 16 << 20
};

static const struct part {
	const char *mark; /* NULL: the beginning */
	const char *files[2];
	const char *sound;
} parts[] = {
	{ NULL, { "task.toml", NULL }, "" },
	{ "\n%contract\n", { "contract.md", NULL }, "- **1.1** Say yes.\n" },
	{ "\n%cases\n",
	  { "hidden/a.jsonl", "visible/a.jsonl" },
	  "{\"id\":\"a-1\",\"level\":1,\"spec\":[\"1.1\"],"
	  "\"want\":{\"stdout\":\"x\"}}\n" },
	{ "\n%submissions\n",
	  { "submissions/submissions.toml", NULL },
	  "[[submission]]\npath = \"noop/x\"\nscore = [0.0, 1]\n" },
};

static const char lower[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
static char pack[] = "/dev/shm/fuzz-pack.XXXXXX"; /* in memory: tmpfs(5) */

/* ---- the pack on disk ----------------------------------------------------------- */

static void remove_pack(void)
{
	static const char *const dirs[] = { "hidden", "visible", "submissions",
					    "" };
	char path[128];

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		for (size_t j = 0; j < 2 && parts[i].files[j]; j++) {
			(void)snprintf(path, sizeof(path), "%s/%s", pack,
				       parts[i].files[j]);
			(void)unlink(path);
		}
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", pack, dirs[i]);
		(void)rmdir(path);
	}
}

static int open_pack(void)
{
	static int dir = -1;

	if (dir >= 0)
		return dir;
	REQUIRE(mkdtemp(pack), "no directory %s", pack);
	dir = open(pack, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	REQUIRE(dir >= 0 && mkdirat(dir, "hidden", 0700) == 0 &&
			mkdirat(dir, "visible", 0700) == 0 &&
			mkdirat(dir, "submissions", 0700) == 0,
		"no directories in %s", pack);
	(void)atexit(remove_pack);
	return dir;
}

static void put_file(int dir, const char *name, const void *data, size_t len)
{
	struct error err = ERROR_INIT;
	auto_close int fd = openat(
		dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	REQUIRE(fd >= 0, "no file %s", name);
	REQUIRE(fd_write_all(fd, data, len, &err) == 0, "%s", err.text);
}

/* The bytes of a part of the input, or the sound ones; last is what the files
 * hold. */
static void put_part(int dir, const struct part *part, struct buf *last,
		     const char *text, size_t size)
{
	const char *at = text, *end = text + size, *data = part->sound;
	size_t len = strlen(part->sound);

	if (part->mark)
		at = memmem(text, size, part->mark, strlen(part->mark));
	if (at) {
		const char *next;

		data = at + (part->mark ? strlen(part->mark) : 0);
		next = memmem(data, (size_t)(end - data), "\n%", 2);
		len = (size_t)((next ? next + 1 : end) - data);
	}
	if (last->data && last->len == len &&
	    memcmp(last->data, data, len) == 0)
		return;
	buf_clear(last);
	buf_add(last, data, len);
	for (size_t i = 0; i < 2 && part->files[i]; i++)
		put_file(dir, part->files[i], data, len);
}

/* ---- what must hold --------------------------------------------------------------- */

static bool is_name(const char *name)
{
	return name[0] >= 'a' && name[0] <= 'z' &&
	       strspn(name, lower) == strlen(name);
}

static void require_limits(const struct task_limits *limits)
{
	REQUIRE(limits->cpu_ns > 0 && limits->cpu_ns < INT64_MAX / 4, "cpu");
	REQUIRE(limits->wall_ns > 0 && limits->wall_ns < INT64_MAX / 4, "wall");
	REQUIRE(limits->memory_bytes > 0 &&
			limits->memory_bytes < UINT64_C(1) << 50,
		"memory");
	REQUIRE(limits->processes > 0 && limits->open_files > 0, "counts");
	REQUIRE(limits->output_bytes > 0 && limits->disk_bytes > 0, "bytes");
}

static void require_area(const struct task *task, size_t i)
{
	const struct task_area *area = &task->areas[i];

	REQUIRE(is_name(area->name), "'%s'", area->name);
	REQUIRE(!area->driver || is_name(area->driver), "'%s'", area->driver);
	REQUIRE(!area->checker || is_name(area->checker), "'%s'",
		area->checker);
	REQUIRE(area->kind <= AREA_SPEED, "kind %d", (int)area->kind);
	REQUIRE(area->kind != AREA_DRIVER || area->driver, "no driver");
	REQUIRE(area->compare != COMPARE_CHECKER || area->checker,
		"no checker");
	REQUIRE(area->weight >= 1, "no weight");
	REQUIRE(area->case_count >= 1, "no cases");
	require_limits(&area->limits);
	for (size_t j = 0; j < i; j++)
		REQUIRE(strcmp(task->areas[j].name, area->name) != 0,
			"two areas named '%s'", area->name);
}

static bool leads_out(const char *path)
{
	return path[0] == '/' || !path[0] || strcmp(path, "..") == 0 ||
	       strncmp(path, "../", 3) == 0 || strstr(path, "/../") ||
	       (strlen(path) > 2 &&
		strcmp(path + strlen(path) - 3, "/..") == 0);
}

static void require_task(const struct task *task)
{
	unsigned weights = 0;
	size_t cases = 0;

	REQUIRE(task->area_count >= 1 && task->area_count <= TASK_AREAS_MAX,
		"%zu areas", task->area_count);
	for (size_t i = 0; i < task->area_count; i++) {
		require_area(task, i);
		weights += task->areas[i].weight;
		cases += task->areas[i].case_count;
	}
	REQUIRE(weights == 100, "weights of %u", weights);
	REQUIRE(cases == task->case_count, "%zu cases", cases);
	REQUIRE(strlen(task->digest) == 64, "%s", task->digest);
	REQUIRE(isfinite(task->minutes) && task->minutes > 0, "%g minutes",
		task->minutes);
	REQUIRE(strcmp(task->class, "A") == 0 ||
			strcmp(task->class, "B") == 0 ||
			strcmp(task->class, "practice") == 0,
		"class '%s'", task->class);
	REQUIRE(!leads_out(task->run_entry), "entry '%s'", task->run_entry);
	for (char **marker = task->markers; *marker; marker++)
		REQUIRE(**marker, "an empty marker is in every file");
	require_limits(&task->run);
	require_limits(&task->build.limits);
	REQUIRE(task->build.output_tree_bytes > 0, "output");
}

static void require_submissions(const struct task_submission *list,
				size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct task_submission *s = &list[i];

		REQUIRE(s->line >= 1, "line %d", s->line);
		REQUIRE(s->score_min >= 0 && s->score_min <= s->score_max &&
				s->score_max <= 100,
			"%g to %g", s->score_min, s->score_max);
		REQUIRE(strncmp(s->path, s->class, strlen(s->class)) == 0,
			"'%s' in '%s'", s->path, s->class);
		REQUIRE(!leads_out(s->path), "'%s'", s->path);
		REQUIRE(!*s->role || strcmp(s->role, "reference") == 0 ||
				strcmp(s->role, "second") == 0,
			"role '%s'", s->role);
		for (size_t j = 0; j < s->add_count; j++)
			REQUIRE(!leads_out(s->adds[j].to) &&
					!leads_out(s->adds[j].from),
				"'%s' to '%s'", s->adds[j].from, s->adds[j].to);
	}
}

/* Every message names the pack, and what is malformed its file and line. */
static void require_message(const struct error *err)
{
	const char *at = strstr(err->text, pack);

	REQUIRE(at, "%s", err->text);
	if (err->kind != ERROR_INPUT || strstr(err->text, "is not there"))
		return;
	at += strlen(pack);
	REQUIRE(*at == '/', "no file: %s", err->text);
	at = strstr(at, ": ");
	REQUIRE(at, "%s", err->text);
	while (at[-1] >= '0' && at[-1] <= '9')
		at--;
	REQUIRE(at[-1] == ':' && *at >= '1' && *at <= '9', "no line: %s",
		err->text);
}

static void try_submissions(int dir)
{
	const struct task task = { .path = pack, .dir = dir };
	struct task_submission *list = NULL;
	struct error err = ERROR_INIT;
	size_t count = 4711;

	if (task_submissions_load(&task, &list, &count, &err) < 0) {
		REQUIRE(!list && count == 4711, "results of a failing call");
		require_message(&err);
		return;
	}
	require_submissions(list, count);
	task_submissions_free(list, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf last[ARRAY_LEN(parts)];
	auto_task struct task *task = NULL, *again = NULL;
	struct error err = ERROR_INIT;
	int dir = open_pack();

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		last[i].max = PART_MAX;
		put_part(dir, &parts[i], &last[i], (const char *)data, size);
	}
	try_submissions(dir);
	if (task_load(pack, TASK_WHOLE, &task, &err) < 0) {
		REQUIRE(!task, "a task of a failing call");
		require_message(&err);
		return 0;
	}
	require_task(task);
	REQUIRE(task_load(pack, TASK_WHOLE, &again, &err) == 0, "%s", err.text);
	REQUIRE(strcmp(task->digest, again->digest) == 0,
		"one pack, two digests");
	return 0;
}
