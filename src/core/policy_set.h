/* SPDX-License-Identifier: MIT */
/*
 * An immutable set of texts inside a block: origins, patterns, methods and header names are all
 * found here, in time that depends on the text and not on how many there are.
 *
 * The texts lie in buckets by their hash, each bucket's records one after the other, so that a
 * look-up reads two places in memory. No crafted choice of names makes a bucket long: the builder
 * takes another seed until none holds more than SET_BUCKET_MAX.
 */
#ifndef CORS_CORE_POLICY_SET_H
#define CORS_CORE_POLICY_SET_H

#include "bytes.h"

/* What a key is a text of. An exact text has kind 0; patterns add what they leave open. */
enum set_kind {
    SET_ANY_PORT = 1,  /* the port is left open */
    SET_ONE_LABEL = 2, /* between head and tail: one or more bytes, no dot */
    SET_ANY_DEPTH = 4, /* between head and tail: one or more bytes */
};

/* A text in two parts, as wide as a pattern needs; an exact text is all head. */
struct set_key {
    cors_slice head;
    cors_slice tail;
    uint8_t kind;
};

/* Offsets count from the start of the block that holds the set. */
struct cors_set {
    uint64_t seed;
    uint32_t buckets;     /* offset of bucket_count + 1 offsets of records */
    uint32_t bucket_mask; /* bucket_count - 1, a power of two less one */
    uint32_t count;       /* how many texts */
    uint32_t longest;     /* size of the longest head or tail */
};

/* A text as it lies in the block: aligned to 2, head and tail behind each other. */
struct set_record {
    uint16_t head_size;
    uint16_t tail_size;
    uint8_t kind;
    char text[];
};

/* Neither head nor tail may be longer than their sizes in a record can say. */
enum { SET_TEXT_MAX = 0xffff };

/*
 * A fuller bucket makes the builder take another seed. With as many buckets as texts, a random
 * seed fills none of a million with more than 12 or so.
 */
enum { SET_BUCKET_MAX = 24 };

/* The record of a key, or NULL. */
const struct set_record *cors_set_find(const void *block, const struct cors_set *set,
                                       struct set_key key);

/* The next record after `record` (the first after NULL), or NULL at the end. */
const struct set_record *cors_set_next(const void *block, const struct cors_set *set,
                                       const struct set_record *record);

/* The key of a record; it points into the block. */
struct set_key cors_set_record_key(const struct set_record *record);

/*
 * Building: plan, then write.
 *
 * A plan holds, for each of `count` keys, its bucket and which earlier key it equals.
 */
struct set_plan {
    const struct set_key *keys;
    uint32_t count;
    uint32_t unique; /* how many differ */
    uint32_t bucket_mask;
    uint64_t seed;
    uint64_t record_size; /* bytes that the records of the keys that differ take */
    uint32_t *same_as;    /* count: the index of the first equal key, or its own */
    uint32_t *order;      /* count: the keys' indexes, by bucket and then by position */
    uint32_t *starts;     /* bucket_mask + 2: where each bucket's keys start in `order` */
};

/*
 * Plans a set. The keys are borrowed until the plan is released.
 * Returns CORS_OK, CORS_NO_MEMORY, or CORS_TOO_LARGE where no seed spreads the texts.
 */
cors_status cors_set_plan(struct set_plan *plan, const struct set_key *keys, uint32_t count,
                          const cors_allocator *allocator);

/* Frees what the plan holds. A zeroed plan is fine. */
void cors_set_plan_release(struct set_plan *plan, const cors_allocator *allocator);

/* How many bytes of a block the set takes. */
uint64_t cors_set_plan_size(const struct set_plan *plan);

/* Writes the set at `offset` of the block (a multiple of 8). */
void cors_set_write(const struct set_plan *plan, void *block, uint32_t offset,
                    struct cors_set *set);

#endif
