/* SPDX-License-Identifier: MIT */
/* What a route's patterns are looked up by: shapes, and anchors where shapes would be too many. */
#ifndef CORS_CORE_POLICY_SHAPES_H
#define CORS_CORE_POLICY_SHAPES_H

#include "policy_builder.h"

/*
 * An anchor is a pattern without its form: "https://pr-*-x.example.com" has the anchor
 * "https://" ".example.com", all that stands left and right of the wildcard's label. Its hash, by
 * the seed of the route's origins, is a key of the route's anchors.
 */
struct anchored {
    uint64_t hash;
    struct form form;
};

struct shape_plan {
    struct array shapes; /* struct shape, by their dots */
    struct set_plan anchors;
    struct anchored *items; /* the patterns that are found by an anchor */
    struct set_key *keys;   /* theirs: the hash, and in one of equal keys the list of forms */
};

/* Plans the shapes and anchors of a draft's origins, whose plan is made. */
cors_status cors_shapes_plan(struct shape_plan *plan, cors_builder *builder,
                             const struct draft *draft);

void cors_shapes_release(struct shape_plan *plan, const cors_allocator *memory);

#endif
