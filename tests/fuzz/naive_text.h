/* SPDX-License-Identifier: MIT */
/* Texts as header fields have them, one byte after the other: nothing is shared with the library.
 */
#ifndef CORS_TESTS_NAIVE_TEXT_H
#define CORS_TESTS_NAIVE_TEXT_H

#include <cors/types.h>

bool naive_is_same(cors_slice left, cors_slice right);
bool naive_is_same_in_any_case(cors_slice left, cors_slice right);

/* RFC 9110, section 5.6.2. */
bool naive_is_token(cors_slice text);

/* Without spaces and tabs at its ends. */
cors_slice naive_trim(cors_slice text);

/* The next element of a comma-separated list, trimmed; false at the end, and of a NULL list. */
bool naive_next_element(cors_slice *list, cors_slice *element);

/* Where a text first stands in another, or the other's size. */
size_t naive_find(cors_slice text, cors_slice wanted);

/* Without its first bytes. */
cors_slice naive_after(cors_slice text, size_t size);

bool naive_starts_with(cors_slice text, cors_slice start);
bool naive_ends_with(cors_slice text, cors_slice end);

char naive_lower(char byte);

#endif
