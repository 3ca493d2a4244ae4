/* SPDX-License-Identifier: MIT */
/*
 * Pods, from the outside: start the box, tell it what to make, and at the end
 * see to it that nothing is left.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"

#include "launch.h"
#include "policy.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#ifndef FORTNIGHT_LIBEXECDIR
#define FORTNIGHT_LIBEXECDIR "/usr/local/libexec/fortnight"
#endif

enum {
	UID_FIRST = 0x40000000, /* far above any ids in use or in subuid(5) */
	SLOTS = 16384,
	COMMAND_BYTES = 32 << 20 /* box_tear.c has as many folders open, with a
				  * buffer for each, as a path has levels */
};

static const int64_t patience_ns = 20 * NS_PER_SEC;
static const int64_t leave_patience_ns = NS_PER_SEC;
static const int64_t kill_patience_ns = 4 * NS_PER_SEC;

int wire_send(int socket, const void *message, size_t size, const int *fds,
	      size_t fd_count, struct error *err)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * WIRE_FDS_MAX)];
	} control = { 0 };
	struct iovec iov = { .iov_base = unconst(message), .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd_count) {
		struct cmsghdr *c;

		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * fd_count);
	}
	if (TEMP_FAILURE_RETRY(sendmsg(socket, &msg, MSG_NOSIGNAL)) < 0) {
		(void)error_set_errno(err, errno, "tell the sandbox");
		err->kind = ERROR_INFRA;
		return -1;
	}
	return 0;
}

int wire_wait_reply(const struct pod *pod, int socket, int64_t wait_ns,
		    struct wire_reply *ret_reply, struct error *err)
{
	int64_t deadline = clock_mono_ns() + wait_ns, left;
	struct pollfd polled[] = { { .fd = socket, .events = POLLIN },
				   { .fd = pod->cancel_fd, .events = POLLIN } };
	ssize_t n;

	while ((left = deadline - clock_mono_ns()) > 0) {
		(void)poll(polled, 2, (int)(left / NS_PER_MS) + 1);
		if (polled[1].revents)
			return error_set(err, ERROR_CANCELLED, "interrupted");
		if (polled[0].revents)
			break;
	}
	n = recv(socket, ret_reply, sizeof(*ret_reply), MSG_DONTWAIT);
	if (n <= 0 || !wire_reply_ok(ret_reply, (size_t)n))
		return error_set(err, ERROR_INFRA,
				 "the sandbox did not answer");
	if (ret_reply->kind == WIRE_FAILED)
		return box_error(err, ret_reply->step, ret_reply->error);
	return 0;
}

struct wire_command *wire_begin(const struct pod *pod, enum wire_verb verb)
{
	memset(pod->command, 0, offsetof(struct wire_command, strings));
	pod->command->verb = (uint8_t)verb;
	return pod->command;
}

int wire_verb(const struct pod *pod, int socket, enum wire_verb verb,
	      uint64_t bytes, struct error *err)
{
	struct wire_command *wire = wire_begin(pod, verb);

	wire->bytes = bytes;
	return wire_send(socket, wire, offsetof(struct wire_command, strings),
			 NULL, 0, err);
}

/* An id range is held by an abstract socket's name: unique on this host,
 * and free again when the process dies, whatever it dies of. */
static int take_slot(uint32_t *ret_base, int *ret_fd, struct error *err)
{
	auto_close int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (fd < 0)
		return error_set_errno(err, errno, "socket");
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		int n = snprintf(address.sun_path + 1,
				 sizeof(address.sun_path) - 1,
				 "fortnight-slot-%u", slot);

		if (bind(fd, (const struct sockaddr *)&address,
			 (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				     1 + (size_t)n)) < 0)
			continue;
		*ret_base = UID_FIRST + slot * WIRE_UID_COUNT;
		*ret_fd = steal_fd(&fd);
		return 0;
	}
	return error_set(err, ERROR_INFRA, "all %d id ranges are taken", SLOTS);
}

/* FORTNIGHT_BOX, beside this program (a build tree), or installed. */
int box_find(char path[WIRE_PATH_MAX], struct error *err)
{
	const char *named = secure_getenv("FORTNIGHT_BOX");
	char self[WIRE_PATH_MAX / 2];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (named) {
		(void)snprintf(path, WIRE_PATH_MAX, "%s", named);
		if (access(path, X_OK) == 0)
			return 0;
		return error_set(
			err, ERROR_HOST,
			"FORTNIGHT_BOX is %s, which is no program: let "
			"it name fortnight-box, or unset it",
			path);
	}
	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash) {
		*slash = '\0';
		(void)snprintf(path, WIRE_PATH_MAX, "%s/fortnight-box", self);
		if (access(path, X_OK) == 0)
			return 0;
	}
	(void)snprintf(path, WIRE_PATH_MAX, "%s/fortnight-box",
		       FORTNIGHT_LIBEXECDIR);
	if (access(path, X_OK) == 0)
		return 0;
	return error_set(err, ERROR_HOST,
			 "fortnight-box is not beside fortnight nor in %s: "
			 "run make install, or set FORTNIGHT_BOX",
			 FORTNIGHT_LIBEXECDIR);
}

/* The box gets its control sockets and nothing else: no environment, no
 * descriptors (all of ours are close-on-exec; the operator's standard ones give
 * way to /dev/null).  It has a process group of its
 * own, so that a terminal's ctrl-C goes to the launcher alone: a box that died of
 * it first would look like a host that cannot make one. */
static int spawn_box(struct pod *pod, const int theirs[SIDE_COUNT],
		     struct error *err)
{
	char path[WIRE_PATH_MAX], name[] = "fortnight-box";
	char *argv[] = { name, NULL }, *env[] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int rc;

	if (box_find(path, err) < 0)
		return -1;
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
					       "/dev/null", O_RDWR, 0);
	(void)posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO,
					       STDOUT_FILENO);
	(void)posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO,
					       STDERR_FILENO);
	for (int i = 0; i < SIDE_COUNT; i++)
		if (theirs[i] >= 0)
			(void)posix_spawn_file_actions_adddup2(
				&actions, theirs[i], WIRE_CONTROL_FD + i);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	(void)posix_spawnattr_setpgroup(&attributes, 0);
	rc = posix_spawn(&pod->box, path, &actions, &attributes, argv, env);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (rc != 0) {
		pod->box = -1;
		return error_set_errno(err, rc, "start %s", path);
	}
	return 0;
}

/* Descriptors 3 and 4 in the child must not be what is being copied there. */
static int high_socketpair(int ours_theirs[2], struct error *err)
{
	int low[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, low) < 0)
		return error_set_errno(err, errno, "socketpair");
	for (int i = 0; i < 2; i++) {
		ours_theirs[i] = fcntl(low[i], F_DUPFD_CLOEXEC, 16);
		close(low[i]);
	}
	if (ours_theirs[0] < 0 || ours_theirs[1] < 0)
		return error_set_errno(err, errno, "fcntl");
	return 0;
}

static size_t add_procs(const struct cgroup *cgroup, int *fds, uint8_t *count)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(cgroup->procs); i++)
		if (cgroup->procs[i] >= 0)
			fds[n++] = cgroup->procs[i];
	*count = (uint8_t)n;
	return n;
}

/* How runs start: in shared memory, or by fork (docs/decisions/0006). */
static int read_switch(struct pod *pod, struct error *err)
{
	const char *how = secure_getenv("FORTNIGHT_START");

	pod->forks = how && strcmp(how, "fork") == 0;
	if (!how || pod->forks || strcmp(how, "shared") == 0)
		return 0;
	return error_set(err, ERROR_INPUT,
			 "FORTNIGHT_START is \"%s\": it may be \"shared\" or "
			 "\"fork\", or not be set",
			 how);
}

static int send_pod(struct pod *pod, const struct pod_config *config,
		    struct error *err)
{
	const struct policy_blob *whole = &policy_pod_blobs[config->policy];
	const struct policy_blob *run = &policy_run_blobs[config->policy];
	auto_free struct wire_pod *wire = xcalloc(1, sizeof(*wire));
	int fds[WIRE_FDS_MAX];
	size_t n = 0;

	wire->magic = WIRE_MAGIC;
	wire->uid_self = geteuid();
	wire->gid_self = getegid();
	wire->fork_runs = pod->forks;
	if (geteuid() == 0 && take_slot(&pod->uid_base, &pod->slot, err) < 0)
		return -1;
	wire->uid_base = pod->uid_base;
	for (int i = 0; i < SIDE_COUNT; i++) {
		if (!pod->used[i])
			continue;
		wire->sides++;
		n += add_procs(&pod->cgroup[i], fds + n, &wire->cgroup_fds[i]);
		if (config->side[i].root == ROOT_DIRECTORY)
			(void)snprintf(wire->root_path[i], WIRE_PATH_MAX, "%s",
				       config->side[i].root_path);
	}
	if (whole->len > WIRE_FILTER_MAX || run->len > WIRE_RUN_FILTER_MAX)
		return error_set(err, ERROR_BUG, "a filter is too long");
	wire->filter_len = (uint32_t)whole->len;
	memcpy(wire->filter, whole->filter,
	       whole->len * sizeof(struct sock_filter));
	wire->run_filter_len = (uint32_t)run->len;
	memcpy(wire->run_filter, run->filter,
	       run->len * sizeof(struct sock_filter));
	return wire_send(pod->control[SIDE_CANDIDATE], wire, sizeof(*wire), fds,
			 n, err);
}

static int add_hidden(struct wire_side *wire, const char *const *hide,
		      struct error *err)
{
	for (; hide && *hide; hide++) {
		size_t len = strlen(*hide) + 1;

		if (wire->strings_len + len > WIRE_STRINGS_MAX)
			return error_set(err, ERROR_LIMIT,
					 "too many hidden paths");
		memcpy(wire->strings + wire->strings_len, *hide, len);
		wire->strings_len += (uint32_t)len;
		wire->hide_count++;
	}
	return 0;
}

static int send_side(const struct pod *pod, int which,
		     const struct pod_config *config, struct error *err)
{
	const struct pod_side_config *side = &config->side[which];
	auto_free struct wire_side *wire = xcalloc(1, sizeof(*wire));
	int fds[2];
	size_t n = 0;

	wire->root = (uint8_t)side->root;
	wire->author = which == SIDE_AUTHOR;
	wire->app_bytes = side->app_bytes;
	wire->work_bytes = side->work_bytes;
	wire->data_bytes = which == SIDE_CANDIDATE ? config->data_bytes : 0;
	if (side->app_fd >= 0) {
		wire->has_app = 1;
		fds[n++] = side->app_fd;
	}
	if (side->work_fd >= 0) {
		wire->has_work = 1;
		fds[n++] = side->work_fd;
	}
	if (add_hidden(wire, side->hide, err) < 0)
		return -1;
	return wire_send(pod->control[which], wire,
			 offsetof(struct wire_side, strings) +
				 wire->strings_len,
			 fds, n, err);
}

static int build_sides(struct pod *pod, const struct pod_config *config,
		       struct error *err)
{
	struct wire_reply reply;

	for (int i = 0; i < SIDE_COUNT; i++) {
		const struct pod_side_config *side = &config->side[i];

		if (!pod->used[i])
			continue;
		if (cgroup_limit_memory(&pod->cgroup[i], side->app_bytes,
					side->memory_bytes, err) < 0 ||
		    cgroup_limit_processes(&pod->cgroup[i], side->processes + 4,
					   err) < 0 ||
		    send_side(pod, i, config, err) < 0)
			return -1;
	}
	for (int i = 0; i < SIDE_COUNT; i++) {
		if (!pod->used[i])
			continue;
		if (wire_wait_reply(pod, pod->control[i], patience_ns, &reply,
				    err) < 0)
			return -1;
		pod->landlock_abi = (unsigned)reply.error;
	}
	for (int i = 0; i < SIDE_COUNT; i++)
		if (pod->used[i] && cgroup_settle(&pod->cgroup[i], err) < 0)
			return -1;
	return 0;
}

static int start_box(struct pod *pod, const struct pod_config *config,
		     struct error *err)
{
	int theirs[SIDE_COUNT] = { -1, -1 }, rc = 0;

	for (int i = 0; rc == 0 && i < SIDE_COUNT; i++) {
		int pair[2] = { -1, -1 };

		pod->used[i] = config->side[i].used;
		if (!pod->used[i])
			continue;
		rc = high_socketpair(pair, err);
		if (rc == 0) {
			pod->control[i] = pair[0];
			theirs[i] = pair[1];
			rc = cgroup_open(&pod->cgroup[i], err);
		}
	}
	if (rc == 0)
		rc = spawn_box(pod, theirs, err);
	for (int i = 0; i < SIDE_COUNT; i++)
		if (theirs[i] >= 0)
			close(theirs[i]);
	return rc;
}

static int count_cores(void)
{
	cpu_set_t cpus;

	return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? CPU_COUNT(&cpus)
							      : 1;
}

int pod_new(const struct pod_config *config, struct pod **ret_pod,
	    struct error *err)
{
	auto_pod struct pod *pod = xcalloc(1, sizeof(*pod));

	pod->box = -1;
	pod->slot = -1;
	pod->cancel_fd = config->cancel_fd;
	pod->cores = count_cores();
	pod->command = xcalloc(1, sizeof(*pod->command));
	for (int i = 0; i < SIDE_COUNT; i++) {
		pod->control[i] = -1;
		cgroup_init(&pod->cgroup[i]);
	}
	if (read_switch(pod, err) < 0 || start_box(pod, config, err) < 0 ||
	    send_pod(pod, config, err) < 0 || build_sides(pod, config, err) < 0)
		return -1;
	*ret_pod = STEAL(pod);
	return 0;
}

/* Reap the outer box, which leaves after pod init, which is reaped after everything
 * in its namespace: false when it has not within wait_ns. */
static bool reap_box(struct pod *pod, int pidfd, int64_t wait_ns)
{
	struct pollfd polled = { .fd = pidfd, .events = POLLIN };
	int status;

	if (pidfd >= 0)
		(void)poll(&polled, 1, (int)(wait_ns / NS_PER_MS));
	if (waitpid(pod->box, &status, pidfd >= 0 ? WNOHANG : 0) == 0)
		return false;
	pod->box = -1;
	return true;
}

/* The sockets close: pod init leaves, the kernel kills the rest.  If that takes too
 * long, everything in the control groups is killed. */
static void end_box(struct pod *pod)
{
	auto_close int pidfd = pidfd_open(pod->box, 0);

	if (!pod->spent && reap_box(pod, pidfd, leave_patience_ns))
		return;
	for (int i = 0; i < SIDE_COUNT; i++)
		if (pod->used[i])
			cgroup_kill_all(&pod->cgroup[i]);
	(void)kill(pod->box, SIGKILL);
	(void)reap_box(pod, pidfd, kill_patience_ns);
}

void pod_free(struct pod *pod)
{
	bool empty = true;

	if (!pod)
		return;
	for (int i = 0; i < SIDE_COUNT; i++)
		if (pod->control[i] >= 0)
			close(pod->control[i]);
	if (pod->box > 0)
		end_box(pod);
	for (int i = 0; i < SIDE_COUNT; i++)
		if (!cgroup_close(&pod->cgroup[i]))
			empty = false;
	/* Where a process with these ids may live, the range stays taken for as
	 * long as this process runs: the socket is left open. */
	if (pod->slot >= 0 && empty)
		close(pod->slot);
	free(pod->command);
	free(pod);
}

bool pod_is_spent(const struct pod *pod)
{
	return pod->spent;
}

void pod_layers(const struct pod *pod, struct pod_layers *ret_layers)
{
	const struct cgroup *cgroup = &pod->cgroup[SIDE_CANDIDATE];

	*ret_layers = (struct pod_layers){
		.own_ids = pod->slot >= 0,
		.cgroup_v2 = cgroup->v2,
		.cgroup_kill = cgroup->kill >= 0,
		.cpu_share = cgroup->share >= 0,
		.fork_runs = pod->forks,
		.landlock_abi = pod->landlock_abi,
	};
}

int pod_check(const struct pod *pod, struct error *err)
{
	return pod->spent ? error_set(err, ERROR_INFRA,
				      "the pod was killed as a whole")
			  : 0;
}

static int command(struct pod *pod, enum wire_verb verb, uint64_t bytes,
		   struct error *err)
{
	struct wire_reply reply;

	if (pod_check(pod, err) < 0 ||
	    cgroup_make_room(&pod->cgroup[SIDE_CANDIDATE], COMMAND_BYTES, err) <
		    0 ||
	    wire_verb(pod, pod->control[SIDE_CANDIDATE], verb, bytes, err) < 0)
		return -1;
	return wire_wait_reply(pod, pod->control[SIDE_CANDIDATE], patience_ns,
			       &reply, err);
}

int pod_data_reset(struct pod *pod, struct error *err)
{
	return command(pod, WIRE_DATA_RESET, 0, err);
}

int pod_data_tear(struct pod *pod, uint64_t bytes, struct error *err)
{
	return command(pod, WIRE_DATA_TEAR, bytes, err);
}

static int refused(const char *name, uint64_t bytes_max, int error,
		   struct error *err)
{
	if (error == EFBIG)
		return error_set(err, ERROR_LIMIT,
				 "%s holds more than %llu bytes, or too many "
				 "files",
				 name, (unsigned long long)bytes_max);
	if (error == EINVAL)
		return error_set(err, ERROR_INPUT,
				 "%s holds a FIFO, a socket or a device", name);
	return error_set(err, ERROR_INPUT, "there is no directory %s", name);
}

int pod_collect(struct pod *pod, const char *name, uint64_t bytes_max,
		int *ret_fd, struct error *err)
{
	struct wire_command *wire = wire_begin(pod, WIRE_COLLECT);
	auto_close int fd = memfd_create("collected", MFD_CLOEXEC);
	struct wire_reply reply = { 0 };
	int n;

	if (pod_check(pod, err) < 0)
		return -1;
	if (fd < 0)
		return error_set_errno(err, errno, "memory file");
	wire->bytes = bytes_max;
	n = snprintf(wire->strings, WIRE_PATH_MAX, "/work/%s", name);
	wire->strings_len = (uint32_t)n + 1;
	if (cgroup_make_room(&pod->cgroup[SIDE_CANDIDATE], bytes_max, err) <
		    0 ||
	    wire_send(pod->control[SIDE_CANDIDATE], wire,
		      offsetof(struct wire_command, strings) + (size_t)n + 1,
		      &fd, 1, err) < 0 ||
	    wire_wait_reply(pod, pod->control[SIDE_CANDIDATE], patience_ns,
			    &reply, err) < 0)
		return -1;
	if (reply.kind == WIRE_REFUSED)
		return refused(name, bytes_max, reply.error, err);
	*ret_fd = steal_fd(&fd);
	return 0;
}
