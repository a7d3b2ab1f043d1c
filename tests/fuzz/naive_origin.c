/* SPDX-License-Identifier: MIT */
#include "naive_origin.h"

#include <stdlib.h>
#include <string.h>

#include "naive_text.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"

static bool is_among(char byte, const char *bytes) {
    return byte != '\0' && strchr(bytes, byte) != NULL;
}

static cors_slice take_all_among(cors_slice *rest, const char *bytes) {
    cors_slice taken = {rest->data, 0};
    while (taken.size < rest->size && is_among(rest->data[taken.size], bytes)) {
        taken.size++;
    }
    *rest = naive_after(*rest, taken.size);
    return taken;
}

static bool take(cors_slice *rest, cors_slice text) {
    bool there = naive_starts_with(*rest, text);
    *rest = naive_after(*rest, there ? text.size : 0);
    return there;
}

static bool take_scheme(cors_slice *rest, cors_slice *scheme) {
    if (rest->size == 0 || !is_among(rest->data[0], LETTERS)) {
        return false;
    }
    *scheme = take_all_among(rest, LETTERS DIGITS "+.-");
    return take(rest, CORS_SLICE("://"));
}

/* Labels with one dot between them; a last one may stand at the end. */
static bool take_name(cors_slice *rest) {
    do {
        if (take_all_among(rest, LETTERS DIGITS "_-").size == 0) {
            return false;
        }
    } while (take(rest, CORS_SLICE(".")) && rest->size > 0 && rest->data[0] != ':');
    return true;
}

static bool take_host(cors_slice *rest, cors_slice *host) {
    cors_slice all = *rest;
    bool taken = take(rest, CORS_SLICE("[")) ? take_all_among(rest, DIGITS "abcdef:.").size > 0 &&
                                                   take(rest, CORS_SLICE("]"))
                                             : take_name(rest);
    *host = (cors_slice){all.data, all.size - rest->size};
    return taken;
}

long naive_default_port(cors_slice scheme) {
    static const struct {
        cors_slice scheme;
        long port;
    } defaults[] = {{{"http", 4}, 80},
                    {{"https", 5}, 443},
                    {{"ws", 2}, 80},
                    {{"wss", 3}, 443},
                    {{"ftp", 3}, 21}};
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        if (naive_is_same(defaults[i].scheme, scheme)) {
            return defaults[i].port;
        }
    }
    return -1;
}

/* A colon and a port up to the end, or nothing. */
static bool take_port(cors_slice *rest, cors_slice scheme, cors_slice *port) {
    if (rest->size == 0) {
        return true;
    }
    if (!take(rest, CORS_SLICE(":"))) {
        return false;
    }
    *port = take_all_among(rest, DIGITS);
    if (port->size == 0 || port->size > 5 || (port->size > 1 && port->data[0] == '0') ||
        rest->size > 0) {
        return false;
    }
    char digits[6] = "";
    memcpy(digits, port->data, port->size);
    long number = strtol(digits, NULL, 10);
    return number <= 65535 && number != naive_default_port(scheme);
}

bool naive_origin_read(cors_slice text, struct naive_origin *origin) {
    cors_slice rest = text;
    *origin = (struct naive_origin){.scheme = {NULL, 0}};
    return naive_is_same(text, CORS_SLICE("null")) ||
           (take_scheme(&rest, &origin->scheme) && take_host(&rest, &origin->host) &&
            take_port(&rest, origin->scheme, &origin->port));
}
