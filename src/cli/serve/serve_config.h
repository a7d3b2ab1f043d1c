/* SPDX-License-Identifier: MIT */
/* The nginx configuration of a gateway. */
#ifndef CORS_SERVE_CONFIG_H
#define CORS_SERVE_CONFIG_H

#include <stdio.h>

#include "serve_options.h"

/* The configuration's name in nginx's own folder. */
#define SERVE_CONFIG_NAME "nginx.conf"

/* The policy's name there: compiled, so that nginx notices by itself when it is replaced. */
#define SERVE_POLICY_NAME "policy.corsc"

/*
 * The connections that a worker holds at most, its own to an upstream among them: ten thousand
 * clients that wait find room even in one. Each costs some 400 bytes whether it is used or not.
 */
enum { SERVE_CONNECTIONS_MAX = 16384 };

/* The fields of a decision in the log, in this order, separated by tabs. */
#define SERVE_LOG_FIELDS(FIELD)                                                                    \
    FIELD(METHOD, "$request_method")                                                               \
    FIELD(TARGET, "$request_uri")                                                                  \
    FIELD(PATH, "$cors_served_path")                                                               \
    FIELD(STATUS, "$status")                                                                       \
    FIELD(KIND, "$cors_kind")                                                                      \
    FIELD(ALLOWED, "$cors_allowed")                                                                \
    FIELD(REASON, "$cors_reason")                                                                  \
    FIELD(ORIGIN, "$http_origin")                                                                  \
    FIELD(REQUESTED_METHOD, "$http_access_control_request_method")                                 \
    FIELD(REQUESTED_HEADERS, "$http_access_control_request_headers")                               \
    FIELD(UPSTREAM, "$upstream_addr")                                                              \
    FIELD(UPSTREAM_CONNECT_TIME, "$upstream_connect_time")

enum serve_log_field {
#define SERVE_LOG_FIELD_ENUM(name, variable) SERVE_FIELD_##name,
    SERVE_LOG_FIELDS(SERVE_LOG_FIELD_ENUM)
#undef SERVE_LOG_FIELD_ENUM
        SERVE_FIELD_COUNT
};

/*
 * Writes the configuration. nginx is meant to be started in a folder of its own: all paths of its
 * own making are relative to it.
 *
 * module  the path of ngx_http_cors_module.so; without control characters and without a dollar
 *         sign, like all texts in `options`.
 * policy  the path of the policy, likewise: compiled or not.
 */
void serve_config_write(FILE *stream, const struct serve_options *options, const char *module,
                        const char *policy);

#endif
