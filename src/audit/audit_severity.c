/* SPDX-License-Identifier: MIT */
/*
 * What an attacker gains: who can hold the origin, times what the answer is worth with the
 * visitor's credentials, times whether a real browser hands it over.
 */
#include "audit_findings.h"
#include "text_slices.h"

/* Whether the answer is another one with credentials. */
enum difference { UNKNOWN, DIFFERS, SAME };

/* Severity by holder: without credentials; with them; where the answer is known to differ. */
static const struct weight {
    const char *who;
    enum audit_severity without;
    enum audit_severity with;
    enum audit_severity differing;
    bool cross_site; /* the holder's page is of another site: SameSite holds cookies back */
} weights[] = {
    [AUDIT_HOLDER_EVERYONE] = {"No origin is kept out, as with *.", AUDIT_INFO, AUDIT_HIGH,
                               AUDIT_CRITICAL, true},
    [AUDIT_HOLDER_ANYONE] = {"Anyone can have this origin.", AUDIT_LOW, AUDIT_HIGH, AUDIT_CRITICAL,
                             true},
    [AUDIT_HOLDER_SUBDOMAIN] = {"Whoever takes over a subdomain, or has script on one, has it.",
                                AUDIT_INFO, AUDIT_MEDIUM, AUDIT_HIGH, false},
    [AUDIT_HOLDER_NETWORK] = {"Whoever is on the visitor's network path can answer for it.",
                              AUDIT_INFO, AUDIT_MEDIUM, AUDIT_HIGH, false},
    [AUDIT_HOLDER_PORT] = {"Whoever runs another service on that host has it.", AUDIT_INFO,
                           AUDIT_LOW, AUDIT_MEDIUM, false},
    [AUDIT_HOLDER_LOCAL] = {"Software on the visitor's own machine can have it.", AUDIT_INFO,
                            AUDIT_LOW, AUDIT_MEDIUM, true},
    [AUDIT_HOLDER_NOBODY] = {"No page of a browser has such an origin.", AUDIT_INFO, AUDIT_INFO,
                             AUDIT_INFO, false},
};

static struct audit_cookies cookies_of(const struct audit *audit) {
    struct audit_cookies all = {false, false};
    for (enum audit_question i = 0; i < AUDIT_QUESTION_COUNT; i++) {
        if (audit_known(audit, i)) {
            all.cross_site = all.cross_site || audit->probes[i].facts.cookies.cross_site;
            all.same_site = all.same_site || audit->probes[i].facts.cookies.same_site;
        }
    }
    return all;
}

/* The user's credentials are none that a browser attaches by itself: a bearer token. */
static bool has_only_tokens(const struct audit *audit) {
    bool token = false;
    for (size_t i = 0; i < audit->target.field_count; i++) {
        const cors_field *field = &audit->target.fields[i];
        if (text_is_folded(field->name, "Cookie")) {
            return false;
        }
        token = token || (text_is_folded(field->name, "Authorization") &&
                          !text_starts_folded(field->value, "basic "));
    }
    return token;
}

static enum difference difference_of(const struct audit *audit) {
    const struct audit_facts *bare = &audit->probes[AUDIT_ASK_BARE].facts;
    const struct audit_facts *own = &audit->probes[AUDIT_ASK_OWN].facts;
    const struct audit_facts *random = &audit->probes[AUDIT_ASK_RANDOM].facts;
    if (!audit_known(audit, AUDIT_ASK_BARE) || !audit_known(audit, AUDIT_ASK_OWN)) {
        return UNKNOWN;
    }
    if (bare->status != own->status) {
        return DIFFERS;
    }
    if (own->digest != random->digest) {
        return UNKNOWN; /* the answer changes by itself */
    }
    return bare->digest == own->digest ? SAME : DIFFERS;
}

static int browsers_that_allow(const struct audit_facts *facts) {
    return facts->browsers[CORS_BROWSER_CHROMIUM] + facts->browsers[CORS_BROWSER_FIREFOX] +
           facts->browsers[CORS_BROWSER_SAFARI];
}

static enum audit_severity lower_of(enum audit_severity left, enum audit_severity right) {
    return left < right ? left : right;
}

/* What lowers a severity, each with its words. */
struct weighing {
    struct audit *audit;
    enum audit_severity severity;
    struct keep_text reasons;
};

static void lower(struct weighing *weighing, bool applies, enum audit_severity most,
                  const char *words) {
    if (applies && weighing->severity > most) {
        weighing->severity = lower_of(weighing->severity, most);
        keep_text_put(&weighing->reasons, " ");
        keep_text_put(&weighing->reasons, words);
    }
}

static void weigh_credentials(struct weighing *weighing, const struct weight *weight,
                              const struct audit_facts *facts) {
    const struct audit *audit = weighing->audit;
    enum difference difference = difference_of(audit);
    struct audit_cookies cookies = cookies_of(audit);
    keep_text_put(&weighing->reasons,
                  " Credentials go along, and its pages may read the answer to them.");
    if (difference == DIFFERS) {
        weighing->severity = weight->differing;
        keep_text_put(&weighing->reasons, " The answer was another one without credentials.");
    }
    lower(weighing, difference == SAME, AUDIT_LOW, "The answer was the same without credentials.");
    lower(weighing, has_only_tokens(audit), AUDIT_LOW,
          "But the credentials are a token, which no browser attaches by itself.");
    lower(weighing, weight->cross_site && cookies.same_site && !cookies.cross_site, AUDIT_MEDIUM,
          "But the cookies are SameSite: they stay away from other sites' calls.");
    lower(weighing, weight == &weights[AUDIT_HOLDER_NETWORK] && facts->strict_transport, AUDIT_LOW,
          "But HSTS with includeSubDomains keeps returning visitors on https.");
}

enum audit_severity audit_weigh(struct audit *audit, enum audit_question question,
                                enum audit_holder holder, cors_slice *reasoning) {
    const struct audit_facts *facts = &audit->probes[question].facts;
    const struct weight *weight = &weights[holder];
    bool credentials = facts->access == AUDIT_ACCESS_CREDENTIALS;
    struct weighing weighing = {
        .audit = audit,
        .severity = credentials ? weight->with : weight->without,
        .reasons = {.keep = &audit->keep},
    };
    keep_text_put(&weighing.reasons, weight->who);
    if (credentials) {
        weigh_credentials(&weighing, weight, facts);
    } else {
        keep_text_put(&weighing.reasons,
                      " Its pages may read the answer, but only to calls without credentials.");
    }
    lower(&weighing, facts->status >= 400, AUDIT_LOW, "Only an error was seen to be answered so.");
    lower(&weighing, browsers_that_allow(facts) == 0, AUDIT_INFO,
          "But no browser hands the answer over.");
    *reasoning = keep_text_slice(&weighing.reasons);
    return weighing.severity;
}
