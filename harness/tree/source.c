/* SPDX-License-Identifier: MIT */
/*
 * source.c - the bytes of an archive, decompressed once and counted.
 *
 * While libarchive looks for the next entry it takes as many bytes as the
 * archive makes it take, and keeps some of them: the map of a sparse file of GNU
 * tar has no end but its own, and five megabytes of gzip hold enough of it to
 * fill two gigabytes of memory.  So the reader of tar and zip does not decompress
 * by itself.  It asks here for bytes, and gets no more than one entry's
 * header, or one archive, may need.
 *
 * One filter is taken off, told by its magic.  libarchive would go on for as long
 * as something looks compressed, and compressed files that hold nothing,
 * compressed again and again, keep it busy before the first byte comes out.
 */
#include "fortnight/base.h"
#include "internal.h"

#include <archive.h>
#include <inttypes.h>

/* The central directory of a zip comes with its first entry: 50 000 names. */
static const uint64_t HEADER_MAX = UINT64_C(32) << 20;

static const struct {
	const char *magic;
	size_t len;
	int filter;
} filters[] = {
	{ "\x1f\x8b", 2, ARCHIVE_FILTER_GZIP },
	{ "BZh", 3, ARCHIVE_FILTER_BZIP2 },
	{ "\xfd\x37zXZ\0", 6, ARCHIVE_FILTER_XZ },
	{ "\x28\xb5\x2f\xfd", 4, ARCHIVE_FILTER_ZSTD },
};

struct source {
	int fd;			/* borrowed from who opened it */
	struct archive *filter; /* NULL: the bytes of fd as they are */
	bool in_header;
	bool ended; /* a byte more was asked for than there is */
	uint64_t max, used, header_used; /* bytes */
	bool failed;
	struct error why; /* libarchive may forget what it was told */
	char chunk[1 << 16];
};

static int find_filter(int fd)
{
	char start[6] = "";
	ssize_t n = TEMP_FAILURE_RETRY(pread(fd, start, sizeof(start), 0));

	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		if (n >= (ssize_t)filters[i].len &&
		    memcmp(start, filters[i].magic, filters[i].len) == 0)
			return filters[i].filter;
	return ARCHIVE_FILTER_NONE;
}

static la_ssize_t take(struct source *source)
{
	if (source->filter)
		return archive_read_data(source->filter, source->chunk,
					 sizeof(source->chunk));
	return TEMP_FAILURE_RETRY(
		read(source->fd, source->chunk, sizeof(source->chunk)));
}

static int count(struct source *source, uint64_t n)
{
	source->used += n;
	source->header_used += n;
	if (source->used > source->max)
		return error_set(&source->why, ERROR_LIMIT,
				 "archive: unpacks to more than %" PRIu64
				 " bytes",
				 source->max);
	if (source->in_header && source->header_used > HEADER_MAX)
		return error_set(&source->why, ERROR_LIMIT,
				 "archive: needs more than %" PRIu64
				 " bytes to describe one entry; pack plain "
				 "files, without --sparse",
				 HEADER_MAX);
	return 0;
}

static int fail(struct source *source)
{
	const char *why;

	if (!source->filter)
		return error_set_errno(&source->why, errno, "read an archive");
	why = archive_error_string(source->filter);
	return error_set(&source->why, ERROR_INPUT, "archive: %s",
			 tree_show(why ? why : "cannot be unpacked").text);
}

static la_ssize_t read_source(struct archive *archive, void *data,
			      const void **ret_bytes)
{
	struct source *source = data;
	la_ssize_t n = take(source);

	if (n < 0 ? fail(source) < 0 : count(source, (uint64_t)n) < 0) {
		source->failed = true;
		archive_set_error(archive, EIO, "%s", source->why.text);
		return ARCHIVE_FATAL;
	}
	source->ended = n == 0;
	*ret_bytes = source->chunk;
	return n;
}

static la_int64_t seek_source(UNUSED struct archive *archive, void *data,
			      la_int64_t offset, int whence)
{
	const struct source *source = data;
	off_t at = lseek(source->fd, offset, whence);

	return at < 0 ? ARCHIVE_FATAL : at;
}

/* The filter's bytes as the one entry of a "raw" archive, which has no format.
 * "empty" is what libarchive makes of a filter that fails at its first byte:
 * without it the reason is lost. */
static int start_filter(struct source *source, int code)
{
	struct archive_entry *entry;

	source->filter = archive_read_new();
	if (!source->filter)
		abort();
	(void)archive_read_support_format_raw(source->filter);
	(void)archive_read_support_format_empty(source->filter);
	if (archive_read_append_filter(source->filter, code) < ARCHIVE_WARN ||
	    archive_read_open_fd(source->filter, source->fd,
				 sizeof(source->chunk)) != ARCHIVE_OK ||
	    archive_error_string(source->filter))
		return fail(source);
	if (archive_read_next_header(source->filter, &entry) == ARCHIVE_EOF)
		return error_set(&source->why, ERROR_INPUT,
				 "archive: holds nothing");
	return 0;
}

struct source *source_new(int fd, uint64_t max)
{
	struct source *source = xcalloc(1, sizeof(*source));

	source->fd = fd;
	source->max = max;
	return source;
}

void source_free(struct source *source)
{
	if (source && source->filter)
		(void)archive_read_free(source->filter);
	free(source);
}

int source_open(struct source *source, struct archive *archive)
{
	int code = find_filter(source->fd);

	if (code != ARCHIVE_FILTER_NONE && start_filter(source, code) < 0) {
		source->failed = true;
		return -1;
	}
	/* A zip is read from its end, where it can be. */
	if (code == ARCHIVE_FILTER_NONE)
		(void)archive_read_set_seek_callback(archive, seek_source);
	source_header(source, true);
	return archive_read_open(archive, source, NULL, read_source, NULL) ==
			       ARCHIVE_OK
		       ? 0
		       : -1;
}

void source_header(struct source *source, bool in_header)
{
	source->in_header = in_header;
	source->header_used = 0;
	source->ended = false;
}

bool source_ended(const struct source *source)
{
	return source->ended;
}

int source_check(const struct source *source, struct error *err)
{
	if (!source->failed)
		return 0;
	*err = source->why;
	return -1;
}
