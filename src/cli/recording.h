/* SPDX-License-Identifier: MIT */
/* What browsers record: HAR files, and the fields that are the browser's own. */
#ifndef CORS_CLI_RECORDING_H
#define CORS_CLI_RECORDING_H

#include <jansson.h>

#include "keep.h"

/*
 * Reads a HAR file.
 *
 * entries  out: its list of requests; part of what is returned.
 * Returns a value owned by the caller, or NULL with a complaint on standard error.
 */
json_t *recording_read(struct keep *keep, const char *path, const json_t **entries);

/* A member that is a text; empty with NULL data where there is none. Borrowed, as all below. */
cors_slice recording_text(const json_t *object, const char *key);

/* Parts of an entry. */
cors_slice recording_url(const json_t *entry);
cors_slice recording_method(const json_t *entry);
/* The first field of a name, in any case; empty with NULL data where there is none. */
cors_slice recording_header(const json_t *entry, const char *name);
/* A preflight is part of a call, not a call. */
bool recording_is_preflight(const json_t *entry);
/* What a Cookie field would say: Chromium leaves it out and lists cookies instead. In `keep`. */
cors_slice recording_cookies(struct keep *keep, const json_t *entry);

/* Whether browsers add such a field by themselves, so that it says nothing about the call. */
bool recording_field_is_browsers(cors_slice name, cors_slice value);

#endif
