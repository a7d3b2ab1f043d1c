/* SPDX-License-Identifier: MIT */
/* Finding a path's route and an origin's entry in a compiled policy. */
#ifndef CORS_CORE_POLICY_MATCH_H
#define CORS_CORE_POLICY_MATCH_H

#include <cors/origin.h>

#include "policy_block.h"

/* A serialized origin and where its parts end. */
struct origin_cut {
    cors_slice text;   /* the whole of it */
    size_t host_start; /* after "://" */
    size_t host_end;   /* the port, with its colon, follows */
};

/* Cuts an origin that cors_origin_parse() took apart. */
struct origin_cut cors_origin_cut(cors_slice text, const cors_origin *origin);

/*
 * The route of a path: the one with the longest literal part that matches, an exact path before
 * a prefix of the same length. NULL where there is none, or where `policy` is NULL.
 */
const struct route *cors_route_find(const cors_policy *policy, cors_slice path);

/* The path of a route as a file has it, with the * of a prefix. */
cors_slice cors_route_path(const cors_policy *policy, const struct route *route);

/*
 * The first entry of a route's origins that leaves something open and allows an origin, other than
 * `except` (NULL for any, which is asked for requests); NULL where none does. An exact entry is
 * cors_set_find_text()'s to find.
 */
const struct set_record *cors_route_match_open(const cors_policy *policy, const struct route *route,
                                               const struct origin_cut *origin,
                                               const struct set_record *except);

/* Writes an entry as files have it; `buffer` has CORS_ENTRY_MAX bytes. Returns the text. */
cors_slice cors_entry_write(struct set_key entry, char *buffer);

#endif
