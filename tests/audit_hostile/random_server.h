/* SPDX-License-Identifier: MIT */
/* A server that answers at random, as far as it has no rule. */
#ifndef CORS_TESTS_RANDOM_SERVER_H
#define CORS_TESTS_RANDOM_SERVER_H

#include "audit.h"

struct random_server;

/* The same seed makes the same server. Ends the program where there is no memory. */
struct random_server *random_server_start(uint64_t seed);
void random_server_stop(struct random_server *server);

/* What is to be audited; lives as long as the server. */
struct audit_target random_server_target(struct random_server *server);

/* Lives until the next answer. */
struct audit_answer random_server_answer(struct random_server *server,
                                         const struct audit_request *request);

#endif
