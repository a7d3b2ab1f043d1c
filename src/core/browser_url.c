/* SPDX-License-Identifier: MIT */
#include "browser_url.h"

#include <cors/origin.h>

#include "browser_host.h"

enum { PORT_MAX = 65535 };

/* The input cut into what the standard's states read; slices of the cleaned input. */
struct pieces {
    cors_slice scheme; /* in lower case */
    cors_slice userinfo;
    cors_slice host;
    cors_slice port;
    cors_slice rest; /* from the path on */
    bool has_authority;
    bool is_special; /* of the schemes whose URLs all look like http's */
    bool is_http;
};

static bool is_slash(char byte) {
    return byte == '/' || byte == '\\';
}

static bool ends_path(char byte) {
    return byte == '?' || byte == '#';
}

/* What most bytes are: letters, digits and "_+.-" stand for themselves wherever they are. */
static bool is_word(char byte) {
    return byte_is(byte, BYTE_LABEL | BYTE_UPPER | BYTE_SCHEME);
}

static bool ends_segment(char byte) {
    return !is_word(byte) && (is_slash(byte) || ends_path(byte));
}

/* Eight bytes at once: in a word a byte below the space makes a borrow, and has no bit 7 itself. */
static bool holds_control(cors_slice text) {
    const uint64_t every = UINT64_C(0x0101010101010101);
    size_t i = 0;
    for (; text.size - i >= sizeof every; i += sizeof every) {
        uint64_t word = load_8(text.data + i);
        if (((word - ' ' * every) & ~word & (0x80 * every)) != 0) {
            return true;
        }
    }
    for (; i < text.size; i++) {
        if ((uint8_t)text.data[i] < ' ') {
            return true;
        }
    }
    return false;
}

/* Without the C0 controls and spaces at both ends, and without tabs and line breaks at all. */
static cors_slice clean(struct fetch_memory *memory, cors_slice input, bool *full) {
    while (input.size > 0 && (uint8_t)input.data[0] <= ' ') {
        input = slice_skip(input, 1);
    }
    while (input.size > 0 && (uint8_t)input.data[input.size - 1] <= ' ') {
        input.size--;
    }
    if (!holds_control(input)) {
        return input;
    }
    struct memory_text text = text_begin(memory);
    for (size_t i = 0; i < input.size; i++) {
        if (input.data[i] != '\t' && input.data[i] != '\n' && input.data[i] != '\r') {
            text_add_byte(&text, input.data[i]);
        }
    }
    *full = text.full;
    return text_end(&text);
}

/* The size of the scheme at the start of the input, without its colon; 0: there is none. */
static size_t scheme_size(cors_slice input) {
    for (size_t i = 0; i < input.size; i++) {
        char lower = byte_fold(input.data[i]);
        if (lower == ':') {
            return i;
        }
        if (!byte_is(lower, BYTE_SCHEME) || (i == 0 && !byte_is(lower, BYTE_LOWER))) {
            return 0;
        }
    }
    return 0;
}

/* Splits user info, host and port, which stand before the path. */
static void split_authority(cors_slice input, struct pieces *pieces) {
    while (input.size > 0 && is_slash(input.data[0])) {
        input = slice_skip(input, 1);
    }
    size_t end = 0;
    while (end < input.size && !ends_segment(input.data[end])) {
        end++;
    }
    cors_slice authority = slice_of(input.data, end);
    pieces->rest = slice_skip(input, end);
    pieces->has_authority = true;
    for (size_t i = authority.size; i > 0; i--) {
        if (authority.data[i - 1] == '@') {
            pieces->userinfo = slice_of(authority.data, i - 1);
            authority = slice_skip(authority, i);
            break;
        }
    }
    size_t colon = 0;
    bool in_brackets = false;
    for (; colon < authority.size; colon++) {
        char byte = authority.data[colon];
        if (is_word(byte)) {
            continue;
        }
        if (byte == ':' && !in_brackets) {
            break;
        }
        in_brackets = byte == '[' || (in_brackets && byte != ']');
    }
    pieces->host = slice_of(authority.data, colon);
    pieces->port = colon < authority.size ? slice_skip(authority, colon + 1) : CORS_SLICE("");
}

static bool starts_with_slashes(cors_slice input, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i >= input.size || !is_slash(input.data[i])) {
            return false;
        }
    }
    return true;
}

/*
 * "basic URL parser", the states up to the path. `size` is the scheme's. Returns false where a base
 * is missing.
 */
static bool split(cors_slice input, size_t size, const struct url *base, char *scheme_text,
                  struct pieces *pieces) {
    *pieces = (struct pieces){.rest = input};
    if (size == 0) {
        if (base == NULL) {
            return false;
        }
        pieces->scheme = base->scheme;
    } else {
        for (size_t i = 0; i < size; i++) {
            scheme_text[i] = byte_fold(input.data[i]);
        }
        pieces->scheme = slice_of(scheme_text, size);
        pieces->rest = slice_skip(input, size + 1);
    }
    pieces->is_http = slice_equals(pieces->scheme, CORS_SLICE("http")) ||
                      slice_equals(pieces->scheme, CORS_SLICE("https"));
    pieces->is_special = cors_scheme_default_port(pieces->scheme) >= 0;
    bool relative = base != NULL && slice_equals(pieces->scheme, base->scheme);
    if (pieces->is_special && (!relative || starts_with_slashes(pieces->rest, 2))) {
        split_authority(pieces->rest, pieces);
    }
    return true;
}

/* The percent-encode sets, beyond controls, space and what is not ASCII. Section 1.3. */
static const cors_slice path_set = {"\"#<>?^`{}", 9};
static const cors_slice query_set = {"\"#<>'", 5};
static const cors_slice fragment_set = {"\"<>`", 4};
static const cors_slice userinfo_set = {"\"#<>?^`{}/:;=@[\\]|", 18};

static bool is_plain(char byte, cors_slice set) {
    return is_word(byte) ||
           ((uint8_t)byte > ' ' && (uint8_t)byte < 0x7F && !slice_holds(set, byte));
}

static void add_encoded(struct memory_text *text, cors_slice bytes, cors_slice set) {
    static const char digits[] = "0123456789ABCDEF";
    for (;;) {
        size_t plain = 0;
        while (plain < bytes.size && is_plain(bytes.data[plain], set)) {
            plain++;
        }
        text_add(text, slice_of(bytes.data, plain));
        if (plain == bytes.size) {
            return;
        }
        uint8_t byte = (uint8_t)bytes.data[plain];
        char encoded[3] = {'%', digits[byte >> 4], digits[byte & 15]};
        text_add(text, slice_of(encoded, sizeof encoded));
        bytes = slice_skip(bytes, plain + 1);
    }
}

/* How many dots a segment is, each maybe written %2e; 0: it is another segment. */
static int dots_in(cors_slice segment) {
    int dots = 0;
    while (segment.size > 0) {
        size_t size = 0;
        if (segment.data[0] == '.') {
            size = 1;
        } else if (segment.size >= 3 &&
                   slice_equals_folded(slice_of(segment.data, 3), CORS_SLICE("%2e"))) {
            size = 3;
        }
        if (size == 0 || dots == 2) {
            return 0;
        }
        dots++;
        segment = slice_skip(segment, size);
    }
    return dots;
}

/* Takes the last segment off, back to `root`, where the path starts. */
static void drop_segment(struct memory_text *text, size_t root) {
    while (text->size > root && text->data[text->size - 1] != '/') {
        text->size--;
    }
    if (text->size > root) {
        text->size--;
    }
}

/* "path state": adds the segments that `rest` starts with, each after a slash. */
static void add_path(struct memory_text *text, size_t root, cors_slice *rest) {
    for (;;) {
        size_t end = 0;
        while (end < rest->size && !ends_segment(rest->data[end])) {
            end++;
        }
        cors_slice segment = slice_of(rest->data, end);
        bool last = end == rest->size || ends_path(rest->data[end]);
        int dots = dots_in(segment);
        if (dots == 2) {
            drop_segment(text, root);
        }
        if (dots == 0) {
            text_add_byte(text, '/');
            add_encoded(text, segment, path_set);
        } else if (last) {
            text_add_byte(text, '/');
        }
        *rest = slice_skip(*rest, last ? end : end + 1);
        if (last) {
            return;
        }
    }
}

/* Adds path and query, which a relative URL may take from its base. */
static void add_target(struct memory_text *text, const struct url *base, cors_slice *rest,
                       size_t *path_end) {
    size_t root = text->size;
    bool has_query = false;
    if (rest->size > 0 && is_slash(rest->data[0])) {
        *rest = slice_skip(*rest, 1);
        add_path(text, root, rest);
    } else if (base == NULL) {
        add_path(text, root, rest);
    } else {
        text_add(text, base->path);
        if (rest->size > 0 && !ends_path(rest->data[0])) {
            drop_segment(text, root);
            add_path(text, root, rest);
        } else {
            has_query = rest->size == 0 || rest->data[0] == '#';
        }
    }
    *path_end = text->size;
    if (has_query) {
        text_add(text, base->query);
    }
    if (rest->size > 0 && rest->data[0] == '?') {
        size_t hash = slice_find(*rest, '#');
        text_add_byte(text, '?');
        add_encoded(text, slice_of(rest->data + 1, hash - 1), query_set);
        *rest = slice_skip(*rest, hash);
    }
}

/* Adds ":" and the port unless it is the scheme's default; false where it is none. */
static bool add_port(struct memory_text *text, cors_slice scheme, cors_slice port,
                     uint32_t *number) {
    char digits[5];
    size_t count = 0;
    *number = 0;
    for (size_t i = 0; i < port.size; i++) {
        if (!byte_is(port.data[i], BYTE_DIGIT)) {
            return false;
        }
        *number = *number * 10 + (unsigned)(port.data[i] - '0');
        if (*number > PORT_MAX) {
            return false;
        }
    }
    uint32_t default_port = (uint32_t)cors_scheme_default_port(scheme);
    if (port.size == 0 || *number == default_port) {
        *number = default_port;
        return true;
    }
    uint32_t left = *number;
    do {
        digits[count++] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    text_add_byte(text, ':');
    while (count > 0) {
        text_add_byte(text, digits[--count]);
    }
    return true;
}

/* The user info as it is serialized: name, and ":" with the password unless that is empty. */
static void add_userinfo(struct memory_text *text, cors_slice userinfo) {
    size_t colon = slice_find(userinfo, ':');
    add_encoded(text, slice_of(userinfo.data, colon), userinfo_set);
    if (colon + 1 < userinfo.size) {
        text_add_byte(text, ':');
        add_encoded(text, slice_skip(userinfo, colon + 1), userinfo_set);
    }
}

/* Where the parts of the text without user info end. */
struct ends {
    size_t host;
    size_t origin;
    size_t path;
    size_t query;
};

/* Writes scheme, host, port, path, query and fragment; false where host or port are none. */
static bool write_text(struct memory_text *text, const struct label_converter *converter,
                       struct pieces *pieces, const struct url *base, struct url *url,
                       struct ends *ends) {
    if (base != NULL && !pieces->has_authority) {
        text_add(text, base->origin);
        url->port = base->port;
        ends->host = base->scheme.size + 3 + base->host.size;
    } else {
        text_add(text, pieces->scheme);
        text_add(text, CORS_SLICE("://"));
        if (!cors_host_write(text, converter, pieces->host)) {
            return false;
        }
        ends->host = text->size;
        if (!add_port(text, pieces->scheme, pieces->port, &url->port)) {
            return false;
        }
    }
    ends->origin = text->size;
    add_target(text, pieces->has_authority ? NULL : base, &pieces->rest, &ends->path);
    ends->query = text->size;
    if (pieces->rest.size > 0) {
        text_add_byte(text, '#');
        add_encoded(text, slice_skip(pieces->rest, 1), fragment_set);
    }
    return true;
}

static void name_parts(struct url *url, cors_slice text, size_t scheme_size_,
                       const struct ends *ends) {
    url->scheme = slice_of(text.data, scheme_size_);
    url->host = slice_of(text.data + scheme_size_ + 3, ends->host - scheme_size_ - 3);
    url->origin = slice_of(text.data, ends->origin);
    url->path = slice_of(text.data + ends->origin, ends->path - ends->origin);
    url->query = slice_of(text.data + ends->path, ends->query - ends->path);
    url->request = slice_of(text.data, ends->query);
    url->fragment = slice_skip(text, ends->query);
    url->text = text;
}

/* The whole text once more, with the user info that what is sent does not have. */
static bool write_userinfo(struct fetch_memory *memory, cors_slice userinfo, struct url *url) {
    struct memory_text text = text_begin(memory);
    text_add(&text, url->scheme);
    text_add(&text, CORS_SLICE("://"));
    add_userinfo(&text, userinfo);
    text_add_byte(&text, '@');
    text_add(&text, slice_skip(url->text, url->scheme.size + 3));
    url->text = text_end(&text);
    url->has_userinfo = true;
    return !text.full;
}

static enum url_outcome parse_special(struct fetch_memory *memory,
                                      const struct label_converter *converter,
                                      struct pieces *pieces, const struct url *base,
                                      struct url *url) {
    struct ends ends;
    struct memory_text text = text_begin(memory);
    *url = (struct url){.is_http = pieces->is_http};
    if (!write_text(&text, converter, pieces, base, url, &ends)) {
        return text.full ? URL_TOO_LARGE : URL_INVALID;
    }
    if (text.full) {
        return URL_TOO_LARGE;
    }
    name_parts(url, text_end(&text), pieces->scheme.size, &ends);
    cors_slice userinfo = pieces->userinfo;
    if (base != NULL && !pieces->has_authority && base->has_userinfo) {
        const char *start = base->text.data + base->scheme.size + 3;
        userinfo = slice_of(start, slice_find(slice_of(start, base->text.size), '@'));
    }
    bool empty = userinfo.size == 0 || (userinfo.size == 1 && userinfo.data[0] == ':');
    return empty || write_userinfo(memory, userinfo, url) ? URL_PARSED : URL_TOO_LARGE;
}

/* Of a scheme that is never fetched over a network the text does, as it stands. */
static enum url_outcome keep_opaque(struct fetch_memory *memory, const struct pieces *pieces,
                                    struct url *url) {
    struct memory_text text = text_begin(memory);
    text_add(&text, pieces->scheme);
    text_add_byte(&text, ':');
    text_add(&text, pieces->rest);
    cors_slice whole = text_end(&text);
    *url = (struct url){.text = whole,
                        .request = whole,
                        .origin = CORS_SLICE("null"),
                        .scheme = slice_of(whole.data, pieces->scheme.size)};
    return text.full ? URL_TOO_LARGE : URL_PARSED;
}

enum url_outcome cors_url_parse(struct fetch_memory *memory,
                                const struct label_converter *converter, cors_slice input,
                                const struct url *base, struct url *url) {
    bool full = false;
    struct pieces pieces;
    cors_slice cleaned = clean(memory, input, &full);
    size_t size = scheme_size(cleaned);
    char *scheme = memory_take(memory, size);
    if (full || scheme == NULL) {
        return URL_TOO_LARGE;
    }
    if (!split(cleaned, size, base, scheme, &pieces)) {
        return URL_INVALID;
    }
    if (!pieces.is_special) {
        return keep_opaque(memory, &pieces, url);
    }
    return parse_special(memory, converter, &pieces, base, url);
}

enum url_outcome cors_url_upgrade(struct fetch_memory *memory, const struct url *url,
                                  struct url *upgraded) {
    /* A new scheme, and all the rest: the port 80 that was left out becomes 443, left out. */
    struct memory_text text = text_begin(memory);
    text_add(&text, CORS_SLICE("https:"));
    text_add(&text, slice_skip(url->text, url->scheme.size + 1));
    cors_slice whole = text_end(&text);
    return text.full ? URL_TOO_LARGE : cors_url_parse(memory, NULL, whole, NULL, upgraded);
}

bool cors_port_is_bad(uint32_t port) {
    static const uint16_t bad[] = {
        0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,    25,
        37,   42,   43,   53,   69,   77,   79,   87,   95,   101,  102,  103,  104,   109,
        110,  111,  113,  115,  117,  119,  123,  135,  137,  139,  143,  161,  179,   389,
        427,  465,  512,  513,  514,  515,  526,  530,  531,  532,  540,  548,  554,   556,
        563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3659,  4045,
        4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    };
    /* Of nearly all URLs. */
    if (port == 80 || port == 443) {
        return false;
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (bad[i] == port) {
            return true;
        }
    }
    return false;
}
