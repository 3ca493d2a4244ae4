/* SPDX-License-Identifier: MIT */
/*
 * in_machine.h - the attacks of tests/hostile as they are made under other
 * sandboxes: compiled with -include of this file, in front of everything.
 *
 * attack.h asks for what our own sandbox gives: a user, a mount, a network and
 * a process namespace.  Another sandbox may leave any of them out, which is what
 * is to be found; so these builds ask for the machine instead.  They run in the
 * emulated machine of tests/hostile-peers/run and nowhere else:
 *
 *	- its processor has a name that nothing but that script gives it, and says
 *	  that it is emulated (CPUID is not virtualised by any namespace);
 *	- the token is one that the runner in there made up, in the environment
 *	  and as an argument;
 *	- the program is below /app, where that machine's process 1 put it.
 *
 * attack.h and the proof in it stay as they are.
 */
#ifndef HOSTILE_IN_MACHINE_H
#define HOSTILE_IN_MACHINE_H

#include "../hostile/attack.h"

#include <cpuid.h>

/* tests/hostile-peers/run: -cpu max,model-id=... */
#define MACHINE_NAME	 "fortnight hostile-peers machine"
#define MACHINE_EMULATED "TCGTCGTCGTCG"
#define ATTACK_BEGUN	 "begun\n" /* so that the runner knows that it ran */

enum {
	CPUID_FEATURES = 1,
	CPUID_HYPERVISOR_BIT = 31, /* of ECX */
	CPUID_HYPERVISOR = 0x40000000,
	CPUID_NAME_FIRST = (int)0x80000002,
	CPUID_NAME_PARTS = 3
};

static inline bool machine_is_emulated(void)
{
	unsigned part[4], a, c, d;
	char maker[13] = "";

	__cpuid(CPUID_FEATURES, a, part[0], c, d);
	if (!(c >> CPUID_HYPERVISOR_BIT))
		return false;
	__cpuid(CPUID_HYPERVISOR, part[0], part[1], part[2], part[3]);
	memcpy(maker, &part[1], 12);
	return strcmp(maker, MACHINE_EMULATED) == 0;
}

static inline bool machine_has_name(void)
{
	unsigned part[CPUID_NAME_PARTS][4];
	char name[sizeof(part) + 1] = "";

	for (unsigned i = 0; i < CPUID_NAME_PARTS; i++)
		__cpuid((unsigned)CPUID_NAME_FIRST + i, part[i][0], part[i][1],
			part[i][2], part[i][3]);
	memcpy(name, part, sizeof(part));
	return strcmp(name, MACHINE_NAME) == 0;
}

static inline void machine_or_die(int argc, char **argv)
{
	const char *token = getenv("HS_TOKEN");

	if (!machine_is_emulated())
		not_contained("an emulated processor");
	if (!machine_has_name())
		not_contained("the machine of tests/hostile-peers/run");
	if (argc < 3 || !token_has_form(token) || strcmp(token, argv[2]) != 0)
		not_contained("the runner's token");
	if (strncmp(argv[0], "/app/", 5) != 0)
		not_contained("a place in /app");
	attack_token = argv[2];
}

static inline int machine_main(const struct attempt *attempts, size_t count,
			       int argc, char **argv)
{
	machine_or_die(argc, argv);
	(void)!write(1, ATTACK_BEGUN, sizeof(ATTACK_BEGUN) - 1);
	for (size_t i = 0; i < count; i++)
		if (strcmp(attempts[i].name, argv[1]) == 0)
			attempts[i].run();
	say("ALLOWED nothing: no attempt '%s', or it came back", argv[1]);
}

#undef ATTACK_MAIN
#define ATTACK_MAIN(table)                                                     \
	int main(int argc, char **argv)                                        \
	{                                                                      \
		return machine_main(table, sizeof(table) / sizeof((table)[0]), \
				    argc, argv);                               \
	}

#endif
