/* SPDX-License-Identifier: MIT */
#include "origin_address.h"

enum { PIECES = 8 };

static int hex_value(char byte) {
    if (byte_is(byte, BYTE_DIGIT)) {
        return byte - '0';
    }
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Reads a decimal number up to 255 without leading zeros; returns its size, or 0. */
static size_t read_octet(cors_slice text, unsigned *octet) {
    size_t size = 0;
    *octet = 0;
    while (size < text.size && size < 4 && byte_is(text.data[size], BYTE_DIGIT)) {
        *octet = *octet * 10 + (unsigned)(text.data[size] - '0');
        size++;
    }
    bool leading_zero = size > 1 && text.data[0] == '0';
    return leading_zero || *octet > 255 ? 0 : size;
}

/* Reads a dotted address that fills the text. */
static bool read_ipv4(cors_slice text, unsigned octets[4]) {
    for (int i = 0; i < 4; i++) {
        size_t size = read_octet(text, &octets[i]);
        if (size == 0) {
            return false;
        }
        text = slice_skip(text, size);
        if (i < 3) {
            if (text.size == 0 || text.data[0] != '.') {
                return false;
            }
            text = slice_skip(text, 1);
        }
    }
    return text.size == 0;
}

bool cors_ipv4_is_canonical(cors_slice host) {
    unsigned octets[4];
    return read_ipv4(host, octets);
}

bool cors_host_is_numeric(cors_slice host) {
    size_t start = host.size;
    while (start > 0 && host.data[start - 1] != '.') {
        start--;
    }
    cors_slice label = slice_skip(host, start);
    if (label.size >= 2 && label.data[0] == '0' && label.data[1] == 'x') {
        for (size_t i = 2; i < label.size; i++) {
            if (hex_value(label.data[i]) < 0) {
                return false;
            }
        }
        return true;
    }
    return slice_is_all(label, BYTE_DIGIT);
}

/* Reads one to four hexadecimal digits; returns their count. */
static size_t read_piece(cors_slice text, uint16_t *piece) {
    size_t size = 0;
    unsigned value = 0;
    while (size < text.size && size < 4 && hex_value(text.data[size]) >= 0) {
        value = value * 16 + (unsigned)hex_value(text.data[size]);
        size++;
    }
    *piece = (uint16_t)value;
    return size;
}

/* The pieces as written, and where "::" stood among them. */
struct address {
    uint16_t pieces[PIECES];
    int count;
    int gap; /* -1: none */
};

/* Reads the four numbers at the end of an address, as two pieces. */
static bool read_tail(cors_slice text, struct address *address) {
    unsigned octets[4];
    if (address->count > PIECES - 2 || !read_ipv4(text, octets)) {
        return false;
    }
    address->pieces[address->count++] = (uint16_t)(octets[0] << 8 | octets[1]);
    address->pieces[address->count++] = (uint16_t)(octets[2] << 8 | octets[3]);
    return true;
}

static bool read_address(cors_slice text, struct address *address) {
    *address = (struct address){.gap = -1};
    if (slice_starts_with(text, CORS_SLICE("::"))) {
        address->gap = 0;
        text = slice_skip(text, 2);
    }
    while (text.size > 0) {
        uint16_t piece;
        size_t size = read_piece(text, &piece);
        if (size > 0 && size < text.size && text.data[size] == '.') {
            return read_tail(text, address);
        }
        if (size == 0 || address->count == PIECES) {
            return false;
        }
        address->pieces[address->count++] = piece;
        text = slice_skip(text, size);
        if (text.size == 0) {
            return true;
        }
        if (text.data[0] != ':' || text.size == 1) {
            return false;
        }
        text = slice_skip(text, 1);
        if (text.data[0] == ':') {
            if (address->gap >= 0) {
                return false;
            }
            address->gap = address->count;
            text = slice_skip(text, 1);
        }
    }
    return true;
}

/* Puts zeros into the gap. */
static bool fill_gap(struct address *address) {
    int missing = PIECES - address->count;
    if (address->gap < 0) {
        return missing == 0;
    }
    if (missing == 0) {
        return false;
    }
    for (int i = address->count - 1; i >= address->gap; i--) {
        address->pieces[i + missing] = address->pieces[i];
    }
    for (int i = 0; i < missing; i++) {
        address->pieces[address->gap + i] = 0;
    }
    return true;
}

/* The first longest run of two or more zeros, which the short form leaves out. */
static int longest_zeros(const uint16_t pieces[PIECES], int *length) {
    int best = -1;
    *length = 1;
    for (int start = 0; start < PIECES; start++) {
        int end = start;
        while (end < PIECES && pieces[end] == 0) {
            end++;
        }
        if (end - start > *length) {
            best = start;
            *length = end - start;
        }
    }
    return best;
}

static size_t write_piece(char *buffer, uint16_t piece) {
    static const char digits[] = "0123456789abcdef";
    size_t size = 0;
    for (int shift = 12; shift >= 0; shift -= 4) {
        int digit = piece >> shift & 15;
        if (digit != 0 || size > 0 || shift == 0) {
            buffer[size++] = digits[digit];
        }
    }
    return size;
}

cors_slice cors_ipv6_shorten(cors_slice host, char *buffer) {
    struct address address;
    cors_slice inside = host.size < 2 ? host : slice_of(host.data + 1, host.size - 2);
    if (!read_address(inside, &address) || !fill_gap(&address)) {
        return CORS_SLICE("");
    }
    int zeros;
    int gap = longest_zeros(address.pieces, &zeros);
    size_t size = 0;
    buffer[size++] = '[';
    for (int i = 0; i < PIECES;) {
        if (i == gap) {
            buffer[size++] = ':';
            if (i == 0) {
                buffer[size++] = ':';
            }
            i += zeros;
            continue;
        }
        size += write_piece(buffer + size, address.pieces[i]);
        i++;
        if (i < PIECES) {
            buffer[size++] = ':';
        }
    }
    buffer[size++] = ']';
    return slice_of(buffer, size);
}
