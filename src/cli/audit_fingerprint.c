/* SPDX-License-Identifier: MIT */
#include "audit_fingerprint.h"

#include <inttypes.h>
#include <string.h>

/* Two FNV-1a hashes that begin differently: it need not withstand an attacker, only accidents. */
static const uint64_t beginnings[] = {0xCBF29CE484222325U, 0x84222325CBF29CE4U};
static const uint64_t prime = 0x100000001B3U;

static uint64_t take(uint64_t hash, cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        hash = (hash ^ (unsigned char)text.data[i]) * prime;
    }
    return (hash ^ 0xFF) * prime; /* no text holds this byte: it ends the part */
}

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
        halves[i] = take(beginnings[i], method);
        halves[i] = take(halves[i], (cors_slice){url.data, place});
        halves[i] = take(halves[i], rule_text);
    }
    return keep_format(keep, "%016" PRIx64 "%016" PRIx64, halves[0], halves[1]);
}
