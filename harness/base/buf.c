/* SPDX-License-Identifier: MIT */
#include "fortnight/buf.h"
#include "fortnight/base.h"

enum {
	FIRST_CAPACITY = 64
};

void buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf)BUF_INIT(max);
}

void buf_done(struct buf *buf)
{
	free(buf->data);
	buf_init(buf, buf->max);
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->overflowed = false;
	if (buf->data)
		buf->data[0] = '\0';
}

/* Make room for len more bytes and a NUL. */
static bool make_room(struct buf *buf, size_t len)
{
	size_t capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY;
	char *data;

	if (buf->overflowed || len > buf->max - buf->len) {
		buf->overflowed = true;
		return false;
	}
	if (buf->data && buf->len + len < buf->capacity)
		return true;
	while (capacity <= buf->len + len)
		capacity *= 2;
	data = realloc(buf->data, capacity);
	if (!data)
		abort();
	buf->data = data;
	buf->capacity = capacity;
	return true;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	if (len == 0 || !make_room(buf, len))
		return;
	memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_adds(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_addc(struct buf *buf, char byte)
{
	buf_add(buf, &byte, 1);
}

void buf_addf(struct buf *buf, const char *fmt, ...)
{
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len > 0 && make_room(buf, (size_t)len)) {
		(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt,
				again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

const char *buf_text(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

char *buf_steal(struct buf *buf)
{
	char *text = buf->data ? STEAL(buf->data) : xstrdup("");

	buf_init(buf, buf->max);
	return text;
}
