/* SPDX-License-Identifier: MIT */
/*
 * Blocks of which more was changed than a text or a number: whole lists written anew, with all that
 * they say of themselves, so that nothing but what they hold can be refused.
 */
#include <sys/mman.h>

#include "case_block.h"
#include "case_policy.h"
#include "case_table.h"
#include "policy_block.h"

#define A50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A200 A50 A50 A50 A50
#define NO_ENTRY "This entry is no origin and no sound pattern."

struct opened {
    struct case_policy made;
    struct case_block block;
    cors_policy *head;
    struct route *route; /* the only one */
};

static void begin(struct opened *opened, const char *lines) {
    case_policy_build_sound(&opened->made, lines);
    case_block_begin(&opened->block, opened->made.policy);
    opened->head = (cors_policy *)(void *)opened->block.start;
    opened->route = (struct route *)(void *)(opened->block.start + opened->head->routes);
}

static void end(struct opened *opened) {
    case_block_end(&opened->block);
    case_policy_end(&opened->made);
}

static void expect_fault(struct opened *opened, const char *row, const char *wanted) {
    const cors_policy *policy;
    case_block_mend(&opened->block);
    expect_text(row, "the fault", case_block_open(&opened->block, &policy), wanted);
}

static struct set_bucket *buckets_of(const struct opened *opened, const struct cors_set *set) {
    return (struct set_bucket *)(void *)(opened->block.start + set->buckets);
}

static struct set_record *record_at(const struct opened *opened, uint32_t at) {
    return (struct set_record *)(void *)(opened->block.start + at);
}

static uint32_t end_of_record(const struct opened *opened, uint32_t at) {
    const struct set_record *record = record_at(opened, at);
    size_t size = offsetof(struct set_record, text) + record->head_size + record->tail_size;
    return at + (uint32_t)(size + size % 2);
}

/* What a set says of itself, after its records. */
static void settle(struct opened *opened, struct cors_set *set) {
    set->count = 0;
    set->longest = 0;
    set->sizes = 0;
    for (uint32_t i = 0; i < set->bucket_count; i++) {
        struct set_bucket *bucket = &buckets_of(opened, set)[i];
        bucket->tags = 0;
        for (uint32_t at = bucket->records; at < bucket[1].records;) {
            struct set_record *record = record_at(opened, at);
            struct set_key key = cors_set_record_key(record);
            record->tag = (uint8_t)cors_key_hash(set->seed, &key);
            bucket->tags |= UINT32_C(1) << record->tag % 32;
            set->sizes |= UINT64_C(1) << key.head.size % 64;
            set->longest = key.head.size > set->longest ? (uint32_t)key.head.size : set->longest;
            set->longest = key.tail.size > set->longest ? (uint32_t)key.tail.size : set->longest;
            set->count++;
            at = end_of_record(opened, at);
        }
    }
}

/* One bucket with one record, an exact text of some byte, in place of all that the set has. */
static struct set_record *merge(struct opened *opened, struct cors_set *set, char byte) {
    struct set_bucket *buckets = buckets_of(opened, set);
    uint32_t end = buckets[set->bucket_count].records;
    assert_true(set->count > 1);
    set->bucket_count = 1;
    buckets[0].records = set->buckets + 2 * (uint32_t)sizeof *buckets;
    buckets[1] = (struct set_bucket){.records = end};
    struct set_record *record = record_at(opened, buckets[0].records);
    size_t room = end - buckets[0].records - offsetof(struct set_record, text);
    *record = (struct set_record){.head_size = (uint16_t)room};
    memset(record->text, byte, room);
    return record;
}

/* Changes the text of the only entry, and how much of it stands before the wildcard. */
static void change_entry(struct opened *opened, const char *text, size_t head, uint8_t kind) {
    struct cors_set *set = &opened->route->origins;
    struct set_record *record = record_at(opened, buckets_of(opened, set)->records);
    size_t size = (size_t)record->head_size + record->tail_size;
    assert_int_equal(strlen(text), size);
    memcpy(record->text, text, size);
    record->head_size = (uint16_t)head;
    record->tail_size = (uint16_t)(size - head);
    record->kind = kind;
    settle(opened, set);
}

static const struct {
    const char *name;
    const char *entry;   /* as a policy has it */
    const char *changed; /* as long, without the wildcard */
    size_t head;
    uint8_t kind;
    const char *fault;
} entries[] = {
    {"a long host", "https://" A50 "." A50 ".example", "https://" A50 "." A50 ".example", 117, 0,
     ""},
    {"a long label", "https://" A50 "." A50 ".example", "https://" A50 "a" A50 ".example", 117, 0,
     NO_ENTRY},
    {"a long scheme", "aaaaaaaaaaaa" A50 "aa://b.cd", "aaaaaaaaaaaa" A50 "aaa://b.c", 71, 0,
     NO_ENTRY},
    {"a pattern of a long label", "https://x." A50 "." A50 ".*.a.example",
     "https://x." A50 "a" A50 "..a.example", 112, SET_ANY_DEPTH, NO_ENTRY},
    {"a wildcard in the scheme", "https://*.[::1].example", "https://[2001:db8::11]", 1,
     SET_ONE_LABEL, NO_ENTRY},
    {"a pattern of files", "https://*.deep.example", "file://a.deep.example", 8, SET_ONE_LABEL,
     NO_ENTRY},
    {"a wildcard for all labels at the end", "https://*.deep.example", "https://a.deep.examp.", 21,
     SET_ANY_DEPTH, ""},
    {"a wildcard for all labels behind a letter", "https://*.deep.example", "https://a.deep.exampl",
     21, SET_ANY_DEPTH, NO_ENTRY},
    {"a wildcard behind the port", "https://*.deep.example", "https://deep.example:", 21,
     SET_ONE_LABEL, NO_ENTRY},
};

static void entries_are_judged_whole(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(entries); i++) {
        struct opened opened;
        char lines[400];
        (void)snprintf(lines, sizeof lines, "path /a/*\nallow_origins %s\n",
                       strstr(entries[i].entry, "[::1]") == NULL ? entries[i].entry
                                                                 : "https://[2001:db8::11]");
        begin(&opened, lines);
        change_entry(&opened, entries[i].changed, entries[i].head, entries[i].kind);
        expect_fault(&opened, entries[i].name, entries[i].fault);
        end(&opened);
    }
}

static void entries_longer_than_any_are_none(void **state) {
    struct opened opened;
    (void)state;
    begin(&opened, "path /a/*\nallow_origins https://*." A50 "." A50 "." A50 "." A50 ".example\n"
                   "allow_origins https://*." A50 "." A50 "." A50 "." A50 ".other\n");
    merge(&opened, &opened.route->origins, 'a')->kind = SET_ONE_LABEL;
    settle(&opened, &opened.route->origins);
    expect_fault(&opened, "two entries as one", NO_ENTRY);
    end(&opened);
}

/* The longest name that a policy may have, CORS_HEADER_NAME_MAX bytes. */
static void names_have_bounds(void **state) {
    struct opened opened;
    (void)state;
    begin(&opened, "path /a/*\nallow_origins https://a.example\n"
                   "allow_headers " A200 A50 "aaaaaa\n");
    expect_fault(&opened, "the longest", "");
    end(&opened);
}

static void methods_are_judged_whole(void **state) {
    struct opened opened;
    (void)state;
    begin(&opened, "path /a/*\nallow_origins https://a.example\nallow_methods PATCH\n");
    struct cors_set *set = &opened.route->methods;
    memcpy(record_at(&opened, buckets_of(&opened, set)->records)->text, "TRACE", 5);
    settle(&opened, set);
    expect_fault(&opened, "a forbidden method", "This is no method that a page may use.");
    end(&opened);

    begin(&opened, "path /a/*\nallow_origins https://a.example\nallow_methods " A200
                   "\nallow_methods B" A200 "\n");
    set = &opened.route->methods;
    (void)merge(&opened, set, 'A');
    settle(&opened, set);
    expect_fault(&opened, "two methods as one", "This is no method that a page may use.");
    end(&opened);
}

/* More records than the builder puts into a bucket would make a search slow. */
static void buckets_are_short(void **state) {
    struct opened opened;
    (void)state;
    begin(&opened, "path /a/*\nallow_origins https://a.example\nallow_methods " A200 "\n");
    struct cors_set *set = &opened.route->methods;
    struct set_bucket *bucket = buckets_of(&opened, set);
    char letter = 'A';
    assert_true(bucket[1].records - bucket->records > (SET_BUCKET_MAX + 1) * 8);
    for (uint32_t at = bucket->records; at + 8 <= bucket[1].records; at += 8) {
        struct set_record *record = record_at(&opened, at);
        *record = (struct set_record){.head_size = 1};
        record->text[0] = letter++;
        record->text[1] = '\0';
    }
    /* The last takes what is left. */
    struct set_record *last = record_at(&opened, bucket->records + SET_BUCKET_MAX * 8);
    last->head_size = (uint16_t)(bucket[1].records - bucket->records - SET_BUCKET_MAX * 8 -
                                 offsetof(struct set_record, text));
    memset(last->text, 'Z', last->head_size);
    settle(&opened, set);
    assert_int_equal(set->count, SET_BUCKET_MAX + 1);
    expect_fault(&opened, "a bucket", "The entries that begin here do not fit.");
    end(&opened);
}

static void write_list(struct opened *opened, struct block_text place, const char *text) {
    assert_int_equal(strlen(text), place.size);
    memcpy(opened->block.start + place.offset, text, place.size);
}

static void lists_are_judged_whole(void **state) {
    struct opened opened;
    (void)state;
    begin(&opened, "path /a/*\nallow_origins https://a.example\nallow_methods A\nallow_methods B\n"
                   "allow_methods CDEF\nallow_methods GHIJKL\nexpose_headers X-Ten-Long\n");
    write_list(&opened, opened.route->allow_methods, "GHIJKL, CDEF, CDEF");
    expect_fault(&opened, "a method that is missing", "This list is not whole.");
    memcpy(opened.block.start, opened.made.policy, opened.block.size);
    write_list(&opened, opened.route->expose_headers, "Set-Cookie");
    expect_fault(&opened, "a header that nobody may read",
                 "This is no list of headers that may be read.");
    memcpy(opened.block.start, opened.made.policy, opened.block.size);
    expect_fault(&opened, "as it was", "");
    end(&opened);

    begin(&opened, "path /a/*\nallow_origins https://a.example\nexpose_headers X-" A200
                   "\nexpose_headers Y-" A200 "\n");
    memcpy(opened.block.start + opened.route->expose_headers.offset + 202, "--", 2);
    expect_fault(&opened, "two names as one", "This is no list of headers that may be read.");
    end(&opened);
}

static void ages_are_numbers(void **state) {
    static const struct {
        const char *digits;
        const char *fault;
    } ages[] = {
        {"2147483648", "This is no number of seconds."},
        {"9999999999", "This is no number of seconds."},
        {"2147483647", "What is said to begin here lies elsewhere."}, /* it was shorter */
    };
    (void)state;
    for (size_t i = 0; i < ROWS(ages); i++) {
        struct opened opened;
        begin(&opened, "path /a/*\nallow_origins https://a.example\nmax_age 10m\npolicy\n"
                       "path /b/*\nallow_origins https://a.example\n");
        memcpy(opened.block.start + opened.route->max_age.offset, ages[i].digits, 10);
        opened.route->max_age.size = 10;
        expect_fault(&opened, ages[i].digits, ages[i].fault);
        end(&opened);
    }
}

/* An origin with labels of 49 bytes, as long as the record says. */
static void write_origin(struct set_record *record) {
    memcpy(record->text, "https://", 8);
    for (size_t i = 50; i + 1 < record->head_size; i += 50) {
        record->text[i] = '.';
    }
}

/* More forms than a shape has room for, so that they stand in a list by themselves. */
static const char seven_forms[] = "path /a/*\n"
                                  "allow_origins https://a*.deep.example\n"
                                  "allow_origins https://bb*.deep.example\n"
                                  "allow_origins https://ccc*.deep.example\n"
                                  "allow_origins https://dddd*.deep.example\n"
                                  "allow_origins https://eeeee*.deep.example\n"
                                  "allow_origins https://ffffff*.deep.example\n"
                                  "allow_origins https://ggggggg*.deep.example\n";

/* Work over forms is bounded by entries. */
static void forms_are_of_entries(void **state) {
    struct opened opened;
    (void)state;
    begin(&opened, seven_forms);
    struct cors_set *set = &opened.route->origins;
    assert_int_equal(opened.route->anchors.count, 1);
    struct set_record *first = merge(&opened, set, 'a');
    uint16_t room = first->head_size;
    first->head_size = 100;
    struct set_record *second =
        record_at(&opened, end_of_record(&opened, buckets_of(&opened, set)->records));
    *second = (struct set_record){.head_size =
                                      (uint16_t)(room - 100 - offsetof(struct set_record, text))};
    write_origin(first);
    write_origin(second);
    settle(&opened, set);
    expect_fault(&opened, "fewer entries", "There are more forms than entries that have them.");
    end(&opened);
}

/* A list of forms stands behind a hash of eight bytes. */
static void lists_of_forms_are_judged_whole(void **state) {
    struct opened opened;
    (void)state;
    begin(&opened, seven_forms);
    struct cors_set *set = &opened.route->anchors;
    struct set_record *record = record_at(&opened, buckets_of(&opened, set)->records);
    assert_int_equal(record->head_size, 8);
    assert_true(record->tail_size > sizeof(struct form));
    record->head_size = (uint16_t)(record->head_size + sizeof(struct form));
    record->tail_size = (uint16_t)(record->tail_size - sizeof(struct form));
    settle(&opened, set);
    expect_fault(&opened, "a longer hash", "This is no list of forms.");
    end(&opened);
}

/* Sizes that no block has. */
static void sizes_are_a_blocks(void **state) {
    struct opened opened;
    const cors_policy *policy;
    cors_block_fault fault;
    const size_t huge = ((size_t)UINT32_MAX + 8) / 8 * 8;
    (void)state;
    begin(&opened, "path /a/*\nallow_origins https://a.example\n");
    opened.head->size -= 4;
    assert_int_equal(cors_policy_open(opened.block.start, opened.block.size - 4, &policy, &fault),
                     CORS_INVALID);
    expect_text("no multiple of 8", "the fault", fault.message,
                "It has another length than it says.");
    assert_int_equal(fault.offset, offsetof(cors_policy, size));

    void *mapping = mmap(NULL, huge, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(mapping != MAP_FAILED);
    memcpy(mapping, opened.made.policy, sizeof *opened.head);
    ((cors_policy *)mapping)->size = huge;
    assert_int_equal(cors_policy_open(mapping, huge, &policy, &fault), CORS_INVALID);
    expect_text("more than offsets reach", "the fault", fault.message,
                "It has another length than it says.");
    assert_int_equal(munmap(mapping, huge), 0);
    end(&opened);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_judged_whole),
        cmocka_unit_test(entries_longer_than_any_are_none),
        cmocka_unit_test(names_have_bounds),
        cmocka_unit_test(methods_are_judged_whole),
        cmocka_unit_test(buckets_are_short),
        cmocka_unit_test(lists_are_judged_whole),
        cmocka_unit_test(ages_are_numbers),
        cmocka_unit_test(forms_are_of_entries),
        cmocka_unit_test(lists_of_forms_are_judged_whole),
        cmocka_unit_test(sizes_are_a_blocks),
    };
    return cmocka_run_group_tests_name("policy_open_crafted", tests, NULL, NULL);
}
