/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/text.h"
#include "tap.h"

#include <inttypes.h>

static const struct {
	const char *text;
	int64_t min, max;
	bool ok;
	int64_t value;
} numbers[] = {
	{ "0", 0, 10, true, 0 },
	{ "10", 0, 10, true, 10 },
	{ "11", 0, 10, false, 0 },
	{ "-1", 0, 10, false, 0 },
	{ "-3", -3, 10, true, -3 },
	{ "007", 0, 10, true, 7 },
	{ "9223372036854775807", 0, INT64_MAX, true, INT64_MAX },
	{ "9223372036854775808", 0, INT64_MAX, false, 0 },
	{ "-9223372036854775808", INT64_MIN, 0, true, INT64_MIN },
	{ "-9223372036854775809", INT64_MIN, 0, false, 0 },
	{ "", 0, 10, false, 0 },
	{ "-", -10, 10, false, 0 },
	{ "+1", 0, 10, false, 0 },
	{ " 1", 0, 10, false, 0 },
	{ "1 ", 0, 10, false, 0 },
	{ "1x", 0, 10, false, 0 },
	{ "0x1", 0, 10, false, 0 },
	{ "1.0", 0, 10, false, 0 },
	{ "--1", -10, 10, false, 0 },
};

TEST(a_number_is_the_whole_text_and_in_range)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		int64_t value = 4711;

		ROW("\"%s\" in %" PRId64 " to %" PRId64, numbers[i].text,
		    numbers[i].min, numbers[i].max);
		CHECK_INT(parse_int(numbers[i].text, numbers[i].min,
				    numbers[i].max, &value),
			  ==, numbers[i].ok);
		CHECK_INT(value, ==, numbers[i].ok ? numbers[i].value : 4711);
	}
}

static const struct {
	const char *text;
	int64_t min, max;
	bool ok;
	int64_t value;
} times[] = {
	{ "0", 0, INT64_MAX, true, 0 },
	{ "1", 0, INT64_MAX, true, 1000000000 },
	{ "1.5", 0, INT64_MAX, true, 1500000000 },
	{ "0.001", 0, INT64_MAX, true, 1000000 },
	{ "0.000000001", 0, INT64_MAX, true, 1 },
	{ "0.0000000001", 0, INT64_MAX, false, 0 },
	{ "9223372036.854775807", 0, INT64_MAX, true, INT64_MAX },
	{ "9223372036.854775808", 0, INT64_MAX, false, 0 },
	{ "99999999999999999999", 0, INT64_MAX, false, 0 },
	{ "2", 0, 1999999999, false, 0 },
	{ "1", 1000000001, INT64_MAX, false, 0 },
	{ "", 0, INT64_MAX, false, 0 },
	{ ".5", 0, INT64_MAX, false, 0 },
	{ "1.", 0, INT64_MAX, false, 0 },
	{ "-1", -INT64_MAX, INT64_MAX, false, 0 },
	{ "1s", 0, INT64_MAX, false, 0 },
	{ "1e3", 0, INT64_MAX, false, 0 },
	{ " 1", 0, INT64_MAX, false, 0 },
}, sizes[] = {
	{ "0", 0, INT64_MAX, true, 0 },
	{ "4096", 0, INT64_MAX, true, 4096 },
	{ "1k", 0, INT64_MAX, true, 1024 },
	{ "64M", 0, INT64_MAX, true, 67108864 },
	{ "2g", 0, INT64_MAX, true, INT64_C(2147483648) },
	{ "3T", 0, INT64_MAX, true, INT64_C(3298534883328) },
	{ "8388607T", 0, INT64_MAX, true, INT64_C(9223370937343148032) },
	{ "8388608T", 0, INT64_MAX, false, 0 },
	{ "9223372036854775808", 0, INT64_MAX, false, 0 },
	{ "65", 0, 64, false, 0 },
	{ "1K", 1025, INT64_MAX, false, 0 },
	{ "", 0, INT64_MAX, false, 0 },
	{ "K", 0, INT64_MAX, false, 0 },
	{ "1KB", 0, INT64_MAX, false, 0 },
	{ "1.5M", 0, INT64_MAX, false, 0 },
	{ "-1K", -INT64_MAX, INT64_MAX, false, 0 },
	{ "1P", 0, INT64_MAX, false, 0 },
};

TEST(a_time_is_seconds_and_comes_in_nanoseconds)
{
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		int64_t value = 4711;

		ROW("\"%s\"", times[i].text);
		CHECK_INT(parse_seconds(times[i].text, times[i].min,
					times[i].max, &value),
			  ==, times[i].ok);
		CHECK_INT(value, ==, times[i].ok ? times[i].value : 4711);
	}
}

TEST(a_size_may_have_a_unit)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		int64_t value = 4711;

		ROW("\"%s\"", sizes[i].text);
		CHECK_INT(parse_size(sizes[i].text, sizes[i].min, sizes[i].max,
				     &value),
			  ==, sizes[i].ok);
		CHECK_INT(value, ==, sizes[i].ok ? sizes[i].value : 4711);
	}
}

static const char *const words[] = { "build",  "run",	 "timeout_sec",
				     "weight", "memory", NULL };

static const struct {
	const char *word;
	const char *nearest; /* NULL: none */
} misses[] = {
	{ "build", "build" },
	{ "biuld", "build" },
	{ "buld", "build" },
	{ "timeout", NULL },
	{ "timeout_secs", "timeout_sec" },
	{ "weigth", "weight" },
	{ "rum", "run" },
	{ "ru", "run" },
	{ "xyzzy", NULL },
	{ "", NULL },
};

TEST(a_near_miss_is_found_and_a_far_one_is_not)
{
	for (size_t i = 0; i < ARRAY_LEN(misses); i++) {
		const char *found = text_nearest(misses[i].word, words);

		ROW("%s", misses[i].word);
		if (misses[i].nearest)
			CHECK_STR(found, misses[i].nearest);
		else if (found)
			FAIL("found %s", found);
	}
}

TEST(the_longest_words_stay_in_bounds)
{
	static char word[200], other[200];
	const char *const list[] = { other, NULL };

	for (size_t len = 60; len < 70; len++) {
		ROW("%zu bytes", len);
		memset(word, 'a', len);
		memset(other, 'a', len);
		word[len] = '\0';
		other[len] = '\0';
		other[0] = 'b';
		CHECK((text_nearest(word, list) == other) == (len <= 63));
	}
}

static const struct {
	const char *label;
	const char *bytes;
	size_t len;
	const char *shown;
} shows[] = {
	{ "plain", "a b\tc\n", 6, "a b\tc\n" },
	{ "colour", "\033[31mred", 8, "\\x1b[31mred" },
	{ "carriage return", "a\rb", 3, "a\\x0db" },
	{ "delete", "\x7f", 1, "\\x7f" },
	{ "zero", "a\0b", 3, "a\\x00b" },
	{ "letters", "\xc3\xa9\xe2\x82\xac", 5, "\xc3\xa9\xe2\x82\xac" },
	{ "C1 control", "\xc2\x9b\x33m", 4, "\\xc2\\x9b3m" },
	{ "no-break space", "\xc2\xa0", 2, "\xc2\xa0" },
	{ "not UTF-8", "\xff\xfe", 2, "\\xff\\xfe" },
	{ "cut short", "\xe2\x82", 2, "\\xe2\\x82" },
	{ "surrogate", "\xed\xa0\x80", 3, "\\xed\\xa0\\x80" },
	{ "nothing", "", 0, "" },
};

TEST(a_terminal_shows_and_does_not_obey)
{
	for (size_t i = 0; i < ARRAY_LEN(shows); i++) {
		auto_buf struct buf buf = BUF_INIT(100);

		ROW("%s", shows[i].label);
		text_add_safe(&buf, shows[i].bytes, shows[i].len);
		CHECK_STR(buf_text(&buf), shows[i].shown);
	}
}

TEST(every_pair_of_bytes_comes_out_safe)
{
	for (unsigned pair = 0; pair < 0x10000; pair++) {
		char bytes[2] = { (char)(pair >> 8), (char)pair };
		auto_buf struct buf buf = BUF_INIT(100);

		ROW("%04x", pair);
		text_add_safe(&buf, bytes, 2);
		CHECK(text_is_utf8(buf_text(&buf), buf.len));
		for (size_t i = 0; i < buf.len; i++)
			if ((unsigned char)buf.data[i] < 0x20 &&
			    buf.data[i] != '\n' && buf.data[i] != '\t')
				FAIL("a control byte came through");
	}
}

/* RFC 3629 section 4, by its boundaries. */
static const struct {
	const char *bytes;
	bool ok;
} utf8[] = {
	{ "", true },
	{ "\x7f", true },
	{ "\x80", false },
	{ "\xc1\xbf", false },
	{ "\xc2\x80", true },
	{ "\xdf\xbf", true },
	{ "\xdf\xc0", false },
	{ "\xe0\x9f\xbf", false },
	{ "\xe0\xa0\x80", true },
	{ "\xed\x9f\xbf", true },
	{ "\xed\xa0\x80", false },
	{ "\xee\x80\x80", true },
	{ "\xef\xbf\xbf", true },
	{ "\xf0\x8f\xbf\xbf", false },
	{ "\xf0\x90\x80\x80", true },
	{ "\xf4\x8f\xbf\xbf", true },
	{ "\xf4\x90\x80\x80", false },
	{ "\xf5\x80\x80\x80", false },
	{ "\xe2\x82", false },
	{ "\xe2\x28\xa1", false },
	{ "\xf0\x9f\x98", false },
	{ "a\xc3\xa9z", true },
};

TEST(well_formed_is_what_the_rfc_says)
{
	for (size_t i = 0; i < ARRAY_LEN(utf8); i++) {
		ROW("row %zu", i);
		CHECK_INT(text_is_utf8(utf8[i].bytes, strlen(utf8[i].bytes)),
			  ==, utf8[i].ok);
	}
}

TEST(a_zero_byte_is_not_text)
{
	CHECK(!text_is_utf8("a\0b", 3));
}

TAP_MAIN()
