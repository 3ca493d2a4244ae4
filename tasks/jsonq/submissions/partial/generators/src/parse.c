/* SPDX-License-Identifier: MIT */
/* Recursive descent: terms.  A syntax error makes every function return NULL up to the top. */
#include "parse.h"

#include <stdio.h>
#include <string.h>

struct node *node_new(enum node_kind kind, struct node *left,
			     struct node *right)
{
	struct node *node = arena_alloc(sizeof(*node));

	node->kind = kind;
	node->left = left;
	node->right = right;
	return node;
}

struct node *literal_new(const struct value *v)
{
	struct node *node = node_new(NODE_LITERAL, NULL, NULL);

	node->literal = v;
	return node;
}

void add_child(struct node *node, struct node *child)
{
	struct node **grown = arena_alloc((node->count + 1) * sizeof(*grown));

	if (node->count > 0)
		memcpy(grown, node->children, node->count * sizeof(*grown));
	grown[node->count++] = child;
	node->children = grown;
}

bool parser_at(const struct parser *p, enum token_kind kind, const char *text)
{
	return p->lexer.token.kind == kind &&
	       strcmp(p->lexer.token.text, text) == 0;
}

bool accept_op(struct parser *p, const char *text)
{
	if (!parser_at(p, TOKEN_OP, text))
		return false;
	lexer_next(&p->lexer);
	return true;
}

bool accept_word(struct parser *p, const char *text)
{
	if (!parser_at(p, TOKEN_NAME, text))
		return false;
	lexer_next(&p->lexer);
	return true;
}

bool take_token(struct parser *p, enum token_kind kind, char out[64])
{
	if (p->lexer.token.kind != kind)
		return false;
	strcpy(out, p->lexer.token.text);
	lexer_next(&p->lexer);
	return true;
}

static bool is_keyword(const char *name)
{
	static const char *const words[] = {
		"def",	"if",	   "then",  "elif",  "else",	"end",	   "as",
		"reduce", "foreach", "try", "catch", "label", "import", "include",
		"and",	"or",	   "__loc__"
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(words[i], name) == 0)
			return true;
	}
	return false;
}

/* The opening quote has been read; `format` may be NULL. */
struct node *parse_string(struct parser *p, const char *format)
{
	struct node *node = node_new(NODE_FORMAT, NULL, NULL);
	const struct value *text;
	int more;

	strcpy(node->name, format == NULL ? "text" : format);
	while ((more = lexer_string(&p->lexer, &text)) > 0) {
		struct node *inner;

		add_child(node, literal_new(text));
		lexer_next(&p->lexer);
		inner = parse_pipe(p);
		/* Not accept_op: behind the parenthesis the string goes on. */
		if (inner == NULL || !parser_at(p, TOKEN_OP, ")"))
			return NULL;
		add_child(node, inner);
	}
	if (more < 0)
		return NULL;
	lexer_next(&p->lexer);
	if (node->count == 0)
		return literal_new(text);
	add_child(node, literal_new(text));
	return node;
}

static struct node *parse_format(struct parser *p)
{
	struct node *node = node_new(NODE_CALL, NULL, NULL);
	char name[64];

	if (!take_token(p, TOKEN_FORMAT, name))
		return NULL;
	if (p->lexer.token.kind == TOKEN_QUOTE)
		return parse_string(p, name);
	snprintf(node->name, sizeof(node->name), "@%.60s", name);
	return node;
}

static struct node *parse_if(struct parser *p)
{
	struct node *node = node_new(NODE_IF, NULL, NULL);

	node->left = parse_pipe(p);
	if (node->left == NULL || !accept_word(p, "then"))
		return NULL;
	node->right = parse_pipe(p);
	if (node->right == NULL)
		return NULL;
	if (accept_word(p, "elif")) {
		node->third = parse_if(p);
		return node->third == NULL ? NULL : node;
	}
	if (!accept_word(p, "else"))
		return NULL;
	node->third = parse_pipe(p);
	return node->third != NULL && accept_word(p, "end") ? node : NULL;
}

static struct node *parse_fold(struct parser *p, bool foreach)
{
	struct node *node =
		node_new(foreach ? NODE_FOREACH : NODE_REDUCE, NULL, NULL);

	node->left = parse_term(p);
	if (node->left == NULL || !accept_word(p, "as"))
		return NULL;
	node->pattern = parse_pattern(p);
	if (node->pattern == NULL || !accept_op(p, "("))
		return NULL;
	node->right = parse_pipe(p);
	if (node->right == NULL || !accept_op(p, ";"))
		return NULL;
	node->third = parse_pipe(p);
	if (node->third == NULL)
		return NULL;
	if (foreach && accept_op(p, ";")) {
		node->fourth = parse_pipe(p);
		if (node->fourth == NULL)
			return NULL;
	}
	return accept_op(p, ")") ? node : NULL;
}

static struct node *parse_call(struct parser *p, const char *name)
{
	struct node *node = node_new(NODE_CALL, NULL, NULL);

	strcpy(node->name, name);
	if (!accept_op(p, "("))
		return node;
	do {
		struct node *argument = parse_pipe(p);

		if (argument == NULL)
			return NULL;
		add_child(node, argument);
	} while (accept_op(p, ";"));
	return accept_op(p, ")") ? node : NULL;
}

/* A value in an object: terms joined by |. */
static struct node *parse_object_value(struct parser *p)
{
	bool negative = accept_op(p, "-");
	struct node *value = parse_term(p);

	if (value != NULL && negative)
		value = node_new(NODE_NEGATE, value, NULL);
	while (value != NULL && accept_op(p, "|")) {
		struct node *next = parse_term(p);

		value = next == NULL ? NULL : node_new(NODE_PIPE, value, next);
	}
	return value;
}

/* One key, and the value that it has if none follows. */
static struct node *parse_key(struct parser *p, struct node **ret_value)
{
	struct node *key;
	char name[64];

	*ret_value = NULL;
	if (take_token(p, TOKEN_VARIABLE, name)) {
		*ret_value = node_new(NODE_VARIABLE, NULL, NULL);
		strcpy((*ret_value)->name, name);
		return literal_new(value_cstring(name));
	}
	if (accept_op(p, "(")) {
		key = parse_pipe(p);
		return key != NULL && accept_op(p, ")") ? key : NULL;
	}
	if (p->lexer.token.kind == TOKEN_QUOTE)
		key = parse_string(p, NULL);
	else if (take_token(p, TOKEN_NAME, name))
		key = literal_new(value_cstring(name));
	else
		return NULL;
	*ret_value = node_new(NODE_INDEX, node_new(NODE_IDENTITY, NULL, NULL), key);
	return key;
}

static struct node *parse_object(struct parser *p)
{
	struct node *node = node_new(NODE_OBJECT, NULL, NULL), *key, *value;

	if (accept_op(p, "}"))
		return node;
	do {
		key = parse_key(p, &value);
		if (key == NULL)
			return NULL;
		if (accept_op(p, ":"))
			value = parse_object_value(p);
		if (value == NULL)
			return NULL;
		add_child(node, key);
		add_child(node, value);
	} while (accept_op(p, ","));
	return accept_op(p, "}") ? node : NULL;
}

static struct node *parse_try(struct parser *p)
{
	struct node *body = parse_term(p), *handler = NULL;

	if (body == NULL)
		return NULL;
	if (accept_word(p, "catch")) {
		handler = parse_term(p);
		if (handler == NULL)
			return NULL;
	}
	return node_new(NODE_TRY, body, handler);
}

static struct node *parse_named(struct parser *p)
{
	struct node *node = node_new(NODE_BREAK, NULL, NULL);
	char name[64];

	if (accept_word(p, "if"))
		return parse_if(p);
	if (accept_word(p, "reduce"))
		return parse_fold(p, false);
	if (accept_word(p, "foreach"))
		return parse_fold(p, true);
	if (accept_word(p, "try"))
		return parse_try(p);
	if (accept_word(p, "break"))
		return take_token(p, TOKEN_VARIABLE, node->name) ? node : NULL;
	if (is_keyword(p->lexer.token.text))
		return NULL;
	(void)take_token(p, TOKEN_NAME, name);
	if (strcmp(name, "null") == 0)
		return literal_new(&value_null);
	if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0)
		return literal_new(value_bool(name[0] == 't'));
	return parse_call(p, name);
}

static struct node *parse_field(struct parser *p, struct node *left)
{
	char name[64];

	(void)take_token(p, TOKEN_FIELD, name);
	return node_new(NODE_INDEX, left, literal_new(value_cstring(name)));
}

/* Behind `.`: a string, a bracket, or nothing. */
static struct node *parse_dot(struct parser *p)
{
	struct node *identity = node_new(NODE_IDENTITY, NULL, NULL), *key;

	if (p->lexer.token.kind != TOKEN_QUOTE)
		return identity;
	key = parse_string(p, NULL);
	return key == NULL ? NULL : node_new(NODE_INDEX, identity, key);
}

static struct node *parse_array(struct parser *p)
{
	struct node *node = node_new(NODE_ARRAY, NULL, NULL);

	if (accept_op(p, "]"))
		return node;
	node->left = parse_pipe(p);
	return node->left != NULL && accept_op(p, "]") ? node : NULL;
}

static struct node *parse_operator_term(struct parser *p)
{
	struct node *node;

	if (accept_op(p, "."))
		return parse_dot(p);
	if (accept_op(p, ".."))
		return node_new(NODE_RECURSE, NULL, NULL);
	if (accept_op(p, "["))
		return parse_array(p);
	if (accept_op(p, "{"))
		return parse_object(p);
	if (accept_op(p, "-")) {
		node = parse_term(p);
		return node == NULL ? NULL : node_new(NODE_NEGATE, node, NULL);
	}
	if (!accept_op(p, "("))
		return NULL;
	node = parse_pipe(p);
	return node != NULL && accept_op(p, ")") ? node : NULL;
}

static struct node *parse_primary(struct parser *p)
{
	struct node *node;

	switch (p->lexer.token.kind) {
	case TOKEN_NUMBER:
		node = literal_new(value_number(p->lexer.token.number));
		lexer_next(&p->lexer);
		return node;
	case TOKEN_QUOTE:
		return parse_string(p, NULL);
	case TOKEN_FORMAT:
		return parse_format(p);
	case TOKEN_FIELD:
		return parse_field(p, node_new(NODE_IDENTITY, NULL, NULL));
	case TOKEN_VARIABLE:
		node = node_new(NODE_VARIABLE, NULL, NULL);
		(void)take_token(p, TOKEN_VARIABLE, node->name);
		return node;
	case TOKEN_NAME:
		return parse_named(p);
	case TOKEN_OP:
		return parse_operator_term(p);
	default:
		return NULL;
	}
}

static struct node *parse_bracket(struct parser *p, struct node *left)
{
	struct node *node = node_new(NODE_SLICE, left, NULL);

	if (accept_op(p, "]")) {
		node->kind = NODE_ITERATE;
		return node;
	}
	if (!accept_op(p, ":")) {
		node->right = parse_pipe(p);
		if (node->right == NULL)
			return NULL;
		if (accept_op(p, "]")) {
			node->kind = NODE_INDEX;
			return node;
		}
		if (!accept_op(p, ":"))
			return NULL;
		if (accept_op(p, "]"))
			return node;
	}
	node->third = parse_pipe(p);
	return node->third != NULL && accept_op(p, "]") ? node : NULL;
}

/* TERM?: of a path only the last step is guarded. */
static struct node *make_optional(struct node *node)
{
	bool step = node->kind == NODE_INDEX || node->kind == NODE_SLICE ||
		    node->kind == NODE_ITERATE;

	if (!step)
		return node_new(NODE_TRY, node, NULL);
	node->name[0] = '?';
	return node;
}

static struct node *parse_postfix(struct parser *p, struct node *node)
{
	while (node != NULL) {
		if (p->lexer.token.kind == TOKEN_FIELD)
			node = parse_field(p, node);
		else if (accept_op(p, "["))
			node = parse_bracket(p, node);
		else if (accept_op(p, "?"))
			node = make_optional(node);
		else
			return node;
	}
	return NULL;
}

struct node *parse_term(struct parser *p)
{
	struct node *node;

	if (p->depth >= PARSE_DEPTH_MAX)
		return NULL;
	p->depth++;
	node = parse_postfix(p, parse_primary(p));
	p->depth--;
	return node;
}
