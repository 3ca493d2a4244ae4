/* SPDX-License-Identifier: MIT */
/* What the two halves of the parser share. */
#ifndef PARSE_H
#define PARSE_H

#include "syntax.h"

enum { PARSE_DEPTH_MAX = 2000 };

struct parser {
	struct lexer lexer;
	int depth;
};

struct node *node_new(enum node_kind kind, struct node *left,
		      struct node *right);
struct node *literal_new(const struct value *v);
void add_child(struct node *node, struct node *child);

bool parser_at(const struct parser *p, enum token_kind kind, const char *text);
bool accept_op(struct parser *p, const char *text);
bool accept_word(struct parser *p, const char *text);
bool take_token(struct parser *p, enum token_kind kind, char out[64]);

struct node *parse_pipe(struct parser *p);
struct node *parse_term(struct parser *p);
struct node *parse_string(struct parser *p, const char *format);
struct pattern *parse_pattern(struct parser *p);

#endif
