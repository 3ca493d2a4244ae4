/* SPDX-License-Identifier: MIT */
/* pods.h - pods and runs for unit tests; what cannot be had fails the test. */
#ifndef PODS_H
#define PODS_H

#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/sandbox.h"
#include "tap.h"

#include <signal.h>

/* FORTNIGHT_SLOW=N gives programs N times the time: on an emulated processor
 * everything takes longer (tests/vm). */
static inline int64_t slow(void)
{
	const char *text = getenv("FORTNIGHT_SLOW");

	return text ? strtol(text, NULL, 10) : 1;
}

/* A candidate's side alone, with the host's programs; the author's is as large, for
 * those who use it too. */
static inline struct pod_config toolchain_config(uint64_t memory_bytes,
						 uint32_t processes)
{
	struct pod_config config = { .cancel_fd = -1 };

	(void)signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < SIDE_COUNT; i++)
		config.side[i] =
			(struct pod_side_config){ .used = i == SIDE_CANDIDATE,
						  .root = ROOT_TOOLCHAIN,
						  .app_fd = -1,
						  .work_fd = -1,
						  .memory_bytes = memory_bytes,
						  .processes = processes };
	return config;
}

static inline struct pod *pod_of(const struct pod_config *config)
{
	struct error err = ERROR_INIT;
	struct pod *pod = NULL;

	if (pod_new(config, &pod, &err) < 0)
		FAIL("pod_new: %s", err.text);
	return pod;
}

static inline struct pod *toolchain_pod(uint64_t memory_bytes,
					uint32_t processes)
{
	struct pod_config config = toolchain_config(memory_bytes, processes);

	return pod_of(&config);
}

/* A program that does little, on the candidate's side. */
static inline struct run_config small_run(const char *const *argv)
{
	static const char *const env[] = { "PATH=/usr/bin", NULL };

	return (struct run_config){ .argv = argv,
				    .env = env,
				    .files_fd = -1,
				    .limits = { .cpu_ns = 5 * NS_PER_SEC,
						.wall_ns = 15 * NS_PER_SEC,
						.memory_bytes = 32 << 20,
						.processes = 8,
						.output_bytes = 4096,
						.file_bytes = 1 << 20,
						.disk_bytes = 1 << 20,
						.open_files = 64 } };
}

/* The outcomes are the caller's to outcome_done(). */
static inline void run_all(struct pod *pod, const struct run_config *configs,
			   size_t count, struct outcome *outcomes)
{
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < count; i++)
		outcome_init(&outcomes[i]);
	if (pod_run(pod, configs, count, outcomes, &err) < 0)
		FAIL("pod_run: %s", err.text);
}

static inline void check_kind(const struct outcome *outcome,
			      enum outcome_kind kind)
{
	if (outcome->kind != kind)
		FAIL("%s (%d), want %s; %s", outcome_kind_name(outcome->kind),
		     outcome->status, outcome_kind_name(kind),
		     buf_text(&outcome->err));
}

#endif
