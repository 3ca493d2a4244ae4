/* SPDX-License-Identifier: MIT */
/* What a compiler, a linker and other tools of a build can be made to do. */
#include "attack_rights.h"

static char *tool_env[] = { (char *)"PATH=/usr/bin:/bin",
			    (char *)"HOME=/tmp",
			    (char *)"TMPDIR=/tmp",
			    (char *)"LANG=C.UTF-8",
			    NULL, /* HS_TOKEN=..., HS_HOST_MNT=... */
			    NULL,
			    NULL };

static char self_and_token[128]; /* "/app/attack_compile,rights,TOKEN" */
static char shell_command[128];	 /* the same for a shell */

/* The code that they start must find its proof of containment. */
static void prepare(void)
{
	static char token[128], mounts[128];

	snprintf(token, sizeof(token), "HS_TOKEN=%s", getenv("HS_TOKEN"));
	snprintf(mounts, sizeof(mounts), "HS_HOST_MNT=%s",
		 getenv("HS_HOST_MNT"));
	tool_env[4] = token;
	tool_env[5] = mounts;
	snprintf(self_and_token, sizeof(self_and_token),
		 "/app/attack_compile,rights,%s", attack_token);
	snprintf(shell_command, sizeof(shell_command),
		 "/app/attack_compile rights %s", attack_token);
	if (chdir("/work") < 0)
		say("ALLOWED nothing: no /work");
}

#define WORDS(...)                \
	(char *const[])           \
	{                         \
		__VA_ARGS__, NULL \
	}
#define WORD(text) ((char *)(uintptr_t)(text))

/* In the place of this program: what becomes of the compiler is the outcome. */
__attribute__((noreturn)) static void become(char *const *argv)
{
	execve(argv[0], argv, tool_env);
	say("ALLOWED nothing: %s: %s", argv[0], strerror(errno));
}

__attribute__((noreturn)) static void become_compiler(const char *source)
{
	prepare();
	put_file("bomb.c", source, 0644);
	become(WORDS(WORD("/usr/bin/cc"), WORD("-w"), WORD("-c"),
		     WORD("bomb.c"), WORD("-o"), WORD("bomb.o")));
}

/* ---- 125: what can be read ------------------------------------------------------ */

static void include_zero(void)
{
	become_compiler("#include \"/dev/zero\"\n");
}

static void include_random(void)
{
	become_compiler("#include \"/dev/random\"\n");
}

/* The end of standard input is there at once: nobody waits for a terminal. */
static void include_stdin(void)
{
	int status;

	prepare();
	put_file("one.c", "#include \"/dev/stdin\"\nint one;\n", 0644);
	status = run_program(WORDS(WORD("/usr/bin/cc"), WORD("-c"),
				   WORD("one.c"), WORD("-o"), WORD("one.o")),
			     tool_env);
	if (status == 0)
		say("INERT standard input was read to its end");
	tried("/dev/stdin", open("/dev/stdin", O_RDONLY | O_CLOEXEC));
	verdict();
}

/* ---- 126: bombs ------------------------------------------------------------------ */

static void macro_bomb(void)
{
	char source[2048];
	size_t len = 0;

	len += (size_t)snprintf(source, sizeof(source), "#define M0 x;\n");
	for (int i = 1; i <= 12; i++)
		len += (size_t)snprintf(
			source + len, sizeof(source) - len,
			"#define M%d M%d M%d M%d M%d M%d M%d M%d M%d\n", i,
			i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	snprintf(source + len, sizeof(source) - len, "void f(int x) { M12 }\n");
	become_compiler(source);
}

static void become_cxx(const char *source, const char *option)
{
	prepare();
	put_file("bomb.cc", source, 0644);
	become(WORDS(WORD("/usr/bin/c++"), WORD("-w"), WORD("-std=c++17"),
		     WORD(option), WORD("-c"), WORD("bomb.cc"), WORD("-o"),
		     WORD("bomb.o")));
}

static void template_bomb(void)
{
	become_cxx("template <class A, class B> struct pair {};\n"
		   "template <int N, class T> struct twice\n"
		   "	: twice<N - 1, pair<T, int>>,\n"
		   "	  twice<N - 1, pair<int, T>> {};\n"
		   "template <class T> struct twice<0, T> {};\n"
		   "twice<40, int> all;\n",
		   "-ftemplate-depth=100");
}

static void constexpr_bomb(void)
{
	become_cxx("constexpr unsigned long work(unsigned long n)\n"
		   "{\n"
		   "	unsigned long x = 1;\n"
		   "	for (unsigned long i = 0; i < n; i++)\n"
		   "		for (unsigned long j = 0; j < 200000; j++)\n"
		   "			x = x * 31 + j;\n"
		   "	return x;\n"
		   "}\n"
		   "constexpr unsigned long all = work(200000);\n",
		   "-fconstexpr-ops-limit=4611686018427387904");
}

/* ---- 127, 128: what is written ------------------------------------------------------ */

static void huge_object(void)
{
	become_compiler("char all[1 << 30] = { 1 };\n");
}

static void error_flood(void)
{
	FILE *file;

	prepare();
	file = fopen("errors.c", "we");
	for (int i = 0; file && i < 1000000; i++)
		fputs("x;\n", file);
	if (!file || fclose(file) != 0)
		say("ALLOWED nothing: %s", strerror(errno));
	become(WORDS(WORD("/usr/bin/cc"), WORD("-fmax-errors=0"),
		     WORD("-Werror=implicit-int"), WORD("-c"),
		     WORD("errors.c")));
}

/* ---- 129: code that tools start ------------------------------------------------------- */

static int compiled(char *const *argv)
{
	return run_program(argv, tool_env);
}

static void must_compile(const char *what, char *const *argv)
{
	int status = compiled(argv);

	if (status != 0)
		say("ALLOWED nothing: %s: the compiler ended with %d", what,
		    status);
}

/* A shared library, whose function starts the probe. */
static void make_plugin(const char *path, const char *function)
{
	char source[512];

	snprintf(source, sizeof(source),
		 "#include <stdlib.h>\n"
		 "int plugin_is_GPL_compatible;\n"
		 "int %s(void)\n"
		 "{\n"
		 "	return system(\"%s >/dev/null\") & 0;\n"
		 "}\n",
		 function, shell_command);
	put_file("plugin.c", source, 0644);
	must_compile("the plugin",
		     WORDS(WORD("/usr/bin/cc"), WORD("-shared"), WORD("-fPIC"),
			   WORD("plugin.c"), WORD("-o"), WORD(path)));
}

static void compiler_plugin(void)
{
	prepare();
	make_plugin("./plugin.so", "plugin_init");
	put_file("one.c", "int one;\n", 0644);
	(void)compiled(WORDS(WORD("/usr/bin/gcc"), WORD("-fplugin=./plugin.so"),
			     WORD("-c"), WORD("one.c")));
	rights_must_be_reported("gcc -fplugin");
	verdict();
}

/* -wrapper starts what it names in the place of cc1; @FILE holds options; -B
 * leads to another cc1; a specs file names one. */
static void compiler_options(void)
{
	char text[256];

	prepare();
	put_file("one.c", "int one;\n", 0644);
	snprintf(text, sizeof(text), "-wrapper %s -c one.c\n", self_and_token);
	put_file("options", text, 0644);
	(void)compiled(WORDS(WORD("/usr/bin/gcc"), WORD("@options")));
	rights_must_be_reported("gcc @file with -wrapper");
	snprintf(text, sizeof(text), "#!/bin/sh\nexec %s\n", shell_command);
	mkdir("own", 0755);
	put_file("own/cc1", text, 0755);
	(void)compiled(WORDS(WORD("/usr/bin/gcc"), WORD("-B"), WORD("own/"),
			     WORD("-c"), WORD("one.c")));
	rights_must_be_reported("gcc -B");
	put_file("specs", "*cc1:\n-v\n\n.c:\n/work/own/cc1 %i\n\n", 0644);
	(void)compiled(WORDS(WORD("/usr/bin/gcc"), WORD("-specs=specs"),
			     WORD("-c"), WORD("one.c")));
	rights_must_be_reported("gcc -specs");
	verdict();
}

static void linker(void)
{
	int status;

	prepare();
	put_file("one.c", "int main(void) { return 0; }\n", 0644);
	make_plugin("./plugin.so", "onload");
	(void)compiled(WORDS(WORD("/usr/bin/gcc"),
			     WORD("-Wl,-plugin,/work/plugin.so"),
			     WORD("one.c")));
	rights_must_be_reported("ld -plugin");
	put_file("script", "INCLUDE /etc/shadow\n", 0644);
	status = compiled(WORDS(WORD("/usr/bin/gcc"), WORD("-Wl,-T,script"),
				WORD("one.c")));
	errno = ENOENT;
	tried("a linker script that includes /etc/shadow",
	      status == 0 ? 0 : -1);
	put_file("image.s", ".incbin \"/etc/shadow\"\n", 0644);
	status = compiled(
		WORDS(WORD("/usr/bin/gcc"), WORD("-c"), WORD("image.s")));
	errno = ENOENT;
	tried(".incbin of /etc/shadow", status == 0 ? 0 : -1);
	verdict();
}

/* Their own languages start programs, as they are meant to. */
static void build_tools(void)
{
	char text[512];

	prepare();
	snprintf(text, sizeof(text),
		 "SHELL = /bin/sh\nx := $(shell %s)\nall: ; @:\n",
		 shell_command);
	put_file("GNUmakefile", text, 0644);
	if (access("/usr/bin/make", X_OK) == 0) {
		(void)compiled(WORDS(WORD("/usr/bin/make")));
		rights_must_be_reported("make");
	}
	snprintf(text, sizeof(text),
		 "execute_process(COMMAND /app/attack_compile rights %s)\n",
		 attack_token);
	put_file("script.cmake", text, 0644);
	if (access("/usr/bin/cmake", X_OK) == 0) {
		(void)compiled(WORDS(WORD("/usr/bin/cmake"), WORD("-P"),
				     WORD("script.cmake")));
		rights_must_be_reported("cmake");
	}
	if (attack_tally.denied == 0)
		say("ALLOWED nothing: neither make nor cmake is here");
	verdict();
}

/* A package's script, without a registry. */
static void npm_script(void)
{
	char text[512];

	prepare();
	if (access("/usr/bin/npm", X_OK) < 0) {
		tried("npm", -1); /* a host without it: ENOENT */
		verdict();
	}
	snprintf(text, sizeof(text),
		 "{\"name\": \"x\", \"version\": \"1.0.0\",\n"
		 " \"scripts\": {\"postinstall\": \"%s\"}}\n",
		 shell_command);
	put_file("package.json", text, 0644);
	(void)compiled(WORDS(WORD("/usr/bin/npm"), WORD("install"),
			     WORD("--offline"), WORD("--no-audit"),
			     WORD("--no-fund")));
	rights_must_be_reported("npm");
	verdict();
}

/* ---- 130: caches ------------------------------------------------------------------------ */

static const char *const caches[] = {
	"/tmp/.ccache",
	"/tmp/.cache",
	"/tmp/.cargo",
	"/tmp/.npm",
	"/tmp/.npmrc",
	"/tmp/.gradle",
	"/tmp/.m2",
	"/tmp/.config",
	"/tmp/.gitconfig",
	"/root/.cargo",
	"/root/.npm",
	"/var/cache/ccache",
	"/usr/local/lib/hostile",
	"/usr/local/bin/cc",
	"/usr/lib/ccache/x",
	"/usr/include/stdio.h.gch",
};

static void poison_caches(void)
{
	int made = 0;

	for (size_t i = 0; i < sizeof(caches) / sizeof(caches[0]); i++) {
		int fd = open(caches[i], O_CREAT | O_EXCL | O_WRONLY, 0755);

		made += fd >= 0;
	}
	if (made == 0)
		say("ALLOWED nothing: no cache could be made");
	say("INERT %d caches were poisoned", made);
}

static void find_caches(void)
{
	/* ccache's own folder of links is there where it is installed. */
	for (size_t i = 0; i < sizeof(caches) / sizeof(caches[0]); i++) {
		int fd = open(caches[i], O_RDONLY | O_CLOEXEC);

		tried(caches[i], fd);
	}
	verdict();
}

static const struct attempt attempts[] = {
	{ "rights", rights },
	{ "include_zero", include_zero },
	{ "include_random", include_random },
	{ "include_stdin", include_stdin },
	{ "macro_bomb", macro_bomb },
	{ "template_bomb", template_bomb },
	{ "constexpr_bomb", constexpr_bomb },
	{ "huge_object", huge_object },
	{ "error_flood", error_flood },
	{ "compiler_plugin", compiler_plugin },
	{ "compiler_options", compiler_options },
	{ "linker", linker },
	{ "build_tools", build_tools },
	{ "npm_script", npm_script },
	{ "poison_caches", poison_caches },
	{ "find_caches", find_caches },
};

ATTACK_MAIN(attempts)
