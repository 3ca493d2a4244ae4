/* SPDX-License-Identifier: MIT */
/*
 * fuzz_stream.c - a tree stream that came out of a sandbox.
 *
 * There is one stream for one tree: what is accepted is kept byte for byte.
 */
#include "fuzz.h"

#include <fcntl.h>

static const struct tree_limits bounds[] = {
	{ .bytes_max = 1 << 20, .entries_max = 500 },
	{ .bytes_max = 20, .entries_max = 500 },
	{ .bytes_max = 1 << 20, .entries_max = 3 },
};

static void require_same_bytes(const struct tree *tree, const uint8_t *data,
			       size_t size)
{
	auto_free uint8_t *kept = xcalloc(size + 1, 1);

	REQUIRE(pread(tree_fd(tree), kept, size + 1, 0) == (ssize_t)size,
		"another size than the %zu bytes given", size);
	REQUIRE(memcmp(kept, data, size) == 0, "other bytes than were given");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned choice = fuzz_choice(&data, &size);
	const struct tree_limits *limits = &bounds[choice % ARRAY_LEN(bounds)];
	struct error err = ERROR_INIT;
	auto_tree struct tree *tree = NULL;
	int fd = fuzz_file(data, size);

	if (tree_from_stream(fd, limits, &tree, &err) < 0) {
		REQUIRE(!tree, "a tree from a failing call");
		REQUIRE(fcntl(fd, F_GETFD) >= 0, "it closed what is not its");
		(void)close(fd);
		fuzz_require_error(&err);
		return 0;
	}
	require_same_bytes(tree, data, size);
	fuzz_require_tree(tree, limits);
	return 0;
}
