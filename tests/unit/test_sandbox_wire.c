/* SPDX-License-Identifier: MIT */
/* Which messages may be acted on.  Each row spoils one that is in order. */
#include "fortnight/base.h"
#include "fortnight/sandbox.h"
#include "tap.h"

#include "../../harness/sandbox/wire.h"

static void spoil(void *message, size_t offset, uint64_t value, size_t size)
{
	memcpy((char *)message + offset, &value, size);
}

/* A field, and what it must not be. */
#define FIELD(type, field, value) \
	offsetof(struct type, field), sizeof(((struct type *)0)->field), value

static struct wire_pod pod_in_order(void)
{
	return (struct wire_pod){ .magic = WIRE_MAGIC,
				  .uid_base = 0x40000000,
				  .sides = 1,
				  .cgroup_fds = { 4, 0 },
				  .filter_len = 700,
				  .run_filter_len = 20 };
}

static const struct {
	const char *label;
	size_t offset, size;
	uint64_t value;
} pod_rows[] = {
	{ "somebody else's", FIELD(wire_pod, magic, 0) },
	{ "no side", FIELD(wire_pod, sides, 0) },
	{ "three sides", FIELD(wire_pod, sides, 3) },
	{ "more groups than descriptors", FIELD(wire_pod, cgroup_fds[0], 5) },
	{ "more groups than there are", FIELD(wire_pod, cgroup_fds[0], 7) },
	{ "groups of a side that is not", FIELD(wire_pod, cgroup_fds[1], 1) },
	{ "neither fork nor shared", FIELD(wire_pod, fork_runs, 2) },
	{ "no filter", FIELD(wire_pod, filter_len, 0) },
	{ "a filter too long",
	  FIELD(wire_pod, filter_len, WIRE_FILTER_MAX + 1) },
	{ "a run's too long",
	  FIELD(wire_pod, run_filter_len, WIRE_RUN_FILTER_MAX + 1) },
	{ "no filter for a run", FIELD(wire_pod, run_filter_len, 0) },
	{ "root's own id", FIELD(wire_pod, uid_base, 0) },
	{ "ids past the last", FIELD(wire_pod, uid_base, 0xffff0000) },
};

TEST(a_pod_is_checked)
{
	static struct wire_pod pod;

	pod = pod_in_order();
	CHECK(wire_pod_ok(&pod, sizeof(pod), 4));
	CHECK(!wire_pod_ok(&pod, sizeof(pod) - 1, 4));
	CHECK(!wire_pod_ok(&pod, 0, 4));
	CHECK(!wire_pod_ok(&pod, sizeof(pod), 5));
	for (size_t i = 0; i < ARRAY_LEN(pod_rows); i++) {
		ROW("%s", pod_rows[i].label);
		pod = pod_in_order();
		spoil(&pod, pod_rows[i].offset, pod_rows[i].value,
		      pod_rows[i].size);
		CHECK(!wire_pod_ok(&pod, sizeof(pod), 4));
	}
}

TEST(a_pods_paths_end)
{
	static struct wire_pod pod;

	pod = pod_in_order();
	memset(pod.root_path[1], 'a', WIRE_PATH_MAX);
	CHECK(!wire_pod_ok(&pod, sizeof(pod), 4));
	pod.root_path[1][WIRE_PATH_MAX - 1] = '\0';
	CHECK(wire_pod_ok(&pod, sizeof(pod), 4));
}

TEST(an_ordinary_users_pod_has_the_callers_id)
{
	static struct wire_pod pod;

	pod = pod_in_order();
	pod.uid_base = 0;
	pod.uid_self = 1234;
	pod.gid_self = 1234;
	CHECK(wire_pod_ok(&pod, sizeof(pod), 4));
	pod.uid_self = UINT32_MAX;
	CHECK(!wire_pod_ok(&pod, sizeof(pod), 4));
}

/* ---- sides ---------------------------------------------------------------------- */

static const char hidden[] = "/usr/a\0/usr/b";

static size_t side_in_order(struct wire_side *side)
{
	memset(side, 0, sizeof(*side));
	side->root = ROOT_TOOLCHAIN;
	side->has_app = 1;
	side->has_work = 1;
	side->app_bytes = 4096;
	side->work_bytes = 4096;
	side->data_bytes = 4096;
	side->hide_count = 2;
	side->strings_len = sizeof(hidden);
	memcpy(side->strings, hidden, sizeof(hidden));
	return offsetof(struct wire_side, strings) + sizeof(hidden);
}

static const struct {
	const char *label;
	size_t offset, size;
	uint64_t value;
} side_rows[] = {
	{ "no such root", FIELD(wire_side, root, 3) },
	{ "two streams for one place", FIELD(wire_side, has_app, 2) },
	{ "fewer streams than descriptors", FIELD(wire_side, has_work, 0) },
	{ "a stream without a place", FIELD(wire_side, work_bytes, 0) },
	{ "an author with data", FIELD(wire_side, author, 1) },
	{ "fewer paths", FIELD(wire_side, hide_count, 1) },
	{ "more paths", FIELD(wire_side, hide_count, 3) },
	{ "no end of paths", FIELD(wire_side, hide_count, UINT32_MAX) },
	{ "shorter than it says",
	  FIELD(wire_side, strings_len, sizeof(hidden) + 1) },
	{ "longer than it says",
	  FIELD(wire_side, strings_len, sizeof(hidden) - 1) },
	{ "longer than any", FIELD(wire_side, strings_len, UINT32_MAX) },
};

TEST(a_side_is_checked)
{
	static struct wire_side side;
	size_t len = side_in_order(&side);

	CHECK(wire_side_ok(&side, len, 2));
	CHECK(!wire_side_ok(&side, len, 1));
	CHECK(!wire_side_ok(&side, 3, 2));
	for (size_t i = 0; i < ARRAY_LEN(side_rows); i++) {
		ROW("%s", side_rows[i].label);
		(void)side_in_order(&side);
		spoil(&side, side_rows[i].offset, side_rows[i].value,
		      side_rows[i].size);
		CHECK(!wire_side_ok(&side, len, 2));
	}
	ROW("the last path has no end");
	(void)side_in_order(&side);
	side.strings[sizeof(hidden) - 1] = 'c';
	CHECK(!wire_side_ok(&side, len, 2));
}

/* ---- commands --------------------------------------------------------------------- */

static const char words[] = "/bin/true\0-x\0A=b";

static size_t run_in_order(struct wire_command *command)
{
	memset(command, 0, sizeof(*command));
	command->verb = WIRE_RUN;
	command->flags = WIRE_FRESH_WORK | WIRE_FILES;
	command->argc = 2;
	command->envc = 1;
	command->strings_len = sizeof(words);
	memcpy(command->strings, words, sizeof(words));
	return offsetof(struct wire_command, strings) + sizeof(words);
}

static const struct {
	const char *label;
	size_t offset, size;
	uint64_t value;
} run_rows[] = {
	{ "no such verb", FIELD(wire_command, verb, WIRE_TAKE_WORK + 1) },
	{ "strings for who takes none", FIELD(wire_command, verb, WIRE_KILL) },
	{ "no such flag", FIELD(wire_command, flags, 0x13) },
	{ "files for a lasting /work", FIELD(wire_command, flags, WIRE_FILES) },
	{ "a descriptor too few",
	  FIELD(wire_command, flags,
		WIRE_FRESH_WORK | WIRE_FILES | WIRE_COLLECT_WORK) },
	{ "a descriptor too many",
	  FIELD(wire_command, flags, WIRE_FRESH_WORK) },
	{ "no program", FIELD(wire_command, argc, 0) },
	{ "more arguments", FIELD(wire_command, argc, 3) },
	{ "fewer variables", FIELD(wire_command, envc, 0) },
	{ "more variables than any", FIELD(wire_command, envc, UINT16_MAX) },
	{ "shorter than it says",
	  FIELD(wire_command, strings_len, sizeof(words) + 1) },
	{ "longer than any", FIELD(wire_command, strings_len, UINT32_MAX) },
};

TEST(a_run_is_checked)
{
	static struct wire_command command;
	size_t len = run_in_order(&command);

	CHECK(wire_command_ok(&command, len, 5));
	CHECK(!wire_command_ok(&command, len, 4));
	CHECK(!wire_command_ok(&command, len - 1, 5));
	CHECK(!wire_command_ok(&command, 1, 5));
	for (size_t i = 0; i < ARRAY_LEN(run_rows); i++) {
		ROW("%s", run_rows[i].label);
		(void)run_in_order(&command);
		spoil(&command, run_rows[i].offset, run_rows[i].value,
		      run_rows[i].size);
		CHECK(!wire_command_ok(&command, len, 5));
	}
	ROW("the last string has no end");
	(void)run_in_order(&command);
	command.strings[sizeof(words) - 1] = 'c';
	CHECK(!wire_command_ok(&command, len, 5));
}

TEST(no_more_strings_than_there_is_room_for)
{
	static struct wire_command command;
	size_t len = offsetof(struct wire_command, strings);

	command.verb = WIRE_RUN;
	command.argc = 1;
	command.envc = WIRE_STRINGS_COUNT - 1;
	command.strings_len = WIRE_STRINGS_COUNT;
	CHECK(wire_command_ok(&command, len + command.strings_len, 4));
	command.envc++;
	command.strings_len++;
	CHECK(!wire_command_ok(&command, len + command.strings_len, 4));
}

TEST(other_commands_carry_what_they_need)
{
	static struct wire_command command;
	size_t head = offsetof(struct wire_command, strings);

	for (int verb = WIRE_KILL; verb <= WIRE_TAKE_WORK; verb++) {
		ROW("verb %d", verb);
		command.verb = (uint8_t)verb;
		CHECK_INT(wire_command_ok(&command, head, 0), ==,
			  verb != WIRE_COLLECT);
		CHECK(!wire_command_ok(&command, head, 1));
		command.flags = WIRE_DATA;
		CHECK(!wire_command_ok(&command, head, 0));
		command.flags = 0;
	}
	ROW("a directory to collect");
	command.verb = WIRE_COLLECT;
	command.strings_len = 4;
	memcpy(command.strings, "/ab", 4);
	CHECK(wire_command_ok(&command, head + 4, 1));
	CHECK(!wire_command_ok(&command, head + 4, 0));
	command.strings[1] = '\0';
	CHECK(!wire_command_ok(&command, head + 4, 1));
}

/* ---- what comes back --------------------------------------------------------------- */

TEST(a_reply_has_a_kind_a_step_and_an_errno_that_exist)
{
	static const struct {
		struct wire_reply reply;
		bool ok;
	} rows[] = {
		{ { .kind = WIRE_READY, .error = 7 }, true },
		{ { .kind = WIRE_REFUSED, .step = STEP_PACK, .error = 27 },
		  true },
		{ { .kind = WIRE_FAILED,
		    .step = STEP_COUNT - 1,
		    .error = WIRE_ERRNO_MAX },
		  true },
		{ { .kind = WIRE_REFUSED + 1 }, false },
		{ { .kind = WIRE_FAILED, .step = STEP_COUNT }, false },
		{ { .kind = WIRE_FAILED, .error = -1 }, false },
		{ { .kind = WIRE_FAILED, .error = WIRE_ERRNO_MAX + 1 }, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW("%zu", i);
		CHECK_INT(wire_reply_ok(&rows[i].reply, sizeof(rows[i].reply)),
			  ==, rows[i].ok);
		CHECK(!wire_reply_ok(&rows[i].reply,
				     sizeof(rows[i].reply) - 1));
	}
}

TEST(a_status_is_of_a_process_that_has_ended)
{
	static const struct {
		struct wire_status status;
		bool ok;
	} rows[] = {
		{ { .kind = STATUS_READY }, true },
		{ { .kind = STATUS_READY, .value = 1 }, false },
		{ { .kind = STATUS_ENDED, .value = 3 << 8 }, true },
		{ { .kind = STATUS_ENDED, .value = SIGSEGV | 0x80 }, true },
		{ { .kind = STATUS_ENDED, .value = 0x137f }, false },
		{ { .kind = STATUS_ENDED, .value = 0xffff }, false },
		{ { .kind = STATUS_ENDED, .value = 1 << 16 }, false },
		{ { .kind = STATUS_ENDED, .value = -1 }, false },
		{ { .kind = STATUS_NOT_STARTED, .value = 2 }, true },
		{ { .kind = STATUS_NOT_STARTED, .value = 0 }, false },
		{ { .kind = STATUS_NOT_STARTED, .value = -2 }, false },
		{ { .kind = STATUS_FAILED, .step = STEP_PROC, .value = 1 },
		  true },
		{ { .kind = STATUS_FAILED, .step = STEP_COUNT }, false },
		{ { .kind = STATUS_FAILED, .value = 4096 }, false },
		{ { .kind = STATUS_FAILED + 1 }, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW("%zu", i);
		CHECK_INT(wire_status_ok(&rows[i].status,
					 sizeof(rows[i].status)),
			  ==, rows[i].ok);
		CHECK(!wire_status_ok(&rows[i].status, 4));
	}
}

TAP_MAIN()
