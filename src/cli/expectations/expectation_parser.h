/* SPDX-License-Identifier: MIT */
/*
 * Reads a file of expectations.
 *
 *     line      = [ sentence *( ";" sentence ) ] [ "#" comment ]  /  "policy:" FILE
 *     sentence  = WHO "may" ["not"] METHODS PATH [ "with" things ] *( "and" ["not"] "read" names )
 *               / WHO "may" ["not"] "read" names "from" [ METHODS ] PATH [ "with" things ]
 *               / WHO "may not"
 *     things    = thing *( "and" thing )
 *     thing     = "credentials"  /  "content-type" TYPE  /  [ "header" ] NAME
 *     METHODS, names: one or more, with "," or "and" between them
 */
#ifndef CORS_CLI_EXPECTATION_PARSER_H
#define CORS_CLI_EXPECTATION_PARSER_H

#include "expectation.h"

/* Everything that is read lives as long as `keep` and the text. All problems are reported. */
void expectation_parse(struct keep *keep, cors_slice text, struct expectation_file *file);

#endif
