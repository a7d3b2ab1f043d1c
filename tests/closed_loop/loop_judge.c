/* SPDX-License-Identifier: MIT */
/*
 * What a policy says about a call, the naive way: from the drawn values, with nothing of the
 * library in it.
 */
#include <string.h>
#include <strings.h>

#include "loop_pair.h"

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

/* Whether an origin is one that an entry of allow_origins means. */
static bool entry_covers(const struct loop_origin *entry, const char *origin) {
    if (strcmp(entry->text, "*") == 0) {
        return true;
    }
    if (entry->before == NULL) {
        return strcmp(entry->text, origin) == 0;
    }
    size_t size = strlen(origin);
    size_t before = strlen(entry->before);
    size_t after = strlen(entry->after);
    if (size <= before + after || !begins(origin, entry->before) ||
        strcmp(origin + size - after, entry->after) != 0) {
        return false;
    }
    return entry->dots || memchr(origin + before, '.', size - before - after) == NULL;
}

static bool origin_allowed(const struct loop_route *route, const char *page) {
    for (unsigned i = 0; i < LOOP_ORIGINS; i++) {
        if (loop_has(route->origins, i) && entry_covers(&loop_origins[i], page)) {
            return true;
        }
    }
    return false;
}

/* fetch() writes these in upper case; report and patch stay as they are. */
static const char *normalized(const char *method) {
    static const char *const known[] = {"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"};
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcasecmp(method, known[i]) == 0) {
            return known[i];
        }
    }
    return method;
}

static bool is_simple(const char *method) {
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 || strcmp(method, "POST") == 0;
}

static bool method_allowed(const struct loop_route *route, const char *method) {
    bool allowed = is_simple(method) || loop_has(route->methods, 0);
    for (unsigned i = 1; i < LOOP_METHODS; i++) {
        allowed = allowed || (loop_has(route->methods, i) && strcmp(loop_methods[i], method) == 0);
    }
    return allowed;
}

static bool header_allowed(const struct loop_route *route, const char *name) {
    for (unsigned i = 1; i < LOOP_ALLOWED_HEADERS; i++) {
        if (loop_has(route->headers, i) && strcasecmp(loop_allowed_headers[i], name) == 0) {
            return true;
        }
    }
    /* A policy's * covers Authorization only together with credentials. */
    bool excepted = strcasecmp(name, "authorization") == 0 && !route->credentials;
    return loop_has(route->headers, 0) && !excepted;
}

static bool headers_allowed(const struct loop_route *route, const struct loop_call *call,
                            cors_browser browser) {
    bool typed = false;
    for (unsigned i = 0; i < LOOP_HEADERS; i++) {
        const struct loop_header *header = &loop_headers[i];
        if (!loop_has(call->headers, i)) {
            continue;
        }
        typed = typed || strcmp(header->name, "Content-Type") == 0;
        if (header->unsafe[browser] && !header_allowed(route, header->name)) {
            return false;
        }
    }
    return typed || !loop_bodies[call->body].brings_unsafe || header_allowed(route, "content-type");
}

static const struct loop_route *find_route(const struct loop_pair *pair, const char *path) {
    const struct loop_route *found = NULL;
    for (unsigned i = 0; i < ROUTES; i++) {
        size_t literal = strlen(loop_route_paths[i]) - 1;
        if (pair->routes[i].present && strncmp(path, loop_route_paths[i], literal) == 0) {
            found = &pair->routes[i];
        }
    }
    return found;
}

static uint32_t all_readable(void) {
    uint32_t readable = 0;
    for (unsigned i = 0; i < LOOP_ANSWER_HEADERS; i++) {
        if (strcmp(loop_answer_headers[i], "Set-Cookie") != 0) {
            readable |= UINT32_C(1) << i;
        }
    }
    return readable;
}

static bool is_exposed(const struct loop_route *route, const char *name) {
    static const char *const always[] = {"Content-Type", "Content-Length"};
    bool exposed = loop_has(route->exposed, 0);
    for (unsigned i = 0; i < sizeof always / sizeof *always; i++) {
        exposed = exposed || strcasecmp(always[i], name) == 0;
    }
    for (unsigned i = 1; i < LOOP_EXPOSED; i++) {
        exposed =
            exposed || (loop_has(route->exposed, i) && strcasecmp(loop_exposed[i], name) == 0);
    }
    return exposed;
}

static struct loop_outcome judge_across(const struct loop_route *route,
                                        const struct loop_call *call, cors_browser browser) {
    struct loop_outcome outcome = {.allowed = false};
    bool with_credentials = call->credentials == CORS_CREDENTIALS_INCLUDE;
    if (route == NULL || !origin_allowed(route, loop_pages[call->page]) ||
        (with_credentials && !route->credentials) ||
        !method_allowed(route, normalized(loop_call_methods[call->method])) ||
        !headers_allowed(route, call, browser)) {
        return outcome;
    }
    outcome.allowed = true;
    for (unsigned i = 0; i < LOOP_ANSWER_HEADERS; i++) {
        if (loop_has(all_readable(), i) && is_exposed(route, loop_answer_headers[i])) {
            outcome.readable |= UINT32_C(1) << i;
        }
    }
    return outcome;
}

struct loop_outcome loop_judge(const struct loop_pair *pair, const struct loop_call *call,
                               cors_browser browser) {
    struct loop_outcome refused = {.allowed = false};
    struct loop_outcome home = {.allowed = true, .readable = all_readable()};
    struct loop_outcome opaque = {.allowed = true};
    bool at_home = strcmp(loop_pages[call->page], LOOP_SERVER) == 0;
    /* Firefox knows no streams as bodies: it sends them as text. */
    bool streams =
        loop_bodies[call->body].kind == CORS_BODY_STREAM && browser != CORS_BROWSER_FIREFOX;
    if (call->mode == CORS_MODE_NO_CORS &&
        (streams || !is_simple(normalized(loop_call_methods[call->method])))) {
        return refused;
    }
    if (at_home) {
        return home;
    }
    if (call->mode == CORS_MODE_NO_CORS) {
        return opaque;
    }
    /* Chromium lets a stream go to other origins as if the mode were cors. */
    bool leaves = streams && browser == CORS_BROWSER_CHROMIUM;
    if (call->mode == CORS_MODE_SAME_ORIGIN && !leaves) {
        return refused;
    }
    return judge_across(find_route(pair, loop_paths[call->path]), call, browser);
}
