/* SPDX-License-Identifier: MIT */
/* Where the lab listens. */
#ifndef CORS_LAB_SOCKETS_H
#define CORS_LAB_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "lab_options.h"

enum { LAB_SOCKETS_MAX = 2 };

struct lab_sockets {
    int descriptors[LAB_SOCKETS_MAX];
    size_t count;
    uint16_t port;
};

/*
 * Listens on the address asked for, and on [::1] with the same port where `localhost` was and the
 * machine has that address. Returns false after saying why it cannot.
 */
bool lab_sockets_open(const struct lab_options *options, struct lab_sockets *sockets);

#endif
