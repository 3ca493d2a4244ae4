/* SPDX-License-Identifier: MIT */
/* calls_tables.h - what random arguments are chosen from. */
#ifndef SOAK_CALLS_TABLES_H
#define SOAK_CALLS_TABLES_H

struct call_row {
	long number;
	const char *kinds;
};

extern const char *const call_paths[];
extern const unsigned call_path_count;
extern const unsigned long call_words[];
extern const unsigned call_word_count;
extern const unsigned long call_clone_flags[];
extern const unsigned call_clone_flag_count;
extern const unsigned long call_commands[];
extern const unsigned call_command_count;
extern const int call_families[];
extern const unsigned call_family_count;

/*
 * A letter for each argument; what is not listed is anything.
 *	f descriptor	p path		a address	n length
 *	i small number	w odd word	s signal	t process
 *	c clone flags	C ioctl command	F family	* anything
 */
extern const struct call_row call_rows[];
extern const unsigned call_row_count;

#endif
