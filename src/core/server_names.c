/* SPDX-License-Identifier: MIT */
/*
 * Access-Control-Request-Headers: a list of tokens, RFC 9110, section 5.6.1. A client chooses its
 * size, so all of it goes eight bytes at a time, whatever it holds that browsers send.
 */
#include "server_names.h"

#include "policy_match.h"

/* Marks letters, digits and dashes: what nearly all names consist of. */
static uint64_t mark_usual(uint64_t word) {
    uint64_t letters = bytes_within(word | 0x20 * WORD_ONES, 'a', 'z');
    uint64_t others = bytes_within(word, '0', '9') | bytes_within(word, '-', '-');
    return (letters | others) & ~word;
}

/* The size of the token at the start of the text; `*upper` says whether a capital may be in it. */
static size_t scan_token(cors_slice text, bool *upper) {
    uint64_t capitals = 0;
    size_t size = 0;
    size_t usual;
    do {
        uint64_t word = load_start(text.data + size, text.size - size);
        usual = first_marked(~mark_usual(word) & WORD_HIGHS);
        capitals |= word & ~(word << 1);
        size += usual;
    } while (usual == 8);
    /* Any other bytes of a token, and what may follow them. */
    while (size < text.size && byte_is(text.data[size], BYTE_TOKEN)) {
        capitals |= byte_is(text.data[size], BYTE_UPPER) ? 0x40 : 0;
        size++;
    }
    *upper = (capitals & 0x40 * WORD_ONES) != 0;
    return size;
}

/* In lower case, as policies list names; `buffer` has CORS_HEADER_NAME_MAX bytes. */
static NOINLINE cors_slice fold_name(cors_slice name, char *buffer) {
    for (size_t i = 0; i < name.size; i++) {
        buffer[i] = byte_fold(name.data[i]);
    }
    return slice_of(buffer, name.size);
}

static bool header_is_allowed(const cors_request *request, cors_slice name, bool upper) {
    const struct route *route = request->route;
    char folded[CORS_HEADER_NAME_MAX];
    if (name.size <= CORS_HEADER_NAME_MAX) {
        name = upper ? fold_name(name, folded) : name;
        if (cors_set_find_text(request->policy, &route->headers, name) != NULL) {
            return true;
        }
    }
    return route->any_header &&
           (route->credentials || !slice_equals(name, CORS_SLICE("authorization")));
}

static void echo_name(cors_request *request, cors_slice name) {
    if (request->echo_size > 0) {
        memcpy(request->echo + request->echo_size, ", ", 2);
        request->echo_size += 2;
    }
    memcpy(request->echo + request->echo_size, name.data, name.size);
    request->echo_size += (uint32_t)name.size;
}

/* Once a name is refused, the others need not be looked up: they are only counted. */
static void judge_name(cors_request *request, cors_slice name, bool upper) {
    const struct route *route = request->route;
    if (request->header_names == CORS_REQUEST_HEADERS_NAMES_MAX) {
        request->header_reason = CORS_REASON_HEADER_TOO_MANY;
        return;
    }
    request->header_names++;
    if (request->header_reason != CORS_REASON_ALLOWED) {
        return;
    }
    if (!header_is_allowed(request, name, upper)) {
        request->header_reason = CORS_REASON_HEADER_NOT_ALLOWED;
    } else if (route->any_header) {
        echo_name(request, name);
    }
}

/* What the last bytes of a list were. */
enum place {
    BEFORE_NAME, /* nothing, or separators behind a comma */
    IN_NAME,
    BEHIND_NAME, /* spaces behind a name: a comma must come before the next */
};

struct unread {
    cors_slice list;
    enum place place;
};

/* Takes a byte; returns false where it makes the list malformed. */
static bool take_byte(struct unread *unread) {
    char byte = unread->list.data[0];
    if (byte == ',') {
        unread->place = BEFORE_NAME;
    } else if (byte_is_space(byte)) {
        unread->place = unread->place == BEFORE_NAME ? BEFORE_NAME : BEHIND_NAME;
    } else if (unread->place != BEHIND_NAME && byte_is(byte, BYTE_TOKEN)) {
        unread->place = IN_NAME;
    } else {
        return false;
    }
    unread->list = slice_skip(unread->list, 1);
    return true;
}

/* Whether no byte that was marked can make a list malformed, wherever it stands. */
static bool is_sound(uint64_t marks) {
    return (marks & WORD_HIGHS) == WORD_HIGHS;
}

/*
 * Marks letters, digits and "*+,-.", and takes bytes from 0x80 upwards for what they may be: of all
 * those that belong to a name or part two, what is told fastest.
 */
static uint64_t mark_sound(uint64_t word) {
    return bytes_within(word | 0x20 * WORD_ONES, 'a', 'z') | bytes_within(word, '0', '9') |
           bytes_within(word, '*', '.');
}

static bool are_sound(const char *bytes) {
    uint64_t first = load_in_order(bytes);
    uint64_t second = load_in_order(bytes + 8);
    return is_sound(mark_sound(first) & mark_sound(second) & ~(first | second));
}

/* Marks usual bytes of names, commas, and spaces unless they follow a name. */
static uint64_t mark_sound_spaces(uint64_t word, bool in_name) {
    uint64_t names = mark_usual(word);
    uint64_t commas = bytes_within(word, ',', ',');
    uint64_t spaces = bytes_within(word, ' ', ' ') & ~(names << 8 | (in_name ? 0x80 : 0));
    return names | ((commas | spaces) & ~word);
}

/* Skips whole words that are sound. Not for a place behind a name. */
static void skip_sound_words(struct unread *unread) {
    const char *data = unread->list.data;
    size_t size = unread->list.size;
    bool in_name = unread->place == IN_NAME;
    while (size >= 8) {
        while (size >= 16 && are_sound(data)) {
            data += 16;
            size -= 16;
            in_name = data[-1] != ',';
        }
        if (size < 8 || !is_sound(mark_sound_spaces(load_in_order(data), in_name))) {
            break;
        }
        data += 8;
        size -= 8;
        in_name = data[-1] != ',' && data[-1] != ' ';
    }
    *unread = (struct unread){slice_of(data, size), in_name ? IN_NAME : BEFORE_NAME};
}

/* Whether what is left is a list, of which the names do not matter any more. */
static NOINLINE bool rest_is_list(struct unread *unread) {
    while (unread->list.size > 0) {
        if (unread->place != BEHIND_NAME) {
            skip_sound_words(unread);
        }
        for (size_t i = 0; i < 8 && unread->list.size > 0; i++) {
            if (!take_byte(unread)) {
                return false;
            }
        }
    }
    return true;
}

/* Skips whole words of commas and spaces. */
static NOINLINE void skip_separator_words(struct unread *unread) {
    while (unread->list.size >= 8) {
        uint64_t word = load_in_order(unread->list.data);
        uint64_t commas = bytes_within(word, ',', ',') & ~word & WORD_HIGHS;
        uint64_t spaces = bytes_within(word, ' ', ' ') & ~word & WORD_HIGHS;
        if ((commas | spaces) != WORD_HIGHS) {
            break;
        }
        unread->place = commas != 0 ? BEFORE_NAME : unread->place;
        unread->list = slice_skip(unread->list, 8);
    }
}

static bool is_separator(char byte) {
    return byte == ',' || byte_is_space(byte);
}

/* Mostly it is a comma, and a space at most. */
static void take_separators(struct unread *unread) {
    (void)take_byte(unread);
    if (unread->list.size > 1 && is_separator(unread->list.data[0]) &&
        is_separator(unread->list.data[1])) {
        skip_separator_words(unread);
    }
}

/* Returns false where the line is no list. */
static bool read_list(cors_request *request, cors_slice list) {
    struct unread unread = {list, BEFORE_NAME};
    while (unread.list.size > 0) {
        const char *name = unread.list.data;
        if (is_separator(name[0])) {
            take_separators(&unread);
            continue;
        }
        bool upper;
        size_t size = scan_token(unread.list, &upper);
        if (size == 0 || unread.place == BEHIND_NAME) {
            return false;
        }
        bool comma = size < unread.list.size && name[size] == ',';
        unread.list = slice_skip(unread.list, size + comma);
        unread.place = comma ? BEFORE_NAME : IN_NAME;
        judge_name(request, slice_of(name, size), upper);
        if (request->header_reason == CORS_REASON_HEADER_TOO_MANY) {
            return rest_is_list(&unread);
        }
    }
    return true;
}

/* Malformed weighs more than too many, and that more than a name that is not allowed. */
void cors_requested_names_read(cors_request *request, cors_slice value) {
    if (request->route == NULL || request->header_reason == CORS_REASON_HEADER_MALFORMED) {
        return;
    }
    if (value.size > CORS_REQUEST_HEADERS_BYTES_MAX - request->header_bytes) {
        request->header_bytes = CORS_REQUEST_HEADERS_BYTES_MAX;
        request->header_reason = CORS_REASON_HEADER_TOO_MANY;
    } else {
        request->header_bytes += (uint32_t)value.size;
    }
    if (!read_list(request, value)) {
        request->header_reason = CORS_REASON_HEADER_MALFORMED;
    }
}
