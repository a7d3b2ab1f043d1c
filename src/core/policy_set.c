/* SPDX-License-Identifier: MIT */
#include "policy_set.h"

static uint64_t rotate(uint64_t word, unsigned bits) {
    return word << bits | word >> (64 - bits);
}

/*
 * All three lanes begin with the seed, and a text can be crafted so that two of them are equal
 * whatever it is: they are turned before they are joined, so that these do not cancel each other.
 */
uint64_t cors_hash_turns(uint64_t seed, const char *bytes, size_t turns) {
    uint64_t first = seed;
    uint64_t second = seed;
    uint64_t third = seed;
    for (; turns > 0; turns--, bytes += HASH_TURN) {
        first = hash_step(first, bytes, SET_SALT_ONE);
        second = hash_step(second, bytes + 16, SET_SALT_TWO);
        third = hash_step(third, bytes + 32, SET_SALT_THREE);
    }
    return first ^ rotate(second, 21) ^ rotate(third, 42);
}

uint64_t cors_key_hash(uint64_t seed, const struct set_key *key) {
    return key_hash(seed, key);
}

static bool key_equals(const struct set_key *left, const struct set_key *right) {
    return left->kind == right->kind && slice_equals(left->head, right->head) &&
           slice_equals(left->tail, right->tail);
}

static size_t record_size(size_t text_size) {
    size_t size = offsetof(struct set_record, text) + text_size;
    return size + size % 2;
}

struct set_key cors_set_record_key(const struct set_record *record) {
    return (struct set_key){slice_of(record->text, record->head_size),
                            slice_of(record->text + record->head_size, record->tail_size),
                            record->kind};
}

static uint32_t record_offset(const void *block, const struct set_record *record) {
    return (uint32_t)((const char *)record - (const char *)block);
}

const struct set_record *cors_set_find(const void *block, const struct cors_set *set,
                                       const struct set_key *key) {
    return set_find(block, set, key);
}

const struct set_record *cors_set_next(const void *block, const struct cors_set *set,
                                       const struct set_record *record) {
    const struct set_bucket *buckets = set_bucket(block, set, 0);
    const struct set_record *next =
        record == NULL ? set_record_at(block, buckets[0].records) : set_record_after(record);
    return record_offset(block, next) < buckets[set->bucket_count].records ? next : NULL;
}

static uint32_t bucket_of(const struct set_plan *plan, uint32_t index) {
    return hash_bucket(plan->hashes[index], plan->bucket_count);
}

/* Counting sort of the keys by bucket. */
static void group_by_bucket(struct set_plan *plan) {
    uint32_t *starts = plan->starts;
    memset(starts, 0, ((size_t)plan->bucket_count + 1) * sizeof *starts);
    for (uint32_t i = 0; i < plan->count; i++) {
        starts[bucket_of(plan, i)]++;
    }
    for (uint32_t b = 0; b < plan->bucket_count; b++) {
        starts[b + 1] += starts[b];
    }
    /* Each bucket's end is known; filled from the back, it becomes the bucket's start. */
    for (uint32_t i = plan->count; i-- > 0;) {
        plan->order[--starts[bucket_of(plan, i)]] = i;
    }
}

/* Finds equal keys, which share a bucket. Returns false where a bucket holds too many others. */
static bool find_equal_keys(struct set_plan *plan) {
    const struct set_key *keys = plan->keys;
    plan->unique = 0;
    for (uint32_t b = 0; b < plan->bucket_count; b++) {
        uint32_t different[SET_BUCKET_MAX];
        uint32_t known = 0;
        for (uint32_t at = plan->starts[b]; at < plan->starts[b + 1]; at++) {
            uint32_t index = plan->order[at];
            uint32_t i = 0;
            while (i < known && (plan->hashes[different[i]] != plan->hashes[index] ||
                                 !key_equals(&keys[different[i]], &keys[index]))) {
                i++;
            }
            if (i < known) {
                plan->same_as[index] = different[i];
                continue;
            }
            if (known == SET_BUCKET_MAX) {
                return false;
            }
            different[known++] = index;
            plan->same_as[index] = index;
        }
        plan->unique += known;
    }
    return true;
}

/*
 * A seed that nobody knows who does not know all the keys, and nobody chooses who does: a last key
 * can be crafted so that its hash is the same after any others, which are therefore kept beside it.
 */
static uint64_t seed_of(const struct set_key *keys, uint32_t count) {
    uint64_t seed = SET_SALT_TWO;
    for (uint32_t i = 0; i < count; i++) {
        seed = cors_key_hash(seed, &keys[i]) ^ rotate(seed, 1);
    }
    return seed;
}

/* Tries one seed. */
static bool spread_keys(struct set_plan *plan) {
    for (uint32_t i = 0; i < plan->count; i++) {
        plan->hashes[i] = (uint32_t)cors_key_hash(plan->seed, &plan->keys[i]);
    }
    group_by_bucket(plan);
    return find_equal_keys(plan);
}

static void measure_records(struct set_plan *plan) {
    for (uint32_t i = 0; i < plan->count; i++) {
        if (plan->same_as[i] == i) {
            plan->record_size += record_size(plan->keys[i].head.size + plan->keys[i].tail.size);
        }
    }
}

cors_status cors_set_plan(struct set_plan *plan, const struct set_key *keys, uint32_t count,
                          const cors_allocator *allocator) {
    enum { SEEDS_TRIED = 16 }; /* one too full in a million; sixteen never are */
    uint32_t bucket_count = count == 0 ? 1 : count;
    *plan = (struct set_plan){.keys = keys, .count = count, .bucket_count = bucket_count};
    void *context = allocator->context;
    uint32_t **arrays[] = {&plan->same_as, &plan->hashes, &plan->order, &plan->starts};
    cors_status status = CORS_TOO_LARGE;
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        *arrays[i] = allocator->allocate(context, ((size_t)bucket_count + 1) * sizeof(uint32_t));
        status = *arrays[i] == NULL ? CORS_NO_MEMORY : status;
    }
    uint64_t seed = seed_of(keys, count);
    for (uint64_t try = 1; try <= SEEDS_TRIED && status == CORS_TOO_LARGE; try++) {
        plan->seed = word_mix(seed ^ try, SET_SALT_ONE);
        status = spread_keys(plan) ? CORS_OK : CORS_TOO_LARGE;
    }
    if (status == CORS_OK) {
        measure_records(plan);
    } else {
        cors_set_plan_release(plan, allocator);
    }
    return status;
}

void cors_set_plan_release(struct set_plan *plan, const cors_allocator *allocator) {
    allocator->release(allocator->context, plan->same_as);
    allocator->release(allocator->context, plan->hashes);
    allocator->release(allocator->context, plan->order);
    allocator->release(allocator->context, plan->starts);
    *plan = (struct set_plan){.keys = NULL};
}

static uint64_t bucket_bytes(const struct set_plan *plan) {
    return ((uint64_t)plan->bucket_count + 1) * sizeof(struct set_bucket);
}

uint64_t cors_set_plan_size(const struct set_plan *plan) {
    uint64_t size = bucket_bytes(plan) + plan->record_size;
    return (size + 7) / 8 * 8;
}

static uint32_t write_record(const struct set_plan *plan, uint32_t index, char *to) {
    const struct set_key *key = &plan->keys[index];
    struct set_record record = {(uint16_t)key->head.size, key->kind, (uint8_t)plan->hashes[index],
                                (uint16_t)key->tail.size};
    memcpy(to, &record, offsetof(struct set_record, text));
    to += offsetof(struct set_record, text);
    memcpy(to, key->head.data, key->head.size);
    if (key->tail.size > 0) {
        memcpy(to + key->head.size, key->tail.data, key->tail.size);
    }
    return (uint32_t)record_size(key->head.size + key->tail.size);
}

static uint32_t larger(uint32_t one, size_t other) {
    return other > one ? (uint32_t)other : one;
}

void cors_set_write(const struct set_plan *plan, void *block, uint32_t offset,
                    struct cors_set *set) {
    *set = (struct cors_set){.seed = plan->seed,
                             .buckets = offset,
                             .bucket_count = plan->bucket_count,
                             .count = plan->unique};
    struct set_bucket *buckets = (struct set_bucket *)(void *)((char *)block + offset);
    uint32_t at = offset + (uint32_t)bucket_bytes(plan);
    for (uint32_t b = 0; b < plan->bucket_count; b++) {
        buckets[b].records = at;
        for (uint32_t i = plan->starts[b]; i < plan->starts[b + 1]; i++) {
            uint32_t index = plan->order[i];
            const struct set_key *key = &plan->keys[index];
            if (plan->same_as[index] != index) {
                continue;
            }
            buckets[b].tags |= UINT32_C(1) << (plan->hashes[index] % 32);
            at += write_record(plan, index, (char *)block + at);
            set->longest = larger(larger(set->longest, key->head.size), key->tail.size);
            set->sizes |= UINT64_C(1) << (key->head.size % 64);
        }
    }
    buckets[plan->bucket_count].records = at;
}
