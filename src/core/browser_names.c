/* SPDX-License-Identifier: MIT */
/* The names of the browser's half, from the tables of browser.h. */
#include <cors/browser.h>

#include "bytes.h"

/* The tables' numbers count from 0 without a gap: a text's place is its value. */

static bool find(const char *const *texts, size_t count, cors_slice text, int *value) {
    for (size_t i = 0; i < count; i++) {
        if (slice_equals(text, slice_of_text(texts[i]))) {
            *value = (int)i;
            return true;
        }
    }
    return false;
}

/* A value that is none has no text. */
static const char *text_of(const char *const *texts, size_t count, int value) {
    return value >= 0 && (size_t)value < count ? texts[value] : "";
}

/* The tables have three to five columns; the comma behind them stands for those that follow. */
#define NAME_ROW(name, ...) NAME_ROW_OF(__VA_ARGS__, )
#define NAME_ROW_OF(number, text, ...) [number] = text,
#define CAUSE_ROW(name, number, text, cause, fix) [number] = cause,
#define FIX_ROW(name, number, text, cause, fix) [number] = fix,
#define ADVICE_ROW(name, number, text, advice) [number] = advice,

/* cors_X_find() over a table. */
#define DEFINE_FIND(type, function, table)                                                         \
    bool function(cors_slice name, type *found) {                                                  \
        static const char *const names[] = {table(NAME_ROW)};                                      \
        int value;                                                                                 \
        if (!find(names, sizeof names / sizeof names[0], name, &value)) {                          \
            return false;                                                                          \
        }                                                                                          \
        *found = (type)value;                                                                      \
        return true;                                                                               \
    }

/* What a column of a table says. */
#define DEFINE_TEXT(type, function, table, row)                                                    \
    const char *function(type value) {                                                             \
        static const char *const texts[] = {table(row)};                                           \
        return text_of(texts, sizeof texts / sizeof texts[0], (int)value);                         \
    }

DEFINE_FIND(cors_browser, cors_browser_find, CORS_BROWSERS)
DEFINE_FIND(cors_initiator, cors_initiator_find, CORS_INITIATORS)
DEFINE_FIND(cors_mode, cors_mode_find, CORS_MODES)
DEFINE_FIND(cors_credentials_mode, cors_credentials_mode_find, CORS_CREDENTIALS_MODES)
DEFINE_FIND(cors_redirect_mode, cors_redirect_mode_find, CORS_REDIRECT_MODES)
DEFINE_FIND(cors_cache_mode, cors_cache_mode_find, CORS_CACHE_MODES)
DEFINE_FIND(cors_body, cors_body_find, CORS_BODIES)

DEFINE_TEXT(cors_browser, cors_browser_name, CORS_BROWSERS, NAME_ROW)
DEFINE_TEXT(cors_initiator, cors_initiator_name, CORS_INITIATORS, NAME_ROW)
DEFINE_TEXT(cors_code, cors_code_name, CORS_CODES, NAME_ROW)
DEFINE_TEXT(cors_code, cors_code_cause, CORS_CODES, CAUSE_ROW)
DEFINE_TEXT(cors_code, cors_code_fix, CORS_CODES, FIX_ROW)
DEFINE_TEXT(cors_why, cors_why_name, CORS_WHYS, NAME_ROW)
DEFINE_TEXT(cors_why, cors_why_advice, CORS_WHYS, ADVICE_ROW)
DEFINE_TEXT(cors_response_type, cors_response_type_name, CORS_RESPONSE_TYPES, NAME_ROW)
