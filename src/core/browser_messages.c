/* SPDX-License-Identifier: MIT */
#include "browser_messages.h"

#include "bytes.h"

/* {names} in templates. */
static const cors_slice place_names[PLACE_COUNT] = {
    [PLACE_KIND] = {"{kind}", 6},
    [PLACE_URL] = {"{url}", 5},
    [PLACE_REDIRECTED] = {"{redirected}", 12},
    [PLACE_FIRST] = {"{first}", 7},
    [PLACE_TARGET] = {"{target}", 8},
    [PLACE_ORIGIN] = {"{origin}", 8},
    [PLACE_VALUE] = {"{value}", 7},
    [PLACE_METHOD] = {"{method}", 8},
    [PLACE_HEADER] = {"{header}", 8},
    [PLACE_STATUS] = {"{status}", 8},
    [PLACE_REASON] = {"{reason}", 8},
    [PLACE_ANY] = {"{any}", 5},
    [PLACE_NONE] = {"{none}", 6},
};

const char cors_redirected_words[] = " (redirected from '{first}')";

static bool find_place(cors_slice text, enum placeholder *place) {
    for (int i = 0; i < PLACE_COUNT; i++) {
        if (slice_starts_with(text, place_names[i])) {
            *place = (enum placeholder)i;
            return true;
        }
    }
    return false;
}

bool cors_template_next(cors_slice *rest, bool past_bar, struct template_part *part) {
    if (rest->size > 0 && rest->data[0] == '|') {
        *rest = past_bar ? slice_skip(*rest, 1) : CORS_SLICE("");
    }
    if (rest->size == 0) {
        return false;
    }
    part->literal = CORS_SLICE("");
    if (rest->data[0] == '{' && find_place(*rest, &part->place)) {
        *rest = slice_skip(*rest, place_names[part->place].size);
        return true;
    }
    size_t size = 1;
    while (size < rest->size && rest->data[size] != '{' && rest->data[size] != '|') {
        size++;
    }
    part->literal = slice_of(rest->data, size);
    *rest = slice_skip(*rest, size);
    return true;
}

/* A message under way: counts what does not fit. */
struct message {
    char *data;
    size_t size;
    size_t capacity;
};

static void add_byte(struct message *message, char byte) {
    if (message->size < message->capacity) {
        message->data[message->size] = byte;
    }
    message->size++;
}

static void add(struct message *message, cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        add_byte(message, text.data[i]);
    }
}

static void add_number(struct message *message, int number) {
    int divisor = 1;
    while (number / divisor >= 10) {
        divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
        add_byte(message, (char)('0' + number / divisor % 10));
    }
}

/* As Chromium shows what servers sent: what is not printable as \uXXXX. */
static void add_escaped(struct message *message, cors_slice text) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        if (byte >= ' ' && byte < 0x7F) {
            add_byte(message, (char)byte);
        } else {
            add(message, CORS_SLICE("\\u00"));
            add_byte(message, digits[byte >> 4]);
            add_byte(message, digits[byte & 15]);
        }
    }
}

/* The size of the UTF-8 character at the start of the text; 0: there is none. `broken` gets the
 * bytes that a decoder then takes for one. */
static size_t character_size(cors_slice text, size_t *broken) {
    uint8_t first = (uint8_t)text.data[0];
    size_t size = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    *broken = 1;
    if (first > 0xF4) {
        return 0;
    }
    /* The second byte of some may not be all that it may be elsewhere: Unicode, table 3-7. */
    uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    for (size_t i = 1; i < size; i++) {
        uint8_t byte = i < text.size ? (uint8_t)text.data[i] : 0;
        if (byte < low || byte > high) {
            return 0;
        }
        low = 0x80;
        high = 0xBF;
        *broken = i + 1;
    }
    return size;
}

/* As Firefox decodes what servers sent: what is no UTF-8 as U+FFFD. */
static void add_decoded(struct message *message, cors_slice text) {
    while (text.size > 0) {
        size_t broken;
        size_t size = character_size(text, &broken);
        add(message, size > 0 ? slice_of(text.data, size) : CORS_SLICE("\xEF\xBF\xBD"));
        text = slice_skip(text, size > 0 ? size : broken);
    }
}

/* As Safari decodes it: a byte a character. */
static void add_latin(struct message *message, cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        if (byte < 0x80) {
            add_byte(message, (char)byte);
        } else {
            add_byte(message, (char)(0xC0 | byte >> 6));
            add_byte(message, (char)(0x80 | (byte & 0x3F)));
        }
    }
}

static void add_lower(struct message *message, cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        add_byte(message, byte_fold(text.data[i]));
    }
}

/* What Chromium's console calls the caller. */
static const char *const kinds[] = {
#define KIND_ROW(name, number, text, kind) [number] = kind,
    CORS_INITIATORS(KIND_ROW)
#undef KIND_ROW
};

static void add_value(struct message *message, cors_slice value, cors_browser browser) {
    if (browser == CORS_BROWSER_CHROMIUM) {
        add_escaped(message, value);
    } else if (browser == CORS_BROWSER_FIREFOX) {
        add_decoded(message, value);
    } else {
        add_latin(message, value);
    }
}

static void add_template(struct message *message, const char *text, const cors_failure *failure,
                         const struct wording *wording);

/* What stands in a failure as it is to be written; nothing where it does not. */
static cors_slice plain_text(enum placeholder place, const cors_failure *failure,
                             cors_browser browser) {
    const cors_slice texts[PLACE_COUNT] = {
        [PLACE_KIND] = slice_of_text(kinds[failure->initiator]),
        [PLACE_URL] = failure->url,
        [PLACE_FIRST] = failure->first_url,
        [PLACE_TARGET] = failure->value,
        /* Chromium names the page's also where the request said null. */
        [PLACE_ORIGIN] = browser == CORS_BROWSER_CHROMIUM ? failure->page : failure->origin,
        [PLACE_METHOD] = failure->method,
    };
    return texts[place];
}

static void add_place(struct message *message, enum placeholder place, const cors_failure *failure,
                      const struct wording *wording) {
    switch (place) {
    case PLACE_REDIRECTED:
        if (failure->redirected) {
            add_template(message, cors_redirected_words, failure, wording);
        }
        break;
    case PLACE_VALUE:
        add_value(message, failure->value, wording->browser);
        break;
    case PLACE_HEADER:
        /* Safari names it as script wrote it, the others in lower case. */
        if (wording->browser == CORS_BROWSER_SAFARI) {
            add(message, failure->header);
        } else {
            add_lower(message, failure->header);
        }
        break;
    case PLACE_STATUS:
        add_number(message, failure->status);
        break;
    case PLACE_REASON:
        add_template(message, wording->text, failure, wording);
        break;
    default:
        add(message, plain_text(place, failure, wording->browser));
        break;
    }
}

static void add_template(struct message *message, const char *text, const cors_failure *failure,
                         const struct wording *wording) {
    cors_slice rest = slice_of_text(text);
    struct template_part part;
    while (cors_template_next(&rest, true, &part)) {
        if (part.literal.size > 0) {
            add(message, part.literal);
        } else {
            add_place(message, part.place, failure, wording);
        }
    }
}

static bool has_scheme_of(cors_slice url, const cors_slice *schemes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (slice_starts_with(url, schemes[i])) {
            return true;
        }
    }
    return false;
}

/* Chromium: content::IsSafeRedirectTarget. */
static const cors_slice local_schemes[] = {
    {"about:", 6}, {"blob:", 5}, {"data:", 5}, {"file:", 5}, {"filesystem:", 11},
};

static bool use_fits(enum wording_use use, const cors_failure *failure) {
    switch (use) {
    case USE_TODAY:
    case USE_NOT_MATCHING:
    case USE_WRITTEN:
        return true;
    case USE_SEVERAL_LINES:
        return failure->value_lines > 1;
    case USE_FETCH:
        return failure->initiator == CORS_INITIATOR_FETCH;
    case USE_XHR:
        return failure->initiator == CORS_INITIATOR_XHR;
    case USE_REDIRECTED:
        return failure->redirected;
    case USE_TARGET:
        return failure->value.size > 0;
    case USE_NO_TARGET:
        return failure->value.size == 0;
    case USE_LOCAL_TARGET:
        return has_scheme_of(failure->value, local_schemes,
                             sizeof local_schemes / sizeof local_schemes[0]);
    case USE_SCRIPT_TARGET:
        return slice_starts_with(failure->value, CORS_SLICE("javascript:"));
    case USE_FORMERLY:
    case USE_COMPANION:
        break;
    }
    return false;
}

/* Whether the URL is of the page's origin, and no redirect has made the request's origin null. */
static bool is_same_origin(cors_slice url, const cors_failure *failure) {
    cors_slice page = failure->page;
    return slice_equals(failure->origin, page) && slice_starts_with(url, page) &&
           (url.size == page.size || url.data[page.size] == '/');
}

/*
 * Messages about CORS, as their envelopes call themselves, are of mode cors, and of requests to
 * other origins.
 */
static bool is_about_cors(enum envelope envelope, const cors_failure *failure) {
    bool of_target = envelope == ENVELOPE_CHROMIUM_TARGET || envelope == ENVELOPE_FIREFOX_TARGET ||
                     failure->code == CORS_CODE_REDIRECT_WITH_USERINFO;
    return envelope == ENVELOPE_NONE ||
           (failure->mode == CORS_MODE_CORS &&
            !is_same_origin(of_target ? failure->value : failure->url, failure));
}

static bool phase_fits(const struct wording *wording, const cors_failure *failure) {
    return wording->phase == PHASE_EITHER ||
           (wording->phase == PHASE_PREFLIGHT) == failure->preflight;
}

static enum envelope envelope_of(const struct wording *wording, const cors_failure *failure) {
    bool tells = wording->envelope == ENVELOPE_CHROMIUM && wording->phase == PHASE_EITHER;
    return tells && failure->preflight ? ENVELOPE_CHROMIUM_PREFLIGHT : wording->envelope;
}

static const struct wording *find_wording(const cors_failure *failure, cors_browser browser) {
    for (size_t i = 0; i < cors_wording_count; i++) {
        const struct wording *wording = &cors_wordings[i];
        if (wording->browser == browser && wording->code == failure->code &&
            use_fits(wording->use, failure) && phase_fits(wording, failure)) {
            return wording;
        }
    }
    return NULL;
}

size_t cors_failure_message(const cors_failure *failure, cors_browser browser, char *buffer,
                            size_t size) {
    struct message message = {.capacity = size};
    const struct wording *wording = find_wording(failure, browser);
    message.data = buffer;
    if (failure->silent && browser == CORS_BROWSER_CHROMIUM) {
        return 0;
    }
    if (wording != NULL && is_about_cors(wording->envelope, failure)) {
        add_template(&message, cors_envelopes[envelope_of(wording, failure)].text, failure,
                     wording);
    }
    return message.size;
}
