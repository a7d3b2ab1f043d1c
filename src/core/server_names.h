/* SPDX-License-Identifier: MIT */
/* Reading Access-Control-Request-Headers. */
#ifndef CORS_CORE_SERVER_NAMES_H
#define CORS_CORE_SERVER_NAMES_H

#include <cors/server.h>

#include "bytes.h"

/* Judges the names of one field line, by the request's route, and notes the weightiest reason. */
void cors_requested_names_read(cors_request *request, cors_slice value);

#endif
