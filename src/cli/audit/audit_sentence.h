/* SPDX-License-Identifier: MIT */
/* Why a target could not be judged, or not in every way, as a person is told. */
#ifndef CORS_CLI_AUDIT_SENTENCE_H
#define CORS_CLI_AUDIT_SENTENCE_H

#include "audit_record.h"

/* What the reason means, and what it was in this case. Belongs to `keep`; empty without a reason.
 */
cors_slice audit_sentence(struct keep *keep, const struct audit_record *record);

#endif
