/* SPDX-License-Identifier: MIT */
/* A secret seed: a decimal number on a line of its own, in a private file. */
#include "fortnight/base.h"
#include "fortnight/buf.h"
#include "fortnight/fd.h"
#include "fortnight/task.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

enum {
	SEED_FILE_MAX = 128
};

/* 39 random digits: 129 bits, and a number for whoever reads it as one. */
static void make_digits(char digits[TASK_SEED_DIGITS_MAX + 1])
{
	digits[0] = (char)('1' + randombytes_uniform(9));
	for (size_t i = 1; i < TASK_SEED_DIGITS_MAX; i++)
		digits[i] = (char)('0' + randombytes_uniform(10));
	digits[TASK_SEED_DIGITS_MAX] = '\0';
}

static int write_seed(const char *path, struct task_seed *seed,
		      struct error *err)
{
	auto_close int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		     0600);
	char line[TASK_SEED_DIGITS_MAX + 2];

	if (fd < 0)
		return error_set_errno(err, errno, "create seed file %s", path);
	if (sodium_init() < 0)
		return error_set(err, ERROR_SYSTEM, "libsodium does not start");
	make_digits(seed->digits);
	(void)snprintf(line, sizeof(line), "%s\n", seed->digits);
	/* A suite whose seed is lost cannot be made again. */
	if (fd_write_all(fd, line, strlen(line), err) == 0 && fsync(fd) == 0)
		return 0;
	if (err->kind == ERROR_NONE)
		(void)error_set_errno(err, errno, "fsync");
	(void)unlink(path);
	return error_prefix(err, "seed file %s", path);
}

static int check_private(int fd, const char *path, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "stat %s", path);
	if (st.st_mode & 077)
		return error_set(err, ERROR_INPUT,
				 "seed file %s has mode %04o: others may read "
				 "or change it; chmod 600 it, and make a new "
				 "seed if somebody may have read this one",
				 path, (unsigned)st.st_mode & 07777);
	if (st.st_uid != geteuid())
		return error_set(err, ERROR_INPUT,
				 "seed file %s belongs to user %u, not to you "
				 "(%u)",
				 path, (unsigned)st.st_uid,
				 (unsigned)geteuid());
	return 0;
}

static int read_seed(int fd, const char *path, struct task_seed *seed,
		     struct error *err)
{
	auto_buf struct buf text = BUF_INIT(SEED_FILE_MAX);
	size_t digits;

	if (check_private(fd, path, err) < 0)
		return -1;
	if (fd_read_all(fd, &text, err) < 0)
		return error_prefix(err, "seed file %s", path);
	digits = strspn(buf_text(&text), "0123456789");
	if (digits == 0 ||
	    strspn(buf_text(&text) + digits, " \r\n") != text.len - digits)
		return error_set(err, ERROR_INPUT,
				 "seed file %s: want one line, a decimal "
				 "number",
				 path);
	if (digits < TASK_SEED_DIGITS_MIN || digits > TASK_SEED_DIGITS_MAX)
		return error_set(
			err, ERROR_INPUT,
			"seed file %s: a number of %zu digits, want "
			"%d to %d: a short one can be found by trying. "
			"Name a file that does not exist, and one is "
			"made",
			path, digits, TASK_SEED_DIGITS_MIN,
			TASK_SEED_DIGITS_MAX);
	(void)snprintf(seed->digits, sizeof(seed->digits), "%.*s", (int)digits,
		       buf_text(&text));
	return 0;
}

int task_seed_file(const char *path, struct task_seed *ret_seed, bool *ret_made,
		   struct error *err)
{
	struct task_seed seed = { .secret = true };
	auto_close int fd = -1;
	bool made = false;

	if (fd_open_regular(AT_FDCWD, path, &fd, err) == 0) {
		if (read_seed(fd, path, &seed, err) < 0)
			return -1;
	} else if (err->sys_errno == ENOENT) {
		*err = (struct error)ERROR_INIT;
		if (write_seed(path, &seed, err) < 0)
			return -1;
		made = true;
	} else {
		return error_prefix(err, "seed file");
	}
	*ret_seed = seed;
	*ret_made = made;
	return 0;
}
