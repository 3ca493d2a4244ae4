/* SPDX-License-Identifier: MIT */
/*
 * cli.h - what the subcommands share.
 *
 * One file per subcommand, cmd_NAME.c, with one function that the table in
 * main.c names.  argv[0] is the command's name, as in "task show"; what
 * follows are its own arguments.  --help has been dealt with before.
 */
#ifndef FORTNIGHT_CLI_H
#define FORTNIGHT_CLI_H

#include "fortnight/error.h"

enum {
	STATUS_OK = 0,
	STATUS_NOT_PASSED = 1, /* a check was made, and did not pass */
	STATUS_CANCELLED = 130
};

struct command {
	const char *name;    /* one word, or two */
	const char *summary; /* one line, for the list */
	const char *usage;   /* what may follow the name, and what it means */
	/* An exit status, or -1 with err. */
	int (*run)(int argc, char **argv, struct error *err);
};

int cmd_doctor(int argc, char **argv, struct error *err) MUST_CHECK;
int cmd_sandbox_run(int argc, char **argv, struct error *err) MUST_CHECK;
int cmd_score(int argc, char **argv, struct error *err) MUST_CHECK;
int cmd_task_check(int argc, char **argv, struct error *err) MUST_CHECK;
int cmd_task_generate(int argc, char **argv, struct error *err) MUST_CHECK;
int cmd_task_list(int argc, char **argv, struct error *err) MUST_CHECK;
int cmd_task_new(int argc, char **argv, struct error *err) MUST_CHECK;
int cmd_task_show(int argc, char **argv, struct error *err) MUST_CHECK;

/* ---- options ---------------------------------------------------------------- */

enum cli_type {
	CLI_FLAG,    /* bool: set to true */
	CLI_TEXT,    /* const char *: borrowed from argv */
	CLI_LIST,    /* struct cli_list: one more text */
	CLI_NUMBER,  /* int64_t in [min, max] */
	CLI_SECONDS, /* likewise, nanoseconds, from "1.5" */
	CLI_SIZE     /* likewise, bytes, from "64M" */
};

/* What an option that may come again was given; texts ends with NULL, or is NULL
 * when the option did not come. */
struct cli_list {
	const char **texts;
	size_t count;
};

struct cli_option {
	const char *name; /* without the dashes */
	char letter;	  /* 0: none */
	enum cli_type type;
	void *into;
	int64_t min, max;
};

/* Read options anywhere among the arguments, up to "--": --name value,
 * --name=value, -x value, -xvalue.  What is left, argv[1] to argv[*ret_count], are
 * the other arguments in order; argv[*ret_count + 1] is NULL.  The list of options
 * ends with a name that is NULL.  An option that does not exist is ERROR_USAGE, with the
 * nearest that does. */
int cli_options(int argc, char **argv, const struct cli_option *options,
		int *ret_count, struct error *err) MUST_CHECK;
/* The same for a command that takes another command with its own options: the
 * first argument that is none ends the list, as "--" does. */
int cli_options_first(int argc, char **argv, const struct cli_option *options,
		      int *ret_count, struct error *err) MUST_CHECK;

/* Complain unless count is in [min, max]; `what` is "PACK [AREA]". */
int cli_arguments(int count, int min, int max, const char *what,
		  struct error *err) MUST_CHECK;

/* ---- oracles ---------------------------------------------------------------- */

struct task;

/* The oracle's root directory of a pack: what `option` names (not NULL), or where
 * `make oracles` leaves it; *ret_path is NULL when that is not there.  A pack that
 * has oracle packages and needs them is ERROR_INPUT then, with the cure. */
int cli_oracle(const char *option, const struct task *task, bool needed,
	       char **ret_path, struct error *err) MUST_CHECK;

/* ---- the terminal and its owner ----------------------------------------------- */

/* Readable from the first SIGINT or SIGTERM on; never to be read.  A second
 * signal ends the process at once, which takes every sandbox with it. */
int cli_cancel_fd(void);

/* Whether standard output is a terminal that shows colours (NO_COLOR). */
bool cli_colour(void);

#endif
