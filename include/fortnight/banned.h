/* SPDX-License-Identifier: MIT */
/*
 * banned.h - calls nobody makes, and what to call instead.
 *
 * The compiler says it: 'strcpy' is deprecated: use buf_add().  Headers that
 * come later may still declare these names, and a struct may have a member
 * called time, which a #define or a #pragma poison would break.
 */
#ifndef FORTNIGHT_BANNED_H
#define FORTNIGHT_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

/* NOLINTBEGIN(bugprone-macro-parentheses): a declaration takes none */
#define BAN(fn, instead) \
	extern __typeof__(fn) fn __attribute__((deprecated("use " instead)))
/* NOLINTEND(bugprone-macro-parentheses) */

#ifdef __clang__ /* cannot mark what glibc defines inline; gcc can */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wignored-attributes"
#endif

#ifndef FORTNIGHT_ALLOW_BANNED
BAN(strcpy, "buf_add()");
BAN(strcat, "buf_add()");
BAN(strncpy, "buf_add()");
BAN(strncat, "buf_add()");
BAN(sprintf, "buf_addf()");
BAN(vsprintf, "buf_addf()");
BAN(strtok, "str_cut()");
BAN(atoi, "parse_int()");
BAN(atol, "parse_int()");
BAN(gmtime, "clock_format()");
BAN(localtime, "clock_format()");
BAN(time, "clock_now()");
BAN(gettimeofday, "clock_now()");
BAN(system, "proc_spawn()");
BAN(popen, "proc_spawn()");
#endif

#ifdef __clang__
#pragma clang diagnostic pop
#endif

#endif
