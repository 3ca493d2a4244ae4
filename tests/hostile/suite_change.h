/* SPDX-License-Identifier: MIT */
/* suite_change.h - changes of the host that the suite makes itself, and undoes. */
#ifndef HOSTILE_SUITE_CHANGE_H
#define HOSTILE_SUITE_CHANGE_H

#include "suite.h"

struct change {
	const char *title;
	const char *seen; /* what the difference must name */
	int (*make)(const struct lures *lures);
	void (*undo)(const struct lures *lures);
};

extern const struct change changes[];
extern const size_t change_count;

/* What cannot be done to the host itself is done in a copy of its mounts and
 * names, and looked at from there. */
void change_in_a_copy(const struct lures *lures, struct finding *finding);

#endif
