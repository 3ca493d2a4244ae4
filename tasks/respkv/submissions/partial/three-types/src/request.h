/* SPDX-License-Identifier: MIT */
/* From the bytes of a connection to requests. */
#ifndef REQUEST_H
#define REQUEST_H

#include "bytes.h"

enum parsed {
	PARSED_REQUEST, /* argv is one; it is valid until the next call */
	PARSED_NOTHING, /* more bytes are needed */
	PARSED_BAD	/* this is not the protocol: close */
};

struct span {
	size_t at, len;
};

struct parser {
	struct buf in;	   /* what has arrived and is not consumed yet */
	size_t at;	   /* up to here it was understood */
	size_t start;	   /* the request under way begins here */
	int64_t strings;   /* of it still to come */
	int64_t length;	   /* of the string under way, or -1 */
	struct span *span; /* its strings so far, from `start` on */
	size_t count, room;
	struct buf inline_text; /* the words of an inline request */
	struct slice *argv;
	size_t argv_room;
};

void parser_init(struct parser *parser);
void parser_done(struct parser *parser);
/* Looks for a whole request; goes on where it stopped. */
enum parsed parser_next(struct parser *parser);
/* Gives up the bytes of requests that were executed. */
void parser_compact(struct parser *parser);
/* Bytes that are known to be missing from the string under way. */
size_t parser_missing(const struct parser *parser);

#endif
