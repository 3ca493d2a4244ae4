/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/text.h"

#include "meta.h"

#include <inttypes.h>

enum {
	KIB = 1024,
	KEY_MAX = 32,
	VALUE_MAX = META_MESSAGE_MAX,
	VALUE_SHOWN_MAX = 100,
	WORDS_MAX = 160, /* of a message of ours */
	TEXT_MAX =
		META_MESSAGE_MAX / 4 - 4 /* a byte is shown by four at most */
};

/* ---- write -------------------------------------------------------------------- */

static void add_seconds(struct buf *out, const char *key, int64_t ns)
{
	buf_addf(out, "%s:%" PRId64 ".%03" PRId64 "\n", key, ns / NS_PER_SEC,
		 ns % NS_PER_SEC / NS_PER_MS);
}

/* No message, wherever it comes from, makes a second line. */
static void add_message(struct buf *out, const char *text)
{
	size_t left = strnlen(text, TEXT_MAX);

	buf_adds(out, "message:");
	for (;;) {
		const char *end = memchr(text, '\n', left);
		size_t len = end ? (size_t)(end - text) : left;

		text_add_safe(out, text, len);
		if (!end)
			break;
		buf_adds(out, "\\x0a");
		text += len + 1;
		left -= len + 1;
	}
	buf_addc(out, '\n');
}

static void add_status(struct buf *out, const char *status, const char *message)
{
	buf_addf(out, "status:%s\n", status);
	add_message(out, message);
}

static void add_limit(struct buf *out, const char *status, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
static void add_limit(struct buf *out, const char *status, const char *fmt, ...)
{
	char message[WORDS_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	buf_adds(out, "killed:1\n");
	add_status(out, status, message);
}

static void add_exit(struct buf *out, int status)
{
	char message[WORDS_MAX];

	buf_addf(out, "exitcode:%d\n", status);
	if (status == 0)
		return;
	(void)snprintf(message, sizeof(message), "Exited with error status %d",
		       status);
	add_status(out, "RE", message);
}

static void add_signal(struct buf *out, int sig)
{
	char message[WORDS_MAX];

	buf_addf(out, "exitsig:%d\n", sig);
	(void)snprintf(message, sizeof(message), "Caught fatal signal %d", sig);
	add_status(out, "SG", message);
}

static void add_not_started(struct buf *out, int error)
{
	char message[WORDS_MAX];
	const char *why = strerrordesc_np(error);

	(void)snprintf(message, sizeof(message), "Not started: %s",
		       why ? why : "unknown error");
	add_status(out, "RE", message);
}

static void add_end(struct buf *out, const struct outcome *outcome,
		    const struct run_limits *limits)
{
	switch (outcome->kind) {
	case OUTCOME_EXITED:
		add_exit(out, outcome->status);
		break;
	case OUTCOME_SIGNALLED:
		add_signal(out, outcome->status);
		break;
	case OUTCOME_LIMIT_CPU:
		add_limit(out, "TO", "Time limit exceeded");
		break;
	case OUTCOME_LIMIT_WALL:
		add_limit(out, "TO", "Time limit exceeded (wall clock)");
		break;
	case OUTCOME_LIMIT_MEMORY:
		add_limit(out, "SG", "Memory limit exceeded (%" PRIu64 " KiB)",
			  limits->memory_bytes / KIB);
		break;
	case OUTCOME_LIMIT_OUTPUT:
		add_limit(out, "SG", "Output limit exceeded (%" PRIu64 " KiB)",
			  limits->output_bytes / KIB);
		break;
	case OUTCOME_NOT_STARTED:
		add_not_started(out, outcome->status);
		break;
	case OUTCOME_ENDED:
		buf_adds(out, "killed:1\n");
		break;
	}
}

void meta_write(const struct outcome *outcome, const struct run_limits *limits,
		struct buf *out)
{
	add_seconds(out, "time", outcome->cpu_ns);
	add_seconds(out, "time-wall", outcome->wall_ns);
	if (outcome->max_rss_bytes)
		buf_addf(out, "max-rss:%" PRIu64 "\n",
			 outcome->max_rss_bytes / KIB);
	buf_addf(out, "cg-mem:%" PRIu64 "\n", outcome->memory_peak_bytes / KIB);
	if (outcome->oom_kills)
		buf_adds(out, "cg-oom-killed:1\n");
	add_end(out, outcome, limits);
}

void meta_write_failure(const char *message, struct buf *out)
{
	add_status(out, "XX", message);
}

/* ---- read --------------------------------------------------------------------- */

enum kind {
	KIND_SECONDS,
	KIND_NUMBER,
	KIND_FLAG,
	KIND_STATUS,
	KIND_MESSAGE
};

static const struct {
	const char *name;
	enum kind kind;
	size_t offset; /* in struct meta */
} keys[] = {
	{ "time", KIND_SECONDS, offsetof(struct meta, time_ns) },
	{ "time-wall", KIND_SECONDS, offsetof(struct meta, wall_ns) },
	{ "max-rss", KIND_NUMBER, offsetof(struct meta, max_rss_kib) },
	{ "cg-mem", KIND_NUMBER, offsetof(struct meta, mem_kib) },
	{ "exitcode", KIND_NUMBER, offsetof(struct meta, exitcode) },
	{ "exitsig", KIND_NUMBER, offsetof(struct meta, exitsig) },
	{ "killed", KIND_FLAG, offsetof(struct meta, killed) },
	{ "cg-oom-killed", KIND_FLAG, offsetof(struct meta, cg_oom_killed) },
	{ "status", KIND_STATUS, offsetof(struct meta, status) },
	{ "message", KIND_MESSAGE, offsetof(struct meta, message) },
};

static bool read_status(const char *text, enum meta_status *ret_status)
{
	static const char names[][3] = { [META_RE] = "RE",
					 [META_SG] = "SG",
					 [META_TO] = "TO",
					 [META_XX] = "XX" };

	for (size_t i = META_RE; i < ARRAY_LEN(names); i++)
		if (strcmp(text, names[i]) == 0) {
			*ret_status = (enum meta_status)i;
			return true;
		}
	return false;
}

static bool read_value(enum kind kind, const char *text, void *into)
{
	switch (kind) {
	case KIND_SECONDS:
		return parse_seconds(text, 0, INT64_MAX, into);
	case KIND_NUMBER:
		return parse_int(text, 0, INT64_MAX, into);
	case KIND_FLAG:
		*(bool *)into = true;
		return strcmp(text, "1") == 0;
	case KIND_STATUS:
		return read_status(text, into);
	case KIND_MESSAGE:
		memcpy(into, text, strlen(text) + 1);
		return true;
	}
	return false;
}

struct line {
	char key[KEY_MAX], value[VALUE_MAX];
};

static bool is_key(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!(text[i] >= 'a' && text[i] <= 'z') &&
		    !(text[i] >= '0' && text[i] <= '9') && text[i] != '-' &&
		    text[i] != '_')
			return false;
	return len > 0 && len < KEY_MAX;
}

/* Key and value of a line of len bytes, without its end. */
static bool split(const char *text, size_t len, struct line *line)
{
	const char *colon = memchr(text, ':', len);
	size_t key = colon ? (size_t)(colon - text) : 0;

	if (!colon || !is_key(text, key) || len - key > VALUE_MAX ||
	    memchr(text, '\0', len))
		return false;
	memcpy(line->key, text, key);
	line->key[key] = '\0';
	memcpy(line->value, colon + 1, len - key - 1);
	line->value[len - key - 1] = '\0';
	return true;
}

/* What somebody else wrote is shown so that a terminal does not obey it. */
static int bad_value(const struct line *line, size_t number, struct error *err)
{
	auto_buf struct buf shown = BUF_INIT(META_MESSAGE_MAX);

	text_add_safe(&shown, line->value,
		      strnlen(line->value, VALUE_SHOWN_MAX));
	return error_set(err, ERROR_INPUT,
			 "meta file, line %zu: '%s' is no value of %s", number,
			 buf_text(&shown), line->key);
}

static int take(const struct line *line, size_t number, struct meta *meta,
		bool seen[ARRAY_LEN(keys)], struct error *err)
{
	size_t i = 0;

	while (i < ARRAY_LEN(keys) && strcmp(keys[i].name, line->key) != 0)
		i++;
	if (i == ARRAY_LEN(keys))
		return 0;
	if (seen[i])
		return error_set(err, ERROR_INPUT,
				 "meta file, line %zu: '%s' comes twice",
				 number, line->key);
	seen[i] = true;
	if (!read_value(keys[i].kind, line->value,
			(char *)meta + keys[i].offset))
		return bad_value(line, number, err);
	return 0;
}

int meta_read(const char *text, size_t len, struct meta *ret_meta,
	      struct error *err)
{
	struct meta meta = { .time_ns = -1,
			     .wall_ns = -1,
			     .max_rss_kib = -1,
			     .mem_kib = -1,
			     .exitcode = -1,
			     .exitsig = -1 };
	bool seen[ARRAY_LEN(keys)] = { false };
	size_t at = 0;

	if (len > META_BYTES_MAX)
		return error_set(err, ERROR_INPUT,
				 "meta file: more than %d bytes",
				 META_BYTES_MAX);
	for (size_t number = 1; at < len; number++) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - text) - at : 0;
		struct line line;

		if (!end)
			return error_set(err, ERROR_INPUT,
					 "meta file, line %zu: cut short",
					 number);
		if (!split(text + at, n, &line))
			return error_set(err, ERROR_INPUT,
					 "meta file, line %zu: not a key, a "
					 "colon and a value",
					 number);
		if (take(&line, number, &meta, seen, err) < 0)
			return -1;
		at += n + 1;
	}
	*ret_meta = meta;
	return 0;
}
