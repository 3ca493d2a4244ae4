/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/buf.h"
#include "fortnight/task.h"
#include "scratch.h"

#define CASE(id)                                             \
	"{\"id\":\"" id "\",\"level\":1,\"spec\":[\"1.1\"]," \
	"\"want\":{\"stdout\":\"x\"}}\n"

static const char small_disk[] =
	"[interview]\nformat = 1\ntitle = \"T\"\nclass = \"practice\"\n"
	"[interview.build]\n[interview.run]\nroot = \"bare\"\n"
	"entry = \"run\"\ndisk_mb = 1\n[[interview.area]]\nname = \"a\"\n"
	"title = \"A\"\nkind = \"io\"\nweight = 100\n";

static void make_pack(const char *dir)
{
	static const char *const files[][2] = {
		{ "task.toml", "[interview]\nformat = 1\ntitle = \"T\"\n"
			       "class = \"practice\"\n[interview.build]\n"
			       "[interview.run]\nroot = \"bare\"\n"
			       "entry = \"run\"\n"
			       "[[interview.area]]\nname = \"a\"\n"
			       "title = \"A\"\nkind = \"io\"\nweight = 50\n"
			       "[[interview.area]]\nname = \"b\"\n"
			       "title = \"B\"\nkind = \"io\"\nweight = 50\n" },
		{ "contract.md", "# Contract\n\n- **1.1** Say yes.\n"
				 "- **1.2.3** Say no.\n- **Note** no number\n"
				 "- ****\n  - **1.9** indented\n- **2 open\n" },
		{ "hidden/a.jsonl", CASE("a-1") CASE("a-2") },
		{ "hidden/b.jsonl", CASE("b-1") },
		{ "visible/a.jsonl", CASE("a-v1") },
		{ "visible/b.jsonl", "" },
		{ "drivers/d/main.c", "int x;\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "%s/%s", dir, files[i][0]);
		scratch_put(name, 0644, files[i][1]);
	}
}

static struct task *load(enum task_parts parts)
{
	struct error err = ERROR_INIT;
	struct task *task = NULL;

	if (task_load(scratch_path("p"), parts, &task, &err) < 0)
		FAIL("%s", err.text);
	return task;
}

static void check_refused(const char *path, const char *complaint)
{
	struct error err = ERROR_INIT;
	struct task *task = NULL;

	CHECK_INT(task_load(path, TASK_WHOLE, &task, &err), ==, -1);
	CHECK(!task);
	if (!strstr(err.text, complaint))
		FAIL("got: %s", err.text);
}

TEST(a_pack_is_loaded_whole_or_for_the_candidates_side)
{
	auto_task struct task *whole = NULL, *manifest = NULL;

	make_pack("p");
	whole = load(TASK_WHOLE);
	CHECK_INT(whole->case_count, ==, 3);
	CHECK_INT(whole->areas[0].case_count, ==, 2);
	CHECK_STR(whole->areas[0].cases[1].id, "a-2");
	CHECK_INT(whole->areas[0].cases[1].line, ==, 2);
	CHECK_STR(whole->areas[0].visible[0].id, "a-v1");
	CHECK_INT(strlen(whole->digest), ==, 64);
	manifest = load(TASK_MANIFEST);
	CHECK_INT(manifest->case_count, ==, 0);
	CHECK_INT(manifest->areas[0].visible_count, ==, 1);
	CHECK_STR(manifest->digest, "");
}

/* Numbered words between `before` and `after`, with commas. */
static void add_times(struct buf *buf, int count, const char *before,
		      const char *after)
{
	for (int i = 0; i < count; i++)
		buf_addf(buf, "%s%s%d%s", i ? "," : "", before, i, after);
}

static const struct {
	const char *key;
	const char *before, *after;
	int count;
	const char *complaint; /* NULL: it fits */
} sizes[] = {
	{ "\"files\":{", "\"f", "\":\"x\"", 256, NULL },
	{ "\"files\":{", "\"f", "\":\"x\"", 257,
	  "hidden/a.jsonl:2: files take 1052672 bytes in 258 files and "
	  "directories, and the working directory holds 1048576 in 1024: "
	  "raise disk_mb in task.toml or make them fewer" },
	{ "\"files\":{", "\"f", "\":\"\"", 1023, NULL },
	{ "\"files\":{", "\"f", "\":\"\"", 1024, "bytes in 1025 files and" },
	{ "\"files\":{", "\"d/f", "\":\"\"", 1022, NULL },
	{ "\"files\":{", "\"d/f", "\":\"\"", 1023, "bytes in 1025 files and" },
	{ "\"files\":{", "\"d", "/f\":\"\"", 512, "bytes in 1025 files and" },
	{ "\"argv\":[", "\"", "\"", 1900, NULL },
	{ "\"argv\":[", "\"", "\"", 1901,
	  "hidden/a.jsonl:2: arguments and environment are 1901 strings of " },
	{ "\"env\":{", "\"E", "\":\"\"", 1901,
	  "and a program can be given 1900 of 114688: put it into stdin or "
	  "files" },
};

TEST(a_case_that_no_sandbox_can_hold_is_refused_where_it_stands)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		auto_buf struct buf text = BUF_INIT(1 << 20);
		auto_task struct task *task = NULL;

		ROW("%zu", i);
		make_pack("p");
		scratch_put("p/task.toml", 0644, small_disk);
		buf_adds(
			&text,
			CASE("a-1") "{\"id\":\"a-2\",\"level\":1,\"spec\":[\"1.1\"],");
		buf_adds(&text, sizes[i].key);
		add_times(&text, sizes[i].count, sizes[i].before,
			  sizes[i].after);
		buf_addf(&text, "%s,\"want\":{\"stdout\":\"x\"}}\n",
			 strchr(sizes[i].key, '{') ? "}" : "]");
		scratch_put("p/hidden/a.jsonl", 0644, buf_text(&text));
		if (sizes[i].complaint)
			check_refused(scratch_path("p"), sizes[i].complaint);
		else
			task = load(TASK_WHOLE);
	}
}

TEST(an_argument_that_is_too_long_is_refused)
{
	auto_buf struct buf text = BUF_INIT(1 << 20);

	make_pack("p");
	buf_adds(&text, "{\"id\":\"a-1\",\"level\":1,\"spec\":[\"1.1\"],"
			"\"argv\":[\"");
	for (int i = 0; i < 112 << 10; i++)
		buf_adds(&text, "x");
	buf_adds(&text, "\"],\"want\":{\"stdout\":\"x\"}}\n");
	scratch_put("p/hidden/a.jsonl", 0644, buf_text(&text));
	check_refused(scratch_path("p"), "hidden/a.jsonl:1: arguments and "
					 "environment are 1 strings of 114689 "
					 "bytes");
}

TEST(statements_are_the_numbered_items_of_the_contract)
{
	auto_task struct task *task = NULL;

	make_pack("p");
	task = load(TASK_MANIFEST);
	CHECK_INT(task->statement_count, ==, 2);
	CHECK_STR(task->statements[0], "1.1");
	CHECK_STR(task->statements[1], "1.2.3");
}

TEST(a_contract_of_empty_items_has_no_statements)
{
	auto_task struct task *task = NULL;
	auto_buf struct buf text = BUF_INIT(1 << 16);

	make_pack("p");
	for (int i = 0; i < 1000; i++)
		buf_adds(&text, "- ****\n");
	scratch_put("p/contract.md", 0644, buf_text(&text));
	scratch_put("p/visible/a.jsonl", 0644, "");
	task = load(TASK_MANIFEST);
	CHECK_INT(task->statement_count, ==, 0);
}

static const struct {
	const char *file, *text;
	bool same;
} changes[] = {
	{ "p/task.toml", NULL, true },
	{ "p/visible/a.jsonl", CASE("a-v2"), true },
	{ "p/instruction.md", "Read.\n", true },
	{ "p/submissions/noop/x/README", "x", true },
	{ "p/drivers/d/out/run", "built", true },
	{ "p/drivers/d/.cache", "x", true },
	{ "p/drivers/d/main.c", "int y;\n", false },
	{ "p/drivers/e/main.c", "int z;\n", false },
	{ "p/checkers/c/main.c", "int z;\n", false },
	{ "p/hidden/a.jsonl", CASE("a-1") CASE("a-3"), false },
	{ "p/hidden/blob/x", "x", false },
	{ "p/contract.md", "- **1.1** Say yes, please.\n", false },
};

TEST(the_digest_covers_what_decides_a_score_and_nothing_else)
{
	char before[DIGEST_HEX_SIZE] = "";

	make_pack("p");
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		auto_task struct task *task = NULL;

		ROW("%s", changes[i].file);
		if (changes[i].text)
			scratch_put(changes[i].file, 0644, changes[i].text);
		task = load(TASK_WHOLE);
		if (i > 0)
			CHECK_INT(strcmp(task->digest, before) == 0, ==,
				  changes[i].same);
		memcpy(before, task->digest, sizeof(before));
	}
}

TEST(a_pack_at_another_place_has_the_same_digest)
{
	auto_task struct task *one = NULL, *two = NULL;
	struct error err = ERROR_INIT;

	make_pack("p");
	make_pack("elsewhere/p");
	one = load(TASK_WHOLE);
	CHECK_INT(task_load(scratch_path("elsewhere/p/"), TASK_WHOLE, &two,
			    &err),
		  ==, 0);
	CHECK_STR(one->digest, two->digest);
	CHECK_STR(two->name, "p");
}

static const struct {
	const char *file, *text, *complaint;
} bad[] = {
	{ "p/hidden/b.jsonl", CASE("b-1") CASE("b-1"),
	  "/p/hidden/b.jsonl:2: line 1 of b.jsonl has the id 'b-1' already" },
	{ "p/hidden/b.jsonl", "", "/p/hidden/b.jsonl:1: no cases" },
	{ "p/hidden/a.jsonl", CASE("a-1") "\n" CASE("a-2"),
	  "/p/hidden/a.jsonl:2: " },
	{ "p/hidden/a.jsonl",
	  "{\"id\":\"a-1\",\"level\":1,\"spec\":[\"1.1\",\"9\"],"
	  "\"want\":{\"stdout\":\"x\"}}",
	  "/p/hidden/a.jsonl:1: contract.md has no statement 9" },
	{ "p/visible/a.jsonl", CASE("a-1") "{", "/p/visible/a.jsonl:2: " },
};

TEST(a_broken_suite_is_named_by_file_and_line)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		ROW("%zu", i);
		make_pack("p");
		scratch_put(bad[i].file, 0644, bad[i].text);
		check_refused(scratch_path("p"), bad[i].complaint);
	}
}

TEST(what_is_missing_is_named)
{
	static const char *const files[] = { "p/task.toml", "p/contract.md",
					     "p/visible/a.jsonl",
					     "p/hidden/b.jsonl" };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		ROW("%s", files[i]);
		make_pack("p");
		CHECK_INT(unlink(scratch_path(files[i])), ==, 0);
		check_refused(scratch_path("p"), files[i]);
		scratch_link(files[i], "/etc/hostname");
		check_refused(scratch_path("p"), files[i]);
		CHECK_INT(unlink(scratch_path(files[i])), ==, 0);
	}
	check_refused("no-such-pack", "there is no pack 'no-such-pack', as a "
				      "directory or in tasks/: see fortnight "
				      "task list");
	check_refused(scratch_path("nowhere"), "there is no pack '/tmp/");
}

TEST(a_pack_is_found_by_its_name_in_tasks)
{
	auto_task struct task *task = NULL;
	struct error err = ERROR_INIT;
	char **list;

	make_pack("tasks/mine");
	scratch_put("tasks/.hidden/task.toml", 0644, "");
	scratch_put("tasks/empty/README", 0644, "");
	CHECK_INT(chdir(scratch()), ==, 0);
	CHECK_INT(task_load("mine", TASK_MANIFEST, &task, &err), ==, 0);
	CHECK_STR(task->path, "tasks/mine");
	list = task_list();
	CHECK_STR(list[0], "mine");
	task_list_free(list);
}

TEST(a_line_of_a_megabyte_is_too_long)
{
	auto_buf struct buf line = BUF_INIT(4 << 20);

	make_pack("p");
	buf_adds(&line, "{\"id\":\"");
	while (line.len <= 1 << 20)
		buf_adds(&line, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	scratch_put("p/hidden/a.jsonl", 0644, buf_text(&line));
	check_refused(scratch_path("p"),
		      "/p/hidden/a.jsonl:1: a line of more than 1048576 bytes");
}

/* ---- submissions.toml ------------------------------------------------------ */

static int load_submissions(const char *text, struct task_submission **ret_list,
			    size_t *ret_count, struct error *err)
{
	auto_task struct task *task = NULL;

	make_pack("p");
	scratch_put("p/submissions/submissions.toml", 0644, text);
	task = load(TASK_MANIFEST);
	return task_submissions_load(task, ret_list, ret_count, err);
}

TEST(submissions_say_what_they_must_score)
{
	struct task_submission *list = NULL;
	struct error err = ERROR_INIT;
	size_t count = 0;

	CHECK_INT(load_submissions(
			  "[[submission]]\npath = \"accepted/jq\"\n"
			  "role = \"reference\"\nscore = [100.0, 100]\n"
			  "root = \"oracle\"\nentry = [\"/usr/bin/jq\"]\n"
			  "[[submission]]\npath = \"cheat/copy\"\n"
			  "score = [0, 1]\n"
			  "add = [{ from = \"oracle:usr/bin/jq\", to = \"jq\" "
			  "},\n{ from = \"pack:visible\", to = \"v\" }]\n",
			  &list, &count, &err),
		  ==, 0);
	CHECK_INT(count, ==, 2);
	CHECK_STR(list[0].class, "accepted");
	CHECK_STR(list[0].role, "reference");
	CHECK(list[0].oracle_root && !list[1].oracle_root);
	CHECK_STR(list[0].entry[0], "/usr/bin/jq");
	CHECK(!list[1].entry);
	CHECK_INT(list[1].line, ==, 7);
	CHECK_STR(list[1].role, "");
	CHECK(list[1].score_max > 0.9 && list[1].score_min < 0.1);
	CHECK_INT(list[1].add_count, ==, 2);
	CHECK(list[1].adds[0].from_oracle && !list[1].adds[1].from_oracle);
	CHECK_STR(list[1].adds[0].from, "usr/bin/jq");
	CHECK_STR(list[1].adds[1].to, "v");
	task_submissions_free(list, count);
}

#define SUB(keys) "[[submission]]\n" keys "\n"
#define GOOD	  "path = \"cheat/x\"\nscore = [0, 1]\n"

static const struct {
	const char *text, *complaint;
} bad_submissions[] = {
	{ "submision = []\n",
	  ":1: unknown key 'submision': did you mean 'submission'?" },
	{ "submission = [7]\n", ":1: a submission is a table" },
	{ SUB("path = \"cheat/x\""), ":1: the key 'score' is missing" },
	{ SUB(GOOD "rol = \"second\""),
	  ":4: unknown key 'rol': did you mean 'role'?" },
	{ SUB(GOOD "role = \"third\""),
	  ":1: role 'third' is not reference or second" },
	{ SUB(GOOD "root = \"orakel\""),
	  ":1: root 'orakel' is not bare or oracle" },
	{ SUB("path = \"cheat/x\"\nscore = [1]"),
	  ":1: score is [least, most], 0 to 100" },
	{ SUB("path = \"cheat/x\"\nscore = [2, 1]"), ":1: score is" },
	{ SUB("path = \"cheat/x\"\nscore = [0, 101]"), ":1: score is" },
	{ SUB("path = \"cheat/x\"\nscore = [\"0\", \"1\"]"), ":1: score is" },
	{ SUB("path = \"good/x\"\nscore = [0, 1]"),
	  ":1: path 'good/x' is not one below accepted, partial, noop, "
	  "wrong_answer, time_limit_exceeded or cheat" },
	{ SUB("path = \"cheat/../x\"\nscore = [0, 1]"),
	  ":1: path 'cheat/../x' is not one below" },
	{ SUB(GOOD "add = [7]"), ":1: add holds tables" },
	{ SUB(GOOD "add = [{ from = \"pack:x\" }]"),
	  ":1: the key 'to' is missing" },
	{ SUB(GOOD "add = [{ from = \"x\", to = \"y\" }]"),
	  ":1: from 'x' is not oracle:PATH or pack:PATH" },
	{ SUB(GOOD "add = [{ from = \"pack:../x\", to = \"y\" }]"),
	  ":1: '../x' to 'y': both are paths inside" },
	{ SUB(GOOD "add = [{ from = \"pack:x\", to = \"/etc/y\" }]"),
	  ":1: 'x' to '/etc/y': both are paths inside" },
	{ SUB(GOOD "entry = [7]"), ":1: 'entry' must hold strings only" },
};

TEST(a_malformed_submission_is_named_by_file_and_line)
{
	for (size_t i = 0; i < ARRAY_LEN(bad_submissions); i++) {
		struct task_submission *list = NULL;
		struct error err = ERROR_INIT;
		size_t count = 4711;

		ROW("%s", bad_submissions[i].text);
		CHECK_INT(load_submissions(bad_submissions[i].text, &list,
					   &count, &err),
			  ==, -1);
		CHECK(!list && count == 4711);
		CHECK(strstr(err.text, "/p/submissions/submissions.toml:"));
		if (!strstr(err.text, bad_submissions[i].complaint))
			FAIL("got: %s", err.text);
	}
}

TAP_MAIN()
