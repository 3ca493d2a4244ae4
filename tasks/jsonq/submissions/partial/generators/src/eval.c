/* SPDX-License-Identifier: MIT */
/* The evaluator.  A node that combines outputs of its children keeps what it
 * has so far in a small context on the stack, and passes a sink down. */
#include "machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What most contexts need. */
struct site {
	struct machine *m;
	const struct node *node;
	const struct frame *frame;
	const struct value *in;
	const struct sink *sink;
};

#define SITE { m, node, frame, in, sink }

enum status emit(const struct sink *sink, const struct value *v)
{
	return sink->emit(sink->context, v);
}

enum status fail(struct machine *m, const char *format, ...)
{
	char message[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	m->error = value_cstring(message);
	return FAILED;
}

static enum status emit_or_fail(const struct sink *sink, const struct value *v)
{
	return v == NULL ? FAILED : emit(sink, v);
}

const struct frame *frame_find(const struct frame *frame, int kind,
			       const char *name, size_t arity)
{
	for (; frame != NULL; frame = frame->up) {
		bool callable = frame->kind == FRAME_FUNCTION ||
				frame->kind == FRAME_CLOSURE;
		bool wanted = kind == FRAME_FUNCTION ? callable :
						       (int)frame->kind == kind;

		if (wanted && frame->arity == arity &&
		    strcmp(frame->name, name) == 0)
			return frame;
	}
	return NULL;
}

/* A | B */
static enum status pipe_left(void *context, const struct value *v)
{
	struct site *s = context;

	return eval(s->m, s->node->right, s->frame, v, s->sink);
}

/* A op B: all outputs of A for each output of B. */
struct operands {
	struct site site;
	const struct value *right;
};

static enum status binary_left(void *context, const struct value *v)
{
	struct operands *o = context;

	return emit_or_fail(o->site.sink, operate(o->site.m, o->site.node->name,
						  v, o->right));
}

static enum status binary_right(void *context, const struct value *v)
{
	struct operands *o = context;
	struct sink left = { binary_left, o };

	o->right = v;
	return eval(o->site.m, o->site.node->left, o->site.frame, o->site.in,
		    &left);
}

static enum status eval_binary(struct machine *m, const struct node *node,
			       const struct frame *frame,
			       const struct value *in, const struct sink *sink)
{
	struct operands o = { SITE, NULL };
	struct sink right = { binary_right, &o };

	return eval(m, node->right, frame, in, &right);
}

static enum status logic_right(void *context, const struct value *v)
{
	return emit(context, value_bool(value_truth(v)));
}

static enum status logic_left(void *context, const struct value *v)
{
	struct site *s = context;
	bool truth = value_truth(v), or = s->node->kind == NODE_OR;
	struct sink right = { logic_right, (void *)(size_t)s->sink };

	if (truth == or)
		return emit(s->sink, value_bool(truth));
	return eval(s->m, s->node->right, s->frame, s->in, &right);
}

struct alternative {
	const struct sink *sink;
	bool any;
};

static enum status alternative_left(void *context, const struct value *v)
{
	struct alternative *a = context;

	if (!value_truth(v))
		return GO_ON;
	a->any = true;
	return emit(a->sink, v);
}

static enum status eval_alternative(struct machine *m, const struct node *node,
				    const struct frame *frame,
				    const struct value *in,
				    const struct sink *sink)
{
	struct alternative a = { sink, false };
	struct sink left = { alternative_left, &a };
	enum status status = eval(m, node->left, frame, in, &left);

	if (status != GO_ON || a.any)
		return status;
	return eval(m, node->right, frame, in, sink);
}

static enum status if_condition(void *context, const struct value *v)
{
	struct site *s = context;

	return eval(s->m, value_truth(v) ? s->node->right : s->node->third,
		    s->frame, s->in, s->sink);
}

static enum status negate(void *context, const struct value *v)
{
	struct site *s = context;

	if (v->type != T_NUMBER)
		return fail(s->m, "%s cannot be negated", value_type_name(v));
	return emit(s->sink, value_number(0 - v->number));
}

/* Errors of the consumer must pass through a try: they are marked. */
struct guard {
	const struct sink *sink;
	enum status outer;
};

static enum status guarded(void *context, const struct value *v)
{
	struct guard *g = context;

	g->outer = emit(g->sink, v);
	return g->outer;
}

static enum status eval_try(struct machine *m, const struct node *node,
			    const struct frame *frame, const struct value *in,
			    const struct sink *sink)
{
	struct guard g = { sink, GO_ON };
	struct sink inner = { guarded, &g };
	enum status status = eval(m, node->left, frame, in, &inner);

	if (status != FAILED || g.outer != GO_ON)
		return status;
	if (node->right == NULL)
		return GO_ON;
	return eval(m, node->right, frame, m->error, sink);
}

static enum status iterate(void *context, const struct value *v)
{
	struct site *s = context;

	if (v->type != T_ARRAY && v->type != T_OBJECT) {
		if (s->node->name[0] == '?')
			return GO_ON;
		return fail(s->m, "cannot iterate over %s", value_type_name(v));
	}
	for (size_t i = 0; i < v->count; i++) {
		enum status status =
			emit(s->sink, v->type == T_ARRAY ? v->items[i] :
							   v->members[i].value);

		if (status != GO_ON)
			return status;
	}
	return GO_ON;
}

static enum status recurse(struct machine *m, const struct value *v,
			   const struct sink *sink)
{
	enum status status = emit(sink, v);
	char here;

	if (m->stack_base - &here > STACK_USED_MAX)
		return fail(m, "too deep");
	if (v->type != T_ARRAY && v->type != T_OBJECT)
		return status;
	for (size_t i = 0; i < v->count && status == GO_ON; i++)
		status = recurse(m,
				 v->type == T_ARRAY ? v->items[i] :
						      v->members[i].value,
				 sink);
	return status;
}

/* LEFT[RIGHT] and LEFT[RIGHT:THIRD]: bounds first, on the original input. */
struct step {
	struct site site;
	const struct value *from, *to;
};

static enum status step_left(void *context, const struct value *v)
{
	struct step *s = context;
	const struct value *result =
		s->site.node->kind == NODE_INDEX ?
			index_value(s->site.m, v, s->from) :
			slice_value(s->site.m, v, s->from, s->to);

	if (result == NULL && s->site.node->name[0] == '?')
		return GO_ON;
	return emit_or_fail(s->site.sink, result);
}

static enum status step_from(void *context, const struct value *v)
{
	struct step *s = context;
	struct sink left = { step_left, s };

	s->from = v;
	return eval(s->site.m, s->site.node->left, s->site.frame, s->site.in,
		    &left);
}

static enum status step_to(void *context, const struct value *v)
{
	struct step *s = context;
	struct sink from = { step_from, s };

	s->to = v;
	if (s->site.node->right == NULL)
		return step_from(s, &value_null);
	return eval(s->site.m, s->site.node->right, s->site.frame, s->site.in,
		    &from);
}

static enum status eval_step(struct machine *m, const struct node *node,
			     const struct frame *frame, const struct value *in,
			     const struct sink *sink)
{
	struct step s = { SITE, &value_null, &value_null };
	struct sink to = { step_to, &s };

	if (node->third == NULL)
		return step_to(&s, &value_null);
	return eval(m, node->third, frame, in, &to);
}

static enum status collect(void *context, const struct value *v)
{
	list_add(context, v);
	return GO_ON;
}

static enum status eval_array(struct machine *m, const struct node *node,
			      const struct frame *frame, const struct value *in,
			      const struct sink *sink)
{
	struct list list = { 0 };
	struct sink inner = { collect, &list };
	enum status status = GO_ON;

	if (node->left != NULL)
		status = eval(m, node->left, frame, in, &inner);
	return status == GO_ON ? emit(sink, list_array(&list)) : status;
}

/* {K: V, ...}: entry by entry, the last one varying fastest. */
struct entries {
	struct site site;
	size_t at;
	const struct value *object, *key;
};

static enum status next_entry(struct entries *e);

static enum status entry_value(void *context, const struct value *v)
{
	struct entries *e = context, next = *e;

	next.object = object_set(e->object, e->key, v);
	next.at += 2;
	return next_entry(&next);
}

static enum status entry_key(void *context, const struct value *v)
{
	struct entries *e = context, next = *e;
	struct sink value = { entry_value, &next };

	if (v->type != T_STRING)
		return fail(e->site.m, "object keys must be strings");
	next.key = v;
	return eval(e->site.m, e->site.node->children[e->at + 1],
		    e->site.frame, e->site.in, &value);
}

static enum status next_entry(struct entries *e)
{
	struct sink key = { entry_key, e };

	if (e->at >= e->site.node->count)
		return emit(e->site.sink, e->object);
	return eval(e->site.m, e->site.node->children[e->at], e->site.frame,
		    e->site.in, &key);
}

static enum status eval_object(struct machine *m, const struct node *node,
			       const struct frame *frame,
			       const struct value *in, const struct sink *sink)
{
	static const struct value empty = { .type = T_OBJECT };
	struct entries e = { SITE, 0, &empty, NULL };

	return next_entry(&e);
}

/* "...\(A)...\(B)...": the first interpolation varies fastest. */
struct parts {
	struct site site;
	size_t left; /* parts that are still to come, from the end */
	const struct value *tail;
};

static enum status next_part(struct parts *parts);

static enum status part_value(void *context, const struct value *v)
{
	struct parts *p = context, next = *p;
	bool plain = p->left % 2 == 1; /* literal text */
	struct text joined = { 0 };

	if (!plain)
		v = apply_format(p->site.m, p->site.node->name, v);
	if (v == NULL)
		return FAILED;
	text_add(&joined, v->text, v->count);
	text_add(&joined, p->tail->text, p->tail->count);
	next.tail = text_string(&joined);
	next.left--;
	return next_part(&next);
}

static enum status next_part(struct parts *p)
{
	struct sink sink = { part_value, p };

	if (p->left == 0)
		return emit(p->site.sink, p->tail);
	return eval(p->site.m, p->site.node->children[p->left - 1],
		    p->site.frame, p->site.in, &sink);
}

static enum status eval_format(struct machine *m, const struct node *node,
			       const struct frame *frame,
			       const struct value *in, const struct sink *sink)
{
	static const struct value empty = { .type = T_STRING, .text = "" };
	struct parts p = { SITE, node->count, &empty };

	return next_part(&p);
}

static enum status eval_label(struct machine *m, const struct node *node,
			      const struct frame *frame, const struct value *in,
			      const struct sink *sink)
{
	struct frame label = { .up = frame,
			       .kind = FRAME_LABEL,
			       .name = node->name };
	enum status status = eval(m, node->left, &label, in, sink);

	return status == BROKEN && m->broken == &label ? GO_ON : status;
}

static enum status eval_simple(struct machine *m, const struct node *node,
			       const struct frame *frame,
			       const struct value *in, const struct sink *sink)
{
	struct site s = SITE;
	struct sink inner = { pipe_left, &s };

	if (node->kind == NODE_AND || node->kind == NODE_OR)
		inner.emit = logic_left;
	else if (node->kind == NODE_IF)
		inner.emit = if_condition;
	else if (node->kind == NODE_NEGATE)
		inner.emit = negate;
	else if (node->kind == NODE_ITERATE)
		inner.emit = iterate;
	return eval(m, node->left, frame, in, &inner);
}

static enum status eval_name(struct machine *m, const struct node *node,
			     const struct frame *frame, const struct value *in,
			     const struct sink *sink)
{
	struct frame function = { .up = frame,
				  .kind = FRAME_FUNCTION,
				  .name = node->name,
				  .arity = node->count,
				  .node = node };

	if (node->kind == NODE_DEFINE)
		return eval(m, node->right, &function, in, sink);
	if (node->kind == NODE_BREAK) {
		m->broken = frame_find(frame, FRAME_LABEL, node->name, 0);
		return BROKEN;
	}
	if (strcmp(node->name, "ENV") == 0)
		return emit(sink, m->environment);
	return emit(sink, frame_find(frame, FRAME_VALUE, node->name, 0)->value);
}

enum status eval(struct machine *m, const struct node *node,
		 const struct frame *frame, const struct value *in,
		 const struct sink *sink)
{
	char here;

	if (m->stack_base - &here > STACK_USED_MAX)
		return fail(m, "too deep");
	switch (node->kind) {
	case NODE_IDENTITY:
		return emit(sink, in);
	case NODE_RECURSE:
		return recurse(m, in, sink);
	case NODE_LITERAL:
		return emit(sink, node->literal);
	case NODE_FORMAT:
		return eval_format(m, node, frame, in, sink);
	case NODE_INDEX:
	case NODE_SLICE:
		return eval_step(m, node, frame, in, sink);
	case NODE_ARRAY:
		return eval_array(m, node, frame, in, sink);
	case NODE_OBJECT:
		return eval_object(m, node, frame, in, sink);
	case NODE_COMMA: {
		enum status status = eval(m, node->left, frame, in, sink);

		return status != GO_ON ? status :
					 eval(m, node->right, frame, in, sink);
	}
	case NODE_BINARY:
		return eval_binary(m, node, frame, in, sink);
	case NODE_ALTERNATIVE:
		return eval_alternative(m, node, frame, in, sink);
	case NODE_TRY:
		return eval_try(m, node, frame, in, sink);
	case NODE_REDUCE:
	case NODE_FOREACH:
		return eval_fold(m, node, frame, in, sink);
	case NODE_CALL:
		return eval_call(m, node, frame, in, sink);
	case NODE_BIND:
		return eval_bind(m, node, frame, in, sink);
	case NODE_LABEL:
		return eval_label(m, node, frame, in, sink);
	case NODE_DEFINE:
	case NODE_BREAK:
	case NODE_VARIABLE:
		return eval_name(m, node, frame, in, sink);
	default:
		return eval_simple(m, node, frame, in, sink);
	}
}
