/* SPDX-License-Identifier: MIT */
/* How a request's lines are read: the names that a preflight asks for, above all. */
#include <cors/server.h>

#include "case_memory.h"
#include "case_policy.h"
#include "case_request.h"
#include "case_table.h"

#include <stdlib.h>

static const char listed_policy[] = "allow_origins https://a.example\n"
                                    "allow_headers X-One\nallow_headers two\n"
                                    "allow_headers CONTENT-TYPE\nmax_age 1\n";

/* The values of Access-Control-Request-Headers lines, "|" between them, and the reason. */
static const struct {
    const char *lines;
    cors_reason reason;
} lists[] = {
    {"x-one", CORS_REASON_ALLOWED},
    {"X-ONE", CORS_REASON_ALLOWED},
    {"x-one,two,content-type", CORS_REASON_ALLOWED},
    {"x-one, TWO\t,\t Content-Type", CORS_REASON_ALLOWED},
    {"two,two,two", CORS_REASON_ALLOWED},
    {"", CORS_REASON_ALLOWED},
    {" ", CORS_REASON_ALLOWED},
    {",", CORS_REASON_ALLOWED},
    {" , ,\t,", CORS_REASON_ALLOWED},
    {",two", CORS_REASON_ALLOWED},
    {"two,", CORS_REASON_ALLOWED},
    {"two , ", CORS_REASON_ALLOWED},
    {"two,,x-one", CORS_REASON_ALLOWED},
    {"two|x-one", CORS_REASON_ALLOWED},
    {"two||x-one|", CORS_REASON_ALLOWED},
    {"x-one two", CORS_REASON_HEADER_MALFORMED},
    {"x-one\ttwo", CORS_REASON_HEADER_MALFORMED},
    {"x-one ,two three", CORS_REASON_HEADER_MALFORMED},
    {"x-one;two", CORS_REASON_HEADER_MALFORMED},
    {"x-one:", CORS_REASON_HEADER_MALFORMED},
    {"x-one=1", CORS_REASON_HEADER_MALFORMED},
    {"\"x-one\"", CORS_REASON_HEADER_MALFORMED},
    {"(x-one)", CORS_REASON_HEADER_MALFORMED},
    {"x-one,\303\274", CORS_REASON_HEADER_MALFORMED},
    {"x-one\001", CORS_REASON_HEADER_MALFORMED},
    {"x-one\r", CORS_REASON_HEADER_MALFORMED},
    {"x-one\177", CORS_REASON_HEADER_MALFORMED},
    {"x-one,\v", CORS_REASON_HEADER_MALFORMED},
    {"x-three", CORS_REASON_HEADER_NOT_ALLOWED},
    {"x-on", CORS_REASON_HEADER_NOT_ALLOWED},
    {"x-onee", CORS_REASON_HEADER_NOT_ALLOWED},
    {"x_one", CORS_REASON_HEADER_NOT_ALLOWED},
    {"*", CORS_REASON_HEADER_NOT_ALLOWED},
    {"accept", CORS_REASON_HEADER_NOT_ALLOWED},
    {"two,x-three,x-one", CORS_REASON_HEADER_NOT_ALLOWED},
    {"two|x-three|x-one", CORS_REASON_HEADER_NOT_ALLOWED},
    /* malformed weighs more than not allowed, wherever it stands */
    {"x-three,x one", CORS_REASON_HEADER_MALFORMED},
    {"x one,x-three", CORS_REASON_HEADER_MALFORMED},
    {"x-three|x one", CORS_REASON_HEADER_MALFORMED},
    {"x one|x-three", CORS_REASON_HEADER_MALFORMED},
};

/* Of a preflight with the lines, each in memory that ends with it. */
static cors_reason reason_for(const cors_policy *policy, const char *lines) {
    enum { LINES_MAX = 8 };
    char *copies[LINES_MAX];
    size_t count = 0;
    cors_request request;
    cors_decision decision;
    cors_request_begin(&request, policy, CORS_SLICE("OPTIONS"), CORS_SLICE("/"));
    cors_request_add_header(&request, CORS_SLICE("Origin"), CORS_SLICE("https://a.example"));
    cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Method"),
                            CORS_SLICE("GET"));
    for (const char *left = lines; left != NULL;) {
        const char *end = strchr(left, '|');
        size_t size = end == NULL ? strlen(left) : (size_t)(end - left);
        assert_true(count < LINES_MAX);
        copies[count] = case_take(size);
        memcpy(copies[count], left, size);
        cors_request_add_header(&request, CORS_SLICE("access-control-request-headers"),
                                (cors_slice){copies[count++], size});
        left = end == NULL ? NULL : end + 1;
    }
    cors_decide(&request, &decision);
    while (count > 0) {
        free(copies[--count]);
    }
    return decision.reason;
}

static void lists_are_read(void **state) {
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, listed_policy);
    for (size_t i = 0; i < ROWS(lists); i++) {
        expect_text(lists[i].lines, "the reason",
                    case_slice(cors_reason_name(reason_for(made.policy, lists[i].lines))),
                    cors_reason_name(lists[i].reason));
    }
    case_policy_end(&made);
}

/* Every byte within a name, before one and behind one. */
static void each_byte_is_token_space_comma_or_malformed(void **state) {
    static const char others[] = "!#$%&'*+-.^_`|~";
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, "allow_origins https://a.example\nallow_headers *\nmax_age 1");
    for (int byte = 0; byte < 256; byte++) {
        bool letter = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                      (byte >= 'A' && byte <= 'Z');
        bool token = letter || (byte != 0 && strchr(others, byte) != NULL);
        bool space = byte == ' ' || byte == '\t';
        for (size_t place = 0; place < 3; place++) {
            char value[3] = {'a', 'a', 'a'};
            value[place] = (char)byte;
            cors_request request;
            cors_decision decision;
            cors_request_begin(&request, made.policy, CORS_SLICE("OPTIONS"), CORS_SLICE("/"));
            cors_request_add_header(&request, CORS_SLICE("Origin"),
                                    CORS_SLICE("https://a.example"));
            cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Method"),
                                    CORS_SLICE("GET"));
            cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Headers"),
                                    (cors_slice){value, 3});
            cors_decide(&request, &decision);
            bool fits = token || byte == ',' || (space && place != 1);
            if ((decision.reason == CORS_REASON_ALLOWED) != fits) {
                fail_msg("byte 0x%02x at %zu: %s", (unsigned)byte, place,
                         cors_reason_name(decision.reason));
            }
        }
    }
    case_policy_end(&made);
}

/* Fills a value with names of one size. */
static void fill(char *value, size_t size, size_t name_size) {
    for (size_t i = 0; i < size; i++) {
        value[i] = i % (name_size + 1) == name_size ? ',' : 'x';
    }
}

static cors_reason reason_for_lines(const cors_policy *policy, const cors_slice *lines,
                                    size_t count, cors_request *request) {
    cors_decision decision;
    cors_request_begin(request, policy, CORS_SLICE("OPTIONS"), CORS_SLICE("/"));
    cors_request_add_header(request, CORS_SLICE("Origin"), CORS_SLICE("https://a.example"));
    cors_request_add_header(request, CORS_SLICE("Access-Control-Request-Method"),
                            CORS_SLICE("GET"));
    for (size_t i = 0; i < count; i++) {
        cors_request_add_header(request, CORS_SLICE("Access-Control-Request-Headers"), lines[i]);
    }
    cors_decide(request, &decision);
    return decision.reason;
}

static const char open_policy[] = "allow_origins https://a.example\nallow_headers *\n"
                                  "allow_credentials true\nmax_age 1\n";

static void sixteen_kibibytes_are_the_most(void **state) {
    enum { MOST = CORS_REQUEST_HEADERS_BYTES_MAX };
    static char value[2 * MOST];
    static const struct {
        const char *row;
        size_t sizes[3]; /* of the lines */
        cors_reason reason;
    } rows[] = {
        {"16384", {MOST, 0, 0}, CORS_REASON_ALLOWED},
        {"16385", {MOST + 1, 0, 0}, CORS_REASON_HEADER_TOO_MANY},
        {"16384 and 0", {MOST, 0, 0}, CORS_REASON_ALLOWED},
        {"16384 and 1", {MOST, 1, 0}, CORS_REASON_HEADER_TOO_MANY},
        {"1 and 16384", {1, MOST, 0}, CORS_REASON_HEADER_TOO_MANY},
        {"8000, 8000 and 384", {8000, 8000, 384}, CORS_REASON_ALLOWED},
        {"8000, 8000 and 385", {8000, 8000, 385}, CORS_REASON_HEADER_TOO_MANY},
        {"32768", {2 * MOST, 0, 0}, CORS_REASON_HEADER_TOO_MANY},
        {"16385 and 1", {MOST + 1, 1, 0}, CORS_REASON_HEADER_TOO_MANY},
    };
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, open_policy);
    fill(value, sizeof value, 199);
    for (size_t i = 0; i < ROWS(rows); i++) {
        cors_request request;
        cors_slice lines[3];
        for (size_t line = 0; line < 3; line++) {
            lines[line] = (cors_slice){value, rows[i].sizes[line]};
        }
        expect_number(rows[i].row, "the reason", reason_for_lines(made.policy, lines, 3, &request),
                      rows[i].reason);
    }
    /* What is trimmed does not count. */
    memset(value, ' ', sizeof value);
    value[sizeof value / 2] = 'x';
    cors_request request;
    cors_slice spaced = {value, sizeof value};
    assert_int_equal(reason_for_lines(made.policy, &spaced, 1, &request), CORS_REASON_ALLOWED);
    case_policy_end(&made);
}

static void two_hundred_and_fifty_six_names_are_the_most(void **state) {
    static const struct {
        size_t names[2]; /* of two lines */
        cors_reason reason;
    } rows[] = {
        {{255, 0}, CORS_REASON_ALLOWED},         {{256, 0}, CORS_REASON_ALLOWED},
        {{257, 0}, CORS_REASON_HEADER_TOO_MANY}, {{128, 128}, CORS_REASON_ALLOWED},
        {{256, 1}, CORS_REASON_HEADER_TOO_MANY}, {{1, 256}, CORS_REASON_HEADER_TOO_MANY},
    };
    static char value[1024];
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, open_policy);
    fill(value, sizeof value, 1);
    for (size_t i = 0; i < ROWS(rows); i++) {
        cors_request request;
        cors_slice lines[2] = {{value, 2 * rows[i].names[0]}, {value, 2 * rows[i].names[1]}};
        if (reason_for_lines(made.policy, lines, 2, &request) != rows[i].reason) {
            fail_msg("%zu and %zu names", rows[i].names[0], rows[i].names[1]);
        }
    }
    case_policy_end(&made);
}

/* Malformed before too many before not allowed, whichever comes first. */
static void the_gravest_reason_is_told(void **state) {
    enum { LONG = CORS_REQUEST_HEADERS_BYTES_MAX + 1 };
    static char large[LONG];
    static char many[2 * 257];
    static char broken[LONG + 2];
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, listed_policy);
    fill(large, sizeof large, 199);
    fill(many, sizeof many, 1);
    fill(broken, sizeof broken, 199);
    broken[LONG] = '(';
    const cors_slice too_large = {large, sizeof large};
    const cors_slice too_many = {many, sizeof many};
    const cors_slice broken_at_its_end = {broken, sizeof broken};
    const cors_slice malformed = CORS_SLICE("a b");
    const cors_slice unlisted = CORS_SLICE("x-three");
    const cors_slice sound = CORS_SLICE("two");
    const struct {
        const char *row;
        cors_slice lines[3];
        cors_reason reason;
    } rows[] = {
        {"unlisted, large", {unlisted, too_large, sound}, CORS_REASON_HEADER_TOO_MANY},
        {"large, unlisted", {too_large, unlisted, sound}, CORS_REASON_HEADER_TOO_MANY},
        {"many, unlisted", {too_many, unlisted, sound}, CORS_REASON_HEADER_TOO_MANY},
        {"large, malformed", {too_large, malformed, sound}, CORS_REASON_HEADER_MALFORMED},
        {"malformed, large", {malformed, too_large, sound}, CORS_REASON_HEADER_MALFORMED},
        {"many, malformed", {too_many, sound, malformed}, CORS_REASON_HEADER_MALFORMED},
        {"malformed, many", {malformed, unlisted, too_many}, CORS_REASON_HEADER_MALFORMED},
        {"broken at its end", {sound, broken_at_its_end, sound}, CORS_REASON_HEADER_MALFORMED},
        {"sound", {sound, sound, sound}, CORS_REASON_ALLOWED},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        cors_request request;
        expect_number(rows[i].row, "the reason",
                      reason_for_lines(made.policy, rows[i].lines, 3, &request), rows[i].reason);
    }
    case_policy_end(&made);
}

/* Names around the longest that a policy can list. */
static void long_names_are_listed_or_not(void **state) {
    static char lines[1024];
    static char name[CORS_HEADER_NAME_MAX + 100];
    struct case_policy made;
    (void)state;
    memset(name, 'N', sizeof name);
    snprintf(lines, sizeof lines, "allow_origins https://a.example\nmax_age 1\nallow_headers %.*s",
             CORS_HEADER_NAME_MAX, name);
    case_policy_build_sound(&made, lines);
    memset(name, 'n', sizeof name);
    for (size_t size = CORS_HEADER_NAME_MAX - 2; size <= sizeof name; size++) {
        cors_request request;
        cors_slice line = {name, size};
        expect_number(
            "a long name", "the reason", reason_for_lines(made.policy, &line, 1, &request),
            size == CORS_HEADER_NAME_MAX ? CORS_REASON_ALLOWED : CORS_REASON_HEADER_NOT_ALLOWED);
    }
    case_policy_end(&made);
    /* A * covers names of any length, and echoes them whole. */
    case_policy_build_sound(&made, open_policy);
    cors_request request;
    cors_slice line = {name, sizeof name};
    assert_int_equal(reason_for_lines(made.policy, &line, 1, &request), CORS_REASON_ALLOWED);
    assert_int_equal(request.echo_size, sizeof name);
    assert_memory_equal(request.echo, name, sizeof name);
    case_policy_end(&made);
}

/* The largest echo of all fits: as many names as may be, in as many bytes, without spaces. */
static void the_largest_echo_fits(void **state) {
    static char value[CORS_REQUEST_HEADERS_BYTES_MAX];
    struct case_policy made;
    cors_request request;
    (void)state;
    case_policy_build_sound(&made, open_policy);
    memset(value, 'x', sizeof value);
    for (size_t i = 0; i < 255; i++) {
        value[2 * i + 1] = ',';
    }
    cors_slice line = {value, sizeof value};
    assert_int_equal(reason_for_lines(made.policy, &line, 1, &request), CORS_REASON_ALLOWED);
    assert_int_equal(request.echo_size, sizeof value + 255);
    assert_true(request.echo_size <= sizeof request.echo);
    /* The same over 256 lines of a name each, whose separators are all the echo's own. */
    cors_slice lines[256];
    for (size_t i = 0; i < ROWS(lines); i++) {
        lines[i] = (cors_slice){value + sizeof value / 2, 64};
    }
    assert_int_equal(reason_for_lines(made.policy, lines, ROWS(lines), &request),
                     CORS_REASON_ALLOWED);
    assert_int_equal(request.echo_size, 256 * 64 + 255 * 2);
    assert_true(request.echo_size <= sizeof request.echo);
    case_policy_end(&made);
}

/* A field's name in any case, and nothing that is nearly one. */
static const struct {
    const char *name;
    bool read;
} names[] = {
    {"Origin", true},   {"origin", true},   {"ORIGIN", true},    {"oRiGiN", true},
    {"Origi", false},   {"Origins", false}, {"Orig\tin", false}, {" Origin", false},
    {"Origin ", false}, {"0rigin", false},  {"", false},         {"X-Origin", false},
};

static void names_are_read_in_any_case(void **state) {
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, "allow_origins https://a.example");
    for (size_t i = 0; i < ROWS(names); i++) {
        cors_request request;
        cors_decision decision;
        cors_request_begin(&request, made.policy, CORS_SLICE("GET"), CORS_SLICE("/"));
        cors_request_add_header(&request, case_slice(names[i].name),
                                CORS_SLICE("https://a.example"));
        cors_decide(&request, &decision);
        expect_number(names[i].name, "the kind", decision.kind,
                      names[i].read ? CORS_KIND_ACTUAL : CORS_KIND_NO_ORIGIN);
    }
    case_policy_end(&made);
}

/* Slices without bytes may be NULL. */
/* A name with another letter somewhere is another field, wherever that is. */
static void each_byte_of_a_name_counts(void **state) {
    static const char *const known[] = {"host", "origin", "sec-fetch-site",
                                        "access-control-request-method",
                                        "access-control-request-headers"};
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, listed_policy);
    for (size_t i = 0; i < ROWS(known); i++) {
        size_t size = strlen(known[i]);
        for (size_t at = 0; at < size; at++) {
            char name[32];
            cors_request request;
            cors_request_begin(&request, made.policy, CORS_SLICE("OPTIONS"), CORS_SLICE("/"));
            memcpy(name, known[i], size);
            name[at] = 'z';
            cors_request_add_header(&request, (cors_slice){name, size}, CORS_SLICE("x"));
            assert_int_equal(request.host_lines, 0);
            assert_int_equal(request.origin_lines, 0);
            assert_int_equal(request.fetch_site_lines, 0);
            assert_int_equal(request.requested_method_lines, 0);
            assert_int_equal(request.header_bytes, 0);
        }
    }
    case_policy_end(&made);
}

static void nothing_may_be_null(void **state) {
    const cors_slice nothing = {NULL, 0};
    static const char *const fields[] = {"Host", "Origin", "Sec-Fetch-Site",
                                         "Access-Control-Request-Method",
                                         "Access-Control-Request-Headers"};
    struct case_policy made;
    cors_request request;
    cors_decision decision;
    (void)state;
    case_policy_build_sound(&made, "allow_origins https://a.example");
    cors_request_begin(&request, made.policy, nothing, nothing);
    cors_request_add_header(&request, nothing, nothing);
    cors_decide(&request, &decision);
    assert_int_equal(decision.kind, CORS_KIND_NO_POLICY);
    cors_request_begin(&request, made.policy, CORS_SLICE("OPTIONS"), CORS_SLICE("/"));
    for (size_t i = 0; i < ROWS(fields); i++) {
        cors_request_add_header(&request, case_slice(fields[i]), nothing);
    }
    cors_request_set_own_origin(&request, nothing);
    cors_decide(&request, &decision);
    assert_int_equal(decision.reason, CORS_REASON_ORIGIN_MALFORMED);
    cors_request_begin(&request, made.policy, CORS_SLICE("GET"), CORS_SLICE("/"));
    cors_request_add_header(&request, CORS_SLICE("Origin"), CORS_SLICE("https://b.example"));
    cors_request_add_header(&request, CORS_SLICE("Host"), nothing);
    cors_decide(&request, &decision);
    assert_false(decision.same_origin);
    case_policy_end(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(each_byte_is_token_space_comma_or_malformed),
        cmocka_unit_test(sixteen_kibibytes_are_the_most),
        cmocka_unit_test(two_hundred_and_fifty_six_names_are_the_most),
        cmocka_unit_test(the_gravest_reason_is_told),
        cmocka_unit_test(long_names_are_listed_or_not),
        cmocka_unit_test(the_largest_echo_fits),
        cmocka_unit_test(names_are_read_in_any_case),
        cmocka_unit_test(each_byte_of_a_name_counts),
        cmocka_unit_test(nothing_may_be_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
