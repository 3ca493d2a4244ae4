/* SPDX-License-Identifier: MIT */
#include "fortnight/json.h"
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "fortnight/text.h"

int json_read(const char *text, size_t len, const char *where, int first_line,
	      json_t **ret_json, struct error *err)
{
	json_error_t why;
	json_t *json = json_loadb(
		text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);

	if (!json)
		return error_set(err, ERROR_INPUT, "%s:%d: %s (column %d)",
				 where, first_line + why.line - 1, why.text,
				 why.column);
	*ret_json = json;
	return 0;
}

char *json_canonical(const json_t *json)
{
	char *text = json_dumps(json, JSON_SORT_KEYS | JSON_INDENT(2) |
					      JSON_ENCODE_ANY);
	char *line = NULL;

	if (!text || asprintf(&line, "%s\n", text) < 0)
		abort();
	free(text);
	return line;
}

int json_write_file(int dir, const char *name, const json_t *json,
		    struct error *err)
{
	auto_free char *text = json_canonical(json);

	return fd_write_file(dir, name, text, strlen(text), err);
}

/* Bytes of the well-formed UTF-8 sequence at data; 0 if there is none. */
static size_t sequence_len(const char *data, size_t len)
{
	for (size_t n = 1; n <= 4 && n <= len; n++)
		if (text_is_utf8(data, n))
			return n;
	return 0;
}

json_t *json_text(const char *text, size_t len)
{
	struct buf clean = BUF_INIT(SIZE_MAX / 2);
	json_t *json;
	size_t at = 0;

	while (at < len) {
		size_t n = sequence_len(text + at, len - at);

		buf_adds(&clean, n ? "" : "\xef\xbf\xbd");
		buf_add(&clean, text + at, n);
		at += n ? n : 1;
	}
	json = json_stringn_nocheck(buf_text(&clean), clean.len);
	buf_done(&clean);
	return json;
}
