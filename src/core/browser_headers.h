/* SPDX-License-Identifier: MIT */
/* Header values as CORS reads them. Fetch, sections 2.2.2 "Headers" and 2.2.5 "Requests". */
#ifndef CORS_CORE_BROWSER_HEADERS_H
#define CORS_CORE_BROWSER_HEADERS_H

#include <cors/server.h>

#include "browser_memory.h"
#include "browser_profile.h"

/* Without HTTP whitespace (space, tab, line feed, carriage return) at both ends. */
cors_slice cors_value_normalize(cors_slice value);

/* Adds ", " and another value, in memory; false where there is none left. */
bool cors_value_join(struct fetch_memory *memory, cors_slice *value, cors_slice more);

/* Whether a value can stand in a header at all: no NUL, line feed or carriage return. */
bool cors_value_is_valid(cors_slice value);

/* "CORS-safelisted request-header", in the way of the profile. */
bool cors_request_header_is_safe(const struct browser_profile *profile, cors_slice name,
                                 cors_slice value);

/* "no-CORS-safelisted request-header" by its name. */
bool cors_header_is_no_cors_name(cors_slice name);

/* A client hint that Chromium drops at redirects. */
bool cors_header_is_passing_hint(cors_slice name);

/* Whether a value is a MIME type. MIME Sniffing, section 4.4. */
bool cors_value_is_mime_type(cors_slice value);

/* If-Modified-Since and the four like it, which make fetch() pass by caches. */
bool cors_header_is_condition(cors_slice name);

/* "request-body-header name": what goes when a redirect drops the body. */
bool cors_header_is_of_body(cors_slice name);

/* "CORS-safelisted response-header name" */
bool cors_response_header_is_safelisted(cors_slice name);

/*
 * Whether fetch() drops the header: "forbidden request-header", with those that only some values
 * make so.
 */
bool cors_request_header_is_dropped(const struct browser_profile *profile, cors_slice name,
                                    cors_slice value);

/* "get": the values of all lines of the name, joined with ", ". */
struct found_field {
    cors_slice value;
    uint32_t lines; /* 0: there is none */
};

/*
 * Finds a field by its name in lower case. Joining takes memory; where there is none left, the
 * value ends early, which `full` says.
 */
struct found_field cors_field_find(struct fetch_memory *memory, const cors_field *fields,
                                   size_t count, cors_slice name, bool *full);

/* Whether a field value is a list of tokens, some of them maybe empty. RFC 9110, section 5.6.1. */
bool cors_value_is_token_list(cors_slice value);

/* The first element of such a list that is no token; empty where there is none. */
cors_slice cors_list_bad_token(cors_slice list);

/* The next token of such a list; false at the end. */
bool cors_list_next_token(cors_slice *list, cors_slice *token);

/* Whether such a list holds the token, byte for byte, or in any case where `any_case` is set. */
bool cors_list_holds(cors_slice list, cors_slice token, bool any_case);

/* In any ASCII case. */
bool cors_names_equal(cors_slice left, cors_slice right);

#endif
