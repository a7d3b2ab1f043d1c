/* SPDX-License-Identifier: MIT */
/*
 * Policies: who may read what, checked before it is used.
 *
 * A front (a YAML file, nginx directives, a web page) hands the builder each value with its
 * position. cors_builder_finish() checks all of it, reports every problem at the user's own line,
 * and compiles what is left into one immutable block that cors_decide() (server.h) reads.
 *
 *     cors_builder *builder;
 *     cors_builder_create(&options, &builder);
 *     cors_builder_begin_policy(builder, where);
 *     cors_builder_add(builder, CORS_KEY_ALLOW_ORIGINS, CORS_SLICE("https://app.example"), where);
 *     cors_builder_finish(builder, &policy);
 */
#ifndef CORS_POLICY_H
#define CORS_POLICY_H

#include <cors/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How grave a problem is. The numbers are pinned. */
typedef enum cors_severity {
    CORS_SEVERITY_INFO = 0,    /* worth knowing */
    CORS_SEVERITY_WARNING = 1, /* probably not what was meant */
    CORS_SEVERITY_ERROR = 2,   /* the policy is refused */
} cors_severity;

/*
 * Every rule a policy is checked against: enum name, pinned number, name in files and JSON,
 * severity, whether `accept_risks` may name it (its error or warning is then an info), and what
 * it means. The enum, the names, the man page and the documentation all come from this table.
 */
#define CORS_RULES(RULE)                                                                           \
    RULE(ORIGIN_SYNTAX, 1, "origin-syntax", ERROR, false,                                          \
         "An origin is not scheme://host or scheme://host:port as browsers write it, or a "        \
         "pattern holds more than one wildcard.")                                                  \
    RULE(ORIGIN_PATH, 2, "origin-path", ERROR, false,                                              \
         "An origin has a path, a trailing slash, a query or a fragment, which no browser sends.") \
    RULE(ORIGIN_DEFAULT_PORT, 3, "origin-default-port", ERROR, false,                              \
         "An origin names its scheme's default port, which no browser sends.")                     \
    RULE(ORIGIN_USERINFO, 4, "origin-userinfo", ERROR, false,                                      \
         "An origin has a user name or password, which no browser sends.")                         \
    RULE(WILDCARD_WITH_CREDENTIALS, 5, "wildcard-with-credentials", ERROR, false,                  \
         "Origin * together with credentials: browsers refuse it, and reflecting the origin "      \
         "instead would let every site act as the visitor.")                                       \
    RULE(WILDCARD_EXPOSE_WITH_CREDENTIALS, 6, "wildcard-expose-with-credentials", ERROR, false,    \
         "expose_headers * together with credentials: browsers then read it as a header named *.") \
    RULE(METHOD_SYNTAX, 7, "method-syntax", ERROR, false, "A method is not an HTTP token.")        \
    RULE(FORBIDDEN_METHOD, 8, "forbidden-method", ERROR, false,                                    \
         "CONNECT, TRACE and TRACK: no browser lets script send them.")                            \
    RULE(HEADER_SYNTAX, 9, "header-syntax", ERROR, false, "A header name is not an HTTP token.")   \
    RULE(FORBIDDEN_REQUEST_HEADER, 10, "forbidden-request-header", ERROR, false,                   \
         "allow_headers names a header that browsers never let script set.")                       \
    RULE(FORBIDDEN_RESPONSE_HEADER, 11, "forbidden-response-header", ERROR, false,                 \
         "expose_headers names Set-Cookie, which browsers never let script read.")                 \
    RULE(MAX_AGE_RANGE, 12, "max-age-range", ERROR, false,                                         \
         "max_age is not a number of seconds from 0 to 2147483647, or a number with s, m, h "      \
         "or d.")                                                                                  \
    RULE(PATH_SYNTAX, 13, "path-syntax", ERROR, false,                                             \
         "A path does not start with /, has a * before its end, or could match no normalized "     \
         "path.")                                                                                  \
    RULE(DUPLICATE_PATH, 14, "duplicate-path", ERROR, false, "Two policies have the same path.")   \
    RULE(UNKNOWN_KEY, 15, "unknown-key", ERROR, false, "A key that policy files do not have.")     \
    RULE(DUPLICATE_KEY, 16, "duplicate-key", ERROR, false, "A key stands twice in one mapping.")   \
    RULE(WRONG_TYPE, 17, "wrong-type", ERROR, false,                                               \
         "A value is of another kind than its key takes.")                                         \
    RULE(MISSING_ORIGINS, 18, "missing-origins", ERROR, false, "A policy has no allow_origins.")   \
    RULE(UNREADABLE_FILE, 19, "unreadable-file", ERROR, false,                                     \
         "A file cannot be read, or is larger than the bound.")                                    \
    RULE(YAML_SYNTAX, 20, "yaml-syntax", ERROR, false,                                             \
         "The file is not YAML, or uses anchors, aliases, tags, merge keys or several documents.") \
    RULE(NULL_ORIGIN, 21, "null-origin", ERROR, true,                                              \
         "Origin null: every sandboxed frame and data: URL of every site has it.")                 \
    RULE(INSECURE_ORIGIN_WITH_CREDENTIALS, 22, "insecure-origin-with-credentials", ERROR, true,    \
         "An http origin with credentials: whoever is on the visitor's network can hold it.")      \
    RULE(PUBLIC_SUFFIX_WILDCARD, 23, "public-suffix-wildcard", ERROR, true,                        \
         "A wildcard right under a public suffix: anyone can register a matching name.")           \
    RULE(LOOPBACK_IN_PRODUCTION, 24, "loopback-in-production", ERROR, true,                        \
         "A loopback origin in production: any program on the visitor's machine can hold it. "     \
         "A warning without credentials.")                                                         \
    RULE(INSECURE_ORIGIN, 25, "insecure-origin", WARNING, true,                                    \
         "An http origin: whoever is on the visitor's network can hold it.")                       \
    RULE(REDUNDANT_ORIGIN, 26, "redundant-origin", WARNING, true,                                  \
         "An origin is listed twice, or covered by another entry.")                                \
    RULE(METHOD_CASE, 27, "method-case", WARNING, true,                                            \
         "A method in lower case: methods are case-sensitive.")                                    \
    RULE(WILDCARD_METHODS, 28, "wildcard-methods", WARNING, true,                                  \
         "allow_methods * together with credentials.")                                             \
    RULE(WILDCARD_HEADERS, 29, "wildcard-headers", WARNING, true,                                  \
         "allow_headers * together with credentials.")                                             \
    RULE(EXPOSES_SENSITIVE_HEADER, 30, "exposes-sensitive-header", WARNING, true,                  \
         "expose_headers names a header that carries a secret by its name.")                       \
    RULE(UNUSED_ENVIRONMENT, 31, "unused-environment", WARNING, true,                              \
         "The selected environment is one that no entry has.")                                     \
    RULE(UNKNOWN_RISK, 32, "unknown-risk", WARNING, false,                                         \
         "accept_risks names something that is not a rule that can be accepted.")                  \
    RULE(NO_ORIGINS_LEFT, 33, "no-origins-left", WARNING, true,                                    \
         "Environments or unset variables leave a policy that allows no origin.")                  \
    RULE(MAX_AGE_CAPPED, 34, "max-age-capped", INFO, true,                                         \
         "max_age is above what browsers keep: Chromium 7200 s, Firefox 86400 s, Safari 600 s.")   \
    RULE(MAX_AGE_MISSING, 35, "max-age-missing", INFO, true,                                       \
         "Methods or headers are listed and max_age is not: browsers keep a preflight for 5 s.")   \
    RULE(SAFELISTED_METHOD, 36, "safelisted-method", INFO, true,                                   \
         "GET, HEAD and POST never need listing.")                                                 \
    RULE(SAFELISTED_HEADER, 37, "safelisted-header", INFO, true,                                   \
         "Accept, Accept-Language and Content-Language never need listing.")                       \
    RULE(ORIGIN_CONVERTED, 38, "origin-converted", INFO, true,                                     \
         "An origin was converted to the form that browsers send.")

typedef enum cors_rule {
#define CORS_RULE_ENUM(name, number, text, severity, acceptable, meaning) CORS_RULE_##name = number,
    CORS_RULES(CORS_RULE_ENUM)
#undef CORS_RULE_ENUM
} cors_rule;

/*
 * The name of a rule ("origin-syntax") and of a severity ("error"), as files, JSON and people
 * write them. NUL-terminated; they live as long as the program.
 */
CORS_API const char *cors_rule_name(cors_rule rule);
CORS_API const char *cors_severity_name(cors_severity severity);

/*
 * The keys of a policy: enum name, pinned number, name in files, shape of the value. LIST takes
 * any number of cors_builder_add() calls, ONE a single one. The nginx directives are the same
 * words behind "cors_".
 */
#define CORS_KEYS(KEY)                                                                             \
    KEY(PATH, 1, "path", ONE)                                                                      \
    KEY(ALLOW_ORIGINS, 2, "allow_origins", LIST)                                                   \
    KEY(ALLOW_METHODS, 3, "allow_methods", LIST)                                                   \
    KEY(ALLOW_HEADERS, 4, "allow_headers", LIST)                                                   \
    KEY(EXPOSE_HEADERS, 5, "expose_headers", LIST)                                                 \
    KEY(ALLOW_CREDENTIALS, 6, "allow_credentials", ONE)                                            \
    KEY(MAX_AGE, 7, "max_age", ONE)                                                                \
    KEY(PREFLIGHT_STATUS, 8, "preflight_status", ONE)                                              \
    KEY(ACCEPT_RISKS, 9, "accept_risks", LIST)

typedef enum cors_key {
#define CORS_KEY_ENUM(name, number, text, shape) CORS_KEY_##name = number,
    CORS_KEYS(CORS_KEY_ENUM)
#undef CORS_KEY_ENUM
} cors_key;

/* Where a value stands. `file` is an index that cors_builder_add_file() returned. */
typedef struct cors_position {
    uint32_t file;
    uint32_t line;   /* from 1 */
    uint32_t column; /* from 1, in code points */
} cors_position;

/* One finding. The texts live until the builder is destroyed. */
typedef struct cors_problem {
    cors_rule rule;
    cors_severity severity; /* after accept_risks and the environment had their say */
    cors_position position;
    cors_slice message;    /* a sentence in UTF-8, without control characters */
    cors_slice suggestion; /* what to write instead; empty where there is no one answer */
} cors_problem;

/*
 * What the front knows and the core does not. Zero it, then set what is needed; `allocator` is
 * required.
 */
typedef struct cors_builder_options {
    cors_allocator allocator;
    cors_slice environment; /* the selected environment; empty means "production" */

    /*
     * Whether a domain (lower-case ASCII) is a public suffix, such as "com" or "github.io".
     * Without this callback every domain counts as one: it fails closed.
     */
    bool (*is_public_suffix)(void *context, cors_slice domain);

    /*
     * Writes the ASCII form of a host label (UTF-8) to `out` and its size to `*size`; returns
     * false if the label is no valid internationalized name, or does not fit in `capacity`.
     * Without this callback such labels are origin-syntax errors.
     */
    bool (*to_ascii)(void *context, cors_slice label, char *out, size_t capacity, size_t *size);

    void *context; /* handed to both callbacks */
} cors_builder_options;

/* A policy under construction. Not for use by two threads at once. */
typedef struct cors_builder cors_builder;

/* A compiled policy: one block without pointers, immutable, at most 4 GiB. */
typedef struct cors_policy cors_policy;

/*
 * Creates a builder. `options` is copied; its callbacks and context must outlive the builder.
 * On CORS_OK the caller owns `*builder`. Else `*builder` is NULL: CORS_NO_MEMORY.
 */
CORS_API cors_status cors_builder_create(const cors_builder_options *options,
                                         cors_builder **builder);

/* Frees a builder with its problems. NULL is fine. Policies that it built live on. */
CORS_API void cors_builder_destroy(cors_builder *builder);

/*
 * Names a file, or whatever positions are counted in; the name is copied. The index that
 * positions use goes to `*file`: 0 for the first, then upwards.
 * Returns CORS_OK or CORS_NO_MEMORY.
 */
CORS_API cors_status cors_builder_add_file(cors_builder *builder, cors_slice name, uint32_t *file);

/* The name of a file, "" for an unknown index; lives until the builder is destroyed. */
CORS_API cors_slice cors_builder_file_name(const cors_builder *builder, uint32_t file);

/*
 * Begins a policy; the values added next belong to it. `position` is that of its first key.
 * Returns CORS_OK or CORS_NO_MEMORY.
 */
CORS_API cors_status cors_builder_begin_policy(cors_builder *builder, cors_position position);

/*
 * Adds a value to the policy begun last, as written by the user: an origin, a method, "10m",
 * "true". The text is borrowed and must stay valid until cors_builder_finish() returns. Faults in
 * it are reported there. A second value for a key of shape ONE replaces the first.
 * Returns CORS_OK or CORS_NO_MEMORY.
 */
CORS_API cors_status cors_builder_add(cors_builder *builder, cors_key key, cors_slice value,
                                      cors_position position);

/*
 * Adds an origin that is for one environment only. In any other it is checked for syntax and
 * left out. Otherwise as cors_builder_add() with CORS_KEY_ALLOW_ORIGINS; `environment` is
 * borrowed likewise.
 */
CORS_API cors_status cors_builder_add_origin_for(cors_builder *builder, cors_slice environment,
                                                 cors_slice origin, cors_position position);

/*
 * Says that some entry is for an environment, also if no origin came of it.
 */
CORS_API void cors_builder_has_environment(cors_builder *builder, cors_slice environment);

/*
 * Says that the policy begun last has a list of origins, and where the list stands. Without it,
 * and without any origin, the policy is missing-origins; with it, a list that variables, files or
 * environments left empty is no-origins-left.
 */
CORS_API void cors_builder_has_origins(cors_builder *builder, cors_position position);

/*
 * Says that the policy begun last could not be read whole, for a reason that was reported: rules
 * about what a policy lacks are then silent about it.
 */
CORS_API void cors_builder_mark_incomplete(cors_builder *builder);

/*
 * Reports a problem that the front found itself (yaml-syntax, unknown-key, wrong-type, ...), with
 * the rule's own severity. The texts are copied; control characters become U+FFFD.
 * Returns CORS_OK or CORS_NO_MEMORY.
 */
CORS_API cors_status cors_builder_report(cors_builder *builder, cors_rule rule,
                                         cors_position position, cors_slice message,
                                         cors_slice suggestion);

/*
 * Looks a key up by its name in files. Returns 0 if there is none; `*nearest` is then the name of
 * the key that was probably meant, or empty.
 */
CORS_API cors_key cors_key_find(cors_slice name, cors_slice *nearest);

/*
 * How many letters must be changed, added, dropped or swapped to make `name` of what was given,
 * whatever their case; SIZE_MAX where they are too unlike to suggest one for the other. For fronts
 * that know a mistyped word.
 */
CORS_API size_t cors_name_distance(cors_slice given, cors_slice name);

/*
 * Checks all that was added and compiles it. Call it once.
 *
 * policy  out: on CORS_OK a policy that the caller owns and gives back with
 *         cors_policy_destroy() and the builder's allocator; else NULL. May be NULL itself to
 *         check only.
 * Returns CORS_OK (there may be warnings); CORS_INVALID: there is an error among the problems;
 * CORS_NO_MEMORY; CORS_TOO_LARGE: the compiled block would pass 4 GiB.
 */
CORS_API cors_status cors_builder_finish(cors_builder *builder, const cors_policy **policy);

/*
 * The problems found, ordered by file, line and column; `*count` of them. They live until the
 * builder is destroyed. To be called after cors_builder_finish().
 */
CORS_API const cors_problem *cors_builder_problems(const cors_builder *builder, size_t *count);

/*
 * The size of a policy's block in bytes. The block may be copied, shared or written to a file as
 * it is; cors_policy_open() takes it back.
 */
CORS_API size_t cors_policy_size(const cors_policy *policy);

/* The environment that a policy was compiled for: "production" where none was named. Borrowed. */
CORS_API cors_slice cors_policy_environment(const cors_policy *policy);

/* The checksum of a policy's block, by which one compiled policy is told from another in a log. */
CORS_API uint64_t cors_policy_checksum(const cors_policy *policy);

/* Why bytes are no compiled policy, and which byte tells. */
typedef struct cors_block_fault {
    cors_slice message; /* a sentence; lives as long as the program */
    uint64_t offset;    /* from the start of the block */
} cors_block_fault;

/*
 * Takes a compiled policy from bytes that somebody else may have written: a file, another process.
 *
 * Its version, length and checksum are checked, and then every part of it, so that no bytes
 * whatsoever make a later call read outside of them, run without end, or answer what no builder
 * would have let pass ("*" with credentials, a header value that holds a line break, an entry that
 * is no origin). A list of methods or headers that answers name has as many as the policy allows,
 * and none else; one that stands twice in the place of another is let pass, and browsers then
 * refuse the other.
 *
 * block   aligned to 8; borrowed: the policy is these bytes, which must stay as they are. Do not
 *         give it to cors_policy_destroy() unless the block came from that allocator.
 * policy  out: NULL unless CORS_OK is returned.
 * fault   out: what is wrong, for CORS_INVALID. May be NULL.
 * Returns CORS_OK or CORS_INVALID. Linear in the size of the block.
 */
CORS_API cors_status cors_policy_open(const void *block, size_t size, const cors_policy **policy,
                                      cors_block_fault *fault);

/* Frees a policy with the allocator that its builder had. NULL is fine. */
CORS_API void cors_policy_destroy(const cors_policy *policy, const cors_allocator *allocator);

#ifdef __cplusplus
}
#endif

#endif
