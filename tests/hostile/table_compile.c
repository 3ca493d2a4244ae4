/* SPDX-License-Identifier: MIT */
/* Compilers and other tools of a build. */
#include "suite.h"

static const char same_rights[] =
	"what it starts has the same filter and no more rights";
static const char few_errors[] =
	"refused EPERM ENOSYS EAFNOSUPPORT EROFS ENOENT EACCES EINVAL";

static const struct limits_row compiling = {
	.cpu_ms = 3000,
	.wall_ms = 60000,
	.memory_mb = 192,
	.processes = 32,
	.output_kb = 256,
	.file_mb = 16,
	.disk_mb = 48,
	.open_files = 128,
};

/* What does not end may as well end soon. */
static const struct limits_row endless = {
	.cpu_ms = 1000,
	.wall_ms = 60000,
	.memory_mb = 192,
	.processes = 32,
	.output_kb = 256,
	.file_mb = 16,
	.disk_mb = 48,
	.open_files = 128,
};

/* Node asks for more than a compiler. */
static const struct limits_row installing = {
	.cpu_ms = 10000,
	.wall_ms = 60000,
	.memory_mb = 512,
	.processes = 64,
	.output_kb = 256,
	.file_mb = 64,
	.disk_mb = 128,
	.open_files = 256,
};

#define COMPILING .places = PLACE_BUILD, .limits = &compiling
#define ENDLESS	  .places = PLACE_BUILD, .limits = &endless

static const struct attempt attempts[] = {
	{ "125a", "#include \"/dev/zero\"", "attack_compile", "include_zero",
	  "memory limit or CPU time limit", "a file without an end", ENDLESS },
	{ "125b", "#include \"/dev/random\"", "attack_compile",
	  "include_random", "memory limit or CPU time limit", "the same",
	  ENDLESS },
	{ "125c", "#include \"/dev/stdin\"", "attack_compile", "include_stdin",
	  "harmless or refused EACCES", "its end is there at once", COMPILING },
	{ "126a", "macros of macros: 8 to the 12th tokens", "attack_compile",
	  "macro_bomb", "memory limit or CPU time limit",
	  "limits are the build's, not the compiler's", ENDLESS },
	{ "126b", "templates: 2 to the 40th types", "attack_compile",
	  "template_bomb", "memory limit or CPU time limit", "the same",
	  ENDLESS },
	{ "126c", "a constant of 40 000 000 000 steps", "attack_compile",
	  "constexpr_bomb", "CPU time limit or memory limit", "the same",
	  ENDLESS },
	{ "127", "an object file of 1 GiB", "attack_compile", "huge_object",
	  "exit 1 or exit 4 or memory limit or CPU time limit",
	  "RLIMIT_FSIZE, the disk's size and the time hold for tools too",
	  COMPILING },
	{ "128", "a million lines with errors", "attack_compile", "error_flood",
	  "output limit", "counted outside", COMPILING },
	{ "129a", "gcc -fplugin", "attack_compile", "compiler_plugin",
	  few_errors, same_rights, COMPILING },
	{ "129b", "gcc @file, -wrapper, -B, -specs", "attack_compile",
	  "compiler_options", few_errors, same_rights, COMPILING },
	{ "129c", "ld -plugin; a script and .incbin that read /etc/shadow",
	  "attack_compile", "linker", few_errors, same_rights, COMPILING },
	{ "129d", "make's $(shell), cmake's execute_process", "attack_compile",
	  "build_tools", few_errors, same_rights, COMPILING },
	{ "129e", "a package's postinstall, by npm", "attack_compile",
	  "npm_script", few_errors, same_rights, .places = PLACE_BUILD,
	  .limits = &installing },
	{ "130", "caches of ccache, cargo, npm and others, poisoned",
	  "attack_compile", "find_caches", "refused ENOENT",
	  "a home is the run's own, the rest read-only",
	  .before = "poison_caches", COMPILING },
};

TABLE(table_compile, "Compilers and tools");
