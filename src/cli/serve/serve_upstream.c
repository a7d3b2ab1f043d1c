/* SPDX-License-Identifier: MIT */
/* The addresses on `cors serve`'s command line: the URL of an upstream, ADDR:PORT to listen on. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "serve_options.h"

static const char letters_and_digits[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/*
 * What may stand in a URL's path and goes to nginx as it is. The dollar sign may stand in a URL
 * too, but nginx would read a variable.
 */
static const char path_marks[] = "-._~!&'()*+,;=:@/%";

static bool is_made_of(const char *text, size_t size, const char *marks) {
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\0' ||
            (strchr(letters_and_digits, text[i]) == NULL && strchr(marks, text[i]) == NULL)) {
            return false;
        }
    }
    return true;
}

bool serve_is_path(const char *text) {
    return is_made_of(text, strlen(text), path_marks);
}

/* Reads a port, 1 to 65535 or from `least`. Returns -1 where there is none. */
static long read_port(const char *text, size_t size, long least) {
    long port = 0;
    if (size == 0 || size > 5) {
        return -1;
    }
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        port = port * 10 + (text[i] - '0');
    }
    return port < least || port > 65535 ? -1 : port;
}

/* "host", "host:port", "[address]" or "[address]:port", cut at the colon before the port. */
struct authority {
    const char *host; /* without brackets */
    size_t host_size;
    bool bracketed;
    const char *port; /* NULL where there is none */
    size_t port_size;
};

static bool cut_authority(const char *text, size_t size, struct authority *cut) {
    const char *end = text + size;
    const char *rest = text;
    *cut = (struct authority){.host = text};
    if (size > 0 && text[0] == '[') {
        const char *close = memchr(text, ']', size);
        if (close == NULL) {
            return false;
        }
        cut->bracketed = true;
        cut->host = text + 1;
        cut->host_size = (size_t)(close - cut->host);
        rest = close + 1;
    } else {
        const char *colon = memchr(text, ':', size);
        rest = colon == NULL ? end : colon;
        cut->host_size = (size_t)(rest - text);
    }
    if (rest < end) {
        if (rest[0] != ':') {
            return false;
        }
        cut->port = rest + 1;
        cut->port_size = (size_t)(end - cut->port);
    }
    return true;
}

static bool is_loopback(int family, const void *address) {
    if (family == AF_INET6) {
        return IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)address);
    }
    return *(const uint8_t *)address == 127;
}

static bool is_localhost(const char *host) {
    size_t size = strlen(host);
    static const char below[] = ".localhost";
    size_t below_size = sizeof below - 1;
    return strcasecmp(host, "localhost") == 0 ||
           (size > below_size && strcasecmp(host + size - below_size, below) == 0);
}

static const char *read_host(const struct authority *cut, struct serve_upstream *upstream) {
    struct in6_addr address;
    if (cut->host_size == 0) {
        return "has no host";
    }
    if (cut->host_size > 253) {
        return "has a host of more than 253 bytes";
    }
    memcpy(upstream->host, cut->host, cut->host_size);
    upstream->host[cut->host_size] = '\0';
    int family = cut->bracketed ? AF_INET6 : AF_INET;
    bool numeric = inet_pton(family, upstream->host, &address) == 1;
    if (cut->bracketed && !numeric) {
        return "has no IPv6 address in its brackets";
    }
    if (!cut->bracketed && !is_made_of(cut->host, cut->host_size, "-._")) {
        return "has a host with a character that no host name has";
    }
    upstream->loopback = numeric ? is_loopback(family, &address) : is_localhost(upstream->host);
    upstream->named = !numeric && !upstream->loopback;
    return NULL;
}

static const char *read_authority(const char *text, size_t size, struct serve_upstream *upstream) {
    struct authority cut;
    if (!cut_authority(text, size, &cut)) {
        return "is not of the form http://host:port";
    }
    long standard = upstream->tls ? 443 : 80;
    long port = cut.port == NULL ? standard : read_port(cut.port, cut.port_size, 1);
    if (port < 0) {
        return "has a port that is not a number from 1 to 65535";
    }
    const char *fault = read_host(&cut, upstream);
    if (fault != NULL) {
        return fault;
    }
    const char *open = cut.bracketed ? "[" : "";
    const char *close = cut.bracketed ? "]" : "";
    (void)snprintf(upstream->port, sizeof upstream->port, "%u", (unsigned)(uint16_t)port);
    (void)snprintf(upstream->address, sizeof upstream->address, "%s%s%s:%s", open, upstream->host,
                   close, upstream->port);
    if (port == standard) {
        (void)snprintf(upstream->authority, sizeof upstream->authority, "%s%s%s", open,
                       upstream->host, close);
    } else {
        memcpy(upstream->authority, upstream->address, sizeof upstream->authority);
    }
    return NULL;
}

const char *serve_upstream_read(const char *url, struct serve_upstream *upstream) {
    *upstream = (struct serve_upstream){.url = url};
    if (strncasecmp(url, "https://", 8) == 0) {
        upstream->tls = true;
        url += 8;
    } else if (strncasecmp(url, "http://", 7) == 0) {
        url += 7;
    } else {
        return "does not start with http:// or https://";
    }
    size_t authority_size = strcspn(url, "/?#");
    const char *path = url + authority_size;
    if (memchr(url, '@', authority_size) != NULL) {
        return "has a user name, which the gateway does not send";
    }
    if (strpbrk(path, "?#") != NULL) {
        return "has a query or a fragment; only a path can go before the request's own";
    }
    size_t path_size = strlen(path);
    while (path_size > 0 && path[path_size - 1] == '/') {
        path_size--;
    }
    if (path_size >= sizeof upstream->base) {
        return "has a path that is too long";
    }
    if (!is_made_of(path, path_size, path_marks)) {
        return "has a path with a character that is not allowed there; write it as %XX";
    }
    memcpy(upstream->base, path, path_size);
    upstream->base[path_size] = '\0';
    return read_authority(url, authority_size, upstream);
}

const char *serve_listen_read(const char *text, struct sockaddr_storage *address,
                              socklen_t *address_size) {
    struct authority cut;
    char host[64];
    memset(address, 0, sizeof *address);
    if (!cut_authority(text, strlen(text), &cut) || cut.port == NULL ||
        cut.host_size >= sizeof host) {
        return "is not ADDR:PORT, such as 127.0.0.1:8080 or [::1]:8080";
    }
    long port = read_port(cut.port, cut.port_size, 0);
    if (port < 0) {
        return "has a port that is not a number from 0 to 65535";
    }
    memcpy(host, cut.host, cut.host_size);
    host[cut.host_size] = '\0';
    if (strcmp(host, "localhost") == 0) {
        strcpy(host, "127.0.0.1");
    }
    if (cut.bracketed) {
        struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)address;
        ipv6->sin6_family = AF_INET6;
        ipv6->sin6_port = htons((uint16_t)port);
        *address_size = sizeof *ipv6;
        return inet_pton(AF_INET6, host, &ipv6->sin6_addr) == 1
                   ? NULL
                   : "has no IPv6 address in its brackets";
    }
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)address;
    ipv4->sin_family = AF_INET;
    ipv4->sin_port = htons((uint16_t)port);
    *address_size = sizeof *ipv4;
    return inet_pton(AF_INET, host, &ipv4->sin_addr) == 1
               ? NULL
               : "has no IP address before the port (a name would do only as localhost)";
}

uint16_t serve_address_port(const struct sockaddr_storage *address) {
    if (address->ss_family == AF_INET6) {
        return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
    }
    return ntohs(((const struct sockaddr_in *)address)->sin_port);
}

void serve_address_write(const struct sockaddr_storage *address, char *text) {
    char host[INET6_ADDRSTRLEN];
    bool ipv6 = address->ss_family == AF_INET6;
    const void *bytes = ipv6 ? (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr
                             : (const void *)&((const struct sockaddr_in *)address)->sin_addr;
    (void)inet_ntop(address->ss_family, bytes, host, sizeof host);
    (void)snprintf(text, SERVE_ADDRESS_MAX, ipv6 ? "[%s]:%u" : "%s:%u", host,
                   serve_address_port(address));
}
