/* SPDX-License-Identifier: MIT */
/* "HTTP-redirect fetch". Fetch, section 4.5. */
#include "browser_fetch.h"
#include "browser_headers.h"

static bool status_redirects(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool cors_response_redirects(struct cors_fetch *fetch) {
    if (!status_redirects(fetch->response.status)) {
        return false;
    }
    struct found_field location = cors_fetch_field(fetch, CORS_SLICE("location"));
    bool none = location.value.size == 0 && fetch->profile->ignores_empty_location;
    if (location.lines == 0) {
        return fetch->profile->refuses_bare_redirect && fetch->step == CORS_STEP_REQUEST &&
               fetch->call->redirect != CORS_REDIRECT_FOLLOW;
    }
    return !none;
}

static void remove_headers(struct cors_fetch *fetch, bool (*is_meant)(cors_slice name)) {
    size_t kept = 0;
    for (size_t i = 0; i < fetch->header_count; i++) {
        if (!is_meant(fetch->headers[i].name)) {
            fetch->headers[kept++] = fetch->headers[i];
        }
    }
    fetch->header_count = kept;
}

static bool is_authorization(cors_slice name) {
    return slice_equals_folded(name, CORS_SLICE("authorization"));
}

/* Steps 11 and 12: the request that the redirect makes of this one. */
static void change_request(struct cors_fetch *fetch, const struct url *location) {
    int status = fetch->response.status;
    bool was_post = slice_equals(fetch->method, CORS_SLICE("POST"));
    bool was_get = slice_equals(fetch->method, CORS_SLICE("GET")) ||
                   slice_equals(fetch->method, CORS_SLICE("HEAD"));
    fetch->hop_drops_body =
        ((status == 301 || status == 302) && was_post) || (status == 303 && !was_get);
    fetch->hop_drops_authorization = !slice_equals(fetch->url.origin, location->origin);
    if (fetch->hop_drops_body) {
        fetch->method = CORS_SLICE("GET");
        fetch->has_body = false;
        remove_headers(fetch, cors_header_is_of_body);
    }
    if (fetch->hop_drops_authorization) {
        remove_headers(fetch, is_authorization);
    }
    if (fetch->profile->redirect_drops_hints && !slice_equals(location->origin, fetch->page)) {
        remove_headers(fetch, cors_header_is_passing_hint);
    }
}

/* "redirect-taint": from an origin that is not the page's to yet another. */
static void taint(struct cors_fetch *fetch, const struct url *location) {
    if (!slice_equals(location->origin, fetch->url.origin) &&
        !slice_equals(fetch->page, fetch->url.origin)) {
        fetch->tainted = true;
        fetch->origin = CORS_SLICE("null");
    }
    fetch->crossed = fetch->crossed || !slice_equals(location->origin, fetch->url.origin);
}

/* Steps 8 and 9. */
static bool userinfo_breaks_cors(const struct cors_fetch *fetch, const struct url *location) {
    return location->has_userinfo &&
           (fetch->tainting == TAINTING_CORS ||
            (fetch->mode == CORS_MODE_CORS && !slice_equals(fetch->page, location->origin)));
}

/* Ends a fetch that is led to a URL with user info; false where it goes on. */
static bool refuse_userinfo(struct cors_fetch *fetch, const struct url *location) {
    bool breaks_cors = userinfo_breaks_cors(fetch, location);
    bool breaks_load = location->has_userinfo &&
                       (fetch->profile->userinfo_initiators >> fetch->call->initiator & 1) != 0;
    if (!breaks_cors && !breaks_load) {
        return false;
    }
    cors_fetch_end(fetch, CORS_CODE_REDIRECT_WITH_USERINFO, location->text);
    fetch->result.failure.silent = !breaks_cors;
    return true;
}

/* Whether the body was a stream, which cannot be sent again. */
static bool needs_stream_again(const struct cors_fetch *fetch) {
    return fetch->has_body && fetch->body == CORS_BODY_STREAM && fetch->response.status != 303;
}

/* A location without a fragment keeps that of the URL it replaces. */
static enum url_outcome keep_fragment(struct cors_fetch *fetch, struct url *location) {
    if (location->fragment.size > 0 || fetch->url.fragment.size == 0) {
        return URL_PARSED;
    }
    struct memory_text text = text_begin(&fetch->memory);
    text_add(&text, location->text);
    text_add(&text, fetch->url.fragment);
    cors_slice whole = text_end(&text);
    return text.full ? URL_TOO_LARGE : cors_url_parse(&fetch->memory, NULL, whole, NULL, location);
}

/* The first line, where all are equal; else false. */
static bool find_location_line(const struct cors_fetch *fetch, cors_slice *value) {
    size_t lines = 0;
    for (size_t i = 0; i < fetch->response.field_count; i++) {
        const cors_field *field = &fetch->response.fields[i];
        if (!slice_equals_folded(field->name, CORS_SLICE("location"))) {
            continue;
        }
        cors_slice found = cors_value_normalize(field->value);
        if (lines++ > 0 && !(fetch->profile->compares_locations && slice_equals(found, *value))) {
            return false;
        }
        *value = found;
    }
    return true;
}

/* Where the redirect leads: a URL, or none. No memory for it: `full`, which ends the fetch. */
static enum url_outcome find_location(struct cors_fetch *fetch, struct url *location) {
    cors_slice value = CORS_SLICE("");
    if (!find_location_line(fetch, &value)) {
        return URL_INVALID;
    }
    enum url_outcome outcome =
        cors_url_parse(&fetch->memory, &fetch->converter, value, &fetch->url, location);
    if (outcome == URL_PARSED && location->is_http) {
        outcome = keep_fragment(fetch, location);
    }
    fetch->full = fetch->full || outcome == URL_TOO_LARGE;
    return outcome;
}

/* Ends a fetch that cannot go where it is led; false where it can. */
static bool refuse_location(struct cors_fetch *fetch, enum url_outcome outcome,
                            const struct url *location) {
    if (outcome == URL_TOO_LARGE) {
        return true;
    }
    if (outcome == URL_INVALID || !location->is_http) {
        cors_fetch_end(fetch, CORS_CODE_REDIRECT_SCHEME,
                       outcome == URL_INVALID ? CORS_SLICE("") : location->text);
        return true;
    }
    if (fetch->redirects == CORS_REDIRECTS_MAX) {
        cors_fetch_end(fetch, CORS_CODE_TOO_MANY_REDIRECTS, CORS_SLICE(""));
        return true;
    }
    return false;
}

bool cors_redirect_refuse_early(struct cors_fetch *fetch) {
    const struct browser_profile *profile = fetch->profile;
    cors_slice value = CORS_SLICE("");
    struct url location;
    if (profile->compares_locations && !find_location_line(fetch, &value)) {
        cors_preflight_forget(fetch, true);
        cors_fetch_end(fetch, CORS_CODE_NETWORK_FAILURE, CORS_SLICE(""));
        return true;
    }
    bool looks = profile->judges_location_first || profile->judges_invalid_first;
    if (!looks || !cors_response_redirects(fetch)) {
        return false;
    }
    enum url_outcome outcome = find_location(fetch, &location);
    /* A URL with a host, ftp: and the like, waits for the CORS check. */
    bool has_host = outcome == URL_PARSED && !location.is_http &&
                    !slice_equals(location.origin, CORS_SLICE("null"));
    bool follows = fetch->call->redirect != CORS_REDIRECT_MANUAL;
    bool early = (profile->judges_invalid_first && outcome == URL_INVALID) ||
                 (profile->judges_location_first && follows && !has_host);
    return early && refuse_location(fetch, outcome, &location);
}

void cors_redirect_refuse(struct cors_fetch *fetch) {
    struct url location;
    bool led_to_userinfo = fetch->profile->judges_userinfo_first &&
                           find_location(fetch, &location) == URL_PARSED &&
                           refuse_userinfo(fetch, &location);
    if (!led_to_userinfo) {
        cors_fetch_end(fetch, CORS_CODE_REDIRECT_REFUSED, CORS_SLICE(""));
    }
}

void cors_redirect_follow(struct cors_fetch *fetch, int64_t now) {
    struct url location;
    enum url_outcome outcome = find_location(fetch, &location);
    if (refuse_location(fetch, outcome, &location) || refuse_userinfo(fetch, &location)) {
        return;
    }
    if (needs_stream_again(fetch)) {
        cors_fetch_end(fetch, CORS_CODE_REDIRECT_REFUSED, location.text);
        return;
    }
    fetch->redirects++;
    change_request(fetch, &location);
    taint(fetch, &location);
    fetch->url = location;
    cors_fetch_enter(fetch, now);
}
