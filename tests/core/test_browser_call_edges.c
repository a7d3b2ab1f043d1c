/* SPDX-License-Identifier: MIT */
/* Calls whose end hangs on one number, one line or one moment. */
#include <cors/browser.h>

#include "browser_cache.h"
#include "browser_url.h"
#include "case_table.h"

#define FIELD(name, value)                                                                         \
    {                                                                                              \
        {name, sizeof(name) - 1}, {                                                                \
            value, sizeof(value) - 1                                                               \
        }                                                                                          \
    }
#define ALLOW "Access-Control-Allow-Origin"
#define PAGE "https://app.test"

static _Alignas(max_align_t) char memory[CORS_FETCH_MEMORY];
static char cache_memory[4096];

static cors_fetch *begin(const cors_call *call, cors_browser browser, cors_preflight_cache *cache,
                         int64_t now) {
    cors_fetch *fetch;
    assert_int_equal(cors_fetch_begin(memory, sizeof memory, call, browser, cache, now, &fetch),
                     CORS_OK);
    return fetch;
}

static void answer(cors_fetch *fetch, const cors_field *fields, size_t count, int64_t now) {
    cors_response response = {.status = 200, .fields = fields, .field_count = count};
    assert_int_equal(cors_fetch_answer(fetch, &response, now), CORS_OK);
}

static cors_call call_of(const char *method, const char *url) {
    return (cors_call){
        .page = CORS_SLICE(PAGE), .url = case_slice(url), .method = case_slice(method)};
}

/* Whether a PUT of Firefox at that time goes without a preflight. */
static bool is_spared(cors_preflight_cache *cache, int64_t now) {
    cors_call call = call_of("PUT", "https://api.test/x");
    return cors_fetch_step(begin(&call, CORS_BROWSER_FIREFOX, cache, now)) == CORS_STEP_REQUEST;
}

/* Firefox keeps an answer for a day at most, to the second. */
static void answers_are_kept_for_a_day(void **state) {
    (void)state;
    static const cors_field fields[] = {FIELD(ALLOW, PAGE),
                                        FIELD("Access-Control-Allow-Methods", "PUT"),
                                        FIELD("Access-Control-Max-Age", "1000000")};
    cors_preflight_cache cache;
    cors_preflight_cache_begin(&cache, cache_memory, sizeof cache_memory);
    cors_call call = call_of("PUT", "https://api.test/x");
    cors_fetch *fetch = begin(&call, CORS_BROWSER_FIREFOX, &cache, 0);
    assert_int_equal(cors_fetch_step(fetch), CORS_STEP_PREFLIGHT);
    answer(fetch, fields, ROWS(fields), 0);
    assert_int_equal(cors_fetch_step(fetch), CORS_STEP_REQUEST);
    assert_true(is_spared(&cache, 86399999));
    assert_false(is_spared(&cache, 86400000));
}

/* What a newer answer grants for less time is granted for that time. */
static void a_newer_grant_replaces_an_older_one(void **state) {
    (void)state;
    const struct browser_profile *profile = cors_browser_profile(CORS_BROWSER_STANDARD);
    const struct cache_key key = {CORS_SLICE("https://top.test"), CORS_SLICE(PAGE),
                                  CORS_SLICE("https://api.test/x"), false};
    const struct cache_grant longer = {CORS_SLICE("PUT"), CORS_SLICE("x-a"), 60};
    const struct cache_grant shorter = {CORS_SLICE("PUT"), CORS_SLICE("X-A"), 5};
    const struct cache_need method = {CORS_SLICE("PUT"), NULL, 0, false};
    cors_slice name = CORS_SLICE("x-a");
    const struct cache_need header = {CORS_SLICE("GET"), &name, 1, false};
    cors_preflight_cache cache;
    cors_preflight_cache_begin(&cache, cache_memory, sizeof cache_memory);
    cors_cache_store(&cache, profile, &key, &longer, 0);
    cors_cache_store(&cache, profile, &key, &shorter, 0);
    assert_true(cors_cache_covers(&cache, profile, &key, &method, 4999));
    assert_true(cors_cache_covers(&cache, profile, &key, &header, 4999));
    assert_false(cors_cache_covers(&cache, profile, &key, &method, 5000));
    assert_false(cors_cache_covers(&cache, profile, &key, &header, 5000));
}

/* Only lines that are spelled as usual count. */
static void lines_of_a_value_are_counted(void **state) {
    (void)state;
    static const cors_field twice[] = {FIELD(ALLOW, PAGE), FIELD("Vary", "Origin"),
                                       FIELD(ALLOW, PAGE)};
    static const cors_field spelled[] = {FIELD(ALLOW, PAGE),
                                         FIELD("access-control-allow-origin", PAGE)};
    cors_call call = call_of("GET", "https://api.test/x");
    cors_fetch *fetch = begin(&call, CORS_BROWSER_FIREFOX, NULL, 0);
    answer(fetch, twice, ROWS(twice), 0);
    assert_int_equal(cors_fetch_result(fetch)->code, CORS_CODE_MULTIPLE_ALLOW_ORIGIN);
    assert_int_equal(cors_fetch_result(fetch)->failure.value_lines, 2);
    fetch = begin(&call, CORS_BROWSER_FIREFOX, NULL, 0);
    answer(fetch, spelled, ROWS(spelled), 0);
    assert_int_equal(cors_fetch_result(fetch)->code, CORS_CODE_MULTIPLE_ALLOW_ORIGIN);
    assert_int_equal(cors_fetch_result(fetch)->failure.value_lines, 1);
}

static void a_data_url_shows_all_it_has(void **state) {
    (void)state;
    cors_call call = call_of("GET", "data:text/plain,x");
    cors_fetch *fetch = begin(&call, CORS_BROWSER_STANDARD, NULL, 0);
    assert_int_equal(cors_fetch_step(fetch), CORS_STEP_DONE);
    assert_true(cors_fetch_exposes(fetch, CORS_SLICE("content-type")));
    assert_true(cors_fetch_exposes(fetch, CORS_SLICE("x-any")));
    assert_false(cors_fetch_exposes(fetch, CORS_SLICE("set-cookie")));
}

/* Fetch, section 2.9 "Port blocking"; from one to the other in each line. */
static const struct {
    uint32_t first;
    uint32_t last;
} bad_ports[] = {
    {0, 1},       {7, 7},       {9, 9},       {11, 11},     {13, 13},     {15, 15},
    {17, 17},     {19, 23},     {25, 25},     {37, 37},     {42, 43},     {53, 53},
    {69, 69},     {77, 77},     {79, 79},     {87, 87},     {95, 95},     {101, 104},
    {109, 111},   {113, 113},   {115, 115},   {117, 117},   {119, 119},   {123, 123},
    {135, 135},   {137, 137},   {139, 139},   {143, 143},   {161, 161},   {179, 179},
    {389, 389},   {427, 427},   {465, 465},   {512, 515},   {526, 526},   {530, 532},
    {540, 540},   {548, 548},   {554, 554},   {556, 556},   {563, 563},   {587, 587},
    {601, 601},   {636, 636},   {989, 990},   {993, 993},   {995, 995},   {1719, 1720},
    {1723, 1723}, {2049, 2049}, {3659, 3659}, {4045, 4045}, {4190, 4190}, {5060, 5061},
    {6000, 6000}, {6566, 6566}, {6665, 6669}, {6679, 6679}, {6697, 6697}, {10080, 10080},
};

static void all_bad_ports_are_known(void **state) {
    (void)state;
    size_t line = 0;
    for (uint32_t port = 0; port <= UINT16_MAX; port++) {
        line += line < ROWS(bad_ports) && port > bad_ports[line].last ? 1 : 0;
        bool is_bad = line < ROWS(bad_ports) && port >= bad_ports[line].first;
        expect_number("port", "is bad", cors_port_is_bad(port) ? (int)port : -1,
                      is_bad ? (int)port : -1);
    }
}

/* fc00::/7, and fe80::/10 with what was site-local. */
static void all_local_addresses_are_known(void **state) {
    (void)state;
    for (unsigned first = 0xfb00; first <= 0xff00; first += 0x10) {
        char url[] = "https://[0000::1]/x";
        (void)snprintf(url, sizeof url, "https://[%x::1]/x", first);
        cors_call call = call_of("GET", url);
        cors_fetch *fetch = begin(&call, CORS_BROWSER_CHROMIUM, NULL, 0);
        bool is_local = (first >= 0xfc00 && first <= 0xfdff) || (first >= 0xfe80 && first < 0xff00);
        expect_number(url, "is refused", cors_fetch_step(fetch) == CORS_STEP_DONE, is_local);
        if (is_local) {
            expect_text(url, "space", cors_fetch_result(fetch)->failure.value, "local");
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_kept_for_a_day),
        cmocka_unit_test(a_newer_grant_replaces_an_older_one),
        cmocka_unit_test(lines_of_a_value_are_counted),
        cmocka_unit_test(a_data_url_shows_all_it_has),
        cmocka_unit_test(all_bad_ports_are_known),
        cmocka_unit_test(all_local_addresses_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
