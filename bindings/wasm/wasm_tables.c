/* SPDX-License-Identifier: MIT */
/* Every name and sentence of the engine, for pages to show and for the host to find numbers by. */
#include <cors/browser.h>
#include <cors/policy.h>
#include <cors/server.h>

#include "wasm_export.h"
#include "wasm_wire.h"

/* What the core gives no names to but in its headers. */
#define TEXT_OF_THREE(name, number, text) text,
#define TEXT_OF_FOUR(name, number, text, more) text,
static const char *const names[] = {
    CORS_MODES(TEXT_OF_THREE) NULL,          CORS_CREDENTIALS_MODES(TEXT_OF_THREE) NULL,
    CORS_REDIRECT_MODES(TEXT_OF_THREE) NULL, CORS_CACHE_MODES(TEXT_OF_THREE) NULL,
    CORS_BODIES(TEXT_OF_THREE) NULL,         CORS_KEYS(TEXT_OF_FOUR) NULL,
};

#define RULE_ROW(name, number, text, severity, acceptable, meaning)                                \
    {meaning, CORS_SEVERITY_##severity},
static const struct rule_row {
    const char *meaning;
    cors_severity severity;
} rules[] = {CORS_RULES(RULE_ROW)};

#define FIELD_NAME(name, number, text) #name,
static const char *const field_names[] = {CORS_FIELDS(FIELD_NAME)};

#define ONE_OF_THREE(name, number, text) +1
#define ONE_OF_FOUR(name, number, text, more) +1
#define ONE_OF_FIVE(name, number, text, cause, fix) +1
enum {
    BROWSER_COUNT = CORS_BROWSERS(ONE_OF_THREE),
    INITIATOR_COUNT = CORS_INITIATORS(ONE_OF_FOUR),
    KIND_COUNT = CORS_KINDS(ONE_OF_THREE),
    CODE_COUNT = CORS_CODES(ONE_OF_FIVE),
    WHY_COUNT = CORS_WHYS(ONE_OF_FOUR),
    REASON_COUNT = CORS_REASONS(ONE_OF_FOUR),
    RULE_COUNT = sizeof rules / sizeof rules[0],
    FIELD_COUNT = CORS_FIELDS(ONE_OF_THREE),
};

static void put_browser(uint32_t number) {
    wire_put_words(cors_browser_name((cors_browser)number));
}

static void put_initiator(uint32_t number) {
    wire_put_words(cors_initiator_name((cors_initiator)number));
}

static void put_kind(uint32_t number) {
    wire_put_words(cors_kind_name((cors_kind)number));
}

static void put_code(uint32_t number) {
    wire_put_words(cors_code_name((cors_code)number));
    wire_put_words(cors_code_cause((cors_code)number));
    wire_put_words(cors_code_fix((cors_code)number));
}

static void put_why(uint32_t number) {
    wire_put_words(cors_why_name((cors_why)number));
    wire_put_words(cors_why_advice((cors_why)number));
}

static void put_reason(uint32_t number) {
    wire_put_words(cors_reason_name((cors_reason)number));
    wire_put_words(cors_reason_meaning((cors_reason)number));
}

/* Rules are counted from 1. */
static void put_rule(uint32_t number) {
    wire_put_words(cors_rule_name((cors_rule)(number + 1)));
    wire_put_words(cors_severity_name(rules[number].severity));
    wire_put_words(rules[number].meaning);
}

static void put_field(uint32_t number) {
    wire_put_words(field_names[number]);
    wire_put_words(cors_field_name((cors_field_id)number));
}

static const struct table {
    void (*put)(uint32_t number);
    uint32_t count;
} tables[] = {
    {put_browser, BROWSER_COUNT}, {put_initiator, INITIATOR_COUNT},
    {put_kind, KIND_COUNT},       {put_code, CODE_COUNT},
    {put_why, WHY_COUNT},         {put_reason, REASON_COUNT},
    {put_rule, RULE_COUNT},       {put_field, FIELD_COUNT},
};

/* The version; tables of names alone, each ended by an empty one; tables of rows that are counted.
 */
WASM_EXPORT(tables) cors_status wasm_tables(void);
cors_status wasm_tables(void) {
    wire_begin();
    wire_put_words(cors_version());
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        wire_put_words(names[i] == NULL ? "" : names[i]);
    }
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        wire_put_word(tables[i].count);
        for (uint32_t number = 0; number < tables[i].count; number++) {
            tables[i].put(number);
        }
    }
    return wire_end();
}
