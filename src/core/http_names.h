/* SPDX-License-Identifier: MIT */
/* Methods and header names that the Fetch Standard singles out. */
#ifndef CORS_CORE_HTTP_NAMES_H
#define CORS_CORE_HTTP_NAMES_H

#include "bytes.h"

/* GET, HEAD and POST, byte for byte. Fetch, "CORS-safelisted method". */
bool cors_method_is_safelisted(cors_slice method);

/* CONNECT, TRACE and TRACK in any case. Fetch, "forbidden method". */
bool cors_method_is_forbidden(cors_slice method);

/* Accept, Accept-Language, Content-Language: safelisted whatever usual value they have. */
bool cors_header_is_safelisted(cors_slice name);

/* Fetch, "forbidden request-header", of those that the name alone forbids. */
bool cors_request_header_is_forbidden(cors_slice name);

/* Set-Cookie and Set-Cookie2. Fetch, "forbidden response-header name". */
bool cors_response_header_is_forbidden(cors_slice name);

#endif
