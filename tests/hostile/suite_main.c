/* SPDX-License-Identifier: MIT */
/*
 * suite - run the attempts and say in TAP how each one ended.
 *
 *	suite ATTACKS		all of them, after the controls
 *	suite ATTACKS 53a ...	these alone
 *	suite --list		the tables of docs/hostile.md
 *	suite --document FILE ATTACKS
 *				all of them, and FILE has these tables
 *
 * ATTACKS is the folder of the programs.  It runs as root, and as a user who
 * has control groups (fortnight doctor --delegate UID).
 */
#include "suite.h"

#include "fortnight/clock.h"
#include "fortnight/fd.h"

#include <fcntl.h>
#include <signal.h>

enum {
	DOCUMENT_MAX = 1 << 20,
	NUMBERS_MAX = 400,
	LIST_NUMBERS = 130 /* of the list that the suite began with */
};

void tap_point(struct suite *suite, const struct finding *finding,
	       const char *fmt, ...)
{
	va_list ap;

	suite->points++;
	suite->failed += finding->why[0] != '\0';
	va_start(ap, fmt);
	tap_line(suite->points, finding, fmt, ap);
	va_end(ap);
}

static void list_places(struct buf *out, unsigned places)
{
	static const char *const names[] = {
		"case",	  "build",	     "session",
		"driver", "beside a driver", "debugger"
	};
	const char *separator = "";

	if (places == EVERYWHERE) {
		buf_adds(out, "everywhere");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!(places & 1U << i))
			continue;
		buf_addf(out, "%s%s", separator, names[i]);
		separator = ", ";
	}
}

static void list_attempt(struct buf *out, const struct attempt *attempt)
{
	buf_addf(out, "| %s | %s | ", attempt->number, attempt->title);
	list_places(out, attempt->places ? attempt->places : PLACE_CASE);
	if (attempt->own_ids)
		buf_adds(out, ", by root");
	buf_addf(out, " | %s", attempt->expect);
	if (attempt->collect)
		buf_addf(out, "; collected: %s", attempt->collect);
	buf_addf(out, " | %s |\n", attempt->because);
}

static void list_table(struct buf *out, const struct table *table)
{
	buf_addf(out, "### %s\n\n", table->title);
	buf_adds(out, "| number | attempt | where | how it has to end | why |\n"
		      "| --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; i < table->count; i++)
		list_attempt(out, &table->attempts[i]);
}

static void list(void)
{
	for (size_t t = 0; t < table_count; t++) {
		auto_buf struct buf out = BUF_INIT(DOCUMENT_MAX);

		list_table(&out, tables[t]);
		printf("%s%s", t ? "\n" : "", buf_text(&out));
	}
}

/* Each table stands in the document as it is here, whole. */
static void check_document(struct suite *suite, const char *path)
{
	auto_buf struct buf text = BUF_INIT(DOCUMENT_MAX);
	struct finding finding = { .why = "" };
	struct error err = ERROR_INIT;

	if (fd_read_file(AT_FDCWD, path, &text, &err) < 0)
		found(&finding, "%s", err.text);
	buf_adds(&text, "\n"); /* as after the tables that are not the last */
	for (size_t t = 0; t < table_count; t++) {
		auto_buf struct buf out = BUF_INIT(DOCUMENT_MAX);

		list_table(&out, tables[t]);
		buf_adds(&out, "\n");
		if (!strstr(buf_text(&text), buf_text(&out)))
			found(&finding,
			      "\"%s\" is not as suite --list prints it",
			      tables[t]->title);
	}
	tap_point(suite, &finding, "docs/hostile.md has these tables");
}

/* "| 99, 102a | ...": the numbers of a row's first cell. */
static void note_row(const char *row, bool seen[NUMBERS_MAX])
{
	const char *end = strstr(row, " |");

	for (const char *at = row + 2; end && at < end;) {
		char *after;
		long number = strtol(at, &after, 10);

		if (after == at)
			return;
		if (number > 0 && number < NUMBERS_MAX)
			seen[number] = true;
		at = after + strcspn(after, ", ");
		at += strspn(at, ", ");
	}
}

/* Whoever looks for a number finds where it is tested. */
static void check_numbers(struct suite *suite, const char *path)
{
	auto_buf struct buf text = BUF_INIT(DOCUMENT_MAX);
	struct finding finding = { .why = "" };
	struct error err = ERROR_INIT;
	bool seen[NUMBERS_MAX] = { false };

	if (fd_read_file(AT_FDCWD, path, &text, &err) < 0)
		found(&finding, "%s", err.text);
	for (const char *at = buf_text(&text); (at = strstr(at, "\n| "));
	     at += 3)
		note_row(at + 1, seen);
	for (int i = 1; i <= LIST_NUMBERS; i++)
		if (!seen[i])
			found(&finding, "number %d is in no table", i);
	tap_point(suite, &finding, "docs/hostile.md has each of %d numbers",
		  LIST_NUMBERS);
}

static bool is_wanted(const struct attempt *attempt, char **numbers)
{
	if (!*numbers)
		return true;
	for (; *numbers; numbers++)
		if (strcmp(*numbers, attempt->number) == 0)
			return true;
	return false;
}

static void run_tables(struct suite *suite, char **numbers)
{
	for (size_t t = 0; t < table_count; t++)
		for (size_t i = 0; i < tables[t]->count; i++) {
			const struct attempt *attempt = &tables[t]->attempts[i];

			if (is_wanted(attempt, numbers))
				suite_attempt(suite, attempt);
		}
}

static int usage(void)
{
	(void)fprintf(stderr, "usage: suite [--document FILE] ATTACKS "
			      "[NUMBER...]\n"
			      "       suite --list\n");
	return 2;
}

static int run(const char *attacks, const char *document, char **numbers)
{
	int64_t begun_ns = clock_mono_ns();
	struct error err = ERROR_INIT;
	struct suite suite;

	if (suite_open(&suite, attacks, &err) < 0) {
		printf("Bail out! %s\n", err.text);
		suite_close(&suite);
		return 1;
	}
	if (document) {
		check_document(&suite, document);
		check_numbers(&suite, document);
	}
	if (!*numbers)
		controls_run(&suite);
	suite.neighbour.worst = 0; /* and not that of the controls */
	run_tables(&suite, numbers);
	suite_close(&suite);
	printf("1..%zu\n# %lld ms; a neighbour's job cost at most %.2f times "
	       "what it costs in calm\n",
	       suite.points,
	       (long long)((clock_mono_ns() - begun_ns) / NS_PER_MS),
	       suite.neighbour.worst);
	return suite.failed || suite.points == 0;
}

int main(int argc, char **argv)
{
	const char *document = NULL;

	(void)argc;
	(void)signal(SIGPIPE, SIG_IGN);
	argv++;
	if (argv[0] && strcmp(argv[0], "--list") == 0 && !argv[1]) {
		list();
		return 0;
	}
	if (argv[0] && strcmp(argv[0], "--document") == 0 && argv[1]) {
		document = argv[1];
		argv += 2;
	}
	return argv[0] ? run(argv[0], document, argv + 1) : usage();
}
