/* SPDX-License-Identifier: MIT */
/* "HTTP-redirect fetch". Fetch, section 4.5. */
#include "browser_fetch.h"
#include "browser_headers.h"

static bool status_redirects(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool cors_response_redirects(struct cors_fetch *fetch) {
    return status_redirects(fetch->response.status) &&
           cors_fetch_field(fetch, CORS_SLICE("location")).lines > 0;
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
        if (fetch->profile->redirect_drops_hints) {
            remove_headers(fetch, cors_header_is_client_hint);
        }
    }
}

/* "redirect-taint": from an origin that is not the page's to yet another. */
static void taint(struct cors_fetch *fetch, const struct url *location) {
    if (!slice_equals(location->origin, fetch->url.origin) &&
        !slice_equals(fetch->page, fetch->url.origin)) {
        fetch->tainted = true;
        fetch->origin = CORS_SLICE("null");
    }
}

static bool userinfo_fails(const struct cors_fetch *fetch, const struct url *location) {
    if (!location->has_userinfo) {
        return false;
    }
    return fetch->profile->redirect_userinfo_fails || fetch->tainting == TAINTING_CORS ||
           (fetch->mode == CORS_MODE_CORS && !slice_equals(fetch->page, location->origin));
}

/* Whether the body was a stream, which cannot be sent again. */
static bool needs_stream_again(const struct cors_fetch *fetch) {
    return fetch->has_body && fetch->call->body == CORS_BODY_STREAM &&
           fetch->response.status != 303;
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

static enum url_outcome parse_location(struct cors_fetch *fetch, struct url *location) {
    struct found_field field = cors_fetch_field(fetch, CORS_SLICE("location"));
    enum url_outcome outcome =
        cors_url_parse(&fetch->memory, &fetch->converter, field.value, &fetch->url, location);
    return outcome == URL_PARSED && location->is_http ? keep_fragment(fetch, location) : outcome;
}

void cors_redirect_follow(struct cors_fetch *fetch, int64_t now) {
    struct url location;
    enum url_outcome outcome = parse_location(fetch, &location);
    if (outcome == URL_TOO_LARGE) {
        fetch->full = true;
        return;
    }
    if (outcome == URL_INVALID || !location.is_http) {
        cors_fetch_end(fetch, CORS_CODE_REDIRECT_SCHEME,
                       outcome == URL_INVALID ? CORS_SLICE("") : location.text);
        return;
    }
    if (fetch->redirects == CORS_REDIRECTS_MAX) {
        cors_fetch_end(fetch, CORS_CODE_TOO_MANY_REDIRECTS, CORS_SLICE(""));
        return;
    }
    if (userinfo_fails(fetch, &location)) {
        cors_fetch_end(fetch, CORS_CODE_REDIRECT_WITH_USERINFO, location.text);
        return;
    }
    if (needs_stream_again(fetch)) {
        cors_fetch_end(fetch, CORS_CODE_REDIRECT_REFUSED, CORS_SLICE(""));
        return;
    }
    fetch->redirects++;
    change_request(fetch, &location);
    taint(fetch, &location);
    fetch->url = location;
    cors_fetch_enter(fetch, now);
}
