/* SPDX-License-Identifier: MIT */
/* The browser's half against the server's half. */
#include <cors/server.h>
#include <stdlib.h>
#include <string.h>

#include "loop_pair.h"

static cors_slice slice(const char *text) {
    return (cors_slice){text, strlen(text)};
}

static void *allocate(void *context, size_t size) {
    (void)context;
    return malloc(size);
}

static void release(void *context, void *memory) {
    (void)context;
    free(memory);
}

static const cors_allocator allocator = {allocate, release, NULL};

static bool add_text(cors_builder *builder, cors_key key, const char *text) {
    cors_position nowhere = {0, 1, 1};
    return cors_builder_add(builder, key, slice(text), nowhere) == CORS_OK;
}

static bool add_chosen(cors_builder *builder, cors_key key, uint32_t chosen,
                       const char *const *texts, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        if (loop_has(chosen, i) && !add_text(builder, key, texts[i])) {
            return false;
        }
    }
    return true;
}

static bool add_origins(cors_builder *builder, uint32_t chosen) {
    for (unsigned i = 0; i < LOOP_ORIGINS; i++) {
        if (loop_has(chosen, i) &&
            !add_text(builder, CORS_KEY_ALLOW_ORIGINS, loop_origins[i].text)) {
            return false;
        }
    }
    return true;
}

/* Those that the entries take, as in a policy file; nothing of them is for the browser. */
static bool add_risks(cors_builder *builder, uint32_t origins) {
    bool fine = true;
    for (unsigned i = 0; fine && i < LOOP_ORIGINS; i++) {
        fine = !loop_has(origins, i) || loop_origins[i].risk == NULL ||
               add_text(builder, CORS_KEY_ACCEPT_RISKS, loop_origins[i].risk);
    }
    return fine;
}

static bool add_route(cors_builder *builder, const struct loop_route *route, const char *path) {
    cors_position nowhere = {0, 1, 1};
    return cors_builder_begin_policy(builder, nowhere) == CORS_OK &&
           add_text(builder, CORS_KEY_PATH, path) && add_origins(builder, route->origins) &&
           add_chosen(builder, CORS_KEY_ALLOW_METHODS, route->methods, loop_methods,
                      LOOP_METHODS) &&
           add_chosen(builder, CORS_KEY_ALLOW_HEADERS, route->headers, loop_allowed_headers,
                      LOOP_ALLOWED_HEADERS) &&
           add_chosen(builder, CORS_KEY_EXPOSE_HEADERS, route->exposed, loop_exposed,
                      LOOP_EXPOSED) &&
           add_text(builder, CORS_KEY_ALLOW_CREDENTIALS, route->credentials ? "true" : "false") &&
           add_text(builder, CORS_KEY_PREFLIGHT_STATUS, route->status_200 ? "200" : "204") &&
           (route->age == 0 || add_text(builder, CORS_KEY_MAX_AGE, loop_ages[route->age])) &&
           add_risks(builder, route->origins);
}

const cors_policy *loop_build(const struct loop_pair *pair) {
    cors_builder_options options = {.allocator = allocator};
    const cors_policy *policy = NULL;
    cors_builder *builder;
    if (cors_builder_create(&options, &builder) != CORS_OK) {
        return NULL;
    }
    bool fine = true;
    for (unsigned i = 0; i < ROUTES; i++) {
        fine = fine && (!pair->routes[i].present ||
                        add_route(builder, &pair->routes[i], loop_route_paths[i]));
    }
    if (fine) {
        (void)cors_builder_finish(builder, &policy);
    }
    cors_builder_destroy(builder);
    return policy;
}

enum { APPLICATION_FIELDS = LOOP_ANSWER_HEADERS + 2 };

/* What the application answers by itself: with lines that a policy must remove. */
static size_t answer_application(cors_field fields[APPLICATION_FIELDS]) {
    size_t count = 0;
    fields[count++] =
        (cors_field){CORS_SLICE("access-control-allow-origin"), CORS_SLICE("https://else.test")};
    for (unsigned i = 0; i < LOOP_ANSWER_HEADERS; i++) {
        fields[count++] = (cors_field){slice(loop_answer_headers[i]), CORS_SLICE("1")};
    }
    fields[count++] = (cors_field){CORS_SLICE("Access-Control-Expose-Headers"), CORS_SLICE("Date")};
    return count;
}

enum { ANSWER_FIELDS = APPLICATION_FIELDS + CORS_DECISION_FIELDS_MAX };

/* The server: decides, and sets what is decided on what the application answers. */
static void serve(const cors_policy *policy, const cors_fetch *fetch, const struct loop_call *call,
                  cors_field fields[ANSWER_FIELDS], cors_response *response) {
    static cors_request request;
    cors_decision decision;
    cors_field application[APPLICATION_FIELDS];
    cors_field field;
    size_t position = 0;
    size_t count = 0;
    cors_request_begin(&request, policy, cors_fetch_method(fetch), slice(loop_paths[call->path]));
    while (cors_fetch_next_field(fetch, &position, &field)) {
        cors_request_add_header(&request, field.name, field.value);
    }
    cors_decide(&request, &decision);
    size_t own = decision.status != 0 ? 0 : answer_application(application);
    for (size_t i = 0; i < own; i++) {
        if (decision.kind == CORS_KIND_NO_POLICY || !cors_header_is_owned(application[i].name)) {
            fields[count++] = application[i];
        }
    }
    for (size_t i = 0; i < decision.field_count; i++) {
        fields[count++] = decision.fields[i];
    }
    *response = (cors_response){
        .status = decision.status != 0 ? decision.status : loop_statuses[call->status],
        .fields = fields,
        .field_count = count,
    };
}

/* The page's call; `fields` and `url` hold what it borrows. */
static cors_call make_call(const struct loop_call *call, cors_field fields[LOOP_HEADERS],
                           char url[64]) {
    size_t count = 0;
    for (unsigned i = 0; i < LOOP_HEADERS; i++) {
        if (loop_has(call->headers, i)) {
            fields[count++] =
                (cors_field){slice(loop_headers[i].name), slice(loop_headers[i].value)};
        }
    }
    size_t server = sizeof LOOP_SERVER - 1;
    size_t path = strlen(loop_paths[call->path]);
    memcpy(url, LOOP_SERVER, server);
    memcpy(url + server, loop_paths[call->path], path);
    return (cors_call){
        .page = slice(loop_pages[call->page]),
        .url = {url, server + path},
        .method = slice(loop_call_methods[call->method]),
        .headers = fields,
        .header_count = count,
        .initiator = call->listener ? CORS_INITIATOR_XHR : CORS_INITIATOR_FETCH,
        .mode = call->mode,
        .credentials = call->credentials,
        .body = loop_bodies[call->body].kind,
        .body_type = slice(loop_bodies[call->body].type),
        .upload_listener = call->listener,
    };
}

static uint32_t read_headers(const cors_fetch *fetch) {
    uint32_t readable = 0;
    for (unsigned i = 0; i < LOOP_ANSWER_HEADERS; i++) {
        if (cors_fetch_exposes(fetch, slice(loop_answer_headers[i]))) {
            readable |= UINT32_C(1) << i;
        }
    }
    return readable;
}

static const char *run_call(const cors_policy *policy, const struct loop_call *call,
                            cors_browser browser, cors_preflight_cache *cache, int64_t now,
                            struct loop_outcome *outcome) {
    static _Alignas(16) char memory[CORS_FETCH_MEMORY];
    cors_field headers[LOOP_HEADERS];
    cors_field fields[ANSWER_FIELDS];
    char url[64];
    cors_call made = make_call(call, headers, url);
    cors_response response;
    cors_fetch *fetch;
    if (cors_fetch_begin(memory, sizeof memory, &made, browser, cache, now, &fetch) != CORS_OK) {
        return "the call does not fit into its memory";
    }
    while (cors_fetch_step(fetch) != CORS_STEP_DONE) {
        if (cors_fetch_step(fetch) == CORS_STEP_PREFLIGHT && cors_fetch_sends_credentials(fetch)) {
            return "a preflight carries credentials";
        }
        serve(policy, fetch, call, fields, &response);
        if (cors_fetch_answer(fetch, &response, now) != CORS_OK) {
            return "the answer does not fit into the call's memory";
        }
    }
    outcome->allowed = cors_fetch_result(fetch)->code == CORS_CODE_OK;
    outcome->readable = outcome->allowed ? read_headers(fetch) : 0;
    return NULL;
}

void loop_release(const cors_policy *policy) {
    cors_policy_destroy(policy, &allocator);
}

const char *loop_run(const cors_policy *policy, const struct loop_pair *pair, cors_browser browser,
                     struct loop_outcome outcomes[CALLS_MAX]) {
    static char cache_memory[4096];
    cors_preflight_cache cache;
    const char *wrong = policy == NULL ? "the policy is refused" : NULL;
    cors_preflight_cache_begin(&cache, cache_memory, sizeof cache_memory);
    for (unsigned i = 0; wrong == NULL && i < pair->call_count; i++) {
        wrong = run_call(policy, &pair->calls[i], browser, &cache, 1000 * (int64_t)i, &outcomes[i]);
    }
    return wrong;
}
