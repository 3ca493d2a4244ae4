/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/text.h"

#include "cli.h"

#include <inttypes.h>

enum {
	OPTIONS_MAX = 32
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

	for (size_t i = 0; i < OPTIONS_MAX && options[i].name; i++)
		names[i] = options[i].name;
	near = text_nearest(arg + strspn(arg, "-"), names);
	return error_set(err, ERROR_USAGE, "there is no option %s%s%s%s", arg,
			 near ? ": did you mean --" : "", near ? near : "",
			 near ? "?" : "");
}

static int set(const struct cli_option *option, const char *value,
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
	if (!parse_int(value, option->min, option->max, option->into))
		return error_set(err, ERROR_USAGE,
				 "--%s is '%s', want %" PRId64 " to %" PRId64,
				 option->name, value, option->min, option->max);
	return 0;
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
	return set(option, value, err);
}

int cli_options(int argc, char **argv, const struct cli_option *options,
		int *ret_count, struct error *err)
{
	bool only_arguments = false;
	int count = 0;

	for (int i = 1; i < argc; i++) {
		if (!only_arguments && strcmp(argv[i], "--") == 0) {
			only_arguments = true;
			continue;
		}
		if (only_arguments || argv[i][0] != '-' || !argv[i][1])
			argv[++count] = argv[i];
		else if (take(argc, argv, &i, options, err) < 0)
			return -1;
	}
	if (count + 1 < argc)
		argv[count + 1] = NULL;
	*ret_count = count;
	return 0;
}

int cli_arguments(int count, int min, int max, const char *what,
		  struct error *err)
{
	if (count >= min && count <= max)
		return 0;
	return error_set(err, ERROR_USAGE, "%d argument%s given, want: %s",
			 count, count == 1 ? "" : "s", *what ? what : "none");
}
