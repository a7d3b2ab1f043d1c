/* SPDX-License-Identifier: MIT */
/* Words against the same byte by byte. */
#include "byte_words.h"

#include <stdlib.h>

#include "case_memory.h"
#include "case_table.h"

enum { LONGEST = 80 };

/* Memory of the very size, so that a sanitizer sees a byte too much. */
static char *counted_bytes(size_t size) {
    char *bytes = case_take(size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (char)(i * 37 + 1);
    }
    return bytes;
}

static void bytes_are_equal_in_every_place(void **state) {
    (void)state;
    for (size_t size = 0; size <= LONGEST; size++) {
        char *left = counted_bytes(size);
        char *right = counted_bytes(size);
        assert_true(bytes_equal(left, right, size));
        for (size_t place = 0; place < size; place++) {
            right[place] = (char)(right[place] ^ 0x80);
            assert_false(bytes_equal(left, right, size));
            right[place] = left[place];
        }
        free(left);
        free(right);
    }
}

static void starts_are_loaded_in_order(void **state) {
    (void)state;
    for (size_t size = 0; size <= 16; size++) {
        char *bytes = counted_bytes(size);
        uint64_t word = load_start(bytes, size);
        for (size_t i = 0; i < 8; i++) {
            uint8_t wanted = i < size ? (uint8_t)bytes[i] : 0;
            assert_int_equal((uint8_t)(word >> 8 * i), wanted);
        }
        free(bytes);
    }
}

static void the_first_mark_is_found(void **state) {
    (void)state;
    assert_int_equal(first_marked(0), 8);
    for (unsigned place = 0; place < 8; place++) {
        assert_int_equal(first_marked(UINT64_C(0x80) << 8 * place), place);
        assert_int_equal(first_marked(WORD_HIGHS << 8 * place), place);
    }
}

/* Every byte at the first place; what follows a byte from 0x80 upwards is not to be relied on. */
static void ranges_mark_their_bytes(void **state) {
    static const struct {
        uint8_t first;
        uint8_t last;
    } ranges[] = {{'a', 'z'}, {'0', '9'}, {',', ','}, {0, 0}, {0x7f, 0x7f}, {0, 0x7f}, {'*', '.'}};
    (void)state;
    for (size_t r = 0; r < ROWS(ranges); r++) {
        for (unsigned place = 0; place < 8; place++) {
            for (unsigned byte = 0; byte < 0x80; byte++) {
                uint64_t word = (WORD_ONES * 'q' & ~(UINT64_C(0xff) << 8 * place)) |
                                (uint64_t)byte << 8 * place;
                uint64_t marks = bytes_within(word, ranges[r].first, ranges[r].last);
                bool within = byte >= ranges[r].first && byte <= ranges[r].last;
                assert_int_equal(marks >> (8 * place + 7) & 1, within);
            }
        }
    }
}

/* A letter stands for itself in both cases, and everything else for itself alone. */
static void names_hold_in_any_case(void **state) {
    static const char lower[] = "a-z09k-m";
    (void)state;
    for (size_t place = 0; place < 8; place++) {
        for (int byte = 0; byte < 256; byte++) {
            char any[9];
            memcpy(any, lower, sizeof any);
            any[place] = (char)byte;
            bool letter = lower[place] >= 'a' && lower[place] <= 'z';
            bool wanted = byte == lower[place] || (letter && byte == lower[place] - 32);
            assert_int_equal(holds_name_8(any, lower), wanted);
            if (place < 4) {
                assert_int_equal(holds_name_4(any, lower), wanted);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_equal_in_every_place),
        cmocka_unit_test(starts_are_loaded_in_order),
        cmocka_unit_test(the_first_mark_is_found),
        cmocka_unit_test(ranges_mark_their_bytes),
        cmocka_unit_test(names_hold_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
