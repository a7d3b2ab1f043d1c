/* SPDX-License-Identifier: MIT */
#include "audit_fingerprint.h"

#include <inttypes.h>
#include <string.h>

#include "text_hash.h"

/* Two hashes that begin differently. */
static const uint64_t beginnings[] = {TEXT_HASH_START, ~TEXT_HASH_START};

cors_slice audit_fingerprint(struct keep *keep, cors_slice method, cors_slice url,
                             enum audit_rule rule) {
    const char *name = audit_rule_name(rule);
    const cors_slice rule_text = {name, strlen(name)};
    uint64_t halves[2];
    size_t place = 0;
    while (place < url.size && url.data[place] != '?' && url.data[place] != '#') {
        place++;
    }
    for (size_t i = 0; i < 2; i++) {
        halves[i] = text_hash(beginnings[i], method);
        halves[i] = text_hash(halves[i], (cors_slice){url.data, place});
        halves[i] = text_hash(halves[i], rule_text);
    }
    return keep_format(keep, "%016" PRIx64 "%016" PRIx64, halves[0], halves[1]);
}
