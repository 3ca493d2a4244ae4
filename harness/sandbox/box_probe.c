/* SPDX-License-Identifier: MIT */
/*
 * fortnight-box --probe: what a program finds inside, one "name value" a line.
 * `fortnight doctor` runs it as a candidate and compares.
 */
#include "fortnight/base.h"

#include "box.h"

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
	return 0;
}
