/* SPDX-License-Identifier: MIT */
#include "fuzzed_network.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "invariant.h"

/* Room for a whole text in a socket's buffer; the kernel takes what it grants. */
enum { BUFFER_SIZE = 4 << 20, OPEN_MAX_HERE = 64 };

static struct {
    const cors_slice *texts;
    size_t count;
    size_t next;
    int servers[OPEN_MAX_HERE]; /* the servers' ends of connections */
    size_t open;
} network;

void fuzzed_network_serve(const cors_slice *texts, size_t count) {
    while (network.open > 0) {
        (void)close(network.servers[--network.open]);
    }
    network.texts = texts;
    network.count = count;
    network.next = 0;
}

/* ISO C has no way to make a function of what dlsym() returns but through memory. */
#define REAL(name, pointer)                                                                        \
    do {                                                                                           \
        void *found = dlsym(RTLD_NEXT, name);                                                      \
        INVARIANT(found != NULL, "the C library has " name "()");                                  \
        memcpy(&(pointer), &found, sizeof found);                                                  \
    } while (0)

/* A connection whose other end is in this process, too. */
static int open_pair(int flags) {
    int ends[2];
    int size = BUFFER_SIZE;
    INVARIANT(socketpair(AF_UNIX, SOCK_STREAM | flags, 0, ends) == 0, "sockets can be opened");
    (void)setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    network.servers[network.open++] = ends[1];
    return ends[0];
}

int socket(int domain, int type, int protocol) {
    static int (*real)(int, int, int);
    const int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    bool connects = (domain == AF_INET || domain == AF_INET6) && (type & ~flags) == SOCK_STREAM;
    if (connects && network.open < OPEN_MAX_HERE) {
        return open_pair(type & flags);
    }
    if (real == NULL) {
        REAL("socket", real);
    }
    return real(domain, type, protocol);
}

/* Says what the server has to say, and no more. */
static int serve(int server, cors_slice text) {
    while (text.size > 0) {
        ssize_t sent = send(server, text.data, text.size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent <= 0) {
            break;
        }
        text = (cors_slice){text.data + sent, text.size - (size_t)sent};
    }
    return shutdown(server, SHUT_WR);
}

int connect(int descriptor, const struct sockaddr *address, socklen_t size) {
    static int (*real)(int, const struct sockaddr *, socklen_t);
    if (address->sa_family == AF_INET || address->sa_family == AF_INET6) {
        (void)descriptor;
        if (network.next == network.count || network.open == 0) {
            errno = ECONNREFUSED;
            return -1;
        }
        return serve(network.servers[network.open - 1], network.texts[network.next++]);
    }
    if (real == NULL) {
        REAL("connect", real);
    }
    return real(descriptor, address, size);
}

/* Every name is one address of TEST-NET-1 (RFC 5737), to which nothing is ever sent. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **list) {
    static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    struct addrinfo numeric = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    (void)hints;
    (void)name;
    if (real == NULL) {
        REAL("getaddrinfo", real);
    }
    numeric.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    return real("192.0.2.1", service, &numeric, list);
}
