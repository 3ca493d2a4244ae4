/* SPDX-License-Identifier: MIT */
/*
 * meta.h - an outcome in the words of isolate(1), and such words read again.
 *
 * A meta file is lines of "key:value", each key once, in any order (META-FILES in
 * isolate's manual page).  What is written has these keys:
 *
 *	time, time-wall     seconds, three decimals
 *	max-rss             kibibytes of the main process, unless that was killed
 *	cg-mem              kibibytes of all processes together
 *	exitcode            it exited, also with 0
 *	exitsig             it died of this signal
 *	status              RE: ended with another status than 0, or not started;
 *	                    SG: died of a signal, or of a limit on memory or output;
 *	                    TO: ran out of time; XX: a failure of ours; not there: well
 *	killed:1            a limit ended it
 *	cg-oom-killed:1     the kernel killed a process for want of memory
 *	message             for people; always on one line
 *
 * meta_write() and meta_write_failure() are in fortnight/sandbox.h.
 */
#ifndef FORTNIGHT_SANDBOX_META_H
#define FORTNIGHT_SANDBOX_META_H

#include "fortnight/sandbox.h"

enum {
	META_BYTES_MAX = 64 << 10,
	META_MESSAGE_MAX = 4096
};

enum meta_status {
	META_FINE, /* there is no such line */
	META_RE,
	META_SG,
	META_TO,
	META_XX
};

struct meta {
	enum meta_status status;
	bool killed, cg_oom_killed;
	int64_t time_ns, wall_ns;	/* -1: not there */
	int64_t max_rss_kib, mem_kib;	/* -1: not there */
	int64_t exitcode, exitsig;	/* -1: not there */
	char message[META_MESSAGE_MAX]; /* as it was; "": not there */
};

/* Read a meta file, ours or isolate's; other keys are passed over.  A line that is
 * none, a key that comes twice, a value that is not of its kind, a file that is cut
 * short: ERROR_INPUT, with the number of the line. */
int meta_read(const char *text, size_t len, struct meta *ret_meta,
	      struct error *err) MUST_CHECK;

#endif
