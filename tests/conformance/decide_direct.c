/* SPDX-License-Identifier: MIT */
/*
 * The conformance cases' way into the C library: policies through the builder, value by value, and
 * requests field line by field line. Every text lies against a guard page of its own, and the
 * compiled policy is used as a read-only copy at another address.
 *
 * Standard input is a series of records, each a letter and its texts as netstrings ("3:PUT,"):
 *
 *     N environment    a new builder
 *     B                a policy
 *     L                that policy has a list of origins
 *     K key value      a value of that policy
 *     O environment origin
 *     F                finish; answers "ok", or "refused" with the broken rules
 *     R method path    a request
 *     H name value     a field line of it
 *     D                decide; answers with a line of kind, reason, verdict, status and three
 *                      counts, then that many netstrings: fields (two each), Vary names, the body
 */
#include <cors/cors.h>
#include <policyfile.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guarded_memory.h"

/* The texts that are borrowed until a policy is finished, or a decision used. */
struct texts {
    struct guarded *items;
    size_t count;
    size_t capacity;
};

struct session {
    cors_builder *builder;
    struct texts policy_texts;
    struct guarded policy; /* the compiled block */
    struct texts request_texts;
    struct guarded request; /* a cors_request */
    uint32_t line;
};

static void fail(const char *message) {
    fprintf(stderr, "decide-direct: %s\n", message);
    exit(EXIT_FAILURE);
}

static void expect_ok(cors_status status, const char *call) {
    if (status != CORS_OK) {
        fail(call);
    }
}

static void texts_release(struct texts *texts) {
    for (size_t i = 0; i < texts->count; i++) {
        guarded_release(&texts->items[i]);
    }
    texts->count = 0;
}

static struct guarded *texts_grow(struct texts *texts) {
    if (texts->count == texts->capacity) {
        texts->capacity = texts->capacity * 2 + 16;
        texts->items = realloc(texts->items, texts->capacity * sizeof *texts->items);
        if (texts->items == NULL) {
            fail("out of memory");
        }
    }
    return &texts->items[texts->count++];
}

/* Reads a netstring into guarded memory; an empty one points at the guard page itself. */
static cors_slice read_text(struct texts *texts) {
    size_t size;
    if (scanf("%zu", &size) != 1 || getchar() != ':') {
        fail("a netstring has no size");
    }
    struct guarded *text = texts_grow(texts);
    *text = guarded_place(size);
    if (fread(text->data, 1, size, stdin) != size || getchar() != ',') {
        fail("a netstring is cut short");
    }
    guarded_protect(text);
    return (cors_slice){text->data, size};
}

static cors_position next_position(struct session *session) {
    return (cors_position){0, ++session->line, 1};
}

static void new_builder(struct session *session) {
    cors_builder_options options;
    char environment[256];
    cors_slice text = read_text(&session->policy_texts);
    uint32_t file;
    if (text.size >= sizeof environment) {
        fail("the environment's name is too long");
    }
    memcpy(environment, text.data, text.size);
    environment[text.size] = '\0';
    cors_native_options(&options, environment);
    options.environment = text;
    expect_ok(cors_builder_create(&options, &session->builder), "cors_builder_create");
    expect_ok(cors_builder_add_file(session->builder, CORS_SLICE("corpus"), &file),
              "cors_builder_add_file");
}

static void add_value(struct session *session) {
    cors_slice nearest;
    cors_key key = cors_key_find(read_text(&session->policy_texts), &nearest);
    cors_slice value = read_text(&session->policy_texts);
    if (key == 0) {
        fail("there is no such key");
    }
    expect_ok(cors_builder_add(session->builder, key, value, next_position(session)),
              "cors_builder_add");
}

static void add_origin_for(struct session *session) {
    cors_slice environment = read_text(&session->policy_texts);
    cors_slice origin = read_text(&session->policy_texts);
    expect_ok(
        cors_builder_add_origin_for(session->builder, environment, origin, next_position(session)),
        "cors_builder_add_origin_for");
}

static void print_refusal(const cors_builder *builder) {
    size_t count;
    const cors_problem *problems = cors_builder_problems(builder, &count);
    printf("refused");
    for (size_t i = 0; i < count; i++) {
        if (problems[i].severity == CORS_SEVERITY_ERROR) {
            printf(" %s", cors_rule_name(problems[i].rule));
        }
    }
    printf("\n");
}

/* A policy may be copied as it is: the copy is at another address, read-only, and guarded. */
static struct guarded move_policy(const cors_policy *policy) {
    size_t size = cors_policy_size(policy);
    const size_t alignment = 16;
    struct guarded copy = guarded_place((size + alignment - 1) / alignment * alignment);
    memcpy(copy.data, policy, size);
    guarded_protect(&copy);
    cors_policy_destroy(policy, &cors_heap);
    return copy;
}

static void finish(struct session *session) {
    const cors_policy *policy;
    cors_status status = cors_builder_finish(session->builder, &policy);
    if (session->policy.pages != NULL) {
        guarded_release(&session->policy);
    }
    if (status == CORS_OK) {
        session->policy = move_policy(policy);
        printf("ok\n");
    } else if (status == CORS_INVALID && policy == NULL) {
        print_refusal(session->builder);
    } else {
        fail("cors_builder_finish");
    }
    cors_builder_destroy(session->builder);
    session->builder = NULL;
    texts_release(&session->policy_texts);
}

static void begin_request(struct session *session) {
    cors_slice method = read_text(&session->request_texts);
    cors_slice path = read_text(&session->request_texts);
    cors_request_begin((cors_request *)(void *)session->request.data,
                       (const cors_policy *)(const void *)session->policy.data, method, path);
}

static void add_header(struct session *session) {
    cors_slice name = read_text(&session->request_texts);
    cors_slice value = read_text(&session->request_texts);
    cors_request_add_header((cors_request *)(void *)session->request.data, name, value);
}

static void print_text(cors_slice text) {
    printf("%zu:", text.size);
    fwrite(text.data, 1, text.size, stdout);
    printf(",");
}

static void decide(struct session *session) {
    cors_decision decision;
    memset(&decision, 0xa5, sizeof decision); /* whatever is not set must not be read */
    cors_decide((const cors_request *)(const void *)session->request.data, &decision);
    printf("%s %s %d %d %zu %zu 1\n", cors_kind_name(decision.kind),
           cors_reason_name(decision.reason), (int)decision.verdict, decision.status,
           decision.field_count, decision.vary_count);
    for (size_t i = 0; i < decision.field_count; i++) {
        print_text(decision.fields[i].name);
        print_text(decision.fields[i].value);
    }
    for (size_t i = 0; i < decision.vary_count; i++) {
        print_text(decision.vary[i]);
    }
    print_text(decision.body);
    printf("\n");
    texts_release(&session->request_texts);
}

static void take_record(struct session *session, int letter) {
    switch (letter) {
    case 'N':
        new_builder(session);
        break;
    case 'B':
        expect_ok(cors_builder_begin_policy(session->builder, next_position(session)),
                  "cors_builder_begin_policy");
        break;
    case 'L':
        cors_builder_has_origins(session->builder, next_position(session));
        break;
    case 'K':
        add_value(session);
        break;
    case 'O':
        add_origin_for(session);
        break;
    case 'F':
        finish(session);
        break;
    case 'R':
        begin_request(session);
        break;
    case 'H':
        add_header(session);
        break;
    case 'D':
        decide(session);
        break;
    default:
        fail("there is no such record");
    }
}

int main(void) {
    struct session session = {.request = guarded_place(sizeof(cors_request))};
    int letter;
    while ((letter = getchar()) != EOF) {
        take_record(&session, letter);
    }
    if (session.policy.pages != NULL) {
        guarded_release(&session.policy);
    }
    guarded_release(&session.request);
    free(session.policy_texts.items);
    free(session.request_texts.items);
    return EXIT_SUCCESS;
}
