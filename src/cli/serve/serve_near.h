/* SPDX-License-Identifier: MIT */
/*
 * Which near misses a gateway says: each answer is worked out once and remembered, some are said
 * each second, and the rest is counted, so that a flood of made-up origins costs next to nothing.
 */
#ifndef CORS_SERVE_NEAR_H
#define CORS_SERVE_NEAR_H

#include <cors/policy.h>
#include <stdint.h>
#include <stdio.h>

enum { SERVE_NEAR_REMEMBERED_MAX = 1024, SERVE_NEAR_A_SECOND_MAX = 10 };

struct serve_near;

/* Returns NULL without memory. */
struct serve_near *serve_near_create(void);

void serve_near_destroy(struct serve_near *near);

/* The policy that is in force from now on; borrowed. What was remembered is forgotten. */
void serve_near_set_policy(struct serve_near *near, const cors_policy *policy);

/*
 * The near miss of an origin that was denied on a path, in words; NULL where there is none, or
 * where it is only counted. Lives until the next call. `now` is in milliseconds.
 */
const char *serve_near_words(struct serve_near *near, cors_slice path, cors_slice origin,
                             int64_t now);

/* When serve_near_take_count() has something to say; 0: never. */
int64_t serve_near_due(const struct serve_near *near);

/* How many denials since the last call were counted only; to be said. */
uint64_t serve_near_take_count(struct serve_near *near);

#endif
