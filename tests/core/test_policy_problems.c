/* SPDX-License-Identifier: MIT */
#include "policy_builder.h"

#include "case_policy.h"
#include "case_table.h"

#define TEN(text) text text text text text text text text text text
#define REPLACED "\357\277\275"
#define ELLIPSIS "\342\200\246"

/* What a front hands in, and what a terminal is given. */
static const struct {
    const char *row;
    const char *given;
    const char *clean;
} texts[] = {
    {"plain", "a problem", "a problem"},
    {"empty", "", ""},
    {"newline", "a\nb", "a" REPLACED "b"},
    {"tab", "a\tb", "a" REPLACED "b"},
    {"escape sequence", "\033[31mred", REPLACED "[31mred"},
    {"DEL", "a\177", "a" REPLACED},
    {"C1 control", "a\302\233b", "a" REPLACED REPLACED "b"},
    {"last C1 control", "\302\237", REPLACED REPLACED},
    {"first after C1", "\302\240", "\302\240"},
    {"two bytes", "\303\274", "\303\274"},
    {"three bytes", "\342\202\254", "\342\202\254"},
    {"four bytes", "\360\237\230\200", "\360\237\230\200"},
    {"last code point", "\364\217\277\277", "\364\217\277\277"},
    {"beyond the last", "\364\220\200\200", REPLACED REPLACED REPLACED REPLACED},
    {"lead byte F5", "\365\200\200\200", REPLACED REPLACED REPLACED REPLACED},
    {"lead byte FF", "\377", REPLACED},
    {"lone continuation", "\200a", REPLACED "a"},
    {"overlong two", "\300\200", REPLACED REPLACED},
    {"overlong two, C1", "\301\277", REPLACED REPLACED},
    {"overlong three", "\340\200\200", REPLACED REPLACED REPLACED},
    {"shortest three", "\340\240\200", "\340\240\200"},
    {"overlong four", "\360\200\200\200", REPLACED REPLACED REPLACED REPLACED},
    {"shortest four", "\360\220\200\200", "\360\220\200\200"},
    {"surrogate", "\355\240\200", REPLACED REPLACED REPLACED},
    {"before the surrogates", "\355\237\277", "\355\237\277"},
    {"cut two", "\303", REPLACED},
    {"cut three", "\342\202", REPLACED REPLACED},
    {"cut four", "\360\237\230", REPLACED REPLACED REPLACED},
    {"cut by a letter", "\342\202x", REPLACED REPLACED "x"},
    {"200 bytes", TEN(TEN("ab")), TEN(TEN("ab"))},
    {"201 bytes", TEN(TEN("ab")) "c", TEN(TEN("ab")) ELLIPSIS},
    {"cut within a character", TEN(TEN("ab")) "c" TEN(TEN("\303\274")), TEN(TEN("ab")) ELLIPSIS},
};

static void texts_are_clean(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(texts); i++) {
        struct case_memory memory = {.asked = 0};
        cors_builder_options options = case_policy_options(&memory);
        cors_builder *builder;
        cors_position position = {0, 3, 7};
        assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
        assert_int_equal(cors_builder_report(builder, CORS_RULE_YAML_SYNTAX, position,
                                             case_slice(texts[i].given),
                                             case_slice(texts[i].given)),
                         CORS_OK);
        size_t count;
        const cors_problem *problems = cors_builder_problems(builder, &count);
        assert_int_equal(count, 1);
        expect_text(texts[i].row, "the message", problems[0].message, texts[i].clean);
        bool cut = strstr(texts[i].clean, ELLIPSIS) != NULL; /* and then nothing to write */
        expect_text(texts[i].row, "the suggestion", problems[0].suggestion,
                    cut ? "" : texts[i].clean);
        expect_number(texts[i].row, "the severity", problems[0].severity, CORS_SEVERITY_ERROR);
        expect_number(texts[i].row, "the line", problems[0].position.line, 3);
        expect_number(texts[i].row, "the column", problems[0].position.column, 7);
        cors_builder_destroy(builder);
        assert_int_equal(memory.live, 0);
    }
}

/* A cut at byte 200 within a character of 2, 3 or 4 bytes leaves the part out. */
static void no_character_is_cut_in_two(void **state) {
    static const char *const characters[] = {"\303\274", "\342\202\254", "\360\237\230\200"};
    (void)state;
    for (size_t i = 0; i < ROWS(characters); i++) {
        size_t width = strlen(characters[i]);
        for (size_t before = 0; before < 4; before++) {
            char text[260];
            size_t size = before;
            memset(text, 'a', before);
            while (size + width <= sizeof text) {
                memcpy(text + size, characters[i], width);
                size += width;
            }
            struct case_memory memory = {.asked = 0};
            cors_builder_options options = case_policy_options(&memory);
            cors_builder *builder;
            assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
            cors_slice clean = cors_message_join(builder, MESSAGE(slice_of(text, size)));
            size_t whole = before + (200 - before) / width * width;
            assert_int_equal(clean.size, whole + 3);
            assert_memory_equal(clean.data, text, whole);
            assert_memory_equal(clean.data + whole, ELLIPSIS, 3);
            cors_builder_destroy(builder);
        }
    }
}

static void pieces_are_joined(void **state) {
    struct case_memory memory = {.asked = 0};
    cors_builder_options options = case_policy_options(&memory);
    cors_builder *builder;
    (void)state;
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    expect_text("pieces", "joined",
                cors_message_join(builder, MESSAGE(WORDS("\""), slice_of(NULL, 0), WORDS("\" is "),
                                                   WORDS("\001"), WORDS("."))),
                "\"\" is " REPLACED ".");
    static const struct {
        uint64_t number;
        const char *text;
    } numbers[] = {
        {0, "0"},
        {9, "9"},
        {10, "10"},
        {4294967295, "4294967295"},
        {UINT64_MAX, "18446744073709551615"},
    };
    for (size_t i = 0; i < ROWS(numbers); i++) {
        expect_text(numbers[i].text, "the number", cors_number_text(builder, numbers[i].number),
                    numbers[i].text);
    }
    cors_builder_destroy(builder);
}

/* File, line, column; what was reported first comes first at one place. */
static void problems_are_in_the_order_of_their_places(void **state) {
    static const cors_position places[] = {{1, 1, 1}, {0, 9, 1}, {0, 2, 5}, {0, 2, 4},
                                           {0, 2, 5}, {2, 1, 1}, {0, 1, 9}, {1, 1, 1}};
    static const int order[] = {6, 3, 2, 4, 1, 0, 7, 5};
    struct case_memory memory = {.asked = 0};
    cors_builder_options options = case_policy_options(&memory);
    cors_builder *builder;
    (void)state;
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    for (size_t i = 0; i < ROWS(places); i++) {
        char digit = (char)('0' + (int)i);
        cors_slice message = {&digit, 1};
        assert_int_equal(
            cors_builder_report(builder, CORS_RULE_UNKNOWN_RISK, places[i], message, message),
            CORS_OK);
    }
    const cors_policy *policy;
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_OK); /* warnings only */
    size_t count;
    const cors_problem *problems = cors_builder_problems(builder, &count);
    assert_int_equal(count, ROWS(places));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(problems[i].message.data[0] - '0', order[i]);
        assert_int_equal(problems[i].severity, CORS_SEVERITY_WARNING);
    }
    cors_builder_destroy(builder);
    cors_policy_destroy(policy, &options.allocator);
    assert_int_equal(memory.live, 0);
}

/* A rule that this library does not know is taken seriously. */
static void unknown_rules_are_errors(void **state) {
    struct case_memory memory = {.asked = 0};
    cors_builder_options options = case_policy_options(&memory);
    cors_builder *builder;
    const cors_policy *policy;
    (void)state;
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    assert_int_equal(cors_builder_report(builder, (cors_rule)1000, (cors_position){0, 1, 1},
                                         CORS_SLICE("?"), CORS_SLICE("")),
                     CORS_OK);
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_INVALID);
    assert_null(policy);
    cors_builder_destroy(builder);
    assert_int_equal(memory.live, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_clean),
        cmocka_unit_test(no_character_is_cut_in_two),
        cmocka_unit_test(pieces_are_joined),
        cmocka_unit_test(problems_are_in_the_order_of_their_places),
        cmocka_unit_test(unknown_rules_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
