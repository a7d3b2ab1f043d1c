/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "lab_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab_request.h"

void lab_answer_line(struct MHD_Response *response, const char *name, const char *value) {
    (void)MHD_add_response_header(response, name, value);
}

enum MHD_Result lab_answer_send(const struct lab_request *request, unsigned status,
                                struct MHD_Response *response) {
    if (response == NULL) {
        return MHD_NO;
    }
    enum MHD_Result result = MHD_queue_response(request->connection, status, response);
    MHD_destroy_response(response);
    return result;
}

/* Takes the text over, which malloc() made. */
static struct MHD_Response *make_response(char *text, size_t size, const char *type) {
    struct MHD_Response *response =
        text == NULL ? NULL : MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        free(text);
        return NULL;
    }
    lab_answer_line(response, "Content-Type", type);
    lab_answer_line(response, "Cache-Control", "no-store");
    lab_answer_line(response, "X-Content-Type-Options", "nosniff");
    return response;
}

static struct MHD_Response *make_sentence(const char *sentence) {
    char *text = NULL;
    int size = asprintf(&text, "%s\n", sentence);
    return size < 0 ? NULL : make_response(text, (size_t)size, "text/plain; charset=utf-8");
}

enum MHD_Result lab_answer_text(const struct lab_request *request, unsigned status,
                                const char *sentence) {
    return lab_answer_send(request, status, make_sentence(sentence));
}

enum MHD_Result lab_answer_no_method(const struct lab_request *request, const char *methods) {
    char sentence[128];
    (void)snprintf(sentence, sizeof sentence, "This can be asked with %s only.", methods);
    struct MHD_Response *response = make_sentence(sentence);
    if (response != NULL) {
        lab_answer_line(response, "Allow", methods);
    }
    return lab_answer_send(request, MHD_HTTP_METHOD_NOT_ALLOWED, response);
}

enum MHD_Result lab_answer_json(const struct lab_request *request, unsigned status, json_t *value) {
    char *text = value == NULL ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(value);
    return lab_answer_send(
        request, status, make_response(text, text == NULL ? 0 : strlen(text), "application/json"));
}

enum MHD_Result lab_answer_nothing(const struct lab_request *request) {
    static char none[1];
    return lab_answer_send(request, MHD_HTTP_NO_CONTENT,
                           MHD_create_response_from_buffer(0, none, MHD_RESPMEM_PERSISTENT));
}
