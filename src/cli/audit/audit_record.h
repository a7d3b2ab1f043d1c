/* SPDX-License-Identifier: MIT */
/* What is told about one target: the inference's result in a form that outlives it. */
#ifndef CORS_CLI_AUDIT_RECORD_H
#define CORS_CLI_AUDIT_RECORD_H

#include <jansson.h>

#include "audit.h"
#include "keep.h"

struct audit_record_finding {
    enum audit_rule rule;
    enum audit_severity severity;
    cors_slice origin;
    cors_slice message;
    cors_slice reasoning;
    cors_slice evidence;
    cors_slice reproduce;
    cors_slice fingerprint; /* the same in every run: see audit_fingerprint.h */
    bool suppressed;        /* by the baseline */
    cors_slice suppression; /* its reason, or why it no longer counts ("expired on 2026-11-01") */
    cors_slice until;       /* the last day of the suppression; empty where there is none */
};

struct audit_record {
    cors_slice url;    /* as it is shown: without user info */
    cors_slice method; /* "GET" */
    enum audit_outcome outcome;
    enum audit_reason reason;
    cors_slice detail;
    unsigned requests;
    cors_slice matcher;
    struct audit_record_finding *findings; /* the worst first */
    size_t finding_count;
};

/* Copies a result, and adds the fingerprints. Texts belong to `keep`. */
void audit_record_fill(struct keep *keep, cors_slice url, cors_slice method,
                       const struct audit_result *result, struct audit_record *record);

/* The record as the object of --json and of a journal's line; owned by the caller. */
json_t *audit_record_to_json(const struct audit_record *record);

/* Reads such an object back. Returns false where it is none. Texts belong to `keep`. */
bool audit_record_from_json(struct keep *keep, const json_t *object, struct audit_record *record);

#endif
