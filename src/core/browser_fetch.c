/* SPDX-License-Identifier: MIT */
/* "Main fetch" and "HTTP fetch". Fetch, sections 4.1 and 4.3. */
#include "browser_fetch.h"

#include "browser_headers.h"

/* A failed CORS check, or what counts as one. */
static bool is_refusal(cors_code code) {
    return code == CORS_CODE_MISSING_ALLOW_ORIGIN || code == CORS_CODE_MULTIPLE_ALLOW_ORIGIN ||
           code == CORS_CODE_INVALID_ALLOW_ORIGIN || code == CORS_CODE_ALLOW_ORIGIN_MISMATCH ||
           code == CORS_CODE_WILDCARD_WITH_CREDENTIALS ||
           code == CORS_CODE_INVALID_ALLOW_CREDENTIALS ||
           code == CORS_CODE_REDIRECT_WITH_USERINFO || code == CORS_CODE_REDIRECT_SCHEME;
}

/* A request of CORS that came to nothing: no answer, or one redirect too many. */
static bool is_lost(const struct cors_fetch *fetch, cors_code code) {
    return fetch->tainting == TAINTING_CORS &&
           (code == CORS_CODE_NETWORK_FAILURE || code == CORS_CODE_TOO_MANY_REDIRECTS);
}

void cors_fetch_end(struct cors_fetch *fetch, cors_code code, cors_slice value) {
    bool preflight = fetch->step == CORS_STEP_PREFLIGHT;
    cors_preflight_forget(fetch, preflight || is_refusal(code) || is_lost(fetch, code));
    fetch->step = CORS_STEP_DONE;
    fetch->result = (cors_result){
        .code = code,
        .type = CORS_RESPONSE_ERROR,
        .url = CORS_SLICE(""),
        .failure =
            {
                .code = code,
                .preflight = preflight,
                .initiator = fetch->call->initiator,
                .mode = fetch->mode,
                .url = fetch->url.text,
                .first_url = fetch->first.text,
                .page = fetch->page,
                .origin = fetch->origin,
                .value = value,
                .method = fetch->method,
                .header = CORS_SLICE(""),
                .status = fetch->response.status,
                .redirected = fetch->redirects > 0,
            },
    };
}

/* Ends what the network refuses; false where the fetch goes on. */
static bool end_refused(struct cors_fetch *fetch, enum network_refusal refusal, cors_slice space) {
    switch (refusal) {
    case NETWORK_LOCAL_DENIED:
        cors_fetch_end(fetch, CORS_CODE_LOCAL_NETWORK_DENIED, space);
        break;
    case NETWORK_LOCAL_INSECURE:
        cors_fetch_end(fetch, CORS_CODE_LOCAL_NETWORK_INSECURE, space);
        break;
    case NETWORK_BLOCKED:
        cors_fetch_end(fetch, CORS_CODE_NETWORK_FAILURE, CORS_SLICE(""));
        break;
    case NETWORK_FINE:
    case NETWORK_UPGRADE:
        return false;
    }
    fetch->result.failure.preflight = false;
    return true;
}

/* False where the fetch has ended. */
static bool pass_network(struct cors_fetch *fetch) {
    cors_slice space = CORS_SLICE("");
    enum network_refusal refusal = cors_network_judge(fetch, CORS_SLICE(""), &space);
    if (refusal == NETWORK_UPGRADE) {
        struct url upgraded;
        if (cors_url_upgrade(&fetch->memory, &fetch->url, &upgraded) != URL_PARSED) {
            fetch->full = true;
            return false;
        }
        fetch->url = upgraded;
        refusal = cors_network_judge(fetch, CORS_SLICE(""), &space);
    }
    return !end_refused(fetch, refusal, space);
}

static bool is_same_origin(const struct cors_fetch *fetch) {
    return fetch->tainting == TAINTING_BASIC && slice_equals(fetch->url.origin, fetch->page) &&
           !slice_equals(fetch->page, CORS_SLICE("null"));
}

/* A data: URL is answered by itself. */
static void end_data(struct cors_fetch *fetch) {
    fetch->step = CORS_STEP_DONE;
    fetch->exposure = EXPOSE_ALL;
    fetch->result = (cors_result){
        .code = CORS_CODE_OK,
        .type = CORS_RESPONSE_BASIC,
        .status = 200,
        .url = fetch->url.text,
    };
}

/* Steps of tainting cors: with a preflight, or without. */
static void enter_cors(struct cors_fetch *fetch, int64_t now) {
    fetch->tainting = TAINTING_CORS;
    if (fetch->redirects > 0 && !cors_need_find(fetch)) {
        fetch->full = true;
        return;
    }
    fetch->needed_preflight = fetch->needed_preflight || fetch->need.preflight;
    bool spared = !fetch->need.preflight || cors_preflight_is_spared(fetch, now);
    fetch->step = spared ? CORS_STEP_REQUEST : CORS_STEP_PREFLIGHT;
}

static bool leaves_origin(const struct cors_fetch *fetch) {
    return fetch->profile->stream_leaves_origin && fetch->body == CORS_BODY_STREAM;
}

void cors_fetch_enter(struct cors_fetch *fetch, int64_t now) {
    if (fetch->url.is_http && !pass_network(fetch)) {
        return;
    }
    if (slice_equals(fetch->url.scheme, CORS_SLICE("data"))) {
        end_data(fetch);
    } else if (is_same_origin(fetch)) {
        fetch->step = CORS_STEP_REQUEST;
    } else if (fetch->mode == CORS_MODE_SAME_ORIGIN && !leaves_origin(fetch)) {
        cors_fetch_end(fetch, CORS_CODE_MODE_SAME_ORIGIN, CORS_SLICE(""));
    } else if (fetch->mode == CORS_MODE_NO_CORS && fetch->call->redirect != CORS_REDIRECT_FOLLOW) {
        cors_fetch_end(fetch, CORS_CODE_MODE_NO_CORS, CORS_SLICE(""));
    } else if (!fetch->url.is_http) {
        cors_fetch_end(fetch, CORS_CODE_SCHEME_NOT_HTTP, fetch->url.scheme);
    } else if (fetch->mode == CORS_MODE_NO_CORS) {
        fetch->tainting = TAINTING_OPAQUE;
        fetch->step = CORS_STEP_REQUEST;
    } else {
        enter_cors(fetch, now);
    }
}

/* Whether a * stands in the list before what is no token. */
static bool has_early_wildcard(cors_slice list) {
    cors_slice element;
    bool early = false;
    while (!early && slice_next_element(&list, &element) &&
           (element.size == 0 || slice_is_all(element, BYTE_TOKEN))) {
        early = slice_equals(element, CORS_SLICE("*"));
    }
    return early;
}

/* Which headers script can read of an answer that passed. "CORS filtered response". */
static void expose(struct cors_fetch *fetch) {
    struct found_field listed =
        cors_fetch_field(fetch, CORS_SLICE("access-control-expose-headers"));
    bool include = fetch->credentials == CORS_CREDENTIALS_INCLUDE;
    fetch->exposure = EXPOSE_LISTED;
    fetch->exposed = CORS_SLICE("");
    if (!cors_value_is_token_list(listed.value)) {
        bool all =
            fetch->profile->exposes_early_wildcard && !include && has_early_wildcard(listed.value);
        fetch->exposure = all ? EXPOSE_ALL : EXPOSE_LISTED;
        return;
    }
    fetch->exposed = listed.value;
    if (!include && cors_list_holds(listed.value, CORS_SLICE("*"), false)) {
        fetch->exposure = EXPOSE_ALL;
    }
}

/* The final answer, as script sees it. */
static void end_answered(struct cors_fetch *fetch) {
    cors_slice url = fetch->url.text;
    url.size -= fetch->url.fragment.size;
    fetch->step = CORS_STEP_DONE;
    fetch->result = (cors_result){
        .code = CORS_CODE_OK,
        .type = CORS_RESPONSE_BASIC,
        .status = fetch->response.status,
        .redirected = fetch->redirects > 0,
        .url = url,
    };
    switch (fetch->tainting) {
    case TAINTING_BASIC:
        fetch->exposure = EXPOSE_ALL;
        break;
    case TAINTING_CORS:
        fetch->result.type = CORS_RESPONSE_CORS;
        expose(fetch);
        break;
    case TAINTING_OPAQUE:
        fetch->exposure = EXPOSE_NONE;
        fetch->result.type = CORS_RESPONSE_OPAQUE;
        fetch->result.status = 0;
        fetch->result.redirected = false;
        fetch->result.url = CORS_SLICE("");
        break;
    }
}

static void end_opaque_redirect(struct cors_fetch *fetch) {
    end_answered(fetch);
    fetch->exposure = EXPOSE_NONE;
    fetch->result.type = CORS_RESPONSE_OPAQUE_REDIRECT;
    fetch->result.status = 0;
    fetch->result.redirected = false;
}

static void take_redirect(struct cors_fetch *fetch, int64_t now) {
    switch (fetch->call->redirect) {
    case CORS_REDIRECT_FOLLOW:
        cors_redirect_follow(fetch, now);
        break;
    case CORS_REDIRECT_ERROR:
        cors_redirect_refuse(fetch);
        break;
    case CORS_REDIRECT_MANUAL:
        end_opaque_redirect(fetch);
        break;
    }
}

static void answer_request(struct cors_fetch *fetch, int64_t now) {
    if (cors_redirect_refuse_early(fetch)) {
        return;
    }
    if (fetch->tainting == TAINTING_CORS) {
        struct access access = cors_access_check(fetch, fetch->origin);
        if (access.code != CORS_CODE_OK) {
            cors_fetch_end(fetch, access.code, access.value);
            fetch->result.failure.value_lines = access.value_lines;
            return;
        }
    }
    if (cors_response_redirects(fetch)) {
        take_redirect(fetch, now);
    } else {
        end_answered(fetch);
    }
}

cors_status cors_fetch_answer(cors_fetch *fetch, const cors_response *response, int64_t now) {
    cors_slice space = CORS_SLICE("");
    if (fetch->step == CORS_STEP_DONE) {
        return CORS_OK;
    }
    fetch->response = *response;
    /* Without an address nothing is known that was not when this step began. */
    bool refused = response->address.size > 0 &&
                   end_refused(fetch, cors_network_judge(fetch, response->address, &space), space);
    if (!refused) {
        if (fetch->step == CORS_STEP_PREFLIGHT) {
            cors_preflight_answer(fetch, now);
        } else {
            answer_request(fetch, now);
        }
    }
    if (fetch->full) {
        cors_fetch_end(fetch, CORS_CODE_NETWORK_FAILURE, CORS_SLICE(""));
        return CORS_TOO_LARGE;
    }
    return CORS_OK;
}

void cors_fetch_fail(cors_fetch *fetch) {
    if (fetch->step != CORS_STEP_DONE) {
        fetch->response = (cors_response){.status = 0};
        cors_fetch_end(fetch, CORS_CODE_NETWORK_FAILURE, CORS_SLICE(""));
    }
}
