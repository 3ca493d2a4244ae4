/* SPDX-License-Identifier: MIT */
#include "kernel_file.h"
#include "fortnight/base.h"

#include <fcntl.h>

int open_in(const char *dir, const char *name, int flags)
{
	auto_free char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	return open(path, flags | O_CLOEXEC);
}

bool read_in(const char *dir, const char *name, char *text, size_t size)
{
	auto_close int fd = open_in(dir, name, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	return n >= 0;
}

int write_in(const char *dir, const char *name, const char *text)
{
	auto_close int fd = open_in(dir, name, O_WRONLY);

	if (fd < 0)
		return -1;
	return write(fd, text, strlen(text)) < 0 ? -1 : 0;
}
