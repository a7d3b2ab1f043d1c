/* SPDX-License-Identifier: MIT */
/* Whether the answers were enough to judge by, and if not, what stood between. */
#include "audit_findings.h"
#include "shown_url.h"
#include "text_slices.h"

struct cause {
    enum audit_reason reason;
    cors_slice detail;
};

static const struct cause no_cause = {AUDIT_REASON_NONE, {"", 0}};

/* The first request that got no answer. */
static struct cause find_failure(const struct audit *audit) {
    for (enum audit_question i = 0; i < AUDIT_QUESTION_COUNT; i++) {
        const struct audit_probe *probe = &audit->probes[i];
        if (probe->known && probe->facts.failure != AUDIT_REASON_NONE) {
            return (struct cause){probe->facts.failure, probe->facts.sentence};
        }
    }
    return no_cause;
}

static struct cause find_redirect(struct audit *audit, const struct audit_facts *facts) {
    if (facts->status < 300 || facts->status >= 400 || facts->location.size == 0) {
        return no_cause;
    }
    return (struct cause){audit_is_login_place(facts->location) ? AUDIT_REASON_LOGIN
                                                                : AUDIT_REASON_REDIRECT,
                          keep_format(&audit->keep, "The answer is %d, to %.*s.", facts->status,
                                      SLICE_ARGUMENTS(shown_url(&audit->keep, facts->location)))};
}

/* Whether the server fails without an Origin, too: else failing is how it refuses one. */
static bool fails_always(const struct audit *audit) {
    return !audit_known(audit, AUDIT_ASK_NONE) || audit->probes[AUDIT_ASK_NONE].facts.status >= 500;
}

/* Something in an answer's status that keeps the server's own answer from us. */
static struct cause read_status(struct audit *audit, enum audit_question question) {
    const struct audit_facts *facts = &audit->probes[question].facts;
    enum audit_reason reason = AUDIT_REASON_NONE;
    if (!audit_known(audit, question) || facts->allow_origin.data != NULL) {
        return no_cause;
    }
    if (facts->status == 429) {
        reason = AUDIT_REASON_RATE_LIMIT;
    } else if (facts->waf) {
        reason = AUDIT_REASON_WAF;
    } else if (facts->status == 401 || facts->status == 407) {
        reason = AUDIT_REASON_LOGIN;
    } else if (facts->status == 405 || facts->status == 501) {
        reason = AUDIT_REASON_METHOD;
    } else if (facts->status >= 500 && fails_always(audit)) {
        reason = AUDIT_REASON_SERVER_ERROR;
    }
    if (reason == AUDIT_REASON_NONE) {
        return find_redirect(audit, facts);
    }
    return (struct cause){reason, keep_format(&audit->keep, "The answer to %s is %d.",
                                              audit_question_purpose(question), facts->status)};
}

/* Nobody is let in, with an Origin or without: the answers tell nothing of lists. */
static bool all_are_forbidden(const struct audit *audit) {
    const enum audit_question asked[] = {AUDIT_ASK_NONE, AUDIT_ASK_RANDOM, AUDIT_ASK_OWN};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        const struct audit_facts *facts = &audit->probes[asked[i]].facts;
        if (!audit_known(audit, asked[i]) || facts->status != 403 ||
            facts->allow_origin.data != NULL) {
            return false;
        }
    }
    return true;
}

static struct cause find_obstacle(struct audit *audit) {
    struct cause cause = read_status(audit, AUDIT_ASK_NONE);
    enum audit_question base;
    if (audit_base(audit, &base) || audit_is_public(audit)) {
        cause =
            no_cause; /* with an Origin the server speaks: what it says to others is no matter */
    } else if (audit_known(audit, AUDIT_ASK_OWN)) {
        cause = read_status(audit, AUDIT_ASK_OWN);
    }
    if (cause.reason == AUDIT_REASON_NONE && all_are_forbidden(audit)) {
        return (struct cause){AUDIT_REASON_WAF, CORS_SLICE("Every request is answered with 403.")};
    }
    return cause;
}

/* Requests of one kind: their Origin is a usual one that is not trusted. */
static bool is_refused_stranger(const struct audit *audit, enum audit_question question) {
    return audit_question_kind(question) == AUDIT_KIND_ACTUAL && question != AUDIT_ASK_NONE &&
           question != AUDIT_ASK_NULL && audit_refuses(audit, question);
}

static struct cause find_turned_away(struct audit *audit) {
    for (enum audit_question i = 0; i < AUDIT_QUESTION_COUNT; i++) {
        const struct audit_facts *facts = &audit->probes[i].facts;
        if (audit_known(audit, i) && audit_question_kind(i) == AUDIT_KIND_ACTUAL &&
            (facts->status == 429 || facts->waf)) {
            return read_status(audit, i);
        }
    }
    return no_cause;
}

/* Some strangers are answered with a failure of the server, others are not: that is no rule. */
static struct cause find_unsteadiness(struct audit *audit) {
    unsigned fine = 0;
    enum audit_question failed = AUDIT_QUESTION_COUNT;
    for (enum audit_question i = 0; i < AUDIT_QUESTION_COUNT; i++) {
        if (is_refused_stranger(audit, i)) {
            bool fails = audit->probes[i].facts.status >= 500;
            failed = fails ? i : failed;
            fine += !fails;
        }
    }
    if (failed == AUDIT_QUESTION_COUNT || fine == 0) {
        return no_cause;
    }
    return (struct cause){AUDIT_REASON_UNSTABLE,
                          keep_format(&audit->keep, "The answer to %s is %d, others are not.",
                                      audit_question_purpose(failed),
                                      audit->probes[failed].facts.status)};
}

/*
 * An origin was let in that no good list holds. Not so where the target is not encrypted either,
 * nor where a preflight alone let somebody in: the request itself was then refused.
 */
static bool wants_explanation(const struct audit *audit, enum audit_question question) {
    bool insecure = question == AUDIT_ASK_INSECURE || question == AUDIT_ASK_SUBDOMAIN_INSECURE;
    return audit_trusts_beyond(audit, question) &&
           audit_question_kind(question) == AUDIT_KIND_ACTUAL &&
           (!insecure || text_is(audit->site.scheme, "https"));
}

/* Nothing that was asked later explains why somebody was let in: no finding comes of it. */
static struct cause find_unexplained(struct audit *audit) {
    for (enum audit_question i = 0; i < AUDIT_QUESTION_COUNT; i++) {
        if (audit->result.finding_count == 0 && wants_explanation(audit, i)) {
            return (struct cause){
                AUDIT_REASON_UNSTABLE,
                keep_format(&audit->keep,
                            "%.*s is trusted, and no other origin that a rule would let in.",
                            SLICE_ARGUMENTS(audit->probes[i].origin))};
        }
    }
    return no_cause;
}

void audit_decide_outcome(struct audit *audit) {
    struct audit_result *result = &audit->result;
    struct cause cause = {AUDIT_REASON_BAD_URL, {"", 0}};
    if (audit->has_site) {
        cause = find_failure(audit);
        cause = cause.reason == AUDIT_REASON_NONE ? find_obstacle(audit) : cause;
        cause = cause.reason == AUDIT_REASON_NONE ? find_turned_away(audit) : cause;
        cause = cause.reason == AUDIT_REASON_NONE ? find_unsteadiness(audit) : cause;
        cause = cause.reason == AUDIT_REASON_NONE ? find_unexplained(audit) : cause;
    }
    result->reason = cause.reason;
    result->detail = cause.detail.size > 0 || cause.reason == AUDIT_REASON_NONE
                         ? cause.detail
                         : text_slice(audit_reason_meaning(cause.reason));
    result->outcome = cause.reason == AUDIT_REASON_NONE ? AUDIT_CLEAN : AUDIT_INCONCLUSIVE;
    if (result->finding_count > 0) {
        result->outcome = AUDIT_FINDINGS;
    }
}
