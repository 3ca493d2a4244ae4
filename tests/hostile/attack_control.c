/* SPDX-License-Identifier: MIT */
/* No attacks: what the suite tries its own judgement on, and a neighbour that
 * says whether it was disturbed. */
#include "attack.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/inotify.h>

enum {
	WORK_WORDS = 8192,
	WORK_ROUNDS = 400,
	SLOW_FACTOR = 12 /* for the control: more than any bound */
};

/* What a neighbour's job has to come to: found by hand, once. */
static const uint32_t work_result = 0xd49162c1;

static void permitted(void)
{
	tried("getpid", syscall(SYS_getpid));
	verdict();
}

static void other_errno(void)
{
	errno = EINVAL;
	tried("nothing at all", -1);
	verdict();
}

static void silent(void)
{
	_exit(0);
}

static void asleep(void)
{
	for (;;)
		pause();
}

/* Permitted in a session, for editors and servers that reload; not in a case. */
static void watch_files(void)
{
	tried("inotify_init1", inotify_init1(IN_CLOEXEC));
	verdict();
}

static void leave_file(void)
{
	int fd;

	mkdir("/work/out", 0755);
	fd = open("/work/out/answer", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, "42\n", 3) != 3)
		say("ALLOWED nothing: %s", strerror(errno));
	say("INERT a file was left");
}

static void neighbour_prepare(void)
{
	int fd = open("/work/canary", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, attack_token, strlen(attack_token)) !=
			      (ssize_t)strlen(attack_token))
		say("ALLOWED nothing: %s", strerror(errno));
	say("INERT ready");
}

/* Entries of a directory that a run begins with empty. */
static void must_be_empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			say("ALLOWED %s/%s is there", path, entry->d_name);
	if (dir)
		closedir(dir);
}

static void neighbour_check(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char text[128] = "";
	int fd = open("/work/canary", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0 ||
	    strcmp(text, attack_token) != 0)
		say("ALLOWED the neighbour's file is not as it was");
	while (proc && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    strtol(entry->d_name, NULL, 10) > getpid())
			say("ALLOWED process %s is here", entry->d_name);
	must_be_empty("/tmp");
	must_be_empty("/data");
	say("INERT as it was");
}

/* ---- a neighbour at work ------------------------------------------------------- */

/* The same work each time; its result tells whether it was done. */
static uint32_t work(int rounds)
{
	static uint32_t words[WORK_WORDS];
	uint32_t x = 1;

	for (int i = 0; i < WORK_WORDS; i++)
		words[i] = (uint32_t)i;
	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < WORK_WORDS; i++) {
			x = x * 1664525 + 1013904223 + words[i];
			words[i] ^= x;
		}
	return x;
}

static void must(const char *what, long rc)
{
	if (rc < 0)
		say("ALLOWED the neighbour could not %s: %s", what,
		    strerror(errno));
}

static void use_files(void)
{
	char text[8] = "";
	int fd = open("/tmp/own", O_CREAT | O_RDWR | O_CLOEXEC, 0600);

	must("make a file", fd);
	must("write it", write(fd, "own\n", 4));
	must("read it", pread(fd, text, sizeof(text), 0));
	must("remove it", unlink("/tmp/own"));
	close(fd);
	if (strcmp(text, "own\n") != 0)
		say("ALLOWED the neighbour's file holds \"%s\"", text);
}

static void use_processes(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(3);
	must("fork", pid);
	must("wait", waitpid(pid, &status, 0));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 3)
		say("ALLOWED the neighbour's child ended with %#x", status);
}

static void use_loopback(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(in);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must("bind", bind(server, (struct sockaddr *)&in, len));
	must("listen", listen(server, 1));
	must("name a port", getsockname(server, (struct sockaddr *)&in, &len));
	must("connect", connect(client, (struct sockaddr *)&in, len));
	close(client);
	close(server);
}

/* A descriptor goes round by a socket, and a file is watched: what the host
 * counts for all pods of a user together. */
static void use_counted(void)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = "" };
	struct iovec iov = { (char[]){ 'x' }, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int watcher = inotify_init1(IN_CLOEXEC), pair[2];

	must("watch", watcher);
	must("watch /tmp", inotify_add_watch(watcher, "/tmp", IN_CREATE));
	close(watcher);
	must("make a pair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &pair[0], sizeof(int));
	must("pass a descriptor", sendmsg(pair[0], &msg, 0));
	must("take it", recvmsg(pair[1], &msg, 0));
}

static void neighbour_work(void)
{
	use_files();
	use_processes();
	use_loopback();
	use_counted();
	if (work(WORK_ROUNDS) != work_result)
		say("ALLOWED the neighbour's result is %#x", work(WORK_ROUNDS));
	say("INERT the work is done");
}

static void neighbour_slow(void)
{
	(void)work(SLOW_FACTOR * WORK_ROUNDS);
	neighbour_work();
}

static void neighbour_wrong(void)
{
	if (work(WORK_ROUNDS + 1) != work_result)
		say("ALLOWED the neighbour's result is another");
	say("INERT the work is done");
}

static const struct attempt attempts[] = {
	{ "permitted", permitted },
	{ "neighbour_work", neighbour_work },
	{ "neighbour_slow", neighbour_slow },
	{ "neighbour_wrong", neighbour_wrong },
	{ "other_errno", other_errno },
	{ "silent", silent },
	{ "asleep", asleep },
	{ "watch_files", watch_files },
	{ "leave_file", leave_file },
	{ "neighbour_prepare", neighbour_prepare },
	{ "neighbour_check", neighbour_check },
};

ATTACK_MAIN(attempts)
