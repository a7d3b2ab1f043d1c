/* SPDX-License-Identifier: MIT */
/* The report for people: each target with what was found, and a summary at the end. */
#include <string.h>

#include "audit_writer.h"
#include "terminal.h"
#include "text_slices.h"

static const char *const severity_styles[] = {
    [AUDIT_INFO] = STYLE_DIM, [AUDIT_LOW] = STYLE_BLUE,     [AUDIT_MEDIUM] = STYLE_YELLOW,
    [AUDIT_HIGH] = STYLE_RED, [AUDIT_CRITICAL] = STYLE_RED,
};

static const char *const outcome_styles[] = {
    [AUDIT_CLEAN] = STYLE_GREEN,
    [AUDIT_FINDINGS] = STYLE_RED,
    [AUDIT_INCONCLUSIVE] = STYLE_YELLOW,
};

static void print_styled(const struct audit_report *report, const char *style, const char *text) {
    style_begin(report->stream, report->colour, style);
    (void)fputs(text, report->stream);
    style_end(report->stream, report->colour);
}

/* A line below a finding: "      why  Anyone can have this origin." */
static void print_line(const struct audit_report *report, const char *label, cors_slice text) {
    (void)fputs("      ", report->stream);
    style_begin(report->stream, report->colour, STYLE_DIM);
    (void)fprintf(report->stream, "%-5s", label);
    style_end(report->stream, report->colour);
    print_clean(report->stream, text);
    (void)fputc('\n', report->stream);
}

static void print_finding(const struct audit_report *report,
                          const struct audit_record_finding *finding) {
    (void)fputs("  ", report->stream);
    style_begin(report->stream, report->colour, severity_styles[finding->severity]);
    (void)fprintf(report->stream, "%-9s", audit_severity_name(finding->severity));
    style_end(report->stream, report->colour);
    print_styled(report, STYLE_BOLD, audit_rule_name(finding->rule));
    (void)fprintf(report->stream, ": %s\n", audit_rule_title(finding->rule));
    print_line(report, "seen", finding->message);
    print_line(report, "why", finding->reasoning);
    print_line(report, "fix", text_slice(audit_rule_fix(finding->rule)));
    print_line(report, "try", finding->reproduce);
    if (finding->suppression.size > 0) {
        print_line(report, finding->suppressed ? "known" : "note", finding->suppression);
    }
}

static void add_target(struct audit_report *report, const struct audit_record *record) {
    FILE *stream = report->stream;
    if (report->count > 0) {
        (void)fputc('\n', stream);
    }
    style_begin(stream, report->colour, outcome_styles[record->outcome]);
    (void)fprintf(stream, "%-13s", audit_outcome_name(record->outcome));
    style_end(stream, report->colour);
    if (!text_is(record->method, "GET")) {
        print_clean(stream, record->method);
        (void)fputc(' ', stream);
    }
    print_clean(stream, record->url);
    (void)fprintf(stream, "  (%u request%s)\n", record->requests, record->requests == 1 ? "" : "s");
    if (record->matcher.size > 0) {
        (void)fputs("  trusts  ", stream);
        print_clean(stream, record->matcher);
        (void)fputc('\n', stream);
    }
    if (record->reason != AUDIT_REASON_NONE) {
        (void)fprintf(stream, "  open    %s: ", audit_reason_name(record->reason));
        print_clean(stream, record->detail.size > 0
                                ? record->detail
                                : text_slice(audit_reason_meaning(record->reason)));
        (void)fputc('\n', stream);
    }
    for (size_t i = 0; i < record->finding_count; i++) {
        print_finding(report, &record->findings[i]);
    }
}

/* A bar of a length that shows a share; at least one cell where there is any. */
static void print_bar(const struct audit_report *report, size_t count, size_t most,
                      const char *style) {
    enum { CELLS = 30 };
    size_t cells = most == 0 ? 0 : (count * CELLS + most - 1) / most;
    style_begin(report->stream, report->colour, style);
    for (size_t i = 0; i < cells; i++) {
        (void)fputs("█", report->stream);
    }
    style_end(report->stream, report->colour);
    (void)fputc('\n', report->stream);
}

static void end_table(struct audit_report *report, const struct audit_summary *summary) {
    FILE *stream = report->stream;
    size_t most = 0;
    if (summary->targets == 0) {
        return;
    }
    (void)fprintf(stream, "\n%zu target%s: %zu clean, %zu with findings, %zu inconclusive; ",
                  summary->targets, summary->targets == 1 ? "" : "s",
                  summary->outcomes[AUDIT_CLEAN], summary->outcomes[AUDIT_FINDINGS],
                  summary->outcomes[AUDIT_INCONCLUSIVE]);
    (void)fprintf(stream, "%llu requests in %.1f s\n", summary->requests, summary->seconds);
    for (int i = 0; i < AUDIT_SEVERITY_COUNT; i++) {
        most = summary->findings[i] > most ? summary->findings[i] : most;
    }
    for (int i = AUDIT_SEVERITY_COUNT - 1; i >= 0; i--) {
        if (summary->findings[i] > 0) {
            (void)fprintf(stream, "  %-9s%6zu  ", audit_severity_name((enum audit_severity)i),
                          summary->findings[i]);
            print_bar(report, summary->findings[i], most, severity_styles[i]);
        }
    }
    if (summary->suppressed > 0) {
        (void)fprintf(stream, "  %zu more known from the baseline\n", summary->suppressed);
    }
}

const struct audit_writer audit_table_writer = {"table", NULL, add_target, end_table};
