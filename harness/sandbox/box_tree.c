/* SPDX-License-Identifier: MIT */
/*
 * Between a directory and a tree stream (treestream.h).
 *
 * Unpacking trusts the stream's shape, which the launcher has checked, but not
 * its paths: every step is openat2(2) beneath the directory, following nothing.
 * Packing reads what a candidate left when all of its processes are dead: by
 * descriptor, never through a link, never opening what is not a regular file.
 * The launcher checks the packed stream as it checks everything from here.
 */
#include "fortnight/base.h"

#include "box.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum {
	COPY_CHUNK = 65536,
	NAMES_BYTES = 1 << 22, /* of all names while packing, every level */
	NAMES_MAX = 200000,
	HEADERS_BYTES = 8 << 20 /* of all entries without their content: the
				 * launcher makes room for no more (cgroup.c) */
};

static char chunk[COPY_CHUNK];

static int open_beneath(int dir, const char *path, uint64_t flags,
			uint64_t mode)
{
	struct open_how how = { .flags = flags | O_CLOEXEC,
				.mode = mode,
				.resolve = RESOLVE_BENEATH |
					   RESOLVE_NO_SYMLINKS |
					   RESOLVE_NO_MAGICLINKS };

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

/* ---- unpack ----------------------------------------------------------------- */

/* Pods share the stream: each reads at a place of its own. */
struct unpack {
	int stream, dir;
	off_t at, end;
	uid_t owner;
};

static int take(struct unpack *u, void *data, size_t len)
{
	char *to = data;

	while (len > 0) {
		ssize_t n =
			TEMP_FAILURE_RETRY(pread(u->stream, to, len, u->at));

		if (n == 0)
			errno = EPROTO;
		if (n <= 0)
			return -1;
		u->at += n;
		to += n;
		len -= (size_t)n;
	}
	return 0;
}

static int take_content(struct unpack *u, int to, uint64_t len)
{
	while (len > 0) {
		size_t n = len < sizeof(chunk) ? (size_t)len : sizeof(chunk);

		if (take(u, chunk, n) < 0 || box_write_all(to, chunk, n) < 0)
			return -1;
		len -= n;
	}
	return 0;
}

/* A descriptor of the entry's parent; *ret_name is its last component. */
static int open_parent(const struct unpack *u, char *path,
		       const char **ret_name)
{
	char *slash = strrchr(path, '/');

	*ret_name = slash ? slash + 1 : path;
	if (!slash)
		return dup(u->dir);
	*slash = '\0';
	return open_beneath(u->dir, path, O_PATH | O_DIRECTORY, 0);
}

static int unpack_file(struct unpack *u, int parent, const char *name,
		       const struct tree_header *header)
{
	int fd = open_beneath(parent, name, O_WRONLY | O_CREAT | O_EXCL,
			      header->executable ? 0755 : 0644);
	int rc;

	if (fd < 0)
		return -1;
	rc = take_content(u, fd, header->data_len);
	if (rc == 0 && u->owner != geteuid())
		rc = fchown(fd, u->owner, u->owner);
	close(fd);
	return rc;
}

static int unpack_link(struct unpack *u, int parent, const char *name,
		       const struct tree_header *header)
{
	char target[TREE_TARGET_MAX + 1];

	if (header->data_len > TREE_TARGET_MAX) {
		errno = EPROTO;
		return -1;
	}
	if (take(u, target, header->data_len) < 0)
		return -1;
	target[header->data_len] = '\0';
	return symlinkat(target, parent, name);
}

static int unpack_dir(const struct unpack *u, int parent, const char *name)
{
	if (mkdirat(parent, name, 0755) < 0)
		return -1;
	if (u->owner == geteuid())
		return 0;
	return fchownat(parent, name, u->owner, u->owner, AT_SYMLINK_NOFOLLOW);
}

static int unpack_entry(struct unpack *u, const struct tree_header *header,
			char *path)
{
	const char *name;
	int parent = open_parent(u, path, &name), rc;

	if (parent < 0)
		return -1;
	if (header->type == TREE_FILE)
		rc = unpack_file(u, parent, name, header);
	else if (header->type == TREE_LINK)
		rc = unpack_link(u, parent, name, header);
	else
		rc = unpack_dir(u, parent, name);
	close(parent);
	return rc;
}

/* 1: there is one; 0: the stream ends here. */
static int take_header(struct unpack *u, struct tree_header *header,
		       char path[TREE_PATH_MAX + 1])
{
	if (u->at == u->end)
		return 0;
	if (take(u, header, sizeof(*header)) < 0)
		return -1;
	if (header->path_len > TREE_PATH_MAX) {
		errno = EPROTO;
		return -1;
	}
	path[header->path_len] = '\0';
	return take(u, path, header->path_len) < 0 ? -1 : 1;
}

static int unpack_all(struct unpack *u)
{
	char magic[TREE_MAGIC_LEN], path[TREE_PATH_MAX + 1];
	struct tree_header header;
	int rc;

	if (take(u, magic, sizeof(magic)) < 0)
		return -1;
	while ((rc = take_header(u, &header, path)) > 0)
		if (unpack_entry(u, &header, path) < 0)
			return -1;
	return rc;
}

int box_tree_unpack(int stream, int into, uid_t owner)
{
	struct unpack u = { .stream = stream, .dir = into, .owner = owner };
	mode_t mask = umask(0);
	struct stat st;
	int rc = fstat(stream, &st);

	u.end = rc < 0 ? 0 : st.st_size;
	if (rc == 0)
		rc = unpack_all(&u);
	if (rc < 0)
		(void)box_fail(STEP_UNPACK);
	(void)umask(mask);
	return rc;
}

/* ---- pack ------------------------------------------------------------------- */

/* Names of the directories being read, sorted level by level, in one arena:
 * a level's names go when the level is done. */
struct arena {
	char bytes[NAMES_BYTES];
	uint32_t names[NAMES_MAX];
	size_t used, count;
};

struct pack {
	int stream;
	uint64_t left, headers_left;
	char path[TREE_PATH_MAX + 1];
	size_t path_len;
	unsigned depth;
};

static struct arena arena;

static int refuse(int error)
{
	errno = error;
	return -1;
}

static int read_names(int dir)
{
	long n;

	while ((n = syscall(SYS_getdents64, dir, chunk, sizeof(chunk))) > 0) {
		for (long at = 0; at < n;) {
			const char *d = chunk + at;
			uint16_t reclen;
			const char *name = d + 19; /* getdents64(2) */
			size_t len = strlen(name) + 1;

			memcpy(&reclen, d + 16, sizeof(reclen));
			at += reclen;
			if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
				continue;
			if (arena.used + len > NAMES_BYTES ||
			    arena.count == NAMES_MAX)
				return refuse(EFBIG);
			memcpy(arena.bytes + arena.used, name, len);
			arena.names[arena.count++] = (uint32_t)arena.used;
			arena.used += len;
		}
	}
	return n < 0 ? -1 : 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(arena.bytes + *(const uint32_t *)a,
		      arena.bytes + *(const uint32_t *)b);
}

static int put_header(struct pack *p, enum tree_type type, bool executable,
		      uint64_t data_len)
{
	struct tree_header header = { .type = (uint8_t)type,
				      .executable = executable,
				      .path_len = (uint16_t)p->path_len,
				      .data_len = data_len };
	size_t len = sizeof(header) + p->path_len;

	if (data_len > p->left || len > p->headers_left)
		return refuse(EFBIG);
	p->left -= data_len;
	p->headers_left -= len;
	if (box_write_all(p->stream, &header, sizeof(header)) < 0)
		return -1;
	return box_write_all(p->stream, p->path, p->path_len);
}

static int copy(int from, int to, uint64_t len)
{
	while (len > 0) {
		size_t n = len < sizeof(chunk) ? (size_t)len : sizeof(chunk);

		if (box_read_all(from, chunk, n) < 0 ||
		    box_write_all(to, chunk, n) < 0)
			return -1;
		len -= n;
	}
	return 0;
}

static int pack_file(struct pack *p, int dir, const char *name)
{
	int fd = openat(dir, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int rc;

	if (fd < 0)
		return -1;
	rc = fstat(fd, &st);
	if (rc == 0 && !S_ISREG(st.st_mode))
		rc = refuse(EINVAL);
	if (rc == 0)
		rc = put_header(p, TREE_FILE, st.st_mode & 0111,
				(uint64_t)st.st_size);
	if (rc == 0)
		rc = copy(fd, p->stream, (uint64_t)st.st_size);
	close(fd);
	return rc;
}

static int pack_link(struct pack *p, int dir, const char *name)
{
	char target[TREE_TARGET_MAX + 1];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	if (n < 0)
		return -1;
	if (n > TREE_TARGET_MAX)
		return refuse(EINVAL);
	if (put_header(p, TREE_LINK, false, (uint64_t)n) < 0)
		return -1;
	return box_write_all(p->stream, target, (size_t)n);
}

static int pack_dir(struct pack *p, int dir);

static int pack_subdir(struct pack *p, int dir, const char *name)
{
	int fd = openat(dir, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return -1;
	rc = put_header(p, TREE_DIR, false, 0);
	if (rc == 0)
		rc = pack_dir(p, fd);
	close(fd);
	return rc;
}

static int pack_named(struct pack *p, int dir, const char *name)
{
	size_t parent_len = p->path_len, len = strlen(name);
	struct stat st;
	int rc;

	if (parent_len + 1 + len > TREE_PATH_MAX)
		return refuse(EFBIG);
	if (parent_len)
		p->path[p->path_len++] = '/';
	memcpy(p->path + p->path_len, name, len);
	p->path_len += len;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (S_ISREG(st.st_mode))
		rc = pack_file(p, dir, name);
	else if (S_ISLNK(st.st_mode))
		rc = pack_link(p, dir, name);
	else if (S_ISDIR(st.st_mode))
		rc = pack_subdir(p, dir, name);
	else
		rc = refuse(EINVAL);
	p->path_len = parent_len;
	return rc;
}

static int pack_dir(struct pack *p, int dir)
{
	size_t first = arena.count, used = arena.used, last;
	int rc;

	if (p->depth == TREE_DEPTH_MAX)
		return refuse(EFBIG);
	p->depth++;
	rc = read_names(dir);
	last = arena.count;
	qsort(arena.names + first, last - first, sizeof(arena.names[0]),
	      by_name);
	for (size_t i = first; rc == 0 && i < last; i++)
		rc = pack_named(p, dir, arena.bytes + arena.names[i]);
	p->depth--;
	arena.count = first;
	arena.used = used;
	return rc;
}

int box_tree_pack(int at, const char *name, uint64_t bytes_max, int stream)
{
	struct pack p = { .stream = stream,
			  .left = bytes_max,
			  .headers_left = HEADERS_BYTES };
	int dir = openat(at, name,
			 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc;

	if (dir < 0)
		return box_fail(STEP_PACK);
	arena.count = 0;
	arena.used = 0;
	rc = box_write_all(stream, TREE_MAGIC, TREE_MAGIC_LEN);
	if (rc == 0)
		rc = pack_dir(&p, dir);
	if (rc < 0)
		(void)box_fail(STEP_PACK);
	close(dir);
	return rc;
}
