/* SPDX-License-Identifier: MIT */
/* The decision. Fetch Standard, section 3.3, seen from the server. */
#include <cors/origin.h>
#include <cors/server.h>

#include "http_names.h"
#include "policy_match.h"
#include "server_same_origin.h"

static const struct {
    const char *name;
    const char *meaning;
    cors_slice body;
} reasons[] = {
#define ROW(enum_name, number, text, meaning)                                                      \
    [number] = {text,                                                                              \
                meaning,                                                                           \
                {"CORS: " text "\n" meaning "\n", sizeof("CORS: " text "\n" meaning "\n") - 1}},
    CORS_REASONS(ROW)
#undef ROW
};

enum { REASON_COUNT = sizeof reasons / sizeof reasons[0] };

const char *cors_reason_name(cors_reason reason) {
    return (size_t)reason < REASON_COUNT ? reasons[reason].name : "";
}

const char *cors_reason_meaning(cors_reason reason) {
    return (size_t)reason < REASON_COUNT ? reasons[reason].meaning : "";
}

const char *cors_kind_name(cors_kind kind) {
    static const char *const names[] = {
#define ROW(enum_name, number, text) [number] = text,
        CORS_KINDS(ROW)
#undef ROW
    };
    return (size_t)kind < sizeof names / sizeof names[0] ? names[kind] : "";
}

/* The names of Vary as one text, so that a front that needs them joined has them so. */
#define VARY_METHOD "Access-Control-Request-Method"
#define VARY_HEADERS "Access-Control-Request-Headers"
#define VARY_ORIGIN "Origin"
static const char vary_text[] = VARY_METHOD ", " VARY_HEADERS ", " VARY_ORIGIN;
static const cors_slice vary_names[CORS_DECISION_VARY_MAX] = {
    {vary_text, sizeof VARY_METHOD - 1},
    {vary_text + sizeof VARY_METHOD + 1, sizeof VARY_HEADERS - 1},
    {vary_text + sizeof VARY_METHOD + sizeof VARY_HEADERS + 2, sizeof VARY_ORIGIN - 1},
};

static bool is_options(const cors_request *request) {
    const char *method = request->method.data;
    return request->method.size == 7 && bytes_equal(method, "OPTIONS", 7);
}

/* Whether the answer is the same for every origin. */
static bool is_public(const cors_request *request) {
    const struct route *route = request->route;
    return route->any_origin && request->origin_verdict == CORS_VERDICT_NONE;
}

static void set_vary(cors_decision *decision, bool options, bool public) {
    size_t count = 0;
    if (options) {
        decision->vary[count++] = vary_names[0];
        decision->vary[count++] = vary_names[1];
    }
    if (!public) {
        decision->vary[count++] = vary_names[2];
    }
    decision->vary_count = count;
}

/* Reads an origin that is no entry itself; only `null` and what is no origin are refused here. */
static cors_reason read_origin(const cors_request *request, cors_origin *origin) {
    if (!cors_origin_parse(request->origin, origin)) {
        return CORS_REASON_ORIGIN_MALFORMED;
    }
    return origin->opaque ? CORS_REASON_ORIGIN_NULL : CORS_REASON_ALLOWED;
}

/* What the application judged. */
static NOINLINE cors_reason judged_origin(const cors_request *request) {
    cors_origin origin;
    cors_reason reason = read_origin(request, &origin);
    if (reason != CORS_REASON_ALLOWED) {
        return reason;
    }
    return request->origin_verdict == CORS_VERDICT_ALLOWED ? CORS_REASON_ALLOWED
                                                           : CORS_REASON_ORIGIN_NOT_ALLOWED;
}

/* Where no exact entry is the origin. */
static NOINLINE cors_reason open_origin(const cors_request *request) {
    const struct route *route = request->route;
    cors_origin origin;
    cors_reason reason = read_origin(request, &origin);
    if (reason != CORS_REASON_ALLOWED) {
        return reason;
    }
    if (!route->any_port && route->shape_count == 0) {
        return CORS_REASON_ORIGIN_NOT_ALLOWED;
    }
    struct origin_cut cut = cors_origin_cut(request->origin, &origin);
    return cors_route_match_open(request->policy, route, &cut, NULL) != NULL
               ? CORS_REASON_ALLOWED
               : CORS_REASON_ORIGIN_NOT_ALLOWED;
}

/*
 * An exact entry is looked up first, as the bytes are: what an entry equals is a serialized origin,
 * since all entries are, and need not be parsed.
 */
static cors_reason judge_origin(const cors_request *request) {
    const struct route *route = request->route;
    if (request->origin_lines > 1) {
        return CORS_REASON_ORIGIN_MALFORMED;
    }
    if (request->origin_verdict != CORS_VERDICT_NONE) {
        return judged_origin(request);
    }
    return cors_set_find_text(request->policy, &route->origins, request->origin) != NULL
               ? CORS_REASON_ALLOWED
               : open_origin(request);
}

/* A method that a policy lists, or that never needs listing, is a token. */
static cors_reason judge_method(const cors_request *request) {
    const struct route *route = request->route;
    cors_slice method = request->requested_method;
    if (request->requested_method_lines > 1) {
        return CORS_REASON_METHOD_MALFORMED;
    }
    if (cors_set_find_text(request->policy, &route->methods, method) != NULL ||
        cors_method_is_safelisted(method)) {
        return CORS_REASON_ALLOWED;
    }
    if (!slice_is_all(method, BYTE_TOKEN)) {
        return CORS_REASON_METHOD_MALFORMED;
    }
    return route->any_method ? CORS_REASON_ALLOWED : CORS_REASON_METHOD_NOT_ALLOWED;
}

static cors_reason judge_preflight(const cors_request *request) {
    cors_reason reason = judge_method(request);
    return reason != CORS_REASON_ALLOWED ? reason : request->header_reason;
}

static const cors_field allow_credentials = {{"Access-Control-Allow-Credentials", 32}, {"true", 4}};

static void add_field(cors_decision *decision, cors_slice name, cors_slice value) {
    if (value.size > 0) {
        decision->fields[decision->field_count++] = (cors_field){name, value};
    }
}

static void add_origin_fields(const cors_request *request, cors_decision *decision) {
    const struct route *route = request->route;
    cors_slice origin = is_public(request) ? CORS_SLICE("*") : request->origin;
    decision->fields[0] = (cors_field){CORS_SLICE("Access-Control-Allow-Origin"), origin};
    decision->field_count = 1;
    if (route->credentials) {
        decision->fields[1] = allow_credentials;
        decision->field_count = 2;
    }
}

static void add_actual_fields(const cors_request *request, cors_decision *decision) {
    const struct route *route = request->route;
    add_origin_fields(request, decision);
    add_field(decision, CORS_SLICE("Access-Control-Expose-Headers"),
              policy_text(request->policy, route->expose_headers));
}

static void add_preflight_fields(const cors_request *request, cors_decision *decision) {
    const struct route *route = request->route;
    const cors_policy *policy = request->policy;
    add_origin_fields(request, decision);
    /* With credentials browsers take a * in these two for a name, so the request is echoed. */
    add_field(decision, CORS_SLICE("Access-Control-Allow-Methods"),
              route->any_method && route->credentials ? request->requested_method
                                                      : policy_text(policy, route->allow_methods));
    add_field(decision, CORS_SLICE("Access-Control-Allow-Headers"),
              route->any_header && route->credentials ? slice_of(request->echo, request->echo_size)
                                                      : policy_text(policy, route->allow_headers));
    add_field(decision, CORS_SLICE("Access-Control-Max-Age"), policy_text(policy, route->max_age));
}

static void deny(cors_decision *decision, cors_reason reason) {
    decision->reason = reason;
    decision->verdict = CORS_VERDICT_DENIED;
    decision->body = reasons[reason].body;
}

static void decide_preflight(const cors_request *request, cors_decision *decision,
                             cors_reason reason) {
    const struct route *route = request->route;
    if (reason == CORS_REASON_ALLOWED) {
        reason = judge_preflight(request);
    }
    decision->kind = CORS_KIND_PREFLIGHT;
    if (reason == CORS_REASON_ALLOWED) {
        decision->status = route->preflight_status;
        add_preflight_fields(request, decision);
    } else {
        decision->status = 403;
        deny(decision, reason);
    }
}

static void decide_actual(const cors_request *request, cors_decision *decision,
                          cors_reason reason) {
    decision->kind = CORS_KIND_ACTUAL;
    decision->same_origin = !is_from_elsewhere(request) && cors_request_is_same_origin(request);
    if (reason == CORS_REASON_ALLOWED) {
        add_actual_fields(request, decision);
    } else {
        deny(decision, reason);
    }
}

/* What a public policy says, a cached copy must say to later CORS requests too. */
static NOINLINE void decide_without_origin(const cors_request *request, cors_decision *decision,
                                           bool public) {
    decision->kind = CORS_KIND_NO_ORIGIN;
    decision->reason = CORS_REASON_NO_ORIGIN;
    decision->verdict = CORS_VERDICT_NONE;
    if (public) {
        add_actual_fields(request, decision);
    }
}

static NOINLINE void decide_nothing(cors_decision *decision) {
    decision->kind = CORS_KIND_NO_POLICY;
    decision->reason = CORS_REASON_NO_POLICY;
    decision->verdict = CORS_VERDICT_NONE;
    decision->vary_count = 0;
}

/* Begins with what most decisions are: allowed, with nothing to say beside the fields. */
void cors_decide(const cors_request *request, cors_decision *decision) {
    decision->verdict = CORS_VERDICT_ALLOWED;
    decision->reason = CORS_REASON_ALLOWED;
    decision->status = 0;
    decision->field_count = 0;
    decision->same_origin = false;
    decision->body = CORS_SLICE("");
    if (request->route == NULL) {
        decide_nothing(decision);
        return;
    }
    bool options = is_options(request);
    bool public = is_public(request);
    set_vary(decision, options, public);
    if (request->origin_lines == 0) {
        decide_without_origin(request, decision, public);
        return;
    }
    cors_reason reason = public ? CORS_REASON_ALLOWED : judge_origin(request);
    if (options && request->requested_method_lines > 0) {
        decide_preflight(request, decision, reason);
    } else {
        decide_actual(request, decision, reason);
    }
}

bool cors_decision_blocks(const cors_decision *decision) {
    return decision->kind == CORS_KIND_ACTUAL && decision->verdict == CORS_VERDICT_DENIED &&
           !decision->same_origin;
}

cors_reason cors_decision_logged_reason(const cors_decision *decision) {
    return decision->same_origin ? CORS_REASON_SAME_ORIGIN : decision->reason;
}
