/* SPDX-License-Identifier: MIT */
/* submissions/submissions.toml: what known submissions must score. */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "fortnight/toml.h"

#include "internal.h"

static const struct key root_keys[] = { { "submission", VALUE_LIST, true },
					{ NULL, VALUE_ANY, false } };
static const struct key submission_keys[] = {
	{ "path", VALUE_TEXT, true },	{ "role", VALUE_TEXT, false },
	{ "score", VALUE_LIST, true },	{ "root", VALUE_TEXT, false },
	{ "entry", VALUE_LIST, false }, { "add", VALUE_LIST, false },
	{ NULL, VALUE_ANY, false },
};
static const struct key add_keys[] = { { "from", VALUE_TEXT, true },
				       { "to", VALUE_TEXT, true },
				       { NULL, VALUE_ANY, false } };
static const char *const classes[] = {
	"accepted", "partial", "noop", "wrong_answer", "time_limit_exceeded",
	"cheat",
};

static const char *const roles[] = { "", "reference", "second" };
static const char *const roots[] = { "bare", "oracle" };

static int set_class(struct task_submission *s, const char *path,
		     const struct where *where, struct error *err)
{
	size_t len = strcspn(s->path, "/");

	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		if (strlen(classes[i]) == len &&
		    strncmp(classes[i], s->path, len) == 0)
			s->class = xstrdup(classes[i]);
	if (!s->class || !is_inner_path(s->path))
		return where_error(where, path, err,
				   "path '%s' is not one below accepted, "
				   "partial, noop, wrong_answer, "
				   "time_limit_exceeded or cheat",
				   s->path);
	return 0;
}

static int set_add(struct submission_add *add, json_t *json, const char *path,
		   const struct where *where, struct error *err)
{
	const char *from = get_text(json, "from", "");
	const char *colon = strchr(from, ':');

	if (!json_is_object(json))
		return where_error(where, path, err, "add holds tables");
	if (keys_check(json, path, add_keys, where, err) < 0)
		return -1;
	add->from_oracle = strncmp(from, "oracle:", 7) == 0;
	if (!colon || (!add->from_oracle && strncmp(from, "pack:", 5) != 0))
		return where_error(where, path, err,
				   "from '%s' is not oracle:PATH or pack:PATH",
				   from);
	add->from = xstrdup(colon + 1);
	add->to = xstrdup(get_text(json, "to", ""));
	if (!is_inner_path(add->from) || !is_inner_path(add->to))
		return where_error(where, path, err,
				   "'%s' to '%s': both are paths inside",
				   add->from, add->to);
	return 0;
}

static int set_adds(struct task_submission *s, json_t *list, const char *path,
		    const struct where *where, struct error *err)
{
	json_t *json;
	size_t i;

	s->adds = xcalloc(json_array_size(list) + 1, sizeof(*s->adds));
	json_array_foreach(list, i, json) {
		s->add_count = i + 1;
		if (set_add(&s->adds[i], json, path, where, err) < 0)
			return -1;
	}
	return 0;
}

static int set_submission(struct task_submission *s, json_t *json,
			  const char *path, const struct where *where,
			  struct error *err)
{
	json_t *score = json_object_get(json, "score");

	s->line = toml_line(where->context, path);
	if (!json_is_object(json))
		return where_error(where, path, err, "a submission is a table");
	if (keys_check(json, path, submission_keys, where, err) < 0)
		return -1;
	s->path = xstrdup(get_text(json, "path", ""));
	s->role = xstrdup(get_text(json, "role", ""));
	s->oracle_root = strcmp(get_text(json, "root", "bare"), "oracle") == 0;
	s->score_min = json_number_value(json_array_get(score, 0));
	s->score_max = json_number_value(json_array_get(score, 1));
	if (index_of(s->role, roles, ARRAY_LEN(roles)) < 0)
		return where_error(where, path, err,
				   "role '%s' is not reference or second",
				   s->role);
	if (index_of(get_text(json, "root", "bare"), roots, ARRAY_LEN(roots)) <
	    0)
		return where_error(where, path, err,
				   "root '%s' is not bare or oracle",
				   get_text(json, "root", ""));
	if (json_array_size(score) != 2 ||
	    !json_is_number(json_array_get(score, 0)) ||
	    !json_is_number(json_array_get(score, 1)) || s->score_min < 0 ||
	    s->score_max > 100 || s->score_min > s->score_max)
		return where_error(where, path, err,
				   "score is [least, most], 0 to 100");
	if (set_class(s, path, where, err) < 0 ||
	    set_adds(s, json_object_get(json, "add"), path, where, err) < 0)
		return -1;
	if (!json_object_get(json, "entry"))
		return 0;
	return get_list(json, "entry", path, where, &s->entry, err);
}

static int load_list(const struct toml *toml, const char *file,
		     struct task_submission **ret_list, size_t *ret_count,
		     struct error *err)
{
	const struct where where = { .file = file, .context = toml };
	json_t *array = json_object_get(toml_root(toml), "submission"), *json;
	struct task_submission *list;
	size_t i;

	if (keys_check(toml_root(toml), "", root_keys, &where, err) < 0)
		return -1;
	list = xcalloc(json_array_size(array) + 1, sizeof(*list));
	json_array_foreach(array, i, json) {
		char path[64];

		(void)snprintf(path, sizeof(path), "submission[%zu]", i);
		if (set_submission(&list[i], json, path, &where, err) < 0) {
			task_submissions_free(list, i + 1);
			return -1;
		}
	}
	*ret_list = list;
	*ret_count = json_array_size(array);
	return 0;
}

int task_submissions_load(const struct task *task,
			  struct task_submission **ret_list, size_t *ret_count,
			  struct error *err)
{
	static const char name[] = "submissions/submissions.toml";
	auto_buf struct buf text = BUF_INIT(MANIFEST_MAX);
	auto_toml struct toml *toml = NULL;
	auto_free char *file = NULL;

	if (asprintf(&file, "%s/%s", task->path, name) < 0)
		abort();
	if (part_read(task, name, &text, err) < 0)
		return -1;
	if (toml_read(buf_text(&text), text.len, file, &toml, err) < 0)
		return -1;
	return load_list(toml, file, ret_list, ret_count, err);
}

void task_submissions_free(struct task_submission *list, size_t count)
{
	for (size_t i = 0; list && i < count; i++) {
		free(list[i].path);
		free(list[i].class);
		free(list[i].role);
		list_free(list[i].entry);
		for (size_t j = 0; j < list[i].add_count; j++) {
			free(list[i].adds[j].from);
			free(list[i].adds[j].to);
		}
		free(list[i].adds);
	}
	free(list);
}
