/* SPDX-License-Identifier: MIT */
/*
 * The closed pair of halves: what the browser's half sends is answered by the server's half, in
 * memory, as a server with this policy and an application behind it would.
 */
#ifndef CORS_CLI_POLICY_TRANSPORT_H
#define CORS_CLI_POLICY_TRANSPORT_H

#include <cors/browser.h>
#include <cors/server.h>

enum { POLICY_TRANSPORT_OWN_MAX = 64 };

struct policy_transport {
    const cors_policy *policy; /* NULL: none applies */
    cors_slice method;
    cors_slice path; /* of the last request, decoded; points into `decoded` */
    char decoded[8192];
    int status;            /* what the application answers with */
    const cors_field *own; /* the application's own field lines: at most POLICY_TRANSPORT_OWN_MAX */
    size_t own_count;
    cors_request request;   /* of the last answer */
    cors_decision decision; /* as above */
    cors_field fields[CORS_DECISION_FIELDS_MAX + 1 + POLICY_TRANSPORT_OWN_MAX];
    char vary[256];
};

/*
 * Answers what a fetch sends next.
 *
 * fetch     not done.
 * response  out: valid until the next answer; its slices point into `transport`, the policy and
 *           the application's lines.
 */
void policy_transport_answer(struct policy_transport *transport, const cors_fetch *fetch,
                             cors_response *response);

#endif
