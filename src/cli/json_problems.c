/* SPDX-License-Identifier: MIT */
#include "json_problems.h"

#include "json_text.h"

static json_t *json_problem(const cors_builder *builder, const cors_problem *problem) {
    bool suggests = problem->suggestion.size > 0;
    return json_pack("{s:s, s:s, s:o, s:I, s:I, s:o, s:o}", "rule", cors_rule_name(problem->rule),
                     "severity", cors_severity_name(problem->severity), "file",
                     json_text(cors_builder_file_name(builder, problem->position.file)), "line",
                     (json_int_t)problem->position.line, "column",
                     (json_int_t)problem->position.column, "message", json_text(problem->message),
                     "suggestion", suggests ? json_text(problem->suggestion) : json_null());
}

bool json_problems_add(json_t *list, const cors_builder *builder) {
    size_t count;
    const cors_problem *problems = cors_builder_problems(builder, &count);
    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(list, json_problem(builder, &problems[i])) != 0) {
            return false;
        }
    }
    return true;
}
