/* SPDX-License-Identifier: MIT */
/* digest.h - SHA-256 (FIPS 180-4, through libsodium), in hexadecimal. */
#ifndef FORTNIGHT_DIGEST_H
#define FORTNIGHT_DIGEST_H

#include "fortnight/error.h"

enum {
	DIGEST_HEX_SIZE = 65 /* 64 lower-case digits and NUL */
};

struct digest;

/* On the heap; digest_finish() also frees. */
struct digest *digest_new(void);
void digest_add(struct digest *digest, const void *data, size_t len);
void digest_finish(struct digest *digest, char hex[DIGEST_HEX_SIZE]);

void digest_of(const void *data, size_t len, char hex[DIGEST_HEX_SIZE]);
/* Of a whole file, from its start; the file's offset is not moved. */
int digest_of_fd(int fd, char hex[DIGEST_HEX_SIZE],
		 struct error *err) MUST_CHECK;

#endif
