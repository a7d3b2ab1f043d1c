/* SPDX-License-Identifier: MIT */
/*
 * The whole input is the value of a Content-Type that script sets: whether it is safelisted, so
 * that no preflight is needed, beside a second reading of the Fetch and MIME Sniffing Standards.
 */
#include <string.h>

#include "browser_headers.h"
#include "fuzzed_memory.h"
#include "invariant.h"
#include "naive_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_http_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static cors_slice strip(cors_slice text) {
    while (text.size > 0 && is_http_space(text.data[0])) {
        text = naive_after(text, 1);
    }
    while (text.size > 0 && is_http_space(text.data[text.size - 1])) {
        text.size--;
    }
    return text;
}

/* "parse a MIME type", as far as its essence. */
static bool is_type(cors_slice text, cors_slice *essence) {
    text = strip(text);
    cors_slice whole = strip((cors_slice){text.data, naive_find(text, CORS_SLICE(";"))});
    size_t slash = naive_find(whole, CORS_SLICE("/"));
    *essence = whole;
    return slash < whole.size && naive_is_token((cors_slice){whole.data, slash}) &&
           naive_is_token(naive_after(whole, slash + 1));
}

/* "CORS-unsafe request-header byte" */
static bool is_unsafe(char byte) {
    uint8_t code = (uint8_t)byte;
    return (code < 0x20 && code != '\t') || code == 0x7f ||
           (byte != '\0' && strchr("\"():<>?@[\\]{}", byte) != NULL);
}

/* "CORS-safelisted request-header", the part about Content-Type. */
static bool is_safelisted(cors_slice value) {
    static const cors_slice types[] = {CORS_SLICE("application/x-www-form-urlencoded"),
                                       CORS_SLICE("multipart/form-data"), CORS_SLICE("text/plain")};
    cors_slice essence;
    bool known = false;
    if (value.size > 128 || !is_type(value, &essence)) {
        return false;
    }
    for (size_t i = 0; i < value.size; i++) {
        if (is_unsafe(value.data[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        known |= naive_is_same_in_any_case(essence, types[i]);
    }
    return known;
}

static bool holds_high_byte(cors_slice value) {
    for (size_t i = 0; i < value.size; i++) {
        if ((uint8_t)value.data[i] >= 0x80) {
            return true;
        }
    }
    return false;
}

static bool is_safe(cors_browser browser, cors_slice name, cors_slice value) {
    return cors_request_header_is_safe(cors_browser_profile(browser), name, value);
}

/* The browsers are stricter than the standard, and nowhere laxer. */
static void check_browsers(cors_slice value, bool safelisted) {
    for (int browser = CORS_BROWSER_CHROMIUM; browser <= CORS_BROWSER_SAFARI; browser++) {
        const struct browser_profile *profile = cors_browser_profile((cors_browser)browser);
        bool refused =
            (profile->refuses_high_bytes && holds_high_byte(value)) ||
            (profile->refuses_comma && naive_find(value, CORS_SLICE(",")) < value.size) ||
            profile->refuses_semicolon;
        bool safe = is_safe((cors_browser)browser, CORS_SLICE("Content-Type"), value);
        INVARIANT(!safe || safelisted, "no browser safelists what the standard does not");
        INVARIANT(safe || !safelisted || refused, "a browser that is stricter says so");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_memory memory = {NULL};
    cors_slice value = fuzzed_copy(&memory, (cors_slice){(const char *)data, size});
    cors_slice other_case = fuzzed_swap_case(&memory, value);
    cors_slice essence;
    bool safelisted = is_safelisted(value);
    INVARIANT(cors_value_is_mime_type(value) == is_type(value, &essence),
              "a MIME type is what the standard says");
    INVARIANT(is_safe(CORS_BROWSER_STANDARD, CORS_SLICE("content-type"), value) == safelisted,
              "a Content-Type is safelisted as the standard says");
    INVARIANT(is_safe(CORS_BROWSER_STANDARD, CORS_SLICE("CONTENT-TYPE"), other_case) == safelisted,
              "letters' case means nothing in a MIME type");
    check_browsers(value, safelisted);
    fuzzed_free_all(&memory);
    return 0;
}
