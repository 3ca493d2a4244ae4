/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/buf.h"
#include "tap.h"

TEST(an_empty_buffer_reads_as_empty_text)
{
	auto_buf struct buf buf = BUF_INIT(10);
	auto_free char *text = NULL;

	CHECK_STR(buf_text(&buf), "");
	CHECK_INT(buf.len, ==, 0);
	text = buf_steal(&buf);
	CHECK_STR(text, "");
}

TEST(additions_join_and_stay_terminated)
{
	auto_buf struct buf buf = BUF_INIT(100);

	buf_adds(&buf, "one");
	buf_addc(&buf, ' ');
	buf_add(&buf, "two!!", 3);
	buf_addf(&buf, " %d%s", 3, "");
	CHECK_STR(buf_text(&buf), "one two 3");
	CHECK_INT(buf.len, ==, 9);
}

TEST(zero_bytes_are_bytes_like_any_other)
{
	auto_buf struct buf buf = BUF_INIT(100);

	buf_add(&buf, "a\0b", 3);
	buf_addc(&buf, '\0');
	CHECK_INT(buf.len, ==, 4);
	CHECK(memcmp(buf.data, "a\0b\0", 5) == 0);
}

TEST(adding_nothing_allocates_nothing)
{
	auto_buf struct buf buf = BUF_INIT(0);

	buf_add(&buf, NULL, 0);
	buf_adds(&buf, "");
	buf_addf(&buf, "%s", "");
	CHECK(buf.data == NULL);
	CHECK(!buf_overflowed(&buf));
}

TEST(the_maximum_itself_still_fits)
{
	auto_buf struct buf buf = BUF_INIT(4);

	buf_adds(&buf, "1234");
	CHECK(!buf_overflowed(&buf));
	CHECK_STR(buf_text(&buf), "1234");
}

TEST(past_the_maximum_what_is_there_stays_and_the_rest_is_dropped)
{
	auto_buf struct buf buf = BUF_INIT(4);

	buf_adds(&buf, "123");
	buf_adds(&buf, "45");
	CHECK(buf_overflowed(&buf));
	CHECK_STR(buf_text(&buf), "123");
	buf_addc(&buf, '4');
	CHECK_STR(buf_text(&buf), "123");
	buf_addf(&buf, "%d", 4);
	CHECK_STR(buf_text(&buf), "123");
}

TEST(a_cleared_buffer_forgets_that_it_overflowed)
{
	auto_buf struct buf buf = BUF_INIT(2);

	buf_adds(&buf, "123");
	buf_clear(&buf);
	CHECK(!buf_overflowed(&buf));
	buf_adds(&buf, "12");
	CHECK_STR(buf_text(&buf), "12");
}

TEST(a_huge_length_does_not_wrap_around)
{
	auto_buf struct buf buf = BUF_INIT(100);

	buf_adds(&buf, "x");
	buf_add(&buf, "y", SIZE_MAX);
	CHECK(buf_overflowed(&buf));
	CHECK_STR(buf_text(&buf), "x");
}

TEST(a_stolen_text_outlives_its_buffer)
{
	auto_free char *text = NULL;
	struct buf buf = BUF_INIT(100);

	buf_adds(&buf, "kept");
	text = buf_steal(&buf);
	CHECK_STR(buf_text(&buf), "");
	CHECK_INT(buf.max, ==, 100);
	buf_adds(&buf, "more");
	buf_done(&buf);
	CHECK_STR(text, "kept");
}

TEST(a_buffer_can_be_used_again_after_done)
{
	struct buf buf;

	buf_init(&buf, 10);
	buf_adds(&buf, "one");
	buf_done(&buf);
	buf_adds(&buf, "two");
	CHECK_STR(buf_text(&buf), "two");
	buf_done(&buf);
}

/* Every length around the first capacities, by bytes and by format. */
TEST(growing_keeps_every_byte)
{
	for (size_t len = 0; len < 300; len++) {
		auto_buf struct buf one = BUF_INIT(1000);
		auto_buf struct buf all = BUF_INIT(1000);

		ROW("%zu bytes", len);
		for (size_t i = 0; i < len; i++)
			buf_addc(&one, (char)('a' + i % 26));
		buf_addf(&all, "%s", buf_text(&one));
		CHECK_INT(one.len, ==, len);
		CHECK_STR(buf_text(&all), buf_text(&one));
	}
}

TAP_MAIN()
