/* SPDX-License-Identifier: MIT */
/*
 * archive.c - a tree from an archive, read entry by entry out of libarchive.
 *
 * Nothing is extracted: contents go into the builder, which stops at the
 * first byte over a bound, so that what a few kilobytes unpack to is never
 * held.  Only the formats of tree.h are enabled; libarchive knows more than we
 * want to answer for.  (It makes room for a cpio name of whatever length the
 * header claims, up to 4 GiB: no cpio.)  Their bytes come from source.c, which
 * counts them.
 *
 * libarchive converts names to the character set of the thread's locale
 * (archive_entry_pathname(3)).  UTF-8 keeps every name's bytes; the "C" locale
 * would lose those of pax headers.
 */
#include "fortnight/base.h"
#include "internal.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

enum {
	READ_CHUNK = 65536,
	NAME_MAX_BYTES = 4096
};

/* Headers and padding come on top of contents; so much of them, at most. */
static const uint64_t OVERHEAD_MAX = UINT64_C(64) << 20;

struct reader {
	struct archive *archive;
	struct tree_builder *builder;
	struct source *source; /* borrowed from read_archive() */
};

static int refuse(struct reader *reader, const char *path, struct error *err)
{
	const char *why = archive_error_string(reader->archive);

	if (source_check(reader->source, err) < 0)
		return path ? error_prefix(err, "'%s'", tree_show(path).text)
			    : -1;
	return error_set(err, ERROR_INPUT, "%s%s%sarchive: %s", path ? "'" : "",
			 path ? tree_show(path).text : "", path ? "': " : "",
			 tree_show(why ? why : "cannot be read").text);
}

/* A name as archives write it ("./a//b/") as a path; "" for the top. */
static int clean_name(const char *name, char path[NAME_MAX_BYTES],
		      struct error *err)
{
	const char *part = name;
	size_t used = 0;

	if (strlen(name) >= NAME_MAX_BYTES)
		return error_set(err, ERROR_LIMIT, "'%s': the name is too long",
				 tree_show(name).text);
	if (name[0] == '/')
		return error_set(err, ERROR_INPUT,
				 "'%s': an absolute name in an archive",
				 tree_show(name).text);
	while (*part) {
		size_t len = strcspn(part, "/");

		if (len > 0 && !(len == 1 && part[0] == '.')) {
			if (used > 0)
				path[used++] = '/';
			memcpy(path + used, part, len);
			used += len;
		}
		part += len + (part[len] == '/');
	}
	path[used] = '\0';
	return used > 0 ? tree_path_check(path, err) : 0;
}

static int read_content(struct reader *reader, struct archive_entry *entry,
			const char *path, struct error *err)
{
	char chunk[READ_CHUNK];
	la_ssize_t n;

	if (archive_entry_size_is_set(entry) &&
	    (archive_entry_size(entry) < 0 ||
	     (uint64_t)archive_entry_size(entry) >
		     builder_room(reader->builder)))
		return tree_too_large(path, builder_limits(reader->builder),
				      err);
	while ((n = archive_read_data(reader->archive, chunk, sizeof(chunk))) >
	       0)
		if (builder_data(reader->builder, chunk, (size_t)n, err) < 0)
			return -1;
	return n == 0 ? 0 : refuse(reader, path, err);
}

static int add_hardlink(struct reader *reader, struct archive_entry *entry,
			const char *path, struct error *err)
{
	char target[NAME_MAX_BYTES];

	if (clean_name(archive_entry_hardlink(entry), target, err) < 0)
		return -1;
	if (!archive_entry_size_is_set(entry) || archive_entry_size(entry) <= 0)
		return builder_hardlink(reader->builder, path, target, err);
	if (builder_begin(reader->builder, path, TREE_FILE,
			  archive_entry_perm(entry) & 0100, err) < 0 ||
	    read_content(reader, entry, path, err) < 0)
		return -1;
	return builder_end_shared(reader->builder, target, err);
}

static int add_file(struct reader *reader, struct archive_entry *entry,
		    const char *path, struct error *err)
{
	if (builder_begin(reader->builder, path, TREE_FILE,
			  archive_entry_perm(entry) & 0100, err) < 0 ||
	    read_content(reader, entry, path, err) < 0)
		return -1;
	builder_end(reader->builder);
	return 0;
}

static int add_link(struct reader *reader, struct archive_entry *entry,
		    const char *path, struct error *err)
{
	const char *target = archive_entry_symlink(entry);

	if (!target)
		return error_set(err, ERROR_INPUT,
				 "'%s': a link that points to nothing",
				 tree_show(path).text);
	return tree_builder_add_link(reader->builder, path, target,
				     strlen(target), err);
}

static int add_entry(struct reader *reader, struct archive_entry *entry,
		     struct error *err)
{
	const char *name = archive_entry_pathname(entry);
	char path[NAME_MAX_BYTES] = "";

	if (!name)
		return error_set(err, ERROR_INPUT,
				 "archive: an entry without a readable name");
	if (clean_name(name, path, err) < 0)
		return -1;
	if (archive_entry_hardlink(entry))
		return add_hardlink(reader, entry, path, err);
	switch (archive_entry_filetype(entry)) {
	case AE_IFDIR:
		return !path[0] ? 0
				: tree_builder_add_dir(reader->builder, path,
						       err);
	case AE_IFREG:
		return add_file(reader, entry, path, err);
	case AE_IFLNK:
		return add_link(reader, entry, path, err);
	default:
		return error_set(err, ERROR_INPUT,
				 "'%s' is a device, FIFO or socket; only "
				 "files, directories and links can be "
				 "submitted",
				 tree_show(path).text);
	}
}

static int read_entries(struct reader *reader, struct error *err)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_read_next_header(reader->archive, &entry)) !=
	       ARCHIVE_EOF) {
		/* A warning is about a name's character set, or an owner. */
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
			return refuse(reader, NULL, err);
		source_header(reader->source, false);
		if (add_entry(reader, entry, err) < 0)
			return -1;
		source_header(reader->source, true);
	}
	if (source_check(reader->source, err) < 0)
		return -1;
	/* libarchive takes the end of the bytes for the end of a tar, too; but
	 * half an upload may stop between two entries. */
	if (source_ended(reader->source) &&
	    !builder_is_empty(reader->builder) &&
	    (archive_format(reader->archive) & ARCHIVE_FORMAT_BASE_MASK) ==
		    ARCHIVE_FORMAT_TAR)
		return error_set(err, ERROR_INPUT,
				 "archive: cut short: a tar ends with two "
				 "blocks of zeros; pack or send it again");
	return 0;
}

static int read_archive(int fd, struct tree_builder *builder, struct error *err)
{
	auto_source struct source *source = source_new(
		fd, 2 * builder_limits(builder)->bytes_max + OVERHEAD_MAX);
	struct reader reader = { .archive = archive_read_new(),
				 .builder = builder,
				 .source = source };
	int rc = 0;

	if (!reader.archive)
		abort();
	(void)archive_read_support_format_tar(reader.archive);
	/* By its directory alone: the other reader knows neither links nor what
	 * can be executed, and takes half a zip for a whole one. */
	(void)archive_read_support_format_zip_seekable(reader.archive);
	if (source_open(source, reader.archive) < 0)
		rc = refuse(&reader, NULL, err);
	else
		rc = read_entries(&reader, err);
	(void)archive_read_free(reader.archive);
	return rc;
}

int tree_from_archive(int fd, const struct tree_limits *limits,
		      struct tree **ret_tree, struct error *err)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(limits);
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = (locale_t)0;
	int rc;

	if (utf8)
		before = uselocale(utf8);
	rc = read_archive(fd, builder, err);
	if (utf8) {
		(void)uselocale(before);
		freelocale(utf8);
	}
	/* A damaged upload, zeros for one, looks like this too. */
	if (rc == 0 && builder_is_empty(builder))
		rc = error_set(err, ERROR_INPUT, "archive: holds nothing");
	return rc < 0 ? -1 : tree_builder_seal(builder, ret_tree, err);
}
