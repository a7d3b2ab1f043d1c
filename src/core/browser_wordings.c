/* SPDX-License-Identifier: MIT */
/*
 * The console messages of Chromium, Firefox and Safari about CORS, of today and of former years.
 * For each browser and code the first wording that fits a failure is the one that is printed.
 */
#include "browser_messages.h"

/* A row; what follows the text are further codes that it may mean. */
#define ROW(in_browser, within, in_phase, in_use, name, ...)                                       \
    {                                                                                              \
        .browser = CORS_BROWSER_##in_browser, .code = CORS_CODE_##name, .use = USE_##in_use,       \
        .phase = PHASE_##in_phase, .envelope = ENVELOPE_##within, .text = __VA_ARGS__              \
    }

/* Chromium's "CORS check": of the preflight, which the envelope then says, or of the request. */
#define CHROMIUM_CHECK(use, name, ...) ROW(CHROMIUM, CHROMIUM, EITHER, use, name, __VA_ARGS__)
/* What only a preflight can fail by. */
#define CHROMIUM_PREFLIGHT(use, name, ...)                                                         \
    ROW(CHROMIUM, CHROMIUM_PREFLIGHT, PREFLIGHT, use, name, __VA_ARGS__)
#define CHROMIUM(phase, use, name, ...) ROW(CHROMIUM, CHROMIUM, phase, use, name, __VA_ARGS__)
#define CHROMIUM_LINE(phase, use, name, ...) ROW(CHROMIUM, NONE, phase, use, name, __VA_ARGS__)
#define FIREFOX(phase, use, name, ...) ROW(FIREFOX, FIREFOX, phase, use, name, __VA_ARGS__)
#define SAFARI(phase, use, name, ...) ROW(SAFARI, NONE, phase, use, name, __VA_ARGS__)
#define ALSO(name) CORS_CODE_##name

#define XHR_SENTENCE                                                                               \
    " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the "      \
    "withCredentials attribute."
/* Chromium says more to fetch(). */
#define CHROMIUM_VALUE(name, text)                                                                 \
    CHROMIUM_CHECK(FETCH, name, text "|. Have the server send the header with a valid value."),    \
        CHROMIUM_CHECK(TODAY, name, text "|.")
#define MATCHES_NOT "CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’|)."
#define DID_NOT_SUCCEED "CORS request did not succeed|). Status code: (null)."
#define CHROMIUM_SCHEMES                                                                           \
    "Cross origin requests are only supported for protocol schemes|: chrome, "                     \
    "chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, "    \
    "https, isolated-app."

const struct envelope_words cors_envelopes[ENVELOPE_COUNT] = {
    [ENVELOPE_NONE] = {CORS_BROWSER_STANDARD, PHASE_EITHER, "{reason}"},
    [ENVELOPE_CHROMIUM] = {CORS_BROWSER_CHROMIUM, PHASE_REQUEST,
                           "Access to {kind} at '{url}'{redirected} from origin '{origin}' has "
                           "been blocked by CORS policy: {reason}"},
    [ENVELOPE_CHROMIUM_PREFLIGHT] =
        {CORS_BROWSER_CHROMIUM, PHASE_PREFLIGHT,
         "Access to {kind} at '{url}'{redirected} from origin '{origin}' has been blocked by CORS "
         "policy: Response to preflight request doesn't pass access control check: {reason}"},
    [ENVELOPE_FIREFOX] = {CORS_BROWSER_FIREFOX, PHASE_EITHER,
                          "Cross-Origin Request Blocked: The Same Origin Policy disallows reading "
                          "the remote resource at {url}. (Reason: {reason}"},
    [ENVELOPE_FIREFOX_QUOTED] = {CORS_BROWSER_FIREFOX, PHASE_EITHER,
                                 "Cross-Origin Request Blocked: The Same Origin Policy disallows "
                                 "reading the remote resource at ‘{url}’. (Reason: {reason}"},
    [ENVELOPE_CHROMIUM_TARGET] = {CORS_BROWSER_CHROMIUM, PHASE_REQUEST,
                                  "Access to {kind} at '{target}' (redirected from '{first}') "
                                  "from origin '{origin}' has been blocked by CORS policy: "
                                  "{reason}"},
    [ENVELOPE_FIREFOX_TARGET] = {CORS_BROWSER_FIREFOX, PHASE_EITHER,
                                 "Cross-Origin Request Blocked: The Same Origin Policy disallows "
                                 "reading the remote resource at {target}. (Reason: {reason}"},
    [ENVELOPE_CHROMIUM_ISSUE] = {CORS_BROWSER_CHROMIUM, PHASE_REQUEST,
                                 "Access blocked by CORS policy: {reason}"},
    [ENVELOPE_CHROMIUM_ISSUE_PREFLIGHT] =
        {CORS_BROWSER_CHROMIUM, PHASE_PREFLIGHT,
         "Access blocked by CORS policy: Response to preflight request doesn't pass access "
         "control check: {reason}"},
    [ENVELOPE_CHROMIUM_ABRIDGED] = {CORS_BROWSER_CHROMIUM, PHASE_REQUEST,
                                    "has been blocked by CORS policy: {reason}"},
    [ENVELOPE_CHROMIUM_ABRIDGED_PREFLIGHT] =
        {CORS_BROWSER_CHROMIUM, PHASE_PREFLIGHT,
         "Response to preflight request doesn't pass access control check: {reason}"},
    [ENVELOPE_CHROMIUM_ABRIDGED_ORIGIN] = {CORS_BROWSER_CHROMIUM, PHASE_REQUEST,
                                           "from origin '{origin}' has been blocked by CORS "
                                           "policy: {reason}"},
    [ENVELOPE_CHROMIUM_REDIRECT] = {CORS_BROWSER_CHROMIUM, PHASE_REQUEST,
                                    "Redirect from '{first}' to '{url}' has been blocked by CORS "
                                    "policy: {reason}"},
    [ENVELOPE_CHROMIUM_FETCH_2017] = {CORS_BROWSER_CHROMIUM, PHASE_REQUEST,
                                      "Fetch API cannot load {url}. {reason}"},
    [ENVELOPE_CHROMIUM_FETCH_2017_PREFLIGHT] =
        {CORS_BROWSER_CHROMIUM, PHASE_PREFLIGHT,
         "Fetch API cannot load {url}. Response to preflight request doesn't pass access control "
         "check: {reason}"},
    [ENVELOPE_CHROMIUM_2017] = {CORS_BROWSER_CHROMIUM, PHASE_REQUEST,
                                "Failed to load {url}: {reason}"},
    [ENVELOPE_CHROMIUM_2017_PREFLIGHT] = {CORS_BROWSER_CHROMIUM, PHASE_PREFLIGHT,
                                          "Failed to load {url}: Response to preflight request "
                                          "doesn't pass access control check: {reason}"},
    [ENVELOPE_CHROMIUM_XHR_2017] = {CORS_BROWSER_CHROMIUM, PHASE_REQUEST,
                                    "XMLHttpRequest cannot load {url}. {reason}"},
    [ENVELOPE_CHROMIUM_XHR_2017_PREFLIGHT] =
        {CORS_BROWSER_CHROMIUM, PHASE_PREFLIGHT,
         "XMLHttpRequest cannot load {url}. Response to preflight request doesn't pass access "
         "control check: {reason}"},
    [ENVELOPE_CHROMIUM_GET] = {CORS_BROWSER_CHROMIUM, PHASE_EITHER, "GET {url} {reason}"},
    [ENVELOPE_CHROMIUM_POST] = {CORS_BROWSER_CHROMIUM, PHASE_EITHER, "POST {url} {reason}"},
    [ENVELOPE_CHROMIUM_PUT] = {CORS_BROWSER_CHROMIUM, PHASE_EITHER, "PUT {url} {reason}"},
    [ENVELOPE_CHROMIUM_PATCH] = {CORS_BROWSER_CHROMIUM, PHASE_EITHER, "PATCH {url} {reason}"},
    [ENVELOPE_CHROMIUM_DELETE] = {CORS_BROWSER_CHROMIUM, PHASE_EITHER, "DELETE {url} {reason}"},
    [ENVELOPE_CHROMIUM_ORIGIN] = {CORS_BROWSER_CHROMIUM, PHASE_EITHER,
                                  "Origin '{origin}' is therefore not allowed access{reason}"},
    [ENVELOPE_CHROMIUM_STATUS] = {CORS_BROWSER_CHROMIUM, PHASE_EITHER,
                                  "The response had HTTP status code {status}.{reason}"},
    [ENVELOPE_SAFARI_REDIRECT] = {CORS_BROWSER_SAFARI, PHASE_EITHER,
                                  "Cross-origin redirection to {url} denied by Cross-Origin "
                                  "Resource Sharing policy: {reason}"},
    [ENVELOPE_SAFARI_CANNOT_LOAD] = {CORS_BROWSER_SAFARI, PHASE_EITHER,
                                     "cannot load {url} due to access control checks{reason}"},
};

const struct wording cors_wordings[] = {
    /* Chromium */
    CHROMIUM_CHECK(XHR, WILDCARD_WITH_CREDENTIALS,
                   "The value of the 'Access-Control-Allow-Origin' header in the response must "
                   "not be the wildcard '*' when the request's credentials mode is "
                   "'include'." XHR_SENTENCE),
    CHROMIUM_CHECK(TODAY, WILDCARD_WITH_CREDENTIALS,
                   "The value of the 'Access-Control-Allow-Origin' header in the response must "
                   "not be the wildcard '*' when the request's credentials mode is 'include'|."),
    CHROMIUM_CHECK(TODAY, MISSING_ALLOW_ORIGIN,
                   "No 'Access-Control-Allow-Origin' header is present on the requested "
                   "resource|."),
    CHROMIUM_VALUE(MULTIPLE_ALLOW_ORIGIN,
                   "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', "
                   "but only one is allowed"),
    CHROMIUM_VALUE(INVALID_ALLOW_ORIGIN,
                   "The 'Access-Control-Allow-Origin' header contains the invalid value "
                   "'{value}'"),
    CHROMIUM_VALUE(ALLOW_ORIGIN_MISMATCH,
                   "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not "
                   "equal to the supplied origin"),
    CHROMIUM_CHECK(XHR, INVALID_ALLOW_CREDENTIALS,
                   "The value of the 'Access-Control-Allow-Credentials' header in the response is "
                   "'{value}' which must be 'true' when the request's credentials mode is "
                   "'include'." XHR_SENTENCE),
    CHROMIUM_CHECK(TODAY, INVALID_ALLOW_CREDENTIALS,
                   "The value of the 'Access-Control-Allow-Credentials' header in the response is "
                   "'{value}' which must be 'true' when the request's credentials mode is "
                   "'include'|."),
    CHROMIUM_PREFLIGHT(TODAY, PREFLIGHT_STATUS, "It does not have HTTP ok status|."),
    CHROMIUM_PREFLIGHT(TODAY, PREFLIGHT_REDIRECT,
                       "Redirect is not allowed for a preflight request|."),
    CHROMIUM(PREFLIGHT, TODAY, INVALID_ALLOW_METHODS,
             "Cannot parse Access-Control-Allow-Methods response header field in preflight "
             "response|."),
    CHROMIUM(PREFLIGHT, TODAY, INVALID_ALLOW_HEADERS,
             "Cannot parse Access-Control-Allow-Headers response header field in preflight "
             "response|."),
    CHROMIUM(PREFLIGHT, TODAY, METHOD_NOT_ALLOWED,
             "Method {method} is not allowed by Access-Control-Allow-Methods in preflight "
             "response|."),
    CHROMIUM(PREFLIGHT, TODAY, HEADER_NOT_ALLOWED,
             "Request header field {header} is not allowed by Access-Control-Allow-Headers in "
             "preflight response|."),
    /* Chromium's code hands no location to its text. */
    CHROMIUM(REQUEST, TODAY, REDIRECT_WITH_USERINFO,
             "Redirect location '{none}' contains a username and password, which is disallowed "
             "for cross-origin requests|."),
    CHROMIUM(REQUEST, TODAY, SCHEME_NOT_HTTP, CHROMIUM_SCHEMES, {ALSO(REDIRECT_SCHEME)}),
    CHROMIUM_LINE(REQUEST, NO_TARGET, REDIRECT_SCHEME,
                  "Failed to load resource: net::ERR_INVALID_REDIRECT"),
    CHROMIUM_LINE(REQUEST, LOCAL_TARGET, REDIRECT_SCHEME,
                  "Failed to load resource: net::ERR_UNSAFE_REDIRECT"),
    ROW(CHROMIUM, CHROMIUM_TARGET, REQUEST, TODAY, REDIRECT_SCHEME, CHROMIUM_SCHEMES),
    CHROMIUM(REQUEST, TODAY, LOCAL_NETWORK_DENIED,
             "Permission was denied for this request to access the `{value}` address space|."),
    CHROMIUM(REQUEST, TODAY, LOCAL_NETWORK_INSECURE,
             "The request client is not a secure context and the resource is in more-private "
             "address space `{value}`|."),
    /* In full it is the page's URL. */
    CHROMIUM_LINE(REQUEST, REDIRECTED, MODE_SAME_ORIGIN,
                  "Unsafe attempt to load URL {url} from frame with URL {origin}/|. Domains, "
                  "protocols and ports must match."),
    CHROMIUM_LINE(REQUEST, TODAY, MODE_SAME_ORIGIN,
                  "Fetch API cannot load {url}. Request mode is \"same-origin\" but the URL's "
                  "origin is not same as the request origin| {origin}."),
    CHROMIUM_LINE(REQUEST, TODAY, MODE_NO_CORS,
                  "Fetch API cannot load {url}. Request mode is \"no-cors\" but the redirect mode "
                  "is not \"follow\"|."),
    CHROMIUM_LINE(REQUEST, TODAY, TOO_MANY_REDIRECTS,
                  "Failed to load resource: net::ERR_TOO_MANY_REDIRECTS"),
    /* A stream cannot be sent again. */
    CHROMIUM_LINE(REQUEST, TARGET, REDIRECT_REFUSED,
                  "Failed to load resource: net::ERR_INVALID_ARGUMENT"),
    CHROMIUM_LINE(REQUEST, WRITTEN, REDIRECT_REFUSED, "Failed to load resource: net::ERR_FAILED"),

    /* Chromium, formerly, abridged and in other places */
    CHROMIUM(REQUEST, FORMERLY, MODE_SAME_ORIGIN,
             "Cross origin requests are not allowed by request mode"),
    CHROMIUM(REQUEST, FORMERLY, SCHEME_NOT_HTTP,
             "Cross origin requests are only supported for HTTP"),
    CHROMIUM_LINE(REQUEST, FORMERLY, SCHEME_NOT_HTTP,
                  "Fetch API cannot load {url}. URL scheme \"{value}\" is not supported"),
    CHROMIUM_LINE(REQUEST, FORMERLY, SCHEME_NOT_HTTP, "URL scheme \"{value}\" is not supported"),
    CHROMIUM_LINE(REQUEST, FORMERLY, MODE_SAME_ORIGIN,
                  "Request mode is \"same-origin\" but the URL's origin is not same as the "
                  "request origin"),
    CHROMIUM(EITHER, FORMERLY, WILDCARD_WITH_CREDENTIALS,
             "A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header when the "
             "credentials flag is true"),
    CHROMIUM(EITHER, FORMERLY, WILDCARD_WITH_CREDENTIALS,
             "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true. "
             "Origin"),
    CHROMIUM(EITHER, FORMERLY, INVALID_ALLOW_CREDENTIALS,
             "Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is "
             "'{value}'"),
    CHROMIUM(EITHER, FORMERLY, INVALID_ALLOW_CREDENTIALS,
             "Response to preflight request doesn't pass access control check: Credentials flag "
             "is 'true'"),
    CHROMIUM(EITHER, FORMERLY, INVALID_ALLOW_CREDENTIALS,
             "The value of the 'Access-Control-Allow-Credentials' header in the response is"),
    CHROMIUM(EITHER, FORMERLY, MULTIPLE_ALLOW_ORIGIN,
             "The 'Access-Control-Allow-Origin' header contains multiple values"),
    CHROMIUM(EITHER, FORMERLY, INVALID_ALLOW_ORIGIN,
             "The 'Access-Control-Allow-Origin' header contains the invalid value"),
    CHROMIUM(EITHER, FORMERLY, ALLOW_ORIGIN_MISMATCH,
             "The 'Access-Control-Allow-Origin' header has a value"),
    CHROMIUM(PREFLIGHT, FORMERLY, PREFLIGHT_STATUS,
             "Response for preflight has invalid HTTP status code|: {status}"),
    CHROMIUM(PREFLIGHT, FORMERLY, PREFLIGHT_STATUS,
             "Response for preflight does not have HTTP ok status"),
    CHROMIUM(PREFLIGHT, FORMERLY, PREFLIGHT_REDIRECT,
             "Response for preflight is invalid (redirect)"),
    CHROMIUM(REQUEST, FORMERLY, REDIRECT_REFUSED,
             "Request requires preflight, which is disallowed to follow cross-origin redirect"),
    CHROMIUM(REQUEST, FORMERLY, REDIRECT_REFUSED,
             "The request was redirected to '{url}', which is disallowed for cross-origin "
             "requests that require preflight"),
    CHROMIUM(REQUEST, FORMERLY, REDIRECT_WITH_USERINFO,
             "The request was redirected to a URL ('{url}') containing userinfo, which is "
             "disallowed for cross-origin requests"),
    CHROMIUM(REQUEST, FORMERLY, REDIRECT_SCHEME,
             "The request was redirected to a URL ('{url}') which has a disallowed scheme for "
             "cross-origin requests"),
    CHROMIUM(REQUEST, FORMERLY, MODE_SAME_ORIGIN, "The response is invalid",
             {ALSO(NETWORK_FAILURE)}),
    CHROMIUM(REQUEST, FORMERLY, LOCAL_NETWORK_DENIED,
             "Request had a target IP address space of `{any}` yet the resource is in address "
             "space `{value}`"),
    CHROMIUM(REQUEST, FORMERLY, LOCAL_NETWORK_DENIED,
             "Request had no target IP address space, yet the resource is in address space "
             "`{value}`"),
    CHROMIUM(REQUEST, FORMERLY, LOCAL_NETWORK_DENIED,
             "Unable to ask for permission to access the `{value}` IP address space"),
    CHROMIUM(PREFLIGHT, FORMERLY, PRIVATE_NETWORK_PREFLIGHT,
             "No 'Access-Control-Allow-Private-Network' header was present in the preflight "
             "response for this private network request targeting the `{value}` address space"),
    CHROMIUM(PREFLIGHT, FORMERLY, PRIVATE_NETWORK_PREFLIGHT,
             "The 'Access-Control-Allow-Private-Network' header in the preflight response for "
             "this private network request targeting the `{any}` address space had a value of "
             "'{value}'"),
    CHROMIUM(PREFLIGHT, FORMERLY, PRIVATE_NETWORK_PREFLIGHT,
             "No 'Private-Network-Access-Id' header was present in"),
    CHROMIUM(PREFLIGHT, FORMERLY, PRIVATE_NETWORK_PREFLIGHT,
             "No 'Private-Network-Access-Name' header was present in"),
    CHROMIUM(PREFLIGHT, FORMERLY, PRIVATE_NETWORK_PREFLIGHT,
             "No 'Access-Control-Allow-External' header was present in the preflight response"),
    CHROMIUM(PREFLIGHT, FORMERLY, PRIVATE_NETWORK_PREFLIGHT,
             "The 'Access-Control-Allow-External' header in the preflight response"),
    CHROMIUM_LINE(EITHER, FORMERLY, BAD_REQUEST, "Failed to execute 'fetch' on 'Window'"),
    CHROMIUM_LINE(EITHER, FORMERLY, BAD_REQUEST, "Refused to set unsafe header \"{header}\""),
    CHROMIUM_LINE(EITHER, COMPANION, MISSING_ALLOW_ORIGIN, "(blocked:cors)",
                  {ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(HEADER_NOT_ALLOWED), ALSO(PREFLIGHT_STATUS)}),
    CHROMIUM_LINE(EITHER, COMPANION, MISSING_ALLOW_ORIGIN, "CORS error",
                  {ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(HEADER_NOT_ALLOWED), ALSO(PREFLIGHT_STATUS)}),
    CHROMIUM_LINE(EITHER, COMPANION, MISSING_ALLOW_ORIGIN,
                  "Access to {kind} at '{url}'{redirected} from origin '{origin}' has been blocked "
                  "by CORS policy",
                  {ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(PREFLIGHT_STATUS), ALSO(HEADER_NOT_ALLOWED)}),
    CHROMIUM_LINE(EITHER, COMPANION, MISSING_ALLOW_ORIGIN, "blocked by CORS policy",
                  {ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(PREFLIGHT_STATUS), ALSO(HEADER_NOT_ALLOWED)}),
    CHROMIUM_LINE(PREFLIGHT, COMPANION, MISSING_ALLOW_ORIGIN,
                  "Response to preflight request doesn't pass access control check",
                  {ALSO(PREFLIGHT_STATUS), ALSO(PREFLIGHT_REDIRECT), ALSO(ALLOW_ORIGIN_MISMATCH)}),
    /* There was an answer, and script may not read it. */
    CHROMIUM_LINE(REQUEST, COMPANION, MISSING_ALLOW_ORIGIN, "net::ERR_FAILED {status}",
                  {ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(MULTIPLE_ALLOW_ORIGIN),
                   ALSO(INVALID_ALLOW_CREDENTIALS)}),
    CHROMIUM_LINE(EITHER, COMPANION, MISSING_ALLOW_ORIGIN, "net::ERR_FAILED",
                  {ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(PREFLIGHT_STATUS), ALSO(REDIRECT_REFUSED)}),
    CHROMIUM_LINE(EITHER, COMPANION, NETWORK_FAILURE, "TypeError: Failed to fetch",
                  {ALSO(MISSING_ALLOW_ORIGIN), ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(PREFLIGHT_STATUS),
                   ALSO(HEADER_NOT_ALLOWED)}),
    CHROMIUM_LINE(REQUEST, FORMERLY, TOO_MANY_REDIRECTS, "net::ERR_TOO_MANY_REDIRECTS"),
    CHROMIUM_LINE(REQUEST, FORMERLY, REDIRECT_SCHEME, "net::ERR_INVALID_REDIRECT"),
    CHROMIUM_LINE(REQUEST, FORMERLY, REDIRECT_SCHEME, "net::ERR_UNSAFE_REDIRECT"),
    CHROMIUM_LINE(EITHER, COMPANION, NETWORK_FAILURE, "net::ERR_"),

    /* Firefox */
    ROW(FIREFOX, FIREFOX_QUOTED, EITHER, TODAY, WILDCARD_WITH_CREDENTIALS,
        "Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’|)."),
    FIREFOX(EITHER, TODAY, MISSING_ALLOW_ORIGIN,
            "CORS header ‘Access-Control-Allow-Origin’ missing|). Status code: {status}."),
    FIREFOX(EITHER, SEVERAL_LINES, MULTIPLE_ALLOW_ORIGIN,
            "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed|)."),
    FIREFOX(EITHER, NOT_MATCHING, ALLOW_ORIGIN_MISMATCH, MATCHES_NOT),
    FIREFOX(EITHER, NOT_MATCHING, MULTIPLE_ALLOW_ORIGIN, MATCHES_NOT),
    FIREFOX(EITHER, NOT_MATCHING, INVALID_ALLOW_ORIGIN, MATCHES_NOT),
    FIREFOX(EITHER, TODAY, INVALID_ALLOW_CREDENTIALS,
            "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’|)."),
    FIREFOX(PREFLIGHT, TODAY, PREFLIGHT_STATUS,
            "CORS preflight response did not succeed|). Status code: {status}."),
    FIREFOX(PREFLIGHT, TODAY, PREFLIGHT_REDIRECT, "CORS request external redirect not allowed|)."),
    FIREFOX(PREFLIGHT, TODAY, INVALID_ALLOW_METHODS,
            "invalid token ‘{value}’ in CORS header ‘Access-Control-Allow-Methods’|)."),
    FIREFOX(PREFLIGHT, TODAY, INVALID_ALLOW_HEADERS,
            "invalid token ‘{value}’ in CORS header ‘Access-Control-Allow-Headers’|)."),
    FIREFOX(PREFLIGHT, TODAY, METHOD_NOT_ALLOWED,
            "Did not find method in CORS header ‘Access-Control-Allow-Methods’|)."),
    FIREFOX(PREFLIGHT, TODAY, HEADER_NOT_ALLOWED,
            "header ‘{header}’ is not allowed according to header ‘Access-Control-Allow-Headers’ "
            "from CORS preflight response|)."),
    FIREFOX(REQUEST, TODAY, SCHEME_NOT_HTTP, "CORS request not http|).", {ALSO(REDIRECT_SCHEME)}),
    FIREFOX(EITHER, TODAY, NETWORK_FAILURE, DID_NOT_SUCCEED,
            {ALSO(REDIRECT_WITH_USERINFO), ALSO(TOO_MANY_REDIRECTS), ALSO(REDIRECT_SCHEME)}),
    FIREFOX(EITHER, TODAY, REDIRECT_WITH_USERINFO, DID_NOT_SUCCEED),
    FIREFOX(EITHER, TODAY, TOO_MANY_REDIRECTS, DID_NOT_SUCCEED),
    FIREFOX(EITHER, NO_TARGET, REDIRECT_SCHEME, DID_NOT_SUCCEED),
    FIREFOX(EITHER, LOCAL_TARGET, REDIRECT_SCHEME, DID_NOT_SUCCEED),
    FIREFOX(EITHER, SCRIPT_TARGET, REDIRECT_SCHEME, DID_NOT_SUCCEED),
    ROW(FIREFOX, FIREFOX_TARGET, REQUEST, TODAY, REDIRECT_SCHEME, "CORS request not http|)."),
    /* In full it is the page's URL. */
    ROW(FIREFOX, NONE, EITHER, TODAY, MODE_SAME_ORIGIN,
        "Security Error: Content at {origin}/ may not load data from {url}."),

    /* Firefox, formerly, or abridged */
    FIREFOX(EITHER, FORMERLY, ALLOW_ORIGIN_MISMATCH,
            "CORS header ‘Access-Control-Allow-Origin’ does not match",
            {ALSO(INVALID_ALLOW_ORIGIN), ALSO(MULTIPLE_ALLOW_ORIGIN)}),
    FIREFOX(EITHER, FORMERLY, NETWORK_FAILURE, "CORS request failed",
            {ALSO(REDIRECT_WITH_USERINFO), ALSO(TOO_MANY_REDIRECTS), ALSO(REDIRECT_SCHEME)}),
    ROW(FIREFOX, NONE, EITHER, COMPANION, MISSING_ALLOW_ORIGIN,
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote "
        "resource at {url}. This can be fixed by moving the resource to the same domain or "
        "enabling CORS",
        {ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(NETWORK_FAILURE)}),
    ROW(FIREFOX, NONE, EITHER, COMPANION, MISSING_ALLOW_ORIGIN,
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote "
        "resource at {url}.",
        {ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(NETWORK_FAILURE), ALSO(PREFLIGHT_STATUS)}),
    ROW(FIREFOX, NONE, EITHER, COMPANION, MISSING_ALLOW_ORIGIN, "Cross-Origin Request Blocked",
        {ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(NETWORK_FAILURE), ALSO(PREFLIGHT_STATUS)}),
    FIREFOX(EITHER, FORMERLY, NETWORK_FAILURE, "CORS disabled"),
    FIREFOX(EITHER, FORMERLY, NETWORK_FAILURE, "CORS header ‘Origin’ cannot be added"),
    FIREFOX(PREFLIGHT, FORMERLY, PREFLIGHT_STATUS, "CORS preflight channel did not succeed"),
    FIREFOX(PREFLIGHT, FORMERLY, HEADER_NOT_ALLOWED,
            "missing token ‘{header}’ in CORS header ‘Access-Control-Allow-Headers’ from CORS "
            "preflight channel"),
    FIREFOX(PREFLIGHT, FORMERLY, HEADER_NOT_ALLOWED,
            "missing token ‘{header}’ in CORS header ‘Access-Control-Allow-Headers’"),
    ROW(FIREFOX, NONE, PREFLIGHT, FORMERLY, HEADER_NOT_ALLOWED,
        "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote "
        "resource at {url} soon. (Reason: When the `Access-Control-Allow-Headers` is `*`, the "
        "`{header}` header is not covered"),
    ROW(FIREFOX, NONE, PREFLIGHT, FORMERLY, HEADER_NOT_ALLOWED,
        "When the `Access-Control-Allow-Headers` is `*`, the `{header}` header is not covered"),
    ROW(FIREFOX, NONE, REQUEST, FORMERLY, REDIRECT_SCHEME, "Redirecting to data: URI not allowed"),
    ROW(FIREFOX, NONE, EITHER, COMPANION, NETWORK_FAILURE,
        "NetworkError when attempting to fetch resource",
        {ALSO(MISSING_ALLOW_ORIGIN), ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(PREFLIGHT_STATUS),
         ALSO(HEADER_NOT_ALLOWED)}),

    /* Safari */
    SAFARI(EITHER, TODAY, WILDCARD_WITH_CREDENTIALS,
           "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true|."),
    SAFARI(EITHER, TODAY, MULTIPLE_ALLOW_ORIGIN,
           "Access-Control-Allow-Origin cannot contain more than one origin|."),
    SAFARI(EITHER, TODAY, MISSING_ALLOW_ORIGIN,
           "Origin {origin} is not allowed by Access-Control-Allow-Origin|. Status code: {status}",
           {ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(INVALID_ALLOW_ORIGIN)}),
    SAFARI(EITHER, TODAY, ALLOW_ORIGIN_MISMATCH,
           "Origin {origin} is not allowed by Access-Control-Allow-Origin|. Status code: {status}"),
    SAFARI(EITHER, TODAY, INVALID_ALLOW_ORIGIN,
           "Origin {origin} is not allowed by Access-Control-Allow-Origin|. Status code: {status}"),
    SAFARI(EITHER, TODAY, INVALID_ALLOW_CREDENTIALS,
           "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\"|."),
    SAFARI(PREFLIGHT, TODAY, PREFLIGHT_STATUS,
           "Preflight response is not successful|. Status code: {status}",
           {ALSO(PREFLIGHT_REDIRECT)}),
    SAFARI(PREFLIGHT, TODAY, PREFLIGHT_REDIRECT,
           "Preflight response is not successful|. Status code: {status}"),
    SAFARI(PREFLIGHT, TODAY, INVALID_ALLOW_METHODS,
           "Header Access-Control-Allow-Methods has an invalid value: {value}"),
    SAFARI(PREFLIGHT, TODAY, INVALID_ALLOW_HEADERS,
           "Header Access-Control-Allow-Headers has an invalid value: {value}"),
    SAFARI(PREFLIGHT, TODAY, METHOD_NOT_ALLOWED,
           "Method {method} is not allowed by Access-Control-Allow-Methods|."),
    SAFARI(PREFLIGHT, TODAY, HEADER_NOT_ALLOWED,
           "Request header field {header} is not allowed by Access-Control-Allow-Headers|."),
    SAFARI(REQUEST, TODAY, REDIRECT_WITH_USERINFO, "redirection URL {url} has credentials"),
    SAFARI(REQUEST, TODAY, REDIRECT_SCHEME,
           "not allowed to follow a cross-origin CORS redirection with non CORS scheme"),
    SAFARI(REQUEST, TODAY, REDIRECT_REFUSED,
           "Not allowed to follow a redirection while loading {url}"),
    SAFARI(REQUEST, TODAY, TOO_MANY_REDIRECTS, "Load cannot follow more than 20 redirections"),
    SAFARI(REQUEST, TODAY, MODE_SAME_ORIGIN,
           "Unsafe attempt to load URL {url} from origin {origin}|. Domains, protocols and ports "
           "must match."),
    SAFARI(REQUEST, FORMERLY, REDIRECT_SCHEME,
           "Redirection to URL with a scheme that is not HTTP(S)"),
    SAFARI(EITHER, FORMERLY, MISSING_ALLOW_ORIGIN,
           "Cross-origin {any} load denied by Cross-Origin Resource Sharing policy",
           {ALSO(ALLOW_ORIGIN_MISMATCH)}),
    SAFARI(EITHER, COMPANION, MISSING_ALLOW_ORIGIN,
           "cannot load {url} due to access control checks",
           {ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(PREFLIGHT_STATUS), ALSO(NETWORK_FAILURE)}),
    SAFARI(EITHER, COMPANION, MISSING_ALLOW_ORIGIN, "due to access control checks",
           {ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(PREFLIGHT_STATUS), ALSO(NETWORK_FAILURE)}),
    SAFARI(EITHER, COMPANION, NETWORK_FAILURE, "TypeError: Load failed",
           {ALSO(MISSING_ALLOW_ORIGIN), ALSO(ALLOW_ORIGIN_MISMATCH), ALSO(PREFLIGHT_STATUS)}),
};

const size_t cors_wording_count = sizeof cors_wordings / sizeof cors_wordings[0];
