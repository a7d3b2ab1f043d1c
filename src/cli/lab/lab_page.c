/* SPDX-License-Identifier: MIT */
#include "lab_page.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"
#include "lab_answer.h"
#include "lab_page_file.h"
#include "lab_request.h"
#include "text_slices.h"

/* The names under which a browser knows this machine. */
#define LOCAL_PAGES "http://localhost:* http://*.localhost:* http://127.0.0.1:*"

/* The page needs nothing from elsewhere but the frames of its own origins. */
static const char page_policy[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; frame-src " LOCAL_PAGES "; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

/* Whether a file is the page's own, or is shown in frames on other origins. */
enum use { FOR_PAGE, FOR_FRAME };

/*
 * A frame calls and loads whatever the page has it call, scripts from this machine only, and is
 * shown by the page only. In a sandbox its origin is opaque, and 'self' is nothing: its script is
 * named by its place.
 */
static void add_frame_policy(struct MHD_Response *response, const struct lab_request *request) {
    char policy[512 + LAB_AUTHORITY_MAX];
    bool named = request->authority[0] != '['; /* a policy has no word for an IPv6 address */
    (void)snprintf(
        policy, sizeof policy,
        "default-src 'none'; script-src 'self' " LOCAL_PAGES "%s%s; style-src *; "
        "img-src * data:; font-src *; connect-src *; base-uri 'none'; form-action 'none'; "
        "frame-ancestors " LOCAL_PAGES,
        named ? " http://" : "", named ? request->authority : "");
    lab_answer_line(response, "Content-Security-Policy", policy);
}

static void add_lines(struct MHD_Response *response, const struct lab_request *request,
                      enum use use) {
    lab_answer_line(response, "Cache-Control", "no-cache");
    lab_answer_line(response, "X-Content-Type-Options", "nosniff");
    lab_answer_line(response, "Referrer-Policy", "no-referrer");
    if (use == FOR_FRAME) {
        add_frame_policy(response, request);
        return;
    }
    lab_answer_line(response, "CORS-Lab", cors_version()); /* the page looks who serves it */
    lab_answer_line(response, "Content-Security-Policy", page_policy);
    lab_answer_line(response, "Cross-Origin-Opener-Policy", "same-origin");
    lab_answer_line(response, "Cross-Origin-Resource-Policy", "same-origin");
}

/* Whether parameters say a quality of zero: "q=0", "q=0.000". */
static bool is_refused(cors_slice parameters) {
    cors_slice one;
    while (text_take(&parameters, ';', &one)) {
        if (text_starts_folded(one, "q=")) {
            cors_slice quality = text_skip(one, 2);
            while (quality.size > 0 && (quality.data[0] == '0' || quality.data[0] == '.')) {
                quality = text_skip(quality, 1);
            }
            return quality.size == 0;
        }
    }
    return false;
}

/* RFC 9110, section 12.5.3 "Accept-Encoding". */
static bool accepts_gzip(const struct lab_request *request) {
    cors_slice list;
    cors_slice coding;
    if (lab_request_lines(request, "Accept-Encoding", &list) == 0) {
        return false;
    }
    while (text_take(&list, ',', &coding)) {
        cors_slice name;
        if (text_take(&coding, ';', &name) && text_is_folded(name, "gzip")) {
            return !is_refused(coding);
        }
    }
    return false;
}

enum { TAG_SIZE = 64 };

/* Another size, another time or the other coding: another tag. */
static void write_tag(const struct lab_page_file *file, char *tag) {
    (void)snprintf(tag, TAG_SIZE, "\"%llx-%llx-%lx%s\"", (unsigned long long)file->status.st_size,
                   (unsigned long long)file->status.st_mtim.tv_sec,
                   (unsigned long)file->status.st_mtim.tv_nsec, file->is_compressed ? "-gz" : "");
}

/* RFC 9110, section 13.1.2 "If-None-Match". */
static bool is_known(const struct lab_request *request, const char *tag) {
    cors_slice list;
    cors_slice one;
    if (lab_request_lines(request, "If-None-Match", &list) == 0) {
        return false;
    }
    while (text_take(&list, ',', &one)) {
        one = text_starts_folded(one, "W/") ? text_skip(one, 2) : one;
        if (text_is(one, tag) || text_is(one, "*")) {
            return true;
        }
    }
    return false;
}

/* The response with the file, which is given away; NULL where there is no memory. */
static struct MHD_Response *make_response(const struct lab_page_file *file, bool known) {
    static char none[1];
    struct MHD_Response *response =
        known ? MHD_create_response_from_buffer(0, none, MHD_RESPMEM_PERSISTENT)
              : MHD_create_response_from_fd64((uint64_t)file->status.st_size, file->descriptor);
    if (known || response == NULL) {
        (void)close(file->descriptor);
    }
    return response;
}

static enum MHD_Result answer_file(const struct lab_request *request,
                                   const struct lab_page_file *file, enum use use) {
    char tag[TAG_SIZE];
    write_tag(file, tag);
    bool known = is_known(request, tag);
    struct MHD_Response *response = make_response(file, known);
    if (response == NULL) {
        return MHD_NO;
    }
    add_lines(response, request, use);
    lab_answer_line(response, "ETag", tag);
    if (file->has_smaller) {
        lab_answer_line(response, "Vary", "Accept-Encoding");
    }
    if (!known) {
        lab_answer_line(response, "Content-Type", file->type);
    }
    if (!known && file->is_compressed) {
        lab_answer_line(response, "Content-Encoding", "gzip");
    }
    return lab_answer_send(request, known ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, response);
}

static enum MHD_Result answer_path(const struct lab *lab, const struct lab_request *request,
                                   cors_slice path, enum use use) {
    struct lab_page_file file;
    if (!lab_request_has_method(request, MHD_HTTP_METHOD_GET) &&
        !lab_request_has_method(request, MHD_HTTP_METHOD_HEAD)) {
        return lab_answer_no_method(request, "GET, HEAD");
    }
    if (!lab_page_file_open(lab->page, path, accepts_gzip(request), &file)) {
        return lab_answer_text(request, MHD_HTTP_NOT_FOUND, "There is no such file in the lab.");
    }
    return answer_file(request, &file, use);
}

enum MHD_Result lab_page_answer(const struct lab *lab, const struct lab_request *request) {
    return answer_path(lab, request, request->path, FOR_PAGE);
}

enum MHD_Result lab_page_frame(const struct lab *lab, const struct lab_request *request,
                               const char *name) {
    char path[64];
    (void)snprintf(path, sizeof path, "/frame/%s", name);
    return answer_path(lab, request, text_slice(path), FOR_FRAME);
}
