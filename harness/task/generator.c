/* SPDX-License-Identifier: MIT */
/*
 * generator.c - run a pack's gen/generate.
 *
 * The generator is the author's own program and runs as whoever called us, in
 * no sandbox.  It still gets only what it needs: an environment made here, no
 * descriptor but the three standard ones, and a process group of its own.  A
 * secret seed comes to it by standard input: arguments are for everybody to
 * read (proc(5), cmdline).
 *
 *	standard input	the secret seed and a newline, or nothing
 *	output, error	one pipe, of which the end is kept for messages
 *
 * Between us and it stands a guard, so that half a suite's oracles are not
 * left running, whatever happens to us:
 *
 *	fortnight ---- guard ---- gen/generate ---- oracles, ...
 *
 * The guard is the reaper of all that the generator starts, also of what
 * becomes a daemon (PR_SET_CHILD_SUBREAPER).  When the generator ends, when we
 * ask (SIGTERM), or when we die (PR_SET_PDEATHSIG), it kills its children until
 * it has none, and only then ends.  Until then it also has our descriptors, and
 * so the lock on what the generator writes into.
 */
#include "generator.h"
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/fd.h"
#include "fortnight/text.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum {
	ARGS_MAX = 8,
	ENV_MAX = 8,
	TAIL_MAX = 4096, /* kept of what it prints */
	SHOWN_MAX = 300, /* shown of that in an error */
	TICK_MS = 1000,
	RESTS_MAX = 64,
	LIST_MAX = 4096, /* of children, at a time */
	ROUND_MS = 2,
	START_FAILED = 127
};

/* The processes whose parent the reader is: proc(5), CONFIG_PROC_CHILDREN. */
static const char children_list[] = "/proc/thread-self/children";

/* What became of it, in memory that the three share. */
struct fate {
	int failure; /* an errno, when it could not be started */
	int status;  /* of waitpid(2) */
	bool ended;  /* there is one */
};

/* All that the child needs, made before it: between fork and exec nothing
 * may allocate (signal-safety(7)). */
struct child {
	const char *argv[ARGS_MAX];
	const char *env[ENV_MAX];
	const char *program, *directory;
	int input, output; /* its ends of two pipes */
	struct fate *fate; /* borrowed from the parent */
	bool secret;
	pid_t parent, guard;
};

/* The parent's ends. */
struct watch {
	int guard_fd, output, cancel;
	pid_t guard;
	struct buf tail;
};

static void set_arguments(const struct generator *g, struct child *child)
{
	const struct task_seed *seed = &g->how->seed;
	size_t n = 0;

	child->argv[n++] = g->program;
	child->argv[n++] = seed->secret ? "--seed-file" : "--seed";
	child->argv[n++] = seed->secret ? "/dev/stdin" : seed->digits;
	if (g->how->oracle) {
		child->argv[n++] = "--oracle";
		child->argv[n++] = g->how->oracle;
	}
	child->argv[n++] = "--out";
	child->argv[n++] = g->out;
	child->argv[n] = NULL;
}

static void set_environment(struct child *child, const char *tmpdir)
{
	size_t n = 0;

	child->env[n++] = "PATH=/usr/local/bin:/usr/bin:/bin";
	child->env[n++] = "HOME=/nonexistent";
	child->env[n++] = "LANG=C.UTF-8";
	child->env[n++] = tmpdir;
	/* Python orders sets by a random seed of its own, and leaves its
	 * bytecode beside the sources. */
	child->env[n++] = "PYTHONHASHSEED=0";
	child->env[n++] = "PYTHONDONTWRITEBYTECODE=1";
	child->env[n] = NULL;
}

/* ---- the generator --------------------------------------------------------------- */

static void report_failure(const struct child *child)
{
	child->fate->failure = errno;
	_exit(START_FAILED);
}

static void become_generator(const struct child *child)
{
	char *const *argv, *const *env;
	sigset_t none;

	/* execve(2) takes char *const[] for historic reasons only. */
	memcpy(&argv, &(const void *){ child->argv }, sizeof(argv));
	memcpy(&env, &(const void *){ child->env }, sizeof(env));
	(void)setpgid(0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != child->guard)
		_exit(START_FAILED);
	/* An ignored signal stays ignored (execve(2)); we ignore this one. */
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
	(void)signal(SIGCHLD, SIG_DFL);
	(void)sigemptyset(&none);
	(void)pthread_sigmask(SIG_SETMASK, &none, NULL);
	if (child->secret)
		(void)umask(077);
	if (dup2(child->input, STDIN_FILENO) < 0 ||
	    dup2(child->output, STDOUT_FILENO) < 0 ||
	    dup2(child->output, STDERR_FILENO) < 0 ||
	    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) < 0 ||
	    chdir(child->directory) < 0)
		report_failure(child);
	(void)execve(child->program, argv, env);
	report_failure(child);
}

/* ---- the guard ------------------------------------------------------------------- */

/* Nothing else waits for them, so each number is still that child's. */
static void kill_children(void)
{
	auto_close int fd = open(children_list, O_RDONLY | O_CLOEXEC);
	char list[LIST_MAX + 1], *at = list, *end;
	ssize_t n = fd < 0 ? -1 : read(fd, list, LIST_MAX);
	long pid;

	list[n > 0 ? n : 0] = '\0';
	/* A number that the end of the list cuts off has its turn later. */
	while ((pid = strtol(at, &end, 10)) > 0 && *end == ' ') {
		(void)kill((pid_t)pid, SIGKILL);
		at = end;
	}
}

/* Take the ended; false when there is no child left. */
static bool reap(pid_t generator, struct fate *fate)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == generator) {
			fate->status = status;
			fate->ended = true;
		}
	return pid == 0;
}

static void guard_generator(struct child *child)
{
	const struct timespec round = { .tv_nsec = ROUND_MS * NS_PER_MS };
	sigset_t all, awaited;
	pid_t generator;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, NULL);
	(void)sigemptyset(&awaited);
	(void)sigaddset(&awaited, SIGCHLD);
	(void)sigaddset(&awaited, SIGTERM);
	(void)signal(SIGCHLD, SIG_DFL);
	/* Whoever kills us by our group or name is not to hit the guard too. */
	(void)setpgid(0, 0);
	(void)prctl(PR_SET_NAME, "generator-guard");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		report_failure(child);
	if (getppid() != child->parent)
		_exit(START_FAILED);
	child->guard = getpid();
	generator = fork();
	if (generator < 0)
		report_failure(child);
	if (generator == 0)
		become_generator(child);
	(void)close(child->input);
	(void)close(child->output);
	while (!child->fate->ended && sigwaitinfo(&awaited, NULL) != SIGTERM)
		(void)reap(generator, child->fate);
	while (reap(generator, child->fate)) {
		kill_children();
		(void)sigtimedwait(&awaited, NULL, &round);
	}
	_exit(0);
}

/* ---- the parent --------------------------------------------------------------- */

static int say_why(const struct generator *g, int failed, struct error *err)
{
	if (failed == ENOENT && access(g->program, F_OK) < 0)
		return error_set(err, ERROR_INPUT,
				 "%s is not there: this pack has no generator",
				 g->path);
	if (failed == ENOENT)
		return error_set(err, ERROR_INPUT,
				 "%s: the interpreter that its first line "
				 "names is not there",
				 g->path);
	if (failed == EACCES)
		return error_set(err, ERROR_INPUT,
				 "%s is not executable: chmod +x it", g->path);
	return error_set_errno(err, failed, "run %s", g->path);
}

/* Hand the seed over before there is a reader: it fits into a pipe. */
static int make_input(const struct task_seed *seed, int *ret_fd,
		      struct error *err)
{
	auto_close int in = -1, out = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "pipe");
	in = ends[0];
	out = ends[1];
	if (seed->secret &&
	    (fd_write_all(out, seed->digits, strlen(seed->digits), err) < 0 ||
	     fd_write_all(out, "\n", 1, err) < 0))
		return -1;
	*ret_fd = steal_fd(&in);
	return 0;
}

static int start(const struct generator *g, struct child *child,
		 struct watch *watch, struct error *err)
{
	auto_close int input = -1, output = -1;
	int ends[2];

	if (access(children_list, R_OK) < 0)
		return error_set_errno(err, errno,
				       "read %s, to leave no process of %s "
				       "behind (it takes a kernel with "
				       "CONFIG_PROC_CHILDREN, and /proc)",
				       children_list, g->path);
	if (make_input(&g->how->seed, &input, err) < 0)
		return -1;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "pipe");
	watch->output = ends[0];
	output = ends[1];
	child->input = input;
	child->output = output;
	watch->guard = fork();
	if (watch->guard < 0)
		return error_set_errno(err, errno, "fork");
	if (watch->guard == 0)
		guard_generator(child);
	watch->guard_fd = pidfd_open(watch->guard, 0);
	if (watch->guard_fd < 0)
		return error_set_errno(err, errno, "watch %s", g->path);
	return 0;
}

/* Keep the end of what comes; false at the end of the pipe. */
static bool take_output(struct watch *watch)
{
	char chunk[TAIL_MAX / 2];
	ssize_t n =
		TEMP_FAILURE_RETRY(read(watch->output, chunk, sizeof(chunk)));

	if (n <= 0)
		return false;
	if (watch->tail.len + (size_t)n > TAIL_MAX) {
		size_t drop = watch->tail.len + (size_t)n - TAIL_MAX;

		watch->tail.len -= drop;
		memmove(watch->tail.data, watch->tail.data + drop,
			watch->tail.len);
	}
	buf_add(&watch->tail, chunk, (size_t)n);
	return true;
}

/* What is in the pipe when the guard has ended.  Bounded: when somebody killed
 * the guard, something may still be writing. */
static void take_rest(struct watch *watch)
{
	struct pollfd fd = { .fd = watch->output, .events = POLLIN };

	for (int i = 0; i < RESTS_MAX && poll(&fd, 1, 0) > 0; i++)
		if (!take_output(watch))
			return;
}

static void tick(const struct generator *g, int64_t began)
{
	if (g->how->progress)
		g->how->progress((clock_mono_ns() - began) / NS_PER_SEC);
}

static int wait_for(const struct generator *g, struct watch *watch,
		    struct error *err)
{
	int64_t began = clock_mono_ns();
	struct pollfd fds[] = {
		{ .fd = watch->cancel, .events = POLLIN },
		{ .fd = watch->guard_fd, .events = POLLIN },
		{ .fd = watch->output, .events = POLLIN },
	};

	while (!fds[1].revents) {
		tick(g, began);
		if (poll(fds, ARRAY_LEN(fds), TICK_MS) < 0) {
			if (errno != EINTR)
				return error_set_errno(err, errno, "poll");
			continue;
		}
		if (fds[0].revents)
			return error_set(err, ERROR_CANCELLED,
					 "stopped; nothing is changed");
		if (fds[2].revents && !take_output(watch))
			fds[2].fd = -1;
	}
	take_rest(watch);
	return 0;
}

/* The last lines, as many as an error has room for. */
static void show_tail(const struct buf *tail, struct buf *shown)
{
	const char *text = buf_text(tail), *from;
	size_t len = tail->len;

	while (len > 0 && text[len - 1] == '\n')
		len--;
	from = text + (len > SHOWN_MAX ? len - SHOWN_MAX : 0);
	if (from > text && from[-1] != '\n') {
		const char *eol =
			memchr(from, '\n', (size_t)(text + len - from));

		from = eol ? eol + 1 : from;
	}
	text_add_safe(shown, from, (size_t)(text + len - from));
}

static int judge(const struct generator *g, const struct watch *watch,
		 const struct fate *fate, struct error *err)
{
	auto_buf struct buf shown = BUF_INIT((size_t)8 * SHOWN_MAX);
	int status = fate->status;

	if (fate->failure)
		return say_why(g, fate->failure, err);
	if (!fate->ended)
		return error_set(err, ERROR_INFRA,
				 "%s: the process that guards it was killed; "
				 "try again",
				 g->path);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	show_tail(&watch->tail, &shown);
	return error_set(
		err, ERROR_INPUT, "%s %s %d%s%s", g->path,
		WIFSIGNALED(status) ? "was killed by signal"
				    : "ended with status",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		shown.len ? "; its last lines:\n" : "", buf_text(&shown));
}

static void end_guard(const struct watch *watch)
{
	if (watch->guard <= 0)
		return;
	(void)kill(watch->guard, SIGTERM);
	(void)TEMP_FAILURE_RETRY(waitpid(watch->guard, NULL, 0));
}

static int run_guarded(const struct generator *g, struct fate *fate,
		       struct error *err)
{
	struct child child = { .program = g->program,
			       .directory = g->tmp,
			       .secret = g->how->seed.secret,
			       .fate = fate,
			       .parent = getpid() };
	struct watch watch = { .guard_fd = -1,
			       .output = -1,
			       .cancel = g->how->cancel_fd,
			       .guard = -1,
			       .tail = BUF_INIT((size_t)2 * TAIL_MAX) };
	auto_free char *tmpdir = NULL;
	int rc;

	if (asprintf(&tmpdir, "TMPDIR=%s", g->tmp) < 0)
		abort();
	set_arguments(g, &child);
	set_environment(&child, tmpdir);
	rc = start(g, &child, &watch, err);
	if (rc == 0)
		rc = wait_for(g, &watch, err);
	end_guard(&watch);
	if (rc == 0)
		rc = judge(g, &watch, fate, err);
	if (rc == 0)
		text_add_safe(g->how->report, buf_text(&watch.tail),
			      watch.tail.len);
	close_fd_(&watch.guard_fd);
	close_fd_(&watch.output);
	buf_done(&watch.tail);
	return rc;
}

int generator_run(const struct generator *g, struct error *err)
{
	struct fate *fate = mmap(NULL, sizeof(*fate), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int rc;

	if (fate == MAP_FAILED)
		return error_set_errno(err, errno, "share memory");
	rc = run_guarded(g, fate, err);
	(void)munmap(fate, sizeof(*fate));
	return rc;
}
