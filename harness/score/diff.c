/* SPDX-License-Identifier: MIT */
#include "compare.h"
#include "fortnight/base.h"
#include "fortnight/text.h"

enum {
	SIDE_LINES = 5,	     /* of each side */
	COLUMNS_MAX = 96,    /* bytes of a line that are shown */
	COLUMNS_BEFORE = 40, /* before the first difference in a long line */
	SAFE_MAX = 4 * COLUMNS_MAX + 1
};

/* One line behind its mark, from byte `from` on. */
static void add_line(struct buf *buf, const char *mark, struct slice line,
		     size_t from)
{
	size_t len = line.len - from;
	bool cut = len > COLUMNS_MAX;

	buf_adds(buf, mark);
	buf_adds(buf, from ? "..." : "");
	text_add_safe(buf, line.data + from, cut ? COLUMNS_MAX : len);
	buf_adds(buf, cut ? "...\n" : "\n");
}

void diff_add_line(struct buf *buf, const char *mark, struct slice line)
{
	add_line(buf, mark, line, 0);
}

static size_t common_bytes(struct slice a, struct slice b)
{
	size_t n = 0;

	while (n < a.len && n < b.len && a.data[n] == b.data[n])
		n++;
	return n;
}

/* Move both sides past the lines that agree, LF and all; how many there were.  *ret_last
 * is the last of them. */
static size_t skip_common(struct slice *want, struct slice *got,
			  struct slice *ret_last)
{
	size_t lines = 0;

	for (;;) {
		struct slice a = *want, b = *got, x, y;

		if (!slice_line(&a, &x) || !slice_line(&b, &y) ||
		    a.data - x.data != b.data - y.data ||
		    common_bytes(x, y) != x.len)
			return lines;
		*want = a;
		*got = b;
		*ret_last = x;
		lines++;
	}
}

static void add_side(struct buf *buf, const char *mark, struct slice text,
		     size_t first_from)
{
	struct slice line;
	size_t more = 0;

	for (unsigned i = 0; slice_line(&text, &line); i++) {
		if (i < SIDE_LINES)
			add_line(buf, mark, line, i == 0 ? first_from : 0);
		else
			more++;
	}
	if (more > 0)
		buf_addf(buf, "%s... %zu more lines\n", mark, more);
}

static bool ends_in_newline(struct slice text)
{
	return text.len > 0 && text.data[text.len - 1] == '\n';
}

void diff_add(struct buf *buf, struct slice want, struct slice got)
{
	bool want_lf = ends_in_newline(want), got_lf = ends_in_newline(got);
	struct slice last = { NULL, 0 }, a = { NULL, 0 }, b = { NULL, 0 };
	size_t lines = skip_common(&want, &got, &last);
	struct slice want_rest = want, got_rest = got;
	size_t from = 0;

	buf_addf(buf, "from line %zu (- expected, + got):\n", lines + 1);
	if (lines > 0)
		add_line(buf, "  ", last, 0);
	if (slice_line(&want_rest, &a) && slice_line(&got_rest, &b))
		from = common_bytes(a, b);
	from = from > COLUMNS_MAX / 2 + COLUMNS_BEFORE / 2
		       ? from - COLUMNS_BEFORE
		       : 0;
	add_side(buf, "- ", want, from);
	add_side(buf, "+ ", got, from);
	if (got.len == 0)
		buf_adds(buf, "+ (nothing more)\n");
	if (want.len > 0 && got.len > 0 && want_lf != got_lf)
		buf_addf(buf, "+ (%s newline at the end)\n",
			 want_lf ? "no" : "a");
}

void diff_add_head(struct buf *buf, const char *title, struct slice text,
		   unsigned lines)
{
	struct slice line;

	if (text.len == 0)
		return;
	buf_addf(buf, "%s:\n", title);
	for (unsigned i = 0; i < lines && slice_line(&text, &line); i++)
		add_line(buf, "  ", line, 0);
	if (text.len > 0)
		buf_addf(buf, "  ... %zu more bytes\n", text.len);
}
