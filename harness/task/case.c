/* SPDX-License-Identifier: MIT */
/* One case: a line of JSON, as docs/task-format.md has it. */
#include "fortnight/base.h"
#include "fortnight/fd.h"

#include "internal.h"

#include <sodium.h>

static const struct key io_keys[] = {
	{ "id", VALUE_TEXT, true },
	{ "level", VALUE_COUNT, true },
	{ "spec", VALUE_LIST, true },
	{ "argv", VALUE_LIST, false },
	{ "stdin", VALUE_TEXT, false },
	{ "stdin_base64", VALUE_TEXT, false },
	{ "stdin_blob", VALUE_TEXT, false },
	{ "stdin_parts", VALUE_LIST, false },
	{ "files", VALUE_TABLE, false },
	{ "env", VALUE_TABLE, false },
	{ "want", VALUE_TABLE, true },
	{ NULL, VALUE_ANY, false },
};
static const struct key driver_keys[] = {
	{ "id", VALUE_TEXT, true },   { "level", VALUE_COUNT, true },
	{ "spec", VALUE_LIST, true }, { "phases", VALUE_LIST, true },
	{ NULL, VALUE_ANY, false },
};
static const struct key want_keys[] = {
	{ "stdout", VALUE_TEXT, false },
	{ "stdout_base64", VALUE_TEXT, false },
	{ "stdout_sha256", VALUE_TEXT, false },
	{ "exit", VALUE_ANY, false },
	{ "compare", VALUE_TEXT, false },
	{ "tolerance", VALUE_NUMBER, false },
	{ "files", VALUE_TABLE, false },
	{ NULL, VALUE_ANY, false },
};
static const struct key phase_keys[] = {
	{ "script", VALUE_TEXT, true }, { "plan", VALUE_COUNT, true },
	{ "args", VALUE_LIST, false },	{ "end", VALUE_TEXT, false },
	{ "tear", VALUE_COUNT, false }, { NULL, VALUE_ANY, false },
};

/* Several keys for one thing: at most one of them is given. */
static int check_one_of(json_t *table, const char *const *names,
			const struct where *where, struct error *err)
{
	const char *found = NULL;

	for (; *names; names++) {
		if (!json_object_get(table, *names))
			continue;
		if (found)
			return where_error(where, "", err,
					   "'%s' and '%s' exclude each other",
					   found, *names);
		found = *names;
	}
	return 0;
}

static bool is_sha256(const char *hex)
{
	return strlen(hex) == 64 && strspn(hex, "0123456789abcdef") == 64;
}

static void set_bytes(char **ret_data, size_t *ret_len, const void *data,
		      size_t len)
{
	char *copy = xcalloc(len + 1, 1);

	memcpy(copy, data, len);
	*ret_data = copy;
	*ret_len = len;
}

static void set_string(char **ret_data, size_t *ret_len, const json_t *value)
{
	set_bytes(ret_data, ret_len, json_string_value(value),
		  json_string_length(value));
}

static int set_base64(char **ret_data, size_t *ret_len, const json_t *value,
		      const struct where *where, struct error *err)
{
	size_t max = json_string_length(value), len = 0;
	auto_free unsigned char *bytes = xcalloc(max + 1, 1);

	if (sodium_base642bin(bytes, max, json_string_value(value), max, "\n",
			      &len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return where_error(where, "", err, "this is not base64");
	set_bytes(ret_data, ret_len, bytes, len);
	return 0;
}

/* ---- standard input --------------------------------------------------------- */

static void add_part(struct buf *input, const char *text, json_int_t n)
{
	const char *mark;

	while ((mark = strstr(text, "{n}"))) {
		buf_add(input, text, (size_t)(mark - text));
		buf_addf(input, "%lld", (long long)n);
		text = mark + 3;
	}
	buf_adds(input, text);
}

/* The least that one repetition of text makes: "{n}" is a digit or more. */
static size_t least_bytes(const char *text)
{
	size_t len = strlen(text);

	while ((text = strstr(text, "{n}"))) {
		len -= 2;
		text += 3;
	}
	return len;
}

static int parts_too_large(const struct where *where, struct error *err)
{
	return where_error(where, "", err,
			   "stdin_parts make more than %d bytes", INPUT_MAX);
}

static int set_parts(struct task_case *c, const json_t *parts,
		     const struct where *where, struct error *err)
{
	auto_buf struct buf input = BUF_INIT(INPUT_MAX);
	const char *text;
	json_int_t times;
	json_t *part;
	size_t i, len;

	json_array_foreach(parts, i, part) {
		if (json_unpack(part, "[s%I!]", &text, &len, &times) < 0 ||
		    len == 0 || strlen(text) != len || times < 1)
			return where_error(where, "", err,
					   "a part is [text, times], with text "
					   "and without NUL, 1 time or more");
		if ((uint64_t)times > INPUT_MAX / least_bytes(text))
			return parts_too_large(where, err);
		for (json_int_t n = 0; n < times && !buf_overflowed(&input);
		     n++)
			add_part(&input, text, n);
	}
	if (buf_overflowed(&input))
		return parts_too_large(where, err);
	set_bytes(&c->stdin_data, &c->stdin_len, buf_text(&input), input.len);
	return 0;
}

static int set_blob(struct task_case *c, const char *name, int blob_dir,
		    const struct where *where, struct error *err)
{
	auto_buf struct buf blob = BUF_INIT(INPUT_MAX);
	char hex[DIGEST_HEX_SIZE];

	if (!is_sha256(name))
		return where_error(where, "", err, "stdin_blob is no SHA-256");
	if (blob_dir < 0 || fd_read_file(blob_dir, name, &blob, err) < 0)
		return where_error(where, "", err, "there is no blob %s", name);
	digest_of(buf_text(&blob), blob.len, hex);
	if (strcmp(hex, name) != 0)
		return where_error(where, "", err, "blob %s is damaged", name);
	set_bytes(&c->stdin_data, &c->stdin_len, buf_text(&blob), blob.len);
	return 0;
}

static int set_stdin(struct task_case *c, json_t *json, int blob_dir,
		     const struct where *where, struct error *err)
{
	static const char *const names[] = { "stdin", "stdin_base64",
					     "stdin_blob", "stdin_parts",
					     NULL };
	json_t *value = json_object_get(json, "stdin");

	if (check_one_of(json, names, where, err) < 0)
		return -1;
	if (value) {
		set_string(&c->stdin_data, &c->stdin_len, value);
		return 0;
	}
	if ((value = json_object_get(json, "stdin_base64")))
		return set_base64(&c->stdin_data, &c->stdin_len, value, where,
				  err);
	if ((value = json_object_get(json, "stdin_blob")))
		return set_blob(c, json_string_value(value), blob_dir, where,
				err);
	if ((value = json_object_get(json, "stdin_parts")))
		return set_parts(c, value, where, err);
	return 0;
}

/* ---- files, environment, what is wanted -------------------------------------- */

/* A name below one that is a file itself. */
static int check_parents(json_t *table, const char *name,
			 const struct where *where, struct error *err)
{
	for (const char *slash = strchr(name, '/'); slash;
	     slash = strchr(slash + 1, '/'))
		if (json_object_getn(table, name, (size_t)(slash - name)))
			return where_error(where, "", err,
					   "'%s' lies below '%.*s', which is a "
					   "file",
					   name, (int)(slash - name), name);
	return 0;
}

static int set_files(struct case_file **ret_files, size_t *ret_count,
		     json_t *table, const struct where *where,
		     struct error *err)
{
	struct case_file *files =
		xcalloc(json_object_size(table) + 1, sizeof(*files));
	const char *name;
	json_t *value;

	*ret_files = files;
	json_object_foreach(table, name, value) {
		struct case_file *file = &files[*ret_count];

		if (!json_is_string(value) || !is_inner_path(name))
			return where_error(where, "", err,
					   "'%s' is no name of a file inside",
					   name);
		if (check_parents(table, name, where, err) < 0)
			return -1;
		file->name = xstrdup(name);
		set_string(&file->data, &file->len, value);
		++*ret_count;
	}
	return 0;
}

static int set_env(struct task_case *c, json_t *table,
		   const struct where *where, struct error *err)
{
	const char *name;
	json_t *value;
	size_t n = 0;

	c->env = xcalloc(json_object_size(table) + 1, sizeof(*c->env));
	json_object_foreach(table, name, value) {
		if (!json_is_string(value) || strchr(name, '=') || !*name ||
		    strlen(json_string_value(value)) !=
			    json_string_length(value))
			return where_error(where, "", err,
					   "env '%s' must be a name and a "
					   "string, without '=' in the one and "
					   "NUL in the other",
					   name);
		if (asprintf(&c->env[n++], "%s=%s", name,
			     json_string_value(value)) < 0)
			abort();
	}
	return 0;
}

static int set_exit(struct case_want *want, json_t *value,
		    const struct where *where, struct error *err)
{
	const char *word = json_string_value(value);

	if (!value)
		return 0;
	if (json_is_integer(value) && json_integer_value(value) >= 0 &&
	    json_integer_value(value) <= 255) {
		want->exit_status = (int)json_integer_value(value);
		return 0;
	}
	if (word && strcmp(word, "nonzero") == 0)
		want->exit_want = EXIT_NONZERO;
	else if (word && strcmp(word, "any") == 0)
		want->exit_want = EXIT_ANY;
	else
		return where_error(where, "", err,
				   "exit is 0 to 255, \"nonzero\" or \"any\"");
	return 0;
}

static int set_compare(struct case_want *want, const char *word,
		       enum compare otherwise, const struct where *where,
		       struct error *err)
{
	int compare = *word ? compare_of(word) : (int)otherwise;

	if (compare < 0)
		return where_error(where, "", err, "compare '%s' is not known",
				   word);
	want->compare = (enum compare)compare;
	if (want->stdout_sha256[0] && want->compare != COMPARE_EXACT)
		return where_error(where, "", err,
				   "stdout_sha256 goes with compare 'exact'");
	return 0;
}

static int set_stdout(struct case_want *want, json_t *table,
		      const struct where *where, struct error *err)
{
	static const char *const names[] = { "stdout", "stdout_base64",
					     "stdout_sha256", NULL };
	json_t *text = json_object_get(table, "stdout");
	json_t *base64 = json_object_get(table, "stdout_base64");
	const char *hex = get_text(table, "stdout_sha256", "");

	if (check_one_of(table, names, where, err) < 0)
		return -1;
	want->has_stdout = text || base64 || *hex;
	if (text)
		set_string(&want->stdout_data, &want->stdout_len, text);
	else if (base64 && set_base64(&want->stdout_data, &want->stdout_len,
				      base64, where, err) < 0)
		return -1;
	else if (json_object_get(table, names[2]) && !is_sha256(hex))
		return where_error(where, "", err,
				   "stdout_sha256 is no SHA-256");
	(void)snprintf(want->stdout_sha256, sizeof(want->stdout_sha256), "%s",
		       hex);
	return 0;
}

static int set_want(struct task_case *c, json_t *table,
		    const struct task_area *area, const struct where *where,
		    struct error *err)
{
	struct case_want *want = &c->want;

	if (keys_check(table, "want", want_keys, where, err) < 0 ||
	    set_stdout(want, table, where, err) < 0 ||
	    set_exit(want, json_object_get(table, "exit"), where, err) < 0 ||
	    set_compare(want, get_text(table, "compare", ""), area->compare,
			where, err) < 0 ||
	    set_files(&want->files, &want->file_count,
		      json_object_get(table, "files"), where, err) < 0)
		return -1;
	want->tolerance = get_number(table, "tolerance", 1e-6);
	if (want->tolerance < 0)
		return where_error(where, "", err,
				   "tolerance is %g, want 0 or more",
				   want->tolerance);
	if (want->compare == COMPARE_CHECKER && !area->checker)
		return where_error(
			where, "", err,
			"compare 'checker', but the area names none");
	if (!want->has_stdout && !want->file_count && area->kind != AREA_ROBUST)
		return where_error(where, "", err,
				   "want has neither stdout nor files");
	if (want->has_stdout && !want->stdout_len && !want->stdout_sha256[0] &&
	    want->exit_want == EXIT_IS && !want->exit_status &&
	    !want->file_count)
		return where_error(where, "", err,
				   "no output and exit 0 is void: a program "
				   "that does nothing would pass");
	return 0;
}

/* ---- driver cases ---------------------------------------------------------------- */

static int set_phase(struct case_phase *phase, json_t *json,
		     const struct where *where, struct error *err)
{
	const char *end = get_text(json, "end", "kill");

	if (!json_is_object(json))
		return where_error(where, "", err, "a phase is a table");
	if (keys_check(json, "phases", phase_keys, where, err) < 0 ||
	    get_list(json, "args", "", where, &phase->args, err) < 0)
		return -1;
	set_string(&phase->script, &phase->script_len,
		   json_object_get(json, "script"));
	phase->plan = (unsigned)get_number(json, "plan", 0);
	phase->tear_bytes = (uint64_t)get_number(json, "tear", 0);
	phase->terminate = strcmp(end, "term") == 0;
	if (!phase->terminate && strcmp(end, "kill") != 0)
		return where_error(where, "", err, "end is 'kill' or 'term'");
	if (phase->plan < 1 || phase->plan > 100000)
		return where_error(where, "", err,
				   "plan is %u, want 1 to 100000", phase->plan);
	return 0;
}

static int set_phases(struct task_case *c, json_t *list,
		      const struct where *where, struct error *err)
{
	json_t *phase;
	size_t i;

	if (json_array_size(list) < 1)
		return where_error(where, "", err, "a case has no phase");
	c->phases = xcalloc(json_array_size(list), sizeof(*c->phases));
	json_array_foreach(list, i, phase) {
		c->phase_count = i + 1;
		if (set_phase(&c->phases[i], phase, where, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the whole ---------------------------------------------------------------------- */

static int set_common(struct task_case *c, json_t *json,
		      const struct task_area *area, const struct where *where,
		      struct error *err)
{
	const char *id = get_text(json, "id", "");
	size_t prefix = strlen(area->name);

	c->id = xstrdup(id);
	c->level = (unsigned)get_number(json, "level", 0);
	c->is_driver = area->driver != NULL;
	if (strlen(id) > TASK_ID_MAX || strncmp(id, area->name, prefix) != 0 ||
	    id[prefix] != '-' ||
	    strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789.-") != strlen(id))
		return where_error(where, "", err,
				   "id '%.100s' must be '%s-...' of a-z, 0-9, "
				   "'.' and '-'",
				   id, area->name);
	if (c->level < 1 || c->level > TASK_LEVELS)
		return where_error(where, "", err, "level is %u, want 1 to %d",
				   c->level, TASK_LEVELS);
	if (json_array_size(json_object_get(json, "spec")) == 0)
		return where_error(where, "", err,
				   "spec names no statement of contract.md");
	return get_list(json, "spec", "", where, &c->spec, err);
}

static int fill_case(struct task_case *c, json_t *json,
		     const struct task_area *area, int blob_dir,
		     const struct where *where, struct error *err)
{
	if (!json_is_object(json))
		return where_error(where, "", err, "a case is a JSON object");
	if (keys_check(json, "", area->driver ? driver_keys : io_keys, where,
		       err) < 0 ||
	    set_common(c, json, area, where, err) < 0)
		return -1;
	if (c->is_driver)
		return set_phases(c, json_object_get(json, "phases"), where,
				  err);
	if (get_list(json, "argv", "", where, &c->argv, err) < 0 ||
	    set_stdin(c, json, blob_dir, where, err) < 0 ||
	    set_files(&c->files, &c->file_count, json_object_get(json, "files"),
		      where, err) < 0 ||
	    set_env(c, json_object_get(json, "env"), where, err) < 0)
		return -1;
	return set_want(c, json_object_get(json, "want"), area, where, err);
}

int task_case_parse(const struct task_line *line, const struct task_area *area,
		    int blob_dir, struct task_case *ret_case, struct error *err)
{
	const struct where place = { .file = line->file, .line = line->number };
	struct task_case c = { .line = line->number };
	json_t *json = NULL;
	int rc;

	if (json_read(line->text, line->len, line->file, line->number, &json,
		      err) < 0)
		return -1;
	rc = fill_case(&c, json, area, blob_dir, &place, err);
	json_decref(json);
	if (rc < 0)
		task_case_done(&c);
	else
		*ret_case = c;
	return rc;
}

static void free_files(struct case_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(files[i].name);
		free(files[i].data);
	}
	free(files);
}

void task_case_done(struct task_case *c)
{
	free(c->id);
	list_free(c->spec);
	list_free(c->argv);
	list_free(c->env);
	free(c->stdin_data);
	free_files(c->files, c->file_count);
	free(c->want.stdout_data);
	free_files(c->want.files, c->want.file_count);
	for (size_t i = 0; i < c->phase_count; i++) {
		free(c->phases[i].script);
		list_free(c->phases[i].args);
	}
	free(c->phases);
}
