/* SPDX-License-Identifier: MIT */
#include "lab_script_reader.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"
#include "lab_guard.h"
#include "lab_scripted_lines.h"
#include "text_slices.h"

enum { STATUS_MIN = 200, STATUS_MAX = 599 };

/* Each takes some hundred bytes, however short it is. */
enum { LINES_MAX = 4096 };

/* How much of a URL a message shows. */
#define SHOWN "%.100s"

/* Whether a text can be the rest of a request's first line: visible ASCII, no fragment. */
static bool is_target(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '!' || text.data[i] > '~' || text.data[i] == '#') {
            return false;
        }
    }
    return true;
}

/* Whether a URL is one of the lab's own, below the script's path, as a browser would write it. */
static bool is_own_url(const struct lab *lab, cors_slice id, cors_slice url) {
    static const char scheme[] = "http://";
    char normal[LAB_AUTHORITY_MAX];
    char path[sizeof "/-/run//" + LAB_ID_MAX];
    if (url.size < sizeof scheme || memcmp(url.data, scheme, sizeof scheme - 1) != 0) {
        return false;
    }
    cors_slice rest = text_skip(url, sizeof scheme - 1);
    cors_slice authority = {rest.data, text_find(rest, '/')};
    if (lab_guard_place(lab, authority, normal) == LAB_NOWHERE || !text_is(authority, normal)) {
        return false;
    }
    int size = snprintf(path, sizeof path, "/-/run/%.*s/", (int)id.size, id.data);
    cors_slice target = text_skip(rest, authority.size);
    return target.size >= (size_t)size && memcmp(target.data, path, (size_t)size) == 0 &&
           is_target(target);
}

/* Reads an answer; one that is missing or null stays without a response. */
static bool read_answer(const json_t *described, const char *url, const char *part,
                        struct lab_scripted *answer, char *fault) {
    const json_t *status = json_object_get(described, "status");
    if (described == NULL || json_is_null(described)) {
        return true;
    }
    if (!json_is_integer(status) || json_integer_value(status) < STATUS_MIN ||
        json_integer_value(status) > STATUS_MAX) {
        (void)snprintf(fault, LAB_FAULT_MAX,
                       "The \"%s\" of " SHOWN " must have a \"status\" from %d to %d.", part, url,
                       STATUS_MIN, STATUS_MAX);
        return false;
    }
    char wrong[LAB_LINES_FAULT_MAX];
    answer->status = (unsigned)json_integer_value(status);
    answer->response = lab_scripted_lines_read(json_object_get(described, "headers"), wrong);
    if (answer->response == NULL) {
        (void)snprintf(fault, LAB_FAULT_MAX, "The \"%s\" of " SHOWN " %s", part, url, wrong);
    }
    return answer->response != NULL;
}

static bool read_url(const struct lab *lab, const char *url, const json_t *answers,
                     struct lab_script *script, char *fault) {
    if (!is_own_url(lab, text_slice(script->id), text_slice(url))) {
        (void)snprintf(fault, LAB_FAULT_MAX,
                       "The URL " SHOWN " is not one that this lab can answer: write "
                       "http://HOST:%u/-/run/%s/..., with localhost or a name below it as HOST.",
                       url, (unsigned)lab->port, script->id);
        return false;
    }
    if (!json_is_object(answers)) {
        (void)snprintf(fault, LAB_FAULT_MAX,
                       SHOWN " must have an object with \"preflight\" and \"response\".", url);
        return false;
    }
    struct lab_scripted_url *read = &script->urls[script->url_count++];
    read->url = strdup(url);
    if (read->url == NULL) {
        (void)snprintf(fault, LAB_FAULT_MAX, "There is not enough memory.");
        return false;
    }
    return read_answer(json_object_get(answers, "preflight"), url, "preflight", &read->preflight,
                       fault) &&
           read_answer(json_object_get(answers, "response"), url, "response", &read->actual, fault);
}

/* How many headers all answers have together. */
static size_t count_lines(json_t *server) {
    static const char *const parts[] = {"preflight", "response"};
    size_t count = 0;
    const char *url;
    json_t *answers;
    json_object_foreach(server, url, answers) {
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            const json_t *answer = json_object_get(answers, parts[i]);
            count += json_array_size(json_object_get(answer, "headers"));
        }
    }
    return count;
}

static bool is_bounded(json_t *server, char *fault) {
    if (json_object_size(server) > LAB_URLS_MAX) {
        (void)snprintf(fault, LAB_FAULT_MAX, "A script has at most %d URLs, and this one has %zu.",
                       LAB_URLS_MAX, json_object_size(server));
        return false;
    }
    if (count_lines(server) > LINES_MAX) {
        (void)snprintf(fault, LAB_FAULT_MAX, "A script has at most %d headers in all its answers.",
                       LINES_MAX);
        return false;
    }
    return true;
}

static bool read_server(const struct lab *lab, json_t *server, struct lab_script *script,
                        char *fault) {
    const char *url;
    json_t *answers;
    if (!json_is_object(server)) {
        (void)snprintf(fault, LAB_FAULT_MAX,
                       "The script must have a \"server\": an object with an answer for each URL.");
        return false;
    }
    if (!is_bounded(server, fault)) {
        return false;
    }
    json_object_foreach(server, url, answers) {
        if (!read_url(lab, url, answers, script, fault)) {
            return false;
        }
    }
    return true;
}

struct lab_script *lab_script_read(const struct lab *lab, cors_slice id, cors_slice text,
                                   char *fault) {
    json_error_t error;
    json_t *whole =
        json_loadb(text.size == 0 ? "" : text.data, text.size, JSON_REJECT_DUPLICATES, &error);
    if (whole == NULL) {
        (void)snprintf(fault, LAB_FAULT_MAX, "The script is no JSON: %s, at byte %d.", error.text,
                       error.position);
        return NULL;
    }
    struct lab_script *script = lab_script_create(id);
    (void)snprintf(fault, LAB_FAULT_MAX, "There is not enough memory.");
    if (script != NULL && !read_server(lab, json_object_get(whole, "server"), script, fault)) {
        lab_script_destroy(script);
        script = NULL;
    }
    json_decref(whole);
    return script;
}
