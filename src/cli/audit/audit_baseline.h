/* SPDX-License-Identifier: MIT */
/*
 * Findings that are known and accepted, each until a day: a JSON file
 *
 *     {"suppressions": [{"fingerprint": "…", "url": "…", "rule": "wildcard",
 *                        "reason": "public data", "until": "2027-03-31"}]}
 *
 * A suppression names a fingerprint, or a rule and a URL (which may end in *). It needs a reason
 * and a day; from the day after on the finding counts again.
 */
#ifndef CORS_CLI_AUDIT_BASELINE_H
#define CORS_CLI_AUDIT_BASELINE_H

#include "audit_record.h"

struct audit_baseline;

/*
 * Reads a baseline; texts belong to `keep`. Complains on standard error, with file and line or
 * entry, and returns NULL where it cannot be used.
 *
 * today  "2026-11-21": days are compared in UTC.
 */
struct audit_baseline *audit_baseline_read(struct keep *keep, const char *path,
                                           const char today[11]);

/* Marks the findings of a record that the baseline names. NULL is an empty baseline. */
void audit_baseline_apply(struct audit_baseline *baseline, struct audit_record *record);

/* Says on standard error which suppressions have expired, and which matched nothing. */
void audit_baseline_say_unused(const struct audit_baseline *baseline);

#endif
