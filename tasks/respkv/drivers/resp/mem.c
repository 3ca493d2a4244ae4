/* SPDX-License-Identifier: MIT */
/* Buffers with a maximum, and memory that lives as long as the driver. */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(const char *what)
{
	fprintf(stderr, "driver: out of memory for %s\n", what);
	exit(2);
}

int buf_add(struct buf *buf, const void *data, size_t len)
{
	if (len > buf->max || buf->len > buf->max - len)
		return -1;
	if (buf->len + len > buf->room) {
		size_t room = buf->room ? buf->room * 2 : 256;

		while (room < buf->len + len)
			room *= 2;
		buf->data = realloc(buf->data, room);
		if (!buf->data)
			out_of_memory("a buffer");
		buf->room = room;
	}
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	return 0;
}

int buf_puts(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

void buf_done(struct buf *buf)
{
	free(buf->data);
	buf->data = NULL;
	buf->len = buf->room = 0;
}

void *arena_take(size_t size)
{
	static char *block;
	static size_t left, total;
	void *ret;

	size = (size + 15) & ~(size_t)15;
	if (size > ARENA_MAX - total)
		out_of_memory("the script");
	total += size;
	if (size > left) {
		left = size > (256 << 10) ? size : 256 << 10;
		block = calloc(1, left);
		if (!block)
			out_of_memory("the script");
	}
	ret = block;
	block += size;
	left -= size;
	return ret;
}
