/* SPDX-License-Identifier: MIT */
/* How much there is in a policy, for the line that tells people about it. */
#ifndef CORS_CLI_POLICY_COUNTS_H
#define CORS_CLI_POLICY_COUNTS_H

#include <cors/policy.h>

struct policy_counts {
    uint64_t origins;
    uint64_t policies; /* that have origins */
};

struct policy_counts policy_counts_of(const cors_policy *policy);

#endif
