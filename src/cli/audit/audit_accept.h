/* SPDX-License-Identifier: MIT */
/* Writes a baseline that accepts all findings of a run for a while. */
#ifndef CORS_CLI_AUDIT_ACCEPT_H
#define CORS_CLI_AUDIT_ACCEPT_H

#include <stdio.h>

#include "audit_record.h"

struct audit_accept {
    FILE *stream;
    char until[11]; /* "2027-02-19" */
    size_t count;
};

/* "2026-11-21", so many days from now, in UTC. */
void audit_day_write(char day[11], long days);

void audit_accept_begin(struct audit_accept *accept, FILE *stream);
void audit_accept_add(struct audit_accept *accept, const struct audit_record *record);
void audit_accept_end(struct audit_accept *accept);

#endif
