/* SPDX-License-Identifier: MIT */
/*
 * What lets many origins in. The first byte says what the first lines are, up to an empty one:
 * entries of allow_origins; or, for "0" to "7", a line that is a regular expression of a moved
 * configuration, the number's bits being how its user calls it. The lines after that are origins,
 * which both have to let in alike: an entry as the naive reading of it does, an expression as its
 * entries do, and as the C library's own reading does where both read the same syntax.
 */
#include <cors/origin.h>
#include <cors/server.h>
#include <regex.h>
#include <string.h>

#include "drawn_policy.h"
#include "invariant.h"
#include "naive_entry.h"
#include "naive_text.h"
#include "origin_entry.h"
#include "policy_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Beyond these glibc's regcomp() takes too much memory for an execution. */
enum { POSIX_SIZE_MAX = 120 };

/* How a regular expression's user calls it, as bits of the first byte. */
enum { ANCHORED_START = 1, ANCHORED_END = 2, IGNORES_CASE = 4 };

/* A converter for Unicode labels that always answers, in ASCII. */
static bool to_ascii(void *context, cors_slice label, char *out, size_t capacity, size_t *size) {
    (void)context;
    *size = strlen("xn--") + label.size;
    if (*size > capacity) {
        return false;
    }
    memcpy(out, "xn--", strlen("xn--"));
    for (size_t i = 0; i < label.size; i++) {
        out[strlen("xn--") + i] = (char)('a' + (uint8_t)label.data[i] % 26);
    }
    return true;
}

static bool is_ascii(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if ((uint8_t)text.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* An entry without a fault, written as a policy writes it, is read as itself. */
static void check_written(cors_slice text) {
    const cors_builder_options options = {.to_ascii = to_ascii};
    struct origin_entry entry;
    struct origin_entry again;
    char buffer[CORS_ENTRY_MAX];
    cors_entry_read(text, &options, &entry);
    INVARIANT((entry.faults & ENTRY_SYNTAX) == 0 || entry.reason != NULL,
              "what is no entry is told why");
    bool is_origin = !entry.any_origin && !entry.opaque;
    if (!is_origin || !entry.has_correction || !is_ascii(text)) {
        return;
    }
    cors_slice written = cors_entry_write(entry.key, buffer);
    const cors_builder_options plain = {.to_ascii = NULL};
    cors_entry_read(written, &plain, &again);
    INVARIANT(again.faults == 0 && !again.converted, "a corrected entry has no fault");
    INVARIANT(again.key.kind == entry.key.kind && naive_is_same(again.key.head, entry.key.head) &&
                  naive_is_same(again.key.tail, entry.key.tail),
              "a corrected entry is read as itself");
}

/* Whether an entry of the policy that was not dropped lets an origin in, by the naive reading. */
static bool is_held(const struct drawn_policy *drawn, struct fuzzed_memory *memory,
                    cors_slice origin) {
    for (size_t i = 0; i < drawn->count; i++) {
        const struct drawn_line *line = &drawn->lines[i];
        if (line->dropped || line->key != CORS_KEY_ALLOW_ORIGINS || line->environment.size > 0) {
            continue;
        }
        if (naive_is_same(line->value, CORS_SLICE("*")) ||
            naive_entry_allows(fuzzed_lower(memory, line->value), origin)) {
            return true;
        }
    }
    return false;
}

static void check_origin(const struct drawn_policy *drawn, struct fuzzed_memory *memory,
                         cors_slice origin) {
    cors_origin parsed;
    char buffer[CORS_ENTRY_MAX];
    cors_slice entry;
    cors_slice path = CORS_SLICE("/");
    if (drawn->policy == NULL || drawn->policies != 1 || !cors_origin_parse(origin, &parsed)) {
        return;
    }
    bool found = cors_policy_find_origin(drawn->policy, path, origin, buffer, &entry);
    INVARIANT(found == is_held(drawn, memory, origin), "a policy lets in what its entries say");
    INVARIANT(!found || naive_is_same(entry, CORS_SLICE("*")) || naive_entry_allows(entry, origin),
              "the entry that is named is one that lets the origin in");
}

static cors_slice next_origin(struct fuzzed_memory *memory, struct fuzzed_input *input) {
    return fuzzed_copy(memory, fuzzed_until(input, '\n'));
}

/* A policy of these entries, with all risks accepted. */
static void build(struct drawn_policy *drawn, struct fuzzed_memory *memory, cors_slice entries) {
    cors_slice text = fuzzed_join(memory, CORS_SLICE("r all\n"), entries);
    struct fuzzed_input input = {text.data, text.size};
    drawn_policy_begin(drawn, &input, memory);
}

static void check_entries(struct fuzzed_memory *memory, struct fuzzed_input *input) {
    struct drawn_policy drawn;
    cors_slice all = fuzzed_rest(input);
    size_t size = naive_find(all, CORS_SLICE("\n\n"));
    cors_slice entries = fuzzed_take(input, size);
    fuzzed_take(input, strlen("\n\n"));
    build(&drawn, memory, entries);
    for (size_t i = 0; i < drawn.count; i++) {
        const struct drawn_line *line = &drawn.lines[i];
        check_written(line->value);
        if (!line->dropped && line->key == CORS_KEY_ALLOW_ORIGINS) {
            check_origin(&drawn, memory, naive_entry_sample(memory, line->value));
        }
    }
    while (!fuzzed_is_empty(input)) {
        check_origin(&drawn, memory, next_origin(memory, input));
    }
    drawn_policy_end(&drawn);
}

/*
 * Whether POSIX reads an expression as JavaScript and Python do: no braces, no escapes but of
 * marks, no class that holds one, and nothing behind a quantifier that would make it lazy.
 */
static bool is_posix(cors_slice source) {
    bool in_class = false;
    char before = '(';
    for (size_t i = 0; i < source.size; i++) {
        char byte = source.data[i];
        bool last = i + 1 == source.size;
        bool escaped = byte == '\\';
        if (escaped && (in_class || last || strchr("./-[]()+*?|^$:", source.data[i + 1]) == NULL)) {
            return false;
        }
        i += escaped ? 1 : 0;
        if (byte == '\0' || (uint8_t)byte >= 0x80 || byte == '{' || byte == '}') {
            return false;
        }
        bool quantifies = !escaped && !in_class && memchr("*+?", byte, 3) != NULL;
        if (quantifies && memchr("*+?(|^$", before, 7) != NULL) {
            return false;
        }
        if (in_class && !escaped && memchr("[^", byte, 2) != NULL && before != '[') {
            return false;
        }
        if (in_class && byte == ']' && (before == '[' || before == '^')) {
            return false;
        }
        if (!in_class && !escaped && memchr(")|", byte, 2) != NULL &&
            memchr("(|", before, 2) != NULL) {
            return false; /* nothing, which POSIX leaves undefined */
        }
        in_class = escaped ? in_class : (in_class ? byte != ']' : byte == '[');
        before = escaped ? 'x' : byte;
    }
    return source.size > 0 && source.size <= POSIX_SIZE_MAX && before != '|' && before != '(';
}

/* The C library's reading, anchored as its user anchors it. */
static bool compile_posix(struct fuzzed_memory *memory, cors_slice source, unsigned manner,
                          regex_t *compiled) {
    cors_slice start = (manner & ANCHORED_START) != 0 ? CORS_SLICE("^(") : CORS_SLICE("(");
    cors_slice end = (manner & ANCHORED_END) != 0 ? CORS_SLICE(")$") : CORS_SLICE(")");
    cors_slice text = fuzzed_join(memory, fuzzed_join(memory, start, source), end);
    text = fuzzed_join(memory, text, (cors_slice){"", 1});
    int flags = REG_EXTENDED | REG_NOSUB | ((manner & IGNORES_CASE) != 0 ? REG_ICASE : 0);
    return is_posix(source) && regcomp(compiled, text.data, flags) == 0;
}

static bool is_any_entry(const cors_regex *regex, cors_slice origin) {
    for (size_t i = 0; i < regex->entry_count; i++) {
        if (naive_entry_allows(regex->entries[i], origin)) {
            return true;
        }
    }
    return false;
}

static void check_match(struct fuzzed_memory *memory, const cors_regex *regex,
                        const regex_t *compiled, cors_slice origin) {
    cors_origin parsed;
    if (memchr(origin.size > 0 ? origin.data : "", '\0', origin.size) != NULL ||
        !cors_origin_parse(origin, &parsed)) {
        return;
    }
    cors_slice text = fuzzed_join(memory, origin, (cors_slice){"", 1});
    bool matches = regexec(compiled, text.data, 0, NULL, 0) == 0;
    bool held = is_any_entry(regex, origin);
    INVARIANT(!matches || held, "the entries cover all that an expression matches");
    INVARIANT(!regex->exact || !held || matches, "exact entries let nothing else in");
}

/* Each entry must be one that a policy takes. */
static void check_entries_of(const cors_regex *regex) {
    INVARIANT(regex->entry_count <= CORS_REGEX_ENTRIES_MAX, "entries are not too many");
    for (size_t i = 0; i < regex->entry_count; i++) {
        const cors_builder_options options = {.to_ascii = NULL};
        struct origin_entry entry;
        cors_slice text = regex->entries[i];
        INVARIANT(text.data >= regex->text &&
                      text.data + text.size <= regex->text + sizeof regex->text,
                  "entries stand in the result's own text");
        cors_entry_read(text, &options, &entry);
        INVARIANT(entry.faults == 0 && !entry.converted, "an expression comes to sound entries");
    }
}

static void check_expression(struct fuzzed_memory *memory, struct fuzzed_input *input,
                             unsigned manner) {
    cors_regex *regex = fuzzed_allocate(memory, sizeof *regex);
    cors_slice source = fuzzed_copy(memory, fuzzed_until(input, '\n'));
    regex_t compiled;
    bool read = cors_regex_read(source, (manner & ANCHORED_START) != 0,
                                (manner & ANCHORED_END) != 0, (manner & IGNORES_CASE) != 0, regex);
    INVARIANT(read == (regex->fault == CORS_REGEX_FAULT_NONE), "what is read has no fault");
    INVARIANT(read || regex->offset <= source.size, "a fault lies in the expression");
    INVARIANT(cors_regex_fault_name(regex->fault)[0] != '\0', "a fault has a name");
    check_entries_of(regex);
    if (!read || !compile_posix(memory, source, manner, &compiled)) {
        return;
    }
    for (size_t i = 0; i < regex->entry_count; i++) {
        check_match(memory, regex, &compiled, naive_entry_sample(memory, regex->entries[i]));
    }
    while (!fuzzed_is_empty(input)) {
        check_match(memory, regex, &compiled, next_origin(memory, input));
    }
    regfree(&compiled);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    uint8_t first = fuzzed_byte(&input);
    if (first >= '0' && first <= '7') {
        check_expression(&memory, &input, first - '0');
    } else {
        check_entries(&memory, &input);
    }
    fuzzed_free_all(&memory);
    return 0;
}
