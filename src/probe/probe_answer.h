/* SPDX-License-Identifier: MIT */
/* An answer as it comes in, piece by piece. Internal to the probe. */
#ifndef CORS_PROBE_ANSWER_H
#define CORS_PROBE_ANSWER_H

#include <curl/curl.h>

#include "probe.h"
#include "probe_clock.h"

/* What the callbacks of one transfer share. */
struct probe_reception {
    struct probe_answer *answer;
    size_t head_capacity;
    bool head_complete; /* of the final answer, not of an interim one (1xx) */
    bool too_large;
    bool no_memory;
    bool proxied;
    uint64_t body_since; /* when the head was complete: probe_clock() */
};

/* Has a handle hand everything that comes to the reception; both must outlive the transfer. */
void probe_reception_begin(struct probe_reception *reception, struct probe_answer *answer,
                           CURL *handle);

/*
 * Has it hand over what is known of the connection, too: protocol, cipher, certificate. That costs
 * more than the request.
 */
void probe_reception_watch(struct probe_reception *reception, CURL *handle);

/* Whether the head is known, and the body has had its time: what there is, is the answer. */
bool probe_reception_is_over(const struct probe_reception *reception, uint64_t now);

/* Completes the answer once the transfer ended with `code`. */
void probe_reception_end(struct probe_reception *reception, CURL *handle, CURLcode code,
                         const char *words);

/* The answer to a request that cannot be sent. */
void probe_answer_refuse(struct probe_answer *answer, enum probe_outcome outcome);

#endif
