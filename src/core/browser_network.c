/* SPDX-License-Identifier: MIT */
/*
 * What the network below refuses: ports, mixed content, addresses that are more private than the
 * page's. Fetch, section 2.9; Mixed Content, section 4.4; Local Network Access, section 2.1.
 */
#include <cors/origin.h>

#include "browser_fetch.h"
#include "browser_host.h"
#include "http_names.h"

/* From the most private to the least. */
enum address_space { SPACE_LOOPBACK, SPACE_LOCAL, SPACE_PUBLIC };

static const char *const space_names[] = {"loopback", "local", "public"};

/* Blocks of IPv4 addresses that are not public. */
static const struct {
    uint32_t address;
    unsigned bits;
    enum address_space space;
} blocks[] = {
    {0x7F000000, 8, SPACE_LOOPBACK},  /* 127.0.0.0/8 */
    {0x00000000, 32, SPACE_LOOPBACK}, /* 0.0.0.0 */
    {0xC6120000, 15, SPACE_LOOPBACK}, /* 198.18.0.0/15 */
    {0x00000000, 8, SPACE_LOCAL},     /* 0.0.0.0/8 */
    {0x0A000000, 8, SPACE_LOCAL},     /* 10.0.0.0/8 */
    {0x64400000, 10, SPACE_LOCAL},    /* 100.64.0.0/10 */
    {0xA9FE0000, 16, SPACE_LOCAL},    /* 169.254.0.0/16 */
    {0xAC100000, 12, SPACE_LOCAL},    /* 172.16.0.0/12 */
    {0xC0A80000, 16, SPACE_LOCAL},    /* 192.168.0.0/16 */
};

static enum address_space ipv4_space(uint32_t address) {
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if ((address ^ blocks[i].address) >> (32 - blocks[i].bits) == 0) {
            return blocks[i].space;
        }
    }
    return SPACE_PUBLIC;
}

/* An IPv6 address without brackets, in its shortest form. */
static enum address_space ipv6_space(cors_slice address) {
    static const cors_slice local[] = {{"fc", 2},  {"fd", 2},  {"fe8", 3}, {"fe9", 3}, {"fea", 3},
                                       {"feb", 3}, {"fec", 3}, {"fed", 3}, {"fee", 3}, {"fef", 3}};
    if (slice_equals(address, CORS_SLICE("::1")) || slice_equals(address, CORS_SLICE("::"))) {
        return SPACE_LOOPBACK;
    }
    for (size_t i = 0; slice_find(address, ':') == 4 && i < sizeof local / sizeof local[0]; i++) {
        if (slice_starts_with(address, local[i])) {
            return SPACE_LOCAL;
        }
    }
    return SPACE_PUBLIC;
}

/* Of a host name nothing is known but that localhost is loopback. */
static enum address_space host_space(cors_slice host) {
    uint32_t address;
    bool localhost = slice_equals(host, CORS_SLICE("localhost")) ||
                     slice_ends_with(host, CORS_SLICE(".localhost"));
    if (localhost) {
        return SPACE_LOOPBACK;
    }
    if (cors_host_read_ipv4(host, &address)) {
        return ipv4_space(address);
    }
    if (host.size > 2 && host.data[0] == '[') {
        return ipv6_space(slice_of(host.data + 1, host.size - 2));
    }
    return slice_holds(host, ':') ? ipv6_space(host) : SPACE_PUBLIC;
}

/* Where the page is from: its address where known, else its host. */
static enum address_space page_space(const struct cors_fetch *fetch) {
    cors_origin origin;
    cors_slice page = fetch->call->top.size > 0 ? fetch->call->top : fetch->page;
    if (fetch->call->page_address.size > 0) {
        return host_space(fetch->call->page_address);
    }
    if (!cors_origin_parse(page, &origin) || origin.opaque) {
        return SPACE_LOOPBACK; /* a file, or unknown: nothing is more private */
    }
    return host_space(origin.host);
}

/* "potentially trustworthy": https, or this very machine. */
static bool is_trustworthy(cors_slice scheme, cors_slice host) {
    return slice_equals(scheme, CORS_SLICE("https")) || host_space(host) == SPACE_LOOPBACK;
}

static bool page_is(const struct cors_fetch *fetch, bool *is_https) {
    cors_origin origin;
    cors_slice page = fetch->call->top.size > 0 ? fetch->call->top : fetch->page;
    bool parsed = cors_origin_parse(page, &origin) && !origin.opaque;
    *is_https = parsed && slice_equals(origin.scheme, CORS_SLICE("https"));
    return parsed && is_trustworthy(origin.scheme, origin.host);
}

static bool is_upgraded_host(const struct cors_fetch *fetch) {
    for (size_t i = 0; i < fetch->call->upgraded_host_count; i++) {
        if (slice_equals(fetch->url.host, fetch->call->upgraded_hosts[i])) {
            return true;
        }
    }
    return false;
}

static enum network_refusal judge_local(const struct cors_fetch *fetch, cors_slice address,
                                        bool trusted_page, cors_slice *space) {
    if (!fetch->profile->guards_local_network) {
        return NETWORK_FINE;
    }
    enum address_space target = host_space(address.size > 0 ? address : fetch->url.host);
    bool same_origin = slice_equals(fetch->url.origin, fetch->page);
    if (target == SPACE_PUBLIC || target >= page_space(fetch) || (same_origin && trusted_page)) {
        return NETWORK_FINE;
    }
    *space = slice_of_text(space_names[target]);
    return trusted_page ? NETWORK_LOCAL_DENIED : NETWORK_LOCAL_INSECURE;
}

enum network_refusal cors_network_judge(const struct cors_fetch *fetch, cors_slice address,
                                        cors_slice *space) {
    bool https_page;
    bool trusted_page = page_is(fetch, &https_page);
    bool http = slice_equals(fetch->url.scheme, CORS_SLICE("http"));
    if (cors_port_is_bad(fetch->url.port)) {
        return NETWORK_BLOCKED;
    }
    if (http && is_upgraded_host(fetch)) {
        return NETWORK_UPGRADE;
    }
    if (http && https_page && !is_trustworthy(fetch->url.scheme, fetch->url.host)) {
        return fetch->call->initiator == CORS_INITIATOR_IMAGE ? NETWORK_UPGRADE : NETWORK_BLOCKED;
    }
    return judge_local(fetch, address, trusted_page, space);
}
