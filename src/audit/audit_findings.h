/* SPDX-License-Identifier: MIT */
/* From answers to findings. */
#ifndef CORS_AUDIT_FINDINGS_H
#define CORS_AUDIT_FINDINGS_H

#include "audit_plan.h"

/* Who can hold an origin that is trusted, from everyone to nobody. */
enum audit_holder {
    AUDIT_HOLDER_EVERYONE,  /* no origin is kept out: it is as with * */
    AUDIT_HOLDER_ANYONE,    /* whoever registers a domain, a site, or makes a frame */
    AUDIT_HOLDER_SUBDOMAIN, /* whoever has script on, or takes over, a subdomain */
    AUDIT_HOLDER_NETWORK,   /* whoever is on the network path */
    AUDIT_HOLDER_PORT,      /* another service of the same host */
    AUDIT_HOLDER_LOCAL,     /* software on the visitor's machine */
    AUDIT_HOLDER_NOBODY     /* no page can have such an origin */
};

/* Findings of one audit, at most one of a rule; the first of each rule wins. */
struct audit_found {
    struct audit *audit;
    struct audit_finding findings[AUDIT_RULE_COUNT];
    size_t count;
};

/*
 * Adds the finding that an origin is trusted which should not be.
 *
 * question  whose answer shows it.
 * message   one sentence.
 */
void audit_found_origin(struct audit_found *found, enum audit_rule rule,
                        enum audit_question question, enum audit_holder holder, cors_slice message);

/* Adds a finding whose severity and reasoning do not depend on who holds the origin. */
void audit_found_other(struct audit_found *found, enum audit_rule rule,
                       enum audit_severity severity, enum audit_question question,
                       cors_slice message, cors_slice reasoning);

/* audit_findings.c, audit_findings_http.c: what was found of each kind. */
void audit_find_origins(struct audit_found *found);
void audit_find_headers(struct audit_found *found);
void audit_find_preflights(struct audit_found *found);

/* audit_severity.c: what an attacker gains, and why that. */
enum audit_severity audit_weigh(struct audit *audit, enum audit_question question,
                                enum audit_holder holder, cors_slice *reasoning);

/* audit_words.c: what is shown. */
cors_slice audit_evidence(struct audit *audit, enum audit_question question);
cors_slice audit_reproduce(struct audit *audit, enum audit_question question);
cors_slice audit_matcher(const struct audit_found *found);

/* audit_outcome.c: clean, findings or inconclusive, and why. */
void audit_decide_outcome(struct audit *audit);

#endif
