/* SPDX-License-Identifier: MIT */
/* "CORS-preflight fetch". Fetch, section 4.8. */
#include "browser_fetch.h"
#include "browser_headers.h"
#include "http_names.h"

/* Seconds that an answer without Access-Control-Max-Age counts. */
enum { DEFAULT_MAX_AGE = 5 };

/* What the answer allows. */
struct grant {
    struct found_field methods;
    struct found_field headers;
    cors_slice bad_method; /* what stands in the list and is no token; empty: it is a list */
    cors_slice bad_header;
};

static bool skips_cache(const struct cors_fetch *fetch) {
    bool opaque =
        fetch->profile->opaque_skips_cache && slice_equals(fetch->page, CORS_SLICE("null"));
    return fetch->cache == NULL || opaque ||
           (fetch->tainted && !fetch->profile->tainted_uses_cache);
}

static bool mode_is_in(const struct cors_fetch *fetch, uint32_t modes) {
    return (modes >> fetch->cache_mode & 1) != 0;
}

static struct cache_key key_of(const struct cors_fetch *fetch) {
    cors_slice url = fetch->url.text;
    url.size -= fetch->url.fragment.size;
    return (struct cache_key){
        .top = fetch->call->top.size > 0 ? fetch->call->top : fetch->page,
        .origin = fetch->profile->keys_by_page ? fetch->page : fetch->origin,
        .url = url,
        .credentials = fetch->credentials == CORS_CREDENTIALS_INCLUDE,
    };
}

bool cors_preflight_is_spared(struct cors_fetch *fetch, int64_t now) {
    if (skips_cache(fetch) || mode_is_in(fetch, fetch->profile->skipping_modes)) {
        return false;
    }
    struct cache_key key = key_of(fetch);
    struct cache_need need = {fetch->method, fetch->need.headers, fetch->need.header_count,
                              fetch->flagged};
    return cors_cache_covers(fetch->cache, fetch->profile, &key, &need, now);
}

void cors_preflight_forget(struct cors_fetch *fetch, bool refused) {
    enum clearing clears_on = fetch->profile->clears_on;
    bool clears = (clears_on == CLEAR_REFUSED && refused) ||
                  (clears_on == CLEAR_ANY && fetch->needed_preflight);
    if (clears && !skips_cache(fetch)) {
        struct cache_key key = key_of(fetch);
        cors_cache_clear(fetch->cache, &key);
    }
}

cors_slice cors_preflight_origin(const struct cors_fetch *fetch) {
    return fetch->profile->preflights_as_page ? fetch->page : fetch->origin;
}

/* The digits as a number, at most `limit`; false where it is not digits alone. */
static bool read_digits(cors_slice text, uint32_t limit, uint32_t *number) {
    uint64_t value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (!byte_is(text.data[i], BYTE_DIGIT)) {
            return false;
        }
        value = value * 10 + (unsigned)(text.data[i] - '0');
        value = value > limit ? limit : value;
    }
    *number = (uint32_t)value;
    return text.size > 0;
}

/* With an optional sign; what is below 0 is 0. A number that 64 bits do not hold is none. */
static bool read_signed(cors_slice text, uint32_t limit, uint32_t *number) {
    bool negative = text.size > 0 && text.data[0] == '-';
    if (negative || (text.size > 0 && text.data[0] == '+')) {
        text = slice_skip(text, 1);
    }
    cors_slice digits = text;
    while (digits.size > 1 && digits.data[0] == '0') {
        digits = slice_skip(digits, 1);
    }
    cors_slice most =
        negative ? CORS_SLICE("9223372036854775808") : CORS_SLICE("9223372036854775807");
    bool fits =
        digits.size < most.size || (digits.size == most.size && slice_compare(digits, most) <= 0);
    if (!fits || !read_digits(text, limit, number)) {
        return false;
    }
    *number = negative ? 0 : *number;
    return true;
}

/* Returns false where the profile stores nothing for such a value. */
static bool read_max_age(struct cors_fetch *fetch, uint32_t *seconds) {
    const struct browser_profile *profile = fetch->profile;
    struct found_field age = cors_fetch_field(fetch, CORS_SLICE("access-control-max-age"));
    bool read = false;
    switch (profile->max_age_reading) {
    case MAX_AGE_DIGITS:
        read = age.lines == 1 && read_digits(age.value, profile->max_age_max, seconds);
        break;
    case MAX_AGE_NUMBER:
        read = read_signed(age.value, profile->max_age_max, seconds);
        break;
    case MAX_AGE_STRICT:
        if (age.value.size > 0) {
            return read_digits(age.value, profile->max_age_max, seconds) && *seconds > 0;
        }
        break;
    }
    if (!read) {
        *seconds = DEFAULT_MAX_AGE;
    }
    return true;
}

/* Section 4.8, step 7.4: where there is no list of methods. */
static bool grants_own_method(const struct cors_fetch *fetch, const struct grant *grant) {
    return fetch->profile->grants_own_method && fetch->flagged && grant->methods.lines == 0;
}

static void store(struct cors_fetch *fetch, const struct grant *grant, int64_t now) {
    struct cache_key key = key_of(fetch);
    struct cache_grant allowed = {.methods = grant->methods.value, .headers = grant->headers.value};
    if (skips_cache(fetch) || mode_is_in(fetch, fetch->profile->unstored_modes) ||
        !read_max_age(fetch, &allowed.seconds)) {
        return;
    }
    if (grants_own_method(fetch, grant)) {
        allowed.methods = fetch->method;
    }
    cors_cache_store(fetch->cache, fetch->profile, &key, &allowed, now);
}

static void fail(struct cors_fetch *fetch, cors_code code, cors_slice value, uint32_t lines) {
    cors_fetch_end(fetch, code, value);
    fetch->result.failure.preflight = true;
    fetch->result.failure.value_lines = lines;
}

static bool has_wildcard(const struct cors_fetch *fetch, cors_slice list) {
    return fetch->credentials != CORS_CREDENTIALS_INCLUDE &&
           cors_list_holds(list, CORS_SLICE("*"), false);
}

static bool method_is_allowed(const struct cors_fetch *fetch, const struct grant *grant) {
    return cors_method_is_safelisted(fetch->method) || grants_own_method(fetch, grant) ||
           cors_list_holds(grant->methods.value, fetch->method, false) ||
           has_wildcard(fetch, grant->methods.value);
}

static bool header_is_allowed(const struct cors_fetch *fetch, const struct grant *grant,
                              cors_slice name) {
    bool covered = has_wildcard(fetch, grant->headers.value) &&
                   (fetch->profile->authorization_wildcard ||
                    !slice_equals(name, CORS_SLICE("authorization")));
    return covered || cors_list_holds(grant->headers.value, name, true);
}

/* The first name, in sorted order, that the answer does not allow; empty: all are allowed. */
static cors_slice find_refused_header(const struct cors_fetch *fetch, const struct grant *grant) {
    for (size_t i = 0; i < fetch->need.header_count; i++) {
        if (!header_is_allowed(fetch, grant, fetch->need.headers[i])) {
            return fetch->need.headers[i];
        }
    }
    return CORS_SLICE("");
}

static bool judge_method_list(struct cors_fetch *fetch, const struct grant *grant) {
    if (grant->bad_method.size == 0) {
        return true;
    }
    fail(fetch, CORS_CODE_INVALID_ALLOW_METHODS, grant->bad_method, grant->methods.lines);
    return false;
}

static bool judge_header_list(struct cors_fetch *fetch, const struct grant *grant) {
    if (grant->bad_header.size == 0) {
        return true;
    }
    fail(fetch, CORS_CODE_INVALID_ALLOW_HEADERS, grant->bad_header, grant->headers.lines);
    return false;
}

static bool judge_method(struct cors_fetch *fetch, const struct grant *grant) {
    if (method_is_allowed(fetch, grant)) {
        return true;
    }
    fail(fetch, CORS_CODE_METHOD_NOT_ALLOWED, grant->methods.value, grant->methods.lines);
    return false;
}

static bool judge_headers(struct cors_fetch *fetch, const struct grant *grant) {
    cors_slice refused = find_refused_header(fetch, grant);
    if (refused.size == 0) {
        return true;
    }
    fail(fetch, CORS_CODE_HEADER_NOT_ALLOWED, grant->headers.value, grant->headers.lines);
    const cors_field *written = cors_fetch_header(fetch, refused);
    fetch->result.failure.header = written == NULL ? refused : written->name;
    return false;
}

/* Whether the lists of the answer allow the request. The order decides what is reported. */
static bool judge_lists(struct cors_fetch *fetch, const struct grant *grant) {
    if (fetch->profile->judges_method_first) {
        return judge_method_list(fetch, grant) && judge_method(fetch, grant) &&
               judge_header_list(fetch, grant) && judge_headers(fetch, grant);
    }
    return judge_method_list(fetch, grant) && judge_header_list(fetch, grant) &&
           judge_method(fetch, grant) && judge_headers(fetch, grant);
}

static bool status_is_ok(int status) {
    return status >= 200 && status <= 299;
}

static bool judge_status(struct cors_fetch *fetch) {
    if (status_is_ok(fetch->response.status)) {
        return true;
    }
    fail(fetch, CORS_CODE_PREFLIGHT_STATUS, CORS_SLICE(""), 0);
    return false;
}

static bool judge_access(struct cors_fetch *fetch) {
    cors_slice origin = cors_preflight_origin(fetch);
    if (fetch->profile->preflights_as_page && slice_equals(fetch->url.origin, fetch->page)) {
        return true;
    }
    struct access access = cors_access_check(fetch, origin);
    if (access.code != CORS_CODE_OK) {
        fail(fetch, access.code, access.value, access.value_lines);
        fetch->result.failure.origin = origin;
        return false;
    }
    return true;
}

static bool judge_redirect(struct cors_fetch *fetch) {
    if (!cors_response_redirects(fetch)) {
        return true;
    }
    bool as_status =
        fetch->profile->judges_redirect_last && fetch->call->redirect == CORS_REDIRECT_ERROR;
    fail(fetch, as_status ? CORS_CODE_PREFLIGHT_STATUS : CORS_CODE_PREFLIGHT_REDIRECT,
         CORS_SLICE(""), 0);
    return false;
}

/* The order decides what is reported. */
static bool judge_head(struct cors_fetch *fetch) {
    if (fetch->profile->judges_redirect_last) {
        return judge_access(fetch) && judge_redirect(fetch) && judge_status(fetch);
    }
    if (!judge_redirect(fetch)) {
        return false;
    }
    if (fetch->profile->judges_status_first) {
        return judge_status(fetch) && judge_access(fetch);
    }
    return judge_access(fetch) && judge_status(fetch);
}

void cors_preflight_answer(struct cors_fetch *fetch, int64_t now) {
    if (!judge_head(fetch)) {
        return;
    }
    struct grant grant = {
        .methods = cors_fetch_field(fetch, CORS_SLICE("access-control-allow-methods")),
        .headers = cors_fetch_field(fetch, CORS_SLICE("access-control-allow-headers")),
    };
    grant.bad_method = cors_list_bad_token(grant.methods.value);
    grant.bad_header = cors_list_bad_token(grant.headers.value);
    bool parsed = grant.bad_method.size == 0 && grant.bad_header.size == 0;
    bool allowed = judge_lists(fetch, &grant);
    if (allowed || (parsed && fetch->profile->stores_refused)) {
        store(fetch, &grant, now);
    }
    if (allowed) {
        fetch->step = CORS_STEP_REQUEST;
    }
}
