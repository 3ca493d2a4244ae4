/* SPDX-License-Identifier: MIT */
#include "fortnight/digest.h"
#include "fortnight/base.h"

#include <sodium.h>

struct digest {
	crypto_hash_sha256_state state;
};

enum {
	READ_CHUNK = 65536
};

struct digest *digest_new(void)
{
	struct digest *digest = xcalloc(1, sizeof(*digest));

	(void)crypto_hash_sha256_init(&digest->state);
	return digest;
}

void digest_add(struct digest *digest, const void *data, size_t len)
{
	(void)crypto_hash_sha256_update(&digest->state, data, len);
}

void digest_finish(struct digest *digest, char hex[DIGEST_HEX_SIZE])
{
	unsigned char raw[crypto_hash_sha256_BYTES];

	(void)crypto_hash_sha256_final(&digest->state, raw);
	(void)sodium_bin2hex(hex, DIGEST_HEX_SIZE, raw, sizeof(raw));
	free(digest);
}

void digest_of(const void *data, size_t len, char hex[DIGEST_HEX_SIZE])
{
	struct digest *digest = digest_new();

	digest_add(digest, data, len);
	digest_finish(digest, hex);
}

int digest_of_fd(int fd, char hex[DIGEST_HEX_SIZE], struct error *err)
{
	struct digest *digest = digest_new();
	char chunk[READ_CHUNK];
	off_t at = 0;
	ssize_t n;

	while ((n = TEMP_FAILURE_RETRY(pread(fd, chunk, sizeof(chunk), at))) >
	       0) {
		digest_add(digest, chunk, (size_t)n);
		at += n;
	}
	if (n < 0)
		(void)error_set_errno(err, errno, "read");
	digest_finish(digest, hex);
	return n < 0 ? -1 : 0;
}
