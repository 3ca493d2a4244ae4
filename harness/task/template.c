/* SPDX-License-Identifier: MIT */
/*
 * template.c - the pack that `task new` makes, as it stands in template/.
 *
 * The assembler takes each file in whole (as(1), .incbin; paths are from the top
 * of the source tree), so that the template is a directory that can be read,
 * scored and linted like any pack, and an installed fortnight needs no file.
 */
#include "template.h"

#define FILE_BYTES(symbol, path)                                       \
	__asm__(".pushsection .rodata\n" #symbol "_data:\n"            \
		".incbin \"harness/task/template/" path "\"\n" #symbol \
		"_end:\n"                                              \
		".byte 0\n"                                            \
		".popsection\n");                                      \
	extern const char symbol##_data[], symbol##_end[]

FILE_BYTES(template_contract_md, "contract.md");
FILE_BYTES(template_effort_md, "effort.md");
FILE_BYTES(template_environment_dockerfile, "environment/Dockerfile");
FILE_BYTES(template_gen_generate, "gen/generate");
FILE_BYTES(template_hidden_count_jsonl, "hidden/count.jsonl");
FILE_BYTES(template_hidden_robust_jsonl, "hidden/robust.jsonl");
FILE_BYTES(template_hidden_top_jsonl, "hidden/top.jsonl");
FILE_BYTES(template_instruction_md, "instruction.md");
FILE_BYTES(template_policy_md, "policy.md");
FILE_BYTES(template_solution_solve_sh, "solution/solve.sh");
FILE_BYTES(template_submissions_accepted_reference_build_sh,
	   "submissions/accepted/reference/build.sh");
FILE_BYTES(template_submissions_accepted_reference_run_c,
	   "submissions/accepted/reference/run.c");
FILE_BYTES(template_submissions_noop_silent_makefile,
	   "submissions/noop/silent/Makefile");
FILE_BYTES(template_submissions_submissions_toml,
	   "submissions/submissions.toml");
FILE_BYTES(template_submissions_wrong_answer_case_build_sh,
	   "submissions/wrong_answer/case/build.sh");
FILE_BYTES(template_submissions_wrong_answer_case_run_c,
	   "submissions/wrong_answer/case/run.c");
FILE_BYTES(template_task_toml, "task.toml");
FILE_BYTES(template_tests_test_sh, "tests/test.sh");
FILE_BYTES(template_visible_count_jsonl, "visible/count.jsonl");
FILE_BYTES(template_visible_robust_jsonl, "visible/robust.jsonl");
FILE_BYTES(template_visible_top_jsonl, "visible/top.jsonl");
FILE_BYTES(template_workspace_readme_md, "workspace/README.md");

#define FILE_ENTRY(symbol, path, executable)                  \
	{                                                     \
		path, symbol##_data, symbol##_end, executable \
	}

const struct template_file template_files[] = {
	FILE_ENTRY(template_contract_md, "contract.md", false),
	FILE_ENTRY(template_effort_md, "effort.md", false),
	FILE_ENTRY(template_environment_dockerfile, "environment/Dockerfile",
		   false),
	FILE_ENTRY(template_gen_generate, "gen/generate", true),
	FILE_ENTRY(template_hidden_count_jsonl, "hidden/count.jsonl", false),
	FILE_ENTRY(template_hidden_robust_jsonl, "hidden/robust.jsonl", false),
	FILE_ENTRY(template_hidden_top_jsonl, "hidden/top.jsonl", false),
	FILE_ENTRY(template_instruction_md, "instruction.md", false),
	FILE_ENTRY(template_policy_md, "policy.md", false),
	FILE_ENTRY(template_solution_solve_sh, "solution/solve.sh", true),
	FILE_ENTRY(template_submissions_accepted_reference_build_sh,
		   "submissions/accepted/reference/build.sh", true),
	FILE_ENTRY(template_submissions_accepted_reference_run_c,
		   "submissions/accepted/reference/run.c", false),
	FILE_ENTRY(template_submissions_noop_silent_makefile,
		   "submissions/noop/silent/Makefile", false),
	FILE_ENTRY(template_submissions_submissions_toml,
		   "submissions/submissions.toml", false),
	FILE_ENTRY(template_submissions_wrong_answer_case_build_sh,
		   "submissions/wrong_answer/case/build.sh", true),
	FILE_ENTRY(template_submissions_wrong_answer_case_run_c,
		   "submissions/wrong_answer/case/run.c", false),
	FILE_ENTRY(template_task_toml, "task.toml", false),
	FILE_ENTRY(template_tests_test_sh, "tests/test.sh", true),
	FILE_ENTRY(template_visible_count_jsonl, "visible/count.jsonl", false),
	FILE_ENTRY(template_visible_robust_jsonl, "visible/robust.jsonl",
		   false),
	FILE_ENTRY(template_visible_top_jsonl, "visible/top.jsonl", false),
	FILE_ENTRY(template_workspace_readme_md, "workspace/README.md", false),
};
const size_t template_file_count = ARRAY_LEN(template_files);
