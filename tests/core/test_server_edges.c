/* SPDX-License-Identifier: MIT */
/* Cases of requests that a change of one character would answer otherwise. */
#include <cors/server.h>

#include "case_policy.h"
#include "case_request.h"
#include "case_table.h"

static const struct {
    const char *target;
    const char *path;
} paths[] = {
    {"/a", "/a"},           {"//a", "/a"},
    {"/%61", "/a"},         {"/%2561", "/%61"}, /* decoded once, not twice */
    {"/%25%36%31", "/%61"}, {"/%252e%252e/a", "/%2e%2e/a"},
};

/* The byte before the buffer is nobody's business, also where it looks like a part of the path. */
static void paths_are_what_one_reading_makes_of_them(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(paths); i++) {
        char room[32] = "/";
        cors_slice path = cors_target_path(case_slice(paths[i].target), room + 1);
        expect_text(paths[i].target, "path", path, paths[i].path);
    }
}

#define BLANKS "                    "

/* Two names without a comma between them are none, however far apart they stand. */
static void blanks_do_not_part_names(void **state) {
    (void)state;
    static const struct {
        const char *list;
        cors_reason reason;
    } rows[] = {
        {"x-a" BLANKS "x-b", CORS_REASON_HEADER_MALFORMED},
        {"x-a," BLANKS "x-b", CORS_REASON_ALLOWED},
        {"x-a" BLANKS ",x-b", CORS_REASON_ALLOWED},
        {"x-a" BLANKS, CORS_REASON_ALLOWED},
        {BLANKS "x-a", CORS_REASON_ALLOWED},
    };
    struct case_policy made;
    case_policy_build_sound(&made, "allow_origins https://a.test\n"
                                   "allow_methods PUT\n"
                                   "allow_headers x-a\n"
                                   "allow_headers x-b");
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[256];
        cors_request request;
        cors_decision decision;
        (void)snprintf(text, sizeof text,
                       "OPTIONS /\nOrigin: https://a.test\nAccess-Control-Request-Method: PUT\n"
                       "Access-Control-Request-Headers: %s",
                       rows[i].list);
        case_request_read(&request, made.policy, text);
        cors_decide(&request, &decision);
        expect_number(rows[i].list, "reason", decision.reason, rows[i].reason);
    }
    case_policy_end(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks_do_not_part_names),
        cmocka_unit_test(paths_are_what_one_reading_makes_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
