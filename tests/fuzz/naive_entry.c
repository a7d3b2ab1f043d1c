/* SPDX-License-Identifier: MIT */
#include "naive_entry.h"

#include <string.h>

#include "naive_origin.h"
#include "naive_text.h"

enum { PLAIN_MAX = 63 }; /* DNS: of a label; here of the whole entry */

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_label_byte(char byte) {
    return (byte >= 'a' && byte <= 'z') || is_digit(byte) || byte == '-' || byte == '_';
}

/* One label, or a part of one. */
static bool is_label(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if (!is_label_byte(text.data[i])) {
            return false;
        }
    }
    return text.size > 0;
}

/* Labels with a dot between two. */
static bool is_name(cors_slice text) {
    for (;;) {
        size_t dot = naive_find(text, CORS_SLICE("."));
        if (!is_label((cors_slice){text.data, dot})) {
            return false;
        }
        if (dot == text.size) {
            return true;
        }
        text = naive_after(text, dot + 1);
    }
}

/* Where a host's wildcard stands, and what it is. */
struct wildcard {
    size_t at;
    size_t size;
};

static struct wildcard find_wildcard(cors_slice host) {
    size_t star = naive_find(host, CORS_SLICE("*"));
    if (star < host.size) {
        return (struct wildcard){star, 1};
    }
    size_t label = naive_find(host, CORS_SLICE("{label}"));
    return (struct wildcard){label, label < host.size ? strlen("{label}") : 0};
}

/* Whether the wildcard is all that stands between two dots, or a dot and an end. */
static bool is_whole_label(cors_slice host, struct wildcard wildcard) {
    size_t end = wildcard.at + wildcard.size;
    bool starts = wildcard.at == 0 || host.data[wildcard.at - 1] == '.';
    return starts && (end == host.size || host.data[end] == '.' || host.data[end] == ':');
}

/* Both are what follows "://", without a port where any will do. */
static bool authority_fits(cors_slice entry, cors_slice origin) {
    struct wildcard wildcard = find_wildcard(entry);
    if (wildcard.size == 0) {
        return naive_is_same(entry, origin);
    }
    cors_slice before = {entry.data, wildcard.at};
    cors_slice after = naive_after(entry, wildcard.at + wildcard.size);
    if (origin.size < before.size + after.size || !naive_starts_with(origin, before) ||
        !naive_ends_with(origin, after)) {
        return false;
    }
    cors_slice between = {origin.data + before.size, origin.size - before.size - after.size};
    bool many = wildcard.size == 1 && is_whole_label(entry, wildcard);
    return many ? is_name(between) : is_label(between);
}

/* Without ":" and digits at the end. */
static cors_slice without_port(cors_slice authority) {
    cors_slice host = authority;
    while (host.size > 0 && is_digit(host.data[host.size - 1])) {
        host.size--;
    }
    bool has_port = host.size < authority.size && host.size > 0 && host.data[host.size - 1] == ':';
    return has_port ? (cors_slice){host.data, host.size - 1} : authority;
}

bool naive_entry_allows(cors_slice entry, cors_slice origin) {
    size_t scheme = naive_find(entry, CORS_SLICE("://"));
    if (scheme == entry.size) {
        return naive_is_same(entry, origin); /* null */
    }
    cors_slice start = {entry.data, scheme + strlen("://")};
    if (!naive_starts_with(origin, start)) {
        return false;
    }
    entry = naive_after(entry, start.size);
    origin = naive_after(origin, start.size);
    if (naive_ends_with(entry, CORS_SLICE(":*"))) {
        return authority_fits((cors_slice){entry.data, entry.size - 2}, without_port(origin));
    }
    return authority_fits(entry, origin);
}

cors_slice naive_entry_sample(struct fuzzed_memory *memory, cors_slice entry) {
    cors_slice origin = fuzzed_lower(memory, entry);
    bool any_port = naive_ends_with(origin, CORS_SLICE(":*"));
    origin.size -= any_port ? strlen(":*") : 0;
    struct wildcard wildcard = find_wildcard(origin);
    if (wildcard.size > 0) {
        cors_slice start = {origin.data, wildcard.at};
        cors_slice end = naive_after(origin, wildcard.at + wildcard.size);
        origin = fuzzed_join(memory, fuzzed_join(memory, start, CORS_SLICE("q")), end);
    }
    return any_port ? fuzzed_join(memory, origin, CORS_SLICE(":7")) : origin;
}

bool naive_entry_may_be(struct fuzzed_memory *memory, cors_slice entry) {
    struct naive_origin origin;
    return naive_is_same(entry, CORS_SLICE("*")) ||
           naive_origin_read(naive_entry_sample(memory, entry), &origin);
}

bool naive_entry_is_plain(struct fuzzed_memory *memory, cors_slice entry) {
    struct naive_origin origin;
    if (entry.size > PLAIN_MAX || !naive_origin_read(fuzzed_lower(memory, entry), &origin) ||
        naive_is_same(origin.scheme, CORS_SLICE("file"))) {
        return false;
    }
    cors_slice last = origin.host; /* label: an address has a number there */
    while (naive_find(last, CORS_SLICE(".")) < last.size) {
        last = naive_after(last, naive_find(last, CORS_SLICE(".")) + 1);
    }
    return last.size > 0 && last.data[0] >= 'a' && last.data[0] <= 'z' &&
           !naive_ends_with(last, CORS_SLICE("]"));
}
