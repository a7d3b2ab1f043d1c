/* SPDX-License-Identifier: MIT */
/*
 * The source itself is included, to see how it spreads. Built once more with CORS_PORTABLE_MIX, the
 * same tests run on the multiplication for machines without 128 bits.
 */
#include "policy_set.c"

#include "case_memory.h"
#include "case_table.h"

#include <stdlib.h>

/* A set as it lies in a block. */
struct made {
    struct case_memory memory;
    cors_allocator allocator;
    struct set_plan plan;
    struct cors_set set;
    uint64_t *block; /* aligned to 8 */
    size_t block_size;
};

enum { START = 64 }; /* something lies before it */

static cors_status make(struct made *made, const struct set_key *keys, uint32_t count) {
    *made = (struct made){.block = NULL};
    made->allocator = case_allocator(&made->memory);
    cors_status status = cors_set_plan(&made->plan, keys, count, &made->allocator);
    if (status != CORS_OK) {
        return status;
    }
    made->block_size = START + (size_t)cors_set_plan_size(&made->plan);
    assert_int_equal(made->block_size % 8, 0);
    made->block = case_take(made->block_size);
    memset(made->block, 0, made->block_size);
    cors_set_write(&made->plan, made->block, START, &made->set);
    return CORS_OK;
}

static void end(struct made *made) {
    cors_set_plan_release(&made->plan, &made->allocator);
    assert_int_equal(made->memory.live, 0);
    free(made->block);
}

static bool holds(const struct made *made, struct set_key key) {
    const struct set_record *record = cors_set_find(made->block, &made->set, &key);
    if (record != NULL) {
        struct set_key found = cors_set_record_key(record);
        assert_true(key_equals(&found, &key));
    }
    if (key.kind == 0) {
        assert_ptr_equal(cors_set_find_text(made->block, &made->set, key.head), record);
    }
    return record != NULL;
}

static struct set_key exact(const char *text) {
    struct set_key key = {.head = case_slice(text)};
    return key;
}

static void an_empty_set_holds_nothing(void **state) {
    struct made made;
    (void)state;
    assert_int_equal(make(&made, NULL, 0), CORS_OK);
    assert_int_equal(made.set.count, 0);
    assert_false(holds(&made, exact("a")));
    assert_false(holds(&made, exact("")));
    assert_null(cors_set_next(made.block, &made.set, NULL));
    end(&made);
}

static const struct {
    const char *head;
    const char *tail;
    uint8_t kind;
} keys[] = {
    {"https://a.test", "", 0},
    {"https://a.test", "", SET_ANY_PORT},
    {"https://", ".a.test", SET_ONE_LABEL},
    {"https://", ".a.test", SET_ANY_DEPTH},
    {"https://", ".a.test", SET_ONE_LABEL | SET_ANY_PORT},
    {"https://", ".a.test:81", SET_ONE_LABEL},
    {"https://pr-", ".a.test", SET_ONE_LABEL},
    {"https://p", "r-.a.test", SET_ONE_LABEL},
    {"https://pr-.a.test", "", SET_ONE_LABEL},
    {"a", "", 0},
    {"b", "", 0},
    {"ab", "", 0},
    {"0123456", "", 0},
    {"01234567", "", 0},
    {"012345678", "", 0},
    {"0123456789abcdef", "", 0},
    {"0123456789abcdefg", "", 0},
    {"0123456789abcdef0123456789abcdef", "", 0},
    {"0123456789abcdef0123456789abcdefg", "", 0},
};

static struct set_key key_at(size_t i) {
    struct set_key key = {case_slice(keys[i].head), case_slice(keys[i].tail), keys[i].kind};
    return key;
}

/* Of these keys any may be in the set, the others are not: all sets of neighbours. */
static void keys_differ_in_head_tail_and_kind(void **state) {
    (void)state;
    for (size_t from = 0; from < ROWS(keys); from++) {
        struct set_key some[ROWS(keys)];
        for (size_t to = from; to <= ROWS(keys); to++) {
            struct made made;
            for (size_t i = from; i < to; i++) {
                some[i - from] = key_at(i);
            }
            assert_int_equal(make(&made, some, (uint32_t)(to - from)), CORS_OK);
            assert_int_equal(made.set.count, to - from);
            for (size_t i = 0; i < ROWS(keys); i++) {
                expect_number(keys[i].head, keys[i].tail, holds(&made, key_at(i)),
                              i >= from && i < to);
            }
            end(&made);
        }
    }
}

static void texts_of_every_length_are_found(void **state) {
    enum { LONGEST = 600 };
    static char text[LONGEST];
    static struct set_key some[LONGEST];
    struct made made;
    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t size = 1; size <= LONGEST; size++) {
        some[size - 1] = (struct set_key){.head = slice_of(text, size)};
    }
    assert_int_equal(make(&made, some, LONGEST), CORS_OK);
    assert_int_equal(made.set.longest, LONGEST);
    for (size_t size = 1; size <= LONGEST; size++) {
        /* At the end of its memory, and each byte counts. */
        char *copy = case_take(size);
        memcpy(copy, text, size);
        struct set_key key = {.head = slice_of(copy, size)};
        assert_true(holds(&made, key));
        copy[size - 1] = 'y';
        assert_false(holds(&made, key));
        copy[size - 1] = 'x';
        copy[size / 2] = 'y';
        assert_false(holds(&made, key));
        free(copy);
    }
    end(&made);
}

static void the_longest_text_bounds_the_work(void **state) {
    struct set_key some[] = {{CORS_SLICE("abc"), CORS_SLICE("defgh"), SET_ONE_LABEL}};
    struct made made;
    (void)state;
    assert_int_equal(make(&made, some, 1), CORS_OK);
    assert_int_equal(made.set.longest, 5);
    /* Longer than any: not even read, as these addresses show. */
    struct set_key beyond = {.head = {(const char *)8, 6}};
    assert_false(holds(&made, beyond));
    struct set_key tail = {CORS_SLICE("abc"), {(const char *)8, 6}, SET_ONE_LABEL};
    assert_false(holds(&made, tail));
    struct set_key nothing = {.head = {NULL, 0}};
    assert_false(holds(&made, nothing));
    end(&made);
}

static void the_largest_text_has_its_size(void **state) {
    struct made made;
    char *text = case_take(SET_TEXT_MAX);
    (void)state;
    memset(text, 'a', SET_TEXT_MAX);
    struct set_key key = {.head = slice_of(text, SET_TEXT_MAX)};
    assert_int_equal(make(&made, &key, 1), CORS_OK);
    assert_true(holds(&made, key));
    key.head.size--;
    assert_false(holds(&made, key));
    end(&made);
    free(text);
}

static uint32_t longest_bucket(const struct made *made) {
    uint32_t longest = 0;
    for (uint32_t b = 0; b < made->plan.bucket_count; b++) {
        uint32_t size = made->plan.starts[b + 1] - made->plan.starts[b];
        longest = size > longest ? size : longest;
    }
    return longest;
}

enum { MANY = 20000, TEXT_SIZE = 24 };

static cors_slice number_text(char *buffer, const char *before, unsigned number) {
    int size = snprintf(buffer, TEXT_SIZE, "%s%u", before, number);
    return slice_of(buffer, (size_t)size);
}

/* Such a record has its tail for whoever finds it by the head. */
static void an_exact_key_is_its_head(void **state) {
    struct set_key some[] = {{CORS_SLICE("12345678"), CORS_SLICE("tail"), 0},
                             {CORS_SLICE("87654321"), CORS_SLICE("of another size"), 0}};
    struct made made;
    (void)state;
    assert_int_equal(make(&made, some, ROWS(some)), CORS_OK);
    for (size_t i = 0; i < ROWS(some); i++) {
        const struct set_record *record = cors_set_find_text(made.block, &made.set, some[i].head);
        assert_non_null(record);
        assert_true(slice_equals(cors_set_record_key(record).tail, some[i].tail));
    }
    assert_null(cors_set_find_text(made.block, &made.set, CORS_SLICE("12345679")));
    assert_null(cors_set_find_text(made.block, &made.set, CORS_SLICE("12345678tail")));
    end(&made);
}

/* What is missed is seen by the bucket alone mostly: its tags are those of its records. */
static void buckets_have_the_tags_of_their_records(void **state) {
    static char texts[MANY][TEXT_SIZE];
    static struct set_key some[MANY];
    struct made made;
    unsigned told = 0;
    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        some[i] = (struct set_key){.head = number_text(texts[i], "https://", i)};
    }
    assert_int_equal(make(&made, some, MANY), CORS_OK);
    for (unsigned i = 0; i < 2 * MANY; i++) {
        char text[TEXT_SIZE];
        uint32_t hash = (uint32_t)text_hash(made.set.seed, number_text(text, "https://", i));
        bool has = bucket_has_tag(set_bucket(made.block, &made.set, hash), hash);
        assert_true(has || i >= MANY);
        told += i >= MANY && has;
    }
    assert_in_range(told, MANY / 100, MANY / 20); /* a bucket has one of 32 tags on average */
    end(&made);
}

/* Every third key stands there once more, in other memory. */
static void many_keys_with_duplicates(void **state) {
    static char texts[2 * MANY][TEXT_SIZE];
    static struct set_key some[2 * MANY];
    static uint8_t seen[MANY];
    struct made made;
    uint32_t count = 0;
    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        some[count] = (struct set_key){.head = number_text(texts[count], "https://", i)};
        count++;
        if (i % 3 == 0) {
            some[count] = (struct set_key){.head = number_text(texts[count], "https://", i / 2)};
            count++;
        }
    }
    assert_int_equal(make(&made, some, count), CORS_OK);
    assert_int_equal(made.set.count, MANY);
    assert_true(longest_bucket(&made) <= SET_BUCKET_MAX);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t first = made.plan.same_as[i];
        assert_true(first <= i && slice_equals(some[first].head, some[i].head));
        assert_int_equal(made.plan.same_as[first], first);
        assert_true(holds(&made, some[i]));
        char other[TEXT_SIZE];
        struct set_key missing = {.head = number_text(other, "https://", MANY + i)};
        assert_false(holds(&made, missing));
    }
    size_t visited = 0;
    const struct set_record *record = NULL;
    while ((record = cors_set_next(made.block, &made.set, record)) != NULL) {
        char text[TEXT_SIZE] = {0};
        struct set_key key = cors_set_record_key(record);
        memcpy(text, key.head.data, key.head.size);
        unsigned long number = strtoul(text + 8, NULL, 10);
        assert_true(number < MANY && seen[number] == 0);
        seen[number] = 1;
        visited++;
    }
    assert_int_equal(visited, MANY);
    end(&made);
}

/* A bucket takes so many keys that differ, and any number of equal ones. */
static void equal_keys_do_not_fill_a_bucket(void **state) {
    static struct set_key some[1000];
    struct made made;
    (void)state;
    for (size_t i = 0; i < ROWS(some); i++) {
        some[i] = exact(i % 2 == 0 ? "even" : "odd");
    }
    assert_int_equal(make(&made, some, ROWS(some)), CORS_OK);
    assert_int_equal(made.set.count, 2);
    assert_true(holds(&made, some[0]) && holds(&made, some[1]));
    end(&made);
}

enum { CRAFTED = SET_BUCKET_MAX + 1 };

/* As many keys as collide under a seed that is known: one more than a bucket holds is refused. */
static void a_seed_that_fills_a_bucket_is_refused(void **state) {
    static char texts[CRAFTED][TEXT_SIZE];
    struct set_key some[CRAFTED];
    struct made made;
    uint32_t count = 0;
    (void)state;
    for (unsigned number = 0; count < CRAFTED; number++) {
        struct set_key key = {.head = number_text(texts[count], "x-", number)};
        if (hash_bucket((uint32_t)cors_key_hash(99, &key), CRAFTED) == 7) {
            some[count++] = key;
        }
    }
    assert_int_equal(make(&made, some, CRAFTED), CORS_OK);
    uint64_t seed = made.plan.seed;
    assert_true(longest_bucket(&made) < SET_BUCKET_MAX);
    made.plan.seed = 99;
    assert_false(spread_keys(&made.plan));
    assert_int_equal(longest_bucket(&made), CRAFTED);
    made.plan.seed = seed;
    assert_true(spread_keys(&made.plan));
    end(&made);
}

/* The seed comes from the keys: who adds one has another. */
static void each_choice_of_keys_has_its_seed(void **state) {
    struct set_key some[] = {exact("https://a.test"), exact("https://b.test"), exact("null")};
    struct made first;
    struct made second;
    (void)state;
    for (uint32_t count = 0; count < ROWS(some); count++) {
        assert_int_equal(make(&first, some, count), CORS_OK);
        assert_int_equal(make(&second, some, count + 1), CORS_OK);
        assert_true(first.set.seed != second.set.seed);
        end(&second);
        assert_int_equal(make(&second, some, count), CORS_OK);
        assert_true(first.set.seed == second.set.seed);
        assert_int_equal(first.block_size, second.block_size);
        assert_memory_equal(first.block, second.block, first.block_size);
        end(&first);
        end(&second);
    }
}

/* Bytes that no origin, method or header name has can cancel a salt: these collide for ever. */
enum { CANCELLING = 33 };

static struct set_key cancelling_key(char (*text)[CANCELLING], uint32_t number) {
    const uint64_t salt = SET_SALT_ONE;
    memset(*text, 'x', CANCELLING);
    memcpy(*text, &salt, sizeof salt);
    (*text)[8] = (char)('a' + (int)number);
    return (struct set_key){.head = slice_of(*text, CANCELLING)};
}

static void keys_that_no_seed_spreads_are_refused(void **state) {
    char texts[CRAFTED][CANCELLING];
    struct set_key some[CRAFTED];
    struct made made;
    (void)state;
    for (uint32_t i = 0; i < CRAFTED; i++) {
        some[i] = cancelling_key(&texts[i], i);
    }
    assert_int_equal(make(&made, some, CRAFTED), CORS_TOO_LARGE);
    assert_int_equal(made.memory.live, 0);
    assert_null(made.plan.same_as);
    assert_int_equal(make(&made, some, CRAFTED - 1), CORS_OK);
    for (uint32_t i = 0; i < CRAFTED; i++) {
        assert_int_equal(holds(&made, some[i]), i < CRAFTED - 1);
    }
    end(&made);
}

/*
 * A text of one turn and a byte, of which two steps meet the same words: what the salts differ by
 * is in the text. The bytes of three salts' differences are all ASCII.
 */
enum { TWIN_SIZE = HASH_TURN + 1 };

static struct set_key twin_key(char (*text)[TWIN_SIZE], unsigned one, unsigned other,
                               unsigned number) {
    static const uint64_t salts[] = {SET_SALT_ONE, SET_SALT_TWO, SET_SALT_THREE};
    memset(*text, 'x', TWIN_SIZE);
    (void)snprintf(*text + (size_t)16 * one, 16, "%015u", number);
    memcpy(*text + (size_t)16 * other, *text + (size_t)16 * one, 16);
    uint64_t word = load_8(*text + (size_t)16 * other) ^ salts[one] ^ salts[other];
    memcpy(*text + (size_t)16 * other, &word, sizeof word);
    return (struct set_key){.head = slice_of(*text, TWIN_SIZE)};
}

static void steps_that_are_equal_do_not_cancel(void **state) {
    static char texts[1000][TWIN_SIZE];
    struct set_key some[ROWS(texts)];
    struct made made;
    (void)state;
    for (unsigned lane = 0; lane < 3; lane++) {
        for (unsigned i = 0; i < ROWS(some); i++) {
            some[i] = twin_key(&texts[i], lane, (lane + 1) % 3, i);
        }
        assert_int_equal(make(&made, some, ROWS(some)), CORS_OK);
        assert_in_range(longest_bucket(&made), 1, 12);
        end(&made);
    }
}

/* A last key whose end is the seed of those before it makes a product zero. */
static void a_last_key_does_not_choose_the_seed(void **state) {
    struct set_key one[] = {exact("https://a.test"), exact("")};
    struct set_key other[] = {exact("https://b.test"), exact("")};
    char ends[2][17] = {"https://12345678", "https://12345678"};
    uint64_t before[] = {seed_of(one, 1), seed_of(other, 1)};
    (void)state;
    for (size_t i = 0; i < ROWS(ends); i++) {
        memcpy(ends[i] + 8, &before[i], sizeof before[i]);
    }
    one[1].head = slice_of(ends[0], 16);
    other[1].head = slice_of(ends[1], 16);
    assert_true(cors_key_hash(before[0], &one[1]) == cors_key_hash(before[1], &other[1]));
    assert_true(seed_of(one, 2) != seed_of(other, 2));
}

/* With one key more than a bucket takes, in the same bucket by the first seed: the next is taken.
 */
static void another_seed_is_tried(void **state) {
    char texts[CRAFTED][CANCELLING];
    char last[TEXT_SIZE];
    struct set_key some[CRAFTED];
    struct made made;
    unsigned moved = 0;
    (void)state;
    for (uint32_t i = 0; i < CRAFTED - 1; i++) {
        some[i] = cancelling_key(&texts[i], i);
    }
    for (unsigned number = 0; number < 1000; number++) {
        some[CRAFTED - 1] = (struct set_key){.head = number_text(last, "y-", number)};
        assert_int_equal(make(&made, some, CRAFTED), CORS_OK);
        assert_true(longest_bucket(&made) <= SET_BUCKET_MAX);
        for (uint32_t i = 0; i < CRAFTED; i++) {
            assert_true(holds(&made, some[i]));
        }
        moved += made.set.seed != word_mix(seed_of(some, CRAFTED) ^ 1, SET_SALT_ONE);
        end(&made);
    }
    assert_in_range(moved, 10, 100); /* one in 25 or so */
}

static void plans_say_when_memory_is_out(void **state) {
    struct set_key some[] = {exact("a"), exact("b")};
    (void)state;
    for (size_t refused = 1; refused <= 4; refused++) {
        struct case_memory memory = {.refused_at = refused};
        cors_allocator allocator = case_allocator(&memory);
        struct set_plan plan;
        assert_int_equal(cors_set_plan(&plan, some, 2, &allocator), CORS_NO_MEMORY);
        assert_int_equal(memory.live, 0);
        cors_set_plan_release(&plan, &allocator);
    }
}

/* A 64 by 64 bit product by long multiplication, a bit at a time. */
static uint64_t fold_product(uint64_t left, uint64_t right) {
    uint64_t low = 0;
    uint64_t high = 0;
    for (int bit = 63; bit >= 0; bit--) {
        high = high << 1 | low >> 63;
        low <<= 1;
        if ((right >> bit & 1) != 0) {
            low += left;
            high += low < left;
        }
    }
    return low ^ high;
}

static void the_multiplication_is_exact(void **state) {
    static const uint64_t numbers[] = {0,
                                       1,
                                       2,
                                       UINT32_MAX,
                                       UINT64_C(1) << 32,
                                       (UINT64_C(1) << 32) + 1,
                                       UINT64_C(1) << 63,
                                       UINT64_MAX - 1,
                                       UINT64_MAX,
                                       UINT64_C(0xffffffff00000000),
                                       UINT64_C(0xa0c9b7d3e5f1938d),
                                       UINT64_C(0xe7d1a58fc3b99b97)};
    uint64_t left = 1;
    uint64_t right = 3;
    (void)state;
    for (size_t i = 0; i < ROWS(numbers); i++) {
        for (size_t j = 0; j < ROWS(numbers); j++) {
            assert_true(word_mix(numbers[i], numbers[j]) == fold_product(numbers[i], numbers[j]));
        }
    }
    for (int i = 0; i < 20000; i++) {
        left = left * UINT64_C(6364136223846793005) + 1;
        right = right * UINT64_C(2862933555777941757) + 3037;
        assert_true(word_mix(left, right) == fold_product(left, right));
        assert_true(word_mix(left, right >> (i % 64)) == fold_product(left, right >> (i % 64)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_set_holds_nothing),
        cmocka_unit_test(keys_differ_in_head_tail_and_kind),
        cmocka_unit_test(texts_of_every_length_are_found),
        cmocka_unit_test(the_longest_text_bounds_the_work),
        cmocka_unit_test(the_largest_text_has_its_size),
        cmocka_unit_test(an_exact_key_is_its_head),
        cmocka_unit_test(buckets_have_the_tags_of_their_records),
        cmocka_unit_test(many_keys_with_duplicates),
        cmocka_unit_test(equal_keys_do_not_fill_a_bucket),
        cmocka_unit_test(a_seed_that_fills_a_bucket_is_refused),
        cmocka_unit_test(each_choice_of_keys_has_its_seed),
        cmocka_unit_test(another_seed_is_tried),
        cmocka_unit_test(steps_that_are_equal_do_not_cancel),
        cmocka_unit_test(a_last_key_does_not_choose_the_seed),
        cmocka_unit_test(keys_that_no_seed_spreads_are_refused),
        cmocka_unit_test(plans_say_when_memory_is_out),
        cmocka_unit_test(the_multiplication_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
