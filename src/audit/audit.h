/* SPDX-License-Identifier: MIT */
/*
 * Which origins a server trusts, found out by asking it. A decision tree without I/O: it says what
 * to send, a round at a time, is handed each answer, and ends with what it found.
 *
 *     struct audit *audit = audit_create(&target, &options);
 *     while ((count = audit_round(audit, &requests)) > 0) {
 *         for each request: send it; audit_take(audit, i, &answer);
 *     }
 *     const struct audit_result *result = audit_result(audit);
 *     audit_destroy(audit);
 *
 * What it sends it says before; it never waits, and reads no clock. A server that does not answer
 * is asked a second time by the caller, or not at all: audit_take() is told how it ended.
 */
#ifndef CORS_AUDIT_H
#define CORS_AUDIT_H

#include <cors/server.h>
#include <cors/types.h>

/*
 * The rules: enum name, name in every output, a title, what to do about it.
 */
#define AUDIT_RULES(RULE)                                                                          \
    RULE(REFLECTED_ORIGIN, "reflected-origin", "Any origin is trusted",                            \
         "Compare the Origin with a list of whole origins, and answer with it only if it is "      \
         "there.")                                                                                 \
    RULE(NULL_ORIGIN, "null-origin", "The origin null is trusted",                                 \
         "Take null off the list: any page can have that origin, from a sandboxed frame.")         \
    RULE(SUFFIX_MATCH, "suffix-match", "Any domain that ends in a trusted one is trusted",         \
         "Compare whole origins; where subdomains are meant, compare with a dot before the "       \
         "domain.")                                                                                \
    RULE(PREFIX_MATCH, "prefix-match", "Any origin that begins with a trusted one is trusted",     \
         "Compare whole origins; end a regular expression with $.")                                \
    RULE(SUBSTRING_MATCH, "substring-match", "Any origin that holds a trusted name is trusted",    \
         "Compare whole origins, not parts of them; anchor a regular expression with ^ and $.")    \
    RULE(UNESCAPED_DOT, "unescaped-dot", "A dot of the pattern matches any character",             \
         "Write \\. for each dot of the regular expression, or compare whole origins.")            \
    RULE(SPECIAL_CHARACTERS, "special-characters",                                                 \
         "A special character ends the comparison of the host",                                    \
         "Compare whole origins; no character may end a host but : and the end of the value.")     \
    RULE(ANY_SUBDOMAIN, "any-subdomain", "Every subdomain is trusted",                             \
         "List the subdomains that need access: a takeover of, or script in, any other one "       \
         "reads as the user.")                                                                     \
    RULE(ANY_PORT, "any-port", "Every port of a trusted host is trusted",                          \
         "List the origin with its port.")                                                         \
    RULE(INSECURE_ORIGIN, "insecure-origin", "An unencrypted origin is trusted",                   \
         "List the https origin only: whoever is on the network path can be the http one.")        \
    RULE(SHARED_HOSTING, "shared-hosting", "Every site of a shared host is trusted",               \
         "List your own site's whole name: anyone can register another one there.")                \
    RULE(LOOPBACK_ORIGIN, "loopback-origin", "Software on the visitor's machine is trusted",       \
         "Leave localhost to the development environment's policy.")                               \
    RULE(PRIVATE_ADDRESS_ORIGIN, "private-address-origin", "Private addresses are trusted",        \
         "Take private addresses off the list: in any other network they belong to others.")       \
    RULE(ANY_SCHEME, "any-scheme", "Every scheme is trusted",                                      \
         "Compare whole origins, the scheme included.")                                            \
    RULE(WILDCARD_WITH_CREDENTIALS, "wildcard-with-credentials", "* and credentials together",     \
         "Browsers refuse *, for calls with credentials: name the origins, or allow none.")        \
    RULE(WILDCARD, "wildcard", "Every origin may read the answer without credentials",             \
         "Nothing, if the answer is public.")                                                      \
    RULE(MISSING_VARY, "missing-vary", "The answer depends on the Origin, and Vary does not say",  \
         "Send Vary: Origin on every answer, also where there was no Origin.")                     \
    RULE(CACHE_POISONING, "cache-poisoning", "A cache hands one origin's answer to another",       \
         "Send Vary: Origin on every answer, or have the cache keep answers by Origin.")           \
    RULE(MULTIPLE_ALLOW_ORIGIN, "multiple-allow-origin", "More than one allowed origin is sent",   \
         "Let one layer alone set the header, and send the one origin that asked.")                \
    RULE(INVALID_ALLOW_ORIGIN, "invalid-allow-origin", "The allowed origin is no origin",          \
         "Send scheme, host and port as the browser writes them: no path, no slash, no pattern.")  \
    RULE(INVALID_ALLOW_CREDENTIALS, "invalid-allow-credentials",                                   \
         "Credentials are allowed in words that no browser knows",                                 \
         "Send exactly `true`, or do not send the header.")                                        \
    RULE(PREFLIGHT_REFLECTS, "preflight-reflects", "Preflights of any origin are allowed",         \
         "Judge preflights by the same list as requests: they guard what a request changes.")      \
    RULE(PREFLIGHT_FAILS, "preflight-fails", "Preflights of a trusted origin fail",                \
         "Answer OPTIONS with 204 and the headers for the origins that may call.")                 \
    RULE(PREFLIGHT_NEEDS_CREDENTIALS, "preflight-needs-credentials", "Preflights need a login",    \
         "Answer OPTIONS before authentication: browsers send no credentials with preflights.")    \
    RULE(PREFLIGHT_REDIRECTS, "preflight-redirects", "Preflights are redirected",                  \
         "Answer OPTIONS before any redirect: browsers follow none.")                              \
    RULE(ERRORS_LACK_HEADERS, "errors-lack-headers", "Errors lack the headers",                    \
         "Set the headers on every answer: nginx wants `always`, Apache `Header always`.")         \
    RULE(METHODS_TOO_WIDE, "methods-too-wide", "Any method is allowed",                            \
         "List the methods that the API has.")                                                     \
    RULE(HEADERS_TOO_WIDE, "headers-too-wide", "Any request header is allowed",                    \
         "List the headers that the API reads.")                                                   \
    RULE(EXPOSES_SENSITIVE_HEADER, "exposes-sensitive-header",                                     \
         "Script may read a header that holds a secret", "Take it off the exposed headers.")       \
    RULE(MAX_AGE_INVALID, "max-age-invalid", "The preflight's age is no number of seconds",        \
         "Send seconds as digits, or do not send the header.")                                     \
    RULE(PRIVATE_NETWORK_ALLOWED, "private-network-allowed",                                       \
         "Pages from the internet are let into the private network",                               \
         "Allow it to the origins that need it, or do not send the header.")

enum audit_rule {
#define AUDIT_RULE_ENUM(name, text, title, fix) AUDIT_##name,
    AUDIT_RULES(AUDIT_RULE_ENUM)
#undef AUDIT_RULE_ENUM
        AUDIT_RULE_COUNT
};

/* NUL-terminated, living as long as the program. */
const char *audit_rule_name(enum audit_rule rule);
const char *audit_rule_title(enum audit_rule rule);
const char *audit_rule_fix(enum audit_rule rule);
bool audit_rule_find(cors_slice name, enum audit_rule *rule);

/* What an attacker gains, from nothing to everything. */
#define AUDIT_SEVERITIES(SEVERITY)                                                                 \
    SEVERITY(INFO, "info")                                                                         \
    SEVERITY(LOW, "low")                                                                           \
    SEVERITY(MEDIUM, "medium")                                                                     \
    SEVERITY(HIGH, "high")                                                                         \
    SEVERITY(CRITICAL, "critical")

enum audit_severity {
#define AUDIT_SEVERITY_ENUM(name, text) AUDIT_##name,
    AUDIT_SEVERITIES(AUDIT_SEVERITY_ENUM)
#undef AUDIT_SEVERITY_ENUM
        AUDIT_SEVERITY_COUNT
};

const char *audit_severity_name(enum audit_severity severity);
bool audit_severity_find(cors_slice name, enum audit_severity *severity);

/* The three outcomes. Findings win: a target with findings may also have left questions open. */
#define AUDIT_OUTCOMES(OUTCOME)                                                                    \
    OUTCOME(CLEAN, "clean")                                                                        \
    OUTCOME(FINDINGS, "findings")                                                                  \
    OUTCOME(INCONCLUSIVE, "inconclusive")

enum audit_outcome {
#define AUDIT_OUTCOME_ENUM(name, text) AUDIT_##name,
    AUDIT_OUTCOMES(AUDIT_OUTCOME_ENUM)
#undef AUDIT_OUTCOME_ENUM
        AUDIT_OUTCOME_COUNT
};

const char *audit_outcome_name(enum audit_outcome outcome);

/*
 * Why a server could not be judged: enum name, name in every output, what a person is told.
 */
#define AUDIT_REASONS(REASON)                                                                      \
    REASON(NONE, "", "")                                                                           \
    REASON(BAD_URL, "bad-url",                                                                     \
           "This is no http or https URL with a host in ASCII (xn-- for others) and a port.")      \
    REASON(DNS, "dns", "The host's name has no address.")                                          \
    REASON(CONNECT, "connect", "Nothing takes connections at this address and port.")              \
    REASON(PROXY, "proxy", "The proxy does not hand the requests on.")                             \
    REASON(TLS, "tls", "The TLS connection failed, or the certificate is not trusted.")            \
    REASON(TIMEOUT, "timeout", "The server did not answer in time.")                               \
    REASON(CLOSED, "closed", "The server ended the connection before its answer was whole.")       \
    REASON(NOT_HTTP, "not-http", "What the server says is no HTTP that can be read.")              \
    REASON(TOO_LARGE, "too-large", "The head of the answer is larger than browsers take.")         \
    REASON(RATE_LIMIT, "429", "The server limits how often it may be asked.")                      \
    REASON(WAF, "waf", "Something before the server turned the requests away.")                    \
    REASON(LOGIN, "login", "The server wants a login first: hand one in with -H.")                 \
    REASON(REDIRECT, "redirect", "The URL leads to another host, which was not followed.")         \
    REASON(METHOD, "method", "The URL does not take this method: name another one with -X.")       \
    REASON(SERVER_ERROR, "server-error", "The server failed.")                                     \
    REASON(UNSTABLE, "unstable", "The server answers the same request in different ways.")

enum audit_reason {
#define AUDIT_REASON_ENUM(name, text, meaning) AUDIT_REASON_##name,
    AUDIT_REASONS(AUDIT_REASON_ENUM)
#undef AUDIT_REASON_ENUM
        AUDIT_REASON_COUNT
};

const char *audit_reason_name(enum audit_reason reason);
const char *audit_reason_meaning(enum audit_reason reason);

/* Bounds on what one server is asked; the manual states them. */
enum {
    AUDIT_REQUESTS_MAX = 40,       /* of any server */
    AUDIT_CLEAN_REQUESTS_MAX = 16, /* of one with nothing to find */
    AUDIT_QUICK_REQUESTS_MAX = 6,  /* of such a one with `quick` */
    AUDIT_ROUND_MAX = 16,          /* at once */
};

/* What is audited; borrowed for the life of the audit. */
struct audit_target {
    cors_slice url;           /* absolute, http or https */
    cors_slice method;        /* GET where empty */
    const cors_field *fields; /* of the user's: cookies, tokens and the like */
    size_t field_count;
    cors_slice body;
    bool has_body;
    cors_slice known_origin; /* that the server is known to trust; may be empty */
};

struct audit_options {
    bool quick;
    uint64_t seed; /* of the random names of this run */

    /* Whether a domain is on the list of public suffixes ("co.uk", "github.io"). */
    bool (*is_public_suffix)(void *context, cors_slice domain);
    /* Whether it is there because its owner gives names below it to others ("github.io"). */
    bool (*is_shared_host)(void *context, cors_slice domain);
    void *context;
};

/* A request to send as it stands. Its slices live until the next round. */
struct audit_request {
    cors_slice method;
    cors_slice url;
    const cors_field *fields; /* Origin and the user's among them */
    size_t field_count;
    cors_slice body;
    bool sends_body;
    cors_slice origin;   /* that it asks about; empty where it has none */
    const char *purpose; /* "a random origin": for people; lives as long as the program */
};

/* What came of a request; borrowed during audit_take() only. */
struct audit_answer {
    enum audit_reason failure; /* AUDIT_REASON_NONE: there is an answer */
    cors_slice sentence;       /* how it failed, for people */
    int status;
    const cors_field *fields; /* in wire order, nothing joined */
    size_t field_count;
    cors_slice body; /* its beginning, for looking at */
    uint64_t digest; /* of the body as far as it was read; any hash, the same for all */
};

struct audit_finding {
    enum audit_rule rule;
    enum audit_severity severity;
    cors_slice origin;    /* the worst that was found; may be empty */
    cors_slice message;   /* one sentence: what is trusted, as it was seen */
    cors_slice reasoning; /* why this severity: who can hold the origin, what it gains */
    cors_slice evidence;  /* request and answer as text of several lines, without secrets */
    cors_slice reproduce; /* a `cors check` line, without secrets */
};

struct audit_result {
    enum audit_outcome outcome;
    enum audit_reason reason; /* of AUDIT_INCONCLUSIVE; of AUDIT_FINDINGS, why parts stay open */
    cors_slice detail;        /* the reason in this case, for people; may be empty */
    unsigned requests;        /* that were sent */
    cors_slice matcher;       /* what the server trusts, in words; empty where it sends nothing */
    const struct audit_finding *findings; /* the worst first */
    size_t finding_count;
};

struct audit;

/* Returns NULL where there is no memory. A URL that is none ends in AUDIT_REASON_BAD_URL. */
struct audit *audit_create(const struct audit_target *target, const struct audit_options *options);
void audit_destroy(struct audit *audit);

/*
 * The next requests, in any order or all at once; all are to be answered before the next round.
 *
 * requests  out; lives until the next call.
 * Returns how many; 0 when all is known.
 */
size_t audit_round(struct audit *audit, const struct audit_request **requests);

/* Hands in what came of request number `number` of this round. */
void audit_take(struct audit *audit, size_t number, const struct audit_answer *answer);

/* What was found, once audit_round() returned 0. Belongs to the audit. */
const struct audit_result *audit_result(const struct audit *audit);

#endif
