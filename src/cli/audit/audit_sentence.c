/* SPDX-License-Identifier: MIT */
#include "audit_sentence.h"

#include "text_slices.h"

cors_slice audit_sentence(struct keep *keep, const struct audit_record *record) {
    cors_slice meaning = text_slice(audit_reason_meaning(record->reason));
    if (record->detail.size == 0 || text_same(record->detail, meaning)) {
        return meaning;
    }
    return text_trim(
        keep_format(keep, "%.*s %.*s", SLICE_ARGUMENTS(meaning), SLICE_ARGUMENTS(record->detail)));
}
