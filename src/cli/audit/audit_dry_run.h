/* SPDX-License-Identifier: MIT */
/* What an audit would send, told without sending it. */
#ifndef CORS_CLI_AUDIT_DRY_RUN_H
#define CORS_CLI_AUDIT_DRY_RUN_H

#include "audit_targets.h"

/*
 * Audits an imaginary server that trusts its own origin, and the known one, and nobody else, and
 * prints what it is asked. Returns an exit code.
 */
int audit_dry_run(const struct audit_targets *targets);

#endif
