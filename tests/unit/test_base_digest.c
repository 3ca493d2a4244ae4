/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/digest.h"
#include "fortnight/fd.h"
#include "tap.h"

/* FIPS 180-4 examples, from NIST's "SHA256.pdf" and the empty message. */
static const struct {
	const char *message;
	const char *hex;
} rows[] = {
	{ "",
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc",
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

#define MILLION_A \
	"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

TEST(the_published_examples_come_out)
{
	char hex[DIGEST_HEX_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW("\"%s\"", rows[i].message);
		digest_of(rows[i].message, strlen(rows[i].message), hex);
		CHECK_STR(hex, rows[i].hex);
	}
}

TEST(the_cut_into_pieces_does_not_matter)
{
	struct digest *digest = digest_new();
	char hex[DIGEST_HEX_SIZE];
	size_t added = 0;
	char piece[997];

	memset(piece, 'a', sizeof(piece));
	while (added < 1000000) {
		size_t n = 1000000 - added;

		n = n < sizeof(piece) ? n : sizeof(piece);
		digest_add(digest, piece, n);
		added += n;
	}
	digest_finish(digest, hex);
	CHECK_STR(hex, MILLION_A);
}

TEST(a_file_is_read_whole_and_its_offset_stays)
{
	struct error err = ERROR_INIT;
	char hex[DIGEST_HEX_SIZE];
	auto_close int fd = -1;
	char piece[1000];

	CHECK_INT(fd_memory("test", &fd, &err), ==, 0);
	memset(piece, 'a', sizeof(piece));
	for (int i = 0; i < 1000; i++)
		CHECK_INT(fd_write_all(fd, piece, sizeof(piece), &err), ==, 0);
	CHECK_INT(lseek(fd, 123, SEEK_SET), ==, 123);
	CHECK_INT(digest_of_fd(fd, hex, &err), ==, 0);
	CHECK_STR(hex, MILLION_A);
	CHECK_INT(lseek(fd, 0, SEEK_CUR), ==, 123);
}

TEST(what_cannot_be_read_is_an_error)
{
	struct error err = ERROR_INIT;
	char hex[DIGEST_HEX_SIZE];
	int ends[2];

	CHECK_INT(pipe(ends), ==, 0);
	CHECK_INT(digest_of_fd(ends[0], hex, &err), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_SYSTEM);
	CHECK_STR(err.text, "read: Illegal seek");
}

TAP_MAIN()
