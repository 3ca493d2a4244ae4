/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - what the fuzz targets share.
 *
 * A target is one function of libFuzzer's name and shape.  It asserts what
 * must hold of any input: REQUIRE() says what did not, and aborts.  `make fuzz`
 * links it to libFuzzer; `make check` links it to replay.c, which runs it over
 * every file of tests/fuzz/seeds/NAME/.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "fortnight/base.h"
#include "fortnight/error.h"
#include "fortnight/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(cond, ...)                                                 \
	do {                                                               \
		if (!(cond)) {                                             \
			fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, \
				#cond);                                    \
			fprintf(stderr, __VA_ARGS__);                      \
			fputc('\n', stderr);                               \
			abort();                                           \
		}                                                          \
	} while (0)

/* The next byte of an input, for a choice; 0 at its end. */
static inline unsigned fuzz_choice(const uint8_t **data, size_t *size)
{
	unsigned byte;

	if (*size == 0)
		return 0;
	byte = **data;
	++*data;
	--*size;
	return byte;
}

/* A memory file that holds data, at its start. */
int fuzz_file(const void *data, size_t size);

/* Whether a failing call told why, in text that a terminal may be shown. */
void fuzz_require_error(const struct error *err);

/* Everything that tree.h and treestream.h promise of a tree: order, names,
 * bounds, and the same digest by each way back in. */
void fuzz_require_tree(const struct tree *tree,
		       const struct tree_limits *limits);

#endif
