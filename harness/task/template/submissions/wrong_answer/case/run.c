/* SPDX-License-Identifier: MIT */
/* Knows no `top`, and takes "The" for another word than "the". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static char words[10000][32];

int main(int argc, char **argv)
{
	size_t count = 0, first;

	if (argc != 2 || strcmp(argv[1], "count") != 0)
		return 2;
	while (count < 10000 && scanf("%*[^a-zA-Z]") != EOF &&
	       scanf("%31[a-zA-Z]", words[count]) == 1)
		count++;
	qsort(words, count, sizeof(words[0]), compare);
	for (size_t i = 0; i < count; i++) {
		for (first = i;
		     i + 1 < count && !compare(words[i], words[i + 1]);)
			i++;
		printf("%s %zu\n", words[i], i - first + 1);
	}
	if (!count)
		puts("no words");
	return 0;
}
