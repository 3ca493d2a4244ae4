/* SPDX-License-Identifier: MIT */
/* Evaluation: every node hands its outputs, one by one, to a sink. */
#ifndef MACHINE_H
#define MACHINE_H

#include "json.h"
#include "syntax.h"

enum status {
	GO_ON,
	FAILED, /* machine.error */
	BROKEN, /* on the way out to the label machine.broken */
	HALTED	/* machine.exit_status */
};

enum { STACK_BYTES = 96 << 20, STACK_USED_MAX = 92 << 20 };

/* Input values, from files or the standard input. */
struct input {
	struct reader reader;
	char **files;
	int count, next;
	const char *name;
	bool opened, bad, slurp;
};

struct machine {
	const struct value *error;
	const void *broken;
	int exit_status;
	const char *stack_base;
	struct input input;
	const struct value *environment;
};

struct sink {
	enum status (*emit)(void *context, const struct value *v);
	void *context;
};

/* Names in scope.  Frames live on the C stack: no closure outlives its call. */
struct frame {
	const struct frame *up;
	enum { FRAME_VALUE, FRAME_FUNCTION, FRAME_CLOSURE, FRAME_LABEL } kind;
	const char *name;
	size_t arity;
	const struct value *value; /* FRAME_VALUE */
	const struct node *node;   /* the definition, or the argument */
	const struct frame *scope; /* where the argument was written */
};

enum status eval(struct machine *m, const struct node *node,
		 const struct frame *frame, const struct value *in,
		 const struct sink *sink);
enum status eval_call(struct machine *m, const struct node *node,
		      const struct frame *frame, const struct value *in,
		      const struct sink *sink);
enum status eval_fold(struct machine *m, const struct node *node,
		      const struct frame *frame, const struct value *in,
		      const struct sink *sink);
enum status eval_bind(struct machine *m, const struct node *node,
		      const struct frame *frame, const struct value *in,
		      const struct sink *sink);

/* Binds a pattern and calls back for each way to do it. */
typedef enum status (*bound_fn)(void *context, const struct frame *frame);
enum status bind_pattern(struct machine *m, const struct pattern *pattern,
			 const struct value *v, const struct frame *frame,
			 const struct value *in, bound_fn bound, void *context);

const struct frame *frame_find(const struct frame *frame, int kind,
			       const char *name, size_t arity);

enum status emit(const struct sink *sink, const struct value *v);
enum status fail(struct machine *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Operators and steps of paths: the result, or NULL and machine.error. */
const struct value *operate(struct machine *m, const char *operator,
			    const struct value *a, const struct value *b);
const struct value *index_value(struct machine *m, const struct value *v,
				const struct value *key);
const struct value *slice_value(struct machine *m, const struct value *v,
				const struct value *from,
				const struct value *to);

/* Functions written in C. */
struct builtin {
	const char *name;
	size_t arity;
	const struct value *(*run)(struct machine *m, const struct value *in,
				   const struct value **arguments);
};
const struct builtin *builtin_find(const char *name, size_t arity);
/* The same for the two tables it is made of. */
extern const struct builtin builtins_text[], builtins_data[];

const struct value *apply_format(struct machine *m, const char *name,
				 const struct value *v);
const struct value *math_builtin(struct machine *m, const char *name,
				 const struct value *in, bool *found);

/* Definitions in the language itself. */
extern const char prelude[];

/* Whether all names are known; otherwise prints the first that is not. */
bool check_names(const struct node *node, const struct frame *frame);

/* The next input value, NULL at the end or at malformed input (input.bad). */
const struct value *input_next(struct input *input);

#endif
