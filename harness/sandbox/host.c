/* SPDX-License-Identifier: MIT */
/*
 * What this host can enforce, found by trying: control groups by opening one,
 * everything else by making a pod and letting the box look round inside it as a
 * candidate would.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/fd.h"
#include "fortnight/treestream.h"

#include "launch.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>

enum {
	OPEN_FILES_NEEDED = 1024, /* a build has them */
	OPEN_FILES_GOOD = 65536,  /* of this user's in flight, see below */
	PROCESSES_NEEDED = 512,	  /* a build has 256 */
	THREAD_STACK_BYTES = 1 << 20
};

static const char cure_userns[] =
	"allow user namespaces to this user (user_namespaces(7))";

static const char cure_box[] =
	"let FORTNIGHT_BOX name this build's fortnight-box, or unset it; ";

struct sandbox_fact *host_add(struct sandbox_host *host, const char *name,
			      bool works, bool required)
{
	struct sandbox_fact *fact = &host->facts[host->count++];

	*fact = (struct sandbox_fact){ .name = name,
				       .works = works,
				       .required = required };
	return fact;
}

static struct sandbox_fact *add(struct sandbox_host *host, const char *name,
				bool works)
{
	return host_add(host, name, works, true);
}

/* What a run gets, or must not be limited by: else the same submission would have
 * another verdict here.  A hard limit can be raised with CAP_SYS_RESOURCE of the
 * host's user namespace alone (setrlimit(2)), which nothing in a pod has; all of
 * a pod's processes count for RLIMIT_NPROC of who made it (user_namespaces(7)). */
static const struct needed {
	rlim_t want;
	const char *name;
	int what;
	const char *ulimit; /* -H... */
} needed[] = {
	{ WIRE_STACK_BYTES, "RLIMIT_STACK", RLIMIT_STACK, "s unlimited" },
	{ WIRE_LOCKED_BYTES, "RLIMIT_MEMLOCK", RLIMIT_MEMLOCK, "l unlimited" },
	{ WIRE_QUEUE_BYTES, "RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE, "q unlimited" },
	{ WIRE_SIGNALS_PENDING, "RLIMIT_SIGPENDING", RLIMIT_SIGPENDING,
	  "i unlimited" },
	{ OPEN_FILES_NEEDED, "RLIMIT_NOFILE", RLIMIT_NOFILE, "n 1024" },
	{ PROCESSES_NEEDED, "RLIMIT_NPROC", RLIMIT_NPROC, "u unlimited" },
	{ RLIM_INFINITY, "RLIMIT_FSIZE", RLIMIT_FSIZE, "f unlimited" },
	{ RLIM_INFINITY, "RLIMIT_CPU", RLIMIT_CPU, "t unlimited" },
	{ RLIM_INFINITY, "RLIMIT_AS", RLIMIT_AS, "v unlimited" },
	{ RLIM_INFINITY, "RLIMIT_DATA", RLIMIT_DATA, "d unlimited" },
};

static void print_limit(char text[24], rlim_t value)
{
	if (value == RLIM_INFINITY)
		(void)snprintf(text, 24, "unlimited");
	else
		(void)snprintf(text, 24, "%llu", (unsigned long long)value);
}

/* As far as the hard limit permits; false when that is not far enough.  Pod init
 * and the launcher itself live under the soft ones. */
static bool raise_soft(const struct needed *need, rlim_t *ret_hard)
{
	/* Descriptors in a message that is not yet received are counted for a user,
	 * not for a process, and an ordinary user's pods are that user's own: what
	 * candidates send each other must not keep us from sending (unix(7),
	 * ETOOMANYREFS). */
	rlim_t good = need->what == RLIMIT_NOFILE ? OPEN_FILES_GOOD
						  : need->want;
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)need->what, &limit) < 0)
		return true;
	*ret_hard = limit.rlim_max;
	if (limit.rlim_cur < good) {
		limit.rlim_cur = limit.rlim_max < good ? limit.rlim_max : good;
		(void)setrlimit((__rlimit_resource_t)need->what, &limit);
	}
	return limit.rlim_max >= need->want;
}

/* A thread's stack is what RLIMIT_STACK was when the program began
 * (pthread_create(3)). */
static void widen_threads(void)
{
	pthread_attr_t attr;
	size_t bytes;

	if (pthread_getattr_default_np(&attr) != 0)
		return;
	if (pthread_attr_getstacksize(&attr, &bytes) == 0 &&
	    bytes < THREAD_STACK_BYTES &&
	    pthread_attr_setstacksize(&attr, THREAD_STACK_BYTES) == 0)
		(void)pthread_setattr_default_np(&attr);
	(void)pthread_attr_destroy(&attr);
}

int sandbox_raise_limits(struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		char has[24], want[24];
		rlim_t hard = 0;

		if (raise_soft(&needed[i], &hard) || rc < 0)
			continue;
		print_limit(has, hard);
		print_limit(want, needed[i].want);
		rc = error_set(err, ERROR_HOST,
			       "%s is %s, and scoring takes %s: raise the hard "
			       "limit that fortnight is started with (ulimit "
			       "-H%s, as root)",
			       needed[i].name, has, want, needed[i].ulimit);
	}
	widen_threads();
	return rc;
}

static void look_at_limits(struct sandbox_host *host)
{
	struct error err = ERROR_INIT;
	struct sandbox_fact *fact =
		add(host, "hard limits", sandbox_raise_limits(&err) == 0);
	size_t cause = strcspn(err.text, ":");

	if (fact->works) {
		(void)snprintf(fact->detail, sizeof(fact->detail),
			       "high enough");
		return;
	}
	(void)snprintf(fact->detail, sizeof(fact->detail), "%.*s", (int)cause,
		       err.text);
	(void)snprintf(fact->cure, sizeof(fact->cure), "%s",
		       err.text + cause + 2);
}

/* What box_probe.c prints, and what each line must say. */
static const struct {
	const char *line, *name;
	long want;
} wants[] = {
	{ "uid", "ids dropped", WIRE_CANDIDATE_UID },
	{ "no_new_privs", "no_new_privs", 1 },
	{ "seccomp", "seccomp filter", 2 },
	{ "bounding", "capabilities dropped", 0 },
	{ "unshare", "no nested user namespaces", EPERM },
	{ "vsock", "no sockets past the network namespace", EAFNOSUPPORT },
	{ "io_uring", "no io_uring", ENOSYS },
	{ "host", "host files out of reach", ENOENT },
	{ "landlock", "Landlock, where the kernel has it", 1 },
};

static void judge(struct sandbox_host *host, const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
		struct sandbox_fact *fact = add(host, wants[i].name, false);
		const char *at = text;
		size_t len = strlen(wants[i].line);
		long got = -1;

		while (at && strncmp(at, wants[i].line, len) != 0) {
			at = strchr(at, '\n');
			at = at ? at + 1 : NULL;
		}
		if (at)
			got = strtol(at + len, NULL, 10);
		fact->works = at && got == wants[i].want;
		(void)snprintf(fact->detail, sizeof(fact->detail),
			       "%s is %ld inside, want %ld", wants[i].line, got,
			       wants[i].want);
		if (!fact->works)
			(void)snprintf(fact->cure, sizeof(fact->cure),
				       "a kernel of 5.12 or later with user "
				       "namespaces and seccomp filters");
	}
}

/* A tree stream (treestream.h) with the box itself as its only file: it is
 * static, so it is a program that a bare root can hold. */
static int box_stream(int *ret_fd, uint64_t *ret_bytes, struct error *err)
{
	struct buf box = BUF_INIT(64 << 20);
	struct tree_header header = { .type = TREE_FILE,
				      .executable = 1,
				      .path_len = 3 };
	char path[WIRE_PATH_MAX];
	auto_close int from = -1, to = -1;
	int rc;

	if (box_find(path, err) < 0 || fd_memory("box", &to, err) < 0)
		return -1;
	from = open(path, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return error_set_errno(err, errno, "open %s", path);
	rc = fd_read_all(from, &box, err);
	header.data_len = box.len;
	if (rc == 0)
		rc = fd_write_all(to, TREE_MAGIC, TREE_MAGIC_LEN, err);
	if (rc == 0)
		rc = fd_write_all(to, &header, sizeof(header), err);
	if (rc == 0)
		rc = fd_write_all(to, "box", 3, err);
	if (rc == 0)
		rc = fd_write_all(to, buf_text(&box), box.len, err);
	*ret_bytes = box.len + (1 << 20);
	buf_done(&box);
	if (rc == 0) {
		*ret_fd = to;
		to = -1;
	}
	return rc;
}

static int look_inside(struct outcome *outcome, struct error *err)
{
	struct pod_config config = { .cancel_fd = -1 };
	struct pod_side_config *side = &config.side[SIDE_CANDIDATE];
	auto_pod struct pod *pod = NULL;
	auto_close int stream = -1;
	const char *argv[] = { "/app/box", "--probe", NULL };
	const char *env[] = { NULL };
	struct run_config run = { .argv = argv,
				  .env = env,
				  .files_fd = -1,
				  .limits = { .cpu_ns = NS_PER_SEC,
					      .wall_ns = 10 * NS_PER_SEC,
					      .memory_bytes = 64 << 20,
					      .processes = 16,
					      .output_bytes = 65536,
					      .file_bytes = 1 << 20,
					      .disk_bytes = 4 << 20,
					      .open_files = 64 } };

	*side = (struct pod_side_config){ .used = true,
					  .root = ROOT_BARE,
					  .work_fd = -1,
					  .memory_bytes = 64 << 20,
					  .processes = 16 };
	if (box_stream(&stream, &side->app_bytes, err) < 0)
		return -1;
	side->app_fd = stream;
	if (pod_new(&config, &pod, err) < 0)
		return -1;
	return pod_run(pod, &run, 1, outcome, err);
}

static void probe_inside(struct sandbox_host *host)
{
	auto_outcome struct outcome outcome;
	struct error err = ERROR_INIT;
	struct sandbox_fact *fact;
	int rc;

	outcome_init(&outcome);
	rc = look_inside(&outcome, &err);
	fact = add(host, "namespaces, root, private /proc", rc == 0);
	(void)snprintf(fact->detail, sizeof(fact->detail), "%.190s",
		       rc == 0 ? "user, mount, pid, net, ipc, uts, cgroup"
			       : err.text);
	if (rc == 0)
		judge(host, buf_text(&outcome.out));
	else if (err.kind != ERROR_HOST && /* or else the message has it */
		 !host_userns_switch("/proc/sys", geteuid() == 0, fact))
		(void)snprintf(fact->cure, sizeof(fact->cure), "%s%s",
			       secure_getenv("FORTNIGHT_BOX") ? cure_box : "",
			       cure_userns);
}

void sandbox_probe(struct sandbox_host *ret_host)
{
	struct error err = ERROR_INIT;
	struct sandbox_fact *fact;
	struct utsname name;

	*ret_host = (struct sandbox_host){ 0 };
	look_at_limits(ret_host); /* first: what follows takes a stack */
	fact = add(ret_host, "memory, process and CPU limits (control groups)",
		   cgroup_available(&err) == 0);
	(void)snprintf(fact->detail, sizeof(fact->detail), "%.190s",
		       fact->works ? "memory, processes, CPU time" : err.text);
	if (!fact->works && geteuid() != 0)
		(void)snprintf(fact->cure, sizeof(fact->cure),
			       "as root, run: fortnight doctor --delegate %u",
			       (unsigned)geteuid());
	(void)uname(&name);
	fact = add(ret_host, "kernel", true);
	(void)snprintf(fact->detail, sizeof(fact->detail), "%.190s",
		       name.release);
	if (sandbox_check(ret_host, &err) < 0)
		return;
	probe_inside(ret_host);
	host_add_quirks(ret_host);
}

int sandbox_check(const struct sandbox_host *host, struct error *err)
{
	for (size_t i = 0; i < host->count; i++)
		if (host->facts[i].required && !host->facts[i].works)
			return error_set(err, ERROR_HOST, "%s: %s%s%s",
					 host->facts[i].name,
					 host->facts[i].detail,
					 host->facts[i].cure[0] ? "; " : "",
					 host->facts[i].cure);
	return 0;
}
