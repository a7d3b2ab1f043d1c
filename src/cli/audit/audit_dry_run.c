/* SPDX-License-Identifier: MIT */
#include "audit_dry_run.h"

#include <jansson.h>
#include <stdlib.h>

#include "audit_run.h"
#include "check.h"
#include "command.h"
#include "json_text.h"
#include "json_writer.h"
#include "policyfile.h"

/* The server that is not there: a policy, and what it answers. */
struct imagined {
    struct keep *keep; /* of a target */
    cors_builder *builder;
    const cors_policy *policy; /* NULL: its origin is none that a policy takes */
};

static void add(struct imagined *imagined, cors_key key, cors_slice value) {
    if (value.size > 0) {
        (void)cors_builder_add(imagined->builder, key, value, (cors_position){0, 1, 1});
    }
}

/* An exact list with credentials. What it would be warned of is no matter here. */
static void imagine(struct imagined *imagined, const struct audit_target *target) {
    static const cors_rule accepted[] = {CORS_RULE_INSECURE_ORIGIN_WITH_CREDENTIALS,
                                         CORS_RULE_LOOPBACK_IN_PRODUCTION,
                                         CORS_RULE_INSECURE_ORIGIN, CORS_RULE_REDUNDANT_ORIGIN};
    cors_builder_options options;
    uint32_t file;
    cors_native_options(&options, "production");
    if (cors_builder_create(&options, &imagined->builder) != CORS_OK) {
        return;
    }
    (void)cors_builder_add_file(imagined->builder, text_slice("dry run"), &file);
    (void)cors_builder_begin_policy(imagined->builder, (cors_position){file, 1, 1});
    add(imagined, CORS_KEY_ALLOW_ORIGINS, check_url_origin(imagined->keep, target->url));
    add(imagined, CORS_KEY_ALLOW_ORIGINS, target->known_origin);
    add(imagined, CORS_KEY_ALLOW_CREDENTIALS, text_slice("true"));
    add(imagined, CORS_KEY_ALLOW_METHODS, target->method);
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        add(imagined, CORS_KEY_ACCEPT_RISKS, text_slice(cors_rule_name(accepted[i])));
    }
    if (cors_builder_finish(imagined->builder, &imagined->policy) != CORS_OK) {
        imagined->policy = NULL;
    }
}

static cors_slice join_vary(struct keep *keep, const cors_decision *decision) {
    struct keep_text vary = {.keep = keep};
    for (size_t i = 0; i < decision->vary_count; i++) {
        keep_text_put(&vary, i == 0 ? "" : ", ");
        keep_text_add(&vary, decision->vary[i]);
    }
    return keep_text_slice(&vary);
}

/* Answers as a server with this library would. */
static void answer(const struct imagined *imagined, struct audit *audit, size_t number,
                   const struct audit_request *request) {
    cors_request *asked = keep_memory(imagined->keep, sizeof *asked);
    cors_decision decision;
    cors_field fields[CORS_DECISION_FIELDS_MAX + 1];
    size_t count = 0;
    cors_request_begin(asked, imagined->policy, request->method, text_slice("/"));
    for (size_t i = 0; i < request->field_count; i++) {
        cors_request_add_header(asked, request->fields[i].name, request->fields[i].value);
    }
    cors_decide(asked, &decision);
    for (size_t i = 0; i < decision.field_count; i++) {
        fields[count++] = decision.fields[i];
    }
    if (decision.vary_count > 0) {
        fields[count++] = (cors_field){text_slice("Vary"), join_vary(imagined->keep, &decision)};
    }
    struct audit_answer taken = {.status = decision.status == 0 ? 200 : decision.status,
                                 .fields = fields,
                                 .field_count = count,
                                 .digest = (uint64_t)decision.status};
    audit_take(audit, number, &taken);
}

static void print_request(struct keep *keep, const struct audit_request *request) {
    (void)printf("\n# %s\n", request->purpose);
    print_clean(stdout, request->method);
    (void)fputs(" ", stdout);
    print_clean(stdout, shown_url(keep, request->url));
    (void)fputs("\n", stdout);
    for (size_t i = 0; i < request->field_count; i++) {
        print_clean(stdout, request->fields[i].name);
        (void)fputs(": ", stdout);
        print_clean(stdout, check_shown_value(keep, &request->fields[i]));
        (void)fputs("\n", stdout);
    }
    if (request->sends_body) {
        (void)printf("(with a body of %zu bytes)\n", request->body.size);
    }
}

static json_t *request_to_json(struct keep *keep, const struct audit_request *request) {
    json_t *fields = json_array();
    for (size_t i = 0; i < request->field_count; i++) {
        (void)json_array_append_new(
            fields, json_pack("[o, o]", json_text(request->fields[i].name),
                              json_text(check_shown_value(keep, &request->fields[i]))));
    }
    return json_pack("{s:s, s:o, s:o, s:o, s:b}", "purpose", request->purpose, "method",
                     json_text(request->method), "url", json_text(shown_url(keep, request->url)),
                     "headers", fields, "body", request->sends_body);
}

/* Asks the imagined server; prints each request, or adds it to a list. */
static size_t rehearse(const struct imagined *imagined, struct audit *audit, json_t *list) {
    const struct audit_request *requests;
    size_t total = 0;
    size_t count;
    while ((count = audit_round(audit, &requests)) > 0) {
        for (size_t i = 0; i < count; i++) {
            if (list == NULL) {
                print_request(imagined->keep, &requests[i]);
            } else {
                (void)json_array_append_new(list, request_to_json(imagined->keep, &requests[i]));
            }
            answer(imagined, audit, i, &requests[i]);
        }
        total += count;
    }
    return total;
}

static void print_target(const struct imagined *imagined, const struct audit_target *target,
                         struct audit *audit) {
    (void)fputs("== ", stdout);
    print_clean(stdout, target->method);
    (void)fputs(" ", stdout);
    print_clean(stdout, shown_url(imagined->keep, target->url));
    (void)fputs("\n", stdout);
    size_t count = rehearse(imagined, audit, NULL);
    (void)printf("\n%zu requests\n\n", count);
}

static void print_target_json(const struct imagined *imagined, const struct audit_target *target,
                              struct audit *audit, bool first, bool lines) {
    json_t *list = json_array();
    (void)rehearse(imagined, audit, list);
    json_t *object = json_pack("{s:o, s:o}", "url",
                               json_text(shown_url(imagined->keep, target->url)), "requests", list);
    (void)fputs(first || lines ? "" : ",\n", stdout);
    (void)json_print(object, JSON_COMPACT, stdout);
    (void)fputs(lines ? "\n" : "", stdout);
    json_decref(object);
}

enum form { FORM_TEXT, FORM_JSON, FORM_LINES };

static void rehearse_target(const struct audit_targets *targets, uint64_t seed, size_t number,
                            enum form form) {
    struct keep keep = {NULL};
    struct imagined imagined = {.keep = &keep};
    struct audit_options options;
    const struct audit_target *target = &targets->items[number];
    audit_run_options(targets->settings, seed, number, &options);
    struct audit *audit = audit_create(target, &options);
    if (audit == NULL) {
        (void)fputs("cors audit: out of memory\n", stderr);
        exit(EXIT_FAILED);
    }
    imagine(&imagined, target);
    if (form == FORM_TEXT) {
        print_target(&imagined, target, audit);
    } else {
        print_target_json(&imagined, target, audit, number == 0, form == FORM_LINES);
    }
    cors_policy_destroy(imagined.policy, &cors_heap);
    cors_builder_destroy(imagined.builder);
    audit_destroy(audit);
    keep_free(&keep);
}

int audit_dry_run(const struct audit_targets *targets) {
    const char *const *outputs = targets->settings->outputs;
    enum form form = outputs[AUDIT_FORMAT_JSON] != NULL         ? FORM_JSON
                     : outputs[AUDIT_FORMAT_JSON_LINES] != NULL ? FORM_LINES
                                                                : FORM_TEXT;
    uint64_t seed = audit_run_seed();
    (void)fputs(form == FORM_JSON ? "{\"targets\":[" : "", stdout);
    for (size_t i = 0; i < targets->count; i++) {
        rehearse_target(targets, seed, i, form);
    }
    (void)fputs(form == FORM_JSON ? "]}\n" : "", stdout);
    (void)fprintf(stderr,
                  "cors audit: nothing was sent. This is what a server is asked that trusts its "
                  "own origin only; one that trusts more is asked more, %d times at most, and "
                  "the names are drawn anew in each run.\n",
                  AUDIT_REQUESTS_MAX);
    return EXIT_FINE;
}
