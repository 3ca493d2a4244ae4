/* SPDX-License-Identifier: MIT */
#include "calls_args.h"
#include "calls_tables.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
	PAGE = 4096,
	ARENA = 16 * PAGE,
	SLOT = 256,
	FDS = 24,
	X32 = 0x40000000
};

static unsigned char *arena; /* read and write; a page that is not follows */
static unsigned char *fixed; /* one page, read only */

/* ---- one argument ----------------------------------------------------------------------- */

static unsigned long any_address(struct dice *dice)
{
	static const unsigned long nowhere[] = { 0,
						 1,
						 0xffff888000000000,
						 0xffffffff81000000,
						 0x800000000000,
						 ~0UL,
						 0x7ffffffff000 };
	unsigned slot = roll(dice, ARENA / SLOT) * SLOT;

	switch (roll(dice, 12)) {
	case 0:
		return nowhere[roll(dice, sizeof(nowhere) / sizeof(*nowhere))];
	case 1: /* runs into the page that is not there */
		return (unsigned long)arena + ARENA - roll(dice, 64);
	case 2:
		return (unsigned long)fixed + roll(dice, PAGE);
	case 3:
		return (unsigned long)arena + roll(dice, ARENA);
	case 4:
		return 0;
	default:
		return (unsigned long)arena + slot;
	}
}

static unsigned long any_path(struct dice *dice)
{
	if (roll(dice, 12) == 0)
		return any_address(dice);
	return (unsigned long)call_paths[roll(dice, call_path_count)];
}

static unsigned long any_word(struct dice *dice)
{
	switch (roll(dice, 8)) {
	case 0:
		return next(dice);
	case 1:
		return 1UL << roll(dice, 64);
	case 2:
		return 1UL << roll(dice, 32) | 1UL << roll(dice, 32);
	case 3:
		return next(dice) & 0xffff;
	default:
		return call_words[roll(dice, call_word_count)];
	}
}

/* Seldom everybody, since that ends the keeper, and with it the run. */
static unsigned long any_process(struct dice *dice)
{
	switch (roll(dice, 8)) {
	case 0:
		return 1;
	case 1:
		return roll(dice, 100) == 0 ? ~0UL : 0;
	case 2:
		return 3 + roll(dice, 20);
	case 3:
		return any_word(dice);
	default:
		return (unsigned long)syscall(SYS_getpid);
	}
}

static unsigned long any_clone(struct dice *dice)
{
	unsigned long flags = 0;

	for (unsigned i = roll(dice, 5); i > 0; i--)
		flags |= call_clone_flags[roll(dice, call_clone_flag_count)];
	return flags;
}

static unsigned long any_descriptor(struct dice *dice)
{
	switch (roll(dice, 16)) {
	case 0:
		return roll(dice, 3); /* pipes to the launcher */
	case 1:
		return (unsigned long)AT_FDCWD;
	case 2:
		return any_word(dice);
	default:
		return 3 + roll(dice, FDS + 8);
	}
}

static unsigned long any(struct dice *dice, char kind)
{
	switch (kind) {
	case 'f':
		return any_descriptor(dice);
	case 'p':
		return any_path(dice);
	case 'a':
		return any_address(dice);
	case 'n':
		return roll(dice, 3) ? roll(dice, 2 * SLOT) : any_word(dice);
	case 'i':
		return roll(dice, 8) ? roll(dice, 48) : any_word(dice);
	case 's':
		return roll(dice, 8) ? 1 + roll(dice, 64) : any_word(dice);
	case 't':
		return any_process(dice);
	case 'c':
		return any_clone(dice);
	case 'C':
		return roll(dice, 4)
			       ? call_commands[roll(dice, call_command_count)]
			       : any_word(dice);
	case 'F':
		return (unsigned long)
			call_families[roll(dice, call_family_count)];
	default:
		return any_word(dice);
	}
}

/* ---- a call ------------------------------------------------------------------------------ */

long args_number(struct dice *dice)
{
	unsigned choice = roll(dice, 256);

	if (choice == 0)
		return (long)(X32 | roll(dice, 600));
	if (choice == 1)
		return (long)next(dice);
	if (choice < 4)
		return (long)roll(dice, 1 << 16);
	if (choice < 128)
		return call_rows[roll(dice, call_row_count)].number;
	return (long)roll(dice, 600);
}

bool args_is_rare(long number)
{
	static const long last[] = {
		SYS_exit,	   SYS_exit_group,
		SYS_pause,	   SYS_rt_sigreturn,
		SYS_execve,	   SYS_execveat,
		SYS_vfork,	   SYS_rt_sigsuspend,
		SYS_kill,	   SYS_setitimer,
		SYS_sync,	   SYS_syncfs,
		SYS_kexec_load,	   SYS_kexec_file_load,
		SYS_init_module,   SYS_finit_module,
		SYS_delete_module, SYS_create_module,
		SYS_reboot,	   SYS_swapon,
		SYS_swapoff,	   SYS_iopl,
		SYS_ioperm,	   SYS_acct,
		SYS_uselib,	   SYS__sysctl,
		SYS_nfsservctl,
	};

	for (size_t i = 0; i < sizeof(last) / sizeof(*last); i++)
		if (last[i] == number)
			return true;
	return number >= X32 || number < 0;
}

void args_fill(struct dice *dice, long number, unsigned long arg[6])
{
	static const char kinds[] = "fpaaaniwstcC";
	const char *row = NULL;

	for (unsigned i = 0; i < call_row_count && !row; i++)
		if (call_rows[i].number == number)
			row = call_rows[i].kinds;
	for (int i = 0; i < 6; i++) {
		char kind = row && *row ? *row++ : '*';

		if (kind == '*' || roll(dice, 16) == 0)
			kind = kinds[roll(dice, sizeof(kinds) - 1)];
		arg[i] = any(dice, kind);
	}
}

/* ---- what a child has ----------------------------------------------------------------------- */

static void put_address(struct dice *dice, unsigned char *at)
{
	union {
		struct sockaddr_un un;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_nl nl;
		struct sockaddr_vm vm;
	} u;

	memset(&u, 0, sizeof(u));
	u.un.sun_family = (sa_family_t)any(dice, 'F');
	if (u.un.sun_family == AF_UNIX)
		snprintf(u.un.sun_path + roll(dice, 2), 32, "hostile-%u",
			 roll(dice, 4));
	if (u.un.sun_family == AF_INET) {
		u.in.sin_port = (in_port_t)(7000 + roll(dice, 4));
		u.in.sin_addr.s_addr =
			htonl(roll(dice, 4) ? INADDR_LOOPBACK : 0xa9fea9fe);
	}
	memcpy(at, &u, sizeof(u));
}

static void put_vectors(struct dice *dice, unsigned char *at)
{
	struct iovec vector[4];

	for (int i = 0; i < 4; i++)
		vector[i] = (struct iovec){ (void *)any_address(dice),
					    roll(dice, 2 * SLOT) };
	memcpy(at, vector, sizeof(vector));
}

static void put_message(struct dice *dice, unsigned char *at)
{
	struct msghdr msg = { .msg_name = arena + roll(dice, 16) * SLOT,
			      .msg_namelen = roll(dice, 128),
			      .msg_iov = (struct iovec *)(arena + SLOT),
			      .msg_iovlen = roll(dice, 4),
			      .msg_control = at + 128,
			      .msg_controllen = roll(dice, 128) };
	struct cmsghdr control = { .cmsg_len = CMSG_LEN(sizeof(int)),
				   .cmsg_level = SOL_SOCKET,
				   .cmsg_type = SCM_RIGHTS };
	int fd = (int)any_descriptor(dice);

	memcpy(at, &msg, sizeof(msg));
	memcpy(at + 128, &control, sizeof(control));
	memcpy(at + 128 + sizeof(control), &fd, sizeof(fd));
}

static void put_time(struct dice *dice, unsigned char *at)
{
	const struct itimerspec spec = {
		{ 0, (long)roll(dice, 20000000) },
		{ 0, (long)roll(dice, 20000000) },
	};

	memcpy(at, &spec, sizeof(spec));
}

static void put_polls(struct dice *dice, unsigned char *at)
{
	struct pollfd polled[8];

	for (int i = 0; i < 8; i++)
		polled[i] = (struct pollfd){ (int)any_descriptor(dice),
					     (short)next(dice), 0 };
	memcpy(at, polled, sizeof(polled));
}

/* Addresses of strings, as execve(2) takes; numbers, as clone3(2) takes. */
static void put_words(struct dice *dice, unsigned char *at)
{
	unsigned long word[SLOT / sizeof(unsigned long)];

	for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
		word[i] = any(dice, "pwwcafin"[roll(dice, 8)]);
	word[3 + roll(dice, 20)] = 0;
	memcpy(at, word, sizeof(word));
}

static void fill_arena(struct dice *dice)
{
	static void (*const put[])(struct dice *, unsigned char *) = {
		put_address, put_vectors, put_message, put_time,
		put_polls,   put_words,	  put_words,
	};
	size_t count = sizeof(put) / sizeof(*put);

	for (unsigned i = 0; i < ARENA; i += SLOT) {
		unsigned which = i / SLOT % 10;

		if (which < count)
			put[which](dice, arena + i);
		else
			for (unsigned j = 0; j < SLOT; j += 8) {
				uint64_t word = next(dice);

				memcpy(arena + i + j, &word, sizeof(word));
			}
	}
}

static void open_some(struct dice *dice)
{
	int pair[2];

	if (pipe(pair) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 ||
	    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
		return;
	(void)!open("/work/hostile-a", O_RDWR | O_CREAT, 0600);
	(void)!open("/tmp", O_RDONLY | O_DIRECTORY);
	(void)!open("/", O_PATH);
	(void)!open("/dev/zero", O_RDWR);
	(void)!open("/proc/self/status", O_RDONLY);
	(void)!socket(AF_INET, SOCK_STREAM, 0);
	(void)!socket(AF_INET, SOCK_DGRAM, 0);
	(void)!socket(AF_INET6, SOCK_STREAM, 0);
	(void)!eventfd(0, EFD_NONBLOCK);
	(void)!epoll_create1(0);
	(void)!memfd_create("hostile", MFD_ALLOW_SEALING);
	for (int i = 0; i < 4; i++)
		(void)!open(call_paths[roll(dice, call_path_count)],
			    O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

void args_set_up(struct dice *dice)
{
	arena = mmap(NULL, ARENA + PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fixed = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED || fixed == MAP_FAILED)
		_exit(1);
	(void)mprotect(arena + ARENA, PAGE, PROT_NONE);
	fill_arena(dice);
	open_some(dice);
}
