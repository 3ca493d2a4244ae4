/* SPDX-License-Identifier: MIT */
/* Which v2 control groups an ordinary user may divide.  Directories stand for
 * groups: ownership and the mark are what is looked at. */
#include "fortnight/base.h"
#include "fortnight/proc.h"
#include "tap.h"

#include "../../harness/sandbox/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

enum {
	SOMEBODY = 61791
};

/* Somebody else's when root makes them; else ours, as they have to be. */
static unsigned owner(void)
{
	return geteuid() ? (unsigned)geteuid() : SOMEBODY;
}

static void give(const char *path)
{
	if (geteuid() == 0)
		CHECK_INT(chown(path, SOMEBODY, SOMEBODY), ==, 0);
}

static void make_file(const char *dir, const char *name, const char *text,
		      mode_t mode)
{
	char path[200];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
	CHECK_INT(write(fd, text, strlen(text)), ==, (ssize_t)strlen(text));
	CHECK_INT(close(fd), ==, 0);
	give(path);
}

static void make_group(const char *dir)
{
	CHECK_INT(mkdir(dir, 0755), ==, 0);
	give(dir);
	make_file(dir, "cgroup.procs", "", 0644);
	make_file(dir, "cgroup.subtree_control", "", 0644);
}

struct groups {
	char top[64];	   /* a group that root gave away */
	char manager[100]; /* holds systemctl, of our own */
	char scope[100];   /* below it, as a user's service manager makes one */
};

/* systemctl answers delegate for the scope of that name alone. */
static void make_groups(struct groups *groups, const char *delegate)
{
	char script[300];

	(void)snprintf(groups->top, sizeof(groups->top),
		       "/tmp/fortnight-test-XXXXXX");
	CHECK(mkdtemp(groups->top) != NULL);
	CHECK_INT(chmod(groups->top, 0755), ==, 0);
	give(groups->top);
	make_file(groups->top, "cgroup.procs", "", 0644);
	make_file(groups->top, "cgroup.subtree_control", "", 0644);
	(void)snprintf(groups->scope, sizeof(groups->scope), "%s/a\\x2db.scope",
		       groups->top);
	make_group(groups->scope);
	(void)snprintf(groups->manager, sizeof(groups->manager), "%s/bin",
		       groups->top);
	CHECK_INT(mkdir(groups->manager, 0755), ==, 0);
	(void)snprintf(
		script, sizeof(script),
		"#!/bin/sh\n[ \"$1 $2 $5\" = '--user show a\\x2db.scope' "
		"] && echo Delegate=%s\n",
		delegate);
	make_file(groups->manager, "systemctl", script, 0755);
	CHECK_INT(setenv("PATH", groups->manager, 1), ==, 0);
}

static void remove_groups(const struct groups *groups)
{
	const char *const argv[] = { "/bin/rm", "-rf", groups->top, NULL };
	struct error err = ERROR_INIT;

	CHECK_INT(proc_run(argv, &err), ==, 0);
}

TEST(a_group_whose_parent_is_somebody_elses_was_given_away)
{
	struct groups groups;

	make_groups(&groups, "no");
	CHECK(group_is_delegated(groups.top, owner()));
	CHECK(!group_is_delegated(groups.top, owner() + 1));
	remove_groups(&groups);
}

TEST(a_scope_that_the_users_manager_keeps_is_left_alone)
{
	struct groups groups;

	make_groups(&groups, "no");
	CHECK(!group_is_delegated(groups.scope, owner()));
	CHECK_INT(setenv("PATH", "/nonexistent", 1), ==, 0);
	CHECK(!group_is_delegated(groups.scope, owner()));
	remove_groups(&groups);
}

TEST(a_scope_that_the_users_manager_delegates_is_taken)
{
	struct groups groups;

	make_groups(&groups, "yes");
	CHECK(group_is_delegated(groups.scope, owner()));
	remove_groups(&groups);
}

TEST(the_mark_on_a_group_says_whether_it_is_delegated)
{
	struct groups groups;

	make_groups(&groups, "yes");
	if (setxattr(groups.scope, "user.delegate", "0", 1, 0) == 0) {
		CHECK(!group_is_delegated(groups.scope, owner()));
		CHECK_INT(setxattr(groups.scope, "user.delegate", "1", 1, 0),
			  ==, 0);
		CHECK_INT(setenv("PATH", "/nonexistent", 1), ==, 0);
		CHECK(group_is_delegated(groups.scope, owner()));
	}
	remove_groups(&groups);
}

TAP_MAIN()
