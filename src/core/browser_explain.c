/* SPDX-License-Identifier: MIT */
/* The inverse of browser_messages.c: which failure a pasted console message speaks of. */
#include "browser_fetch.h"
#include "browser_messages.h"

/* What is pasted is a console's, not a file: more is not read. */
enum { TEXT_MAX = 1 << 20 };

/* Bounds that keep the time linear, whatever the text. */
enum {
    BLANKS_MAX = 64,  /* white space between two words */
    PHRASE_MAX = 64,  /* what Chromium calls the caller, and the like */
    VALUE_MAX = 2048, /* a header's value */
};

/* What the placeholders of one template stood for. */
struct captures {
    cors_slice places[PLACE_COUNT];
};

static bool byte_is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/*
 * Takes one character off the text, folded to what templates are compared by: white space of any
 * length as one space, curly quotes as straight ones, letters as lower case.
 */
static char take_folded(cors_slice *text) {
    char byte = text->data[0];
    size_t size = 1;
    if (byte_is_blank(byte)) {
        while (size < text->size && size < BLANKS_MAX && byte_is_blank(text->data[size])) {
            size++;
        }
        byte = ' ';
    } else if (byte == '\xE2' && text->size >= 3 && text->data[1] == '\x80') {
        char last = text->data[2];
        bool single = last == '\x98' || last == '\x99';
        bool double_quote = last == '\x9C' || last == '\x9D';
        if (single || double_quote) {
            byte = single ? '\'' : '"';
            size = 3;
        }
    }
    *text = slice_skip(*text, size);
    return byte_fold(byte);
}

/*
 * How the templates begin: a bit for each pair of folded bytes. Nearly every place of a text is
 * passed over by a look at it. No template has a quote among its first two bytes.
 */
struct beginnings {
    uint8_t bits[(1 << 16) / 8];
};

static size_t pair_of(const char *text) {
    uint8_t first = (uint8_t)byte_fold(text[0]);
    uint8_t second = (uint8_t)(byte_is_blank(text[1]) ? ' ' : byte_fold(text[1]));
    return (size_t)first << 8 | second;
}

static void add_beginning(struct beginnings *beginnings, const char *words) {
    size_t pair = pair_of(words);
    beginnings->bits[pair / 8] |= (uint8_t)(1u << pair % 8);
}

static void find_beginnings(struct beginnings *beginnings) {
    memset(beginnings, 0, sizeof *beginnings);
    for (size_t i = ENVELOPE_NONE + 1; i < ENVELOPE_COUNT; i++) {
        add_beginning(beginnings, cors_envelopes[i].text);
    }
    for (size_t i = 0; i < cors_wording_count; i++) {
        add_beginning(beginnings, cors_wordings[i].text);
    }
}

static bool may_begin(const struct beginnings *beginnings, cors_slice text) {
    size_t pair = text.size < 2 ? 0 : pair_of(text.data);
    return (beginnings->bits[pair / 8] >> pair % 8 & 1) != 0;
}

static bool take_literal(cors_slice *text, cors_slice literal) {
    cors_slice rest = *text;
    while (literal.size > 0) {
        if (rest.size == 0 || take_folded(&rest) != take_folded(&literal)) {
            return false;
        }
    }
    *text = rest;
    return true;
}

/* How much of the text a placeholder may take: values have spaces in them, names and URLs none. */
static size_t reach_of(enum placeholder place, cors_slice text) {
    size_t size = 0;
    if (place == PLACE_VALUE || place == PLACE_KIND || place == PLACE_ANY) {
        size_t most = place == PLACE_VALUE ? VALUE_MAX : PHRASE_MAX;
        return text.size < most ? text.size : most;
    }
    while (size < text.size && !byte_is_blank(text.data[size])) {
        size++;
    }
    return size;
}

static bool is_url(enum placeholder place) {
    return place == PLACE_URL || place == PLACE_FIRST || place == PLACE_TARGET;
}

/* Placeholders whose text may hold what ends it: a quote, a full stop, a slash. */
static bool takes_most(enum placeholder place) {
    return is_url(place) || place == PLACE_ORIGIN;
}

/* Whether the text can stand for it: "Failed to load resource:" names no URL. */
static bool is_apt(enum placeholder place, cors_slice text) {
    if (place == PLACE_STATUS) {
        return slice_is_all(text, BYTE_DIGIT);
    }
    return !is_url(place) || slice_holds(text, ':');
}

/* A placeholder with nothing behind it ends where its word does, or for a value the line. */
static bool ends_word(enum placeholder place, char byte) {
    if (place == PLACE_VALUE) {
        return byte == '\n' || byte == '\r';
    }
    return !is_url(place) &&
           (byte == '\'' || byte == '"' || byte == '`' || byte == ')' || byte == ',');
}

static bool take_word(cors_slice *text, enum placeholder place, cors_slice *word) {
    size_t reach = reach_of(place, *text);
    size_t size = 0;
    while (size < reach && !ends_word(place, text->data[size])) {
        size++;
    }
    /* The full stop of a sentence is not the word's. */
    if (size > 1 && text->data[size - 1] == '.') {
        size--;
    }
    *word = slice_of(text->data, size);
    *text = slice_skip(*text, size);
    return is_apt(place, *word);
}

/*
 * Takes what stands before the literal, and the literal; before the last one that is within reach
 * where the text may hold it.
 */
static bool take_until(cors_slice *text, enum placeholder place, cors_slice literal,
                       cors_slice *found) {
    cors_slice start = *text;
    size_t reach = reach_of(place, start);
    bool is_found = false;
    for (size_t size = 0; size <= reach && (takes_most(place) || !is_found); size++) {
        cors_slice rest = slice_skip(start, size);
        if (take_literal(&rest, literal)) {
            *found = slice_of(start.data, size);
            *text = rest;
            is_found = true;
        }
    }
    return is_found && is_apt(place, *found);
}

static bool take_template(cors_slice *text, cors_slice words, bool past_bar,
                          struct captures *captures);

/* A placeholder, and the literal that follows it in the template. */
static bool take_place(cors_slice *text, enum placeholder place, cors_slice *words, bool past_bar,
                       struct captures *captures) {
    struct template_part next;
    if (place == PLACE_REDIRECTED) {
        cors_slice rest = *text;
        if (take_template(&rest, slice_of_text(cors_redirected_words), true, captures)) {
            *text = rest;
        }
        return true;
    }
    if (!cors_template_next(words, past_bar, &next)) {
        return take_word(text, place, &captures->places[place]);
    }
    /* Not of {url}{redirected} and the like: templates put a quote between all others. */
    return next.literal.size > 0 && take_until(text, place, next.literal, &captures->places[place]);
}

/* {reason} ends an envelope: what follows is another template's. */
static bool take_template(cors_slice *text, cors_slice words, bool past_bar,
                          struct captures *captures) {
    struct template_part part;
    while (cors_template_next(&words, past_bar, &part)) {
        if (part.literal.size > 0) {
            if (!take_literal(text, part.literal)) {
                return false;
            }
        } else if (part.place == PLACE_REASON) {
            return true;
        } else if (!take_place(text, part.place, &words, past_bar, captures)) {
            return false;
        }
    }
    return true;
}

/* What was read so far. */
struct reading {
    const struct wording *wording;
    struct captures of_wording;
    const struct envelope_words *envelope; /* right before the wording */
    struct captures of_envelope;
    const struct envelope_words *last_envelope; /* met last; its words end at last_end */
    struct captures of_last;
    const char *last_end;
    struct captures beside[CORS_BROWSER_SAFARI + 1]; /* what each browser's envelopes named */
};

/* What stands nearest before the wording, else what comes first behind it. */
static void keep_beside(struct reading *reading, cors_browser browser,
                        const struct captures *captures) {
    bool is_behind = reading->wording != NULL && reading->wording->browser == browser;
    for (int i = 0; i < PLACE_COUNT; i++) {
        cors_slice *kept = &reading->beside[browser].places[i];
        if (captures->places[i].size > 0 && (!is_behind || kept->size == 0)) {
            *kept = captures->places[i];
        }
    }
}

static void read_envelope(struct reading *reading, cors_slice text) {
    size_t pair = pair_of(text.data);
    for (size_t i = ENVELOPE_NONE + 1; i < ENVELOPE_COUNT; i++) {
        const struct envelope_words *envelope = &cors_envelopes[i];
        if (pair_of(envelope->text) != pair) {
            continue;
        }
        struct captures captures = {.places = {{NULL, 0}}};
        cors_slice rest = text;
        if (take_template(&rest, slice_of_text(envelope->text), true, &captures)) {
            if (reading->last_end == NULL || rest.data > reading->last_end) {
                keep_beside(reading, envelope->browser, &captures);
                reading->last_envelope = envelope;
                reading->of_last = captures;
                reading->last_end = rest.data;
            }
        }
    }
}

/* Whether the new wording says more than the one that was read before. */
static bool says_more(const struct reading *reading, const struct wording *wording) {
    if (reading->wording == NULL) {
        return true;
    }
    bool companion = reading->wording->use == USE_COMPANION;
    bool vague = reading->wording->code == CORS_CODE_NETWORK_FAILURE;
    bool new_vague = wording->code == CORS_CODE_NETWORK_FAILURE;
    return (companion && wording->use != USE_COMPANION) ||
           (vague && !new_vague && wording->use != USE_COMPANION);
}

static void keep_wording(struct reading *reading, const struct wording *wording,
                         const struct captures *captures, const char *at) {
    reading->wording = wording;
    reading->of_wording = *captures;
    reading->envelope = at == reading->last_end ? reading->last_envelope : NULL;
    reading->of_envelope = reading->of_last;
}

/* Takes the rest of the wording, where it is there: a status behind the bar. */
static void read_tail(const struct wording *wording, cors_slice text, struct captures *captures) {
    struct captures whole = {.places = {{NULL, 0}}};
    if (take_template(&text, slice_of_text(wording->text), true, &whole)) {
        *captures = whole;
    }
}

static void read_wording(struct reading *reading, cors_slice text) {
    size_t pair = pair_of(text.data);
    for (size_t i = 0; i < cors_wording_count; i++) {
        const struct wording *wording = &cors_wordings[i];
        if (pair_of(wording->text) != pair) {
            continue;
        }
        struct captures captures = {.places = {{NULL, 0}}};
        cors_slice rest = text;
        if (wording->use != USE_WRITTEN && says_more(reading, wording) &&
            take_template(&rest, slice_of_text(wording->text), false, &captures)) {
            read_tail(wording, text, &captures);
            keep_wording(reading, wording, &captures, text.data);
            return;
        }
    }
}

static cors_slice captured(const struct reading *reading, enum placeholder place) {
    cors_slice own = reading->of_wording.places[place];
    if (own.size == 0 && reading->envelope != NULL) {
        own = reading->of_envelope.places[place];
    }
    return own.size > 0 ? own : reading->beside[reading->wording->browser].places[place];
}

static int read_status(cors_slice text) {
    int status = 0;
    for (size_t i = 0; i < text.size && i < 3 && byte_is(text.data[i], BYTE_DIGIT); i++) {
        status = status * 10 + (text.data[i] - '0');
    }
    return status;
}

static cors_initiator read_kind(cors_slice kind) {
#define KIND_ROW(name, number, text, words)                                                        \
    if (slice_equals(kind, CORS_SLICE(words))) {                                                   \
        return CORS_INITIATOR_##name;                                                              \
    }
    CORS_INITIATORS(KIND_ROW)
#undef KIND_ROW
    return CORS_INITIATOR_FETCH;
}

static void name_phase(const struct reading *reading, cors_explanation *explanation) {
    enum wording_phase phase = reading->wording->phase;
    if (phase == PHASE_EITHER && reading->envelope != NULL &&
        reading->envelope->browser == reading->wording->browser) {
        phase = reading->envelope->phase;
    }
    explanation->preflight_known = phase != PHASE_EITHER;
    explanation->preflight = phase == PHASE_PREFLIGHT;
}

static void name_codes(const struct reading *reading, cors_explanation *explanation) {
    const struct wording *wording = reading->wording;
    explanation->code = wording->code;
    explanation->also_count = 0;
    for (size_t i = 0; i < CORS_ALSO_MAX && wording->also[i] != CORS_CODE_OK; i++) {
        explanation->also[explanation->also_count++] = wording->also[i];
    }
}

/* Takes one of the further codes for the likeliest; that one is then a further code. */
static void prefer(cors_explanation *explanation, cors_code code) {
    for (size_t i = 0; i < explanation->also_count; i++) {
        if (explanation->also[i] == code) {
            explanation->also[i] = explanation->code;
            explanation->code = code;
            return;
        }
    }
}

/* What Firefox says is not the origin, told apart as the engine does. */
static cors_code code_of_origin(cors_slice value) {
    char memory[4 * VALUE_MAX];
    struct fetch_memory scratch = {memory, sizeof memory, 0};
    if (slice_equals(value, CORS_SLICE("(null)"))) {
        return CORS_CODE_MISSING_ALLOW_ORIGIN; /* formerly, where there was no header */
    }
    return cors_access_mismatch(scratch, value);
}

static bool is_redirect(int status) {
    return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

/* Where one wording says several things, what it names tells which is meant. */
static void weigh_codes(const struct reading *reading, cors_explanation *explanation) {
    if (reading->wording->use == USE_NOT_MATCHING) {
        explanation->code = code_of_origin(captured(reading, PLACE_VALUE));
    } else if (explanation->code == CORS_CODE_PREFLIGHT_STATUS &&
               is_redirect(read_status(captured(reading, PLACE_STATUS)))) {
        prefer(explanation, CORS_CODE_PREFLIGHT_REDIRECT);
    } else if (explanation->code == CORS_CODE_MISSING_ALLOW_ORIGIN &&
               reading->wording->browser == CORS_BROWSER_FIREFOX &&
               is_redirect(read_status(captured(reading, PLACE_STATUS)))) {
        /* Firefox looks at the header before it sees that the preflight is redirected. */
        explanation->also[explanation->also_count++] = CORS_CODE_PREFLIGHT_REDIRECT;
    } else if (explanation->code == CORS_CODE_SCHEME_NOT_HTTP &&
               captured(reading, PLACE_FIRST).size > 0) {
        prefer(explanation, CORS_CODE_REDIRECT_SCHEME);
    }
}

static void name_failure(const struct reading *reading, cors_explanation *explanation) {
    explanation->named = (cors_failure){
        .code = explanation->code,
        .preflight = explanation->preflight,
        .initiator = read_kind(captured(reading, PLACE_KIND)),
        .url = captured(reading, PLACE_URL),
        .first_url = captured(reading, PLACE_FIRST),
        .page = captured(reading, PLACE_ORIGIN),
        .origin = captured(reading, PLACE_ORIGIN),
        .value = captured(reading, PLACE_VALUE),
        .method = captured(reading, PLACE_METHOD),
        .header = captured(reading, PLACE_HEADER),
        .status = read_status(captured(reading, PLACE_STATUS)),
        .redirected = captured(reading, PLACE_FIRST).size > 0,
    };
}

bool cors_explain(cors_slice text, cors_explanation *explanation) {
    struct reading reading = {.wording = NULL};
    struct beginnings beginnings;
    find_beginnings(&beginnings);
    text.size = text.size > TEXT_MAX ? TEXT_MAX : text.size;
    while (text.size > 0) {
        if (may_begin(&beginnings, text)) {
            read_envelope(&reading, text);
            read_wording(&reading, text);
        }
        text = slice_skip(text, 1);
    }
    if (reading.wording == NULL) {
        return false;
    }
    explanation->browser_known = true;
    explanation->browser = reading.wording->browser;
    name_phase(&reading, explanation);
    name_codes(&reading, explanation);
    weigh_codes(&reading, explanation);
    name_failure(&reading, explanation);
    return true;
}
