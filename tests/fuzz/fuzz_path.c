/* SPDX-License-Identifier: MIT */
/*
 * Paths of policies without their first slash, one a line up to an empty one, and request targets:
 * which path a target stands for, and whether all who might read it agree about the policy, each
 * beside a reader that takes one thing after the other.
 */
#include <cors/server.h>
#include <string.h>

#include "invariant.h"
#include "naive_decision.h"
#include "naive_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a reader of a target does or leaves. */
enum { SLASH = 1, DOT = 2, BACKSLASH = 4, EMPTY = 8, DOTS = 16, TWICE = 32, FRAGMENT = 64 };
enum { READINGS = 128, SEGMENTS_MAX = 256 };

static size_t find_any(cors_slice text, const char *bytes) {
    size_t at = 0;
    while (at < text.size && (text.data[at] == '\0' || strchr(bytes, text.data[at]) == NULL)) {
        at++;
    }
    return at;
}

/* What follows the authority of "http://host/path", without the query. */
static cors_slice path_of(cors_slice target) {
    if (!naive_starts_with(target, CORS_SLICE("/"))) {
        cors_slice rest = naive_after(target, find_any(target, ":"));
        if (naive_starts_with(rest, CORS_SLICE("://"))) {
            rest = naive_after(rest, strlen("://"));
            rest = naive_after(rest, find_any(rest, "/?#"));
            target = naive_starts_with(rest, CORS_SLICE("/")) ? rest : CORS_SLICE("/");
        }
    }
    return (cors_slice){target.data, find_any(target, "?")};
}

static int digit(char byte) {
    static const char digits[] = "0123456789abcdef";
    const char *found = byte == '\0' ? NULL : strchr(digits, naive_lower(byte));
    return found == NULL ? -1 : (int)(found - digits);
}

static bool is_left_encoded(char byte, unsigned reading) {
    bool separates = byte == '/' || byte == '\\';
    return (separates && (reading & SLASH) == 0) || (byte == '.' && (reading & DOT) == 0);
}

/* Decodes what is encoded, once. */
static cors_slice decoded(struct fuzzed_memory *memory, cors_slice text, unsigned reading) {
    char *bytes = fuzzed_allocate(memory, text.size);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        bool room = text.data[i] == '%' && i + 2 < text.size;
        int high = room ? digit(text.data[i + 1]) : -1;
        int low = room ? digit(text.data[i + 2]) : -1;
        bytes[size] = text.data[i];
        if (high >= 0 && low >= 0 && !is_left_encoded((char)(high * 16 + low), reading)) {
            bytes[size] = (char)(high * 16 + low);
            i += 2;
        }
        size++;
    }
    return (cors_slice){bytes, size};
}

struct segments {
    cors_slice items[SEGMENTS_MAX];
    size_t count;
};

/* The segments that are left of a path that begins with a slash; the first one is empty. */
static void resolve(cors_slice path, unsigned reading, struct segments *left) {
    const char *separators = (reading & BACKSLASH) != 0 ? "/\\" : "/";
    bool last = false;
    left->count = 0;
    for (size_t i = 0; !last; i++) {
        size_t size = find_any(path, separators);
        cors_slice segment = {path.data, size};
        last = size == path.size;
        path = last ? path : naive_after(path, size + 1);
        bool dots = (reading & DOTS) != 0 && i > 0;
        bool here = dots && naive_is_same(segment, CORS_SLICE("."));
        bool up = dots && naive_is_same(segment, CORS_SLICE(".."));
        bool dropped = (reading & EMPTY) != 0 && i > 0 && segment.size == 0 && !last;
        left->count -= up && left->count > 1 ? 1 : 0;
        if ((here || up) && last) {
            left->items[left->count++] = CORS_SLICE("");
        } else if (!here && !up && !dropped) {
            left->items[left->count++] = segment;
        }
    }
}

static cors_slice read_path(struct fuzzed_memory *memory, cors_slice path, unsigned reading) {
    struct segments segments;
    path.size = (reading & FRAGMENT) != 0 ? find_any(path, "#") : path.size;
    path = decoded(memory, path, reading);
    path = (reading & TWICE) != 0 ? decoded(memory, path, reading) : path;
    resolve(path, reading, &segments);
    char *text = fuzzed_allocate(memory, path.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < segments.count; i++) {
        if (i > 0) {
            text[size++] = '/';
        }
        if (segments.items[i].size > 0) {
            memcpy(text + size, segments.items[i].data, segments.items[i].size);
            size += segments.items[i].size;
        }
    }
    return (cors_slice){text, size};
}

/* A number of the policy that covers what a reader sees; that of none is as good as any. */
static unsigned covering(const struct drawn_policy *drawn, struct fuzzed_memory *memory,
                         cors_slice path, unsigned reading) {
    unsigned policy = DRAWN_LINES_MAX;
    (void)naive_find_policy(drawn, read_path(memory, path, reading), &policy);
    return policy;
}

static bool is_ambiguous(const struct drawn_policy *drawn, struct fuzzed_memory *memory,
                         cors_slice path) {
    unsigned first = covering(drawn, memory, path, 0);
    for (unsigned reading = 1; reading < READINGS; reading++) {
        if (covering(drawn, memory, path, reading) != first) {
            return true;
        }
    }
    return false;
}

static void check_covering(const struct drawn_policy *drawn, cors_slice path) {
    unsigned policy;
    cors_slice found;
    bool covered = cors_policy_find_path(drawn->policy, path, &found);
    INVARIANT(covered == naive_find_policy(drawn, path, &policy), "a policy covers its path");
    bool prefix = covered && naive_ends_with(found, CORS_SLICE("*"));
    cors_slice literal = {found.data, covered ? found.size - (prefix ? 1 : 0) : 0};
    INVARIANT(!covered ||
                  (prefix ? naive_starts_with(path, literal) : naive_is_same(path, literal)),
              "the path that is named covers the one that was asked for");
}

static void check_target(const struct drawn_policy *drawn, struct fuzzed_memory *memory,
                         cors_slice target) {
    char *buffer = fuzzed_allocate(memory, target.size);
    cors_slice path = path_of(target);
    cors_slice normal = cors_target_path(target, buffer);
    bool plain = cors_target_is_plain(target);
    check_covering(drawn, normal);
    if (!naive_starts_with(path, CORS_SLICE("/")) || path.size >= SEGMENTS_MAX) {
        return;
    }
    INVARIANT(naive_is_same(normal, read_path(memory, path, SLASH | DOT | EMPTY | DOTS | FRAGMENT)),
              "a target's path is the normalized one");
    bool ambiguous = cors_target_is_ambiguous(drawn->policy, target, buffer);
    INVARIANT(ambiguous == is_ambiguous(drawn, memory, path),
              "a target is ambiguous where two readers find different policies");
    INVARIANT(!plain || !ambiguous, "what is plain is never ambiguous");
    INVARIANT(!plain || naive_is_same(normal, read_path(memory, path, 0)) ||
                  find_any(path, "%") < path.size,
              "a plain target without codes is its own path");
}

/* A policy for each path. */
static void build(struct drawn_policy *drawn, struct fuzzed_memory *memory,
                  struct fuzzed_input *input) {
    cors_slice text = {NULL, 0};
    cors_slice line;
    while ((line = fuzzed_until(input, '\n')).size > 0) {
        text = fuzzed_join(memory, text, fuzzed_join(memory, CORS_SLICE("/"), line));
        text = fuzzed_join(memory, text, CORS_SLICE("\no https://a.b\n"));
    }
    struct fuzzed_input lines = {text.data, text.size};
    drawn_policy_begin(drawn, &lines, memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    struct drawn_policy drawn;
    build(&drawn, &memory, &input);
    while (drawn.policy != NULL && !fuzzed_is_empty(&input)) {
        check_target(&drawn, &memory, fuzzed_copy(&memory, fuzzed_until(&input, '\n')));
    }
    drawn_policy_end(&drawn);
    fuzzed_free_all(&memory);
    return 0;
}
