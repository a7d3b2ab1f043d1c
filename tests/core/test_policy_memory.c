/* SPDX-License-Identifier: MIT */
#include "policy_memory.h"

#include "case_memory.h"
#include "case_table.h"

#include <stdlib.h>

static void arrays_grow_and_keep_what_they_hold(void **state) {
    enum { ITEMS = 1000 };
    struct case_memory memory = {0};
    cors_allocator allocator = case_allocator(&memory);
    struct array array = {.items = NULL};
    (void)state;
    for (uint64_t i = 0; i < ITEMS; i++) {
        uint64_t *item = cors_array_add(&array, sizeof *item, &allocator);
        assert_non_null(item);
        assert_int_equal(*item, 0);
        *item = i * i;
        assert_int_equal(array.count, i + 1);
    }
    for (uint64_t i = 0; i < ITEMS; i++) {
        assert_int_equal(((const uint64_t *)array.items)[i], i * i);
    }
    assert_int_equal(memory.live, 1);
    assert_true(memory.asked < 12); /* it doubles */
    cors_array_release(&array, &allocator);
    assert_int_equal(memory.live, 0);
    assert_null(array.items);
    assert_int_equal(array.count + array.capacity, 0);
    cors_array_release(&array, &allocator);
}

/* What it held before the refusal is still there. */
static void arrays_stay_whole_when_memory_is_out(void **state) {
    struct case_memory memory = {.refused_at = 2};
    cors_allocator allocator = case_allocator(&memory);
    struct array array = {.items = NULL};
    (void)state;
    for (char i = 0; i < 8; i++) {
        char *item = cors_array_add(&array, sizeof *item, &allocator);
        assert_non_null(item);
        *item = i;
    }
    assert_null(cors_array_add(&array, 1, &allocator));
    assert_int_equal(array.count, 8);
    for (char i = 0; i < 8; i++) {
        assert_int_equal(((const char *)array.items)[(int)i], i);
    }
    assert_non_null(cors_array_add(&array, 1, &allocator));
    cors_array_release(&array, &allocator);
    assert_int_equal(memory.live, 0);
}

static void arenas_give_what_is_asked_aligned(void **state) {
    static const size_t sizes[] = {0,     1,     7,     8,     9, 4000, 16384,
                                   16376, 16385, 20000, 65536, 3, 8,    16000};
    enum { COUNT = sizeof sizes / sizeof sizes[0] };
    struct case_memory memory = {0};
    cors_allocator allocator = case_allocator(&memory);
    struct arena arena = {.chunks = NULL};
    char *taken[COUNT];
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        taken[i] = cors_arena_take(&arena, sizes[i], &allocator);
        assert_non_null(taken[i]);
        assert_int_equal((uintptr_t)taken[i] % 8, 0);
        memset(taken[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t at = 0; at < sizes[i]; at++) {
            assert_int_equal(taken[i][at], i + 1);
        }
    }
    cors_arena_release(&arena, &allocator);
    assert_int_equal(memory.live, 0);
    cors_arena_release(&arena, &allocator);
}

static void small_texts_share_a_chunk(void **state) {
    struct case_memory memory = {0};
    cors_allocator allocator = case_allocator(&memory);
    struct arena arena = {.chunks = NULL};
    (void)state;
    for (size_t i = 0; i < 16384 / 8; i++) {
        assert_non_null(cors_arena_take(&arena, 1, &allocator));
    }
    assert_int_equal(memory.asked, 1);
    assert_non_null(cors_arena_take(&arena, 1, &allocator));
    assert_int_equal(memory.asked, 2);
    cors_arena_release(&arena, &allocator);
    assert_int_equal(memory.live, 0);
}

static void arenas_say_when_memory_is_out(void **state) {
    struct case_memory memory = {.refused_at = 2};
    cors_allocator allocator = case_allocator(&memory);
    struct arena arena = {.chunks = NULL};
    (void)state;
    char *first = cors_arena_take(&arena, 16000, &allocator);
    assert_non_null(first);
    memset(first, 'a', 16000);
    assert_null(cors_arena_take(&arena, 1000, &allocator));
    assert_non_null(cors_arena_take(&arena, 100, &allocator)); /* the first chunk has room */
    assert_non_null(cors_arena_take(&arena, 1000, &allocator));
    cors_arena_release(&arena, &allocator);
    assert_int_equal(memory.live, 0);
}

struct item {
    uint16_t key;
    uint16_t place;
    uint8_t filling;
};

static int calls;

static int compare_items(const void *left, const void *right, const void *context) {
    assert_string_equal(context, "context");
    calls++;
    return (int)((const struct item *)left)->key - (int)((const struct item *)right)->key;
}

/* Every size around powers of two, keys with many equals: order is kept among these. */
static void sorting_is_stable(void **state) {
    enum { LARGEST = 300 };
    struct item items[LARGEST];
    struct item spare[LARGEST];
    uint32_t seed = 7;
    (void)state;
    for (size_t count = 0; count <= LARGEST; count++) {
        for (uint32_t kinds = 1; kinds < 400; kinds = kinds * 3 + 1) {
            for (size_t i = 0; i < count; i++) {
                seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
                items[i] = (struct item){(uint16_t)((seed >> 8) % kinds), (uint16_t)i, 0x77};
            }
            cors_merge_sort(items, spare, count, sizeof items[0], compare_items, "context");
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(items[i].filling, 0x77);
                if (i > 0) {
                    assert_true(items[i - 1].key <= items[i].key);
                    assert_true(items[i - 1].key < items[i].key ||
                                items[i - 1].place < items[i].place);
                }
            }
        }
    }
}

/* However the items lie: n log n comparisons. */
static void sorting_has_no_bad_input(void **state) {
    enum { COUNT = 4096, LEVELS = 12 };
    static struct item items[COUNT];
    static struct item spare[COUNT];
    (void)state;
    for (int shape = 0; shape < 4; shape++) {
        for (size_t i = 0; i < COUNT; i++) {
            size_t keys[] = {i, COUNT - i, 0, i % 2 == 0 ? i : COUNT - i};
            items[i] = (struct item){(uint16_t)keys[shape], (uint16_t)i, 0};
        }
        calls = 0;
        cors_merge_sort(items, spare, COUNT, sizeof items[0], compare_items, "context");
        assert_true(calls <= COUNT * LEVELS);
        for (size_t i = 1; i < COUNT; i++) {
            assert_true(items[i - 1].key <= items[i].key);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_grow_and_keep_what_they_hold),
        cmocka_unit_test(arrays_stay_whole_when_memory_is_out),
        cmocka_unit_test(arenas_give_what_is_asked_aligned),
        cmocka_unit_test(small_texts_share_a_chunk),
        cmocka_unit_test(arenas_say_when_memory_is_out),
        cmocka_unit_test(sorting_is_stable),
        cmocka_unit_test(sorting_has_no_bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
