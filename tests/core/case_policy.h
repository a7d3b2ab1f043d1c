/* SPDX-License-Identifier: MIT */
/*
 * A policy out of a few lines, through the public builder:
 *
 *     policy                         begins a policy; the first needs no such line
 *     KEY VALUE                      a key of policy files, such as "allow_origins https://a.test"
 *     only ENVIRONMENT ORIGIN        an origin for one environment
 *     has_origins                    cors_builder_has_origins()
 *     incomplete                     cors_builder_mark_incomplete()
 *
 * The position of each value is its line, column 1. A line may be empty.
 */
#ifndef CORS_TESTS_CASE_POLICY_H
#define CORS_TESTS_CASE_POLICY_H

#include <cors/policy.h>

#include "case_memory.h"

struct case_policy {
    struct case_memory memory;
    cors_allocator allocator;
    cors_builder *builder;
    const cors_policy *policy; /* NULL unless `status` is CORS_OK */
    cors_status status;
    const cors_problem *problems;
    size_t problem_count;
};

/*
 * Public suffixes are com, net, org, test, co.uk, github.io, vercel.app and localhost. The labels
 * "bücher", "BÜCHER" and "xn--bcher-kva" are xn--bcher-kva in ASCII; no other label has such a
 * form.
 */
cors_builder_options case_policy_options(struct case_memory *memory);

/* Hands the lines to a builder; the text is borrowed. Returns the first status but CORS_OK. */
cors_status case_policy_add(cors_builder *builder, const char *lines);

/* Builds for production, or an environment. Whether it succeeded is in `made`. */
void case_policy_build(struct case_policy *made, const char *lines);
void case_policy_build_for(struct case_policy *made, const char *environment, const char *lines);

/* Builds, and fails the test with the problems unless the policy is sound. */
void case_policy_build_sound(struct case_policy *made, const char *lines);

/*
 * Builds, and fails the test unless the problems are those, one a line: "LINE SEVERITY RULE"; then
 * frees all. Each problem must be a sentence. The second wants each suggestion too, behind " => ".
 */
void case_policy_expect(const char *environment, const char *lines, const char *problems);
void case_policy_expect_advice(const char *environment, const char *lines, const char *problems);

/*
 * Builds, and fails the test unless the first problem of the rule has this message and suggestion;
 * then frees all.
 */
void case_policy_expect_words(const char *lines, const char *rule, const char *message,
                              const char *suggestion);

/* Frees all, and fails the test if something is left. */
void case_policy_end(struct case_policy *made);

#endif
