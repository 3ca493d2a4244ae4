/* SPDX-License-Identifier: MIT */
/*
 * sandbox.h - what a process tree may see and use.
 *
 * A pod is a set of namespaces (user, mount, net, ipc, uts, cgroup) with a
 * root of its own, made once per build or once per lane of a scoring.  A run
 * is one process tree in a pod: its own pid, mount and ipc namespaces, its own
 * limits, one outcome.  A pod has up to two sides, each with its own root and
 * its own control group: the candidate's, and the author's, where a driver or
 * a checker runs.  The sides share the pod's loopback and nothing else.
 *
 * A candidate's program that fails is an outcome, never an error.  An error
 * here is ours (infrastructure); the pod it came from must be freed.
 *
 * A pod belongs to one thread at a time; different pods to different threads.
 */
#ifndef FORTNIGHT_SANDBOX_H
#define FORTNIGHT_SANDBOX_H

#include "fortnight/buf.h"
#include "fortnight/error.h"

/* ---- what this host can enforce -------------------------------------------- */

struct sandbox_fact {
	const char *name; /* "user namespaces" */
	bool works;
	bool required;	  /* scoring is refused without it; else good to know */
	char detail[200]; /* what was found; the cause when it does not work */
	char cure[300];	  /* what to do about it; "" when it works */
};

enum {
	SANDBOX_FACTS_MAX = 32
};

struct sandbox_host {
	struct sandbox_fact facts[SANDBOX_FACTS_MAX];
	size_t count;
};

/* Raise this process's soft resource limits to what scoring takes, as far as the
 * hard ones permit, and the stack of threads to be made.  ERROR_HOST, with the
 * cure, when a hard one is too low. */
int sandbox_raise_limits(struct error *err) MUST_CHECK;

/* Try every layer and limit for real; never fails, the facts say it all.
 * Calls sandbox_raise_limits(). */
void sandbox_probe(struct sandbox_host *ret_host);

/* 0 when every required layer and limit works here; else ERROR_HOST with the
 * first cause and its cure. */
int sandbox_check(const struct sandbox_host *host,
		  struct error *err) MUST_CHECK;

/* As root: give user uid control groups of its own (cgroups(7), delegation),
 * or remove them again. */
int sandbox_delegate(unsigned uid, bool remove, struct error *err) MUST_CHECK;

/* ---- pods ------------------------------------------------------------------- */

enum sandbox_root {
	ROOT_BARE,	/* /app, /work, /tmp, /dev and nothing else */
	ROOT_TOOLCHAIN, /* and the host's /usr, read-only */
	ROOT_DIRECTORY	/* and usr/, lib*, bin/ of root_path, read-only */
};

enum sandbox_policy {
	POLICY_GRADE,	/* a submission that is being scored */
	POLICY_SESSION, /* a session at work: sockets, watches, attributes */
	POLICY_DEBUG,	/* that, and ptrace(2) for a debugger, by flag only */
	POLICY_COUNT
};

enum pod_side {
	SIDE_CANDIDATE,
	SIDE_AUTHOR,
	SIDE_COUNT
};

struct pod_side_config {
	bool used;
	enum sandbox_root root;
	const char *root_path; /* ROOT_DIRECTORY */
	const char *const
		*hide;	     /* absolute paths; those that exist are covered */
	int app_fd;	     /* a tree stream for /app, read-only; or -1 */
	int work_fd;	     /* a tree stream for a lasting /work; or -1 */
	uint64_t work_bytes; /* size of the lasting /work; 0: none */
	uint64_t app_bytes;  /* room for /app */
	uint64_t memory_bytes; /* of everything on this side, at any time */
	uint32_t processes;
};

struct pod_config {
	enum sandbox_policy policy;
	struct pod_side_config side[SIDE_COUNT];
	uint64_t data_bytes; /* size of /data (candidate's side); 0: none */
	int cancel_fd; /* readable: stop and fail with ERROR_CANCELLED; -1 */
};

struct pod;

/* On success *ret_pod is the caller's to pod_free(), which kills whatever is
 * inside and returns when nothing is left.  If something will not die within some
 * seconds, it returns all the same; then the ids that it has are given to no other pod
 * of this process, and its control groups are left to the next launcher. */
int pod_new(const struct pod_config *config, struct pod **ret_pod,
	    struct error *err) MUST_CHECK;
void pod_free(struct pod *pod);

/* After a pod_run() whose end had to be forced on the pod as a whole: its outcomes
 * stand, but the pod can only be freed.  Any other use of it is ERROR_INFRA. */
bool pod_is_spent(const struct pod *pod);

/* What a pod is made of, as it turned out on this host. */
struct pod_layers {
	bool own_ids;	  /* made by root: a range of host ids of its own */
	bool cgroup_v2;	  /* limits by v2; else by v1 */
	bool cgroup_kill; /* cgroup.kill is there */
	bool cpu_share;	  /* one share of the processors for all of it */
	bool fork_runs;	  /* FORTNIGHT_START=fork */
	unsigned landlock_abi; /* of the rules that were loaded; 0: none */
};

void pod_layers(const struct pod *pod, struct pod_layers *ret_layers);

/* Empty /data. */
int pod_data_reset(struct pod *pod, struct error *err) MUST_CHECK;
/* Cut bytes off the end of the regular file in /data that was written last. */
int pod_data_tear(struct pod *pod, uint64_t bytes,
		  struct error *err) MUST_CHECK;

/* Pack directory name of the lasting /work (after every run is dead) into a
 * tree stream.  On success *ret_fd is the caller's.  A missing directory, a FIFO, too
 * many bytes: ERROR_INPUT or ERROR_LIMIT, the candidate's fault. */
int pod_collect(struct pod *pod, const char *name, uint64_t bytes_max,
		int *ret_fd, struct error *err) MUST_CHECK;

/* ---- runs ------------------------------------------------------------------- */

struct run_limits {
	int64_t cpu_ns;	 /* of all processes together, by control group */
	int64_t wall_ns; /* backstop, CLOCK_MONOTONIC */
	uint64_t memory_bytes;
	uint32_t processes;
	uint64_t output_bytes; /* stdout and stderr, each */
	uint64_t file_bytes;   /* RLIMIT_FSIZE */
	uint64_t disk_bytes; /* /work when it is fresh; /tmp and /dev/shm too */
	uint32_t open_files;
};

struct run_config {
	enum pod_side side;
	const char *const *argv; /* argv[0] is an absolute path inside */
	const char *const
		*env; /* "NAME=value"; NULL-terminated; all there is */
	const void *stdin_data;
	size_t stdin_len;
	int files_fd; /* a tree stream unpacked into a fresh /work; or -1 */
	bool lasting_work; /* use the pod's /work instead of a fresh one */
	bool data;	   /* /data is there */
	bool collect_work; /* pack /work when all is dead: outcome.work_fd; that of
			    * a run over a limit whose pod is spent is empty */
	bool terminate; /* as a server, end with SIGTERM, and SIGKILL after 2 s */
	int64_t orphan_ns; /* the lead: gets SIGTERM when another run has ended by
			    * itself, and this long later is ended as at its wall
			    * limit; 0: not */
	struct run_limits limits;
};

enum outcome_kind {
	OUTCOME_EXITED,	   /* status is the exit status */
	OUTCOME_SIGNALLED, /* status is the signal */
	OUTCOME_LIMIT_CPU,
	OUTCOME_LIMIT_WALL,
	OUTCOME_LIMIT_MEMORY, /* the control group saw an OOM kill */
	OUTCOME_LIMIT_OUTPUT,
	OUTCOME_NOT_STARTED, /* execve failed; status is the errno */
	OUTCOME_ENDED	     /* a server, ended by us when the lead was done */
};

struct outcome {
	enum outcome_kind kind;
	int status;
	int64_t cpu_ns;
	int64_t wall_ns;
	int64_t dying_ns; /* of it, from the verdict until all was dead */
	uint64_t memory_peak_bytes;
	uint64_t
		max_rss_bytes; /* of the main process alone; 0: it was killed */
	uint32_t oom_kills;    /* evidence: processes the kernel killed */
	uint32_t forks_refused; /* evidence: pids limit hit */
	struct buf out, err;	/* what it printed, up to the cap */
	int work_fd;		/* with collect_work; -1 */
};

void outcome_init(struct outcome *outcome);
void outcome_done(struct outcome *outcome);
const char *outcome_kind_name(enum outcome_kind kind);

/* Start configs[0..count-1] in order, wait until the last one (the lead) has
 * ended, then end the others; return when everything inside is dead and each
 * outcome is decided.  count is 1, or 2 with different sides.  outcomes[] were
 * initialised by the caller.  A failure is infrastructure.  Ask pod_is_spent()
 * before the pod is used again. */
int pod_run(struct pod *pod, const struct run_config *configs, size_t count,
	    struct outcome *outcomes, struct error *err) MUST_CHECK;

/* ---- an outcome as isolate(1) writes it ----------------------------------------- */

/* Append key:value lines (META-FILES of isolate's manual page). */
void meta_write(const struct outcome *outcome, const struct run_limits *limits,
		struct buf *out);
/* The same for a failure of ours: status XX, and the message on one line. */
void meta_write_failure(const char *message, struct buf *out);

static inline void pod_free_(struct pod **pod)
{
	pod_free(*pod);
}
#define auto_pod     __attribute__((cleanup(pod_free_)))
#define auto_outcome __attribute__((cleanup(outcome_done)))

#endif
