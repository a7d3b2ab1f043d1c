/* SPDX-License-Identifier: MIT */
/* The server's half: policies built from a record of calls, and what they answer to requests. */
#include <cors/policy.h>
#include <cors/server.h>

#include "wasm_export.h"
#include "wasm_labels.h"
#include "wasm_memory.h"
#include "wasm_suffixes.h"
#include "wasm_wire.h"

/* The calls of a builder, as the host records them. */
enum step {
    STEP_END = 0,
    STEP_FILE = 1,
    STEP_POLICY = 2,
    STEP_VALUE = 3,
    STEP_ORIGIN_FOR = 4,
    STEP_ENVIRONMENT = 5,
    STEP_ORIGINS = 6,
    STEP_INCOMPLETE = 7,
    STEP_REPORT = 8,
};

static cors_position take_position(struct wire *wire) {
    uint32_t file = wire_take_word(wire);
    uint32_t line = wire_take_word(wire);
    uint32_t column = wire_take_word(wire);
    return (cors_position){file, line, column};
}

static cors_status add_value(struct wire *wire, cors_builder *builder) {
    cors_position position = take_position(wire);
    cors_key key = (cors_key)wire_take_word(wire);
    return cors_builder_add(builder, key, wire_take_text(wire), position);
}

static cors_status add_origin_for(struct wire *wire, cors_builder *builder) {
    cors_position position = take_position(wire);
    cors_slice environment = wire_take_text(wire);
    return cors_builder_add_origin_for(builder, environment, wire_take_text(wire), position);
}

static cors_status report(struct wire *wire, cors_builder *builder) {
    cors_position position = take_position(wire);
    cors_rule rule = (cors_rule)wire_take_word(wire);
    cors_slice message = wire_take_text(wire);
    return cors_builder_report(builder, rule, position, message, wire_take_text(wire));
}

static cors_status make_step(enum step step, struct wire *wire, cors_builder *builder) {
    uint32_t file;
    switch (step) {
    case STEP_FILE:
        return cors_builder_add_file(builder, wire_take_text(wire), &file);
    case STEP_POLICY:
        return cors_builder_begin_policy(builder, take_position(wire));
    case STEP_VALUE:
        return add_value(wire, builder);
    case STEP_ORIGIN_FOR:
        return add_origin_for(wire, builder);
    case STEP_ENVIRONMENT:
        cors_builder_has_environment(builder, wire_take_text(wire));
        return CORS_OK;
    case STEP_ORIGINS:
        cors_builder_has_origins(builder, take_position(wire));
        return CORS_OK;
    case STEP_INCOMPLETE:
        cors_builder_mark_incomplete(builder);
        return CORS_OK;
    case STEP_REPORT:
        return report(wire, builder);
    default:
        return CORS_OK;
    }
}

/* Makes all calls of the record and finishes. */
static cors_status build(struct wire *wire, cors_builder *builder, const cors_policy **policy) {
    for (;;) {
        enum step step = (enum step)wire_take_word(wire);
        if (step == STEP_END) {
            return cors_builder_finish(builder, policy);
        }
        cors_status status = make_step(step, wire, builder);
        if (status != CORS_OK) {
            return status;
        }
    }
}

static void put_problems(const cors_builder *builder) {
    size_t count;
    const cors_problem *problems = cors_builder_problems(builder, &count);
    for (size_t i = 0; i < count; i++) {
        wire_put_word(1);
        wire_put_words(cors_rule_name(problems[i].rule));
        wire_put_words(cors_severity_name(problems[i].severity));
        wire_put_text(cors_builder_file_name(builder, problems[i].position.file));
        wire_put_word(problems[i].position.line);
        wire_put_word(problems[i].position.column);
        wire_put_text(problems[i].message);
        wire_put_text(problems[i].suggestion);
    }
    wire_put_word(0);
}

/*
 * Builds a policy from a record: the environment, then the calls. The answer is the policy's
 * address and size, 0 where there is an error, and the problems.
 */
WASM_EXPORT(policy_build) uint32_t wasm_policy_build(const char *data, size_t size);
uint32_t wasm_policy_build(const char *data, size_t size) {
    struct wire wire = wire_over(data, size);
    cors_builder *builder;
    const cors_policy *policy = NULL;
    cors_builder_options options = {.allocator = wasm_allocator,
                                    .environment = wire_take_text(&wire),
                                    .is_public_suffix = wasm_is_public_suffix,
                                    .to_ascii = wasm_label_to_ascii};
    cors_status status = cors_builder_create(&options, &builder);
    if (status != CORS_OK) {
        return (uint32_t)status;
    }
    wasm_labels_begin();
    status = build(&wire, builder, &policy);
    uint32_t result = (uint32_t)status;
    if (wasm_labels_wanted()) {
        cors_policy_destroy(policy, &wasm_allocator);
        result = WASM_LABELS_WANTED;
    } else if (status == CORS_OK || status == CORS_INVALID) {
        wire_begin();
        wire_put_word((uint32_t)(uintptr_t)policy);
        wire_put_word(policy == NULL ? 0 : (uint32_t)cors_policy_size(policy));
        put_problems(builder);
        result = (uint32_t)wire_end();
    }
    cors_builder_destroy(builder);
    return result;
}

WASM_EXPORT(policy_release) void wasm_policy_release(const cors_policy *policy);
void wasm_policy_release(const cors_policy *policy) {
    cors_policy_destroy(policy, &wasm_allocator);
}

/* Looks a key up. The answer is its number, or 0, and the name that was probably meant. */
WASM_EXPORT(key_find) cors_status wasm_key_find(const char *data, size_t size);
cors_status wasm_key_find(const char *data, size_t size) {
    cors_slice nearest = {NULL, 0};
    wire_begin();
    wire_put_word((uint32_t)cors_key_find((cors_slice){data, size}, &nearest));
    wire_put_text(nearest);
    return wire_end();
}

static void put_decision(const cors_decision *decision) {
    wire_put_word((uint32_t)decision->kind);
    wire_put_word((uint32_t)decision->verdict);
    wire_put_word((uint32_t)decision->reason);
    wire_put_word((uint32_t)decision->status);
    wire_put_word((uint32_t)decision->field_count);
    for (size_t i = 0; i < decision->field_count; i++) {
        wire_put_text(decision->fields[i].name);
        wire_put_text(decision->fields[i].value);
    }
    wire_put_word((uint32_t)decision->vary_count);
    for (size_t i = 0; i < decision->vary_count; i++) {
        wire_put_text(decision->vary[i]);
    }
}

/* Decides on the request of a record: method, path, own origin, fields. */
WASM_EXPORT(decide)
cors_status wasm_decide(const cors_policy *policy, const char *data, size_t size);
cors_status wasm_decide(const cors_policy *policy, const char *data, size_t size) {
    static cors_request request; /* too large for the stack of a small module */
    cors_decision decision;
    struct wire wire = wire_over(data, size);
    cors_slice method = wire_take_text(&wire);
    cors_slice path = wire_take_text(&wire);
    cors_slice own_origin = wire_take_text(&wire);
    cors_request_begin(&request, policy, method, path);
    if (own_origin.data != NULL) {
        cors_request_set_own_origin(&request, own_origin);
    }
    size_t count = wire_take_count(&wire, 2 * sizeof(uint32_t));
    for (size_t i = 0; i < count; i++) {
        cors_slice name = wire_take_text(&wire);
        cors_request_add_header(&request, name, wire_take_text(&wire));
    }
    cors_decide(&request, &decision);
    wire_begin();
    put_decision(&decision);
    return wire_end();
}
