/* SPDX-License-Identifier: MIT */
/* Every table of attempts, in the order of docs/hostile.md. */
#include "suite.h"

const struct table *const tables[] = {
	&table_kernel,	&table_namespace, &table_network, &table_memory,
	&table_process, &table_disk,	  &table_life,	  &table_files,
	&table_compile, &table_load,	  &table_shared,  &table_init,
};
const size_t table_count = ARRAY_LEN(tables);
