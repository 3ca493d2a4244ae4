/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "fortnight/json.h"
#include "tap.h"

#include <fcntl.h>

static const struct {
	const char *label;
	const char *text;
	const char *complaint; /* NULL: it is read */
} reads[] = {
	{ "object", "{\"a\": [1, 2.5, \"x\", null, true]}", NULL },
	{ "escaped zero", "{\"a\": \"\\u0000\"}", NULL },
	{ "white space around", " [1]\n", NULL },
	{ "nothing", "", "f:7: '[' or '{' expected near end of file" },
	{ "same key twice", "{\"a\": 1,\n \"a\": 2}",
	  "f:8: duplicate object key near '\"a\"' (column 4)" },
	{ "more behind", "[1] 2", "f:7: end of file expected near '2'" },
	{ "comma at the end", "[1,]", "f:7: unexpected token near ']'" },
	{ "third line", "{\n\n x}", "f:9: string or '}' expected near 'x'" },
	{ "not UTF-8", "[\"\xff\"]", "f:7: unable to decode byte 0xff" },
	{ "lone surrogate", "[\"\\ud800\"]", "f:7: invalid Unicode" },
	{ "huge number", "[1e999]", "f:7: real number overflow" },
	{ "huge integer", "[99999999999999999999]", "f:7: too big integer" },
	{ "NaN", "[NaN]", "f:7: invalid token near 'NaN'" },
};

TEST(reading_accepts_and_refuses)
{
	for (size_t i = 0; i < ARRAY_LEN(reads); i++) {
		struct error err = ERROR_INIT;
		json_t *json = NULL;
		int rc = json_read(reads[i].text, strlen(reads[i].text), "f", 7,
				   &json, &err);

		ROW("%s", reads[i].label);
		CHECK_INT(rc, ==, reads[i].complaint ? -1 : 0);
		CHECK((json != NULL) == (rc == 0));
		if (rc < 0 && !strstr(err.text, reads[i].complaint))
			FAIL("got: %s", err.text);
		CHECK_INT(err.kind, ==, rc ? ERROR_INPUT : ERROR_NONE);
		json_decref(json);
	}
}

TEST(only_the_given_length_is_read)
{
	struct error err = ERROR_INIT;
	json_t *json = NULL;

	CHECK_INT(json_read("[1]garbage", 3, "f", 1, &json, &err), ==, 0);
	json_decref(json);
}

TEST(nesting_has_a_bound)
{
	static char deep[20000];
	struct error err = ERROR_INIT;
	json_t *json = NULL;

	memset(deep, '[', sizeof(deep));
	CHECK_INT(json_read(deep, sizeof(deep), "f", 1, &json, &err), ==, -1);
	CHECK(strstr(err.text, "maximum parsing depth reached"));
}

TEST(equal_values_have_equal_canonical_bytes)
{
	static const char *const texts[] = {
		"{\"b\": [], \"a\": {\"\\u00e9\": 1, \"z\": true}}",
		"{\"a\":{\"z\":true,\"\xc3\xa9\":1},\"b\":[ ]}",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct error err = ERROR_INIT;
		auto_free char *bytes = NULL;
		json_t *json = NULL;

		ROW("%zu", i);
		CHECK_INT(json_read(texts[i], strlen(texts[i]), "f", 1, &json,
				    &err),
			  ==, 0);
		bytes = json_canonical(json);
		CHECK_STR(bytes, "{\n"
				 "  \"a\": {\n"
				 "    \"z\": true,\n"
				 "    \"\xc3\xa9\": 1\n"
				 "  },\n"
				 "  \"b\": []\n"
				 "}\n");
		json_decref(json);
	}
}

TEST(a_file_holds_the_canonical_bytes)
{
	auto_buf struct buf buf = BUF_INIT(100);
	char path[] = "/tmp/json.XXXXXX";
	struct error err = ERROR_INIT;
	json_t *json = json_pack("{s:i}", "a", 1);
	int dir;

	CHECK(mkdtemp(path) != NULL);
	dir = open(path, O_DIRECTORY | O_CLOEXEC);
	CHECK_INT(json_write_file(dir, "f.json", json, &err), ==, 0);
	CHECK_INT(fd_read_file(dir, "f.json", &buf, &err), ==, 0);
	CHECK_STR(buf_text(&buf), "{\n  \"a\": 1\n}\n");
	json_decref(json);
	unlinkat(dir, "f.json", 0);
	close(dir);
	CHECK_INT(rmdir(path), ==, 0);
}

#define REPLACED "\xef\xbf\xbd"

static const struct {
	const char *label;
	const char *bytes;
	size_t len;
	const char *text;
} texts[] = {
	{ "plain", "abc", 3, "abc" },
	{ "two, three and four bytes", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	  9, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ "zero byte", "a\0b", 3, "a" REPLACED "b" },
	{ "alone", "\xff", 1, REPLACED },
	{ "cut short", "x\xe2\x82", 3, "x" REPLACED REPLACED },
	{ "overlong", "\xc0\xaf", 2, REPLACED REPLACED },
	{ "nothing", "", 0, "" },
};

TEST(any_bytes_become_a_string)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		json_t *json = json_text(texts[i].bytes, texts[i].len);

		ROW("%s", texts[i].label);
		CHECK(json_is_string(json));
		CHECK_STR(json_string_value(json), texts[i].text);
		json_decref(json);
	}
}

TAP_MAIN()
