/* SPDX-License-Identifier: MIT */
/*
 * attack_rights.h - code that somebody else starts: a compiler's plugin, a
 * build tool's script, a program in memory.  It is this program again,
 *
 *	/app/attack_NAME rights TOKEN
 *
 * and it writes what it was permitted to the file that HS_REPORT names, a line
 * for each time it was started, by which the attempt judges.
 */
#ifndef HOSTILE_ATTACK_RIGHTS_H
#define HOSTILE_ATTACK_RIGHTS_H

#include "attack.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

static const char rights_report[] = "/tmp/hostile-report";

static inline bool has_privileges(void)
{
	char line[128];
	bool any = false;
	FILE *status = fopen("/proc/self/status", "re");

	while (status && fgets(line, sizeof(line), status)) {
		const char *value = strchr(line, ':');

		if (strncmp(line, "Cap", 3) == 0)
			any = any || strtoull(value + 1, NULL, 16) != 0;
		if (strncmp(line, "NoNewPrivs", 10) == 0)
			any = any || strtol(value + 1, NULL, 10) != 1;
		if (strncmp(line, "Seccomp:", 8) == 0)
			any = any || strtol(value + 1, NULL, 10) != 2;
	}
	if (status)
		fclose(status);
	return any || !status;
}

static inline void rights(void)
{
	FILE *report = fopen(rights_report, "ae");

	if (has_privileges())
		tried("capabilities, new privileges or no filter", 0);
	tried("mount", mount("none", "/tmp", "tmpfs", 0, NULL));
	tried("unshare(NEWUSER)", unshare(CLONE_NEWUSER));
	tried("ptrace(TRACEME)", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	tried("keyctl", syscall(SYS_keyctl, 0, -4, 1));
	tried("AF_NETLINK", socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
	tried("setuid(0)", getuid() == 0 ? 0 : setuid(0));
	tried_open("/etc/shadow", O_RDONLY);
	tried_open("/proc/1/mem", O_RDONLY);
	tried("create in /app",
	      open("/app/hostile-new", O_CREAT | O_WRONLY, 0600));
	tried("create in /usr",
	      open("/usr/hostile-new", O_CREAT | O_WRONLY, 0600));
	if (!report)
		say("ALLOWED nothing: no report");
	fprintf(report, "%s\n",
		attack_tally.allowed[0] ? attack_tally.allowed
					: attack_tally.errors);
	fclose(report);
	verdict();
}

/* Take over what was reported since the last time; how many reports. */
static inline int rights_reported(const char *what)
{
	FILE *report = fopen(rights_report, "re");
	char line[256], *save = NULL;
	int count = 0;

	while (report && fgets(line, sizeof(line), report)) {
		line[strcspn(line, "\n")] = '\0';
		count++;
		if (line[0] != 'E')
			say("ALLOWED %s: %s", what, line);
		for (char *at = line, *name; (name = strtok_r(at, ",", &save));
		     at = NULL)
			tally_error(name);
		attack_tally.denied++;
	}
	if (report)
		fclose(report);
	unlink(rights_report);
	printf("%s: started it %d times\n", what, count);
	return count;
}

/* Code that must have run; what did not run has shown nothing. */
static inline void rights_must_be_reported(const char *what)
{
	if (rights_reported(what) == 0)
		say("ALLOWED nothing: %s started no code", what);
}

/* argv[0] is looked for nowhere: absolute.  Its exit status, or 255. */
static inline int run_program(char *const *argv, char *const *env)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		execve(argv[0], argv, env);
		_exit(255);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 255;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static inline void put_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, mode);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		say("ALLOWED nothing: %s: %s", path, strerror(errno));
	close(fd);
}

#endif
