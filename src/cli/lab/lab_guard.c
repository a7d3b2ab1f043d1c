/* SPDX-License-Identifier: MIT */
#include "lab_guard.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lab.h"
#include "lab_request.h"
#include "text_slices.h"

enum { HOST_MAX = 253, HTTP_PORT = 80 };

/* Names and addresses that stand for this machine in every browser. */
static const char *const page_hosts[] = {"localhost", "127.0.0.1", "[::1]"};

/* Labels of letters, digits, hyphens and underscores, with single dots between them. */
static bool is_name(cors_slice host) {
    bool in_label = false;
    for (size_t i = 0; i < host.size; i++) {
        unsigned char byte = (unsigned char)host.data[i];
        bool fine = byte < 0x80 && (isalnum(byte) || byte == '-' || byte == '_');
        if (!fine && !(byte == '.' && in_label)) {
            return false;
        }
        in_label = fine;
    }
    return in_label;
}

static bool is_below_localhost(cors_slice host) {
    static const char end[] = ".localhost";
    size_t size = sizeof end - 1;
    return host.size > size && text_is_folded(text_skip(host, host.size - size), end) &&
           is_name(host);
}

static enum lab_place place_of_host(const struct lab *lab, cors_slice host) {
    for (size_t i = 0; i < sizeof page_hosts / sizeof page_hosts[0]; i++) {
        if (text_is_folded(host, page_hosts[i])) {
            return LAB_PAGE_HOST;
        }
    }
    if (text_is_folded(host, lab->address)) {
        return LAB_PAGE_HOST;
    }
    return is_below_localhost(host) ? LAB_TEST_HOST : LAB_NOWHERE;
}

/* Whether what follows the host is the port that is served, or nothing where that is 80. */
static bool is_port_served(const struct lab *lab, cors_slice rest) {
    char port[8];
    (void)snprintf(port, sizeof port, ":%u", (unsigned)lab->port);
    return text_is(rest, port) || (rest.size == 0 && lab->port == HTTP_PORT);
}

enum lab_place lab_guard_place(const struct lab *lab, cors_slice authority, char *normal) {
    cors_slice host = authority;
    if (authority.size > 0 && authority.data[0] == '[') {
        size_t close = text_find(authority, ']');
        host.size = close == authority.size ? 0 : close + 1;
    } else {
        host.size = text_find(authority, ':');
    }
    if (host.size == 0 || host.size > HOST_MAX ||
        !is_port_served(lab, text_skip(authority, host.size))) {
        return LAB_NOWHERE;
    }
    enum lab_place place = place_of_host(lab, host);
    if (place != LAB_NOWHERE) {
        for (size_t i = 0; i < host.size; i++) {
            normal[i] = (char)tolower((unsigned char)host.data[i]);
        }
        normal[host.size] = '\0';
        if (lab->port != HTTP_PORT) {
            (void)snprintf(normal + host.size, LAB_AUTHORITY_MAX - host.size, ":%u",
                           (unsigned)lab->port);
        }
    }
    return place;
}

const char *lab_guard_refuses(const struct lab_request *request) {
    char own[sizeof "http://" + LAB_AUTHORITY_MAX];
    cors_slice origin;
    cors_slice site;
    if (request->place != LAB_PAGE_HOST) {
        return "This is for the lab's own page, which is served from localhost.";
    }
    (void)snprintf(own, sizeof own, "http://%s", request->authority);
    size_t origins = lab_request_lines(request, "Origin", &origin);
    if (origins > 1 || (origins == 1 && !text_is(origin, own))) {
        return "This is for the lab's own page, not for pages of another origin.";
    }
    size_t sites = lab_request_lines(request, "Sec-Fetch-Site", &site);
    if (sites > 1 || (sites == 1 && !text_is(site, "same-origin") && !text_is(site, "none"))) {
        return "This is for the lab's own page, not for other sites.";
    }
    return NULL;
}
