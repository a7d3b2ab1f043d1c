/* SPDX-License-Identifier: MIT */
#include "shown_url.h"

#include "secret_name.h"
#include "text_slices.h"

/* NUL is a byte like others here. */
static bool holds_byte(const char *bytes, char byte) {
    return byte != '\0' && strchr(bytes, byte) != NULL;
}

/* At least what parsers of URLs pass over. WHATWG URL, section 4.4. */
static bool is_passed_over(char byte) {
    return (unsigned char)byte <= ' ';
}

static bool is_slash(char byte) {
    return byte == '/' || byte == '\\';
}

/* Where the scheme of an absolute URL ends, behind its colon; 0 where there is none. */
static size_t scheme_end(cors_slice url) {
    for (size_t i = 0; i < url.size && !holds_byte("/\\?#@", url.data[i]); i++) {
        if (url.data[i] == ':') {
            return i + 1;
        }
    }
    return 0;
}

/*
 * Where the authority begins, in a URL that is absolute or begins with "//"; 0 where there is none.
 * Parsers are content with fewer slashes behind a scheme, and with backslashes.
 */
static size_t authority_start(cors_slice url) {
    size_t scheme = scheme_end(url);
    size_t slashes = 0;
    size_t start = scheme;
    while (start < url.size && (is_slash(url.data[start]) || is_passed_over(url.data[start]))) {
        slashes += is_slash(url.data[start]);
        start++;
    }
    return scheme > 0 || slashes > 1 ? start : 0;
}

/* Digits, or none. WHATWG URL, section 4.4, "port state". */
static bool is_port(cors_slice text) {
    unsigned long port = 0;
    for (size_t i = 0; i < text.size && port <= UINT16_MAX; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        port = 10 * port + (unsigned long)(text.data[i] - '0');
    }
    return port <= UINT16_MAX;
}

/* "host", "[::1]" or "host:80". */
static bool is_place(cors_slice text) {
    bool address = text.size > 0 && text.data[0] == '[';
    size_t host = address ? text_find(text, ']') + 1 : text_find(text, ':');
    if (host == 0 || host > text.size) {
        return false;
    }
    cors_slice port = text_skip(text, host);
    return port.size == 0 || (port.data[0] == ':' && is_port(text_skip(port, 1)));
}

/* The last @ before an end; what stands there where there is none. */
static size_t last_at(cors_slice url, size_t start, size_t end) {
    size_t at = start;
    for (size_t i = start; i < end; i++) {
        at = url.data[i] == '@' ? i : at;
    }
    return at;
}

/*
 * Where the user info of the authority ends: at its @; its beginning where there is none. Where no
 * place follows, a delimiter may be one of a password: then at the last @ there is.
 */
static size_t user_info_end(cors_slice url, size_t start) {
    size_t end = start;
    while (end < url.size && !holds_byte("/\\?#", url.data[end])) {
        end++;
    }
    size_t at = last_at(url, start, end);
    size_t place = at > start ? at + 1 : start;
    bool whole = is_place((cors_slice){url.data + place, end - place});
    return whole ? at : last_at(url, at, url.size);
}

static bool ends_pair(char byte) {
    return byte == '&' || byte == ';' || byte == '#' || byte == '?';
}

/* Takes "name=value" with what ends it off the text. */
static cors_slice take_pair(cors_slice *rest) {
    size_t end = 0;
    while (end < rest->size && !ends_pair(rest->data[end])) {
        end++;
    }
    cors_slice pair = {rest->data, end < rest->size ? end + 1 : end};
    *rest = text_skip(*rest, pair.size);
    return pair;
}

static void put_pair(struct keep_text *text, cors_slice pair) {
    bool ended = pair.size > 0 && ends_pair(pair.data[pair.size - 1]);
    size_t equals = text_find(pair, '=');
    if (equals == pair.size || !is_secret_name((cors_slice){pair.data, equals})) {
        keep_text_add(text, pair);
        return;
    }
    keep_text_add(text, (cors_slice){pair.data, equals + 1});
    keep_text_put(text, HIDDEN);
    keep_text_add(text, text_skip(pair, ended ? pair.size - 1 : pair.size));
}

bool url_names_user(cors_slice url) {
    size_t start = authority_start(url);
    return start > 0 && user_info_end(url, start) > start;
}

cors_slice shown_url(struct keep *keep, cors_slice url) {
    struct keep_text text = {.keep = keep};
    size_t start = authority_start(url);
    size_t at = start > 0 ? user_info_end(url, start) : 0;
    size_t query = at;
    while (query < url.size && url.data[query] != '?' && url.data[query] != '#') {
        query++;
    }
    keep_text_add(&text, (cors_slice){url.data, start});
    keep_text_put(&text, at > start ? HIDDEN : "");
    keep_text_add(&text, text_skip((cors_slice){url.data, query}, at));
    for (cors_slice rest = text_skip(url, query); rest.size > 0;) {
        put_pair(&text, take_pair(&rest));
    }
    return keep_text_slice(&text);
}
