/* SPDX-License-Identifier: MIT */
#include "bytes.h"

#include "case_memory.h"
#include "case_table.h"

#include <stdlib.h>

/* Each class as its grammar spells it. */
static const struct {
    const char *row;
    unsigned class;
    const char *bytes;
} classes[] = {
    {"tchar", BYTE_TOKEN,
     "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"[a-z0-9+.-]", BYTE_SCHEME, "abcdefghijklmnopqrstuvwxyz0123456789+.-"},
    {"[a-z0-9_-]", BYTE_LABEL, "abcdefghijklmnopqrstuvwxyz0123456789_-"},
    {"[0-9a-f:.]", BYTE_ADDRESS, "0123456789abcdef:."},
    {"digit", BYTE_DIGIT, "0123456789"},
    {"lower", BYTE_LOWER, "abcdefghijklmnopqrstuvwxyz"},
    {"upper", BYTE_UPPER, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
};

static void classes_are_their_grammars(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(classes); i++) {
        for (int byte = 0; byte < 256; byte++) {
            bool wanted = byte != 0 && strchr(classes[i].bytes, byte) != NULL;
            if (byte_is((char)byte, classes[i].class) != wanted) {
                fail_msg("row \"%s\": byte 0x%02x", classes[i].row, (unsigned)byte);
            }
        }
    }
}

static void controls_are_c0_and_del(void **state) {
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        assert_int_equal(byte_is((char)byte, BYTE_CONTROL), byte < 0x20 || byte == 0x7f);
    }
}

static void folds_are_lower_case(void **state) {
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        int lower = byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
        assert_int_equal((uint8_t)byte_fold((char)byte), lower);
        int token = byte_is((char)byte, BYTE_TOKEN) ? lower : 0;
        assert_int_equal((uint8_t)cors_token_folds[byte], token);
    }
}

/* Every byte at every place of a word, among bytes that a carry would spoil. */
static void words_fold_as_their_bytes(void **state) {
    static const char fillings[] = {'a', 'Z', '@', '[', '\0', '\x7f', '\x80', '\xff'};
    (void)state;
    for (size_t filling = 0; filling < sizeof fillings; filling++) {
        for (size_t place = 0; place < 8; place++) {
            for (int byte = 0; byte < 256; byte++) {
                char bytes[8];
                char folded[8];
                memset(bytes, fillings[filling], sizeof bytes);
                bytes[place] = (char)byte;
                uint64_t word = word_fold(load_8(bytes));
                memcpy(folded, &word, sizeof folded);
                for (size_t i = 0; i < sizeof bytes; i++) {
                    assert_int_equal(folded[i], byte_fold(bytes[i]));
                }
            }
        }
    }
}

static bool equals_folded_naively(cors_slice any, cors_slice lower) {
    bool equal = any.size == lower.size;
    for (size_t i = 0; equal && i < any.size; i++) {
        equal = byte_fold(any.data[i]) == lower.data[i];
    }
    return equal;
}

/* Both slices end where their memory ends, so that a sanitizer sees a byte too much. */
static void expect_equal_as_naively(const char *any, const char *lower, size_t size) {
    char *left = case_take(size);
    char *right = case_take(size);
    memcpy(left, any, size);
    memcpy(right, lower, size);
    cors_slice first = slice_of(left, size);
    cors_slice second = slice_of(right, size);
    if (slice_equals_folded(first, second) != equals_folded_naively(first, second)) {
        fail_msg("\"%.*s\" and \"%.*s\"", SHOWN(first), SHOWN(second));
    }
    free(left);
    free(right);
}

static void slices_compare_folded_at_every_length(void **state) {
    enum { LONGEST = 40 };
    static const char others[] = {'a', 'A', '-', '@', '`', '[', '{', '\x01', '\xC1', '\xE1'};
    (void)state;
    for (size_t size = 0; size <= LONGEST; size++) {
        char any[LONGEST] = {0};
        char lower[LONGEST] = {0};
        for (size_t i = 0; i < size; i++) {
            lower[i] = (char)('a' + (int)(i % 26));
            any[i] = i % 3 == 0 ? (char)(lower[i] - 32) : lower[i];
        }
        expect_equal_as_naively(any, lower, size);
        for (size_t place = 0; place < size; place++) {
            char kept = any[place];
            for (size_t other = 0; other < sizeof others; other++) {
                any[place] = others[other];
                expect_equal_as_naively(any, lower, size);
            }
            any[place] = kept;
        }
    }
}

static void slices_of_other_lengths_differ(void **state) {
    (void)state;
    assert_false(slice_equals_folded(CORS_SLICE("Origin"), CORS_SLICE("origins")));
    assert_false(slice_equals_folded(CORS_SLICE("Origins"), CORS_SLICE("origin")));
    assert_true(slice_equals_folded(slice_of(NULL, 0), CORS_SLICE("")));
    assert_false(slice_equals(CORS_SLICE("a"), CORS_SLICE("ab")));
    assert_true(slice_equals(slice_of(NULL, 0), CORS_SLICE("")));
    assert_false(slice_equals(CORS_SLICE("ab"), CORS_SLICE("aB")));
}

static const struct {
    const char *left;
    const char *right;
    int order;
} orders[] = {
    {"", "", 0},    {"", "a", -1},  {"a", "", 1},          {"a", "a", 0},
    {"a", "b", -1}, {"ab", "a", 1}, {"/api", "/api/", -1}, {"\x7f", "\x80", -1},
};

static void slices_are_ordered_by_bytes(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(orders); i++) {
        int order = slice_compare(case_slice(orders[i].left), case_slice(orders[i].right));
        expect_number(orders[i].left, orders[i].right, (order > 0) - (order < 0), orders[i].order);
    }
    assert_int_equal(slice_compare(slice_of(NULL, 0), slice_of(NULL, 0)), 0);
}

static const struct {
    const char *text;
    const char *part;
    bool starts;
    bool ends;
} parts[] = {
    {"abc", "", true, true},       {"", "", true, true},       {"", "a", false, false},
    {"abc", "ab", true, false},    {"abc", "bc", false, true}, {"abc", "abc", true, true},
    {"abc", "abcd", false, false}, {"abc", "b", false, false},
};

static void slices_start_and_end(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(parts); i++) {
        cors_slice text = case_slice(parts[i].text);
        cors_slice part = case_slice(parts[i].part);
        expect_number(parts[i].text, parts[i].part, slice_starts_with(text, part), parts[i].starts);
        expect_number(parts[i].text, parts[i].part, slice_ends_with(text, part), parts[i].ends);
    }
}

static const struct {
    const char *text;
    const char *trimmed;
} trims[] = {
    {"", ""},
    {" ", ""},
    {"\t \t", ""},
    {"a", "a"},
    {" a", "a"},
    {"a\t", "a"},
    {"\t a b \t", "a b"},
    {"\na\r", "\na\r"},
    {"\x0b"
     "a",
     "\x0b"
     "a"},
    {"\xc2\xa0"
     "a",
     "\xc2\xa0"
     "a"},
};

static void slices_lose_spaces_and_tabs(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(trims); i++) {
        expect_text(trims[i].text, "trimmed", slice_trim(case_slice(trims[i].text)),
                    trims[i].trimmed);
    }
    assert_int_equal(slice_trim(slice_of(NULL, 0)).size, 0);
}

static void slices_find_bytes(void **state) {
    (void)state;
    assert_int_equal(slice_find(CORS_SLICE("a,b,"), ','), 1);
    assert_int_equal(slice_find(CORS_SLICE("ab"), ','), 2);
    assert_int_equal(slice_find(slice_of(NULL, 0), ','), 0);
    assert_true(slice_is_all(CORS_SLICE("0aZ"), BYTE_TOKEN));
    assert_false(slice_is_all(CORS_SLICE("0 Z"), BYTE_TOKEN));
    assert_true(slice_is_all(CORS_SLICE("a0"), BYTE_LOWER | BYTE_DIGIT));
    assert_false(slice_is_all(CORS_SLICE(""), BYTE_TOKEN));
    assert_int_equal(slice_of_text("").size, 0);
    assert_int_equal(slice_of_text("abc").size, 3);
}

/* The elements, each in <>. */
static const struct {
    const char *list;
    const char *elements;
} lists[] = {
    {"", "<>"},        {"a", "<a>"},
    {"a,b", "<a><b>"}, {" a ,\tb\t", "<a><b>"},
    {",", "<><>"},     {"a,,b,", "<a><><b><>"},
    {"a b", "<a b>"},
};

static void lists_give_their_elements(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(lists); i++) {
        char joined[64];
        size_t size = 0;
        cors_slice list = case_slice(lists[i].list);
        cors_slice element;
        while (slice_next_element(&list, &element)) {
            size += (size_t)snprintf(joined + size, sizeof joined - size, "<%.*s>", SHOWN(element));
        }
        expect_text(lists[i].list, "the elements", slice_of(joined, size), lists[i].elements);
    }
    cors_slice nothing = {NULL, 0};
    cors_slice element;
    assert_false(slice_next_element(&nothing, &element));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_their_grammars),
        cmocka_unit_test(controls_are_c0_and_del),
        cmocka_unit_test(folds_are_lower_case),
        cmocka_unit_test(words_fold_as_their_bytes),
        cmocka_unit_test(slices_compare_folded_at_every_length),
        cmocka_unit_test(slices_of_other_lengths_differ),
        cmocka_unit_test(slices_are_ordered_by_bytes),
        cmocka_unit_test(slices_start_and_end),
        cmocka_unit_test(slices_lose_spaces_and_tabs),
        cmocka_unit_test(slices_find_bytes),
        cmocka_unit_test(lists_give_their_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
