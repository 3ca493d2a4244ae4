/* SPDX-License-Identifier: MIT */
#include "fortnight/text.h"
#include "fortnight/base.h"

#include <inttypes.h>

enum {
	WORD_MAX = 63, /* longer words have no near miss */
	DECIMAL = 10,
	SECOND_DECIMALS = 9 /* of a second, in nanoseconds */
};

bool parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value)
{
	char *end = NULL;
	intmax_t value;

	if (!((text[0] >= '0' && text[0] <= '9') || text[0] == '-'))
		return false;
	errno = 0;
	value = strtoimax(text, &end, 10);
	if (errno || *end || end == text || value < min || value > max)
		return false;
	*ret_value = value;
	return true;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* *number with one more digit; false when it would be too large. */
static bool push(int64_t *number, int digit)
{
	return !__builtin_mul_overflow(*number, DECIMAL, number) &&
	       !__builtin_add_overflow(*number, digit, number);
}

/* At most max digits from *text on, one at least; *text is then behind them. */
static bool take_digits(const char **text, int max, int64_t *number,
			int *ret_count)
{
	int count = 0;

	for (; is_digit(**text) && count < max; ++*text, count++)
		if (!push(number, **text - '0'))
			return false;
	*ret_count = count;
	return count > 0;
}

bool parse_seconds(const char *text, int64_t min_ns, int64_t max_ns,
		   int64_t *ret_ns)
{
	int64_t ns = 0;
	int decimals = 0, count;

	if (!take_digits(&text, INT32_MAX, &ns, &count))
		return false;
	if (*text == '.') {
		text++;
		if (!take_digits(&text, SECOND_DECIMALS, &ns, &decimals))
			return false;
	}
	for (; decimals < SECOND_DECIMALS; decimals++)
		if (!push(&ns, 0))
			return false;
	if (*text || ns < min_ns || ns > max_ns)
		return false;
	*ret_ns = ns;
	return true;
}

bool parse_size(const char *text, int64_t min, int64_t max, int64_t *ret_bytes)
{
	static const char units[] = "KMGTkmgt";
	const char *unit;
	int64_t bytes = 0;
	int count;

	if (!take_digits(&text, INT32_MAX, &bytes, &count))
		return false;
	unit = *text ? strchr(units, *text) : NULL;
	if (unit) {
		int64_t shift = (unit - units) % 4 + 1;

		if (__builtin_mul_overflow(bytes, INT64_C(1) << (shift * 10),
					   &bytes))
			return false;
		text++;
	}
	if (*text || bytes < min || bytes > max)
		return false;
	*ret_bytes = bytes;
	return true;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Optimal string alignment distance. */
static size_t distance(const char *a, const char *b)
{
	size_t row[3][WORD_MAX + 1] = { { 0 } };
	size_t len_a = strlen(a), len_b = strlen(b);

	for (size_t j = 0; j <= len_b; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= len_a; i++) {
		size_t *now = row[i % 3], *last = row[(i + 2) % 3];

		now[0] = i;
		for (size_t j = 1; j <= len_b; j++) {
			size_t swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
						      a[i - 2] == b[j - 1]
					      ? row[(i + 1) % 3][j - 2] + 1
					      : SIZE_MAX;
			size_t edit =
				least(last[j] + 1, now[j - 1] + 1,
				      last[j - 1] + (a[i - 1] != b[j - 1]));

			now[j] = edit < swap ? edit : swap;
		}
	}
	return row[len_a % 3][len_b];
}

const char *text_nearest(const char *word, const char *const *list)
{
	size_t best = strlen(word) / 3 + 1;
	const char *found = NULL;

	if (strlen(word) > WORD_MAX)
		return NULL;
	for (; *list; list++) {
		size_t d = strlen(*list) > WORD_MAX ? SIZE_MAX
						    : distance(word, *list);

		if (d < best || (d == best && !found)) {
			best = d;
			found = *list;
		}
	}
	return found;
}

/* One code point's length by its first byte, and the range of the second
 * byte (RFC 3629 section 4); 0 when no code point begins so. */
static size_t code_point_len(unsigned char first, unsigned char *lo,
			     unsigned char *hi)
{
	*lo = 0x80;
	*hi = 0xbf;
	if (first < 0x80)
		return first ? 1 : 0;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first == 0xe0)
		*lo = 0xa0;
	if (first == 0xed)
		*hi = 0x9f;
	if ((first & 0xf0) == 0xe0)
		return 3;
	if (first == 0xf0)
		*lo = 0x90;
	if (first == 0xf4)
		*hi = 0x8f;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/* The length of the well-formed code point at data, or 0. */
static size_t well_formed(const char *data, size_t len)
{
	const unsigned char *byte = (const unsigned char *)data;
	unsigned char lo, hi;
	size_t want = code_point_len(byte[0], &lo, &hi);

	if (want == 0 || want > len)
		return 0;
	for (size_t i = 1; i < want; i++) {
		if (byte[i] < lo || byte[i] > hi)
			return 0;
		lo = 0x80;
		hi = 0xbf;
	}
	return want;
}

void text_add_safe(struct buf *buf, const char *data, size_t len)
{
	size_t at = 0;

	while (at < len) {
		unsigned char byte = (unsigned char)data[at];
		size_t n = well_formed(data + at, len - at);
		bool control = (byte < 0x20 && byte != '\n' && byte != '\t') ||
			       byte == 0x7f ||
			       (n == 2 && byte == 0xc2 &&
				(unsigned char)data[at + 1] < 0xa0);

		if (n == 0 || control) {
			buf_addf(buf, "\\x%02x", byte);
			at++;
			continue;
		}
		buf_add(buf, data + at, n);
		at += n;
	}
}

bool text_is_utf8(const char *data, size_t len)
{
	size_t at = 0, n;

	while (at < len) {
		n = well_formed(data + at, len - at);
		if (n == 0)
			return false;
		at += n;
	}
	return true;
}
