/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "loop_pair.h"

/* SplitMix64. */
static uint64_t draw(uint64_t *state) {
    uint64_t mixed = *state += UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ mixed >> 31;
}

static unsigned below(uint64_t *state, unsigned bound) {
    return (unsigned)(draw(state) % bound);
}

static bool chance(uint64_t *state, unsigned percent) {
    return below(state, 100) < percent;
}

/* Each of `count` bits set with a chance. */
static uint32_t bits(uint64_t *state, unsigned count, unsigned percent) {
    uint32_t drawn = 0;
    for (unsigned i = 0; i < count; i++) {
        drawn |= (uint32_t)chance(state, percent) << i;
    }
    return drawn;
}

/* Bits of a list in which the first entry is `*`, which is to be rarer than the others. */
static uint32_t list_bits(uint64_t *state, unsigned count, unsigned percent, unsigned star) {
    uint32_t drawn = bits(state, count, percent) & ~UINT32_C(1);
    return drawn | (uint32_t)chance(state, star);
}

static void draw_route(uint64_t *state, struct loop_route *route) {
    route->present = true;
    route->credentials = chance(state, 50);
    route->status_200 = chance(state, 30);
    route->age = (uint8_t)below(state, LOOP_AGES);
    route->origins = list_bits(state, LOOP_ORIGINS, 50, route->credentials ? 0 : 30);
    route->methods = list_bits(state, LOOP_METHODS, 55, 25);
    route->headers = list_bits(state, LOOP_ALLOWED_HEADERS, 65, 25);
    route->exposed = list_bits(state, LOOP_EXPOSED, 50, route->credentials ? 0 : 30);
    if (route->origins == 0) {
        route->origins = 2;
    }
}

static bool takes_no_body(const char *method) {
    return strcmp(method, "GET") == 0 || strcmp(method, "get") == 0 || strcmp(method, "HEAD") == 0;
}

static void draw_call(uint64_t *state, struct loop_call *call) {
    call->page = (uint8_t)below(state, LOOP_PAGES);
    call->path = (uint8_t)below(state, LOOP_PATHS);
    call->method = (uint8_t)below(state, LOOP_CALL_METHODS);
    call->status = (uint8_t)below(state, LOOP_STATUSES);
    call->credentials = (cors_credentials_mode)below(state, 3);
    call->headers = chance(state, 40) ? 0 : bits(state, LOOP_HEADERS, 10);
    call->mode = CORS_MODE_CORS;
    if (chance(state, 6)) {
        call->mode = chance(state, 50) ? CORS_MODE_NO_CORS : CORS_MODE_SAME_ORIGIN;
    }
    call->body = (uint8_t)below(state, LOOP_BODIES);
    if (takes_no_body(loop_call_methods[call->method])) {
        call->body = 0;
    }
    call->listener = call->mode == CORS_MODE_CORS && call->credentials != CORS_CREDENTIALS_OMIT &&
                     loop_bodies[call->body].kind != CORS_BODY_STREAM && chance(state, 10);
}

void loop_draw(uint64_t *state, struct loop_pair *pair) {
    memset(pair, 0, sizeof *pair);
    for (unsigned i = 0; i < ROUTES; i++) {
        if (chance(state, i == 0 ? 90 : 50)) {
            draw_route(state, &pair->routes[i]);
        }
    }
    if (!pair->routes[0].present && !pair->routes[1].present) {
        draw_route(state, &pair->routes[0]);
    }
    pair->call_count = 1 + below(state, CALLS_MAX);
    for (unsigned i = 0; i < pair->call_count; i++) {
        draw_call(state, &pair->calls[i]);
        /* The same page and URL again, so that the preflight cache comes into it. */
        if (i > 0 && chance(state, 70)) {
            pair->calls[i].page = pair->calls[i - 1].page;
            pair->calls[i].path = pair->calls[i - 1].path;
        }
    }
}

static void print_chosen(const char *key, uint32_t chosen, const char *const *texts,
                         unsigned count) {
    const char *separator = "";
    (void)printf("    %s: [", key);
    for (unsigned i = 0; i < count; i++) {
        if (loop_has(chosen, i)) {
            (void)printf("%s\"%s\"", separator, texts[i]);
            separator = ", ";
        }
    }
    (void)printf("]\n");
}

static void print_route(const struct loop_route *route, const char *path) {
    const char *origins[LOOP_ORIGINS];
    for (unsigned i = 0; i < LOOP_ORIGINS; i++) {
        origins[i] = loop_origins[i].text;
    }
    (void)printf("  - path: %s\n", path);
    print_chosen("allow_origins", route->origins, origins, LOOP_ORIGINS);
    print_chosen("allow_methods", route->methods, loop_methods, LOOP_METHODS);
    print_chosen("allow_headers", route->headers, loop_allowed_headers, LOOP_ALLOWED_HEADERS);
    print_chosen("expose_headers", route->exposed, loop_exposed, LOOP_EXPOSED);
    (void)printf("    allow_credentials: %s\n", route->credentials ? "true" : "false");
    if (route->age != 0) {
        (void)printf("    max_age: %s\n", loop_ages[route->age]);
    }
}

static void print_call(const struct loop_call *call) {
    static const char *const modes[] = {"cors", "no-cors", "same-origin"};
    static const char *const credentials[] = {"same-origin", "include", "omit"};
    static const char *const bodies[] = {"none", "text",  "params", "form",
                                         "blob", "bytes", "stream"};
    (void)printf("%s: %s " LOOP_SERVER "%s mode=%s credentials=%s body=%s%s -> %d\n",
                 loop_pages[call->page], loop_call_methods[call->method], loop_paths[call->path],
                 modes[call->mode], credentials[call->credentials],
                 bodies[loop_bodies[call->body].kind], call->listener ? " upload listener" : "",
                 loop_statuses[call->status]);
    for (unsigned i = 0; i < LOOP_HEADERS; i++) {
        if (loop_has(call->headers, i)) {
            (void)printf("    %s: %s\n", loop_headers[i].name, loop_headers[i].value);
        }
    }
}

void loop_print(const struct loop_pair *pair) {
    (void)printf("policies:\n");
    for (unsigned i = 0; i < ROUTES; i++) {
        if (pair->routes[i].present) {
            print_route(&pair->routes[i], loop_route_paths[i]);
        }
    }
    for (unsigned i = 0; i < pair->call_count; i++) {
        print_call(&pair->calls[i]);
    }
}
