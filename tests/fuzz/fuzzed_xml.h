/* SPDX-License-Identifier: MIT */
/* Whether a report in XML can be read by those that it is for. */
#ifndef CORS_TESTS_FUZZED_XML_H
#define CORS_TESTS_FUZZED_XML_H

#include <cors/types.h>

/*
 * Whether a text, which fuzzed_is_clean(), is a well-formed document without comments, CDATA and
 * declarations of its own: each element ends, quotes hold every attribute, and every & begins a
 * reference. XML 1.0, sections 2.1 to 2.4.
 */
bool fuzzed_is_xml(cors_slice text);

#endif
