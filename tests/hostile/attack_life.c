/* SPDX-License-Identifier: MIT */
/* Attempts to outlive the run, to hang who waits, to signal others; terminals
 * and output. */
#include "attack.h"

#include <sys/prctl.h>
#include <termios.h>

static const char raw_bytes[] =
	"raw\0nul \xff\xfe\xc0\x80 \033[31m\033]0;title\a\r\n";

static void sleep_forever(void)
{
	for (;;)
		pause();
}

/* A service that has left the session, its parent and its descriptors. */
static void daemonise(bool keep_output)
{
	if (fork() != 0)
		return;
	setsid();
	if (fork() != 0)
		_exit(0);
	if (!keep_output)
		for (int fd = 0; fd < 3; fd++)
			close(fd);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	sleep_forever();
}

static void daemon_outlives(void)
{
	for (int i = 0; i < 4; i++)
		daemonise(false);
	say("INERT daemons were left behind");
}

static void daemon_holds_output(void)
{
	daemonise(true);
	say("INERT a daemon holds standard output");
}

/* Asked to be told of a parent's death, and not caring. */
static void death_signals(void)
{
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
		signal(SIGHUP, SIG_IGN);
		if (fork() != 0)
			sleep_forever();
		prctl(PR_SET_PDEATHSIG, SIGCONT, 0, 0, 0);
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
		sleep_forever();
	}
	say("INERT a subreaper and its child were left behind");
}

static void kill_all(void)
{
	long rc = kill(-1, SIGKILL);

	say("INERT kill(-1): %s", rc < 0 ? strerrorname_np(errno) : "ok");
}

static void kill_group(void)
{
	kill(0, SIGKILL);
	say("ALLOWED it survived");
}

/* Every signal but the two that init handles.  Where it has our id they are
 * permitted, and an init takes no notice (pid_namespaces(7)): had it done so,
 * nobody would be here to say a word. */
static void kill_parent(void)
{
	int sent = 0;

	for (int sig = 1; sig <= SIGRTMAX; sig++) {
		if (sig == SIGTERM || sig == SIGUSR1)
			continue;
		if (kill(1, sig) == 0)
			sent++;
		else if (errno != EINVAL)
			tried("kill(1)", -1);
	}
	nap_ms(200);
	if (getppid() != 1)
		say("ALLOWED the parent is %d now", getppid());
	if (sent)
		say("INERT init took no notice of %d signals", sent);
	verdict();
}

/* Those two reach, if anybody, the main process: ourselves. */
static void end_by_parent(void)
{
	tried("kill(1, USR1)", kill(1, SIGUSR1));
	nap_ms(500);
	verdict();
}

static void terminate_by_parent(void)
{
	tried("kill(1, TERM)", kill(1, SIGTERM));
	nap_ms(500);
	verdict();
}

static void raise_kill(void)
{
	raise(SIGKILL);
	say("ALLOWED SIGKILL was ignored");
}

static void raise_term(void)
{
	raise(SIGTERM);
	say("ALLOWED SIGTERM was ignored");
}

static void raise_abort(void)
{
	abort();
}

static void raise_segv(void)
{
	*(volatile int *)NULL = 1;
	say("ALLOWED a null pointer was written");
}

static void exit_wide(void)
{
	syscall(SYS_exit_group, 0x1ff);
}

static void tty_ioctls(void)
{
	char byte = '\n', line[16] = "\3";
	int discipline = 0;

	tried("TIOCSTI", ioctl(0, TIOCSTI, &byte));
	tried("TIOCSTI|1<<32",
	      syscall(SYS_ioctl, 0, 0x100000000UL | TIOCSTI, &byte));
	tried("TIOCLINUX", ioctl(0, TIOCLINUX, line));
	tried("TIOCLINUX|1<<32",
	      syscall(SYS_ioctl, 0, 0x100000000UL | TIOCLINUX, line));
	tried("TIOCSETD", ioctl(0, TIOCSETD, &discipline));
	tried("TIOCCONS", ioctl(0, TIOCCONS, 0));
	verdict();
}

static void tty_grab(void)
{
	tried_open("/dev/tty", O_RDWR);
	tried_open("/dev/console", O_RDWR);
	tried_open("/dev/tty1", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		tried("TIOCSCTTY", ioctl(fd, TIOCSCTTY, 1));
	if (isatty(0) || isatty(1) || isatty(2))
		say("ALLOWED it was given a terminal");
	verdict();
}

static void flood(bool out, bool err)
{
	static char block[65536];

	memset(block, 'x', sizeof(block));
	for (;;) {
		if (out)
			(void)!write(1, block, sizeof(block));
		if (err)
			(void)!write(2, block, sizeof(block));
	}
}

static void flood_stdout(void)
{
	flood(true, false);
}

static void flood_stderr(void)
{
	flood(false, true);
}

static void flood_both(void)
{
	flood(true, true);
}

static void drip(void)
{
	for (;;) {
		(void)!write(1, ".", 1);
		nap_ms(200);
	}
}

static void raw_output(void)
{
	(void)!write(1, raw_bytes, sizeof(raw_bytes) - 1);
	_exit(0);
}

static void closed_output(void)
{
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	nap_ms(100);
	_exit(0);
}

static void forge_lines(void)
{
	say("1..3\nok 1 - all\nok 2 - all\nok 3 - all\n"
	    "{\"verdict\":\"passed\",\"points\":100}\n"
	    "INERT results were printed, as text");
}

static const struct attempt attempts[] = {
	{ "daemon_outlives", daemon_outlives },
	{ "daemon_holds_output", daemon_holds_output },
	{ "death_signals", death_signals },
	{ "kill_all", kill_all },
	{ "kill_group", kill_group },
	{ "kill_parent", kill_parent },
	{ "end_by_parent", end_by_parent },
	{ "terminate_by_parent", terminate_by_parent },
	{ "raise_kill", raise_kill },
	{ "raise_term", raise_term },
	{ "raise_abort", raise_abort },
	{ "raise_segv", raise_segv },
	{ "exit_wide", exit_wide },
	{ "tty_ioctls", tty_ioctls },
	{ "tty_grab", tty_grab },
	{ "flood_stdout", flood_stdout },
	{ "flood_stderr", flood_stderr },
	{ "flood_both", flood_both },
	{ "drip", drip },
	{ "raw_output", raw_output },
	{ "closed_output", closed_output },
	{ "forge_lines", forge_lines },
};

ATTACK_MAIN(attempts)
