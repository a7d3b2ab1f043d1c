/* SPDX-License-Identifier: MIT */
/* Serialized origins: parsing, default ports, loopback. */
#include <cors/origin.h>

#include "bytes.h"

static const struct {
    cors_slice scheme;
    int port;
} default_ports[] = {
    {{"http", 4}, 80}, {{"https", 5}, 443}, {{"ws", 2}, 80}, {{"wss", 3}, 443}, {{"ftp", 3}, 21},
};

int cors_scheme_default_port(cors_slice scheme) {
    for (size_t i = 0; i < sizeof default_ports / sizeof default_ports[0]; i++) {
        if (slice_equals(scheme, default_ports[i].scheme)) {
            return default_ports[i].port;
        }
    }
    return -1;
}

/* The size of the scheme that the text begins with, or 0. */
static size_t scan_scheme(cors_slice text) {
    if (text.size == 0 || !byte_is(text.data[0], BYTE_LOWER)) {
        return 0;
    }
    size_t size = 1;
    while (size < text.size && byte_is(text.data[size], BYTE_SCHEME)) {
        size++;
    }
    return size;
}

/* The size of the bracketed address that the text begins with, or 0. */
static size_t scan_address(cors_slice text) {
    size_t size = 1;
    while (size < text.size && byte_is(text.data[size], BYTE_ADDRESS)) {
        size++;
    }
    bool closed = size < text.size && text.data[size] == ']';
    return closed && size > 1 ? size + 1 : 0;
}

/* The size of the host name that the text begins with, or 0. */
static size_t scan_name(cors_slice text) {
    size_t size = 0;
    char previous = '.'; /* so that a leading dot is a double one */
    for (; size < text.size; size++) {
        char byte = text.data[size];
        if (!byte_is(byte, BYTE_LABEL) && (byte != '.' || previous == '.')) {
            break;
        }
        previous = byte;
    }
    return size;
}

static NOINLINE bool is_port(cors_slice port, cors_slice scheme) {
    if (port.size > 5 || !slice_is_all(port, BYTE_DIGIT)) {
        return false;
    }
    if (port.data[0] == '0' && port.size > 1) {
        return false;
    }
    int number = 0;
    for (size_t i = 0; i < port.size; i++) {
        number = number * 10 + (port.data[i] - '0');
    }
    return number <= 65535 && number != cors_scheme_default_port(scheme);
}

/* Any origin, byte by byte. */
static NOINLINE bool parse(cors_slice text, cors_origin *origin) {
    if (slice_equals(text, CORS_SLICE("null"))) {
        *origin = (cors_origin){.opaque = true};
        return true;
    }
    cors_slice scheme = slice_of(text.data, scan_scheme(text));
    cors_slice rest = slice_skip(text, scheme.size);
    if (scheme.size == 0 || !slice_starts_with(rest, CORS_SLICE("://"))) {
        return false;
    }
    rest = slice_skip(rest, 3);
    bool bracketed = rest.size > 0 && rest.data[0] == '[';
    cors_slice host = slice_of(rest.data, bracketed ? scan_address(rest) : scan_name(rest));
    if (host.size == 0) {
        return false;
    }
    cors_slice port = slice_skip(rest, host.size);
    if (port.size > 0) {
        if (port.data[0] != ':' || !is_port(slice_skip(port, 1), scheme)) {
            return false;
        }
        port = slice_skip(port, 1);
    }
    *origin = (cors_origin){scheme, host, port, false};
    return true;
}

/*
 * Marks what is fine in a host name wherever it stands, given the byte before the word: letters,
 * digits, dashes, and dots that follow no dot.
 */
static uint64_t mark_usual(uint64_t word, uint64_t before) {
    uint64_t letters = bytes_within(word, 'a', 'z');
    uint64_t others = bytes_within(word, '0', '9') | bytes_within(word, '-', '.');
    /* A byte is zero where it and the one before it are dots; adding 0x7f shows all others. */
    uint64_t dots = word ^ '.' * WORD_ONES;
    uint64_t pairs = (dots | dots << 8 | (before ^ '.')) + 0x7f * WORD_ONES;
    return (letters | others) & pairs & ~word;
}

/* Whether a text of at least eight bytes is a host name of usual bytes. */
static bool is_usual_name(cors_slice text) {
    const size_t last = text.size - 8;
    uint64_t before = '.';
    size_t at = 0;
    while ((mark_usual(load_8_in_order(text.data + at), before) & WORD_HIGHS) == WORD_HIGHS) {
        if (at == last) {
            return true;
        }
        /* The last word may overlap the one before it. */
        at = at + 8 < last ? at + 8 : last;
        before = (uint8_t)text.data[at - 1];
    }
    return false;
}

/* Nearly all are of https and a host name without a port. */
bool cors_origin_parse(cors_slice text, cors_origin *origin) {
    if (BUILT_FOR_SIZE || text.size < 16 || load_8(text.data) != load_8("https://")) {
        return parse(text, origin);
    }
    cors_slice host = slice_skip(text, 8);
    if (!is_usual_name(host)) {
        return parse(text, origin);
    }
    *origin =
        (cors_origin){slice_of(text.data, 5), host, slice_of(host.data + host.size, 0), false};
    return true;
}

/* 127.0.0.0/8, of a host in the form that browsers write. */
static bool is_loopback_ipv4(cors_slice host) {
    if (!slice_starts_with(host, CORS_SLICE("127."))) {
        return false;
    }
    int dots = 0;
    for (size_t i = 0; i < host.size; i++) {
        if (host.data[i] == '.') {
            dots++;
        } else if (!byte_is(host.data[i], BYTE_DIGIT)) {
            return false;
        }
    }
    return dots == 3;
}

bool cors_origin_is_loopback(const cors_origin *origin) {
    cors_slice host = origin->host;
    if (!slice_equals(origin->scheme, CORS_SLICE("http")) &&
        !slice_equals(origin->scheme, CORS_SLICE("https"))) {
        return false;
    }
    if (host.size > 0 && host.data[host.size - 1] == '.') {
        host.size--;
    }
    return slice_equals(host, CORS_SLICE("localhost")) ||
           slice_ends_with(host, CORS_SLICE(".localhost")) || is_loopback_ipv4(host) ||
           slice_equals(host, CORS_SLICE("[::1]"));
}
