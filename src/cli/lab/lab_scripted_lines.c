/* SPDX-License-Identifier: MIT */
#include "lab_scripted_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"
#include "text_slices.h"

/* What the server itself writes, or what would change the connection. */
static const char *const server_names[] = {
    "Content-Length", "Transfer-Encoding", "Connection", "Date", "Keep-Alive", "Upgrade", "Trailer",
};

static const char no_list[] =
    "must have \"headers\" that are a list of [name, value] pairs of strings.";

/* RFC 9110, section 5.6.2 "Tokens". */
static bool is_token(cors_slice text) {
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        bool digit = byte >= '0' && byte <= '9';
        if (!letter && !digit && (byte == '\0' || strchr(marks, byte) == NULL)) {
            return false;
        }
    }
    return text.size > 0;
}

static bool is_of_server(cors_slice name) {
    for (size_t i = 0; i < sizeof server_names / sizeof server_names[0]; i++) {
        if (text_is_folded(name, server_names[i])) {
            return true;
        }
    }
    return false;
}

/*
 * Writes a value's bytes with a NUL behind. jansson hands out valid UTF-8 without NUL, in which
 * characters up to U+00FF have one byte, or C2 or C3 and another. False where a byte cannot say it.
 */
static bool write_value(cors_slice text, char *bytes) {
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte == '\r' || byte == '\n' || byte > 0xC3) {
            return false;
        }
        if (byte >= 0x80) {
            byte = (unsigned char)((byte & 3) << 6 | ((unsigned char)text.data[++i] & 0x3F));
        }
        *bytes++ = (char)byte;
    }
    *bytes = '\0';
    return true;
}

/* What is wrong with a line's name and value, or NULL. */
static const char *fault_of(cors_slice name, cors_slice value, char *bytes) {
    if (!is_token(name)) {
        return "with a name that no header can have";
    }
    if (is_of_server(name)) {
        return "that the server writes itself";
    }
    if (text_is_folded(name, "Clear-Site-Data")) {
        return "that would have the browser forget what it holds for localhost";
    }
    if (!write_value(value, bytes)) {
        return "with a line break or a character beyond U+00FF in its value";
    }
    return NULL;
}

/* Adds a line to the response. Returns what is wrong with it, or NULL. */
static const char *add_line(struct MHD_Response *response, cors_slice name, cors_slice value) {
    char *bytes = malloc(value.size + 1);
    const char *wrong = bytes == NULL ? "that finds no memory" : fault_of(name, value, bytes);
    if (wrong == NULL) {
        /* libmicrohttpd refuses an empty value; to the reader a space is one. */
        const char *sent = bytes[0] == '\0' ? " " : bytes;
        bool added = MHD_add_response_header(response, name.data, sent) == MHD_YES;
        wrong = added ? NULL : "that cannot be sent";
    }
    free(bytes);
    return wrong;
}

static bool read_line(struct MHD_Response *response, const json_t *pair, char *fault) {
    const json_t *name = json_array_get(pair, 0);
    const json_t *value = json_array_get(pair, 1);
    if (json_array_size(pair) != 2 || !json_is_string(name) || !json_is_string(value)) {
        (void)snprintf(fault, LAB_LINES_FAULT_MAX, "%s", no_list);
        return false;
    }
    const char *wrong =
        add_line(response, (cors_slice){json_string_value(name), json_string_length(name)},
                 (cors_slice){json_string_value(value), json_string_length(value)});
    if (wrong != NULL) {
        (void)snprintf(fault, LAB_LINES_FAULT_MAX, "has a header %s: \"%.60s\".", wrong,
                       json_string_value(name));
    }
    return wrong == NULL;
}

static enum MHD_Result see_first(void *context, enum MHD_ValueKind kind, const char *name,
                                 const char *value) {
    (void)kind;
    (void)value;
    *(bool *)context = strcmp(name, "A") == 0;
    return MHD_NO;
}

/* Whether lines go out as they were added: some versions of libmicrohttpd turn them round. */
static bool keeps_order(void) {
    static char none[1];
    bool kept = true;
    struct MHD_Response *probe = MHD_create_response_from_buffer(0, none, MHD_RESPMEM_PERSISTENT);
    if (probe != NULL) {
        (void)MHD_add_response_header(probe, "A", "1");
        (void)MHD_add_response_header(probe, "B", "2");
        (void)MHD_get_response_headers(probe, see_first, &kept);
        MHD_destroy_response(probe);
    }
    return kept;
}

/* Whether they are not too many. */
static bool is_bounded(const json_t *lines, char *fault) {
    size_t bytes = 0;
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *pair = json_array_get(lines, i);
        bytes += json_string_length(json_array_get(pair, 0)) +
                 json_string_length(json_array_get(pair, 1)) + sizeof ": \r\n" - 1;
    }
    if (json_array_size(lines) > LAB_LINES_MAX || bytes > LAB_LINES_BYTES_MAX) {
        (void)snprintf(fault, LAB_LINES_FAULT_MAX,
                       "has too many headers: at most %d, and %d KiB together.", LAB_LINES_MAX,
                       LAB_LINES_BYTES_MAX / 1024);
        return false;
    }
    return true;
}

struct MHD_Response *lab_scripted_lines_read(const json_t *lines, char *fault) {
    static char body[] = LAB_BODY;
    size_t count = json_array_size(lines);
    bool forward = keeps_order();
    if (lines != NULL && !json_is_array(lines)) {
        (void)snprintf(fault, LAB_LINES_FAULT_MAX, "%s", no_list);
        return NULL;
    }
    if (!is_bounded(lines, fault)) {
        return NULL;
    }
    (void)snprintf(fault, LAB_LINES_FAULT_MAX, "finds no memory.");
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof body - 1, body, MHD_RESPMEM_PERSISTENT);
    for (size_t i = 0; response != NULL && i < count; i++) {
        if (!read_line(response, json_array_get(lines, forward ? i : count - 1 - i), fault)) {
            MHD_destroy_response(response);
            response = NULL;
        }
    }
    return response;
}
