/* SPDX-License-Identifier: MIT */
/* When a server wants to be asked again: 429, and 503 with Retry-After. */
#ifndef CORS_CLI_AUDIT_RETRY_H
#define CORS_CLI_AUDIT_RETRY_H

#include <time.h>

#include "probe.h"

/* More than this is not waited: at once, in a row, and for one target in all. */
enum { AUDIT_WAIT_SECONDS_MAX = 30, AUDIT_WAITS_MAX = 3, AUDIT_WAITED_SECONDS_MAX = 90 };

/*
 * Whether an answer asks to be left alone for a while. RFC 6585, section 4; RFC 9110, section
 * 10.2.3.
 *
 * waits    how often it did so in a row: without Retry-After, each wait is twice the one before.
 * now      for a date without a Date field beside it.
 * seconds  out: from now on; may be more than anyone should wait.
 */
bool audit_retry_wanted(const struct probe_answer *answer, unsigned waits, time_t now,
                        long *seconds);

#endif
