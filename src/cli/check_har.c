/* SPDX-License-Identifier: MIT */
/* A call out of a HAR file, as a browser's network panel saves it. */
#include <jansson.h>
#include <string.h>

#include "check.h"
#include "terminal.h"

enum { SHOWN_MAX = 5 };

static cors_slice text_of(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value)) {
        return (cors_slice){NULL, 0};
    }
    return (cors_slice){json_string_value(value), json_string_length(value)};
}

static cors_slice url_of(const json_t *entry) {
    return text_of(json_object_get(entry, "request"), "url");
}

static cors_slice method_of(const json_t *entry) {
    return text_of(json_object_get(entry, "request"), "method");
}

static cors_slice header_of(const json_t *entry, const char *name) {
    const json_t *headers = json_object_get(json_object_get(entry, "request"), "headers");
    for (size_t i = 0; i < json_array_size(headers); i++) {
        const json_t *header = json_array_get(headers, i);
        if (text_is_folded(text_of(header, "name"), name)) {
            return text_of(header, "value");
        }
    }
    return (cors_slice){NULL, 0};
}

/* A preflight is part of a call, not a call. */
static bool is_preflight(const json_t *entry) {
    const char *mark = cors_field_name(CORS_FIELD_REQUEST_METHOD);
    return text_is(method_of(entry), "OPTIONS") && header_of(entry, mark).data != NULL;
}

/* No status, or an error beside it: the browser did not hand the answer to the page. */
static bool has_failed(const json_t *entry) {
    const json_t *response = json_object_get(entry, "response");
    return json_integer_value(json_object_get(response, "status")) == 0 ||
           text_of(response, "_error").size > 0;
}

static bool is_cross_origin(struct keep *keep, const json_t *entry) {
    cors_slice origin = header_of(entry, "Origin");
    cors_slice own = check_url_origin(keep, url_of(entry));
    return origin.size > 0 && own.size > 0 && !text_same(origin, own);
}

static cors_slice without_fragment(cors_slice url) {
    return (cors_slice){url.data, text_find(url, '#')};
}

static bool fits(struct keep *keep, const json_t *entry, cors_slice url) {
    if (is_preflight(entry) || url_of(entry).size == 0 || method_of(entry).size == 0) {
        return false;
    }
    return url.size == 0 ? is_cross_origin(keep, entry)
                         : text_same(without_fragment(url_of(entry)), without_fragment(url));
}

static bool same_call(const json_t *left, const json_t *right) {
    return text_same(url_of(left), url_of(right)) && text_same(method_of(left), method_of(right));
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
            print_clean(stderr, method_of(entry));
            (void)fputs(" ", stderr);
            print_clean(stderr, check_shown_url(keep, url_of(entry)));
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
        if (!check_call_add_recorded(call, text_of(header, "name"), text_of(header, "value"))) {
            return false;
        }
    }
    return true;
}

/* Chromium leaves the Cookie field out of its HAR and lists cookies instead. */
static bool take_cookies(struct check_call *call, const json_t *cookies) {
    struct keep_text pairs = {.keep = call->keep};
    for (size_t i = 0; i < json_array_size(cookies); i++) {
        const json_t *cookie = json_array_get(cookies, i);
        keep_text_put(&pairs, i == 0 ? "" : "; ");
        keep_text_add(&pairs, text_of(cookie, "name"));
        keep_text_put(&pairs, "=");
        keep_text_add(&pairs, text_of(cookie, "value"));
    }
    return call->cookies.size > 0 || pairs.size == 0 ||
           check_call_add_recorded(call, text_slice("cookie"), keep_text_slice(&pairs));
}

static void take_data(struct check_call *call, const json_t *data) {
    if (json_is_object(data)) {
        call->data = keep_slice(call->keep, text_of(data, "text"));
        call->has_data = true;
    }
}

static bool take_entry(struct check_call *call, const json_t *entry) {
    const json_t *request = json_object_get(entry, "request");
    call->call.url = keep_slice(call->keep, url_of(entry));
    call->call.method = keep_slice(call->keep, method_of(entry));
    take_data(call, json_object_get(request, "postData"));
    bool taken = take_headers(call, json_object_get(request, "headers")) &&
                 take_cookies(call, json_object_get(request, "cookies"));
    check_call_end_recorded(call);
    return taken;
}

bool check_har_read(struct check_call *call, const char *path, cors_slice url) {
    cors_slice text;
    json_error_t fault;
    if (!check_file_read(call->keep, path, CHECK_INPUT_BYTES_MAX, &text)) {
        return false;
    }
    json_t *har = json_loadb(text.data == NULL ? "" : text.data, text.size, JSON_ALLOW_NUL, &fault);
    if (har == NULL) {
        /* Not the parser's own words, which repeat what stands there. */
        (void)fprintf(stderr, "cors check: the HAR file is no JSON: see line %d, column %d\n",
                      fault.line, fault.column);
        return false;
    }
    const json_t *entries = json_object_get(json_object_get(har, "log"), "entries");
    bool taken = false;
    if (!json_is_array(entries)) {
        (void)fputs("cors check: this JSON is no HAR file: it has no log.entries\n", stderr);
    } else {
        const json_t *entry = choose(call->keep, entries, url);
        taken = entry != NULL && take_entry(call, entry);
    }
    json_decref(har);
    return taken;
}
