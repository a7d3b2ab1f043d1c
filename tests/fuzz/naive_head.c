/* SPDX-License-Identifier: MIT */
#include "naive_head.h"

#include "naive_text.h"

/* A line with its end: up to a line feed, or to the end of the text. */
static cors_slice take_line(cors_slice *text) {
    size_t size = naive_find(*text, CORS_SLICE("\n"));
    size += size < text->size;
    cors_slice line = {text->data, size};
    *text = naive_after(*text, size);
    return line;
}

/* Of a line end; the last line's may be half of one. */
static size_t end_size(cors_slice line) {
    if (naive_ends_with(line, CORS_SLICE("\r\n"))) {
        return 2;
    }
    return naive_ends_with(line, CORS_SLICE("\n")) || naive_ends_with(line, CORS_SLICE("\r")) ? 1
                                                                                              : 0;
}

static bool goes_on(cors_slice rest) {
    return naive_starts_with(rest, CORS_SLICE(" ")) || naive_starts_with(rest, CORS_SLICE("\t"));
}

/* A line and those that go on with it, as one. */
static cors_slice take_folded(cors_slice *text, struct fuzzed_memory *memory) {
    cors_slice line = take_line(text);
    size_t end = end_size(line);
    line.size -= end;
    if (line.size > 0 && goes_on(*text)) {
        cors_slice more = take_folded(text, memory);
        more = fuzzed_join(memory, (cors_slice){"  ", end}, more);
        line = fuzzed_join(memory, line, more);
    }
    return line;
}

static void add_field(struct naive_head *head, cors_slice line) {
    size_t colon = naive_find(line, CORS_SLICE(":"));
    if (colon > 0 && colon < line.size && head->field_count < NAIVE_FIELDS_MAX) {
        head->fields[head->field_count++] = (cors_field){naive_trim((cors_slice){line.data, colon}),
                                                         naive_trim(naive_after(line, colon + 1))};
    }
}

/* Whether a text begins with the words of a form, in which "#" stands for any digit. */
static bool begins_as(cors_slice text, cors_slice form) {
    bool same = text.size >= form.size;
    for (size_t i = 0; same && i < form.size; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        same = form.data[i] == '#' ? digit : text.data[i] == form.data[i];
    }
    return same;
}

static int read_status(cors_slice text) {
    const cors_slice forms[] = {CORS_SLICE("HTTP/#.# ###"), CORS_SLICE("HTTP/# ###")};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (begins_as(text, forms[i])) {
            const char *end = text.data + forms[i].size;
            int status = (end[-3] - '0') * 100 + (end[-2] - '0') * 10 + (end[-1] - '0');
            bool ends = text.size == forms[i].size || *end == ' ' || *end == '\r' || *end == '\n';
            return ends && status >= 100 ? status : 0;
        }
    }
    return 0;
}

void naive_head_read(struct naive_head *head, struct fuzzed_memory *memory, cors_slice text) {
    cors_slice rest = text;
    head->status = read_status(text);
    head->field_count = 0;
    (void)take_folded(&rest, memory);
    head->line_count = 1;
    while (rest.size > 0) {
        cors_slice line = take_folded(&rest, memory);
        head->line_count++;
        if (line.size == 0) {
            break;
        }
        add_field(head, line);
    }
    head->size = text.size - rest.size;
}
