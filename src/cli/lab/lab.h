/* SPDX-License-Identifier: MIT */
/* A running `cors lab`, as all of its parts know it. */
#ifndef CORS_LAB_H
#define CORS_LAB_H

#include <stdint.h>

struct lab_scripts;

struct lab {
    char *page;       /* the folder of the page, absolute; owned */
    char address[64]; /* that --listen named, as it stands in a URL: "127.0.0.1", "[::1]" */
    uint16_t port;
    struct lab_scripts *scripts; /* owned */
};

/* The most bytes of a request's body. */
enum { LAB_BODY_MAX = 256 * 1024 };

/* What a scripted answer says below its head. */
#define LAB_BODY "ok\n"

/* Prints a sentence on standard error: "cors lab: ...". Whatever it quotes is made harmless. */
__attribute__((format(printf, 1, 2))) void lab_say(const char *format, ...);

#endif
