/* SPDX-License-Identifier: MIT */
/* Text that may hold anything, in XML and in HTML. */
#ifndef CORS_CLI_XML_TEXT_H
#define CORS_CLI_XML_TEXT_H

#include <cors/types.h>
#include <stdio.h>

/*
 * Writes text to stand between tags, or in an attribute in double quotes. Line ends are kept; what
 * would not be printed on a terminal, and what XML cannot hold, becomes U+FFFD.
 */
void xml_write(FILE *stream, cors_slice text);

#endif
