/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/text.h"
#include "internal.h"

#include <inttypes.h>

enum {
	SHOWN_MAX = 200
};

struct shown tree_show(const char *path)
{
	struct shown shown = { "" };
	struct buf text = BUF_INIT((size_t)8 * TREE_PATH_MAX);
	size_t len = strnlen(path, TREE_PATH_MAX), used = 0, i = 0;

	text_add_safe(&text, path, len);
	for (; i < text.len && used < SHOWN_MAX; i++) {
		char byte = text.data[i];

		if (byte == '\n' || byte == '\t') {
			shown.text[used++] = '\\';
			byte = byte == '\n' ? 'n' : 't';
		}
		shown.text[used++] = byte;
	}
	if (i < text.len) {
		/* Between two characters, not in one. */
		for (; used > 0 && (text.data[i] & 0xc0) == 0x80; i--)
			used--;
		memcpy(shown.text + used, "...", 4);
	}
	buf_done(&text);
	return shown;
}

/* The end first, then '/', then all other bytes. */
static int rank(unsigned char byte)
{
	if (byte == '\0')
		return 0;
	return byte == '/' ? 1 : byte + 1;
}

int tree_path_compare(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return rank((unsigned char)*a) - rank((unsigned char)*b);
}

static bool is_dots(const char *part, size_t len)
{
	return (len == 1 && part[0] == '.') ||
	       (len == 2 && part[0] == '.' && part[1] == '.');
}

int tree_path_check(const char *path, struct error *err)
{
	const char *part = path;
	unsigned depth = 0;

	if (strnlen(path, TREE_PATH_MAX + 1) > TREE_PATH_MAX)
		return error_set(err, ERROR_LIMIT,
				 "'%s': a path may have %d bytes",
				 tree_show(path).text, TREE_PATH_MAX);
	for (;;) {
		size_t len = strcspn(part, "/");

		if (len == 0 || is_dots(part, len))
			return error_set(
				err, ERROR_INPUT,
				"'%s': a path is relative, without empty, "
				"'.' or '..' parts",
				tree_show(path).text);
		if (++depth > TREE_DEPTH_MAX)
			return error_set(err, ERROR_LIMIT,
					 "'%s': more than %d folders deep",
					 tree_show(path).text, TREE_DEPTH_MAX);
		if (!part[len])
			return 0;
		part += len + 1;
	}
}

int tree_target_check(const char *path, const char *target, size_t len,
		      struct error *err)
{
	if (len > TREE_TARGET_MAX)
		return error_set(err, ERROR_LIMIT,
				 "'%s': a link's target may have %d bytes",
				 tree_show(path).text, TREE_TARGET_MAX);
	if (len == 0 || memchr(target, '\0', len))
		return error_set(err, ERROR_INPUT,
				 "'%s': a link that points to nothing",
				 tree_show(path).text);
	return 0;
}

int tree_too_many(const struct tree_limits *limits, struct error *err)
{
	return error_set(err, ERROR_LIMIT,
			 "more than %" PRIu32 " files, links and directories",
			 limits->entries_max);
}

int tree_too_large(const char *path, const struct tree_limits *limits,
		   struct error *err)
{
	return error_set(err, ERROR_LIMIT,
			 "'%s' makes the files larger than %" PRIu64
			 " bytes together",
			 tree_show(path).text, limits->bytes_max);
}
