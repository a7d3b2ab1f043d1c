/* SPDX-License-Identifier: MIT */
/*
 * An immutable set of texts inside a block: origins, patterns, methods and header names are all
 * found here, in time that depends on the text and not on how many there are.
 *
 * The texts lie in buckets by their hash, each bucket's records one after the other, so that a
 * look-up reads two places in memory, and mostly one where there is nothing to be found. No crafted
 * choice of names makes a bucket long: the seed comes from all the texts, and the builder takes
 * another until no bucket holds more than SET_BUCKET_MAX.
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
    uint64_t sizes;        /* bit n: some head has n bytes, modulo 64 */
    uint32_t buckets;      /* offset of struct set_bucket[bucket_count + 1] */
    uint32_t bucket_count; /* at least 1 */
    uint32_t count;        /* how many texts */
    uint32_t longest;      /* size of the longest head or tail */
};

/* Where the records of a bucket begin, which end where the next one's begin. */
struct set_bucket {
    uint32_t records; /* offset */
    uint32_t tags;    /* bit n: some record has the tag n, modulo 32 */
};

/*
 * A text as it lies in the block: aligned to 2, head and tail behind each other, a zero at the end
 * where they are an odd number of bytes. With kind 0 the head alone is the key.
 */
struct set_record {
    uint16_t head_size;
    uint8_t kind;
    uint8_t tag; /* the low byte of the key's hash */
    uint16_t tail_size;
    char text[];
};

/* Neither head nor tail may be longer than their sizes in a record can say. */
enum { SET_TEXT_MAX = 0xffff };

/*
 * A fuller bucket makes the builder take another seed. With as many buckets as texts, a random
 * seed fills none of a million with more than 12 or so.
 */
enum { SET_BUCKET_MAX = 24 };

/*
 * The hash multiplies 64 by 64 bits and folds the product, in the manner of wyhash. The constants
 * have no ASCII byte, so that no text can cancel one and zero a product.
 */
#define SET_SALT_ONE UINT64_C(0xa0c9b7d3e5f1938d)
#define SET_SALT_TWO UINT64_C(0xe7d1a58fc3b99b97)
#define SET_SALT_THREE UINT64_C(0xb4d2f3a58ed19bc5)

static inline uint64_t word_mix(uint64_t left, uint64_t right) {
#if defined(__SIZEOF_INT128__) && !defined(__wasm__) && !defined(CORS_PORTABLE_MIX)
    __extension__ unsigned __int128 product = (unsigned __int128)left * right;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t left_low = (uint32_t)left;
    uint64_t left_high = left >> 32;
    uint64_t right_low = (uint32_t)right;
    uint64_t right_high = right >> 32;
    uint64_t low = left_low * right_low;
    uint64_t cross = left_high * right_low + (low >> 32);
    uint64_t other = left_low * right_high + (uint32_t)cross;
    uint64_t high = left_high * right_high + (cross >> 32) + (other >> 32);
    return ((other << 32) | (uint32_t)low) ^ high;
#endif
}

/* One step: sixteen bytes more. */
static inline uint64_t hash_step(uint64_t hash, const char *bytes, uint64_t salt) {
    return word_mix(load_8(bytes) ^ salt, load_8(bytes + 8) ^ hash);
}

/* Longer texts are read by turns of three steps that do not wait for one another. */
enum { HASH_TURN = 48 };

/* The hash so far after some turns. */
uint64_t cors_hash_turns(uint64_t seed, const char *bytes, size_t turns);

static inline uint64_t text_hash(uint64_t seed, cors_slice text) {
    const char *bytes = text.data;
    uint64_t hash = seed;
    uint64_t first = 0;
    uint64_t last = 0;
#ifndef __wasm__ /* which multiplies by halves, one after the other all the same */
    if (text.size > HASH_TURN) {
        size_t turns = (text.size - 1) / HASH_TURN;
        hash = cors_hash_turns(seed, bytes, turns);
        bytes += turns * HASH_TURN;
    }
#endif
    /* The last loads may overlap what was read before them; the size tells such texts apart. */
    if (text.size > 16) {
        const char *end = text.data + (text.size - 16);
        for (; bytes < end; bytes += 16) {
            hash = hash_step(hash, bytes, SET_SALT_ONE);
        }
        first = load_8(end);
        last = load_8(end + 8);
    } else if (text.size >= 8) {
        first = load_8(bytes);
        last = load_8(bytes + (text.size - 8));
    } else if (text.size >= 4) {
        first = load_4(bytes);
        last = load_4(bytes + (text.size - 4));
    } else if (text.size > 0) {
        first = (uint64_t)(uint8_t)bytes[0] << 16 | (uint64_t)(uint8_t)bytes[text.size / 2] << 8 |
                (uint8_t)bytes[text.size - 1];
    }
    return word_mix(first ^ SET_SALT_ONE, last ^ hash) + text.size * SET_SALT_TWO;
}
/* Of a hash its low half chooses the bucket by the upper bits; the lowest byte is the tag. */
static inline uint32_t hash_bucket(uint32_t hash, uint32_t bucket_count) {
    return (uint32_t)((uint64_t)hash * bucket_count >> 32);
}

static inline const struct set_bucket *set_bucket(const void *block, const struct cors_set *set,
                                                  uint32_t hash) {
    return (const struct set_bucket *)(const void *)((const char *)block + set->buckets) +
           hash_bucket(hash, set->bucket_count);
}

static inline bool bucket_has_tag(const struct set_bucket *bucket, uint32_t hash) {
    return (bucket->tags >> (hash % 32) & 1) != 0;
}

static inline const struct set_record *set_record_at(const void *block, uint32_t offset) {
    return (const struct set_record *)(const void *)((const char *)block + offset);
}

static inline const struct set_record *set_record_after(const struct set_record *record) {
    size_t size = offsetof(struct set_record, text) + record->head_size + record->tail_size;
    return (const struct set_record *)(const void *)((const char *)record + (size + size % 2));
}

/* Head size, kind and tag of a record as one number. */
static inline uint32_t set_record_mark(const struct set_record *record) {
    uint32_t mark;
    memcpy(&mark, record, sizeof mark);
    return mark;
}

static inline uint32_t set_mark_of(size_t head_size, uint8_t kind, uint32_t hash) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return (uint32_t)head_size << 16 | (uint32_t)kind << 8 | (uint8_t)hash;
#else
    return (uint32_t)head_size | (uint32_t)kind << 16 | hash << 24;
#endif
}

/* The hash of a key of any kind. */
static inline uint64_t key_hash(uint64_t seed, const struct set_key *key) {
    uint64_t hash = text_hash(seed ^ key->kind, key->head);
    return key->kind > SET_ANY_PORT ? text_hash(hash, key->tail) : hash;
}

/*
 * The record of a key of any kind, or NULL. What is made for the path of each request is inline
 * there; cors_set_find() is the same in one place.
 */
static inline const struct set_record *set_find(const void *block, const struct cors_set *set,
                                                const struct set_key *key) {
    cors_slice head = key->head;
    cors_slice tail = key->tail;
    /* An empty text becomes longer than any. */
    if (head.size - 1 >= set->longest || tail.size > set->longest ||
        (set->sizes >> (head.size % 64) & 1) == 0) {
        return NULL;
    }
    uint32_t hash = (uint32_t)key_hash(set->seed, key);
    const struct set_bucket *bucket = set_bucket(block, set, hash);
    if (!bucket_has_tag(bucket, hash)) {
        return NULL;
    }
    const struct set_record *record = set_record_at(block, bucket[0].records);
    const struct set_record *end = set_record_at(block, bucket[1].records);
    uint32_t mark = set_mark_of(head.size, key->kind, hash);
    for (; record < end; record = set_record_after(record)) {
        if (set_record_mark(record) == mark && bytes_equal(record->text, head.data, head.size) &&
            (key->kind <= SET_ANY_PORT ||
             (record->tail_size == tail.size &&
              bytes_equal(record->text + head.size, tail.data, tail.size)))) {
            return record;
        }
    }
    return NULL;
}

const struct set_record *cors_set_find(const void *block, const struct cors_set *set,
                                       const struct set_key *key);

static inline const struct set_record *
cors_set_find_text(const void *block, const struct cors_set *set, cors_slice text) {
    struct set_key key = {.head = text};
    return BUILT_FOR_SIZE ? cors_set_find(block, set, &key) : set_find(block, set, &key);
}

/* The hash of a key of any kind. */
uint64_t cors_key_hash(uint64_t seed, const struct set_key *key);

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
    uint32_t bucket_count;
    uint64_t seed;
    uint64_t record_size; /* bytes that the records of the keys that differ take */
    uint32_t *same_as;    /* count: the index of the first equal key, or its own */
    uint32_t *hashes;     /* count: the low half of each key's hash */
    uint32_t *order;      /* count: the keys' indexes, by bucket and then by position */
    uint32_t *starts;     /* bucket_count + 1: where each bucket's keys start in `order` */
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

/* Writes the set at `offset` of the block (a multiple of 8, all zero there). */
void cors_set_write(const struct set_plan *plan, void *block, uint32_t offset,
                    struct cors_set *set);

#endif
