/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"
#include "fortnight/sandbox.h"
#include "tap.h"

#include <pthread.h>
#include <sys/resource.h>

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		FAIL("\"%s\" does not say \"%s\"", text, part);
}

TEST(every_layer_is_on_inside)
{
	static struct sandbox_host host;
	struct error err = ERROR_INIT;

	sandbox_probe(&host);
	CHECK_INT(host.count, >=, 10);
	for (size_t i = 0; i < host.count; i++)
		if (host.facts[i].required && !host.facts[i].works)
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

/* From the last of the table on, so that the one lowered last is the first that is
 * found.  2^46 bytes is more than AddressSanitizer's shadow takes. */
TEST(a_hard_limit_that_is_too_low_is_refused_with_its_cure)
{
	static const struct {
		int what;
		rlim_t low;
		const char *cause, *cure;
	} limits[] = {
		{ RLIMIT_DATA, 1L << 46, "RLIMIT_DATA is 70368744177664",
		  "ulimit -Hd unlimited" },
		{ RLIMIT_AS, 1L << 46, "RLIMIT_AS is 70368744177664",
		  "ulimit -Hv unlimited" },
		{ RLIMIT_CPU, 3600,
		  "RLIMIT_CPU is 3600, and scoring takes "
		  "unlimited",
		  "ulimit -Ht unlimited" },
		{ RLIMIT_FSIZE, 4096, "RLIMIT_FSIZE is 4096",
		  "ulimit -Hf unlimited" },
		{ RLIMIT_NPROC, 100, "RLIMIT_NPROC is 100",
		  "ulimit -Hu unlimited" },
		{ RLIMIT_NOFILE, 20, "RLIMIT_NOFILE is 20", "ulimit -Hn 1024" },
		{ RLIMIT_STACK, 1 << 20,
		  "RLIMIT_STACK is 1048576, and scoring "
		  "takes 67108864",
		  "ulimit -Hs unlimited" },
	};

	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		const struct rlimit low = { limits[i].low, limits[i].low };
		static struct sandbox_host host;
		struct error err = ERROR_INIT;

		CHECK_INT(setrlimit((__rlimit_resource_t)limits[i].what, &low),
			  ==, 0);
		sandbox_probe(&host);
		CHECK_INT(sandbox_check(&host, &err), ==, -1);
		CHECK_INT(err.kind, ==, ERROR_HOST);
		has(err.text, limits[i].cause);
		has(err.text, limits[i].cure);
	}
}

TEST(a_soft_limit_that_is_too_low_is_raised)
{
	static const int all[] = { RLIMIT_STACK, RLIMIT_NOFILE, RLIMIT_NPROC,
				   RLIMIT_FSIZE, RLIMIT_AS,	RLIMIT_DATA };
	static struct sandbox_host host;
	struct error err = ERROR_INIT;
	pthread_attr_t attr;
	size_t bytes = 0;

	CHECK_INT(pthread_getattr_default_np(&attr), ==, 0);
	CHECK_INT(pthread_attr_setstacksize(&attr, 64 << 10), ==, 0);
	CHECK_INT(pthread_setattr_default_np(&attr), ==, 0);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct rlimit limit;

		CHECK_INT(getrlimit((__rlimit_resource_t)all[i], &limit), ==,
			  0);
		limit.rlim_cur = all[i] == RLIMIT_NOFILE  ? 20
				 : all[i] == RLIMIT_NPROC ? 1
							  : 128 << 10;
		CHECK_INT(setrlimit((__rlimit_resource_t)all[i], &limit), ==,
			  0);
	}
	sandbox_probe(&host);
	if (sandbox_check(&host, &err) < 0)
		FAIL("%s", err.text);
	CHECK_INT(pthread_getattr_default_np(&attr), ==, 0);
	CHECK_INT(pthread_attr_getstacksize(&attr, &bytes), ==, 0);
	CHECK_INT(bytes, >=, 1 << 20);
}

TEST(a_box_that_is_not_there_is_named_with_its_cure)
{
	static struct sandbox_host host;
	struct error err = ERROR_INIT;

	CHECK_INT(setenv("FORTNIGHT_BOX", "/nope", 1), ==, 0);
	sandbox_probe(&host);
	CHECK_INT(sandbox_check(&host, &err), ==, -1);
	CHECK_INT(err.kind, ==, ERROR_HOST);
	has(err.text, "FORTNIGHT_BOX is /nope");
	has(err.text, "unset it");
	CHECK(!strstr(err.text, "user_namespaces"));
}

TAP_MAIN()
