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
    CLEAR_REFUSED, /* a failed preflight or CORS check, a redirect to a URL with user info, no
                      answer, and one redirect too many */
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
    bool refuses_semicolon;  /* Content-Type must not end in ";", unless that is its only one */
    const char *range_max;   /* the largest number in Range, as text; NULL: there is none */
    bool drops_bad_type;     /* a Blob's type that is none is not sent, but by fetch() */

    /* What a call is */
    bool stream_is_text;       /* a stream is sent as a string would be */
    bool stream_leaves_origin; /* mode same-origin does not hold a stream back */
    bool listener_needs_body;  /* without a body a listener on the upload makes no preflight */

    /* The Origin header, where CORS does not ask for it */
    bool elements_send_origin;   /* elements in mode cors send it to the page's own origin */
    bool downgrade_hides_origin; /* it is null from https to http, but in mode cors */
    bool crossing_hides_origin;  /* it is null after a redirect to another origin, but for CORS */

    /* Preflights */
    bool grants_own_method;      /* a listener or stream needs no list of methods at all */
    bool judges_redirect_last;   /* after Access-Control-Allow-Origin; and as a status where
                                    redirects are errors to the call */
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
    bool opaque_skips_cache;  /* a page whose origin is null has no entries */
    bool tainted_uses_cache;  /* after a redirect that made the origin null */
    enum clearing clears_on;  /* which failures drop what is stored for the URL */
    size_t cached_url_max;    /* a longer URL is not cached; 0: no bound */
    uint32_t skipping_modes;  /* bits of cors_cache_mode that do not look into the cache */
    uint32_t unstored_modes;  /* and those that do not store */
    uint32_t conditional_initiators; /* bits of cors_initiator: If-None-Match and the like that
                                        these set make the call a reload */

    /* Redirects */
    bool ignores_empty_location;  /* an answer with an empty Location is no redirect */
    bool refuses_bare_redirect;   /* a redirect without a Location is one to calls that do not
                                     follow redirects */
    bool compares_locations;      /* Location lines that differ are a failure whatever the status;
                                     equal ones count as one */
    bool judges_invalid_first;    /* a Location that is no URL, before the CORS check */
    bool judges_location_first;   /* one that cannot be followed, if it is to be, likewise */
    bool judges_userinfo_first;   /* before it counts that redirects are errors to the call */
    uint32_t userinfo_initiators; /* bits of cors_initiator: whose calls fail where they are
                                     redirected to a URL with user info, in any mode */
    bool redirect_drops_hints;    /* client hints but Save-Data go at any redirect, unless it leads
                                     to the page's own origin */
    bool preflights_as_page;      /* after redirects a preflight is made in the page's name, for
                                     the headers of the call as it was (a beacon's type stays,
                                     whatever is dropped); and once one hop needed a preflight,
                                     all later ones do */

    /* The answer */
    bool exposes_early_wildcard; /* a * before what is no token exposes all */

    bool guards_local_network; /* more private addresses than the page's need a permission */
};

const struct browser_profile *cors_browser_profile(cors_browser browser);

#endif
