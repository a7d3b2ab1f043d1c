/* SPDX-License-Identifier: MIT */
/* Taking a block that somebody else may have written: nothing in it is believed unread. */
#include "policy_open.h"

#include "policy_match.h"

bool cors_open_fail(struct block_reader *reader, uint64_t offset, cors_slice message) {
    reader->fault = (cors_block_fault){message, offset};
    return false;
}

bool cors_open_take(struct block_reader *reader, uint32_t offset, uint64_t size) {
    if (offset != reader->at) {
        return cors_open_fail(reader, reader->at,
                              CORS_SLICE("What is said to begin here lies elsewhere."));
    }
    if (size > reader->size - reader->at) {
        return cors_open_fail(reader, reader->at,
                              CORS_SLICE("What begins here goes past the end."));
    }
    reader->at += (size + 7) / 8 * 8;
    return true;
}

bool cors_open_text(struct block_reader *reader, struct block_text text, cors_slice *taken) {
    *taken = slice_of(reader->block + text.offset, text.size);
    return cors_open_take(reader, text.offset, text.size);
}

/* What a policy begins with; the size of what follows is known to be right. */
static bool check_head(struct block_reader *reader) {
    const cors_policy *head = (const cors_policy *)(const void *)reader->block;
    uint64_t summed = offsetof(cors_policy, checksum) + sizeof head->checksum;
    uint32_t magic_turned = 0x636f7273;
    if ((uintptr_t)reader->block % 8 != 0) {
        return cors_open_fail(reader, 0, CORS_SLICE("The block does not lie at a multiple of 8."));
    }
    if (reader->size >= sizeof head->magic && head->magic == magic_turned) {
        return cors_open_fail(reader, 0,
                              CORS_SLICE("It was compiled on a machine of another byte order."));
    }
    if (reader->size < sizeof *head || head->magic != POLICY_MAGIC) {
        return cors_open_fail(reader, 0, CORS_SLICE("This is no compiled policy."));
    }
    if (head->layout != POLICY_LAYOUT) {
        return cors_open_fail(reader, offsetof(cors_policy, layout),
                              CORS_SLICE("It was compiled by another version of libcors."));
    }
    if (head->size != reader->size || head->size % 8 != 0 || head->size > UINT32_MAX) {
        return cors_open_fail(reader, offsetof(cors_policy, size),
                              head->size > reader->size
                                  ? CORS_SLICE("It is cut short.")
                                  : CORS_SLICE("It has another length than it says."));
    }
    if (head->checksum !=
        cors_block_checksum(reader->block + summed, (size_t)(reader->size - summed))) {
        return cors_open_fail(reader, offsetof(cors_policy, checksum),
                              CORS_SLICE("The checksum is not that of the rest."));
    }
    return true;
}

/* Routes are found by a search: sorted by their literal parts, a prefix before an exact path. */
static bool check_order(struct block_reader *reader, const cors_policy *policy, uint32_t index) {
    const struct route *routes = policy_routes(policy);
    int order = slice_compare(policy_text(policy, routes[index - 1].path),
                              policy_text(policy, routes[index].path));
    bool ordered = order < 0 || (order == 0 && routes[index - 1].exact < routes[index].exact);
    return ordered || cors_open_fail(reader, routes[index].path.offset,
                                     CORS_SLICE("The policies' paths are not in order."));
}

static bool check_routes(struct block_reader *reader, const cors_policy *policy) {
    const struct route *routes = policy_routes(policy);
    for (uint32_t i = 0; i < policy->route_count; i++) {
        uint64_t parent = (uint64_t)policy->routes + i * sizeof *routes;
        if (!cors_open_route(reader, &routes[i]) || (i > 0 && !check_order(reader, policy, i))) {
            return false;
        }
        if (routes[i].parent != cors_route_parent(policy, i)) {
            return cors_open_fail(reader, parent + offsetof(struct route, parent),
                                  CORS_SLICE("This is not the policy's next shorter path."));
        }
    }
    return true;
}

static bool check_parts(struct block_reader *reader) {
    const cors_policy *policy = (const cors_policy *)(const void *)reader->block;
    cors_slice environment;
    reader->at = (sizeof *policy + 7) / 8 * 8;
    if (!cors_open_take(reader, policy->routes,
                        (uint64_t)policy->route_count * sizeof(struct route)) ||
        !cors_open_text(reader, policy->environment, &environment)) {
        return false;
    }
    if (environment.size == 0) {
        return cors_open_fail(reader, policy->environment.offset,
                              CORS_SLICE("The name of the environment is missing."));
    }
    if (!check_routes(reader, policy)) {
        return false;
    }
    return reader->at == reader->size ||
           cors_open_fail(reader, reader->at, CORS_SLICE("Nothing is said to begin here."));
}

cors_status cors_policy_open(const void *block, size_t size, const cors_policy **policy,
                             cors_block_fault *fault) {
    struct block_reader reader = {.block = block, .size = size};
    *policy = NULL;
    if (check_head(&reader) && check_parts(&reader)) {
        *policy = block;
        return CORS_OK;
    }
    if (fault != NULL) {
        *fault = reader.fault;
    }
    return CORS_INVALID;
}
