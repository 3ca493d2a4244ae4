/* SPDX-License-Identifier: MIT */
/* files.h - whole directories of a pack's author: copied, removed, put in place. */
#ifndef FORTNIGHT_TASK_FILES_H
#define FORTNIGHT_TASK_FILES_H

#include "fortnight/error.h"

/* Copy what is in directory `from` into directory `to`: files, directories
 * and links, with their permissions.  With a NULL-terminated
 * list `skip`, what it names and what begins with a dot stays behind, at the
 * top; with NULL all is copied. */
int files_copy(int from, int to, const char *const *skip,
	       struct error *err) MUST_CHECK;

/* Copy one regular file. */
int files_copy_one(int from, int to, const char *name,
		   struct error *err) MUST_CHECK;

/* Whether name in dir is a directory that can be read, with nothing in it. */
bool files_is_empty(int dir, const char *name);

/* Remove name in dir and all below it, as far as that is possible. */
void files_remove(int dir, const char *name);

/* Split path into the directory that holds it, opened, and its last name.
 * On success *ret_dir and *ret_name are the caller's. */
int files_parent(const char *path, int *ret_dir, char **ret_name,
		 struct error *err) MUST_CHECK;

/* Write to disk all that is in the file system of dir; what could not be
 * written is an error only here. */
int files_sync(int dir, struct error *err) MUST_CHECK;

#endif
