/* SPDX-License-Identifier: MIT */
/* What a preflight's answer allows, what is reported of it, and what is kept of it. */
#include "case_fetch.h"

#define METHOD(text) .method = CORS_SLICE(text)
#define ORIGIN " | Origin: https://app.test"
#define ASK_PUT "OPTIONS https://api.test/x | Access-Control-Request-Method: PUT" ORIGIN "\n"
#define PUT "PUT https://api.test/x" ORIGIN "\n"
#define ASK_HEADERS(names)                                                                         \
    "OPTIONS https://api.test/x | Access-Control-Request-Method: GET"                              \
    " | Access-Control-Request-Headers: " names ORIGIN "\n"
#define OK "= ok cors 200 https://api.test/x"
#define ANY "Access-Control-Allow-Origin: *\n"
#define METHODS "Access-Control-Allow-Methods: "
#define HEADERS "Access-Control-Allow-Headers: "
#define AGE "Access-Control-Max-Age: "
#define DONE                                                                                       \
    { 200, ANY, NULL }

static void expect_all(const struct case_fetch *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_fetch(&cases[i]);
    }
}

static void statuses_that_allow(void **state) {
    (void)state;
    static const struct {
        int status;
        bool allows;
    } statuses[] = {{199, false}, {200, true},  {204, true}, {299, true},
                    {300, false}, {404, false}, {500, false}};
    for (size_t i = 0; i < ROWS(statuses); i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%d", statuses[i].status);
        const struct case_fetch one = {
            .name = name,
            .call = {METHOD("PUT")},
            .answers = {{statuses[i].status, ANY METHODS "PUT", NULL}, DONE},
            .told = statuses[i].allows ? ASK_PUT PUT OK : ASK_PUT "= preflight-status (preflight)"};
        expect_fetch(&one);
    }
}

static void lists_that_allow(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "a method in another case",
         .call = {METHOD("PUT")},
         .answers = {{204, ANY METHODS "put", NULL}},
         .told = ASK_PUT "= method-not-allowed (preflight) value put"},
        {.name = "any method",
         .call = {METHOD("PUT")},
         .answers = {{204, ANY METHODS "GET, *", NULL}, DONE},
         .told = ASK_PUT PUT OK},
        {.name = "any method with credentials",
         .call = {METHOD("PUT"), .credentials = CORS_CREDENTIALS_INCLUDE},
         .answers = {{204,
                      "Access-Control-Allow-Origin: https://app.test\n"
                      "Access-Control-Allow-Credentials: true\n" METHODS "*",
                      NULL}},
         .told = ASK_PUT "= method-not-allowed (preflight) value *"},
        {.name = "headers in any case",
         .headers = "X-B: 1\nX-A: 2",
         .answers = {{204, ANY HEADERS "x-A\n" HEADERS "X-b", NULL}, DONE},
         .told = ASK_HEADERS("x-a,x-b") "GET https://api.test/x" ORIGIN " | X-B: 1 | X-A: 2\n" OK},
        {.name = "a header as script wrote it",
         .headers = "X-B: 1\nX-A: 2",
         .answers = {{204, ANY HEADERS "X-A", NULL}},
         .told = ASK_HEADERS("x-a,x-b") "= header-not-allowed (preflight) value X-A header X-B"},
        {.name = "any header",
         .headers = "X-A: 1",
         .answers = {{204, ANY HEADERS "*", NULL}, DONE},
         .told = ASK_HEADERS("x-a") "GET https://api.test/x" ORIGIN " | X-A: 1\n" OK},
        {.name = "any header but Authorization",
         .headers = "Authorization: a",
         .answers = {{204, ANY HEADERS "*", NULL}},
         .told = ASK_HEADERS("authorization") "= header-not-allowed (preflight) value * header "
                                              "Authorization"},
        {.name = "any header, Authorization too, in Safari",
         .browser = CORS_BROWSER_SAFARI,
         .headers = "Authorization: a",
         .answers = {{204, ANY HEADERS "*", NULL}, DONE},
         .told = ASK_HEADERS("authorization") "GET https://api.test/x" ORIGIN
                                              " | Authorization: a\n" OK},
        {.name = "a listener needs no list",
         .call = {METHOD("PUT"), .initiator = CORS_INITIATOR_XHR, .upload_listener = true},
         .answers = {{204, ANY, NULL}, DONE},
         .told = ASK_PUT PUT OK},
        {.name = "a listener needs to be in the list that there is",
         .call = {METHOD("PUT"), .initiator = CORS_INITIATOR_XHR, .upload_listener = true},
         .answers = {{204, ANY METHODS "", NULL}},
         .told = ASK_PUT "= method-not-allowed (preflight)"},
        {.name = "a listener needs a list in Safari",
         .browser = CORS_BROWSER_SAFARI,
         .call = {METHOD("PUT"), .initiator = CORS_INITIATOR_XHR, .upload_listener = true},
         .answers = {{204, ANY, NULL}},
         .told = ASK_PUT "= method-not-allowed (preflight)"},
        {.name = "no list of methods",
         .call = {METHOD("PUT")},
         .answers = {{204, ANY METHODS "P UT, PUT", NULL}},
         .told = ASK_PUT "= invalid-allow-methods (preflight) value P UT"},
        {.name = "no list of headers",
         .headers = "X-A: 1",
         .answers = {{204, ANY HEADERS "X-A, X:B", NULL}},
         .told = ASK_HEADERS("x-a") "= invalid-allow-headers (preflight) value X:B"},
    };
    expect_all(cases, ROWS(cases));
}

/* Of an answer with several faults, which one is reported. */
static void faults_are_reported_in_order(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "the redirect first",
         .call = {METHOD("PUT")},
         .answers = {{302, "Location: /y", NULL}},
         .told = ASK_PUT "= preflight-redirect (preflight)"},
        {.name = "the redirect after the origin, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("PUT")},
         .answers = {{302, "Location: /y", NULL}},
         .told = ASK_PUT "= missing-allow-origin (preflight)"},
        {.name = "the redirect before the status, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("PUT")},
         .answers = {{302, ANY "Location: /y", NULL}},
         .told = ASK_PUT "= preflight-redirect (preflight)"},
        {.name = "the redirect is a status where it is an error, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("PUT"), .redirect = CORS_REDIRECT_ERROR},
         .answers = {{302, ANY "Location: /y", NULL}},
         .told = ASK_PUT "= preflight-status (preflight)"},
        {.name = "the status after all, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("PUT")},
         .answers = {{500, ANY, NULL}},
         .told = ASK_PUT "= preflight-status (preflight)"},
        {.name = "the origin before the status",
         .call = {METHOD("PUT")},
         .answers = {{500, "", NULL}},
         .told = ASK_PUT "= missing-allow-origin (preflight)"},
        {.name = "the status before the origin, in Safari",
         .browser = CORS_BROWSER_SAFARI,
         .call = {METHOD("PUT")},
         .answers = {{500, "", NULL}},
         .told = ASK_PUT "= preflight-status (preflight)"},
        {.name = "the origin after the status, in Safari",
         .browser = CORS_BROWSER_SAFARI,
         .call = {METHOD("PUT")},
         .answers = {{204, "", NULL}},
         .told = ASK_PUT "= missing-allow-origin (preflight)"},
        {.name = "another origin",
         .call = {METHOD("PUT")},
         .answers = {{204, "Access-Control-Allow-Origin: https://other.test", NULL}},
         .told = ASK_PUT "= allow-origin-mismatch (preflight) value https://other.test"
                         " origin https://app.test"},
        {.name = "several origins",
         .call = {METHOD("PUT")},
         .answers = {{204, "Access-Control-Allow-Origin: https://app.test,*", NULL}},
         .told = ASK_PUT "= multiple-allow-origin (preflight) value https://app.test,*"},
        {.name = "no Location is no redirect, though redirects are errors",
         .call = {METHOD("PUT"), .redirect = CORS_REDIRECT_ERROR},
         .answers = {{302, ANY, NULL}},
         .told = ASK_PUT "= preflight-status (preflight)"},
        {.name = "the list of headers before the method",
         .call = {METHOD("PUT")},
         .answers = {{204, ANY HEADERS "a b", NULL}},
         .told = ASK_PUT "= invalid-allow-headers (preflight) value a b"},
        {.name = "the method before the list of headers, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("PUT")},
         .answers = {{204, ANY HEADERS "a b", NULL}},
         .told = ASK_PUT "= method-not-allowed (preflight)"},
        {.name = "the list of methods first, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("PUT")},
         .answers = {{204, ANY METHODS "a b", NULL}},
         .told = ASK_PUT "= invalid-allow-methods (preflight) value a b"},
        {.name = "the list of headers then, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("PUT")},
         .answers = {{204, ANY METHODS "PUT\n" HEADERS "a b", NULL}},
         .told = ASK_PUT "= invalid-allow-headers (preflight) value a b"},
        {.name = "the headers last, in Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .headers = "X-A: 1",
         .answers = {{204, ANY, NULL}},
         .told = ASK_HEADERS("x-a") "= header-not-allowed (preflight) header X-A"},
    };
    expect_all(cases, ROWS(cases));
}

/* Whether an answer counts a second later, by its Access-Control-Max-Age. */
static void ages_are_read(void **state) {
    (void)state;
    static const struct {
        const char *age;                           /* NULL: there is none */
        const char *kept[CORS_BROWSER_SAFARI + 1]; /* "": not */
    } ages[] = {
#define STANDARD_KEEPS(chromium, firefox, safari) {"kept", chromium, firefox, safari}
#define STANDARD_FORGETS(chromium, firefox, safari)                                                \
    { "", chromium, firefox, safari }
        {NULL, STANDARD_KEEPS("kept", "kept", "kept")},
        {AGE "60", STANDARD_KEEPS("kept", "kept", "kept")},
        {AGE "0", STANDARD_FORGETS("", "", "")},
        {AGE "1", STANDARD_FORGETS("", "", "")},
        {AGE "2", STANDARD_KEEPS("kept", "kept", "kept")},
        {AGE "00002", STANDARD_KEEPS("kept", "kept", "kept")},
        {AGE "", STANDARD_KEEPS("kept", "kept", "kept")},
        {AGE "x", STANDARD_KEEPS("kept", "", "kept")},
        {AGE "2x", STANDARD_KEEPS("kept", "", "kept")},
        {AGE "+1", STANDARD_KEEPS("", "", "")},
        {AGE "+2", STANDARD_KEEPS("kept", "", "kept")},
        {AGE "+", STANDARD_KEEPS("kept", "", "kept")},
        {AGE "-", STANDARD_KEEPS("kept", "", "kept")},
        {AGE "-1", STANDARD_KEEPS("", "", "")},
        {AGE "-9223372036854775808", STANDARD_KEEPS("", "", "")},
        {AGE "-9223372036854775809", STANDARD_KEEPS("kept", "", "kept")},
        {AGE "9223372036854775807", STANDARD_KEEPS("kept", "kept", "kept")},
        {AGE "9223372036854775808", STANDARD_KEEPS("kept", "kept", "kept")},
        {AGE "00000000000000000000000000001", STANDARD_FORGETS("", "", "")},
        {AGE "-92233720368547758080", STANDARD_KEEPS("kept", "", "kept")},
        {AGE "1\n" AGE "1", STANDARD_KEEPS("kept", "", "kept")},
    };
    for (size_t i = 0; i < ROWS(ages); i++) {
        for (int browser = CORS_BROWSER_STANDARD; browser <= CORS_BROWSER_SAFARI; browser++) {
            char fields[256];
            char name[128];
            (void)snprintf(fields, sizeof fields, ANY METHODS "PUT\n%s",
                           ages[i].age == NULL ? "" : ages[i].age);
            (void)snprintf(name, sizeof name, "%s in %s", ages[i].age,
                           cors_browser_name((cors_browser)browser));
            const struct case_fetch one = {.name = name,
                                           .browser = (cors_browser)browser,
                                           .call = {METHOD("PUT")},
                                           .answers = {{200, fields, NULL}},
                                           .again = true,
                                           .told = ages[i].kept[browser][0] == '\0'
                                                       ? ASK_PUT PUT OK "\n" ASK_PUT PUT OK
                                                       : ASK_PUT PUT OK "\n" PUT OK};
            expect_fetch(&one);
        }
    }
}

/* What is kept, and when it is looked for. */
static void answers_are_kept(void **state) {
    (void)state;
#define LONG_URL_64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    static const struct {
        const char *name;
        cors_browser browser;
        cors_cache_mode cache;
        const char *page;
        bool kept;
    } calls[] = {
        {"default", CORS_BROWSER_CHROMIUM, CORS_CACHE_DEFAULT, "https://app.test", true},
        {"no-store", CORS_BROWSER_CHROMIUM, CORS_CACHE_NO_STORE, "https://app.test", false},
        {"reload", CORS_BROWSER_CHROMIUM, CORS_CACHE_RELOAD, "https://app.test", false},
        {"no-cache", CORS_BROWSER_CHROMIUM, CORS_CACHE_NO_CACHE, "https://app.test", false},
        {"force-cache", CORS_BROWSER_CHROMIUM, CORS_CACHE_FORCE_CACHE, "https://app.test", true},
        {"no-store", CORS_BROWSER_FIREFOX, CORS_CACHE_NO_STORE, "https://app.test", false},
        {"reload", CORS_BROWSER_FIREFOX, CORS_CACHE_RELOAD, "https://app.test", false},
        {"no-cache", CORS_BROWSER_FIREFOX, CORS_CACHE_NO_CACHE, "https://app.test", true},
        {"no-store", CORS_BROWSER_STANDARD, CORS_CACHE_NO_STORE, "https://app.test", true},
        {"reload", CORS_BROWSER_SAFARI, CORS_CACHE_RELOAD, "https://app.test", true},
        {"a page without an origin", CORS_BROWSER_CHROMIUM, CORS_CACHE_DEFAULT, "null", false},
        {"a page without an origin", CORS_BROWSER_STANDARD, CORS_CACHE_DEFAULT, "null", true},
    };
    for (size_t i = 0; i < ROWS(calls); i++) {
        char asked[128];
        char told[512];
        (void)snprintf(asked, sizeof asked,
                       "OPTIONS https://api.test/x | Access-Control-Request-Method: PUT"
                       " | Origin: %s\n",
                       calls[i].page);
        (void)snprintf(told, sizeof told,
                       "%sPUT https://api.test/x | Origin: %s\n" OK
                       "\n%sPUT https://api.test/x | Origin: %s\n" OK,
                       asked, calls[i].page, calls[i].kept ? "" : asked, calls[i].page);
        const struct case_fetch one = {
            .name = calls[i].name,
            .browser = calls[i].browser,
            .call = {METHOD("PUT"), .cache = calls[i].cache, .page = case_slice(calls[i].page)},
            .answers = {{200, ANY METHODS "PUT", NULL}},
            .again = true,
            .told = told};
        expect_fetch(&one);
    }
}

static void conditional_calls_reload(void **state) {
    (void)state;
#define ASK_CONDITION ASK_HEADERS("if-match")
#define CONDITION "GET https://api.test/x" ORIGIN " | If-Match: a\n"
    const struct case_fetch cases[] = {
        {.name = "of script are a reload in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .headers = "If-Match: a",
         .answers = {{200, ANY HEADERS "if-match", NULL}},
         .again = true,
         .told = ASK_CONDITION CONDITION OK "\n" ASK_CONDITION CONDITION OK},
        {.name = "of a call that wants the cache are none",
         .browser = CORS_BROWSER_CHROMIUM,
         .headers = "If-Match: a",
         .call = {.cache = CORS_CACHE_FORCE_CACHE},
         .answers = {{200, ANY HEADERS "if-match", NULL}},
         .again = true,
         .told = ASK_CONDITION CONDITION OK "\n" CONDITION OK},
        {.name = "are none by the standard",
         .headers = "If-Match: a",
         .answers = {{200, ANY HEADERS "if-match", NULL}},
         .again = true,
         .told = ASK_CONDITION CONDITION OK "\n" CONDITION OK},
        {.name = "other headers make none",
         .browser = CORS_BROWSER_CHROMIUM,
         .headers = "X-A: a",
         .answers = {{200, ANY HEADERS "x-a", NULL}},
         .again = true,
         .told = ASK_HEADERS("x-a") "GET https://api.test/x" ORIGIN " | X-A: a\n" OK
                                    "\nGET https://api.test/x" ORIGIN " | X-A: a\n" OK},
    };
    expect_all(cases, ROWS(cases));
}

/* What a failure does to what was kept, and to what is kept nevertheless. */
static void failures_and_the_cache(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "a refused answer is forgotten",
         .call = {METHOD("PUT")},
         .answers = {{200, ANY METHODS "PUT", NULL}, {403, "", NULL}},
         .again = true,
         .told = ASK_PUT PUT "= missing-allow-origin\n" ASK_PUT PUT "= missing-allow-origin"},
        {.name = "a refused answer is forgotten by Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("PUT")},
         .answers = {{200, ANY METHODS "PUT", NULL}, {403, "", NULL}},
         .again = true,
         .told = ASK_PUT PUT "= missing-allow-origin\n" ASK_PUT PUT "= missing-allow-origin"},
        {.name = "an answer for several origins is forgotten by Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("PUT")},
         .answers = {{200, ANY METHODS "PUT", NULL},
                     {200, "Access-Control-Allow-Origin: a, b", NULL}},
         .again = true,
         .told = ASK_PUT PUT "= multiple-allow-origin value a, b\n" ASK_PUT PUT
                             "= multiple-allow-origin value a, b"},
        {.name = "an answer for none is forgotten by Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("PUT")},
         .answers = {{200, ANY METHODS "PUT", NULL}, {200, "Access-Control-Allow-Origin: a", NULL}},
         .again = true,
         .told = ASK_PUT PUT "= invalid-allow-origin value a\n" ASK_PUT PUT
                             "= invalid-allow-origin value a"},
        {.name = "a page within another keeps its own",
         .call = {METHOD("PUT"), .top = CORS_SLICE("https://top.test")},
         .answers = {{200, ANY METHODS "PUT", NULL}},
         .again = true,
         .told = ASK_PUT PUT OK "\n" PUT OK},
        {.name = "no answer is forgotten by Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("PUT")},
         .answers = {{200, ANY METHODS "PUT", NULL}, {0, "", NULL}},
         .again = true,
         .told = ASK_PUT PUT "= network-failure\n" ASK_PUT PUT "= network-failure"},
        {.name = "a redirect that the call does not want is not, by Firefox",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {METHOD("PUT"), .redirect = CORS_REDIRECT_ERROR},
         .answers = {{200, ANY METHODS "PUT", NULL}, {302, ANY "Location: /y", NULL}},
         .again = true,
         .told = ASK_PUT PUT "= redirect-refused\n" PUT "= ok cors 200 https://api.test/x"},
        {.name = "Chromium forgets nothing",
         .browser = CORS_BROWSER_CHROMIUM,
         .call = {METHOD("PUT")},
         .answers = {{200, ANY METHODS "PUT", NULL}, {403, "", NULL}},
         .again = true,
         .told = ASK_PUT PUT "= missing-allow-origin\n" PUT "= ok cors 200 https://api.test/x"},
        {.name = "Safari keeps what did not allow the call",
         .browser = CORS_BROWSER_SAFARI,
         .call = {METHOD("PUT")},
         .answers = {{200, ANY METHODS "DELETE", NULL}},
         .again = true,
         .told = ASK_PUT "= method-not-allowed (preflight) value DELETE\n" ASK_PUT
                         "= method-not-allowed (preflight) value DELETE"},
        {.name = "a list that is none is kept nowhere",
         .browser = CORS_BROWSER_SAFARI,
         .call = {METHOD("PUT")},
         .answers = {{200, ANY METHODS "P UT", NULL}},
         .again = true,
         .told = ASK_PUT "= invalid-allow-methods (preflight) value P UT\n" ASK_PUT
                         "= invalid-allow-methods (preflight) value P UT"},
        {.name = "a listener's own method is kept",
         .call = {METHOD("PUT"), .initiator = CORS_INITIATOR_XHR, .upload_listener = true},
         .answers = {{200, ANY, NULL}},
         .again = true,
         .told = ASK_PUT PUT OK "\n" PUT OK},
    };
    expect_all(cases, ROWS(cases));
}

/* After a redirect from one foreign origin to another. */
static void tainted_calls_and_the_cache(void **state) {
    (void)state;
#define TO_THIRD                                                                                   \
    { 307, ANY "Location: https://third.test/x", NULL }
#define GRANT                                                                                      \
    { 200, ANY METHODS "PUT", NULL }
#define ASK_THIRD                                                                                  \
    "OPTIONS https://third.test/x | Access-Control-Request-Method: PUT | Origin: null\n"
#define PUT_THIRD "PUT https://third.test/x | Origin: null\n"
#define OK_THIRD "= ok cors 200 https://third.test/x redirected"
    const struct case_fetch cases[] = {
        {.name = "by the standard they look into it",
         .call = {METHOD("PUT")},
         .answers = {GRANT, TO_THIRD, GRANT},
         .again = true,
         .told =
             ASK_PUT PUT ASK_THIRD PUT_THIRD OK_THIRD "\n" PUT "= ok cors 200 https://api.test/x"},
        {.name = "in Chromium they do not keep",
         .browser = CORS_BROWSER_CHROMIUM,
         .call = {METHOD("PUT")},
         .answers = {GRANT, TO_THIRD, GRANT},
         .told = ASK_PUT PUT ASK_THIRD PUT_THIRD OK_THIRD},
    };
    expect_all(cases, ROWS(cases));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_that_allow),
        cmocka_unit_test(lists_that_allow),
        cmocka_unit_test(faults_are_reported_in_order),
        cmocka_unit_test(ages_are_read),
        cmocka_unit_test(answers_are_kept),
        cmocka_unit_test(conditional_calls_reload),
        cmocka_unit_test(failures_and_the_cache),
        cmocka_unit_test(tainted_calls_and_the_cache),
    };
    return cmocka_run_group_tests_name("browser_preflight", tests, NULL, NULL);
}
