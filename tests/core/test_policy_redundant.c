/* SPDX-License-Identifier: MIT */
/*
 * How long it is looked for an entry that makes another redundant: far longer than lists of people
 * need, and not as long as a list that was crafted to be slow would have it.
 */
#include "case_policy.h"
#include "case_table.h"

enum { LINES_MAX = 32768, COVERED = 55, COVERING = 50 };

struct lines {
    char text[LINES_MAX];
    size_t size;
};

static void add_entry(struct lines *lines, char byte, int before, const char *wildcard,
                      const char *after) {
    char label[64];
    memset(label, byte, sizeof label);
    int size =
        snprintf(lines->text + lines->size, sizeof lines->text - lines->size,
                 "allow_origins https://%.*s%s%s.deep.example\n", before, label, wildcard, after);
    assert_true(size > 0 && (size_t)size < sizeof lines->text - lines->size);
    lines->size += (size_t)size;
}

/* Whether the last entry is told, which that before it covers, after so many that do not. */
static bool is_told(int others) {
    static const char *const after[] = {"", "-y", "-yy", "-yyy"};
    static struct lines lines;
    struct case_policy made;
    bool told = false;
    lines.size = 0;
    for (int i = 0; i < others; i++) {
        add_entry(&lines, 'z', 1 + i / 4, "*", after[i % 4]);
    }
    add_entry(&lines, 'a', COVERING, "*", "");
    add_entry(&lines, 'a', COVERED, "*", "");
    case_policy_build_sound(&made, lines.text);
    for (size_t i = 0; i < made.problem_count; i++) {
        told = told || (made.problems[i].rule == CORS_RULE_REDUNDANT_ORIGIN &&
                        made.problems[i].position.line == (uint32_t)others + 2);
    }
    case_policy_end(&made);
    return told;
}

static void a_search_has_an_end(void **state) {
    (void)state;
    assert_true(is_told(0));
    assert_true(is_told(4));
    assert_true(is_told(99));
    assert_false(is_told(100));
    assert_false(is_told(160));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_has_an_end),
    };
    return cmocka_run_group_tests_name("policy_redundant", tests, NULL, NULL);
}
