/* SPDX-License-Identifier: MIT */
/*
 * The compiled policy: one block, without pointers, so that it may be copied, shared or mapped.
 *
 *     struct cors_policy | struct route[] | per route: sets, struct shape[], texts
 *
 * All offsets count from the start of the block; all parts are aligned to 8.
 */
#ifndef CORS_CORE_POLICY_BLOCK_H
#define CORS_CORE_POLICY_BLOCK_H

#include <cors/policy.h>

#include "policy_set.h"

/* Bytes of the block. */
struct block_text {
    uint32_t offset;
    uint32_t size;
};

/*
 * What patterns of one form have in common: where a host is cut to look it up as such a pattern.
 * "https://pr-*.preview.example.com" has a prefix of 3 bytes ("pr-") and a tail that starts 3 dots
 * from the right, 0 bytes before the dot. A policy has few shapes, however many patterns it has.
 */
struct shape {
    uint16_t prefix;     /* bytes of the host before the wildcard */
    uint16_t dots;       /* dots in the host after the wildcard */
    uint16_t before_dot; /* bytes between the wildcard and the first of those dots, or the end */
    uint16_t tail_max;   /* the longest host part after the wildcard */
    uint8_t kind;        /* bits of enum set_kind */
};

/* A host has at most 253 bytes, so at most as many dots; a pattern's tail has less. */
enum { HOST_MAX = 253, SHAPE_DOTS_MAX = HOST_MAX };

/* A policy of the file: its path, and what it answers. */
struct route {
    struct block_text path; /* the literal part */
    uint32_t parent;        /* index of the route with the longest literal that begins this one */
    bool exact;             /* the path as a whole; else a prefix */
    bool any_origin;        /* a public policy: * without credentials */
    bool credentials;
    bool any_method;
    bool any_header;
    bool any_port; /* some exact origin leaves the port open */
    uint16_t preflight_status;
    uint16_t dots_max; /* the most dots that a shape counts */
    uint32_t shapes;   /* offset of struct shape[shape_count] */
    uint32_t shape_count;
    struct cors_set origins;
    struct cors_set methods;
    struct cors_set headers; /* names in lower case */
    struct block_text allow_methods;
    struct block_text allow_headers;
    struct block_text expose_headers;
    struct block_text max_age; /* empty: not set */
};

/* In place of a route's index. */
#define ROUTE_NONE UINT32_MAX

/* "cors" as the first four bytes, and the version of this layout. */
enum { POLICY_MAGIC = 0x73726f63, POLICY_LAYOUT = 1 };

struct cors_policy {
    uint32_t magic;
    uint32_t layout;
    uint64_t size;
    uint32_t route_count;
    uint32_t routes; /* offset of struct route[route_count], sorted by path, prefixes first */
};

static inline const struct route *policy_routes(const cors_policy *policy) {
    return (const struct route *)(const void *)((const char *)policy + policy->routes);
}

static inline const struct shape *route_shapes(const cors_policy *policy,
                                               const struct route *route) {
    return (const struct shape *)(const void *)((const char *)policy + route->shapes);
}

static inline cors_slice policy_text(const cors_policy *policy, struct block_text text) {
    return slice_of((const char *)policy + text.offset, text.size);
}

#endif
