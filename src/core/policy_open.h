/* SPDX-License-Identifier: MIT */
/* What makes a block trustworthy that came from elsewhere: cors_policy_open() in its parts. */
#ifndef CORS_CORE_POLICY_OPEN_H
#define CORS_CORE_POLICY_OPEN_H

#include "policy_block.h"

/*
 * A block while it is read. Its parts must lie one behind the other as the compiler writes them, so
 * that none lies in another or outside: all the work together is then linear in the block's size.
 */
struct block_reader {
    const char *block;
    uint64_t size;
    uint64_t at; /* where the next part must begin; a multiple of 8 */
    cors_block_fault fault;
};

/* Notes what is wrong, and where. Returns false. */
bool cors_open_fail(struct block_reader *reader, uint64_t offset, cors_slice message);

/* Takes the next part. Returns false where it lies elsewhere or goes past the end. */
bool cors_open_take(struct block_reader *reader, uint32_t offset, uint64_t size);

/* Takes a text that is the next part. */
bool cors_open_text(struct block_reader *reader, struct block_text text, cors_slice *taken);

/*
 * Takes a set that is the next part: each record where its hash says, none larger than the set
 * says, and sound in the eyes of `check`, which says in a sentence what is wrong.
 */
bool cors_open_set(struct block_reader *reader, const struct cors_set *set,
                   bool (*check)(void *context, struct set_key key, cors_slice *fault),
                   void *context);

/* Takes all that belongs to a route. */
bool cors_open_route(struct block_reader *reader, const struct route *route);

/* Takes the shapes, origins and anchors of a route. */
bool cors_open_origins(struct block_reader *reader, const struct route *route);

#endif
