/* SPDX-License-Identifier: MIT */
#include "case_policy.h"

#include "case_table.h"

static bool is_public_suffix(void *context, cors_slice domain) {
    static const char *const suffixes[] = {"com",   "net",       "org",        "test",
                                           "co.uk", "github.io", "vercel.app", "localhost"};
    (void)context;
    for (size_t i = 0; i < ROWS(suffixes); i++) {
        cors_slice suffix = case_slice(suffixes[i]);
        if (domain.size == suffix.size && memcmp(domain.data, suffix.data, suffix.size) == 0) {
            return true;
        }
    }
    return false;
}

static bool to_ascii(void *context, cors_slice label, char *out, size_t capacity, size_t *size) {
    static const char *const forms[] = {"b\303\274cher", "B\303\234CHER", "xn--bcher-kva",
                                        "XN--BCHER-KVA"};
    static const char ascii[] = "xn--bcher-kva";
    (void)context;
    for (size_t i = 0; i < ROWS(forms); i++) {
        cors_slice form = case_slice(forms[i]);
        if (label.size == form.size && memcmp(label.data, form.data, form.size) == 0) {
            *size = sizeof ascii - 1;
            assert_true(*size <= capacity);
            memcpy(out, ascii, *size);
            return true;
        }
    }
    return false;
}

cors_builder_options case_policy_options(struct case_memory *memory) {
    cors_builder_options options = {.allocator = case_allocator(memory),
                                    .is_public_suffix = is_public_suffix,
                                    .to_ascii = to_ascii};
    return options;
}

/* Cuts what stands before the first `byte` off the text. */
static cors_slice cut(cors_slice *text, char byte) {
    const char *found = text->size == 0 ? NULL : (const char *)memchr(text->data, byte, text->size);
    size_t size = found == NULL ? text->size : (size_t)(found - text->data);
    cors_slice before = {text->data, size};
    size_t taken = found == NULL ? size : size + 1;
    *text = (cors_slice){text->data + taken, text->size - taken};
    return before;
}

static bool is_word(cors_slice slice, const char *word) {
    return slice.size == strlen(word) && memcmp(slice.data, word, slice.size) == 0;
}

static cors_status add_line(cors_builder *builder, cors_slice line, cors_position position) {
    cors_slice word = cut(&line, ' ');
    if (is_word(word, "policy")) {
        return cors_builder_begin_policy(builder, position);
    }
    if (is_word(word, "only")) {
        cors_slice environment = cut(&line, ' ');
        return cors_builder_add_origin_for(builder, environment, line, position);
    }
    if (is_word(word, "has_origins")) {
        cors_builder_has_origins(builder, position);
        return CORS_OK;
    }
    if (is_word(word, "incomplete")) {
        cors_builder_mark_incomplete(builder);
        return CORS_OK;
    }
    cors_slice nearest;
    cors_key key = cors_key_find(word, &nearest);
    if (key == 0) {
        fail_msg("a case's policy has the line \"%.*s\"", SHOWN(word));
    }
    return cors_builder_add(builder, key, line, position);
}

cors_status case_policy_add(cors_builder *builder, const char *lines) {
    cors_slice left = case_slice(lines);
    cors_status status = CORS_OK;
    for (uint32_t number = 1; left.size > 0 && status == CORS_OK; number++) {
        cors_slice line = cut(&left, '\n');
        if (line.size > 0) {
            status = add_line(builder, line, (cors_position){0, number, 1});
        }
    }
    return status;
}

void case_policy_build_for(struct case_policy *made, const char *environment, const char *lines) {
    *made = (struct case_policy){.status = CORS_OK};
    cors_builder_options options = case_policy_options(&made->memory);
    options.environment = case_slice(environment);
    made->allocator = options.allocator;
    assert_int_equal(cors_builder_create(&options, &made->builder), CORS_OK);
    assert_int_equal(case_policy_add(made->builder, lines), CORS_OK);
    made->status = cors_builder_finish(made->builder, &made->policy);
    assert_true((made->policy != NULL) == (made->status == CORS_OK));
    made->problems = cors_builder_problems(made->builder, &made->problem_count);
}

void case_policy_build(struct case_policy *made, const char *lines) {
    case_policy_build_for(made, "", lines);
}

void case_policy_build_sound(struct case_policy *made, const char *lines) {
    case_policy_build(made, lines);
    if (made->status == CORS_OK) {
        return;
    }
    for (size_t i = 0; i < made->problem_count; i++) {
        const cors_problem *problem = &made->problems[i];
        print_error("%u: %s [%s]: %.*s\n", problem->position.line,
                    cors_severity_name(problem->severity), cors_rule_name(problem->rule),
                    SHOWN(problem->message));
    }
    fail_msg("this policy is refused:\n%s", lines);
}

static void expect_sentence(cors_slice message) {
    char last = message.size == 0 ? ' ' : message.data[message.size - 1];
    if (last != '.' && last != '?') {
        fail_msg("a message that is no sentence: %.*s", SHOWN(message));
    }
}

/* The problems as case_policy_expect() has them, with the advice if wanted. */
static const char *tell(const struct case_policy *made, bool with_advice) {
    static char told[8192];
    size_t size = 0;
    told[0] = '\0';
    for (size_t i = 0; i < made->problem_count; i++) {
        const cors_problem *problem = &made->problems[i];
        cors_slice advice = with_advice ? problem->suggestion : CORS_SLICE("");
        int written =
            snprintf(told + size, sizeof told - size, "%s%u %s %s%s%.*s", i > 0 ? "\n" : "",
                     problem->position.line, cors_severity_name(problem->severity),
                     cors_rule_name(problem->rule), advice.size > 0 ? " => " : "", SHOWN(advice));
        assert_true(written > 0 && (size_t)written < sizeof told - size);
        size += (size_t)written;
        expect_sentence(problem->message);
        expect_number(told, "the column", problem->position.column, 1);
    }
    return told;
}

static bool holds_error(const struct case_policy *made) {
    for (size_t i = 0; i < made->problem_count; i++) {
        if (made->problems[i].severity == CORS_SEVERITY_ERROR) {
            return true;
        }
    }
    return false;
}

static void expect_problems(const char *environment, const char *lines, const char *problems,
                            bool with_advice) {
    struct case_policy made;
    case_policy_build_for(&made, environment, lines);
    expect_text(lines, "the problems", case_slice(tell(&made, with_advice)), problems);
    expect_number(lines, "the status", made.status, holds_error(&made) ? CORS_INVALID : CORS_OK);
    case_policy_end(&made);
}

void case_policy_expect(const char *environment, const char *lines, const char *problems) {
    expect_problems(environment, lines, problems, false);
}

void case_policy_expect_advice(const char *environment, const char *lines, const char *problems) {
    expect_problems(environment, lines, problems, true);
}

void case_policy_expect_words(const char *lines, const char *rule, const char *message,
                              const char *suggestion) {
    struct case_policy made;
    case_policy_build(&made, lines);
    const cors_problem *found = NULL;
    for (size_t i = 0; i < made.problem_count && found == NULL; i++) {
        if (strcmp(cors_rule_name(made.problems[i].rule), rule) == 0) {
            found = &made.problems[i];
        }
    }
    if (found == NULL) {
        fail_msg("row \"%s\": no %s among\n%s", lines, rule, tell(&made, false));
        return;
    }
    expect_text(lines, "the message", found->message, message);
    expect_text(lines, "the suggestion", found->suggestion, suggestion);
    case_policy_end(&made);
}

void case_policy_end(struct case_policy *made) {
    cors_builder_destroy(made->builder);
    cors_policy_destroy(made->policy, &made->allocator);
    assert_int_equal(made->memory.live, 0);
}
