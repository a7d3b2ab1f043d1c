/* SPDX-License-Identifier: MIT */
/*
 * A policy that threads decide by while another thread replaces it.
 *
 * A policy itself never changes, so that any number of threads may read it. What takes care is its
 * end: it may go when the last request that was decided by it has used its decision, since that
 * points into the policy. Each request therefore holds the policy that it is decided by.
 */
#ifndef CORS_EXAMPLES_SHARED_POLICY_H
#define CORS_EXAMPLES_SHARED_POLICY_H

#include <cors/cors.h>
#include <pthread.h>

/* A policy, and how many hold it: each request that is decided by it, and who offers it to them. */
struct held_policy {
    const cors_policy *policy;
    size_t holders;
};

struct shared_policy {
    pthread_mutex_t lock; /* for `current`, and for all counts */
    struct held_policy *current;
    void (*destroy)(const cors_policy *policy);
};

/*
 * Offers a policy, which is given back with `destroy` when nobody holds it any longer. Returns
 * false without memory; the policy then stays the caller's.
 */
bool shared_policy_begin(struct shared_policy *shared, const cors_policy *policy,
                         void (*destroy)(const cors_policy *policy));

/* For one request: the policy in force. It lives until it is let go, whatever replaces it. */
struct held_policy *shared_policy_hold(struct shared_policy *shared);
void shared_policy_let_go(struct shared_policy *shared, struct held_policy *held);

/* Puts another policy into force, for requests that begin from now on. Returns as above. */
bool shared_policy_replace(struct shared_policy *shared, const cors_policy *policy);

/* To be called when no other thread uses it any longer. */
void shared_policy_end(struct shared_policy *shared);

#endif
