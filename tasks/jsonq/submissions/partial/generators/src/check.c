/* SPDX-License-Identifier: MIT */
/* Before anything runs: are all names known? */
#include "machine.h"

#include <stdio.h>
#include <string.h>

static bool check_pattern(const struct pattern *pattern,
			  const struct frame **frame)
{
	struct frame *names;

	if (pattern->kind == PATTERN_NAME) {
		names = arena_alloc(sizeof(*names));
		*names = (struct frame){ .up = *frame,
					 .kind = FRAME_VALUE,
					 .name = pattern->name };
		*frame = names;
		return true;
	}
	for (size_t i = 0; i < pattern->count; i++) {
		if (pattern->kind == PATTERN_OBJECT &&
		    !check_names(pattern->keys[i], *frame))
			return false;
		if (!check_pattern(pattern->parts[i], frame))
			return false;
	}
	return true;
}

static bool unknown(const char *what, const char *name)
{
	fprintf(stderr, "run: %s %s is not defined\n", what, name);
	return false;
}

static bool is_native(const char *name, size_t arity)
{
	static const char *const special[] = { "@text", "@json", "@base64", "@csv",
					       "@tsv",	"@html", "@uri",    "@sh",
					       "@base64d" };
	struct machine m = { 0 };
	bool found;

	if (builtin_find(name, arity) != NULL)
		return true;
	if (strcmp(name, "range") == 0)
		return arity == 2;
	if (strcmp(name, "error") == 0)
		return arity <= 1;
	if (arity > 0)
		return false;
	for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++) {
		if (strcmp(special[i], name) == 0)
			return true;
	}
	(void)math_builtin(&m, name, &value_null, &found);
	return found || strcmp(name, "empty") == 0;
}

static bool check_definition(const struct node *node, const struct frame *frame)
{
	struct frame function = { .up = frame,
				  .kind = FRAME_FUNCTION,
				  .name = node->name,
				  .arity = node->count };
	struct frame parameters[2 * 16];
	const struct frame *scope = &function;

	for (size_t i = 0; i < node->count; i++) {
		const char *name = node->params[i] + 1;

		for (int kind = 0; kind < 2; kind++) {
			struct frame *f = &parameters[2 * i + (size_t)kind];

			*f = (struct frame){ .up = scope,
					     .kind = kind == 0 ? FRAME_CLOSURE :
								 FRAME_VALUE,
					     .name = name };
			if (kind == 1 && node->params[i][0] != '$')
				continue;
			scope = f;
		}
	}
	return check_names(node->left, scope) &&
	       check_names(node->right, &function);
}

static bool check_binding(const struct node *node, const struct frame *frame)
{
	const struct frame *bound = frame;

	if (!check_names(node->left, frame) ||
	    !check_pattern(node->pattern, &bound))
		return false;
	if (node->kind == NODE_BIND)
		return check_names(node->right, bound);
	return check_names(node->right, frame) &&
	       check_names(node->third, bound) &&
	       check_names(node->fourth, bound);
}

static bool check_name(const struct node *node, const struct frame *frame)
{
	switch (node->kind) {
	case NODE_VARIABLE:
		return strcmp(node->name, "ENV") == 0 ||
		       frame_find(frame, FRAME_VALUE, node->name, 0) != NULL ||
		       unknown("variable", node->name);
	case NODE_BREAK:
		return frame_find(frame, FRAME_LABEL, node->name, 0) != NULL ||
		       unknown("label", node->name);
	case NODE_CALL:
		return frame_find(frame, FRAME_FUNCTION, node->name,
				  node->count) != NULL ||
		       is_native(node->name, node->count) ||
		       unknown("function", node->name);
	default:
		return true;
	}
}

bool check_names(const struct node *node, const struct frame *frame)
{
	struct frame label;

	if (node == NULL)
		return true;
	if (node->kind == NODE_DEFINE)
		return check_definition(node, frame);
	if (node->pattern != NULL)
		return check_binding(node, frame);
	if (!check_name(node, frame))
		return false;
	if (node->kind == NODE_LABEL) {
		label = (struct frame){ .up = frame,
					.kind = FRAME_LABEL,
					.name = node->name };
		frame = &label;
	}
	for (size_t i = 0; i < node->count; i++) {
		if (!check_names(node->children[i], frame))
			return false;
	}
	return check_names(node->left, frame) &&
	       check_names(node->right, frame) &&
	       check_names(node->third, frame);
}
