/* SPDX-License-Identifier: MIT */
/*
 * The compiled policy: one block, without pointers, so that it may be copied, shared or mapped.
 *
 *     struct cors_policy | struct route[] | environment | per route: texts, struct shape[], sets
 *
 * All offsets count from the start of the block; all parts are aligned to 8. Every member has a
 * fixed width, and no structure has room between its members, so that the same input makes the
 * same bytes and a block can be written to a file as it is.
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
 * How many bytes stand between a wildcard and the dots, or ends of the host, around it. Of
 * "https://a.pr-*-x.example.com", where it is a part of one label: 3 of the label before it, 2
 * behind it. Of "https://a.b.*.example.com", where it takes any number of labels: the 4 of the host
 * before it, and 0.
 */
struct form {
    uint8_t left;
    uint8_t right;
};

/* More forms than these are asked for only where an anchor says so: see struct route. */
enum { SHAPE_FORMS_MAX = 6 };

/*
 * What patterns have in common that are looked up alike: how many dots follow the wildcard in the
 * host, and their kind. A host of n dots is looked up by shapes of at most n, and a policy has few
 * shapes for each number of dots, however many patterns it has.
 */
struct shape {
    uint64_t sizes;     /* bit n: what follows the wildcard's label has n bytes, modulo 64 */
    uint8_t dots;       /* 0: nothing follows the label */
    uint8_t kind;       /* bits of enum set_kind */
    uint8_t form_count; /* of forms */
    uint8_t anchored;   /* 0 or 1: more forms are in the route's anchors */
    struct form forms[SHAPE_FORMS_MAX];
};

/* A host has at most 253 bytes, so at most as many dots; a pattern's tail has less. */
enum { HOST_MAX = 253, SHAPE_DOTS_MAX = HOST_MAX };

/* A policy of the file: its path, and what it answers. */
struct route {
    struct block_text path; /* the literal part */
    uint32_t parent;        /* index of the route with the longest literal that begins this one */
    uint32_t shapes;        /* offset of struct shape[shape_count], by their dots */
    uint32_t shape_count;
    uint16_t preflight_status;
    uint8_t exact;      /* 0 or 1, as all to any_port: the path as a whole; else a prefix */
    uint8_t any_origin; /* a public policy: * without credentials */
    uint8_t credentials;
    uint8_t any_method;
    uint8_t any_header;
    uint8_t any_port; /* some origin without a wildcard leaves the port open */
    uint8_t dots_max; /* the most dots that a shape counts */
    uint8_t reserved[3];
    struct cors_set origins;
    /*
     * The forms that patterns have under one parent, where a shape has more than it can name: by
     * the hash of an anchor (see policy_shapes.h), whose tail is a list of struct form.
     */
    struct cors_set anchors;
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
enum { POLICY_MAGIC = 0x73726f63, POLICY_LAYOUT = 2 };

struct cors_policy {
    uint32_t magic;
    uint32_t layout;
    uint64_t size;     /* of the whole block, a multiple of 8 */
    uint64_t checksum; /* cors_block_checksum() of all that follows this member */
    uint32_t route_count;
    uint32_t routes; /* offset of struct route[route_count], sorted by path, prefixes first */
    struct block_text environment; /* the one that it was compiled for */
};

_Static_assert(sizeof(struct shape) == 24 && sizeof(struct route) == 192 &&
                   sizeof(struct cors_set) == 32 && sizeof(struct cors_policy) == 40,
               "no room between members, and the same layout everywhere");

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

/*
 * The sum that a block holds over the bytes behind it, which tells a damaged file from a whole one.
 * It keeps nobody from writing a sum that fits. `size` is a multiple of 8. Any change within one
 * aligned word of eight bytes changes the sum, whatever else the bytes are.
 */
uint64_t cors_block_checksum(const char *bytes, size_t size);

/*
 * The nearest route before one whose literal part begins that one's, or ROUTE_NONE; the routes
 * before it have their parents. For all routes together linear in the size of their paths.
 */
uint32_t cors_route_parent(const cors_policy *policy, uint32_t index);

#endif
