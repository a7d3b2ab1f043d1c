/* SPDX-License-Identifier: MIT */
/* Where redirects lead, what they take away, and what they taint. */
#include "case_fetch.h"

#define METHOD(text) .method = CORS_SLICE(text)
#define AT_HOME .url = CORS_SLICE("https://app.test/x")
#define ALLOWED "Access-Control-Allow-Origin: *\nAccess-Control-Allow-Headers: *\n"
#define TO(status, location)                                                                       \
    { status, ALLOWED "Location: " location, NULL }
#define DONE                                                                                       \
    { 200, ALLOWED, NULL }
#define REFUSED                                                                                    \
    { 403, "", NULL }
#define ORIGIN " | Origin: https://app.test"
#define NULL_ORIGIN " | Origin: null"
#define GET_X "GET https://api.test/x" ORIGIN "\n"

static void expect_all(const struct case_fetch *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_fetch(&cases[i]);
    }
}

static void statuses_that_redirect(void **state) {
    (void)state;
    static const struct {
        int status;
        const char *posted; /* what a POST becomes */
        const char *put;
        bool is_redirect;
    } statuses[] = {
        {300, "", "", false},
        {301, "GET https://app.test/y +cookies\n",
         "PUT https://app.test/y +cookies +body" ORIGIN " | Content-Type: a/b\n", true},
        {302, "GET https://app.test/y +cookies\n",
         "PUT https://app.test/y +cookies +body" ORIGIN " | Content-Type: a/b\n", true},
        {303, "GET https://app.test/y +cookies\n", "GET https://app.test/y +cookies\n", true},
        {304, "", "", false},
        {305, "", "", false},
        {306, "", "", false},
        {307, "POST https://app.test/y +cookies +body" ORIGIN " | Content-Type: a/b\n",
         "PUT https://app.test/y +cookies +body" ORIGIN " | Content-Type: a/b\n", true},
        {308, "POST https://app.test/y +cookies +body" ORIGIN " | Content-Type: a/b\n",
         "PUT https://app.test/y +cookies +body" ORIGIN " | Content-Type: a/b\n", true},
        {309, "", "", false},
    };
    for (size_t i = 0; i < ROWS(statuses); i++) {
        for (int put = 0; put <= 1; put++) {
            char name[32];
            char told[512];
            char stayed[64];
            (void)snprintf(name, sizeof name, "%s %d", put ? "PUT" : "POST", statuses[i].status);
            (void)snprintf(stayed, sizeof stayed, "= ok basic %d https://app.test/x",
                           statuses[i].status);
            (void)snprintf(told, sizeof told,
                           "%s https://app.test/x +cookies +body" ORIGIN " | Content-Type: a/b\n"
                           "%s%s",
                           put ? "PUT" : "POST", put ? statuses[i].put : statuses[i].posted,
                           statuses[i].is_redirect ? "= ok basic 200 https://app.test/y redirected"
                                                   : stayed);
            const struct case_fetch one = {
                .name = name,
                .call = {AT_HOME, .method = case_slice(put ? "PUT" : "POST"),
                         .body = CORS_BODY_BLOB, .body_type = CORS_SLICE("a/b")},
                .answers = {TO(statuses[i].status, "/y"), DONE},
                .told = told};
            expect_fetch(&one);
        }
    }
}

static void methods_that_stay(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "HEAD after 303",
         .call = {METHOD("HEAD")},
         .answers = {TO(303, "/y"), DONE},
         .told = "HEAD https://api.test/x" ORIGIN "\nHEAD https://api.test/y" ORIGIN
                 "\n= ok cors 200 https://api.test/y redirected"},
        {.name = "GET after 303",
         .answers = {TO(303, "/y"), DONE},
         .told =
             GET_X "GET https://api.test/y" ORIGIN "\n= ok cors 200 https://api.test/y redirected"},
    };
    expect_all(cases, ROWS(cases));
}

static void redirects_that_are_none(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "no Location",
         .answers = {{302, ALLOWED, NULL}},
         .told = GET_X "= ok cors 302 https://api.test/x"},
        {.name = "no Location, and redirects are errors",
         .call = {.redirect = CORS_REDIRECT_ERROR},
         .answers = {{302, ALLOWED, NULL}},
         .told = GET_X "= redirect-refused"},
        {.name = "no Location, and redirects are errors, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {.redirect = CORS_REDIRECT_ERROR},
         .answers = {{302, ALLOWED, NULL}},
         .told = GET_X "= ok cors 302 https://api.test/x"},
        {.name = "an empty Location leads to the same",
         .answers = {TO(302, ""), DONE},
         .told = GET_X GET_X "= ok cors 200 https://api.test/x redirected"},
        {.name = "an empty Location is none in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .answers = {TO(302, ""), DONE},
         .told = GET_X "= ok cors 302 https://api.test/x"},
        {.name = "taken by hand",
         .call = {.redirect = CORS_REDIRECT_MANUAL},
         .answers = {TO(302, "/y"), DONE},
         .told = GET_X "= ok opaqueredirect 0 https://api.test/x"},
        {.name = "an error",
         .call = {.redirect = CORS_REDIRECT_ERROR},
         .answers = {TO(302, "/y"), DONE},
         .told = GET_X "= redirect-refused"},
    };
    expect_all(cases, ROWS(cases));
}

static void redirects_that_lead_nowhere(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "another scheme",
         .answers = {TO(302, "data:,x")},
         .told = GET_X "= redirect-scheme value data:,x"},
        {.name = "ftp:",
         .answers = {TO(302, "ftp://a.test")},
         .told = GET_X "= redirect-scheme value ftp://a.test/"},
        {.name = "no URL", .answers = {TO(302, "//")}, .told = GET_X "= redirect-scheme"},
        {.name = "two places",
         .answers = {TO(302, "/y\nLocation: /z")},
         .told = GET_X "= redirect-scheme"},
        {.name = "one place twice",
         .answers = {TO(302, "/y\nLocation: /y")},
         .told = GET_X "= redirect-scheme"},
        {.name = "round and round",
         .answers = {TO(302, "/x")},
         .told = GET_X GET_X GET_X GET_X GET_X GET_X GET_X GET_X GET_X GET_X GET_X GET_X GET_X GET_X
             GET_X GET_X GET_X GET_X GET_X GET_X GET_X "= too-many-redirects"},
        {.name = "two places, in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .answers = {{200, ALLOWED "Location: /y\nLocation: /z", NULL}},
         .told = GET_X "= network-failure"},
        {.name = "one place twice, in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .answers = {TO(302, "/y\nLocation: /y"), DONE},
         .told =
             GET_X "GET https://api.test/y" ORIGIN "\n= ok cors 200 https://api.test/y redirected"},
        {.name = "no URL comes before CORS in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .answers = {{302, "Location: //", NULL}},
         .told = GET_X "= redirect-scheme"},
        {.name = "no URL comes after CORS in Safari",
         .browser = CORS_BROWSER_SAFARI,
         .answers = {{302, "Location: //", NULL}},
         .told = GET_X "= missing-allow-origin"},
        {.name = "another scheme comes after CORS in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .answers = {{302, "Location: data:,x", NULL}},
         .told = GET_X "= missing-allow-origin"},
        {.name = "another scheme comes before CORS in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .answers = {{302, "Location: data:,x", NULL}},
         .told = GET_X "= redirect-scheme value data:,x"},
        {.name = "a host of another scheme waits for CORS in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .answers = {{302, "Location: ftp://a.test", NULL}},
         .told = GET_X "= missing-allow-origin"},
        {.name = "an http URL waits for CORS in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .answers = {{302, "Location: /y", NULL}},
         .told = GET_X "= missing-allow-origin"},
        {.name = "what is taken by hand leads nowhere, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {.redirect = CORS_REDIRECT_MANUAL},
         .answers = {TO(302, "data:,x")},
         .told = GET_X "= ok opaqueredirect 0 https://api.test/x"},
    };
    expect_all(cases, ROWS(cases));
}

static void user_info(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "with CORS",
         .answers = {TO(302, "https://u:p@api.test/y")},
         .told = GET_X "= redirect-with-userinfo value https://u:p@api.test/y"},
        {.name = "from home to elsewhere",
         .call = {AT_HOME},
         .answers = {TO(302, "https://u@api.test/y")},
         .told = "GET https://app.test/x +cookies\n"
                 "= redirect-with-userinfo value https://u@api.test/y"},
        {.name = "at home",
         .call = {AT_HOME},
         .answers = {TO(302, "https://u@app.test/y"), DONE},
         .told = "GET https://app.test/x +cookies\nGET https://app.test/y +cookies\n"
                 "= ok basic 200 https://u@app.test/y redirected"},
        {.name = "at home, in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .call = {AT_HOME},
         .answers = {TO(302, "https://u@app.test/y"), DONE},
         .told = "GET https://app.test/x +cookies\n"
                 "= redirect-with-userinfo (silent) value https://u@app.test/y"},
        {.name = "without CORS",
         .call = {.mode = CORS_MODE_NO_CORS},
         .answers = {TO(302, "https://u@app.test/y"), DONE},
         .told = "GET https://api.test/x\nGET https://app.test/y\n= ok opaque 0 "},
        {.name = "where redirects are errors, in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .call = {.redirect = CORS_REDIRECT_ERROR},
         .answers = {TO(302, "https://u@api.test/y")},
         .told = GET_X "= redirect-with-userinfo value https://u@api.test/y"},
        {.name = "where redirects are errors, to nowhere, in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .call = {.redirect = CORS_REDIRECT_ERROR},
         .answers = {TO(302, "data:,x")},
         .told = GET_X "= redirect-refused"},
        {.name = "where redirects are errors, without any, in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .call = {.redirect = CORS_REDIRECT_ERROR},
         .answers = {TO(302, "/y")},
         .told = GET_X "= redirect-refused"},
        {.name = "where redirects are errors",
         .call = {.redirect = CORS_REDIRECT_ERROR},
         .answers = {TO(302, "https://u@api.test/y")},
         .told = GET_X "= redirect-refused"},
    };
    expect_all(cases, ROWS(cases));
}

static void origins_are_tainted(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "to a third",
         .answers = {TO(302, "https://third.test/y"), DONE},
         .told = GET_X "GET https://third.test/y" NULL_ORIGIN
                       "\n= ok cors 200 https://third.test/y redirected"},
        {.name = "back home",
         .answers = {TO(302, "https://app.test/y"), DONE},
         .told = GET_X "GET https://app.test/y" NULL_ORIGIN
                       "\n= ok cors 200 https://app.test/y redirected"},
        {.name = "from home",
         .call = {AT_HOME},
         .answers = {TO(302, "https://api.test/x"), DONE},
         .told = "GET https://app.test/x +cookies\n" GET_X
                 "= ok cors 200 https://api.test/x redirected"},
        {.name = "from home to a third by another",
         .call = {AT_HOME},
         .answers = {TO(302, "https://api.test/x"), TO(302, "https://third.test/y"), DONE},
         .told = "GET https://app.test/x +cookies\n" GET_X "GET https://third.test/y" NULL_ORIGIN
                 "\n= ok cors 200 https://third.test/y redirected"},
        {.name = "a POST of no-cors says where it was from",
         .call = {METHOD("POST"), AT_HOME, .mode = CORS_MODE_NO_CORS},
         .answers = {TO(307, "https://api.test/x"), DONE},
         .told = "POST https://app.test/x +cookies" ORIGIN "\nPOST https://api.test/x" ORIGIN
                 "\n= ok opaque 0 "},
        {.name = "a POST of no-cors hides it in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .call = {METHOD("POST"), AT_HOME, .mode = CORS_MODE_NO_CORS},
         .answers = {TO(307, "https://api.test/x"), DONE},
         .told = "POST https://app.test/x +cookies" ORIGIN "\nPOST https://api.test/x" NULL_ORIGIN
                 "\n= ok opaque 0 "},
        {.name = "a POST of no-cors from https to http",
         .call = {METHOD("POST"), .url = CORS_SLICE("http://127.0.0.1/x"),
                  .mode = CORS_MODE_NO_CORS},
         .answers = {DONE},
         .told = "POST http://127.0.0.1/x" NULL_ORIGIN "\n= ok opaque 0 "},
        {.name = "a POST of no-cors from http to http",
         .call = {METHOD("POST"), .url = CORS_SLICE("http://127.0.0.1/x"),
                  .page = CORS_SLICE("http://app.test"), .mode = CORS_MODE_NO_CORS},
         .answers = {DONE},
         .told = "POST http://127.0.0.1/x | Origin: http://app.test\n= ok opaque 0 "},
        {.name = "same-origin ends when it leaves",
         .call = {AT_HOME, .mode = CORS_MODE_SAME_ORIGIN},
         .answers = {TO(302, "https://api.test/x")},
         .told = "GET https://app.test/x +cookies\n= mode-same-origin"},
    };
    expect_all(cases, ROWS(cases));
}

static void headers_that_go(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "Authorization stays within an origin",
         .headers = "Authorization: a",
         .call = {AT_HOME},
         .answers = {TO(302, "/y"), DONE},
         .told = "GET https://app.test/x +cookies | Authorization: a\n"
                 "GET https://app.test/y +cookies | Authorization: a\n"
                 "= ok basic 200 https://app.test/y redirected"},
        {.name = "Authorization does not leave it",
         .headers = "authorization: a\nAccept: b",
         .call = {AT_HOME},
         .answers = {TO(302, "https://api.test/x"), DONE},
         .told = "GET https://app.test/x +cookies | authorization: a | Accept: b\n"
                 "GET https://api.test/x" ORIGIN " | Accept: b\n"
                 "= ok cors 200 https://api.test/x redirected"},
        {.name = "what is about the body goes with it",
         .headers = "Content-Language: de\nX-A: 1",
         .call = {AT_HOME, METHOD("POST"), .body = CORS_BODY_TEXT},
         .answers = {TO(302, "/y"), DONE},
         .told = "POST https://app.test/x +cookies +body" ORIGIN
                 " | Content-Language: de | X-A: 1 | Content-Type: text/plain;charset=UTF-8\n"
                 "GET https://app.test/y +cookies | X-A: 1\n"
                 "= ok basic 200 https://app.test/y redirected"},
        {.name = "hints stay at home in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .headers = "dpr: 1\nSave-Data: on",
         .call = {AT_HOME},
         .answers = {TO(302, "/y"), TO(302, "https://api.test/x"), DONE},
         .told = "GET https://app.test/x +cookies | dpr: 1 | Save-Data: on\n"
                 "GET https://app.test/y +cookies | dpr: 1 | Save-Data: on\n"
                 "GET https://api.test/x" ORIGIN " | Save-Data: on\n"
                 "= ok cors 200 https://api.test/x redirected"},
        {.name = "a stream is not sent twice",
         .call = {AT_HOME, METHOD("POST"), .body = CORS_BODY_STREAM},
         .answers = {TO(307, "/y")},
         .told = "POST https://app.test/x +cookies +body" ORIGIN
                 "\n= redirect-refused value https://app.test/y"},
        {.name = "a stream that is dropped need not be",
         .call = {AT_HOME, METHOD("POST"), .body = CORS_BODY_STREAM},
         .answers = {TO(303, "/y"), DONE},
         .told = "POST https://app.test/x +cookies +body" ORIGIN
                 "\nGET https://app.test/y +cookies\n= ok basic 200 https://app.test/y redirected"},
    };
    expect_all(cases, ROWS(cases));
}

static void fragments_are_kept(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "of the call",
         .call = {.url = CORS_SLICE("https://api.test/x#f")},
         .answers = {TO(302, "/y"), REFUSED},
         .told = GET_X "GET https://api.test/y" ORIGIN "\n= missing-allow-origin"},
        {.name = "of the call, before a refusal that tells the URL",
         .call = {.url = CORS_SLICE("https://api.test/x#f")},
         .answers = {TO(302, "https://u@api.test/y")},
         .told = GET_X "= redirect-with-userinfo value https://u@api.test/y#f"},
        {.name = "of the redirect",
         .call = {.url = CORS_SLICE("https://api.test/x#f")},
         .answers = {TO(302, "https://u@api.test/y#g")},
         .told = GET_X "= redirect-with-userinfo value https://u@api.test/y#g"},
    };
    expect_all(cases, ROWS(cases));
}

/* After a redirect a hop asks for a preflight of its own. */
static void preflights_after_redirects(void **state) {
    (void)state;
#define ASKED_X                                                                                    \
    "OPTIONS https://api.test/x | Access-Control-Request-Method: GET"                              \
    " | Access-Control-Request-Headers: authorization,x-a" ORIGIN "\n"                             \
    "GET https://api.test/x" ORIGIN " | X-A: 1 | Authorization: b\n"
#define ALLOW_NAMES                                                                                \
    "Access-Control-Allow-Origin: *\nAccess-Control-Allow-Headers: x-a, authorization\n"
#define GRANT                                                                                      \
    { 204, ALLOW_NAMES, NULL }
    const struct case_fetch cases[] = {
        {.name = "in its new origin's name, without Authorization",
         .headers = "X-A: 1\nAuthorization: b",
         .answers = {GRANT, TO(302, "https://third.test/y"), GRANT, DONE},
         .told = ASKED_X "OPTIONS https://third.test/y | Access-Control-Request-Method: GET"
                         " | Access-Control-Request-Headers: x-a" NULL_ORIGIN "\n"
                         "GET https://third.test/y" NULL_ORIGIN " | X-A: 1\n"
                         "= ok cors 200 https://third.test/y redirected"},
        {.name = "in the page's name in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .headers = "X-A: 1\nAuthorization: b",
         .answers = {GRANT, TO(302, "https://third.test/y"), GRANT, DONE},
         .told = ASKED_X "OPTIONS https://third.test/y | Access-Control-Request-Method: GET"
                         " | Access-Control-Request-Headers: x-a" ORIGIN "\n"
                         "GET https://third.test/y" NULL_ORIGIN " | X-A: 1\n"
                         "= ok cors 200 https://third.test/y redirected"},
        {.name = "at home nothing is judged in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .headers = "X-A: 1",
         .answers = {GRANT,
                     TO(302, "https://app.test/y"),
                     {204, "Access-Control-Allow-Headers: x-a", NULL},
                     DONE},
         .told = "OPTIONS https://api.test/x | Access-Control-Request-Method: GET"
                 " | Access-Control-Request-Headers: x-a" ORIGIN "\n"
                 "GET https://api.test/x" ORIGIN " | X-A: 1\n"
                 "OPTIONS https://app.test/y | Access-Control-Request-Method: GET"
                 " | Access-Control-Request-Headers: x-a" ORIGIN "\n"
                 "GET https://app.test/y" NULL_ORIGIN " | X-A: 1\n"
                 "= ok cors 200 https://app.test/y redirected"},
        {.name = "once needed is always needed in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .headers = "Authorization: b",
         .answers = {GRANT, TO(302, "https://third.test/y"), GRANT, DONE},
         .told = "OPTIONS https://api.test/x | Access-Control-Request-Method: GET"
                 " | Access-Control-Request-Headers: authorization" ORIGIN "\n"
                 "GET https://api.test/x" ORIGIN " | Authorization: b\n"
                 "OPTIONS https://third.test/y | Access-Control-Request-Method: GET" ORIGIN "\n"
                 "GET https://third.test/y" NULL_ORIGIN "\n"
                 "= ok cors 200 https://third.test/y redirected"},
        {.name = "never needed is not needed in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .answers = {TO(302, "/y"), DONE},
         .told =
             GET_X "GET https://api.test/y" ORIGIN "\n= ok cors 200 https://api.test/y redirected"},
        {.name = "other headers stay when the body goes, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .headers = "X-A: 1",
         .call = {AT_HOME, METHOD("POST"), .body = CORS_BODY_BLOB, .body_type = CORS_SLICE("a/b")},
         .answers = {TO(302, "https://api.test/x"), REFUSED},
         .told = "POST https://app.test/x +cookies +body" ORIGIN " | X-A: 1 | Content-Type: a/b\n"
                 "OPTIONS https://api.test/x | Access-Control-Request-Method: GET"
                 " | Access-Control-Request-Headers: x-a" ORIGIN
                 "\n= missing-allow-origin (preflight)"},
        {.name = "a beacon's type is missed though it is not sent, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("POST"), .initiator = CORS_INITIATOR_BEACON, .body = CORS_BODY_BLOB,
                  .body_type = CORS_SLICE("a/b")},
         .answers = {{204,
                      "Access-Control-Allow-Origin: https://app.test\n"
                      "Access-Control-Allow-Credentials: true\n"
                      "Access-Control-Allow-Headers: content-type\n",
                      NULL},
                     {302,
                      "Access-Control-Allow-Origin: https://app.test\n"
                      "Access-Control-Allow-Credentials: true\nLocation: /y",
                      NULL},
                     {204,
                      "Access-Control-Allow-Origin: https://app.test\n"
                      "Access-Control-Allow-Credentials: true\n",
                      NULL}},
         .told = "OPTIONS https://api.test/x | Access-Control-Request-Method: POST"
                 " | Access-Control-Request-Headers: content-type" ORIGIN "\n"
                 "POST https://api.test/x +cookies +body" ORIGIN " | Content-Type: a/b\n"
                 "OPTIONS https://api.test/y | Access-Control-Request-Method: GET"
                 " | Access-Control-Request-Headers: content-type" ORIGIN
                 "\n= header-not-allowed (preflight) header content-type"},
        {.name = "a body's type goes with the body in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {AT_HOME, METHOD("POST"), .body = CORS_BODY_BLOB, .body_type = CORS_SLICE("a/b")},
         .answers = {TO(302, "https://api.test/x"), GRANT, DONE},
         .told = "POST https://app.test/x +cookies +body" ORIGIN " | Content-Type: a/b\n"
                 "OPTIONS https://api.test/x | Access-Control-Request-Method: GET" ORIGIN "\n" GET_X
                 "= ok cors 200 https://api.test/x redirected"},
        {.name = "a beacon's type stays in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("POST"), .initiator = CORS_INITIATOR_BEACON, .body = CORS_BODY_BLOB,
                  .body_type = CORS_SLICE("a/b")},
         .answers = {{204,
                      "Access-Control-Allow-Origin: https://app.test\n"
                      "Access-Control-Allow-Credentials: true\n"
                      "Access-Control-Allow-Headers: content-type\n",
                      NULL},
                     {302,
                      "Access-Control-Allow-Origin: https://app.test\n"
                      "Access-Control-Allow-Credentials: true\nLocation: /y",
                      NULL},
                     REFUSED},
         .told = "OPTIONS https://api.test/x | Access-Control-Request-Method: POST"
                 " | Access-Control-Request-Headers: content-type" ORIGIN "\n"
                 "POST https://api.test/x +cookies +body" ORIGIN " | Content-Type: a/b\n"
                 "OPTIONS https://api.test/y | Access-Control-Request-Method: GET"
                 " | Access-Control-Request-Headers: content-type" ORIGIN
                 "\n= missing-allow-origin (preflight)"},
        {.name = "a beacon from home is a call like any other, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {AT_HOME, METHOD("POST"), .initiator = CORS_INITIATOR_BEACON,
                  .body = CORS_BODY_BLOB, .body_type = CORS_SLICE("a/b")},
         .answers = {TO(302, "https://api.test/x"), REFUSED},
         .told = "POST https://app.test/x +cookies +body" ORIGIN " | Content-Type: a/b\n"
                 "GET https://api.test/x +cookies" ORIGIN "\n= missing-allow-origin"},
    };
    expect_all(cases, ROWS(cases));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_that_redirect),
        cmocka_unit_test(methods_that_stay),
        cmocka_unit_test(redirects_that_are_none),
        cmocka_unit_test(redirects_that_lead_nowhere),
        cmocka_unit_test(user_info),
        cmocka_unit_test(origins_are_tainted),
        cmocka_unit_test(headers_that_go),
        cmocka_unit_test(fragments_are_kept),
        cmocka_unit_test(preflights_after_redirects),
    };
    return cmocka_run_group_tests_name("browser_redirect", tests, NULL, NULL);
}
