/* SPDX-License-Identifier: MIT */
/* The filter language: tokens and trees. */
#ifndef SYNTAX_H
#define SYNTAX_H

#include "value.h"

enum token_kind {
	TOKEN_END,
	TOKEN_BAD,
	TOKEN_OP,	/* punctuation, in text */
	TOKEN_NAME,	/* a name or key word */
	TOKEN_FIELD,	/* .name */
	TOKEN_VARIABLE, /* $name */
	TOKEN_FORMAT,	/* @name */
	TOKEN_NUMBER,
	TOKEN_QUOTE /* the start of a string literal */
};

struct token {
	enum token_kind kind;
	char text[64];
	double number;
};

struct lexer {
	const char *source, *at;
	struct token token; /* the current one */
};

void lexer_start(struct lexer *lexer, const char *source);
void lexer_next(struct lexer *lexer);
/* After TOKEN_QUOTE: reads text up to an interpolation or the end.
 * Returns 1 before an interpolation, 0 after the closing quote, -1 if bad. */
int lexer_string(struct lexer *lexer, const struct value **ret);

enum node_kind {
	NODE_IDENTITY,
	NODE_RECURSE,
	NODE_LITERAL,
	NODE_FORMAT,	/* children: parts, joined */
	NODE_INDEX,	/* left[right] */
	NODE_SLICE,	/* left[right:third], either may be NULL */
	NODE_ITERATE,	/* left[] */
	NODE_ARRAY,	/* [left], left may be NULL */
	NODE_OBJECT,	/* children: key, value, key, value ... */
	NODE_NEGATE,
	NODE_PIPE,
	NODE_COMMA,
	NODE_BINARY,	/* name is the operator */
	NODE_AND,
	NODE_OR,
	NODE_ALTERNATIVE,
	NODE_IF,	/* left, right, third */
	NODE_TRY,	/* left, right may be NULL */
	NODE_REDUCE,	/* left as pattern (right; third) */
	NODE_FOREACH,	/* left as pattern (right; third; fourth) */
	NODE_DEFINE,	/* name, params, body left; rest right */
	NODE_CALL,	/* name, children: arguments */
	NODE_VARIABLE,
	NODE_BIND,	/* left as pattern | right */
	NODE_LABEL,	/* label name | left */
	NODE_BREAK
};

struct node {
	enum node_kind kind;
	char name[64];
	const struct value *literal;
	struct node *left, *right, *third, *fourth;
	struct node **children;
	size_t count;
	struct pattern *pattern;
	char (*params)[64]; /* with their $ */
};

/* $name, or an array, or an object of key expressions and patterns. */
struct pattern {
	enum { PATTERN_NAME, PATTERN_ARRAY, PATTERN_OBJECT } kind;
	char name[64]; /* in objects also: $name: PATTERN binds both */
	struct node **keys;
	struct pattern **parts;
	size_t count;
};

/* NULL if the source cannot be parsed. */
struct node *parse_program(const char *source);
/* Only definitions: the last one's `right` is the identity. */
struct node *parse_definitions(const char *source);

#endif
