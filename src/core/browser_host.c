/* SPDX-License-Identifier: MIT */
#include "browser_host.h"

#include "origin_address.h"

/* DNS allows 253 bytes; what is decoded may be longer, but is then no name that resolves. */
enum { HOST_MAX = 1024, LABEL_MAX = 256, IPV4_PARTS_MAX = 4, IPV4_TEXT_MAX = 16 };

struct host_text {
    char data[HOST_MAX];
    size_t size;
};

static int hex_digit(char byte) {
    char lower = byte_fold(byte);
    if (byte_is(lower, BYTE_DIGIT)) {
        return lower - '0';
    }
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Percent-decodes and lowers the case. */
static bool decode(cors_slice host, struct host_text *decoded) {
    decoded->size = 0;
    for (size_t i = 0; i < host.size; i++) {
        char byte = host.data[i];
        if (byte == '%' && i + 2 < host.size && hex_digit(host.data[i + 1]) >= 0 &&
            hex_digit(host.data[i + 2]) >= 0) {
            byte = (char)(hex_digit(host.data[i + 1]) * 16 + hex_digit(host.data[i + 2]));
            i += 2;
        }
        if (decoded->size == HOST_MAX) {
            return false;
        }
        decoded->data[decoded->size++] = byte_fold(byte);
    }
    return true;
}

static bool is_ascii(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if ((uint8_t)text.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* Adds a label in ASCII. */
static bool add_label(struct host_text *host, const struct label_converter *converter,
                      cors_slice label) {
    char converted[LABEL_MAX];
    if (!is_ascii(label)) {
        size_t size;
        if (converter == NULL || converter->to_ascii == NULL ||
            !converter->to_ascii(converter->context, label, converted, sizeof converted, &size)) {
            return false;
        }
        label = slice_of(converted, size);
    }
    if (label.size > HOST_MAX - host->size) {
        return false;
    }
    if (label.size > 0) {
        memcpy(host->data + host->size, label.data, label.size);
        host->size += label.size;
    }
    return true;
}

static bool to_ascii(cors_slice host, const struct label_converter *converter,
                     struct host_text *ascii) {
    ascii->size = 0;
    for (;;) {
        size_t dot = slice_find(host, '.');
        if (!add_label(ascii, converter, slice_of(host.data, dot))) {
            return false;
        }
        if (dot == host.size) {
            return true;
        }
        if (ascii->size == HOST_MAX) {
            return false;
        }
        ascii->data[ascii->size++] = '.';
        host = slice_skip(host, dot + 1);
    }
}

/* "forbidden domain code point" */
static bool holds_forbidden(cors_slice host) {
    static const cors_slice forbidden = {" #/:<>?@[\\]^|%", 14};
    for (size_t i = 0; i < host.size; i++) {
        char byte = host.data[i];
        if (!byte_is(byte, BYTE_SCHEME) &&
            (byte_is(byte, BYTE_CONTROL) || slice_holds(forbidden, byte))) {
            return true;
        }
    }
    return false;
}

/* A part of an IPv4 address: decimal, 0x hexadecimal or 0 octal. */
static bool read_part(cors_slice part, uint64_t *value) {
    unsigned base = 10;
    if (part.size == 0) {
        return false;
    }
    if (part.size > 1 && part.data[0] == '0') {
        bool hexadecimal = part.data[1] == 'x';
        base = hexadecimal ? 16 : 8;
        part = slice_skip(part, hexadecimal ? 2 : 1);
    }
    *value = 0;
    for (size_t i = 0; i < part.size; i++) {
        int digit = hex_digit(part.data[i]);
        if (digit < 0 || (unsigned)digit >= base || *value > UINT32_MAX) {
            return false;
        }
        *value = *value * base + (unsigned)digit;
    }
    return true;
}

/* "IPv4 parser": the last part fills the bytes that the others leave. */
static bool read_ipv4_parts(cors_slice host, uint32_t *address) {
    uint64_t parts[IPV4_PARTS_MAX];
    size_t count = 0;
    for (bool more = true; more; count++) {
        size_t dot = slice_find(host, '.');
        if (count == IPV4_PARTS_MAX || !read_part(slice_of(host.data, dot), &parts[count])) {
            return false;
        }
        more = dot < host.size;
        host = more ? slice_skip(host, dot + 1) : host;
    }
    uint64_t value = parts[count - 1];
    if (value >= UINT64_C(1) << (8 * (IPV4_PARTS_MAX + 1 - count))) {
        return false;
    }
    for (size_t i = 0; i + 1 < count; i++) {
        if (parts[i] > 255) {
            return false;
        }
        value += parts[i] << (8 * (IPV4_PARTS_MAX - 1 - i));
    }
    *address = (uint32_t)value;
    return true;
}

static void write_ipv4(struct memory_text *text, uint32_t address) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        unsigned octet = address >> shift & 255;
        if (octet >= 100) {
            text_add_byte(text, (char)('0' + octet / 100));
        }
        if (octet >= 10) {
            text_add_byte(text, (char)('0' + octet / 10 % 10));
        }
        text_add_byte(text, (char)('0' + octet % 10));
        if (shift > 0) {
            text_add_byte(text, '.');
        }
    }
}

static bool write_ipv6(struct memory_text *text, cors_slice host) {
    char lower[ADDRESS_TEXT_MAX];
    char shortest[ADDRESS_TEXT_MAX];
    if (host.size > sizeof lower) {
        return false;
    }
    for (size_t i = 0; i < host.size; i++) {
        lower[i] = byte_fold(host.data[i]);
    }
    cors_slice address = cors_ipv6_shorten(slice_of(lower, host.size), shortest);
    text_add(text, address);
    return address.size > 0;
}

bool cors_host_write(struct memory_text *text, const struct label_converter *converter,
                     cors_slice host) {
    struct host_text decoded;
    struct host_text ascii;
    if (host.size > 0 && host.data[0] == '[') {
        return host.data[host.size - 1] == ']' && write_ipv6(text, host);
    }
    if (!decode(host, &decoded)) {
        return false;
    }
    cors_slice name = slice_of(decoded.data, decoded.size);
    if (!is_ascii(name)) {
        if (!to_ascii(name, converter, &ascii)) {
            return false;
        }
        name = slice_of(ascii.data, ascii.size);
    }
    if (name.size == 0 || holds_forbidden(name)) {
        return false;
    }
    cors_slice digits = name;
    if (digits.data[digits.size - 1] == '.') {
        digits.size--;
    }
    if (digits.size > 0 && cors_host_is_numeric(digits)) {
        uint32_t address;
        if (!read_ipv4_parts(digits, &address)) {
            return false;
        }
        write_ipv4(text, address);
        return true;
    }
    text_add(text, name);
    return true;
}

bool cors_host_read_ipv4(cors_slice host, uint32_t *address) {
    return cors_ipv4_is_canonical(host) && read_ipv4_parts(host, address);
}
