/* SPDX-License-Identifier: MIT */
/*
 * Web origins, as browsers write them into the Origin header.
 *
 * HTML Standard, "serialization of an origin"; Fetch Standard, section 3.1 "`Origin` header".
 */
#ifndef CORS_ORIGIN_H
#define CORS_ORIGIN_H

#include <cors/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The parts of a serialized origin; each slice points into the text that was parsed. */
typedef struct cors_origin {
    cors_slice scheme; /* "https", without "://" */
    cors_slice host;   /* with brackets around an IPv6 address */
    cors_slice port;   /* decimal digits; empty where the port is the scheme's default */
    bool opaque;       /* "null": the other fields are empty */
} cors_origin;

/*
 * Parses a serialized origin: "null", or scheme "://" host with an optional port. The scheme is
 * [a-z][a-z0-9+.-]*; the host [a-z0-9_.-]+ without a leading or double dot, or [0-9a-f:.]+ in
 * brackets; the port 0 to 65535 without leading zeros and not the default of http, https, ws,
 * wss or ftp. Nothing is converted: what a browser would not send is refused.
 *
 * text    the bytes; borrowed, and `origin` points into them.
 * origin  out; untouched when false is returned.
 * Returns true if the text is a serialized origin. Linear in the size of the text.
 */
CORS_API bool cors_origin_parse(cors_slice text, cors_origin *origin);

/*
 * The default port of a scheme (URL Standard, "default port"), or -1 where it has none.
 */
CORS_API int cors_scheme_default_port(cors_slice scheme);

/*
 * Whether an origin is loopback: http or https to localhost, *.localhost, 127.0.0.0/8 or [::1].
 * Software on the visitor's own machine can hold such an origin.
 */
CORS_API bool cors_origin_is_loopback(const cors_origin *origin);

#ifdef __cplusplus
}
#endif

#endif
