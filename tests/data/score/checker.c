/* SPDX-License-Identifier: MIT */
/* A checker for tests: the answer must be an even number. */
#include <stdio.h>
#include <string.h>

static void judge(const char *dir, const char *why)
{
	char path[200];
	FILE *out;

	snprintf(path, sizeof(path), "%s/judgemessage.txt", dir);
	out = fopen(path, "w");
	if (!out)
		return;
	fputs(why, out);
	fclose(out);
}

int main(int argc, char **argv)
{
	char word[20] = "";
	FILE *answer = argc == 4 ? fopen(argv[2], "r") : NULL;
	int n;

	if (!answer || !fgets(word, sizeof(word), answer) ||
	    strcmp(word, "even\n") != 0)
		return 1;
	if (scanf("%d", &n) == 1 && n % 2 == 0)
		return 42;
	judge(argv[3], "not an even number\n");
	return 43;
}
