/* SPDX-License-Identifier: MIT */
/* The preflight cache. Fetch, section 4.9 "CORS-preflight cache". */
#ifndef CORS_CORE_BROWSER_CACHE_H
#define CORS_CORE_BROWSER_CACHE_H

#include "browser_profile.h"
#include "bytes.h"

/* Whose entries: the partition, the origin and the URL; and whether credentials went along. */
struct cache_key {
    cors_slice top;
    cors_slice origin;
    cors_slice url;
    bool credentials;
};

/* What a request needs to be allowed. */
struct cache_need {
    cors_slice method;
    const cors_slice *headers; /* unsafe names in lower case */
    size_t header_count;
    bool flagged; /* "use-CORS-preflight flag": an upload listener or a stream */
};

/*
 * Whether what is stored spares the request its preflight. Where the profile says so, an entry
 * that does not is erased.
 */
bool cors_cache_covers(cors_preflight_cache *cache, const struct browser_profile *profile,
                       const struct cache_key *key, const struct cache_need *need, int64_t now);

/* What a preflight's answer allows: lists of tokens, as received. */
struct cache_grant {
    cors_slice methods;
    cors_slice headers;
    uint32_t seconds;
};

void cors_cache_store(cors_preflight_cache *cache, const struct browser_profile *profile,
                      const struct cache_key *key, const struct cache_grant *grant, int64_t now);

/* Drops what is stored for the partition, origin and URL, with credentials and without. */
void cors_cache_clear(cors_preflight_cache *cache, const struct cache_key *key);

#endif
