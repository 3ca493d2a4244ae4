/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/error.h"
#include "tap.h"

TEST(an_error_says_what_it_was_given)
{
	struct error err = ERROR_INIT;

	CHECK_INT(error_set(&err, ERROR_INPUT, "case '%s': %d lines", "a-1", 3),
		  ==, -1);
	CHECK_INT(err.kind, ==, ERROR_INPUT);
	CHECK_INT(err.sys_errno, ==, 0);
	CHECK_STR(err.text, "case 'a-1': 3 lines");
}

TEST(a_failed_system_call_ends_with_its_reason)
{
	struct error err = ERROR_INIT;

	CHECK_INT(error_set_errno(&err, ENOSPC, "write %s", "x"), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_SYSTEM);
	CHECK_INT(err.sys_errno, ==, ENOSPC);
	CHECK_STR(err.text, "write x: No space left on device");
}

TEST(a_prefix_keeps_kind_and_errno)
{
	struct error err = ERROR_INIT;

	(void)error_set_errno(&err, EACCES, "open f");
	CHECK_INT(error_prefix(&err, "load '%s'", "t"), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_SYSTEM);
	CHECK_INT(err.sys_errno, ==, EACCES);
	CHECK_STR(err.text, "load 't': open f: Permission denied");
}

/* Too long a text is cut, not written past its end; each way in is tried with
 * every length around the size of the field. */
TEST(a_long_message_is_cut)
{
	char text[700];

	for (size_t len = 580; len < sizeof(text) - 1; len++) {
		struct error err = ERROR_INIT;

		ROW("%zu bytes", len);
		memset(text, 'x', len);
		text[len] = '\0';
		(void)error_set(&err, ERROR_BUG, "%s", text);
		CHECK_INT(strlen(err.text), ==,
			  len < sizeof(err.text) ? len : sizeof(err.text) - 1);
		(void)error_set_errno(&err, EIO, "%s", text);
		CHECK_INT(strlen(err.text), <, sizeof(err.text));
		(void)error_prefix(&err, "%s", text);
		CHECK_INT(strlen(err.text), <, sizeof(err.text));
		CHECK_INT(strncmp(err.text, text, 580), ==, 0);
	}
}

TAP_MAIN()
