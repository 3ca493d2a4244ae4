/* SPDX-License-Identifier: MIT */
/* What the files of control groups say, and what is no such thing. */
#include "fortnight/base.h"
#include "tap.h"

#include "../../harness/sandbox/cgroup.h"

static const struct {
	const char *label, *text;
	int rc;
	uint64_t value;
} numbers[] = {
	{ "zero", "0\n", 0, 0 },
	{ "cpuacct.usage", "1234567890123\n", 0, 1234567890123 },
	{ "leading zeros", "007\n", 0, 7 },
	{ "the largest", "18446744073709551615\n", 0, UINT64_MAX },
	{ "one more", "18446744073709551616\n", -1, 0 },
	{ "a digit more", "99999999999999999999999\n", -1, 0 },
	{ "nothing", "", -1, 0 },
	{ "a newline", "\n", -1, 0 },
	{ "cut off", "12", -1, 0 },
	{ "max", "max\n", -1, 0 },
	{ "negative", "-1\n", -1, 0 },
	{ "a sign", "+1\n", -1, 0 },
	{ "a space before", " 1\n", -1, 0 },
	{ "a space behind", "1 \n", -1, 0 },
	{ "hexadecimal", "0x10\n", -1, 0 },
	{ "two lines", "1\n2\n", -1, 0 },
};

TEST(a_number_is_all_digits_or_none)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		uint64_t value = 77;

		ROW("%s", numbers[i].label);
		CHECK_INT(cgroup_parse_number(numbers[i].text,
					      strlen(numbers[i].text), &value),
			  ==, numbers[i].rc);
		CHECK(value == (numbers[i].rc == 0 ? numbers[i].value : 77));
	}
}

#define OOM_CONTROL "oom_kill_disable 0\nunder_oom 1\noom_kill 3\n"

static const struct {
	const char *label, *text, *key;
	int rc;
	uint64_t value;
} fields[] = {
	{ "the last line", OOM_CONTROL, "oom_kill", 0, 3 },
	{ "the first line", OOM_CONTROL, "oom_kill_disable", 0, 0 },
	{ "between", OOM_CONTROL, "under_oom", 0, 1 },
	{ "not there", OOM_CONTROL, "oom", -1, 0 },
	{ "the end of a key", OOM_CONTROL, "kill", -1, 0 },
	{ "no key", OOM_CONTROL, "", -1, 0 },
	{ "the first of two", "max 1\nmax 2\n", "max", 0, 1 },
	{ "within a line", "a max 1\n", "max", -1, 0 },
	{ "cut off in the number", "low 0\noom_kill 1", "oom_kill", -1, 0 },
	{ "cut off behind the key", "low 0\noom_kill ", "oom_kill", -1, 0 },
	{ "cut off in the key", "low 0\noom_k", "oom_kill", -1, 0 },
	{ "a word", "max many\n", "max", -1, 0 },
	{ "a second word", "max 1 2\n", "max", -1, 0 },
	{ "a tab", "max\t1\n", "max", -1, 0 },
	{ "too large", "max 18446744073709551616\n", "max", -1, 0 },
	{ "empty", "", "max", -1, 0 },
	{ "an empty line", "\n\nmax 4\n", "max", 0, 4 },
};

TEST(a_field_is_a_whole_line)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		uint64_t value = 77;

		ROW("%s", fields[i].label);
		CHECK_INT(cgroup_parse_field(fields[i].text,
					     strlen(fields[i].text),
					     fields[i].key, &value),
			  ==, fields[i].rc);
		CHECK(value == (fields[i].rc == 0 ? fields[i].value : 77));
	}
}

/* What stands behind the length is not looked at. */
TEST(a_text_ends_where_its_length_says)
{
	uint64_t value = 77;

	CHECK_INT(cgroup_parse_number("12\n", 2, &value), ==, -1);
	CHECK_INT(cgroup_parse_field("max 12\n", 6, "max", &value), ==, -1);
	CHECK_INT(cgroup_parse_field("max 12\n", 3, "max", &value), ==, -1);
	CHECK_INT(cgroup_parse_number("12\n34", 3, &value), ==, 0);
	CHECK(value == 12);
}

TAP_MAIN()
