/* SPDX-License-Identifier: MIT */
/* kernel_file.h - the short text files of /proc, /sys and control groups; private to
 * the sandbox. */
#ifndef FORTNIGHT_SANDBOX_KERNEL_FILE_H
#define FORTNIGHT_SANDBOX_KERNEL_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* open(2), close-on-exec: the caller's to close, or -1 with errno. */
int open_in(const char *dir, const char *name, int flags);

/* Up to size - 1 bytes of file name in dir.  False when it cannot be read: text is
 * "" then. */
bool read_in(const char *dir, const char *name, char *text, size_t size);

/* Returns 0, or -1 with errno. */
int write_in(const char *dir, const char *name, const char *text);

#endif
