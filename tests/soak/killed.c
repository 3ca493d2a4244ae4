/* SPDX-License-Identifier: MIT */
/*
 * killed - SIGKILL at any moment, and whether anything is left.
 *
 *	killed DIRECTORY ROUNDS SEED [COMMAND...]
 *
 * Each round starts a launcher in a child, waits until it is about to do what the
 * round is about, waits for a random while, and kills the launcher, the outer box
 * or pod init with SIGKILL.  COMMAND is a launcher of its own (fortnight score),
 * killed likewise.
 *
 * This process is the reaper of all that loses its parent
 * (PR_SET_CHILD_SUBREAPER).  So when it has no child any more, every box of the
 * launcher is gone; and since pod init is the first process of a process namespace,
 * everything inside is (pid_namespaces(7)).  Then a launcher that is started next
 * must leave no control group of either.
 */
#include "gauges.h"

#include "fortnight/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum {
	MIB = 1 << 20,
	GONE_MS = 5000,	     /* in which everything has to be dead, on a busy
			      * machine too; how long it took is printed */
	NEXT_MS = 60 * 1000, /* in which a launcher comes to its end */
	BEGIN_MS = 60 * 1000,
	VICTIM_ROUNDS = 60, /* of a victim that nobody kills */
	EXPECTED = 0,
	WRONG = 3,
	UNABLE = 4
};

enum target {
	TARGET_LAUNCHER,
	TARGET_BOX, /* the outer one: the launcher's child */
	TARGET_INIT /* and the child of that */
};

struct killed {
	struct soak soak;
	struct lines host;
	uint64_t seed;
	char tmp[128]; /* TMPDIR of the launchers */
	char **command;
	int64_t slowest_ns;
	unsigned nothing; /* rounds whose target was not there */
	size_t left;	  /* control groups of killed launchers */
};

static const struct soak_pod usual_pod = { .policy = POLICY_GRADE,
					   .root = ROOT_BARE,
					   .memory_bytes = 128 * MIB,
					   .processes = 96 };

/* splitmix64, as in calls_args.h */
static uint64_t roll(struct killed *k, uint64_t below)
{
	uint64_t z = (k->seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % below;
}

/* ---- the victims: launchers -------------------------------------------------------- */

struct victim {
	struct killed *killed;
	int begun; /* a byte is written when it is about to happen */
};

static void begins(const struct victim *victim)
{
	if (write(victim->begun, "b", 1) != 1)
		_exit(UNABLE);
}

__attribute__((noreturn)) static void say_wrong(const char *what, int detail)
{
	printf("# the launcher: %s %d\n", what, detail);
	(void)fflush(stdout);
	_exit(WRONG);
}

/* NULL: not made, since the box was killed; the error says what that was like. */
static struct error last_error = ERROR_INIT;

static struct pod *make_pod(const struct victim *victim)
{
	struct pod *pod = NULL;

	if (soak_pod_new(&victim->killed->soak, &usual_pod, &pod,
			 &last_error) == 0)
		return pod;
	if (last_error.kind != ERROR_INFRA)
		say_wrong(last_error.text, last_error.kind);
	return NULL;
}

/* One run, whose outcome is right, or there is none since the box was killed:
 * that a candidate is blamed for it would be wrong.  False: the pod is lost. */
static bool run_in(const struct victim *victim, struct pod *pod,
		   const struct soak_run *run, enum outcome_kind want)
{
	auto_outcome struct outcome outcome;

	outcome_init(&outcome);
	if (soak_run(&victim->killed->soak, pod, run, 1, &outcome,
		     &last_error) < 0) {
		if (last_error.kind != ERROR_INFRA)
			say_wrong(last_error.text, last_error.kind);
		return false;
	}
	if (outcome.kind != want)
		say_wrong(outcome_kind_name(outcome.kind), outcome.status);
	if (run->input &&
	    (outcome.out.len != strlen(run->input) || outcome.status != 0))
		say_wrong("a run that was cut short passed", outcome.status);
	return true;
}

static void create(const struct victim *victim)
{
	begins(victim);
	for (int i = 0; i < VICTIM_ROUNDS; i++)
		pod_free(make_pod(victim));
}

static void run_often(const struct victim *victim, const struct soak_run *run)
{
	struct pod *pod = make_pod(victim);

	begins(victim);
	for (int i = 0; i < VICTIM_ROUNDS && pod; i++)
		if (!run_in(victim, pod, run, OUTCOME_EXITED))
			break;
	pod_free(pod);
}

static void runs(const struct victim *victim)
{
	const struct soak_run run = { .arg = "echo", .input = "hello\n" };

	run_often(victim, &run);
}

static void bomb(const struct victim *victim)
{
	const struct soak_run run = { .arg = "bomb",
				      .limits = { .cpu_ns = NS_PER_SEC,
						  .processes = 64 } };
	struct pod *pod = make_pod(victim);

	begins(victim);
	if (pod)
		(void)run_in(victim, pod, &run, OUTCOME_LIMIT_CPU);
	pod_free(pod);
}

static void collect(const struct victim *victim)
{
	const struct soak_run run = { .arg = "files", .lasting_work = true };
	struct error err = ERROR_INIT;
	struct pod *pod = make_pod(victim);

	if (pod && !run_in(victim, pod, &run, OUTCOME_EXITED)) {
		pod_free(pod);
		pod = NULL;
	}
	begins(victim);
	for (int i = 0; i < VICTIM_ROUNDS && pod; i++) {
		int fd = -1;

		if (pod_collect(pod, "out", MIB, &fd, &err) < 0) {
			if (err.kind != ERROR_INFRA)
				say_wrong(err.text, err.kind);
			break;
		}
		(void)close(fd);
	}
	pod_free(pod);
}

static void collect_work(const struct victim *victim)
{
	const struct soak_run run = { .arg = "files", .collect_work = true };

	run_often(victim, &run);
}

/* Each with what a run has left in it. */
static void free_pod(const struct victim *victim)
{
	const struct soak_run run = { .arg = "daemon" };

	for (int i = 0; i < VICTIM_ROUNDS; i++) {
		struct pod *pod = make_pod(victim);

		if (pod)
			(void)run_in(victim, pod, &run, OUTCOME_EXITED);
		if (i == 0)
			begins(victim);
		pod_free(pod);
	}
}

static void other_command(const struct victim *victim)
{
	char tmpdir[160];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	begins(victim);
	(void)snprintf(tmpdir, sizeof(tmpdir), "%s", victim->killed->tmp);
	(void)setenv("TMPDIR", tmpdir, 1);
	(void)dup2(null, STDOUT_FILENO);
	(void)dup2(null, STDERR_FILENO);
	(void)execv(victim->killed->command[0], victim->killed->command);
	_exit(UNABLE);
}

static const struct scene {
	const char *title;
	void (*play)(const struct victim *victim);
	enum target target;
	int most_ms; /* of the random while */
} scenes[] = {
	{ "while it makes pods", create, TARGET_LAUNCHER, 60 },
	{ "while it starts runs", runs, TARGET_LAUNCHER, 60 },
	{ "while a fork bomb runs", bomb, TARGET_LAUNCHER, 400 },
	{ "while it collects a directory", collect, TARGET_LAUNCHER, 40 },
	{ "while it collects what a run left", collect_work, TARGET_LAUNCHER,
	  80 },
	{ "while it frees pods", free_pod, TARGET_LAUNCHER, 60 },
	{ "the outer box, while pods are made", create, TARGET_BOX, 40 },
	{ "the outer box, while runs are started", runs, TARGET_BOX, 60 },
	{ "the outer box, while a fork bomb runs", bomb, TARGET_BOX, 400 },
	{ "pod init, while pods are made", create, TARGET_INIT, 40 },
	{ "pod init, while runs are started", runs, TARGET_INIT, 60 },
	{ "pod init, while a fork bomb runs", bomb, TARGET_INIT, 400 },
	{ "pod init, while it packs a directory", collect, TARGET_INIT, 40 },
	{ "while it builds and scores", other_command, TARGET_LAUNCHER, 3000 },
};

/* ---- a kill ------------------------------------------------------------------------- */

static void sleep_ns(int64_t ns)
{
	const struct timespec pause = { .tv_sec = ns / NS_PER_SEC,
					.tv_nsec = ns % NS_PER_SEC };

	(void)nanosleep(&pause, NULL);
}

/* The first child of a process, or 0. */
static pid_t child_of(pid_t pid)
{
	char path[64];
	FILE *file;
	int child = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
		       (int)pid, (int)pid);
	file = fopen(path, "re");
	if (file && fscanf(file, "%d", &child) != 1)
		child = 0;
	if (file)
		(void)fclose(file);
	return child;
}

static pid_t find_target(pid_t launcher, enum target target)
{
	pid_t pid = launcher;

	for (int i = TARGET_LAUNCHER; i < (int)target && pid > 0; i++)
		pid = child_of(pid);
	return pid;
}

/* Wait for every child, ours and inherited; *ret_status is pid's. */
static bool all_gone(pid_t pid, int64_t within_ms, int *ret_status,
		     int64_t *ret_ns)
{
	int64_t begun_ns = clock_mono_ns(), now_ns;
	int status;

	do {
		pid_t ended = waitpid(-1, &status, WNOHANG | __WALL);

		now_ns = clock_mono_ns();
		*ret_ns = now_ns - begun_ns;
		if (ended < 0)
			return true;
		if (ended == pid)
			*ret_status = status;
		if (ended == 0)
			sleep_ns(NS_PER_MS);
	} while (now_ns < begun_ns + within_ms * NS_PER_MS);
	return false;
}

/* What should not be there any more is not to spoil the next round. */
static void put_down(void)
{
	pid_t pid;

	while ((pid = child_of(getpid())) > 0 && kill(pid, SIGKILL) == 0 &&
	       waitpid(pid, NULL, __WALL) == pid)
		;
}

static pid_t start(struct killed *k, const struct scene *scene,
		   struct finding *finding)
{
	struct pollfd begun = { .events = POLLIN };
	int p[2];
	pid_t pid;
	char byte;

	if (pipe2(p, O_CLOEXEC) < 0)
		abort();
	pid = fork();
	if (pid == 0) {
		const struct victim victim = { k, p[1] };

		(void)close(p[0]);
		scene->play(&victim);
		_exit(EXPECTED);
	}
	(void)close(p[1]);
	begun.fd = p[0];
	if (poll(&begun, 1, BEGIN_MS) != 1 || read(p[0], &byte, 1) != 1)
		soak_found(finding, "the launcher did not begin");
	(void)close(p[0]);
	return pid;
}

/* ---- what is left -------------------------------------------------------------------- */

/* The next launcher: makes a pod, and a run in it passes. */
static pid_t start_next(struct killed *k)
{
	pid_t pid = fork();

	if (pid == 0) {
		const struct victim victim = { k, -1 };
		const struct soak_run run = { .arg = "echo",
					      .input = "hello\n" };
		struct pod *pod = make_pod(&victim);
		bool ok = pod && run_in(&victim, pod, &run, OUTCOME_EXITED);

		pod_free(pod);
		if (!ok)
			say_wrong(last_error.text, last_error.kind);
		_exit(EXPECTED);
	}
	return pid;
}

static void look_for_groups(pid_t pid, struct finding *finding)
{
	auto_lines struct lines lines = { 0 };

	groups_of(pid, &lines);
	for (size_t i = 0; i < lines.count; i++)
		soak_found(finding, "%s is left", lines.line[i]);
}

static void look_for_files(const char *path, struct finding *finding)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			soak_found(finding, "%s/%s is left", path,
				   entry->d_name);
	if (dir)
		(void)closedir(dir);
}

static void look(struct killed *k, pid_t victim, struct finding *finding)
{
	auto_lines struct lines left = { 0 };
	struct finding change = { .why = "" };
	int status = -1;
	int64_t ns;
	pid_t next;

	groups_of(victim, &left);
	k->left += left.count;
	next = start_next(k);
	if (!all_gone(next, NEXT_MS, &status, &ns)) {
		soak_found(finding, "the next launcher did not end");
		put_down();
	} else if (!WIFEXITED(status) || WEXITSTATUS(status) != EXPECTED)
		soak_found(finding, "the next launcher ended with %#x",
			   (unsigned)status);
	look_for_groups(victim, finding);
	look_for_groups(next, finding);
	look_for_files(k->tmp, finding);
	soak_look(&k->soak, &k->host, &change);
	if (change.why[0])
		soak_found(finding, "%s", change.why);
}

/* Id ranges are held by sockets (harness/sandbox/pod.c) of a process that is
 * gone: none of those that it had is still there. */
static void note_slots(pid_t pid, struct lines *inodes)
{
	char path[64], target[64];
	struct dirent *entry;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target,
				       sizeof(target) - 1);

		target[n > 0 ? n : 0] = '\0';
		if (strncmp(target, "socket:[", 8) == 0)
			lines_add(inodes, "%.*s", (int)strcspn(target + 8, "]"),
				  target + 8);
	}
	if (dir)
		(void)closedir(dir);
}

static void look_for_slots(const struct lines *inodes, struct finding *finding)
{
	FILE *file = fopen("/proc/net/unix", "re");
	char line[512], inode[32];

	while (file && fgets(line, sizeof(line), file)) {
		if (!strstr(line, " @fortnight-slot-") ||
		    sscanf(line, "%*s %*s %*s %*s %*s %*s %31s", inode) != 1)
			continue;
		for (size_t i = 0; i < inodes->count; i++)
			if (strcmp(inodes->line[i], inode) == 0)
				soak_found(finding, "still held: %s", line);
	}
	if (file)
		(void)fclose(file);
}

/* ---- a round --------------------------------------------------------------------------- */

static void kill_one(struct killed *k, const struct scene *scene, pid_t pid,
		     struct finding *finding)
{
	int64_t within_ms = scene->target == TARGET_LAUNCHER ? GONE_MS
							     : NEXT_MS;
	auto_lines struct lines inodes = { 0 };
	int status = 0;
	int64_t ns = 0;
	pid_t target = find_target(pid, scene->target);

	k->nothing += target <= 0;
	note_slots(pid, &inodes);
	if (target > 0)
		(void)kill(target, SIGKILL);
	if (!all_gone(pid, within_ms, &status, &ns)) {
		soak_found(finding, "%lld ms later something lives",
			   (long long)(ns / NS_PER_MS));
		put_down();
	}
	if (scene->target == TARGET_LAUNCHER && ns > k->slowest_ns)
		k->slowest_ns = ns;
	if (WIFEXITED(status) && WEXITSTATUS(status) != EXPECTED &&
	    scene->play != other_command)
		soak_found(finding, "the launcher ended with %d",
			   WEXITSTATUS(status));
	look_for_slots(&inodes, finding);
}

static void play(struct killed *k, const struct scene *scene, unsigned number)
{
	struct finding finding = { .why = "" };
	uint64_t delay_us = roll(k, (uint64_t)scene->most_ms * 1000);
	pid_t pid = start(k, scene, &finding);

	sleep_ns((int64_t)delay_us * NS_PER_US);
	kill_one(k, scene, pid, &finding);
	look(k, pid, &finding);
	soak_point(&finding, "%u %s, after %llu us", number, scene->title,
		   (unsigned long long)delay_us);
}

static void play_all(struct killed *k, unsigned rounds)
{
	size_t count = ARRAY_LEN(scenes) - (k->command[0] ? 0 : 1);
	struct finding aimless = { .why = "" };

	host_look(&k->soak.lures, &k->host);
	for (unsigned i = 0; i < rounds; i++)
		play(k, &scenes[i % count], i + 1);
	lines_done(&k->host);
	printf("# all dead within %lld us of the launcher's death\n",
	       (long long)(k->slowest_ns / NS_PER_US));
	printf("# %zu control groups were left, and removed\n", k->left);
	if (k->left == 0)
		soak_found(&aimless, "no control group was left");
	if (k->nothing > rounds / 4)
		soak_found(&aimless, "nothing to kill was there in %u of %u",
			   k->nothing, rounds);
	soak_point(&aimless, "control: most of these kills hit something");
}

/* That a survivor would be noticed: a child that does not die. */
static void control_survivor(void)
{
	struct finding finding = { .why = "" };
	int status = 0;
	int64_t ns;
	pid_t middle = fork();

	if (middle == 0) {
		if (fork() > 0)
			_exit(0);
		(void)setsid();
		for (;;)
			(void)pause();
	}
	(void)waitpid(middle, &status, 0);
	if (all_gone(-1, 50, &status, &ns))
		soak_found(&finding, "it was not");
	put_down();
	if (!all_gone(-1, GONE_MS, &status, &ns))
		soak_found(&finding, "it could not be killed");
	soak_point(&finding, "control: a process that survives is noticed");
}

int main(int argc, char **argv)
{
	struct killed k = { .slowest_ns = 0 };
	struct error err = ERROR_INIT;
	unsigned rounds = argc > 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;

	if (rounds == 0) {
		(void)fprintf(stderr, "usage: killed DIRECTORY ROUNDS SEED "
				      "[COMMAND...]\n");
		return 2;
	}
	k.seed = strtoull(argv[3], NULL, 0);
	k.command = argv + 4;
	(void)signal(SIGPIPE, SIG_IGN);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ||
	    soak_open(&k.soak, argv[1], "inside_load", &err) < 0) {
		printf("Bail out! %s\n", err.text);
		soak_close(&k.soak);
		return 1;
	}
	(void)snprintf(k.tmp, sizeof(k.tmp), "%.100s/tmp",
		       k.soak.lures.directory);
	if (mkdir(k.tmp, 0700) < 0)
		return 1;
	printf("# seed %s\n", argv[3]);
	control_survivor();
	play_all(&k, rounds);
	(void)rmdir(k.tmp);
	soak_close(&k.soak);
	return soak_done();
}
