/* SPDX-License-Identifier: MIT */
/*
 * fortnight-box --probe: what a program finds inside, one "name value" a line.
 * `fortnight doctor` runs it as a candidate and compares.
 */
#include "fortnight/base.h"

#include "box.h"

#include <linux/landlock.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static void line(const char *name, long value)
{
	char text[96];
	int n = snprintf(text, sizeof(text), "%s %ld\n", name, value);

	(void)box_write_all(STDOUT_FILENO, text, (size_t)n);
}

/* 0 when the call worked, else its errno. */
static long errno_of(long rc)
{
	return rc < 0 ? errno : 0;
}

/* A process can be told that it has domains only by how many more it may take:
 * 16 in all (landlock(7), "Ruleset layers"). */
static long landlock_domains(void)
{
	enum {
		DOMAINS_MAX = 16
	};
	const uint64_t handled = LANDLOCK_ACCESS_FS_MAKE_CHAR;
	long more = 0;

	while (more <= DOMAINS_MAX) {
		int rules = (int)syscall(SYS_landlock_create_ruleset, &handled,
					 sizeof(handled), 0);
		long rc;

		if (rules < 0)
			return -1;
		rc = syscall(SYS_landlock_restrict_self, rules, 0);
		close(rules);
		if (rc < 0)
			break;
		more++;
	}
	return DOMAINS_MAX - more;
}

int box_probe_main(void)
{
	line("uid", (long)getuid());
	line("pid", (long)getpid());
	line("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	line("seccomp", prctl(PR_GET_SECCOMP));
	line("bounding", prctl(PR_CAPBSET_READ, 21, 0, 0, 0));
	line("unshare", errno_of(unshare(CLONE_NEWUSER)));
	line("vsock", errno_of(socket(AF_VSOCK, SOCK_STREAM, 0)));
	line("io_uring", errno_of(syscall(SYS_io_uring_setup, 1, NULL)));
	line("host", errno_of(access("/root", F_OK)));
	/* As far as this kernel can. */
	line("landlock", box_landlock_abi() ? landlock_domains() : 1);
	return 0;
}
