/* SPDX-License-Identifier: MIT */
#include "lab_routes.h"

#include <cors/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"
#include "lab_answer.h"
#include "lab_page.h"
#include "lab_request.h"
#include "lab_run.h"
#include "lab_scripts.h"
#include "text_slices.h"

/* Takes the start of a path off it; false where it starts otherwise. */
static bool take_start(cors_slice *path, const char *start) {
    size_t size = strlen(start);
    if (path->size < size || memcmp(path->data, start, size) != 0) {
        return false;
    }
    *path = text_skip(*path, size);
    return true;
}

static bool is_read(const struct lab_request *request) {
    return lab_request_has_method(request, MHD_HTTP_METHOD_GET) ||
           lab_request_has_method(request, MHD_HTTP_METHOD_HEAD);
}

static enum MHD_Result answer_info(const struct lab *lab, const struct lab_request *request) {
    if (!is_read(request)) {
        return lab_answer_no_method(request, "GET, HEAD");
    }
    return lab_answer_json(request, MHD_HTTP_OK,
                           json_pack("{s:s, s:i, s:s}", "version", cors_version(), "port",
                                     (int)lab->port, "body", LAB_BODY));
}

static enum MHD_Result answer_script(const struct lab *lab, const struct lab_request *request,
                                     cors_slice id) {
    if (lab_request_has_method(request, MHD_HTTP_METHOD_PUT)) {
        return lab_run_put(lab, request, id);
    }
    if (lab_request_has_method(request, MHD_HTTP_METHOD_DELETE)) {
        return lab_run_forget(lab, request, id);
    }
    return lab_answer_no_method(request, "PUT, DELETE");
}

static enum MHD_Result answer_log(const struct lab *lab, const struct lab_request *request,
                                  cors_slice id) {
    return is_read(request) ? lab_run_log(lab, request, id)
                            : lab_answer_no_method(request, "GET, HEAD");
}

/* What is for the page alone; `path` comes without the "/-/". */
static enum MHD_Result answer_page_only(const struct lab *lab, const struct lab_request *request,
                                        cors_slice path) {
    bool info = text_is(path, "info");
    bool script = !info && take_start(&path, "scripts/");
    bool log = !info && !script && take_start(&path, "log/");
    if (!info && !script && !log) {
        return lab_answer_text(request, MHD_HTTP_NOT_FOUND, "There is nothing here.");
    }
    const char *refusal = lab_guard_refuses(request);
    if (refusal != NULL) {
        return lab_answer_text(request, MHD_HTTP_FORBIDDEN, refusal);
    }
    if (!info && !lab_script_is_id(path)) {
        return lab_answer_text(request, MHD_HTTP_NOT_FOUND,
                               "A script's name has 16 to 64 characters: a to z and digits.");
    }
    if (script) {
        return answer_script(lab, request, path);
    }
    return log ? answer_log(lab, request, path) : answer_info(lab, request);
}

static enum MHD_Result answer_below_dash(const struct lab *lab, const struct lab_request *request,
                                         cors_slice path) {
    if (take_start(&path, "run/")) {
        return lab_run_answer(lab, request, path);
    }
    if (text_is(path, "frame.html") || text_is(path, "frame.js")) {
        return lab_page_frame(lab, request,
                              text_is(path, "frame.html") ? "frame.html" : "frame.js");
    }
    return answer_page_only(lab, request, path);
}

/* Why a request cannot be answered at all: its status and a sentence; 0 where it can. */
static unsigned find_fault(const struct lab *lab, struct lab_request *request,
                           const char **sentence) {
    cors_slice host;
    size_t hosts = lab_request_lines(request, "Host", &host);
    if (hosts != 1) {
        *sentence =
            hosts == 0 ? "The request has no Host line." : "The request has two Host lines.";
        return MHD_HTTP_BAD_REQUEST;
    }
    request->place = lab_guard_place(lab, host, request->authority);
    if (request->place == LAB_NOWHERE) {
        *sentence = "The lab answers under localhost, names below localhost and 127.0.0.1 only, at "
                    "its own port: a name of another site that leads here is a trap.";
        return MHD_HTTP_MISDIRECTED_REQUEST;
    }
    if (request->target[0] != '/') {
        *sentence = "A request's target starts with a slash here.";
        return MHD_HTTP_BAD_REQUEST;
    }
    return 0;
}

/* Whether the body is announced as larger than any that is taken. */
static bool is_too_large(const struct lab_request *request) {
    cors_slice length;
    char text[24];
    if (lab_request_lines(request, "Content-Length", &length) == 0) {
        return false;
    }
    (void)snprintf(text, sizeof text, "%.*s", (int)(length.size < 23 ? length.size : 23),
                   length.data);
    return strtoull(text, NULL, 10) > LAB_BODY_MAX;
}

enum MHD_Result lab_routes_begin(struct lab_request *request, bool *refused) {
    static const char scripts[] = "/-/scripts/";
    cors_slice path = request->path;
    request->kept =
        take_start(&path, scripts) && lab_request_has_method(request, MHD_HTTP_METHOD_PUT);
    *refused = is_too_large(request);
    return *refused ? lab_answer_text(request, MHD_HTTP_CONTENT_TOO_LARGE,
                                      "The body is larger than 256 KiB.")
                    : MHD_YES;
}

enum MHD_Result lab_routes_answer(const struct lab *lab, struct lab_request *request) {
    const char *sentence;
    cors_slice path = request->path;
    unsigned status = find_fault(lab, request, &sentence);
    if (status != 0) {
        return lab_answer_text(request, status, sentence);
    }
    if (take_start(&path, "/-/")) {
        return answer_below_dash(lab, request, path);
    }
    if (request->place != LAB_PAGE_HOST) {
        return lab_answer_text(request, MHD_HTTP_NOT_FOUND,
                               "This is one of the lab's local origins. The page is at localhost.");
    }
    return lab_page_answer(lab, request);
}
