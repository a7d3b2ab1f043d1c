/* SPDX-License-Identifier: MIT */
/*
 * Decisions for servers: a request as it arrived goes in as a record, what to answer comes out as
 * words at a fixed place, texts as addresses. So the host decodes only what it has not seen before.
 */
#include <cors/browser.h>
#include <cors/server.h>

#include "wasm_bytes.h"
#include "wasm_export.h"
#include "wasm_memory.h"
#include "wasm_wire.h"

/* The fields that cors_request_add_header() reads; the host hands in no others. */
enum { READ_COUNT = 5 };
static cors_slice read_fields[READ_COUNT];

/* What else is in a record, beside numbers of fields. */
enum part { PART_METHOD = 64, PART_OWN_ORIGIN = 65, PART_TARGET = 66 };

enum judgement_flag { AMBIGUOUS = 1, BLOCKS = 2 };

/* A text: where it is, and its size, with a bit set where it is gone after this request. */
struct judged_text {
    uint32_t address;
    uint32_t size;
};

static const uint32_t passing_text = 0x80000000;

/* In words, in the order in which judged_request.js reads them. */
static struct {
    uint32_t kind;
    uint32_t verdict;
    uint32_t reason;
    uint32_t logged_reason;
    uint32_t status;
    uint32_t flags;
    uint32_t field_count;
    uint32_t vary_count;
    struct judged_text body;
    struct judged_text fields[2 * CORS_DECISION_FIELDS_MAX]; /* names and values in turns */
    struct judged_text vary[CORS_DECISION_VARY_MAX];
} judgement;

/* The request under way: too large for the stack of a small module; and its record. */
static cors_request request;
static struct wire record;

static bool is_within(uintptr_t address, const void *start, const void *end) {
    return address >= (uintptr_t)start && address < (uintptr_t)end;
}

static struct judged_text judged_text(cors_slice text) {
    uintptr_t address = (uintptr_t)text.data;
    bool passing =
        is_within(address, &request, &request + 1) || is_within(address, record.at, record.end);
    return (struct judged_text){(uint32_t)address,
                                (uint32_t)text.size | (passing ? passing_text : 0)};
}

WASM_EXPORT(judgement) const void *wasm_judgement(void);
const void *wasm_judgement(void) {
    return &judgement;
}

/* The names of the lines to hand in, by number; to be called first. */
WASM_EXPORT(judged_fields) cors_status wasm_judged_fields(void);
cors_status wasm_judged_fields(void) {
    static const cors_field_id known[] = {CORS_FIELD_ORIGIN, CORS_FIELD_REQUEST_METHOD,
                                          CORS_FIELD_REQUEST_HEADERS};
    enum { KNOWN_COUNT = sizeof known / sizeof known[0] };
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        read_fields[i] = slice_of_text(cors_field_name(known[i]));
    }
    read_fields[KNOWN_COUNT] = CORS_SLICE("Host");
    read_fields[KNOWN_COUNT + 1] = CORS_SLICE("Sec-Fetch-Site");
    wire_begin();
    wire_put_word(READ_COUNT);
    for (size_t i = 0; i < READ_COUNT; i++) {
        wire_put_text(read_fields[i]);
    }
    return wire_end();
}

static void write_judgement(const cors_decision *decision) {
    judgement.kind = (uint32_t)decision->kind;
    judgement.verdict = (uint32_t)decision->verdict;
    judgement.reason = (uint32_t)decision->reason;
    judgement.logged_reason = (uint32_t)cors_decision_logged_reason(decision);
    judgement.status = (uint32_t)decision->status;
    judgement.flags = cors_decision_blocks(decision) ? BLOCKS : 0;
    judgement.field_count = (uint32_t)decision->field_count;
    judgement.vary_count = (uint32_t)decision->vary_count;
    judgement.body = judged_text(decision->body);
    for (size_t i = 0; i < decision->field_count; i++) {
        judgement.fields[2 * i] = judged_text(decision->fields[i].name);
        judgement.fields[2 * i + 1] = judged_text(decision->fields[i].value);
    }
    for (size_t i = 0; i < decision->vary_count; i++) {
        judgement.vary[i] = judged_text(decision->vary[i]);
    }
}

/* What a request has once each. */
struct parts {
    cors_slice method;
    cors_slice own_origin; /* NULL where the host says none */
    cors_slice target;
};

static struct parts find_parts(struct wire wire) {
    struct parts parts = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    while (wire.at < wire.end) {
        uint32_t number = wire_take_word(&wire);
        cors_slice text = wire_take_text(&wire);
        if (number == PART_METHOD) {
            parts.method = text;
        } else if (number == PART_OWN_ORIGIN) {
            parts.own_origin = text;
        } else if (number == PART_TARGET) {
            parts.target = text;
        }
    }
    return parts;
}

static void add_headers(struct wire wire) {
    while (wire.at < wire.end) {
        uint32_t number = wire_take_word(&wire);
        cors_slice value = wire_take_text(&wire);
        if (number < READ_COUNT) {
            cors_request_add_header(&request, read_fields[number], value);
        }
    }
}

static void judge(const cors_policy *policy, const struct parts *parts, uint32_t verdict,
                  char *scratch) {
    cors_decision decision;
    cors_slice target = parts->target;
    bool ambiguous =
        !cors_target_is_plain(target) && cors_target_is_ambiguous(policy, target, scratch);
    cors_request_begin(&request, policy, parts->method, cors_target_path(target, scratch));
    cors_request_set_origin_verdict(&request, (cors_verdict)verdict);
    if (parts->own_origin.data != NULL) {
        cors_request_set_own_origin(&request, parts->own_origin);
    }
    add_headers(record);
    cors_decide(&request, &decision);
    write_judgement(&decision);
    judgement.flags |= ambiguous ? AMBIGUOUS : 0;
}

/*
 * Judges the request of a record: texts in any order, each behind the number of what it is, fields
 * by the number of the name. The texts of the judgement live as long as the record.
 */
WASM_EXPORT(judge)
cors_status wasm_judge(const cors_policy *policy, const char *data, size_t size, uint32_t verdict);
cors_status wasm_judge(const cors_policy *policy, const char *data, size_t size, uint32_t verdict) {
    static char usual[2048]; /* few targets are longer */
    record = wire_over(data, size);
    struct parts parts = find_parts(record);
    if (parts.target.size <= sizeof usual) {
        judge(policy, &parts, verdict, usual);
        return CORS_OK;
    }
    char *scratch = wasm_allocate(parts.target.size);
    if (scratch == NULL) {
        return CORS_NO_MEMORY;
    }
    judge(policy, &parts, verdict, scratch);
    wasm_release(scratch);
    return CORS_OK;
}
