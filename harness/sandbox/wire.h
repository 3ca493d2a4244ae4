/* SPDX-License-Identifier: MIT */
/*
 * wire.h - what the launcher and the box say to each other.
 *
 * Both ends are built from one tree and run on one machine, so messages are
 * plain structs; each is one SOCK_SEQPACKET message, file descriptors beside
 * it (SCM_RIGHTS).  The box trusts the launcher.  The launcher trusts nothing
 * that a candidate could have written: of the box's messages it uses kinds
 * and numbers, never text from inside.
 *
 *	launcher -> outer box   wire_pod   (once; the outer box makes the pod)
 *	launcher -> pod init    wire_side, then any number of wire_command
 *	pod init -> launcher    wire_reply to each
 *	run init -> launcher    wire_status, on a socket of the run's own
 *	launcher -> run init    one byte: go
 */
#ifndef FORTNIGHT_SANDBOX_WIRE_H
#define FORTNIGHT_SANDBOX_WIRE_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WIRE_MAGIC = 0x464e5458,
	WIRE_PATH_MAX = 1024,
	WIRE_STRINGS_MAX = 120 * 1024, /* below the default socket buffer */
	WIRE_STRINGS_COUNT = 4096,     /* arguments and environment together */
	WIRE_FDS_MAX = 16,
	WIRE_CGROUPS_MAX = 6,
	WIRE_FILTER_MAX = 950,
	WIRE_RUN_FILTER_MAX = 64,
	WIRE_RUN_FDS = 4,      /* of every run: standard ones, status */
	WIRE_ERRNO_MAX = 4095, /* MAX_ERRNO of the kernel */
	WIRE_CONTROL_FD = 3, /* the sockets of the two sides in the outer box */
	WIRE_SIDES = 2,
	WIRE_CANDIDATE_UID = 1000,
	WIRE_AUTHOR_UID = 1001,
	WIRE_UID_COUNT = 65536
};

/* Limits of every run that no pack changes, for setrlimit(2). */
enum {
	WIRE_STACK_BYTES = 64 << 20,
	WIRE_LOCKED_BYTES = 64 << 10,
	WIRE_QUEUE_BYTES = 800 << 10,
	WIRE_SIGNALS_PENDING = 256
};

/* What was being done when something failed; sandbox/steps.c has the words. */
enum wire_step {
	STEP_NONE,
	STEP_RECEIVE,
	STEP_JOIN_CGROUP,
	STEP_CLONE_POD,
	STEP_MAP_IDS,
	STEP_SET_IDS,
	STEP_LOOPBACK,
	STEP_FORBID_NAMESPACES,
	STEP_FORK_SIDE,
	STEP_UNSHARE,
	STEP_ROOT_PATH,
	STEP_PRIVATE_MOUNTS,
	STEP_ROOT_TMPFS,
	STEP_BIND,
	STEP_DEVICES,
	STEP_HIDE,
	STEP_PROC,
	STEP_APP,
	STEP_WORK,
	STEP_DATA,
	STEP_UNPACK,
	STEP_PACK,
	STEP_PIVOT,
	STEP_READ_ONLY,
	STEP_CLONE_RUN,
	STEP_RUN_MOUNTS,
	STEP_FORK_CANDIDATE,
	STEP_STDIO,
	STEP_RLIMITS,
	STEP_DROP_IDS,
	STEP_DROP_CAPABILITIES,
	STEP_NO_NEW_PRIVS,
	STEP_LANDLOCK,
	STEP_SECCOMP,
	STEP_WAIT,
	STEP_TEAR,
	STEP_COUNT
};

struct wire_pod {
	uint32_t magic;
	uint32_t uid_base; /* host id of inside id 0; 0: rootless */
	uint32_t uid_self; /* rootless: the caller's ids, mapped to 1000 */
	uint32_t gid_self;
	uint8_t sides;			/* 1 or 2 */
	uint8_t cgroup_fds[WIRE_SIDES]; /* cgroup.procs files, per side */
	uint8_t fork_runs; /* runs start by fork, not in shared memory */
	char root_path[WIRE_SIDES][WIRE_PATH_MAX]; /* "" for none */
	/* The first holds for all of the pod and lets through what its inits need;
	 * the second takes that from the program (policy.h). */
	uint32_t filter_len, run_filter_len;
	struct sock_filter filter[WIRE_FILTER_MAX];
	struct sock_filter run_filter[WIRE_RUN_FILTER_MAX];
};

struct wire_side {
	uint8_t root;	  /* enum sandbox_root */
	uint8_t has_app;  /* a stream among the file descriptors */
	uint8_t has_work; /* likewise, after it */
	uint8_t author;
	uint32_t hide_count;
	uint64_t app_bytes, work_bytes, data_bytes; /* 0: not there */
	uint32_t strings_len;
	char strings[WIRE_STRINGS_MAX]; /* hide_count paths, NUL after each */
};

enum wire_verb {
	WIRE_RUN,
	WIRE_KILL,	/* the run, now */
	WIRE_END,	/* its main process, by SIGKILL; its status is told */
	WIRE_TERMINATE, /* likewise by SIGTERM */
	WIRE_DATA_RESET,
	WIRE_DATA_TEAR,
	WIRE_COLLECT,
	WIRE_TAKE_WORK /* pack the /work of the run that is dead: WIRE_DONE */
};

enum wire_flag {
	WIRE_FRESH_WORK = 1 << 0,
	WIRE_FILES = 1 << 1,	    /* a stream of files for /work */
	WIRE_COLLECT_WORK = 1 << 2, /* a memory file to pack /work into */
	WIRE_DATA = 1 << 3,
	WIRE_FLAGS = (1 << 4) - 1
};

struct wire_command {
	uint8_t verb;
	uint8_t flags;
	uint16_t argc, envc;
	uint16_t reserved;
	uint64_t bytes; /* torn off, or the collection's maximum */
	uint64_t disk_bytes, file_bytes;
	uint32_t open_files;
	uint32_t strings_len;
	char strings[WIRE_STRINGS_MAX];
};

enum wire_reply_kind {
	WIRE_READY,  /* the side is built; error is the version of Landlock that
		      * confines its runs, 0: none */
	WIRE_OK,     /* the command is done */
	WIRE_DONE,   /* the run and everything in it is dead */
	WIRE_FAILED, /* step and error say how */
	WIRE_REFUSED /* the candidate's fault: error is ENOENT, EFBIG, EINVAL */
};

struct wire_reply {
	uint8_t kind;
	uint8_t step;
	uint16_t reserved;
	int32_t error;
};

enum wire_status_kind {
	STATUS_READY,	    /* waiting for go */
	STATUS_ENDED,	    /* value is a wait status */
	STATUS_NOT_STARTED, /* value is execve's errno */
	STATUS_FAILED	    /* ours: step, value is the errno */
};

struct wire_status {
	uint8_t kind;
	uint8_t step;
	uint16_t reserved;
	int32_t value;
	uint64_t
		max_rss_bytes; /* STATUS_ENDED: the main process's (getrusage(2)) */
};

/* box_wire.c: whether a message of len bytes, with fds descriptors beside it, is
 * one that the other side may act on: whole, its counts and lengths true, each
 * string ended.  They read nothing beyond len. */
bool wire_pod_ok(const struct wire_pod *pod, size_t len, size_t fds);
bool wire_side_ok(const struct wire_side *side, size_t len, size_t fds);
bool wire_command_ok(const struct wire_command *command, size_t len,
		     size_t fds);
bool wire_reply_ok(const struct wire_reply *reply, size_t len);
bool wire_status_ok(const struct wire_status *status, size_t len);

#endif
