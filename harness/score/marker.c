/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "internal.h"

enum {
	CHUNK = 1 << 20
};

/* Fill chunk from its byte `kept` on; the bytes that it holds then. */
static int read_chunk(int fd, char *chunk, size_t kept, uint64_t offset,
		      size_t len, struct error *err)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = TEMP_FAILURE_RETRY(pread(fd, chunk + kept + got,
						     len - got,
						     (off_t)(offset + got)));

		if (n < 0)
			return error_set_errno(err, errno, "read a tree");
		if (n == 0)
			return error_set(err, ERROR_BUG, "a tree is cut off");
		got += (size_t)n;
	}
	return 0;
}

static size_t longest(char *const *markers)
{
	size_t len = 1;

	for (; *markers; markers++)
		if (strlen(*markers) > len)
			len = strlen(*markers);
	return len;
}

static const char *look(const char *data, size_t len, char *const *markers)
{
	for (; *markers; markers++)
		if (memmem(data, len, *markers, strlen(*markers)))
			return *markers;
	return NULL;
}

/* Windows overlap by the longest marker less one byte. */
static int scan_file(const struct tree *tree, const struct tree_entry *file,
		     char *const *markers, const char **ret_marker,
		     struct error *err)
{
	size_t overlap = longest(markers) - 1, kept = 0;
	auto_free char *chunk = xcalloc(1, CHUNK + overlap);
	uint64_t at = 0;

	while (at < file->size) {
		uint64_t left = file->size - at;
		size_t len = left < CHUNK ? (size_t)left : CHUNK;

		if (read_chunk(tree_fd(tree), chunk, kept, file->offset + at,
			       len, err) < 0)
			return -1;
		*ret_marker = look(chunk, kept + len, markers);
		if (*ret_marker)
			return 0;
		at += len;
		len += kept;
		kept = len < overlap ? len : overlap;
		memmove(chunk, chunk + len - kept, kept);
	}
	return 0;
}

int marker_find(const struct tree *tree, char *const *markers,
		const char **ret_marker, const char **ret_path,
		struct error *err)
{
	const char *marker = NULL;

	*ret_marker = NULL;
	if (!markers || !*markers)
		return 0;
	for (size_t i = 0; i < tree_count(tree) && !marker; i++) {
		const struct tree_entry *entry = tree_entry(tree, i);

		if (entry->type != TREE_FILE)
			continue;
		if (scan_file(tree, entry, markers, &marker, err) < 0)
			return -1;
		*ret_path = entry->path;
	}
	*ret_marker = marker;
	return 0;
}
