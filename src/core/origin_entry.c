/* SPDX-License-Identifier: MIT */
#include "origin_entry.h"

#include <cors/origin.h>

#include "origin_address.h"
#include "policy_block.h"

static bool fail(struct origin_entry *entry, const char *reason) {
    entry->faults |= ENTRY_SYNTAX;
    entry->reason = reason;
    return false;
}

static bool put(struct origin_entry *entry, cors_slice text) {
    if (text.size > ENTRY_TEXT_MAX - entry->text_size) {
        return fail(entry, "it is longer than any origin");
    }
    if (text.size > 0) {
        memcpy(entry->text + entry->text_size, text.data, text.size);
    }
    entry->text_size += text.size;
    return true;
}

/* Schemes whose hosts are domain names: the URL Standard's special ones. */
static bool is_special(cors_slice scheme) {
    return cors_scheme_default_port(scheme) >= 0;
}

bool cors_host_fits_dns(cors_slice host) {
    size_t label = 0;
    for (size_t i = 0; i < host.size; i++) {
        label = host.data[i] == '.' ? 0 : label + 1;
        if (label > LABEL_MAX) {
            return false;
        }
    }
    bool dotted = host.size > 0 && host.data[host.size - 1] == '.';
    return host.size - dotted <= HOST_MAX;
}

static bool holds_punycode(cors_slice host) {
    for (size_t i = 0; i + 4 <= host.size; i++) {
        if (memcmp(host.data + i, "xn--", 4) == 0) {
            return true;
        }
    }
    return false;
}

/* Most entries are serialized origins with a plain host: they are taken as they are. */
static bool read_plain(cors_slice text, struct origin_entry *entry) {
    cors_origin origin;
    if (!cors_origin_parse(text, &origin) || origin.opaque) {
        return false;
    }
    if (origin.host.data[0] == '[' || !cors_host_fits_dns(origin.host) ||
        holds_punycode(origin.host) || cors_host_is_numeric(origin.host) ||
        origin.scheme.size > ENTRY_SCHEME_MAX || slice_equals(origin.scheme, CORS_SLICE("file"))) {
        return false;
    }
    entry->key.head = text;
    entry->scheme_size = origin.scheme.size;
    entry->has_correction = true;
    return true;
}

/* The parts of an entry as the user wrote them. */
struct written {
    cors_slice scheme;
    cors_slice host;
    cors_slice port; /* without its colon */
    bool has_port;
};

static size_t find_scheme_end(cors_slice text) {
    for (size_t i = 0; i + 3 <= text.size; i++) {
        if (memcmp(text.data + i, "://", 3) == 0) {
            return i;
        }
    }
    return text.size;
}

/* The size of what stands before a path, query or fragment. */
static size_t authority_size(cors_slice text) {
    size_t size = 0;
    while (size < text.size && text.data[size] != '/' && text.data[size] != '?' &&
           text.data[size] != '#' && text.data[size] != '\\') {
        size++;
    }
    return size;
}

static bool split_port(cors_slice authority, struct origin_entry *entry, struct written *written) {
    size_t host_size = slice_find(authority, ':');
    if (authority.size > 0 && authority.data[0] == '[') {
        host_size = slice_find(authority, ']') + 1;
        if (host_size > authority.size) {
            return fail(entry, "the bracket around the IPv6 address is not closed");
        }
    }
    if (host_size == 0) {
        return fail(entry, "it has no host");
    }
    written->host = slice_of(authority.data, host_size);
    cors_slice rest = slice_skip(authority, host_size);
    if (rest.size == 0) {
        return true;
    }
    if (rest.data[0] != ':') {
        return fail(entry, "after the address in brackets only a port may follow");
    }
    written->has_port = true;
    written->port = slice_skip(rest, 1);
    if (slice_find(written->port, ':') < written->port.size) {
        return fail(entry, "an IPv6 address stands in brackets, like [::1]");
    }
    return true;
}

static bool split(cors_slice text, struct origin_entry *entry, struct written *written) {
    size_t scheme_size = find_scheme_end(text);
    if (scheme_size == text.size) {
        return fail(entry, "it has no scheme, such as https://");
    }
    written->scheme = slice_of(text.data, scheme_size);
    cors_slice rest = slice_skip(text, scheme_size + 3);
    cors_slice authority = slice_of(rest.data, authority_size(rest));
    if (authority.size < rest.size) {
        entry->faults |= ENTRY_PATH;
    }
    size_t at;
    while ((at = slice_find(authority, '@')) < authority.size) {
        entry->faults |= ENTRY_USERINFO;
        authority = slice_skip(authority, at + 1);
    }
    return split_port(authority, entry, written);
}

static bool put_folded(struct origin_entry *entry, cors_slice text) {
    size_t start = entry->text_size;
    if (!put(entry, text)) {
        return false;
    }
    for (size_t i = start; i < entry->text_size; i++) {
        char folded = byte_fold(entry->text[i]);
        entry->converted = entry->converted || folded != entry->text[i];
        entry->text[i] = folded;
    }
    return true;
}

/* RFC 3986, section 3.1, in lower case. */
static bool is_scheme(cors_slice text) {
    return slice_is_all(text, BYTE_SCHEME) && byte_is(text.data[0], BYTE_LOWER);
}

static bool put_scheme(struct origin_entry *entry, cors_slice scheme) {
    if (slice_find(scheme, '*') < scheme.size) {
        return fail(entry, "a scheme cannot hold a wildcard: list each scheme by itself");
    }
    if (scheme.size > ENTRY_SCHEME_MAX || !put_folded(entry, scheme)) {
        return fail(entry, "its scheme is longer than any");
    }
    entry->scheme_size = scheme.size;
    cors_slice folded = slice_of(entry->text, scheme.size);
    if (!is_scheme(folded)) {
        return fail(entry, "a scheme has letters, digits, +, - and . only, and a letter is its "
                           "first character");
    }
    if (slice_equals(folded, CORS_SLICE("file"))) {
        return fail(entry, "pages from files have the origin null");
    }
    return put(entry, CORS_SLICE("://"));
}

static bool is_ascii(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if ((uint8_t)text.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* A label in Unicode, or one that claims to be the ASCII form of such. */
static bool put_international(struct origin_entry *entry, cors_slice label,
                              const cors_builder_options *options) {
    char ascii[LABEL_MAX + 1];
    size_t size = 0;
    if (options->to_ascii == NULL) {
        return fail(entry, "its host is not in ASCII");
    }
    if (!options->to_ascii(options->context, label, ascii, sizeof ascii, &size)) {
        return fail(entry, "its host is no valid internationalized name");
    }
    entry->converted = entry->converted || !slice_equals(label, slice_of(ascii, size));
    return put(entry, slice_of(ascii, size));
}

static bool put_label(struct origin_entry *entry, cors_slice label,
                      const cors_builder_options *options) {
    bool punycode =
        label.size > 4 && slice_equals_folded(slice_of(label.data, 4), CORS_SLICE("xn--"));
    bool starred = slice_find(label, '*') < label.size;
    if (!is_ascii(label) || (punycode && !starred && options->to_ascii != NULL)) {
        return put_international(entry, label, options);
    }
    return put_folded(entry, label);
}

static bool put_host(struct origin_entry *entry, cors_slice host,
                     const cors_builder_options *options) {
    for (;;) {
        size_t dot = slice_find(host, '.');
        if (!put_label(entry, slice_of(host.data, dot), options)) {
            return false;
        }
        if (dot == host.size) {
            return true;
        }
        if (!put(entry, CORS_SLICE("."))) {
            return false;
        }
        host = slice_skip(host, dot + 1);
    }
}

/* Where the wildcard of a host stands; size 0 where it has none. */
struct wildcard {
    size_t start;
    size_t size;
};

static bool find_wildcard(struct origin_entry *entry, cors_slice host, struct wildcard *wildcard) {
    static const cors_slice label = {"{label}", 7};
    *wildcard = (struct wildcard){0, 0};
    for (size_t i = 0; i < host.size; i++) {
        if (host.data[i] != '*' && host.data[i] != '{') {
            continue;
        }
        if (wildcard->size > 0) {
            return fail(entry, "a host takes one wildcard at most");
        }
        bool star = host.data[i] == '*';
        if (!star && !slice_starts_with(slice_skip(host, i), label)) {
            return fail(entry, "the only name in braces is {label}");
        }
        *wildcard = (struct wildcard){i, star ? 1 : label.size};
        i += wildcard->size - 1;
    }
    return true;
}

/* Cuts the wildcard out of the host that stands in `text` from `start` on. */
static bool cut_wildcard(struct origin_entry *entry, size_t start) {
    cors_slice host = slice_of(entry->text + start, entry->text_size - start);
    struct wildcard wildcard;
    entry->key.head = slice_of(entry->text, entry->text_size);
    if (!find_wildcard(entry, host, &wildcard)) {
        return false;
    }
    if (wildcard.size == 0) {
        return true;
    }
    cors_slice before = slice_of(host.data, wildcard.start);
    cors_slice after = slice_skip(host, wildcard.start + wildcard.size);
    if (before.size == 0 && (after.size == 0 || slice_equals(after, CORS_SLICE(".")))) {
        return fail(entry,
                    "a wildcard needs a domain to stand under; for every origin write \"*\"");
    }
    if (host.data[0] == '[' || cors_host_is_numeric(host) || cors_host_is_numeric(after)) {
        return fail(entry, "an IP address takes no wildcard");
    }
    bool whole_label = (before.size == 0 || before.data[before.size - 1] == '.') &&
                       (after.size == 0 || after.data[0] == '.');
    bool star = wildcard.size == 1;
    if (!star && !whole_label) {
        return fail(entry, "{label} stands for a whole label; beside other characters write *");
    }
    entry->key.kind = star && whole_label ? SET_ANY_DEPTH : SET_ONE_LABEL;
    entry->key.head = slice_of(entry->text, start + before.size);
    entry->key.tail = slice_of(entry->text + start + before.size, after.size);
    entry->host_tail_size = after.size;
    memmove(entry->text + start + before.size, after.data, after.size);
    entry->text_size = start + before.size + after.size;
    return true;
}

/* Checks an address and puts it into its one form. */
static bool settle_address(struct origin_entry *entry, size_t start) {
    cors_slice host = slice_of(entry->text + start, entry->text_size - start);
    if (host.data[0] == '[') {
        char buffer[ADDRESS_TEXT_MAX];
        cors_slice shortest = cors_ipv6_shorten(host, buffer);
        if (shortest.size == 0) {
            return fail(entry, "what stands in brackets is no IPv6 address");
        }
        if (!slice_equals(shortest, host)) {
            fail(entry, "browsers write an IPv6 address in its shortest form");
            entry->text_size = start;
            return put(entry, shortest);
        }
        return true;
    }
    cors_slice scheme = slice_of(entry->text, entry->scheme_size);
    if (is_special(scheme) && cors_host_is_numeric(host) && !cors_ipv4_is_canonical(host)) {
        return fail(entry, "browsers write an IPv4 address as four numbers up to 255");
    }
    return true;
}

/* Whether head, a name for the wildcard, and tail are an origin. */
static bool is_sound(const struct origin_entry *entry) {
    char sample[ENTRY_TEXT_MAX + 1];
    size_t size = entry->key.head.size;
    memcpy(sample, entry->key.head.data, size);
    if (entry->key.kind != 0) {
        sample[size++] = 'x';
        memcpy(sample + size, entry->key.tail.data, entry->key.tail.size);
        size += entry->key.tail.size;
    }
    cors_origin origin;
    return cors_origin_parse(slice_of(sample, size), &origin) && cors_host_fits_dns(origin.host);
}

/* Ports as browsers write them: no leading zero, at most 65535. */
static cors_slice settle_port(struct origin_entry *entry, cors_slice port) {
    cors_slice number = port;
    while (number.size > 1 && number.data[0] == '0') {
        number = slice_skip(number, 1);
    }
    unsigned long value = 0;
    bool digits = slice_is_all(number, BYTE_DIGIT) && number.size <= 5;
    for (size_t i = 0; digits && i < number.size; i++) {
        value = value * 10 + (unsigned long)(number.data[i] - '0');
    }
    if (!digits || value > 65535) {
        fail(entry, "a port is a number up to 65535, or * for any");
        return CORS_SLICE("");
    }
    cors_slice scheme = slice_of(entry->text, entry->scheme_size);
    if ((int)value == cors_scheme_default_port(scheme)) {
        entry->faults |= ENTRY_DEFAULT_PORT;
        return CORS_SLICE("");
    }
    if (number.size < port.size) {
        fail(entry, "a port has no leading zero");
    }
    return number;
}

/* The last part of the entry: its port goes behind the tail, or the head where there is none. */
static bool put_port(struct origin_entry *entry, const struct written *written) {
    if (!written->has_port) {
        return true;
    }
    if (slice_equals(written->port, CORS_SLICE("*"))) {
        entry->key.kind |= SET_ANY_PORT;
        return true;
    }
    if (written->port.size == 0) {
        fail(entry, "the port after the colon is missing");
        return true;
    }
    cors_slice port = settle_port(entry, written->port);
    if (port.size == 0) {
        return (entry->faults & ENTRY_DEFAULT_PORT) != 0;
    }
    bool fits = put(entry, CORS_SLICE(":")) && put(entry, port);
    cors_slice *part = entry->key.kind == 0 ? &entry->key.head : &entry->key.tail;
    part->size += port.size + 1;
    return fits;
}

static bool read_written(cors_slice text, const cors_builder_options *options,
                         struct origin_entry *entry) {
    struct written written = {.has_port = false};
    if (!split(text, entry, &written) || !put_scheme(entry, written.scheme)) {
        return false;
    }
    size_t start = entry->text_size;
    if (!put_host(entry, written.host, options) || !cut_wildcard(entry, start)) {
        return false;
    }
    if (entry->key.kind == 0) {
        if (!settle_address(entry, start)) {
            return false;
        }
        entry->key.head = slice_of(entry->text, entry->text_size);
    }
    if (!is_sound(entry)) {
        return fail(entry, "a host has letters, digits, dots, - and _ only, labels of 1 to 63 "
                           "bytes, 253 in all");
    }
    return put_port(entry, &written);
}

void cors_entry_read(cors_slice text, const cors_builder_options *options,
                     struct origin_entry *entry) {
    memset(entry, 0, offsetof(struct origin_entry, text));
    if (slice_equals(text, CORS_SLICE("*"))) {
        entry->any_origin = true;
    } else if (slice_equals(text, CORS_SLICE("null"))) {
        entry->opaque = true;
        entry->key.head = text;
    } else if (!read_plain(text, entry)) {
        entry->has_correction = read_written(text, options, entry);
    }
}
