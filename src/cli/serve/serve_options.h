/* SPDX-License-Identifier: MIT */
/* What `cors serve` was asked to do: read from the command line and checked. */
#ifndef CORS_SERVE_OPTIONS_H
#define CORS_SERVE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "serve_user.h"
#include "serve_way.h"

/* The most mounts of one gateway: far more than anyone types. */
enum { SERVE_MOUNTS_MAX = 64 };

/* An HTTP server behind the gateway. */
struct serve_upstream {
    const char *url; /* as the user wrote it */
    bool tls;
    bool named;     /* the host is a name that does not stand for this machine */
    bool loopback;  /* the host is this machine */
    char host[256]; /* without the brackets of an IPv6 address */
    char port[8];
    char address[272];   /* host and port, to connect to */
    char authority[272]; /* the same without a default port, as a Host header has it */
    char base[512];      /* the URL's path without a slash at its end: "" or "/v1" */
};

/* What the gateway serves below a path: an API, or a folder. */
struct serve_mount {
    char prefix[256];     /* "" for all paths, or "/api": without a slash at its end */
    char *directory;      /* absolute, without a slash at its end; NULL for an API */
    struct serve_way way; /* of nginx's workers to the folder */
    struct serve_upstream upstream;
};

struct serve_options {
    const char *policy; /* as typed, for people */
    char *policy_path;  /* the same, absolute */
    const char *environment;
    const char *enforce; /* "off", "report" or "block" */
    struct sockaddr_storage listen;
    socklen_t listen_size;
    char *tls_certificate; /* absolute, or NULL */
    char *tls_key;
    const char *user;          /* as typed; NULL: not */
    struct serve_user workers; /* whom nginx's workers run as */
    const char *authorities;   /* whose certificates an upstream may have: a PEM file */
    bool watch;
    bool print_config;
    bool colour;        /* of the decisions */
    bool colour_errors; /* of complaints */
    struct serve_mount mounts[SERVE_MOUNTS_MAX];
    size_t mount_count;
};

/*
 * Reads the command line. Returns -1 to go on, else the exit status: help was asked for, or the
 * usage was wrong and a message said so.
 */
int serve_options_read(int argc, char **argv, struct serve_options *options);

void serve_options_finish(struct serve_options *options);

/*
 * Reads an http or https URL of an upstream. Returns NULL, or what is wrong with it as the end of
 * a sentence.
 */
const char *serve_upstream_read(const char *url, struct serve_upstream *upstream);

/* Whether a text is made of what may stand in a URL's path, but for the dollar sign. */
bool serve_is_path(const char *text);

/* Reads ADDR:PORT. Returns NULL, or what is wrong with it as the end of a sentence. */
const char *serve_listen_read(const char *text, struct sockaddr_storage *address,
                              socklen_t *address_size);

/* "127.0.0.1:8080" or "[::1]:8080": at most SERVE_ADDRESS_MAX bytes with the NUL. */
enum { SERVE_ADDRESS_MAX = 64 };
void serve_address_write(const struct sockaddr_storage *address, char *text);

uint16_t serve_address_port(const struct sockaddr_storage *address);

#endif
