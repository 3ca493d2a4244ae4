/* SPDX-License-Identifier: MIT */
/*
 * fortnight - the command.  One table of subcommands, one of exit statuses.
 *
 * SIGINT and SIGTERM make cli_cancel_fd() readable, and whoever waits for a
 * sandbox lets go of it; a second signal ends the process, which closes every
 * pod's socket and with it every pod.
 */
#include "fortnight/base.h"
#include "fortnight/text.h"

#include "cli.h"

#include <fcntl.h>
#include <signal.h>

enum {
	WORDS_MAX = 512 /* of a message */
};

static const struct command commands[] = {
	{ "score", "build a submission and run the hidden suite",
	  "PACK TREE|ARCHIVE [-o DIR] [--lanes N] [--failures N]\n"
	  "                       [--visible] [--json] [-q]",
	  cmd_score },
	{ "task list", "the packs that there are", "", cmd_task_list },
	{ "task show", "a pack, its areas and cases", "PACK [AREA [CASE]]",
	  cmd_task_show },
	{ "task check", "prove a pack by its gates",
	  "PACK [--quick] [--seal] [--repeats N] [--loaded N] [--oracle DIR]",
	  cmd_task_check },
	{ "task generate", "make a pack's suite from a seed",
	  "PACK [--seed N | --seed-file FILE] [-o DIR] [--oracle DIR]",
	  cmd_task_generate },
	{ "task new", "a small pack to start from", "NAME [-d DIR]",
	  cmd_task_new },
	{ "sandbox run", "run any program as a submission is run",
	  "[OPTION...] [--] PROGRAM [ARGUMENT...]\n"
	  "  --cpu S  --wall S  --memory N  --processes N  --output N\n"
	  "  --file-size N  --disk N  --open-files N\n"
	  "  --policy grade|session|debug  --root bare|toolchain|DIR\n"
	  "  --app DIR|ARCHIVE  --work DIR|ARCHIVE  --collect DIR\n"
	  "  --hide PATH  --env NAME[=VALUE]\n"
	  "  --stdin FILE  --stdout FILE  --stderr FILE\n"
	  "  --meta FILE  --json FILE  --safe  -q\n"
	  "S is seconds, as 1.5; sizes in bytes, or as 64K, 64M, 64G",
	  cmd_sandbox_run },
	{ "doctor", "what this host can enforce",
	  "[--delegate UID | --undelegate UID]", cmd_doctor },
};

static const int exit_status[ERROR_KIND_COUNT] = {
	[ERROR_USAGE] = 2, [ERROR_INPUT] = 3,
	[ERROR_LIMIT] = 3, [ERROR_SYSTEM] = 4,
	[ERROR_HOST] = 5,  [ERROR_INFRA] = 75,
	[ERROR_BUG] = 70,  [ERROR_CANCELLED] = STATUS_CANCELLED,
};

static int cancel_pipe[2] = { -1, -1 };

static void on_signal(int sig)
{
	int saved = errno;

	(void)signal(sig, SIG_DFL);
	(void)!write(cancel_pipe[1], "c", 1);
	errno = saved;
}

int cli_cancel_fd(void)
{
	return cancel_pipe[0];
}

bool cli_colour(void)
{
	/* Nothing here sets the environment. */
	const char *no = getenv("NO_COLOR"); // NOLINT(concurrency-mt-unsafe)

	return isatty(STDOUT_FILENO) && !(no && *no);
}

/* A standard stream that was closed stays unusable: no pipe or result file of
 * ours takes its number and then what is printed. */
static void hold_standard_streams(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null",
				    fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static int watch_signals(struct error *err)
{
	struct sigaction action = { .sa_handler = on_signal };

	if (pipe2(cancel_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return error_set_errno(err, errno, "pipe");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* EFBIG tells more */
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGQUIT, &action, NULL);
	if (signal(SIGHUP, SIG_IGN) != SIG_IGN) /* nohup(1) */
		(void)sigaction(SIGHUP, &action, NULL);
	return 0;
}

static void print_help(FILE *out)
{
	fputs("usage: fortnight COMMAND [ARGUMENT...]\n\n", out);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(out, "  %-13s %s\n", commands[i].name,
			commands[i].summary);
	fputs("\nfortnight COMMAND --help tells more.\n", out);
}

/* How many words of argv name this command; 0: another one. */
static int matches(const struct command *command, int argc, char **argv)
{
	const char *space = strchr(command->name, ' ');
	size_t first = space ? (size_t)(space - command->name)
			     : strlen(command->name);

	if (argc < 2 || strlen(argv[1]) != first ||
	    strncmp(argv[1], command->name, first) != 0)
		return 0;
	if (!space)
		return 1;
	return argc > 2 && strcmp(argv[2], space + 1) == 0 ? 2 : 0;
}

/* "task" alone, or with a word that is none of its commands. */
static bool add_group(const char *word, struct buf *text)
{
	size_t len = strlen(word);
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const char *name = commands[i].name;

		if (strncmp(name, word, len) != 0 || name[len] != ' ')
			continue;
		buf_addf(text, "%s%s", found ? ", " : "", name + len + 1);
		found = true;
	}
	return found;
}

static int unknown(int argc, char **argv, struct error *err)
{
	const char *names[ARRAY_LEN(commands) + 1] = { NULL }, *near;
	auto_buf struct buf word = BUF_INIT(WORDS_MAX);
	auto_buf struct buf group = BUF_INIT(WORDS_MAX);
	bool grouped = add_group(argv[1], &group);

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		names[i] = commands[i].name;
	buf_addf(&word, "%.100s", argv[1]);
	if (grouped && argc == 2)
		return error_set(err, ERROR_USAGE,
				 "'%s' wants one of: %s (see fortnight --help)",
				 argv[1], buf_text(&group));
	if (argc > 2 && argv[2][0] != '-')
		buf_addf(&word, " %.100s", argv[2]);
	near = text_nearest(buf_text(&word), names);
	if (!near && !grouped)
		near = text_nearest(argv[1], names);
	return error_set(err, ERROR_USAGE,
			 "there is no command '%s'%s%s%s (see fortnight "
			 "--help)",
			 grouped ? buf_text(&word) : argv[1],
			 near ? ": did you mean '" : "", near ? near : "",
			 near ? "'?" : "");
}

static int run(int argc, char **argv, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		int words = matches(&commands[i], argc, argv);

		if (!words)
			continue;
		if (argc > words + 1 &&
		    strcmp(argv[words + 1], "--help") == 0) {
			printf("usage: fortnight %s %s\n", commands[i].name,
			       commands[i].usage);
			return STATUS_OK;
		}
		return commands[i].run(argc - words, argv + words, err);
	}
	return unknown(argc, argv, err);
}

/* A message may quote what a stranger wrote. */
static void print_error(const struct error *err)
{
	auto_buf struct buf safe = BUF_INIT(8 * sizeof(err->text));

	text_add_safe(&safe, err->text, strlen(err->text));
	fprintf(stderr, "fortnight: %s\n", buf_text(&safe));
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	int status;

	hold_standard_streams();
	if (argc < 2 || strcmp(argv[1], "--help") == 0) {
		print_help(argc < 2 ? stderr : stdout);
		return argc < 2 ? exit_status[ERROR_USAGE] : STATUS_OK;
	}
	status = watch_signals(&err) < 0 ? -1 : run(argc, argv, &err);
	if (status >= 0)
		return status;
	print_error(&err);
	return exit_status[err.kind];
}
