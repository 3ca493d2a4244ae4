/* SPDX-License-Identifier: MIT */
/*
 * Runs, from the outside.  One thread watches everything: what the program
 * prints (up to a cap, then it is killed), what it is fed, its CPU time by the
 * control group (a timer that wakes when the limit could be reached at the
 * earliest, not at fixed ticks), wall time as a backstop, and the word of the
 * run's init that the main process has ended.  A verdict is taken only after
 * pod init has said that every process of the run is dead.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"

#include "launch.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum {
	FD_IN,
	FD_OUT,
	FD_ERR,
	FD_STATUS,
	FD_CONTROL,
	FDS
};

enum stage {
	STAGE_SETTING_UP,
	STAGE_RUNNING,
	STAGE_ENDED,
	STAGE_DEAD
};

struct run {
	struct pod *pod;
	const struct run_config *config;
	struct outcome *outcome;
	struct cgroup *cgroup;
	int fds[FDS]; /* ours; the control socket is borrowed from pod */
	enum stage stage;
	bool decided; /* outcome.kind is final */
	bool told_to_end;
	size_t fed;
	uint64_t base[COUNTER_COUNT];
	int64_t started_ns, cpu_check_ns;
	int64_t end_by_ns;  /* told to end: its own time to do so */
	int64_t kill_by_ns; /* killed: when we give up on it; 0: not yet */
};

static const int64_t setup_patience_ns = 20 * NS_PER_SEC;
static const int64_t kill_patience_ns = 10 * NS_PER_SEC;
static const int64_t end_grace_ns = 2 * NS_PER_SEC;
static const int64_t cpu_check_min_ns = NS_PER_MS;

static const char *const names[] = {
	[OUTCOME_EXITED] = "exited",
	[OUTCOME_SIGNALLED] = "signalled",
	[OUTCOME_LIMIT_CPU] = "CPU time limit",
	[OUTCOME_LIMIT_WALL] = "wall time limit",
	[OUTCOME_LIMIT_MEMORY] = "memory limit",
	[OUTCOME_LIMIT_OUTPUT] = "output limit",
	[OUTCOME_NOT_STARTED] = "not started",
	[OUTCOME_ENDED] = "ended",
};

const char *outcome_kind_name(enum outcome_kind kind)
{
	return names[kind];
}

void outcome_init(struct outcome *outcome)
{
	*outcome = (struct outcome){ .work_fd = -1 };
}

void outcome_done(struct outcome *outcome)
{
	buf_done(&outcome->out);
	buf_done(&outcome->err);
	if (outcome->work_fd >= 0)
		close(outcome->work_fd);
	outcome->work_fd = -1;
}

static void shut(struct run *run, int which)
{
	if (run->fds[which] >= 0)
		close(run->fds[which]);
	run->fds[which] = -1;
}

/* ---- start ---------------------------------------------------------------------- */

static int add_strings(struct wire_command *wire, const char *const *list,
		       uint16_t *ret_count, struct error *err)
{
	for (; list && *list; list++) {
		size_t len = strlen(*list) + 1;

		if (wire->strings_len + len > WIRE_STRINGS_MAX ||
		    *ret_count == 2000)
			return error_set(err, ERROR_LIMIT,
					 "arguments and environment of more "
					 "than %d bytes",
					 WIRE_STRINGS_MAX);
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

	wire->verb = WIRE_RUN;
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
		(void)fcntl(ours[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static int send_run(struct run *run, int theirs[4], struct error *err)
{
	auto_free struct wire_command *wire = xcalloc(1, sizeof(*wire));
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

static int run_start(struct run *run, struct error *err)
{
	int theirs[4] = { -1, -1, -1, -1 }, rc;

	for (int i = 0; i < FD_CONTROL; i++)
		run->fds[i] = -1;
	run->fds[FD_CONTROL] = run->pod->control[run->config->side];
	run->started_ns = clock_mono_ns();
	buf_init(&run->outcome->out, run->config->limits.output_bytes);
	buf_init(&run->outcome->err, run->config->limits.output_bytes);
	rc = open_pipes(run->fds, theirs) < 0
		     ? error_set_errno(err, errno, "open pipes")
		     : send_run(run, theirs, err);
	for (int i = 0; i < 4; i++)
		if (theirs[i] >= 0)
			close(theirs[i]);
	if (rc == 0 && run->config->stdin_len == 0)
		shut(run, FD_IN);
	return rc;
}

/* ---- while it runs ----------------------------------------------------------------- */

static int kill_run(struct run *run, struct error *err)
{
	if (run->stage == STAGE_DEAD || run->kill_by_ns)
		return 0;
	run->kill_by_ns = clock_mono_ns() + kill_patience_ns;
	return wire_verb(run->fds[FD_CONTROL], WIRE_KILL, 0, err);
}

static int decide(struct run *run, enum outcome_kind kind, int status,
		  struct error *err)
{
	if (!run->decided) {
		run->decided = true;
		run->outcome->kind = kind;
		run->outcome->status = status;
	}
	return kill_run(run, err);
}

/* The run's init waits: take the counters as they are, set the limits on top
 * of what the pod itself holds, and let it go. */
static int let_go(struct run *run, struct error *err)
{
	const struct run_limits *limits = &run->config->limits;

	for (int i = 0; i < COUNTER_COUNT; i++)
		if (cgroup_read(run->cgroup, i, &run->base[i], err) < 0)
			return -1;
	if (cgroup_limit(run->cgroup,
			 limits->memory_bytes + run->base[COUNTER_MEMORY],
			 limits->processes + 3, err) < 0)
		return -1;
	run->stage = STAGE_RUNNING;
	run->started_ns = clock_mono_ns();
	if (send(run->fds[FD_STATUS], "g", 1, MSG_NOSIGNAL) != 1)
		return error_set(err, ERROR_INFRA, "the run's init went away");
	return 0;
}

/* A server that died before we told it to end says so by its status, however
 * late that arrives; which of the two came first is not ours to race for. */
static bool ended_by_us(const struct run *run, int status)
{
	if (!run->told_to_end)
		return false;
	if (run->config->terminate)
		return WIFEXITED(status) || WTERMSIG(status) == SIGTERM ||
		       WTERMSIG(status) == SIGKILL;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static int take_status(struct run *run, struct error *err)
{
	struct wire_status status;
	ssize_t n = recv(run->fds[FD_STATUS], &status, sizeof(status), 0);

	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n != (ssize_t)sizeof(status)) {
		shut(run, FD_STATUS);
		return 0;
	}
	if (status.kind == STATUS_READY)
		return let_go(run, err);
	if (status.kind == STATUS_FAILED)
		return box_error(err, status.step, status.value);
	if (run->stage == STAGE_RUNNING)
		run->stage = STAGE_ENDED;
	if (status.kind == STATUS_NOT_STARTED)
		return decide(run, OUTCOME_NOT_STARTED, status.value, err);
	if (ended_by_us(run, status.value))
		return decide(run, OUTCOME_ENDED, 0, err);
	if (WIFSIGNALED(status.value))
		return decide(run, OUTCOME_SIGNALLED, WTERMSIG(status.value),
			      err);
	return decide(run, OUTCOME_EXITED, WEXITSTATUS(status.value), err);
}

static int take_output(struct run *run, int which, struct error *err)
{
	struct buf *buf = which == FD_OUT ? &run->outcome->out
					  : &run->outcome->err;
	char chunk[65536];
	ssize_t n;

	while ((n = read(run->fds[which], chunk, sizeof(chunk))) > 0) {
		buf_add(buf, chunk, (size_t)n);
		if (!buf_overflowed(buf))
			continue;
		shut(run, which);
		run->decided = false;
		return decide(run, OUTCOME_LIMIT_OUTPUT, 0, err);
	}
	if (n == 0)
		shut(run, which);
	return 0;
}

static void feed(struct run *run)
{
	const char *data = run->config->stdin_data;
	ssize_t n = write(run->fds[FD_IN], data + run->fed,
			  run->config->stdin_len - run->fed);

	if (n > 0)
		run->fed += (size_t)n;
	if ((n < 0 && errno != EAGAIN) || run->fed == run->config->stdin_len)
		shut(run, FD_IN);
}

static int take_reply(struct run *run, struct error *err)
{
	struct wire_reply reply;

	if (recv(run->fds[FD_CONTROL], &reply, sizeof(reply), MSG_DONTWAIT) !=
	    (ssize_t)sizeof(reply))
		return error_set(err, ERROR_INFRA, "the pod went away");
	if (reply.kind == WIRE_FAILED || reply.error)
		return box_error(err, reply.step, reply.error);
	if (run->fds[FD_STATUS] >= 0 && !run->decided &&
	    take_status(run, err) < 0)
		return -1;
	run->stage = STAGE_DEAD;
	return 0;
}

static int check_clocks(struct run *run, int64_t now, struct error *err)
{
	const struct run_limits *limits = &run->config->limits;
	uint64_t cpu;
	int64_t used, left;
	cpu_set_t cpus;
	int cores;

	if (run->kill_by_ns && now > run->kill_by_ns)
		return error_set(err, ERROR_INFRA, "a run would not die");
	if (run->stage == STAGE_SETTING_UP)
		return now - run->started_ns > setup_patience_ns
			       ? error_set(err, ERROR_INFRA,
					   "a run was not ready in time")
			       : 0;
	if (run->stage != STAGE_RUNNING)
		return 0;
	if (now - run->started_ns > limits->wall_ns)
		return decide(run, OUTCOME_LIMIT_WALL, 0, err);
	if (now < run->cpu_check_ns)
		return 0;
	if (cgroup_read(run->cgroup, COUNTER_CPU, &cpu, err) < 0)
		return -1;
	used = (int64_t)(cpu - run->base[COUNTER_CPU]);
	left = limits->cpu_ns - used;
	if (left <= 0)
		return decide(run, OUTCOME_LIMIT_CPU, 0, err);
	cores = sched_getaffinity(0, sizeof(cpus), &cpus) == 0
			? CPU_COUNT(&cpus)
			: 1;
	left /= cores;
	run->cpu_check_ns =
		now + (left > cpu_check_min_ns ? left : cpu_check_min_ns);
	return 0;
}

static int64_t next_wake(const struct run *run, int64_t now)
{
	int64_t wake = now + NS_PER_SEC;

	if (run->stage == STAGE_RUNNING && run->cpu_check_ns < wake)
		wake = run->cpu_check_ns;
	if (run->stage == STAGE_RUNNING &&
	    run->started_ns + run->config->limits.wall_ns < wake)
		wake = run->started_ns + run->config->limits.wall_ns;
	return wake;
}

static int serve(struct run *run, const struct pollfd *polled,
		 struct error *err)
{
	if (polled[FD_OUT].revents && run->fds[FD_OUT] >= 0 &&
	    take_output(run, FD_OUT, err) < 0)
		return -1;
	if (polled[FD_ERR].revents && run->fds[FD_ERR] >= 0 &&
	    take_output(run, FD_ERR, err) < 0)
		return -1;
	if (polled[FD_IN].revents && run->fds[FD_IN] >= 0)
		feed(run);
	if (polled[FD_STATUS].revents && run->fds[FD_STATUS] >= 0 &&
	    take_status(run, err) < 0)
		return -1;
	if (polled[FD_CONTROL].revents && run->stage != STAGE_DEAD)
		return take_reply(run, err);
	return 0;
}

/* ---- the end ---------------------------------------------------------------------- */

/* What is left in the pipes: every writer is dead, so this ends. */
static int drain(struct run *run, struct error *err)
{
	for (int i = FD_OUT; i <= FD_ERR; i++)
		if (run->fds[i] >= 0 && take_output(run, i, err) < 0)
			return -1;
	for (int i = 0; i < FD_CONTROL; i++)
		shut(run, i);
	return 0;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* Evidence outweighs what the program says of itself. */
static int conclude(struct run *run, struct error *err)
{
	struct outcome *outcome = run->outcome;
	uint64_t now[COUNTER_COUNT];

	if (drain(run, err) < 0)
		return -1;
	for (int i = 0; i < COUNTER_COUNT; i++)
		if (cgroup_read(run->cgroup, i, &now[i], err) < 0)
			return -1;
	outcome->wall_ns = clock_mono_ns() - run->started_ns;
	outcome->cpu_ns =
		(int64_t)less(now[COUNTER_CPU], run->base[COUNTER_CPU]);
	outcome->memory_peak_bytes =
		less(now[COUNTER_MEMORY_PEAK], run->base[COUNTER_MEMORY]);
	outcome->oom_kills = (uint32_t)less(now[COUNTER_OOM_KILLS],
					    run->base[COUNTER_OOM_KILLS]);
	outcome->forks_refused = (uint32_t)less(
		now[COUNTER_FORKS_REFUSED], run->base[COUNTER_FORKS_REFUSED]);
	if (!run->decided)
		return error_set(err, ERROR_INFRA,
				 "a run ended without a word");
	if (outcome->oom_kills)
		outcome->kind = OUTCOME_LIMIT_MEMORY;
	else if (outcome->cpu_ns > run->config->limits.cpu_ns &&
		 outcome->kind != OUTCOME_LIMIT_OUTPUT)
		outcome->kind = OUTCOME_LIMIT_CPU;
	return 0;
}

static int end_servers(struct run *runs, size_t count, struct error *err)
{
	for (size_t i = 0; i + 1 < count; i++) {
		struct run *run = &runs[i];

		if (run->told_to_end || run->stage == STAGE_DEAD)
			continue;
		run->told_to_end = true;
		run->end_by_ns = clock_mono_ns() + end_grace_ns;
		if (run->stage == STAGE_SETTING_UP) {
			if (decide(run, OUTCOME_ENDED, 0, err) < 0)
				return -1;
			continue;
		}
		if (wire_verb(run->fds[FD_CONTROL],
			      run->config->terminate ? WIRE_TERMINATE
						     : WIRE_END,
			      0, err) < 0)
			return -1;
	}
	return 0;
}

/* A server that was told to end and has not gone. */
static int lose_patience(struct run *run, int64_t now, struct error *err)
{
	if (!run->told_to_end || run->decided || now < run->end_by_ns)
		return 0;
	return decide(run, OUTCOME_ENDED, 0, err);
}

/* Until something is to be read or written, or the first clock runs out. */
static int wait_for_news(const struct pod *pod, const struct run *runs,
			 size_t count, struct pollfd *polled, struct error *err)
{
	int64_t now = clock_mono_ns(), wake = now + NS_PER_SEC;
	struct timespec wait;

	for (size_t r = 0; r < count; r++) {
		int64_t next = next_wake(&runs[r], now);

		wake = next < wake ? next : wake;
		for (int i = 0; i < FDS; i++)
			polled[r * FDS + (size_t)i] = (struct pollfd){
				.fd = runs[r].fds[i],
				.events = i == FD_IN ? POLLOUT : POLLIN
			};
	}
	polled[count * FDS] =
		(struct pollfd){ .fd = pod->cancel_fd, .events = POLLIN };
	wake = wake > now ? wake - now : 0;
	wait.tv_sec = wake / NS_PER_SEC;
	wait.tv_nsec = wake % NS_PER_SEC;
	if (ppoll(polled, count * FDS + 1, &wait, NULL) < 0 && errno != EINTR)
		return error_set_errno(err, errno, "poll");
	if (polled[count * FDS].revents)
		return error_set(err, ERROR_CANCELLED, "interrupted");
	return 0;
}

static int turn(struct pod *pod, struct run *runs, size_t count,
		struct error *err)
{
	struct pollfd polled[2 * FDS + 1] = { 0 };
	int64_t now;

	if (wait_for_news(pod, runs, count, polled, err) < 0)
		return -1;
	now = clock_mono_ns();
	for (size_t r = 0; r < count; r++)
		if (serve(&runs[r], &polled[r * FDS], err) < 0 ||
		    lose_patience(&runs[r], now, err) < 0 ||
		    check_clocks(&runs[r], now, err) < 0)
			return -1;
	return 0;
}

static bool all_dead(const struct run *runs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (runs[i].stage != STAGE_DEAD)
			return false;
	return true;
}

static int play(struct pod *pod, struct run *runs, size_t count,
		struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (run_start(&runs[i], err) < 0)
			return -1;
	while (!all_dead(runs, count)) {
		if (runs[count - 1].stage == STAGE_DEAD &&
		    end_servers(runs, count, err) < 0)
			return -1;
		if (turn(pod, runs, count, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < count; i++)
		if (conclude(&runs[i], err) < 0)
			return -1;
	return 0;
}

int pod_run(struct pod *pod, const struct run_config *configs, size_t count,
	    struct outcome *outcomes, struct error *err)
{
	struct run runs[SIDE_COUNT] = { 0 };
	int rc;

	if (count < 1 || count > SIDE_COUNT)
		return error_set(err, ERROR_BUG, "pod_run of %zu runs", count);
	for (size_t i = 0; i < count; i++) {
		runs[i].pod = pod;
		runs[i].config = &configs[i];
		runs[i].outcome = &outcomes[i];
		runs[i].cgroup = &pod->cgroup[configs[i].side];
		for (int fd = 0; fd < FD_CONTROL; fd++)
			runs[i].fds[fd] = -1;
	}
	rc = play(pod, runs, count, err);
	for (size_t i = 0; i < count; i++)
		for (int fd = 0; fd < FD_CONTROL; fd++)
			shut(&runs[i], fd);
	return rc;
}
