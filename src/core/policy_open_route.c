/* SPDX-License-Identifier: MIT */
/* A policy of a block that somebody else may have written: its path, its lists, its flags. */
#include <cors/server.h>

#include "http_names.h"
#include "policy_names.h"
#include "policy_open.h"

static uint64_t offset_of(const struct block_reader *reader, const void *place) {
    return (uint64_t)((const char *)place - reader->block);
}

/* A route with its texts. */
struct opened {
    struct block_reader *reader;
    const struct route *route;
    cors_slice methods;
    cors_slice headers;
    cors_slice exposed;
};

static bool check_flags(struct block_reader *reader, const struct route *route) {
    const uint8_t flags[] = {route->exact,      route->any_origin, route->credentials,
                             route->any_method, route->any_header, route->any_port};
    for (size_t i = 0; i < sizeof flags; i++) {
        if (flags[i] > 1) {
            return cors_open_fail(reader, offset_of(reader, &route->exact) + i,
                                  CORS_SLICE("What is yes or no is neither."));
        }
    }
    for (size_t i = 0; i < sizeof route->reserved; i++) {
        if (route->reserved[i] != 0) {
            return cors_open_fail(reader, offset_of(reader, &route->reserved[i]),
                                  CORS_SLICE("A byte without a meaning has one."));
        }
    }
    if (route->preflight_status != 200 && route->preflight_status != 204) {
        return cors_open_fail(reader, offset_of(reader, &route->preflight_status),
                              CORS_SLICE("The status of preflights is neither 200 nor 204."));
    }
    if (route->any_origin != 0 && route->credentials != 0) {
        return cors_open_fail(reader, offset_of(reader, &route->credentials),
                              CORS_SLICE("Every origin is allowed with credentials."));
    }
    return true;
}

/* The literal part of a path is followed by its *, unless it is the whole path. */
static bool take_path(struct block_reader *reader, const struct route *route) {
    bool exact = route->exact != 0;
    cors_slice path = policy_text((const cors_policy *)(const void *)reader->block, route->path);
    if (!cors_open_take(reader, route->path.offset, (uint64_t)path.size + 1)) {
        return false;
    }
    if (cors_path_fault(path, exact) != NULL || (!exact && path.data[path.size] != '*')) {
        return cors_open_fail(reader, route->path.offset, CORS_SLICE("This path is none."));
    }
    return true;
}

/* A name of at most CORS_HEADER_NAME_MAX bytes. */
static bool is_known(const struct block_reader *reader, const struct cors_set *set, cors_slice name,
                     bool fold) {
    char folded[CORS_HEADER_NAME_MAX];
    for (size_t i = 0; i < name.size; i++) {
        folded[i] = fold ? byte_fold(name.data[i]) : name.data[i];
    }
    return cors_set_find_text(reader->block, set, slice_of(folded, name.size)) != NULL;
}

/* Takes the next name off a list that is written "A, B"; returns false where it is not. */
static bool next_name(cors_slice *list, cors_slice *name) {
    *name = slice_of(list->data, slice_find(*list, ','));
    *list = slice_skip(*list, name->size);
    if (list->size > 0) {
        if (!slice_starts_with(*list, CORS_SLICE(", ")) || list->size == 2) {
            return false;
        }
        *list = slice_skip(*list, 2);
    }
    return name->size <= CORS_HEADER_NAME_MAX && slice_is_all(*name, BYTE_TOKEN);
}

/*
 * A list that answers name must name nothing but what is allowed, and as much. A name that stands
 * twice is fine, as it is for the builder: to tell which one is missing would take memory.
 */
static bool check_list(const struct opened *opened, struct block_text text,
                       const struct cors_set *set, bool fold) {
    cors_slice left = slice_of(opened->reader->block + text.offset, text.size);
    uint32_t count = 0;
    while (left.size > 0) {
        cors_slice name;
        if (!next_name(&left, &name) || !is_known(opened->reader, set, name, fold)) {
            return cors_open_fail(opened->reader, text.offset,
                                  CORS_SLICE("This list names what is not allowed."));
        }
        count++;
    }
    return count >= set->count ||
           cors_open_fail(opened->reader, text.offset, CORS_SLICE("This list is not whole."));
}

static bool check_methods(const struct opened *opened) {
    const struct route *route = opened->route;
    if (route->any_method == 0) {
        return check_list(opened, route->allow_methods, &route->methods, false);
    }
    return slice_equals(opened->methods, CORS_SLICE("*")) ||
           cors_open_fail(opened->reader, route->allow_methods.offset,
                          CORS_SLICE("Any method is allowed, and this is not *."));
}

/* A * does not cover Authorization, which is then named beside it where it is listed. */
static bool check_headers(const struct opened *opened) {
    const struct route *route = opened->route;
    if (route->any_header == 0) {
        return check_list(opened, route->allow_headers, &route->headers, true);
    }
    bool named = is_known(opened->reader, &route->headers, CORS_SLICE("authorization"), false);
    cors_slice wanted = named ? CORS_SLICE("*, Authorization") : CORS_SLICE("*");
    return slice_equals(opened->headers, wanted) ||
           cors_open_fail(opened->reader, route->allow_headers.offset,
                          CORS_SLICE("Any header is allowed, and this says something else."));
}

static bool check_exposed(const struct opened *opened) {
    const struct route *route = opened->route;
    cors_slice left = opened->exposed;
    while (left.size > 0) {
        cors_slice name;
        if (!next_name(&left, &name) || cors_response_header_is_forbidden(name)) {
            return cors_open_fail(opened->reader, route->expose_headers.offset,
                                  CORS_SLICE("This is no list of headers that may be read."));
        }
        if (route->credentials != 0 && slice_equals(name, CORS_SLICE("*"))) {
            return cors_open_fail(opened->reader, route->expose_headers.offset,
                                  CORS_SLICE("Every header is exposed with credentials."));
        }
    }
    return true;
}

/* Seconds as the builder writes them: at most 2147483647, no zero before other digits. */
static bool take_max_age(struct block_reader *reader, const struct route *route) {
    cors_slice text;
    if (!cors_open_text(reader, route->max_age, &text)) {
        return false;
    }
    bool sound = text.size <= 10 && (text.size == 0 || slice_is_all(text, BYTE_DIGIT)) &&
                 (text.size < 2 || text.data[0] != '0');
    uint64_t seconds = 0;
    for (size_t i = 0; sound && i < text.size; i++) {
        seconds = seconds * 10 + (uint64_t)(text.data[i] - '0');
    }
    return (sound && seconds <= INT32_MAX) ||
           cors_open_fail(reader, route->max_age.offset,
                          CORS_SLICE("This is no number of seconds."));
}

/* A * is among the names where any is allowed, and only there. */
static bool is_name(struct set_key key, const uint8_t *any) {
    return key.kind == 0 && key.tail.size == 0 && slice_is_all(key.head, BYTE_TOKEN) &&
           key.head.size <= CORS_HEADER_NAME_MAX &&
           (*any != 0 || !slice_equals(key.head, CORS_SLICE("*")));
}

static bool check_method(void *any, struct set_key key, cors_slice *fault) {
    *fault = CORS_SLICE("This is no method that a page may use.");
    return is_name(key, any) && !cors_method_is_forbidden(key.head);
}

static bool check_header(void *any, struct set_key key, cors_slice *fault) {
    *fault = CORS_SLICE("This is no header that a page may set, in lower case.");
    for (size_t i = 0; i < key.head.size; i++) {
        if (byte_is(key.head.data[i], BYTE_UPPER)) {
            return false;
        }
    }
    return is_name(key, any) && !cors_request_header_is_forbidden(key.head);
}

bool cors_open_route(struct block_reader *reader, const struct route *route) {
    struct opened opened = {.reader = reader, .route = route};
    uint8_t any_method = route->any_method;
    uint8_t any_header = route->any_header;
    return check_flags(reader, route) && take_path(reader, route) &&
           cors_open_origins(reader, route) &&
           cors_open_set(reader, &route->methods, check_method, &any_method) &&
           cors_open_set(reader, &route->headers, check_header, &any_header) &&
           cors_open_text(reader, route->allow_methods, &opened.methods) &&
           cors_open_text(reader, route->allow_headers, &opened.headers) &&
           cors_open_text(reader, route->expose_headers, &opened.exposed) &&
           take_max_age(reader, route) && check_methods(&opened) && check_headers(&opened) &&
           check_exposed(&opened);
}
