/* SPDX-License-Identifier: MIT */
#include "policy_match.h"

#include <cors/server.h>

struct origin_cut cors_origin_cut(cors_slice text, const cors_origin *origin) {
    size_t host_start = origin->scheme.size + 3;
    return (struct origin_cut){text, host_start, host_start + origin->host.size};
}

/* The last route whose literal part is not after the path in bytewise order. */
static uint32_t route_before(const cors_policy *policy, cors_slice path) {
    const struct route *routes = policy_routes(policy);
    uint32_t low = 0;
    uint32_t high = policy->route_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slice_compare(policy_text(policy, routes[middle].path), path) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? ROUTE_NONE : low - 1;
}

static bool route_covers(const cors_policy *policy, const struct route *route, cors_slice path) {
    cors_slice literal = policy_text(policy, route->path);
    return route->exact ? slice_equals(literal, path) : slice_starts_with(path, literal);
}

/*
 * Every literal that begins the path also begins the one that sorts just before the path, so all
 * candidates lie on one chain of parents, the longest first.
 */
const struct route *cors_route_find(const cors_policy *policy, cors_slice path) {
    if (policy == NULL) {
        return NULL;
    }
    const struct route *routes = policy_routes(policy);
    uint32_t index = policy->route_count == 1 ? 0 : route_before(policy, path);
    while (index != ROUTE_NONE && !route_covers(policy, &routes[index], path)) {
        index = routes[index].parent;
    }
    return index == ROUTE_NONE ? NULL : &routes[index];
}

/* Where the dots of a host are, from the right; as many as the route's shapes count, and one. */
struct dots {
    size_t count;
    size_t at[SHAPE_DOTS_MAX + 1]; /* indexes into the origin's text */
};

static void find_dots(const struct origin_cut *origin, size_t wanted, struct dots *dots) {
    dots->count = 0;
    for (size_t i = origin->host_end; i-- > origin->host_start && dots->count < wanted;) {
        if (origin->text.data[i] == '.') {
            dots->at[dots->count++] = i;
        }
    }
}

/*
 * Cuts the origin as a pattern of this shape would be written. Returns false where no pattern of
 * the shape can match: too few dots, nothing left for the wildcard, or a dot where it takes none.
 */
static bool cut_as_shape(const struct shape *shape, const struct origin_cut *origin,
                         const struct dots *dots, struct set_key *key) {
    if (dots->count < shape->dots) {
        return false;
    }
    size_t end = shape->dots == 0 ? origin->host_end : dots->at[shape->dots - 1];
    size_t head = origin->host_start + shape->prefix;
    if (end < head + shape->before_dot + 1) {
        return false;
    }
    size_t tail = end - shape->before_dot;
    if (origin->host_end - tail > shape->tail_max) {
        return false;
    }
    if ((shape->kind & SET_ONE_LABEL) != 0 && dots->count > shape->dots &&
        dots->at[shape->dots] >= head) {
        return false;
    }
    size_t stop = (shape->kind & SET_ANY_PORT) != 0 ? origin->host_end : origin->text.size;
    key->head = slice_of(origin->text.data, head);
    key->tail = slice_of(origin->text.data + tail, stop - tail);
    key->kind = shape->kind;
    return true;
}

static const struct set_record *match_shapes(const cors_policy *policy, const struct route *route,
                                             const struct origin_cut *origin,
                                             const struct set_record *except) {
    const struct shape *shapes = route_shapes(policy, route);
    struct dots dots;
    find_dots(origin, (size_t)route->dots_max + 1, &dots);
    for (uint32_t i = 0; i < route->shape_count; i++) {
        struct set_key key;
        if (!cut_as_shape(&shapes[i], origin, &dots, &key)) {
            continue;
        }
        const struct set_record *record = cors_set_find(policy, &route->origins, key);
        if (record != NULL && record != except) {
            return record;
        }
    }
    return NULL;
}

const struct set_record *cors_route_match_open(const cors_policy *policy, const struct route *route,
                                               const struct origin_cut *origin,
                                               const struct set_record *except) {
    if (route->any_port) {
        struct set_key key = {.head = slice_of(origin->text.data, origin->host_end),
                              .kind = SET_ANY_PORT};
        const struct set_record *record = cors_set_find(policy, &route->origins, key);
        if (record != NULL && record != except) {
            return record;
        }
    }
    return route->shape_count == 0 ? NULL : match_shapes(policy, route, origin, except);
}

static size_t append(char *buffer, size_t size, cors_slice text) {
    memcpy(buffer + size, text.data, text.size);
    return size + text.size;
}

/* How a file writes what stands between head and tail. */
static cors_slice wildcard_text(struct set_key entry) {
    if ((entry.kind & SET_ONE_LABEL) == 0) {
        return (entry.kind & SET_ANY_DEPTH) != 0 ? CORS_SLICE("*") : CORS_SLICE("");
    }
    char before = entry.head.data[entry.head.size - 1];
    char after = entry.tail.size == 0 ? '.' : entry.tail.data[0];
    bool whole_label = (before == '.' || before == '/') && after == '.';
    return whole_label ? CORS_SLICE("{label}") : CORS_SLICE("*");
}

cors_slice cors_entry_write(struct set_key entry, char *buffer) {
    size_t size = append(buffer, 0, entry.head);
    size = append(buffer, size, wildcard_text(entry));
    if (entry.tail.size > 0) {
        size = append(buffer, size, entry.tail);
    }
    if ((entry.kind & SET_ANY_PORT) != 0) {
        size = append(buffer, size, CORS_SLICE(":*"));
    }
    return slice_of(buffer, size);
}

bool cors_policy_find_origin(const cors_policy *policy, cors_slice path, cors_slice origin,
                             char *buffer, cors_slice *entry) {
    const struct route *route = cors_route_find(policy, path);
    cors_origin parts;
    if (route == NULL) {
        return false;
    }
    if (route->any_origin) {
        *entry = slice_of(buffer, append(buffer, 0, CORS_SLICE("*")));
        return true;
    }
    if (!cors_origin_parse(origin, &parts)) {
        return false;
    }
    struct set_key exact = {.head = origin};
    const struct set_record *record = cors_set_find(policy, &route->origins, exact);
    if (record == NULL && !parts.opaque) {
        struct origin_cut cut = cors_origin_cut(origin, &parts);
        record = cors_route_match_open(policy, route, &cut, NULL);
    }
    if (record == NULL) {
        return false;
    }
    *entry = cors_entry_write(cors_set_record_key(record), buffer);
    return true;
}

cors_slice cors_route_path(const cors_policy *policy, const struct route *route) {
    /* The literal part is followed by its * in the block: see cors_policy_compile(). */
    cors_slice path = policy_text(policy, route->path);
    path.size += !route->exact;
    return path;
}

static bool visit_route(const cors_policy *policy, const struct route *route,
                        bool (*visit)(void *context, cors_slice path, cors_slice entry),
                        void *context) {
    cors_slice path = cors_route_path(policy, route);
    if (route->any_origin) {
        return visit(context, path, CORS_SLICE("*"));
    }
    const struct set_record *record = NULL;
    while ((record = cors_set_next(policy, &route->origins, record)) != NULL) {
        char buffer[CORS_ENTRY_MAX];
        if (!visit(context, path, cors_entry_write(cors_set_record_key(record), buffer))) {
            return false;
        }
    }
    return true;
}

void cors_policy_each_origin(const cors_policy *policy,
                             bool (*visit)(void *context, cors_slice path, cors_slice entry),
                             void *context) {
    const struct route *routes = policy_routes(policy);
    for (uint32_t i = 0; i < policy->route_count; i++) {
        if (!visit_route(policy, &routes[i], visit, context)) {
            return;
        }
    }
}

size_t cors_policy_size(const cors_policy *policy) {
    return (size_t)policy->size;
}

void cors_policy_destroy(const cors_policy *policy, const cors_allocator *allocator) {
    if (policy != NULL) {
        allocator->release(allocator->context, (void *)(uintptr_t)policy);
    }
}
