/* SPDX-License-Identifier: MIT */
/*
 * Landlock (landlock(7)), where the kernel has it: a second opinion on files, next to mounts and
 * ids, and the only one on abstract sockets, which the two sides of a pod would
 * otherwise share with its network namespace, and on signals between ids that
 * are the same.
 *
 * A rule belongs to a directory, and holds for what is below, across mounts; but
 * the directory that a mount covers is not looked at.  So a run's own /work and /tmp
 * have rules of their own, and each run a ruleset of its own; pod init makes it before the
 * run's first process is there.  /dev is one rule for the devices that are
 * bound over the files in it.
 */
#include "fortnight/base.h"

#include "box.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>

/* Linux 5.19: without it no file can be renamed into another directory, which
 * git, compilers and package managers do. */
enum {
	ABI_NEEDED = 2,
	ABI_TRUNCATE = 3,
	ABI_IOCTL_DEV = 5,
	ABI_SCOPES = 6,
	ABI_LOGGING = 7
};

/* include/uapi/linux/landlock.h of later kernels than Debian 12's headers. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14) /* ABI 3, Linux 6.2 */
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15) /* ABI 5, Linux 6.10 */
#endif
#ifndef LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0) /* ABI 6, 6.12 */
#define LANDLOCK_SCOPE_SIGNAL		    (1ULL << 1)
#endif
#ifndef LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF
#define LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF (1U << 2) /* ABI 7, 6.15 */
#endif

static const uint64_t look = LANDLOCK_ACCESS_FS_EXECUTE |
			     LANDLOCK_ACCESS_FS_READ_FILE |
			     LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t put = LANDLOCK_ACCESS_FS_WRITE_FILE |
			    LANDLOCK_ACCESS_FS_TRUNCATE;
static const uint64_t change =
	LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE |
	LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
	LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
	LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
	LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER;
/* Given to nobody. */
static const uint64_t never = LANDLOCK_ACCESS_FS_MAKE_CHAR |
			      LANDLOCK_ACCESS_FS_MAKE_BLOCK |
			      LANDLOCK_ACCESS_FS_IOCTL_DEV;

/* struct landlock_ruleset_attr of ABI 6.  An older kernel takes it when the rest is
 * zero. */
struct ruleset {
	uint64_t files, net, scopes;
};

static struct {
	int abi;
	struct ruleset handled;
	int root, dev;
} landlock = { .root = -1, .dev = -1 };

int box_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);

	return abi < ABI_NEEDED ? 0 : (int)abi;
}

int box_landlock_prepare(void)
{
	landlock.abi = box_landlock_abi();
	if (!landlock.abi)
		return 0;
	landlock.handled.files = look | put | change | never;
	if (landlock.abi < ABI_TRUNCATE)
		landlock.handled.files &= ~LANDLOCK_ACCESS_FS_TRUNCATE;
	if (landlock.abi < ABI_IOCTL_DEV)
		landlock.handled.files &= ~LANDLOCK_ACCESS_FS_IOCTL_DEV;
	if (landlock.abi >= ABI_SCOPES)
		landlock.handled.scopes = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET |
					  LANDLOCK_SCOPE_SIGNAL;
	landlock.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	landlock.dev = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return landlock.root < 0 || landlock.dev < 0 ? box_fail(STEP_LANDLOCK)
						     : 0;
}

static int allow(int rules, int directory, uint64_t rights)
{
	const struct landlock_path_beneath_attr beneath = {
		.allowed_access = rights & landlock.handled.files,
		.parent_fd = directory
	};

	if (directory < 0)
		return 0;
	return (int)syscall(SYS_landlock_add_rule, rules,
			    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
}

int box_landlock_rules(const int *writable, size_t count, int *ret_rules)
{
	int rules;

	*ret_rules = -1;
	if (!landlock.abi)
		return 0;
	rules = (int)syscall(SYS_landlock_create_ruleset, &landlock.handled,
			     sizeof(landlock.handled), 0);
	if (rules < 0)
		return box_fail(STEP_LANDLOCK);
	*ret_rules = rules;
	if (allow(rules, landlock.root, look) < 0 ||
	    allow(rules, landlock.dev, put) < 0)
		return box_fail(STEP_LANDLOCK);
	for (size_t i = 0; i < count; i++)
		if (allow(rules, writable[i], change) < 0)
			return box_fail(STEP_LANDLOCK);
	return 0;
}

/* A program that makes domains of its own shall not fill the host's audit log with
 * what they refuse. */
unsigned box_landlock_flags(void)
{
	return landlock.abi >= ABI_LOGGING
		       ? LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF
		       : 0;
}
