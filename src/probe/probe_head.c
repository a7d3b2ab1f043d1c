/* SPDX-License-Identifier: MIT */
#include "probe_head.h"

#include <stdlib.h>
#include <string.h>

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t';
}

static cors_slice skip(cors_slice text, size_t size) {
    return (cors_slice){text.data + size, text.size - size};
}

static cors_slice trim(cors_slice text) {
    while (text.size > 0 && is_space(text.data[0])) {
        text = skip(text, 1);
    }
    while (text.size > 0 && is_space(text.data[text.size - 1])) {
        text.size--;
    }
    return text;
}

/* "HTTP/1.1 204": the size of the version, or 0 where this is none. */
static size_t version_size(cors_slice text) {
    static const char prefix[] = "HTTP/";
    size_t at = sizeof prefix - 1;
    if (text.size < at + 5 || memcmp(text.data, prefix, at) != 0 || !is_digit(text.data[at])) {
        return 0;
    }
    at++;
    if (text.size > at + 1 && text.data[at] == '.' && is_digit(text.data[at + 1])) {
        at += 2;
    }
    return at;
}

bool probe_head_begins(cors_slice text) {
    size_t at = version_size(text);
    if (at == 0 || text.size < at + 4 || text.data[at] != ' ') {
        return false;
    }
    const char *status = text.data + at + 1;
    bool ends = text.size == at + 4 || status[3] == ' ' || status[3] == '\r' || status[3] == '\n';
    return status[0] >= '1' && status[0] <= '9' && is_digit(status[1]) && is_digit(status[2]) &&
           ends;
}

static void read_status_line(cors_slice line, struct probe_head *head) {
    size_t at = version_size(line);
    const char *status = line.data + at + 1;
    head->version = (cors_slice){line.data + 5, at - 5};
    head->status = (status[0] - '0') * 100 + (status[1] - '0') * 10 + (status[2] - '0');
    head->reason = trim(skip(line, at + 4));
}

/* Takes a line off the text, without its end. */
static cors_slice take_line(cors_slice *text) {
    const char *end = memchr(text->data, '\n', text->size);
    cors_slice line = {text->data, end == NULL ? text->size : (size_t)(end - text->data)};
    *text = skip(*text, end == NULL ? line.size : line.size + 1);
    if (line.size > 0 && line.data[line.size - 1] == '\r') {
        line.size--;
    }
    return line;
}

/* Writes spaces over the line ends that a folded line begins after. */
static void unfold(char *text, size_t size) {
    for (size_t i = 1; i < size; i++) {
        if (text[i - 1] == '\n' && is_space(text[i])) {
            text[i - 1] = ' ';
            if (i > 1 && text[i - 2] == '\r') {
                text[i - 2] = ' ';
            }
        }
    }
}

/* The bytes of the head, the empty line included. */
static size_t head_size(const char *text, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n' && i + 1 < size && text[i + 1] == '\n') {
            return i + 2;
        }
        if (text[i] == '\n' && i + 2 < size && text[i + 1] == '\r' && text[i + 2] == '\n') {
            return i + 3;
        }
    }
    return size;
}

static size_t count_lines(cors_slice text) {
    size_t count = 1;
    for (size_t i = 0; i < text.size; i++) {
        count += text.data[i] == '\n';
    }
    return count;
}

static void add_field(struct probe_head *head, cors_slice line) {
    const char *colon = line.size == 0 ? NULL : memchr(line.data, ':', line.size);
    if (colon == NULL || colon == line.data) {
        return;
    }
    size_t name = (size_t)(colon - line.data);
    cors_field *field = &head->fields[head->field_count++];
    field->name = trim((cors_slice){line.data, name});
    field->value = trim(skip(line, name + 1));
}

cors_status probe_head_parse(char *text, size_t size, struct probe_head *head, size_t *consumed) {
    *head = (struct probe_head){.status = 0};
    if (!probe_head_begins((cors_slice){text, size})) {
        return CORS_INVALID;
    }
    *consumed = head_size(text, size);
    if (*consumed > PROBE_HEAD_BYTES_MAX) {
        return CORS_TOO_LARGE;
    }
    unfold(text, *consumed);
    cors_slice rest = {text, *consumed};
    size_t lines = count_lines(rest);
    if (lines > PROBE_HEAD_FIELDS_MAX) {
        return CORS_TOO_LARGE;
    }
    head->fields = malloc(lines * sizeof *head->fields);
    if (head->fields == NULL) {
        return CORS_NO_MEMORY;
    }
    read_status_line(take_line(&rest), head);
    while (rest.size > 0) {
        add_field(head, take_line(&rest));
    }
    return CORS_OK;
}

void probe_head_free(struct probe_head *head) {
    free(head->fields);
    *head = (struct probe_head){.status = 0};
}
