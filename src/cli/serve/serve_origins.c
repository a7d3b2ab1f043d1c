/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_origins.h"

#include <cors/server.h>
#include <libpsl.h>
#include <stdlib.h>
#include <string.h>

/* No host name is longer. */
enum { HOST_SIZE_MAX = 253 };

/* An entry; the text is that of the policy's path followed by its own. */
struct known {
    uint32_t text; /* offset */
    uint16_t path_size;
    uint16_t entry_size;
    uint16_t site; /* where the site begins in the entry, and its size; 0 where there is none */
    uint16_t site_size;
    uint32_t next_of_host; /* index into the entries, plus one: 0 ends the chain */
    uint32_t next_of_site;
};

/* Chains of entries by the hash of a key: open addressing, index plus one, 0 is free. */
struct chains {
    uint32_t *slots;
    size_t mask;
};

struct serve_origins {
    const psl_ctx_t *suffixes;
    char *text;
    size_t text_size;
    size_t text_capacity;
    struct known *entries;
    size_t count;
    size_t capacity;
    struct chains hosts;
    struct chains sites;
    bool failed;
};

/* What an entry is found by: one chain has all entries of a path with this key. */
struct key {
    cors_slice path;
    cors_slice name;
};

static cors_slice without_first(cors_slice slice, size_t size) {
    return (cors_slice){slice.data + size, slice.size - size};
}

static bool equals(cors_slice left, cors_slice right) {
    return left.size == right.size && memcmp(left.data, right.data, left.size) == 0;
}

cors_slice serve_origin_host(cors_slice origin) {
    const char *mark = memmem(origin.data, origin.size, "://", 3);
    if (mark == NULL) {
        return (cors_slice){"", 0};
    }
    cors_slice host = without_first(origin, (size_t)(mark - origin.data) + 3);
    const char *port = memrchr(host.data, ':', host.size);
    const char *bracket = memrchr(host.data, ']', host.size);
    if (port != NULL && (bracket == NULL || port > bracket)) {
        host.size = (size_t)(port - host.data);
    }
    return host;
}

/* The part of a host that is fixed: "example.com" of "*.example.com" and of "pr-*.example.com". */
static cors_slice fixed_part(cors_slice host) {
    const char *star = memrchr(host.data, '*', host.size);
    const char *label = memrchr(host.data, '}', host.size);
    const char *wildcard = star != NULL ? star : label;
    if (wildcard == NULL) {
        return host;
    }
    cors_slice rest = without_first(host, (size_t)(wildcard - host.data));
    const char *dot = memchr(rest.data, '.', rest.size);
    return dot == NULL ? (cors_slice){"", 0} : without_first(rest, (size_t)(dot - rest.data) + 1);
}

/* The registrable domain of a host; empty where it has none. It lies within the host. */
static cors_slice site_of(const struct serve_origins *origins, cors_slice host) {
    char name[HOST_SIZE_MAX + 1];
    cors_slice fixed = fixed_part(host);
    bool is_address = fixed.size > 0 &&
                      (fixed.data[0] == '[' ||
                       (fixed.data[fixed.size - 1] >= '0' && fixed.data[fixed.size - 1] <= '9'));
    if (fixed.size == 0 || fixed.size > HOST_SIZE_MAX || is_address) {
        return (cors_slice){"", 0};
    }
    memcpy(name, fixed.data, fixed.size);
    name[fixed.size] = '\0';
    const char *site = psl_registrable_domain(origins->suffixes, name);
    return site == NULL ? (cors_slice){"", 0} : without_first(fixed, (size_t)(site - name));
}

static uint64_t hash_bytes(uint64_t hash, cors_slice bytes) {
    for (size_t i = 0; i < bytes.size; i++) {
        hash = (hash ^ (unsigned char)bytes.data[i]) * UINT64_C(0x100000001b3);
    }
    return (hash ^ bytes.size) * UINT64_C(0x9e3779b97f4a7c15);
}

static size_t hash_key(struct key key) {
    uint64_t hash = hash_bytes(hash_bytes(UINT64_C(0xcbf29ce484222325), key.path), key.name);
    return (size_t)(hash ^ hash >> 32);
}

static cors_slice known_path(const struct serve_origins *origins, const struct known *known) {
    return (cors_slice){origins->text + known->text, known->path_size};
}

static cors_slice known_entry(const struct serve_origins *origins, const struct known *known) {
    return (cors_slice){origins->text + known->text + known->path_size, known->entry_size};
}

static struct key key_of(const struct serve_origins *origins, const struct known *known,
                         bool of_site) {
    cors_slice entry = known_entry(origins, known);
    cors_slice site = {entry.data + known->site, known->site_size};
    return (struct key){known_path(origins, known), of_site ? site : serve_origin_host(entry)};
}

/* The slot of a key: of its chain, or free. */
static uint32_t *find_slot(const struct serve_origins *origins, const struct chains *chains,
                           struct key key) {
    bool of_site = chains == &origins->sites;
    size_t at = hash_key(key) & chains->mask;
    while (chains->slots[at] != 0) {
        struct key other = key_of(origins, &origins->entries[chains->slots[at] - 1], of_site);
        if (equals(other.name, key.name) && equals(other.path, key.path)) {
            break;
        }
        at = (at + 1) & chains->mask;
    }
    return &chains->slots[at];
}

static bool add_text(struct serve_origins *origins, cors_slice text) {
    if (origins->text_capacity - origins->text_size < text.size) {
        size_t capacity = (origins->text_capacity + text.size) * 2;
        char *larger = capacity > UINT32_MAX ? NULL : realloc(origins->text, capacity);
        if (larger == NULL) {
            return false;
        }
        origins->text = larger;
        origins->text_capacity = capacity;
    }
    memcpy(origins->text + origins->text_size, text.data, text.size);
    origins->text_size += text.size;
    return true;
}

static bool add_entry(struct serve_origins *origins, cors_slice path, cors_slice entry) {
    if (path.size > UINT16_MAX || entry.size > UINT16_MAX || serve_origin_host(entry).size == 0) {
        return true; /* "null" and "*" resemble nothing */
    }
    if (origins->count == origins->capacity) {
        size_t capacity = origins->capacity * 2 + 64;
        struct known *larger = realloc(origins->entries, capacity * sizeof *larger);
        if (larger == NULL) {
            return false;
        }
        origins->entries = larger;
        origins->capacity = capacity;
    }
    cors_slice site = site_of(origins, serve_origin_host(entry));
    uint32_t text = (uint32_t)origins->text_size;
    if (!add_text(origins, path) || !add_text(origins, entry)) {
        return false;
    }
    origins->entries[origins->count++] = (struct known){
        .text = text,
        .path_size = (uint16_t)path.size,
        .entry_size = (uint16_t)entry.size,
        .site = site.size == 0 ? 0 : (uint16_t)(site.data - entry.data),
        .site_size = (uint16_t)site.size,
    };
    return true;
}

static bool visit_entry(void *context, cors_slice path, cors_slice entry) {
    struct serve_origins *origins = context;
    origins->failed = !add_entry(origins, path, entry);
    return !origins->failed;
}

static bool make_chains(struct chains *chains, size_t count) {
    size_t size = 16;
    while (size < count * 2) {
        size *= 2;
    }
    chains->mask = size - 1;
    chains->slots = calloc(size, sizeof *chains->slots);
    return chains->slots != NULL;
}

static void chain_entries(struct serve_origins *origins) {
    for (size_t i = 0; i < origins->count; i++) {
        struct known *known = &origins->entries[i];
        uint32_t *slot = find_slot(origins, &origins->hosts, key_of(origins, known, false));
        known->next_of_host = *slot;
        *slot = (uint32_t)i + 1;
        struct key site = key_of(origins, known, true);
        if (site.name.size > 0) {
            slot = find_slot(origins, &origins->sites, site);
            known->next_of_site = *slot;
            *slot = (uint32_t)i + 1;
        }
    }
}

struct serve_origins *serve_origins_create(const cors_policy *policy) {
    struct serve_origins *origins = calloc(1, sizeof *origins);
    if (origins == NULL) {
        return NULL;
    }
    origins->suffixes = psl_builtin();
    cors_policy_each_origin(policy, visit_entry, origins);
    if (origins->failed || origins->count >= UINT32_MAX / 2 ||
        !make_chains(&origins->hosts, origins->count) ||
        !make_chains(&origins->sites, origins->count)) {
        serve_origins_destroy(origins);
        return NULL;
    }
    chain_entries(origins);
    return origins;
}

void serve_origins_destroy(struct serve_origins *origins) {
    if (origins != NULL) {
        free(origins->text);
        free(origins->entries);
        free(origins->hosts.slots);
        free(origins->sites.slots);
        free(origins);
    }
}

static size_t find_all(const struct serve_origins *origins, const struct chains *chains,
                       struct key key, cors_slice *found) {
    size_t count = 0;
    uint32_t index = key.name.size == 0 ? 0 : *find_slot(origins, chains, key);
    while (index != 0 && count < SERVE_ORIGINS_FOUND_MAX) {
        const struct known *known = &origins->entries[index - 1];
        found[count++] = known_entry(origins, known);
        index = chains == &origins->sites ? known->next_of_site : known->next_of_host;
    }
    return count;
}

size_t serve_origins_by_host(const struct serve_origins *origins, cors_slice path, cors_slice host,
                             cors_slice *found) {
    return find_all(origins, &origins->hosts, (struct key){path, host}, found);
}

size_t serve_origins_by_site(const struct serve_origins *origins, cors_slice path, cors_slice host,
                             cors_slice *found) {
    return find_all(origins, &origins->sites, (struct key){path, site_of(origins, host)}, found);
}
