/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_log.h"

#include <cors/server.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "terminal.h"

/* What of a field is shown at most, in bytes. */
enum { SHOWN_METHOD_MAX = 32, SHOWN_TARGET_MAX = 160, SHOWN_ORIGIN_MAX = 120 };

static cors_slice slice_of_text(const char *text) {
    return (cors_slice){text, strlen(text)};
}

static bool is_text(cors_slice slice, const char *text) {
    return slice.size == strlen(text) && memcmp(slice.data, text, slice.size) == 0;
}

static bool starts_with(cors_slice slice, const char *text) {
    size_t size = strlen(text);
    return slice.size >= size && memcmp(slice.data, text, size) == 0;
}

static cors_slice skip(cors_slice slice, size_t size) {
    return (cors_slice){size == 0 ? slice.data : slice.data + size, slice.size - size};
}

/* What stands after the first occurrence of a text; empty where it does not occur. */
static cors_slice after(cors_slice slice, const char *text) {
    size_t size = strlen(text);
    const char *found = slice.size == 0 ? NULL : memmem(slice.data, slice.size, text, size);
    return found == NULL ? (cors_slice){"", 0} : skip(slice, (size_t)(found - slice.data) + size);
}

/* A line that has not just these fields is the rest of one that was lost. */
static void read_fields(cors_slice line, struct serve_log_entry *entry) {
    size_t count = 0;
    bool more = true;
    while (more && count < SERVE_FIELD_COUNT) {
        const char *tab = line.size == 0 ? NULL : memchr(line.data, '\t', line.size);
        size_t size = tab == NULL ? line.size : (size_t)(tab - line.data);
        entry->fields[count++] = (cors_slice){line.data, size};
        more = tab != NULL;
        line = skip(line, more ? size + 1 : size);
    }
    entry->kind = count == SERVE_FIELD_COUNT && !more ? SERVE_LOG_DECISION : SERVE_LOG_OTHER;
}

/*
 * What a line of some level says: "2026/11/21 12:03:11 [error] 123#123: " is left out, or as much
 * of it as there is. The level is what the first bracket holds: all behind it may be a client's.
 */
static cors_slice words_of(cors_slice line, const char *level) {
    cors_slice words = after(line, "[");
    size_t process = 0;
    if (!starts_with(words, level)) {
        return (cors_slice){"", 0};
    }
    words = skip(words, strlen(level));
    while (process < words.size && (words.data[process] == '#' ||
                                    (words.data[process] >= '0' && words.data[process] <= '9'))) {
        process++;
    }
    return starts_with(skip(words, process), ": ") ? skip(words, process + 2) : words;
}

/* What stands before the first occurrence of a text; all where it does not occur. */
static cors_slice before(cors_slice slice, const char *text) {
    const char *found = slice.size == 0 ? NULL : memmem(slice.data, slice.size, text, strlen(text));
    return found == NULL ? slice : (cors_slice){slice.data, (size_t)(found - slice.data)};
}

/*
 * Without what may be secret: nginx goes on with the request, its referrer and the upstream's URL,
 * queries and all; the decision's own line says which request it was. What an upstream sent that
 * nginx did not understand may be half a cookie.
 */
static cors_slice without_request(cors_slice words) {
    cors_slice public = before(words, ", client: ");
    bool quotes_upstream = after(public, "upstream sent ").size > 0;
    return quotes_upstream ? before(public, ": \"") : public;
}

/*
 * nginx's own words for a worker that it is without from now on, until it is reloaded. They begin
 * what it says: what is about a client begins with the connection's number, "*12 ".
 */
static bool says_worker_is_lacking(cors_slice words) {
    return starts_with(words, "fork() failed while spawning \"worker process\"") ||
           starts_with(words, "socketpair() failed while spawning \"worker process\"") ||
           starts_with(words, "could not respawn worker process") ||
           (starts_with(words, "worker process ") &&
            after(words, " exited with fatal code ").size > 0);
}

/* Takes a complaint without what may be secret. */
static void take_complaint(cors_slice words, struct serve_log_entry *entry) {
    entry->text = without_request(words);
    entry->kind = entry->text.size > 0 ? SERVE_LOG_TROUBLE : SERVE_LOG_OTHER;
}

/* Reads a line of nginx's own. Returns false where it is none that complains. */
static bool read_complaint(cors_slice line, struct serve_log_entry *entry) {
    static const char *const grave[] = {"error] ", "crit] ", "alert] ", "emerg] "};
    for (size_t i = 0; i < sizeof grave / sizeof grave[0]; i++) {
        cors_slice words = words_of(line, grave[i]);
        if (words.size > 0) {
            take_complaint(words, entry);
            entry->fatal = strcmp(grave[i], "emerg] ") == 0;
            entry->lacks_worker = says_worker_is_lacking(entry->text);
            return true;
        }
    }
    return false;
}

/* Reads "cors: "..." is in force in all workers: 3 entries [0123456789abcdef]". */
static bool read_in_force(cors_slice words, struct serve_log_entry *entry) {
    cors_slice rest = after(after(words, " is in force in all workers: "), "[");
    char digits[16 + 1] = "";
    if (!starts_with(words, "cors: ") || rest.size != sizeof digits ||
        rest.data[sizeof digits - 1] != ']') {
        return false;
    }
    memcpy(digits, rest.data, sizeof digits - 1);
    char *end;
    entry->checksum = strtoull(digits, &end, 16);
    return end == digits + sizeof digits - 1;
}

static void read_error(cors_slice line, struct serve_log_entry *entry) {
    static const char *const harmless[] = {"warn] ", "notice] ", "info] "};
    if (line.size == 0 || read_complaint(line, entry)) {
        return;
    }
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
        cors_slice words = words_of(line, harmless[i]);
        if (words.size > 0) {
            entry->kind = read_in_force(words, entry) ? SERVE_LOG_IN_FORCE : SERVE_LOG_OTHER;
            return;
        }
    }
    take_complaint(line, entry); /* a sanitizer's, or the dynamic linker's */
}

void serve_log_read(enum serve_stream stream, cors_slice line, struct serve_log_entry *entry) {
    *entry = (struct serve_log_entry){.kind = SERVE_LOG_OTHER};
    if (stream == SERVE_STREAM_DECISIONS) {
        read_fields(line, entry);
    } else {
        read_error(line, entry);
    }
}

static int hex_digit(char byte) {
    const char digits[] = "0123456789ABCDEF";
    const char *found = memchr(digits, byte, sizeof digits - 1);
    return found == NULL ? -1 : (int)(found - digits);
}

cors_slice serve_log_unescape(cors_slice field, char *buffer) {
    size_t size = 0;
    for (size_t i = 0; i < field.size; i++) {
        bool escape = field.data[i] == '\\' && field.size - i >= 4 && field.data[i + 1] == 'x';
        int high = escape ? hex_digit(field.data[i + 2]) : -1;
        int low = escape ? hex_digit(field.data[i + 3]) : -1;
        if (high >= 0 && low >= 0) {
            buffer[size++] = (char)(high * 16 + low);
            i += 3;
        } else {
            buffer[size++] = field.data[i];
        }
    }
    return (cors_slice){buffer, size};
}

static bool field_is(const struct serve_log_entry *entry, enum serve_log_field field,
                     const char *text) {
    return is_text(entry->fields[field], text);
}

static bool reason_is(const struct serve_log_entry *entry, cors_reason reason) {
    return field_is(entry, SERVE_FIELD_REASON, cors_reason_name(reason));
}

static bool is_denied(const struct serve_log_entry *entry) {
    return field_is(entry, SERVE_FIELD_ALLOWED, "false") &&
           !reason_is(entry, CORS_REASON_SAME_ORIGIN);
}

bool serve_log_denied_origin(const struct serve_log_entry *entry) {
    return entry->kind == SERVE_LOG_DECISION && is_denied(entry) &&
           (reason_is(entry, CORS_REASON_ORIGIN_NOT_ALLOWED) ||
            reason_is(entry, CORS_REASON_ORIGIN_MALFORMED));
}

static void write_field(FILE *stream, cors_slice field, size_t shown_max) {
    size_t shown = field.size > shown_max ? shown_max : field.size;
    print_clean(stream, (cors_slice){field.data, shown});
    if (shown < field.size) {
        (void)fputs("...", stream);
    }
}

/* Without a query or a fragment, which may hold a token. */
static cors_slice without_query(cors_slice url) {
    size_t size = 0;
    while (size < url.size && url.data[size] != '?' && url.data[size] != '#') {
        size++;
    }
    return (cors_slice){url.data, size};
}

/* Writes what is shown of a URL, and that there was a query. */
static void write_public(FILE *stream, cors_slice shown, cors_slice url, size_t shown_max) {
    write_field(stream, shown, shown_max);
    if (shown.data + shown.size < url.data + url.size) {
        (void)fputs("?...", stream);
    }
}

/* Which target it is that was asked for, the path says. */
static void write_target(FILE *stream, cors_slice target) {
    write_public(stream, without_query(target), target, SHOWN_TARGET_MAX);
}

/* No browser sends an origin with a user or a query, but a client that does has its reasons. */
static void write_origin(FILE *stream, cors_slice origin) {
    cors_slice shown = without_query(origin);
    const char *at = shown.size == 0 ? NULL : memrchr(shown.data, '@', shown.size);
    if (at != NULL) {
        (void)fputs("...", stream);
        shown = skip(shown, (size_t)(at - shown.data));
    }
    write_public(stream, shown, origin, SHOWN_ORIGIN_MAX);
}

static void write_time(FILE *stream, bool colour) {
    char text[16];
    struct tm parts;
    time_t now = time(NULL);
    (void)strftime(text, sizeof text, "%H:%M:%S", localtime_r(&now, &parts));
    style_begin(stream, colour, STYLE_DIM);
    (void)fprintf(stream, "%s ", text);
    style_end(stream, colour);
}

/* What became of the request, in a word or two, and its colour. */
static const char *outcome_of(const struct serve_log_entry *entry, const char *enforce,
                              const char **style) {
    bool preflight = field_is(entry, SERVE_FIELD_KIND, cors_kind_name(CORS_KIND_PREFLIGHT));
    *style = STYLE_DIM;
    if (field_is(entry, SERVE_FIELD_KIND, cors_kind_name(CORS_KIND_NO_POLICY))) {
        return "no policy";
    }
    if (field_is(entry, SERVE_FIELD_KIND, cors_kind_name(CORS_KIND_NO_ORIGIN))) {
        return "";
    }
    if (reason_is(entry, CORS_REASON_SAME_ORIGIN)) {
        return "same origin";
    }
    if (!is_denied(entry)) {
        *style = STYLE_GREEN;
        return preflight ? "preflight allowed" : "allowed";
    }
    *style = STYLE_RED;
    if (preflight) {
        return "preflight denied";
    }
    if (strcmp(enforce, "block") == 0) {
        return "blocked";
    }
    return strcmp(enforce, "report") == 0 ? "denied, would be blocked" : "denied";
}

/* Why, where it was denied: the reason and what it is about. */
static void write_reason(FILE *stream, const struct serve_log_entry *entry) {
    (void)fputs(": ", stream);
    write_field(stream, entry->fields[SERVE_FIELD_REASON], SHOWN_METHOD_MAX);
    if (reason_is(entry, CORS_REASON_HEADER_NOT_ALLOWED) ||
        reason_is(entry, CORS_REASON_HEADER_MALFORMED)) {
        (void)fputs(" among ", stream);
        write_field(stream, entry->fields[SERVE_FIELD_REQUESTED_HEADERS], SHOWN_ORIGIN_MAX);
    }
}

static bool target_is_plain(cors_slice field) {
    char *buffer = malloc(field.size + 1);
    bool plain = buffer == NULL || cors_target_is_plain(serve_log_unescape(field, buffer));
    free(buffer);
    return plain;
}

/* What else went wrong, as the status tells. */
static void write_trouble(FILE *stream, const struct serve_log_entry *entry) {
    bool bad_gateway = field_is(entry, SERVE_FIELD_STATUS, "502");
    bool timeout = field_is(entry, SERVE_FIELD_STATUS, "504");
    bool has_upstream = !field_is(entry, SERVE_FIELD_UPSTREAM, "-");
    if (has_upstream && (bad_gateway || timeout)) {
        bool connected = !starts_with(entry->fields[SERVE_FIELD_UPSTREAM_CONNECT_TIME], "-");
        (void)fputs(": the upstream ", stream);
        write_field(stream, entry->fields[SERVE_FIELD_UPSTREAM], SHOWN_ORIGIN_MAX);
        if (!connected) {
            (void)fputs(" cannot be reached", stream);
        } else {
            (void)fputs(timeout ? " did not answer in time" : " gave no HTTP answer", stream);
        }
    }
    if (field_is(entry, SERVE_FIELD_STATUS, "400") &&
        !target_is_plain(entry->fields[SERVE_FIELD_TARGET])) {
        (void)fputs(": servers read this path in different ways", stream);
    }
}

void serve_log_write(FILE *stream, bool colour, const char *enforce,
                     const struct serve_log_entry *entry, const char *near) {
    const char *style;
    const char *outcome = outcome_of(entry, enforce, &style);
    bool preflight = field_is(entry, SERVE_FIELD_KIND, cors_kind_name(CORS_KIND_PREFLIGHT));
    bool has_origin = !field_is(entry, SERVE_FIELD_ORIGIN, "-");
    write_time(stream, colour);
    write_field(stream,
                entry->fields[preflight ? SERVE_FIELD_REQUESTED_METHOD : SERVE_FIELD_METHOD],
                SHOWN_METHOD_MAX);
    (void)fputc(' ', stream);
    write_target(stream, entry->fields[SERVE_FIELD_TARGET]);
    (void)fputs("  ", stream);
    write_origin(stream,
                 has_origin ? entry->fields[SERVE_FIELD_ORIGIN] : slice_of_text("no Origin"));
    (void)fputs("  ", stream);
    if (outcome[0] != '\0') {
        style_begin(stream, colour, style);
        (void)fputs(outcome, stream);
        style_end(stream, colour);
        (void)fputc(' ', stream);
    }
    write_field(stream, entry->fields[SERVE_FIELD_STATUS], SHOWN_METHOD_MAX);
    if (is_denied(entry)) {
        write_reason(stream, entry);
    }
    write_trouble(stream, entry);
    (void)fputc('\n', stream);
    if (near != NULL) {
        style_begin(stream, colour, STYLE_YELLOW);
        (void)fputs("         nearest allowed: ", stream);
        style_end(stream, colour);
        print_clean(stream, slice_of_text(near));
        (void)fputc('\n', stream);
    }
}
