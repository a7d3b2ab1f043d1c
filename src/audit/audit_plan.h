/* SPDX-License-Identifier: MIT */
/*
 * The decision tree: the questions in the order of what they are worth, each with the condition
 * under which its answer still tells hypotheses apart.
 */
#ifndef CORS_AUDIT_PLAN_H
#define CORS_AUDIT_PLAN_H

#include "audit_facts.h"
#include "audit_site.h"

/*
 * The questions: enum name, kind of request, what it asks about. H is the host whose origin is
 * known to be trusted, or the target's own; D its registrable domain; r a random name.
 * In the order in which they are asked where several would tell something.
 */
#define AUDIT_QUESTIONS(QUESTION)                                                                  \
    QUESTION(NONE, ACTUAL, "no origin")                                                            \
    QUESTION(RANDOM, ACTUAL, "a random origin, on a host that anyone can have a name on")          \
    QUESTION(OWN, ACTUAL, "the target's own origin")                                               \
    QUESTION(PLAIN, ACTUAL, "another random origin")                                               \
    QUESTION(PORTLESS, ACTUAL, "the target's own origin on the usual port")                        \
    QUESTION(KNOWN, ACTUAL, "the origin that is said to be trusted")                               \
    QUESTION(STATED, ACTUAL, "the origin that the server names to others")                         \
    QUESTION(COMBINED, ACTUAL,                                                                     \
             "an origin that begins with the trusted one and ends in its domain")                  \
    QUESTION(SUBDOMAIN, ACTUAL, "a random subdomain of the domain")                                \
    QUESTION(NEIGHBOUR, ACTUAL, "another name on the host that the target is a tenant of")         \
    QUESTION(NULL, ACTUAL, "null")                                                                 \
    QUESTION(PREFLIGHT, PREFLIGHT,                                                                 \
             "a preflight of the trusted origin, for a method and a header that are made up")      \
    QUESTION(PREFLIGHT_BARE, PREFLIGHT, "a preflight of the trusted origin for the method itself") \
    QUESTION(PREFLIGHT_ANY, PREFLIGHT, "a preflight of a random origin")                           \
    QUESTION(INSECURE, ACTUAL, "the trusted host over http")                                       \
    QUESTION(DOT, ACTUAL, "the trusted host with its first dot replaced")                          \
    QUESTION(DOT_1, ACTUAL, "the trusted host with its second dot replaced")                       \
    QUESTION(DOT_2, ACTUAL, "the trusted host with its third dot replaced")                        \
    QUESTION(DOT_3, ACTUAL, "the trusted host with its fourth dot replaced")                       \
    QUESTION(SUFFIX, ACTUAL, "another domain that ends in this one")                               \
    QUESTION(PREFIX, ACTUAL, "an origin that begins with the trusted one, and goes on with _")     \
    QUESTION(PORT, ACTUAL, "the trusted host on a random port")                                    \
    QUESTION(LOOPBACK, ACTUAL, "localhost")                                                        \
    QUESTION(PRIVATE, ACTUAL, "a private address")                                                 \
    QUESTION(SPECIAL, ACTUAL, "an origin that goes on with a special character")                   \
    QUESTION(APEX, ACTUAL, "the domain itself")                                                    \
    QUESTION(APP, ACTUAL, "the subdomain app")                                                     \
    QUESTION(WWW, ACTUAL, "the subdomain www")                                                     \
    QUESTION(APEX_PREFIX, ACTUAL, "an origin that begins with the domain")                         \
    QUESTION(SUBDOMAIN_BELOW, ACTUAL, "a random subdomain of the host")                            \
    QUESTION(GITHUB, ACTUAL, "a random site on github.io")                                         \
    QUESTION(CUT, ACTUAL, "a part of the trusted origin")                                          \
    QUESTION(PREFLIGHT_OTHER, PREFLIGHT, "a preflight of an origin that is not trusted otherwise") \
    QUESTION(ERROR, ERROR, "an error, asked for by the trusted origin")                            \
    QUESTION(ERROR_PREFLIGHT, ERROR_PREFLIGHT, "a preflight where that error is")                  \
    QUESTION(NETLIFY, ACTUAL, "a random site on netlify.app")                                      \
    QUESTION(PAGES, ACTUAL, "a random site on pages.dev")                                          \
    QUESTION(UNDERSCORE, ACTUAL, "an origin that goes on with _")                                  \
    QUESTION(PRIVATE_TEN, ACTUAL, "another private address")                                       \
    QUESTION(LOOPBACK_BARE, ACTUAL, "localhost on the usual port")                                 \
    /* Only after an answer that trusts too much: which of its explanations is it? */              \
    QUESTION(SUFFIX_APEX, ACTUAL, "the domain itself")                                             \
    QUESTION(PREFIX_PLAIN, ACTUAL, "an origin that begins with the trusted one, elsewhere")        \
    QUESTION(SUBSTRING_DOMAIN, ACTUAL, "an origin that holds the domain")                          \
    QUESTION(SUBSTRING_HOST, ACTUAL, "an origin that holds the host")                              \
    QUESTION(SUBSTRING_BELOW, ACTUAL, "an origin that begins with a subdomain")                    \
    QUESTION(SPECIAL_PLAIN, ACTUAL, "the special character, elsewhere")                            \
    QUESTION(SPECIAL_2, ACTUAL, "the same with !")                                                 \
    QUESTION(SPECIAL_3, ACTUAL, "the same with ~")                                                 \
    QUESTION(SPECIAL_4, ACTUAL, "the same with $")                                                 \
    QUESTION(ANY_SCHEME, ACTUAL, "a scheme that is made up")                                       \
    QUESTION(SUBDOMAIN_INSECURE, ACTUAL, "a random subdomain over http")                           \
    QUESTION(LOOPBACK_PORT, ACTUAL, "localhost on a random port")                                  \
    QUESTION(LOOPBACK_PREFIX, ACTUAL, "an origin that begins with localhost")                      \
    QUESTION(PRIVATE_PREFIX, ACTUAL, "an origin that begins with a private address")               \
    QUESTION(BARE, ACTUAL, "the same origin without the credentials that were handed in")          \
    QUESTION(CACHE_FIRST, CACHE, "a trusted origin, where a cache may keep the answer")            \
    QUESTION(CACHE_SECOND, CACHE, "another origin, at the same place")

enum audit_question {
#define AUDIT_QUESTION_ENUM(name, kind, purpose) AUDIT_ASK_##name,
    AUDIT_QUESTIONS(AUDIT_QUESTION_ENUM)
#undef AUDIT_QUESTION_ENUM
        AUDIT_QUESTION_COUNT
};

enum audit_kind {
    AUDIT_KIND_ACTUAL,
    AUDIT_KIND_PREFLIGHT,
    AUDIT_KIND_ERROR, /* the request, below the target's path where nothing is */
    AUDIT_KIND_ERROR_PREFLIGHT,
    AUDIT_KIND_CACHE, /* the request, with a query that both of them share */
};

/* A question that was asked, and its answer. */
struct audit_probe {
    bool asked;
    bool none;  /* there is no such origin for this target */
    bool known; /* answered */
    cors_slice origin;
    cors_slice url;
    cors_slice method; /* of the request; a preflight's is OPTIONS */
    cors_slice asked_method;
    cors_slice asked_header;
    const cors_field *fields;
    size_t field_count;
    struct audit_facts facts;
};

struct audit {
    struct keep keep;
    struct audit_target target;
    struct audit_options options;
    struct audit_site site;
    bool has_site;
    struct audit_probe probes[AUDIT_QUESTION_COUNT];
    enum audit_question round[AUDIT_ROUND_MAX];
    struct audit_request requests[AUDIT_ROUND_MAX];
    size_t round_count;
    unsigned sent;      /* requests */
    unsigned redirects; /* that were followed */
    cors_slice cookie;  /* of a random name, where the user gave none */
    cors_slice cache_key;
    bool done;
    struct audit_result result;
};

enum audit_kind audit_question_kind(enum audit_question question);
const char *audit_question_purpose(enum audit_question question);

/*
 * The questions whose answers would still tell something and that may still be asked. Their
 * origins are made; those for which this target has no origin are put aside.
 */
size_t audit_plan_round(struct audit *audit, enum audit_question round[AUDIT_ROUND_MAX]);

/* What is known. */
bool audit_known(const struct audit *audit, enum audit_question question);
/* Answered, and the origin that asked is named: given more than any random origin is. */
bool audit_trusts(const struct audit *audit, enum audit_question question);
/* Answered, and not so. */
bool audit_refuses(const struct audit *audit, enum audit_question question);
/* Answered, and the browser would go on: by name or by *. */
bool audit_passes(const struct audit *audit, enum audit_question question);
/* Any origin whatever is named back. */
bool audit_reflects(const struct audit *audit);
/* * for everyone, and nothing beside. */
bool audit_is_public(const struct audit *audit);
/* The first three answers name the same one origin, whoever asks. */
bool audit_is_fixed(const struct audit *audit);
/*
 * The question whose origin is trusted by its name, and which look-alikes are made of: the
 * target's own, or another one that was found. Returns false where none is known.
 */
bool audit_base(const struct audit *audit, enum audit_question *base);
/* The host to make look-alikes of: the base's, or the target's own. */
struct audit_parts audit_trusted_parts(const struct audit *audit);
/* The question's origin is trusted, and no list of origins would hold it. */
bool audit_trusts_beyond(const struct audit *audit, enum audit_question question);
/* Some such origin is. */
bool audit_trusts_more(const struct audit *audit);
/* Answers depend on the Origin, and the one that names it does not say so in Vary. */
bool audit_lacks_vary(const struct audit *audit);
/* Whether requests get a query of their own, so that no cache keeps an answer for others. */
bool audit_avoids_cache(const struct audit *audit);
/* The user handed in a cookie or an Authorization. */
bool audit_has_credentials(const struct audit *audit);

/*
 * audit_origins.c: makes the origin that a question asks about; an empty slice where this target
 * has none such.
 */
cors_slice audit_question_origin(struct audit *audit, enum audit_question question);

/* audit_findings.c: what was found, in audit->result. */
void audit_conclude(struct audit *audit);

#endif
