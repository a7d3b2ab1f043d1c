/* SPDX-License-Identifier: MIT */
/* The table of rules, names that are nearly right, and paths. */
#ifndef CORS_CORE_POLICY_NAMES_H
#define CORS_CORE_POLICY_NAMES_H

#include <cors/policy.h>

struct cors_rule_row {
    cors_rule rule;
    cors_severity severity;
    bool acceptable; /* accept_risks may name it */
    const char *name;
};

/* The row of a rule, or NULL. */
const struct cors_rule_row *cors_rule_row(cors_rule rule);

/* The rule of that name, or 0; then `*nearest` is an acceptable rule's name, or empty. */
cors_rule cors_rule_find(cors_slice name, cors_slice *nearest);

/* What is wrong with the literal part of a policy's path, as the end of a sentence; or NULL. */
const char *cors_path_fault(cors_slice path, bool exact);

#endif
