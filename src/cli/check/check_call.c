/* SPDX-License-Identifier: MIT */
/* Builds the call that is judged: from options, or from what a browser recorded. */
#include <string.h>

#include "check.h"
#include "command.h"
#include "recording.h"

void check_call_remark(struct check_call *call, cors_slice remark) {
    size_t room = sizeof call->remarks / sizeof call->remarks[0];
    if (call->remark_count < room) {
        call->remarks[call->remark_count++] = remark;
    }
}

bool check_call_add_header(struct check_call *call, cors_slice name, cors_slice value) {
    cors_field field = {name, value};
    if (call->header_count == CHECK_HEADERS_MAX) {
        (void)fprintf(stderr, "cors check: more than %d headers are no call\n", CHECK_HEADERS_MAX);
        return false;
    }
    if (call->headers == NULL) {
        call->headers = keep_memory(call->keep, CHECK_HEADERS_MAX * sizeof *call->headers);
    }
    call->headers[call->header_count++] = *keep_fields(call->keep, &field, 1);
    return true;
}

/* A cookie that is given by hand goes along where the browser attaches cookies. */
static void add_cookies(struct check_call *call, cors_slice value) {
    call->cookies = call->cookies.size == 0
                        ? keep_slice(call->keep, value)
                        : keep_format(call->keep, "%.*s; %.*s", SLICE_ARGUMENTS(call->cookies),
                                      SLICE_ARGUMENTS(value));
}

static bool holds_line_break(cors_slice text) {
    return text_find(text, '\n') < text.size || text_find(text, '\r') < text.size ||
           text_find(text, '\0') < text.size;
}

/* The value is not repeated in the complaint: it may be a secret. */
bool check_header_line_split(const char *option, cors_slice line, cors_field *field) {
    size_t colon = text_find(line, ':');
    if (colon == line.size || colon == 0 || holds_line_break(line)) {
        (void)fprintf(stderr,
                      "%s: %s takes a header as one line, its name before a colon: "
                      "%s 'X-Token: abc'\n",
                      command_words(), option, option);
        return false;
    }
    field->name = text_trim((cors_slice){line.data, colon});
    field->value = text_trim(text_skip(line, colon + 1));
    return true;
}

bool check_call_add_header_line(struct check_call *call, const char *option, cors_slice line) {
    cors_field field;
    if (!check_header_line_split(option, line, &field)) {
        return false;
    }
    if (text_is_folded(field.name, "Cookie")) {
        add_cookies(call, field.value);
        return true;
    }
    if (text_is_folded(field.name, "Origin")) {
        check_call_remark(call, text_slice("Script cannot set Origin; the page is named with "
                                           "--origin."));
        return true;
    }
    return check_call_add_header(call, field.name, field.value);
}

static bool has_page(const struct check_call *call) {
    return call->call.page.size > 0;
}

static void take_page(struct check_call *call, cors_slice origin) {
    cors_origin parsed;
    if (cors_origin_parse(origin, &parsed)) {
        call->call.page = keep_slice(call->keep, origin);
    }
}

/* What the browser says about the call: its mode, and what element makes it. */
static void take_fetch_metadata(struct check_call *call, cors_slice name, cors_slice value) {
    static const struct {
        const char *destination;
        cors_initiator initiator;
    } elements[] = {
        {"image", CORS_INITIATOR_IMAGE},
        {"script", CORS_INITIATOR_SCRIPT},
        {"style", CORS_INITIATOR_STYLESHEET},
        {"font", CORS_INITIATOR_FONT},
    };
    if (text_is_folded(name, "sec-fetch-mode")) {
        call->call.mode = text_is(value, "no-cors")       ? CORS_MODE_NO_CORS
                          : text_is(value, "same-origin") ? CORS_MODE_SAME_ORIGIN
                                                          : CORS_MODE_CORS;
    }
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        if (text_is_folded(name, "sec-fetch-dest") && text_is(value, elements[i].destination)) {
            call->call.initiator = elements[i].initiator;
        }
    }
}

bool check_call_add_recorded(struct check_call *call, cors_slice name, cors_slice value) {
    if (text_is_folded(name, "cookie")) {
        add_cookies(call, value);
    } else if (text_is_folded(name, "origin")) {
        take_page(call, value);
    } else if (text_is_folded(name, "referer") && !has_page(call)) {
        take_page(call, check_url_origin(call->keep, value));
    } else if (text_starts_folded(name, "sec-")) {
        take_fetch_metadata(call, name, value);
    } else if (text_is_folded(name, "user-agent")) {
        call->agent = keep_slice(call->keep, value);
    } else if (!recording_field_is_browsers(name, value)) {
        return check_call_add_header(call, name, value);
    }
    return true;
}

void check_call_end_recorded(struct check_call *call) {
    call->data_hidden = true;
    if (call->cookies.size > 0 && call->call.credentials == CORS_CREDENTIALS_SAME_ORIGIN) {
        call->call.credentials = CORS_CREDENTIALS_INCLUDE;
        check_call_remark(call, text_slice("The recorded request carries cookies, so the call is "
                                           "taken to be one with credentials."));
    }
}

cors_slice check_url_origin(struct keep *keep, cors_slice url) {
    cors_origin parsed;
    size_t scheme = text_find_folded(url, "://");
    if (scheme == url.size) {
        return (cors_slice){NULL, 0};
    }
    size_t start = scheme + 3;
    size_t end = start;
    size_t host = start;
    for (; end < url.size && strchr("/?#\\", url.data[end]) == NULL; end++) {
        host = url.data[end] == '@' ? end + 1 : host;
    }
    char *text = keep_memory(keep, url.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < end; i++) {
        bool user_info = i >= start && i < host;
        char byte = url.data[i];
        if (!user_info) {
            text[size++] = byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
        }
    }
    cors_slice origin = {text, size};
    int port = cors_scheme_default_port((cors_slice){text, scheme});
    cors_slice written = keep_format(keep, ":%d", port);
    if (port > 0 && origin.size > written.size &&
        memcmp(text + size - written.size, written.data, written.size) == 0) {
        origin.size -= written.size;
    }
    return cors_origin_parse(origin, &parsed) ? origin : (cors_slice){NULL, 0};
}

bool check_call_set_page(struct check_call *call, const char *origin) {
    cors_origin parsed;
    cors_slice text = text_slice(origin);
    if (cors_origin_parse(text, &parsed)) {
        call->call.page = text;
        return true;
    }
    cors_slice meant = check_url_origin(call->keep, text);
    (void)fputs("cors check: --origin takes an origin as browsers write it: scheme, host and a "
                "port that is not the default, or null",
                stderr);
    if (meant.size > 0) {
        (void)fprintf(stderr, "; write %.*s", SLICE_ARGUMENTS(meant));
    }
    (void)fputs("\n", stderr);
    return false;
}

/* A page that a developer may well have: beside a server on the own machine, another port. */
static void assume_page(struct check_call *call) {
    cors_origin parsed;
    cors_slice own = check_url_origin(call->keep, call->call.url);
    /* An https page's call to an http URL would be blocked as mixed content. */
    cors_slice page =
        text_slice(text_starts_folded(own, "http:") ? "http://app.example" : "https://app.example");
    if (cors_origin_parse(own, &parsed) && cors_origin_is_loopback(&parsed)) {
        page = keep_format(call->keep, "%.*s://%.*s:%s", SLICE_ARGUMENTS(parsed.scheme),
                           SLICE_ARGUMENTS(parsed.host),
                           text_is(parsed.port, "3000") ? "5173" : "3000");
    }
    call->call.page = page;
    check_call_remark(call, keep_format(call->keep,
                                        "No --origin is given: the page is taken to be "
                                        "%.*s.",
                                        SLICE_ARGUMENTS(page)));
}

bool check_call_names_content_type(const struct check_call *call) {
    for (size_t i = 0; i < call->header_count; i++) {
        if (text_is_folded(call->headers[i].name, "Content-Type")) {
            return true;
        }
    }
    return false;
}

bool check_call_complete(struct check_call *call) {
    if (call->call.url.size == 0) {
        (void)fputs("cors check: name the URL that the page calls; `cors check --help` has "
                    "examples\n",
                    stderr);
        return false;
    }
    if (text_find(call->call.url, ':') == call->call.url.size || holds_line_break(call->call.url)) {
        (void)fputs("cors check: the URL must be whole, with https:// or http:// before the host\n",
                    stderr);
        return false;
    }
    if (call->call.page.size == 0) {
        assume_page(call);
    }
    if (call->call.method.size == 0) {
        call->call.method = text_slice(call->has_data ? "POST" : "GET");
    }
    if (call->has_data && call->call.body == CORS_BODY_NONE) {
        call->call.body = check_call_names_content_type(call) ? CORS_BODY_BYTES : CORS_BODY_TEXT;
    }
    /*
     * Where the page's own server stands is not known, and a browser's question for permission to
     * use the local network would hide what the server does wrong: check_notes.c speaks of it.
     */
    call->call.page_address = text_slice("127.0.0.1");
    call->call.headers = call->headers;
    call->call.header_count = call->header_count;
    return true;
}
