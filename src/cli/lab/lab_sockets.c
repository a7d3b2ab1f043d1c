/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "lab_sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"
#include "serve_options.h"

enum {
    BACKLOG = 511,  /* a browser comes with many connections at once */
    TRIES_MAX = 64, /* for a port that is free on both addresses */
};

static void say_why_not(const struct sockaddr_storage *listen, int fault) {
    char address[SERVE_ADDRESS_MAX];
    serve_address_write(listen, address);
    if (fault == EADDRINUSE) {
        lab_say("%s is in use by another program. Choose another with --listen ADDR:PORT; port 0 "
                "takes any that is free",
                address);
    } else {
        lab_say("cannot listen on %s: %s", address, strerror(fault));
    }
}

/* A socket that listens, or -1 with errno. */
static int listen_on(const struct sockaddr_storage *address, socklen_t size) {
    int on = 1;
    int listening = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool fine = listening >= 0 &&
                setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                (address->ss_family != AF_INET6 ||
                 setsockopt(listening, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
                bind(listening, (const struct sockaddr *)address, size) == 0 &&
                listen(listening, BACKLOG) == 0;
    if (!fine && listening >= 0) {
        int fault = errno;
        (void)close(listening);
        errno = fault;
        return -1;
    }
    return listening;
}

static uint16_t port_of(int listening) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    (void)getsockname(listening, (struct sockaddr *)&address, &size);
    return serve_address_port(&address);
}

static void add(struct lab_sockets *sockets, int listening) {
    sockets->descriptors[sockets->count++] = listening;
}

static void close_all(struct lab_sockets *sockets) {
    while (sockets->count > 0) {
        (void)close(sockets->descriptors[--sockets->count]);
    }
}

/* Listens on [::1] too. Where there is no such address, nobody can take it from us either. */
static bool add_other(struct lab_sockets *sockets, struct sockaddr_storage *address) {
    struct sockaddr_in6 other = {.sin6_family = AF_INET6,
                                 .sin6_port = htons(sockets->port),
                                 .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    memset(address, 0, sizeof *address);
    memcpy(address, &other, sizeof other);
    int listening = listen_on(address, sizeof other);
    if (listening >= 0) {
        add(sockets, listening);
    }
    return listening >= 0 || errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT;
}

bool lab_sockets_open(const struct lab_options *options, struct lab_sockets *sockets) {
    bool any_port = serve_address_port(&options->listen) == 0;
    for (int tries = 1;; tries++) {
        struct sockaddr_storage address = options->listen;
        *sockets = (struct lab_sockets){.count = 0};
        int listening = listen_on(&address, options->listen_size);
        if (listening >= 0) {
            add(sockets, listening);
            sockets->port = port_of(listening);
            if (!options->both || add_other(sockets, &address)) {
                return true;
            }
        }
        int fault = errno;
        close_all(sockets);
        if (!any_port || fault != EADDRINUSE || tries == TRIES_MAX) {
            say_why_not(&address, fault);
            return false;
        }
    }
}
