/* SPDX-License-Identifier: MIT */
/*
 * The end of a run that does not come by itself.
 *
 * Pod init kills the run's init, and the kernel kills everything else in its pid
 * namespace.  But both inits have to get a processor first, and a run may hold hundreds
 * of processes that want one too.  (As root they have the highest priority, box_main.c;
 * an ordinary user cannot give it.)  So not only they do it, and there are three steps,
 * each for when the one before was not enough.
 *
 *	at once		no process of the run can fork any more (a process limit of
 *			0); pod init is told; SIGKILL from here to everything in the
 *			control group but the box's own processes, and then more of
 *			the processors to die on.  Again after 20 ms, 40, 80 and so
 *			on, for what was being forked.  Of a run that ended by itself
 *			this is the second step: its namespace is on its way out
 *	after seconds	SIGKILL to the box as well, by cgroup.kill where there is
 *			one.  The outcome stands, but the pod is spent
 *	in the end	an error: something will not die
 *
 * The evidence of refused forks is read before we refuse them.  Nothing is frozen
 * first: a v1 group that is frozen does not die before it is thawed.
 */
#include "fortnight/base.h"
#include "fortnight/clock.h"

#include "run.h"

static const int64_t press_after_ns = 20 * NS_PER_MS;
static const int64_t spend_after_ns = 2 * NS_PER_SEC;
static const int64_t give_up_after_ns = 10 * NS_PER_SEC;

static void is_dying(struct run *run)
{
	if (run->dying_ns)
		return;
	run->dying_ns = clock_mono_ns();
	run->press_ns = run->dying_ns + press_after_ns;
}

static int close_to_forks(struct run *run, struct error *err)
{
	if (run->closed)
		return 0;
	if (cgroup_read(run->cgroup, COUNTER_FORKS_REFUSED, &run->forks_refused,
			err) < 0)
		return -1;
	run->closed = true;
	return cgroup_limit_processes(run->cgroup, 0, err);
}

int run_kill(struct run *run, struct error *err)
{
	if (run->stage >= STAGE_COLLECTING || run->dying_ns)
		return 0;
	is_dying(run);
	run->press_ns = run->dying_ns;
	if (run->stage > STAGE_SETTING_UP && close_to_forks(run, err) < 0)
		return -1;
	return wire_verb(run->pod, run->fds[FD_CONTROL], WIRE_KILL, 0, err);
}

void run_leaves(struct run *run)
{
	run_shut(run, FD_STATUS);
	is_dying(run);
}

int run_lose_hope(const struct run *run, int64_t now, struct error *err)
{
	return run->dying_ns && now - run->dying_ns > give_up_after_ns
		       ? error_set(err, ERROR_INFRA, "a run would not die")
		       : 0;
}

static void spend(struct pod *pod)
{
	pod->spent = true;
	for (int i = 0; i < SIDE_COUNT; i++)
		if (pod->used[i])
			cgroup_kill_all(&pod->cgroup[i]);
}

int run_press(struct run *run, int64_t now, struct error *err)
{
	int64_t waited = now - run->dying_ns;

	if (!run->dying_ns || now < run->press_ns)
		return 0;
	run->press_ns =
		now + (waited > press_after_ns ? waited : press_after_ns);
	if (close_to_forks(run, err) < 0)
		return -1;
	if (waited > spend_after_ns)
		spend(run->pod);
	else
		cgroup_kill_runs(run->cgroup);
	cgroup_hurry(run->cgroup, true);
	return 0;
}
