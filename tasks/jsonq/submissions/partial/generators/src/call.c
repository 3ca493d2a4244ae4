/* SPDX-License-Identifier: MIT */
/* Calls, bindings and folds. */
#include "machine.h"

#include <stdio.h>
#include <string.h>

/* A call of a defined function: its parameters are bound one by one. */
struct call {
	struct machine *m;
	const struct node *define, *node;
	const struct frame *frame; /* the caller's */
	const struct frame *scope; /* the callee's, so far */
	const struct value *in;
	const struct sink *sink;
	size_t at;
};

static enum status next_parameter(struct call *call);

static enum status value_parameter(void *context, const struct value *v)
{
	struct call *call = context, next = *call;
	const char *name = call->define->params[call->at] + 1;
	struct frame closure = { .up = call->scope,
				 .kind = FRAME_CLOSURE,
				 .name = name,
				 .node = call->node->children[call->at],
				 .scope = call->frame };
	struct frame value = { .up = &closure,
			       .kind = FRAME_VALUE,
			       .name = name,
			       .value = v };

	next.scope = &value;
	next.at++;
	return next_parameter(&next);
}

static enum status next_parameter(struct call *call)
{
	struct sink value = { value_parameter, call };
	const char *name;

	if (call->at == call->define->count)
		return eval(call->m, call->define->left, call->scope, call->in,
			    call->sink);
	name = call->define->params[call->at];
	if (*name == '$')
		return eval(call->m, call->node->children[call->at],
			    call->frame, call->in, &value);

	struct call next = *call;
	struct frame closure = { .up = call->scope,
				 .kind = FRAME_CLOSURE,
				 .name = name + 1,
				 .node = call->node->children[call->at],
				 .scope = call->frame };

	next.scope = &closure;
	next.at++;
	return next_parameter(&next);
}

/* A call of a function in C, once for each combination of its arguments. */
struct native {
	struct machine *m;
	const struct builtin *builtin;
	const struct node *node;
	const struct frame *frame;
	const struct value *in;
	const struct sink *sink;
	size_t at;
	const struct value *arguments[3];
};

static enum status next_argument(struct native *native);

static enum status argument_value(void *context, const struct value *v)
{
	struct native *native = context, next = *native;

	next.arguments[next.at++] = v;
	return next_argument(&next);
}

static enum status next_argument(struct native *native)
{
	struct sink sink = { argument_value, native };
	const struct value *result;

	if (native->at < native->node->count)
		return eval(native->m, native->node->children[native->at],
			    native->frame, native->in, &sink);
	result = native->builtin->run(native->m, native->in, native->arguments);
	if (result != NULL)
		return emit(native->sink, result);
	return native->m->exit_status >= 0 ? HALTED : FAILED;
}

static enum status fail_with(void *context, const struct value *v)
{
	struct machine *m = context;

	m->error = v;
	return FAILED;
}

/* range(N; M) by a loop, because programs lean on it. */
struct range {
	const struct call *call;
	double from;
};

static enum status range_to(void *context, const struct value *v)
{
	struct range *range = context;
	enum status status = GO_ON;

	if (v->type != T_NUMBER)
		return fail(range->call->m, "range bounds must be numbers");
	for (double x = range->from; x < v->number && status == GO_ON; x++)
		status = emit(range->call->sink, value_number(x));
	return status;
}

static enum status range_from(void *context, const struct value *v)
{
	struct range range = { context, v->number };
	const struct call *call = context;
	struct sink to = { range_to, &range };

	if (v->type != T_NUMBER)
		return fail(call->m, "range bounds must be numbers");
	return eval(call->m, call->node->children[1], call->frame, call->in,
		    &to);
}

static enum status eval_native(struct machine *m, const struct node *node,
			       const struct frame *frame,
			       const struct value *in, const struct sink *sink)
{
	struct native native = { .m = m, .node = node, .frame = frame,
				 .in = in, .sink = sink };
	struct call call = { .m = m, .node = node, .frame = frame,
			     .in = in, .sink = sink };
	struct sink error = { fail_with, m }, from = { range_from, &call };
	bool found = true;

	native.builtin = builtin_find(node->name, node->count);
	if (native.builtin != NULL)
		return next_argument(&native);
	if (strcmp(node->name, "empty") == 0)
		return GO_ON;
	if (strcmp(node->name, "error") == 0)
		return node->count == 0 ?
			       fail_with(m, in) :
			       eval(m, node->children[0], frame, in, &error);
	if (strcmp(node->name, "range") == 0)
		return eval(m, node->children[0], frame, in, &from);
	if (node->name[0] == '@')
		in = apply_format(m, node->name + 1, in);
	else
		in = math_builtin(m, node->name, in, &found);
	return in == NULL ? FAILED : emit(sink, in);
}

enum status eval_call(struct machine *m, const struct node *node,
		      const struct frame *frame, const struct value *in,
		      const struct sink *sink)
{
	const struct frame *target =
		frame_find(frame, FRAME_FUNCTION, node->name, node->count);
	struct call call = { m, NULL, node, frame, target, in, sink, 0 };

	if (target == NULL)
		return eval_native(m, node, frame, in, sink);
	if (target->kind == FRAME_CLOSURE)
		return eval(m, target->node, target->scope, in, sink);
	call.define = target->node;
	return next_parameter(&call);
}

/* Patterns: the parts that are left are worked off one after the other. */
struct binding {
	struct machine *m;
	const struct pattern *pattern;
	const struct value *v, *in;
	const struct frame *frame;
	bound_fn bound;
	void *context;
	size_t at;
};

static enum status next_binding(struct binding *binding);

static enum status part_bound(void *context, const struct frame *frame)
{
	struct binding next = *(struct binding *)context;

	next.frame = frame;
	next.at++;
	return next_binding(&next);
}

static enum status bind_key(void *context, const struct value *key)
{
	struct binding *b = context;
	const struct value *part;

	if (b->pattern->kind == PATTERN_OBJECT && key->type != T_STRING)
		return fail(b->m, "cannot index with %s", value_type_name(key));
	part = index_value(b->m, b->v, key);
	if (part == NULL)
		return FAILED;
	return bind_pattern(b->m, b->pattern->parts[b->at], part, b->frame,
			    b->in, part_bound, b);
}

static enum status next_binding(struct binding *b)
{
	struct sink key = { bind_key, b };

	if (b->at == b->pattern->count)
		return b->bound(b->context, b->frame);
	if (b->pattern->kind == PATTERN_ARRAY)
		return bind_key(b, value_number((double)b->at));
	return eval(b->m, b->pattern->keys[b->at], b->frame, b->in, &key);
}

enum status bind_pattern(struct machine *m, const struct pattern *pattern,
			 const struct value *v, const struct frame *frame,
			 const struct value *in, bound_fn bound, void *context)
{
	struct frame value = { .up = frame,
			       .kind = FRAME_VALUE,
			       .name = pattern->name,
			       .value = v };
	struct binding b = { m, pattern, v, in, frame, bound, context, 0 };

	if (pattern->kind == PATTERN_NAME)
		return bound(context, &value);
	return next_binding(&b);
}

/* A as P | B */
struct bind {
	struct machine *m;
	const struct node *node;
	const struct frame *frame;
	const struct value *in;
	const struct sink *sink;
};

static enum status bind_body(void *context, const struct frame *frame)
{
	struct bind *b = context;

	return eval(b->m, b->node->right, frame, b->in, b->sink);
}

static enum status bind_source(void *context, const struct value *v)
{
	struct bind *b = context;

	return bind_pattern(b->m, b->node->pattern, v, b->frame, b->in,
			    bind_body, b);
}

enum status eval_bind(struct machine *m, const struct node *node,
		      const struct frame *frame, const struct value *in,
		      const struct sink *sink)
{
	struct bind b = { m, node, frame, in, sink };
	struct sink source = { bind_source, &b };

	return eval(m, node->left, frame, in, &source);
}

/* reduce and foreach */
struct fold {
	struct bind bind;
	const struct value *state, *next;
	const struct frame *bound;
};

static enum status fold_update(void *context, const struct value *v)
{
	struct fold *f = context;
	const struct node *extract = f->bind.node->fourth;

	f->next = v;
	if (f->bind.node->kind == NODE_REDUCE)
		return GO_ON;
	if (extract == NULL)
		return emit(f->bind.sink, v);
	return eval(f->bind.m, extract, f->bound, v, f->bind.sink);
}

static enum status fold_bound(void *context, const struct frame *frame)
{
	struct fold *f = context;
	struct sink update = { fold_update, f };
	enum status status;

	f->bound = frame;
	f->next = f->state;
	status = eval(f->bind.m, f->bind.node->third, frame, f->state, &update);
	f->state = f->next;
	return status;
}

static enum status fold_source(void *context, const struct value *v)
{
	struct fold *f = context;

	return bind_pattern(f->bind.m, f->bind.node->pattern, v, f->bind.frame,
			    f->bind.in, fold_bound, f);
}

static enum status fold_start(void *context, const struct value *v)
{
	struct fold f = *(struct fold *)context;
	struct sink source = { fold_source, &f };
	enum status status;

	f.state = v;
	status = eval(f.bind.m, f.bind.node->left, f.bind.frame, f.bind.in,
		      &source);
	if (status != GO_ON || f.bind.node->kind == NODE_FOREACH)
		return status;
	return emit(f.bind.sink, f.state);
}

enum status eval_fold(struct machine *m, const struct node *node,
		      const struct frame *frame, const struct value *in,
		      const struct sink *sink)
{
	struct fold f = { .bind = { m, node, frame, in, sink } };
	struct sink start = { fold_start, &f };

	return eval(m, node->right, frame, in, &start);
}
