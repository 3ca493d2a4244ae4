/* SPDX-License-Identifier: MIT */
/* Attempts to lead astray who collects /work/out when everything is dead. */
#include "attack.h"

#include <limits.h>
#include <sys/un.h>
#include <sys/xattr.h>

/* Make out/ and be in it. */
static void enter_out(void)
{
	if (mkdir("/work/out", 0755) < 0 || chdir("/work/out") < 0)
		say("ALLOWED nothing: no out/: %s", strerror(errno));
}

static void write_file(const char *name, const char *text)
{
	int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		say("ALLOWED nothing: %s: %s", name, strerror(errno));
	close(fd);
}

static void make_link(const char *target, const char *name)
{
	if (symlink(target, name) < 0)
		say("ALLOWED nothing: %s: %s", name, strerror(errno));
}

/* ---- links ---------------------------------------------------------------------- */

static void links_out(void)
{
	enter_out();
	make_link("/etc/shadow", "absolute");
	make_link("../../etc/passwd", "relative");
	make_link("/proc/self/root/etc", "magic");
	make_link("/proc/1/fd/3", "descriptor");
	make_link("nowhere", "dangling");
	make_link("absolute", "chain");
	say("INERT six links lead out");
}

static void links_loop(void)
{
	enter_out();
	make_link("b", "a");
	make_link("a", "b");
	say("INERT two links lead to each other");
}

static void links_self(void)
{
	enter_out();
	make_link(".", "here");
	make_link("here/here/self", "self");
	say("INERT a link leads to itself through its folder");
}

static void links_chain(void)
{
	char name[16], target[16];

	enter_out();
	write_file("link-0", "the end\n");
	for (int i = 1; i <= 60; i++) {
		snprintf(name, sizeof(name), "link-%d", i);
		snprintf(target, sizeof(target), "link-%d", i - 1);
		make_link(target, name);
	}
	say("INERT a chain of 60 links");
}

static void out_is_link(void)
{
	make_link("/app", "/work/out");
	say("INERT out is a link");
}

static void out_is_file(void)
{
	write_file("/work/out", "no directory\n");
	say("INERT out is a file");
}

static void out_is_missing(void)
{
	say("INERT there is no out");
}

/* A child that goes on exchanging a file and a link while others look. */
static void swap_race(void)
{
	enter_out();
	write_file("one", "a file\n");
	make_link("/etc/shadow", "two");
	if (fork() == 0)
		for (;;)
			(void)renameat2(AT_FDCWD, "one", AT_FDCWD, "two",
					RENAME_EXCHANGE);
	nap_ms(50);
	say("INERT a file and a link change places");
}

static void move_root(void)
{
	tried("rename(/work, /tmp/x)", rename("/work", "/tmp/hostile-work"));
	tried("rename(/work, /hostile)", rename("/work", "/hostile-work"));
	tried("rmdir(/work)", rmdir("/work"));
	tried("symlink(/work)", symlink("/app", "/work"));
	tried("rename(/app)", rename("/app", "/hostile-app"));
	tried("rename(/tmp)", rename("/tmp", "/work/hostile-tmp"));
	verdict();
}

/* ---- hard links -------------------------------------------------------------------- */

static void hard_links_out(void)
{
	enter_out();
	tried("link(/app)", link("/app/attack_files", "app"));
	tried("link(/usr/bin/env)", link("/usr/bin/env", "env"));
	tried("link(/etc/passwd)", link("/etc/passwd", "passwd"));
	tried("link(/dev/null)", link("/dev/null", "null"));
	tried("link(/proc/self/exe)",
	      linkat(AT_FDCWD, "/proc/self/exe", AT_FDCWD, "exe",
		     AT_SYMLINK_FOLLOW));
	verdict();
}

/* One file under 100 names: as large as 100 files. */
static void hard_links_many(void)
{
	char name[32];
	int fd;

	enter_out();
	fd = open("one", O_CREAT | O_RDWR | O_CLOEXEC, 0644);
	if (fd < 0 || ftruncate(fd, 1 << 20) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "name-%d", i);
		if (link("one", name) < 0)
			say("ALLOWED nothing: %s", strerror(errno));
	}
	say("INERT one file has 101 names");
}

/* ---- what is no file ---------------------------------------------------------------- */

static void fifo(void)
{
	enter_out();
	if (mkfifo("pipe", 0666) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	say("INERT a FIFO");
}

static void socket_file(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "socket" };
	int sock = socket(AF_UNIX, SOCK_STREAM, 0);

	enter_out();
	if (bind(sock, (struct sockaddr *)&un, sizeof(un)) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	say("INERT a socket");
}

/* ---- files -------------------------------------------------------------------------- */

/* A child that goes on writing while others look. */
static void growing(void)
{
	static const char line[] = "one more line\n";
	int fd;

	enter_out();
	fd = open("log", O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
	if (fork() == 0) {
		signal(SIGXFSZ, SIG_IGN);
		for (;;)
			(void)!write(fd, line, sizeof(line) - 1);
	}
	nap_ms(50);
	say("INERT a file grows");
}

static void unreadable(void)
{
	enter_out();
	write_file("secret", "secret\n");
	mkdir("closed", 0755);
	write_file("closed/inner", "inner\n");
	chmod("secret", 0);
	chmod("closed", 0);
	chmod("/work/out", 0);
	chmod("/work", 0);
	say("INERT nobody may read it");
}

static void attributes(void)
{
	enter_out();
	write_file("program", "text\n");
	chmod("program", 01777);
	(void)setxattr("program", "user.hostile", "x", 1, 0);
	(void)setxattr("program", "system.posix_acl_access", "x", 1, 0);
	(void)setxattr("program", "security.hostile", "x", 1, 0);
	tried("chmod(u+s)", chmod("program", 04755));
	tried("security.capability",
	      setxattr("program", "security.capability", "x", 1, 0));
	verdict();
}

static void names(void)
{
	static const char *const odd[] = {
		"-rf",
		"a\nb",
		"\xff\xfe",
		"\033[31mred",
		"Twin",
		"twin",
		" ",
		"...",
		"\\",
		"*",
		"$(id)",
		"a;b",
		"\"",
		"\x01",
		"con.",
		"\xe2\x80\xae"
		"fdp",
		"%s%n",
	};
	char longest[NAME_MAX + 1];

	enter_out();
	memset(longest, 'x', NAME_MAX);
	longest[NAME_MAX] = '\0';
	write_file(longest, "x");
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		write_file(odd[i], "x");
	say("INERT 18 odd names");
}

/* Until something says stop, or as many as the argument of the row. */
static void many(void)
{
	char name[32];
	long made = 0;

	enter_out();
	for (; made < 60000; made++) {
		snprintf(name, sizeof(name), "%ld", made);
		if (mknod(name, S_IFREG | 0600, 0) < 0)
			break;
	}
	say("INERT %ld files", made);
}

/* Long names in deep folders: a path of more than a path's length. */
static void long_paths(void)
{
	char name[201];
	int level = 0;

	enter_out();
	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (; level < 20; level++)
		if (mkdir(name, 0755) < 0 || chdir(name) < 0)
			say("ALLOWED nothing: %s", strerror(errno));
	write_file("end", "x");
	say("INERT a path of %d bytes", level * (int)sizeof(name));
}

static void hole(void)
{
	int fd;

	enter_out();
	fd = open("hole", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0 || ftruncate(fd, 8 << 20) < 0)
		say("ALLOWED nothing: %s", strerror(errno));
	say("INERT a hole of 8 MiB");
}

static const struct attempt attempts[] = {
	{ "links_out", links_out },
	{ "links_loop", links_loop },
	{ "links_self", links_self },
	{ "links_chain", links_chain },
	{ "out_is_link", out_is_link },
	{ "out_is_file", out_is_file },
	{ "out_is_missing", out_is_missing },
	{ "swap_race", swap_race },
	{ "move_root", move_root },
	{ "hard_links_out", hard_links_out },
	{ "hard_links_many", hard_links_many },
	{ "fifo", fifo },
	{ "socket", socket_file },
	{ "growing", growing },
	{ "unreadable", unreadable },
	{ "attributes", attributes },
	{ "names", names },
	{ "many", many },
	{ "long_paths", long_paths },
	{ "hole", hole },
};

ATTACK_MAIN(attempts)
