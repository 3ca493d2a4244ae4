/* SPDX-License-Identifier: MIT */
/* No attacks: what the suite tries its own judgement on, and a neighbour that
 * says whether it was disturbed. */
#include "attack.h"

#include <ctype.h>
#include <dirent.h>
#include <sys/personality.h>

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

/* Permitted in a session, for debuggers; not in a case. */
static void fixed_addresses(void)
{
	tried("personality(ADDR_NO_RANDOMIZE)", personality(ADDR_NO_RANDOMIZE));
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

static const struct attempt attempts[] = {
	{ "permitted", permitted },
	{ "other_errno", other_errno },
	{ "silent", silent },
	{ "asleep", asleep },
	{ "fixed_addresses", fixed_addresses },
	{ "leave_file", leave_file },
	{ "neighbour_prepare", neighbour_prepare },
	{ "neighbour_check", neighbour_check },
};

ATTACK_MAIN(attempts)
