/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/proc.h"
#include "tap.h"

static const struct {
	const char *label;
	const char *script;
	const char *complaint; /* NULL: it worked */
} rows[] = {
	{ "success", "exit 0", NULL },
	{ "status", "exit 3", "/bin/sh ended with status 3" },
	{ "signal", "kill -TERM $$", "/bin/sh was killed by signal 15" },
	{ "environment", "test \"$FORTNIGHT_TEST\" = here", NULL },
};

TEST(the_end_of_a_program_is_told)
{
	CHECK_INT(setenv("FORTNIGHT_TEST", "here", 1), ==, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *const argv[] = { "/bin/sh", "-c", rows[i].script,
					     NULL };
		struct error err = ERROR_INIT;
		int rc = proc_run(argv, &err);

		ROW("%s", rows[i].label);
		CHECK_INT(rc, ==, rows[i].complaint ? -1 : 0);
		CHECK_STR(err.text, rows[i].complaint ? rows[i].complaint : "");
	}
}

TEST(a_program_that_is_not_there_is_named)
{
	const char *const argv[] = { "/nonexistent/generate", NULL };
	struct error err = ERROR_INIT;

	CHECK_INT(proc_run(argv, &err), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_SYSTEM);
	CHECK_STR(err.text,
		  "run /nonexistent/generate: No such file or directory");
}

TEST(arguments_arrive_as_they_are)
{
	const char *const argv[] = { "/bin/sh",
				     "-c",
				     "test $# = 3 && test \"$1\" = 'a b' && "
				     "test \"$2\" = '' && test \"$3\" = '*'",
				     "sh",
				     "a b",
				     "",
				     "*",
				     NULL };
	struct error err = ERROR_INIT;

	CHECK_INT(proc_run(argv, &err), ==, 0);
}

TAP_MAIN()
