/* SPDX-License-Identifier: MIT */
#include "browser_profile.h"

#define MODE_BIT(mode) (UINT32_C(1) << CORS_CACHE_##mode)
#define INITIATOR_BIT(initiator) (UINT32_C(1) << CORS_INITIATOR_##initiator)

/* Fetch, section 2.2.5 "Requests": the sum of the values of all safelisted headers. */
enum { SAFELISTED_SUM_MAX = 1024 };

/* Seconds. The standard leaves the bound to browsers; its own profile has none. */
enum { CHROMIUM_AGE_MAX = 7200, FIREFOX_AGE_MAX = 86400, SAFARI_AGE_MAX = 600 };

/* Chromium's key of an entry has at most as many characters. */
enum { CHROMIUM_URL_MAX = 1023 };

static const struct browser_profile profiles[] = {
    [CORS_BROWSER_STANDARD] =
        {
            .downgrade_hides_origin = true,
            .grants_own_method = true,
            .safelisted_sum = SAFELISTED_SUM_MAX,
            .max_age_reading = MAX_AGE_DIGITS,
            .max_age_max = UINT32_MAX,
            .cached_wildcard = true,
            .flagged_needs_entry = true,
            .tainted_uses_cache = true,
            .clears_on = CLEAR_ANY,
            .refuses_bare_redirect = true,
        },
    [CORS_BROWSER_CHROMIUM] =
        {
            .range_max = "9223372036854775806",
            .drops_bad_type = true,
            .stream_leaves_origin = true,
            .listener_needs_body = true,
            .elements_send_origin = true,
            .crossing_hides_origin = true,
            .opaque_skips_cache = true,
            .ignores_empty_location = true,
            .compares_locations = true,
            .judges_invalid_first = true,
            .joins_headers = true,
            .ignores_user_agent = true,
            .safelists_hints = true,
            .safelisted_sum = SAFELISTED_SUM_MAX,
            .authorization_wildcard = true,
            .max_age_reading = MAX_AGE_NUMBER,
            .max_age_max = CHROMIUM_AGE_MAX,
            .caches_whole = true,
            .cached_wildcard = true,
            .keys_by_page = true,
            .cached_url_max = CHROMIUM_URL_MAX,
            .skipping_modes = MODE_BIT(NO_STORE) | MODE_BIT(RELOAD) | MODE_BIT(NO_CACHE),
            .unstored_modes = MODE_BIT(NO_STORE),
            .conditional_initiators = INITIATOR_BIT(FETCH) | INITIATOR_BIT(XHR),
            .judges_userinfo_first = true,
            .userinfo_initiators = INITIATOR_BIT(FETCH) | INITIATOR_BIT(IMAGE) |
                                   INITIATOR_BIT(SCRIPT) | INITIATOR_BIT(MODULE) |
                                   INITIATOR_BIT(STYLESHEET) | INITIATOR_BIT(FONT) |
                                   INITIATOR_BIT(EVENT_SOURCE),
            .redirect_drops_hints = true,
            .guards_local_network = true,
        },
    [CORS_BROWSER_FIREFOX] =
        {
            .refuses_semicolon = true,
            .range_max = "18446744073709551615",
            .stream_is_text = true,
            .downgrade_hides_origin = true,
            .judges_redirect_last = true,
            .compares_locations = true,
            .judges_location_first = true,
            .exposes_early_wildcard = true,
            .refuses_high_bytes = true,
            .refuses_comma = true,
            .keeps_duplicates = true,
            .safelisted_sum = SIZE_MAX,
            .judges_method_first = true,
            .authorization_wildcard = true,
            .max_age_reading = MAX_AGE_STRICT,
            .max_age_max = FIREFOX_AGE_MAX,
            .parts_credentials = true,
            .head_needs_entry = true,
            .keys_by_page = true,
            .tainted_uses_cache = true,
            .clears_on = CLEAR_REFUSED,
            .skipping_modes = MODE_BIT(NO_STORE) | MODE_BIT(RELOAD),
            .conditional_initiators = INITIATOR_BIT(FETCH),
            .preflights_as_page = true,
        },
    [CORS_BROWSER_SAFARI] =
        {
            .downgrade_hides_origin = true,
            .joins_headers = true,
            .safelisted_sum = SIZE_MAX,
            .judges_status_first = true,
            .authorization_wildcard = true,
            .stores_refused = true,
            .max_age_reading = MAX_AGE_NUMBER,
            .max_age_max = SAFARI_AGE_MAX,
            .caches_whole = true,
            .cached_wildcard = true,
            .keys_by_page = true,
            .tainted_uses_cache = true,
        },
};

const struct browser_profile *cors_browser_profile(cors_browser browser) {
    return &profiles[browser];
}
