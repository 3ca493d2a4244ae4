/* SPDX-License-Identifier: MIT */
/* Functions of one number. */
#include "machine.h"

#include <math.h>
#include <string.h>

static const struct {
	const char *name;
	double (*run)(double number);
} functions[] = {
	{ "floor", floor }, { "ceil", ceil },	{ "round", round },
	{ "sqrt", sqrt },   { "fabs", fabs },	{ "trunc", trunc },
	{ "log", log },	    { "log2", log2 },	{ "log10", log10 },
	{ "exp", exp },	    { "exp2", exp2 },	{ "sin", sin },
	{ "cos", cos },
};

const struct value *math_builtin(struct machine *m, const char *name,
				 const struct value *in, bool *found)
{
	*found = true;
	if (strcmp(name, "nan") == 0)
		return value_number((double)NAN);
	if (strcmp(name, "infinite") == 0)
		return value_number((double)INFINITY);
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		if (strcmp(functions[i].name, name) != 0)
			continue;
		if (in->type == T_NUMBER)
			return value_number(functions[i].run(in->number));
		(void)fail(m, "%s is not a number", value_type_name(in));
		return NULL;
	}
	*found = false;
	(void)fail(m, "%s is not done", name);
	return NULL;
}
