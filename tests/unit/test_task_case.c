/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/buf.h"
#include "fortnight/task.h"
#include "scratch.h"

static char area_name[] = "a", driver_name[] = "resp", judge[] = "judge";
static const struct task_area io = { .name = area_name,
				     .kind = AREA_IO,
				     .compare = COMPARE_TRIM };
static const struct task_area robust = { .name = area_name,
					 .kind = AREA_ROBUST };
static const struct task_area driver = { .name = area_name,
					 .kind = AREA_DRIVER,
					 .driver = driver_name };
static const struct task_area judged = { .name = area_name,
					 .kind = AREA_IO,
					 .compare = COMPARE_CHECKER,
					 .checker = judge };

static int parse(const char *text, const struct task_area *area, int blobs,
		 struct task_case *c, struct error *err)
{
	const struct task_line line = { .text = text,
					.len = strlen(text),
					.file = "hidden/a.jsonl",
					.number = 7 };

	return task_case_parse(&line, area, blobs, c, err);
}

static struct task_case parsed(const char *text, const struct task_area *area)
{
	struct task_case c = { 0 };
	struct error err = ERROR_INIT;

	if (parse(text, area, -1, &c, &err) < 0)
		FAIL("%s", err.text);
	return c;
}

#define HEAD "{\"id\":\"a-1\",\"level\":2,\"spec\":[\"1.1\",\"2.3\"],"
#define WANT "\"want\":{\"stdout\":\"x\"}}"

TEST(an_io_case_says_everything_that_stands_in_it)
{
	struct task_case c = parsed(
		HEAD "\"argv\":[\"-c\",\".\"],\"stdin\":\"in\\u0000put\","
		     "\"files\":{\"d/f\":\"text\"},\"env\":{\"A\":\"b=c\"},"
		     "\"want\":{\"stdout\":\"out\\n\",\"exit\":5,\"compare\":"
		     "\"float\",\"tolerance\":0.5,\"files\":{\"o\":\"done\"}}}",
		&io);

	CHECK_STR(c.id, "a-1");
	CHECK_INT(c.level, ==, 2);
	CHECK_INT(c.line, ==, 7);
	CHECK_STR(c.spec[1], "2.3");
	CHECK(!c.spec[2] && !c.is_driver && !c.phases);
	CHECK_STR(c.argv[1], ".");
	CHECK(!c.argv[2]);
	CHECK_INT(c.stdin_len, ==, 6);
	CHECK_INT(memcmp(c.stdin_data, "in\0put", 7), ==, 0);
	CHECK_STR(c.files[0].name, "d/f");
	CHECK_STR(c.files[0].data, "text");
	CHECK_STR(c.env[0], "A=b=c");
	CHECK_STR(c.want.stdout_data, "out\n");
	CHECK_INT(c.want.exit_want, ==, EXIT_IS);
	CHECK_INT(c.want.exit_status, ==, 5);
	CHECK_INT(c.want.compare, ==, COMPARE_FLOAT);
	CHECK(c.want.tolerance > 0.49 && c.want.tolerance < 0.51);
	CHECK_STR(c.want.files[0].name, "o");
	task_case_done(&c);
}

TEST(what_is_not_given_has_its_default)
{
	struct task_case c = parsed(HEAD WANT, &io);

	CHECK(!c.argv[0] && !c.env[0]);
	CHECK_INT(c.stdin_len, ==, 0);
	CHECK_INT(c.file_count, ==, 0);
	CHECK_INT(c.want.exit_status, ==, 0);
	CHECK_INT(c.want.compare, ==, COMPARE_TRIM);
	CHECK(c.want.tolerance > 0.9e-6 && c.want.tolerance < 1.1e-6);
	task_case_done(&c);
}

TEST(a_driver_case_has_phases)
{
	struct task_case c = parsed(
		HEAD "\"phases\":[{\"script\":\"PING\\n\",\"plan\":2,\"args\":"
		     "[\"-x\"],\"end\":\"term\",\"tear\":3},"
		     "{\"script\":\"\",\"plan\":100000}]}",
		&driver);

	CHECK(c.is_driver);
	CHECK_INT(c.phase_count, ==, 2);
	CHECK_STR(c.phases[0].script, "PING\n");
	CHECK_INT(c.phases[0].plan, ==, 2);
	CHECK_STR(c.phases[0].args[0], "-x");
	CHECK(c.phases[0].terminate && !c.phases[1].terminate);
	CHECK_INT(c.phases[0].tear_bytes, ==, 3);
	CHECK_INT(c.phases[1].tear_bytes, ==, 0);
	CHECK(!c.phases[1].args[0]);
	task_case_done(&c);
}

static const struct {
	const char *keys;
	const char *input;
} inputs[] = {
	{ "\"stdin_base64\":\"AP8K\"", "\0\xff\n" },
	{ "\"stdin_base64\":\"\"", "" },
	{ "\"stdin_parts\":[[\"{n}:{n} \",3],[\"x\",2]]", "0:0 1:1 2:2 xx" },
	{ "\"stdin_parts\":[]", "" },
};

TEST(input_comes_as_base64_or_in_parts)
{
	for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
		char line[400];
		struct task_case c;
		size_t len = i ? strlen(inputs[i].input) : 3;

		ROW("%s", inputs[i].keys);
		(void)snprintf(line, sizeof(line), HEAD "%s," WANT,
			       inputs[i].keys);
		c = parsed(line, &io);
		CHECK_INT(c.stdin_len, ==, len);
		CHECK(!len || memcmp(c.stdin_data, inputs[i].input, len) == 0);
		task_case_done(&c);
	}
}

TEST(an_exit_status_may_be_a_word)
{
	struct task_case c = parsed(
		HEAD "\"want\":{\"stdout\":\"\",\"exit\":\"nonzero\"}}", &io);

	CHECK_INT(c.want.exit_want, ==, EXIT_NONZERO);
	task_case_done(&c);
	c = parsed(HEAD "\"want\":{\"exit\":\"any\"}}", &robust);
	CHECK_INT(c.want.exit_want, ==, EXIT_ANY);
	CHECK(!c.want.has_stdout);
	task_case_done(&c);
}

#define SHA \
	"\"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a\""

static const struct {
	const struct task_area *area;
	const char *line, *complaint;
} bad[] = {
	{ &io, "", "'[' or '{' expected" },
	{ &io, "[]", "a case is a JSON object" },
	{ &io, "{\"id\":\"a-1\",\n}", "string or '}' expected" },
	{ &io, HEAD "\"argw\":[]," WANT,
	  "unknown key 'argw': did you mean 'argv'?" },
	{ &io, HEAD "\"phases\":[]," WANT, "unknown key 'phases'" },
	{ &driver, HEAD WANT, "unknown key 'want'" },
	{ &io, HEAD "\"argv\":7," WANT, "'argv' must be a list" },
	{ &io, HEAD "\"argv\":[7]," WANT,
	  "'argv' must hold strings only, without NUL" },
	{ &io, HEAD "\"argv\":[\"a\\u0000\"]," WANT,
	  "'argv' must hold strings only, without NUL" },
	{ &io, HEAD "\"id\":\"a-2\"," WANT, "duplicate object key" },
	{ &io, "{\"level\":1,\"spec\":[\"1.1\"]," WANT,
	  "the key 'id' is missing" },
	{ &io, "{\"id\":\"b-1\",\"level\":1,\"spec\":[\"1.1\"]," WANT,
	  "id 'b-1' must be 'a-...' of a-z, 0-9, '.' and '-'" },
	{ &io, "{\"id\":\"a-A\",\"level\":1,\"spec\":[\"1.1\"]," WANT,
	  "id 'a-A' must be" },
	{ &io, "{\"id\":\"a-1\",\"level\":4,\"spec\":[\"1.1\"]," WANT,
	  "level is 4, want 1 to 3" },
	{ &io, "{\"id\":\"a-1\",\"level\":-1,\"spec\":[\"1.1\"]," WANT,
	  "'level' must be a whole number from 1 to 100000000" },
	{ &io, "{\"id\":\"a-1\",\"level\":1.5,\"spec\":[\"1.1\"]," WANT,
	  "'level' must be a whole number" },
	{ &io, "{\"id\":\"a-1\",\"level\":1,\"spec\":[]," WANT,
	  "spec names no statement of contract.md" },
	{ &io, HEAD "\"stdin\":\"x\",\"stdin_base64\":\"eA==\"," WANT,
	  "'stdin' and 'stdin_base64' exclude each other" },
	{ &io, HEAD "\"stdin_base64\":\"e\"," WANT, "this is not base64" },
	{ &io, HEAD "\"stdin_blob\":\"../x\"," WANT,
	  "stdin_blob is no SHA-256" },
	{ &io, HEAD "\"stdin_blob\":" SHA "," WANT, "there is no blob 0a0a" },
	{ &io, HEAD "\"stdin_parts\":[[\"x\"]]," WANT,
	  "a part is [text, times]" },
	{ &io, HEAD "\"stdin_parts\":[[\"\",9000000000000000000]]," WANT,
	  "a part is [text, times], with text and without NUL, 1 time or "
	  "more" },
	{ &io, HEAD "\"stdin_parts\":[[\"x\",0]]," WANT,
	  "a part is [text, times]" },
	{ &io, HEAD "\"stdin_parts\":[[\"{n}\",67108865]]," WANT,
	  "stdin_parts make more than 67108864 bytes" },
	{ &io, HEAD "\"files\":{\"../x\":\"\"}," WANT,
	  "'../x' is no name of a file inside" },
	{ &io, HEAD "\"files\":{\"/x\":\"\"}," WANT,
	  "'/x' is no name of a file inside" },
	{ &io, HEAD "\"files\":{\"a//b\":\"\"}," WANT,
	  "'a//b' is no name of a file inside" },
	{ &io, HEAD "\"files\":{\"a/b\":\"\",\"a\":\"\"}," WANT,
	  "'a/b' lies below 'a', which is a file" },
	{ &io, HEAD "\"files\":{\"a\":7}," WANT,
	  "'a' is no name of a file inside" },
	{ &io, HEAD "\"env\":{\"A=\":\"x\"}," WANT, "env 'A=' must be a name" },
	{ &io, HEAD "\"env\":{\"\":\"x\"}," WANT, "env '' must be a name" },
	{ &io, HEAD "\"env\":{\"A\":\"\\u0000\"}," WANT,
	  "env 'A' must be a name and a string, without '=' in the one and NUL "
	  "in the other" },
	{ &io, HEAD "\"want\":{}}", "want has neither stdout nor files" },
	{ &io, HEAD "\"want\":{\"stdout\":\"\"}}",
	  "no output and exit 0 is void: a program that does nothing would "
	  "pass" },
	{ &robust, HEAD "\"want\":{\"stdout\":\"\"}}",
	  "no output and exit 0 is void" },
	{ &io, HEAD "\"want\":{\"stdout\":\"x\",\"exit\":256}}",
	  "exit is 0 to 255, \"nonzero\" or \"any\"" },
	{ &io, HEAD "\"want\":{\"stdout\":\"x\",\"exit\":\"none\"}}",
	  "exit is 0 to 255, \"nonzero\" or \"any\"" },
	{ &io, HEAD "\"want\":{\"stdout\":\"x\",\"compare\":\"same\"}}",
	  "compare 'same' is not known" },
	{ &io, HEAD "\"want\":{\"stdout\":\"x\",\"compare\":\"checker\"}}",
	  "compare 'checker', but the area names none" },
	{ &io, HEAD "\"want\":{\"stdout\":\"x\",\"tolerance\":-1}}",
	  "tolerance is -1, want 0 or more" },
	{ &io, HEAD "\"want\":{\"stdout\":\"x\",\"stdout_sha256\":" SHA "}}",
	  "'stdout' and 'stdout_sha256' exclude each other" },
	{ &io, HEAD "\"want\":{\"stdout_sha256\":\"0A\"}}",
	  "stdout_sha256 is no SHA-256" },
	{ &io, HEAD "\"want\":{\"stdout_sha256\":" SHA "}}",
	  "stdout_sha256 goes with compare 'exact'" },
	{ &driver, HEAD "\"phases\":[]}", "a case has no phase" },
	{ &driver, HEAD "\"phases\":[7]}", "a phase is a table" },
	{ &driver, HEAD "\"phases\":[{\"script\":\"\"}]}",
	  "the key 'plan' is missing" },
	{ &driver, HEAD "\"phases\":[{\"script\":\"\",\"plan\":0}]}",
	  "'plan' must be a whole number" },
	{ &driver, HEAD "\"phases\":[{\"script\":\"\",\"plan\":100001}]}",
	  "plan is 100001, want 1 to 100000" },
	{ &driver,
	  HEAD "\"phases\":[{\"script\":\"\",\"plan\":1,\"tear\":-1}]}",
	  "'tear' must be a whole number" },
	{ &driver,
	  HEAD "\"phases\":[{\"script\":\"\",\"plan\":1,\"end\":\"int\"}]}",
	  "end is 'kill' or 'term'" },
};

TEST(a_malformed_case_is_named_by_file_and_line)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct error err = ERROR_INIT;
		struct task_case c = { .line = 4711 };

		ROW("%s", bad[i].line);
		CHECK_INT(parse(bad[i].line, bad[i].area, -1, &c, &err), ==,
			  -1);
		CHECK_INT(err.kind, ==, ERROR_INPUT);
		CHECK(!c.id && c.line == 4711);
		CHECK(strncmp(err.text, "hidden/a.jsonl:", 15) == 0);
		if (!strstr(err.text, bad[i].complaint))
			FAIL("got: %s", err.text);
	}
}

/* Each repetition is longer than the least that was reckoned with. */
TEST(parts_are_bounded_also_by_what_their_numbers_make)
{
	static char part[1001], line[1200];
	struct error err = ERROR_INIT;
	struct task_case c = { 0 };

	memset(part, 'x', 1000);
	(void)snprintf(line, sizeof(line),
		       HEAD "\"stdin_parts\":[[\"%s{n}\",67041]]," WANT, part);
	CHECK_INT(parse(line, &io, -1, &c, &err), ==, -1);
	CHECK_STR(err.text, "hidden/a.jsonl:7: stdin_parts make more than "
			    "67108864 bytes");
}

TEST(a_checker_of_the_area_may_be_asked_by_default)
{
	struct task_case c = parsed(HEAD WANT, &judged);

	CHECK_INT(c.want.compare, ==, COMPARE_CHECKER);
	task_case_done(&c);
}

TEST(a_blob_is_read_and_its_name_is_its_digest)
{
	char name[80], line[400], hex[DIGEST_HEX_SIZE];
	struct error err = ERROR_INIT;
	struct task_case c;
	int dir;

	digest_of("blob", 4, hex);
	(void)snprintf(name, sizeof(name), "%s", hex);
	scratch_put(name, 0644, "blob");
	dir = open(scratch(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(line, sizeof(line), HEAD "\"stdin_blob\":\"%s\"," WANT,
		       hex);
	CHECK_INT(parse(line, &io, dir, &c, &err), ==, 0);
	CHECK_STR(c.stdin_data, "blob");
	task_case_done(&c);
	scratch_put(name, 0644, "blub");
	CHECK_INT(parse(line, &io, dir, &c, &err), ==, -1);
	CHECK(strstr(err.text, "hidden/a.jsonl:7: blob "));
	CHECK(strstr(err.text, " is damaged"));
	(void)close(dir);
}

TAP_MAIN()
