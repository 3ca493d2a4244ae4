/* SPDX-License-Identifier: MIT */
/* What is found out about a host beyond what is required. */
#include "fortnight/base.h"
#include "fortnight/sandbox.h"
#include "scratch.h"

#include "../../harness/sandbox/launch.h"

#include <sys/syscall.h>

static struct sandbox_host host;

static const struct sandbox_fact *fact_of(const char *name)
{
	for (size_t i = 0; i < host.count; i++)
		if (strcmp(host.facts[i].name, name) == 0)
			return &host.facts[i];
	FAIL("there is no fact '%s'", name);
}

static const char *const names[] = {
	"cgroup.kill",
	"a share of the processors for each pod",
	"memory peak of each run",
	"no swap for pods",
	"Landlock",
	"overlayfs in a user namespace",
	"a crash starts nothing of the host's",
};

TEST(what_is_good_to_know_is_told_and_not_required)
{
	struct error err = ERROR_INIT;

	sandbox_probe(&host);
	if (sandbox_check(&host, &err) < 0)
		FAIL("%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct sandbox_fact *fact = fact_of(names[i]);

		ROW("%s", names[i]);
		CHECK(!fact->required);
		CHECK(fact->detail[0]);
		CHECK(fact->works || fact->cure[0]);
		CHECK(!fact->works || !fact->cure[0]);
	}
	for (size_t i = 0; i < host.count; i++)
		for (size_t j = i + 1; j < host.count; j++)
			CHECK(strcmp(host.facts[i].name, host.facts[j].name));
}

/* The facts against a look of the test's own. */
TEST(facts_are_what_the_kernel_says)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	char text[32] = "not in this kernel";
	FILE *pattern = fopen("/proc/sys/kernel/core_pattern", "re");
	int first;

	if (abi < 0 && errno == EOPNOTSUPP)
		(void)snprintf(text, sizeof(text), "switched off");
	if (abi > 0)
		(void)snprintf(text, sizeof(text), "ABI %ld", abi);
	CHECK(pattern != NULL);
	first = fgetc(pattern);
	fclose(pattern);
	sandbox_probe(&host);
	CHECK_INT(fact_of("Landlock")->works, ==, abi > 0);
	CHECK(strncmp(fact_of("Landlock")->detail, text, strlen(text)) == 0);
	CHECK_INT(
		strstr(fact_of("a crash starts nothing of the host's")->detail,
		       "is a pipe") != NULL,
		==, first == '|');
}

/* Groups that were made for the look are gone, and the look can be had again. */
TEST(control_groups_are_looked_at_and_left)
{
	struct cgroup_quirks first, second;
	struct error err = ERROR_INIT;

	if (cgroup_look(&first, &err) < 0)
		FAIL("%s", err.text);
	if (cgroup_look(&second, &err) < 0)
		FAIL("%s", err.text);
	CHECK_INT(first.kill, ==, second.kill);
	CHECK_INT(first.killed_kills, ==, second.killed_kills);
	CHECK_INT(first.forgets_peak, ==, second.forgets_peak);
	CHECK(first.v2 || first.forgets_peak); /* v1 always could */
	CHECK(first.kill || !first.killed_kills);
}

static const struct {
	const char *label, *file, *value;
	bool root, found;
	const char *cure;
} switches[] = {
	{ "none", NULL, NULL, false, false, "" },
	{ "none at all", "user/max_user_namespaces", "0\n", true, true,
	  "user.max_user_namespaces is 0: as root, run: sysctl "
	  "user.max_user_namespaces=65536" },
	{ "some", "user/max_user_namespaces", "96365\n", false, false, "" },
	{ "Debian's", "kernel/unprivileged_userns_clone", "0\n", false, true,
	  "kernel.unprivileged_userns_clone is 0: as root, run: sysctl "
	  "kernel.unprivileged_userns_clone=1" },
	{ "Debian's, open", "kernel/unprivileged_userns_clone", "1\n", false,
	  false, "" },
	{ "Debian's, for root", "kernel/unprivileged_userns_clone", "0\n", true,
	  false, "" },
	{ "AppArmor's", "kernel/apparmor_restrict_unprivileged_userns", "1\n",
	  false, true,
	  "AppArmor keeps user namespaces from programs without a profile "
	  "(kernel.apparmor_restrict_unprivileged_userns is 1): as root, give "
	  "fortnight-box a profile with \"userns,\" (apparmor.d(5)), or run: "
	  "sysctl kernel.apparmor_restrict_unprivileged_userns=0" },
	{ "AppArmor's, open", "kernel/apparmor_restrict_unprivileged_userns",
	  "0\n", false, false, "" },
	{ "AppArmor's, for root",
	  "kernel/apparmor_restrict_unprivileged_userns", "1\n", true, false,
	  "" },
};

TEST(the_switch_that_forbids_user_namespaces_is_named)
{
	for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
		struct sandbox_fact fact = { .name = "x" };
		char name[200];

		ROW("%s", switches[i].label);
		if (switches[i].file) {
			(void)snprintf(name, sizeof(name), "%zu/%s", i,
				       switches[i].file);
			scratch_put(name, 0644, switches[i].value);
		}
		(void)snprintf(name, sizeof(name), "%zu", i);
		CHECK_INT(host_userns_switch(scratch_path(name),
					     switches[i].root, &fact),
			  ==, switches[i].found);
		CHECK_STR(fact.cure, switches[i].cure);
	}
}

TAP_MAIN()
