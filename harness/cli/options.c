/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/text.h"

#include "cli.h"

#include <inttypes.h>

enum {
	OPTIONS_MAX = 32,
	NAME_SIZE = 64,
	BOUND_SIZE = 32
};

static const struct cli_option *find(const char *name, size_t len,
				     const struct cli_option *options)
{
	for (; options->name; options++)
		if (strlen(options->name) == len &&
		    strncmp(options->name, name, len) == 0)
			return options;
	return NULL;
}

static int unknown(const char *arg, const struct cli_option *options,
		   struct error *err)
{
	const char *names[OPTIONS_MAX + 1] = { NULL }, *near;
	char name[NAME_SIZE];

	for (size_t i = 0; i < OPTIONS_MAX && options[i].name; i++)
		names[i] = options[i].name;
	(void)snprintf(name, sizeof(name), "%s", arg + strspn(arg, "-"));
	name[strcspn(name, "=")] = '\0';
	near = text_nearest(name, names);
	return error_set(err, ERROR_USAGE, "there is no option %s%s%s%s", arg,
			 near ? ": did you mean --" : "", near ? near : "",
			 near ? "?" : "");
}

static void show_number(int64_t value, char text[BOUND_SIZE])
{
	(void)snprintf(text, BOUND_SIZE, "%" PRId64, value);
}

static void show_seconds(int64_t ns, char text[BOUND_SIZE])
{
	(void)snprintf(text, BOUND_SIZE, "%g", (double)ns / 1e9);
}

static void show_size(int64_t bytes, char text[BOUND_SIZE])
{
	static const char *const units[] = { "", "K", "M", "G", "T" };
	size_t unit = 0;

	for (; bytes && bytes % 1024 == 0 && unit + 1 < ARRAY_LEN(units);
	     unit++)
		bytes /= 1024;
	(void)snprintf(text, BOUND_SIZE, "%" PRId64 "%s", bytes, units[unit]);
}

static const struct {
	bool (*parse)(const char *text, int64_t min, int64_t max,
		      int64_t *ret_value);
	void (*show)(int64_t value, char text[BOUND_SIZE]);
	const char *unit;
} kinds[] = {
	[CLI_NUMBER] = { parse_int, show_number, "" },
	[CLI_SECONDS] = { parse_seconds, show_seconds, " seconds" },
	[CLI_SIZE] = { parse_size, show_size, " bytes (K, M, G: times 1024)" },
};

static int set_number(const struct cli_option *option, const char *value,
		      struct error *err)
{
	char min[BOUND_SIZE], max[BOUND_SIZE];

	if (kinds[option->type].parse(value, option->min, option->max,
				      option->into))
		return 0;
	kinds[option->type].show(option->min, min);
	kinds[option->type].show(option->max, max);
	return error_set(err, ERROR_USAGE, "--%s is '%s', want %s to %s%s",
			 option->name, value, min, max,
			 kinds[option->type].unit);
}

/* There are never more than there are arguments. */
static void append(struct cli_list *list, const char *value, int argc)
{
	if (!list->texts)
		list->texts = xcalloc((size_t)argc + 1, sizeof(*list->texts));
	list->texts[list->count++] = value;
}

static int set(const struct cli_option *option, const char *value, int argc,
	       struct error *err)
{
	if (option->type == CLI_FLAG && value)
		return error_set(err, ERROR_USAGE, "--%s takes no value",
				 option->name);
	if (option->type == CLI_FLAG) {
		*(bool *)option->into = true;
		return 0;
	}
	if (!value)
		return error_set(err, ERROR_USAGE, "--%s wants a value",
				 option->name);
	if (option->type == CLI_TEXT) {
		*(const char **)option->into = value;
		return 0;
	}
	if (option->type == CLI_LIST) {
		append(option->into, value, argc);
		return 0;
	}
	return set_number(option, value, err);
}

static const struct cli_option *find_letter(char letter,
					    const struct cli_option *options)
{
	for (const struct cli_option *o = options; o->name; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

/* The option that arg begins with, --NAME[=VALUE] or -N[VALUE]; *ret_value is
 * what follows in the same argument, or NULL. */
static const struct cli_option *look_up(const char *arg,
					const struct cli_option *options,
					const char **ret_value)
{
	size_t len = strcspn(arg + 2, "=");

	if (arg[1] == '-') {
		*ret_value = arg[2 + len] == '=' ? arg + 3 + len : NULL;
		return find(arg + 2, len, options);
	}
	*ret_value = arg[2] ? arg + 2 : NULL;
	return find_letter(arg[1], options);
}

/* The option at *at; its value may be the next argument. */
static int take(int argc, char **argv, int *at,
		const struct cli_option *options, struct error *err)
{
	const char *arg = argv[*at], *value;
	const struct cli_option *option = look_up(arg, options, &value);

	if (!option)
		return unknown(arg, options, err);
	if (!value && option->type != CLI_FLAG && *at + 1 < argc)
		value = argv[++*at];
	return set(option, value, argc, err);
}

static int read_all(int argc, char **argv, const struct cli_option *options,
		    bool first, int *ret_count, struct error *err)
{
	bool only_arguments = false;
	int count = 0;

	for (int i = 1; i < argc; i++) {
		if (!only_arguments && strcmp(argv[i], "--") == 0) {
			only_arguments = true;
			continue;
		}
		if (only_arguments || argv[i][0] != '-' || !argv[i][1]) {
			argv[++count] = argv[i];
			only_arguments = only_arguments || first;
		} else if (take(argc, argv, &i, options, err) < 0) {
			return -1;
		}
	}
	if (count + 1 < argc)
		argv[count + 1] = NULL;
	*ret_count = count;
	return 0;
}

int cli_options(int argc, char **argv, const struct cli_option *options,
		int *ret_count, struct error *err)
{
	return read_all(argc, argv, options, false, ret_count, err);
}

int cli_options_first(int argc, char **argv, const struct cli_option *options,
		      int *ret_count, struct error *err)
{
	return read_all(argc, argv, options, true, ret_count, err);
}

int cli_arguments(int count, int min, int max, const char *what,
		  struct error *err)
{
	if (count >= min && count <= max)
		return 0;
	return error_set(err, ERROR_USAGE, "%d argument%s given, want: %s",
			 count, count == 1 ? "" : "s", *what ? what : "none");
}
