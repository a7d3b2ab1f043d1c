/* SPDX-License-Identifier: MIT */
/* Names of rules, severities, outcomes and reasons, from their tables in audit.h. */
#include <string.h>

#include "audit.h"

static const struct {
    const char *name;
    const char *title;
    const char *fix;
} rules[] = {
#define RULE_ROW(name, text, title, fix) [AUDIT_##name] = {text, title, fix},
    AUDIT_RULES(RULE_ROW)
#undef RULE_ROW
};

static const char *const severities[] = {
#define SEVERITY_ROW(name, text) [AUDIT_##name] = (text),
    AUDIT_SEVERITIES(SEVERITY_ROW)
#undef SEVERITY_ROW
};

static const char *const outcomes[] = {
#define OUTCOME_ROW(name, text) [AUDIT_##name] = (text),
    AUDIT_OUTCOMES(OUTCOME_ROW)
#undef OUTCOME_ROW
};

static const struct {
    const char *name;
    const char *meaning;
} reasons[] = {
#define REASON_ROW(name, text, meaning) [AUDIT_REASON_##name] = {text, meaning},
    AUDIT_REASONS(REASON_ROW)
#undef REASON_ROW
};

static bool is_named(cors_slice name, const char *text) {
    size_t size = strlen(text);
    return name.size == size && (size == 0 || memcmp(name.data, text, size) == 0);
}

const char *audit_rule_name(enum audit_rule rule) {
    return rules[rule].name;
}

const char *audit_rule_title(enum audit_rule rule) {
    return rules[rule].title;
}

const char *audit_rule_fix(enum audit_rule rule) {
    return rules[rule].fix;
}

bool audit_rule_find(cors_slice name, enum audit_rule *rule) {
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (is_named(name, rules[i].name)) {
            *rule = (enum audit_rule)i;
            return true;
        }
    }
    return false;
}

const char *audit_severity_name(enum audit_severity severity) {
    return severities[severity];
}

bool audit_severity_find(cors_slice name, enum audit_severity *severity) {
    for (size_t i = 0; i < sizeof severities / sizeof severities[0]; i++) {
        if (is_named(name, severities[i])) {
            *severity = (enum audit_severity)i;
            return true;
        }
    }
    return false;
}

const char *audit_outcome_name(enum audit_outcome outcome) {
    return outcomes[outcome];
}

const char *audit_reason_name(enum audit_reason reason) {
    return reasons[reason].name;
}

const char *audit_reason_meaning(enum audit_reason reason) {
    return reasons[reason].meaning;
}
