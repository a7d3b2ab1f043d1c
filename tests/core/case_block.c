/* SPDX-License-Identifier: MIT */
#include "case_block.h"

#include <cors/origin.h>
#include <cors/server.h>
#include <sys/mman.h>
#include <unistd.h>

#include "case_table.h"
#include "origin_entry.h"
#include "policy_block.h"

void case_block_begin(struct case_block *block, const cors_policy *policy) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t size = cors_policy_size(policy);
    size_t pages = (size + page - 1) / page * page;
    *block = (struct case_block){.size = size, .mapped = pages + 2 * page};
    void *mapping = mmap(NULL, block->mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(mapping != MAP_FAILED);
    block->mapping = mapping;
    assert_int_equal(mprotect(block->mapping + page, pages, PROT_READ | PROT_WRITE), 0);
    block->start = block->mapping + page + pages - size;
    memcpy(block->start, policy, size);
}

void case_block_end(struct case_block *block) {
    assert_int_equal(munmap(block->mapping, block->mapped), 0);
}

void case_block_mend(struct case_block *block) {
    cors_policy *head = (cors_policy *)(void *)block->start;
    size_t summed = offsetof(cors_policy, checksum) + sizeof head->checksum;
    head->checksum = cors_block_checksum(block->start + summed, block->size - summed);
}

/* The new tag of a record, which may say any size of itself by now. */
static uint8_t retag(struct case_block *block, uint64_t seed, size_t at) {
    struct set_record *record = (struct set_record *)(void *)(block->start + at);
    size_t size = offsetof(struct set_record, text);
    size += (size_t)record->head_size + record->tail_size;
    if (size <= block->size - at) {
        struct set_key key = cors_set_record_key(record);
        record->tag = (uint8_t)cors_key_hash(seed, &key);
    }
    return record->tag;
}

/* Where the records lie is told by the sound policy; where none changed, the bucket stays. */
static void retag_bucket(struct case_block *block, const cors_policy *sound, uint64_t seed,
                         const struct set_bucket *bucket) {
    uint32_t tags = 0;
    bool changed = false;
    uint32_t at = bucket[0].records;
    while (at < bucket[1].records) {
        const struct set_record *record = set_record_at(sound, at);
        uint8_t tag = retag(block, seed, at);
        changed = changed || tag != record->tag;
        tags |= UINT32_C(1) << tag % 32;
        at = (uint32_t)((const char *)set_record_after(record) - (const char *)sound);
    }
    size_t place = (size_t)((const char *)bucket - (const char *)sound);
    if (changed) {
        ((struct set_bucket *)(void *)(block->start + place))->tags = tags;
    }
}

static void retag_set(struct case_block *block, const cors_policy *sound,
                      const struct cors_set *set) {
    const struct set_bucket *buckets = set_bucket(sound, set, 0);
    for (uint32_t i = 0; i < set->bucket_count; i++) {
        retag_bucket(block, sound, set->seed, &buckets[i]);
    }
}

void case_block_retag(struct case_block *block, const cors_policy *sound) {
    const struct route *routes = policy_routes(sound);
    for (uint32_t i = 0; i < sound->route_count; i++) {
        retag_set(block, sound, &routes[i].origins);
        retag_set(block, sound, &routes[i].anchors);
        retag_set(block, sound, &routes[i].methods);
        retag_set(block, sound, &routes[i].headers);
    }
}

cors_slice case_block_open(const struct case_block *block, const cors_policy **policy) {
    cors_block_fault fault = {CORS_SLICE(""), 0};
    cors_status status = cors_policy_open(block->start, block->size, policy, &fault);
    assert_true((status == CORS_OK) == (*policy != NULL));
    if (status == CORS_OK) {
        assert_ptr_equal(*policy, block->start);
        return CORS_SLICE("");
    }
    assert_int_equal(status, CORS_INVALID);
    assert_true(fault.offset <= block->size);
    assert_true(fault.message.size > 0);
    assert_int_equal(fault.message.data[fault.message.size - 1], '.');
    return fault.message;
}

static const char *const paths[] = {"/", "/api/x", "/api/exact", "/api/deep/er", "/public", "/z"};

static const char *const origins[] = {
    "https://app.example",
    "https://a.b.deep.example:8443",
    "https://pr-12.one.example",
    "https://pr-12-x.one.example",
    "https://q.two.example:81",
    "https://[2001:db8::1]:8443",
    "https://tenant-7.many.example",
    "https://a0b1c2d3e4f5.q.forms.example",
    "http://127.0.0.1:8080",
    "null",
    "https://evil.test",
    "nothing",
};

static const char *const requested_names[] = {"x-one", "authorization, content-type", "*", "a b"};

/* What a field's value may never be, whoever wrote the policy. */
static void expect_harmless(const cors_decision *decision) {
    bool any = false;
    bool credentials = false;
    assert_true(decision->field_count <= CORS_DECISION_FIELDS_MAX);
    assert_true(decision->vary_count <= CORS_DECISION_VARY_MAX);
    assert_true(decision->status == 0 || decision->status == 200 || decision->status == 204 ||
                decision->status == 403);
    for (size_t i = 0; i < decision->field_count; i++) {
        cors_slice name = decision->fields[i].name;
        cors_slice value = decision->fields[i].value;
        assert_true(value.size > 0);
        for (size_t at = 0; at < value.size; at++) {
            assert_true((uint8_t)value.data[at] >= ' ' && (uint8_t)value.data[at] < 0x7f);
        }
        any = any || (value.size == 1 && value.data[0] == '*' &&
                      slice_ends_with(name, CORS_SLICE("Allow-Origin")));
        credentials = credentials || slice_ends_with(name, CORS_SLICE("Credentials"));
    }
    assert_false(any && credentials);
}

static void decide(const cors_policy *policy, const char *path, const char *origin,
                   const char *requested) {
    cors_request request;
    cors_decision decision;
    cors_request_begin(&request, policy, CORS_SLICE("OPTIONS"), case_slice(path));
    cors_request_add_header(&request, CORS_SLICE("Origin"), case_slice(origin));
    if (requested != NULL) {
        cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Method"),
                                CORS_SLICE("PUT"));
        cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Headers"),
                                case_slice(requested));
    }
    cors_decide(&request, &decision);
    expect_harmless(&decision);
}

/* An entry must be one that a file may have. */
static void expect_entry(cors_slice entry) {
    const cors_builder_options options = {.environment = CORS_SLICE("")};
    struct origin_entry read;
    cors_entry_read(entry, &options, &read);
    if (read.faults != 0 || read.converted) {
        fail_msg("an entry that no builder lets pass: %.*s", SHOWN(entry));
    }
}

static void find(const cors_policy *policy, cors_slice path, cors_slice origin) {
    char buffer[CORS_ENTRY_MAX];
    char scratch[64];
    cors_slice found;
    if (cors_policy_find_origin(policy, path, origin, buffer, &found)) {
        expect_entry(found);
    }
    if (cors_policy_find_path(policy, path, &found)) {
        assert_int_equal(found.data[0], '/');
    }
    assert_true(path.size <= sizeof scratch);
    (void)cors_target_is_ambiguous(policy, path, scratch);
}

static bool visit(void *context, cors_slice path, cors_slice entry) {
    size_t *count = context;
    assert_int_equal(path.data[0], '/');
    expect_entry(entry);
    (*count)++;
    return true;
}

void case_block_exercise(const cors_policy *policy) {
    size_t count = 0;
    for (size_t p = 0; p < ROWS(paths); p++) {
        for (size_t o = 0; o < ROWS(origins); o++) {
            decide(policy, paths[p], origins[o], NULL);
            decide(policy, paths[p], origins[o], requested_names[o % ROWS(requested_names)]);
            find(policy, case_slice(paths[p]), case_slice(origins[o]));
        }
    }
    cors_policy_each_origin(policy, visit, &count);
    assert_true(count <= cors_policy_size(policy));
    assert_true(cors_policy_environment(policy).size > 0);
}

bool case_block_try(const struct case_block *block) {
    const cors_policy *policy;
    if (case_block_open(block, &policy).size > 0) {
        return false;
    }
    case_block_exercise(policy);
    return true;
}
