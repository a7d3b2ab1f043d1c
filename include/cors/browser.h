/* SPDX-License-Identifier: MIT */
/*
 * The browser's half: what a browser sends for a call, and whether script may read the answer.
 *
 * Fetch Standard, sections 3.3 "CORS protocol" and 4 "Fetching"; where real browsers differ from
 * it, their profiles do as they do.
 *
 * A fetch is a state machine without I/O. The caller sends what it asks for and hands in what came
 * back, until it is done:
 *
 *     cors_fetch *fetch;
 *     cors_fetch_begin(memory, sizeof memory, &call, CORS_BROWSER_CHROMIUM, &cache, now, &fetch);
 *     while (cors_fetch_step(fetch) != CORS_STEP_DONE) {
 *         send cors_fetch_method(), cors_fetch_url() and each cors_fetch_next_field();
 *         cors_fetch_answer(fetch, &response, now);
 *     }
 *     const cors_result *result = cors_fetch_result(fetch);
 *
 * Nothing here allocates, does I/O, locks or reads a clock.
 */
#ifndef CORS_BROWSER_H
#define CORS_BROWSER_H

#include <cors/server.h>
#include <cors/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whose behaviour: enum name, pinned number, name on the command line and in JSON. */
#define CORS_BROWSERS(BROWSER)                                                                     \
    BROWSER(STANDARD, 0, "standard") /* the Fetch Standard to the letter */                        \
    BROWSER(CHROMIUM, 1, "chromium")                                                               \
    BROWSER(FIREFOX, 2, "firefox")                                                                 \
    BROWSER(SAFARI, 3, "safari")

typedef enum cors_browser {
#define CORS_BROWSER_ENUM(name, number, text) CORS_BROWSER_##name = number,
    CORS_BROWSERS(CORS_BROWSER_ENUM)
#undef CORS_BROWSER_ENUM
} cors_browser;

/*
 * What makes the call: enum name, pinned number, name in JSON, what Chromium's console calls it.
 * All but fetch and xhr set no headers of their own and so never need a preflight, but for a
 * beacon with a body of a type that is not safelisted.
 */
#define CORS_INITIATORS(INITIATOR)                                                                 \
    INITIATOR(FETCH, 0, "fetch", "fetch")                                                          \
    INITIATOR(XHR, 1, "xhr", "XMLHttpRequest")                                                     \
    INITIATOR(IMAGE, 2, "image", "image")                                                          \
    INITIATOR(SCRIPT, 3, "script", "script")                                                       \
    INITIATOR(MODULE, 4, "module", "script")                                                       \
    INITIATOR(STYLESHEET, 5, "stylesheet", "CSS stylesheet")                                       \
    INITIATOR(FONT, 6, "font", "font")                                                             \
    INITIATOR(EVENT_SOURCE, 7, "eventsource", "resource")                                          \
    INITIATOR(BEACON, 8, "beacon", "resource")

typedef enum cors_initiator {
#define CORS_INITIATOR_ENUM(name, number, text, kind) CORS_INITIATOR_##name = number,
    CORS_INITIATORS(CORS_INITIATOR_ENUM)
#undef CORS_INITIATOR_ENUM
} cors_initiator;

/* Request modes, credentials modes, redirect modes and cache modes of fetch(). Pinned. */
#define CORS_MODES(MODE)                                                                           \
    MODE(CORS, 0, "cors")                                                                          \
    MODE(NO_CORS, 1, "no-cors")                                                                    \
    MODE(SAME_ORIGIN, 2, "same-origin")

typedef enum cors_mode {
#define CORS_MODE_ENUM(name, number, text) CORS_MODE_##name = number,
    CORS_MODES(CORS_MODE_ENUM)
#undef CORS_MODE_ENUM
} cors_mode;

#define CORS_CREDENTIALS_MODES(MODE)                                                               \
    MODE(SAME_ORIGIN, 0, "same-origin")                                                            \
    MODE(INCLUDE, 1, "include")                                                                    \
    MODE(OMIT, 2, "omit")

typedef enum cors_credentials_mode {
#define CORS_CREDENTIALS_ENUM(name, number, text) CORS_CREDENTIALS_##name = number,
    CORS_CREDENTIALS_MODES(CORS_CREDENTIALS_ENUM)
#undef CORS_CREDENTIALS_ENUM
} cors_credentials_mode;

#define CORS_REDIRECT_MODES(MODE)                                                                  \
    MODE(FOLLOW, 0, "follow")                                                                      \
    MODE(ERROR, 1, "error")                                                                        \
    MODE(MANUAL, 2, "manual")

typedef enum cors_redirect_mode {
#define CORS_REDIRECT_ENUM(name, number, text) CORS_REDIRECT_##name = number,
    CORS_REDIRECT_MODES(CORS_REDIRECT_ENUM)
#undef CORS_REDIRECT_ENUM
} cors_redirect_mode;

#define CORS_CACHE_MODES(MODE)                                                                     \
    MODE(DEFAULT, 0, "default")                                                                    \
    MODE(NO_STORE, 1, "no-store")                                                                  \
    MODE(RELOAD, 2, "reload")                                                                      \
    MODE(NO_CACHE, 3, "no-cache")                                                                  \
    MODE(FORCE_CACHE, 4, "force-cache")                                                            \
    MODE(ONLY_IF_CACHED, 5, "only-if-cached")

typedef enum cors_cache_mode {
#define CORS_CACHE_ENUM(name, number, text) CORS_CACHE_##name = number,
    CORS_CACHE_MODES(CORS_CACHE_ENUM)
#undef CORS_CACHE_ENUM
} cors_cache_mode;

/* What the body is made from, which decides the Content-Type that it brings. Pinned. */
#define CORS_BODIES(BODY)                                                                          \
    BODY(NONE, 0, "none")                                                                          \
    BODY(TEXT, 1, "text")     /* a string */                                                       \
    BODY(PARAMS, 2, "params") /* URLSearchParams */                                                \
    BODY(FORM, 3, "form")     /* FormData */                                                       \
    BODY(BLOB, 4, "blob")     /* a Blob, whose type is cors_call.body_type */                      \
    BODY(BYTES, 5, "bytes")   /* an ArrayBuffer or a view on one */                                \
    BODY(STREAM, 6, "stream") /* a ReadableStream */

typedef enum cors_body {
#define CORS_BODY_ENUM(name, number, text) CORS_BODY_##name = number,
    CORS_BODIES(CORS_BODY_ENUM)
#undef CORS_BODY_ENUM
} cors_body;

/*
 * How a call ends: enum name, pinned number, name in JSON, the cause in one sentence, what to do.
 * All but `ok` are errors to script: fetch() rejects, XMLHttpRequest fires `error`.
 */
#define CORS_CODES(CODE)                                                                           \
    CODE(OK, 0, "ok", "The browser hands the answer to script.", "")                               \
    CODE(MISSING_ALLOW_ORIGIN, 1, "missing-allow-origin",                                          \
         "The response has no Access-Control-Allow-Origin header, so no other origin may read "    \
         "it.",                                                                                    \
         "Have the server send Access-Control-Allow-Origin with the page's origin, on every "      \
         "answer, errors included, and Vary: Origin beside it.")                                   \
    CODE(MULTIPLE_ALLOW_ORIGIN, 2, "multiple-allow-origin",                                        \
         "The response has more than one origin in Access-Control-Allow-Origin; browsers accept "  \
         "exactly one.",                                                                           \
         "Let one layer alone set the header: the application, or the proxy before it, never "     \
         "both; and choose the one origin that asked.")                                            \
    CODE(INVALID_ALLOW_ORIGIN, 3, "invalid-allow-origin",                                          \
         "The value of Access-Control-Allow-Origin is no origin.",                                 \
         "Send the page's origin as the browser writes it: scheme, host and port, no path, no "    \
         "trailing slash, no pattern.")                                                            \
    CODE(ALLOW_ORIGIN_MISMATCH, 4, "allow-origin-mismatch",                                        \
         "Access-Control-Allow-Origin names another origin than the page's; browsers compare "     \
         "byte for byte.",                                                                         \
         "Send back the Origin of the request, once it is found in the list of allowed origins, "  \
         "and Vary: Origin beside it.")                                                            \
    CODE(WILDCARD_WITH_CREDENTIALS, 5, "wildcard-with-credentials",                                \
         "The call carries credentials, and for those Access-Control-Allow-Origin must name the "  \
         "origin: * does not count.",                                                              \
         "Send the page's own origin instead of *, or make the call without credentials.")         \
    CODE(INVALID_ALLOW_CREDENTIALS, 6, "invalid-allow-credentials",                                \
         "The call carries credentials, and Access-Control-Allow-Credentials is not exactly "      \
         "`true`.",                                                                                \
         "Send Access-Control-Allow-Credentials: true, on the preflight's answer too, or make "    \
         "the call without credentials.")                                                          \
    CODE(PREFLIGHT_STATUS, 7, "preflight-status",                                                  \
         "The preflight was answered with a status outside 200 to 299.",                           \
         "Answer OPTIONS requests with 204 before authentication, routing and rate limits see "    \
         "them: a preflight never carries cookies or Authorization.")                              \
    CODE(PREFLIGHT_REDIRECT, 8, "preflight-redirect",                                              \
         "The preflight was answered with a redirect, which browsers do not follow.",              \
         "Call the final URL directly (https, www, trailing slash), or answer OPTIONS before "     \
         "the redirect.")                                                                          \
    CODE(INVALID_ALLOW_METHODS, 9, "invalid-allow-methods",                                        \
         "Access-Control-Allow-Methods is not a list of methods.",                                 \
         "Send method names separated by commas: PUT, DELETE.")                                    \
    CODE(INVALID_ALLOW_HEADERS, 10, "invalid-allow-headers",                                       \
         "Access-Control-Allow-Headers is not a list of header names.",                            \
         "Send header names separated by commas: Authorization, Content-Type.")                    \
    CODE(METHOD_NOT_ALLOWED, 11, "method-not-allowed",                                             \
         "The preflight's answer does not list the call's method in "                              \
         "Access-Control-Allow-Methods.",                                                          \
         "Add the method to Access-Control-Allow-Methods, in the same case; * counts only "        \
         "without credentials.")                                                                   \
    CODE(HEADER_NOT_ALLOWED, 12, "header-not-allowed",                                             \
         "The preflight's answer does not list a header of the call in "                           \
         "Access-Control-Allow-Headers.",                                                          \
         "Add the header's name to Access-Control-Allow-Headers; * counts only without "           \
         "credentials.")                                                                           \
    CODE(REDIRECT_WITH_USERINFO, 13, "redirect-with-userinfo",                                     \
         "A redirect leads to a URL with a user name or password.",                                \
         "Redirect to a URL without user:password@.")                                              \
    CODE(REDIRECT_SCHEME, 14, "redirect-scheme",                                                   \
         "A redirect leads to a URL that is not http or https, or to none at all.",                \
         "Redirect to an http or https URL.")                                                      \
    CODE(TOO_MANY_REDIRECTS, 15, "too-many-redirects", "The 21st redirect: browsers follow 20.",   \
         "Break the redirect loop.")                                                               \
    CODE(REDIRECT_REFUSED, 16, "redirect-refused",                                                 \
         "The server redirects, and the call does not want that (redirect: \"error\", no-cors "    \
         "without follow, or a stream that cannot be sent twice).",                                \
         "Call the final URL directly, or let the call follow redirects.")                         \
    CODE(MODE_SAME_ORIGIN, 17, "mode-same-origin",                                                 \
         "The call's mode is same-origin, and the URL is of another origin.",                      \
         "Use mode \"cors\", or a URL of the page's own origin.")                                  \
    CODE(MODE_NO_CORS, 18, "mode-no-cors",                                                         \
         "The call's mode is no-cors, which cannot do what it asks.",                              \
         "Use mode \"cors\"; with no-cors only GET, HEAD and POST that follow redirects work, "    \
         "and the answer stays unreadable.")                                                       \
    CODE(SCHEME_NOT_HTTP, 19, "scheme-not-http",                                                   \
         "The URL's scheme is not http or https, so there is no CORS for it.",                     \
         "Serve the resource, and the page, over http or https; file: URLs have no origin.")       \
    CODE(BAD_REQUEST, 20, "bad-request",                                                           \
         "fetch() itself throws: no request can be made of these arguments.",                      \
         "Mend the call: a forbidden method, a body with GET or HEAD, a URL with user:password@, " \
         "a mode that does not go with the cache mode.")                                           \
    CODE(LOCAL_NETWORK_DENIED, 21, "local-network-denied",                                         \
         "The address is on the visitor's own machine or network, and the visitor gave no "        \
         "permission.",                                                                            \
         "Have the visitor allow local network access for the site, or serve page and API from "   \
         "the same network; no CORS header helps.")                                                \
    CODE(LOCAL_NETWORK_INSECURE, 22, "local-network-insecure",                                     \
         "The address is on the visitor's own machine or network, and the page was not loaded "    \
         "over https.",                                                                            \
         "Serve the page over https; then the visitor can be asked for permission.")               \
    CODE(PRIVATE_NETWORK_PREFLIGHT, 23, "private-network-preflight",                               \
         "An older Chromium wanted Access-Control-Allow-Private-Network in the preflight's "       \
         "answer.",                                                                                \
         "Update the browser: since Chromium 142 it asks the visitor for permission instead.")     \
    CODE(NETWORK_FAILURE, 24, "network-failure",                                                   \
         "There was no answer at all: DNS, TLS, a closed port, mixed content or an extension.",    \
         "Open the URL by itself to see the failure; it is not about CORS headers.")

typedef enum cors_code {
#define CORS_CODE_ENUM(name, number, text, cause, fix) CORS_CODE_##name = number,
    CORS_CODES(CORS_CODE_ENUM)
#undef CORS_CODE_ENUM
} cors_code;

/*
 * What makes a preflight necessary: enum name, pinned number, name in JSON, what would avoid it.
 */
#define CORS_WHYS(WHY)                                                                             \
    WHY(METHOD, 0, "method", "GET, HEAD and POST need no preflight.")                              \
    WHY(HEADER, 1, "header",                                                                       \
        "Only Accept, Accept-Language, Content-Language, Content-Type and Range, with usual "      \
        "values of at most 128 bytes, need no preflight; a token can go into the body, or a "      \
        "cookie.")                                                                                 \
    WHY(CONTENT_TYPE, 2, "content-type",                                                           \
        "text/plain, application/x-www-form-urlencoded and multipart/form-data need no "           \
        "preflight.")                                                                              \
    WHY(UPLOAD_LISTENER, 3, "upload-listener",                                                     \
        "Without a listener on xhr.upload there is no preflight.")                                 \
    WHY(STREAM, 4, "stream", "A string, a Blob or an ArrayBuffer as body needs no preflight.")     \
    WHY(REDIRECT, 5, "redirect", "Call the final URL directly.")

typedef enum cors_why {
#define CORS_WHY_ENUM(name, number, text, advice) CORS_WHY_##name = number,
    CORS_WHYS(CORS_WHY_ENUM)
#undef CORS_WHY_ENUM
} cors_why;

/*
 * Names as JSON and the command line have them; NUL-terminated, living as long as the program.
 * The find functions return false where no value has the name.
 */
CORS_API const char *cors_browser_name(cors_browser browser);
CORS_API const char *cors_initiator_name(cors_initiator initiator);
CORS_API const char *cors_code_name(cors_code code);
CORS_API const char *cors_code_cause(cors_code code);
CORS_API const char *cors_code_fix(cors_code code);
CORS_API const char *cors_why_name(cors_why why);
CORS_API const char *cors_why_advice(cors_why why);
CORS_API bool cors_browser_find(cors_slice name, cors_browser *browser);
CORS_API bool cors_initiator_find(cors_slice name, cors_initiator *initiator);
CORS_API bool cors_mode_find(cors_slice name, cors_mode *mode);
CORS_API bool cors_credentials_mode_find(cors_slice name, cors_credentials_mode *mode);
CORS_API bool cors_redirect_mode_find(cors_slice name, cors_redirect_mode *mode);
CORS_API bool cors_cache_mode_find(cors_slice name, cors_cache_mode *mode);
CORS_API bool cors_body_find(cors_slice name, cors_body *body);

/*
 * A call as script makes it. It is borrowed with all its slices and arrays, which must outlive the
 * fetch. What is zero is the default of fetch(): mode cors, credentials same-origin, redirects
 * followed.
 */
typedef struct cors_call {
    cors_slice page; /* the page's serialized origin, or "null" */
    cors_slice top;  /* that of the top-level page, which parts caches; empty: the page's */
    cors_slice url;  /* absolute, or relative to the page's root; read by the URL Standard */
    cors_slice method;
    const cors_field *headers; /* as script set them; forbidden ones are dropped */
    size_t header_count;
    cors_initiator initiator;
    cors_mode mode;
    cors_credentials_mode credentials;
    cors_redirect_mode redirect;
    cors_cache_mode cache;
    cors_body body;
    cors_slice body_type; /* the type of a Blob */
    bool upload_listener; /* XMLHttpRequest: a listener on xhr.upload when send() was called */

    /*
     * The page's IP address, where known; else its host tells, if that is an address or
     * localhost, and any other counts as public.
     */
    cors_slice page_address;

    /* Hosts whose http URLs this browser upgrades, because of HSTS. */
    const cors_slice *upgraded_hosts;
    size_t upgraded_host_count;

    /*
     * Writes the ASCII form of a label of a Unicode host, as cors_builder_options.to_ascii does.
     * Without it such a URL is no valid one.
     */
    bool (*to_ascii)(void *context, cors_slice label, char *out, size_t capacity, size_t *size);
    void *context; /* handed to the callback */
} cors_call;

/*
 * The preflight cache of a browser, in the caller's memory. Begun once; then handed to each fetch
 * of one browser, one after the other. When it is full the entry that was written first goes.
 */
typedef struct cors_preflight_cache {
    char *memory;
    size_t size;
    size_t used;
    size_t count;
} cors_preflight_cache;

/*
 * memory  borrowed; any alignment. An entry takes some 64 bytes beside the texts of its origin,
 *         its URL and the methods and headers that it allows; one that is larger than the whole
 *         memory is not kept, which costs a preflight and nothing else.
 */
CORS_API void cors_preflight_cache_begin(cors_preflight_cache *cache, void *memory, size_t size);

/* What is to be done next. */
typedef enum cors_step {
    CORS_STEP_DONE = 0,
    CORS_STEP_PREFLIGHT = 1, /* send the preflight */
    CORS_STEP_REQUEST = 2,   /* send the request itself */
} cors_step;

/* A call in progress; it lives in the memory that cors_fetch_begin() was given. */
typedef struct cors_fetch cors_fetch;

/* Enough for an ordinary call and 20 redirects to URLs of ordinary length. */
#define CORS_FETCH_MEMORY 65536

/* Browsers follow this many redirects. Fetch, section 4.4 "HTTP-redirect fetch", step 7. */
#define CORS_REDIRECTS_MAX 20

/*
 * Begins a call.
 *
 * memory   borrowed for as long as the fetch is used; aligned for any type.
 * size     in bytes: CORS_FETCH_MEMORY, or more for long headers and URLs.
 * cache    borrowed for as long as the fetch is used, or NULL for none.
 * now      a clock's milliseconds, that never goes back; read by the cache only.
 * fetch    out: points into `memory`.
 * Returns CORS_OK, also for a call that fails at once (the step is then DONE); CORS_TOO_LARGE if
 * the memory does not hold the call.
 */
CORS_API cors_status cors_fetch_begin(void *memory, size_t size, const cors_call *call,
                                      cors_browser browser, cors_preflight_cache *cache,
                                      int64_t now, cors_fetch **fetch);

CORS_API cors_step cors_fetch_step(const cors_fetch *fetch);

/*
 * What to send in this step. The slices live until the next answer is handed in.
 *
 * url          without user info and fragment.
 * credentials  whether the browser attaches cookies, HTTP authentication and a client certificate.
 * body         whether the call's body goes along.
 */
CORS_API cors_slice cors_fetch_method(const cors_fetch *fetch);
CORS_API cors_slice cors_fetch_url(const cors_fetch *fetch);
CORS_API bool cors_fetch_sends_credentials(const cors_fetch *fetch);
CORS_API bool cors_fetch_sends_body(const cors_fetch *fetch);

/* The field lines that CORS adds; empty with NULL data where one is not sent. As above. */
CORS_API cors_slice cors_fetch_origin(const cors_fetch *fetch);
CORS_API cors_slice cors_fetch_requested_method(const cors_fetch *fetch);
CORS_API cors_slice cors_fetch_requested_headers(const cors_fetch *fetch);

/*
 * The field lines to send, one a call: Origin, the requested method and headers of a preflight,
 * script's own headers and what the body brings. Without those that depend on the connection
 * (Host, User-Agent, Cookie, Content-Length).
 *
 * position  0 at first; kept by the caller.
 * Returns false after the last.
 */
CORS_API bool cors_fetch_next_field(const cors_fetch *fetch, size_t *position, cors_field *field);

/*
 * Why this step is a preflight: one reason a call, with the header's lower-case name, the method
 * or the content type in `what` (empty for a listener, a stream and a redirect). As above.
 */
CORS_API bool cors_fetch_next_why(const cors_fetch *fetch, size_t *position, cors_why *why,
                                  cors_slice *what);

/* A response; borrowed until the result was used, or the next answer is handed in. */
typedef struct cors_response {
    int status;
    const cors_field *fields; /* in wire order, nothing joined */
    size_t field_count;
    cors_slice address; /* the server's IP address, where known; as cors_call.page_address */
} cors_response;

/*
 * Hands in the answer to what was sent.
 *
 * Returns CORS_OK; or CORS_TOO_LARGE if the memory does not hold the URL of a redirect: the fetch
 * is then over, with code network-failure.
 */
CORS_API cors_status cors_fetch_answer(cors_fetch *fetch, const cors_response *response,
                                       int64_t now);

/* Says that what was sent got no answer (DNS, TLS, a closed connection). */
CORS_API void cors_fetch_fail(cors_fetch *fetch);

/* Response types as script sees them. Pinned. */
#define CORS_RESPONSE_TYPES(TYPE)                                                                  \
    TYPE(ERROR, 0, "error")                                                                        \
    TYPE(BASIC, 1, "basic")                                                                        \
    TYPE(CORS, 2, "cors")                                                                          \
    TYPE(OPAQUE, 3, "opaque")                                                                      \
    TYPE(OPAQUE_REDIRECT, 4, "opaqueredirect")

typedef enum cors_response_type {
#define CORS_RESPONSE_TYPE_ENUM(name, number, text) CORS_RESPONSE_##name = number,
    CORS_RESPONSE_TYPES(CORS_RESPONSE_TYPE_ENUM)
#undef CORS_RESPONSE_TYPE_ENUM
} cors_response_type;

CORS_API const char *cors_response_type_name(cors_response_type type);

/*
 * Why a call failed, with what its console message names. What a code does not need is empty.
 */
typedef struct cors_failure {
    cors_code code;
    bool preflight; /* the preflight failed, not the request itself */
    cors_initiator initiator;
    cors_mode mode;
    cors_slice url;       /* of the step that failed; with user info and fragment */
    cors_slice first_url; /* that script called */
    cors_slice page;      /* the page's origin */
    cors_slice origin;    /* as the failing step had it: "null" after some redirects */
    cors_slice value;     /* of the field, or the part of it, that is at fault; the scheme,
                             address space or redirect that is */
    cors_slice method;    /* of the call, at that step */
    cors_slice header;    /* the call's header that was not allowed, as script wrote it */
    int status;           /* of the answer; 0: none came */
    uint32_t value_lines; /* how many field lines, spelled as usual, `value` stands in */
    bool silent;          /* Chromium prints nothing about it */
    bool redirected;      /* whether the step that failed came after a redirect */
} cors_failure;

/* How a call ended. */
typedef struct cors_result {
    cors_code code; /* CORS_CODE_OK: script gets the answer */
    cors_response_type type;
    int status; /* as script sees it: 0 for opaque types */
    bool redirected;
    cors_slice url; /* as script sees it: response.url */
    cors_failure failure;
} cors_result;

/* The result; belongs to the fetch, and is only of use once the step is DONE. */
CORS_API const cors_result *cors_fetch_result(const cors_fetch *fetch);

/*
 * The answer that was handed in last, as it was handed in; status 0 where there was none. Its
 * fields are as borrowed as they were.
 */
CORS_API const cors_response *cors_fetch_response(const cors_fetch *fetch);

/* Whether script can read a header of the answer. Fetch, section 2.2.6 "Responses". */
CORS_API bool cors_fetch_exposes(const cors_fetch *fetch, cors_slice name);

/*
 * What the server has to change so that this failure does not come again: one field line, or the
 * status, of the answer that failed.
 */
typedef struct cors_repair {
    bool preflight;   /* of the preflight's answer, or of the actual one */
    int status;       /* the status to answer with; 0: as it is */
    cors_slice name;  /* the field to set, replacing all lines of that name; empty: none */
    cors_slice value; /* its value */
} cors_repair;

/*
 * Finds the repair for a failed fetch.
 *
 * repair  out; its slices point to static memory, the call, or `buffer`.
 * buffer  for values that have to be made.
 * Returns false where no header or status would help, or the buffer is too small for the value.
 */
CORS_API bool cors_fetch_repair(const cors_fetch *fetch, char *buffer, size_t size,
                                cors_repair *repair);

/*
 * Writes what a browser's console prints for a failure: the line that names the cause, in the
 * words of that browser.
 *
 * buffer  gets at most `size` bytes; no NUL is added.
 * Returns the size of the whole message, which may be more than fits; 0 where that browser prints
 * nothing, or where it is CORS_BROWSER_STANDARD.
 */
CORS_API size_t cors_failure_message(const cors_failure *failure, cors_browser browser,
                                     char *buffer, size_t size);

/* How many further codes a message may fit. */
#define CORS_ALSO_MAX 4

/* What a console message says. The slices point into the text that was read. */
typedef struct cors_explanation {
    bool browser_known;
    cors_browser browser;
    cors_code code; /* the likeliest */
    cors_code also[CORS_ALSO_MAX];
    size_t also_count;
    bool preflight_known; /* whether the words tell if the preflight failed */
    bool preflight;
    cors_failure named; /* url, first_url, origin, value, method, header, status, as far as named */
} cors_explanation;

/*
 * Reads a console message of Chromium, Firefox or Safari, of today or of former years: whole or
 * abridged, with other console lines around it, with straight or curly quotes.
 *
 * text         borrowed for as long as the explanation is used.
 * explanation  out; untouched when false is returned.
 * Returns false if the text holds no message that is known.
 */
CORS_API bool cors_explain(cors_slice text, cors_explanation *explanation);

/*
 * Writes the `cors check` command line that proves an explanation: with the URL, the page's origin,
 * the method and the header that the message names, each as one word of a shell's command line.
 *
 * buffer  gets at most `size` bytes; no NUL is added.
 * Returns the size of the whole line, which may be more than fits; 0 where the message names no
 * URL that can be called.
 */
CORS_API size_t cors_explanation_check(const cors_explanation *explanation, char *buffer,
                                       size_t size);

/*
 * The field lines that CORS sends and reads: enum name, pinned number, name in canonical case.
 */
#define CORS_FIELDS(FIELD)                                                                         \
    FIELD(ORIGIN, 0, "Origin")                                                                     \
    FIELD(REQUEST_METHOD, 1, "Access-Control-Request-Method")                                      \
    FIELD(REQUEST_HEADERS, 2, "Access-Control-Request-Headers")                                    \
    FIELD(ALLOW_ORIGIN, 3, "Access-Control-Allow-Origin")                                          \
    FIELD(ALLOW_CREDENTIALS, 4, "Access-Control-Allow-Credentials")                                \
    FIELD(ALLOW_METHODS, 5, "Access-Control-Allow-Methods")                                        \
    FIELD(ALLOW_HEADERS, 6, "Access-Control-Allow-Headers")                                        \
    FIELD(MAX_AGE, 7, "Access-Control-Max-Age")                                                    \
    FIELD(EXPOSE_HEADERS, 8, "Access-Control-Expose-Headers")                                      \
    FIELD(VARY, 9, "Vary")                                                                         \
    FIELD(LOCATION, 10, "Location")                                                                \
    FIELD(REQUEST_PRIVATE_NETWORK, 11, "Access-Control-Request-Private-Network")                   \
    FIELD(ALLOW_PRIVATE_NETWORK, 12, "Access-Control-Allow-Private-Network")

typedef enum cors_field_id {
#define CORS_FIELD_ENUM(name, number, text) CORS_FIELD_##name = number,
    CORS_FIELDS(CORS_FIELD_ENUM)
#undef CORS_FIELD_ENUM
} cors_field_id;

/* A field's name; NUL-terminated, living as long as the program. */
CORS_API const char *cors_field_name(cors_field_id field);

/*
 * Finds the field of the answer that a failure is about: that is missing, or has the wrong value.
 *
 * field  out; untouched when false is returned.
 * Returns false where a code is about no field of the answer.
 */
CORS_API bool cors_code_field(cors_code code, cors_field_id *field);

#ifdef __cplusplus
}
#endif

#endif
