/* SPDX-License-Identifier: MIT */
/* Which policy covers a path, and whether every reader of a request target would agree. */
#include <cors/server.h>

#include "policy_match.h"

/* What readers of a target disagree about, as bits: each does the thing, or does not. */
enum reading {
    READ_SLASH = 1,     /* decodes %2F and %5C */
    READ_DOT = 2,       /* decodes %2E */
    READ_BACKSLASH = 4, /* takes a backslash for a slash */
    READ_EMPTY = 8,     /* drops empty segments */
    READ_DOTS = 16,     /* resolves dot segments */
    READ_TWICE = 32,    /* decodes what was decoded once more */
    READ_FRAGMENT = 64, /* ends the path at "#" */
    READ_ALL = 127,
};

/* A byte of the target as one reader sees it. */
struct seen {
    char byte;
    size_t size;  /* bytes of the target that it took */
    bool encoded; /* it stood there with a percent sign */
};

static int hex_digit(char byte) {
    if (byte_is(byte, BYTE_DIGIT)) {
        return byte - '0';
    }
    char folded = byte_fold(byte);
    return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

/* The byte that two hexadecimal digits stand for, or -1. */
static int hex_byte(char high_digit, char low_digit) {
    int high = hex_digit(high_digit);
    int low = hex_digit(low_digit);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* The first byte of a text that is not empty, decoded once. */
static struct seen see_once(cors_slice text) {
    struct seen seen = {text.data[0], 1, false};
    if (seen.byte == '%' && text.size >= 3) {
        int value = hex_byte(text.data[1], text.data[2]);
        if (value >= 0) {
            seen = (struct seen){(char)value, 3, true};
        }
    }
    return seen;
}

/* The same, decoded once or twice; the second time, too, the digits may have been encoded. */
static struct seen see_byte(cors_slice text, bool twice) {
    struct seen percent = see_once(text);
    cors_slice rest = slice_skip(text, percent.size);
    if (!twice || percent.byte != '%' || rest.size == 0) {
        return percent;
    }
    struct seen high = see_once(rest);
    rest = slice_skip(rest, high.size);
    if (rest.size == 0) {
        return percent;
    }
    struct seen low = see_once(rest);
    int value = hex_byte(high.byte, low.byte);
    if (value < 0) {
        return percent;
    }
    return (struct seen){(char)value, percent.size + high.size + low.size, true};
}

/* What follows the authority of a target in absolute form, "http://host/path"; else all of it. */
static cors_slice origin_form(cors_slice target) {
    if (slice_starts_with(target, CORS_SLICE("/"))) {
        return target;
    }
    cors_slice rest = slice_skip(target, slice_find(target, ':'));
    if (!slice_starts_with(rest, CORS_SLICE("://"))) {
        return target;
    }
    rest = slice_skip(rest, 3);
    while (rest.size > 0 && !slice_holds(CORS_SLICE("/?#"), rest.data[0])) {
        rest = slice_skip(rest, 1);
    }
    return slice_starts_with(rest, CORS_SLICE("/")) ? rest : CORS_SLICE("/");
}

static cors_slice target_path(cors_slice target) {
    cors_slice path = origin_form(target);
    return slice_of(path.data, slice_find(path, '?'));
}

/* What there is in a path to disagree about. */
static unsigned doubtful_readings(cors_slice path) {
    unsigned readings = 0;
    bool segment_start = false;
    while (path.size > 0) {
        struct seen seen = see_once(path);
        bool separates = seen.byte == '/' || seen.byte == '\\';
        if (seen.byte == '%') {
            return READ_ALL; /* what it hides shows only when it is decoded again */
        }
        if (separates && seen.encoded) {
            readings |= READ_SLASH;
        }
        if (seen.byte == '\\') {
            readings |= READ_BACKSLASH;
        }
        if (seen.byte == '.' && seen.encoded) {
            readings |= READ_DOT;
        }
        if (seen.byte == '#' && !seen.encoded) {
            readings |= READ_FRAGMENT;
        }
        if (segment_start && separates) {
            readings |= READ_EMPTY;
        }
        if (segment_start && seen.byte == '.') {
            readings |= READ_DOTS;
        }
        segment_start = separates;
        path = slice_skip(path, seen.size);
    }
    return readings;
}

/* Whether a reader leaves this byte as it is encoded. */
static bool stays_encoded(struct seen seen, unsigned reading) {
    if (!seen.encoded) {
        return false;
    }
    if (seen.byte == '/' || seen.byte == '\\') {
        return (reading & READ_SLASH) == 0;
    }
    return seen.byte == '.' && (reading & READ_DOT) == 0;
}

/* The size without the last segment, which ends there: up to and with the slash before it. */
static size_t segment_start(const char *text, size_t size) {
    while (size > 0 && text[size - 1] != '/') {
        size--;
    }
    return size;
}

/*
 * Resolves the segment that ends at `size`: RFC 3986, section 5.2.4. Returns the new size; what
 * goes on is then at the start of a segment. The bytes walked over are gone for good, so that all
 * calls together are linear.
 */
static size_t resolve_segment(const char *text, size_t size, bool *resolved) {
    size_t start = segment_start(text, size);
    cors_slice segment = slice_of(text + start, size - start);
    *resolved = true;
    if (slice_equals(segment, CORS_SLICE("."))) {
        return start;
    }
    if (slice_equals(segment, CORS_SLICE(".."))) {
        return start <= 1 ? start : segment_start(text, start - 1);
    }
    *resolved = false;
    return size;
}

/* Adds a slash as one reader does. Returns the new size. */
static size_t add_slash(char *text, size_t size, unsigned reading) {
    bool resolved = false;
    if ((reading & READ_DOTS) != 0) {
        size = resolve_segment(text, size, &resolved);
    }
    bool empty = size > 0 && text[size - 1] == '/';
    if (resolved || (empty && (reading & READ_EMPTY) != 0)) {
        return size;
    }
    text[size] = '/';
    return size + 1;
}

/* Writes the path as one reader understands it to `text`, which has room for path.size bytes. */
static cors_slice read_path(cors_slice path, unsigned reading, char *text) {
    size_t size = 0;
    while (path.size > 0) {
        struct seen seen = see_byte(path, (reading & READ_TWICE) != 0);
        if (seen.byte == '#' && !seen.encoded && (reading & READ_FRAGMENT) != 0) {
            break;
        }
        bool backslash = seen.byte == '\\' && (reading & READ_BACKSLASH) != 0;
        if (stays_encoded(seen, reading)) {
            memcpy(text + size, path.data, seen.size);
            size += seen.size;
        } else if (seen.byte == '/' || backslash) {
            size = add_slash(text, size, reading);
        } else {
            text[size++] = seen.byte;
        }
        path = slice_skip(path, seen.size);
    }
    if ((reading & READ_DOTS) != 0) {
        bool resolved;
        size = resolve_segment(text, size, &resolved);
    }
    return slice_of(text, size);
}

cors_slice cors_target_path(cors_slice target, char *buffer) {
    unsigned reading = READ_SLASH | READ_DOT | READ_EMPTY | READ_DOTS | READ_FRAGMENT;
    return read_path(target_path(target), reading, buffer);
}

bool cors_policy_find_path(const cors_policy *policy, cors_slice path, cors_slice *covering) {
    const struct route *route = cors_route_find(policy, path);
    if (route == NULL) {
        return false;
    }
    *covering = cors_route_path(policy, route);
    return true;
}

bool cors_target_is_plain(cors_slice target) {
    return doubtful_readings(target_path(target)) == 0;
}

bool cors_target_is_ambiguous(const cors_policy *policy, cors_slice target, char *scratch) {
    cors_slice path = target_path(target);
    unsigned doubtful = doubtful_readings(path);
    const struct route *route = cors_route_find(policy, read_path(path, doubtful, scratch));
    for (unsigned reading = doubtful; reading != 0;) {
        reading = (reading - 1) & doubtful; /* the next smaller set of these bits, down to none */
        if (cors_route_find(policy, read_path(path, reading, scratch)) != route) {
            return true;
        }
    }
    return false;
}
