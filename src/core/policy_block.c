/* SPDX-License-Identifier: MIT */
/* What both who writes a block and who opens one that came from elsewhere go by. */
#include "policy_block.h"

size_t cors_policy_size(const cors_policy *policy) {
    return (size_t)policy->size;
}

static uint64_t fold_word(uint64_t lane, const char *bytes) {
    /* Each step can be undone, so no difference that a word made is lost in its lane. */
    const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t product = (lane ^ load_8(bytes)) * factor;
    return product << 29 | product >> 35;
}

/* Two lanes, since a processor multiplies one while the other waits. */
uint64_t cors_block_checksum(const char *bytes, size_t size) {
    uint64_t even = SET_SALT_ONE ^ size;
    uint64_t odd = SET_SALT_TWO;
    for (; size >= 16; size -= 16, bytes += 16) {
        even = fold_word(even, bytes);
        odd = fold_word(odd, bytes + 8);
    }
    if (size > 0) {
        even = fold_word(even, bytes);
    }
    /* A last step for both, so that the last words reach all bits too. */
    even ^= odd << 32 | odd >> 32;
    even *= UINT64_C(0xd6e8feb86659fd93);
    return even ^ even >> 32;
}

cors_slice cors_policy_environment(const cors_policy *policy) {
    return policy_text(policy, policy->environment);
}

uint64_t cors_policy_checksum(const cors_policy *policy) {
    return policy->checksum;
}

uint32_t cors_route_parent(const cors_policy *policy, uint32_t index) {
    const struct route *routes = policy_routes(policy);
    cors_slice path = policy_text(policy, routes[index].path);
    uint32_t parent = index == 0 ? ROUTE_NONE : index - 1;
    while (parent != ROUTE_NONE &&
           !slice_starts_with(path, policy_text(policy, routes[parent].path))) {
        parent = routes[parent].parent;
    }
    return parent;
}
