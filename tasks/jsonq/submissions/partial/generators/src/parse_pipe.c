/* SPDX-License-Identifier: MIT */
/* Recursive descent: operators, bindings, definitions and patterns. */
#include "parse.h"

#include <string.h>

static struct node *parse_binary(struct parser *p, int level);

/* label $x | BODY */
static struct node *parse_label(struct parser *p)
{
	struct node *node = node_new(NODE_LABEL, NULL, NULL);

	if (!take_token(p, TOKEN_VARIABLE, node->name) || !accept_op(p, "|"))
		return NULL;
	node->left = parse_pipe(p);
	return node->left == NULL ? NULL : node;
}

static struct node *parse_bind(struct parser *p, struct node *source)
{
	struct node *node = node_new(NODE_BIND, source, NULL);

	node->pattern = parse_pattern(p);
	if (node->pattern == NULL || !accept_op(p, "|"))
		return NULL;
	node->right = parse_pipe(p);
	return node->right == NULL ? NULL : node;
}

static struct pattern *pattern_new(int kind)
{
	struct pattern *pattern = arena_alloc(sizeof(*pattern));

	pattern->kind = kind;
	return pattern;
}

static void add_part(struct pattern *pattern, struct node *key,
		     struct pattern *part)
{
	size_t count = pattern->count;
	struct node **keys = arena_alloc((count + 1) * sizeof(*keys));
	struct pattern **parts = arena_alloc((count + 1) * sizeof(*parts));

	if (count > 0) {
		memcpy(keys, pattern->keys, count * sizeof(*keys));
		memcpy(parts, pattern->parts, count * sizeof(*parts));
	}
	keys[count] = key;
	parts[count] = part;
	pattern->keys = keys;
	pattern->parts = parts;
	pattern->count++;
}

static struct pattern *parse_array_pattern(struct parser *p)
{
	struct pattern *pattern = pattern_new(PATTERN_ARRAY);

	do {
		struct pattern *part = parse_pattern(p);

		if (part == NULL)
			return NULL;
		add_part(pattern, NULL, part);
	} while (accept_op(p, ","));
	return accept_op(p, "]") ? pattern : NULL;
}

static struct node *parse_pattern_key(struct parser *p)
{
	struct node *key;
	char name[64];

	if (take_token(p, TOKEN_NAME, name))
		return literal_new(value_cstring(name));
	if (p->lexer.token.kind == TOKEN_QUOTE)
		return parse_string(p, NULL);
	if (!accept_op(p, "("))
		return NULL;
	key = parse_pipe(p);
	return key != NULL && accept_op(p, ")") ? key : NULL;
}

/* One entry of an object pattern; $x: P binds x and takes its value apart. */
static bool parse_entry(struct parser *p, struct pattern *pattern)
{
	struct node *key;
	struct pattern *part;
	char name[64];

	if (take_token(p, TOKEN_VARIABLE, name)) {
		key = literal_new(value_cstring(name));
		part = pattern_new(PATTERN_NAME);
		strcpy(part->name, name);
		add_part(pattern, key, part);
		if (!accept_op(p, ":"))
			return true;
	} else {
		key = parse_pattern_key(p);
		if (key == NULL || !accept_op(p, ":"))
			return false;
	}
	part = parse_pattern(p);
	if (part == NULL)
		return false;
	add_part(pattern, key, part);
	return true;
}

static struct pattern *parse_object_pattern(struct parser *p)
{
	struct pattern *pattern = pattern_new(PATTERN_OBJECT);

	do {
		if (!parse_entry(p, pattern))
			return NULL;
	} while (accept_op(p, ","));
	return accept_op(p, "}") ? pattern : NULL;
}

struct pattern *parse_pattern(struct parser *p)
{
	struct pattern *pattern = pattern_new(PATTERN_NAME);

	if (p->depth >= PARSE_DEPTH_MAX)
		return NULL;
	if (take_token(p, TOKEN_VARIABLE, pattern->name))
		return pattern;
	p->depth++;
	if (accept_op(p, "["))
		pattern = parse_array_pattern(p);
	else if (accept_op(p, "{"))
		pattern = parse_object_pattern(p);
	else
		pattern = NULL;
	p->depth--;
	return pattern;
}

static bool parse_parameters(struct parser *p, struct node *define)
{
	enum { PARAMETERS_MAX = 16 };

	define->params = arena_alloc(PARAMETERS_MAX * sizeof(*define->params));
	if (!accept_op(p, "("))
		return true;
	do {
		char name[64];
		bool value = take_token(p, TOKEN_VARIABLE, name);

		if (define->count == PARAMETERS_MAX ||
		    (!value && !take_token(p, TOKEN_NAME, name)) ||
		    strlen(name) > 60)
			return false;
		define->params[define->count][0] = value ? '$' : ' ';
		strcpy(define->params[define->count] + 1, name);
		define->count++;
	} while (accept_op(p, ";"));
	return accept_op(p, ")");
}

/* def NAME(PARAMS): BODY; without what follows. */
static struct node *parse_definition(struct parser *p)
{
	struct node *define = node_new(NODE_DEFINE, NULL, NULL);

	if (!take_token(p, TOKEN_NAME, define->name) ||
	    !parse_parameters(p, define) || !accept_op(p, ":"))
		return NULL;
	define->left = parse_pipe(p);
	return define->left != NULL && accept_op(p, ";") ? define : NULL;
}

/* What may begin an expression and extends as far right as possible. */
static struct node *parse_head(struct parser *p)
{
	struct node *node;

	if (accept_word(p, "label"))
		return parse_label(p);
	if (accept_word(p, "def")) {
		node = parse_definition(p);
		if (node == NULL)
			return NULL;
		node->right = parse_pipe(p);
		return node->right == NULL ? NULL : node;
	}
	node = parse_term(p);
	if (node != NULL && accept_word(p, "as"))
		return parse_bind(p, node);
	return node;
}

/* From weakest to strongest; '>' groups to the right, '=' not at all. */
static const struct level {
	enum node_kind kind;
	char grouping;
	const char *operators[8];
} levels[] = {
	{ NODE_ALTERNATIVE, '>', { "//" } },
	{ NODE_BINARY, '=', { "=", "|=", "+=", "-=", "*=", "/=", "%=", "//=" } },
	{ NODE_OR, '<', { "or" } },
	{ NODE_AND, '<', { "and" } },
	{ NODE_BINARY, '=', { "==", "!=", "<", "<=", ">", ">=" } },
	{ NODE_BINARY, '<', { "+", "-" } },
	{ NODE_BINARY, '<', { "*", "/", "%" } },
};

enum { LEVELS = sizeof(levels) / sizeof(*levels) };

static bool take_operator(struct parser *p, const struct level *level,
			  char out[64])
{
	for (size_t i = 0; i < 8 && level->operators[i] != NULL; i++) {
		strcpy(out, level->operators[i]);
		if (accept_op(p, out) || accept_word(p, out))
			return true;
	}
	return false;
}

static struct node *parse_binary(struct parser *p, int level)
{
	struct node *left = level == LEVELS ? parse_head(p) :
					      parse_binary(p, level + 1);
	char name[64];

	while (left != NULL && level < LEVELS &&
	       take_operator(p, &levels[level], name)) {
		bool right = levels[level].grouping == '>';

		left = node_new(levels[level].kind, left,
				parse_binary(p, right ? level : level + 1));
		strcpy(left->name, name);
		if (left->right == NULL)
			return NULL;
		if (levels[level].grouping == '=')
			break;
	}
	return left;
}

static struct node *parse_comma(struct parser *p)
{
	struct node *left = parse_binary(p, 0);

	while (left != NULL && accept_op(p, ",")) {
		left = node_new(NODE_COMMA, left, parse_binary(p, 0));
		if (left->right == NULL)
			return NULL;
	}
	return left;
}

struct node *parse_pipe(struct parser *p)
{
	struct node *left, *right = NULL;

	if (p->depth >= PARSE_DEPTH_MAX)
		return NULL;
	p->depth++;
	left = parse_comma(p);
	if (left != NULL && accept_op(p, "|")) {
		right = parse_pipe(p);
		left = right == NULL ? NULL : node_new(NODE_PIPE, left, right);
	}
	p->depth--;
	return left;
}

struct node *parse_program(const char *source)
{
	struct parser p = { 0 };
	struct node *node;

	lexer_start(&p.lexer, source);
	if (p.lexer.token.kind == TOKEN_END)
		return node_new(NODE_IDENTITY, NULL, NULL);
	node = parse_pipe(&p);
	return p.lexer.token.kind == TOKEN_END ? node : NULL;
}

struct node *parse_definitions(const char *source)
{
	struct parser p = { 0 };
	struct node *first = NULL, **link = &first;

	lexer_start(&p.lexer, source);
	while (accept_word(&p, "def")) {
		*link = parse_definition(&p);
		if (*link == NULL)
			return NULL;
		link = &(*link)->right;
	}
	*link = node_new(NODE_IDENTITY, NULL, NULL);
	return p.lexer.token.kind == TOKEN_END ? first : NULL;
}
