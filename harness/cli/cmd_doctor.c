/* SPDX-License-Identifier: MIT */
/* fortnight doctor: what this host can enforce, and how to mend the rest. */
#include "fortnight/base.h"
#include "fortnight/sandbox.h"

#include "cli.h"

static int print_facts(const struct sandbox_host *host)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < host->count; i++) {
		const struct sandbox_fact *fact = &host->facts[i];

		printf("%-8s %-46s %s\n",
		       fact->works	? "ok"
		       : fact->required ? "MISSING"
					: "absent",
		       fact->name, fact->detail);
		if (fact->works)
			continue;
		if (fact->cure[0])
			printf("         cure: %s\n", fact->cure);
		if (fact->required)
			status = STATUS_NOT_PASSED;
	}
	puts(status == STATUS_OK ? "Scoring is safe on this host."
				 : "Scoring is refused on this host.");
	return status;
}

int cmd_doctor(int argc, char **argv, struct error *err)
{
	int64_t delegate = -1, undelegate = -1;
	const struct cli_option options[] = {
		{ "delegate", 0, CLI_NUMBER, &delegate, 1, UINT32_MAX - 1 },
		{ "undelegate", 0, CLI_NUMBER, &undelegate, 1, UINT32_MAX - 1 },
		{ NULL, 0, CLI_FLAG, NULL, 0, 0 }
	};
	struct sandbox_host host;
	int count = 0;

	if (cli_options(argc, argv, options, &count, err) < 0 ||
	    cli_arguments(count, 0, 0, "", err) < 0)
		return -1;
	if (delegate >= 0 || undelegate >= 0)
		return sandbox_delegate((unsigned)(delegate >= 0 ? delegate
								 : undelegate),
					delegate < 0, err);
	sandbox_probe(&host);
	return print_facts(&host);
}
