/* SPDX-License-Identifier: MIT */
/*
 * One attempt: a pod of its own, the program in it, what it leaves collected,
 * the pod freed; then the same look at the host as before, and a word from the
 * neighbour, a pod that lives all the while.
 */
#include "suite.h"

#include "fortnight/fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	MIB = 1 << 20,
	KIB = 1 << 10,
	PROGRAM_BYTES_MAX = 16 * MIB,
	PROGRAMS_MAX = 40,
	ENV_MAX = 10,
	ENV_SIZE = 192
};

const struct limits_row limits_usual = {
	.cpu_ms = 1500,
	.wall_ms = 10000,
	.memory_mb = 64,
	.processes = 32,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 16,
	.open_files = 64,
};

static const struct tree_limits app_limits = { .bytes_max = 32 * MIB,
					       .entries_max = 100 };

/* ---- what is in /app ------------------------------------------------------------ */

struct program {
	const char *name; /* borrowed from a row */
	struct tree *tree;
};

static struct program programs[PROGRAMS_MAX];

/* Files that are no programs, for attempts to run them. */
static int add_no_programs(struct tree_builder *builder, struct error *err)
{
	static const struct {
		const char *path;
		bool executable;
		const char *text;
	} files[] = {
		{ "without_interpreter", true, "exit 7\n" },
		{ "lost_interpreter", true, "#!/no/such/program\nexit 7\n" },
		{ "own_interpreter", true, "#!/app/own_interpreter\n" },
		{ "broken_elf", true, "\177ELF\2\1\1" },
		{ "plain_data", false, "#!/bin/sh\nexit 7\n" },
		{ "empty", true, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (tree_builder_add_file(builder, files[i].path,
					  files[i].executable, files[i].text,
					  strlen(files[i].text), err) < 0)
			return -1;
	return 0;
}

static int make_tree(const struct suite *suite, const char *program,
		     struct tree **ret_tree, struct error *err)
{
	auto_tree_builder struct tree_builder *builder =
		tree_builder_new(&app_limits);
	auto_buf struct buf buf = BUF_INIT(PROGRAM_BYTES_MAX);
	auto_close int dir = -1;

	if (add_no_programs(builder, err) < 0 ||
	    fd_open_dir(AT_FDCWD, suite->attacks, false, &dir, err) < 0)
		return -1;
	if (strncmp(program, "attack_", 7) == 0 &&
	    (fd_read_file(dir, program, &buf, err) < 0 ||
	     tree_builder_add_file(builder, program, true, buf.data, buf.len,
				   err) < 0))
		return -1;
	return tree_builder_seal(builder, ret_tree, err);
}

static int tree_of(const struct suite *suite, const char *program,
		   const struct tree **ret_tree, struct error *err)
{
	size_t i = 0;

	while (i < PROGRAMS_MAX && programs[i].name &&
	       strcmp(programs[i].name, program) != 0)
		i++;
	if (i == PROGRAMS_MAX)
		return error_set(err, ERROR_BUG, "more than %d programs",
				 PROGRAMS_MAX);
	if (!programs[i].tree &&
	    make_tree(suite, program, &programs[i].tree, err) < 0)
		return -1;
	programs[i].name = program;
	*ret_tree = programs[i].tree;
	return 0;
}

/* ---- the pod --------------------------------------------------------------------- */

static int make_pod(const struct tree *app, const struct limits_row *limits,
		    enum place place, struct pod **ret_pod, struct error *err)
{
	struct pod_config config = { .cancel_fd = -1 };
	struct pod_side_config side = {
		.used = true,
		.root = place & (PLACE_BUILD | PLACE_SESSION | PLACE_DEBUG)
				? ROOT_TOOLCHAIN
				: ROOT_BARE,
		.app_fd = tree_fd(app),
		.app_bytes = tree_bytes(app) + 2 * MIB,
		.work_fd = -1,
		.work_bytes = (uint64_t)limits->disk_mb * MIB,
		.memory_bytes = (uint64_t)limits->memory_mb * MIB,
		.processes = (uint32_t)limits->processes,
	};

	config.policy = place == PLACE_SESSION ? POLICY_SESSION
			: place == PLACE_DEBUG ? POLICY_DEBUG
					       : POLICY_GRADE;
	config.data_bytes = limits->data_mb ? (uint64_t)limits->data_mb * MIB
					    : MIB;
	config.side[SIDE_CANDIDATE] = side;
	side.used = place == PLACE_DRIVER || place == PLACE_BESIDE;
	config.side[SIDE_AUTHOR] = side;
	return pod_new(&config, ret_pod, err);
}

int suite_pod(const struct suite *suite, const char *program,
	      const struct limits_row *limits, enum place place,
	      struct pod **ret_pod, struct error *err)
{
	const struct tree *app = NULL;

	if (tree_of(suite, program, &app, err) < 0)
		return -1;
	return make_pod(app, limits, place, ret_pod, err);
}

struct environment {
	char text[ENV_MAX][ENV_SIZE];
	const char *list[ENV_MAX + 1];
	size_t count;
};

static void put(struct environment *env, const char *fmt, ...)
	PRINTF_LIKE(2, 3);
static void put(struct environment *env, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(env->text[env->count], ENV_SIZE, fmt, ap);
	va_end(ap);
	env->list[env->count] = env->text[env->count];
	env->list[++env->count] = NULL;
}

static void fill_environment(const struct lures *lures, struct environment *env)
{
	put(env, "HS_TOKEN=%s", lures->token);
	put(env, "HS_HOST_MNT=%s", lures->host_mounts);
	put(env, "HS_TCP_PORT=%u", lures->tcp_port);
	put(env, "HS_UDP_PORT=%u", lures->udp_port);
	put(env, "HS_ABSTRACT=%s", lures->abstract);
	put(env, "HS_CANARY=%s", lures->directory);
	/* As the kernel has it: inside nobody may ask. */
	put(env, "HS_LANDLOCK=%ld",
	    syscall(SYS_landlock_create_ruleset, NULL, 0, 1));
}

static void limit_run(struct run_config *config,
		      const struct limits_row *limits)
{
	config->limits = (struct run_limits){
		.cpu_ns = limits->cpu_ms * INT64_C(1000000),
		.wall_ns = limits->wall_ms * INT64_C(1000000),
		.memory_bytes = (uint64_t)limits->memory_mb * MIB,
		.processes = (uint32_t)limits->processes,
		.output_bytes = (uint64_t)limits->output_kb * KIB,
		.file_bytes = (uint64_t)limits->file_mb * MIB,
		.disk_bytes = (uint64_t)limits->disk_mb * MIB,
		.open_files = (uint32_t)limits->open_files,
	};
}

/* The driver leads: the attempt has as long as that lives, and has to have
 * ended by itself before. */
static int run_beside(struct pod *pod, const struct run_request *request,
		      const struct run_config *config, struct outcome *outcome,
		      struct error *err)
{
	const char *argv[] = { config->argv[0], request->driver,
			       config->argv[2], NULL };
	struct run_config both[] = { *config, *config };
	struct outcome outcomes[] = { *outcome, { .work_fd = -1 } };
	struct finding finding = { .why = "" };
	int rc;

	outcome_init(&outcomes[1]);
	both[1].side = SIDE_AUTHOR;
	both[1].argv = argv;
	rc = pod_run(pod, both, 2, outcomes, err);
	*outcome = outcomes[0];
	if (rc == 0)
		judge("harmless", &outcomes[1], &finding);
	if (finding.why[0])
		rc = error_set(err, ERROR_INPUT, "the driver: %s", finding.why);
	outcome_done(&outcomes[1]);
	return rc;
}

int suite_run_in(const struct suite *suite, struct pod *pod,
		 const struct run_request *request, struct outcome *outcome,
		 struct error *err)
{
	struct environment env = { .count = 0 };
	char path[64];
	const char *argv[] = { path, request->arg, suite->lures.token, NULL };
	struct run_config config = {
		.side = request->place == PLACE_DRIVER ? SIDE_AUTHOR
						       : SIDE_CANDIDATE,
		.argv = argv,
		.env = env.list,
		.files_fd = -1,
		.lasting_work = request->lasting,
		.collect_work = request->collect,
		.data = request->limits->data_mb > 0,
	};

	limit_run(&config, request->limits);
	(void)snprintf(path, sizeof(path), "/app/%s", request->program);
	fill_environment(&suite->lures, &env);
	if (request->driver)
		return run_beside(pod, request, &config, outcome, err);
	return pod_run(pod, &config, 1, outcome, err);
}

/* ---- what was left in /work ------------------------------------------------------- */

static void expect_tree(const struct attempt *attempt, int rc, int fd,
			const struct error *refusal,
			const struct outcome *outcome, struct finding *finding)
{
	auto_tree struct tree *tree = NULL;
	struct error err = ERROR_INIT;
	bool wanted = strcmp(attempt->collect, "a tree") == 0;

	if (rc < 0) {
		bool theirs = refusal->kind == ERROR_INPUT ||
			      refusal->kind == ERROR_LIMIT;

		if (wanted || !theirs ||
		    !strstr(refusal->text, attempt->collect))
			found(finding, "collecting: %s; expected: %s",
			      refusal->text, attempt->collect);
		return;
	}
	if (tree_from_stream(fd, &tree_limits_default, &tree, &err) < 0) {
		close(fd);
		if (wanted || !strstr(err.text, attempt->collect))
			found(finding, "the collected tree: %s; expected: %s",
			      err.text, attempt->collect);
		return;
	}
	if (!wanted)
		found(finding, "it was collected; expected: %s",
		      attempt->collect);
	if (wanted && attempt->check)
		attempt->check(outcome, tree, finding);
}

/* As after a build: the directory out of a lasting /work. */
static void collect_out(struct pod *pod, const struct attempt *attempt,
			const struct limits_row *limits,
			const struct outcome *outcome, struct finding *finding)
{
	struct error err = ERROR_INIT;
	int fd = -1;
	int rc = pod_collect(pod, "out", (uint64_t)limits->disk_mb * MIB, &fd,
			     &err);

	expect_tree(attempt, rc, fd, &err, outcome, finding);
}

/* As after a case: /work itself, which is an empty one if it cannot be packed.
 * Whatever comes, comes in a form that a tree can be made of, or is refused as
 * the candidate's fault. */
static int collect_work(struct suite *suite, struct pod *pod,
			struct run_request *request, struct finding *finding,
			struct error *err)
{
	auto_outcome struct outcome outcome;
	auto_tree struct tree *tree = NULL;
	struct error refusal = ERROR_INIT;

	outcome_init(&outcome);
	request->lasting = false;
	request->collect = true;
	if (suite_run_in(suite, pod, request, &outcome, err) < 0)
		return -1;
	if (tree_from_stream(outcome.work_fd, &tree_limits_default, &tree,
			     &refusal) == 0)
		outcome.work_fd = -1;
	else if (refusal.kind != ERROR_INPUT && refusal.kind != ERROR_LIMIT)
		found(finding, "a case's /work: %s", refusal.text);
	return 0;
}

/* As between the starts of a server: a file is torn, then all is emptied. */
static int tear_data(struct suite *suite, struct pod *pod,
		     struct run_request *request, struct finding *finding,
		     struct error *err)
{
	auto_outcome struct outcome outcome;

	outcome_init(&outcome);
	if (pod_data_tear(pod, 1, err) < 0 || pod_data_reset(pod, err) < 0)
		return -1;
	request->arg = "data_is_empty";
	if (suite_run_in(suite, pod, request, &outcome, err) < 0)
		return -1;
	judge("harmless", &outcome, finding);
	return 0;
}

/* ---- an attempt --------------------------------------------------------------------- */

static int try_in(struct suite *suite, struct pod *pod,
		  const struct attempt *attempt, struct run_request *request,
		  struct finding *finding, struct error *err)
{
	auto_outcome struct outcome before;
	auto_outcome struct outcome outcome;

	outcome_init(&before);
	outcome_init(&outcome);
	if (attempt->before) {
		request->arg = attempt->before;
		if (suite_run_in(suite, pod, request, &before, err) < 0)
			return -1;
		judge("harmless", &before, finding);
		request->arg = attempt->arg;
	}
	if (suite_run_in(suite, pod, request, &outcome, err) < 0)
		return -1;
	judge(attempt->expect, &outcome, finding);
	judge_evidence(attempt, &outcome, finding);
	if (outcome.wall_ns >
	    (request->limits->wall_ms + 3000) * INT64_C(1000000))
		found(finding, "it took %lld ms to be gone",
		      (long long)(outcome.wall_ns / 1000000));
	if (!attempt->collect) {
		if (attempt->check)
			attempt->check(&outcome, NULL, finding);
		return request->limits->data_mb
			       ? tear_data(suite, pod, request, finding, err)
			       : 0;
	}
	collect_out(pod, attempt, request->limits, &outcome, finding);
	return collect_work(suite, pod, request, finding, err);
}

int suite_try(struct suite *suite, const struct attempt *attempt,
	      enum place place, struct finding *finding, struct error *err)
{
	const struct limits_row *limits = attempt->limits ? attempt->limits
							  : &limits_usual;
	struct run_request request = { .program = attempt->program,
				       .arg = attempt->arg,
				       .limits = limits,
				       .place = place,
				       .driver = attempt->driver,
				       .lasting = attempt->collect };
	auto_pod struct pod *pod = NULL;

	if (suite_pod(suite, attempt->program, limits, place, &pod, err) < 0)
		return -1;
	return try_in(suite, pod, attempt, &request, finding, err);
}

static const char *place_name(enum place place)
{
	static const char *const names[] = {
		"as a case",   "as a build",	  "in a session",
		"as a driver", "beside a driver", "with a debugger"
	};

	for (int i = 0; i < PLACES; i++)
		if (place == 1U << i)
			return names[i];
	return "nowhere";
}

static void try_everywhere(struct suite *suite, const struct attempt *attempt,
			   struct finding *finding)
{
	unsigned places = attempt->places ? attempt->places : PLACE_CASE;

	for (int i = 0; i < PLACES && !finding->why[0]; i++) {
		enum place place = 1 << i;
		struct finding here = { .why = "" };
		struct error err = ERROR_INIT;

		if (!(places & place))
			continue;
		if (suite_try(suite, attempt, place, &here, &err) < 0)
			found(&here, "the harness failed: %s", err.text);
		if (here.why[0])
			found(finding, "%s: %s", place_name(place), here.why);
	}
}

static void clean_point(struct suite *suite, const struct attempt *attempt)
{
	auto_lines struct lines now = { 0 };
	struct finding finding = { .why = "" }, neighbour = { .why = "" };

	neighbour_end(suite, &neighbour);
	host_look(&suite->lures, &now);
	lines_compare(&suite->host, &now, &finding);
	if (neighbour.why[0])
		found(&finding, "%s", neighbour.why);
	tap_point(suite, &finding,
		  "%s leaves the host and a neighbour as they were",
		  attempt->number);
	lines_done(&suite->host);
	suite->host = now;
	now = (struct lines){ 0 };
}

void suite_attempt(struct suite *suite, const struct attempt *attempt)
{
	struct finding finding = { .why = "" };

	if (attempt->own_ids && geteuid() != 0) {
		tap_point(suite, &finding,
			  "%s %s # SKIP pods of an ordinary user share its id",
			  attempt->number, attempt->title);
		return;
	}
	neighbour_begin(suite);
	try_everywhere(suite, attempt, &finding);
	tap_point(suite, &finding, "%s %s: %s", attempt->number, attempt->title,
		  attempt->expect);
	clean_point(suite, attempt);
}

/* Read beforehand, so that the launcher's descriptors are counted right. */
static int read_programs(const struct suite *suite, struct error *err)
{
	const struct tree *app = NULL;

	for (size_t t = 0; t < table_count; t++)
		for (size_t i = 0; i < tables[t]->count; i++)
			if (tree_of(suite, tables[t]->attempts[i].program, &app,
				    err) < 0)
				return -1;
	if (tree_of(suite, "attack_control", &app, err) < 0)
		return -1;
	return tree_of(suite, "nothing", &app, err);
}

int suite_open(struct suite *suite, const char *attacks, struct error *err)
{
	*suite = (struct suite){ .attacks = attacks };
	if (lures_set(&suite->lures, err) < 0 ||
	    read_programs(suite, err) < 0 || neighbour_open(suite, err) < 0)
		return -1;
	host_look(&suite->lures, &suite->host);
	return 0;
}

void suite_close(struct suite *suite)
{
	neighbour_close(suite);
	lures_clear(&suite->lures);
	lines_done(&suite->host);
	for (size_t i = 0; i < PROGRAMS_MAX; i++)
		tree_free(programs[i].tree);
}
