/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/toml.h"
#include "tap.h"

static const struct {
	const char *label;
	const char *text;
	const char *complaint;
} bad[] = {
	{ "no value", "a = 1\nb =\n", "f:2: " },
	{ "open string", "a = 1\n\nb = \"x\n", "f:3: " },
	{ "key twice", "a = 1\nb = 2\na = 3\n", "f:3: " },
	{ "table twice", "[a]\nx = 1\n[a]\n",
	  "f:3: Error while parsing table header: cannot redefine " },
	{ "no end of a list", "a = [1,\n2\n", "f:" },
	{ "not UTF-8", "a = 1\nb = \"\xff\"\n", "f:2: " },
	{ "infinite", "a = 1\n\nb = inf\n", "f:3: a number must be finite" },
	{ "not a number", "[t]\na = [1.0, nan]\n",
	  "f:2: a number must be finite" },
	{ "integer of 65 bits", "a = 99999999999999999999\n", "f:1: " },
	{ "NUL in a key", "a = 1\n\"b\\u0000\" = 2\n",
	  "f:2: a key holds a NUL" },
	{ "header of no key", "a = 1\nb = 2\n[)]\nc = 3\n",
	  "f:3: this line is malformed" },
	{ "header of no key, last", "[)x", "f:1: this line is malformed" },
	{ "character beyond the last table", "\xef\xbb\x9f = 1\n", "f:1: " },
	{ "nested too deep", "a = [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n",
	  "f:1: " },
};

TEST(what_is_malformed_has_its_line)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct error err = ERROR_INIT;
		auto_toml struct toml *toml = NULL;

		ROW("%s", bad[i].label);
		CHECK_INT(toml_read(bad[i].text, strlen(bad[i].text), "f",
				    &toml, &err),
			  ==, -1);
		CHECK(!toml);
		CHECK_INT(err.kind, ==, ERROR_INPUT);
		if (strncmp(err.text, bad[i].complaint,
			    strlen(bad[i].complaint)) != 0)
			FAIL("got: %s", err.text);
		CHECK(strlen(err.text) > 5);
	}
}

static struct toml *read_text(const char *text)
{
	struct error err = ERROR_INIT;
	struct toml *toml = NULL;

	if (toml_read(text, strlen(text), "f", &toml, &err) < 0)
		FAIL("%s", err.text);
	return toml;
}

TEST(every_type_becomes_its_like_in_json)
{
	auto_toml struct toml *toml = read_text("text = \"a\\u0001\xc3\xa9\"\n"
						"whole = 0x1f\n"
						"real = 1.5e3\n"
						"flag = true\n"
						"list = [1, \"x\", [2.5]]\n"
						"date = 1979-05-27\n"
						"time = 07:32:00\n"
						"both = 1979-05-27T07:32:00Z\n"
						"[table.inner]\n"
						"a = {b = 1}\n"
						"[[rows]]\nn = 1\n"
						"[[rows]]\nn = 2\n");
	auto_free char *json = json_canonical(toml_root(toml));

	CHECK_STR(json, "{\n"
			"  \"both\": \"1979-05-27T07:32:00Z\",\n"
			"  \"date\": \"1979-05-27\",\n"
			"  \"flag\": true,\n"
			"  \"list\": [\n    1,\n    \"x\",\n    [\n      2.5\n"
			"    ]\n  ],\n"
			"  \"real\": 1500.0,\n"
			"  \"rows\": [\n    {\n      \"n\": 1\n    },\n"
			"    {\n      \"n\": 2\n    }\n  ],\n"
			"  \"table\": {\n    \"inner\": {\n      \"a\": {\n"
			"        \"b\": 1\n      }\n    }\n  },\n"
			"  \"text\": \"a\\u0001\xc3\xa9\",\n"
			"  \"time\": \"07:32:00\",\n"
			"  \"whole\": 31\n"
			"}\n");
}

static const struct {
	const char *path;
	int line;
} lines[] = {
	{ "a", 1 },	     { "list", 2 },
	{ "list[1]", 4 },    { "t", 6 },
	{ "t.x", 7 },	     { "rows[0].n", 9 },
	{ "rows[1].n", 11 }, { "rows[1].nothing", 10 },
	{ "t.x.y.z", 7 },    { "nowhere", 1 },
	{ "", 1 },
};

TEST(a_value_has_the_line_on_which_it_stands)
{
	auto_toml struct toml *toml = read_text("a = 1\n"
						"list = [\n"
						"  1,\n"
						"  2,\n"
						"]\n"
						"[t]\n"
						"x = 1\n"
						"[[rows]]\n"
						"n = 1\n"
						"[[rows]]\n"
						"n = 2\n");

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		ROW("%s", lines[i].path);
		CHECK_INT(toml_line(toml, lines[i].path), ==, lines[i].line);
	}
}

/* toml++ recurses for each dot, when it reads and when it frees. */
TEST(dots_in_a_line_are_bounded)
{
	static char text[2 * 200000 + 8];
	struct error err = ERROR_INIT;
	struct toml *toml = NULL;

	for (size_t dots = 100; dots <= 200000;
	     dots = dots == 100 ? 101 : dots * 10) {
		size_t len = 2 * dots;

		ROW("%zu dots", dots);
		for (size_t i = 0; i < dots; i++)
			memcpy(text + 2 * i, "a.", 2);
		memcpy(text + len, "a=1\n", 5);
		CHECK_INT(toml_read(text, len + 4, "f", &toml, &err), ==,
			  dots <= 100 ? 0 : -1);
		if (dots > 100)
			CHECK_STR(err.text,
				  "f:1: more than 100 dots in a line");
		toml_free(STEAL(toml));
	}
}

TEST(only_the_given_length_is_read)
{
	struct error err = ERROR_INIT;
	auto_toml struct toml *toml = NULL;

	CHECK_INT(toml_read("a = 12", 5, "f", &toml, &err), ==, 0);
	CHECK_INT(json_integer_value(json_object_get(toml_root(toml), "a")), ==,
		  1);
}

TEST(nothing_is_an_empty_table)
{
	auto_toml struct toml *toml = read_text("");

	CHECK_INT(json_object_size(toml_root(toml)), ==, 0);
	CHECK_INT(toml_line(toml, "a"), ==, 1);
}

TAP_MAIN()
