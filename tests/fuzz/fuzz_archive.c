/* SPDX-License-Identifier: MIT */
/*
 * fuzz_archive.c - the bytes of an archive that a candidate sent.
 *
 * The first byte chooses the bounds, so that both are met by small inputs.
 */
#include "fuzz.h"

static const struct tree_limits bounds[] = {
	{ .bytes_max = 4 << 20, .entries_max = 500 },
	{ .bytes_max = 100, .entries_max = 500 },
	{ .bytes_max = 4 << 20, .entries_max = 3 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned choice = fuzz_choice(&data, &size);
	const struct tree_limits *limits = &bounds[choice % ARRAY_LEN(bounds)];
	struct error err = ERROR_INIT;
	auto_tree struct tree *tree = NULL;
	auto_close int fd = fuzz_file(data, size);

	if (tree_from_archive(fd, limits, &tree, &err) < 0) {
		REQUIRE(!tree, "a tree from a failing call");
		fuzz_require_error(&err);
		return 0;
	}
	fuzz_require_tree(tree, limits);
	return 0;
}
