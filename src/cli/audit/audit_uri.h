/* SPDX-License-Identifier: MIT */
/* A target's URL as RFC 3986 has URIs: what people type may hold anything. */
#ifndef CORS_CLI_AUDIT_URI_H
#define CORS_CLI_AUDIT_URI_H

#include "keep.h"

/*
 * The URL with each byte percent-encoded that may not stand where it does; a text that is no URL
 * becomes a relative reference. Belongs to `keep`.
 */
cors_slice audit_uri(struct keep *keep, cors_slice url, bool is_url);

#endif
