/* SPDX-License-Identifier: MIT */
/*
 * What a finding is known by from one run to the next: 32 hexadecimal digits of a hash over the
 * method, the URL up to its query, and the rule. No random name, no port of a probe, no time.
 */
#ifndef CORS_CLI_AUDIT_FINGERPRINT_H
#define CORS_CLI_AUDIT_FINGERPRINT_H

#include "audit.h"
#include "keep.h"

cors_slice audit_fingerprint(struct keep *keep, cors_slice method, cors_slice url,
                             enum audit_rule rule);

#endif
