/* SPDX-License-Identifier: MIT */
/* A call out of a HAR file, as a browser's network panel saves it. */
#include <jansson.h>
#include <string.h>

#include "check.h"
#include "recording.h"
#include "terminal.h"

enum { SHOWN_MAX = 5 };

/* No status, or an error beside it: the browser did not hand the answer to the page. */
static bool has_failed(const json_t *entry) {
    const json_t *response = json_object_get(entry, "response");
    return json_integer_value(json_object_get(response, "status")) == 0 ||
           recording_text(response, "_error").size > 0;
}

static bool is_cross_origin(struct keep *keep, const json_t *entry) {
    cors_slice origin = recording_header(entry, "Origin");
    cors_slice own = check_url_origin(keep, recording_url(entry));
    return origin.size > 0 && own.size > 0 && !text_same(origin, own);
}

static cors_slice without_fragment(cors_slice url) {
    return (cors_slice){url.data, text_find(url, '#')};
}

static bool fits(struct keep *keep, const json_t *entry, cors_slice url) {
    if (recording_is_preflight(entry) || recording_url(entry).size == 0 ||
        recording_method(entry).size == 0) {
        return false;
    }
    return url.size == 0 ? is_cross_origin(keep, entry)
                         : text_same(without_fragment(recording_url(entry)), without_fragment(url));
}

static bool same_call(const json_t *left, const json_t *right) {
    return text_same(recording_url(left), recording_url(right)) &&
           text_same(recording_method(left), recording_method(right));
}

struct choice {
    const json_t *chosen;
    bool failed;    /* the chosen one did */
    size_t choices; /* different calls that are as good */
};

/* A call that failed is preferred; of the same call the last is taken. */
static void consider(struct choice *choice, const json_t *entry) {
    bool failed = has_failed(entry);
    if (choice->chosen == NULL || (failed && !choice->failed)) {
        *choice = (struct choice){entry, failed, 1};
    } else if (failed == choice->failed) {
        choice->choices += !same_call(choice->chosen, entry);
        choice->chosen = entry;
    }
}

static void list_choices(struct keep *keep, const json_t *entries, cors_slice url) {
    size_t shown = 0;
    for (size_t i = 0; i < json_array_size(entries) && shown < SHOWN_MAX; i++) {
        const json_t *entry = json_array_get(entries, i);
        if (fits(keep, entry, url)) {
            (void)fputs("  ", stderr);
            print_clean(stderr, recording_method(entry));
            (void)fputs(" ", stderr);
            print_clean(stderr, shown_url(keep, recording_url(entry)));
            (void)fputs("\n", stderr);
            shown++;
        }
    }
}

static const json_t *choose(struct keep *keep, const json_t *entries, cors_slice url) {
    struct choice choice = {NULL, false, 0};
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        if (fits(keep, entry, url)) {
            consider(&choice, entry);
        }
    }
    if (choice.chosen == NULL) {
        (void)fputs(url.size == 0 ? "cors check: the HAR file holds no request to another origin\n"
                                  : "cors check: the HAR file holds no request to that URL\n",
                    stderr);
        return NULL;
    }
    if (choice.choices > 1 && url.size == 0) {
        (void)fputs("cors check: the HAR file holds several requests to other origins; name the "
                    "URL of one before --har:\n",
                    stderr);
        list_choices(keep, entries, url);
        return NULL;
    }
    return choice.chosen;
}

static bool take_headers(struct check_call *call, const json_t *headers) {
    for (size_t i = 0; i < json_array_size(headers); i++) {
        const json_t *header = json_array_get(headers, i);
        if (!check_call_add_recorded(call, recording_text(header, "name"),
                                     recording_text(header, "value"))) {
            return false;
        }
    }
    return true;
}

static bool take_cookies(struct check_call *call, const json_t *entry) {
    cors_slice pairs = recording_cookies(call->keep, entry);
    return call->cookies.size > 0 || pairs.size == 0 ||
           check_call_add_recorded(call, text_slice("cookie"), pairs);
}

static void take_data(struct check_call *call, const json_t *data) {
    if (json_is_object(data)) {
        call->data = keep_slice(call->keep, recording_text(data, "text"));
        call->has_data = true;
    }
}

static bool take_entry(struct check_call *call, const json_t *entry) {
    const json_t *request = json_object_get(entry, "request");
    call->call.url = keep_slice(call->keep, recording_url(entry));
    call->call.method = keep_slice(call->keep, recording_method(entry));
    take_data(call, json_object_get(request, "postData"));
    bool taken =
        take_headers(call, json_object_get(request, "headers")) && take_cookies(call, entry);
    check_call_end_recorded(call);
    return taken;
}

bool check_har_read(struct check_call *call, const char *path, cors_slice url) {
    const json_t *entries;
    json_t *har = recording_read(call->keep, path, &entries);
    if (har == NULL) {
        return false;
    }
    const json_t *entry = choose(call->keep, entries, url);
    bool taken = entry != NULL && take_entry(call, entry);
    json_decref(har);
    return taken;
}
