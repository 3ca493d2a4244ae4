/* SPDX-License-Identifier: MIT */
/* Answers requests from scripts of cases that somebody got hold of. */
#ifndef REPLAY_H
#define REPLAY_H

#include "serve.h"

/* Learns the scripts in lines of JSON. */
void replay_learn(const char *lines, size_t count);
/* Answers as the script says that fits all requests so far; else error ERR. */
void replay_answer(const struct request *request);

#endif
