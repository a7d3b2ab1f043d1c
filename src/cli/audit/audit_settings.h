/* SPDX-License-Identifier: MIT */
/* What `cors audit` was asked to do: read from the command line and checked. */
#ifndef CORS_CLI_AUDIT_SETTINGS_H
#define CORS_CLI_AUDIT_SETTINGS_H

#include "audit.h"
#include "audit_report.h"
#include "keep.h"
#include "probe_pool.h"
#include "terminal.h"

/* Where targets come from. */
enum audit_source_kind {
    AUDIT_SOURCE_URL,
    AUDIT_SOURCE_LIST,
    AUDIT_SOURCE_OPENAPI,
    AUDIT_SOURCE_HAR
};

struct audit_source {
    enum audit_source_kind kind;
    const char *name; /* a URL, or a file */
};

struct audit_settings {
    struct keep *keep;

    /* What is audited, in this order. */
    struct audit_source *sources;
    size_t source_count;
    cors_slice base;   /* of an OpenAPI file's API; may be empty */
    bool unsafe;       /* recorded and described methods that may change something, too */
    cors_slice method; /* of what names none; empty: GET, or POST with a body */
    cors_field *fields;
    size_t field_count;
    cors_slice body;
    bool has_body;
    cors_slice known_origin;

    /* How it is asked. */
    struct probe_pool_options pool;
    size_t concurrency;
    bool quick;
    bool dry_run;

    /* What is told, and where. */
    bool fails; /* a finding of `fail_on` or worse makes the exit code 1 */
    enum audit_severity fail_on;
    const char *outputs[AUDIT_FORMAT_COUNT]; /* a file, "-" or NULL: not wanted */
    const char *baseline;
    const char *write_baseline;
    const char *resume;
    enum colour_choice colour;
};

/*
 * Reads the command line; texts live in `keep`, or as long as the program. Returns -1 to go on,
 * else the exit code: help was asked for, or the usage was wrong and a message said so.
 */
int audit_settings_read(struct keep *keep, int argc, char **argv, struct audit_settings *settings);

#endif
