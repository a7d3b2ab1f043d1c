/* SPDX-License-Identifier: MIT */
/* What libcurl's results mean. Internal to the probe. */
#ifndef CORS_PROBE_OUTCOME_H
#define CORS_PROBE_OUTCOME_H

#include <curl/curl.h>

#include "probe.h"

/*
 * The outcome of a transfer that ended without an answer.
 *
 * words         libcurl's own about it; may be empty.
 * proxy_status  with which a proxy refused the tunnel, or 0.
 */
enum probe_outcome probe_outcome_of(CURLcode code, const char *words, long proxy_status);

/* Writes the sentence for a person, from the outcome and libcurl's words. */
void probe_outcome_explain(enum probe_outcome outcome, CURLcode code, const char *words,
                           char sentence[PROBE_SENTENCE_MAX]);

#endif
