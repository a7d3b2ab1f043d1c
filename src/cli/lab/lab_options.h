/* SPDX-License-Identifier: MIT */
/* What `cors lab` was asked to do. */
#ifndef CORS_LAB_OPTIONS_H
#define CORS_LAB_OPTIONS_H

#include <stdbool.h>
#include <sys/socket.h>

struct lab_options {
    struct sockaddr_storage listen;
    socklen_t listen_size;
    bool both;        /* listen on [::1] too: `localhost` may stand for either */
    const char *page; /* the folder given, or NULL */
    bool open;
    bool colour; /* of what goes to standard error */
};

/* Reads the command line. Returns -1 to go on, else the exit code. */
int lab_options_read(int argc, char **argv, struct lab_options *options);

#endif
