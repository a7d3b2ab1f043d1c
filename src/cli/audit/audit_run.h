/* SPDX-License-Identifier: MIT */
/* Asks all targets that are not done, many at once, and tells the results in their order. */
#ifndef CORS_CLI_AUDIT_RUN_H
#define CORS_CLI_AUDIT_RUN_H

#include "audit_journal.h"
#include "audit_output.h"

/* How a run ended. */
enum audit_run_end {
    AUDIT_RUN_DONE,
    AUDIT_RUN_INTERRUPTED, /* by a signal; what is done is told */
    AUDIT_RUN_FAILED,      /* the journal could not be written or read; a message said so */
};

/*
 * seconds  out: how long it took.
 * signal   out: what interrupted it.
 */
enum audit_run_end audit_run(const struct audit_targets *targets, struct audit_journal *journal,
                             struct audit_output *output, double *seconds, int *signal);

/* What the inference is told, a target's own seed among it. */
void audit_run_options(const struct audit_settings *settings, uint64_t seed, size_t target,
                       struct audit_options *options);

/* From the kernel. */
uint64_t audit_run_seed(void);

#endif
