/* SPDX-License-Identifier: MIT */
/* Life, death, signals, terminals, output; and what one run leaves the next. */
#include "suite.h"

static const char raw_bytes[] =
	"raw\0nul \xff\xfe\xc0\x80 \033[31m\033]0;title\a\r\n";

static const struct limits_row printing = {
	.cpu_ms = 5000,
	.wall_ms = 15000,
	.memory_mb = 32,
	.processes = 16,
	.output_kb = 256,
	.file_mb = 8,
	.disk_mb = 8,
	.open_files = 64,
};

static const struct limits_row still = {
	.cpu_ms = 1000,
	.wall_ms = 1000,
	.memory_mb = 32,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 8,
	.open_files = 64,
};

static void is_raw(const struct outcome *outcome, const struct tree *tree,
		   struct finding *finding)
{
	(void)tree;
	if (outcome->out.len != sizeof(raw_bytes) - 1 ||
	    memcmp(outcome->out.data, raw_bytes, sizeof(raw_bytes) - 1) != 0)
		found(finding, "the %zu bytes that it printed came as %zu",
		      sizeof(raw_bytes) - 1, outcome->out.len);
}

static void is_capped(const struct outcome *outcome, const struct tree *tree,
		      struct finding *finding)
{
	(void)tree;
	if (outcome->out.len > 256 << 10 || outcome->err.len > 256 << 10)
		found(finding, "%zu and %zu bytes were kept", outcome->out.len,
		      outcome->err.len);
}

static const struct attempt attempts[] = {
	{ "70a", "standard output without end", "attack_life", "flood_stdout",
	  "output limit", "counted outside", .limits = &printing,
	  .check = is_capped },
	{ "70b", "standard error without end", "attack_life", "flood_stderr",
	  "output limit", "counted outside", .limits = &printing,
	  .check = is_capped },
	{ "70c", "both without end", "attack_life", "flood_both",
	  "output limit", "counted outside", .limits = &printing,
	  .check = is_capped },
	{ "71", "a byte now and then, for ever", "attack_life", "drip",
	  "wall time limit", "output is no sign of an end", .limits = &still },
	{ "72", "NUL, invalid UTF-8, terminal control", "attack_life",
	  "raw_output", "exit 0", "kept as it is", .check = is_raw },
	{ "83", "daemons that are left behind", "attack_life",
	  "daemon_outlives", "harmless", "dead before the verdict",
	  .places = EVERYWHERE },
	{ "84", "a daemon that holds standard output", "attack_life",
	  "daemon_holds_output", "harmless",
	  "nobody waits for the end of the pipe", .places = EVERYWHERE },
	{ "85a", "kill(0), its own group", "attack_life", "kill_group",
	  "SIGKILL", "the harness is in none of its groups",
	  .places = EVERYWHERE },
	{ "85b", "kill(-1), everybody", "attack_life", "kill_all", "harmless",
	  "it reaches its own processes alone", .places = EVERYWHERE },
	{ "86a", "SIGKILL to itself", "attack_life", "raise_kill", "SIGKILL",
	  "it is not pid 1, which ignores it", .places = PLACE_CASE },
	{ "86b", "SIGTERM to itself", "attack_life", "raise_term", "SIGTERM",
	  "it is not pid 1, which ignores it", .places = PLACE_CASE },
	{ "86c", "abort", "attack_life", "raise_abort", "SIGABRT",
	  "it is not pid 1, which ignores it", .places = PLACE_CASE },
	{ "86d", "a null pointer", "attack_life", "raise_segv", "SIGSEGV",
	  "as outside", .places = PLACE_CASE },
	{ "87a", "every signal to init but two", "attack_life", "kill_parent",
	  "refused EPERM or harmless",
	  "init has another id, or it is an init and takes no notice",
	  .places = EVERYWHERE },
	{ "87b", "SIGUSR1 to init, which ends a server", "attack_life",
	  "end_by_parent", "refused EPERM or SIGKILL",
	  "init has another id, or ends who asked for it",
	  .places = EVERYWHERE },
	{ "87c", "SIGTERM to init, which ends a server", "attack_life",
	  "terminate_by_parent", "refused EPERM or SIGTERM",
	  "init has another id, or ends who asked for it",
	  .places = EVERYWHERE },
	{ "88a", "an exit status above 255", "attack_life", "exit_wide",
	  "exit 255", "its low byte, as outside", .places = PLACE_CASE },
	{ "88b", "a script without an interpreter", "without_interpreter", "x",
	  "not started ENOEXEC", "a verdict of its own", .places = PLACE_CASE },
	{ "88c", "an interpreter that is not there", "lost_interpreter", "x",
	  "not started ENOENT", "a verdict of its own", .places = PLACE_CASE },
	{ "88d", "an interpreter that is the script", "own_interpreter", "x",
	  "not started ELOOP", "a verdict of its own", .places = PLACE_CASE },
	{ "88e", "the beginning of an ELF file", "broken_elf", "x",
	  "not started ENOEXEC or not started EIO", "a verdict of its own",
	  .places = PLACE_CASE },
	{ "88f", "a file that is not executable", "plain_data", "x",
	  "not started EACCES", "a verdict of its own", .places = PLACE_CASE },
	{ "88g", "an empty file", "empty", "x", "not started ENOEXEC",
	  "a verdict of its own", .places = PLACE_CASE },
	{ "91", "a subreaper without a parent-death signal", "attack_life",
	  "death_signals", "harmless", "dead before the verdict",
	  .places = PLACE_CASE },
	{ "94", "typing into a terminal: TIOCSTI and others", "attack_life",
	  "tty_ioctls", "refused EPERM",
	  "refused by number, whatever the high bits are",
	  .places = EVERYWHERE },
	{ "95", "grabbing a terminal", "attack_life", "tty_grab",
	  "refused ENXIO ENOENT ENOTTY EPERM", "there is none",
	  .places = EVERYWHERE },
	{ "112", "results printed as text", "attack_life", "forge_lines",
	  "harmless", "text from inside is never read for meaning",
	  .places = PLACE_CASE },
	{ "119a", "answers left for the next run, in every place",
	  "attack_residue", "find_state", "harmless",
	  "/tmp, /dev/shm, IPC, sockets, locks are gone",
	  .before = "leave_state",
	  .places = PLACE_CASE | PLACE_BUILD | PLACE_DRIVER },
	{ "122", "standard streams closed at once", "attack_life",
	  "closed_output", "exit 0", "nobody waits for them",
	  .places = PLACE_CASE },

};

TABLE(table_life, "Life, death and output");
