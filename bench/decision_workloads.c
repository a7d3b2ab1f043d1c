/* SPDX-License-Identifier: MIT */
#include "decision_workloads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policyfile.h"

_Noreturn void give_up(const char *what, const char *about) {
    (void)fprintf(stderr, "decisions: %s: %s\n", about, what);
    exit(EXIT_FAILURE);
}

static const json_t *member(const json_t *object, const char *key) {
    const json_t *found = json_object_get(object, key);
    if (found == NULL) {
        give_up("a workload lacks this member", key);
    }
    return found;
}

static cors_slice slice_of_string(const json_t *string) {
    if (!json_is_string(string)) {
        give_up("is no string", "a value of the workloads");
    }
    return (cors_slice){json_string_value(string), json_string_length(string)};
}

static void add(cors_builder *builder, cors_key key, cors_slice value, const char *workload) {
    cors_position nowhere = {0, 1, 1};
    if (cors_builder_add(builder, key, value, nowhere) != CORS_OK) {
        give_up("its policy is refused", workload);
    }
}

static void add_list(cors_builder *builder, cors_key key, const json_t *list,
                     const char *workload) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        add(builder, key, slice_of_string(json_array_get(list, i)), workload);
    }
}

static const cors_policy *build(const json_t *json, const char *name) {
    cors_builder_options options;
    cors_builder *builder;
    const cors_policy *policy;
    cors_native_options(&options, "production");
    if (cors_builder_create(&options, &builder) != CORS_OK) {
        give_up("no memory for its policy", name);
    }
    add_list(builder, CORS_KEY_ALLOW_ORIGINS, member(json, "origins"), name);
    add_list(builder, CORS_KEY_ALLOW_METHODS, member(json, "methods"), name);
    add_list(builder, CORS_KEY_ALLOW_HEADERS, member(json, "headers"), name);
    if (json_is_true(member(json, "credentials"))) {
        add(builder, CORS_KEY_ALLOW_CREDENTIALS, CORS_SLICE("true"), name);
    }
    if (cors_builder_finish(builder, &policy) != CORS_OK) {
        give_up("its policy is refused", name);
    }
    cors_builder_destroy(builder);
    return policy;
}

static void read_fields(const json_t *lines, struct workload *workload) {
    workload->field_count = json_array_size(lines);
    if (workload->field_count > WORKLOAD_FIELDS_MAX) {
        give_up("has too many field lines", workload->name);
    }
    for (size_t i = 0; i < workload->field_count; i++) {
        const json_t *line = json_array_get(lines, i);
        cors_field *field = &workload->fields[i];
        field->name = slice_of_string(json_array_get(line, 0));
        field->value = slice_of_string(json_array_get(line, 1));
        if (strcmp(field->name.data, "Origin") == 0) {
            workload->origin = field->value;
        }
    }
}

static void read_workload(const json_t *json, struct workload *workload) {
    const json_t *request = member(json, "request");
    workload->name = slice_of_string(member(json, "name")).data;
    workload->policy = build(json, workload->name);
    workload->method = slice_of_string(member(request, "method"));
    workload->path = slice_of_string(member(request, "path"));
    read_fields(member(request, "headers"), workload);
    workload->allowed = json_is_true(member(json, "allowed"));
}

struct workloads workloads_read(const char *file) {
    json_error_t error;
    json_t *json = json_load_file(file, 0, &error);
    if (json == NULL) {
        give_up(error.text, file);
    }
    struct workloads read = {NULL, json_array_size(json), json};
    if (read.count == 0) {
        give_up("has no workloads", file);
    }
    read.items = calloc(read.count, sizeof *read.items);
    if (read.items == NULL) {
        give_up("no memory for its workloads", file);
    }
    for (size_t i = 0; i < read.count; i++) {
        read_workload(json_array_get(json, i), &read.items[i]);
    }
    return read;
}

void workloads_release(struct workloads *workloads) {
    for (size_t i = 0; i < workloads->count; i++) {
        cors_policy_destroy(workloads->items[i].policy, &cors_heap);
    }
    free(workloads->items);
    json_decref(workloads->json);
}
