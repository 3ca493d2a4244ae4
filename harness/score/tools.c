/* SPDX-License-Identifier: MIT */
/*
 * The programs of a pack's author that stand beside the candidate's: drivers
 * and checkers.  They are built like a submission, once, and run on the
 * author's side of a pod; a build that fails is a broken pack.
 */
#include "fortnight/base.h"
#include "fortnight/fd.h"
#include "internal.h"

static const char tool_entry[] = "run";

void score_tools_free(struct score_tools *tools)
{
	if (!tools)
		return;
	for (size_t i = 0; i < tools->count; i++)
		tree_free(tools->list[i].out);
	free(tools->list);
	free(tools);
}

static struct tool *find(const struct score_tools *tools, const char *folder,
			 const char *name)
{
	for (size_t i = 0; i < tools->count; i++)
		if (strcmp(tools->list[i].folder, folder) == 0 &&
		    strcmp(tools->list[i].name, name) == 0)
			return &tools->list[i];
	return NULL;
}

const struct tool *tool_of(const struct score_tools *tools,
			   const struct task_area *area,
			   const struct task_case *task_case)
{
	if (task_case->is_driver)
		return area->driver ? find(tools, "drivers", area->driver)
				    : NULL;
	if (task_case->want.compare == COMPARE_CHECKER && area->checker)
		return find(tools, "checkers", area->checker);
	return NULL;
}

static int read_source(const struct task *task, const struct tool *tool,
		       struct tree **ret_tree, struct error *err)
{
	auto_close int folder = -1, dir = -1;

	if (fd_open_dir(task->dir, tool->folder, false, &folder, err) < 0)
		return -1;
	if (fd_open_dir(folder, tool->name, false, &dir, err) < 0)
		return -1;
	return tree_from_dir(dir, &tree_limits_default, ret_tree, err);
}

/* The end of a build's log, small enough for a message. */
static const char *last_words(const char *log)
{
	size_t len = log ? strlen(log) : 0;

	return len > 300 ? log + len - 300 : len ? log : "it printed nothing";
}

static int build_tool(const struct task *task, int cancel_fd, struct tool *tool,
		      struct error *err)
{
	auto_tree struct tree *source = NULL;
	struct build build = { 0 };

	if (read_source(task, tool, &source, err) < 0 ||
	    build_run(task, source, tool_entry, cancel_fd, &build, err) < 0)
		return error_prefix(err, "%s/%s", tool->folder, tool->name);
	if (build.status != BUILD_OK) {
		(void)error_set(err, ERROR_INPUT, "%s/%s/%s: %s: %s",
				task->path, tool->folder, tool->name,
				build.reason, last_words(build.log));
		build_done(&build);
		return -1;
	}
	tool->out = STEAL(build.out);
	build_done(&build);
	return 0;
}

static int add_tool(const struct task *task, int cancel_fd,
		    struct score_tools *tools, struct tool tool,
		    struct error *err)
{
	if (!tool.name || find(tools, tool.folder, tool.name))
		return 0;
	if (build_tool(task, cancel_fd, &tool, err) < 0)
		return -1;
	tools->list[tools->count++] = tool;
	return 0;
}

int score_tools_new(const struct task *task, int cancel_fd,
		    struct score_tools **ret_tools, struct error *err)
{
	auto_score_tools struct score_tools *tools = xcalloc(1, sizeof(*tools));

	tools->list = xcalloc(2 * task->area_count + 1, sizeof(*tools->list));
	for (size_t i = 0; i < task->area_count; i++) {
		const struct task_area *area = &task->areas[i];
		struct tool driver = { "drivers", area->driver, NULL };
		struct tool checker = { "checkers", area->checker, NULL };

		if (add_tool(task, cancel_fd, tools, driver, err) < 0 ||
		    add_tool(task, cancel_fd, tools, checker, err) < 0)
			return -1;
	}
	*ret_tools = STEAL(tools);
	return 0;
}
