/* SPDX-License-Identifier: MIT */
/*
 * treestream.h - the canonical bytes of a tree of files.
 *
 * One format is three things: what a tree's digest is taken over, what is sent
 * into a sandbox to be unpacked, and what the box packs from a sandbox.  It is
 * plain data, so that the box, which links libc alone, reads and writes it too.
 *
 *	stream  = MAGIC entry*
 *	entry   = header path data
 *
 * Entries are sorted by path, compared byte by byte with '/' before every other
 * byte, so that a directory stands right before what it holds.  A path is relative,
 * without empty, "." or ".." parts.  Data is a file's content, a link's target,
 * nothing for a directory.  Modes, owners and times are not kept: a file can be
 * executed or not, and that is all.  Numbers are little-endian, as on every
 * host that is supported.
 */
#ifndef FORTNIGHT_TREESTREAM_H
#define FORTNIGHT_TREESTREAM_H

#include <stdint.h>

#define TREE_MAGIC "fntree1\n"

enum {
	TREE_MAGIC_LEN = 8,
	TREE_PATH_MAX = 1024, /* bytes of a path, without a NUL */
	TREE_TARGET_MAX = 1024,
	TREE_DEPTH_MAX = 64
};

enum tree_type {
	TREE_DIR = 1,
	TREE_FILE = 2,
	TREE_LINK = 3
};

struct tree_header {
	uint8_t type;	    /* enum tree_type */
	uint8_t executable; /* 0 or 1; 0 unless type is TREE_FILE */
	uint16_t path_len;
	uint32_t reserved; /* 0 */
	uint64_t data_len;
};

#endif
