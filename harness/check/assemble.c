/* SPDX-License-Identifier: MIT */
/*
 * A known submission's tree: its folder below submissions/, and files that no
 * repository should hold twice, taken from the unpacked oracle or from the pack.
 * What is taken is opened without ever leaving where it is taken from.
 */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "internal.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum {
	FILE_BYTES_MAX = 256 << 20
};

/* Links of the oracle are relative to its own root, as in a chroot. */
static int open_inside(int root, const char *path, struct error *err)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
				.resolve = RESOLVE_IN_ROOT };
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (fd < 0)
		(void)error_set_errno(err, errno, "open %s", path);
	return fd;
}

static int open_base(const struct task *task, const struct submission_add *add,
		     const char *oracle_root, int *ret_fd, struct error *err)
{
	if (!add->from_oracle)
		return fd_open_dir(task->dir, ".", false, ret_fd, err);
	if (!oracle_root)
		return error_set(err, ERROR_INPUT,
				 "no oracle of pack %s; run `make oracles`",
				 task->name);
	return fd_open_dir(AT_FDCWD, oracle_root, false, ret_fd, err);
}

static int add_file(struct tree_builder *builder, const char *to, int fd,
		    bool executable, struct error *err)
{
	auto_buf struct buf data = BUF_INIT(FILE_BYTES_MAX);

	if (fd_read_all(fd, &data, err) < 0)
		return -1;
	return tree_builder_add_file(builder, to, executable, buf_text(&data),
				     data.len, err);
}

static int add_opened(struct tree_builder *builder, const char *to, int fd,
		      struct error *err)
{
	auto_tree struct tree *tree = NULL;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "stat");
	if (S_ISREG(st.st_mode))
		return add_file(builder, to, fd, (st.st_mode & 0111) != 0, err);
	if (!S_ISDIR(st.st_mode))
		return error_set(err, ERROR_INPUT,
				 "neither a file nor a directory");
	if (tree_from_dir(fd, &tree_limits_default, &tree, err) < 0)
		return -1;
	return tree_builder_add_tree(builder, to, tree, err);
}

static int add_one(const struct task *task, const struct submission_add *add,
		   const char *oracle_root, struct tree_builder *builder,
		   struct error *err)
{
	auto_close int base = -1, fd = -1;

	if (open_base(task, add, oracle_root, &base, err) < 0)
		return -1;
	fd = open_inside(base, add->from, err);
	if (fd < 0 || add_opened(builder, add->to, fd, err) < 0)
		return error_prefix(err, "add %s:%s",
				    add->from_oracle ? "oracle" : "pack",
				    add->from);
	return 0;
}

static int add_folder(const struct task *task, const char *path,
		      struct tree_builder *builder, struct error *err)
{
	auto_tree struct tree *tree = NULL;
	auto_close int all = -1, dir = -1;

	if (fd_open_dir(task->dir, "submissions", false, &all, err) < 0)
		return -1;
	/* A submission that consists of additions alone has no folder. */
	if (faccessat(all, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	    errno == ENOENT)
		return 0;
	if (fd_open_dir(all, path, false, &dir, err) < 0 ||
	    tree_from_dir(dir, &tree_limits_default, &tree, err) < 0)
		return -1;
	return tree_builder_add_tree(builder, "", tree, err);
}

int assemble(const struct task *task, const struct task_submission *submission,
	     const char *oracle_root, struct tree **ret_tree, struct error *err)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(&tree_limits_default);

	if (add_folder(task, submission->path, builder, err) < 0)
		return error_prefix(err, "submission %s", submission->path);
	for (size_t i = 0; i < submission->add_count; i++)
		if (add_one(task, &submission->adds[i], oracle_root, builder,
			    err) < 0)
			return error_prefix(err, "submission %s",
					    submission->path);
	return tree_builder_seal(builder, ret_tree, err);
}
