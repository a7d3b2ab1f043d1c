/* SPDX-License-Identifier: MIT */
/*
 * Asks one target: hands the inference's requests to the pool and their answers back, with
 * manners. The first request goes alone, and no other follows where it reaches no server; what is
 * cut off is tried once more; a server that wants to be left alone is, and is then asked one
 * request at a time.
 */
#ifndef CORS_CLI_AUDIT_ASKER_H
#define CORS_CLI_AUDIT_ASKER_H

#include "audit.h"
#include "probe_pool.h"

struct audit_asker;

enum audit_question_state { AUDIT_PENDING, AUDIT_UNDER_WAY, AUDIT_ANSWERED };

struct audit_question {
    struct audit_asker *asker;
    size_t number; /* of the round's request */
    enum audit_question_state state;
    bool repeated;  /* it was cut off before */
    unsigned waits; /* how often the target was waited for when it was sent */
};

struct audit_asker {
    /* Set by the caller. */
    probe_pool *pool;
    struct audit *audit;
    const struct audit_target *target;
    void (*finished)(struct audit_asker *asker); /* called once, from probe_pool_wait() too */
    void *context;                               /* of the caller's */
    unsigned long long *sent_all;                /* counts the requests of all askers */

    /* The asker's own; `sent` is how many requests went out, repeats included. */
    const struct audit_request *round;
    size_t round_size;
    struct audit_question questions[AUDIT_ROUND_MAX];
    size_t under_way;
    size_t answered;
    unsigned sent;
    unsigned waits;             /* for which it asked */
    unsigned row;               /* of them, in a row */
    long waited;                /* seconds in all */
    unsigned timeouts;          /* in a row */
    bool begun;                 /* its first request got an answer, or failed as others need not */
    enum audit_reason trouble;  /* the last */
    enum audit_reason given_up; /* AUDIT_REASON_NONE: not; else why nothing more is sent */
    char sentence[PROBE_SENTENCE_MAX];
};

/* Begins to ask, all else zeroed; finished() may be called before it returns. */
void audit_asker_begin(struct audit_asker *asker);

#endif
