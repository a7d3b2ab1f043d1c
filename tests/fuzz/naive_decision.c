/* SPDX-License-Identifier: MIT */
#include "naive_decision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "naive_entry.h"
#include "naive_origin.h"
#include "naive_text.h"

/* What is known while an answer is found. */
struct asking {
    const struct drawn_policy *drawn;
    const struct asked *asked;
    struct fuzzed_memory *memory;
    unsigned policy;
};

static const struct drawn_line *next_line(const struct asking *asking, cors_key key, size_t *at) {
    while (*at < asking->drawn->count) {
        const struct drawn_line *line = &asking->drawn->lines[(*at)++];
        if (!line->dropped && line->policy == asking->policy && line->key == key) {
            return line;
        }
    }
    return NULL;
}

/* The last value of a key, or empty. */
static cors_slice value_of(const struct asking *asking, cors_key key) {
    cors_slice value = {NULL, 0};
    const struct drawn_line *line;
    size_t at = 0;
    while ((line = next_line(asking, key, &at)) != NULL) {
        value = line->value;
    }
    return value;
}

static bool lists(const struct asking *asking, cors_key key, cors_slice wanted, bool any_case) {
    const struct drawn_line *line;
    size_t at = 0;
    while ((line = next_line(asking, key, &at)) != NULL) {
        if (any_case ? naive_is_same_in_any_case(line->value, wanted)
                     : naive_is_same(line->value, wanted)) {
            return true;
        }
    }
    return false;
}

static cors_slice join(const struct asking *asking, cors_slice list, cors_slice more) {
    cors_slice comma = list.size > 0 ? CORS_SLICE(", ") : CORS_SLICE("");
    return fuzzed_join(asking->memory, fuzzed_join(asking->memory, list, comma), more);
}

static cors_slice joined(const struct asking *asking, cors_key key) {
    cors_slice list = {NULL, 0};
    const struct drawn_line *line;
    size_t at = 0;
    while ((line = next_line(asking, key, &at)) != NULL) {
        list = join(asking, list, line->value);
    }
    return list;
}

static bool has_credentials(const struct asking *asking) {
    return naive_is_same(value_of(asking, CORS_KEY_ALLOW_CREDENTIALS), CORS_SLICE("true"));
}

static bool is_kept(const struct drawn_policy *drawn, unsigned policy) {
    for (size_t i = 0; i < drawn->count; i++) {
        if (drawn->lines[i].policy == policy && !drawn->lines[i].dropped) {
            return true;
        }
    }
    return false;
}

bool naive_find_policy(const struct drawn_policy *drawn, cors_slice path, unsigned *policy) {
    size_t best = 0; /* twice the size, and one more where it is exact */
    for (unsigned i = 0; i < drawn->policies; i++) {
        const struct asking asking = {.drawn = drawn, .policy = i};
        cors_slice written = value_of(&asking, CORS_KEY_PATH);
        written = written.size == 0 ? CORS_SLICE("/*") : written;
        bool exact = !naive_ends_with(written, CORS_SLICE("*"));
        cors_slice literal = {written.data, written.size - (exact ? 0 : 1)};
        bool fits = exact ? naive_is_same(path, literal) : naive_starts_with(path, literal);
        size_t weight = 2 * literal.size + (exact ? 1 : 0);
        if (is_kept(drawn, i) && fits && weight > best) {
            best = weight;
            *policy = i;
        }
    }
    return best > 0;
}

/* The trimmed value of the first line of a name; how many lines there are. */
static size_t header(const struct asking *asking, cors_slice name, cors_slice *value) {
    size_t lines = 0;
    for (size_t i = 0; i < asking->asked->count; i++) {
        const cors_field *line = &asking->asked->lines[i];
        if (naive_is_same_in_any_case(line->name, name) && lines++ == 0) {
            *value = naive_trim(line->value);
        }
    }
    return lines;
}

/* Whether an entry counts in the environment that policies are built for where none is named. */
static bool is_entry_here(const struct drawn_line *line) {
    return line->environment.size == 0 ||
           naive_is_same(line->environment, CORS_SLICE("production"));
}

static bool has_star(const struct asking *asking) {
    const struct drawn_line *line;
    size_t at = 0;
    while ((line = next_line(asking, CORS_KEY_ALLOW_ORIGINS, &at)) != NULL) {
        if (is_entry_here(line) && naive_is_same(line->value, CORS_SLICE("*"))) {
            return true;
        }
    }
    return false;
}

static bool is_origin_held(const struct asking *asking, cors_slice origin) {
    const struct drawn_line *line;
    size_t at = 0;
    while ((line = next_line(asking, CORS_KEY_ALLOW_ORIGINS, &at)) != NULL) {
        if (is_entry_here(line) &&
            naive_entry_allows(fuzzed_lower(asking->memory, line->value), origin)) {
            return true;
        }
    }
    return false;
}

static cors_reason judge_origin(const struct asking *asking, cors_slice origin, size_t lines) {
    struct naive_origin parts;
    bool opaque = naive_is_same(origin, CORS_SLICE("null"));
    if (lines != 1 || !naive_origin_read(origin, &parts)) {
        return CORS_REASON_ORIGIN_MALFORMED;
    }
    bool allowed = is_origin_held(asking, origin);
    if (asking->asked->verdict != CORS_VERDICT_NONE) {
        allowed = asking->asked->verdict == CORS_VERDICT_ALLOWED && !opaque;
    }
    if (allowed) {
        return CORS_REASON_ALLOWED;
    }
    return opaque ? CORS_REASON_ORIGIN_NULL : CORS_REASON_ORIGIN_NOT_ALLOWED;
}

static cors_reason judge_method(const struct asking *asking, cors_slice method, size_t lines) {
    if (lines != 1 || !naive_is_token(method)) {
        return CORS_REASON_METHOD_MALFORMED;
    }
    bool simple = naive_is_same(method, CORS_SLICE("GET")) ||
                  naive_is_same(method, CORS_SLICE("HEAD")) ||
                  naive_is_same(method, CORS_SLICE("POST"));
    bool allowed = simple || lists(asking, CORS_KEY_ALLOW_METHODS, method, false) ||
                   lists(asking, CORS_KEY_ALLOW_METHODS, CORS_SLICE("*"), false);
    return allowed ? CORS_REASON_ALLOWED : CORS_REASON_METHOD_NOT_ALLOWED;
}

static bool is_header_allowed(const struct asking *asking, cors_slice name) {
    if (lists(asking, CORS_KEY_ALLOW_HEADERS, name, true)) {
        return true;
    }
    bool covered =
        has_credentials(asking) || !naive_is_same_in_any_case(name, CORS_SLICE("authorization"));
    return covered && lists(asking, CORS_KEY_ALLOW_HEADERS, CORS_SLICE("*"), false);
}

/* Judges the names of all lines together, and joins them. */
static cors_reason judge_names(const struct asking *asking, cors_slice *names) {
    size_t bytes = 0;
    size_t count = 0;
    bool malformed = false;
    bool refused = false;
    for (size_t i = 0; i < asking->asked->count; i++) {
        const cors_field *line = &asking->asked->lines[i];
        cors_slice list = naive_trim(line->value);
        cors_slice name;
        if (!naive_is_same_in_any_case(line->name, CORS_SLICE("Access-Control-Request-Headers"))) {
            continue;
        }
        bytes += list.size;
        while (naive_next_element(&list, &name)) {
            if (name.size > 0) {
                count++;
                malformed |= !naive_is_token(name);
                refused |= !is_header_allowed(asking, name);
                *names = join(asking, *names, name);
            }
        }
    }
    if (malformed) {
        return CORS_REASON_HEADER_MALFORMED;
    }
    if (bytes > CORS_REQUEST_HEADERS_BYTES_MAX || count > CORS_REQUEST_HEADERS_NAMES_MAX) {
        return CORS_REASON_HEADER_TOO_MANY;
    }
    return refused ? CORS_REASON_HEADER_NOT_ALLOWED : CORS_REASON_ALLOWED;
}

/* ":" and the default port of the scheme, or nothing behind it, or nothing at all. */
static bool is_default_port(cors_slice scheme, cors_slice port) {
    char digits[6] = "";
    if (port.size == 0) {
        return true;
    }
    port = naive_after(port, 1);
    for (size_t i = 0; i < port.size; i++) {
        if (i == 5 || port.data[i] < '0' || port.data[i] > '9') {
            return false;
        }
        digits[i] = port.data[i];
    }
    return port.size == 0 || atoi(digits) == naive_default_port(scheme);
}

/* Whether Host is the origin's authority. */
static bool is_host(const struct asking *asking, cors_slice origin) {
    cors_slice host = {NULL, 0};
    struct naive_origin parts;
    if (header(asking, CORS_SLICE("Host"), &host) != 1 || !naive_origin_read(origin, &parts) ||
        parts.host.size == 0) {
        return false;
    }
    cors_slice authority = naive_after(origin, parts.scheme.size + strlen("://"));
    host = fuzzed_lower(asking->memory, host);
    if (parts.port.size > 0) {
        return naive_is_same(host, authority);
    }
    cors_slice rest = naive_after(host, host.size < authority.size ? 0 : authority.size);
    return naive_starts_with(host, authority) && (rest.size == 0 || rest.data[0] == ':') &&
           is_default_port(parts.scheme, rest);
}

static bool is_same_origin(const struct asking *asking, cors_slice origin, size_t origins) {
    cors_slice site = {NULL, 0};
    if (header(asking, CORS_SLICE("Sec-Fetch-Site"), &site) == 1) {
        if (naive_is_same(site, CORS_SLICE("same-origin")) ||
            naive_is_same(site, CORS_SLICE("none"))) {
            return true;
        }
        if (naive_is_same(site, CORS_SLICE("same-site")) ||
            naive_is_same(site, CORS_SLICE("cross-site"))) {
            return false;
        }
    }
    if (asking->asked->own_origin.size > 0) {
        return origins == 1 && naive_is_same(origin, asking->asked->own_origin);
    }
    return origins == 1 && is_host(asking, origin);
}

static cors_slice seconds(const struct asking *asking) {
    cors_slice text = value_of(asking, CORS_KEY_MAX_AGE);
    if (text.size == 0) {
        return text;
    }
    static const struct {
        char unit;
        unsigned long seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    unsigned long number = 0;
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        if (byte >= '0' && byte <= '9') {
            number = number * 10 + (unsigned long)(byte - '0');
        }
        for (size_t unit = 0; unit < sizeof units / sizeof units[0]; unit++) {
            number *= byte == units[unit].unit ? units[unit].seconds : 1;
        }
    }
    char *digits = fuzzed_allocate(asking->memory, 24);
    int size = snprintf(digits, 24, "%lu", number);
    return (cors_slice){digits, (size_t)size};
}

static cors_slice allowed_methods(const struct asking *asking, cors_slice method) {
    if (!lists(asking, CORS_KEY_ALLOW_METHODS, CORS_SLICE("*"), false)) {
        return joined(asking, CORS_KEY_ALLOW_METHODS);
    }
    return has_credentials(asking) ? method : CORS_SLICE("*");
}

static cors_slice allowed_headers(const struct asking *asking, cors_slice names) {
    if (!lists(asking, CORS_KEY_ALLOW_HEADERS, CORS_SLICE("*"), false)) {
        return joined(asking, CORS_KEY_ALLOW_HEADERS);
    }
    if (has_credentials(asking)) {
        return names;
    }
    return lists(asking, CORS_KEY_ALLOW_HEADERS, CORS_SLICE("authorization"), true)
               ? CORS_SLICE("*, Authorization")
               : CORS_SLICE("*");
}

static void deny(struct naive_answer *answer, cors_reason reason) {
    answer->verdict = CORS_VERDICT_DENIED;
    answer->reason = reason;
}

static void allow(const struct asking *asking, struct naive_answer *answer, cors_slice origin,
                  bool public) {
    answer->verdict = CORS_VERDICT_ALLOWED;
    answer->reason = CORS_REASON_ALLOWED;
    answer->allow_origin = public ? CORS_SLICE("*") : origin;
    answer->allow_credentials = has_credentials(asking);
}

static void decide_preflight(const struct asking *asking, struct naive_answer *answer,
                             cors_slice origin, cors_reason reason, bool public) {
    cors_slice method = {NULL, 0};
    cors_slice names = {NULL, 0};
    size_t methods = header(asking, CORS_SLICE("Access-Control-Request-Method"), &method);
    cors_reason named = judge_names(asking, &names);
    answer->kind = CORS_KIND_PREFLIGHT;
    reason = reason == CORS_REASON_ALLOWED ? judge_method(asking, method, methods) : reason;
    reason = reason == CORS_REASON_ALLOWED ? named : reason;
    if (reason != CORS_REASON_ALLOWED) {
        answer->status = 403;
        deny(answer, reason);
        return;
    }
    allow(asking, answer, origin, public);
    bool is_200 = naive_is_same(value_of(asking, CORS_KEY_PREFLIGHT_STATUS), CORS_SLICE("200"));
    answer->status = is_200 ? 200 : 204;
    answer->allow_methods = allowed_methods(asking, method);
    answer->allow_headers = allowed_headers(asking, names);
    answer->max_age = seconds(asking);
}

void naive_decide(const struct drawn_policy *drawn, const struct asked *asked,
                  struct fuzzed_memory *memory, struct naive_answer *answer) {
    struct asking asking = {drawn, asked, memory, 0};
    cors_slice origin = {NULL, 0};
    cors_slice method = {NULL, 0};
    *answer = (struct naive_answer){.kind = CORS_KIND_NO_POLICY, .reason = CORS_REASON_NO_POLICY};
    if (drawn->policy == NULL || !naive_find_policy(drawn, asked->path, &asking.policy)) {
        return;
    }
    bool options = naive_is_same(asked->method, CORS_SLICE("OPTIONS"));
    bool public = has_star(&asking) && asked->verdict == CORS_VERDICT_NONE;
    answer->vary_origin = !public;
    answer->vary_preflight = options;
    size_t origins = header(&asking, CORS_SLICE("Origin"), &origin);
    if (origins == 0) {
        answer->kind = CORS_KIND_NO_ORIGIN;
        answer->reason = CORS_REASON_NO_ORIGIN;
        answer->allow_origin = public ? CORS_SLICE("*") : CORS_SLICE("");
        answer->expose_headers = public ? joined(&asking, CORS_KEY_EXPOSE_HEADERS) : CORS_SLICE("");
        return;
    }
    cors_reason reason = public ? CORS_REASON_ALLOWED : judge_origin(&asking, origin, origins);
    if (options && header(&asking, CORS_SLICE("Access-Control-Request-Method"), &method) > 0) {
        decide_preflight(&asking, answer, origin, reason, public);
        return;
    }
    answer->kind = CORS_KIND_ACTUAL;
    answer->same_origin = is_same_origin(&asking, origin, origins);
    if (reason != CORS_REASON_ALLOWED) {
        deny(answer, reason);
        return;
    }
    allow(&asking, answer, origin, public);
    answer->expose_headers = joined(&asking, CORS_KEY_EXPOSE_HEADERS);
}
