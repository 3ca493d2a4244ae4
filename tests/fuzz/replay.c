/* SPDX-License-Identifier: MIT */
/*
 * replay.c - a fuzz target as a test: every seed once, without libFuzzer.
 *
 *	build/release/tests/fuzz/replay_archive [FILE...]
 *
 * The seeds are those of $SOURCE/tests/fuzz/seeds/NAME/.  Each runs in a child
 * of its own, so that one that aborts or hangs is one failed line of TAP.
 */
#include "fortnight/fd.h"
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>

enum {
	SEED_MAX = 16 << 20,
	SECONDS_MAX = 20
};

static int run_file(const char *path)
{
	struct buf seed = BUF_INIT(SEED_MAX);
	struct error err = ERROR_INIT;
	auto_free uint8_t *exact = NULL;

	(void)alarm(SECONDS_MAX);
	if (fd_read_file(AT_FDCWD, path, &seed, &err) < 0) {
		printf("# %s\n", err.text);
		return EXIT_FAILURE;
	}
	/* Of the very size, so that a sanitizer sees the first byte beyond. */
	exact = xcalloc(seed.len + !seed.len, 1);
	memcpy(exact, buf_text(&seed), seed.len);
	(void)LLVMFuzzerTestOneInput(exact, seed.len);
	buf_done(&seed);
	return EXIT_SUCCESS;
}

static bool replay(int number, const char *path)
{
	const char *slash = strrchr(path, '/');
	int status = 0;
	bool ok;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		exit(run_file(path));
	ok = pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
	printf("%s %d - %s\n", ok ? "ok" : "not ok", number,
	       slash ? slash + 1 : path);
	if (!ok)
		printf("# wait status %#x\n", (unsigned)status);
	return ok;
}

static int is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* 1..0 would be a test of nothing: a target without seeds is a failure. */
static bool replay_dir(const char *dir, int *number)
{
	struct dirent **list = NULL;
	int count = scandir(dir, &list, is_seed, alphasort);
	bool ok = true;

	for (int i = 0; i < count; i++) {
		auto_free char *path = NULL;

		if (asprintf(&path, "%s/%s", dir, list[i]->d_name) < 0)
			abort();
		ok = replay(++*number, path) && ok;
		free(list[i]);
	}
	free(list);
	if (count < 1)
		printf("not ok %d - there are seeds in %s\n", ++*number, dir);
	return ok && count > 0;
}

int main(int argc, char **argv)
{
	const char *source = getenv("SOURCE");
	const char *name = strrchr(argv[0], '_');
	auto_free char *dir = NULL;
	bool ok = true;
	int number = 0;

	if (!name || asprintf(&dir, "%s/tests/fuzz/seeds/%s",
			      source ? source : ".", name + 1) < 0)
		abort();
	for (int i = 1; i < argc; i++)
		ok = replay(++number, argv[i]) && ok;
	if (argc < 2)
		ok = replay_dir(dir, &number);
	printf("1..%d\n", number);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
