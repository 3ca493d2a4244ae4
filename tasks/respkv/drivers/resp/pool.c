/* SPDX-License-Identifier: MIT */
/*
 * A pool is a heap of values without order: each one is written in the
 * driver's notation, then the texts are sorted and compared.  So a set of ten
 * thousand members costs a sort and not ten thousand searches.
 */
#include "driver.h"

#include <stdlib.h>
#include <string.h>

void pool_open(struct pool *pool)
{
	*pool = (struct pool){ .bytes = { .max = OUTPUT_MAX } };
}

void pool_close(struct pool *pool)
{
	buf_done(&pool->bytes);
	free(pool->start);
	pool->start = NULL;
}

void pool_mark(struct pool *pool)
{
	if (pool->count + 2 > pool->room) {
		pool->room = pool->room ? pool->room * 2 : 64;
		pool->start =
			realloc(pool->start, pool->room * sizeof(*pool->start));
		if (!pool->start)
			abort();
	}
	if (pool->count == 0)
		pool->start[0] = 0;
	/* A NUL ends each text: none is within, as they are escaped. */
	(void)buf_add(&pool->bytes, "", 1);
	pool->start[++pool->count] = pool->bytes.len;
}

static int by_text(const void *a, const void *b, void *bytes)
{
	const char *base = bytes;

	return strcmp(base + *(const size_t *)a, base + *(const size_t *)b);
}

void pool_sort(struct pool *pool, bool unique)
{
	size_t kept = 0;

	if (pool->count < 2)
		return;
	qsort_r(pool->start, pool->count, sizeof(*pool->start), by_text,
		pool->bytes.data);
	for (size_t i = 0; unique && i < pool->count; i++)
		if (kept == 0 ||
		    by_text(&pool->start[kept - 1], &pool->start[i],
			    pool->bytes.data) != 0)
			pool->start[kept++] = pool->start[i];
	if (unique)
		pool->count = kept;
}

bool pool_same(const struct pool *a, const struct pool *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->bytes.data + a->start[i],
			   b->bytes.data + b->start[i]) != 0)
			return false;
	return true;
}

static void add_want(struct pool *pool, const struct want *want,
		     struct vars vars)
{
	static struct buf scratch = { .max = OUTPUT_MAX };

	if (want->kind != WANT_BULK) {
		(void)buf_add(&pool->bytes, want->source, want->source_len);
		return;
	}
	scratch.len = 0;
	(void)text_expand(&want->text, vars, &scratch);
	show_string(scratch.data ? scratch.data : "", scratch.len,
		    &pool->bytes);
}

/* The members of a set; of pairs, every second one ends a text. */
void pool_want(struct pool *pool, const struct want *set, struct vars vars)
{
	size_t half = 0;

	for (const struct want *w = set->first; w; w = w->next) {
		size_t many = w->text.many ? w->text.many : 1;

		for (size_t i = 0; i < many; i++) {
			vars.i = (long long)i;
			add_want(pool, w, vars);
			if (set->kind == WANT_PAIRS && half++ % 2 == 0)
				continue;
			pool_mark(pool);
		}
	}
}

/* The elements of the array at `at`. */
void pool_reply(struct pool *pool, const struct replies *replies,
		const char *input, size_t at, bool pairs)
{
	size_t count = replies->node[at].len;

	at++;
	for (size_t i = 0; i < count; i++) {
		reply_show(replies, input, &at, &pool->bytes);
		if (pairs && i % 2 == 0 && i + 1 < count)
			continue;
		pool_mark(pool);
	}
}
