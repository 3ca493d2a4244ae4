/* SPDX-License-Identifier: MIT */
/* What `fortnight sandbox run` says of an outcome. */
#include "fortnight/base.h"
#include "fortnight/json.h"
#include "fortnight/text.h"

#include "sandbox_run.h"

#include <inttypes.h>
#include <signal.h>

enum {
	FORMAT = 1, /* of the JSON; a key that changes its meaning changes it */
	SIGNAL_BASE = 128,
	STATUS_WALL = 124,	   /* as timeout(1) */
	STATUS_CANNOT_START = 126, /* as env(1) and the shells */
	STATUS_NOT_FOUND = 127,
	NS_PER_UNIT = 1000000000
};

/* By enum outcome_kind. */
static const struct {
	const char *word;	/* in JSON */
	const char *status_key; /* what outcome.status is; NULL: nothing */
	int exit_status;	/* -1: follows from outcome.status */
} kinds[] = {
	[OUTCOME_EXITED] = { "exited", "exit_status", -1 },
	[OUTCOME_SIGNALLED] = { "signalled", "signal", -1 },
	[OUTCOME_LIMIT_CPU] = { "cpu-limit", NULL, SIGNAL_BASE + SIGXCPU },
	[OUTCOME_LIMIT_WALL] = { "wall-limit", NULL, STATUS_WALL },
	[OUTCOME_LIMIT_MEMORY] = { "memory-limit", NULL,
				   SIGNAL_BASE + SIGKILL },
	[OUTCOME_LIMIT_OUTPUT] = { "output-limit", NULL,
				   SIGNAL_BASE + SIGXFSZ },
	[OUTCOME_NOT_STARTED] = { "not-started", "errno", -1 },
	[OUTCOME_ENDED] = { "ended", NULL, SIGNAL_BASE + SIGTERM },
};

int sandbox_status(const struct outcome *outcome)
{
	if (kinds[outcome->kind].exit_status >= 0)
		return kinds[outcome->kind].exit_status;
	if (outcome->kind == OUTCOME_EXITED)
		return outcome->status;
	if (outcome->kind == OUTCOME_SIGNALLED)
		return SIGNAL_BASE + outcome->status;
	return outcome->status == ENOENT ? STATUS_NOT_FOUND
					 : STATUS_CANNOT_START;
}

/* ---- JSON --------------------------------------------------------------------- */

static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) < 0)
		abort();
}

static void put_number(json_t *object, const char *key, uint64_t value)
{
	put(object, key, json_integer((json_int_t)value));
}

static json_t *stream(const struct buf *buf)
{
	json_t *object = json_object();

	put_number(object, "bytes", buf->len);
	put(object, "capped", json_boolean(buf_overflowed(buf)));
	return object;
}

static json_t *limits_of(const struct run_limits *limits)
{
	json_t *object = json_object();

	put_number(object, "cpu_ns", (uint64_t)limits->cpu_ns);
	put_number(object, "wall_ns", (uint64_t)limits->wall_ns);
	put_number(object, "memory_bytes", limits->memory_bytes);
	put_number(object, "processes", limits->processes);
	put_number(object, "output_bytes", limits->output_bytes);
	put_number(object, "file_bytes", limits->file_bytes);
	put_number(object, "disk_bytes", limits->disk_bytes);
	put_number(object, "open_files", limits->open_files);
	return object;
}

static json_t *layers_of(const struct sandbox_job *job, const struct pod *pod)
{
	/* pod_new() fails without any of them. */
	static const char *const namespaces[] = { "user", "pid", "mount", "net",
						  "ipc",  "uts", "cgroup" };
	json_t *object = json_object(), *list = json_array();
	struct pod_layers layers;

	pod_layers(pod, &layers);
	for (size_t i = 0; i < ARRAY_LEN(namespaces); i++)
		if (json_array_append_new(list, json_string(namespaces[i])) < 0)
			abort();
	put(object, "namespaces", list);
	put(object, "policy", json_string(job->policy_name));
	put(object, "root", json_text(job->root_name, strlen(job->root_name)));
	put_number(object, "landlock_abi", layers.landlock_abi);
	put_number(object, "control_groups", layers.cgroup_v2 ? 2 : 1);
	put(object, "cgroup_kill", json_boolean(layers.cgroup_kill));
	put(object, "cpu_share", json_boolean(layers.cpu_share));
	put(object, "own_ids", json_boolean(layers.own_ids));
	put(object, "start", json_string(layers.fork_runs ? "fork" : "shared"));
	return object;
}

static char *text_of(json_t *object)
{
	char *text = json_canonical(object);

	json_decref(object);
	return text;
}

char *sandbox_json(const struct sandbox_job *job, const struct pod *pod,
		   const struct outcome *outcome)
{
	const char *status = kinds[outcome->kind].status_key;
	json_t *object = json_object();

	put_number(object, "format", FORMAT);
	put(object, "outcome", json_string(kinds[outcome->kind].word));
	if (status)
		put_number(object, status, (uint64_t)outcome->status);
	put_number(object, "cpu_ns", (uint64_t)outcome->cpu_ns);
	put_number(object, "wall_ns", (uint64_t)outcome->wall_ns);
	put_number(object, "dying_ns", (uint64_t)outcome->dying_ns);
	put_number(object, "max_rss_bytes", outcome->max_rss_bytes);
	put_number(object, "memory_peak_bytes", outcome->memory_peak_bytes);
	put_number(object, "oom_kills", outcome->oom_kills);
	put_number(object, "forks_refused", outcome->forks_refused);
	put(object, "stdout", stream(&outcome->out));
	put(object, "stderr", stream(&outcome->err));
	put(object, "limits", limits_of(&job->run.limits));
	put(object, "layers", layers_of(job, pod));
	return text_of(object);
}

char *sandbox_json_failure(const struct error *failure)
{
	json_t *object = json_object();

	put_number(object, "format", FORMAT);
	put(object, "outcome", json_string("failed"));
	put(object, "message", json_text(failure->text, strlen(failure->text)));
	return text_of(object);
}

/* ---- for people --------------------------------------------------------------- */

static void add_program(const struct sandbox_job *job, struct buf *out)
{
	const char *program = job->run.argv[0];

	text_add_safe(out, program, strlen(program));
}

static void add_seconds(int64_t ns, struct buf *out)
{
	buf_addf(out, " of %g s", (double)ns / NS_PER_UNIT);
}

void sandbox_notice(const struct sandbox_job *job,
		    const struct outcome *outcome, struct buf *out)
{
	const struct run_limits *limits = &job->run.limits;

	if (outcome->kind == OUTCOME_EXITED ||
	    outcome->kind == OUTCOME_SIGNALLED)
		return;
	buf_adds(out, "fortnight: ");
	add_program(job, out);
	buf_addf(out, ": %s", outcome_kind_name(outcome->kind));
	if (outcome->kind == OUTCOME_LIMIT_CPU)
		add_seconds(limits->cpu_ns, out);
	if (outcome->kind == OUTCOME_LIMIT_WALL)
		add_seconds(limits->wall_ns, out);
	if (outcome->kind == OUTCOME_LIMIT_MEMORY)
		buf_addf(out, " of %" PRIu64 " bytes", limits->memory_bytes);
	if (outcome->kind == OUTCOME_LIMIT_OUTPUT)
		buf_addf(out, " of %" PRIu64 " bytes", limits->output_bytes);
	if (outcome->kind == OUTCOME_NOT_STARTED)
		buf_addf(out, ": %s",
			 strerrordesc_np(outcome->status)
				 ? strerrordesc_np(outcome->status)
				 : "unknown error");
	buf_addc(out, '\n');
}
