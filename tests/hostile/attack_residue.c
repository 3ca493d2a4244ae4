/* SPDX-License-Identifier: MIT */
/* Attempts to leave something for the next run of the same submission: a key,
 * a listener, a port, an answer. */
#include "attack.h"

#include <arpa/inet.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/un.h>
#include <sys/xattr.h>

enum {
	PORT = 4242,
	CONNECTIONS_MAX = 30000 /* the usual range has 28 232 ports */
};

static const char answer[] = "hostile-answer";

/* Whatever is open stays open in a child that does not end by itself. */
static void stay_behind(void)
{
	if (fork() != 0)
		return;
	setsid();
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	for (;;)
		pause();
}

/* ---- keys ---------------------------------------------------------------------- */

static void leave_keys(void)
{
	for (long ring = -1; ring >= -5; ring--)
		(void)syscall(SYS_add_key, "user", answer, answer,
			      sizeof(answer), ring);
	say("INERT keys were left, if that is permitted");
}

static void find_keys(void)
{
	for (long ring = -1; ring >= -5; ring--)
		if (syscall(SYS_keyctl, 10 /* SEARCH */, ring, "user", answer,
			    0) >= 0)
			say("ALLOWED the key was found in ring %ld", ring);
	if (syscall(SYS_request_key, "user", answer, NULL, -4) >= 0)
		say("ALLOWED the key was found");
	if (open("/proc/keys", O_RDONLY | O_CLOEXEC) >= 0)
		say("ALLOWED /proc/keys can be read");
	say("INERT no key was found");
}

/* ---- sockets --------------------------------------------------------------------- */

static long local_socket(const char *name, bool is_abstract, bool bind_it)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t len = strlen(name);
	int sock = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				     is_abstract + len);

	memcpy(un.sun_path + is_abstract, name, len);
	if (!bind_it)
		return connect(sock, (struct sockaddr *)&un, size);
	if (bind(sock, (struct sockaddr *)&un, size) < 0)
		return -1;
	return listen(sock, 4);
}

static void leave_socket(void)
{
	if (local_socket("hostile-left", true, true) < 0 ||
	    local_socket("/tmp/hostile-left", false, true) < 0 ||
	    local_socket("/work/hostile-left", false, true) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	stay_behind();
	say("INERT three listeners were left");
}

static void find_socket(void)
{
	tried("the abstract one", local_socket("hostile-left", true, false));
	tried("in /tmp", local_socket("/tmp/hostile-left", false, false));
	tried("in /work", local_socket("/work/hostile-left", false, false));
	verdict();
}

static int bind_inet(int type)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(PORT),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int sock = socket(AF_INET, type, 0);

	if (bind(sock, (struct sockaddr *)&in, sizeof(in)) < 0)
		return -1;
	if (type == SOCK_STREAM && listen(sock, 4) < 0)
		return -1;
	return sock;
}

static void leave_port(void)
{
	if (bind_inet(SOCK_STREAM) < 0 || bind_inet(SOCK_DGRAM) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	stay_behind();
	say("INERT a listener was left on a port");
}

static void bind_port(void)
{
	if (bind_inet(SOCK_STREAM) < 0 || bind_inet(SOCK_DGRAM) < 0)
		say("ALLOWED nothing, but the port is not free: %s",
		    strerror(errno));
	say("INERT the port is free");
}

/* ---- answers --------------------------------------------------------------------- */

static const char *const files[] = {
	"/tmp/hostile-left",  "/dev/shm/hostile-left", "/work/hostile-left",
	"/data/hostile-left", "/app/hostile-left",     "/hostile-left",
	"/dev/hostile-left",  "/proc/hostile-left",    "/etc/hostile-left",
};

static void send_datagram(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(PORT),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int sock = socket(AF_INET, SOCK_DGRAM, 0);

	(void)sendto(sock, answer, sizeof(answer), 0, (struct sockaddr *)&in,
		     sizeof(in));
}

static void leave_state(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 64 };
	int made = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int fd = open(files[i], O_CREAT | O_WRONLY, 0644);

		made += fd >= 0 && write(fd, answer, sizeof(answer)) > 0;
	}
	if (made < 3)
		say("ALLOWED nothing: only %d files", made);
	if (shmget(ATTACK_IPC_KEY, 4096, IPC_CREAT | 0600) < 0 ||
	    semget(ATTACK_IPC_KEY, 1, IPC_CREAT | 0600) < 0 ||
	    msgget(ATTACK_IPC_KEY, IPC_CREAT | 0600) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	(void)mq_open("/hostile-left", O_CREAT | O_RDWR, 0600, &attr);
	if (flock(open("/app/attack_residue", O_RDONLY), LOCK_EX) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	(void)setxattr("/app/attack_residue", "user.hostile", answer,
		       sizeof(answer), 0);
	if (bind_inet(SOCK_DGRAM) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	send_datagram();
	stay_behind();
	say("INERT answers were left in %d files and elsewhere", made);
}

static void find_state(void)
{
	char value[64];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (access(files[i], F_OK) == 0)
			say("ALLOWED %s is there", files[i]);
	if (shmget(ATTACK_IPC_KEY, 4096, 0) >= 0)
		say("ALLOWED the System V segment is there");
	if (semget(ATTACK_IPC_KEY, 1, 0) >= 0)
		say("ALLOWED the semaphore is there");
	if (msgget(ATTACK_IPC_KEY, 0) >= 0)
		say("ALLOWED the System V queue is there");
	if (mq_open("/hostile-left", O_RDWR) >= 0)
		say("ALLOWED the message queue is there");
	if (flock(open("/app/attack_residue", O_RDONLY), LOCK_EX | LOCK_NB) < 0)
		say("ALLOWED the lock is held: %s", strerror(errno));
	if (getxattr("/app/attack_residue", "user.hostile", value,
		     sizeof(value)) >= 0)
		say("ALLOWED the attribute is there");
	if (bind_inet(SOCK_DGRAM) < 0)
		say("ALLOWED the socket is there");
	say("INERT nothing was found");
}

/* ---- what the host's devices remember ------------------------------------------------ */

/* Inodes of the host's, which anybody may write: a time set there would be read
 * by the next run and by other pods. */
static void device_times(void)
{
	static const char *const paths[] = { "/dev/null", "/dev/zero",
					     "/dev/full", "/dev/random",
					     "/dev/urandom" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		int fd = open(paths[i], O_RDWR | O_CLOEXEC);

		if (fd < 0 || read(fd, &(char){ 0 }, 1) < 0)
			say("ALLOWED nothing: %s: %s", paths[i],
			    strerror(errno));
		tried(paths[i], utimensat(AT_FDCWD, paths[i], NULL, 0));
		tried(paths[i], futimens(fd, NULL));
		tried(paths[i], chmod(paths[i], 0666));
		tried(paths[i], setxattr(paths[i], "user.hostile", "x", 1, 0));
		close(fd);
	}
	verdict();
}

/* ---- ports ----------------------------------------------------------------------------- */

static int connect_and_close(int listener, const struct sockaddr_in *to)
{
	int out = socket(AF_INET, SOCK_STREAM, 0), in = -1;
	int rc = connect(out, (const struct sockaddr *)to, sizeof(*to));

	if (rc == 0)
		in = accept(listener, NULL, NULL);
	close(out);
	if (in >= 0)
		close(in);
	return rc;
}

/* Each connection leaves a port in use for a minute. */
static void use_up_ports(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(PORT),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int listener = bind_inet(SOCK_STREAM), made = 0;

	while (made < CONNECTIONS_MAX && connect_and_close(listener, &to) == 0)
		made++;
	if (made < 1000)
		say("ALLOWED nothing: %d connections, then %s", made,
		    strerror(errno));
	say("INERT %d connections, then %s", made, strerror(errno));
}

static void connect_again(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(PORT),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int listener = bind_inet(SOCK_STREAM);

	if (listener < 0)
		say("ALLOWED the port is taken: %s", strerror(errno));
	for (int i = 0; i < 100; i++)
		if (connect_and_close(listener, &to) < 0)
			say("ALLOWED no port is left: %s", strerror(errno));
	say("INERT a hundred connections");
}

static const struct attempt attempts[] = {
	{ "leave_keys", leave_keys },	    { "find_keys", find_keys },
	{ "leave_socket", leave_socket },   { "find_socket", find_socket },
	{ "leave_port", leave_port },	    { "bind_port", bind_port },
	{ "leave_state", leave_state },	    { "find_state", find_state },
	{ "device_times", device_times },   { "use_up_ports", use_up_ports },
	{ "connect_again", connect_again },
};

ATTACK_MAIN(attempts)
