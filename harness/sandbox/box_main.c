/* SPDX-License-Identifier: MIT */
/*
 * fortnight-box - makes a pod and keeps it.
 *
 * Theory of operation.  The launcher starts this program once per pod, with
 * nothing but one control socket per side, and sends it a wire_pod.
 *
 *	outer box   joins the pod's control groups, then clones
 *	            NEWUSER|NEWPID|NEWNS|NEWNET|NEWIPC|NEWUTS; writes the child's id
 *	            maps (never host id 0); waits; is otherwise idle
 *	 pod init   pid 1 of the pod, id 0 inside: loopback up, no further
 *	            user namespaces, a root of its own (box_root.c), then serves
 *	            commands (box_pod.c).  When it dies, everything inside dies.
 *	  author's  the same for the author's side: forked from pod init before
 *	  pod init  it builds a root, in control groups and a mount namespace of
 *	            its own
 *	   run init pid 1 of one run (box_run.c): NEWPID|NEWNS|NEWIPC
 *	    candidate   no ids, no capabilities, no_new_privs, seccomp, exec
 *
 * Nothing allocates between clone and exec.  What a candidate left is read when
 * every process of the run is dead: by box_tree.c, which packs it, and by
 * box_tear.c, which cuts a file.  There qsort(3) and nftw(3) may allocate, a bounded
 * amount, for which the launcher makes room first.
 *
 * If the launcher dies, its sockets close; pod init sees that, exits, and
 * the kernel kills the rest.  The parent-death signal says the same sooner.
 */
#include "fortnight/base.h"

#include "box.h"

#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static struct wire_pod pod;
int box_usual_priority;

struct groups {
	int fds[WIRE_CGROUPS_MAX];
	size_t count;
};

static int join(const struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		if (write(groups->fds[i], "0", 1) != 1)
			return box_fail(STEP_JOIN_CGROUP);
	}
	return 0;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

static int write_proc(pid_t pid, const char *name, const char *text)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return write_file(path, text);
}

/* user_namespaces(7): as root a range of ids that nobody has; otherwise the
 * caller's own id and nothing else, after giving up setgroups(2). */
static int map_ids(pid_t child)
{
	char uids[64], gids[64];

	if (pod.uid_base) {
		(void)snprintf(uids, sizeof(uids), "0 %u %u\n", pod.uid_base,
			       (unsigned)WIRE_UID_COUNT);
		memcpy(gids, uids, sizeof(gids));
	} else {
		(void)snprintf(uids, sizeof(uids), "%d %u 1\n",
			       WIRE_CANDIDATE_UID, pod.uid_self);
		(void)snprintf(gids, sizeof(gids), "%d %u 1\n",
			       WIRE_CANDIDATE_UID, pod.gid_self);
		if (write_proc(child, "setgroups", "deny") < 0)
			return box_fail(STEP_MAP_IDS);
	}
	if (write_proc(child, "uid_map", uids) < 0 ||
	    write_proc(child, "gid_map", gids) < 0)
		return box_fail(STEP_MAP_IDS);
	return 0;
}

static int loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc;

	if (fd < 0)
		return box_fail(STEP_LOOPBACK);
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	rc = ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
	/* Cases share the network namespace: no connection of one may keep the next
	 * from binding a port, whether or not the program sets SO_REUSEADDR. */
	if (rc < 0 ||
	    write_file("/proc/sys/net/ipv4/tcp_max_tw_buckets", "0") < 0)
		return box_fail(STEP_LOOPBACK);
	return 0;
}

/* These sysctls are per user namespace (user_namespaces(7)): no namespace can
 * be made below this pod but the ones pod init makes for runs, and no pod can use
 * up what its owner has on this host. */
static int bound_user(void)
{
	static const struct {
		const char *file, *value;
		bool may_lack; /* a kernel that was built without */
	} bounds[] = {
		{ "/proc/sys/user/max_user_namespaces", "0", false },
		{ "/proc/sys/user/max_net_namespaces", "0", false },
		{ "/proc/sys/user/max_cgroup_namespaces", "2", false },
		{ "/proc/sys/user/max_inotify_instances", "32", true },
		{ "/proc/sys/user/max_inotify_watches", "16384", true },
		{ "/proc/sys/user/max_fanotify_groups", "0", true },
		{ "/proc/sys/user/max_fanotify_marks", "0", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(bounds); i++)
		if (write_file(bounds[i].file, bounds[i].value) < 0 &&
		    !(bounds[i].may_lack && errno == ENOENT))
			return box_fail(STEP_FORBID_NAMESPACES);
	return 0;
}

static int take_ids(void)
{
	if (pod.uid_base && (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 ||
			     setresuid(0, 0, 0) < 0))
		return box_fail(STEP_SET_IDS);
	if (prctl(PR_SET_DUMPABLE, 0) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return box_fail(STEP_SET_IDS);
	return 0;
}

/* Paths are opened while this process still is who the launcher was, so that
 * a private parent directory is no obstacle. */
static int open_roots(int roots[WIRE_SIDES])
{
	for (int i = 0; i < WIRE_SIDES; i++) {
		roots[i] = -1;
		if (!pod.root_path[i][0])
			continue;
		roots[i] = open(pod.root_path[i],
				O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (roots[i] < 0)
			return box_fail(STEP_ROOT_PATH);
	}
	return 0;
}

static void close_groups(const struct groups groups[WIRE_SIDES])
{
	for (int side = 0; side < WIRE_SIDES; side++)
		for (size_t i = 0; i < groups[side].count; i++)
			close(groups[side].fds[i]);
}

static int serve_side(int side, const struct groups groups[WIRE_SIDES],
		      int root_fd)
{
	if (pod.sides > 1)
		close(WIRE_CONTROL_FD + !side);
	if (side > 0 && join(&groups[side]) < 0)
		return -1;
	close_groups(groups);
	if (unshare(CLONE_NEWCGROUP) < 0)
		return box_fail(STEP_UNSHARE);
	return box_pod_serve(WIRE_CONTROL_FD + side, &pod, root_fd, side > 0);
}

static void report(int control)
{
	struct wire_reply reply = { .kind = WIRE_FAILED,
				    .step = (uint8_t)box_failure.step,
				    .error = box_failure.error };

	(void)box_send(control, &reply, sizeof(reply));
}

static int pod_set_up(int roots[WIRE_SIDES])
{
	static const char name[] = "fortnight";

	if (open_roots(roots) < 0 || take_ids() < 0 || loopback_up() < 0 ||
	    bound_user() < 0)
		return -1;
	return sethostname(name, sizeof(name) - 1) < 0 ? box_fail(STEP_SET_IDS)
						       : 0;
}

/* Born with mounts of its own: pod init goes on at once and changes its root,
 * and pivot_root(2) moves everybody who is still in the same mount namespace. */
static pid_t clone_side(void)
{
	unsigned long flags = CLONE_NEWNS | SIGCHLD;

	return (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
}

/* Pod init; mapped becomes readable when the id maps are written. */
static int pod_main(int mapped, const struct groups groups[WIRE_SIDES])
{
	int roots[WIRE_SIDES] = { -1, -1 }, side = 0;
	char byte;

	if (read(mapped, &byte, 1) != 1)
		return -1;
	close(mapped);
	if (pod_set_up(roots) < 0) {
		report(WIRE_CONTROL_FD);
		return -1;
	}
	if (pod.sides > 1) {
		pid_t pid = clone_side();

		if (pid < 0) {
			(void)box_fail(STEP_FORK_SIDE);
			report(WIRE_CONTROL_FD);
			return -1;
		}
		side = pid == 0;
	}
	if (serve_side(side, groups, roots[side]) < 0) {
		report(WIRE_CONTROL_FD + side);
		return -1;
	}
	return 0;
}

static int receive_pod(struct groups groups[WIRE_SIDES])
{
	int fds[WIRE_FDS_MAX] = { 0 };
	size_t count = 0, at = 0;
	ssize_t len =
		box_receive(WIRE_CONTROL_FD, &pod, sizeof(pod), fds, &count);

	if (len < 0)
		return -1;
	if (!wire_pod_ok(&pod, (size_t)len, count))
		return box_fail_with(STEP_RECEIVE, EPROTO);
	for (int i = 0; i < WIRE_SIDES; i++) {
		groups[i].count = pod.cgroup_fds[i];
		memcpy(groups[i].fds, fds + at, groups[i].count * sizeof(int));
		at += groups[i].count;
	}
	return 0;
}

static pid_t clone_pod(void)
{
	unsigned long flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS |
			      CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
			      SIGCHLD;

	return (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
}

/* Among a bomb's processes the inits have to get a processor, or its end waits for
 * their turn.  A program gets the usual priority back; so does everything in
 * an ordinary user's pod, who may not raise it. */
static void raise_priority(void)
{
	box_usual_priority = getpriority(PRIO_PROCESS, 0);
	(void)setpriority(PRIO_PROCESS, 0, PRIO_MIN);
}

static int outer_main(void)
{
	struct groups groups[WIRE_SIDES] = { 0 };
	int mapped[2], status = 0;
	pid_t child;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGPIPE, SIG_IGN);
	if (receive_pod(groups) < 0 || join(&groups[0]) < 0)
		return -1;
	raise_priority();
	if (pipe2(mapped, O_CLOEXEC) < 0)
		return box_fail(STEP_CLONE_POD);
	child = clone_pod();
	if (child < 0)
		return box_fail(STEP_CLONE_POD);
	if (child == 0) {
		close(mapped[1]);
		_exit(pod_main(mapped[0], groups) < 0);
	}
	close(mapped[0]);
	if (map_ids(child) < 0 || write(mapped[1], "m", 1) != 1)
		return -1;
	close(mapped[1]);
	for (int i = 0; i < pod.sides; i++)
		close(WIRE_CONTROL_FD + i);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	static const char usage[] =
		"fortnight-box is started by fortnight, not by hand.\n";
	int type = 0, rc;
	socklen_t len = sizeof(type);

	if (argc == 2 && strcmp(argv[1], "--probe") == 0)
		return box_probe_main();
	if (getsockopt(WIRE_CONTROL_FD, SOL_SOCKET, SO_TYPE, &type, &len) < 0 ||
	    type != SOCK_SEQPACKET) {
		(void)box_write_all(STDERR_FILENO, usage, sizeof(usage) - 1);
		return 2;
	}
	rc = outer_main();
	if (rc < 0)
		report(WIRE_CONTROL_FD);
	_exit(rc != 0);
}
