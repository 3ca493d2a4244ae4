/* SPDX-License-Identifier: MIT */
/*
 * proc.h - run a program of the operator's own (a generator, an editor).
 *
 * Never for anything of a candidate's: that is sandbox.h.
 */
#ifndef FORTNIGHT_PROC_H
#define FORTNIGHT_PROC_H

#include "fortnight/error.h"

/* Run argv (NULL-terminated, argv[0] a path) and wait.  Standard output and
 * error are inherited.  Returns 0 when it exited with 0. */
int proc_run(const char *const *argv, struct error *err) MUST_CHECK;

#endif
