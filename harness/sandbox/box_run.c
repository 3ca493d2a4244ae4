/* SPDX-License-Identifier: MIT */
/*
 * One run.  Its init is pid 1 of a fresh pid namespace, with a mount and an
 * IPC namespace of its own: it mounts what is private to the run, says "ready", waits
 * for "go" (the launcher reads the control group's counters in between, so
 * that set-up is not charged), starts the candidate, and reaps until the
 * candidate's main process ends.  It reports the wait status and exits, and
 * the kernel kills whatever else is in the namespace.
 *
 * Signals from inside do not reach an init that has no handler for them
 * (pid_namespaces(7)), so a candidate cannot stop or kill it.  Two have one, by
 * which pod init ends the candidate's main process: SIGTERM is passed on, SIGUSR1
 * becomes SIGKILL.  The wait status then tells whether the process had died by itself
 * before: a signal does not change the status of one that is already dying.
 *
 * Here is what pod init makes ready for that, by itself and in its own memory: once
 * what all runs inherit, and for each the plan, with mounts that are in nobody's
 * namespace yet.  box_start.c then does what is left, and that is delicate.
 */
#include "fortnight/base.h"

#include "box.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum {
	CAPABILITIES_MAX = 63,
	PLACES_MAX = 3 /* that a run may write to: /work, /tmp, /data */
};

/* ---- what is the same for every run -------------------------------------------- */

static int proc_fd = -1;

/* No core file, and no handler either: where core_pattern is a pipe the kernel
 * starts the host's handler, as root, whatever the limit is, unless it is 1
 * (fs/coredump.c). */
static rlim_t core_limit(void)
{
	struct rlimit limit = { 0, 0 };

	(void)getrlimit(RLIMIT_CORE, &limit);
	return limit.rlim_max > 0 ? 1 : 0;
}

static int set_rlimits(void)
{
	const struct {
		int what;
		rlim_t value;
	} limits[] = {
		{ RLIMIT_STACK, WIRE_STACK_BYTES },
		{ RLIMIT_CORE, core_limit() },
		{ RLIMIT_MEMLOCK, WIRE_LOCKED_BYTES },
		{ RLIMIT_MSGQUEUE, WIRE_QUEUE_BYTES },
		{ RLIMIT_SIGPENDING, WIRE_SIGNALS_PENDING },
		{ RLIMIT_NICE, 0 },
		{ RLIMIT_RTPRIO, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct rlimit limit = { limits[i].value, limits[i].value };

		if (setrlimit((__rlimit_resource_t)limits[i].what, &limit) < 0)
			return box_fail(STEP_RLIMITS);
	}
	return 0;
}

/* EINVAL: this kernel's last capability is behind us. */
static int drop_bounding_set(void)
{
	for (int cap = 0; cap <= CAPABILITIES_MAX; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0) {
			if (errno == EINVAL && cap > CAP_SETPCAP)
				break;
			return box_fail(STEP_DROP_CAPABILITIES);
		}
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0
		       ? box_fail(STEP_DROP_CAPABILITIES)
		       : 0;
}

/* Not by signal(2), which leaves out the two that libc keeps for itself: whoever
 * started the launcher may have ignored them. */
static void reset_signals(void)
{
	static const unsigned long handle_by_default[4]; /* struct sigaction */

	for (int sig = 1; sig < NSIG; sig++)
		(void)syscall(SYS_rt_sigaction, sig, handle_by_default, NULL,
			      NSIG / 8);
}

int box_run_prepare(void)
{
	reset_signals();
	(void)umask(022);
	proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (proc_fd < 0)
		return box_fail(STEP_PROC);
	if (drop_bounding_set() < 0 || set_rlimits() < 0)
		return -1;
	return box_start_prepare();
}

/* ---- the plan of one ------------------------------------------------------------ */

static struct box_plan plan;

static char **split(char **at, char **strings, unsigned count)
{
	char **first = at;

	for (unsigned i = 0; i < count; i++) {
		*at++ = *strings;
		*strings += strlen(*strings) + 1;
	}
	*at = NULL;
	return first;
}

static void plan_strings(struct wire_command *command)
{
	static char *list[WIRE_STRINGS_COUNT + 2];
	char *at = command->strings;

	plan.argv = split(list, &at, command->argc);
	plan.env = split(list + command->argc + 1, &at, command->envc);
}

/* The directories that the run may write to. */
static int plan_places(const struct box_run *run)
{
	int places[PLACES_MAX] = { run->work, -1, -1 }, rc;

	plan.work = run->fresh_work ? run->work : -1;
	plan.tmp = box_tmpfs(run->command->disk_bytes, run->uid);
	if (plan.tmp < 0)
		return box_fail(STEP_RUN_MOUNTS);
	places[1] = plan.tmp;
	if (run->data) {
		places[2] = open("/data", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (places[2] < 0)
			return box_fail(STEP_DATA);
	}
	rc = box_landlock_rules(places, ARRAY_LEN(places), &plan.rules);
	if (places[2] >= 0)
		close(places[2]);
	return rc;
}

static int make_plan(const struct box_run *run)
{
	const struct wire_command *command = run->command;

	plan = (struct box_plan){ .vm_flag = run->pod->fork_runs ? 0 : CLONE_VM,
				  .status = run->status,
				  .tmp = -1,
				  .proc = proc_fd,
				  .rules = -1,
				  .rules_flags = box_landlock_flags(),
				  .cover_data = run->cover_data,
				  .change_ids = run->pod->uid_base != 0,
				  .uid = run->uid,
				  .priority = box_usual_priority };
	memcpy(plan.stdio, run->stdio, sizeof(plan.stdio));
	plan.file_bytes =
		(struct rlimit){ command->file_bytes, command->file_bytes };
	plan.open_files =
		(struct rlimit){ command->open_files, command->open_files };
	plan.filter = (struct sock_fprog){
		.len = (unsigned short)run->pod->run_filter_len,
		.filter = unconst(run->pod->run_filter)
	};
	(void)sigemptyset(&plan.no_signals);
	(void)sigemptyset(&plan.ending);
	(void)sigaddset(&plan.ending, SIGTERM);
	(void)sigaddset(&plan.ending, SIGUSR1);
	plan_strings(run->command);
	return plan_places(run);
}

/* What was opened for the plan is the run's alone, once that has begun. */
pid_t box_run_start(const struct box_run *run)
{
	pid_t pid = make_plan(run);

	if (pid == 0) {
		pid = box_start(&plan);
		if (pid < 0)
			(void)box_fail(STEP_CLONE_RUN);
	}
	if (plan.tmp >= 0)
		close(plan.tmp);
	if (plan.rules >= 0)
		close(plan.rules);
	return pid;
}
