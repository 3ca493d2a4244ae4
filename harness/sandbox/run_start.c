/* SPDX-License-Identifier: MIT */
/* The start of a run: pipes, limits and strings for pod init. */
#include "fortnight/base.h"
#include "fortnight/clock.h"

#include "run.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum {
	STRINGS_MAX = 2000, /* each; WIRE_STRINGS_COUNT for both */
	OF_THE_BOX = 3	    /* outer box, pod init, the run's init */
};

_Static_assert(2 * STRINGS_MAX <= WIRE_STRINGS_COUNT, "the box refuses none");

void run_shut(struct run *run, int which)
{
	if (run->fds[which] >= 0)
		close(run->fds[which]);
	run->fds[which] = -1;
}

void run_shut_all(struct run *run)
{
	for (int i = 0; i < FD_CONTROL; i++)
		run_shut(run, i);
	for (int i = 0; i < 2; i++) {
		if (run->writers[i] >= 0)
			close(run->writers[i]);
		run->writers[i] = -1;
	}
}

void run_forget_fds(struct run *run)
{
	for (int i = 0; i < FDS; i++)
		run->fds[i] = -1;
	run->writers[0] = run->writers[1] = -1;
}

static int add_strings(struct wire_command *wire, const char *const *list,
		       uint16_t *ret_count, struct error *err)
{
	for (; list && *list; list++) {
		size_t len = strlen(*list) + 1;

		if (wire->strings_len + len > WIRE_STRINGS_MAX ||
		    *ret_count == STRINGS_MAX)
			return error_set(err, ERROR_LIMIT,
					 "arguments and environment of more "
					 "than %d bytes, or either of more "
					 "than %d strings",
					 WIRE_STRINGS_MAX, STRINGS_MAX);
		memcpy(wire->strings + wire->strings_len, *list, len);
		wire->strings_len += (uint32_t)len;
		++*ret_count;
	}
	return 0;
}

static int fill_command(struct wire_command *wire,
			const struct run_config *config, struct error *err)
{
	const struct run_limits *limits = &config->limits;

	wire->flags = (uint8_t)((config->lasting_work ? 0 : WIRE_FRESH_WORK) |
				(config->files_fd >= 0 ? WIRE_FILES : 0) |
				(config->collect_work ? WIRE_COLLECT_WORK : 0) |
				(config->data ? WIRE_DATA : 0));
	wire->disk_bytes = limits->disk_bytes;
	wire->file_bytes = limits->file_bytes;
	wire->open_files = limits->open_files;
	if (add_strings(wire, config->argv, &wire->argc, err) < 0)
		return -1;
	return add_strings(wire, config->env, &wire->envc, err);
}

/* Three pipes and a socket: ours[] and theirs[] by FD_IN to FD_STATUS. */
static int open_pipes(int ours[FDS], int theirs[4])
{
	for (int i = FD_IN; i <= FD_STATUS; i++) {
		int pair[2], reads = i == FD_IN;

		if (i == FD_STATUS
			    ? socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
					 0, pair)
			    : pipe2(pair, O_CLOEXEC))
			return -1;
		ours[i] = pair[reads];
		theirs[i] = pair[!reads];
		if (i != FD_STATUS)
			(void)fcntl(ours[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

/* A pipe belongs to who made it: without this, /dev/stdout could not be opened
 * inside of a pod whose ids are its own. */
static int give_pipes(const struct run *run, const int theirs[4])
{
	uid_t uid = run->pod->uid_base + (run->config->side == SIDE_AUTHOR
						  ? WIRE_AUTHOR_UID
						  : WIRE_CANDIDATE_UID);

	for (int i = FD_IN; run->pod->uid_base && i <= FD_ERR; i++)
		if (fchown(theirs[i], uid, uid) < 0)
			return -1;
	return 0;
}

static int send_run(struct run *run, int theirs[4], struct error *err)
{
	struct wire_command *wire = wire_begin(run->pod, WIRE_RUN);
	int fds[6];
	size_t n = 4;

	memcpy(fds, theirs, 4 * sizeof(int));
	if (run->config->files_fd >= 0)
		fds[n++] = run->config->files_fd;
	if (run->config->collect_work) {
		run->outcome->work_fd = memfd_create("work", MFD_CLOEXEC);
		if (run->outcome->work_fd < 0)
			return error_set_errno(err, errno, "memory file");
		fds[n++] = run->outcome->work_fd;
	}
	if (fill_command(wire, run->config, err) < 0)
		return -1;
	return wire_send(run->fds[FD_CONTROL], wire,
			 offsetof(struct wire_command, strings) +
				 wire->strings_len,
			 fds, n, err);
}

int run_start(struct run *run, struct error *err)
{
	int theirs[4] = { -1, -1, -1, -1 }, rc;

	run->fds[FD_CONTROL] = run->pod->control[run->config->side];
	run->started_ns = clock_mono_ns();
	cgroup_hurry(run->cgroup, false);
	buf_init(&run->outcome->out, run->config->limits.output_bytes);
	buf_init(&run->outcome->err, run->config->limits.output_bytes);
	if (cgroup_make_room(run->cgroup, run->config->limits.disk_bytes, err) <
		    0 ||
	    cgroup_limit_processes(run->cgroup,
				   run->config->limits.processes + OF_THE_BOX,
				   err) < 0)
		return -1;
	rc = open_pipes(run->fds, theirs) < 0 || give_pipes(run, theirs) < 0
		     ? error_set_errno(err, errno, "open pipes")
		     : send_run(run, theirs, err);
	run->writers[0] = steal_fd(&theirs[FD_OUT]);
	run->writers[1] = steal_fd(&theirs[FD_ERR]);
	for (int i = 0; i < 4; i++)
		if (theirs[i] >= 0)
			close(theirs[i]);
	if (rc == 0 && run->config->stdin_len == 0)
		run_shut(run, FD_IN);
	return rc;
}
