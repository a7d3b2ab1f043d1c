/* SPDX-License-Identifier: MIT */
/* What an answer says that matters here. */
#ifndef CORS_AUDIT_FACTS_H
#define CORS_AUDIT_FACTS_H

#include <cors/browser.h>

#include "audit.h"
#include "audit_site.h"

/* What the sender of an Origin is given, from nothing to everything. */
enum audit_access {
    AUDIT_ACCESS_NONE,
    AUDIT_ACCESS_ANYONE,     /* *, without credentials */
    AUDIT_ACCESS_ORIGIN,     /* the origin by name, without credentials */
    AUDIT_ACCESS_CREDENTIALS /* the origin by name, with credentials */
};

/* How an answer may be kept by caches. RFC 9111, sections 3 and 4.2. */
enum audit_storage {
    AUDIT_STORAGE_NONE,    /* no-store */
    AUDIT_STORAGE_UNKNOWN, /* nothing says that it may be used again */
    AUDIT_STORAGE_PRIVATE, /* by the visitor's own browser */
    AUDIT_STORAGE_SHARED,  /* by any cache, or it came out of one */
};

/* For whom cookies are, as far as the server sets any. RFC 6265bis, section 5.7. */
struct audit_cookies {
    bool cross_site; /* one with SameSite=None, or without SameSite */
    bool same_site;  /* one with SameSite=Lax or Strict */
};

struct audit_facts {
    enum audit_reason failure;
    cors_slice sentence;
    int status;
    enum audit_access access; /* of the origin that asked; in a preflight, to the preflight */
    cors_code code;           /* why not, without credentials */
    bool browsers[4];         /* cors_browser: which hand the answer out */
    cors_slice allow_origin;  /* the first line's value; NULL data: there is none */
    size_t allow_origin_lines;
    bool allow_credentials_invalid; /* neither `true` nor `false` */
    cors_slice allow_credentials;
    cors_slice allow_methods; /* all lines, joined */
    cors_slice allow_headers;
    cors_slice expose_headers;
    cors_slice max_age; /* NULL data: there is none */
    bool allow_private_network;
    bool varies_by_headers; /* Vary names the requested headers: they are mirrored on purpose */
    bool varies;            /* Vary names Origin, or is * */
    enum audit_storage storage;
    bool passed_cache;       /* one stands before the server */
    bool explicit_freshness; /* the answer says for how long */
    struct audit_cookies cookies;
    bool strict_transport; /* HSTS with includeSubDomains */
    cors_slice location;
    bool waf; /* something before the server answered */
    uint64_t digest;
    const cors_field *shown; /* field lines for evidence, without secrets */
    size_t shown_count;
};

/*
 * Reads an answer.
 *
 * origin     that asked; empty where the request had none.
 * preflight  whether the request was an OPTIONS for `method` with `header`, which may be empty.
 */
void audit_facts_read(struct audit_facts *facts, const struct audit_site *site,
                      const struct audit_answer *answer, cors_slice origin, bool preflight,
                      cors_slice method, cors_slice header);

/* audit_judge.c: what real browsers do with the answer, by the engine. Fills in access, code and
 * browsers. */
void audit_facts_judge(struct audit_facts *facts, const struct audit_answer *answer,
                       cors_slice origin, bool preflight, cors_slice method, cors_slice header);

/* Whether a URL looks like that of a login, by a word of it. */
bool audit_is_login_place(cors_slice url);

/* Whether a comma list holds a word, in any case. */
bool audit_list_holds(cors_slice list, cors_slice word);

#endif
