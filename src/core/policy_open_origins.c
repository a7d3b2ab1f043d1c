/* SPDX-License-Identifier: MIT */
/* The origins of a block that somebody else may have written: entries as the builder lets pass. */
#include <cors/origin.h>
#include <cors/server.h>

#include "origin_address.h"
#include "origin_entry.h"
#include "policy_match.h"
#include "policy_open.h"

/* A pattern takes one byte for its wildcard where it is judged as the origin that it then is. */
enum { SAMPLE_MAX = ENTRY_TEXT_MAX };

/* What is to be known of a route's origins. */
struct listed {
    bool any_port; /* some entry without a wildcard leaves the port open */
};

static bool is_sized(const cors_origin *origin) {
    return origin->scheme.size <= ENTRY_SCHEME_MAX &&
           (origin->host.size <= LABEL_MAX || cors_host_fits_dns(origin->host));
}

/* Whether an entry, written as in a file and read again, is the same. */
static bool reads_the_same(const struct set_key *key) {
    const cors_builder_options options = {.environment = CORS_SLICE("")};
    struct origin_entry entry;
    char buffer[CORS_ENTRY_MAX];
    cors_entry_read(cors_entry_write(*key, buffer), &options, &entry);
    return entry.faults == 0 && !entry.converted && entry.key.kind == key->kind &&
           slice_equals(entry.key.head, key->head) && slice_equals(entry.key.tail, key->tail);
}

/* An origin without a wildcard. Browsers write each address in one form, which is looked at anew.
 */
static bool is_origin(const struct set_key *key) {
    cors_origin origin;
    if (key->tail.size > 0 || !cors_origin_parse(key->head, &origin)) {
        return false;
    }
    if (origin.opaque) {
        return key->kind == 0;
    }
    bool address = origin.host.data[0] == '[' || cors_host_is_numeric(origin.host);
    return is_sized(&origin) && (key->kind == 0 || origin.port.size == 0) &&
           !slice_equals(origin.scheme, CORS_SLICE("file")) && (!address || reads_the_same(key));
}

/* Whether a wildcard that stands for whole labels has all of them: up to a dot, or the host's end.
 */
static bool is_whole_label(const struct set_key *key) {
    char before = key->head.data[key->head.size - 1];
    char after = key->tail.size == 0 ? '.' : key->tail.data[0];
    return (before == '.' || before == '/') && (after == '.' || after == ':');
}

/* Whether something stands beside the wildcard, so that not every host matches. */
static bool has_domain(cors_slice before, cors_slice after) {
    return before.size > 0 || (after.size > 0 && !slice_equals(after, CORS_SLICE(".")));
}

/* With a name in the wildcard's place it is an origin, and what stands around is no address. */
static bool is_pattern(const struct set_key *key) {
    char sample[SAMPLE_MAX];
    cors_origin origin;
    size_t head = key->head.size;
    if (head + key->tail.size >= sizeof sample) {
        return false;
    }
    memcpy(sample, key->head.data, head);
    sample[head] = 'x';
    memcpy(sample + head + 1, key->tail.data, key->tail.size);
    if (!cors_origin_parse(slice_of(sample, head + 1 + key->tail.size), &origin) ||
        !is_sized(&origin) || origin.host.data[0] == '[' || /* with an x in it, it is not null */
        slice_equals(origin.scheme, CORS_SLICE("file"))) {
        return false;
    }
    size_t host_start = origin.scheme.size + 3;
    size_t host_end = host_start + origin.host.size;
    if (head < host_start || head >= host_end) {
        return false;
    }
    cors_slice before = slice_of(sample + host_start, head - host_start);
    cors_slice after = slice_of(sample + head + 1, host_end - head - 1);
    return has_domain(before, after) && !cors_host_is_numeric(after) &&
           ((key->kind & SET_ANY_DEPTH) == 0 || is_whole_label(key)) &&
           ((key->kind & SET_ANY_PORT) == 0 || origin.port.size == 0);
}

static bool check_entry(void *context, struct set_key key, cors_slice *fault) {
    struct listed *listed = context;
    *fault = CORS_SLICE("This entry is no origin and no sound pattern.");
    switch (key.kind) {
    case 0:
        return is_origin(&key);
    case SET_ANY_PORT:
        listed->any_port = true;
        return is_origin(&key);
    case SET_ONE_LABEL:
    case SET_ONE_LABEL | SET_ANY_PORT:
    case SET_ANY_DEPTH:
    case SET_ANY_DEPTH | SET_ANY_PORT:
        return is_pattern(&key);
    default:
        return false;
    }
}

static bool is_shape(const struct shape *shape) {
    unsigned kind = shape->kind & ~(unsigned)SET_ANY_PORT;
    return (kind == SET_ONE_LABEL || kind == SET_ANY_DEPTH) && shape->dots <= SHAPE_DOTS_MAX &&
           shape->form_count <= SHAPE_FORMS_MAX && shape->anchored <= 1;
}

static bool is_before(const struct shape *shape, const struct shape *next) {
    return shape->dots < next->dots || (shape->dots == next->dots && shape->kind < next->kind);
}

/* Shapes in order, each once; the route counts as many dots as they need. */
static bool take_shapes(struct block_reader *reader, const struct route *route) {
    const cors_policy *policy = (const cors_policy *)(const void *)reader->block;
    const struct shape *shapes = route_shapes(policy, route);
    uint8_t most = 0;
    if (!cors_open_take(reader, route->shapes, (uint64_t)route->shape_count * sizeof *shapes)) {
        return false;
    }
    for (uint32_t i = 0; i < route->shape_count; i++) {
        if (!is_shape(&shapes[i]) || (i > 0 && !is_before(&shapes[i - 1], &shapes[i]))) {
            return cors_open_fail(reader, route->shapes + i * sizeof *shapes,
                                  CORS_SLICE("This is no shape of a pattern, or not the next."));
        }
        most = shapes[i].dots;
    }
    return route->dots_max == most ||
           cors_open_fail(reader, route->shapes,
                          CORS_SLICE("The dots are not as many as the shapes count."));
}

/* A list of forms, each once, that a label or a host has room for. */
static bool check_anchor(void *context, struct set_key key, cors_slice *fault) {
    uint64_t *forms = context;
    unsigned before = 0;
    *fault = CORS_SLICE("This is no list of forms.");
    if (key.kind != 0 || key.head.size != sizeof(uint64_t) || key.tail.size == 0 ||
        key.tail.size % sizeof(struct form) != 0) {
        return false;
    }
    for (size_t i = 0; i < key.tail.size; i += sizeof(struct form)) {
        unsigned left = (uint8_t)key.tail.data[i];
        unsigned right = (uint8_t)key.tail.data[i + 1];
        unsigned place = (left << 8 | right) + 1;
        if (left > (right > 0 ? LABEL_MAX : HOST_MAX) || right > LABEL_MAX || place <= before) {
            return false;
        }
        before = place;
    }
    *forms += key.tail.size / sizeof(struct form);
    return true;
}

bool cors_open_origins(struct block_reader *reader, const struct route *route) {
    struct listed listed = {.any_port = false};
    uint64_t forms = 0;
    if (!take_shapes(reader, route) ||
        !cors_open_set(reader, &route->anchors, check_anchor, &forms) ||
        !cors_open_set(reader, &route->origins, check_entry, &listed)) {
        return false;
    }
    uint64_t head = (uint64_t)((const char *)route - reader->block);
    if (route->any_origin != 0 && route->origins.count > 0) {
        return cors_open_fail(reader, head + offsetof(struct route, any_origin),
                              CORS_SLICE("Every origin is allowed, and some are listed."));
    }
    if (forms > route->origins.count) {
        return cors_open_fail(reader, head + offsetof(struct route, anchors),
                              CORS_SLICE("There are more forms than entries that have them."));
    }
    return listed.any_port == (route->any_port != 0) ||
           cors_open_fail(reader, head + offsetof(struct route, any_port),
                          CORS_SLICE("Some entry leaves the port open, or none does."));
}
