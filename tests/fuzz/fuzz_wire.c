/* SPDX-License-Identifier: MIT */
/*
 * fuzz_wire.c - messages between launcher and box, in both directions.
 *
 * The first byte chooses the kind of message, the second how many descriptors
 * came with it.  Then either the message itself follows, or, since few messages of
 * kilobytes are nearly right by chance, what to change in one that is right:
 *
 *	length (2 bytes; 0: as it was), then any number of
 *	where (2 bytes), how many bytes (1), these bytes
 *
 * Whoever reads an accepted message has no second look at it: what the box then
 * relies on must hold of it.  And what the launcher sends is accepted.
 */
#include "fuzz.h"

#include "../../harness/sandbox/launch.h"
#include "fortnight/text.h"

#include <sys/wait.h>

enum kind {
	KIND_POD,
	KIND_SIDE,
	KIND_COMMAND,
	KIND_REPLY,
	KIND_STATUS
};

enum {
	KINDS = KIND_STATUS + 1,
	RAW = 0x80, /* the message itself */
	PATH_COUNT = 2
};

static const size_t sizes[KINDS] = {
	[KIND_POD] = sizeof(struct wire_pod),
	[KIND_SIDE] = sizeof(struct wire_side),
	[KIND_COMMAND] = sizeof(struct wire_command),
	[KIND_REPLY] = sizeof(struct wire_reply),
	[KIND_STATUS] = sizeof(struct wire_status),
};

union message {
	struct wire_pod pod;
	struct wire_side side;
	struct wire_command command;
	struct wire_reply reply;
	struct wire_status status;
	uint8_t bytes[1];
};

/* ---- what must hold ------------------------------------------------------------- */

/* Text of size bytes holds count strings, the last of which ends where it ends. */
static void require_strings(const char *text, size_t size, size_t count)
{
	size_t ends = 0;

	for (size_t i = 0; i < size; i++)
		ends += !text[i];
	REQUIRE(size == 0 || !text[size - 1], "the last one has no end");
	REQUIRE(ends == count, "%zu strings, not %zu", ends, count);
}

static void require_pod(const struct wire_pod *pod, size_t len, size_t fds)
{
	size_t groups = 0;

	REQUIRE(len == sizeof(*pod), "%zu bytes", len);
	REQUIRE(pod->magic == WIRE_MAGIC, "magic %#x", pod->magic);
	REQUIRE(pod->sides >= 1 && pod->sides <= WIRE_SIDES, "%u sides",
		pod->sides);
	for (int i = 0; i < WIRE_SIDES; i++) {
		REQUIRE(pod->cgroup_fds[i] <= WIRE_CGROUPS_MAX, "%u groups",
			pod->cgroup_fds[i]);
		REQUIRE(memchr(pod->root_path[i], '\0', WIRE_PATH_MAX),
			"a path without an end");
		groups += pod->cgroup_fds[i];
	}
	REQUIRE(groups == fds, "%zu groups, %zu descriptors", groups, fds);
	REQUIRE(pod->filter_len > 0 && pod->filter_len <= WIRE_FILTER_MAX,
		"a filter of %u", pod->filter_len);
	REQUIRE(pod->run_filter_len > 0 &&
			pod->run_filter_len <= WIRE_RUN_FILTER_MAX,
		"a second filter of %u", pod->run_filter_len);
	REQUIRE(pod->fork_runs <= 1, "fork_runs %u", pod->fork_runs);
	REQUIRE(pod->uid_base || pod->uid_self, "an ordinary user 0");
	/* Never the host's root, nor a range that has it or wraps around. */
	REQUIRE(pod->uid_base <= UINT32_MAX - WIRE_UID_COUNT, "ids from %u",
		pod->uid_base);
}

static void require_side(const struct wire_side *side, size_t len, size_t fds)
{
	size_t head = offsetof(struct wire_side, strings);

	REQUIRE(len >= head && len - head == side->strings_len,
		"%u bytes of strings in %zu", side->strings_len, len);
	REQUIRE(side->strings_len <= WIRE_STRINGS_MAX, "strings");
	REQUIRE(side->root <= ROOT_DIRECTORY, "root %u", side->root);
	REQUIRE(side->has_app <= 1 && side->has_work <= 1, "streams");
	REQUIRE(side->author <= 1, "author %u", side->author);
	REQUIRE((size_t)side->has_app + side->has_work == fds,
		"%zu descriptors", fds);
	require_strings(side->strings, side->strings_len, side->hide_count);
}

static void require_run(const struct wire_command *command, size_t fds)
{
	size_t want = 4 + !!(command->flags & WIRE_FILES) +
		      !!(command->flags & WIRE_COLLECT_WORK);

	REQUIRE(command->argc >= 1, "nothing to run");
	REQUIRE(command->argc + command->envc <= WIRE_STRINGS_COUNT,
		"%u and %u strings", command->argc, command->envc);
	REQUIRE(fds == want, "%zu descriptors, not %zu", fds, want);
	require_strings(command->strings, command->strings_len,
			(size_t)command->argc + command->envc);
}

static void require_command(const struct wire_command *command, size_t len,
			    size_t fds)
{
	size_t head = offsetof(struct wire_command, strings);

	REQUIRE(len >= head && len - head == command->strings_len,
		"%u bytes of strings in %zu", command->strings_len, len);
	REQUIRE(command->strings_len <= WIRE_STRINGS_MAX, "strings");
	REQUIRE(command->verb <= WIRE_TAKE_WORK, "verb %u", command->verb);
	if (command->verb == WIRE_RUN) {
		require_run(command, fds);
		return;
	}
	REQUIRE(fds == (command->verb == WIRE_COLLECT), "%zu descriptors", fds);
	if (command->verb == WIRE_COLLECT)
		require_strings(command->strings, command->strings_len, 1);
}

/* Whatever a step is, there are words for it. */
static void require_step(unsigned step, int error)
{
	struct error err = ERROR_INIT;
	auto_buf struct buf safe = BUF_INIT(8 * sizeof(err.text));

	REQUIRE(step < STEP_COUNT, "step %u", step);
	REQUIRE(box_error(&err, step, error) < 0 && err.text[0], "no words");
	text_add_safe(&safe, err.text, strlen(err.text));
	REQUIRE(strcmp(buf_text(&safe), err.text) == 0, "%s", err.text);
}

static void require_reply(const struct wire_reply *reply, size_t len)
{
	REQUIRE(len == sizeof(*reply), "%zu bytes", len);
	REQUIRE(reply->kind <= WIRE_REFUSED, "kind %u", reply->kind);
	require_step(reply->step, reply->error);
}

static void require_status(const struct wire_status *status, size_t len)
{
	REQUIRE(len == sizeof(*status), "%zu bytes", len);
	REQUIRE(status->kind <= STATUS_FAILED, "kind %u", status->kind);
	REQUIRE(status->kind != STATUS_ENDED || WIFEXITED(status->value) ||
			WIFSIGNALED(status->value),
		"a wait status of %#x", (unsigned)status->value);
	require_step(status->step, status->value);
}

static bool try_message(enum kind kind, const union message *message,
			size_t len, size_t fds)
{
	bool ok = false;

	switch (kind) {
	case KIND_POD:
		ok = wire_pod_ok(&message->pod, len, fds);
		if (ok)
			require_pod(&message->pod, len, fds);
		break;
	case KIND_SIDE:
		ok = wire_side_ok(&message->side, len, fds);
		if (ok)
			require_side(&message->side, len, fds);
		break;
	case KIND_COMMAND:
		ok = wire_command_ok(&message->command, len, fds);
		if (ok)
			require_command(&message->command, len, fds);
		break;
	case KIND_REPLY:
		ok = wire_reply_ok(&message->reply, len);
		if (ok)
			require_reply(&message->reply, len);
		break;
	case KIND_STATUS:
		ok = wire_status_ok(&message->status, len);
		if (ok)
			require_status(&message->status, len);
		break;
	}
	return ok;
}

/* ---- messages that are right -------------------------------------------------------- */

static size_t put(char *strings, const char *text)
{
	memcpy(strings, text, strlen(text) + 1);
	return strlen(text) + 1;
}

static size_t make_pod(struct wire_pod *pod, size_t *ret_fds)
{
	pod->magic = WIRE_MAGIC;
	pod->uid_base = 0x40000000;
	pod->sides = 2;
	pod->cgroup_fds[0] = pod->cgroup_fds[1] = 4;
	(void)put(pod->root_path[0], "/opt/root");
	pod->filter_len = 7;
	pod->run_filter_len = 5;
	*ret_fds = 8;
	return sizeof(*pod);
}

static size_t make_side(struct wire_side *side, size_t *ret_fds)
{
	side->root = ROOT_TOOLCHAIN;
	side->has_app = 1;
	side->app_bytes = side->work_bytes = side->data_bytes = 1 << 20;
	side->hide_count = PATH_COUNT;
	for (int i = 0; i < PATH_COUNT; i++)
		side->strings_len += (uint32_t)put(
			side->strings + side->strings_len, "/usr/bin/jq");
	*ret_fds = 1;
	return offsetof(struct wire_side, strings) + side->strings_len;
}

static size_t make_run(struct wire_command *command, size_t *ret_fds)
{
	static const char *const strings[] = { "/app/run", "-x", "", "A=1" };

	command->verb = WIRE_RUN;
	command->flags = WIRE_FRESH_WORK | WIRE_FILES | WIRE_COLLECT_WORK;
	command->argc = 3;
	command->envc = 1;
	command->disk_bytes = command->file_bytes = 1 << 20;
	command->open_files = 64;
	for (size_t i = 0; i < ARRAY_LEN(strings); i++)
		command->strings_len += (uint32_t)put(
			command->strings + command->strings_len, strings[i]);
	*ret_fds = 6;
	return offsetof(struct wire_command, strings) + command->strings_len;
}

static size_t make_right(enum kind kind, union message *message,
			 size_t *ret_fds)
{
	*ret_fds = 0;
	switch (kind) {
	case KIND_POD:
		return make_pod(&message->pod, ret_fds);
	case KIND_SIDE:
		return make_side(&message->side, ret_fds);
	case KIND_COMMAND:
		return make_run(&message->command, ret_fds);
	case KIND_REPLY:
		message->reply.kind = WIRE_FAILED;
		message->reply.step = STEP_UNPACK;
		message->reply.error = ENOSPC;
		return sizeof(message->reply);
	case KIND_STATUS:
		message->status.kind = STATUS_ENDED;
		return sizeof(message->status);
	}
	return 0;
}

/* Every kind of command, and what may come with each. */
static void require_right_ones(void)
{
	static const enum wire_verb verbs[] = {
		WIRE_KILL,	 WIRE_END,	 WIRE_TERMINATE,
		WIRE_DATA_RESET, WIRE_DATA_TEAR, WIRE_TAKE_WORK
	};
	size_t head = offsetof(struct wire_command, strings);

	for (int i = 0; i < KINDS; i++) {
		enum kind kind = (enum kind)i;
		auto_free union message *message = xcalloc(1, sizes[kind]);
		size_t fds, len = make_right(kind, message, &fds);

		REQUIRE(try_message(kind, message, len, fds), "kind %d", kind);
	}
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		auto_free struct wire_command *command =
			xcalloc(1, sizeof(*command));

		command->verb = (uint8_t)verbs[i];
		command->bytes = 7;
		REQUIRE(wire_command_ok(command, head, 0), "verb %d", verbs[i]);
		command->verb = WIRE_COLLECT;
		command->strings_len =
			(uint32_t)put(command->strings, "/work/out");
		REQUIRE(wire_command_ok(command, head + command->strings_len,
					1),
			"collect");
	}
}

/* ---- an input -------------------------------------------------------------------------- */

static size_t take_two(const uint8_t **data, size_t *size)
{
	size_t low = fuzz_choice(data, size);

	return low | (size_t)fuzz_choice(data, size) << 8;
}

static size_t change(uint8_t *bytes, size_t size, size_t len,
		     const uint8_t **data, size_t *left)
{
	size_t other = take_two(data, left);

	len = other ? other : len;
	while (*left > 0) {
		size_t at = take_two(data, left);
		size_t count = fuzz_choice(data, left);

		for (; count > 0 && *left > 0; count--, at++)
			if (at < size)
				bytes[at] = (uint8_t)fuzz_choice(data, left);
			else
				(void)fuzz_choice(data, left);
	}
	return len < size ? len : size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool tried;
	unsigned choice = fuzz_choice(&data, &size);
	size_t fds = fuzz_choice(&data, &size), right_fds, len;
	enum kind kind = (enum kind)((choice & ~(unsigned)RAW) % KINDS);
	auto_free union message *whole = xcalloc(1, sizes[kind]);
	auto_free union message *exact = NULL;

	if (!tried)
		require_right_ones();
	tried = true;
	if (choice & RAW) {
		len = size < sizes[kind] ? size : sizes[kind];
		memcpy(whole, data, len);
	} else {
		len = make_right(kind, whole, &right_fds);
		len = change(whole->bytes, sizes[kind], len, &data, &size);
		fds = fds ? fds - 1 : right_fds;
	}
	/* Of the very size: what was not received is of an earlier message. */
	exact = xcalloc(len + !len, 1);
	memcpy(exact, whole, len);
	(void)try_message(kind, exact, len, fds);
	return 0;
}
