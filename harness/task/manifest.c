/* SPDX-License-Identifier: MIT */
/* task.toml: the manifest, as docs/task-format.md has it. */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/fd.h"
#include "fortnight/toml.h"

#include "internal.h"

static const struct key interview_keys[] = {
	{ "format", VALUE_COUNT, true },  { "title", VALUE_TEXT, true },
	{ "class", VALUE_TEXT, true },	  { "build", VALUE_TABLE, true },
	{ "run", VALUE_TABLE, true },	  { "serve", VALUE_TABLE, false },
	{ "refuse", VALUE_TABLE, false }, { "oracle", VALUE_TABLE, false },
	{ "area", VALUE_LIST, true },	  { NULL, VALUE_ANY, false },
};
static const struct key build_keys[] = {
	{ "timeout_sec", VALUE_COUNT, false },
	{ "memory_mb", VALUE_COUNT, false },
	{ "processes", VALUE_COUNT, false },
	{ "disk_mb", VALUE_COUNT, false },
	{ "output_mb", VALUE_COUNT, false },
	{ "hide", VALUE_LIST, false },
	{ NULL, VALUE_ANY, false },
};
static const struct key run_keys[] = {
	{ "root", VALUE_TEXT, true },
	{ "entry", VALUE_TEXT, true },
	{ "cpu_ms", VALUE_COUNT, false },
	{ "wall_ms", VALUE_COUNT, false },
	{ "memory_mb", VALUE_COUNT, false },
	{ "processes", VALUE_COUNT, false },
	{ "output_kb", VALUE_COUNT, false },
	{ "disk_mb", VALUE_COUNT, false },
	{ "open_files", VALUE_COUNT, false },
	{ NULL, VALUE_ANY, false },
};
static const struct key area_keys[] = {
	{ "name", VALUE_TEXT, true },	   { "title", VALUE_TEXT, true },
	{ "kind", VALUE_TEXT, true },	   { "weight", VALUE_COUNT, true },
	{ "driver", VALUE_TEXT, false },   { "compare", VALUE_TEXT, false },
	{ "checker", VALUE_TEXT, false },  { "cpu_ms", VALUE_COUNT, false },
	{ "wall_ms", VALUE_COUNT, false }, { "memory_mb", VALUE_COUNT, false },
	{ NULL, VALUE_ANY, false },
};

/* The tables that hold one list each. */
static const struct key serve_keys[] = { { "args", VALUE_LIST, true },
					 { NULL, VALUE_ANY, false } };
static const struct key refuse_keys[] = { { "markers", VALUE_LIST, true },
					  { NULL, VALUE_ANY, false } };
static const struct key oracle_keys[] = { { "packages", VALUE_LIST, true },
					  { NULL, VALUE_ANY, false } };

static const char *const classes[] = { "A", "B", "practice" };
static const char *const kinds[] = { "io", "driver", "robust", "speed" };

enum {
	MEGA = 1 << 20,
	KILO = 1 << 10
};

const char *area_kind_name(enum area_kind kind)
{
	return kinds[kind];
}

static int load_build(struct task *task, json_t *table,
		      const struct where *where, struct error *err)
{
	struct task_limits *limits = &task->build.limits;

	if (keys_check(table, "interview.build", build_keys, where, err) < 0)
		return -1;
	limits->wall_ns =
		(int64_t)get_number(table, "timeout_sec", 120) * NS_PER_SEC;
	limits->cpu_ns = limits->wall_ns * 4;
	limits->memory_bytes =
		(uint64_t)get_number(table, "memory_mb", 2048) * MEGA;
	limits->processes = (uint32_t)get_number(table, "processes", 256);
	limits->disk_bytes = (uint64_t)get_number(table, "disk_mb", 512) * MEGA;
	limits->output_bytes = 16 * (uint64_t)MEGA;
	limits->open_files = 1024;
	task->build.output_tree_bytes =
		(uint64_t)get_number(table, "output_mb", 64) * MEGA;
	return get_list(table, "hide", "interview.build", where,
			&task->build.hide, err);
}

static int load_run(struct task *task, json_t *table, const struct where *where,
		    struct error *err)
{
	struct task_limits *limits = &task->run;

	if (keys_check(table, "interview.run", run_keys, where, err) < 0)
		return -1;
	if (strcmp(get_text(table, "root", ""), "bare") != 0)
		return where_error(where, "interview.run.root", err,
				   "root '%s' is not known: want 'bare'",
				   get_text(table, "root", ""));
	if (!is_inner_path(get_text(table, "entry", "")))
		return where_error(where, "interview.run.entry", err,
				   "entry '%s' is no path below out/",
				   get_text(table, "entry", ""));
	task->run_entry = xstrdup(get_text(table, "entry", ""));
	limits->cpu_ns = (int64_t)get_number(table, "cpu_ms", 2000) * NS_PER_MS;
	limits->wall_ns =
		(int64_t)get_number(table, "wall_ms", 20000) * NS_PER_MS;
	limits->memory_bytes =
		(uint64_t)get_number(table, "memory_mb", 256) * MEGA;
	limits->processes = (uint32_t)get_number(table, "processes", 32);
	limits->output_bytes =
		(uint64_t)get_number(table, "output_kb", 1024) * KILO;
	limits->disk_bytes = (uint64_t)get_number(table, "disk_mb", 16) * MEGA;
	limits->open_files = (uint32_t)get_number(table, "open_files", 256);
	return 0;
}

static int check_area_words(const struct task_area *area, const char *path,
			    const struct where *where, struct error *err)
{
	const char *const words[] = { area->name, area->driver, area->checker };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i] && !is_name(words[i]))
			return where_error(where, path, err,
					   "'%s' is no name: want a-z, then "
					   "a-z, 0-9 and -",
					   words[i]);
	if (area->kind == AREA_DRIVER && !area->driver)
		return where_error(where, path, err,
				   "an area of kind driver names its driver");
	if (area->compare == COMPARE_CHECKER && !area->checker)
		return where_error(where, path, err,
				   "compare = \"checker\" names its checker");
	return 0;
}

static int load_area_words(struct task_area *area, json_t *table,
			   const char *path, const struct where *where,
			   struct error *err)
{
	int kind =
		index_of(get_text(table, "kind", ""), kinds, ARRAY_LEN(kinds));
	int compare = compare_of(get_text(table, "compare", "exact"));

	if (kind < 0)
		return where_error(where, path, err,
				   "kind '%s' is not io, driver, robust or "
				   "speed",
				   get_text(table, "kind", ""));
	if (compare < 0)
		return where_error(where, path, err,
				   "compare '%s' is not known",
				   get_text(table, "compare", ""));
	area->kind = (enum area_kind)kind;
	area->compare = (enum compare)compare;
	area->name = xstrdup(get_text(table, "name", ""));
	area->title = xstrdup(get_text(table, "title", ""));
	if (json_object_get(table, "driver"))
		area->driver = xstrdup(get_text(table, "driver", ""));
	if (json_object_get(table, "checker"))
		area->checker = xstrdup(get_text(table, "checker", ""));
	return check_area_words(area, path, where, err);
}

static int load_area(struct task *task, json_t *table, size_t i,
		     const struct where *where, struct error *err)
{
	struct task_area *area = &task->areas[i];
	char path[64];

	(void)snprintf(path, sizeof(path), "interview.area[%zu]", i);
	if (!json_is_object(table))
		return where_error(where, path, err, "an area is a table");
	if (keys_check(table, path, area_keys, where, err) < 0 ||
	    load_area_words(area, table, path, where, err) < 0)
		return -1;
	area->weight = (unsigned)get_number(table, "weight", 0);
	area->limits = task->run;
	if (json_object_get(table, "cpu_ms"))
		area->limits.cpu_ns =
			(int64_t)get_number(table, "cpu_ms", 0) * NS_PER_MS;
	if (json_object_get(table, "wall_ms"))
		area->limits.wall_ns =
			(int64_t)get_number(table, "wall_ms", 0) * NS_PER_MS;
	if (json_object_get(table, "memory_mb"))
		area->limits.memory_bytes =
			(uint64_t)get_number(table, "memory_mb", 0) * MEGA;
	for (size_t j = 0; j < i; j++)
		if (strcmp(task->areas[j].name, area->name) == 0)
			return where_error(where, path, err,
					   "two areas are named '%s'",
					   area->name);
	return 0;
}

static int load_areas(struct task *task, json_t *list,
		      const struct where *where, struct error *err)
{
	size_t count = json_array_size(list), i;
	unsigned sum = 0;
	json_t *table;

	if (count == 0 || count > TASK_AREAS_MAX)
		return where_error(where, "interview.area", err,
				   "%zu areas, want 1 to %d", count,
				   TASK_AREAS_MAX);
	task->areas = xcalloc(count, sizeof(*task->areas));
	json_array_foreach(list, i, table) {
		task->area_count = i + 1;
		if (load_area(task, table, i, where, err) < 0)
			return -1;
		sum += task->areas[i].weight;
	}
	if (sum != 100)
		return where_error(where, "interview.area", err,
				   "the weights add up to %u, want 100", sum);
	return 0;
}

/* A table that may be missing, with its one list. */
static int load_table(json_t *interview, const char *name,
		      const struct key *keys, char ***ret_list,
		      const struct where *where, struct error *err)
{
	json_t *table = json_object_get(interview, name);
	char path[64];

	(void)snprintf(path, sizeof(path), "interview.%s", name);
	if (table && keys_check(table, path, keys, where, err) < 0)
		return -1;
	return get_list(table, keys->name, path, where, ret_list, err);
}

static int load_lists(struct task *task, json_t *interview,
		      const struct where *where, struct error *err)
{
	if (load_table(interview, "serve", serve_keys, &task->serve_args, where,
		       err) < 0 ||
	    load_table(interview, "refuse", refuse_keys, &task->markers, where,
		       err) < 0 ||
	    load_table(interview, "oracle", oracle_keys, &task->oracle_packages,
		       where, err) < 0)
		return -1;
	for (char **marker = task->markers; *marker; marker++)
		if (!**marker)
			return where_error(where, "interview.refuse", err,
					   "an empty marker is in every file");
	return 0;
}

static int load_minutes(struct task *task, json_t *root,
			const struct where *where, struct error *err)
{
	json_t *seconds =
		json_object_get(json_object_get(root, "agent"), "timeout_sec");
	double value = seconds ? json_number_value(seconds) : 1200;

	if (value <= 0 || value > 86400)
		return where_error(where, "agent.timeout_sec", err,
				   "'timeout_sec' must be a number of seconds, "
				   "up to a day");
	task->minutes = value / 60;
	return 0;
}

/* Harbor loads a pack without [task], but none whose name is not two such
 * words with '/' between and ".." nowhere. */
static int check_task_name(json_t *root, const struct where *where,
			   struct error *err)
{
	static const char want[] =
		"want ORG/NAME, as \"acme/store\": two words of A-Z, a-z, 0-9, "
		"'.', '_' and '-' that begin with a letter or a digit, "
		"without '..'";
	json_t *table = json_object_get(root, "task");
	const char *name = get_text(table, "name", NULL), *slash;

	if (!table)
		return 0;
	if (!name)
		return where_error(where, "task.name", err,
				   "[task] has no text 'name': %s", want);
	slash = name + harbor_word(name);
	if (slash != name && *slash == '/' && harbor_word(slash + 1) > 0 &&
	    !slash[1 + harbor_word(slash + 1)] && !strstr(name, ".."))
		return 0;
	return where_error(where, "task.name", err, "name '%.80s': %s", name,
			   want);
}

static int load_heading(struct task *task, json_t *interview,
			const struct where *where, struct error *err)
{
	const char *class = get_text(interview, "class", "");

	if (get_number(interview, "format", 0) != 1)
		return where_error(where, "interview.format", err,
				   "format is not 1: this pack needs another "
				   "version of fortnight");
	if (index_of(class, classes, ARRAY_LEN(classes)) < 0)
		return where_error(where, "interview.class", err,
				   "class '%s' is not A, B or practice", class);
	task->title = xstrdup(get_text(interview, "title", ""));
	task->class = xstrdup(class);
	return 0;
}

static int load_interview(struct task *task, json_t *root,
			  const struct where *where, struct error *err)
{
	json_t *table = json_object_get(root, "interview");

	if (!json_is_object(table))
		return where_error(where, "", err,
				   "the table [interview] is missing");
	if (keys_check(table, "interview", interview_keys, where, err) < 0 ||
	    check_task_name(root, where, err) < 0 ||
	    load_heading(task, table, where, err) < 0 ||
	    load_minutes(task, root, where, err) < 0 ||
	    load_build(task, json_object_get(table, "build"), where, err) < 0 ||
	    load_run(task, json_object_get(table, "run"), where, err) < 0 ||
	    load_lists(task, table, where, err) < 0)
		return -1;
	return load_areas(task, json_object_get(table, "area"), where, err);
}

int manifest_load(struct task *task, struct error *err)
{
	auto_buf struct buf text = BUF_INIT(MANIFEST_MAX);
	auto_toml struct toml *toml = NULL;
	auto_free char *file = NULL;
	struct where where;

	if (asprintf(&file, "%s/task.toml", task->path) < 0)
		abort();
	if (part_read(task, "task.toml", &text, err) < 0)
		return -1;
	if (toml_read(buf_text(&text), text.len, file, &toml, err) < 0)
		return -1;
	where = (struct where){ .file = file, .context = toml };
	return load_interview(task, toml_root(toml), &where, err);
}
