/* SPDX-License-Identifier: MIT */
/*
 * inside.h - a unit test that is also the program in the sandbox.
 *
 *	static const struct inside_part inside_parts[] = {
 *		{ "bomb", fork_bomb },
 *		{ NULL, NULL },
 *	};
 *	TEST(...) { pod = inside_pod(toolchain_config(...)) ... }
 *	INSIDE_MAIN()
 *
 * "/app/test --inside bomb" calls fork_bomb(), in a sandbox and nowhere else.  The
 * root is ROOT_TOOLCHAIN, since a test is linked with the host's libraries.
 */
#ifndef INSIDE_H
#define INSIDE_H

#include "fortnight/treestream.h"
#include "pods.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>

struct inside_part {
	const char *name;
	void (*run)(void);
};

static inline void inside_write_(int to, const void *data, size_t len)
{
	CHECK_INT(write(to, data, len), ==, (ssize_t)len);
}

/* A tree stream with this very program in it; the caller's to close. */
static inline int inside_stream(uint64_t *ret_bytes)
{
	struct tree_header header = { .type = TREE_FILE,
				      .executable = 1,
				      .path_len = 4 };
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = memfd_create("inside", MFD_CLOEXEC);
	char chunk[65536];
	struct stat st;
	ssize_t n;

	CHECK(from >= 0 && to >= 0);
	CHECK_INT(fstat(from, &st), ==, 0);
	header.data_len = (uint64_t)st.st_size;
	inside_write_(to, TREE_MAGIC, TREE_MAGIC_LEN);
	inside_write_(to, &header, sizeof(header));
	inside_write_(to, "test", 4);
	while ((n = read(from, chunk, sizeof(chunk))) > 0)
		inside_write_(to, chunk, (size_t)n);
	CHECK_INT(n, ==, 0);
	close(from);
	*ret_bytes = (uint64_t)st.st_size + (1 << 20);
	return to;
}

/* A pod whose /app has this very program in it. */
static inline struct pod *inside_pod(struct pod_config config)
{
	struct pod_side_config *side = &config.side[SIDE_CANDIDATE];
	struct pod *pod;

	side->app_fd = inside_stream(&side->app_bytes);
	pod = pod_of(&config);
	close(side->app_fd);
	return pod;
}

/* Nobody's id, a filter, the name that pods give themselves, and nothing of a host's
 * files: no host is like that. */
static inline bool inside_is_contained_(void)
{
	struct utsname name;

	return uname(&name) == 0 && strcmp(name.nodename, "fortnight") == 0 &&
	       prctl(PR_GET_SECCOMP) == 2 &&
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
	       geteuid() == 1000 && access("/root", F_OK) < 0;
}

static inline int inside_main(const struct inside_part *parts, int argc,
			      char **argv)
{
	if (argc != 3 || strcmp(argv[1], "--inside") != 0)
		return tap_main(argc, argv);
	if (!inside_is_contained_()) {
		fputs("this is no sandbox: refused\n", stderr);
		return 99;
	}
	for (; parts->name; parts++)
		if (strcmp(parts->name, argv[2]) == 0) {
			parts->run();
			return 0;
		}
	return 98;
}

#define INSIDE_MAIN()                                         \
	int main(int argc, char **argv)                       \
	{                                                     \
		return inside_main(inside_parts, argc, argv); \
	}

#endif
