/* SPDX-License-Identifier: MIT */
/* The entries of a policy by host and by site, to look up what resembles an origin. */
#ifndef CORS_SERVE_ORIGINS_H
#define CORS_SERVE_ORIGINS_H

#include <cors/policy.h>

/* The most entries that one look-up returns. */
enum { SERVE_ORIGINS_FOUND_MAX = 8 };

struct serve_origins;

/* Reads all entries of a policy once. Returns NULL without memory. */
struct serve_origins *serve_origins_create(const cors_policy *policy);

void serve_origins_destroy(struct serve_origins *origins);

/*
 * Finds entries for a policy path (as cors_policy_find_path() has it) whose host is written so,
 * wildcard included: "app.example.com", "*.example.com".
 * Writes at most SERVE_ORIGINS_FOUND_MAX entries to `found` and returns how many; they live as
 * long as `origins`.
 */
size_t serve_origins_by_host(const struct serve_origins *origins, cors_slice path, cors_slice host,
                             cors_slice *found);

/* The same for entries of the site (the registrable domain) that a host belongs to. */
size_t serve_origins_by_site(const struct serve_origins *origins, cors_slice path, cors_slice host,
                             cors_slice *found);

/* The host of an entry or an origin, with brackets or wildcard; empty where it has none. */
cors_slice serve_origin_host(cors_slice origin);

#endif
