/* SPDX-License-Identifier: MIT */
/*
 * How nginx's workers get to a folder that root named. Whoever started the gateway may enter
 * folders that the workers' user may not, such as /root; it hands down an open folder behind the
 * last of them, from where the workers go on by themselves.
 */
#ifndef CORS_SERVE_WAY_H
#define CORS_SERVE_WAY_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "serve_user.h"

struct serve_way {
    const char *folder; /* absolute, without links; lives as long as the way */
    bool stays;         /* nobody replaces the folder: it itself, and nothing above, is opened */
    int handed_down;    /* a descriptor that nginx must inherit; -1: the user needs none */
    const char *rest;   /* what of `folder` is behind that: "" or "/site" */
};

enum { SERVE_WAY_PATH_MAX = PATH_MAX + 32 };

/* What comes of looking for a way. */
enum serve_way_end {
    SERVE_WAY_FOUND,
    SERVE_WAY_CLOSED,    /* the user may not enter the folder, by whatever way */
    SERVE_WAY_NO_USER,   /* this process cannot become the user; errno says why */
    SERVE_WAY_NOT_OPENED /* what leads to the folder cannot be opened; likewise */
};

/* The way of whoever may enter all that leads to the folder. */
struct serve_way serve_way_plain(const char *folder);

/* Finds the way of a user to the way's folder, by becoming that user in a process of its own. */
enum serve_way_end serve_way_find(const struct serve_user *user, struct serve_way *way);

/* Writes the path that nginx is given. */
void serve_way_write(const struct serve_way *way, char path[SERVE_WAY_PATH_MAX]);

/* Closes what is open. */
void serve_way_finish(struct serve_way *way);

#endif
