/* SPDX-License-Identifier: MIT */
#include "audit_site.h"

#include <cors/origin.h>

#include "text_slices.h"

/* Ports of random probes: of four digits, as patterns for ports have them. */
enum { PORT_FIRST = 2000, PORT_COUNT = 7000 };

/* splitmix64: any seed will do, and names need be no better than different. */
static uint64_t next_random(struct audit_site *site) {
    uint64_t value = site->random += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
}

cors_slice audit_site_name(struct audit_site *site) {
    char *name = keep_memory(site->keep, AUDIT_NAME_LETTERS + 1);
    uint64_t value = next_random(site);
    for (size_t i = 0; i < AUDIT_NAME_LETTERS; i++) {
        name[i] = (char)('a' + value % 26);
        value /= 26;
    }
    return (cors_slice){name, AUDIT_NAME_LETTERS};
}

unsigned audit_site_port(struct audit_site *site) {
    return PORT_FIRST + (unsigned)(next_random(site) % PORT_COUNT);
}

bool audit_host_is_address(cors_slice host) {
    bool numeric = host.size > 0;
    for (size_t i = 0; i < host.size; i++) {
        numeric = numeric && ((host.data[i] >= '0' && host.data[i] <= '9') || host.data[i] == '.');
    }
    return numeric || (host.size > 0 && host.data[0] == '[');
}

size_t audit_host_dots(cors_slice host) {
    size_t dots = 0;
    for (size_t i = 0; i < host.size; i++) {
        dots += host.data[i] == '.';
    }
    return dots;
}

/* What stands after the first dot; empty after the last label. */
static cors_slice parent_of(cors_slice host) {
    size_t dot = text_find(host, '.');
    return dot == host.size ? text_skip(host, host.size) : text_skip(host, dot + 1);
}

static bool is_listed(const struct audit_site *site, cors_slice domain) {
    return site->options->is_public_suffix(site->options->context, domain);
}

/*
 * The public suffix that a host ends in: the longest listed one; the last label where none is, so
 * that names of a private network count alike.
 */
static cors_slice suffix_of(const struct audit_site *site, cors_slice host) {
    cors_slice last = host;
    for (cors_slice rest = host; rest.size > 0; rest = parent_of(rest)) {
        if (is_listed(site, rest)) {
            return rest;
        }
        last = rest;
    }
    return last;
}

cors_slice audit_site_domain(const struct audit_site *site, cors_slice host) {
    cors_slice none = {"", 0};
    if (audit_host_is_address(host)) {
        return none;
    }
    cors_slice suffix = suffix_of(site, host);
    if (suffix.size == host.size) {
        return none;
    }
    size_t start = host.size - suffix.size - 1;
    while (start > 0 && host.data[start - 1] != '.') {
        start--;
    }
    return text_skip(host, start);
}

/* Whether somebody else could have a host: below another registrable domain that can exist. */
static bool is_for_others(const struct audit_site *site, cors_slice host, cors_slice owner) {
    cors_slice domain = audit_site_domain(site, host);
    cors_slice own = audit_site_domain(site, owner);
    if (domain.size == 0 || text_same(domain, own)) {
        return false;
    }
    cors_slice suffix = suffix_of(site, host);
    return is_listed(site, suffix) || text_same(suffix, suffix_of(site, owner));
}

cors_slice audit_site_without_dot(struct audit_site *site, cors_slice host, size_t dot) {
    char *other = (char *)(uintptr_t)keep_slice(site->keep, host).data;
    size_t seen = 0;
    for (size_t i = 0; i < host.size; i++) {
        if (host.data[i] == '.' && seen++ == dot) {
            other[i] = (char)('a' + next_random(site) % 26);
        }
    }
    cors_slice variant = {other, host.size};
    return is_for_others(site, variant, host) ? variant : (cors_slice){"", 0};
}

cors_slice audit_site_cut(struct audit_site *site, cors_slice host) {
    cors_slice tail = {host.data, host.size == 0 ? 0 : host.size - 1};
    cors_slice domain = audit_site_domain(site, host);
    cors_slice head = text_skip(domain, domain.size > 0);
    if (is_for_others(site, tail, host) && is_listed(site, suffix_of(site, tail))) {
        return tail;
    }
    bool whole = head.size > 0 && head.data[0] != '.' && head.data[0] != '-';
    return whole && is_for_others(site, head, host) ? head : (cors_slice){"", 0};
}

bool audit_parts_read(cors_slice origin, struct audit_parts *parts) {
    cors_origin parsed;
    if (!cors_origin_parse(origin, &parsed) || parsed.opaque) {
        return false;
    }
    *parts = (struct audit_parts){parsed.scheme, parsed.host, parsed.port};
    return true;
}

cors_slice audit_origin_format(struct keep *keep, cors_slice scheme, cors_slice host,
                               cors_slice port) {
    return keep_format(keep, "%.*s://%.*s%s%.*s", SLICE_ARGUMENTS(scheme), SLICE_ARGUMENTS(host),
                       port.size > 0 ? ":" : "", SLICE_ARGUMENTS(port));
}

static cors_slice lower_case(struct keep *keep, cors_slice text) {
    char *copy = (char *)(uintptr_t)keep_slice(keep, text).data;
    for (size_t i = 0; i < text.size; i++) {
        copy[i] = (char)(copy[i] >= 'A' && copy[i] <= 'Z' ? copy[i] + 32 : copy[i]);
    }
    return (cors_slice){copy, text.size};
}

/* "host:port" or "[address]:port": the size of the host. */
static size_t host_size(cors_slice authority) {
    size_t bracket = text_find(authority, ']');
    size_t from = bracket == authority.size ? 0 : bracket;
    return from + text_find(text_skip(authority, from), ':');
}

static bool read_authority(struct audit_site *site, cors_slice authority) {
    size_t host = host_size(authority);
    cors_slice port = text_skip(authority, host < authority.size ? host + 1 : host);
    bool https = text_is(site->scheme, "https");
    if (text_is(port, https ? "443" : "80")) {
        port.size = 0;
    }
    site->host = lower_case(site->keep, (cors_slice){authority.data, host});
    site->port = port;
    site->origin = audit_origin_format(site->keep, site->scheme, site->host, port);
    struct audit_parts parts;
    return audit_parts_read(site->origin, &parts); /* no user info, no odd byte, no odd port */
}

static void read_path(struct audit_site *site, cors_slice rest) {
    size_t fragment = text_find(rest, '#');
    rest.size = fragment;
    size_t query = text_find(rest, '?');
    site->path = query == 0 ? CORS_SLICE("/") : (cors_slice){rest.data, query};
    site->query = text_skip(rest, query);
}

/* A Location may hold what no request line does. */
static bool holds_control(cors_slice url) {
    for (size_t i = 0; i < url.size; i++) {
        if ((uint8_t)url.data[i] < ' ' || url.data[i] == 0x7f) {
            return true;
        }
    }
    return false;
}

bool audit_site_begin(struct audit_site *site, struct keep *keep, cors_slice url,
                      const struct audit_options *options) {
    *site = (struct audit_site){.keep = keep, .options = options, .random = options->seed};
    site->random = next_random(site); /* so that seeds that are near lead to other names */
    bool https = text_starts_folded(url, "https://");
    if ((!https && !text_starts_folded(url, "http://")) || holds_control(url)) {
        return false;
    }
    site->scheme = https ? CORS_SLICE("https") : CORS_SLICE("http");
    cors_slice rest = text_skip(url, site->scheme.size + 3);
    size_t end = 0;
    while (end < rest.size && rest.data[end] != '/' && rest.data[end] != '?' &&
           rest.data[end] != '#') {
        end++;
    }
    if (!read_authority(site, (cors_slice){rest.data, end})) {
        return false;
    }
    read_path(site, text_skip(rest, end));
    site->domain = audit_site_domain(site, site->host);
    cors_slice named = site->domain.size > 0 ? site->domain : site->host;
    site->label = audit_host_is_address(site->host)
                      ? CORS_SLICE("app")
                      : (cors_slice){named.data, text_find(named, '.')};
    return true;
}
