/* SPDX-License-Identifier: MIT */
/*
 * Reads regular expressions, and judges origins by the entries that they come to. A line of input:
 *
 *     FLAGS <tab> SOURCE <tab> ORIGIN <tab> ORIGIN...
 *
 * FLAGS are of "s" (anchored at the start), "e" (at the end) and "i" (case is ignored), or "-".
 * A line of output, where there is a judgement for each origin ("1" allowed, "0" not, "-" none):
 *
 *     FAULT <tab> OFFSET <tab> exact|more <tab> ENTRIES <tab> JUDGEMENTS
 */
#include <cors/cors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(void *context, size_t size) {
    (void)context;
    return malloc(size);
}

static void release(void *context, void *memory) {
    (void)context;
    free(memory);
}

/* Public suffixes are for the policy to judge, and not looked at here. */
static bool is_public_suffix(void *context, cors_slice domain) {
    (void)context;
    (void)domain;
    return false;
}

static _Noreturn void give_up(const char *what) {
    fprintf(stderr, "regex-reading: %s\n", what);
    exit(1);
}

static cors_slice slice(const char *text) {
    return (cors_slice){text, strlen(text)};
}

static const cors_allocator heap = {allocate, release, NULL};

/* A policy with the entries; it has to take each as it is. */
static const cors_policy *policy_of(const cors_regex *regex) {
    const cors_builder_options options = {.allocator = heap, .is_public_suffix = is_public_suffix};
    const cors_position place = {0, 1, 1};
    cors_builder *builder;
    const cors_policy *policy;
    uint32_t file;
    if (cors_builder_create(&options, &builder) != CORS_OK ||
        cors_builder_add_file(builder, CORS_SLICE("entries"), &file) != CORS_OK ||
        cors_builder_begin_policy(builder, place) != CORS_OK) {
        give_up("no memory");
    }
    cors_builder_add(builder, CORS_KEY_ACCEPT_RISKS, CORS_SLICE("null-origin"), place);
    cors_builder_has_origins(builder, place);
    for (size_t i = 0; i < regex->entry_count; i++) {
        cors_builder_add(builder, CORS_KEY_ALLOW_ORIGINS, regex->entries[i], place);
    }
    if (cors_builder_finish(builder, &policy) != CORS_OK) {
        size_t count;
        const cors_problem *problems = cors_builder_problems(builder, &count);
        for (size_t i = 0; i < count; i++) {
            fprintf(stderr, "%.*s\n", (int)problems[i].message.size, problems[i].message.data);
        }
        give_up("a policy does not take the entries");
    }
    cors_builder_destroy(builder);
    return policy;
}

static char judge(const cors_policy *policy, cors_slice text) {
    static cors_request request;
    cors_decision decision;
    cors_origin origin;
    if (!cors_origin_parse(text, &origin)) {
        return '-';
    }
    cors_request_begin(&request, policy, CORS_SLICE("GET"), CORS_SLICE("/"));
    cors_request_add_header(&request, CORS_SLICE("Origin"), text);
    cors_decide(&request, &decision);
    return decision.verdict == CORS_VERDICT_ALLOWED ? '1' : '0';
}

static void read_line(char *line) {
    static cors_regex regex;
    char *rest = line;
    const char *flags = strsep(&rest, "\t");
    const char *source = rest == NULL ? "" : strsep(&rest, "\t");
    bool fine = cors_regex_read(slice(source), strchr(flags, 's') != NULL,
                                strchr(flags, 'e') != NULL, strchr(flags, 'i') != NULL, &regex);
    printf("%s\t%zu\t%s\t", cors_regex_fault_name(regex.fault), regex.offset,
           regex.exact ? "exact" : "more");
    for (size_t i = 0; i < regex.entry_count; i++) {
        printf("%s%.*s", i == 0 ? "" : " ", (int)regex.entries[i].size, regex.entries[i].data);
    }
    putchar('\t');
    const cors_policy *policy = policy_of(&regex);
    while (fine && rest != NULL) {
        putchar(judge(policy, slice(strsep(&rest, "\t"))));
    }
    putchar('\n');
    cors_policy_destroy(policy, &heap);
}

int main(void) {
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    while ((size = getline(&line, &room, stdin)) > 0) {
        line[size - (line[size - 1] == '\n')] = '\0';
        read_line(line);
    }
    free(line);
    return 0;
}
