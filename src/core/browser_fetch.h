/* SPDX-License-Identifier: MIT */
/* A fetch in progress, and its parts: each function is one algorithm of the Fetch Standard. */
#ifndef CORS_CORE_BROWSER_FETCH_H
#define CORS_CORE_BROWSER_FETCH_H

#include <cors/browser.h>

#include "browser_cache.h"
#include "browser_memory.h"
#include "browser_profile.h"
#include "browser_url.h"

/* "response tainting" */
enum tainting { TAINTING_BASIC, TAINTING_CORS, TAINTING_OPAQUE };

/* Which headers of the final response script can read. */
enum exposure { EXPOSE_NONE, EXPOSE_ALL, EXPOSE_LISTED };

/* What makes a preflight necessary at this hop, besides method and headers. */
struct need {
    bool preflight;
    bool by_method;
    bool by_redirect;          /* only because an earlier hop had one */
    const cors_slice *headers; /* unsafe names in lower case, sorted */
    const cors_slice *values;  /* of each of them */
    size_t header_count;
    cors_slice joined; /* the names as Access-Control-Request-Headers has them */
};

struct cors_fetch {
    struct fetch_memory memory;
    const cors_call *call;
    const struct browser_profile *profile;
    cors_preflight_cache *cache;
    struct label_converter converter;
    cors_step step;

    /* The request, as redirects change it */
    struct url first;
    struct url url;
    cors_slice page;   /* the origin of whoever calls */
    cors_slice origin; /* as the Origin header says it: "null" once a redirect tainted it */
    cors_slice method;
    cors_field *headers;
    size_t header_count;
    cors_mode mode;
    cors_credentials_mode credentials;
    cors_cache_mode cache_mode;
    cors_body body; /* as this browser sends it */
    bool has_body;
    bool unsafe_request;   /* "unsafe-request flag": script chose method and headers */
    bool flagged;          /* "use-CORS-preflight flag" */
    bool tainted;          /* "redirect-taint" is not "same-origin" */
    bool crossed;          /* a redirect led to another origin */
    bool needed_preflight; /* this hop or an earlier one did, maybe spared by the cache */
    bool hop_drops_body;   /* what the last redirect took away */
    bool hop_drops_authorization;
    enum tainting tainting;
    unsigned redirects;
    struct need need;
    struct need first_need; /* of the call before any redirect */

    /* The answer */
    cors_response response;
    enum exposure exposure;
    cors_slice exposed; /* for EXPOSE_LISTED: the list */
    bool full;          /* the memory did not hold something */
    cors_result result;
};

/* browser_call.c: makes the request of the call; false where it fails at once. */
bool cors_call_construct(struct cors_fetch *fetch);

/* A header of the request by its name, in any case; NULL: there is none. */
cors_field *cors_fetch_header(const struct cors_fetch *fetch, cors_slice name);

/* browser_fetch.c: "main fetch", for the call and for each redirect. */
void cors_fetch_enter(struct cors_fetch *fetch, int64_t now);

/* Ends with a failure; `value` is what cors_failure.value says. */
void cors_fetch_end(struct cors_fetch *fetch, cors_code code, cors_slice value);

/* browser_access.c: "CORS check". */
struct access {
    cors_code code; /* CORS_CODE_OK: passed */
    cors_slice value;
    uint32_t value_lines;
};
/* Why a value that is not the origin is not: all browsers refuse it alike. */
cors_code cors_access_mismatch(struct fetch_memory scratch, cors_slice value);
struct access cors_access_check(struct cors_fetch *fetch, cors_slice origin);

/* A field of the response by its name in lower case. */
struct found_field cors_fetch_field(struct cors_fetch *fetch, cors_slice name);

/* Whether the answer is a redirect that leads somewhere: its status, and a Location. */
bool cors_response_redirects(struct cors_fetch *fetch);

/* browser_unsafe.c: finds out whether this hop needs a preflight. False: no memory. */
bool cors_need_find(struct cors_fetch *fetch);

/* browser_preflight.c: looks into the cache; judges a preflight's answer. */
bool cors_preflight_is_spared(struct cors_fetch *fetch, int64_t now);
void cors_preflight_answer(struct cors_fetch *fetch, int64_t now);
void cors_preflight_forget(struct cors_fetch *fetch, bool refused);
cors_slice cors_preflight_origin(const struct cors_fetch *fetch);

/* browser_redirect.c: "HTTP-redirect fetch", for an answer that redirects. */
void cors_redirect_follow(struct cors_fetch *fetch, int64_t now);

/* Ends a call to which redirects are errors. */
void cors_redirect_refuse(struct cors_fetch *fetch);

/* What a browser refuses about Location before it looks at CORS; true: the fetch has ended. */
bool cors_redirect_refuse_early(struct cors_fetch *fetch);

/* browser_network.c: what the network below refuses, whatever the headers say. */
enum network_refusal {
    NETWORK_FINE,
    NETWORK_BLOCKED, /* a bad port, mixed content */
    NETWORK_UPGRADE, /* to be fetched over https instead */
    NETWORK_LOCAL_DENIED,
    NETWORK_LOCAL_INSECURE,
};
enum network_refusal cors_network_judge(const struct cors_fetch *fetch, cors_slice address,
                                        cors_slice *space);

#endif
