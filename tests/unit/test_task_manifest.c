/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/buf.h"
#include "fortnight/clock.h"
#include "fortnight/fd.h"
#include "fortnight/task.h"
#include "scratch.h"

static const char sound[] = "schema_version = \"1.1\"\n"   /* 1 */
			    "[agent]\n"			   /* 2 */
			    "timeout_sec = 1200.0\n"	   /* 3 */
			    "[interview]\n"		   /* 4 */
			    "format = 1\n"		   /* 5 */
			    "title = \"A title\"\n"	   /* 6 */
			    "class = \"B\"\n"		   /* 7 */
			    "[interview.build]\n"	   /* 8 */
			    "timeout_sec = 60\n"	   /* 9 */
			    "hide = [\"/usr/bin/jq\"]\n"   /* 10 */
			    "[interview.run]\n"		   /* 11 */
			    "root = \"bare\"\n"		   /* 12 */
			    "entry = \"bin/run\"\n"	   /* 13 */
			    "cpu_ms = 1500\n"		   /* 14 */
			    "[interview.serve]\n"	   /* 15 */
			    "args = [\"--port\", \"1\"]\n" /* 16 */
			    "[interview.refuse]\n"	   /* 17 */
			    "markers = [\"gojq\"]\n"	   /* 18 */
			    "[interview.oracle]\n"	   /* 19 */
			    "packages = [\"jq\"]\n"	   /* 20 */
			    "[[interview.area]]\n"	   /* 21 */
			    "name = \"first\"\n"	   /* 22 */
			    "title = \"First\"\n"	   /* 23 */
			    "kind = \"io\"\n"		   /* 24 */
			    "weight = 60\n"		   /* 25 */
			    "compare = \"checker\"\n"	   /* 26 */
			    "checker = \"judge\"\n"	   /* 27 */
			    "[[interview.area]]\n"	   /* 28 */
			    "name = \"second\"\n"	   /* 29 */
			    "title = \"Second\"\n"	   /* 30 */
			    "kind = \"driver\"\n"	   /* 31 */
			    "driver = \"resp\"\n"	   /* 32 */
			    "weight = 40\n"		   /* 33 */
			    "memory_mb = 7\n"		   /* 34 */
			    "wall_ms = 3\n";		   /* 35 */

/* The sound manifest with the first `from` replaced by `to`. */
static void make_pack(const char *from, const char *to)
{
	auto_buf struct buf text = BUF_INIT(1 << 20);
	const char *at = strstr(sound, from);

	CHECK(at != NULL);
	buf_add(&text, sound, (size_t)(at - sound));
	buf_adds(&text, to);
	buf_adds(&text, at + strlen(from));
	scratch_put("p/task.toml", 0644, buf_text(&text));
	scratch_put("p/contract.md", 0644, "- **1.1** Say yes.\n");
	scratch_put("p/visible/first.jsonl", 0644, "");
	scratch_put("p/visible/second.jsonl", 0644, "");
}

static struct task *load(void)
{
	struct error err = ERROR_INIT;
	struct task *task = NULL;

	if (task_load(scratch_path("p"), TASK_MANIFEST, &task, &err) < 0)
		FAIL("%s", err.text);
	return task;
}

TEST(a_manifest_says_everything_that_stands_in_it)
{
	auto_task struct task *task = NULL;

	make_pack("", "");
	task = load();
	CHECK_STR(task->name, "p");
	CHECK_STR(task->title, "A title");
	CHECK_STR(task->class, "B");
	CHECK(task->minutes == 20);
	CHECK_INT(task->build.limits.wall_ns, ==, 60 * NS_PER_SEC);
	CHECK_STR(task->build.hide[0], "/usr/bin/jq");
	CHECK(!task->build.hide[1]);
	CHECK_STR(task->run_entry, "bin/run");
	CHECK_STR(task->serve_args[1], "1");
	CHECK_STR(task->markers[0], "gojq");
	CHECK_STR(task->oracle_packages[0], "jq");
	CHECK_INT(task->area_count, ==, 2);
	CHECK_INT(task->areas[0].compare, ==, COMPARE_CHECKER);
	CHECK_STR(task->areas[0].checker, "judge");
	CHECK_INT(task->areas[1].kind, ==, AREA_DRIVER);
	CHECK_STR(task->areas[1].driver, "resp");
	CHECK_INT(task->areas[1].weight, ==, 40);
}

TEST(an_areas_limits_lie_on_top_of_the_packs_and_those_on_defaults)
{
	auto_task struct task *task = NULL;

	make_pack("", "");
	task = load();
	CHECK_INT(task->run.cpu_ns, ==, 1500 * NS_PER_MS);
	CHECK_INT(task->run.wall_ns, ==, 20000 * NS_PER_MS);
	CHECK_INT(task->run.memory_bytes, ==, 256 << 20);
	CHECK_INT(task->run.processes, ==, 32);
	CHECK_INT(task->run.output_bytes, ==, 1024 << 10);
	CHECK_INT(task->run.disk_bytes, ==, 16 << 20);
	CHECK_INT(task->run.open_files, ==, 256);
	CHECK_INT(task->build.limits.memory_bytes, ==, INT64_C(2048) << 20);
	CHECK_INT(task->build.output_tree_bytes, ==, 64 << 20);
	CHECK_INT(task->areas[0].limits.memory_bytes, ==, 256 << 20);
	CHECK_INT(task->areas[1].limits.cpu_ns, ==, 1500 * NS_PER_MS);
	CHECK_INT(task->areas[1].limits.memory_bytes, ==, 7 << 20);
	CHECK_INT(task->areas[1].limits.wall_ns, ==, 3 * NS_PER_MS);
}

static const struct {
	const char *from, *to, *complaint;
} bad[] = {
	{ "format = 1", "format = 2",
	  ":5: format is not 1: this pack needs another version of fortnight" },
	{ "format = 1", "format = 1e300",
	  ":5: 'format' must be a whole number from 1 to 100000000" },
	{ "format = 1", "format = 1.5", ":5: 'format' must be a whole number" },
	{ "title =", "titel =",
	  ":6: unknown key 'titel': did you mean 'title'?" },
	{ "title =", "xyzzyx =", ":6: unknown key 'xyzzyx'" },
	{ "title = \"A title\"\n", "", ":4: the key 'title' is missing" },
	{ "title = \"A title\"", "title = 7", ":6: 'title' must be a string" },
	{ "\"B\"", "\"C\"", ":7: class 'C' is not A, B or practice" },
	{ "[interview.build]", "[interview.built]",
	  ":8: unknown key 'built': did you mean 'build'?" },
	{ "timeout_sec = 60", "timeout_sek = 60",
	  ":9: unknown key 'timeout_sek': did you mean 'timeout_sec'?" },
	{ "timeout_sec = 60", "timeout_sec = 0",
	  ":9: 'timeout_sec' must be a whole number from 1 to 100000000" },
	{ "timeout_sec = 60", "timeout_sec = 100000001",
	  ":9: 'timeout_sec' must be a whole number" },
	{ "timeout_sec = 60", "timeout_sec = -60",
	  ":9: 'timeout_sec' must be a whole number" },
	{ "timeout_sec = 60", "timeout_sec = \"60\"",
	  ":9: 'timeout_sec' must be a whole number" },
	{ "hide = [\"/usr/bin/jq\"]", "hide = [7]",
	  ":8: 'hide' must hold strings only, without NUL" },
	{ "hide = [\"/usr/bin/jq\"]", "hide = \"x\"",
	  ":10: 'hide' must be a list" },
	{ "\"bare\"", "\"debian\"",
	  ":12: root 'debian' is not known: want 'bare'" },
	{ "bin/run", "../run", ":13: entry '../run' is no path below out/" },
	{ "bin/run", "/run", ":13: entry '/run' is no path below out/" },
	{ "bin/run", "", ":13: entry '' is no path below out/" },
	{ "args =", "arg =", ":16: unknown key 'arg': did you mean 'args'?" },
	{ "args = [\"--port\", \"1\"]", "args = \"--port\"",
	  ":16: 'args' must be a list" },
	{ "\"--port\"", "\"a\\u0000b\"", ":16: a string holds a NUL" },
	{ "bin/run", "bin/run\\u0000b", ":13: a string holds a NUL" },
	{ "markers =", "marker =",
	  ":18: unknown key 'marker': did you mean 'markers'?" },
	{ "\"gojq\"", "\"\"", ":17: an empty marker is in every file" },
	{ "packages =", "package =",
	  ":20: unknown key 'package': did you mean 'packages'?" },
	{ "\"first\"", "\"First\"",
	  ":21: 'First' is no name: want a-z, then a-z, 0-9 and -" },
	{ "\"first\"", "\"\"", ":21: '' is no name" },
	{ "\"first\"", "\"1st\"", ":21: '1st' is no name" },
	{ "\"first\"", "\"second\"", ":28: two areas are named 'second'" },
	{ "\"judge\"", "\"../judge\"", ":21: '../judge' is no name" },
	{ "\"resp\"", "\"a/b\"", ":28: 'a/b' is no name" },
	{ "kind = \"io\"", "kind = \"oi\"",
	  ":21: kind 'oi' is not io, driver, robust or speed" },
	{ "driver = \"resp\"\n", "",
	  ":28: an area of kind driver names its driver" },
	{ "checker = \"judge\"\n", "",
	  ":21: compare = \"checker\" names its checker" },
	{ "compare = \"checker\"", "compare = \"exakt\"",
	  ":21: compare 'exakt' is not known" },
	{ "weight = 60", "wieght = 60",
	  ":25: unknown key 'wieght': did you mean 'weight'?" },
	{ "weight = 60", "weight = 59",
	  ":21: the weights add up to 99, want 100" },
	{ "weight = 60", "weight = 60.5",
	  ":25: 'weight' must be a whole number from 1 to 100000000" },
	{ "weight = 60", "weight = 0", ":25: 'weight' must be a whole number" },
	{ "memory_mb = 7", "memory = 7",
	  ":34: unknown key 'memory': did you mean 'memory_mb'?" },
	{ "timeout_sec = 1200.0", "timeout_sec = 0",
	  ":3: 'timeout_sec' must be a number of seconds, up to a day" },
	{ "timeout_sec = 1200.0", "timeout_sec = \"x\"",
	  ":3: 'timeout_sec' must be a number of seconds" },
	{ "timeout_sec = 1200.0", "timeout_sec = 86401",
	  ":3: 'timeout_sec' must be a number of seconds" },
	{ "[interview]", "[intervju]", ":8: the key 'format' is missing" },
	{ "format = 1", "format = ", ":5: " },
};

TEST(every_error_names_the_file_the_line_and_the_cure)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct error err = ERROR_INIT;
		struct task *task = NULL;
		char want[600];

		ROW("%s", bad[i].to);
		make_pack(bad[i].from, bad[i].to);
		CHECK_INT(task_load(scratch_path("p"), TASK_MANIFEST, &task,
				    &err),
			  ==, -1);
		CHECK(!task);
		CHECK_INT(err.kind, ==, ERROR_INPUT);
		(void)snprintf(want, sizeof(want), "%s%s",
			       scratch_path("p/task.toml"), bad[i].complaint);
		if (strncmp(err.text, want, strlen(want)) != 0)
			FAIL("got: %s, want: %s", err.text, want);
	}
}

static const struct {
	const char *task, *complaint; /* NULL: it loads */
} task_names[] = {
	{ "name = \"acme/store\"", NULL },
	{ "name = \"0/9\"", NULL },
	{ "name = \"A.b_c-/D._-\"", NULL },
	{ "name = \"store\"", ":38: name 'store': want ORG/NAME, as" },
	{ "name = \"\"", ":38: name '': want ORG/NAME" },
	{ "name = \"/store\"", ":38: name '/store': want" },
	{ "name = \"acme/\"", ":38: name 'acme/': want" },
	{ "name = \"acme/store/two\"", ":38: name 'acme/store/two': want" },
	{ "name = \"acme/a store\"", ":38: name 'acme/a store': want" },
	{ "name = \"acme/store\\n\"", ":38: name 'acme/store\n': want" },
	{ "name = \".acme/store\"", ":38: name '.acme/store': want" },
	{ "name = \"acme/-store\"", ":38: name 'acme/-store': want" },
	{ "name = \"acme/_store\"", ":38: name 'acme/_store': want" },
	{ "name = \"acme/a..b\"", ":38: name 'acme/a..b': want" },
	{ "name = \"\u00e4cme/store\"", ":38: name '\u00e4cme/store': want" },
	{ "name = 7", ":38: [task] has no text 'name': want ORG/NAME" },
	{ "description = \"x\"", ":37: [task] has no text 'name': want" },
};

TEST(a_task_is_named_as_harbor_wants_it)
{
	for (size_t i = 0; i < ARRAY_LEN(task_names); i++) {
		auto_buf struct buf text = BUF_INIT(1 << 20),
				    want = BUF_INIT(600);
		auto_task struct task *task = NULL;
		struct error err = ERROR_INIT;

		ROW("%s", task_names[i].task);
		make_pack("", "");
		buf_addf(&text, "%s\n[task]\n%s\n", sound, task_names[i].task);
		scratch_put("p/task.toml", 0644, buf_text(&text));
		if (!task_names[i].complaint) {
			task = load();
			continue;
		}
		CHECK_INT(task_load(scratch_path("p"), TASK_MANIFEST, &task,
				    &err),
			  ==, -1);
		CHECK_INT(err.kind, ==, ERROR_INPUT);
		buf_addf(&want, "%s%s", scratch_path("p/task.toml"),
			 task_names[i].complaint);
		if (strncmp(err.text, buf_text(&want), want.len) != 0)
			FAIL("got: %s", err.text);
	}
}

static void check_refused(const char *text, const char *complaint)
{
	struct error err = ERROR_INIT;
	struct task *task = NULL;

	scratch_put("p/task.toml", 0644, text);
	CHECK_INT(task_load(scratch_path("p"), TASK_MANIFEST, &task, &err), ==,
		  -1);
	if (!strstr(err.text, complaint))
		FAIL("got: %s", err.text);
}

TEST(a_pack_needs_its_tables_and_areas_are_tables)
{
	auto_buf struct buf text = BUF_INIT(1 << 20);
	const char *areas = strstr(sound, "[[interview.area]]");
	const char *class = strstr(sound, "class");

	CHECK(areas != NULL && class != NULL);
	check_refused("[task]\nname = \"x/y\"\n",
		      ":1: the table [interview] is missing");
	check_refused("interview = 7\n",
		      ":1: the table [interview] is missing");
	buf_add(&text, sound, (size_t)(areas - sound));
	check_refused(buf_text(&text), ":4: the key 'area' is missing");
	buf_clear(&text);
	buf_add(&text, sound, (size_t)(class - sound));
	buf_adds(&text, "area = [7]\n");
	buf_add(&text, class, (size_t)(areas - class));
	check_refused(buf_text(&text), ":7: an area is a table");
}

TEST(forty_areas_are_enough)
{
	auto_buf struct buf text = BUF_INIT(1 << 20);
	struct error err = ERROR_INIT;
	struct task *task = NULL;

	buf_add(&text, sound,
		(size_t)(strstr(sound, "[[interview.area]]") - sound));
	for (int i = 0; i < 41; i++)
		buf_addf(&text,
			 "[[interview.area]]\nname = \"a%d\"\ntitle = "
			 "\"A\"\nkind = \"io\"\nweight = 2\n",
			 i);
	scratch_put("p/task.toml", 0644, buf_text(&text));
	CHECK_INT(task_load(scratch_path("p"), TASK_MANIFEST, &task, &err), ==,
		  -1);
	CHECK(strstr(err.text, ":21: 41 areas, want 1 to 40"));
}

TEST(a_manifest_has_a_bound)
{
	auto_buf struct buf text = BUF_INIT(1 << 20);
	struct error err = ERROR_INIT;
	struct task *task = NULL;

	while (text.len <= 256 << 10)
		buf_adds(&text, "# a comment of no interest to anybody\n");
	scratch_put("p/task.toml", 0644, buf_text(&text));
	CHECK_INT(task_load(scratch_path("p"), TASK_MANIFEST, &task, &err), ==,
		  -1);
	CHECK_INT(err.kind, ==, ERROR_LIMIT);
	CHECK(strstr(err.text, "task.toml: larger than 262144 bytes"));
}

/* ---- the packs' hostile submissions ------------------------------------------ */

/* A file of a submission of ours; "" when it is not there. */
static const char *cheat_text(const struct task *task, const char *path,
			      const char *name, struct buf *text)
{
	auto_free char *full = NULL;
	struct error err = ERROR_INIT;
	auto_close int fd = -1;

	if (asprintf(&full, "%s/submissions/%s/%s", task->path, path, name) < 0)
		abort();
	buf_clear(text);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && fd_read_all(fd, text, &err) < 0)
		FAIL("%s", err.text);
	return buf_text(text);
}

static bool adds(const struct task_submission *s, const char *name)
{
	for (size_t i = 0; i < s->add_count; i++)
		if (!s->adds[i].from_oracle &&
		    strncmp(s->adds[i].from, "submissions/shared/", 19) == 0 &&
		    strcmp(s->adds[i].from + 19, name) == 0 &&
		    strcmp(s->adds[i].to, name) == 0)
			return true;
	return false;
}

/* main() calls nothing before it has the proof. */
static bool main_proves(const char *text)
{
	const char *at = strstr(text, "\nint main(int argc, char **argv)\n");
	const char *proof = at ? strstr(at, "\tconfined_or_die(argv);\n")
			       : NULL;

	if (!proof)
		return false;
	for (at = strstr(at, "\n{"); (at = strchr(at, '(')); at++)
		if (strncmp(at, "(void)argc;", 11) != 0)
			break;
	return at == strchr(proof, '(');
}

/* A build that does more than to compile wants the proof first. */
static bool script_acts(const char *text, bool *ret_proves)
{
	static const char *const tame[] = { "#", "set -", "mkdir -p out\n",
					    "${CC:-cc} ", "cat visible/" };

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		bool harmless = false;

		for (size_t i = 0; i < ARRAY_LEN(tame); i++)
			harmless |= strncmp(text, tame[i], strlen(tame[i])) ==
				    0;
		if (harmless)
			continue;
		*ret_proves = strncmp(text, ". ./confined.sh\n", 16) == 0;
		return true;
	}
	return false;
}

static void check_cheat(const struct task *task,
			const struct task_submission *s)
{
	auto_buf struct buf text = BUF_INIT(1 << 20);
	const char *source = cheat_text(task, s->path, "run.c", &text);
	bool proves = false, compiled, acts;

	if (!*source)
		source = cheat_text(task, s->path, "main.c", &text);
	compiled = *source != '\0';
	if (compiled && !main_proves(source))
		FAIL("main() acts before confined_or_die(argv)");
	if (compiled)
		CHECK(adds(s, "confined.c") && adds(s, "confined.h"));
	acts = script_acts(cheat_text(task, s->path, "build.sh", &text),
			   &proves);
	CHECK(compiled || acts);
	if (acts && !proves)
		FAIL("build.sh acts before . ./confined.sh");
	if (acts)
		CHECK(adds(s, "confined.sh"));
}

TEST(every_pack_has_every_cheat_and_each_proves_first_that_it_is_confined)
{
	static const char *const packs[] = { "jsonq", "respkv" };
	static const char *const cheats[] = {
		"cheat/exec-oracle", "cheat/copy-oracle",   "cheat/find-hidden",
		"cheat/print-tap",   "cheat/write-results", "cheat/daemon",
		"cheat/constant",    "cheat/memorise",
	};
	const char *root = getenv("SOURCE");

	for (size_t p = 0; p < ARRAY_LEN(packs); p++) {
		struct task_submission *list = NULL;
		auto_task struct task *task = NULL;
		struct error err = ERROR_INIT;
		auto_free char *path = NULL;
		size_t count = 0, found = 0;

		if (asprintf(&path, "%s/tasks/%s", root ? root : ".",
			     packs[p]) < 0)
			abort();
		if (task_load(path, TASK_MANIFEST, &task, &err) < 0 ||
		    task_submissions_load(task, &list, &count, &err) < 0)
			FAIL("%s", err.text);
		for (size_t i = 0; i < count; i++) {
			if (strcmp(list[i].class, "cheat") != 0)
				continue;
			ROW("%s %s", packs[p], list[i].path);
			check_cheat(task, &list[i]);
			for (size_t j = 0; j < ARRAY_LEN(cheats); j++)
				found += strcmp(list[i].path, cheats[j]) == 0;
		}
		CHECK_INT(found, ==, ARRAY_LEN(cheats));
		task_submissions_free(list, count);
	}
}

TAP_MAIN()
