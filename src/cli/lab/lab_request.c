/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "lab_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"
#include "text_slices.h"

struct lab_request *lab_request_create(const char *target) {
    struct lab_request *request = calloc(1, sizeof *request);
    if (request == NULL) {
        return NULL;
    }
    request->target = strdup(target);
    if (request->target == NULL) {
        free(request);
        return NULL;
    }
    request->path = (cors_slice){request->target, strcspn(request->target, "?")};
    return request;
}

void lab_request_destroy(struct lab_request *request) {
    if (request != NULL) {
        free(request->target);
        free(request->body);
        free(request);
    }
}

bool lab_request_append(struct lab_request *request, const char *data, size_t size) {
    if (size > LAB_BODY_MAX - request->body_size) {
        return false;
    }
    if (request->kept) {
        char *grown = realloc(request->body, request->body_size + size);
        if (grown == NULL) {
            return false;
        }
        memcpy(grown + request->body_size, data, size);
        request->body = grown;
    }
    request->body_size += size;
    return true;
}

bool lab_request_has_method(const struct lab_request *request, const char *method) {
    return strcmp(request->method, method) == 0;
}

/* The lines of one name, as they are found. */
struct search {
    cors_slice name;
    size_t count;
    cors_slice first;
    FILE *joined; /* or NULL */
};

static enum MHD_Result see_line(void *context, enum MHD_ValueKind kind, const char *name,
                                size_t name_size, const char *value, size_t value_size) {
    struct search *search = context;
    cors_slice line = {value == NULL ? "" : value, value_size};
    (void)kind;
    if (!text_same_folded((cors_slice){name, name_size}, search->name)) {
        return MHD_YES;
    }
    if (search->count++ == 0) {
        search->first = line;
    }
    if (search->joined != NULL) {
        (void)fputs(search->count == 1 ? "" : ", ", search->joined);
        (void)fwrite(line.data, 1, line.size, search->joined);
    }
    return MHD_YES;
}

size_t lab_request_lines(const struct lab_request *request, const char *name, cors_slice *first) {
    struct search search = {.name = text_slice(name)};
    (void)MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, see_line, &search);
    if (first != NULL) {
        *first = search.first;
    }
    return search.count;
}

char *lab_request_joined(const struct lab_request *request, const char *name) {
    char *joined = NULL;
    size_t size = 0;
    struct search search = {.name = text_slice(name), .joined = open_memstream(&joined, &size)};
    if (search.joined == NULL) {
        return NULL;
    }
    (void)MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, see_line, &search);
    if (fclose(search.joined) != 0 || search.count == 0) {
        free(joined);
        return NULL;
    }
    return joined;
}
