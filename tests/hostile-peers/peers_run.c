/* SPDX-License-Identifier: MIT */
/*
 * One attempt under one sandbox: started in a control group that counts and
 * limits nothing, watched, and ended with the group when it uses too much of
 * the machine; then the same look at the machine as before.
 *
 * The runner has a real-time priority and its memory locked, so that a bomb of
 * ordinary processes cannot keep it from writing to cgroup.kill.
 */
#include "peers.h"

#include "fortnight/clock.h"
#include "fortnight/fd.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define GROUP "/sys/fs/cgroup/attempt"
/* What runs is in a group below, so that a sandbox can make one beside it. */
#define GROUP_PEER GROUP "/peer"
#define SCRIPTS	   "/payload/tests/hostile-peers/"
#define META	   "/run/meta"

enum {
	MIB = 1 << 20,
	TICK_MS = 20,
	TICK_MAX_NS = 40000000,
	DRAIN_MS = 300,
	LEFT_MS = 1000,
	GONE_MS = 10000,
	STARTED_AS_ROOT = 0
};

/* ---- files of the kernel -------------------------------------------------------- */

static int write_text(const char *path, const char *text)
{
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -1;
	return 0;
}

/* The number after a word, or at the beginning; 0 when it is not there. */
static long read_number(const char *path, const char *word)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[16384];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *at;

	if (n < 0)
		return 0;
	text[n] = '\0';
	at = strstr(text, word);
	return at ? strtol(at + strlen(word), NULL, 10) : 0;
}

static void pause_ms(long ms)
{
	const struct timespec time = { .tv_sec = ms / 1000,
				       .tv_nsec = ms % 1000 * NS_PER_MS };

	(void)nanosleep(&time, NULL);
}

/* ---- the control group ------------------------------------------------------------ */

static int group_make(struct error *err)
{
	if (mkdir(GROUP, 0755) < 0 ||
	    write_text(GROUP "/cgroup.subtree_control", "+memory +pids") < 0 ||
	    mkdir(GROUP_PEER, 0755) < 0)
		return error_set_errno(err, errno, "make " GROUP);
	return 0;
}

static bool group_is_empty(void)
{
	return read_number(GROUP "/cgroup.events", "populated ") == 0;
}

/* Until it is empty, or that long; processes that are left in it. */
static long group_wait(long ms)
{
	for (long waited = 0; waited < ms && !group_is_empty();
	     waited += TICK_MS)
		pause_ms(TICK_MS);
	return group_is_empty() ? 0 : read_number(GROUP "/pids.current", "");
}

static int group_end(struct error *err)
{
	(void)write_text(GROUP "/cgroup.kill", "1");
	if (group_wait(GONE_MS) > 0)
		return error_set(err, ERROR_INFRA,
				 "processes of " GROUP " do not end");
	remove_groups(GROUP);
	if (access(GROUP, F_OK) == 0)
		return error_set(err, ERROR_INFRA, "cannot remove " GROUP);
	return 0;
}

/* ---- starting -------------------------------------------------------------------- */

static void put_variables(const struct lures *lures)
{
	char number[24];

	(void)setenv("HS_TOKEN", lures->token, 1);
	(void)setenv("HS_HOST_MNT", lures->host_mounts, 1);
	(void)setenv("HS_ABSTRACT", lures->abstract, 1);
	(void)setenv("HS_CANARY", lures->directory, 1);
	(void)snprintf(number, sizeof(number), "%u", lures->tcp_port);
	(void)setenv("HS_TCP_PORT", number, 1);
	(void)snprintf(number, sizeof(number), "%u", lures->udp_port);
	(void)setenv("HS_UDP_PORT", number, 1);
}

/* A terminal that is the session's, as a person at one has it.  Its other end is
 * left to what is started: closed, it would hang up. */
static int open_terminal(void)
{
	char name[64];
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
	    ptsname_r(master, name, sizeof(name)) != 0)
		return -1;
	return open(name, O_RDWR);
}

__attribute__((noreturn)) static void become(const struct lures *lures,
					     const struct peer *peer,
					     const struct attempt *attempt,
					     const char *arg, const int out[2])
{
	char program[64];
	bool terminal = strcmp(attempt->arg, "tty_ioctls") == 0;
	int in;

	(void)snprintf(program, sizeof(program), "/app/%s", attempt->program);
	(void)setsid();
	in = terminal ? open_terminal() : open("/dev/null", O_RDONLY);
	if (write_text(GROUP_PEER "/cgroup.procs", "0") < 0 ||
	    write_text("/proc/self/oom_score_adj", "0") < 0 || in < 0 ||
	    dup2(in, 0) < 0 || dup2(out[0], 1) < 0 || dup2(out[1], 2) < 0)
		_exit(126);
	if (in > 2)
		close(in);
	put_variables(lures);
	(void)signal(SIGPIPE, SIG_DFL);
	if (chdir("/work") < 0)
		_exit(126);
	(void)execl(SCRIPTS "peer", "peer", peer->name, "run", program, arg,
		    lures->token, NULL);
	_exit(127);
}

/* ---- watching -------------------------------------------------------------------- */

struct stream {
	int fd;
	struct buf *kept;
	int64_t bytes;
};

/* What has come so far, without waiting. */
static void take(struct stream *stream)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(stream->fd, chunk, sizeof(chunk))) > 0) {
		size_t room = stream->kept->max - stream->kept->len;

		buf_add(stream->kept, chunk,
			(size_t)n < room ? (size_t)n : room);
		stream->bytes += n;
		if (stream->bytes > (int64_t)WATCH_OUTPUT_MIB * MIB)
			return;
	}
}

static void watch(const struct peer *peer, int64_t ns,
		  const struct stream streams[2], char stopped[STOPPED_SIZE])
{
	int64_t memory = read_number(GROUP "/memory.current", "");
	long processes = read_number(GROUP "/pids.current", "");
	int seconds = WATCH_SECONDS + peer->seconds_more;

	if (processes > WATCH_PROCESSES)
		(void)snprintf(stopped, STOPPED_SIZE,
			       "nothing stopped it at %d processes",
			       WATCH_PROCESSES);
	else if (memory > (int64_t)WATCH_MEMORY_MIB * MIB)
		(void)snprintf(stopped, STOPPED_SIZE,
			       "nothing stopped it at %d MiB of memory",
			       WATCH_MEMORY_MIB);
	else if (streams[0].bytes + streams[1].bytes >
		 (int64_t)WATCH_OUTPUT_MIB * MIB)
		(void)snprintf(stopped, STOPPED_SIZE,
			       "nothing stopped it at %d MiB of output",
			       WATCH_OUTPUT_MIB);
	else if (ns > seconds * NS_PER_SEC)
		(void)snprintf(stopped, STOPPED_SIZE,
			       "nothing stopped it after %d s", seconds);
}

/* A process that ends by a signal is 128 more than that for who started it. */
static void end_as(int status, struct outcome *outcome)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;

	outcome->kind = WIFSIGNALED(status) ? OUTCOME_SIGNALLED
					    : OUTCOME_EXITED;
	outcome->status = WIFSIGNALED(status) ? WTERMSIG(status) : code;
	if (code > 128 && code <= 128 + SIGRTMAX) {
		outcome->kind = OUTCOME_SIGNALLED;
		outcome->status = code - 128;
	}
}

/* Ours says in a file by which limit it ended a run. */
static void read_meta(struct outcome *outcome)
{
	static const struct {
		const char *words;
		enum outcome_kind kind;
	} limits[] = { { "cg-oom-killed:1", OUTCOME_LIMIT_MEMORY },
		       { "message:Output limit", OUTCOME_LIMIT_OUTPUT },
		       { "wall clock", OUTCOME_LIMIT_WALL },
		       { "status:TO", OUTCOME_LIMIT_CPU } };
	auto_buf struct buf text = BUF_INIT(1 << 16);
	struct error err = ERROR_INIT;

	if (fd_read_file(AT_FDCWD, META, &text, &err) < 0)
		return;
	(void)unlink(META);
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		if (!strstr(buf_text(&text), limits[i].words))
			continue;
		outcome->kind = limits[i].kind;
		outcome->status = 0;
		return;
	}
}

/* Whether it has ended.  An attempt at ptrace(2) makes us its tracer, to whom it
 * stops at every signal: let it go on without us. */
static bool has_ended(pid_t pid, int flags, int *status)
{
	while (waitpid(pid, status, flags) == pid) {
		if (WIFEXITED(*status) || WIFSIGNALED(*status))
			return true;
		(void)ptrace(PTRACE_DETACH, pid, NULL, WSTOPSIG(*status));
	}
	return false;
}

/* Until the sandbox has ended, or we end it.  A tick in which this machine itself
 * had to wait for its processor counts as one, however long it was. */
static void attend(const struct peer *peer, pid_t pid, const int fds[2],
		   struct seen *seen)
{
	struct stream streams[2] = { { fds[0], &seen->outcome.out, 0 },
				     { fds[1], &seen->outcome.err, 0 } };
	int64_t last_ns = clock_mono_ns(), ns = 0;
	int status = 0;

	while (!seen->stopped[0] && !has_ended(pid, WNOHANG, &status)) {
		struct pollfd polled[2] = { { fds[0], POLLIN, 0 },
					    { fds[1], POLLIN, 0 } };
		int64_t tick_ns;

		(void)poll(polled, 2, TICK_MS);
		if ((polled[0].revents | polled[1].revents) & POLLHUP)
			pause_ms(TICK_MS);
		tick_ns = clock_mono_ns() - last_ns;
		last_ns += tick_ns;
		ns += tick_ns < TICK_MAX_NS ? tick_ns : TICK_MAX_NS;
		take(&streams[0]);
		take(&streams[1]);
		watch(peer, ns, streams, seen->stopped);
	}
	if (seen->stopped[0]) {
		(void)write_text(GROUP "/cgroup.kill", "1");
		(void)has_ended(pid, 0, &status);
	} else {
		pause_ms(DRAIN_MS);
		seen->left = group_wait(LEFT_MS);
	}
	take(&streams[0]);
	take(&streams[1]);
	end_as(status, &seen->outcome);
	if (strcmp(peer->name, "fortnight") == 0 && !seen->stopped[0])
		read_meta(&seen->outcome);
}

static int run_once(const struct lures *lures, const struct peer *peer,
		    const struct attempt *attempt, const char *arg,
		    struct seen *seen, struct error *err)
{
	int out[2], errors[2];
	pid_t pid;

	outcome_done(&seen->outcome);
	outcome_init(&seen->outcome);
	buf_init(&seen->outcome.out, ATTEMPT_OUTPUT_MAX);
	buf_init(&seen->outcome.err, ATTEMPT_OUTPUT_MAX);
	if (pipe2(out, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "make a pipe");
	if (pipe2(errors, O_CLOEXEC) < 0) {
		close(out[0]);
		close(out[1]);
		return error_set_errno(err, errno, "make a pipe");
	}
	(void)fcntl(out[0], F_SETFL, O_NONBLOCK);
	(void)fcntl(errors[0], F_SETFL, O_NONBLOCK);
	pid = fork();
	if (pid == 0)
		become(lures, peer, attempt, arg,
		       (const int[2]){ out[1], errors[1] });
	close(out[1]);
	close(errors[1]);
	if (pid > 0)
		attend(peer, pid, (const int[2]){ out[0], errors[0] }, seen);
	close(out[0]);
	close(errors[0]);
	seen->begun = strstr(buf_text(&seen->outcome.out), "begun\n") != NULL;
	return pid > 0 ? 0 : error_set_errno(err, errno, "start a process");
}

/* ---- an attempt ------------------------------------------------------------------- */

/* An earlier run that could not leave what it should says so itself. */
static bool could_be_set_up(const struct seen *seen)
{
	return seen->begun && !seen->stopped[0] &&
	       !strstr(buf_text(&seen->outcome.out), "ALLOWED nothing:");
}

int run_attempt(const struct lures *lures, const struct peer *peer,
		const struct attempt *attempt, struct seen *seen,
		struct error *err)
{
	auto_lines struct lines before = { 0 };
	auto_lines struct lines after = { 0 };
	long killed;
	int rc = 0;

	tidy();
	host_look(lures, &before);
	killed = read_number("/proc/vmstat", "oom_kill ");
	if (group_make(err) < 0)
		return -1;
	if (attempt->before)
		rc = run_once(lures, peer, attempt, attempt->before, seen, err);
	if (rc == 0 && (!attempt->before || could_be_set_up(seen)))
		rc = run_once(lures, peer, attempt, attempt->arg, seen, err);
	if (group_end(err) < 0 || rc < 0)
		return -1;
	/* Ours are limited by control groups, which kill in them. */
	if (seen->outcome.kind != OUTCOME_LIMIT_MEMORY)
		seen->oom_kill =
			read_number("/proc/vmstat", "oom_kill ") - killed;
	host_look(lures, &after);
	lines_compare(&before, &after, &seen->changed);
	return 0;
}

int run_open(struct lures *lures, struct error *err)
{
	const struct sched_param first = { .sched_priority = 1 };

	if (geteuid() != STARTED_AS_ROOT)
		return error_set(err, ERROR_HOST,
				 "the runner is for the emulated machine, "
				 "and root's");
	if (write_text("/sys/fs/cgroup/cgroup.subtree_control",
		       "+memory +pids +cpu") < 0 ||
	    write_text("/proc/self/oom_score_adj", "-1000") < 0 ||
	    mlockall(MCL_CURRENT | MCL_FUTURE) < 0 ||
	    sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first) < 0)
		return error_set_errno(err, errno, "be first in the machine");
	return lures_set(lures, err);
}
