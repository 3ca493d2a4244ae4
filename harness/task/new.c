/* SPDX-License-Identifier: MIT */
/* A new pack out of the template: whole under its name, or not there. */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "fortnight/task.h"

#include "files.h"
#include "internal.h"
#include "template.h"

#include <fcntl.h>
#include <sys/stat.h>

enum {
	NEW_FILE_MAX = 1 << 20,
	NEW_NAME_MAX = 80
};

static int check_name(const char *name, struct error *err)
{
	size_t len = harbor_word(name);

	if (len > 0 && !name[len] && !strstr(name, "..") && len <= NEW_NAME_MAX)
		return 0;
	return error_set(err, ERROR_USAGE,
			 "'%.100s' is no name for a pack: want 1 to %d of A-Z, "
			 "a-z, 0-9, '.', '_' and '-', beginning with a letter "
			 "or a digit, and no '..' (-d DIR says where it goes)",
			 name, NEW_NAME_MAX);
}

/* The text with each @NAME@ replaced. */
static void fill_in(const struct template_file *file, const char *name,
		    struct buf *text)
{
	static const char mark[] = "@NAME@";
	size_t mark_len = strlen(mark);
	const char *at = file->data, *hit;

	while ((hit = memmem(at, (size_t)(file->end - at), mark, mark_len))) {
		buf_add(text, at, (size_t)(hit - at));
		buf_adds(text, name);
		at = hit + mark_len;
	}
	buf_add(text, at, (size_t)(file->end - at));
}

static int make_parents(int dir, const char *path, struct error *err)
{
	auto_free char *copy = xstrdup(path);

	for (char *slash = strchr(copy, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdirat(dir, copy, 0777) < 0 && errno != EEXIST)
			return error_set_errno(err, errno,
					       "create directory %s", copy);
		*slash = '/';
	}
	return 0;
}

static int write_file(int dir, const struct template_file *file,
		      const char *name, struct error *err)
{
	auto_buf struct buf text = BUF_INIT(NEW_FILE_MAX);
	auto_close int fd = -1;

	fill_in(file, name, &text);
	if (make_parents(dir, file->path, err) < 0)
		return -1;
	fd = openat(dir, file->path,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		    file->executable ? 0777 : 0666);
	if (fd < 0)
		return error_set_errno(err, errno, "create %s", file->path);
	if (fd_write_all(fd, buf_text(&text), text.len, err) < 0)
		return error_prefix(err, "%s", file->path);
	return 0;
}

static int write_pack(int parent, const char *stage, const char *name,
		      struct error *err)
{
	auto_close int dir = -1;

	if (mkdirat(parent, stage, 0777) < 0)
		return error_set_errno(err, errno, "create directory %s",
				       stage);
	if (fd_open_dir(parent, stage, false, &dir, err) < 0)
		return -1;
	for (size_t i = 0; i < template_file_count; i++)
		if (write_file(dir, &template_files[i], name, err) < 0)
			return -1;
	if (files_sync(dir, err) < 0)
		return -1;
	if (renameat2(parent, stage, parent, name, RENAME_NOREPLACE) < 0)
		return errno == EEXIST ? error_set(err, ERROR_USAGE,
						   "%s exists already", name)
				       : error_set_errno(err, errno,
							 "rename to %s", name);
	return 0;
}

int task_new(const char *dir, const char *name, struct error *err)
{
	auto_close int parent = -1;
	auto_free char *stage = NULL;
	struct stat st;

	if (check_name(name, err) < 0 ||
	    fd_open_dir(AT_FDCWD, dir, false, &parent, err) < 0)
		return -1;
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return error_set(err, ERROR_USAGE,
				 "%s/%s exists already: name another pack, or "
				 "another place with -d",
				 dir, name);
	if (asprintf(&stage, ".%s.new.%d", name, (int)getpid()) < 0)
		abort();
	if (write_pack(parent, stage, name, err) == 0)
		return 0;
	files_remove(parent, stage);
	return error_prefix(err, "new pack in %s", dir);
}
