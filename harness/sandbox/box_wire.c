/* SPDX-License-Identifier: MIT */
/*
 * Whether a message may be acted on: pure functions, for both ends.
 *
 * The box trusts the launcher, so that a message which is not in order is a fault
 * of ours, and ends the pod before it does anything.  The launcher trusts no
 * text from inside, and of numbers only those that can be.
 */
#include "fortnight/base.h"

#include "fortnight/sandbox.h"
#include "wire.h"

#include <sys/wait.h>

/* count strings with a NUL after each, and nothing else. */
static bool are_strings(const char *strings, size_t len, size_t count)
{
	const char *at = strings, *end = strings + len;

	for (size_t i = 0; i < count; i++) {
		at = at < end ? memchr(at, '\0', (size_t)(end - at)) : NULL;
		if (!at)
			return false;
		at++;
	}
	return at == end;
}

static bool is_whole(size_t len, size_t head, uint32_t strings_len)
{
	return strings_len <= WIRE_STRINGS_MAX && len == head + strings_len;
}

/* ---- what the box receives ----------------------------------------------------- */

/* As root a range of ids, which does not reach (uid_t)-1; otherwise the caller's
 * own, which are never root's. */
static bool are_ids(const struct wire_pod *pod)
{
	if (pod->uid_base)
		return pod->uid_base <= UINT32_MAX - WIRE_UID_COUNT;
	return pod->uid_self != 0 && pod->uid_self != UINT32_MAX &&
	       pod->gid_self != UINT32_MAX;
}

bool wire_pod_ok(const struct wire_pod *pod, size_t len, size_t fds)
{
	size_t groups = 0;

	if (len != sizeof(*pod) || pod->magic != WIRE_MAGIC || pod->sides < 1 ||
	    pod->sides > WIRE_SIDES || pod->fork_runs > 1 || !are_ids(pod))
		return false;
	for (int i = 0; i < WIRE_SIDES; i++) {
		if (pod->cgroup_fds[i] >
			    (i < pod->sides ? WIRE_CGROUPS_MAX : 0) ||
		    !memchr(pod->root_path[i], '\0', WIRE_PATH_MAX))
			return false;
		groups += pod->cgroup_fds[i];
	}
	return groups == fds && pod->filter_len >= 1 &&
	       pod->filter_len <= WIRE_FILTER_MAX && pod->run_filter_len >= 1 &&
	       pod->run_filter_len <= WIRE_RUN_FILTER_MAX;
}

bool wire_side_ok(const struct wire_side *side, size_t len, size_t fds)
{
	if (len < offsetof(struct wire_side, strings) ||
	    !is_whole(len, offsetof(struct wire_side, strings),
		      side->strings_len) ||
	    side->root > ROOT_DIRECTORY || side->has_app > 1 ||
	    side->has_work > 1 || side->author > 1)
		return false;
	/* A stream needs a place to go to. */
	if ((side->has_app && !side->app_bytes) ||
	    (side->has_work && !side->work_bytes) ||
	    (side->author && side->data_bytes))
		return false;
	return fds == (size_t)side->has_app + side->has_work &&
	       are_strings(side->strings, side->strings_len, side->hide_count);
}

static bool is_run(const struct wire_command *command, size_t fds)
{
	unsigned flags = command->flags;
	size_t strings = (size_t)command->argc + command->envc;
	size_t want = WIRE_RUN_FDS + !!(flags & WIRE_FILES) +
		      !!(flags & WIRE_COLLECT_WORK);

	/* Only a /work of the run's own is filled before, and packed after. */
	if ((flags & (WIRE_FILES | WIRE_COLLECT_WORK)) &&
	    !(flags & WIRE_FRESH_WORK))
		return false;
	return !(flags & ~(unsigned)WIRE_FLAGS) && fds == want &&
	       command->argc >= 1 && strings <= WIRE_STRINGS_COUNT &&
	       are_strings(command->strings, command->strings_len, strings);
}

bool wire_command_ok(const struct wire_command *command, size_t len, size_t fds)
{
	if (len < offsetof(struct wire_command, strings) ||
	    !is_whole(len, offsetof(struct wire_command, strings),
		      command->strings_len))
		return false;
	if (command->verb == WIRE_RUN)
		return is_run(command, fds);
	if (command->flags || command->argc || command->envc)
		return false;
	if (command->verb == WIRE_COLLECT)
		return fds == 1 &&
		       are_strings(command->strings, command->strings_len, 1);
	return command->verb <= WIRE_TAKE_WORK && fds == 0 &&
	       command->strings_len == 0;
}

/* ---- what the launcher receives -------------------------------------------------- */

static bool is_errno(int32_t value)
{
	return value >= 0 && value <= WIRE_ERRNO_MAX;
}

bool wire_reply_ok(const struct wire_reply *reply, size_t len)
{
	return len == sizeof(*reply) && reply->kind <= WIRE_REFUSED &&
	       reply->step < STEP_COUNT && is_errno(reply->error);
}

/* A wait status is that of a process which has ended (wait(2)): of 16 bits. */
bool wire_status_ok(const struct wire_status *status, size_t len)
{
	if (len != sizeof(*status) || status->step >= STEP_COUNT)
		return false;
	switch (status->kind) {
	case STATUS_READY:
		return status->value == 0;
	case STATUS_ENDED:
		return status->value >= 0 && status->value <= UINT16_MAX &&
		       (WIFEXITED(status->value) || WIFSIGNALED(status->value));
	case STATUS_NOT_STARTED:
		return status->value > 0 && is_errno(status->value);
	case STATUS_FAILED:
		return is_errno(status->value);
	default:
		return false;
	}
}
