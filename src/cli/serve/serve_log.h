/* SPDX-License-Identifier: MIT */
/* nginx's log, read: lines in, words for people out. */
#ifndef CORS_SERVE_LOG_H
#define CORS_SERVE_LOG_H

#include <cors/types.h>
#include <stdio.h>

#include "serve_config.h"
#include "serve_intake.h"

enum serve_log_kind {
    SERVE_LOG_OTHER,    /* nothing that concerns people */
    SERVE_LOG_IN_FORCE, /* all workers are there and use the policy with `checksum` */
    SERVE_LOG_TROUBLE,  /* a complaint of nginx, in `text` */
    SERVE_LOG_DECISION, /* a request was answered, as `fields` say */
};

struct serve_log_entry {
    enum serve_log_kind kind;
    bool fatal;        /* of trouble: a configuration was refused */
    bool lacks_worker; /* of trouble: a worker could not be started, and nginx tries no more */
    uint64_t checksum;
    cors_slice text;
    cors_slice fields[SERVE_FIELD_COUNT]; /* printable ASCII; other bytes are escaped as \xHH */
};

/* Reads a line of one of nginx's streams, without its break; the entry points into it. */
void serve_log_read(enum serve_stream stream, cors_slice line, struct serve_log_entry *entry);

/* Takes the escapes out of a field, in place of `buffer`, which has room for field.size bytes. */
cors_slice serve_log_unescape(cors_slice field, char *buffer);

/* Whether the decision denied the origin, so that a near miss is worth looking for. */
bool serve_log_denied_origin(const struct serve_log_entry *entry);

/*
 * Writes a decision as a line, with a second one for a near miss if `near` is not NULL.
 *
 * enforce  "off", "report" or "block".
 */
void serve_log_write(FILE *stream, bool colour, const char *enforce,
                     const struct serve_log_entry *entry, const char *near);

#endif
