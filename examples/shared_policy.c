/* SPDX-License-Identifier: MIT */
#include "shared_policy.h"

#include <stdlib.h>

static struct held_policy *offer(const cors_policy *policy) {
    struct held_policy *held = malloc(sizeof *held);
    if (held != NULL) {
        *held = (struct held_policy){policy, 1};
    }
    return held;
}

bool shared_policy_begin(struct shared_policy *shared, const cors_policy *policy,
                         void (*destroy)(const cors_policy *policy)) {
    *shared = (struct shared_policy){.current = offer(policy), .destroy = destroy};
    if (shared->current == NULL || pthread_mutex_init(&shared->lock, NULL) != 0) {
        free(shared->current);
        return false;
    }
    return true;
}

struct held_policy *shared_policy_hold(struct shared_policy *shared) {
    pthread_mutex_lock(&shared->lock);
    struct held_policy *held = shared->current;
    held->holders++;
    pthread_mutex_unlock(&shared->lock);
    return held;
}

void shared_policy_let_go(struct shared_policy *shared, struct held_policy *held) {
    pthread_mutex_lock(&shared->lock);
    bool last = --held->holders == 0;
    pthread_mutex_unlock(&shared->lock);
    if (last) {
        shared->destroy(held->policy);
        free(held);
    }
}

bool shared_policy_replace(struct shared_policy *shared, const cors_policy *policy) {
    struct held_policy *offered = offer(policy);
    if (offered == NULL) {
        return false;
    }
    pthread_mutex_lock(&shared->lock);
    struct held_policy *replaced = shared->current;
    shared->current = offered;
    pthread_mutex_unlock(&shared->lock);
    shared_policy_let_go(shared, replaced);
    return true;
}

void shared_policy_end(struct shared_policy *shared) {
    shared_policy_let_go(shared, shared->current);
    pthread_mutex_destroy(&shared->lock);
}
