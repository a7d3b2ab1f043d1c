/* SPDX-License-Identifier: MIT */
/* An answer as it comes in, piece by piece. Internal to the probe. */
#ifndef CORS_PROBE_ANSWER_H
#define CORS_PROBE_ANSWER_H

#include <curl/curl.h>

#include "probe.h"

/* What the callbacks of one transfer share. */
struct probe_reception {
    struct probe_answer *answer;
    size_t head_capacity;
    bool head_complete; /* of the final answer, not of an interim one (1xx) */
    bool too_large;
    bool no_memory;
    bool proxied;
    size_t body_total;
    curl_off_t body_since; /* microseconds of the transfer at which the body began */
};

/* Has a handle hand everything that comes to the reception; both must outlive the transfer. */
void probe_reception_begin(struct probe_reception *reception, struct probe_answer *answer,
                           CURL *handle);

/* Completes the answer once the transfer ended with `code`. */
void probe_reception_end(struct probe_reception *reception, CURL *handle, CURLcode code,
                         const char *words);

#endif
