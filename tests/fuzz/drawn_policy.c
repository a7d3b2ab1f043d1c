/* SPDX-License-Identifier: MIT */
#include "drawn_policy.h"

#include <string.h>

#include "invariant.h"
#include "naive_entry.h"

/* What a problem's column says of it: a value is at fault, or the policy as a whole. */
enum { VALUE_COLUMN = 1, POLICY_COLUMN = 2 };

/* Each build drops what the one before it refused; few inputs need more than two. */
enum { BUILDS_MAX = 4 };

static const struct {
    char letter;
    cors_key key;
} letters[] = {
    {'o', CORS_KEY_ALLOW_ORIGINS},     {'m', CORS_KEY_ALLOW_METHODS},
    {'h', CORS_KEY_ALLOW_HEADERS},     {'x', CORS_KEY_EXPOSE_HEADERS},
    {'c', CORS_KEY_ALLOW_CREDENTIALS}, {'a', CORS_KEY_MAX_AGE},
    {'s', CORS_KEY_PREFLIGHT_STATUS},  {'r', CORS_KEY_ACCEPT_RISKS},
    {'e', CORS_KEY_ALLOW_ORIGINS},
};

/* The key that a line's first two bytes name; else all of the line is an origin. */
static cors_key take_key(struct fuzzed_input *text) {
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (text->size >= 2 && text->data[0] == letters[i].letter && text->data[1] == ' ') {
            fuzzed_take(text, 2);
            return letters[i].key;
        }
    }
    return text->size > 0 && text->data[0] == '/' ? CORS_KEY_PATH : CORS_KEY_ALLOW_ORIGINS;
}

static void add_line(struct drawn_policy *drawn, cors_slice text, struct fuzzed_memory *memory) {
    struct drawn_line *line = &drawn->lines[drawn->count];
    struct fuzzed_input rest = {text.data, text.size};
    bool for_environment = text.size >= 2 && memcmp(text.data, "e ", 2) == 0;
    *line = (struct drawn_line){.key = take_key(&rest)};
    if (for_environment) {
        line->environment = fuzzed_copy(memory, fuzzed_until(&rest, ' '));
    }
    line->value = fuzzed_copy(memory, fuzzed_rest(&rest));
    if (drawn->count == 0 || line->key == CORS_KEY_PATH) {
        drawn->policies++;
    }
    line->policy = drawn->policies - 1;
    drawn->count++;
}

static cors_position position_of(const struct drawn_policy *drawn, const struct drawn_line *line,
                                 uint32_t column) {
    return (cors_position){0, (uint32_t)(line - drawn->lines) + 1, column};
}

static cors_status accept_all(cors_builder *builder, cors_position position) {
    static const struct {
        cors_slice name;
        bool acceptable;
    } rules[] = {
#define ROW(name, number, text, severity, acceptable, meaning)                                     \
    {{text, sizeof text - 1}, acceptable},
        CORS_RULES(ROW)
#undef ROW
    };
    cors_status status = CORS_OK;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && status == CORS_OK; i++) {
        if (rules[i].acceptable) {
            status = cors_builder_add(builder, CORS_KEY_ACCEPT_RISKS, rules[i].name, position);
        }
    }
    return status;
}

static cors_status add_value(cors_builder *builder, const struct drawn_line *line,
                             cors_position position) {
    if (line->environment.size > 0) {
        return cors_builder_add_origin_for(builder, line->environment, line->value, position);
    }
    bool all = line->value.size == 3 && memcmp(line->value.data, "all", 3) == 0;
    if (line->key == CORS_KEY_ACCEPT_RISKS && all) {
        return accept_all(builder, position);
    }
    return cors_builder_add(builder, line->key, line->value, position);
}

static void add_lines(cors_builder *builder, const struct drawn_policy *drawn) {
    unsigned begun = 0;
    cors_status status = CORS_OK;
    for (size_t i = 0; i < drawn->count && status == CORS_OK; i++) {
        const struct drawn_line *line = &drawn->lines[i];
        if (line->dropped) {
            continue;
        }
        if (begun < line->policy + 1) {
            begun = line->policy + 1;
            status = cors_builder_begin_policy(builder, position_of(drawn, line, POLICY_COLUMN));
        }
        if (status == CORS_OK) {
            status = add_value(builder, line, position_of(drawn, line, VALUE_COLUMN));
        }
    }
    INVARIANT(status == CORS_OK, "a builder takes any value, and judges it when it is finished");
}

static void drop_policy(struct drawn_policy *drawn, unsigned policy) {
    for (size_t i = 0; i < drawn->count; i++) {
        drawn->lines[i].dropped |= drawn->lines[i].policy == policy;
    }
}

static void check_sentence(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        INVARIANT(byte >= ' ' && byte != 0x7f, "a problem's words hold no control character");
    }
}

/* What the builder says of an entry's form is held against the naive reader. */
static void check_refused(const cors_problem *problem, const struct drawn_line *line,
                          struct fuzzed_memory *memory) {
    bool of_form = problem->rule == CORS_RULE_ORIGIN_SYNTAX ||
                   problem->rule == CORS_RULE_ORIGIN_PATH ||
                   problem->rule == CORS_RULE_ORIGIN_DEFAULT_PORT ||
                   problem->rule == CORS_RULE_ORIGIN_USERINFO;
    INVARIANT(!of_form || !naive_entry_is_plain(memory, line->value),
              "no plain origin is refused for its form");
}

static void check_taken(const struct drawn_policy *drawn, struct fuzzed_memory *memory) {
    for (size_t i = 0; i < drawn->count; i++) {
        const struct drawn_line *line = &drawn->lines[i];
        INVARIANT(line->dropped || line->key != CORS_KEY_ALLOW_ORIGINS ||
                      naive_entry_may_be(memory, line->value),
                  "what an entry lets in is an origin");
    }
}

/* Looks at every problem, and drops what the errors are about. Returns how many there are. */
static size_t drop_errors(struct drawn_policy *drawn, const cors_builder *builder,
                          struct fuzzed_memory *memory) {
    size_t count;
    size_t errors = 0;
    const cors_problem *problems = cors_builder_problems(builder, &count);
    for (size_t i = 0; i < count; i++) {
        const cors_problem *problem = &problems[i];
        uint32_t at = problem->position.line;
        check_sentence(problem->message);
        check_sentence(problem->suggestion);
        INVARIANT(problem->message.size > 0, "a problem has a message");
        INVARIANT(at >= 1 && at <= drawn->count, "a problem stands at a line of the policy");
        struct drawn_line *line = &drawn->lines[at - 1];
        if (problem->severity != CORS_SEVERITY_ERROR) {
            continue;
        }
        errors++;
        line->dropped = true;
        check_refused(problem, line, memory);
        if (problem->position.column == POLICY_COLUMN || line->key == CORS_KEY_PATH) {
            drop_policy(drawn, line->policy);
        }
    }
    return errors;
}

static cors_status build(struct drawn_policy *drawn, struct fuzzed_memory *memory) {
    const cors_builder_options options = {.allocator = fuzzed_allocator};
    cors_builder *builder;
    INVARIANT(cors_builder_create(&options, &builder) == CORS_OK, "a builder can be made");
    add_lines(builder, drawn);
    cors_status status = cors_builder_finish(builder, &drawn->policy);
    INVARIANT((status == CORS_OK) == (drawn->policy != NULL), "only CORS_OK comes with a policy");
    size_t errors = drop_errors(drawn, builder, memory);
    INVARIANT((status == CORS_INVALID) == (errors > 0),
              "a policy is refused where it has an error");
    cors_builder_destroy(builder);
    return status;
}

void drawn_policy_begin(struct drawn_policy *drawn, struct fuzzed_input *input,
                        struct fuzzed_memory *memory) {
    *drawn = (struct drawn_policy){.count = 0};
    while (!fuzzed_is_empty(input)) {
        cors_slice text = fuzzed_until(input, '\n');
        if (text.size == 0) {
            break;
        }
        if (drawn->count < DRAWN_LINES_MAX) {
            add_line(drawn, text, memory);
        }
    }
    for (int i = 0; i < BUILDS_MAX && build(drawn, memory) != CORS_OK; i++) {
    }
    if (drawn->policy != NULL) {
        check_taken(drawn, memory);
    }
}

void drawn_policy_end(struct drawn_policy *drawn) {
    cors_policy_destroy(drawn->policy, &fuzzed_allocator);
}
