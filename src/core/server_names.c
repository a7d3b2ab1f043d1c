/* SPDX-License-Identifier: MIT */
#include "server_names.h"

#include "policy_match.h"
#include "server_list.h"

/* The size of the token at the start of the text; `*upper` says whether a capital may be in it. */
static size_t scan_token(cors_slice text, bool *upper) {
    uint64_t capitals = 0;
    size_t size = 0;
    size_t usual = BUILT_FOR_SIZE ? 0 : 8;
    while (usual == 8) {
        uint64_t word = load_start(text.data + size, text.size - size);
        usual = first_marked(~mark_usual_names(word) & WORD_HIGHS);
        capitals |= word & ~(word << 1);
        size += usual;
    }
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

/* A name that the policy allows; those that it lists are no more to be said of. */
static void take_allowed(cors_request *request, cors_slice name) {
    const struct route *route = request->route;
    if (route->any_header) {
        echo_name(request, name);
    }
}

/* Once a name is refused, the others need not be looked up: they are only counted. */
static void judge_name(cors_request *request, cors_slice name, bool upper) {
    if (request->header_names == CORS_REQUEST_HEADERS_NAMES_MAX) {
        request->header_reason = CORS_REASON_HEADER_TOO_MANY;
        return;
    }
    request->header_names++;
    if (request->header_reason != CORS_REASON_ALLOWED) {
        return;
    }
    if (header_is_allowed(request, name, upper)) {
        take_allowed(request, name);
    } else {
        request->header_reason = CORS_REASON_HEADER_NOT_ALLOWED;
    }
}

/* Nothing that comes behind a name that is refused can be allowed, but it may be malformed. */
static bool read_rest(cors_request *request, struct unread_list *unread) {
    const size_t most = CORS_REQUEST_HEADERS_NAMES_MAX;
    bool too_many = request->header_reason == CORS_REASON_HEADER_TOO_MANY;
    size_t names = too_many ? most + 1 : request->header_names;
    if (!cors_list_take_rest(unread, &names, most)) {
        return false;
    }
    if (names > most) {
        request->header_reason = CORS_REASON_HEADER_TOO_MANY;
        names = most;
    }
    request->header_names = (uint32_t)names;
    return true;
}

/* Reads a name that is not on the policy's list as it stands; returns false where it is none. */
static NOINLINE bool read_other_name(cors_request *request, struct unread_list *unread) {
    cors_slice list = unread->text;
    bool upper;
    size_t size = scan_token(list, &upper);
    if (size == 0 || unread->place == BEHIND_NAME) {
        return false;
    }
    *unread = (struct unread_list){slice_skip(list, size), IN_NAME};
    judge_name(request, slice_of(list.data, size), upper);
    return BUILT_FOR_SIZE || request->header_reason == CORS_REASON_ALLOWED ||
           read_rest(request, unread);
}

/* How many bytes stand before the first that is no letter, digit or anything else above a comma. */
static size_t find_comma(cors_slice list) {
    for (size_t size = 0;; size += 8) {
        uint64_t word = load_start(list.data + size, list.size - size);
        uint64_t above = (word + (0x7f - ',') * WORD_ONES) & WORD_HIGHS;
        if (above != WORD_HIGHS) {
            return size + first_marked(above ^ WORD_HIGHS);
        }
    }
}

/*
 * Takes a name that the policy lists, with its comma: what equals one that is listed is a name, and
 * needs no closer look. Browsers send names in lower case, as policies hold them.
 */
static bool read_listed_name(cors_request *request, struct unread_list *unread) {
    const struct route *route = request->route;
    cors_slice list = unread->text;
    if (unread->place != BEFORE_NAME || request->header_reason != CORS_REASON_ALLOWED ||
        request->header_names == CORS_REQUEST_HEADERS_NAMES_MAX) {
        return false;
    }
    cors_slice name = slice_of(list.data, find_comma(list));
    bool ends = name.size == list.size;
    if (!(ends || list.data[name.size] == ',') ||
        cors_set_find_text(request->policy, &route->headers, name) == NULL) {
        return false;
    }
    request->header_names++;
    take_allowed(request, name);
    unread->text = slice_skip(list, name.size + !ends);
    return true;
}

/* Mostly a comma, and a space at most. */
static void take_separators(struct unread_list *unread) {
    take_separator(unread);
    if (!BUILT_FOR_SIZE && unread->text.size > 1 && is_separator(unread->text.data[0]) &&
        is_separator(unread->text.data[1])) {
        cors_list_take_separator_words(unread);
    }
}

/* Returns false where the line is no list. */
static bool read_list(cors_request *request, cors_slice list) {
    struct unread_list unread = {list, BEFORE_NAME};
    while (unread.text.size > 0) {
        if (is_separator(unread.text.data[0])) {
            take_separators(&unread);
        } else if ((BUILT_FOR_SIZE || !read_listed_name(request, &unread)) &&
                   !read_other_name(request, &unread)) {
            return false;
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
