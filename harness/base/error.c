/* SPDX-License-Identifier: MIT */
#include "fortnight/error.h"
#include "fortnight/base.h"

PRINTF_LIKE(4, 0)
static void fill(struct error *err, enum error_kind kind, int sys_errno,
		 const char *fmt, va_list ap)
{
	err->kind = kind;
	err->sys_errno = sys_errno;
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
}

int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, kind, 0, fmt, ap);
	va_end(ap);
	return -1;
}

int error_set_errno(struct error *err, int sys_errno, const char *fmt, ...)
{
	va_list ap;
	size_t used;

	va_start(ap, fmt);
	fill(err, ERROR_SYSTEM, sys_errno, fmt, ap);
	va_end(ap);

	used = strlen(err->text);
	(void)snprintf(err->text + used, sizeof(err->text) - used, ": %s",
		       strerrordesc_np(sys_errno));
	return -1;
}

int error_prefix(struct error *err, const char *fmt, ...)
{
	char inner[sizeof(err->text)];
	va_list ap;
	size_t used;

	memcpy(inner, err->text, sizeof(inner));
	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);

	used = strlen(err->text);
	(void)snprintf(err->text + used, sizeof(err->text) - used, ": %s",
		       inner);
	return -1;
}
