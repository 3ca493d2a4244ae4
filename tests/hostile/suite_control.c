/* SPDX-License-Identifier: MIT */
/*
 * Controls: that the judge says no, that the look at the host sees each kind of
 * change and the look at the neighbour each disturbance, and that the attacks
 * refuse to run outside.  A check that cannot fail
 * is none.
 */
#include "suite.h"

#include "attack_ipc.h"
#include "suite_change.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum {
	NOT_CONTAINED = 99,
	NOBODY = 65534
};

/* ---- the judge ------------------------------------------------------------------- */

static const struct limits_row soon = {
	.cpu_ms = 500,
	.wall_ms = 300,
	.memory_mb = 64,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 8,
	.open_files = 64,
};

static const struct {
	const char *title;
	struct attempt attempt;
	const char *why; /* what must be found; "" nothing */
} judged[] = {
	{ "a call that is permitted counts as an escape",
	  { .arg = "permitted", .expect = "refused EPERM" },
	  "an escape: ALLOWED getpid" },
	{ "an escape counts even where any end is expected",
	  { .arg = "permitted", .expect = "harmless or exit 0" },
	  "an escape: ALLOWED getpid" },
	{ "a refusal with another error does not count",
	  { .arg = "other_errno", .expect = "refused EPERM ENOSYS" },
	  "DENIED errno=EINVAL" },
	{ "a program that says nothing has proved nothing",
	  { .arg = "silent", .expect = "harmless or bounded or refused EPERM" },
	  "its last line is \"\"" },
	{ "a limit counts only where it is expected",
	  { .arg = "asleep", .expect = "harmless", .limits = &soon },
	  "wall time limit" },
	{ "the same program is refused in a case",
	  { .arg = "watch_files", .expect = "refused ENOSYS" },
	  "" },
	{ "and escapes where it is permitted",
	  { .arg = "watch_files",
	    .expect = "refused ENOSYS",
	    .places = PLACE_SESSION },
	  "an escape: ALLOWED inotify_init1" },
	{ "an OOM kill that was not seen is missed",
	  { .arg = "leave_file",
	    .expect = "harmless",
	    .evidence = SEEN_OOM_KILL },
	  "no OOM kill" },
	{ "CPU time that was not used is missed",
	  { .arg = "leave_file", .expect = "harmless", .cpu_min_ms = 400 },
	  "ms of CPU time were counted" },
	{ "an ordinary tree is collected",
	  { .arg = "leave_file", .expect = "harmless", .collect = "a tree" },
	  "" },
	{ "which counts where it must be refused",
	  { .arg = "leave_file", .expect = "harmless", .collect = "FIFO" },
	  "it was collected; expected: FIFO" },
	{ "a program that is not there counts for nothing",
	  { .program = "nothing", .expect = "harmless" },
	  "not started" },
};

static void control_judge(struct suite *suite)
{
	for (size_t i = 0; i < ARRAY_LEN(judged); i++) {
		struct attempt attempt = judged[i].attempt;
		enum place place = attempt.places ? attempt.places : PLACE_CASE;
		struct finding got = { .why = "" }, finding = { .why = "" };
		struct error err = ERROR_INIT;

		if (!attempt.program)
			attempt.program = "attack_control";
		if (suite_try(suite, &attempt, place, &got, &err) < 0)
			found(&finding, "the harness failed: %s", err.text);
		else if (judged[i].why[0] ? !strstr(got.why, judged[i].why)
					  : got.why[0] != '\0')
			found(&finding, "found \"%s\", not \"%s\"", got.why,
			      judged[i].why);
		tap_point(suite, &finding, "control: %s", judged[i].title);
	}
}

/* ---- the look at the host ---------------------------------------------------------- */

/* A killed process and a dropped key are gone a moment later. */
static void wait_until_same(const struct suite *suite, struct finding *finding)
{
	for (int tries = 0; tries < 200; tries++) {
		auto_lines struct lines now = { 0 };
		const struct timespec pause = { .tv_nsec = 10000000 };

		finding->why[0] = '\0';
		host_look(&suite->lures, &now);
		lines_compare(&suite->host, &now, finding);
		if (!finding->why[0])
			return;
		(void)nanosleep(&pause, NULL);
	}
}

static void control_change(struct suite *suite, const struct change *change)
{
	auto_lines struct lines now = { 0 };
	struct finding seen = { .why = "" }, finding = { .why = "" };

	if (change->make(&suite->lures) < 0)
		found(&finding, "it could not be made: %s",
		      strerrordesc_np(errno));
	host_look(&suite->lures, &now);
	lines_compare(&suite->host, &now, &seen);
	if (!strstr(seen.why, change->seen))
		found(&finding, "seen: \"%s\", not \"%s\"", seen.why,
		      change->seen);
	change->undo(&suite->lures);
	if (!finding.why[0])
		wait_until_same(suite, &finding);
	tap_point(suite, &finding, "control: %s would be noticed",
		  change->title);
}

static void control_host(struct suite *suite)
{
	struct finding finding = { .why = "" };

	for (size_t i = 0; i < change_count; i++)
		control_change(suite, &changes[i]);
	change_in_a_copy(&suite->lures, &finding);
	tap_point(suite, &finding,
		  "control: a mount and another host name would be noticed");
}

/* ---- the look at the neighbour ------------------------------------------------------ */

static const struct {
	const char *title, *job, *why;
} disturbed[] = {
	{ "a neighbour whose work costs more", "neighbour_slow",
	  "of CPU time in the median" },
	{ "a neighbour whose work comes out otherwise", "neighbour_wrong",
	  "the neighbour's result is another" },
	{ "a neighbour who says nothing of its work", "silent",
	  "its last line is \"\"" },
};

static void control_neighbour(struct suite *suite)
{
	const char *job = suite->neighbour.job;
	const struct timespec pause = { .tv_nsec = 300000000 };

	for (size_t i = 0; i < ARRAY_LEN(disturbed); i++) {
		struct finding seen = { .why = "" }, finding = { .why = "" };

		suite->neighbour.job = disturbed[i].job;
		neighbour_begin(suite);
		(void)nanosleep(&pause, NULL);
		neighbour_end(suite, &seen);
		if (!strstr(seen.why, disturbed[i].why))
			found(&finding, "seen: \"%s\", not \"%s\"", seen.why,
			      disturbed[i].why);
		tap_point(suite, &finding, "control: %s would be noticed",
			  disturbed[i].title);
	}
	suite->neighbour.job = job;
}

/* ---- outside ------------------------------------------------------------------------ */

/* With every proof that can be forged from outside, as nobody, in an empty
 * directory, and naming no attempt: there is nothing that it could do. */
__attribute__((noreturn)) static void be_outside(const struct suite *suite,
						 int program, const char *name,
						 bool with_token, int out)
{
	const struct rlimit none = { 0, 0 };
	char path[64], token[SUITE_TOKEN_SIZE + 16];
	char mounts[] = "HS_HOST_MNT=mnt:[1]", attempt[] = "no-such-attempt";
	char *argv[] = { path, attempt, token + 9, NULL };
	char *env[] = { with_token ? token : NULL, mounts, NULL };

	(void)snprintf(path, sizeof(path), "/app/%s", name);
	(void)snprintf(token, sizeof(token), "HS_TOKEN=%s", suite->lures.token);
	if (geteuid() == 0 &&
	    (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	     setresuid(NOBODY, NOBODY, NOBODY) < 0))
		_exit(1);
	if (fchdir(suite->lures.directory_fd) < 0 ||
	    setrlimit(RLIMIT_FSIZE, &none) < 0 || dup2(out, 1) < 0)
		_exit(1);
	(void)fexecve(program, argv, env);
	_exit(1);
}

static void run_outside(const struct suite *suite, const char *name,
			bool with_token, struct finding *finding)
{
	char path[512], said[256] = "";
	auto_close int program = -1;
	int p[2], status = 0;
	pid_t pid;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", suite->attacks, name);
	program = open(path, O_RDONLY | O_CLOEXEC);
	if (program < 0 || pipe2(p, O_CLOEXEC) < 0) {
		found(finding, "%s: %s", path, strerrordesc_np(errno));
		return;
	}
	pid = fork();
	if (pid == 0)
		be_outside(suite, program, name, with_token, p[1]);
	close(p[1]);
	n = read(p[0], said, sizeof(said) - 1);
	close(p[0]);
	said[n > 0 ? n : 0] = '\0';
	(void)waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != NOT_CONTAINED ||
	    strncmp(said, "not contained: ", 15) != 0 ||
	    (!with_token && !strstr(said, "token")))
		found(finding, "%s ended with %#x and said \"%s\"", name,
		      (unsigned)status, said);
}

static int is_attack(const struct dirent *entry)
{
	return strncmp(entry->d_name, "attack_", 7) == 0;
}

/* Every program of the folder, in the tables or not. */
static void control_outside(struct suite *suite)
{
	struct dirent **list = NULL;
	int count = scandir(suite->attacks, &list, is_attack, alphasort);

	for (int i = 0; i < count; i++) {
		struct finding finding = { .why = "" };

		run_outside(suite, list[i]->d_name, false, &finding);
		run_outside(suite, list[i]->d_name, true, &finding);
		tap_point(suite, &finding, "control: %s refuses to run outside",
			  list[i]->d_name);
		free(list[i]);
	}
	free(list);
}

void controls_run(struct suite *suite)
{
	control_outside(suite);
	control_judge(suite);
	control_host(suite);
	control_neighbour(suite);
}
