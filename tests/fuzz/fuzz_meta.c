/* SPDX-License-Identifier: MIT */
/*
 * fuzz_meta.c - meta files: those of others are read, ours are written and read.
 *
 * The first byte chooses: a text that is read; an outcome that is written, and
 * read again; a message of ours, with anything in it, the same.
 */
#include "fuzz.h"

#include "../../harness/sandbox/meta.h"
#include "fortnight/text.h"

enum {
	READ_TEXT,
	WRITE_OUTCOME,
	WRITE_MESSAGE,
	CHOICES,
	KEY_MAX = 31,
	OUT_MAX = 1 << 20
};

/* ---- a text -------------------------------------------------------------------- */

/* Every line is a key, a colon and a value, and has its end. */
static void require_form(const char *text, size_t size)
{
	size_t key = 0;
	bool in_key = true;

	for (size_t i = 0; i < size; i++) {
		char c = text[i];

		REQUIRE(c, "a NUL was taken");
		REQUIRE(!in_key || c == ':' || c == '-' || c == '_' ||
				(c >= 'a' && c <= 'z') ||
				(c >= '0' && c <= '9'),
			"byte %zu in a key", i);
		key += in_key && c != ':';
		if (in_key && c == ':') {
			REQUIRE(key > 0 && key <= KEY_MAX, "a key of %zu", key);
			in_key = false;
		}
		if (c == '\n') {
			in_key = true;
			key = 0;
		}
	}
	REQUIRE(size == 0 || text[size - 1] == '\n', "cut short");
}

/* The value of key; NULL: there is no such line.  It comes once at most. */
static char *value_of(const char *text, const char *key)
{
	char *value = NULL;
	size_t len = strlen(key);

	while (*text) {
		size_t line = strcspn(text, "\n");

		if (strncmp(text, key, len) == 0 && text[len] == ':') {
			REQUIRE(!value, "%s came twice", key);
			value = xcalloc(line + 1, 1);
			memcpy(value, text + len + 1, line - len - 1);
		}
		text += line + (text[line] == '\n');
	}
	return value;
}

/* The number of a text of digits, of which there may be any number in front:
 * what was accepted is no larger than INT64_MAX, and negative when it is -0. */
static int64_t number_of(const char *digits, size_t len)
{
	bool negative = len > 1 && digits[0] == '-';
	int64_t value = 0;

	for (size_t i = negative; i < len; i++) {
		REQUIRE(digits[i] >= '0' && digits[i] <= '9', "'%s'", digits);
		REQUIRE(!__builtin_mul_overflow(value, 10, &value) &&
				!__builtin_add_overflow(value, digits[i] - '0',
							&value),
			"'%s'", digits);
	}
	REQUIRE(!negative || value == 0, "'%s'", digits);
	return value;
}

static void require_number(const char *text, const char *key, int64_t got)
{
	auto_free char *value = value_of(text, key);

	REQUIRE((got == -1) == !value, "%s is %jd", key, (intmax_t)got);
	if (!value)
		return;
	REQUIRE(*value, "%s has no digits", key);
	REQUIRE(number_of(value, strlen(value)) == got, "%s: '%s' is %jd", key,
		value, (intmax_t)got);
}

/* "12.5": up to nine decimals. */
static void require_seconds(const char *text, const char *key, int64_t got)
{
	auto_free char *value = value_of(text, key);
	size_t whole, decimals = 0;
	int64_t part = 0;

	REQUIRE((got == -1) == !value, "%s is %jd", key, (intmax_t)got);
	if (!value)
		return;
	whole = strcspn(value, ".");
	if (value[whole]) {
		decimals = strlen(value + whole + 1);
		REQUIRE(decimals > 0 && decimals <= 9, "'%s'", value);
		part = number_of(value + whole + 1, decimals);
	}
	REQUIRE(whole > 0, "'%s'", value);
	REQUIRE(value[0] != '-' || part == 0, "'%s'", value);
	for (; decimals < 9; decimals++)
		part *= 10;
	REQUIRE(got / 1000000000 == number_of(value, whole) &&
			got % 1000000000 == part,
		"%s: '%s' is %jd", key, value, (intmax_t)got);
}

static void require_flag(const char *text, const char *key, bool got)
{
	auto_free char *value = value_of(text, key);

	REQUIRE(got == (value != NULL), "%s", key);
	REQUIRE(!value || strcmp(value, "1") == 0, "%s: '%s'", key, value);
}

static void require_words(const char *text, const struct meta *meta)
{
	static const char *const words[] = { "", "RE", "SG", "TO", "XX" };
	auto_free char *status = value_of(text, "status");
	auto_free char *message = value_of(text, "message");

	REQUIRE((unsigned)meta->status < ARRAY_LEN(words), "%d",
		(int)meta->status);
	REQUIRE(strcmp(status ? status : "", words[meta->status]) == 0,
		"status '%s'", status ? status : "");
	REQUIRE(strcmp(message ? message : "", meta->message) == 0,
		"message '%s'", meta->message);
}

static void require_meta(const char *text, const struct meta *meta)
{
	require_seconds(text, "time", meta->time_ns);
	require_seconds(text, "time-wall", meta->wall_ns);
	require_number(text, "max-rss", meta->max_rss_kib);
	require_number(text, "cg-mem", meta->mem_kib);
	require_number(text, "exitcode", meta->exitcode);
	require_number(text, "exitsig", meta->exitsig);
	require_flag(text, "killed", meta->killed);
	require_flag(text, "cg-oom-killed", meta->cg_oom_killed);
	require_words(text, meta);
}

static void read_text(const uint8_t *data, size_t size)
{
	/* Of the very size; and one that has an end, to look into. */
	auto_free char *exact = xcalloc(size + !size, 1);
	auto_free char *text = xcalloc(size + 1, 1);
	struct meta meta, untouched;
	struct error err = ERROR_INIT;

	memcpy(exact, data, size);
	memcpy(text, data, size);
	memset(&meta, 0xa5, sizeof(meta));
	memset(&untouched, 0xa5, sizeof(untouched));
	if (meta_read(exact, size, &meta, &err) < 0) {
		REQUIRE(memcmp(&meta, &untouched, sizeof(meta)) == 0,
			"a failing call filled its result");
		fuzz_require_error(&err);
		REQUIRE(strncmp(err.text, "meta file", 9) == 0, "%s", err.text);
		return;
	}
	require_form(text, size);
	require_meta(text, &meta);
}

/* ---- an outcome -------------------------------------------------------------------- */

static uint64_t take(const uint8_t **data, size_t *size)
{
	uint64_t value = 0;
	size_t len = *size < sizeof(value) ? *size : sizeof(value);

	memcpy(&value, *data, len);
	*data += len;
	*size -= len;
	return value;
}

static struct outcome make_outcome(const uint8_t **data, size_t *size)
{
	struct outcome outcome;

	outcome_init(&outcome);
	outcome.kind =
		(enum outcome_kind)(take(data, size) % (OUTCOME_ENDED + 1));
	outcome.cpu_ns = (int64_t)(take(data, size) >> 1);
	outcome.wall_ns = (int64_t)(take(data, size) >> 1);
	outcome.memory_peak_bytes = take(data, size);
	outcome.oom_kills = (uint32_t)take(data, size);
	outcome.status = (int)take(data, size);
	if (outcome.kind == OUTCOME_EXITED)
		outcome.status &= 255;
	if (outcome.kind == OUTCOME_SIGNALLED)
		outcome.status = (outcome.status & 63) + 1;
	return outcome;
}

static bool by_limit(const struct outcome *outcome)
{
	switch (outcome->kind) {
	case OUTCOME_EXITED:
	case OUTCOME_SIGNALLED:
	case OUTCOME_NOT_STARTED:
		return false;
	case OUTCOME_LIMIT_CPU:
	case OUTCOME_LIMIT_WALL:
	case OUTCOME_LIMIT_MEMORY:
	case OUTCOME_LIMIT_OUTPUT:
	case OUTCOME_ENDED:
		return true;
	}
	REQUIRE(false, "kind %d", (int)outcome->kind);
	return false;
}

static enum meta_status status_of(const struct outcome *outcome)
{
	static const enum meta_status by_kind[] = {
		[OUTCOME_SIGNALLED] = META_SG,
		[OUTCOME_LIMIT_CPU] = META_TO,
		[OUTCOME_LIMIT_WALL] = META_TO,
		[OUTCOME_LIMIT_MEMORY] = META_SG,
		[OUTCOME_LIMIT_OUTPUT] = META_SG,
		[OUTCOME_NOT_STARTED] = META_RE,
		[OUTCOME_ENDED] = META_FINE,
	};

	if (outcome->kind == OUTCOME_EXITED)
		return outcome->status ? META_RE : META_FINE;
	return by_kind[outcome->kind];
}

static void require_outcome(const struct outcome *outcome,
			    const struct meta *meta)
{
	bool exited = outcome->kind == OUTCOME_EXITED;
	bool signalled = outcome->kind == OUTCOME_SIGNALLED;

	REQUIRE(meta->status == status_of(outcome), "%d for kind %d",
		(int)meta->status, (int)outcome->kind);
	REQUIRE(meta->killed == by_limit(outcome), "killed");
	REQUIRE(meta->cg_oom_killed == (outcome->oom_kills > 0), "oom");
	REQUIRE(meta->time_ns == outcome->cpu_ns / 1000000 * 1000000, "time");
	REQUIRE(meta->wall_ns == outcome->wall_ns / 1000000 * 1000000, "wall");
	REQUIRE(meta->mem_kib == (int64_t)(outcome->memory_peak_bytes / 1024),
		"memory");
	REQUIRE(meta->exitcode == (exited ? outcome->status : -1), "exitcode");
	REQUIRE(meta->exitsig == (signalled ? outcome->status : -1), "exitsig");
	REQUIRE((meta->status == META_FINE) == !meta->message[0], "'%s'",
		meta->message);
}

/* What we write ourselves is well-formed, and safe to be shown. */
static void read_ours(struct buf *out, struct meta *meta)
{
	auto_buf struct buf safe = BUF_INIT(8 * OUT_MAX);
	struct error err = ERROR_INIT;

	REQUIRE(meta_read(buf_text(out), out->len, meta, &err) == 0, "%s",
		err.text);
	require_form(buf_text(out), out->len);
	require_meta(buf_text(out), meta);
	text_add_safe(&safe, buf_text(out), out->len);
	REQUIRE(safe.len == out->len, "a terminal would obey: %s",
		buf_text(out));
}

static void write_outcome(const uint8_t *data, size_t size)
{
	auto_buf struct buf out = BUF_INIT(OUT_MAX);
	struct outcome outcome = make_outcome(&data, &size);
	const struct run_limits limits = { .memory_bytes = take(&data, &size),
					   .output_bytes = take(&data, &size) };
	struct meta meta;

	meta_write(&outcome, &limits, &out);
	read_ours(&out, &meta);
	require_outcome(&outcome, &meta);
}

static void write_message(const uint8_t *data, size_t size)
{
	auto_buf struct buf out = BUF_INIT(OUT_MAX);
	auto_free char *message = xcalloc(size + 1, 1);
	struct meta meta;

	memcpy(message, data, size);
	meta_write_failure(message, &out);
	read_ours(&out, &meta);
	REQUIRE(meta.status == META_XX, "%d", (int)meta.status);
	REQUIRE(!message[0] == !meta.message[0], "'%s'", meta.message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned choice = fuzz_choice(&data, &size) % CHOICES;

	if (choice == READ_TEXT)
		read_text(data, size);
	if (choice == WRITE_OUTCOME)
		write_outcome(data, size);
	if (choice == WRITE_MESSAGE)
		write_message(data, size);
	return 0;
}
