/* SPDX-License-Identifier: MIT */
/* The private temporary folder that a gateway's nginx lives in. */
#ifndef CORS_SERVE_FOLDER_H
#define CORS_SERVE_FOLDER_H

#include <stdbool.h>

#include "serve_user.h"
#include "serve_way.h"

struct serve_folder {
    char path[4096];      /* "" where there is none */
    int lock;             /* the folder, open; locked while this gateway runs */
    struct serve_way way; /* of nginx to it */
};

/*
 * Creates the folder in $TMPDIR or /tmp, and removes those that gateways of the same user left
 * there when they were killed. Only its owner can look into it or write there; nginx's workers, if
 * they are of another user, pass through to what they may read. Says what is wrong and returns
 * false on failure.
 */
bool serve_folder_create(struct serve_folder *folder, const struct serve_user *workers);

/* Removes the folder with all that is in it. */
void serve_folder_remove(struct serve_folder *folder);

#endif
