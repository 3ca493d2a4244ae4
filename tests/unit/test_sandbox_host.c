/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/sandbox.h"
#include "tap.h"

TEST(every_layer_is_on_inside)
{
	static struct sandbox_host host;
	struct error err = ERROR_INIT;

	sandbox_probe(&host);
	CHECK_INT(host.count, >=, 10);
	for (size_t i = 0; i < host.count; i++)
		if (!host.facts[i].works)
			FAIL("%s: %s", host.facts[i].name,
			     host.facts[i].detail);
	CHECK_INT(sandbox_check(&host, &err), ==, 0);
}

TEST(a_missing_layer_is_refused_with_its_cure)
{
	struct sandbox_host host = { .count = 1 };
	struct error err = ERROR_INIT;

	host.facts[0] = (struct sandbox_fact){ .name = "memory limits",
					       .required = true,
					       .detail = "no control group",
					       .cure = "mount cgroup2" };
	CHECK_INT(sandbox_check(&host, &err), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_HOST);
	CHECK_STR(err.text, "memory limits: no control group; mount cgroup2");
}

TAP_MAIN()
