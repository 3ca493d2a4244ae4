/* SPDX-License-Identifier: MIT */
/* Tables of known keys, and values out of a JSON tree. */
#include "fortnight/base.h"
#include "fortnight/text.h"
#include "fortnight/toml.h"

#include "internal.h"

enum {
	KEYS_MAX = 32,
	COUNT_MAX = 100000000,
	PATH_BYTES_MAX = 1024, /* as TREE_PATH_MAX and TREE_DEPTH_MAX */
	PATH_DEPTH_MAX = 64
};

int where_error(const struct where *where, const char *path, struct error *err,
		const char *fmt, ...)
{
	int line = where->context ? toml_line(where->context, path)
				  : where->line;
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return error_set(err, ERROR_INPUT, "%s:%d: %s", where->file, line,
			 text);
}

static bool is_count(const json_t *value)
{
	double number = json_number_value(value);

	return json_is_number(value) && number >= 1 && number <= COUNT_MAX &&
	       number == (int)number;
}

static bool has_type(const json_t *value, enum value_type type)
{
	switch (type) {
	case VALUE_TEXT:
		return json_is_string(value);
	case VALUE_NUMBER:
		return json_is_number(value);
	case VALUE_COUNT:
		return is_count(value);
	case VALUE_LIST:
		return json_is_array(value);
	case VALUE_TABLE:
		return json_is_object(value);
	case VALUE_ANY:
	default:
		return true;
	}
}

static const struct key *find_key(const struct key *keys, const char *name)
{
	for (; keys->name; keys++)
		if (strcmp(keys->name, name) == 0)
			return keys;
	return NULL;
}

static int unknown(const char *name, const char *path, const struct key *keys,
		   const struct where *where, struct error *err)
{
	const char *names[KEYS_MAX + 1] = { NULL }, *near;
	auto_free char *full = NULL;

	for (size_t i = 0; i < KEYS_MAX && keys[i].name; i++)
		names[i] = keys[i].name;
	near = text_nearest(name, names);
	if (asprintf(&full, "%s%s%s", path, *path ? "." : "", name) < 0)
		abort();
	return where_error(where, full, err, "unknown key '%s'%s%s%s", name,
			   near ? ": did you mean '" : "", near ? near : "",
			   near ? "'?" : "");
}

int keys_check(json_t *table, const char *path, const struct key *keys,
	       const struct where *where, struct error *err)
{
	static const char *const types[] = {
		[VALUE_TEXT] = "a string",
		[VALUE_NUMBER] = "a number",
		[VALUE_COUNT] = "a whole number from 1 to 100000000",
		[VALUE_LIST] = "a list",
		[VALUE_TABLE] = "a table",
		[VALUE_ANY] = "anything",
	};
	const char *name;
	json_t *value;

	json_object_foreach(table, name, value) {
		const struct key *key = find_key(keys, name);
		auto_free char *full = NULL;

		if (!key)
			return unknown(name, path, keys, where, err);
		if (asprintf(&full, "%s%s%s", path, *path ? "." : "", name) < 0)
			abort();
		if (!has_type(value, key->type))
			return where_error(where, full, err, "'%s' must be %s",
					   name, types[key->type]);
	}
	for (; keys->name; keys++)
		if (keys->required && !json_object_get(table, keys->name))
			return where_error(where, path, err,
					   "the key '%s' is missing",
					   keys->name);
	return 0;
}

bool is_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	return text[0] >= 'a' && text[0] <= 'z' &&
	       strspn(text, letters) == strlen(text);
}

size_t harbor_word(const char *text)
{
	static const char bytes[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return strchr("._-", *text) ? 0 : strspn(text, bytes);
}

bool is_inner_path(const char *path)
{
	const char *part = path;

	if (strlen(path) > PATH_BYTES_MAX)
		return false;
	for (int depth = 1; depth <= PATH_DEPTH_MAX; depth++) {
		size_t len = strcspn(part, "/");

		/* Nothing, "." and ".." are what ".." begins with. */
		if (strncmp(part, "..", len) == 0)
			return false;
		if (!part[len])
			return true;
		part += len + 1;
	}
	return false;
}

int index_of(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0)
			return (int)i;
	return -1;
}

int compare_of(const char *word)
{
	static const char *const words[] = {
		[COMPARE_EXACT] = "exact",     [COMPARE_TRIM] = "trim",
		[COMPARE_TOKENS] = "tokens",   [COMPARE_ROWS] = "rows",
		[COMPARE_JSON] = "json",       [COMPARE_FLOAT] = "float",
		[COMPARE_CHECKER] = "checker",
	};

	return index_of(word, words, ARRAY_LEN(words));
}

const char *get_text(json_t *table, const char *name, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(table, name));

	return text ? text : otherwise;
}

double get_number(json_t *table, const char *name, double otherwise)
{
	json_t *value = json_object_get(table, name);

	return value ? json_number_value(value) : otherwise;
}

int get_list(json_t *table, const char *name, const char *path,
	     const struct where *where, char ***ret_list, struct error *err)
{
	json_t *list = json_object_get(table, name), *value;
	char **copy = xcalloc(json_array_size(list) + 1, sizeof(*copy));
	size_t i;

	json_array_foreach(list, i, value) {
		if (!json_is_string(value) ||
		    strlen(json_string_value(value)) !=
			    json_string_length(value)) {
			list_free(copy);
			return where_error(where, path, err,
					   "'%s' must hold strings only, "
					   "without NUL",
					   name);
		}
		copy[i] = xstrdup(json_string_value(value));
	}
	*ret_list = copy;
	return 0;
}

void list_free(char **list)
{
	for (char **at = list; at && *at; at++)
		free(*at);
	free(list);
}
