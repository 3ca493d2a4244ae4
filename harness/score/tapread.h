/* SPDX-License-Identifier: MIT */
/*
 * tapread.h - what a driver printed, read strictly.
 *
 * A driver is a program of the pack's author: what it prints is either the
 * fixed plan with every line once and in order, or a fault of the pack.
 */
#ifndef SCORE_TAPREAD_H
#define SCORE_TAPREAD_H

#include "compare.h"

struct tap_report {
	bool valid;
	unsigned plan;
	unsigned ok;	    /* lines that are ok */
	unsigned first_bad; /* number of the first "not ok"; 0: none */
	char why[120];	    /* when it is not valid */
};

/* Read all of text against the plan that the case names. */
void tap_read(struct slice text, unsigned plan, struct tap_report *ret_report);

/* The "not ok" lines, for people. */
void tap_add_failures(struct buf *buf, struct slice text, unsigned lines);

#endif
