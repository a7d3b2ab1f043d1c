/* SPDX-License-Identifier: MIT */
/* cors decide: what a policy answers to requests. */
#include <cors/server.h>
#include <getopt.h>
#include <stdio.h>

#include "command.h"
#include "json_lines.h"
#include "policyfile.h"
#include "problems.h"
#include "shared_options.h"
#include "terminal.h"

static void print_help(void) {
    (void)printf(
        "Usage: cors decide --policy FILE [--env NAME]\n\n"
        "Reads requests as JSON Lines and answers each with what the policy decides.\n\n"
        "A request:   {\"id\": 1, \"method\": \"GET\", \"path\": \"/api/x\",\n"
        "              \"headers\": [[\"Origin\", \"https://app.example.com\"]]}\n"
        "Its answer:  {\"id\": 1, \"kind\": \"actual\", \"allowed\": true, \"reason\": \"allowed\",\n"
        "              \"status\": null, \"set\": [[name, value], ...], \"vary\": [...]}\n\n"
        "Options:\n"
        "  --policy FILE               the policy\n"
        "  --env NAME                  environment; default $CORS_ENV, else production\n"
        "  --json                      accepted; the answers are JSON anyway\n"
        "  --color auto|always|never   colours in complaints; NO_COLOR is honoured\n"
        "  --help                      this text\n\n"
        "Example:\n"
        "  echo '{\"method\":\"GET\",\"path\":\"/\",\"headers\":[[\"Origin\",\"https://a.example\"]]}' |\n"
        "    cors decide --policy cors.yaml\n\n"
        "Exit status: 0 whatever the decisions, 2 wrong usage or a bad policy, 3 input or\n"
        "output failed.\n");
}

static bool slice_of(const json_t *value, cors_slice *slice) {
    if (!json_is_string(value)) {
        return false;
    }
    *slice = (cors_slice){json_string_value(value), json_string_length(value)};
    return true;
}

static bool add_header(cors_request *request, const json_t *pair) {
    cors_slice name;
    cors_slice value;
    if (!json_is_array(pair) || json_array_size(pair) != 2 ||
        !slice_of(json_array_get(pair, 0), &name) || !slice_of(json_array_get(pair, 1), &value)) {
        return false;
    }
    cors_request_add_header(request, name, value);
    return true;
}

static bool add_headers(cors_request *request, const json_t *headers) {
    if (headers == NULL) {
        return true;
    }
    if (!json_is_array(headers)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(headers); i++) {
        if (!add_header(request, json_array_get(headers, i))) {
            return false;
        }
    }
    return true;
}

static void write_fields(struct json_writer *out, const cors_decision *decision) {
    size_t start = out->size;
    for (size_t i = 0; i < decision->field_count; i++) {
        const cors_field *field = &decision->fields[i];
        json_write_comma(out, start);
        JSON_WRITE(out, "[");
        json_write_slice(out, field->name);
        JSON_WRITE(out, ",");
        json_write_slice(out, field->value);
        JSON_WRITE(out, "]");
    }
}

static void write_vary(struct json_writer *out, const cors_decision *decision) {
    size_t start = out->size;
    for (size_t i = 0; i < decision->vary_count; i++) {
        json_write_comma(out, start);
        json_write_slice(out, decision->vary[i]);
    }
}

static void write_verdict(struct json_writer *out, cors_verdict verdict) {
    if (verdict == CORS_VERDICT_NONE) {
        JSON_WRITE(out, "null");
    } else {
        json_write_boolean(out, verdict == CORS_VERDICT_ALLOWED);
    }
}

static void write_status(struct json_writer *out, int status) {
    if (status == 0) {
        JSON_WRITE(out, "null");
    } else {
        json_write_integer(out, status);
    }
}

static void write_decision(struct json_writer *out, const cors_decision *decision) {
    JSON_WRITE(out, "\"kind\":");
    json_write_text(out, cors_kind_name(decision->kind));
    JSON_WRITE(out, ",\"allowed\":");
    write_verdict(out, decision->verdict);
    JSON_WRITE(out, ",\"reason\":");
    json_write_text(out, cors_reason_name(decision->reason));
    JSON_WRITE(out, ",\"status\":");
    write_status(out, decision->status);
    JSON_WRITE(out, ",\"set\":[");
    write_fields(out, decision);
    JSON_WRITE(out, "],\"vary\":[");
    write_vary(out, decision);
    JSON_WRITE(out, "]");
}

static bool answer(void *context, const json_t *line, struct json_writer *out, const char **error) {
    const cors_policy *policy = context;
    cors_request request;
    cors_decision decision;
    cors_slice method;
    cors_slice path;
    if (!slice_of(json_object_get(line, "method"), &method)) {
        *error = "\"method\" must be a string";
        return false;
    }
    if (!slice_of(json_object_get(line, "path"), &path)) {
        *error = "\"path\" must be a string";
        return false;
    }
    cors_request_begin(&request, policy, method, path);
    if (!add_headers(&request, json_object_get(line, "headers"))) {
        *error = "\"headers\" must be a list of [name, value] pairs of strings";
        return false;
    }
    cors_decide(&request, &decision);
    write_decision(out, &decision);
    return true;
}

struct decide_options {
    const char *policy;
    const char *environment;
    enum colour_choice colour;
};

/* Reads the options; returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct decide_options *options) {
    static const struct option known[] = {
        {"policy", required_argument, NULL, 'p'},
        {"env", required_argument, NULL, 'e'},
        {"json", no_argument, NULL, 'j'},
        SHARED_OPTIONS,
    };
    static char command_name[] = "cors decide"; /* for getopt's messages */
    int option;
    int code = -1;
    argv[0] = command_name;
    while ((option = shared_option_next(argc, argv, ":", known)) != -1) {
        switch (option) {
        case 'p':
            options->policy = optarg;
            break;
        case 'e':
            options->environment = optarg;
            break;
        case 'j':
            break;
        default:
            code = shared_option_take(option, command_name, print_help, &options->colour);
            break;
        }
        if (code >= 0) {
            return code;
        }
    }
    if (options->policy == NULL) {
        (void)fputs("cors decide: name the policy with --policy FILE\n", stderr);
        return EXIT_USAGE;
    }
    if (optind < argc) {
        (void)fputs("cors decide: requests come from standard input, not from an argument\n",
                    stderr);
        return EXIT_USAGE;
    }
    return -1;
}

int cors_decide_main(int argc, char **argv) {
    struct decide_options options = {NULL, NULL, COLOUR_AUTO};
    cors_builder *builder;
    const cors_policy *policy;
    int code = read_options(argc, argv, &options);
    if (code >= 0) {
        return code;
    }
    cors_status status = cors_policyfile_load(
        options.policy, cors_environment_select(options.environment), &builder, &policy);
    if (status == CORS_INVALID) {
        problems_print(builder, stderr, colour_wanted(options.colour, stderr));
    }
    cors_builder_destroy(builder);
    if (status == CORS_OK) {
        /* The callback reads the policy only. */
        code = json_lines_run("cors decide", answer, (void *)(uintptr_t)policy);
        cors_policy_destroy(policy, &cors_heap);
        return code;
    }
    if (status == CORS_NO_MEMORY) {
        (void)fputs("cors decide: out of memory\n", stderr);
        return EXIT_FAILED;
    }
    (void)fputs(status == CORS_TOO_LARGE
                    ? "cors decide: the policy's lists are larger than a policy can be\n"
                    : "cors decide: the policy has errors and is refused\n",
                stderr);
    return EXIT_USAGE;
}
