/* SPDX-License-Identifier: MIT */
/*
 * A first byte chooses a header whose value decides whether it is safelisted: Range, beside a
 * second reading of the Fetch Standard; or a client hint, Accept and the languages, in all
 * browsers.
 */
#include <string.h>

#include "browser_headers.h"
#include "fuzzed_input.h"
#include "fuzzed_memory.h"
#include "invariant.h"
#include "naive_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const cors_slice names[] = {
    CORS_SLICE("Range"),
    CORS_SLICE("Accept"),
    CORS_SLICE("Accept-Language"),
    CORS_SLICE("Content-Language"),
    CORS_SLICE("DPR"),
    CORS_SLICE("Device-Memory"),
    CORS_SLICE("Downlink"),
    CORS_SLICE("ECT"),
    CORS_SLICE("RTT"),
    CORS_SLICE("Save-Data"),
    CORS_SLICE("Viewport-Width"),
    CORS_SLICE("Width"),
    CORS_SLICE("Intervention"),
    CORS_SLICE("If-None-Match"),
    CORS_SLICE("X-HTTP-Method"),
    CORS_SLICE("User-Agent"),
};

enum { RANGE, ACCEPT, ACCEPT_LANGUAGE, CONTENT_LANGUAGE, NAMES = sizeof names / sizeof names[0] };

/* Digits in front of a text, written out to 128 places so that they compare as bytes do. */
struct digits {
    char places[128];
    size_t size; /* as they were written */
};

static struct digits take_digits(cors_slice *text) {
    struct digits digits = {.size = 0};
    while (digits.size < text->size && text->data[digits.size] >= '0' &&
           text->data[digits.size] <= '9') {
        digits.size++;
    }
    for (size_t i = 0; i < sizeof digits.places; i++) {
        size_t empty = sizeof digits.places - digits.size;
        digits.places[i] = i < empty ? '0' : text->data[i - empty];
    }
    *text = naive_after(*text, digits.size);
    return digits;
}

/* "parse a single range header value" without white space, with a start. Values end at 128 bytes.
 */
static bool is_range(cors_slice value) {
    if (value.size > 128 || !naive_starts_with(value, CORS_SLICE("bytes="))) {
        return false;
    }
    value = naive_after(value, CORS_SLICE("bytes=").size);
    struct digits start = take_digits(&value);
    if (start.size == 0 || !naive_starts_with(value, CORS_SLICE("-"))) {
        return false;
    }
    value = naive_after(value, 1);
    struct digits end = take_digits(&value);
    return value.size == 0 &&
           (end.size == 0 || memcmp(start.places, end.places, sizeof start.places) <= 0);
}

/* "CORS-safelisted request-header", the part about languages. */
static bool is_language(cors_slice value) {
    for (size_t i = 0; i < value.size; i++) {
        char byte = naive_lower(value.data[i]);
        bool alphanumeric = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
        if (!alphanumeric && (byte == '\0' || memchr(" *,-.;=", byte, 7) == NULL)) {
            return false;
        }
    }
    return value.size <= 128;
}

static bool is_accepted(cors_slice value) {
    for (size_t i = 0; i < value.size; i++) {
        uint8_t byte = (uint8_t)value.data[i];
        if ((byte < ' ' && byte != '\t') || byte == 0x7f ||
            memchr("\"():<>?@[\\]{}", byte, 13) != NULL) {
            return false;
        }
    }
    return value.size <= 128;
}

static bool is_safelisted(unsigned name, cors_slice value) {
    switch (name) {
    case RANGE:
        return is_range(value);
    case ACCEPT:
        return is_accepted(value);
    case ACCEPT_LANGUAGE:
    case CONTENT_LANGUAGE:
        return is_language(value);
    default:
        return false;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    unsigned chosen = fuzzed_choice(&input, NAMES);
    cors_slice name = fuzzed_copy(&memory, names[chosen]);
    cors_slice other_case = fuzzed_swap_case(&memory, name);
    cors_slice value = fuzzed_copy(&memory, fuzzed_rest(&input));
    bool wanted = is_safelisted(chosen, value);
    for (int browser = CORS_BROWSER_STANDARD; browser <= CORS_BROWSER_SAFARI; browser++) {
        const struct browser_profile *profile = cors_browser_profile((cors_browser)browser);
        bool safe = cors_request_header_is_safe(profile, name, value);
        bool dropped = cors_request_header_is_dropped(profile, name, value);
        INVARIANT(safe == cors_request_header_is_safe(profile, other_case, value) &&
                      dropped == cors_request_header_is_dropped(profile, other_case, value),
                  "a name counts in any case");
        INVARIANT(browser != CORS_BROWSER_STANDARD || safe == wanted,
                  "a header is safelisted as the standard says");
        INVARIANT(!safe || wanted || (profile->safelists_hints && chosen > CONTENT_LANGUAGE),
                  "no browser safelists what the standard does not, but for its client hints");
    }
    fuzzed_free_all(&memory);
    return 0;
}
