/* SPDX-License-Identifier: MIT */
/*
 * The entries stand one behind the other in the caller's memory, oldest first: a head, the three
 * texts of its key, and items, each a head and a name. Nothing is aligned; heads are copied in and
 * out.
 */
#include "browser_cache.h"

#include "browser_headers.h"
#include "http_names.h"

struct entry_head {
    size_t size;     /* of the whole entry */
    int64_t expires; /* of what was stored last */
    size_t top_size;
    size_t origin_size;
    size_t url_size;
    bool credentials;
};

enum item_kind { ITEM_METHOD, ITEM_HEADER };

struct item_head {
    int64_t expires; /* the clock's milliseconds; from then on it does not count */
    size_t name_size;
    enum item_kind kind;
};

/* An entry where it lies. */
struct entry {
    struct entry_head head;
    size_t offset;
    cors_slice top;
    cors_slice origin;
    cors_slice url;
    cors_slice items;
};

struct item {
    struct item_head head;
    cors_slice name;
};

void cors_preflight_cache_begin(cors_preflight_cache *cache, void *memory, size_t size) {
    *cache = (cors_preflight_cache){.memory = memory, .size = size};
}

static bool read_entry(const cors_preflight_cache *cache, size_t offset, struct entry *entry) {
    if (offset >= cache->used) {
        return false;
    }
    const char *at = cache->memory + offset;
    memcpy(&entry->head, at, sizeof entry->head);
    at += sizeof entry->head;
    entry->offset = offset;
    entry->top = slice_of(at, entry->head.top_size);
    entry->origin = slice_of(at + entry->top.size, entry->head.origin_size);
    entry->url = slice_of(entry->origin.data + entry->origin.size, entry->head.url_size);
    const char *items = entry->url.data + entry->url.size;
    entry->items = slice_of(items, entry->head.size - (size_t)(items - at) - sizeof entry->head);
    return true;
}

static bool next_item(cors_slice *items, struct item *item) {
    if (items->size == 0) {
        return false;
    }
    memcpy(&item->head, items->data, sizeof item->head);
    item->name = slice_of(items->data + sizeof item->head, item->head.name_size);
    *items = slice_skip(*items, sizeof item->head + item->head.name_size);
    return true;
}

static bool is_of(const struct entry *entry, const struct cache_key *key) {
    return slice_equals(entry->url, key->url) && slice_equals(entry->origin, key->origin) &&
           slice_equals(entry->top, key->top);
}

static void drop(cors_preflight_cache *cache, const struct entry *entry) {
    char *start = cache->memory + entry->offset;
    memmove(start, start + entry->head.size, cache->used - entry->offset - entry->head.size);
    cache->used -= entry->head.size;
    cache->count--;
}

static size_t end_of(const struct entry *entry) {
    return entry->offset + entry->head.size;
}

/* Finds the first entry of the key at or behind an offset. The sizes rule out nearly all others. */
static bool find_entry(const cors_preflight_cache *cache, size_t offset,
                       const struct cache_key *key, struct entry *entry) {
    struct entry_head head;
    for (; offset < cache->used; offset += head.size) {
        memcpy(&head, cache->memory + offset, sizeof head);
        if (head.url_size == key->url.size && read_entry(cache, offset, entry) &&
            is_of(entry, key)) {
            return true;
        }
    }
    return false;
}

void cors_cache_clear(cors_preflight_cache *cache, const struct cache_key *key) {
    struct entry entry;
    size_t offset = 0;
    while (find_entry(cache, offset, key, &entry)) {
        offset = entry.offset;
        drop(cache, &entry);
    }
}

/* Whether an entry of the key may serve the request: "there is a cache entry match", last line. */
static bool serves(const struct browser_profile *profile, const struct entry *entry,
                   const struct cache_key *key) {
    return profile->parts_credentials ? entry->head.credentials == key->credentials
                                      : entry->head.credentials || !key->credentials;
}

/* Whether a stored * stands for the name. Stored with credentials it is a name like any other. */
static bool wildcard_covers(const struct browser_profile *profile, const struct entry *entry,
                            const struct item *item, cors_slice name) {
    bool wildcard = profile->cached_wildcard && !entry->head.credentials &&
                    slice_equals(item->name, CORS_SLICE("*"));
    return wildcard && !(item->head.kind == ITEM_HEADER &&
                         slice_equals_folded(name, CORS_SLICE("authorization")));
}

static bool entry_holds(const struct browser_profile *profile, const struct entry *entry,
                        enum item_kind kind, cors_slice name, int64_t now) {
    cors_slice items = entry->items;
    struct item item;
    while (next_item(&items, &item)) {
        if (item.head.kind != kind || item.head.expires <= now) {
            continue;
        }
        bool same =
            kind == ITEM_HEADER ? cors_names_equal(item.name, name) : slice_equals(item.name, name);
        if (same || wildcard_covers(profile, entry, &item, name)) {
            return true;
        }
    }
    return false;
}

/* The entries that may serve a request: one with credentials, one without. */
struct serving {
    struct entry entries[2];
    size_t count;
};

/* A whole answer counts only as long as it has not expired. */
static struct serving find_serving(const cors_preflight_cache *cache,
                                   const struct browser_profile *profile,
                                   const struct cache_key *key, int64_t now) {
    struct serving serving = {.count = 0};
    struct entry entry;
    for (size_t offset = 0; serving.count < 2 && find_entry(cache, offset, key, &entry);
         offset = end_of(&entry)) {
        bool expired = profile->caches_whole && entry.head.expires <= now;
        if (serves(profile, &entry, key) && !expired) {
            serving.entries[serving.count++] = entry;
        }
    }
    return serving;
}

static bool any_holds(const struct serving *serving, const struct browser_profile *profile,
                      enum item_kind kind, cors_slice name, int64_t now) {
    for (size_t i = 0; i < serving->count; i++) {
        if (entry_holds(profile, &serving->entries[i], kind, name, now)) {
            return true;
        }
    }
    return false;
}

/* Whether the method has to be stored to spare a preflight. */
static bool method_needs_entry(const struct browser_profile *profile,
                               const struct cache_need *need) {
    return !cors_method_is_safelisted(need->method) ||
           (profile->flagged_needs_entry && need->flagged) ||
           (profile->head_needs_entry && slice_equals(need->method, CORS_SLICE("HEAD")));
}

static bool covers(const struct serving *serving, const struct browser_profile *profile,
                   const struct cache_need *need, int64_t now) {
    if (method_needs_entry(profile, need) &&
        !any_holds(serving, profile, ITEM_METHOD, need->method, now)) {
        return false;
    }
    for (size_t i = 0; i < need->header_count; i++) {
        if (!any_holds(serving, profile, ITEM_HEADER, need->headers[i], now)) {
            return false;
        }
    }
    return true;
}

bool cors_cache_covers(cors_preflight_cache *cache, const struct browser_profile *profile,
                       const struct cache_key *key, const struct cache_need *need, int64_t now) {
    if (cache == NULL) {
        return false;
    }
    struct serving serving = find_serving(cache, profile, key, now);
    bool covered = serving.count > 0 && covers(&serving, profile, need, now);
    if (!covered && profile->caches_whole) {
        cors_cache_clear(cache, key);
    }
    return covered;
}

/* Makes room at the end by dropping the oldest. */
static bool make_room(cors_preflight_cache *cache, size_t size) {
    struct entry oldest;
    while (size > cache->size - cache->used) {
        if (!read_entry(cache, 0, &oldest)) {
            return false;
        }
        drop(cache, &oldest);
    }
    return true;
}

/* A new entry behind the others, where room was made before. */
struct entry_writer {
    char *start;
    size_t size;
};

static void write_bytes(struct entry_writer *writer, const void *bytes, size_t size) {
    if (size > 0) {
        memcpy(writer->start + writer->size, bytes, size);
        writer->size += size;
    }
}

static void write_item(struct entry_writer *writer, const struct item *item) {
    write_bytes(writer, &item->head, sizeof item->head);
    write_bytes(writer, item->name.data, item->name.size);
}

static void write_list(struct entry_writer *writer, enum item_kind kind, cors_slice list,
                       int64_t expires) {
    struct item item = {.head = {.expires = expires, .kind = kind}};
    while (cors_list_next_token(&list, &item.name)) {
        item.head.name_size = item.name.size;
        write_item(writer, &item);
    }
}

/* The bytes that write_list() takes. */
static size_t list_size(cors_slice list) {
    size_t size = 0;
    cors_slice token;
    while (cors_list_next_token(&list, &token)) {
        size += sizeof(struct item_head) + token.size;
    }
    return size;
}

/* The entry of the same key and credentials. */
static bool find_same(const cors_preflight_cache *cache, const struct cache_key *key,
                      struct entry *entry) {
    for (size_t offset = 0; find_entry(cache, offset, key, entry); offset = end_of(entry)) {
        if (entry->head.credentials == key->credentials) {
            return true;
        }
    }
    return false;
}

static bool grants_anew(const struct cache_grant *grant, const struct item *item) {
    return item->head.kind == ITEM_METHOD ? cors_list_holds(grant->methods, item->name, false)
                                          : cors_list_holds(grant->headers, item->name, true);
}

/* Copies what the older entry allows and the new answer does not say. */
static void write_kept_items(struct entry_writer *writer, const struct entry *older,
                             const struct cache_grant *grant, int64_t now) {
    cors_slice items = older->items;
    struct item item;
    while (next_item(&items, &item)) {
        if (item.head.expires > now && !grants_anew(grant, &item)) {
            write_item(writer, &item);
        }
    }
}

void cors_cache_store(cors_preflight_cache *cache, const struct browser_profile *profile,
                      const struct cache_key *key, const struct cache_grant *grant, int64_t now) {
    bool too_long = profile->cached_url_max > 0 && key->url.size > profile->cached_url_max;
    if (cache == NULL || too_long) {
        return;
    }
    if (profile->caches_whole) {
        cors_cache_clear(cache, key);
    }
    struct entry older;
    size_t kept = find_same(cache, key, &older) ? older.items.size : 0;
    struct entry_head head = {
        .expires = now + (int64_t)grant->seconds * 1000,
        .top_size = key->top.size,
        .origin_size = key->origin.size,
        .url_size = key->url.size,
        .credentials = key->credentials,
    };
    size_t bound = sizeof head + key->top.size + key->origin.size + key->url.size +
                   list_size(grant->methods) + list_size(grant->headers) + kept;
    if (!make_room(cache, bound)) {
        return;
    }
    struct entry_writer writer = {cache->memory + cache->used, 0};
    write_bytes(&writer, &head, sizeof head);
    write_bytes(&writer, key->top.data, key->top.size);
    write_bytes(&writer, key->origin.data, key->origin.size);
    write_bytes(&writer, key->url.data, key->url.size);
    write_list(&writer, ITEM_METHOD, grant->methods, head.expires);
    write_list(&writer, ITEM_HEADER, grant->headers, head.expires);
    /* Making room may have moved or dropped the older entry. */
    bool has_older = find_same(cache, key, &older);
    if (has_older) {
        write_kept_items(&writer, &older, grant, now);
    }
    head.size = writer.size;
    memcpy(writer.start, &head, sizeof head);
    cache->used += writer.size;
    cache->count++;
    if (has_older) {
        drop(cache, &older);
    }
}
