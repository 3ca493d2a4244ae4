/* SPDX-License-Identifier: MIT */
/* Counts words as contract.md says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	const char *word;
	long times;
};

static int by_word(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return strcmp(left->word, right->word);
}

static int by_times(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	if (left->times != right->times)
		return left->times < right->times ? 1 : -1;
	return by_word(a, b);
}

static void *must(void *memory)
{
	if (!memory)
		exit(1);
	return memory;
}

/* Standard input in lower case, and NUL for all that is no letter. */
static char *read_text(size_t *len)
{
	size_t room = 4096;
	char *text = must(malloc(room + 1));
	int c;

	*len = 0;
	while ((c = getchar()) != EOF) {
		if (*len == room)
			text = must(realloc(text, (room *= 2) + 1));
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		text[(*len)++] = (char)(c >= 'a' && c <= 'z' ? c : '\0');
	}
	text[*len] = '\0';
	return text;
}

static size_t find_words(const char *text, size_t len, struct entry *entries)
{
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < len; i++)
		if (text[i] && (i == 0 || !text[i - 1]))
			entries[count++] = (struct entry){ text + i, 1 };
	qsort(entries, count, sizeof(*entries), by_word);
	for (size_t i = 0; i < count; i++)
		if (kept &&
		    strcmp(entries[kept - 1].word, entries[i].word) == 0)
			entries[kept - 1].times++;
		else
			entries[kept++] = entries[i];
	return kept;
}

/* 0 unless the arguments are right. */
static long wanted(int argc, char **argv)
{
	long n;

	if (argc == 2 && strcmp(argv[1], "count") == 0)
		return -1;
	if (argc != 3 || strcmp(argv[1], "top") != 0 || strlen(argv[2]) > 4 ||
	    strspn(argv[2], "0123456789") != strlen(argv[2]))
		return 0;
	n = strtol(argv[2], NULL, 10);
	return n <= 1000 ? n : 0;
}

int main(int argc, char **argv)
{
	long most = wanted(argc, argv);
	size_t len, count;
	struct entry *entries;
	char *text;

	if (!most)
		return 2;
	text = read_text(&len);
	entries = must(calloc(len / 2 + 1, sizeof(*entries)));
	count = find_words(text, len, entries);
	if (most > 0)
		qsort(entries, count, sizeof(*entries), by_times);
	if (!count)
		puts("no words");
	for (size_t i = 0; i < count && (most < 0 || i < (size_t)most); i++)
		printf("%s %ld\n", entries[i].word, entries[i].times);
	free(entries);
	free(text);
	return 0;
}
