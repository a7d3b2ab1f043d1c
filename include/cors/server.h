/* SPDX-License-Identifier: MIT */
/*
 * The server's half: what to answer to a request, given a policy.
 *
 * Fetch Standard, section 3.3 "CORS protocol"; RFC 9110, section 12.5.5 "Vary".
 *
 *     cors_request request;
 *     cors_decision decision;
 *     cors_request_begin(&request, policy, method, path);
 *     for each field line of the request:
 *         cors_request_add_header(&request, name, value);
 *     cors_decide(&request, &decision);
 *
 * Nothing here allocates, does I/O or locks; the work is linear in the bytes handed in.
 */
#ifndef CORS_SERVER_H
#define CORS_SERVER_H

#include <cors/policy.h>
#include <cors/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a request is to CORS: enum name, pinned number, name in JSON and logs. */
#define CORS_KINDS(KIND)                                                                           \
    KIND(NO_POLICY, 0, "no-policy") /* no policy for the path: the response is left alone */       \
    KIND(NO_ORIGIN, 1, "no-origin") /* no Origin field line */                                     \
    KIND(PREFLIGHT, 2, "preflight") /* a CORS-preflight request */                                 \
    KIND(ACTUAL, 3, "actual")       /* any other request with an Origin */

typedef enum cors_kind {
#define CORS_KIND_ENUM(name, number, text) CORS_KIND_##name = number,
    CORS_KINDS(CORS_KIND_ENUM)
#undef CORS_KIND_ENUM
} cors_kind;

/* Why: enum name, pinned number, name in JSON and logs, what a person is told. */
#define CORS_REASONS(REASON)                                                                       \
    REASON(NO_POLICY, 0, "no-policy", "No policy covers this path.")                               \
    REASON(NO_ORIGIN, 1, "no-origin", "The request has no Origin header.")                         \
    REASON(ALLOWED, 2, "allowed", "The policy allows this request.")                               \
    REASON(ORIGIN_MALFORMED, 3, "origin-malformed",                                                \
           "The Origin header is not one serialized origin.")                                      \
    REASON(ORIGIN_NULL, 4, "origin-null", "The policy does not accept the origin null.")           \
    REASON(ORIGIN_NOT_ALLOWED, 5, "origin-not-allowed", "The policy does not list this origin.")   \
    REASON(METHOD_MALFORMED, 6, "method-malformed",                                                \
           "Access-Control-Request-Method is not one HTTP method.")                                \
    REASON(METHOD_NOT_ALLOWED, 7, "method-not-allowed", "The policy does not list this method.")   \
    REASON(HEADER_MALFORMED, 8, "header-malformed",                                                \
           "Access-Control-Request-Headers is not a list of header names.")                        \
    REASON(HEADER_TOO_MANY, 9, "header-too-many",                                                  \
           "Access-Control-Request-Headers is larger than 16 KiB or 256 names.")                   \
    REASON(HEADER_NOT_ALLOWED, 10, "header-not-allowed",                                           \
           "The policy does not list a header that this request needs.")                           \
    REASON(SAME_ORIGIN, 11, "same-origin", "The request comes from this very origin.")

typedef enum cors_reason {
#define CORS_REASON_ENUM(name, number, text, meaning) CORS_REASON_##name = number,
    CORS_REASONS(CORS_REASON_ENUM)
#undef CORS_REASON_ENUM
} cors_reason;

/* Whether the policy lets the request's origin have the answer. The numbers are pinned. */
typedef enum cors_verdict {
    CORS_VERDICT_NONE = 0, /* nothing to judge: no policy, or no Origin */
    CORS_VERDICT_ALLOWED = 1,
    CORS_VERDICT_DENIED = 2,
} cors_verdict;

/* Names as JSON and logs have them; NUL-terminated, living as long as the program. */
CORS_API const char *cors_kind_name(cors_kind kind);
CORS_API const char *cors_reason_name(cors_reason reason);
/* One sentence about a reason, for people. As above. */
CORS_API const char *cors_reason_meaning(cors_reason reason);

/* A field line; both slices are borrowed. */
typedef struct cors_field {
    cors_slice name;
    cors_slice value;
} cors_field;

/*
 * More than this in Access-Control-Request-Headers, all field lines together, is refused:
 * browsers send some hundred bytes, and servers take 8 to 64 KiB of headers at all.
 */
#define CORS_REQUEST_HEADERS_BYTES_MAX 16384
#define CORS_REQUEST_HEADERS_NAMES_MAX 256

/* The longest request header name that a policy can list; a longer one is not listed. */
#define CORS_HEADER_NAME_MAX 256

/*
 * A request as it is read. About 17 KiB, meant for the stack; begin it, do not zero it. The
 * members belong to the library.
 */
typedef struct cors_request {
    const cors_policy *policy;
    const void *route;
    cors_slice method;
    cors_slice own_origin;
    cors_slice origin;
    cors_slice requested_method;
    cors_slice host;
    cors_slice fetch_site;
    uint32_t origin_lines;
    uint32_t requested_method_lines;
    uint32_t host_lines;
    uint32_t fetch_site_lines;
    uint32_t header_bytes;
    uint32_t header_names;
    cors_reason header_reason;
    uint32_t echo_size;
    uint32_t origin_verdict; /* a cors_verdict */
    /* The requested names joined with ", ": the separator may take a byte more than it had. */
    char echo[CORS_REQUEST_HEADERS_BYTES_MAX + 2 * CORS_REQUEST_HEADERS_NAMES_MAX];
} cors_request;

/*
 * Begins a request.
 *
 * policy  the policy, or NULL where none applies; must outlive the request.
 * method  the request's method, case as received.
 * path    the client's normalized path (decoded, dot segments resolved), without the query.
 * Both slices are borrowed until the decision was used.
 */
CORS_API void cors_request_begin(cors_request *request, const cors_policy *policy,
                                 cors_slice method, cors_slice path);

/*
 * Hands in one field line, in the order received; lines that CORS does not read are ignored, so a
 * caller hands in all. Both slices are borrowed until the decision was used.
 */
CORS_API void cors_request_add_header(cors_request *request, cors_slice name, cors_slice value);

/*
 * The serialized origin under which clients see this server ("https://api.example.com"), for
 * cors_decision.same_origin. Without it the Host field line decides, without its scheme. Borrowed
 * like the rest.
 */
CORS_API void cors_request_set_own_origin(cors_request *request, cors_slice own_origin);

/*
 * Says that the application itself judged the request's origin, from a database or by code of its
 * own: CORS_VERDICT_ALLOWED or CORS_VERDICT_DENIED stand in place of the policy's origins, for a
 * public policy too; CORS_VERDICT_NONE leaves them the judgement. A serialized origin is wanted all
 * the same, and `null` is never allowed so. The answer then depends on the origin, which Vary says:
 * an application that judges calls this for every request, also for those without an Origin.
 */
CORS_API void cors_request_set_origin_verdict(cors_request *request, cors_verdict verdict);

/* The most fields and Vary names that a decision can hold. */
#define CORS_DECISION_FIELDS_MAX 5
#define CORS_DECISION_VARY_MAX 3

/*
 * What to answer. Every slice points into the policy, the request's texts, the cors_request or
 * static memory, and is valid until the first of them goes.
 */
typedef struct cors_decision {
    cors_kind kind;
    cors_verdict verdict;
    cors_reason reason;

    /*
     * The status to answer with at once, or 0: the application answers. A preflight has one: that
     * of the policy with an empty body where allowed, 403 where denied.
     */
    int status;

    /*
     * The Access-Control-* field lines to set, names in canonical case. Unless `kind` is
     * CORS_KIND_NO_POLICY, first remove those that cors_header_is_owned() names.
     */
    cors_field fields[CORS_DECISION_FIELDS_MAX];
    size_t field_count;

    /* The names that Vary must hold besides what it holds already; see cors_vary_covers(). */
    cors_slice vary[CORS_DECISION_VARY_MAX];
    size_t vary_count;

    /*
     * Whether an actual request comes from this server's own origin: by Sec-Fetch-Site
     * (same-origin or none), else by the Origin against own_origin or Host.
     */
    bool same_origin;

    /* For a denial: a plain-text body that names the reason. Else empty. */
    cors_slice body;
} cors_decision;

/*
 * Decides. Sections 3.3.2 to 3.3.6 of the Fetch Standard seen from the server. To be called once,
 * after the last field line.
 */
CORS_API void cors_decide(const cors_request *request, cors_decision *decision);

/*
 * Whether a server that enforces its policy refuses the request with 403 before the application
 * sees it: an actual request that is denied and does not come from the server's own origin. It
 * stops the simple POST that CORS alone lets through.
 */
CORS_API bool cors_decision_blocks(const cors_decision *decision);

/*
 * The reason as an enforcing server logs it: CORS_REASON_SAME_ORIGIN for an actual request from
 * the server's own origin, else the decision's reason.
 */
CORS_API cors_reason cors_decision_logged_reason(const cors_decision *decision);

/*
 * Whether a response field line belongs to the policy's owner: Access-Control-Allow-*,
 * Access-Control-Expose-Headers and Access-Control-Max-Age, in any case.
 */
CORS_API bool cors_header_is_owned(cors_slice name);

/* Whether a header's name says that its value is a secret: tokens, cookies, keys, in any case. */
CORS_API bool cors_header_is_sensitive(cors_slice name);

/* Whether a Vary field value holds a name, or is "*". RFC 9110, section 12.5.5. */
CORS_API bool cors_vary_covers(cors_slice vary_value, cors_slice name);

/*
 * Finds the entry that allows an origin on a path, as the policy holds it ("https://{label}.x").
 *
 * entry     out: its text, written to `buffer`.
 * buffer    at least CORS_ENTRY_MAX bytes.
 * Returns false if no entry allows the origin.
 */
#define CORS_ENTRY_MAX 512
CORS_API bool cors_policy_find_origin(const cors_policy *policy, cors_slice path, cors_slice origin,
                                      char *buffer, cors_slice *entry);

/*
 * Calls `visit` with each origin entry of each policy, with the policy's path as written, until
 * it returns false. The slices live for the call only.
 */
CORS_API void cors_policy_each_origin(const cors_policy *policy,
                                      bool (*visit)(void *context, cors_slice path,
                                                    cors_slice entry),
                                      void *context);

/*
 * Finds the policy that covers a path.
 *
 * path      normalized, as for cors_request_begin().
 * covering  out: the policy's path as written ("/api" or, for a prefix, "/api" and its star);
 *           borrowed from the policy.
 * Returns false if no policy covers the path.
 */
CORS_API bool cors_policy_find_path(const cors_policy *policy, cors_slice path,
                                    cors_slice *covering);

/*
 * The normalized path of a request target, for cors_request_begin(): as nginx has it, with
 * everything decoded once, dot segments resolved, empty segments dropped, and without query and
 * fragment. Of a target in absolute form (RFC 9112, section 3.2.2), what follows the authority.
 *
 * target  as received; borrowed.
 * buffer  at least target.size bytes; what is returned stands there, or is static.
 * An application routes by a path of its own: ask cors_target_is_ambiguous() first.
 */
CORS_API cors_slice cors_target_path(cors_slice target, char *buffer);

/*
 * Whether a request target holds nothing that servers read in different ways: no encoded slash,
 * backslash, dot or percent sign, no percent sign that encodes nothing, no raw backslash, no
 * segment that begins with a dot, no empty segment, no "#". It is then never ambiguous. A query is
 * not looked at.
 */
CORS_API bool cors_target_is_plain(cors_slice target);

/*
 * Whether it depends on who reads a request target which policy covers it. A gateway that hands
 * targets on byte for byte must refuse such a request (400): it judged "/public/..%2fadmin" as one
 * path, and the application behind it may serve the other.
 *
 * Looked at are all combinations of: encoded slashes and backslashes decoded or not, encoded dots
 * decoded or not, a backslash as a slash or not, empty segments dropped or not, dot segments
 * resolved or not, everything decoded once or twice, the path ending at "#" or not. Any other
 * encoded byte is always decoded: RFC 3986, section 6.2.2.2, has one reading for it.
 *
 * target   as received: path and query, in origin or absolute form. Borrowed.
 * scratch  at least target.size bytes, to be overwritten.
 * Linear in the size of the target, whatever it holds.
 */
CORS_API bool cors_target_is_ambiguous(const cors_policy *policy, cors_slice target, char *scratch);

#ifdef __cplusplus
}
#endif

#endif
