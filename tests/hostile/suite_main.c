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
	DOCUMENT_MAX = 1 << 20
};

const struct table *const tables[] = {
	&table_kernel,	&table_namespace, &table_network, &table_memory,
	&table_process, &table_disk,	  &table_life,	  &table_files,
};
const size_t table_count = ARRAY_LEN(tables);

void tap_point(struct suite *suite, const struct finding *finding,
	       const char *fmt, ...)
{
	va_list ap;

	suite->points++;
	suite->failed += finding->why[0] != '\0';
	printf("%sok %zu - ", finding->why[0] ? "not " : "", suite->points);
	va_start(ap, fmt);
	(void)vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (finding->why[0])
		printf("# %s\n", finding->why);
	(void)fflush(stdout);
}

static void list_places(struct buf *out, unsigned places)
{
	static const char *const names[] = { "case", "build", "session",
					     "driver" };
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
	if (document)
		check_document(&suite, document);
	if (!*numbers)
		controls_run(&suite);
	run_tables(&suite, numbers);
	suite_close(&suite);
	printf("1..%zu\n# %lld ms\n", suite.points,
	       (long long)((clock_mono_ns() - begun_ns) / NS_PER_MS));
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
