/* SPDX-License-Identifier: MIT */
/* URLs without what lets somebody in, however oddly they are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shown_url.h"
#include "text_slices.h"

static const struct {
    const char *url;
    const char *shown;
} cases[] = {
    {"", ""},
    {"https://a.test/x?a=b#c", "https://a.test/x?a=b#c"},
    {"https://me:pw@a.test/", "https://<hidden>@a.test/"},
    {"https://me@pw@a.test", "https://<hidden>@a.test"},
    {"https://a.test/me@home", "https://a.test/me@home"},
    {"https://a.test?me@home", "https://a.test?me@home"},
    {"//me:pw@a.test/", "//<hidden>@a.test/"},
    /* As browsers read them, with an authority. */
    {"https:/me:pw@a.test/", "https:/<hidden>@a.test/"},
    {"https:me:pw@a.test/", "https:<hidden>@a.test/"},
    {"https:\\\\me:pw@a.test/", "https:\\\\<hidden>@a.test/"},
    {"https:///me:pw@a.test/", "https:///<hidden>@a.test/"},
    {"https:/\t/me:pw@a.test/", "https:/\t/<hidden>@a.test/"},
    {"\\/me:pw@a.test/", "\\/<hidden>@a.test/"},
    {"\x01 //me:pw@a.test/", "\x01 //<hidden>@a.test/"},
    {"https://[::1]:80/me@home", "https://[::1]:80/me@home"},
    {"https://a.test:65535?me@home", "https://a.test:65535?me@home"},
    {"https://a.test:/me@home", "https://a.test:/me@home"},
    /* Delimiters that should have been encoded. */
    {"https://me:p/w@a.test/", "https://<hidden>@a.test/"},
    {"https://me:p?w@a.test/?a=b", "https://<hidden>@a.test/?a=b"},
    {"https://me:p#w@a.test/", "https://<hidden>@a.test/"},
    {"https://me:p\\w@a.test/", "https://<hidden>@a.test/"},
    {"https://me@you:p/w@a.test/", "https://<hidden>@a.test/"},
    {"https://me:65536/w@a.test/", "https://<hidden>@a.test/"},
    {"https://:p/w@a.test/", "https://<hidden>@a.test/"},
    {"https://[me:p/w@a.test/", "https://<hidden>@a.test/"},
    {"https://[me]p/w@a.test/", "https://<hidden>@a.test/"},
    {"https://me:p/w", "https://me:p/w"},
    /* Without one. */
    {"/me@home//you@home", "/me@home//you@home"},
    {"me@home", "me@home"},
    {"?a=//me@home", "?a=//me@home"},
    /* Values with names that say what they are. */
    {"https://a.test/?token=x&a=b", "https://a.test/?token=<hidden>&a=b"},
    {"https://a.test/?a=b;KEY=x#access_token=y&z=1",
     "https://a.test/?a=b;KEY=<hidden>#access_token=<hidden>&z=1"},
    {"https://me@a.test?sig=x", "https://<hidden>@a.test?sig=<hidden>"},
    {"?state=x", "?state=<hidden>"},
    {"/me@home?code=x", "/me@home?code=<hidden>"},
    {"there#access_token=x", "there#access_token=<hidden>"},
};

static void urls_are_shown_without_secrets(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct keep keep = {NULL};
        cors_slice shown = shown_url(&keep, text_slice(cases[i].url));
        assert_string_equal(shown.size == 0 ? "" : shown.data, cases[i].shown);
        keep_free(&keep);
    }
}

static void a_nul_ends_nothing(void **state) {
    (void)state;
    struct keep keep = {NULL};
    cors_slice shown = shown_url(&keep, CORS_SLICE("https://m\0e:pw@a.test/"));
    assert_true(text_is(shown, "https://<hidden>@a.test/"));
    keep_free(&keep);
}

static void no_url_is_shown_as_none(void **state) {
    (void)state;
    struct keep keep = {NULL};
    assert_int_equal(shown_url(&keep, (cors_slice){NULL, 0}).size, 0);
    keep_free(&keep);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_shown_without_secrets),
        cmocka_unit_test(a_nul_ends_nothing),
        cmocka_unit_test(no_url_is_shown_as_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
