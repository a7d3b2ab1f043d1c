/* SPDX-License-Identifier: MIT */
#include "browser_cache.h"

#include "case_table.h"

#include <stdlib.h>

static struct cache_key key_of(const char *url, bool credentials) {
    return (struct cache_key){CORS_SLICE("https://top.test"), CORS_SLICE("https://a.test"),
                              case_slice(url), credentials};
}

static bool covers(cors_preflight_cache *cache, cors_browser browser, const char *url,
                   bool credentials, const char *method, const char *header, int64_t now) {
    struct cache_key key = key_of(url, credentials);
    cors_slice name = case_slice(header);
    struct cache_need need = {case_slice(method), &name, name.size > 0, false};
    return cors_cache_covers(cache, cors_browser_profile(browser), &key, &need, now);
}

static void store(cors_preflight_cache *cache, cors_browser browser, const char *url,
                  bool credentials, const char *methods, const char *headers, uint32_t seconds) {
    struct cache_key key = key_of(url, credentials);
    struct cache_grant grant = {case_slice(methods), case_slice(headers), seconds};
    cors_cache_store(cache, cors_browser_profile(browser), &key, &grant, 0);
}

static char room[4096];

static cors_preflight_cache begun(void) {
    cors_preflight_cache cache;
    cors_preflight_cache_begin(&cache, room, sizeof room);
    return cache;
}

static const cors_browser STANDARD = CORS_BROWSER_STANDARD;
static const cors_browser CHROMIUM = CORS_BROWSER_CHROMIUM;
static const cors_browser FIREFOX = CORS_BROWSER_FIREFOX;

static void entries_cover_what_was_granted(void **state) {
    (void)state;
    for (int browser = 0; browser <= CORS_BROWSER_SAFARI; browser++) {
        cors_preflight_cache cache = begun();
        store(&cache, (cors_browser)browser, "https://x/1", false, "PUT, DELETE", "X-A, b", 60);
        assert_true(covers(&cache, (cors_browser)browser, "https://x/1", false, "PUT", "x-a", 0));
        assert_true(covers(&cache, (cors_browser)browser, "https://x/1", false, "DELETE", "b", 1));
        assert_true(
            covers(&cache, (cors_browser)browser, "https://x/1", false, "POST", "b", 59999));
        assert_false(covers(&cache, (cors_browser)browser, "https://x/1?q", false, "PUT", "", 0));
        assert_false(
            covers(&cache, (cors_browser)browser, "https://x/1", false, "PUT", "x-a", 60000));
    }
}

static void whole_answers_are_replaced_and_erased(void **state) {
    (void)state;
    cors_preflight_cache cache = begun();
    store(&cache, CHROMIUM, "u", false, "PUT", "", 60);
    store(&cache, CHROMIUM, "u", false, "DELETE", "", 60);
    assert_int_equal(cache.count, 1);
    assert_true(covers(&cache, CHROMIUM, "u", false, "DELETE", "", 0));
    assert_false(covers(&cache, CHROMIUM, "u", false, "PUT", "", 0));
    assert_int_equal(cache.count, 0); /* what did not cover is gone */
    assert_int_equal(cache.used, 0);
}

static void grants_are_merged(void **state) {
    (void)state;
    static const cors_browser merging[] = {CORS_BROWSER_STANDARD, CORS_BROWSER_FIREFOX};
    for (size_t i = 0; i < ROWS(merging); i++) {
        cors_preflight_cache cache = begun();
        store(&cache, merging[i], "u", false, "PUT", "a", 60);
        store(&cache, merging[i], "u", false, "DELETE", "b", 5);
        assert_int_equal(cache.count, 1);
        assert_true(covers(&cache, merging[i], "u", false, "PUT", "a", 5000));
        assert_true(covers(&cache, merging[i], "u", false, "DELETE", "b", 4999));
        assert_false(covers(&cache, merging[i], "u", false, "DELETE", "", 5000));
    }
}

static void credentials_part_entries(void **state) {
    (void)state;
    cors_preflight_cache cache = begun();
    store(&cache, STANDARD, "u", true, "PUT", "", 60);
    assert_true(covers(&cache, STANDARD, "u", true, "PUT", "", 0));
    assert_true(covers(&cache, STANDARD, "u", false, "PUT", "", 0));
    assert_false(covers(&cache, FIREFOX, "u", false, "PUT", "", 0));
    cache = begun();
    store(&cache, STANDARD, "u", false, "PUT", "", 60);
    assert_false(covers(&cache, STANDARD, "u", true, "PUT", "", 0));
}

static void wildcards_are_kept(void **state) {
    (void)state;
    cors_preflight_cache cache = begun();
    store(&cache, STANDARD, "u", false, "*", "*", 60);
    assert_true(covers(&cache, STANDARD, "u", false, "PUT", "x", 0));
    assert_false(covers(&cache, STANDARD, "u", false, "PUT", "authorization", 0));
    assert_false(covers(&cache, FIREFOX, "u", false, "PUT", "", 0));
    cache = begun();
    store(&cache, STANDARD, "u", true, "*", "*", 60);
    assert_false(covers(&cache, STANDARD, "u", true, "PUT", "", 0));
    assert_true(covers(&cache, STANDARD, "u", true, "*", "", 0));
}

static void head_needs_an_entry_in_firefox(void **state) {
    (void)state;
    cors_preflight_cache cache = begun();
    store(&cache, FIREFOX, "u", false, "GET", "a", 60);
    assert_false(covers(&cache, FIREFOX, "u", false, "HEAD", "a", 0));
    assert_true(covers(&cache, FIREFOX, "u", false, "GET", "a", 0));
    assert_true(covers(&cache, STANDARD, "u", false, "HEAD", "a", 0));
}

static void the_oldest_goes_when_it_is_full(void **state) {
    (void)state;
    cors_preflight_cache cache = begun();
    char url[16];
    for (int i = 0; i < 200; i++) {
        snprintf(url, sizeof url, "u%d", i);
        store(&cache, STANDARD, url, false, "PUT", "", 60);
        assert_true(covers(&cache, STANDARD, url, false, "PUT", "", 0));
    }
    assert_false(covers(&cache, STANDARD, "u0", false, "PUT", "", 0));
    assert_true(covers(&cache, STANDARD, "u199", false, "PUT", "", 0));
    assert_true(cache.count > 10 && cache.used <= sizeof room);
}

static void what_does_not_fit_is_not_kept(void **state) {
    (void)state;
    for (size_t size = 0; size < 400; size++) {
        char *exact = malloc(size == 0 ? 1 : size); /* so that a sanitizer sees a byte too many */
        cors_preflight_cache cache;
        assert_non_null(exact);
        cors_preflight_cache_begin(&cache, exact, size);
        store(&cache, STANDARD, "u", false, "PUT", "a", 60);
        store(&cache, STANDARD, "v", false, "PUT", "a", 60);
        store(&cache, STANDARD, "v", false, "DELETE", "b", 60);
        bool kept = covers(&cache, STANDARD, "v", false, "DELETE", "b", 0);
        assert_true(kept == (cache.count > 0));
        free(exact);
    }
}

static void clearing_leaves_the_others(void **state) {
    (void)state;
    cors_preflight_cache cache = begun();
    struct cache_key key = key_of("v", false);
    store(&cache, STANDARD, "u", false, "PUT", "", 60);
    store(&cache, STANDARD, "v", false, "PUT", "", 60);
    store(&cache, STANDARD, "v", true, "PUT", "", 60);
    store(&cache, STANDARD, "w", false, "PUT", "", 60);
    cors_cache_clear(&cache, &key);
    assert_int_equal(cache.count, 2);
    assert_true(covers(&cache, STANDARD, "u", false, "PUT", "", 0));
    assert_false(covers(&cache, STANDARD, "v", false, "PUT", "", 0));
    assert_true(covers(&cache, STANDARD, "w", false, "PUT", "", 0));
}

static void there_may_be_no_cache(void **state) {
    (void)state;
    assert_false(covers(NULL, STANDARD, "u", false, "PUT", "", 0));
    store(NULL, STANDARD, "u", false, "PUT", "", 60);
}

/* Chromium keeps nothing of a URL of more than 1,023 bytes. */
static void long_urls_are_not_kept(void **state) {
    (void)state;
    char url[1025];
    memset(url, 'u', sizeof url);
    url[1024] = '\0';
    cors_preflight_cache cache = begun();
    store(&cache, CHROMIUM, url, false, "PUT", "", 60);
    assert_false(covers(&cache, CHROMIUM, url, false, "PUT", "", 0));
    store(&cache, FIREFOX, url, false, "PUT", "", 60);
    assert_true(covers(&cache, FIREFOX, url, false, "PUT", "", 0));
    url[1023] = '\0';
    cache = begun();
    store(&cache, CHROMIUM, url, false, "PUT", "", 60);
    assert_true(covers(&cache, CHROMIUM, url, false, "PUT", "", 0));
}

/* Each part of a key parts entries; one may be empty. */
static void keys_part_entries(void **state) {
    (void)state;
    static const struct cache_key keys[] = {
        {{"https://top.test", 16}, {"https://a.test", 14}, {"https://u/1", 11}, false},
        {{"https://tip.test", 16}, {"https://a.test", 14}, {"https://u/1", 11}, false},
        {{"https://top.test", 16}, {"https://b.test", 14}, {"https://u/1", 11}, false},
        {{"https://top.test", 16}, {"https://a.test", 14}, {"https://u/2", 11}, false},
        {{"", 0}, {"https://a.test", 14}, {"https://u/1", 11}, false},
    };
    const struct browser_profile *profile = cors_browser_profile(STANDARD);
    const struct cache_grant grant = {CORS_SLICE("PUT"), CORS_SLICE(""), 60};
    const struct cache_need need = {CORS_SLICE("PUT"), NULL, 0, false};
    for (size_t stored = 0; stored < ROWS(keys); stored++) {
        cors_preflight_cache cache = begun();
        cors_cache_store(&cache, profile, &keys[stored], &grant, 0);
        for (size_t asked = 0; asked < ROWS(keys); asked++) {
            assert_int_equal(cors_cache_covers(&cache, profile, &keys[asked], &need, 0),
                             asked == stored);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_cover_what_was_granted),
        cmocka_unit_test(whole_answers_are_replaced_and_erased),
        cmocka_unit_test(grants_are_merged),
        cmocka_unit_test(credentials_part_entries),
        cmocka_unit_test(wildcards_are_kept),
        cmocka_unit_test(head_needs_an_entry_in_firefox),
        cmocka_unit_test(the_oldest_goes_when_it_is_full),
        cmocka_unit_test(what_does_not_fit_is_not_kept),
        cmocka_unit_test(clearing_leaves_the_others),
        cmocka_unit_test(there_may_be_no_cache),
        cmocka_unit_test(long_urls_are_not_kept),
        cmocka_unit_test(keys_part_entries),
    };
    return cmocka_run_group_tests_name("browser_cache", tests, NULL, NULL);
}
