/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "lab_run.h"

#include <cors/browser.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_text.h"
#include "lab_answer.h"
#include "lab_script_reader.h"
#include "lab_scripts.h"
#include "text_slices.h"

/* What a script's log holds at most: far more than 20 redirects with a preflight each. */
enum { SENT_MAX = 256, SENT_BYTES_MAX = 128 * 1024 };

/* Shows the lines of a name under that name in lower case; none where none came. */
static void note_lines(const struct lab_request *request, cors_field_id field, json_t *noted,
                       size_t *bytes) {
    char key[64];
    const char *name = cors_field_name(field);
    char *joined = lab_request_joined(request, name);
    size_t size = 0;
    if (joined == NULL) {
        return;
    }
    for (; name[size] != '\0' && size < sizeof key - 1; size++) {
        key[size] = (char)tolower((unsigned char)name[size]);
    }
    key[size] = '\0';
    *bytes += strlen(joined);
    (void)json_object_set_new(noted, key, json_text(text_slice(joined)));
    free(joined);
}

static void note(struct lab_script *script, const struct lab_request *request, const char *url,
                 bool answered) {
    size_t bytes = strlen(url) + strlen(request->method);
    json_t *noted = json_object();
    (void)json_object_set_new(noted, "method", json_text(text_slice(request->method)));
    (void)json_object_set_new(noted, "url", json_text(text_slice(url)));
    note_lines(request, CORS_FIELD_ORIGIN, noted, &bytes);
    note_lines(request, CORS_FIELD_REQUEST_METHOD, noted, &bytes);
    note_lines(request, CORS_FIELD_REQUEST_HEADERS, noted, &bytes);
    (void)json_object_set_new(noted, "cookie",
                              json_boolean(lab_request_lines(request, "Cookie", NULL) > 0));
    (void)json_object_set_new(noted, "answered", json_boolean(answered));
    if (json_array_size(script->sent) >= SENT_MAX || bytes > SENT_BYTES_MAX - script->sent_bytes) {
        json_decref(noted);
        script->left_out++;
        return;
    }
    script->sent_bytes += bytes;
    (void)json_array_append_new(script->sent, noted);
}

/* Whether a browser asks before it sends the request itself. */
static bool is_preflight(const struct lab_request *request) {
    return lab_request_has_method(request, MHD_HTTP_METHOD_OPTIONS) &&
           lab_request_lines(request, cors_field_name(CORS_FIELD_REQUEST_METHOD), NULL) > 0 &&
           lab_request_lines(request, cors_field_name(CORS_FIELD_ORIGIN), NULL) > 0;
}

static const struct lab_scripted *find_answer(const struct lab_script *script, const char *url,
                                              bool preflight) {
    for (size_t i = 0; i < script->url_count; i++) {
        if (strcmp(script->urls[i].url, url) == 0) {
            const struct lab_scripted *answer =
                preflight ? &script->urls[i].preflight : &script->urls[i].actual;
            return answer->response == NULL ? NULL : answer;
        }
    }
    return NULL;
}

enum MHD_Result lab_run_answer(const struct lab *lab, const struct lab_request *request,
                               cors_slice rest) {
    cors_slice id = {rest.data, text_find(rest, '/')};
    struct lab_script *script = id.size == rest.size ? NULL : lab_scripts_find(lab->scripts, id);
    char *url = NULL;
    if (script == NULL || asprintf(&url, "http://%s%s", request->authority, request->target) < 0) {
        return MHD_NO;
    }
    const struct lab_scripted *answer = find_answer(script, url, is_preflight(request));
    note(script, request, url, answer != NULL);
    free(url);
    return answer == NULL
               ? MHD_NO
               : MHD_queue_response(request->connection, answer->status, answer->response);
}

static bool is_json(const struct lab_request *request) {
    cors_slice type;
    cors_slice essence;
    return lab_request_lines(request, "Content-Type", &type) == 1 &&
           text_take(&type, ';', &essence) && text_is_folded(essence, "application/json");
}

enum MHD_Result lab_run_put(const struct lab *lab, const struct lab_request *request,
                            cors_slice id) {
    char fault[LAB_FAULT_MAX];
    if (!is_json(request)) {
        return lab_answer_text(request, MHD_HTTP_FORBIDDEN,
                               "A script comes with Content-Type: application/json.");
    }
    struct lab_script *script = lab_script_read(
        lab, id, (cors_slice){request->body, request->kept ? request->body_size : 0}, fault);
    if (script == NULL) {
        return lab_answer_json(request, MHD_HTTP_BAD_REQUEST,
                               json_pack("{s:o}", "error", json_text(text_slice(fault))));
    }
    lab_scripts_put(lab->scripts, script);
    return lab_answer_nothing(request);
}

enum MHD_Result lab_run_forget(const struct lab *lab, const struct lab_request *request,
                               cors_slice id) {
    lab_scripts_forget(lab->scripts, id);
    return lab_answer_nothing(request);
}

enum MHD_Result lab_run_log(const struct lab *lab, const struct lab_request *request,
                            cors_slice id) {
    const struct lab_script *script = lab_scripts_find(lab->scripts, id);
    if (script == NULL) {
        return lab_answer_text(request, MHD_HTTP_NOT_FOUND,
                               "There is no script of this name; it may have been pushed out by "
                               "newer ones.");
    }
    return lab_answer_json(
        request, MHD_HTTP_OK,
        json_pack("{s:O, s:I}", "sent", script->sent, "left_out", (json_int_t)script->left_out));
}
