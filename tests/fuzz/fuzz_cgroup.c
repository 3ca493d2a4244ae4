/* SPDX-License-Identifier: MIT */
/*
 * fuzz_cgroup.c - the text of a control group's file.
 *
 * The first byte chooses the key.  What the two functions of cgroup_parse.c make
 * of the rest is made here a second time, slowly: line by line in copies, and
 * numbers as strings.
 */
#include "fuzz.h"

#include "../../harness/sandbox/cgroup.h"

static const char *const keys[] = { "oom_kill", "max",	  "usage_usec", "low",
				    "oom",	"nr_tcp", "0",		"" };
static const char largest[] = "18446744073709551615";

static bool is_number(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || strspn(text, "0123456789") != len)
		return false;
	while (*text == '0' && text[1])
		text++;
	len = strlen(text);
	if (len != strlen(largest))
		return len < strlen(largest);
	return strcmp(text, largest) <= 0;
}

/* Whether text is the number that value is. */
static bool says(const char *text, uint64_t value)
{
	char digits[32];

	while (*text == '0' && text[1])
		text++;
	(void)snprintf(digits, sizeof(digits), "%ju", (uintmax_t)value);
	return strcmp(text, digits) == 0;
}

/* The line that begins at data, without its newline, as a text; one with a NUL
 * is like one with a blank: neither is part of a number or a key.  NULL when
 * its newline is not there. */
static char *copy_line(const char *data, size_t size)
{
	const char *end = size ? memchr(data, '\n', size) : NULL;
	size_t len = end ? (size_t)(end - data) : 0;
	char *copy;

	if (!end)
		return NULL;
	copy = xcalloc(len + 1, 1);
	for (size_t i = 0; i < len; i++)
		copy[i] = data[i] ? data[i] : '\1';
	return copy;
}

static void try_number(const char *data, size_t size)
{
	auto_free char *line = copy_line(data, size);
	bool want = line && strlen(line) + 1 == size && is_number(line);
	uint64_t value = 4711;
	int rc = cgroup_parse_number(data, size, &value);

	REQUIRE(rc == 0 || rc == -1, "%d", rc);
	REQUIRE((rc == 0) == want, "%d for '%s'", rc, line ? line : "no line");
	if (rc < 0)
		REQUIRE(value == 4711, "a failing call filled its result");
	else
		REQUIRE(says(line, value), "%ju for '%s'", (uintmax_t)value,
			line);
}

static bool begins_with(const char *data, size_t size, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < len; i++)
		if (i >= size || data[i] != key[i])
			return false;
	return len < size && data[len] == ' ';
}

static void try_field(const char *data, size_t size, const char *key)
{
	auto_free char *line = NULL;
	const char *number = NULL;
	uint64_t value = 4711;
	int rc = cgroup_parse_field(data, size, key, &value);

	for (size_t at = 0; at < size && !line; at++) {
		if (at > 0 && data[at - 1] != '\n')
			continue;
		if (!begins_with(data + at, size - at, key))
			continue;
		line = copy_line(data + at, size - at);
		break;
	}
	if (line)
		number = line + strlen(key) + 1;
	REQUIRE(rc == 0 || rc == -1, "%d", rc);
	REQUIRE((rc == 0) == (number && is_number(number)), "%d for '%s'", rc,
		line ? line : "no line");
	if (rc < 0)
		REQUIRE(value == 4711, "a failing call filled its result");
	else
		REQUIRE(says(number, value), "%ju for '%s'", (uintmax_t)value,
			line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned choice = fuzz_choice(&data, &size);
	/* Of the very size: not a byte behind it may be looked at. */
	auto_free char *text = xcalloc(size + !size, 1);

	memcpy(text, data, size);
	try_number(text, size);
	try_field(text, size, keys[choice % ARRAY_LEN(keys)]);
	return 0;
}
