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
#include "fortnight/treestream.h"

#include "run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

static const int64_t setup_patience_ns = 20 * NS_PER_SEC;
static const int64_t collect_patience_ns = 20 * NS_PER_SEC;
static const int64_t end_grace_ns = 2 * NS_PER_SEC;
static const int64_t cpu_check_min_ns = NS_PER_MS;
static const int64_t bury_check_ns = 2 * NS_PER_MS;

/* ---- while it runs ----------------------------------------------------------------- */

static int decide(struct run *run, enum outcome_kind kind, int status,
		  struct error *err)
{
	if (!run->decided) {
		run->decided = true;
		run->outcome->kind = kind;
		run->outcome->status = status;
	}
	return run_kill(run, err);
}

/* When its processes, on every core, could have used left_ns. */
static void check_cpu_again(struct run *run, int64_t now, int64_t left_ns)
{
	int64_t wait = left_ns / run->pod->cores;

	run->cpu_check_ns =
		now + (wait > cpu_check_min_ns ? wait : cpu_check_min_ns);
}

/* The run's init waits: take the counters as they are, set the limits on top
 * of what the pod itself holds, and let it go.  What can have happened to nobody
 * between two runs was read after the one before. */
static int let_go(struct run *run, struct error *err)
{
	const struct run_limits *limits = &run->config->limits;

	if (cgroup_read(run->cgroup, COUNTER_MEMORY, &run->base[COUNTER_MEMORY],
			err) < 0 ||
	    cgroup_read(run->cgroup, COUNTER_CPU, &run->base[COUNTER_CPU],
			err) < 0)
		return -1;
	run->base[COUNTER_OOM_KILLS] = run->cgroup->oom_kills;
	run->base[COUNTER_FORKS_REFUSED] = run->cgroup->forks_refused;
	if (cgroup_limit_memory(run->cgroup, run->base[COUNTER_MEMORY],
				limits->memory_bytes, err) < 0)
		return -1;
	(void)cgroup_forget_peak(run->cgroup);
	run->started = true;
	run->stage = STAGE_RUNNING;
	run->started_ns = clock_mono_ns();
	check_cpu_again(run, run->started_ns, limits->cpu_ns);
	if (send(run->fds[FD_STATUS], "g", 1, MSG_NOSIGNAL) != 1)
		return error_set(err, ERROR_INFRA, "the run's init went away");
	return 0;
}

/* What comes of a run that was told to end: a lead has not said all that it
 * was asked for. */
static enum outcome_kind ending(const struct run *run)
{
	return run->config->orphan_ns ? OUTCOME_LIMIT_WALL : OUTCOME_ENDED;
}

/* A server that died before we told it to end says so by its status, however
 * late that arrives; which of the two came first is not ours to race for. */
static bool ended_by_us(const struct run *run, int status)
{
	if (!run->told_to_end)
		return false;
	if (run->config->orphan_ns)
		return WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
	if (run->config->terminate)
		return WIFEXITED(status) || WTERMSIG(status) == SIGTERM ||
		       WTERMSIG(status) == SIGKILL;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static int take_status(struct run *run, struct error *err)
{
	struct wire_status status;
	ssize_t n = recv(run->fds[FD_STATUS], &status, sizeof(status),
			 MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n <= 0) {
		run_shut(run, FD_STATUS);
		return 0;
	}
	if (!wire_status_ok(&status, (size_t)n))
		return error_set(err, ERROR_INFRA,
				 "the run's init says nothing that it may");
	/* Of one that is being killed nothing is to come, and if it cannot start
	 * any more, so be it. */
	if (status.kind == STATUS_READY)
		return run->dying_ns ? 0 : let_go(run, err);
	if (status.kind == STATUS_FAILED && run->dying_ns && run->decided)
		return 0;
	if (status.kind == STATUS_FAILED)
		return box_error(err, status.step, status.value);
	if (run->stage == STAGE_RUNNING)
		run->stage = STAGE_ENDED;
	if (status.kind == STATUS_NOT_STARTED)
		return decide(run, OUTCOME_NOT_STARTED, status.value, err);
	run->outcome->max_rss_bytes = status.max_rss_bytes;
	run_leaves(run);
	if (ended_by_us(run, status.value))
		return decide(run, ending(run), 0, err);
	if (WIFSIGNALED(status.value))
		return decide(run, OUTCOME_SIGNALLED, WTERMSIG(status.value),
			      err);
	return decide(run, OUTCOME_EXITED, WEXITSTATUS(status.value), err);
}

static int take_output(struct run *run, int which, struct error *err)
{
	struct buf *buf = which == FD_OUT ? &run->outcome->out
					  : &run->outcome->err;
	char chunk[16384];
	ssize_t n;

	while ((n = read(run->fds[which], chunk, sizeof(chunk))) > 0) {
		buf_add(buf, chunk, (size_t)n);
		if (!buf_overflowed(buf))
			continue;
		run_shut(run, which);
		run->decided = false;
		return decide(run, OUTCOME_LIMIT_OUTPUT, 0, err);
	}
	if (n == 0)
		run_shut(run, which);
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
		run_shut(run, FD_IN);
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* What the run used, now that it is dead: what packing its files takes is not
 * its own. */
static int take_counters(struct run *run, struct error *err)
{
	static const enum counter counters[] = { COUNTER_MEMORY_PEAK,
						 COUNTER_OOM_KILLS,
						 COUNTER_FORKS_REFUSED,
						 COUNTER_CPU };
	struct outcome *outcome = run->outcome;
	uint64_t now[COUNTER_COUNT], refused;

	if (!run->started)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(counters); i++)
		if (cgroup_read(run->cgroup, counters[i], &now[counters[i]],
				err) < 0)
			return -1;
	run->cgroup->oom_kills = now[COUNTER_OOM_KILLS];
	run->cgroup->forks_refused = now[COUNTER_FORKS_REFUSED];
	refused = run->closed ? run->forks_refused : now[COUNTER_FORKS_REFUSED];
	outcome->wall_ns = clock_mono_ns() - run->started_ns;
	if (run->dying_ns)
		outcome->dying_ns = clock_mono_ns() - run->dying_ns;
	outcome->cpu_ns =
		(int64_t)less(now[COUNTER_CPU], run->base[COUNTER_CPU]);
	outcome->memory_peak_bytes =
		less(now[COUNTER_MEMORY_PEAK], run->base[COUNTER_MEMORY]);
	outcome->oom_kills = (uint32_t)less(now[COUNTER_OOM_KILLS],
					    run->base[COUNTER_OOM_KILLS]);
	outcome->forks_refused =
		(uint32_t)less(refused, run->base[COUNTER_FORKS_REFUSED]);
	return 0;
}

/* The copy is charged to the same group as the files: a full /work beside a
 * copy of it may be more than the run's limit. */
static int begin_collecting(struct run *run, struct error *err)
{
	run->stage = STAGE_COLLECTING;
	run->collect_by_ns = clock_mono_ns() + collect_patience_ns;
	if (cgroup_make_room(run->cgroup, run->config->limits.disk_bytes, err) <
	    0)
		return -1;
	return wire_verb(run->pod, run->fds[FD_CONTROL], WIRE_TAKE_WORK, 0,
			 err);
}

static int take_reply(struct run *run, struct error *err)
{
	struct wire_reply reply;
	ssize_t n =
		recv(run->fds[FD_CONTROL], &reply, sizeof(reply), MSG_DONTWAIT);

	if (n <= 0 || !wire_reply_ok(&reply, (size_t)n))
		return error_set(err, ERROR_INFRA, "the pod went away");
	if (reply.kind == WIRE_FAILED || reply.error)
		return box_error(err, reply.step, reply.error);
	if (run->stage == STAGE_COLLECTING) {
		run->stage = STAGE_DEAD;
		return 0;
	}
	if (run->fds[FD_STATUS] >= 0 && !run->decided &&
	    take_status(run, err) < 0)
		return -1;
	if (take_counters(run, err) < 0)
		return -1;
	if (run->config->collect_work)
		return begin_collecting(run, err);
	run->stage = STAGE_DEAD;
	return 0;
}

static int check_limits(struct run *run, int64_t now, struct error *err)
{
	const struct run_limits *limits = &run->config->limits;
	uint64_t cpu;
	int64_t left;

	if (now - run->started_ns > limits->wall_ns)
		return decide(run, OUTCOME_LIMIT_WALL, 0, err);
	if (now < run->cpu_check_ns)
		return 0;
	if (cgroup_read(run->cgroup, COUNTER_CPU, &cpu, err) < 0)
		return -1;
	left = limits->cpu_ns - (int64_t)less(cpu, run->base[COUNTER_CPU]);
	if (left <= 0)
		return decide(run, OUTCOME_LIMIT_CPU, 0, err);
	check_cpu_again(run, now, left);
	return 0;
}

static int check_clocks(struct run *run, int64_t now, struct error *err)
{
	switch (run->stage) {
	case STAGE_SETTING_UP:
		if (!run->dying_ns && now - run->started_ns > setup_patience_ns)
			return error_set(err, ERROR_INFRA,
					 "a run was not ready in time");
		break;
	case STAGE_RUNNING:
		if (!run->dying_ns && check_limits(run, now, err) < 0)
			return -1;
		break;
	case STAGE_ENDED:
		break;
	case STAGE_COLLECTING:
		return now > run->collect_by_ns
			       ? error_set(err, ERROR_INFRA,
					   "a run's files were not packed in "
					   "time")
			       : 0;
	case STAGE_DEAD:
		return 0;
	}
	if (run_lose_hope(run, now, err) < 0)
		return -1;
	return run_press(run, now, err);
}

/* The pod was killed as a whole, so pod init cannot say when the run is dead; an
 * empty control group does.  Whoever was not to die is one that we ended. */
static int bury(struct run *run, int64_t now, struct error *err)
{
	if (run->stage == STAGE_DEAD)
		return 0;
	run->fds[FD_CONTROL] = -1; /* borrowed */
	run_shut(run, FD_STATUS);
	if (!run->dying_ns)
		run->dying_ns = now;
	run->press_ns = now + bury_check_ns;
	if (!cgroup_is_empty(run->cgroup))
		return run_lose_hope(run, now, err);
	if (run->stage < STAGE_COLLECTING && take_counters(run, err) < 0)
		return -1;
	if (!run->decided)
		run->outcome->kind = ending(run);
	run->decided = true;
	run->lost = run->config->collect_work;
	run->stage = STAGE_DEAD;
	return 0;
}

static int64_t next_wake(const struct run *run, int64_t now)
{
	int64_t wake = now + NS_PER_SEC;

	if (run->dying_ns)
		return run->stage < STAGE_COLLECTING && run->press_ns < wake
			       ? run->press_ns
			       : wake;
	if (run->stage == STAGE_RUNNING && run->cpu_check_ns < wake)
		wake = run->cpu_check_ns;
	if (run->stage == STAGE_RUNNING &&
	    run->started_ns + run->config->limits.wall_ns < wake)
		wake = run->started_ns + run->config->limits.wall_ns;
	if (run->told_to_end && !run->decided && run->end_by_ns < wake)
		wake = run->end_by_ns;
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
	if (run->pod->spent) /* what its inits say now is our own doing */
		return 0;
	if (polled[FD_STATUS].revents && run->fds[FD_STATUS] >= 0 &&
	    take_status(run, err) < 0)
		return -1;
	if (polled[FD_CONTROL].revents && run->stage != STAGE_DEAD)
		return take_reply(run, err);
	return 0;
}

/* ---- the end ---------------------------------------------------------------------- */

/* What is left in the pipes: every writer but us is dead, so this ends. */
static int drain(struct run *run, struct error *err)
{
	for (int i = FD_OUT; i <= FD_ERR; i++)
		if (run->fds[i] >= 0 && take_output(run, i, err) < 0)
			return -1;
	run_shut_all(run);
	return 0;
}

static bool is_limit(enum outcome_kind kind)
{
	return kind == OUTCOME_LIMIT_CPU || kind == OUTCOME_LIMIT_WALL ||
	       kind == OUTCOME_LIMIT_MEMORY || kind == OUTCOME_LIMIT_OUTPUT;
}

/* A /work that is gone was never asked for where the verdict is a limit.  Of a
 * run that ended by itself it would be the answer: that run is for another pod. */
static int leave_nothing(const struct run *run, struct error *err)
{
	int fd = run->outcome->work_fd;

	if (!is_limit(run->outcome->kind))
		return error_set(err, ERROR_INFRA,
				 "a run's files were lost with its pod");
	if (ftruncate(fd, 0) < 0 ||
	    pwrite(fd, TREE_MAGIC, TREE_MAGIC_LEN, 0) != TREE_MAGIC_LEN)
		return error_set_errno(err, errno, "write a memory file");
	return 0;
}

/* Evidence outweighs what the program says of itself. */
static int conclude(struct run *run, struct error *err)
{
	struct outcome *outcome = run->outcome;

	if (drain(run, err) < 0)
		return -1;
	if (!run->decided)
		return error_set(err, ERROR_INFRA,
				 "a run ended without a word");
	if (outcome->oom_kills)
		outcome->kind = OUTCOME_LIMIT_MEMORY;
	else if (outcome->cpu_ns > run->config->limits.cpu_ns &&
		 outcome->kind != OUTCOME_LIMIT_OUTPUT)
		outcome->kind = OUTCOME_LIMIT_CPU;
	return run->lost ? leave_nothing(run, err) : 0;
}

/* When the lead is dead. */
static int end_servers(struct run *runs, size_t count, struct error *err)
{
	if (runs[count - 1].stage != STAGE_DEAD)
		return 0;
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
		if (wire_verb(run->pod, run->fds[FD_CONTROL],
			      run->config->terminate ? WIRE_TERMINATE
						     : WIRE_END,
			      0, err) < 0)
			return -1;
	}
	return 0;
}

/* Whom the lead talks to has ended by itself: the lead is told, and has some
 * time to say what it makes of that. */
static int tell_orphan(struct run *runs, size_t count, struct error *err)
{
	struct run *lead = &runs[count - 1];
	bool alone = false;

	for (size_t i = 0; i + 1 < count; i++)
		alone = alone || runs[i].stage == STAGE_DEAD;
	if (!alone || !lead->config->orphan_ns || lead->told_to_end ||
	    lead->stage != STAGE_RUNNING)
		return 0;
	lead->told_to_end = true;
	lead->end_by_ns = clock_mono_ns() + lead->config->orphan_ns;
	return wire_verb(lead->pod, lead->fds[FD_CONTROL], WIRE_TERMINATE, 0,
			 err);
}

/* Who was told to end and has not gone. */
static int lose_patience(struct run *run, int64_t now, struct error *err)
{
	if (!run->told_to_end || run->decided || now < run->end_by_ns)
		return 0;
	return decide(run, ending(run), 0, err);
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
	for (size_t r = 0; r < count; r++) {
		struct run *run = &runs[r];

		if (serve(run, &polled[r * FDS], err) < 0)
			return -1;
		if (!pod->spent && (lose_patience(run, now, err) < 0 ||
				    check_clocks(run, now, err) < 0))
			return -1;
	}
	for (size_t r = 0; pod->spent && r < count; r++)
		if (bury(&runs[r], now, err) < 0)
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
		if (!pod->spent && (end_servers(runs, count, err) < 0 ||
				    tell_orphan(runs, count, err) < 0))
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
	if (pod_check(pod, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		runs[i].pod = pod;
		runs[i].config = &configs[i];
		runs[i].outcome = &outcomes[i];
		runs[i].cgroup = &pod->cgroup[configs[i].side];
		run_forget_fds(&runs[i]);
	}
	rc = play(pod, runs, count, err);
	for (size_t i = 0; i < count; i++)
		run_shut_all(&runs[i]);
	return rc;
}
