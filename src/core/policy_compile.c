/* SPDX-License-Identifier: MIT */
/*
 * Writes the block. The same code runs twice: first without a block, to learn its size, then with
 * one.
 */
#include "policy_builder.h"
#include "policy_match.h"
#include "policy_shapes.h"

/* What a route needs besides its draft. */
struct route_plan {
    const struct draft *draft;
    struct array method_keys; /* struct set_key */
    struct array header_keys;
    struct shape_plan shapes;
    struct set_plan methods;
    struct set_plan headers;
};

struct writer {
    char *block; /* NULL while only the size is wanted */
    uint64_t size;
};

/* The offset of `size` more bytes, aligned to 8. */
static uint32_t reserve(struct writer *writer, uint64_t size) {
    uint32_t offset = (uint32_t)writer->size;
    writer->size += (size + 7) / 8 * 8;
    return offset;
}

static void write_bytes(struct writer *writer, uint32_t offset, const void *data, size_t size) {
    if (writer->block != NULL && size > 0) {
        memcpy(writer->block + offset, data, size);
    }
}

static void write_set(struct writer *writer, const struct set_plan *plan, struct cors_set *set) {
    uint32_t offset = reserve(writer, cors_set_plan_size(plan));
    if (writer->block != NULL) {
        cors_set_write(plan, writer->block, offset, set);
    }
}

static struct block_text write_text(struct writer *writer, cors_slice text) {
    struct block_text made = {reserve(writer, text.size), (uint32_t)text.size};
    write_bytes(writer, made.offset, text.data, text.size);
    return made;
}

/* The values of a list joined with ", ". */
static struct block_text write_list(struct writer *writer, const struct array *list) {
    const struct value *values = list->items;
    uint64_t size = 0;
    for (size_t i = 0; i < list->count; i++) {
        size += values[i].text.size + (i > 0 ? 2 : 0);
    }
    struct block_text made = {reserve(writer, size), (uint32_t)size};
    uint32_t at = made.offset;
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0) {
            write_bytes(writer, at, ", ", 2);
            at += 2;
        }
        write_bytes(writer, at, values[i].text.data, values[i].text.size);
        at += (uint32_t)values[i].text.size;
    }
    return made;
}

static struct block_text write_methods(struct writer *writer, const struct draft *draft) {
    return draft->any_method ? write_text(writer, CORS_SLICE("*"))
                             : write_list(writer, &draft->methods);
}

/* A * does not cover Authorization, which is then named beside it where it is listed. */
static struct block_text write_headers(struct writer *writer, const struct draft *draft) {
    const struct value *values = draft->headers.items;
    if (!draft->any_header) {
        return write_list(writer, &draft->headers);
    }
    for (size_t i = 0; i < draft->headers.count; i++) {
        if (slice_equals_folded(values[i].text, CORS_SLICE("authorization"))) {
            return write_text(writer, CORS_SLICE("*, Authorization"));
        }
    }
    return write_text(writer, CORS_SLICE("*"));
}

static struct block_text write_max_age(struct writer *writer, const struct draft *draft) {
    char digits[10];
    size_t start = sizeof digits;
    uint32_t left = draft->max_age;
    do {
        digits[--start] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    size_t size = draft->max_age_known ? sizeof digits - start : 0;
    return write_text(writer, slice_of(digits + start, size));
}

/* A path with the * of a prefix behind its literal part. */
static struct block_text write_path(struct writer *writer, const struct draft *draft) {
    cors_slice literal = draft->path_literal;
    struct block_text made = {reserve(writer, (uint64_t)literal.size + 1), (uint32_t)literal.size};
    write_bytes(writer, made.offset, literal.data, literal.size);
    write_bytes(writer, made.offset + made.size, "*", draft->path_is_exact ? 0 : 1);
    return made;
}

static bool holds_any_port(const struct draft *draft) {
    const struct set_key *keys = draft->keys.items;
    for (size_t i = 0; i < draft->keys.count; i++) {
        if (keys[i].kind == SET_ANY_PORT) {
            return true;
        }
    }
    return false;
}

/* The shapes are sorted by their dots. */
static void write_shapes(struct writer *writer, const struct shape_plan *plan,
                         struct route *route) {
    size_t size = plan->count * sizeof *plan->shapes;
    route->shape_count = plan->count;
    route->dots_max = plan->count == 0 ? 0 : plan->shapes[plan->count - 1].dots;
    route->shapes = reserve(writer, size);
    write_bytes(writer, route->shapes, plan->shapes, size);
    write_set(writer, &plan->anchors, &route->anchors);
}

static void write_route(struct writer *writer, const struct route_plan *plan, struct route *route) {
    const struct draft *draft = plan->draft;
    *route = (struct route){.parent = ROUTE_NONE,
                            .exact = draft->path_is_exact,
                            .any_origin = draft->any_origin,
                            .credentials = draft->credentials,
                            .any_method = draft->any_method,
                            .any_header = draft->any_header,
                            .any_port = holds_any_port(draft),
                            .preflight_status = draft->preflight_status};
    route->path = write_path(writer, draft);
    write_shapes(writer, &plan->shapes, route);
    write_set(writer, &draft->origins_plan, &route->origins);
    write_set(writer, &plan->methods, &route->methods);
    write_set(writer, &plan->headers, &route->headers);
    route->allow_methods = write_methods(writer, draft);
    route->allow_headers = write_headers(writer, draft);
    route->expose_headers = write_list(writer, &draft->exposed);
    route->max_age = write_max_age(writer, draft);
}

static void link_parents(cors_policy *policy, struct route *routes) {
    for (uint32_t i = 0; i < policy->route_count; i++) {
        routes[i].parent = cors_route_parent(policy, i);
    }
}

static void write_policy(struct writer *writer, cors_slice environment,
                         const struct route_plan *plans, size_t count) {
    cors_policy head = {
        .magic = POLICY_MAGIC, .layout = POLICY_LAYOUT, .route_count = (uint32_t)count};
    uint32_t start = reserve(writer, sizeof head);
    head.routes = reserve(writer, (uint64_t)count * sizeof(struct route));
    head.environment = write_text(writer, environment);
    for (size_t i = 0; i < count; i++) {
        struct route route;
        write_route(writer, &plans[i], &route);
        write_bytes(writer, head.routes + (uint32_t)(i * sizeof route), &route, sizeof route);
    }
    head.size = writer->size;
    write_bytes(writer, start, &head, sizeof head);
}

static cors_slice fold_text(cors_builder *builder, cors_slice text) {
    char *folded = cors_builder_take(builder, text.size);
    if (folded == NULL) {
        return CORS_SLICE("");
    }
    for (size_t i = 0; i < text.size; i++) {
        folded[i] = byte_fold(text.data[i]);
    }
    return slice_of(folded, text.size);
}

/* Plans the set of a list's values; header names are folded, a wildcard stands for itself. */
static cors_status plan_names(cors_builder *builder, const struct array *list, bool fold,
                              struct array *keys, struct set_plan *plan) {
    const cors_allocator *memory = builder_memory(builder);
    const struct value *values = list->items;
    for (size_t i = 0; i < list->count; i++) {
        if (values[i].text.size > SET_TEXT_MAX) {
            continue; /* reported already */
        }
        struct set_key *key = cors_array_add(keys, sizeof *key, memory);
        if (key == NULL) {
            return CORS_NO_MEMORY;
        }
        key->head = fold ? fold_text(builder, values[i].text) : values[i].text;
    }
    return cors_set_plan(plan, keys->items, (uint32_t)keys->count, memory);
}

static cors_status plan_route(cors_builder *builder, struct route_plan *plan) {
    const struct draft *draft = plan->draft;
    cors_status status = cors_shapes_plan(&plan->shapes, draft, builder_memory(builder));
    if (status == CORS_OK) {
        status = plan_names(builder, &draft->methods, false, &plan->method_keys, &plan->methods);
    }
    if (status != CORS_OK) {
        return status;
    }
    return plan_names(builder, &draft->headers, true, &plan->header_keys, &plan->headers);
}

static void release_plans(cors_builder *builder, struct route_plan *plans, size_t count) {
    const cors_allocator *memory = builder_memory(builder);
    for (size_t i = 0; i < count; i++) {
        cors_array_release(&plans[i].method_keys, memory);
        cors_array_release(&plans[i].header_keys, memory);
        cors_shapes_release(&plans[i].shapes, memory);
        cors_set_plan_release(&plans[i].methods, memory);
        cors_set_plan_release(&plans[i].headers, memory);
    }
    memory->release(memory->context, plans);
}

/* The last thing: whoever takes the block from a file tells by it that the bytes are whole. */
static void seal(cors_policy *policy) {
#ifndef __wasm__ /* no files there, and no room for what nobody asks */
    size_t start = offsetof(cors_policy, checksum) + sizeof policy->checksum;
    policy->checksum =
        cors_block_checksum((const char *)policy + start, (size_t)policy->size - start);
#else
    (void)policy;
#endif
}

static cors_status write_block(cors_builder *builder, const struct route_plan *plans, size_t count,
                               cors_policy **policy) {
    const cors_allocator *memory = builder_memory(builder);
    struct writer writer = {NULL, 0};
    write_policy(&writer, builder->environment, plans, count);
    if (writer.size > UINT32_MAX) {
        return CORS_TOO_LARGE;
    }
    writer.block = memory->allocate(memory->context, (size_t)writer.size);
    if (writer.block == NULL) {
        return CORS_NO_MEMORY;
    }
    memset(writer.block, 0, (size_t)writer.size);
    writer.size = 0;
    write_policy(&writer, builder->environment, plans, count);
    *policy = (cors_policy *)(void *)writer.block;
    link_parents(*policy, (struct route *)(void *)(writer.block + (*policy)->routes));
    seal(*policy);
    return CORS_OK;
}

cors_status cors_policy_compile(cors_builder *builder, const uint32_t *sorted,
                                cors_policy **policy) {
    const cors_allocator *memory = builder_memory(builder);
    size_t count = builder->drafts.count;
    struct route_plan *plans = memory->allocate(memory->context, (count + 1) * sizeof *plans);
    if (plans == NULL) {
        return CORS_NO_MEMORY;
    }
    memset(plans, 0, (count + 1) * sizeof *plans);
    cors_status status = CORS_OK;
    for (size_t i = 0; i < count && status == CORS_OK; i++) {
        plans[i].draft = builder_draft(builder, sorted[i]);
        status = plan_route(builder, &plans[i]);
    }
    if (status == CORS_OK) {
        status = write_block(builder, plans, count, policy);
    }
    release_plans(builder, plans, count);
    for (size_t i = 0; i < count && status == CORS_OK; i++) {
        cors_draft_check_covered(builder, builder_draft(builder, sorted[i]), *policy,
                                 &policy_routes(*policy)[i]);
    }
    return status;
}
