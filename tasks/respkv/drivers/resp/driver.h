/* SPDX-License-Identifier: MIT */
/* What the files of the driver share.  main.c explains the whole. */
#ifndef RESP_DRIVER_H
#define RESP_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every bound of the driver.  A hostile server meets one of them, never the
 * end of memory. */
enum {
	PORT_DEFAULT = 6400,
	READY_MS = 3000,	   /* from the start to an answered PING */
	READY_CLOSES = 40,	   /* connections that the server may drop */
	STEP_MS = 3000,		   /* one wait for the server */
	LOST_MS = 200,		   /* the same when a step has failed already */
	PIPE_MS = 40000,	   /* one .pipe block */
	PIPE_WINDOW = 1000,	   /* commands under way in a .pipe block */
	SETTLE_MS = 25,		   /* after the two PINGs of .settle */
	SCRIPT_MAX = 4 << 20,	   /* bytes of script */
	ARENA_MAX = 64 << 20,	   /* what a parsed script may take */
	INPUT_MAX = 24 << 20,	   /* unread bytes of one connection */
	OUTPUT_MAX = 32 << 20,	   /* one write */
	REPLY_NODES_MAX = 400000,  /* values in one reply */
	REPLY_DEPTH_MAX = 8,	   /* arrays in arrays */
	REPLY_BULK_MAX = 16 << 20, /* one string */
	REPLY_LINE_MAX = 64 << 10, /* one simple string or error */
	SCAN_ROUNDS_MAX = 20000,   /* calls of one .scan */
	CONNECTIONS_MAX = 64,
	NAME_MAX_BYTES = 16,
	WORDS_MAX = 4096, /* words of one command line */
	SHOW_MAX = 200,	  /* bytes of a value in a TAP line */
	NOTE_MAX = 70,	  /* bytes of a step in a TAP line */
};

/* ---- memory (mem.c) ---- */

struct buf {
	char *data;
	size_t len;
	size_t room;
	size_t max; /* adding more than this fails */
};

/* 0, or -1 when the buffer would pass its maximum (nothing is added). */
int buf_add(struct buf *buf, const void *data, size_t len);
int buf_puts(struct buf *buf, const char *text);
void buf_done(struct buf *buf);
/* Zeroed memory that lives until the driver ends. */
void *arena_take(size_t size);

/* ---- text of a script (text.c) ---- */

struct cursor {
	const char *at;
	const char *end;
	const char *error; /* NULL while all is well */
};

/* The numbers that {…} may name: n of a .pipe block, i of an @COUNT word. */
struct vars {
	long long n;
	long long i;
};

struct text {
	const char *data; /* in the arena */
	size_t len;
	size_t times; /* "ab"*3: the text three times */
	size_t many;  /* @3"v{i}": three texts; 0 for an ordinary one */
	bool live;    /* holds a {…} */
};

void cursor_blank(struct cursor *cur);
bool cursor_word(struct cursor *cur, const char *word);
long long cursor_number(struct cursor *cur);
/* A quoted or bare text, with its @COUNT and *TIMES. */
struct text text_parse(struct cursor *cur);
int text_expand(const struct text *text, struct vars vars, struct buf *out);

/* ---- replies (reply.c) ---- */

enum reply_kind {
	REPLY_SIMPLE,
	REPLY_ERROR,
	REPLY_INT,
	REPLY_BULK,
	REPLY_NIL,
	REPLY_NIL_ARRAY,
	REPLY_ARRAY,
};

struct reply {
	enum reply_kind kind;
	size_t offset; /* of the text, in the connection's input */
	size_t len;    /* bytes of text, or elements of an array */
	long long number;
};

/* One reply in preorder: an array is followed by its elements. */
struct replies {
	struct reply *node;
	size_t count;
	size_t room;
	size_t pos;		      /* bytes of input consumed */
	size_t left[REPLY_DEPTH_MAX]; /* elements still to come, by depth */
	size_t depth;
	bool started;
};

enum parse_state {
	PARSE_DONE,
	PARSE_MORE,
	PARSE_BAD
};

void replies_reset(struct replies *replies);
/* Goes on where it stopped; `input` must be the same bytes, or more. */
enum parse_state replies_parse(struct replies *replies, const char *input,
			       size_t len);
/* Adds the value at *at in the driver's notation and moves *at behind it. */
void reply_show(const struct replies *replies, const char *input, size_t *at,
		struct buf *out);
void show_string(const char *data, size_t len, struct buf *out);

/* ---- what a reply should be (want.c, match.c) ---- */

enum want_kind {
	WANT_ANY,
	WANT_SIMPLE,
	WANT_ERROR,
	WANT_INT,
	WANT_RANGE,
	WANT_BULK,
	WANT_FLOAT,
	WANT_NIL,
	WANT_NIL_ARRAY,
	WANT_LIST,
	WANT_SET,
	WANT_PAIRS,
	WANT_PICK,
	WANT_DRAW,
	WANT_EITHER,
};

struct want {
	enum want_kind kind;
	struct text text;
	long long low, high; /* WANT_RANGE; low: count of PICK and DRAW */
	double number;	     /* WANT_FLOAT */
	struct want *first;  /* elements or alternatives */
	struct want *next;
	const char *source; /* as written */
	size_t source_len;
};

struct want *want_parse(struct cursor *cur);
bool want_match(const struct want *want, const struct replies *replies,
		const char *input, struct vars vars);
/* Whether the texts are those of the set: match.c and .scan use it. */
struct pool {
	struct buf bytes;
	size_t *start; /* count + 1 offsets into bytes */
	size_t count;
	size_t room;
};
void pool_open(struct pool *pool);
void pool_close(struct pool *pool);
void pool_mark(struct pool *pool); /* the bytes added so far end a text */
void pool_sort(struct pool *pool, bool unique);
bool pool_same(const struct pool *a, const struct pool *b);
void pool_want(struct pool *pool, const struct want *set, struct vars vars);
void pool_reply(struct pool *pool, const struct replies *replies,
		const char *input, size_t at, bool pairs);

/* ---- connections (conn.c) ---- */

enum wait_state {
	WAIT_OK,
	WAIT_CLOSED,
	WAIT_TIMEOUT,
	WAIT_BAD,
	WAIT_GONE
};

struct conn {
	char name[NAME_MAX_BYTES];
	int fd; /* -1: not open */
	bool used;
	bool eof;
	struct buf in;
	size_t start; /* consumed bytes of in */
	struct buf out;
	bool corked;
	size_t split; /* bytes a write; 0: whole */
	long long sent_ms;
	struct replies replies;
};

long long now_ms(void);
void pause_ms(long long ms);
/* Asked to end (SIGTERM): the server is known to be gone. */
bool asked_to_end(void);
void watch_for_end(void);
enum wait_state conn_ready(struct conn *conn, int port);
enum wait_state conn_open(struct conn *conn, int port);
void conn_close(struct conn *conn);
enum wait_state conn_flush(struct conn *conn);
enum wait_state conn_fill(struct conn *conn, long long deadline_ms);
/* Waits for one reply: it is in conn->replies, its bytes at conn_input(). */
enum wait_state conn_reply(struct conn *conn, long long deadline_ms);
const char *conn_input(const struct conn *conn);
/* Forgets the reply that conn_reply() returned. */
void conn_next(struct conn *conn);

/* ---- the script (script.c) ---- */

enum step_kind {
	STEP_COMMAND,
	STEP_RAW,
	STEP_EXPECT,
	STEP_SCAN,
	STEP_PIPE,
	STEP_END,
	STEP_NONE,
	STEP_HELD,
	STEP_CLOSED,
	STEP_CLOSE,
	STEP_SHUT,
	STEP_SLEEP,
	STEP_SETTLE,
	STEP_SPLIT,
	STEP_CORK,
	STEP_FLUSH,
};

struct step {
	enum step_kind kind;
	size_t conn;
	size_t line;
	struct text *words;
	size_t word_count;
	long long number;
	struct want *want; /* NULL: no expectation */
	const char *source;
	size_t source_len;
};

struct script {
	struct step *step;
	size_t count;
	size_t plan;
	char names[CONNECTIONS_MAX][NAME_MAX_BYTES];
	size_t conns;
};

/* Prints what is wrong to standard error and returns -1. */
int script_parse(struct script *script, const char *text, size_t len);

/* ---- running it (run.c, pipe.c, tap.c) ---- */

struct run {
	const struct script *script;
	struct conn *conns; /* one more than the script's: for PING */
	int port;
	size_t reported;
	size_t failed;
	bool gone;	/* nothing more is tried */
	bool timed_out; /* before anything else failed */
};

void command_add(const struct step *step, struct vars vars, struct buf *out);
enum wait_state run_pipe(struct conn *conn, const struct step *step,
			 struct buf *got);
enum wait_state run_scan(struct conn *conn, const struct step *step,
			 struct buf *got, bool *ret_same);
size_t pipe_length(const struct step *step);
int run_script(struct run *run);

void tap_plan(size_t plan);
void tap_line(size_t number, const struct step *step, const char *got,
	      size_t got_len, bool ok);

#endif
