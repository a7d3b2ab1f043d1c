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
    struct shape *shapes; /* by their dots and kind */
    uint32_t count;
    struct set_plan anchors;
    struct anchored *items; /* the patterns that are found by an anchor */
    struct set_key *keys;   /* of the anchors: the hash, and as tail a list of forms */
    struct form *forms;     /* of these lists */
};

/* Plans the shapes and anchors of a draft's origins, whose plan is made. */
cors_status cors_shapes_plan(struct shape_plan *plan, const struct draft *draft,
                             const cors_allocator *memory);

void cors_shapes_release(struct shape_plan *plan, const cors_allocator *memory);

#endif
