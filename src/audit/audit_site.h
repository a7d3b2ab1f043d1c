/* SPDX-License-Identifier: MIT */
/* The names about a target: its own origin, its registrable domain, and look-alikes of them. */
#ifndef CORS_AUDIT_SITE_H
#define CORS_AUDIT_SITE_H

#include "audit.h"
#include "keep.h"

/* Letters of a random name: no other run, and nobody else, has the same. */
enum { AUDIT_NAME_LETTERS = 10 };

/* Dots of a host that are tried, at most. */
enum { AUDIT_DOTS_MAX = 4 };

/* An origin in its parts, which point into what was parsed. */
struct audit_parts {
    cors_slice scheme;
    cors_slice host;
    cors_slice port; /* empty: the default one */
};

struct audit_site {
    struct keep *keep;
    const struct audit_options *options;
    uint64_t random; /* the generator's state */

    cors_slice scheme;
    cors_slice host;   /* in lower case */
    cors_slice port;   /* empty: the scheme's default */
    cors_slice path;   /* from the first slash to the query */
    cors_slice query;  /* with its question mark; may be empty */
    cors_slice origin; /* the target's own, as browsers write it */
    cors_slice domain; /* the registrable one; empty for addresses, single labels and suffixes */
    cors_slice label;  /* the first label of the domain, or of the host */
};

/* Reads the target's URL. Returns false where it is no http or https URL with a plain host. */
bool audit_site_begin(struct audit_site *site, struct keep *keep, cors_slice url,
                      const struct audit_options *options);

/* A new random name of letters, and a random port that no service is likely to have. */
cors_slice audit_site_name(struct audit_site *site);
unsigned audit_site_port(struct audit_site *site);

/* The registrable domain of a host, or an empty slice. */
cors_slice audit_site_domain(const struct audit_site *site, cors_slice host);

bool audit_host_is_address(cors_slice host);

/*
 * The host with the dot of one place replaced by a letter, if somebody else than the owner of the
 * host could register that: dot 0 is the leftmost. Empty where it could not be registered.
 */
cors_slice audit_site_without_dot(struct audit_site *site, cors_slice host, size_t dot);
size_t audit_host_dots(cors_slice host);

/* The host without its last letter ("example.co"), or the domain without its first, if somebody
 * else could register that. Empty otherwise. */
cors_slice audit_site_cut(struct audit_site *site, cors_slice host);

/* Splits "scheme://host:port". Returns false where it is no such origin. */
bool audit_parts_read(cors_slice origin, struct audit_parts *parts);

/* "scheme://host" and ":port" where there is one. */
cors_slice audit_origin_format(struct keep *keep, cors_slice scheme, cors_slice host,
                               cors_slice port);

#endif
