/* SPDX-License-Identifier: MIT */
/*
 * The user that nginx's workers run as. A gateway that is started as root keeps root for nginx's
 * master alone, which reads the configuration and the key; whoever talks to clients has none.
 */
#ifndef CORS_SERVE_USER_H
#define CORS_SERVE_USER_H

#include <stdbool.h>
#include <sys/types.h>

/* Longer than any name of a user or group on Linux. */
enum { SERVE_USER_NAME_MAX = 256 };

struct serve_user {
    char name[SERVE_USER_NAME_MAX]; /* "": whoever started the gateway, which is not root */
    char group[SERVE_USER_NAME_MAX];
    uid_t uid;
    gid_t gid;
};

/*
 * Finds the user of the workers. Returns NULL, or what is wrong as the end of a sentence.
 *
 * name  as it was asked for, or NULL: for root www-data, else nobody; for others themselves.
 */
const char *serve_user_find(const char *name, struct serve_user *user);

/* Whether the workers are of another user than the gateway. */
bool serve_user_differs(const struct serve_user *user);

/* Says that the workers cannot be of this user, why by errno, and what else there is. */
void serve_user_say_impossible(const struct serve_user *user);

/*
 * Lets the workers' group read an open file, or pass through an open folder, and nobody write to
 * it but its owner. Does nothing where they are of the same user. Returns false with errno.
 */
bool serve_user_admit(const struct serve_user *user, int descriptor);

#endif
