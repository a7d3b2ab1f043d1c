/* SPDX-License-Identifier: MIT */
/* What is to be audited, in the order given; the same method and URL counts once. */
#ifndef CORS_CLI_AUDIT_TARGETS_H
#define CORS_CLI_AUDIT_TARGETS_H

#include "audit_settings.h"

struct audit_targets {
    const struct audit_settings *settings;
    struct keep *keep;
    struct audit_target *items;
    size_t count;
    size_t capacity;
    size_t *slots; /* an open hash table of indices of items, each plus one */
    size_t slot_count;
    size_t unsafe_count; /* left out for want of --unsafe */
};

/* Collects what all sources of the settings name. Returns false with a complaint. */
bool audit_targets_collect(struct audit_targets *targets, struct keep *keep,
                           const struct audit_settings *settings);

/* What a target is known by from one run to the next: of its method and URL, and neither of them.
 */
uint64_t audit_target_id(const struct audit_target *target);

/* Finds a target's index, or `count` where there is none. */
size_t audit_targets_find(const struct audit_targets *targets, uint64_t id);

/*
 * Adds a target, which need not have more than a URL: method, body and origin are then those of
 * the settings. The settings' fields are added to it, in place of fields of the same name.
 *
 * place  where it was named, for complaints: "targets.txt:3: ", or empty.
 * Returns false with a complaint where it is no URL to audit.
 */
bool audit_targets_add(struct audit_targets *targets, cors_slice place,
                       const struct audit_target *target);

/* The same for what was recorded or described: GET and HEAD only, unless others are asked for. */
bool audit_targets_add_found(struct audit_targets *targets, cors_slice place,
                             const struct audit_target *target);

/* GET and HEAD: safe, and without a body. */
bool audit_method_is_bodyless(cors_slice method);

/* What single sources name. Each returns false with a complaint. */
bool audit_list_read(struct audit_targets *targets, const char *path);
bool audit_har_read(struct audit_targets *targets, const char *path);
bool audit_openapi_read(struct audit_targets *targets, const char *path);

#endif
