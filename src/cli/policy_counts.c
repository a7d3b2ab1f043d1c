/* SPDX-License-Identifier: MIT */
#include "policy_counts.h"

#include <cors/server.h>

struct counting {
    struct policy_counts counts;
    const char *path; /* of the policy that the last origin was of */
};

static bool count_origin(void *context, cors_slice path, cors_slice entry) {
    struct counting *counting = context;
    (void)entry;
    counting->counts.origins++;
    counting->counts.policies += counting->path != path.data;
    counting->path = path.data;
    return true;
}

struct policy_counts policy_counts_of(const cors_policy *policy) {
    struct counting counting = {{0, 0}, NULL};
    cors_policy_each_origin(policy, count_origin, &counting);
    return counting.counts;
}
