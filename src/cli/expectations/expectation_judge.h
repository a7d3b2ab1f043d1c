/* SPDX-License-Identifier: MIT */
/* Judges expectations: each call is played through the browsers' half against a server. */
#ifndef CORS_CLI_EXPECTATION_JUDGE_H
#define CORS_CLI_EXPECTATION_JUDGE_H

#include "expectation.h"
#include "policy_transport.h"
#include "probe.h"

enum expectation_verdict {
    EXPECTATION_HOLDS,
    EXPECTATION_UNSENT, /* not judged: its request could change something */
    EXPECTATION_FAILS,
    EXPECTATION_NETWORK,
};

enum { EXPECTATION_FAILURES_MAX = 4 };

/* One way in which an expectation does not hold. */
struct expectation_failure {
    unsigned browsers; /* a bit for each cors_browser */
    const char *code;
    cors_slice call; /* "PUT /api/x" */
    cors_slice cause;
    cors_slice fix;
    cors_slice exchange;  /* a line for each message */
    cors_slice preflight; /* what made it necessary; empty: none was */
};

struct expectation_judgement {
    enum expectation_verdict verdict;
    struct expectation_failure failures[EXPECTATION_FAILURES_MAX];
    size_t failure_count;
    cors_slice preflight; /* of the last call */
};

/* Against what, and how. One of `policy` and `session` is there. */
struct expectation_court {
    struct keep *keep;
    unsigned browsers;
    const cors_policy *policy;
    cors_slice environment;
    cors_slice policy_file;
    probe_session *session;
    cors_slice base; /* without a slash at its end */
    bool sends;
    const struct expectation_file *file;
    struct policy_transport transport;
};

void expectation_judge(struct expectation_court *court, const struct expectation *expectation,
                       struct expectation_judgement *judgement);

#endif
