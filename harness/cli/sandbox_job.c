/* SPDX-License-Identifier: MIT */
/* From the options of `fortnight sandbox run` to a pod and a run. */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "fortnight/text.h"

#include "sandbox_run.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum {
	INPUT_BYTES_MAX = 64 << 20,
	READ_CHUNK = 65536,
	PAGE = 4096,
	ROOM_BYTES = 1 << 20,
	PATH_SIZE = 1000, /* of a path inside; wire.h takes a little more */
	ENV_DEFAULTS = 4
};

static const char *const default_env[ENV_DEFAULTS] = {
	"PATH=/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8", "TMPDIR=/tmp"
};

/* ---- policy and root ---------------------------------------------------------- */

static const char *const policy_names[] = { [POLICY_GRADE] = "grade",
					    [POLICY_SESSION] = "session",
					    [POLICY_DEBUG] = "debug",
					    [POLICY_COUNT] = NULL };
static const char *const root_names[] = { [ROOT_BARE] = "bare",
					  [ROOT_TOOLCHAIN] = "toolchain",
					  [ROOT_DIRECTORY] = NULL };

static size_t position(const char *const *names, const char *name)
{
	size_t i = 0;

	while (names[i] && strcmp(names[i], name) != 0)
		i++;
	return i;
}

static int no_such(const char *option, const char *value,
		   const char *const *names, const char *want,
		   struct error *err)
{
	const char *near = text_nearest(value, names);

	return error_set(err, ERROR_USAGE, "--%s is '%s', want %s%s%s%s",
			 option, value, want, near ? ": did you mean " : "",
			 near ? near : "", near ? "?" : "");
}

static int choose_policy(const char *name, struct sandbox_job *job,
			 struct error *err)
{
	size_t policy = position(policy_names, name);

	if (policy == POLICY_COUNT)
		return no_such("policy", name, policy_names,
			       "grade, session or debug", err);
	job->pod.policy = (enum sandbox_policy)policy;
	job->policy_name = policy_names[policy];
	return 0;
}

static int choose_root(const char *name, struct sandbox_job *job,
		       struct error *err)
{
	struct pod_side_config *side = &job->pod.side[SIDE_CANDIDATE];
	struct stat st;

	side->root = (enum sandbox_root)position(root_names, name);
	job->root_name = name;
	if (side->root != ROOT_DIRECTORY)
		return 0;
	if (stat(name, &st) < 0 || !S_ISDIR(st.st_mode))
		return no_such("root", name, root_names,
			       "bare, toolchain or a directory that is there",
			       err);
	job->root_path = realpath(name, NULL);
	if (!job->root_path)
		return error_set_errno(err, errno, "--root %s", name);
	side->root_path = job->root_path;
	return 0;
}

static int check_hidden(const struct cli_list *hide, struct error *err)
{
	for (size_t i = 0; i < hide->count; i++)
		if (hide->texts[i][0] != '/' ||
		    strlen(hide->texts[i]) >= PATH_SIZE)
			return error_set(err, ERROR_USAGE,
					 "--hide is '%s', want an absolute "
					 "path of less than %d bytes",
					 hide->texts[i], PATH_SIZE);
	return 0;
}

/* ---- /app and /work ----------------------------------------------------------- */

/* What a tree takes in a tmpfs at most: pages, and as much again for inodes. */
static uint64_t room_of(const struct tree *tree)
{
	return tree_bytes(tree) + UINT64_C(2) * PAGE * tree_count(tree) +
	       ROOM_BYTES;
}

static int load_trees(const struct sandbox_request *request,
		      struct sandbox_job *job, struct error *err)
{
	struct pod_side_config *side = &job->pod.side[SIDE_CANDIDATE];
	const struct tree_limits *limits = &tree_limits_default;

	if (request->app) {
		if (tree_from_path(request->app, limits, &job->app, err) < 0)
			return error_prefix(err, "--app");
		side->app_fd = tree_fd(job->app);
		side->app_bytes = room_of(job->app);
	}
	if (!request->work)
		return 0;
	if (tree_from_path(request->work, limits, &job->work, err) < 0)
		return error_prefix(err, "--work");
	if (room_of(job->work) > (uint64_t)request->disk_bytes)
		return error_set(err, ERROR_LIMIT,
				 "--work %s takes up to %" PRIu64
				 " bytes, and --disk is %" PRId64
				 ": give a larger --disk",
				 request->work, room_of(job->work),
				 request->disk_bytes);
	side->work_fd = tree_fd(job->work);
	side->memory_bytes += room_of(job->work);
	return 0;
}

/* ---- environment and command -------------------------------------------------- */

static void put_env(struct sandbox_job *job, const char *assignment)
{
	size_t name = strcspn(assignment, "=") + 1, i = 0;

	while (i < job->env_count &&
	       strncmp(job->env[i], assignment, name) != 0)
		i++;
	job->env[i] = assignment;
	if (i == job->env_count)
		job->env_count++;
}

/* NAME alone is what it is here. */
static int inherit(struct sandbox_job *job, const char *name, struct error *err)
{
	/* Nothing here sets the environment. */
	const char *value = getenv(name); // NOLINT(concurrency-mt-unsafe)

	if (!value)
		return error_set(err, ERROR_USAGE,
				 "--env %s: it is not set here; give it a "
				 "value, as %s=VALUE",
				 name, name);
	if (asprintf(&job->made[job->made_count], "%s=%s", name, value) < 0)
		abort();
	put_env(job, job->made[job->made_count++]);
	return 0;
}

static int make_env(const struct cli_list *list, struct sandbox_job *job,
		    struct error *err)
{
	job->env = xcalloc(list->count + ENV_DEFAULTS + 1, sizeof(*job->env));
	job->made = xcalloc(list->count + 1, sizeof(*job->made));
	for (size_t i = 0; i < ENV_DEFAULTS; i++)
		put_env(job, default_env[i]);
	for (size_t i = 0; i < list->count; i++) {
		const char *text = list->texts[i];

		if (*text == '=' || !*text)
			return error_set(err, ERROR_USAGE,
					 "--env is '%s', want NAME=VALUE or "
					 "NAME",
					 text);
		if (strchr(text, '='))
			put_env(job, text);
		else if (inherit(job, text, err) < 0)
			return -1;
	}
	job->run.env = job->env;
	return 0;
}

static const char *path_of(const struct sandbox_job *job)
{
	for (size_t i = 0; i < job->env_count; i++)
		if (strncmp(job->env[i], "PATH=", 5) == 0)
			return job->env[i] + 5;
	return "";
}

/* Whether path is below one of the host's directories that a root shows. */
static bool is_shown(const char *path)
{
	static const char *const places[] = { "/usr/", "/bin/", "/sbin/" };

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (strncmp(path, places[i], strlen(places[i])) == 0)
			return true;
	return false;
}

static bool is_in(const struct tree *tree, const char *path)
{
	const struct tree_entry *entry = tree ? tree_find(tree, path) : NULL;

	return entry && entry->type != TREE_DIR;
}

/* Whether there will be a program at path inside, as far as can be seen here. */
static bool is_there(const struct sandbox_job *job, const char *path)
{
	enum sandbox_root root = job->pod.side[SIDE_CANDIDATE].root;
	auto_free char *outside = NULL;

	if (strncmp(path, "/app/", 5) == 0)
		return is_in(job->app, path + 5);
	if (strncmp(path, "/work/", 6) == 0)
		return is_in(job->work, path + 6);
	if (root == ROOT_BARE || !is_shown(path))
		return false;
	if (asprintf(&outside, "%s%s", job->root_path ? job->root_path : "",
		     path) < 0)
		abort();
	return access(outside, X_OK) == 0;
}

/* A name without a slash is looked up in PATH, as a shell would. */
static int look_up(struct sandbox_job *job, const char *name, struct error *err)
{
	const char *path = path_of(job), *at = path;

	while (*at) {
		size_t len = strcspn(at, ":");

		free(job->program);
		if (asprintf(&job->program, "%.*s/%s", (int)len, at, name) < 0)
			abort();
		if (len > 0 && *at == '/' && is_there(job, job->program))
			return 0;
		at += len + (at[len] == ':');
	}
	return error_set(err, ERROR_INPUT,
			 "there is no program '%s' in the PATH inside, '%s', "
			 "with --root %s: name it with its path",
			 name, path, job->root_name);
}

static int make_command(const struct sandbox_request *request,
			struct sandbox_job *job, struct error *err)
{
	const char *name = request->command[0];

	job->argv = xcalloc(request->command_count + 1, sizeof(*job->argv));
	for (size_t i = 0; i < request->command_count; i++)
		job->argv[i] = request->command[i];
	job->run.argv = job->argv;
	if (*name == '/')
		return 0;
	if (!strchr(name, '/')) {
		if (look_up(job, name, err) < 0)
			return -1;
	} else if (asprintf(&job->program, "/work/%s", name) < 0) {
		abort();
	}
	job->argv[0] = job->program;
	return 0;
}

/* ---- standard input ----------------------------------------------------------- */

static int read_more(int fd, struct buf *buf, bool *ret_ended,
		     struct error *err)
{
	char chunk[READ_CHUNK];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	*ret_ended = n == 0;
	if (n < 0 && errno != EINTR && errno != EAGAIN)
		return error_set_errno(err, errno, "read standard input");
	buf_add(buf, chunk, n > 0 ? (size_t)n : 0);
	if (buf_overflowed(buf))
		return error_set(err, ERROR_LIMIT,
				 "standard input is larger than %d bytes: put "
				 "it in a file of --work",
				 INPUT_BYTES_MAX);
	return 0;
}

static int read_input(int fd, struct buf *buf, struct error *err)
{
	struct pollfd polled[] = { { .fd = fd, .events = POLLIN },
				   { .fd = cli_cancel_fd(),
				     .events = POLLIN } };
	bool ended = false;

	while (!ended) {
		if (poll(polled, ARRAY_LEN(polled), -1) < 0 && errno != EINTR)
			return error_set_errno(err, errno, "poll");
		if (polled[1].revents)
			return error_set(err, ERROR_CANCELLED, "interrupted");
		if (polled[0].revents && read_more(fd, buf, &ended, err) < 0)
			return -1;
	}
	return 0;
}

/* Nobody types to a program that starts when the typing is done; and a standard
 * input that was closed is open for writing only (main.c). */
static bool has_input(void)
{
	int flags = fcntl(STDIN_FILENO, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_WRONLY &&
	       !isatty(STDIN_FILENO);
}

static int take_input(const char *path, struct sandbox_job *job,
		      struct error *err)
{
	auto_close int fd = -1;

	if (path) {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0 && errno == EINTR)
			return error_set(err, ERROR_CANCELLED, "interrupted");
		if (fd < 0)
			return error_set_errno(err, errno, "--stdin %s", path);
		if (read_input(fd, &job->in, err) < 0)
			return error_prefix(err, "--stdin %s", path);
	} else if (has_input() && read_input(STDIN_FILENO, &job->in, err) < 0) {
		return -1;
	}
	job->run.stdin_data = job->in.data;
	job->run.stdin_len = job->in.len;
	return 0;
}

/* ---- the whole ---------------------------------------------------------------- */

/* A limit that is larger than what there is would never be reached, and something
 * else would give way in its place. */
static int check_host(const struct sandbox_request *request, struct error *err)
{
	uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) *
			  (uint64_t)sysconf(_SC_PAGESIZE);
	struct rlimit files;

	if ((uint64_t)request->memory_bytes > memory)
		return error_set(err, ERROR_HOST,
				 "--memory is %" PRId64
				 ", and this host has %" PRIu64
				 ": give a smaller one",
				 request->memory_bytes, memory);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 &&
	    (uint64_t)request->open_files > files.rlim_max)
		return error_set(err, ERROR_HOST,
				 "--open-files is %" PRId64
				 ", and the hard limit here is %" PRIu64
				 ": give a smaller one, or raise that (ulimit "
				 "-Hn)",
				 request->open_files, (uint64_t)files.rlim_max);
	return 0;
}

static void set_limits(const struct sandbox_request *request,
		       struct sandbox_job *job)
{
	job->run.limits = (struct run_limits){
		.cpu_ns = request->cpu_ns,
		.wall_ns = request->wall_ns,
		.memory_bytes = (uint64_t)request->memory_bytes,
		.processes = (uint32_t)request->processes,
		.output_bytes = (uint64_t)request->output_bytes,
		.file_bytes = (uint64_t)request->file_bytes,
		.disk_bytes = (uint64_t)request->disk_bytes,
		.open_files = (uint32_t)request->open_files,
	};
	job->pod.side[SIDE_CANDIDATE] = (struct pod_side_config){
		.used = true,
		.hide = request->hide.texts,
		.app_fd = -1,
		.work_fd = -1,
		.work_bytes = (uint64_t)request->disk_bytes,
		.memory_bytes = (uint64_t)request->memory_bytes,
		.processes = (uint32_t)request->processes,
	};
}

int sandbox_job_make(const struct sandbox_request *request,
		     struct sandbox_job *job, struct error *err)
{
	*job = (struct sandbox_job){
		.pod = { .side[SIDE_AUTHOR] = { .app_fd = -1, .work_fd = -1 },
			 .cancel_fd = cli_cancel_fd() },
		.run = { .files_fd = -1, .lasting_work = true },
		.in = BUF_INIT(INPUT_BYTES_MAX),
	};
	set_limits(request, job);
	if (choose_policy(request->policy, job, err) < 0 ||
	    choose_root(request->root, job, err) < 0 ||
	    check_hidden(&request->hide, err) < 0 ||
	    check_host(request, err) < 0 ||
	    make_env(&request->env, job, err) < 0 ||
	    load_trees(request, job, err) < 0 ||
	    make_command(request, job, err) < 0)
		return -1;
	return take_input(request->in, job, err);
}

void sandbox_job_done(struct sandbox_job *job)
{
	for (size_t i = 0; i < job->made_count; i++)
		free(job->made[i]);
	free(job->made);
	free(job->env);
	free(job->argv);
	free(job->program);
	free(job->root_path);
	tree_free(job->app);
	tree_free(job->work);
	buf_done(&job->in);
}
