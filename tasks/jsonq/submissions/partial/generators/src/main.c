/* SPDX-License-Identifier: MIT */
/* The command line, the input values, and the loop over them. */
#define _DEFAULT_SOURCE
#include "machine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

enum { ARGUMENTS_MAX = 32, INPUT_MAX_BYTES = 64 << 20 };

struct options {
	bool raw, join, null_input, slurp, by_status;
	int indent;
	const char *filter;
	char *files[ARGUMENTS_MAX];
	int file_count;
	struct frame named[ARGUMENTS_MAX];
	int named_count;
};

struct job {
	struct options options;
	struct machine machine;
	const struct node *program;
	struct frame *frame;
	const struct value *last;
	int status;
};

static char *read_all(FILE *file, size_t *ret_count)
{
	size_t room = 1 << 16, count = 0, got;
	char *text = malloc(room);

	while (text != NULL &&
	       (got = fread(text + count, 1, room - count, file)) > 0) {
		count += got;
		if (count < room)
			continue;
		room *= 2;
		text = room > INPUT_MAX_BYTES ? NULL : realloc(text, room);
	}
	*ret_count = count;
	return text;
}

/* Opens the next file, or the standard input; false at the end. */
static bool next_source(struct input *input)
{
	FILE *file = stdin;

	if (input->count == 0 ? input->opened : input->next == input->count)
		return false;
	input->name = input->count == 0 ? "<stdin>" : input->files[input->next++];
	input->opened = true;
	if (input->count > 0)
		file = fopen(input->name, "r");
	memset(&input->reader, 0, sizeof(input->reader));
	if (file == NULL) {
		input->bad = true;
		return false;
	}
	input->reader.text = read_all(file, &input->reader.count);
	if (file != stdin)
		fclose(file);
	if (input->reader.text == NULL) {
		input->reader.count = 0;
		input->bad = true;
		return false;
	}
	return true;
}

static const struct value *next_value(struct input *input)
{
	const struct value *v;

	while (!input->bad) {
		enum read got = reader_next(&input->reader, &v);

		if (got == READ_VALUE)
			return v;
		input->bad = got == READ_BAD;
		if (input->bad || !next_source(input))
			return NULL;
	}
	return NULL;
}

const struct value *input_next(struct input *input)
{
	struct list list = { 0 };
	const struct value *v;

	if (!input->slurp)
		return next_value(input);
	if (input->opened)
		return NULL;
	while ((v = next_value(input)) != NULL)
		list_add(&list, v);
	return input->bad ? NULL : list_array(&list);
}

static enum status print(void *context, const struct value *v)
{
	static struct text out;
	struct job *job = context;

	out.count = 0;
	if (job->options.raw && v->type == T_STRING)
		text_add(&out, v->text, v->count);
	else
		json_write(&out, v, job->options.indent);
	if (!job->options.join)
		text_adds(&out, "\n");
	fwrite(out.bytes, 1, out.count, stdout);
	job->last = v;
	return GO_ON;
}

static bool add_named(struct options *options, const char *name, char *text,
		      bool json)
{
	struct frame *frame = &options->named[options->named_count];
	struct reader reader = { .text = text, .count = strlen(text) };
	const struct value *v = value_cstring(text);

	if (options->named_count == ARGUMENTS_MAX ||
	    (json && reader_next(&reader, &v) != READ_VALUE))
		return false;
	*frame = (struct frame){ .kind = FRAME_VALUE, .name = name, .value = v };
	if (options->named_count++ > 0)
		frame->up = frame - 1;
	return true;
}

static bool set_flag(struct options *options, char flag)
{
	switch (flag) {
	case 'c':
		options->indent = -1;
		return true;
	case 'j':
		options->join = true;
		options->raw = true;
		return true;
	case 'r':
		options->raw = true;
		return true;
	case 'n':
		options->null_input = true;
		return true;
	case 's':
		options->slurp = true;
		return true;
	case 'e':
		options->by_status = true;
		return true;
	default:
		return false;
	}
}

static bool set_option(struct options *options, const char *text)
{
	static const char *const names[] = { "compact-output", "join-output",
					     "raw-output",     "null-input",
					     "slurp",	       "exit-status" };
	static const char flags[] = "cjrnse";

	if (text[1] != '-') {
		for (text++; *text != '\0'; text++) {
			if (!set_flag(options, *text))
				return false;
		}
		return true;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i], text + 2) == 0)
			return set_flag(options, flags[i]);
	}
	return false;
}

static bool read_arguments(struct options *options, int argc, char **argv)
{
	options->indent = 2;
	for (int i = 1; i < argc; i++) {
		bool json = strcmp(argv[i], "--argjson") == 0;

		if (json || strcmp(argv[i], "--arg") == 0) {
			if (i + 2 >= argc ||
			    !add_named(options, argv[i + 1], argv[i + 2], json))
				return false;
			i += 2;
		} else if (argv[i][0] == '-' && argv[i][1] != '\0') {
			if (!set_option(options, argv[i]))
				return false;
		} else if (options->filter == NULL) {
			options->filter = argv[i];
		} else if (options->file_count < ARGUMENTS_MAX) {
			options->files[options->file_count++] = argv[i];
		}
	}
	return options->filter != NULL;
}

static const struct value *read_environment(void)
{
	static const struct value empty = { .type = T_OBJECT };
	const struct value *object = &empty;

	for (char **entry = environ; *entry != NULL; entry++) {
		const char *equals = strchr(*entry, '=');

		if (equals != NULL)
			object = object_set(object,
					    value_string(*entry, (size_t)(equals - *entry)),
					    value_cstring(equals + 1));
	}
	return object;
}

/* The prelude's definitions become frames below the program's. */
static struct frame *load_prelude(struct frame *up)
{
	struct node *node = parse_definitions(prelude);

	for (; node != NULL && node->kind == NODE_DEFINE; node = node->right) {
		struct frame *frame = arena_alloc(sizeof(*frame));

		*frame = (struct frame){ .up = up,
					 .kind = FRAME_FUNCTION,
					 .name = node->name,
					 .arity = node->count,
					 .node = node };
		up = frame;
	}
	return up;
}

static void run_filter(struct job *job, const struct value *in)
{
	struct sink sink = { print, job };
	enum status status =
		eval(&job->machine, job->program, job->frame, in, &sink);

	job->status = status == FAILED ? 5 : 0;
	if (status == FAILED)
		fprintf(stderr, "run: error: %s\n",
			job->machine.error->type == T_STRING ?
				job->machine.error->text :
				"(not a string)");
}

static void *run_job(void *context)
{
	struct job *job = context;
	struct machine *m = &job->machine;
	const struct value *in;
	char here;

	m->stack_base = &here;
	if (job->options.null_input) {
		run_filter(job, &value_null);
	} else {
		while (m->exit_status < 0 &&
		       (in = input_next(&m->input)) != NULL)
			run_filter(job, in);
	}
	if (m->exit_status >= 0)
		job->status = m->exit_status;
	else if (m->input.bad)
		job->status = 2;
	else if (job->options.by_status && job->status == 0)
		job->status = job->last == NULL	       ? 4 :
			      value_truth(job->last) ? 0 :
						       1;
	return NULL;
}

int main(int argc, char **argv)
{
	static struct job job;
	struct options *options = &job.options;
	pthread_attr_t attributes;
	pthread_t thread;

	if (!read_arguments(options, argc, argv)) {
		fputs("usage: run [OPTION...] FILTER [FILE...]\n", stderr);
		return 2;
	}
	job.machine.exit_status = -1;
	job.machine.environment = read_environment();
	job.machine.input.files = options->files;
	job.machine.input.count = options->file_count;
	job.machine.input.slurp = options->slurp;
	job.frame = load_prelude(
		options->named_count > 0 ?
			&options->named[options->named_count - 1] :
			NULL);
	job.program = parse_program(options->filter);
	if (job.program == NULL || !check_names(job.program, job.frame)) {
		fputs("run: the filter cannot be compiled\n", stderr);
		return 3;
	}
	/* Filters recurse deeply: they get a stack of their own. */
	if (pthread_attr_init(&attributes) != 0 ||
	    pthread_attr_setstacksize(&attributes, STACK_BYTES) != 0 ||
	    pthread_create(&thread, &attributes, run_job, &job) != 0)
		return 2;
	pthread_join(thread, NULL);
	return fflush(stdout) == 0 ? job.status : 2;
}
