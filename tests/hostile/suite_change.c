/* SPDX-License-Identifier: MIT */
#include "suite_change.h"

#include "attack_ipc.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

static int made; /* a descriptor, a process or an object: one at a time */

/* ---- files --------------------------------------------------------------------- */

static int touch(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static char *control_path(const char *dir)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/" CONTROL_NAME "%d", dir,
		       (int)getpid());
	return path;
}

static int make_tmp(const struct lures *lures)
{
	(void)lures;
	return touch(control_path("/tmp"));
}

static void undo_tmp(const struct lures *lures)
{
	(void)lures;
	(void)unlink(control_path("/tmp"));
}

static int make_shared(const struct lures *lures)
{
	(void)lures;
	return touch(control_path("/dev/shm"));
}

static void undo_shared(const struct lures *lures)
{
	(void)lures;
	(void)unlink(control_path("/dev/shm"));
}

static int make_canary(const struct lures *lures)
{
	int fd = openat(lures->directory_fd, "canary",
			O_WRONLY | O_APPEND | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	made = (int)st.st_size;
	if (write(fd, "x", 1) != 1)
		return -1;
	return close(fd);
}

static void undo_canary(const struct lures *lures)
{
	int fd = openat(lures->directory_fd, "canary", O_WRONLY | O_CLOEXEC);

	(void)!ftruncate(fd, made);
	close(fd);
}

/* ---- IPC, keys, descriptors -------------------------------------------------------- */

static int make_segment(const struct lures *lures)
{
	(void)lures;
	made = shmget(CONTROL_IPC_KEY + getpid(), 4096,
		      IPC_CREAT | IPC_EXCL | 0600);
	return made;
}

static void undo_segment(const struct lures *lures)
{
	(void)lures;
	(void)shmctl(made, IPC_RMID, NULL);
}

static const char *control_queue(void)
{
	return control_path("");
}

static int make_queue(const struct lures *lures)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 16 };
	mqd_t queue = mq_open(control_queue(), O_CREAT | O_EXCL | O_RDWR, 0644,
			      &attr);

	(void)lures;
	return queue == (mqd_t)-1 ? -1 : mq_close(queue);
}

static void undo_queue(const struct lures *lures)
{
	(void)lures;
	(void)mq_unlink(control_queue());
}

static int make_key(const struct lures *lures)
{
	char name[64];

	(void)lures;
	(void)snprintf(name, sizeof(name), CONTROL_NAME "%d", (int)getpid());
	return (int)syscall(SYS_add_key, "user", name, "x", 1,
			    KEY_SPEC_PROCESS_KEYRING);
}

static void undo_key(const struct lures *lures)
{
	(void)lures;
	(void)syscall(SYS_keyctl, KEYCTL_CLEAR, KEY_SPEC_PROCESS_KEYRING);
}

static int make_descriptor(const struct lures *lures)
{
	(void)lures;
	made = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return made;
}

static void undo_descriptor(const struct lures *lures)
{
	(void)lures;
	close(made);
}

/* ---- processes ------------------------------------------------------------------------ */

static int make_child(const struct lures *lures)
{
	(void)lures;
	made = fork();
	if (made == 0)
		for (;;)
			pause();
	return made;
}

static void undo_child(const struct lures *lures)
{
	(void)lures;
	(void)kill(made, SIGKILL);
	(void)waitpid(made, NULL, 0);
}

/* One that has left its parent and its session: the token tells. */
static int make_daemon(const struct lures *lures)
{
	char token[SUITE_TOKEN_SIZE + 16], sleep_[] = "sleep", time_[] = "60";
	char *argv[] = { sleep_, time_, NULL }, *env[] = { token, NULL };
	int p[2];
	pid_t pid;

	(void)snprintf(token, sizeof(token), "HS_TOKEN=%s", lures->token);
	if (pipe2(p, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		(void)setsid();
		pid = fork();
		if (pid > 0)
			_exit(write(p[1], &pid, sizeof(pid)) < 0);
		(void)execve("/bin/sleep", argv, env);
		_exit(1);
	}
	(void)waitpid(pid, NULL, 0);
	close(p[1]);
	if (read(p[0], &pid, sizeof(pid)) != (ssize_t)sizeof(pid))
		return -1;
	made = pid;
	/* Its copy of the pipe closes when it has become sleep(1). */
	(void)!read(p[0], &pid, 1);
	return close(p[0]);
}

static void undo_daemon(const struct lures *lures)
{
	(void)lures;
	(void)kill(made, SIGKILL);
}

/* ---- control groups --------------------------------------------------------------------- */

static void make_in(const char *base, void *arg)
{
	char path[640];

	(void)snprintf(path, sizeof(path), "%s/pod-%d-control", base,
		       (int)getpid());
	*(bool *)arg = mkdir(path, 0755) == 0 || *(bool *)arg;
}

static void undo_in(const char *base, void *arg)
{
	char path[640];

	(void)arg;
	(void)snprintf(path, sizeof(path), "%s/pod-%d-control", base,
		       (int)getpid());
	(void)rmdir(path);
}

static int make_group(const struct lures *lures)
{
	bool any = false;

	(void)lures;
	host_group_bases(make_in, &any);
	return any ? 0 : -1;
}

static void undo_group(const struct lures *lures)
{
	(void)lures;
	host_group_bases(undo_in, NULL);
}

/* ---- visitors ----------------------------------------------------------------------------- */

static int visit_inet(int type, unsigned port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	auto_close int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&in, sizeof(in)) < 0)
		return -1;
	return type == SOCK_DGRAM && send(fd, "x", 1, 0) != 1 ? -1 : 0;
}

static int make_visit_tcp(const struct lures *lures)
{
	return visit_inet(SOCK_STREAM, lures->tcp_port);
}

static void undo_visit_tcp(const struct lures *lures)
{
	close(accept4(lures->tcp, NULL, NULL, SOCK_CLOEXEC));
}

static int make_visit_udp(const struct lures *lures)
{
	return visit_inet(SOCK_DGRAM, lures->udp_port);
}

static void undo_visit_udp(const struct lures *lures)
{
	char byte;

	(void)!recv(lures->udp, &byte, 1, 0);
}

static int make_visit_abstract(const struct lures *lures)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t n = strlen(lures->abstract);

	memcpy(un.sun_path + 1, lures->abstract, n);
	return connect(
		fd, (struct sockaddr *)&un,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n));
}

static void undo_visit_abstract(const struct lures *lures)
{
	close(accept4(lures->unnamed, NULL, NULL, SOCK_CLOEXEC));
}

static int make_visit_named(const struct lures *lures)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(un.sun_path, sizeof(un.sun_path), "%.100s/socket",
		       lures->directory);
	return connect(fd, (struct sockaddr *)&un, sizeof(un));
}

static void undo_visit_named(const struct lures *lures)
{
	close(accept4(lures->local, NULL, NULL, SOCK_CLOEXEC));
}

const struct change changes[] = {
	{ "a file in /tmp", "new: file /tmp/hostile-control", make_tmp,
	  undo_tmp },
	{ "a file in /dev/shm", "new: file /dev/shm/hostile-control",
	  make_shared, undo_shared },
	{ "a change of a file", "gone: canary", make_canary, undo_canary },
	{ "a System V segment", "new: IPC /proc/sysvipc/shm", make_segment,
	  undo_segment },
	{ "a message queue", "new: message queue /hostile-control-", make_queue,
	  undo_queue },
	{ "a key", "new: key ", make_key, undo_key },
	{ "a descriptor", "descriptors of the launcher", make_descriptor,
	  undo_descriptor },
	{ "a child", "new: process ", make_child, undo_child },
	{ "a daemon", "(sleep)", make_daemon, undo_daemon },
	{ "a control group", "new: control group ", make_group, undo_group },
	{ "a visitor by TCP", "new: a visitor on the TCP", make_visit_tcp,
	  undo_visit_tcp },
	{ "a visitor by UDP", "new: a visitor on the UDP", make_visit_udp,
	  undo_visit_udp },
	{ "a visitor of an abstract socket", "new: a visitor on the abstract",
	  make_visit_abstract, undo_visit_abstract },
	{ "a visitor of a socket by its path", "new: a visitor on the named",
	  make_visit_named, undo_visit_named },
};

const size_t change_count = ARRAY_LEN(changes);

/* ---- in a copy ------------------------------------------------------------------------------ */

static int look_twice(const struct lures *lures, struct finding *seen)
{
	static const char name[] = "hostile-control";
	auto_lines struct lines before = { 0 };
	auto_lines struct lines after = { 0 };

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS) < 0)
		return -1;
	host_look(lures, &before);
	if (mount("none", lures->directory, "tmpfs", 0, "size=4096") < 0 ||
	    sethostname(name, sizeof(name) - 1) < 0)
		return -1;
	host_look(lures, &after);
	lines_compare(&before, &after, seen);
	return 0;
}

void change_in_a_copy(const struct lures *lures, struct finding *finding)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		struct finding seen = { .why = "" };
		bool ok = look_twice(lures, &seen) == 0 &&
			  strstr(seen.why, "new: host name hostile-control") &&
			  strstr(seen.why, "new: mount ");

		if (!ok)
			printf("# seen in the copy: %s (%s)\n", seen.why,
			       strerrordesc_np(errno));
		(void)fflush(stdout);
		_exit(!ok);
	}
	(void)waitpid(pid, &status, 0);
	if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		found(finding, "they were not");
}
