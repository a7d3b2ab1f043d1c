/* SPDX-License-Identifier: MIT */
/*
 * Policy files with the lists and variables that they name: a byte of choices, the policy, and up
 * to three lists with a byte 1E before each. Lists are files named 101, 102 and 103.
 *
 * A policy is read twice, out of a file and out of memory, and shown or compiled by the command;
 * all must agree.
 */
#include <stdlib.h>
#include <string.h>

#include <cors/server.h>

#include "command.h"
#include "fuzzed_command.h"
#include "fuzzed_input.h"
#include "fuzzed_memory.h"
#include "fuzzed_output.h"
#include "invariant.h"
#include "policyfile.h"
#include "text_slices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An origin that no input names, unless it is made for that. */
static const char stranger[] = "https://q7h2x.stranger-k3v9.test";

struct loaded {
    cors_status status;
    cors_builder *builder;
    const cors_policy *policy;
    const cors_problem *problems;
    size_t problem_count;
};

static struct loaded load(const char *path, const char *environment) {
    struct loaded loaded;
    loaded.status = cors_policyfile_load(path, environment, &loaded.builder, &loaded.policy);
    INVARIANT(loaded.status == CORS_OK || loaded.status == CORS_INVALID,
              "a policy is read, or refused for what it says");
    INVARIANT((loaded.status == CORS_OK) == (loaded.policy != NULL),
              "a policy comes of what is fine, and of nothing else");
    loaded.problems = cors_builder_problems(loaded.builder, &loaded.problem_count);
    return loaded;
}

/* The same, out of memory that ends where the text ends. */
static struct loaded load_text(cors_slice text, const char *path, const char *environment) {
    struct fuzzed_memory memory = {NULL};
    struct loaded loaded;
    loaded.status = cors_policyfile_load_text(fuzzed_copy(&memory, text), path, environment,
                                              &loaded.builder, &loaded.policy);
    loaded.problems = cors_builder_problems(loaded.builder, &loaded.problem_count);
    fuzzed_free_all(&memory);
    return loaded;
}

static void unload(struct loaded *loaded) {
    cors_policy_destroy(loaded->policy, &cors_heap);
    cors_builder_destroy(loaded->builder);
}

static bool is_one_line(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if ((uint8_t)text.data[i] < 0x20 || text.data[i] == 0x7F) {
            return false;
        }
    }
    return true;
}

static void check_problems(const struct loaded *loaded) {
    size_t errors = 0;
    for (size_t i = 0; i < loaded->problem_count; i++) {
        const cors_problem *problem = &loaded->problems[i];
        errors += problem->severity == CORS_SEVERITY_ERROR;
        INVARIANT(problem->message.size > 0 && is_one_line(problem->message) &&
                      is_one_line(problem->suggestion),
                  "a problem is told in a sentence, without control characters");
        INVARIANT(cors_builder_file_name(loaded->builder, problem->position.file).size > 0,
                  "a problem stands in a file");
    }
    INVARIANT((errors > 0) == (loaded->status == CORS_INVALID), "an error refuses a policy");
}

static bool is_same_problem(const cors_problem *left, const cors_problem *right) {
    return left->rule == right->rule && left->severity == right->severity &&
           left->position.file == right->position.file &&
           left->position.line == right->position.line &&
           left->position.column == right->position.column &&
           text_same(left->message, right->message) &&
           text_same(left->suggestion, right->suggestion);
}

static cors_slice block_of(const cors_policy *policy) {
    return (cors_slice){(const char *)(const void *)policy, cors_policy_size(policy)};
}

static void compare(const struct loaded *first, const struct loaded *second) {
    INVARIANT(first->status == second->status && first->problem_count == second->problem_count,
              "the same file is read in the same way");
    for (size_t i = 0; i < first->problem_count; i++) {
        INVARIANT(is_same_problem(&first->problems[i], &second->problems[i]),
                  "the same file has the same problems");
    }
    INVARIANT(first->policy == NULL || text_same(block_of(first->policy), block_of(second->policy)),
              "the same file compiles to the same bytes");
}

/* Only who is on a list is let in, and nobody is without one. */
static void ask(const cors_policy *policy, cors_slice input, cors_slice origin, const char *open) {
    static const char *const paths[] = {"/", "/api/x", "/a"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        cors_request request;
        cors_decision decision;
        cors_request_begin(&request, policy, CORS_SLICE("GET"), text_slice(paths[i]));
        cors_request_add_header(&request, CORS_SLICE("Origin"), origin);
        cors_decide(&request, &decision);
        bool public = decision.field_count > 0 && text_is(decision.fields[0].value, "*");
        INVARIANT(decision.verdict != CORS_VERDICT_ALLOWED ||
                      text_find_folded(input, public ? "*" : open) < input.size,
                  "nobody is allowed whom no list lets in");
    }
}

/* Of this machine's byte order, or of the other. */
static bool is_compiled(cors_slice input) {
    return text_starts_folded(input, "cors") || text_starts_folded(input, "sroc");
}

static void check_policy(const struct loaded *loaded, cors_slice input) {
    const cors_policy *opened;
    cors_slice block = block_of(loaded->policy);
    void *copy = malloc(block.size);
    memcpy(copy, block.data, block.size);
    INVARIANT(cors_policy_open(copy, block.size, &opened, NULL) == CORS_OK,
              "what was compiled can be opened");
    free(copy);
    if (!is_compiled(input)) {
        ask(loaded->policy, input, text_slice(stranger), "*");
        ask(loaded->policy, input, CORS_SLICE("null"), "null");
    }
}

static void lint(const char *path, const char *environment, const struct loaded *loaded,
                 bool json) {
    const struct fuzzed_command command = {
        .words = "cors lint",
        .run = cors_lint_main,
        .arguments = {"--env", environment, path, json ? "--json" : NULL},
    };
    struct fuzzed_result result = fuzzed_command_run(&command);
    INVARIANT(result.code == (loaded->status == CORS_OK ? EXIT_FINE : EXIT_FINDING),
              "lint finds what refuses a policy");
    INVARIANT(fuzzed_is_clean(result.out) && fuzzed_is_clean(result.errors),
              "what is printed holds no control characters");
    if (json) {
        json_t *report = fuzzed_json(result.out);
        INVARIANT(json_array_size(json_object_get(report, "problems")) == loaded->problem_count,
                  "lint tells of every problem");
        json_decref(report);
    }
}

static void compile(const char *path, const char *environment, const struct loaded *loaded) {
    const struct fuzzed_command command = {
        .words = "cors compile",
        .run = cors_compile_main,
        .arguments = {"--env", environment, "-o", "-", path},
    };
    struct fuzzed_result result = fuzzed_command_run(&command);
    INVARIANT(result.code == (loaded->status == CORS_OK ? EXIT_FINE : EXIT_USAGE),
              "what is fine can be compiled");
    INVARIANT(fuzzed_is_clean(result.errors), "what is printed holds no control characters");
    INVARIANT(loaded->policy == NULL || text_same(result.out, block_of(loaded->policy)),
              "what is written is what was read");
    INVARIANT(loaded->policy != NULL || result.out.size == 0, "what is refused is not written");
}

/* What is done with a policy besides, chosen by the first byte. */
enum show { SHOW_NOTHING, SHOW_LINT, SHOW_LINT_JSON, SHOW_COMPILED, SHOWS };

static void show(enum show how, const char *path, const char *environment,
                 const struct loaded *loaded) {
    switch (how) {
    case SHOW_LINT:
    case SHOW_LINT_JSON:
        lint(path, environment, loaded, how == SHOW_LINT_JSON);
        break;
    case SHOW_COMPILED:
        compile(path, environment, loaded);
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const environments[] = {"production", "development"};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    unsigned choice = fuzzed_byte(&input);
    const char *environment = environments[choice % 2];
    cors_slice all = fuzzed_rest(&input);
    cors_slice text = fuzzed_until(&input, '\x1e');
    const char *path = fuzzed_file(0, text);
    for (unsigned i = 1; i < FUZZED_FILES; i++) {
        (void)fuzzed_file(i, fuzzed_until(&input, '\x1e'));
    }
    (void)setenv("ORIGINS", "https://a.example, https://b.example", 1);
    struct loaded first = load(path, environment);
    struct loaded second =
        is_compiled(text) ? load(path, environment) : load_text(text, path, environment);
    compare(&first, &second);
    check_problems(&first);
    if (first.policy != NULL) {
        check_policy(&first, all);
    }
    show((enum show)(choice / 2 % SHOWS), path, environment, &first);
    unload(&first);
    unload(&second);
    return 0;
}
