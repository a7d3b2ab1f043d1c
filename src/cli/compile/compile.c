/* SPDX-License-Identifier: MIT */
/* cors compile: a policy as a file that is ready to use. */
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "block_file.h"
#include "command.h"
#include "compile_options.h"
#include "compiled_file.h"
#include "json_problems.h"
#include "json_text.h"
#include "json_writer.h"
#include "policy_counts.h"
#include "policyfile.h"
#include "problems.h"

/* What there is to tell of a run. */
struct outcome {
    const cors_builder *builder;
    const cors_policy *policy; /* NULL: nothing was written */
    struct timespec begun;
    const char *environment;
    bool to_stdout; /* the policy goes there, so that what is told of it must not */
};

static double seconds_since(struct timespec begun) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begun.tv_sec) + (double)(now.tv_nsec - begun.tv_nsec) / 1e9;
}

/* "1,000,000 origins". */
static void print_number(FILE *stream, uint64_t number, const char *one, const char *many) {
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    for (int i = 0; i < size; i++) {
        const char *separator = i > 0 && (size - i) % 3 == 0 ? "," : "";
        (void)fprintf(stream, "%s%c", separator, digits[i]);
    }
    (void)fprintf(stream, " %s", number == 1 ? one : many);
}

static void print_size(FILE *stream, size_t size) {
    if (size >= (size_t)1 << 20) {
        (void)fprintf(stream, "%.1f MiB", (double)size / (1 << 20));
    } else if (size >= 1 << 10) {
        (void)fprintf(stream, "%.1f KiB", (double)size / (1 << 10));
    } else {
        (void)fprintf(stream, "%zu bytes", size);
    }
}

static void tell_people(FILE *stream, const struct outcome *outcome, const char *place) {
    struct policy_counts counts = policy_counts_of(outcome->policy);
    print_clean(stream, (cors_slice){place, strlen(place)});
    (void)fputs(": ", stream);
    print_number(stream, counts.origins, "origin", "origins");
    (void)fputs(" in ", stream);
    print_number(stream, counts.policies, "policy", "policies");
    (void)fputs(", ", stream);
    print_size(stream, cors_policy_size(outcome->policy));
    (void)fprintf(stream, ", %.1f s [%016llx]\n", seconds_since(outcome->begun),
                  (unsigned long long)cors_policy_checksum(outcome->policy));
}

/* What was written, as members of the answer; null where nothing was. */
static bool add_written(json_t *told, const struct outcome *outcome, const char *place) {
    if (outcome->policy == NULL) {
        return json_object_update_new(told,
                                      json_pack("{s:n, s:n, s:n, s:n, s:n}", "file", "policies",
                                                "origins", "bytes", "checksum")) == 0;
    }
    struct policy_counts counts = policy_counts_of(outcome->policy);
    char checksum[17];
    (void)snprintf(checksum, sizeof checksum, "%016llx",
                   (unsigned long long)cors_policy_checksum(outcome->policy));
    return json_object_update_new(told, json_pack("{s:o, s:I, s:I, s:I, s:s}", "file",
                                                  json_text((cors_slice){place, strlen(place)}),
                                                  "policies", (json_int_t)counts.policies,
                                                  "origins", (json_int_t)counts.origins, "bytes",
                                                  (json_int_t)cors_policy_size(outcome->policy),
                                                  "checksum", checksum)) == 0;
}

/* Returns false where memory is out or the answer cannot be written. */
static bool tell_programs(FILE *stream, const struct outcome *outcome, const char *place) {
    cors_slice environment = {outcome->environment, strlen(outcome->environment)};
    json_t *problems = json_array();
    json_t *told = json_object();
    bool fine =
        problems != NULL && told != NULL && add_written(told, outcome, place) &&
        json_object_set_new(told, "environment", json_text(environment)) == 0 &&
        json_object_set_new(told, "seconds", json_real(seconds_since(outcome->begun))) == 0 &&
        json_problems_add(problems, outcome->builder) &&
        json_object_set(told, "problems", problems) == 0 &&
        json_print(told, JSON_COMPACT | JSON_REAL_PRECISION(6), stream) &&
        fputc('\n', stream) != EOF;
    json_decref(problems);
    json_decref(told);
    return fine;
}

/* The file among those that the policy was read from which the output would replace, or none. */
static cors_slice overwritten_source(const cors_builder *builder, const char *output) {
    cors_slice name = cors_builder_file_name(builder, 0);
    for (uint32_t file = 1; name.size > 0; file++) {
        char path[4096];
        int size = snprintf(path, sizeof path, "%.*s", (int)name.size, name.data);
        if (size > 0 && (size_t)size < sizeof path && block_file_is_same(path, output)) {
            break;
        }
        name = cors_builder_file_name(builder, file);
    }
    return name;
}

/* A policy that no reader would take must not stand where they look for one. */
static bool can_be_read(const struct outcome *outcome) {
    const cors_policy *again;
    const char *fault = compiled_file_open(outcome->policy, cors_policy_size(outcome->policy),
                                           outcome->environment, &again);
    if (fault != NULL) {
        (void)fprintf(stderr, "cors compile: nothing is written, since %s\n", fault);
    }
    return fault == NULL;
}

/* Returns the exit code. */
static int write_policy(const struct outcome *outcome, const char *output) {
    cors_slice block = {(const char *)(const void *)outcome->policy,
                        cors_policy_size(outcome->policy)};
    const char *fault = NULL;
    cors_slice source = overwritten_source(outcome->builder, output);
    if (source.size > 0) {
        (void)fputs("cors compile: -o would overwrite ", stderr);
        print_clean(stderr, source);
        (void)fputs(", which the policy is made of; name another file\n", stderr);
        return EXIT_USAGE;
    }
    if (!can_be_read(outcome)) {
        return EXIT_FAILED;
    }
    if (!outcome->to_stdout) {
        fault = block_file_write(output, block, 0);
    } else if (!block_file_write_to(STDOUT_FILENO, block)) {
        fault = strerror(errno);
    }
    if (fault == NULL) {
        return EXIT_FINE;
    }
    (void)fputs("cors compile: ", stderr);
    print_clean(stderr, outcome->to_stdout ? CORS_SLICE("standard output")
                                           : (cors_slice){output, strlen(output)});
    (void)fprintf(stderr, " cannot be written: %s\n", fault);
    return EXIT_FAILED;
}

/* Compiles, writes, and tells; returns the exit code. */
static int compile(const struct compile_options *options, struct outcome *outcome,
                   cors_status status, const cors_policy *policy) {
    bool to_stdout =
        strcmp(options->output, "-") == 0 || block_file_is_open(options->output, STDOUT_FILENO);
    FILE *results = to_stdout ? stderr : stdout;
    int code = EXIT_USAGE;
    if (!options->json) {
        problems_print(outcome->builder, stderr, colour_wanted(options->colour, stderr));
    }
    if (status == CORS_OK) {
        outcome->policy = policy;
        outcome->to_stdout = to_stdout;
        code = write_policy(outcome, options->output);
        outcome->policy = code == EXIT_FINE ? policy : NULL;
    } else {
        (void)fputs(status == CORS_TOO_LARGE
                        ? "cors compile: the policy's lists are larger than a policy can be\n"
                        : "cors compile: the policy has errors and is refused\n",
                    stderr);
    }
    const char *place = to_stdout ? "standard output" : options->output;
    if (options->json && !tell_programs(results, outcome, to_stdout ? "-" : place)) {
        (void)fputs("cors compile: out of memory, or the output cannot be written\n", stderr);
        return EXIT_FAILED;
    }
    if (!options->json && code == EXIT_FINE) {
        tell_people(results, outcome, place);
    }
    return code;
}

int cors_compile_main(int argc, char **argv) {
    struct compile_options options = {NULL, NULL, NULL, false, COLOUR_AUTO};
    struct outcome outcome = {NULL, NULL, {0, 0}, NULL, false};
    cors_builder *builder;
    const cors_policy *policy;
    int code = compile_options_read(argc, argv, &options);
    if (code >= 0) {
        return code;
    }
    /* A file that may not grow any further is a failed write, not an end without a word. */
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)clock_gettime(CLOCK_MONOTONIC, &outcome.begun);
    outcome.environment = cors_environment_select(options.environment);
    cors_status status =
        cors_policyfile_load(options.policy, outcome.environment, &builder, &policy);
    if (builder == NULL) {
        (void)fputs("cors compile: out of memory\n", stderr);
        return EXIT_FAILED;
    }
    outcome.builder = builder;
    code = compile(&options, &outcome, status, policy);
    cors_builder_destroy(builder);
    cors_policy_destroy(policy, &cors_heap);
    return code;
}
