/* SPDX-License-Identifier: MIT */
/*
 * Access-Control-Request-Headers against a reading byte by byte, as its grammar says it, over
 * random lines of bytes that are near each other in what the fast reading looks at.
 */
#include <stdlib.h>

#include "bytes.h"
#include "case_memory.h"
#include "case_policy.h"
#include "case_table.h"

#include <cors/server.h>

enum { LINES = 60000, LONGEST = 96, ECHO_MAX = 2 * LONGEST };

/* What the plain reading finds. */
struct plain {
    cors_reason reason;
    size_t names;
    char echo[ECHO_MAX];
    size_t echo_size;
};

static void weigh(struct plain *plain, cors_reason reason) {
    static const int weights[] = {[CORS_REASON_ALLOWED] = 1,
                                  [CORS_REASON_HEADER_NOT_ALLOWED] = 2,
                                  [CORS_REASON_HEADER_TOO_MANY] = 3,
                                  [CORS_REASON_HEADER_MALFORMED] = 4};
    if (weights[reason] > weights[plain->reason]) {
        plain->reason = reason;
    }
}

/* The policies of these tests list "x-a", "content-type" and "bc", or any name. */
static bool plain_is_listed(const char *name, size_t size) {
    static const char *const listed[] = {"x-a", "content-type", "bc"};
    for (size_t i = 0; i < ROWS(listed); i++) {
        bool same = strlen(listed[i]) == size;
        for (size_t at = 0; same && at < size; at++) {
            same = byte_fold(name[at]) == listed[i][at];
        }
        if (same) {
            return true;
        }
    }
    return false;
}

static void plain_name(struct plain *plain, const char *name, size_t size, bool any) {
    if (plain->names == CORS_REQUEST_HEADERS_NAMES_MAX) {
        weigh(plain, CORS_REASON_HEADER_TOO_MANY);
        return;
    }
    plain->names++;
    if (!any && !plain_is_listed(name, size)) {
        weigh(plain, CORS_REASON_HEADER_NOT_ALLOWED);
    }
    if (any && plain->reason == CORS_REASON_ALLOWED) {
        plain->echo_size +=
            (size_t)snprintf(plain->echo + plain->echo_size, ECHO_MAX - plain->echo_size, "%s%.*s",
                             plain->echo_size > 0 ? ", " : "", (int)size, name);
    }
}

static void plain_read(struct plain *plain, cors_slice line, bool any) {
    bool after_name = false;
    for (size_t at = 0; at < line.size;) {
        size_t size = 0;
        while (at + size < line.size && byte_is(line.data[at + size], BYTE_TOKEN)) {
            size++;
        }
        char byte = line.data[at];
        if (size == 0 ? byte != ',' && !byte_is_space(byte) : after_name) {
            weigh(plain, CORS_REASON_HEADER_MALFORMED);
            return;
        }
        if (size > 0) {
            plain_name(plain, line.data + at, size, any);
            after_name = true;
        } else {
            after_name = after_name && byte != ',';
            size = 1;
        }
        at += size;
    }
}

/* The line ends where its memory ends, so that a sanitizer sees a byte too much. */
static void compare(const cors_policy *policy, const struct plain *before, cors_slice line,
                    bool any) {
    static cors_request request;
    struct plain plain = *before;
    char *text = case_take(line.size);
    memcpy(text, line.data, line.size);
    cors_request_begin(&request, policy, CORS_SLICE("OPTIONS"), CORS_SLICE("/"));
    request.header_reason = before->reason;
    request.header_names = (uint32_t)before->names;
    cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Headers"),
                            slice_of(text, line.size));
    plain_read(&plain, line, any);
    bool same = request.header_reason == plain.reason && request.echo_size == plain.echo_size &&
                memcmp(request.echo, plain.echo, plain.echo_size) == 0;
    if (!same) {
        fail_msg("\"%.*s\": %s and echo \"%.*s\", not %s and \"%.*s\"", SHOWN(line),
                 cors_reason_name(request.header_reason), (int)request.echo_size, request.echo,
                 cors_reason_name(plain.reason), (int)plain.echo_size, plain.echo);
    }
    free(text);
}

/* A fixed seed: what fails once fails again. */
static uint32_t next_random(void) {
    static uint32_t state = 0x2545f491;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/* Pieces of lists, the usual ones more often, and single bytes beside the edges of each class. */
static cors_slice random_line(char *buffer) {
    static const char *const pieces[] = {"x-a",
                                         "content-type",
                                         "bc",
                                         "X-A",
                                         "Content-Type",
                                         "zz-9",
                                         ",",
                                         ",",
                                         ",",
                                         ", ",
                                         ", ",
                                         " ,",
                                         "  ",
                                         "\t",
                                         "a",
                                         "0",
                                         "_",
                                         ".",
                                         "+",
                                         "!",
                                         "*",
                                         "-",
                                         "A",
                                         "Z",
                                         "@",
                                         "[",
                                         "`",
                                         "{",
                                         "|",
                                         "/",
                                         ":",
                                         ";",
                                         "(",
                                         "\"",
                                         "\x7f",
                                         "\x80",
                                         "\xac",
                                         "\xc1",
                                         "\xe1",
                                         "\x01",
                                         "\x0d",
                                         "\x1f"};
    size_t wanted = next_random() % LONGEST;
    size_t usual = next_random() % 4 == 0 ? ROWS(pieces) : 6 + next_random() % 10;
    size_t size = 0;
    while (size < wanted) {
        const char *piece = pieces[next_random() % usual];
        size_t fits = strlen(piece) < LONGEST - size ? strlen(piece) : LONGEST - size;
        memcpy(buffer + size, piece, fits);
        size += fits;
    }
    return slice_of(buffer, size);
}

static void compare_random_lines(const char *policy_text, bool any, const struct plain *before) {
    struct case_policy made;
    char buffer[LONGEST];
    case_policy_build_sound(&made, policy_text);
    for (int i = 0; i < LINES; i++) {
        cors_slice line = slice_trim(random_line(buffer));
        compare(made.policy, before, line, any);
    }
    case_policy_end(&made);
}

static const char listing[] = "allow_origins https://a.test\n"
                              "allow_headers x-a\nallow_headers content-type\nallow_headers bc\n";

static void listed_names_are_read_as_byte_by_byte(void **state) {
    const struct plain before = {.reason = CORS_REASON_ALLOWED};
    (void)state;
    compare_random_lines(listing, false, &before);
}

static void names_are_echoed_as_byte_by_byte(void **state) {
    const struct plain before = {.reason = CORS_REASON_ALLOWED};
    (void)state;
    compare_random_lines("allow_origins https://a.test\nallow_credentials true\n"
                         "allow_headers *\naccept_risks wildcard-headers\n",
                         true, &before);
}

/* From the bound on, names are not judged any more, and yet must be names. */
static void names_past_the_bound_are_read_as_byte_by_byte(void **state) {
    const struct plain full = {.reason = CORS_REASON_HEADER_NOT_ALLOWED,
                               .names = CORS_REQUEST_HEADERS_NAMES_MAX};
    const struct plain nearly = {.reason = CORS_REASON_ALLOWED,
                                 .names = CORS_REQUEST_HEADERS_NAMES_MAX - 1};
    (void)state;
    compare_random_lines(listing, false, &full);
    compare_random_lines(listing, false, &nearly);
}

/* As long as a name may be that a policy lists, which is then found in either case. */
static void the_longest_name_is_allowed(void **state) {
    char lines[64 + CORS_HEADER_NAME_MAX];
    char name[CORS_HEADER_NAME_MAX + 1];
    struct case_policy made;
    (void)state;
    memset(name, 'x', sizeof name);
    (void)snprintf(lines, sizeof lines, "allow_origins https://a.test\nallow_headers %.*s",
                   CORS_HEADER_NAME_MAX, name);
    case_policy_build_sound(&made, lines);
    for (size_t size = CORS_HEADER_NAME_MAX - 1; size <= CORS_HEADER_NAME_MAX + 1; size++) {
        for (char letter = 'X'; letter != 0; letter = letter == 'X' ? 'x' : '\0') {
            cors_request request;
            memset(name, letter, size);
            cors_request_begin(&request, made.policy, CORS_SLICE("OPTIONS"), CORS_SLICE("/"));
            cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Headers"),
                                    slice_of(name, size));
            assert_int_equal(request.header_reason, size == CORS_HEADER_NAME_MAX
                                                        ? CORS_REASON_ALLOWED
                                                        : CORS_REASON_HEADER_NOT_ALLOWED);
        }
    }
    case_policy_end(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed_names_are_read_as_byte_by_byte),
        cmocka_unit_test(names_are_echoed_as_byte_by_byte),
        cmocka_unit_test(names_past_the_bound_are_read_as_byte_by_byte),
        cmocka_unit_test(the_longest_name_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
