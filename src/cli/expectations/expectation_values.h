/* SPDX-License-Identifier: MIT */
/* Origins, methods, paths and header names in expectations: which of them browsers know. */
#ifndef CORS_CLI_EXPECTATION_VALUES_H
#define CORS_CLI_EXPECTATION_VALUES_H

#include "expectation_words.h"

/* Each judges the next word, and reports what is wrong with it. */
void expectation_check_origin(struct expectation_words *words);
void expectation_check_method(struct expectation_words *words);
void expectation_check_path(struct expectation_words *words);
void expectation_check_sent_header(struct expectation_words *words);
void expectation_check_read_header(struct expectation_words *words);

/* A value for a header of a call, such as servers and browsers take it. */
cors_slice expectation_header_value(cors_slice name);

/* Whether these are the characters of an HTTP token. */
bool expectation_is_token(cors_slice text);

#endif
