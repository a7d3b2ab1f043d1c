/* SPDX-License-Identifier: MIT */
/* The names of the browser's half, from the tables of browser.h. */
#include <cors/browser.h>

#include "bytes.h"

struct name {
    int value;
    const char *text;
};

static bool find(const struct name *names, size_t count, cors_slice text, int *value) {
    for (size_t i = 0; i < count; i++) {
        if (slice_equals(text, slice_of_text(names[i].text))) {
            *value = names[i].value;
            return true;
        }
    }
    return false;
}

/* The tables have three to five columns; the comma behind them stands for those that follow. */
#define NAME_ROW(name, ...) NAME_ROW_OF(__VA_ARGS__, )
#define NAME_ROW_OF(number, text, ...) {number, text},
#define NAME_CASE(name, ...) NAME_CASE_OF(__VA_ARGS__, )
#define NAME_CASE_OF(number, text, ...)                                                            \
    case number:                                                                                   \
        return text;

/* cors_X_find() over a table. */
#define DEFINE_FIND(type, function, table)                                                         \
    bool function(cors_slice name, type *found) {                                                  \
        static const struct name names[] = {table(NAME_ROW)};                                      \
        int value;                                                                                 \
        if (!find(names, sizeof names / sizeof names[0], name, &value)) {                          \
            return false;                                                                          \
        }                                                                                          \
        *found = (type)value;                                                                      \
        return true;                                                                               \
    }

/* cors_X_name() over a table; an X that is none has no name. */
#define DEFINE_NAME(type, function, table)                                                         \
    const char *function(type value) {                                                             \
        switch ((int)value) { table(NAME_CASE) }                                                   \
        return "";                                                                                 \
    }

#define CAUSE_CASE(name, number, text, cause, fix)                                                 \
    case number:                                                                                   \
        return cause;
#define FIX_CASE(name, number, text, cause, fix)                                                   \
    case number:                                                                                   \
        return fix;

#define ADVICE_CASE(name, number, text, advice)                                                    \
    case number:                                                                                   \
        return advice;

DEFINE_FIND(cors_browser, cors_browser_find, CORS_BROWSERS)
DEFINE_FIND(cors_initiator, cors_initiator_find, CORS_INITIATORS)
DEFINE_FIND(cors_mode, cors_mode_find, CORS_MODES)
DEFINE_FIND(cors_credentials_mode, cors_credentials_mode_find, CORS_CREDENTIALS_MODES)
DEFINE_FIND(cors_redirect_mode, cors_redirect_mode_find, CORS_REDIRECT_MODES)
DEFINE_FIND(cors_cache_mode, cors_cache_mode_find, CORS_CACHE_MODES)
DEFINE_FIND(cors_body, cors_body_find, CORS_BODIES)

DEFINE_NAME(cors_browser, cors_browser_name, CORS_BROWSERS)
DEFINE_NAME(cors_initiator, cors_initiator_name, CORS_INITIATORS)
DEFINE_NAME(cors_code, cors_code_name, CORS_CODES)
DEFINE_NAME(cors_why, cors_why_name, CORS_WHYS)
DEFINE_NAME(cors_response_type, cors_response_type_name, CORS_RESPONSE_TYPES)

const char *cors_code_cause(cors_code code) {
    switch ((int)code) { CORS_CODES(CAUSE_CASE) }
    return "";
}

const char *cors_code_fix(cors_code code) {
    switch ((int)code) { CORS_CODES(FIX_CASE) }
    return "";
}

const char *cors_why_advice(cors_why why) {
    switch ((int)why) { CORS_WHYS(ADVICE_CASE) }
    return "";
}
