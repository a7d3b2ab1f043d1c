/* SPDX-License-Identifier: MIT */
/* The lab's HTTP server: libmicrohttpd, in one thread. */
#ifndef CORS_LAB_SERVER_H
#define CORS_LAB_SERVER_H

#include "lab.h"
#include "lab_sockets.h"

struct lab_server;

/*
 * Begins to serve.
 *
 * lab      borrowed until the server is stopped.
 * sockets  taken over, also on failure.
 * Returns NULL after saying why it cannot.
 */
struct lab_server *lab_server_start(const struct lab *lab, const struct lab_sockets *sockets);

/* Serves until a descriptor can be read. Returns false after saying what failed. */
bool lab_server_run(struct lab_server *server, int until);

/* Closes every connection. */
void lab_server_stop(struct lab_server *server);

#endif
