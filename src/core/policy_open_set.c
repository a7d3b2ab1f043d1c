/* SPDX-License-Identifier: MIT */
/* A set of a block that somebody else may have written: every record is looked at once. */
#include "policy_open.h"

/* What the records of a set come to. */
struct walk {
    struct block_reader *reader;
    const struct cors_set *set;
    const struct set_bucket *buckets; /* set->bucket_count + 1 */
    uint32_t tags;                    /* of the bucket's records so far */
    uint32_t count;
    uint32_t longest;
    uint64_t sizes;
    bool (*check)(void *context, struct set_key key, cors_slice *fault);
    void *context;
};

/* A record that ends at or before `end`; its size is 0 where it does not. */
static uint64_t record_size(const struct set_record *record, uint64_t left) {
    if (left < offsetof(struct set_record, text)) {
        return 0;
    }
    uint64_t size = offsetof(struct set_record, text);
    size += (uint64_t)record->head_size + record->tail_size;
    size += size % 2;
    return record->head_size > 0 && size <= left ? size : 0;
}

static bool check_record(struct walk *walk, const struct set_record *record, uint32_t bucket,
                         uint64_t at) {
    struct set_key key = cors_set_record_key(record);
    uint32_t hash = (uint32_t)cors_key_hash(walk->set->seed, &key);
    cors_slice fault;
    if (record->tag != (uint8_t)hash || hash_bucket(hash, walk->set->bucket_count) != bucket) {
        return cors_open_fail(walk->reader, at, CORS_SLICE("No search finds this entry."));
    }
    if (!walk->check(walk->context, key, &fault)) {
        return cors_open_fail(walk->reader, at, fault);
    }
    walk->longest = key.head.size > walk->longest ? (uint32_t)key.head.size : walk->longest;
    walk->longest = key.tail.size > walk->longest ? (uint32_t)key.tail.size : walk->longest;
    walk->sizes |= UINT64_C(1) << key.head.size % 64;
    walk->tags |= UINT32_C(1) << hash % 32;
    walk->count++;
    return true;
}

/* Follows the records of a bucket, which must end where the next one begins. */
static bool walk_bucket(struct walk *walk, uint32_t bucket, uint64_t end) {
    uint64_t at = walk->buckets[bucket].records;
    walk->tags = 0;
    for (uint32_t left = SET_BUCKET_MAX; at < end; left--) {
        const struct set_record *record = set_record_at(walk->reader->block, (uint32_t)at);
        uint64_t size = record_size(record, end - at);
        if (left == 0 || size == 0) {
            return cors_open_fail(walk->reader, at,
                                  CORS_SLICE("The entries that begin here do not fit."));
        }
        if (!check_record(walk, record, bucket, at)) {
            return false;
        }
        at += size;
    }
    return walk->tags == walk->buckets[bucket].tags ||
           cors_open_fail(
               walk->reader,
               (uint64_t)((const char *)&walk->buckets[bucket].tags - walk->reader->block),
               CORS_SLICE("No search finds what begins here."));
}

/* The offsets of the buckets: one not before the other, none outside. */
static bool walk_buckets(struct walk *walk) {
    const struct set_bucket *buckets = walk->buckets;
    uint64_t table = walk->set->buckets;
    for (uint32_t i = 0; i < walk->set->bucket_count; i++) {
        if (buckets[i].records > buckets[i + 1].records ||
            buckets[i + 1].records > walk->reader->size) {
            return cors_open_fail(walk->reader, table + (i + UINT64_C(1)) * sizeof *buckets,
                                  CORS_SLICE("This does not lead to entries."));
        }
        if (!walk_bucket(walk, i, buckets[i + 1].records)) {
            return false;
        }
    }
    return true;
}

bool cors_open_set(struct block_reader *reader, const struct cors_set *set,
                   bool (*check)(void *context, struct set_key key, cors_slice *fault),
                   void *context) {
    struct walk walk = {.reader = reader, .set = set, .check = check, .context = context};
    uint64_t head = (uint64_t)((const char *)set - reader->block);
    uint64_t table_size = ((uint64_t)set->bucket_count + 1) * sizeof *walk.buckets;
    uint64_t records = reader->at + table_size;
    if (set->bucket_count == 0) {
        return cors_open_fail(reader, head + offsetof(struct cors_set, bucket_count),
                              CORS_SLICE("A list has no place for entries."));
    }
    if (!cors_open_take(reader, set->buckets, table_size)) {
        return false;
    }
    walk.buckets = (const struct set_bucket *)(const void *)(reader->block + set->buckets);
    if (walk.buckets[0].records != records) {
        return cors_open_fail(reader, set->buckets, CORS_SLICE("This does not lead to entries."));
    }
    if (!walk_buckets(&walk)) {
        return false;
    }
    reader->at = ((uint64_t)walk.buckets[set->bucket_count].records + 7) / 8 * 8;
    bool same =
        walk.count == set->count && walk.longest == set->longest && walk.sizes == set->sizes;
    return same || cors_open_fail(reader, head, CORS_SLICE("A list says another size of itself."));
}
