/* SPDX-License-Identifier: MIT */
#include "policy_set.h"

/*
 * The hash multiplies 64 by 64 bits and folds the product, in the manner of wyhash. The constants
 * have no ASCII byte, so that no text can cancel one and zero a product.
 */
static const uint64_t salt_one = UINT64_C(0xa0c9b7d3e5f1938d);
static const uint64_t salt_two = UINT64_C(0xe7d1a58fc3b99b97);

static uint64_t mix(uint64_t left, uint64_t right) {
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

static uint64_t hash_slice(uint64_t seed, cors_slice text) {
    uint64_t hash = seed ^ mix(salt_one, text.size ^ salt_two);
    const char *bytes = text.data;
    size_t left = text.size;
    for (; left > 16; left -= 16, bytes += 16) {
        hash = mix(load_8(bytes) ^ salt_one, load_8(bytes + 8) ^ hash);
    }
    /* The rest, by loads that may overlap. */
    uint64_t first = 0;
    uint64_t last = 0;
    if (left >= 8) {
        first = load_8(bytes);
        last = load_8(bytes + left - 8);
    } else if (left >= 4) {
        first = load_4(bytes);
        last = load_4(bytes + left - 4);
    } else if (left > 0) {
        first = (uint64_t)(uint8_t)bytes[0] << 16 | (uint64_t)(uint8_t)bytes[left / 2] << 8 |
                (uint8_t)bytes[left - 1];
    }
    return mix(first ^ salt_one, last ^ hash);
}

static uint64_t hash_key(uint64_t seed, const struct set_key *key) {
    uint64_t hash = hash_slice(seed ^ key->kind, key->head);
    return key->kind > SET_ANY_PORT ? hash_slice(hash, key->tail) : hash;
}

static bool key_equals(const struct set_key *left, const struct set_key *right) {
    return left->kind == right->kind && slice_equals(left->head, right->head) &&
           slice_equals(left->tail, right->tail);
}

static size_t record_size(size_t text_size) {
    size_t size = offsetof(struct set_record, text) + text_size;
    return size + size % 2;
}

static const struct set_record *record_at(const void *block, uint32_t offset) {
    return (const struct set_record *)(const void *)((const char *)block + offset);
}

static const uint32_t *buckets_of(const void *block, const struct cors_set *set) {
    return (const uint32_t *)(const void *)((const char *)block + set->buckets);
}

struct set_key cors_set_record_key(const struct set_record *record) {
    return (struct set_key){slice_of(record->text, record->head_size),
                            slice_of(record->text + record->head_size, record->tail_size),
                            record->kind};
}

static uint32_t record_offset(const void *block, const struct set_record *record) {
    return (uint32_t)((const char *)record - (const char *)block);
}

static const struct set_record *record_after(const struct set_record *record) {
    size_t size = record_size((size_t)record->head_size + record->tail_size);
    return (const struct set_record *)(const void *)((const char *)record + size);
}

static bool record_is(const struct set_record *record, const struct set_key *key) {
    return record->head_size == key->head.size && record->tail_size == key->tail.size &&
           record->kind == key->kind && memcmp(record->text, key->head.data, key->head.size) == 0 &&
           (key->tail.size == 0 ||
            memcmp(record->text + key->head.size, key->tail.data, key->tail.size) == 0);
}

const struct set_record *cors_set_find(const void *block, const struct cors_set *set,
                                       struct set_key key) {
    if (key.head.size == 0 || key.head.size > set->longest || key.tail.size > set->longest) {
        return NULL;
    }
    const uint32_t *bucket =
        buckets_of(block, set) + (hash_key(set->seed, &key) & set->bucket_mask);
    const struct set_record *record = record_at(block, bucket[0]);
    const struct set_record *end = record_at(block, bucket[1]);
    for (; record < end; record = record_after(record)) {
        if (record_is(record, &key)) {
            return record;
        }
    }
    return NULL;
}

const struct set_record *cors_set_next(const void *block, const struct cors_set *set,
                                       const struct set_record *record) {
    if (set->count == 0) {
        return NULL;
    }
    const uint32_t *buckets = buckets_of(block, set);
    uint32_t end = buckets[set->bucket_mask + 1];
    const struct set_record *next =
        record == NULL ? record_at(block, buckets[0]) : record_after(record);
    return record_offset(block, next) < end ? next : NULL;
}

static uint32_t bucket_count_for(uint32_t count) {
    uint32_t buckets = 1;
    while (buckets < count) {
        buckets *= 2;
    }
    return buckets;
}

/* Counting sort of the keys by bucket; `buckets` says each key's. */
static void group_by_bucket(struct set_plan *plan, const uint32_t *buckets) {
    memset(plan->starts, 0, ((size_t)plan->bucket_mask + 2) * sizeof *plan->starts);
    for (uint32_t i = 0; i < plan->count; i++) {
        plan->starts[buckets[i] + 1]++;
    }
    for (uint32_t b = 0; b <= plan->bucket_mask; b++) {
        plan->starts[b + 1] += plan->starts[b];
    }
    /* Fill from the back, so that each start ends up where its bucket starts. */
    for (uint32_t i = plan->count; i-- > 0;) {
        plan->order[--plan->starts[buckets[i] + 1]] = i;
    }
    for (uint32_t b = 0; b <= plan->bucket_mask; b++) {
        plan->starts[b] = plan->starts[b + 1];
    }
    plan->starts[plan->bucket_mask + 1] = plan->count;
}

/*
 * Finds equal keys, which share a bucket. Gives up when a bucket holds too many that differ, so
 * that the work is bounded however the keys were chosen.
 */
static bool find_equal_keys(struct set_plan *plan) {
    plan->unique = 0;
    plan->record_size = 0;
    for (uint32_t b = 0; b <= plan->bucket_mask; b++) {
        uint32_t different[SET_BUCKET_MAX];
        uint32_t known = 0;
        for (uint32_t at = plan->starts[b]; at < plan->starts[b + 1]; at++) {
            uint32_t index = plan->order[at];
            const struct set_key *key = &plan->keys[index];
            uint32_t i = 0;
            while (i < known && !key_equals(&plan->keys[different[i]], key)) {
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
            plan->record_size += record_size(key->head.size + key->tail.size);
        }
        plan->unique += known;
    }
    return true;
}

cors_status cors_set_plan(struct set_plan *plan, const struct set_key *keys, uint32_t count,
                          const cors_allocator *allocator) {
    enum { SEEDS_TRIED = 16 }; /* one too full in a million; sixteen never are */
    uint32_t bucket_count = bucket_count_for(count);
    *plan = (struct set_plan){.keys = keys, .count = count, .bucket_mask = bucket_count - 1};
    void *context = allocator->context;
    size_t words = ((size_t)count + 1) * sizeof(uint32_t);
    plan->same_as = (uint32_t *)allocator->allocate(context, words);
    plan->order = (uint32_t *)allocator->allocate(context, words);
    plan->starts =
        (uint32_t *)allocator->allocate(context, ((size_t)bucket_count + 1) * sizeof(uint32_t));
    uint32_t *buckets = (uint32_t *)allocator->allocate(context, words);
    cors_status status = CORS_NO_MEMORY;
    if (plan->same_as != NULL && plan->order != NULL && plan->starts != NULL && buckets != NULL) {
        status = CORS_TOO_LARGE;
        for (uint64_t try = 1; try <= SEEDS_TRIED && status != CORS_OK; try++) {
            plan->seed = mix(salt_two ^ try, salt_one);
            for (uint32_t i = 0; i < count; i++) {
                buckets[i] = (uint32_t)(hash_key(plan->seed, &keys[i]) & plan->bucket_mask);
            }
            group_by_bucket(plan, buckets);
            status = find_equal_keys(plan) ? CORS_OK : CORS_TOO_LARGE;
        }
    }
    allocator->release(context, buckets);
    if (status != CORS_OK) {
        cors_set_plan_release(plan, allocator);
    }
    return status;
}

void cors_set_plan_release(struct set_plan *plan, const cors_allocator *allocator) {
    allocator->release(allocator->context, plan->same_as);
    allocator->release(allocator->context, plan->order);
    allocator->release(allocator->context, plan->starts);
    *plan = (struct set_plan){.keys = NULL};
}

static uint64_t bucket_bytes(const struct set_plan *plan) {
    return ((uint64_t)plan->bucket_mask + 2) * sizeof(uint32_t);
}

uint64_t cors_set_plan_size(const struct set_plan *plan) {
    uint64_t size = bucket_bytes(plan) + plan->record_size;
    return (size + 7) / 8 * 8;
}

static uint32_t write_record(void *block, uint32_t offset, const struct set_key *key) {
    struct set_record *record = (struct set_record *)(void *)((char *)block + offset);
    record->head_size = (uint16_t)key->head.size;
    record->tail_size = (uint16_t)key->tail.size;
    record->kind = key->kind;
    memcpy(record->text, key->head.data, key->head.size);
    if (key->tail.size > 0) {
        memcpy(record->text + key->head.size, key->tail.data, key->tail.size);
    }
    return offset + (uint32_t)record_size(key->head.size + key->tail.size);
}

void cors_set_write(const struct set_plan *plan, void *block, uint32_t offset,
                    struct cors_set *set) {
    *set = (struct cors_set){.seed = plan->seed,
                             .buckets = offset,
                             .bucket_mask = plan->bucket_mask,
                             .count = plan->unique};
    uint32_t *buckets = (uint32_t *)(void *)((char *)block + offset);
    uint32_t at = offset + (uint32_t)bucket_bytes(plan);
    for (uint32_t b = 0; b <= plan->bucket_mask; b++) {
        buckets[b] = at;
        for (uint32_t i = plan->starts[b]; i < plan->starts[b + 1]; i++) {
            uint32_t index = plan->order[i];
            if (plan->same_as[index] != index) {
                continue;
            }
            const struct set_key *key = &plan->keys[index];
            at = write_record(block, at, key);
            uint32_t head = (uint32_t)key->head.size;
            uint32_t tail = (uint32_t)key->tail.size;
            set->longest = head > set->longest ? head : set->longest;
            set->longest = tail > set->longest ? tail : set->longest;
        }
    }
    buckets[plan->bucket_mask + 1] = at;
}
