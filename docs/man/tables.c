/* SPDX-License-Identifier: MIT */
/*
 * Fills the lists of rules and reasons into a man page: reads scdoc on standard input, and puts a
 * table of include/cors/ or src/audit/ in place of each line that is only its mark. Comments are
 * left out, as scdoc takes none before a page's title.
 */
#include <cors/browser.h>
#include <cors/policy.h>
#include <cors/server.h>

#include <stdio.h>
#include <string.h>

#include "audit.h"

typedef struct term {
    const char *name;
    const char *remark; /* in brackets after the name, or NULL */
    const char *meaning;
} term;

/* How a rule's severity and whether accept_risks may name it read to a person. */
#define REMARK_ERROR_false "error"
#define REMARK_ERROR_true "error unless accepted"
#define REMARK_WARNING_false "warning, cannot be accepted"
#define REMARK_WARNING_true "warning"
#define REMARK_INFO_false "info"
#define REMARK_INFO_true "info"

#define RULE_TERM(name, number, text, severity, acceptable, meaning)                               \
    {text, REMARK_##severity##_##acceptable, meaning},
#define REASON_TERM(name, number, text, meaning) {text, NULL, meaning},
#define CODE_TERM(name, number, text, cause, fix) {text, NULL, cause},
#define AUDIT_RULE_TERM(name, text, title, fix) {text, NULL, title ". " fix},
#define AUDIT_REASON_TERM(name, text, meaning) {text, NULL, meaning},

static const term rules[] = {CORS_RULES(RULE_TERM)};
static const term reasons[] = {CORS_REASONS(REASON_TERM)};
static const term codes[] = {CORS_CODES(CODE_TERM)};
static const term audit_rules[] = {AUDIT_RULES(AUDIT_RULE_TERM)};
static const term audit_reasons[] = {AUDIT_REASONS(AUDIT_REASON_TERM)};

static const struct {
    const char *mark;
    const term *terms;
    size_t count;
} tables[] = {
    {"@RULES@\n", rules, sizeof rules / sizeof *rules},
    {"@REASONS@\n", reasons, sizeof reasons / sizeof *reasons},
    {"@CODES@\n", codes, sizeof codes / sizeof *codes},
    {"@AUDIT_RULES@\n", audit_rules, sizeof audit_rules / sizeof *audit_rules},
    /* without the first, which is no reason */
    {"@AUDIT_REASONS@\n", audit_reasons + 1, sizeof audit_reasons / sizeof *audit_reasons - 1},
};

/* scdoc's own characters lose their meaning behind a backslash. */
static void put_literal(const char *text) {
    for (; *text != '\0'; text++) {
        if (strchr("*_\\#.", *text) != NULL) {
            putchar('\\');
        }
        putchar(*text);
    }
}

static void put_terms(const term *terms, size_t count) {
    for (size_t i = 0; i < count; i++) {
        printf("%s*%s*", i > 0 ? "\n" : "", terms[i].name);
        if (terms[i].remark != NULL) {
            printf(" (%s)", terms[i].remark);
        }
        printf("\n\t");
        put_literal(terms[i].meaning);
        putchar('\n');
    }
}

static bool put_table(const char *line) {
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (strcmp(line, tables[i].mark) == 0) {
            put_terms(tables[i].terms, tables[i].count);
            return true;
        }
    }
    return false;
}

int main(void) {
    char line[4096];

    while (fgets(line, sizeof line, stdin) != NULL) {
        if (strncmp(line, "; ", 2) != 0 && !put_table(line)) {
            fputs(line, stdout);
        }
    }
    return ferror(stdin) != 0 || fflush(stdout) != 0;
}
