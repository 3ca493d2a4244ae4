/* SPDX-License-Identifier: MIT */
/* template.h - the files of the pack that `task new` makes. */
#ifndef FORTNIGHT_TASK_TEMPLATE_H
#define FORTNIGHT_TASK_TEMPLATE_H

#include "fortnight/base.h"

struct template_file {
	const char *path; /* in the pack */
	const char *data, *end;
	bool executable;
};

extern const struct template_file template_files[];
extern const size_t template_file_count;

#endif
