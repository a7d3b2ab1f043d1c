/* SPDX-License-Identifier: MIT */
/* URLs, as far as fetches need them: http and the like whole, of others the scheme. URL Standard.
 */
#ifndef CORS_CORE_BROWSER_URL_H
#define CORS_CORE_BROWSER_URL_H

#include "browser_memory.h"

/* A serialized URL and its parts; all slices point into two texts in the fetch's memory. */
struct url {
    cors_slice text;     /* whole, as script sees it */
    cors_slice request;  /* without user info and fragment, as it is sent */
    cors_slice origin;   /* serialized; "null" for a scheme that has none */
    cors_slice scheme;   /* in lower case, without ":" */
    cors_slice host;     /* with brackets around an IPv6 address */
    cors_slice path;     /* from "/" up to the query */
    cors_slice query;    /* with "?"; empty: none */
    cors_slice fragment; /* with "#"; empty: none */
    uint32_t port;
    bool is_http; /* http or https; of file: and the like only text, request and scheme are told */
    bool has_userinfo;
};

enum url_outcome { URL_PARSED, URL_INVALID, URL_TOO_LARGE };

/* Writes the ASCII form of a host label, as cors_call.to_ascii does; or NULL for none. */
struct label_converter {
    bool (*to_ascii)(void *context, cors_slice label, char *out, size_t capacity, size_t *size);
    void *context;
};

/*
 * Parses a URL. URL Standard, section 4.4 "URL parsing".
 *
 * base  NULL, or the URL that relative ones stand on: of http or https.
 */
enum url_outcome cors_url_parse(struct fetch_memory *memory,
                                const struct label_converter *converter, cors_slice input,
                                const struct url *base, struct url *url);

/* The same URL with the scheme https, as after an upgrade by HSTS. */
enum url_outcome cors_url_upgrade(struct fetch_memory *memory, const struct url *url,
                                  struct url *upgraded);

/*
 * Whether browsers refuse to connect to the port. Fetch, section 2.9 "Port blocking".
 */
bool cors_port_is_bad(uint32_t port);

#endif
