/* SPDX-License-Identifier: MIT */
/* An origin or pattern as a user wrote it in a policy: read, corrected, cut into a set key. */
#ifndef CORS_CORE_ORIGIN_ENTRY_H
#define CORS_CORE_ORIGIN_ENTRY_H

#include <cors/policy.h>

#include "policy_set.h"

/* What is wrong with an entry, as bits. All but SYNTAX have a corrected form. */
enum entry_fault {
    ENTRY_SYNTAX = 1,
    ENTRY_PATH = 2,
    ENTRY_DEFAULT_PORT = 4,
    ENTRY_USERINFO = 8,
};

/* Longer than any origin: a scheme of 64 bytes, a host of 253, a port, "://", a wildcard. */
enum { ENTRY_SCHEME_MAX = 64, ENTRY_TEXT_MAX = 400 };

/* DNS: a label has at most 63 bytes. */
enum { LABEL_MAX = 63 };

struct origin_entry {
    unsigned faults;     /* bits of enum entry_fault */
    const char *reason;  /* for SYNTAX: what is wrong, as the end of a sentence */
    bool any_origin;     /* "*" */
    bool opaque;         /* "null" */
    bool converted;      /* upper case or Unicode was converted */
    bool has_correction; /* `key` is sound, whatever the faults */
    struct set_key key;  /* points into `text`, or into the user's own bytes where they are sound */
    size_t scheme_size;
    size_t host_tail_size; /* bytes of the tail that are host; a port may follow */
    size_t text_size;
    char text[ENTRY_TEXT_MAX];
};

/* Reads an entry; of `options` only the callbacks are used. */
void cors_entry_read(cors_slice text, const cors_builder_options *options,
                     struct origin_entry *entry);

/* Whether each label, and the host without a last dot, are as long as DNS can have them. */
bool cors_host_fits_dns(cors_slice host);

#endif
