/* SPDX-License-Identifier: MIT */
/*
 * The builder's insides: what was added, before it is checked. The builder gathers, policy_check
 * and policy_origins find problems, policy_compile writes the block.
 */
#ifndef CORS_CORE_POLICY_BUILDER_H
#define CORS_CORE_POLICY_BUILDER_H

#include "origin_entry.h"
#include "policy_block.h"
#include "policy_memory.h"

/* A value as the user wrote it. */
struct value {
    cors_slice text;
    cors_position position;
};

struct origin_value {
    struct value value;
    cors_slice environment; /* empty for all */
};

/* A policy of the file, as it is added. */
struct draft {
    cors_position position; /* of its first key */
    cors_position origins_position;
    bool has_origins;
    bool is_incomplete; /* the front could not read all of it */
    bool has_path;
    bool has_credentials;
    bool has_max_age;
    bool has_preflight_status;
    struct value path;
    struct value credentials_value;
    struct value max_age_value;
    struct value preflight_status_value;
    struct array origins; /* struct origin_value */
    struct array methods; /* struct value, and so are the next */
    struct array headers;
    struct array exposed;
    struct array risks;

    /* What the checks found out. */
    uint64_t accepted; /* bit n: the rule numbered n is accepted */
    bool any_origin;
    bool has_faulty_origin;
    bool any_method;
    bool any_header;
    bool credentials;
    bool path_is_exact;
    cors_slice path_literal;
    uint16_t preflight_status;
    bool max_age_known;
    uint32_t max_age;             /* seconds */
    struct array keys;            /* struct set_key: the origins to compile */
    struct array key_positions;   /* cors_position of each */
    struct set_plan origins_plan; /* over `keys` */
};

struct cors_builder {
    cors_builder_options options;
    struct arena arena;
    struct array files;     /* cors_slice */
    struct array drafts;    /* struct draft */
    struct array problems;  /* cors_problem */
    cors_slice environment; /* the selected one */
    bool environment_used;  /* some entry is for it */
    bool out_of_memory;
    bool too_large;
    bool has_error;
};

static inline struct draft *builder_draft(const cors_builder *builder, size_t index) {
    return (struct draft *)builder->drafts.items + index;
}

static inline const cors_allocator *builder_memory(const cors_builder *builder) {
    return &builder->options.allocator;
}

/* `size` bytes that live as long as the builder; NULL where memory is out, which is noted. */
char *cors_builder_take(cors_builder *builder, size_t size);

/* Whether the policies are for production. */
bool cors_builder_is_production(const cors_builder *builder);

/* policy_problems.c: reporting. */

/* A message in pieces: fixed words and the user's own. */
struct message {
    const cors_slice *pieces;
    size_t count;
};

#define MESSAGE(...)                                                                               \
    ((struct message){(const cors_slice[]){__VA_ARGS__},                                           \
                      sizeof((const cors_slice[]){__VA_ARGS__}) / sizeof(cors_slice)})
#define WORDS CORS_SLICE

/*
 * Reports a problem of a draft (NULL: of none). Its severity is the rule's, lowered to an info
 * where the draft accepts the rule.
 */
void cors_problem_add(cors_builder *builder, const struct draft *draft, cors_rule rule,
                      cors_position position, struct message message, cors_slice suggestion);

/* The same with a severity of its own, for a rule that depends on more than itself. */
void cors_problem_add_as(cors_builder *builder, const struct draft *draft, cors_rule rule,
                         cors_severity severity, cors_position position, struct message message,
                         cors_slice suggestion);

/* The pieces joined, clean for a terminal; lives as long as the builder. */
cors_slice cors_message_join(cors_builder *builder, struct message message);

/* A number in decimal digits; lives as long as the builder. */
cors_slice cors_number_text(cors_builder *builder, uint64_t number);

/* Puts the problems in the order of their positions. */
void cors_problems_sort(cors_builder *builder);

/* policy_check.c: all rules but those of origins. */
void cors_draft_check(cors_builder *builder, struct draft *draft);

/* policy_origins.c: the rules of origins; leaves the keys to compile and their plan. */
void cors_draft_check_origins(cors_builder *builder, struct draft *draft);

/* The rules about origins that need the compiled route: what another entry covers. */
void cors_draft_check_covered(cors_builder *builder, const struct draft *draft,
                              const cors_policy *policy, const struct route *route);

/* policy_compile.c: writes the block. `sorted` has the indexes of the drafts in route order. */
cors_status cors_policy_compile(cors_builder *builder, const uint32_t *sorted,
                                cors_policy **policy);

#endif
