/* SPDX-License-Identifier: MIT */
/* The decision. Fetch Standard, section 3.3, seen from the server. */
#include <cors/origin.h>
#include <cors/server.h>

#include "http_names.h"
#include "policy_match.h"

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

static bool is_options(const cors_request *request) {
    return slice_equals(request->method, CORS_SLICE("OPTIONS"));
}

static cors_kind kind_of(const cors_request *request) {
    if (request->route == NULL) {
        return CORS_KIND_NO_POLICY;
    }
    if (request->origin_lines == 0) {
        return CORS_KIND_NO_ORIGIN;
    }
    bool preflight = is_options(request) && request->requested_method_lines > 0;
    return preflight ? CORS_KIND_PREFLIGHT : CORS_KIND_ACTUAL;
}

/* Whether the answer is the same for every origin. */
static bool is_public(const cors_request *request) {
    const struct route *route = request->route;
    return route->any_origin && request->origin_verdict == CORS_VERDICT_NONE;
}

static void add_vary(cors_decision *decision, cors_slice name) {
    decision->vary[decision->vary_count++] = name;
}

static void set_vary(const cors_request *request, cors_decision *decision) {
    if (is_options(request)) {
        add_vary(decision, CORS_SLICE("Access-Control-Request-Method"));
        add_vary(decision, CORS_SLICE("Access-Control-Request-Headers"));
    }
    if (!is_public(request)) {
        add_vary(decision, CORS_SLICE("Origin"));
    }
}

/* Reads an origin that is no entry itself; only `null` and what is no origin are refused here. */
static cors_reason read_origin(const cors_request *request, cors_origin *origin) {
    if (!cors_origin_parse(request->origin, origin)) {
        return CORS_REASON_ORIGIN_MALFORMED;
    }
    return origin->opaque ? CORS_REASON_ORIGIN_NULL : CORS_REASON_ALLOWED;
}

/* What the application judged. */
static cors_reason judged_origin(const cors_request *request) {
    cors_origin origin;
    cors_reason reason = read_origin(request, &origin);
    if (reason != CORS_REASON_ALLOWED) {
        return reason;
    }
    return request->origin_verdict == CORS_VERDICT_ALLOWED ? CORS_REASON_ALLOWED
                                                           : CORS_REASON_ORIGIN_NOT_ALLOWED;
}

/*
 * An exact entry is looked up first, as the bytes are: what an entry equals is a serialized origin,
 * since all entries are, and need not be parsed.
 */
static cors_reason listed_origin(const cors_request *request) {
    const struct route *route = request->route;
    cors_origin origin;
    struct set_key exact = {.head = request->origin};
    if (cors_set_find(request->policy, &route->origins, exact) != NULL) {
        return CORS_REASON_ALLOWED;
    }
    cors_reason reason = read_origin(request, &origin);
    if (reason != CORS_REASON_ALLOWED) {
        return reason;
    }
    struct origin_cut cut = cors_origin_cut(request->origin, &origin);
    return cors_route_match_open(request->policy, route, &cut, NULL) != NULL
               ? CORS_REASON_ALLOWED
               : CORS_REASON_ORIGIN_NOT_ALLOWED;
}

static cors_reason judge_origin(const cors_request *request) {
    if (is_public(request)) {
        return CORS_REASON_ALLOWED;
    }
    if (request->origin_lines > 1) {
        return CORS_REASON_ORIGIN_MALFORMED;
    }
    return request->origin_verdict == CORS_VERDICT_NONE ? listed_origin(request)
                                                        : judged_origin(request);
}

static cors_reason judge_method(const cors_request *request) {
    const struct route *route = request->route;
    cors_slice method = request->requested_method;
    if (request->requested_method_lines > 1 || !slice_is_all(method, BYTE_TOKEN)) {
        return CORS_REASON_METHOD_MALFORMED;
    }
    struct set_key key = {.head = method};
    bool allowed = route->any_method || cors_method_is_safelisted(method) ||
                   cors_set_find(request->policy, &route->methods, key) != NULL;
    return allowed ? CORS_REASON_ALLOWED : CORS_REASON_METHOD_NOT_ALLOWED;
}

static cors_reason judge(const cors_request *request, cors_kind kind) {
    cors_reason reason = judge_origin(request);
    if (reason != CORS_REASON_ALLOWED || kind != CORS_KIND_PREFLIGHT) {
        return reason;
    }
    reason = judge_method(request);
    return reason != CORS_REASON_ALLOWED ? reason : request->header_reason;
}

static void add_field(cors_decision *decision, cors_slice name, cors_slice value) {
    if (value.size > 0) {
        decision->fields[decision->field_count++] = (cors_field){name, value};
    }
}

static void add_origin_fields(const cors_request *request, cors_decision *decision) {
    const struct route *route = request->route;
    add_field(decision, CORS_SLICE("Access-Control-Allow-Origin"),
              is_public(request) ? CORS_SLICE("*") : request->origin);
    if (route->credentials) {
        add_field(decision, CORS_SLICE("Access-Control-Allow-Credentials"), CORS_SLICE("true"));
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

/* The host and port of "scheme://host:port", and the scheme's default port. */
struct authority {
    cors_slice host;
    cors_slice port;
};

static struct authority split_authority(cors_slice text) {
    size_t bracket = slice_find(text, ']');
    size_t from = bracket < text.size ? bracket : 0;
    size_t colon = from + slice_find(slice_skip(text, from), ':');
    struct authority split = {slice_of(text.data, colon), CORS_SLICE("")};
    if (colon < text.size) {
        split.port = slice_skip(text, colon + 1);
    }
    return split;
}

static bool is_default_port(cors_slice port, cors_slice scheme) {
    int number = 0;
    if (port.size == 0) {
        return true;
    }
    if (port.size > 5 || !slice_is_all(port, BYTE_DIGIT)) {
        return false;
    }
    for (size_t i = 0; i < port.size; i++) {
        number = number * 10 + (port.data[i] - '0');
    }
    return number == cors_scheme_default_port(scheme);
}

/* Whether an origin's host and port are those of the one Host line. */
static bool is_host(const cors_request *request) {
    cors_origin origin;
    if (request->origin_lines != 1 || request->host_lines != 1 ||
        !cors_origin_parse(request->origin, &origin) || origin.opaque) {
        return false;
    }
    struct authority host = split_authority(request->host);
    if (!slice_equals_folded(host.host, origin.host)) {
        return false;
    }
    return origin.port.size == 0 ? is_default_port(host.port, origin.scheme)
                                 : slice_equals(host.port, origin.port);
}

static bool is_same_origin(const cors_request *request) {
    cors_slice site = request->fetch_site;
    if (request->fetch_site_lines == 1) {
        if (slice_equals(site, CORS_SLICE("same-origin")) ||
            slice_equals(site, CORS_SLICE("none"))) {
            return true;
        }
        if (slice_equals(site, CORS_SLICE("same-site")) ||
            slice_equals(site, CORS_SLICE("cross-site"))) {
            return false;
        }
    }
    if (request->own_origin.size > 0) {
        return request->origin_lines == 1 && slice_equals(request->origin, request->own_origin);
    }
    return is_host(request);
}

static void deny(cors_decision *decision, cors_reason reason) {
    decision->verdict = CORS_VERDICT_DENIED;
    decision->body = reasons[reason].body;
    decision->status = decision->kind == CORS_KIND_PREFLIGHT ? 403 : 0;
}

static void allow(const cors_request *request, cors_decision *decision) {
    const struct route *route = request->route;
    decision->verdict = CORS_VERDICT_ALLOWED;
    if (decision->kind == CORS_KIND_PREFLIGHT) {
        decision->status = route->preflight_status;
        add_preflight_fields(request, decision);
    } else {
        add_actual_fields(request, decision);
    }
}

void cors_decide(const cors_request *request, cors_decision *decision) {
    decision->kind = kind_of(request);
    decision->verdict = CORS_VERDICT_NONE;
    decision->status = 0;
    decision->field_count = 0;
    decision->vary_count = 0;
    decision->same_origin = false;
    decision->body = CORS_SLICE("");
    if (decision->kind == CORS_KIND_NO_POLICY) {
        decision->reason = CORS_REASON_NO_POLICY;
        return;
    }
    set_vary(request, decision);
    if (decision->kind == CORS_KIND_NO_ORIGIN) {
        decision->reason = CORS_REASON_NO_ORIGIN;
        /* What a public policy says, a cached copy must say to later CORS requests too. */
        if (is_public(request)) {
            add_actual_fields(request, decision);
        }
        return;
    }
    decision->reason = judge(request, decision->kind);
    decision->same_origin = decision->kind == CORS_KIND_ACTUAL && is_same_origin(request);
    if (decision->reason == CORS_REASON_ALLOWED) {
        allow(request, decision);
    } else {
        deny(decision, decision->reason);
    }
}

bool cors_decision_blocks(const cors_decision *decision) {
    return decision->kind == CORS_KIND_ACTUAL && decision->verdict == CORS_VERDICT_DENIED &&
           !decision->same_origin;
}

cors_reason cors_decision_logged_reason(const cors_decision *decision) {
    return decision->same_origin ? CORS_REASON_SAME_ORIGIN : decision->reason;
}
