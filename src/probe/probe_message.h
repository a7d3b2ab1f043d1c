/* SPDX-License-Identifier: MIT */
/* Requests, and how to send them, in libcurl's terms. Internal to the probe. */
#ifndef CORS_PROBE_MESSAGE_H
#define CORS_PROBE_MESSAGE_H

#include <curl/curl.h>

#include "probe.h"

/* A request as libcurl takes it; all but the body is its own. */
struct probe_message {
    char *method;
    char *url;
    struct curl_slist *lines;
    cors_slice body;
    bool sends_body;
    bool client_certificate;
};

/*
 * message  out; to be freed with probe_message_free(), whatever is returned.
 * Returns PROBE_ANSWERED if it can be sent, PROBE_BAD_REQUEST or PROBE_NO_MEMORY.
 */
enum probe_outcome probe_message_make(struct probe_message *message,
                                      const struct probe_request *request);
void probe_message_free(struct probe_message *message);

/*
 * Has a handle, whatever it was used for before, send the message next. All must outlive the
 * transfer.
 *
 * words  where libcurl tells what went wrong.
 */
void probe_message_set(const struct probe_message *message, const struct probe_options *options,
                       char words[CURL_ERROR_SIZE], CURL *handle);

/*
 * The addresses that the options name.
 *
 * any_only  only those that are for all hosts of a port: "*:443:127.0.0.1".
 * list      out; to be freed, whatever is returned.
 * Returns false where there is no memory.
 */
bool probe_message_resolves(const struct probe_options *options, bool any_only,
                            struct curl_slist **list);

#endif
