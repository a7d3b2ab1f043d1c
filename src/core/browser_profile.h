/* SPDX-License-Identifier: MIT */
/*
 * Where browsers differ, as data. Each member says which behaviour it states; the values stand in
 * browser_profile.c. What no member names, all do as the Fetch Standard says.
 */
#ifndef CORS_CORE_BROWSER_PROFILE_H
#define CORS_CORE_BROWSER_PROFILE_H

#include <cors/browser.h>

/* How Access-Control-Max-Age is read, and what a value that is none does. */
enum max_age_reading {
    MAX_AGE_DIGITS, /* one line of digits; anything else counts as absent */
    MAX_AGE_NUMBER, /* a number with a sign; below 0 counts as 0, anything else as absent */
    MAX_AGE_STRICT, /* digits; empty counts as absent, and anything else stores nothing */
};

enum clearing {
    CLEAR_NEVER,
    CLEAR_REFUSED, /* a failed preflight or CORS check, and a redirect to a URL with user info */
    CLEAR_ANY,     /* any failure of a call that needed a preflight */
};

struct browser_profile {
    /* Request headers */
    bool joins_headers;      /* lines of one name are one, joined with ", ", before all else */
    bool ignores_user_agent; /* an author's User-Agent is not sent, and so never unsafe */
    bool safelists_hints;    /* dpr, save-data and other client hints, where well-formed */
    bool refuses_high_bytes; /* bytes from 0x80 are unsafe in Accept and Content-Type */
    bool refuses_comma;      /* any comma in Content-Type is unsafe */
    bool keeps_duplicates;   /* a name is requested as often as it was set */
    size_t safelisted_sum;   /* beyond so many bytes of safelisted values none is safelisted */
    bool checks_overridden;  /* x-http-method-override and the like are forbidden by their value */

    /* Preflights */
    bool judges_status_first;    /* before Access-Control-Allow-Origin */
    bool judges_method_first;    /* before Access-Control-Allow-Headers is parsed */
    bool authorization_wildcard; /* Access-Control-Allow-Headers: * covers Authorization */
    bool stores_refused;         /* the cache keeps an answer that did not allow the request */

    /* The preflight cache */
    enum max_age_reading max_age_reading;
    uint32_t max_age_max;     /* seconds */
    bool caches_whole;        /* one answer for an origin and URL: replaced when stored, erased
                                 by a request that it does not cover */
    bool parts_credentials;   /* entries with and without credentials never serve each other */
    bool cached_wildcard;     /* a stored * covers methods and headers */
    bool head_needs_entry;    /* HEAD has to be stored, though it is safelisted */
    bool flagged_needs_entry; /* so has any method, where a listener or a stream is at work */
    bool keys_by_page;        /* by the page's origin, also where a redirect made it null */
    bool tainted_uses_cache;  /* after a redirect that made the origin null */
    enum clearing clears_on;  /* which failures drop what is stored for the URL */
    size_t cached_url_max;    /* a longer URL is not cached; 0: no bound */
    uint32_t skipping_modes;  /* bits of cors_cache_mode that do not look into the cache */
    uint32_t unstored_modes;  /* and those that do not store */
    bool conditions_skip;     /* If-None-Match and the like by the author are as a reload */

    /* Redirects */
    bool redirect_userinfo_fails; /* a redirect to a URL with user info, in any mode */
    bool redirect_drops_hints;    /* client hints go at a redirect to another origin */
    bool preflights_as_page;      /* after redirects a preflight is made in the page's name, for
                                     the headers of the call as it was, and once one hop needed
                                     a preflight, all later ones do */

    bool guards_local_network; /* more private addresses than the page's need a permission */
};

const struct browser_profile *cors_browser_profile(cors_browser browser);

#endif
