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

/*
 * Who asks for another entry than one asks it of every entry of a list: a list that was crafted so
 * that each could be covered in a thousand ways must not keep the builder busy, and not all that
 * is redundant in it is told. Where people name previews, an entry can be covered in ten.
 */
enum { OTHERS_TRIED = 100 };

/* What a search for an entry goes by. */
struct search {
    const cors_policy *policy;
    const struct route *route;
    const struct origin_cut *origin;
    const struct set_record *except;
    uint32_t tries;                  /* how many patterns may still be asked for */
    size_t dot_count;                /* of the dots that are known */
    size_t dots[SHAPE_DOTS_MAX + 1]; /* from the right: indexes into the origin's text */
};

/* Marks the dots among eight bytes, each in its highest bit. */
static uint64_t mark_dots(uint64_t word) {
    const uint64_t lows = ~WORD_HIGHS;
    uint64_t other = word ^ '.' * WORD_ONES; /* zero where a dot is */
    return ~(((other & lows) + lows) | other | lows);
}

/* The place of the highest bit that is set; some is. */
static unsigned highest_bit(uint64_t bits) {
#if defined(__GNUC__) || defined(__clang__)
    return 63U - (unsigned)__builtin_clzll(bits);
#else
    unsigned place = 63;
    while ((bits >> place & 1) == 0) {
        place--;
    }
    return place;
#endif
}

/* Notes the dots marked in eight bytes that begin at `start`. Returns whether there are enough. */
static bool note_dots(struct search *search, uint64_t marks, size_t start, size_t wanted) {
    while (marks != 0 && search->dot_count < wanted) {
        unsigned bit = highest_bit(marks);
        search->dots[search->dot_count++] = start + bit / 8;
        marks ^= UINT64_C(1) << bit;
    }
    return search->dot_count == wanted;
}

/* Finds as many dots from the right as the route's shapes count, and one. */
static void find_dots(struct search *search) {
    const char *text = search->origin->text.data;
    size_t wanted = (size_t)search->route->dots_max + 1;
    size_t start = search->origin->host_start;
    size_t end = search->origin->host_end;
    search->dot_count = 0;
    for (; end >= start + 8; end -= 8) {
        if (note_dots(search, mark_dots(load_8_in_order(text + end - 8)), end - 8, wanted)) {
            return;
        }
    }
    /* Fewer than eight bytes are left, and before them is the scheme. */
    if (end > start && end >= 8) {
        uint64_t hosts = ~UINT64_C(0) << (start + 8 - end) * 8;
        (void)note_dots(search, mark_dots(load_8_in_order(text + end - 8)) & hosts, end - 8,
                        wanted);
        return;
    }
    while (end-- > start && search->dot_count < wanted) {
        if (text[end] == '.') {
            search->dots[search->dot_count++] = end;
        }
    }
}

/* An origin as a shape cuts it: around the label, or all labels, that the wildcard is part of. */
struct label_cut {
    size_t start;
    size_t end;
    size_t stop; /* of the pattern: before the port where that is open */
    uint8_t kind;
};

static const struct set_record *match_form(struct search *search, const struct label_cut *cut,
                                           struct form form) {
    const char *text = search->origin->text.data;
    size_t head = cut->start + form.left;
    size_t tail = cut->end - form.right;
    bool label = (cut->kind & SET_ONE_LABEL) != 0 || form.left == 0;
    if (cut->end - cut->start <= (size_t)form.left + form.right || search->tries == 0 ||
        (!label && text[head - 1] != '.')) {
        return NULL;
    }
    search->tries--;
    struct set_key key = {slice_of(text, head), slice_of(text + tail, cut->stop - tail), cut->kind};
    const struct cors_set *set = &search->route->origins;
    const struct set_record *record = BUILT_FOR_SIZE ? cors_set_find(search->policy, set, &key)
                                                     : set_find(search->policy, set, &key);
    return record != search->except ? record : NULL;
}

static const struct set_record *match_forms(struct search *search, const struct label_cut *cut,
                                            const struct form *forms, size_t count) {
    const struct set_record *record = NULL;
    for (size_t i = 0; i < count && record == NULL; i++) {
        record = match_form(search, cut, forms[i]);
    }
    return record;
}

/* The forms that stand under the cut's own parent. */
static const struct set_record *match_anchored(struct search *search, const struct label_cut *cut) {
    const char *text = search->origin->text.data;
    const struct route *route = search->route;
    struct set_key anchor = {slice_of(text, cut->start),
                             slice_of(text + cut->end, cut->stop - cut->end), cut->kind};
    uint64_t hash = cors_key_hash(route->origins.seed, &anchor);
    const struct set_record *record = cors_set_find_text(
        search->policy, &route->anchors, slice_of((const char *)&hash, sizeof hash));
    if (record == NULL) {
        return NULL;
    }
    cors_slice list = cors_set_record_key(record).tail;
    return match_forms(search, cut, (const struct form *)(const void *)list.data,
                       list.size / sizeof(struct form));
}

/* Cuts the origin for a shape. Returns false where no pattern of the shape is as long. */
static bool cut_for_shape(const struct search *search, const struct shape *shape,
                          struct label_cut *cut) {
    const struct origin_cut *origin = search->origin;
    bool any_port = (shape->kind & SET_ANY_PORT) != 0;
    cut->end = shape->dots == 0 ? origin->host_end : search->dots[shape->dots - 1];
    cut->stop = any_port ? origin->host_end : origin->text.size;
    cut->kind = shape->kind;
    if (cut->end == origin->host_end && origin->text.data[cut->end - 1] == '.') {
        return false; /* the wildcard stands for labels, and a dot behind the last is none */
    }
    if ((shape->sizes >> ((cut->stop - cut->end) % 64) & 1) == 0) {
        return false;
    }
    bool label = (shape->kind & SET_ONE_LABEL) != 0 && search->dot_count > shape->dots;
    cut->start = label ? search->dots[shape->dots] + 1 : origin->host_start;
    return true;
}

static const struct set_record *match_shapes(struct search *search) {
    const struct shape *shapes = route_shapes(search->policy, search->route);
    const struct shape *end = shapes + search->route->shape_count;
    const struct set_record *record = NULL;
    find_dots(search);
    for (; shapes < end && shapes->dots <= search->dot_count && record == NULL; shapes++) {
        struct label_cut cut;
        if (!cut_for_shape(search, shapes, &cut)) {
            continue;
        }
        record = match_forms(search, &cut, shapes->forms, shapes->form_count);
        if (record == NULL && shapes->anchored) {
            record = match_anchored(search, &cut);
        }
    }
    return record;
}

const struct set_record *cors_route_match_open(const cors_policy *policy, const struct route *route,
                                               const struct origin_cut *origin,
                                               const struct set_record *except) {
    if (route->any_port) {
        struct set_key key = {.head = slice_of(origin->text.data, origin->host_end),
                              .kind = SET_ANY_PORT};
        const struct set_record *record = cors_set_find(policy, &route->origins, &key);
        if (record != NULL && record != except) {
            return record;
        }
    }
    if (route->shape_count == 0) {
        return NULL;
    }
    struct search search;
    search.policy = policy;
    search.route = route;
    search.origin = origin;
    search.except = except;
    search.tries = except == NULL ? UINT32_MAX : OTHERS_TRIED;
    return match_shapes(&search);
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
    char after = entry.tail.size == 0 ? ':' : entry.tail.data[0];
    bool whole_label = (before == '.' || before == '/') && (after == '.' || after == ':');
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
    const struct set_record *record = cors_set_find_text(policy, &route->origins, origin);
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

void cors_policy_destroy(const cors_policy *policy, const cors_allocator *allocator) {
    if (policy != NULL) {
        allocator->release(allocator->context, (void *)(uintptr_t)policy);
    }
}
